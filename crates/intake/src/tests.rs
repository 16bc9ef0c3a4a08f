//! Sheets that come in, good and bad.

use std::sync::Arc;

use kernel::credit_code::check_digit;
use kernel::{Catalogue, FactKey, Lang, Money, Period, SourceKind, SubjectId, SubjectKind, Value};
use store::access::{Hand, Scope, UnitId, UnitKind};
use store::testing::on_both;
use store::{Key, Resolution, Store};

use crate::{ColumnChoice, Incoming, Manner, Outcome, Plan, take_in};

/// The head that most cases use.
const HEAD: &str = "统一社会信用代码,企业名称,成立日期,营业收入总额（万元）2025,期末从业人员 2025";

/// A valid code.
fn code(nth: u32) -> String {
    let first = format!("91410400MA{nth:07}");
    format!("{first}{}", check_digit(&first).unwrap())
}

/// A sound line.
fn line(nth: u32) -> String {
    format!("{},样例{nth}有限公司,2018-03-05,{},40", code(nth), 1000 + nth)
}

fn incoming(lines: &[String]) -> Incoming {
    let bytes: Arc<[u8]> = lines.join("\n").into_bytes().into();
    Incoming {
        bytes,
        source: SourceKind::Sheet,
        title: "企业年报.csv".into(),
        origin: "统计办".into(),
        by: "analyst".into(),
    }
}

async fn take(store: &Store, lines: &[String], plan: &Plan, manner: Manner) -> Outcome {
    let outcome = take_in(store, &incoming(lines), plan, Catalogue::builtin(), &Scope::Zone, manner).await;
    outcome.unwrap_or_else(|error| panic!("{}", error.say(Lang::En)))
}

async fn enterprise(store: &Store, code: &str) -> Option<SubjectId> {
    let key = Key { code: Some(code.to_owned()), name: None };
    match store.resolve(SubjectKind::Enterprise, &[key]).await.unwrap().remove(0) {
        Resolution::Existing(id) => Some(id),
        _ => None,
    }
}

fn plan() -> Plan {
    Plan::of(SubjectKind::Enterprise)
}

/// Takes a head and lines that have exactly one fault, and returns where it is and its message.
#[track_caller]
fn one_fault(lines: Vec<String>, cell: &'static str, says: &'static str) {
    on_both(Catalogue::builtin().clone(), move |store| {
        let lines = lines.clone();
        async move {
            let outcome = take(&store, &lines, &plan(), Manner::default()).await;
            assert_eq!(outcome.faults.total, 1, "{:#?}", outcome.faults.kept);
            let fault = &outcome.faults.kept[0];
            assert_eq!(fault.cell(), cell, "{fault:#?}");
            assert!(fault.message.zh.contains(says), "{}", fault.message.zh);
            assert_eq!((outcome.accepted, outcome.source), (0, None));
            assert_eq!(enterprise(&store, &code(1)).await, None, "nothing may be half stored");
        }
    });
}

#[test]
fn a_sound_sheet_is_stored_and_the_same_file_again_changes_nothing() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let lines = vec![HEAD.to_owned(), line(1), line(2)];
        let first = take(&store, &lines, &plan(), Manner::default()).await;
        assert_eq!((first.rows, first.accepted, first.unchanged, first.identified.new), (2, 2, 0, 2));
        let again = take(&store, &lines, &plan(), Manner::default()).await;
        assert_eq!((again.rows, again.accepted, again.unchanged, again.source), (2, 0, 2, None));
        let id = enterprise(&store, &code(1)).await.unwrap();
        let seen = store.subject(id, &Scope::Zone, true, None).await.unwrap().unwrap();
        let revenue = FactKey::of("operating_revenue", Period::Year(2025));
        assert_eq!(seen.view.value(&revenue), Some(&Value::Money(Money::from_fen(1_001_000_000))));
    });
}

#[test]
fn a_rehearsal_tells_what_a_load_would_do_and_stores_nothing() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let lines = vec![HEAD.to_owned(), line(1), line(2)];
        let rehearsal = Manner { rehearsal: true, ..Manner::default() };
        let told = take(&store, &lines, &plan(), rehearsal).await;
        assert_eq!((told.accepted, told.unchanged, told.source), (2, 0, None));
        assert_eq!(enterprise(&store, &code(1)).await, None);
    });
}

#[test]
fn a_wrong_check_digit_names_its_cell_and_the_right_one() {
    let right = code(2);
    let wrong_digit = if right.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{wrong_digit}", &right[..17]);
    let lines = vec![HEAD.to_owned(), line(1), line(2).replace(&right, &wrong)];
    let expected: &'static str = Box::leak(format!("应为 {}", &right[17..]).into_boxed_str());
    one_fault(lines, "A3", expected);
}

#[test]
fn a_negative_head_count_is_refused() {
    one_fault(vec![HEAD.to_owned(), line(1), line(2).replace(",40", ",-5")], "E3", "不能为负数");
}

#[test]
fn a_day_in_1900_is_refused() {
    one_fault(vec![HEAD.to_owned(), line(1), line(2).replace("2018-03-05", "1900-01-01")], "C3", "日期不合常理");
}

#[test]
fn two_rows_for_one_firm_are_refused() {
    let second = line(2).replace(&code(2), &code(1));
    one_fault(vec![HEAD.to_owned(), line(1), second], "A3", "与第 2 行重复");
}

#[test]
fn an_unknown_column_is_said_with_the_nearest_field() {
    let head = HEAD.replace("营业收入总额（万元）2025", "营业收如总额（万元）2025");
    one_fault(vec![head, line(1)], "D1", "营业收入总额");
}

#[test]
fn a_line_with_a_cell_too_many_is_refused() {
    one_fault(vec![HEAD.to_owned(), line(1), format!("{},7", line(2))], "3", "第 3 行有 6 格");
}

#[test]
fn a_row_without_code_and_name_is_refused() {
    one_fault(vec![HEAD.to_owned(), line(1), ",,2018-03-05,7,40".into()], "A3", "代码和名称都没有");
}

#[test]
fn faulty_rows_are_left_out_where_the_person_says_so() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let lines = vec![HEAD.to_owned(), line(1), line(2).replace(",40", ",-5"), line(3)];
        let skipping = Manner { skip_faulty: true, ..Manner::default() };
        let outcome = take(&store, &lines, &plan(), skipping).await;
        assert_eq!((outcome.rows, outcome.accepted, outcome.skipped, outcome.faults.total), (3, 2, 1, 1));
        assert!(enterprise(&store, &code(1)).await.is_some());
        assert!(enterprise(&store, &code(2)).await.is_none());
    });
}

#[test]
fn a_repaired_cell_and_a_skipped_row_make_the_sheet_sound() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let lines =
            vec![HEAD.to_owned(), line(1).replace(",40", ",-5"), line(2).replace("2018-03-05", "1900-01-01"), line(3)];
        let mut plan = plan();
        plan.fixes.entry(2).or_default().insert(4, "45".into());
        plan.skipped.insert(3);
        let outcome = take(&store, &lines, &plan, Manner::default()).await;
        assert_eq!((outcome.faults.total, outcome.accepted), (0, 2), "{:?}", outcome.faults.kept);
        let id = enterprise(&store, &code(1)).await.unwrap();
        let seen = store.subject(id, &Scope::Zone, true, None).await.unwrap().unwrap();
        let staff = FactKey::of("year_end_employees", Period::Year(2025));
        assert_eq!(seen.view.value(&staff), Some(&Value::Integer(45)));
    });
}

#[test]
fn a_row_for_each_year_is_read_by_its_year_column() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let head = "统一社会信用代码,企业名称,年度,营业收入总额（万元）".to_owned();
        let row = |year: i32| format!("{},样例1有限公司,{year},{}", code(1), year * 2);
        let outcome = take(&store, &[head, row(2024), row(2025)], &plan(), Manner::default()).await;
        assert_eq!((outcome.faults.total, outcome.accepted), (0, 2), "{:?}", outcome.faults.kept);
        let id = enterprise(&store, &code(1)).await.unwrap();
        let seen = store.subject(id, &Scope::Zone, true, None).await.unwrap().unwrap();
        for year in [2024_i16, 2025] {
            let fact = FactKey::of("operating_revenue", Period::Year(year));
            let expected = Value::Money(Money::from_fen(i64::from(year) * 2 * 1_000_000));
            assert_eq!(seen.view.value(&fact), Some(&expected));
        }
    });
}

#[test]
fn one_code_under_two_names_in_one_sheet_is_refused() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let head = "统一社会信用代码,企业名称,年度,营业收入总额（万元）".to_owned();
        let rows = [format!("{},样例甲有限公司,2024,5", code(1)), format!("{},样例乙有限公司,2025,6", code(1))];
        let [first, second] = rows;
        let outcome = take(&store, &[head, first, second], &plan(), Manner::default()).await;
        assert_eq!(outcome.faults.total, 1);
        assert_eq!(outcome.faults.kept[0].cell(), "B3");
    });
}

#[test]
fn a_row_without_a_code_is_matched_by_name_or_waits_as_a_candidate() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        take(&store, &[HEAD.to_owned(), line(1)], &plan(), Manner::default()).await;
        let head = "企业名称,营业收入总额（万元）2024".to_owned();
        let rows = ["样例１有限公司,900".to_owned(), "样例从未见过有限公司,9".to_owned()];
        let [known, unknown] = rows;
        let outcome = take(&store, &[head, known, unknown], &plan(), Manner::default()).await;
        assert_eq!((outcome.identified.known, outcome.identified.candidates), (1, 1));
        let id = enterprise(&store, &code(1)).await.unwrap();
        let seen = store.subject(id, &Scope::Zone, true, None).await.unwrap().unwrap();
        let revenue = FactKey::of("operating_revenue", Period::Year(2024));
        assert_eq!(seen.view.value(&revenue), Some(&Value::Money(Money::from_fen(900_000_000))));
    });
}

#[test]
fn columns_a_person_chose_go_before_the_guess() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let lines = [format!("{HEAD},备用列甲"), format!("{},7", line(1))];
        let refused = take(&store, &lines, &plan(), Manner::default()).await;
        assert_eq!(refused.faults.of_head, 1);
        let mut plan = plan();
        plan.columns.insert(5, ColumnChoice::Skip);
        let outcome = take(&store, &lines, &plan, Manner::default()).await;
        assert_eq!((outcome.faults.total, outcome.accepted), (0, 1));
    });
}

#[test]
fn a_total_below_the_table_is_no_firm() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let lines = [HEAD.to_owned(), line(1), "合计,,,1001,40".to_owned()];
        let outcome = take(&store, &lines, &plan(), Manner::default()).await;
        assert_eq!((outcome.rows, outcome.accepted, outcome.faults.total), (1, 1, 0));
    });
}

#[test]
fn an_officer_imports_only_into_the_parks_of_the_officer() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let zone = match store.units().await.unwrap().top() {
            Some(top) => top.id,
            None => store.create_unit(Hand::Console, None, UnitKind::Zone, "样例高新区").await.unwrap().id,
        };
        let mut parks: Vec<UnitId> = Vec::new();
        for name in ["装备园", "临港园"] {
            parks.push(store.create_unit(Hand::Console, Some(zone), UnitKind::Park, name).await.unwrap().id);
        }
        let head = format!("{HEAD},所属园区");
        let all = [head.clone(), format!("{},装备园", line(1)), format!("{},临港园", line(2))];
        take(&store, &all, &plan(), Manner::default()).await;
        let mine = Scope::Units(vec![parks[0]]);
        let rows = [
            head,
            format!("{},装备园", line(3)),
            format!("{},临港园", line(4)),
            format!("{},装备园", line(2)),
            format!("{},装备圆", line(5)),
            format!("{},", line(6)),
        ];
        let refused =
            take_in(&store, &incoming(&rows), &plan(), Catalogue::builtin(), &mine, Manner::default()).await.unwrap();
        let rows: Vec<u32> = refused.faults.rows.iter().copied().collect();
        assert_eq!(rows, [3, 4, 5, 6], "{:#?}", refused.faults.kept);
        assert!(refused.faults.kept.iter().any(|fault| fault.message.zh.contains("最接近的是“装备园”")));
    });
}

#[test]
fn records_need_an_owner_the_register_knows() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        take(&store, &[HEAD.to_owned(), line(1)], &plan(), Manner::default()).await;
        let head = "统一社会信用代码,资质类别,有效期起,有效期止".to_owned();
        let titles = Plan::of(SubjectKind::Title);
        let row = |owner: &str| format!("{owner},高新技术企业,2023-12-01,2026-12-01");
        let refused = take(&store, &[head.clone(), row(&code(9))], &titles, Manner::default()).await;
        assert_eq!(refused.faults.total, 1, "{:#?}", refused.faults.kept);
        assert!(refused.faults.kept[0].message.zh.contains("台账中没有"), "{}", refused.faults.kept[0].message.zh);
        let stored = take(&store, &[head, row(&code(1))], &titles, Manner::default()).await;
        assert_eq!((stored.accepted, stored.faults.total), (1, 0), "{:#?}", stored.faults.kept);
    });
}

#[test]
fn a_file_that_is_no_sheet_is_refused_in_words() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        for bytes in [&b""[..], &b"\x00\x01\x02\x03binary"[..], &b"PK\x03\x04broken"[..]] {
            let incoming = Incoming { bytes: bytes.into(), ..incoming(&[]) };
            let refused =
                take_in(&store, &incoming, &plan(), Catalogue::builtin(), &Scope::Zone, Manner::default()).await;
            let message = refused.expect_err("no sheet").say(Lang::Zh);
            assert!(message.chars().any(|c| ('一'..='龥').contains(&c)), "{message}");
        }
    });
}
