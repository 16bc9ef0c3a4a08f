//! Loads: all or nothing, nothing twice, and who a row speaks of.

use kernel::view::Standing;
use kernel::{Place, SubjectKind};
use store::access::Scope;
use store::testing::on_both;
use store::{Key, NewStatement, Resolution, State, StoreError};

use crate::zone::{catalogue, enterprises, find, load, money, page, row, sheet, text};

const ALPHA: &str = "91410100MA3X4T1N6R";
const BETA: &str = "91410100MA44A1KQ8M";

#[test]
fn a_row_is_shown_with_the_way_back_to_its_cell() {
    on_both(catalogue(), |store| async move {
        let given = [("uscc", ALPHA), ("name", "甲科技有限公司"), ("operating_revenue@2025", "952850000")];
        let receipt = enterprises(&store, "统计办", &[&given]).await;
        assert_eq!((receipt.rows, receipt.accepted, receipt.unchanged, receipt.new_subjects), (1, 1, 0, 1));
        let page = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        assert_eq!(money(&page, "operating_revenue@2025"), Some(952_850_000));
        assert_eq!((page.record.name.as_str(), page.record.state), ("甲科技有限公司", State::Active));
        assert_eq!(page.record.revenue.map(kernel::Money::fen), Some(952_850_000));
        assert_eq!(page.record.figures_year, Some(2025));
        let seq = page.view.facts[&"operating_revenue@2025".parse().unwrap()].seq;
        let statement = &page.statements[&seq];
        assert_eq!(statement.place, Place::Row { sheet: "表1".into(), row: 2 });
        assert_eq!(page.sources[&statement.source].title, "统计办.xlsx");
    });
}

#[test]
fn the_same_content_twice_changes_nothing() {
    on_both(catalogue(), |store| async move {
        let given: [&[_]; 2] = [
            &[("uscc", ALPHA), ("name", "甲公司"), ("operating_revenue@2025", "100")],
            &[("uscc", BETA), ("name", "乙公司"), ("operating_revenue@2025", "")],
        ];
        enterprises(&store, "统计办", &given).await;
        let again = enterprises(&store, "统计办", &given).await;
        assert_eq!((again.source, again.rows, again.accepted, again.unchanged), (None, 2, 0, 2));
        assert_eq!(store.loads(None, 10).await.unwrap().len(), 1);
        let changed = [("uscc", ALPHA), ("name", "甲公司"), ("operating_revenue@2025", "200")];
        let third = enterprises(&store, "统计办", &[&changed, given[1]]).await;
        assert_eq!((third.accepted, third.unchanged, third.new_subjects), (1, 1, 0));
        let page = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        assert_eq!(money(&page, "operating_revenue@2025"), Some(200));
        assert_eq!(page.record.conflicts_open, 0, "an origin that corrects itself is no conflict");
    });
}

#[test]
fn two_origins_that_disagree_are_both_kept() {
    on_both(catalogue(), |store| async move {
        let first =
            enterprises(&store, "统计办", &[&[("uscc", ALPHA), ("name", "甲公司"), ("rd_expense@2025", "100")]]).await;
        let second = enterprises(&store, "税务局", &[&[("uscc", ALPHA), ("rd_expense@2025", "300")]]).await;
        let third = enterprises(&store, "税务局", &[&[("uscc", ALPHA), ("rd_expense@2025", "301")]]).await;
        assert_eq!([first.conflicts, second.conflicts, third.conflicts], [0, 1, 0], "told by the load that opens it");
        let page = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        let shown = &page.view.facts[&"rd_expense@2025".parse().unwrap()];
        assert_eq!(shown.standing, Standing::Disputed);
        assert_eq!(shown.said.len(), 2);
        assert_eq!(page.record.conflicts_open, 1);
        assert_eq!(text(&page, "name"), Some("甲公司"));
    });
}

#[test]
fn a_row_for_each_year_makes_one_enterprise() {
    on_both(catalogue(), |store| async move {
        let receipt = enterprises(
            &store,
            "统计办",
            &[
                &[("uscc", ALPHA), ("name", "甲公司"), ("operating_revenue@2024", "1")],
                &[("uscc", ALPHA), ("name", "甲公司"), ("operating_revenue@2025", "2")],
            ],
        )
        .await;
        assert_eq!((receipt.accepted, receipt.new_subjects), (2, 1));
        let page = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        assert_eq!(money(&page, "operating_revenue@2024"), Some(1));
        assert_eq!(page.record.figures_year, Some(2025));
    });
}

/// A sheet is worked on some hundred rows at a time: what later rows say of those before is the same
/// whichever rows they come with.
#[test]
fn a_later_row_finds_who_an_earlier_one_made_however_many_lie_between() {
    on_both(catalogue(), |store| async move {
        let names: Vec<String> = (0..900).map(|nth| format!("第{nth}科技公司")).collect();
        let (first, second) = (("rd_expense@2024", "1"), ("rd_expense@2025", "2"));
        let mut rows: Vec<Vec<(&str, &str)>> = names.iter().map(|name| vec![("name", name.as_str()), first]).collect();
        rows.extend(names.iter().step_by(3).map(|name| vec![("name", name.as_str()), second]));
        let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
        let receipt = enterprises(&store, "统计办", &rows).await;
        assert_eq!((receipt.accepted, receipt.new_subjects), (1_200, 900));
        for nth in [0, 3, 300, 897] {
            let page = page(&store, find(&store, SubjectKind::Enterprise, &names[nth]).await).await;
            assert_eq!((money(&page, first.0), money(&page, second.0)), (Some(1), Some(2)), "{}", names[nth]);
        }
        let again = enterprises(&store, "统计办", &rows).await;
        assert_eq!((again.accepted, again.unchanged, again.new_subjects), (0, 1_200, 0));
    });
}

#[test]
fn a_row_without_a_code_is_matched_by_name_or_kept_as_a_candidate() {
    on_both(catalogue(), |store| async move {
        let first: &[_] =
            &[("uscc", ALPHA), ("name", "甲（郑州）科技有限公司"), ("former_names", "老甲公司、更老的甲公司")];
        enterprises(&store, "统计办", &[first]).await;
        let receipt = enterprises(
            &store,
            "上市公司",
            &[
                &[("name", "甲(郑州)科技有限公司"), ("rd_expense@2024", "5")],
                &[("name", "老甲公司"), ("rd_expense@2023", "6")],
                &[("name", "无名公司"), ("rd_expense@2023", "7")],
            ],
        )
        .await;
        assert_eq!((receipt.accepted, receipt.new_subjects), (3, 1));
        let known = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        assert_eq!((money(&known, "rd_expense@2024"), money(&known, "rd_expense@2023")), (Some(5), Some(6)));
        let unknown = page(&store, find(&store, SubjectKind::Enterprise, "无名公司").await).await;
        assert_eq!(unknown.record.state, State::Candidate);
    });
}

#[test]
fn another_code_under_the_same_name_is_another_enterprise() {
    on_both(catalogue(), |store| async move {
        enterprises(&store, "统计办", &[&[("uscc", ALPHA), ("name", "同名公司")]]).await;
        let receipt = enterprises(&store, "税务局", &[&[("uscc", BETA), ("name", "同名公司")]]).await;
        assert_eq!(receipt.new_subjects, 1);
        let by_name = Key { code: None, name: Some("同名公司".into()) };
        let found = store.resolve(SubjectKind::Enterprise, &[by_name]).await.unwrap();
        assert!(matches!(&found[0], Resolution::Ambiguous(ids) if ids.len() == 2), "{found:?}");
    });
}

#[test]
fn a_record_belongs_to_its_owner_and_is_known_again() {
    on_both(catalogue(), |store| async move {
        enterprises(&store, "统计办", &[&[("uscc", ALPHA), ("name", "甲公司")]]).await;
        let title = |to: &str| {
            vec![row(
                2,
                &[
                    ("owner_uscc", ALPHA),
                    ("qualification_code", "hnte"),
                    ("valid_from", "2023-12-01"),
                    ("valid_to", to),
                ],
            )]
        };
        load(&store, "科技局", SubjectKind::Title, title("2026-11-30")).await;
        let again = load(&store, "科技局", SubjectKind::Title, title("2026-12-01")).await;
        assert_eq!((again.accepted, again.new_subjects), (1, 0));
        let page = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        assert_eq!(page.children.len(), 1);
        assert_eq!(page.children[0].record.category, "hnte");
        assert_eq!(page.children[0].record.parent, Some(page.record.id));
    });
}

#[test]
fn enterprises_and_their_records_come_in_as_one_load_and_are_undone_as_one() {
    on_both(catalogue(), |store| async move {
        let of = |kind, statement| NewStatement { kind: Some(kind), ..statement };
        let rows = |owner| {
            vec![
                of(SubjectKind::Enterprise, row(2, &[("uscc", ALPHA), ("name", "甲公司")])),
                of(SubjectKind::Enterprise, row(3, &[("uscc", BETA), ("name", "乙公司")])),
                of(SubjectKind::Title, row(2, &[("owner_uscc", owner), ("qualification_code", "hnte")])),
                of(SubjectKind::Title, row(3, &[("owner_name", "甲公司"), ("qualification_code", "tsme")])),
            ]
        };
        let stranger = "91410400MA0000001X";
        let refused = store.load(sheet("科技局", SubjectKind::Enterprise), rows(stranger), |_| {}).await;
        assert!(refused.is_err(), "one record of nobody keeps the enterprises out too");
        assert_eq!(store.loads(None, 9).await.unwrap().len(), 0);

        let receipt = load(&store, "科技局", SubjectKind::Enterprise, rows(BETA)).await;
        assert_eq!((receipt.rows, receipt.accepted, receipt.new_subjects), (4, 4, 4));
        let source = store.source(receipt.source.unwrap()).await.unwrap().unwrap();
        assert_eq!(source.subject_kinds, [SubjectKind::Enterprise, SubjectKind::Title]);
        assert_eq!(store.kinds_listed(None).await.unwrap(), [SubjectKind::Title].into());
        for (code, title) in [(ALPHA, "tsme"), (BETA, "hnte")] {
            let page = page(&store, find(&store, SubjectKind::Enterprise, code).await).await;
            let held: Vec<&str> = page.children.iter().map(|child| child.record.category.as_str()).collect();
            assert_eq!(held, [title], "{code}");
        }
        let again = load(&store, "科技局", SubjectKind::Enterprise, rows(BETA)).await;
        assert_eq!((again.accepted, again.unchanged, again.source), (0, 4, None));

        assert_eq!(store.undo_load(source.id, "重复", "li").await.unwrap(), 4);
        assert!(store.kinds_listed(None).await.unwrap().is_empty());
        assert!(store.verify().await.unwrap().is_ok());
    });
}

#[test]
fn a_record_of_an_unknown_owner_is_refused_and_nothing_is_stored() {
    on_both(catalogue(), |store| async move {
        enterprises(&store, "统计办", &[&[("uscc", ALPHA), ("name", "甲公司")]]).await;
        let rows = vec![
            row(2, &[("owner_uscc", ALPHA), ("qualification_code", "hnte")]),
            row(3, &[("owner_uscc", BETA), ("qualification_code", "hnte")]),
        ];
        let error = store.load(sheet("科技局", SubjectKind::Title), rows, |_| {}).await.unwrap_err();
        let StoreError::Refused(refusal) = &error else { panic!("{error}") };
        assert!(refusal.zh.contains("表1!3") && refusal.zh.contains(BETA), "{}", refusal.zh);
        let page = page(&store, find(&store, SubjectKind::Enterprise, ALPHA).await).await;
        assert!(page.children.is_empty());
    });
}

#[test]
fn who_may_not_see_a_subject_finds_nothing_of_it() {
    on_both(catalogue(), |store| async move {
        let given = [("uscc", ALPHA), ("name", "甲公司"), ("contact_phone", "13800000000")];
        enterprises(&store, "统计办", &[&given]).await;
        let id = find(&store, SubjectKind::Enterprise, ALPHA).await;
        for scope in [Scope::Nothing, Scope::Units(vec![]), Scope::Units(vec![store::access::UnitId(id.0)])] {
            assert!(store.subject(id, &scope, true, None).await.unwrap().is_none(), "{scope:?}");
            assert!(store.statements_of(id, &scope, true).await.unwrap().is_empty(), "{scope:?}");
            assert!(store.statement(1, &scope, true).await.unwrap().is_none(), "{scope:?}");
        }
        let own = store.subject(id, &Scope::Subject(id), false, None).await.unwrap().unwrap();
        assert_eq!((text(&own, "contact_phone"), own.withheld), (None, 1));
        assert!(own.statements.values().all(|said| !said.values.contains_key(&"contact_phone".parse().unwrap())));
        assert_eq!(text(&page(&store, id).await, "contact_phone"), Some("13800000000"));
    });
}
