//! What persons do to the register: correct, settle, undo, merge, accept, erase.

use kernel::view::Standing;
use kernel::{FactKey, Money, SubjectId, SubjectKind, Value};
use store::access::Scope;
use store::testing::on_both;
use store::{Change, ChangedBy, Clock, ConflictFilter, Decision, State, Store, StoreError, SubjectView};

use crate::zone::{catalogue, enterprises, find, load, money, page, row, text};

const ALPHA: &str = "91410100MA3X4T1N6R";
const BETA: &str = "91410100MA44A1KQ8M";

fn key(text: &str) -> FactKey {
    text.parse().unwrap()
}

fn change(page: &SubjectView, fact: &str, value: Value) -> Change {
    Change { key: key(fact), value: Some(value), seen: page.view.facts.get(&key(fact)).map(|shown| shown.seq) }
}

fn fen(fen: i64) -> Value {
    Value::Money(Money::from_fen(fen))
}

async fn alpha(store: &Store) -> SubjectId {
    let given = [("uscc", ALPHA), ("name", "甲公司"), ("operating_revenue@2025", "100"), ("rd_expense@2025", "10")];
    enterprises(store, "统计办", &[&given]).await;
    find(store, SubjectKind::Enterprise, ALPHA).await
}

#[track_caller]
fn refused(outcome: Result<impl std::fmt::Debug, StoreError>, part: &str) {
    match outcome {
        Err(StoreError::Refused(refusal)) => assert!(refusal.zh.contains(part), "{}", refusal.zh),
        other => panic!("expected a refusal with “{part}”: {other:?}"),
    }
}

#[test]
fn a_correction_needs_a_reason_and_shows_itself_with_the_old_value_kept() {
    on_both(catalogue(), |store| async move {
        let id = alpha(&store).await;
        let seen = page(&store, id).await;
        let changes = [change(&seen, "operating_revenue@2025", fen(200))];
        refused(store.correct(id, &changes, "  ", ChangedBy::Zone, "wang").await, "理由");
        let seq = store.correct(id, &changes, "审计报告第 3 页", ChangedBy::Zone, "wang").await.unwrap();
        let now = page(&store, id).await;
        let shown = &now.view.facts[&key("operating_revenue@2025")];
        assert_eq!((shown.value.clone(), shown.seq, shown.standing), (fen(200), seq, Standing::Disputed));
        assert_eq!(now.statements[&seq].reason.as_deref(), Some("审计报告第 3 页"));
        assert_eq!(now.statements[&seq].said_by, "wang");
        assert_eq!(shown.said[1].value, fen(100));
    });
}

#[test]
fn a_correction_over_what_changed_meanwhile_is_stale() {
    on_both(catalogue(), |store| async move {
        let id = alpha(&store).await;
        let seen = page(&store, id).await;
        let changes = [change(&seen, "operating_revenue@2025", fen(200))];
        store.correct(id, &changes, "先到", ChangedBy::Zone, "wang").await.unwrap();
        let second = store.correct(id, &changes, "后到", ChangedBy::Zone, "zhao").await;
        assert!(matches!(second, Err(StoreError::Stale)), "{second:?}");
    });
}

#[test]
fn a_word_is_taken_back_by_whoever_said_it_and_by_nobody_else() {
    on_both(catalogue(), |store| async move {
        let id = alpha(&store).await;
        let fact = "operating_revenue@2025";
        let take_back = |seen: &SubjectView| {
            let shown = &seen.view.facts[&key(fact)];
            [Change { key: key(fact), value: None, seen: Some(shown.seq) }]
        };
        let seen = page(&store, id).await;
        refused(store.correct(id, &take_back(&seen), "看错了", ChangedBy::Zone, "wang").await, "没有可撤回");
        store.correct(id, &[change(&seen, fact, fen(200))], "核对", ChangedBy::Zone, "wang").await.unwrap();
        let seen = page(&store, id).await;
        refused(store.correct(id, &take_back(&seen), "不是我说的", ChangedBy::Zone, "zhao").await, "没有可撤回");
        refused(
            store.correct(id, &take_back(&seen), "不是本企业说的", ChangedBy::Enterprise, "wang").await,
            "没有可撤回",
        );
        store.correct(id, &take_back(&seen), "看错了", ChangedBy::Zone, "wang").await.unwrap();
        assert_eq!(page(&store, id).await.view.facts[&key(fact)].value, fen(100));
    });
}

#[test]
fn fields_that_are_not_this_persons_to_change_are_refused() {
    on_both(catalogue(), |store| async move {
        let id = alpha(&store).await;
        let seen = page(&store, id).await;
        let derived = catalogue().fields().iter().find(|field| field.derived.is_some()).unwrap().key.clone();
        let word = |text: &str| Value::Text(text.into());
        let cases = [
            ("legal_representative", word("王某"), ChangedBy::Zone, "主管部门"),
            ("name", word("新名"), ChangedBy::Enterprise, "不能自行填报"),
            ("ip_name", word("专利"), ChangedBy::Zone, "不是企业的字段"),
            ("operating_revenue", fen(1), ChangedBy::Zone, "期间"),
            ("operating_revenue@2025", fen(-1), ChangedBy::Zone, "负数"),
            ("operating_revenue@2025", word("很多"), ChangedBy::Zone, "类型"),
            (&format!("{derived}@2025"), fen(1), ChangedBy::Zone, "计算得出"),
        ];
        for (fact, value, changed_by, part) in cases {
            refused(store.correct(id, &[change(&seen, fact, value)], "理由", changed_by, "wang").await, part);
        }
        refused(store.correct(id, &[], "理由", ChangedBy::Zone, "wang").await, "没有");
        let (nobody, changes) = (SubjectId(uuid::Uuid::nil()), [change(&seen, "name", word("某"))]);
        let outcome = store.correct(nobody, &changes, "理由", ChangedBy::Zone, "wang").await;
        assert!(matches!(outcome, Err(StoreError::NotFound)));
    });
}

#[test]
fn a_conflict_waits_in_the_queue_until_a_person_settles_it() {
    on_both(catalogue(), |store| async move {
        let id = alpha(&store).await;
        enterprises(&store, "税务局", &[&[("uscc", ALPHA), ("rd_expense@2025", "30")]]).await;
        let filter = ConflictFilter::default();
        let queue = store.conflicts(&Scope::Zone, &filter, None, 10).await.unwrap();
        assert_eq!((queue.total, queue.rows.len(), queue.next), (1, 1, None));
        let conflict = &queue.rows[0];
        assert_eq!((conflict.subject, conflict.key.clone()), (id, key("rd_expense@2025")));
        let hidden = store.conflicts(&Scope::Units(vec![]), &filter, None, 10).await.unwrap();
        assert_eq!((hidden.total, hidden.rows.len()), (0, 0));
        let seen: Vec<i64> = conflict.said.iter().map(|said| said.seq).collect();
        let first = conflict.said.iter().find(|said| said.origin == "统计办").unwrap().seq;
        let settle = |decision: Decision, seen: Vec<i64>, reason: &'static str| {
            let (store, fact) = (store.clone(), conflict.key.clone());
            async move { store.settle(id, &fact, &decision, &seen, reason, "zhao").await }
        };
        refused(settle(Decision::Statement(first), seen.clone(), "").await, "理由");
        assert!(matches!(settle(Decision::Statement(first), vec![first], "x").await, Err(StoreError::Stale)));
        refused(settle(Decision::Statement(9_999), seen.clone(), "x").await, "无需核定");
        settle(Decision::Statement(first), seen.clone(), "以年报为准").await.unwrap();
        let now = page(&store, id).await;
        let shown = &now.view.facts[&key("rd_expense@2025")];
        assert!(matches!(shown.standing, Standing::Settled(_)));
        assert_eq!((shown.value.clone(), shown.seq, now.record.conflicts_open), (fen(10), first, 0));
        assert_eq!(store.conflicts(&Scope::Zone, &filter, None, 10).await.unwrap().total, 0);
        assert!(matches!(settle(Decision::Statement(first), seen, "再来").await, Err(StoreError::Stale)));
        enterprises(&store, "税务局", &[&[("uscc", ALPHA), ("rd_expense@2025", "31")]]).await;
        assert_eq!(page(&store, id).await.record.conflicts_open, 1, "a new word opens the dispute again");
    });
}

#[test]
fn an_undone_load_counts_no_more_until_it_is_redone() {
    on_both(catalogue(), |store| async move {
        let id = alpha(&store).await;
        let second = enterprises(
            &store,
            "税务局",
            &[&[("uscc", ALPHA), ("rd_expense@2025", "30")], &[("uscc", BETA), ("name", "乙公司")]],
        )
        .await;
        let source = second.source.unwrap();
        let beta = find(&store, SubjectKind::Enterprise, BETA).await;
        refused(store.undo_load(source, "", "zhao").await, "理由");
        assert_eq!(store.undo_load(source, "导错了文件", "zhao").await.unwrap(), 2);
        assert!(matches!(store.undo_load(source, "再撤", "zhao").await, Err(StoreError::Stale)));
        assert_eq!(page(&store, id).await.record.conflicts_open, 0);
        assert_eq!(page(&store, beta).await.record.state, State::Empty);
        assert_eq!(store.source(source).await.unwrap().unwrap().undone_by.as_deref(), Some("zhao"));
        store.redo_load(source, "文件没错", "zhao").await.unwrap();
        assert!(matches!(store.redo_load(source, "再来", "zhao").await, Err(StoreError::Stale)));
        assert_eq!(page(&store, id).await.record.conflicts_open, 1);
        assert_eq!(page(&store, beta).await.record.state, State::Active);
        assert_eq!(find(&store, SubjectKind::Enterprise, BETA).await, beta);
    });
}

#[test]
fn a_past_day_reads_as_it_read_then() {
    on_both(catalogue(), |store| async move {
        let day = |day: i8| {
            let date = jiff::civil::date(2026, 3, day).at(9, 0, 0, 0);
            date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
        };
        let on = |at: i8| store.with_clock(Clock::fixed(day(at)));
        let id = alpha(&on(1)).await;
        let loaded = enterprises(&on(3), "统计办", &[&[("uscc", ALPHA), ("operating_revenue@2025", "500")]]).await;
        on(5).undo_load(loaded.source.unwrap(), "错", "zhao").await.unwrap();
        on(7).redo_load(loaded.source.unwrap(), "对", "zhao").await.unwrap();
        let shown = |at: i8| {
            let store = store.clone();
            async move {
                let view = store.subject(id, &Scope::Zone, true, Some(day(at))).await.unwrap()?;
                assert_eq!(view.record.revenue.map(Money::fen), money(&view, "operating_revenue@2025"));
                money(&view, "operating_revenue@2025")
            }
        };
        let mut read = Vec::new();
        for at in [1, 2, 3, 5, 7] {
            read.push(shown(at).await);
        }
        assert_eq!(read, [Some(100), Some(100), Some(500), Some(100), Some(500)]);
        let before = day(1) - jiff::SignedDuration::from_secs(1);
        assert!(store.subject(id, &Scope::Zone, true, Some(before)).await.unwrap().is_none());
    });
}

#[test]
fn a_merged_duplicate_is_shown_under_its_target_and_comes_back() {
    on_both(catalogue(), |store| async move {
        let one = alpha(&store).await;
        enterprises(&store, "税务局", &[&[("uscc", BETA), ("name", "甲公司（旧）"), ("rd_expense@2024", "7")]]).await;
        let two = find(&store, SubjectKind::Enterprise, BETA).await;
        let title = [("owner_uscc", BETA), ("qualification_code", "hnte"), ("valid_from", "2024-01-01")];
        load(&store, "科技局", SubjectKind::Title, vec![row(2, &title)]).await;
        refused(store.merge(two, two, "重复", "zhao").await, "自己");
        refused(store.merge(two, one, " ", "zhao").await, "理由");
        store.merge(two, one, "同一企业", "zhao").await.unwrap();
        refused(store.merge(two, one, "再并", "zhao").await, "已并入");
        let now = page(&store, two).await;
        assert_eq!((now.record.id, money(&now, "rd_expense@2024")), (one, Some(7)));
        assert_eq!((now.children.len(), now.merged.len()), (1, 1));
        assert_eq!(find(&store, SubjectKind::Enterprise, BETA).await, one, "the code leads to the target");
        assert_eq!(find(&store, SubjectKind::Enterprise, "甲公司（旧）").await, one);
        enterprises(&store, "税务局", &[&[("uscc", BETA), ("rd_expense@2023", "8")]]).await;
        assert_eq!(money(&page(&store, one).await, "rd_expense@2023"), Some(8));
        store.unmerge(two, "不是一家", "zhao").await.unwrap();
        assert!(matches!(store.unmerge(two, "再分", "zhao").await, Err(StoreError::NotFound)));
        let (first, second) = (page(&store, one).await, page(&store, two).await);
        assert_eq!((first.children.len(), second.children.len()), (0, 1));
        assert_eq!((money(&first, "rd_expense@2024"), money(&second, "rd_expense@2024")), (None, Some(7)));
        assert_eq!(find(&store, SubjectKind::Enterprise, BETA).await, two);
    });
}

#[test]
fn a_duplicate_of_a_duplicate_is_shown_under_the_last_of_the_chain() {
    on_both(catalogue(), |store| async move {
        // Every order of the three, since the mergers are read in the order of their ids.
        for (round, [first, middle, last]) in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]].into_iter().enumerate() {
            let mut ids = Vec::new();
            for nth in 0..3 {
                let code = format!("914101000000{round}0{nth}0XX");
                let year = format!("rd_expense@{}", 2021 + nth);
                enterprises(&store, "统计办", &[&[("uscc", &code), ("name", &code), (&year, "5")]]).await;
                ids.push(find(&store, SubjectKind::Enterprise, &code).await);
            }
            store.merge(ids[first], ids[middle], "重复", "zhao").await.unwrap();
            store.merge(ids[middle], ids[last], "重复", "zhao").await.unwrap();
            let shown = page(&store, ids[last]).await;
            for year in 2021..2024 {
                assert_eq!(money(&shown, &format!("rd_expense@{year}")), Some(5), "round {round}, {year}");
            }
            let rebuilt = store.rebuild("zhao").await;
            assert!(rebuilt.is_ok(), "round {round}: {:?}", rebuilt.err());
            assert_eq!(page(&store, ids[last]).await.view, shown.view, "round {round}: a rebuild changes nothing");
        }
    });
}

#[test]
fn a_candidate_is_accepted_or_joined_to_whom_it_is() {
    on_both(catalogue(), |store| async move {
        let known = alpha(&store).await;
        let rows: [&[_]; 2] = [&[("name", "甲股份"), ("rd_expense@2022", "3")], &[("name", "丙公司")]];
        enterprises(&store, "上市公司", &rows).await;
        let (same, other) = (
            find(&store, SubjectKind::Enterprise, "甲股份").await,
            find(&store, SubjectKind::Enterprise, "丙公司").await,
        );
        store.join_candidate(same, known, "简称", "zhao").await.unwrap();
        store.accept_candidate(other, "外地企业", "zhao").await.unwrap();
        assert!(matches!(store.accept_candidate(other, "再来", "zhao").await, Err(StoreError::Stale)));
        assert_eq!(money(&page(&store, known).await, "rd_expense@2022"), Some(3));
        assert_eq!(page(&store, other).await.record.state, State::Active);
        let again = enterprises(&store, "上市公司", &rows).await;
        assert_eq!((again.accepted, again.unchanged), (0, 2));
    });
}

#[test]
fn erased_personal_data_are_gone_and_the_rest_stays() {
    on_both(catalogue(), |store| async move {
        let given = [("uscc", ALPHA), ("name", "甲公司"), ("contact_phone", "13800000000")];
        enterprises(&store, "统计办", &[&given]).await;
        let id = find(&store, SubjectKind::Enterprise, ALPHA).await;
        assert_eq!(store.erase_values(id, "本人要求", "zhao").await.unwrap(), 1);
        let now = page(&store, id).await;
        assert_eq!((text(&now, "contact_phone"), text(&now, "name")), (None, Some("甲公司")));
        let said = store.statements_of(id, &Scope::Zone, true).await.unwrap();
        assert!(said[0].erased_at.is_some());
        assert_eq!(store.erase_values(id, "再次", "zhao").await.unwrap(), 0);
    });
}
