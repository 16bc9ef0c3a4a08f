//! Lists: filters, orders, pages, search and scope, alike on both databases.

use jiff::Timestamp;
use kernel::{Money, SubjectKind};
use store::access::{Hand, Scope, UnitKind};
use store::testing::on_both;
use store::{Clock, Column, Filter, ListQuery, Sort, State, Store};

use crate::zone::{catalogue, enterprises, find, load, row};

fn code(n: usize) -> String {
    format!("91410100MA{n:08}")
}

/// Twelve enterprises: revenue n × 100 万元 but for every fourth, industries C39 and I65 in turn.
async fn twelve(store: &Store) {
    for n in 1..=12 {
        let (code, name) = (code(n), format!("第{n:02}科技有限公司"));
        let revenue = if n % 4 == 0 { String::new() } else { (n * 100_000_000).to_string() };
        let industry = if n % 2 == 0 { "3963" } else { "6513" };
        enterprises(
            store,
            "统计办",
            &[&[
                ("uscc", &code),
                ("name", &name),
                ("operating_revenue@2025", &revenue),
                ("industry_code", industry),
                ("former_names", if n == 7 { "曾用名华为分号" } else { "" }),
            ]],
        )
        .await;
    }
}

async fn names(store: &Store, query: &ListQuery, scope: &Scope) -> Vec<String> {
    let mut query = ListQuery { limit: 5, ..query.clone() };
    let mut found = Vec::new();
    loop {
        let page = store.list(&query, scope).await.unwrap();
        found.extend(page.rows.iter().map(|row| row.name.chars().skip(1).take(2).collect::<String>()));
        assert!(page.rows.len() <= 5);
        match page.next {
            Some(next) => query.after = Some(next),
            None => {
                assert_eq!(found.len() as u64, page.total, "the total is what the pages hold");
                return found;
            }
        }
    }
}

#[test]
fn a_list_of_a_past_day_has_the_rows_the_values_and_the_total_of_that_day() {
    on_both(catalogue(), |store| async move {
        let day = |day: i64| Timestamp::from_second(1_760_000_000 + day * 86_400).unwrap();
        let on = |at: i64| store.with_clock(Clock::fixed(day(at)));
        let [alpha, beta, gamma] = ["91410100MA3X4T1N6R", "91410100MA44A1KQ8M", "914101007425264388"];
        let said = |code, name, revenue| vec![("uscc", code), ("name", name), ("operating_revenue@2025", revenue)];
        let first = [said(alpha, "甲公司", "50000000000"), said(beta, "乙公司", "90000000000")];
        enterprises(&on(1), "统计办", &first.each_ref().map(Vec::as_slice)).await;
        let title = [("owner_uscc", alpha), ("qualification_code", "hnte"), ("valid_to", "2030-01-01")];
        load(&on(2), "科技局", SubjectKind::Title, vec![row(2, &title)]).await;
        let second = [said(alpha, "甲集团", "100000000000"), said(gamma, "丙公司", "70000000000")];
        let receipt = enterprises(&on(4), "统计办", &second.each_ref().map(Vec::as_slice)).await;
        let merged = find(&store, SubjectKind::Enterprise, beta).await;
        on(5).merge(merged, find(&store, SubjectKind::Enterprise, gamma).await, "同一企业", "li").await.unwrap();
        on(6).undo_load(receipt.source.unwrap(), "有误", "li").await.unwrap();

        let query = ListQuery { sort: Sort::Revenue, descending: true, ..ListQuery::all(SubjectKind::Enterprise) };
        let names = async |at: i64, query: &ListQuery| {
            let past = store.past(SubjectKind::Enterprise, day(at)).ready().await.unwrap().unwrap();
            let page = past.store().list(query, &Scope::Zone).await.unwrap();
            assert_eq!(page.total, past.store().count(query, &Scope::Zone).await.unwrap());
            assert_eq!(page.total, page.rows.len() as u64);
            let row = |row: store::SubjectRow| format!("{} {}", row.name, row.titles.len());
            page.rows.into_iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(names(0, &query).await, [""; 0], "nobody was known yet");
        assert_eq!(names(1, &query).await, ["乙公司 0", "甲公司 0"]);
        assert_eq!(names(3, &query).await, ["乙公司 0", "甲公司 1"]);
        assert_eq!(names(4, &query).await, ["甲集团 1", "乙公司 0", "丙公司 0"]);
        assert_eq!(names(5, &query).await.len(), 2, "the duplicate is told under the other from then on");
        let small =
            ListQuery { filters: vec![Filter::Revenue(None, Some(Money::from_fen(60_000_000_000)))], ..query.clone() };
        assert_eq!(names(3, &small).await, ["甲公司 1"]);
        let today = store.list(&query, &Scope::Zone).await.unwrap();
        assert!(today.rows.iter().any(|row| row.name == "甲公司"), "the undone load is gone from today's list only");
        let again = store.past(SubjectKind::Enterprise, day(4));
        assert_eq!(again.progress(), (4, 4), "three enterprises and a title, derived already");
        let nobody = again.ready().await.unwrap().unwrap();
        let seen = nobody.store().list(&query, &Scope::Units(vec![])).await.unwrap();
        assert_eq!((seen.rows.len(), seen.total), (0, 0), "the scope is kept");
    });
}

#[test]
fn what_is_missing_comes_last_in_either_direction() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        let by_revenue = ListQuery { sort: Sort::Revenue, ..ListQuery::all(SubjectKind::Enterprise) };
        let up = names(&store, &by_revenue, &Scope::Zone).await;
        assert_eq!(up, ["01", "02", "03", "05", "06", "07", "09", "10", "11", "04", "08", "12"]);
        let down = ListQuery { descending: true, ..by_revenue };
        let down = names(&store, &down, &Scope::Zone).await;
        assert_eq!(down, ["11", "10", "09", "07", "06", "05", "03", "02", "01", "12", "08", "04"]);
    });
}

#[test]
fn every_order_pages_through_every_row_once() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        for sort in Sort::ALL {
            for descending in [false, true] {
                let query = ListQuery { sort: *sort, descending, ..ListQuery::all(SubjectKind::Enterprise) };
                let mut found = names(&store, &query, &Scope::Zone).await;
                found.sort();
                found.dedup();
                assert_eq!(found.len(), 12, "{sort:?} {descending}");
                assert_eq!(Sort::from_key(sort.key()), Some(*sort));
            }
        }
    });
}

#[test]
fn filters_narrow_together() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        let check = |filters: Vec<Filter>| {
            let store = store.clone();
            async move {
                let query = ListQuery { filters, ..ListQuery::all(SubjectKind::Enterprise) };
                names(&store, &query, &Scope::Zone).await
            }
        };
        let fen = |fen: i64| Some(Money::from_fen(fen));
        assert_eq!(check(vec![Filter::Industry(vec!["39".into()])]).await, ["02", "04", "06", "08", "10", "12"]);
        let rich = Filter::Revenue(fen(600_000_000), None);
        assert_eq!(check(vec![rich.clone()]).await, ["06", "07", "09", "10", "11"]);
        assert_eq!(check(vec![rich, Filter::Industry(vec!["396".into()])]).await, ["06", "10"]);
        assert_eq!(check(vec![Filter::Revenue(None, fen(200_000_000))]).await, ["01", "02"]);
        assert!(check(vec![Filter::NoCode]).await.is_empty());
        assert!(check(vec![Filter::Conflicts]).await.is_empty());
        assert!(check(vec![Filter::Industry(vec![])]).await.is_empty(), "none of no industries");
    });
}

#[test]
fn a_part_of_a_name_former_name_or_code_finds_it() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        let search = |text: &str| {
            let query = ListQuery { text: text.into(), ..ListQuery::all(SubjectKind::Enterprise) };
            let store = store.clone();
            async move { names(&store, &query, &Scope::Zone).await }
        };
        assert_eq!(search("华为").await, ["07"]);
        assert_eq!(search("０３科技").await, ["03"]);
        assert_eq!(search("ma00000011").await, ["11"]);
        assert_eq!(search("科技有限").await.len(), 12);
        assert!(search("没有这家").await.is_empty());
        enterprises(&store, "统计办", &[&[("uscc", &code(3)), ("name", "第03改名公司")]]).await;
        assert_eq!(search("改名").await, ["03"]);
        assert_eq!(search("%").await.len(), 12, "one character finds everything");
        assert!(search("%%").await.is_empty(), "signs of a pattern are only signs");
    });
}

#[test]
fn a_search_alone_and_a_search_with_a_filter_list_the_same_in_every_order() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        enterprises(&store, "统计办", &[&[("uscc", &code(5)), ("operating_revenue@2025", "900000000")]]).await;
        for sort in Sort::ALL {
            for descending in [false, true] {
                let all = ListQuery { sort: *sort, descending, ..ListQuery::all(SubjectKind::Enterprise) };
                let searched = ListQuery { text: "科技".into(), ..all.clone() };
                let filters = vec![Filter::Missing("tax_paid".into())];
                let narrowed = ListQuery { filters, ..searched.clone() };
                let expected = names(&store, &all, &Scope::Zone).await;
                assert_eq!(expected.len(), 12);
                assert_eq!(names(&store, &searched, &Scope::Zone).await, expected, "{sort:?} {descending}");
                assert_eq!(names(&store, &narrowed, &Scope::Zone).await, expected, "{sort:?} {descending}");
            }
        }
    });
}

#[test]
fn a_title_held_on_a_day_is_a_filter() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        let held = |n: usize, from: &str, to: &str| {
            let given = [
                ("owner_uscc", code(n)),
                ("qualification_code", "hnte".into()),
                ("valid_from", from.into()),
                ("valid_to", to.into()),
            ];
            let given: Vec<(&str, &str)> = given.iter().map(|(key, value)| (*key, value.as_str())).collect();
            row(u32::try_from(n).unwrap(), &given)
        };
        let rows = vec![held(1, "2022-01-01", "2024-12-31"), held(2, "2024-01-01", "2026-12-31")];
        load(&store, "科技局", SubjectKind::Title, rows).await;
        let on = |day: &str| {
            let filters = vec![Filter::Title { title: "hnte".into(), on: day.parse().unwrap() }];
            let query = ListQuery { filters, ..ListQuery::all(SubjectKind::Enterprise) };
            let store = store.clone();
            async move { names(&store, &query, &Scope::Zone).await }
        };
        assert_eq!(on("2024-06-01").await, ["01", "02"]);
        assert_eq!(on("2025-06-01").await, ["02"]);
        assert!(on("2027-01-01").await.is_empty());
        let ending = Filter::TitleEnding {
            title: None,
            from: "2026-12-01".parse().unwrap(),
            until: "2026-12-31".parse().unwrap(),
        };
        let query = ListQuery { filters: vec![ending], ..ListQuery::all(SubjectKind::Enterprise) };
        let page = store.list(&query, &Scope::Zone).await.unwrap();
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].titles[0].valid_to, Some("2026-12-31".parse().unwrap()));
    });
}

#[test]
fn a_list_counts_searches_and_exports_only_what_is_in_scope() {
    on_both(catalogue(), |store| async move {
        twelve(&store).await;
        let id = find(&store, SubjectKind::Enterprise, &code(5)).await;
        let query = ListQuery { text: "科技".into(), ..ListQuery::all(SubjectKind::Enterprise) };
        for (scope, expected) in [
            (Scope::Zone, 12),
            (Scope::Subject(id), 1),
            (Scope::Nothing, 0),
            (Scope::Units(vec![]), 0),
            (Scope::Units(vec![store::access::UnitId(id.0)]), 0),
        ] {
            let page = store.list(&query, &scope).await.unwrap();
            assert_eq!((page.total, page.rows.len()), (expected, expected as usize), "{scope:?}");
            assert_eq!(store.count(&query, &scope).await.unwrap(), expected);
            let mut exported = 0;
            store
                .export_rows(&query, &scope, |rows| {
                    exported += rows.len() as u64;
                    Ok(true)
                })
                .await
                .unwrap();
            assert_eq!(exported, expected, "{scope:?}");
        }
    });
}

#[test]
fn columns_show_facts_and_personal_data_are_in_no_list() {
    on_both(catalogue(), |store| async move {
        let given = [("uscc", &*code(1)), ("name", "甲"), ("rd_expense@2024", "5"), ("contact_phone", "138")];
        enterprises(&store, "统计办", &[&given]).await;
        let columns = ["rd_expense", "contact_phone", "tax_paid"].map(|field| Column::Latest(field.into()));
        let query = ListQuery { columns: columns.into(), ..ListQuery::all(SubjectKind::Enterprise) };
        let page = store.list(&query, &Scope::Zone).await.unwrap();
        let cells = &page.rows[0].cells;
        assert_eq!(cells[0].as_ref().map(|cell| cell.value.clone()), Some(kernel::Value::Money(Money::from_fen(5))));
        assert_eq!((&cells[1], &cells[2]), (&None, &None));
    });
}

#[test]
fn candidates_are_in_a_list_of_their_own_and_a_made_up_page_is_refused() {
    on_both(catalogue(), |store| async move {
        enterprises(&store, "上市公司", &[&[("name", "无码公司")]]).await;
        let all = ListQuery::all(SubjectKind::Enterprise);
        assert_eq!(store.list(&all, &Scope::Zone).await.unwrap().total, 0);
        let candidates = ListQuery { state: State::Candidate, ..all.clone() };
        assert_eq!(store.list(&candidates, &Scope::Zone).await.unwrap().rows[0].name, "无码公司");
        for after in ["zz", "00", "e4bda0"] {
            let query = ListQuery { after: Some(after.into()), ..all.clone() };
            assert!(store.list(&query, &Scope::Zone).await.is_err(), "{after}");
        }
    });
}

#[test]
fn an_enterprise_belongs_to_the_unit_its_park_is_called_by() {
    on_both(catalogue(), |store| async move {
        let given = [("uscc", &*code(1)), ("name", "甲"), ("park", "东（一）园区")];
        enterprises(&store, "统计办", &[&given]).await;
        let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "高新区").await.unwrap();
        let east = store.create_unit(Hand::Console, Some(top.id), UnitKind::Park, "东(一)园区").await.unwrap();
        let west = store.create_unit(Hand::Console, Some(top.id), UnitKind::Park, "西园区").await.unwrap();
        let total = |unit| {
            let store = store.clone();
            async move {
                let scope = Scope::Units(vec![unit]);
                store.list(&ListQuery::all(SubjectKind::Enterprise), &scope).await.unwrap().total
            }
        };
        assert_eq!((total(east.id).await, total(west.id).await), (1, 0));
        store.rename_unit(Hand::Console, east.id, "东一科创园").await.unwrap();
        enterprises(&store, "税务局", &[&[("uscc", &*code(1)), ("rd_expense@2025", "1")]]).await;
        let title = [("owner_uscc", &*code(1)), ("qualification_code", "hnte"), ("valid_from", "2024-01-01")];
        load(&store, "科技局", SubjectKind::Title, vec![row(2, &title)]).await;
        assert_eq!(total(east.id).await, 1, "the name it had still leads to it");
        let titles = ListQuery::all(SubjectKind::Title);
        assert_eq!(store.list(&titles, &Scope::Units(vec![east.id])).await.unwrap().total, 1);
        enterprises(&store, "统计办", &[&[("uscc", &*code(1)), ("park", "西园区")]]).await;
        assert_eq!((total(east.id).await, total(west.id).await), (0, 1));
        assert_eq!(store.list(&titles, &Scope::Units(vec![west.id])).await.unwrap().total, 1, "records follow");
    });
}
