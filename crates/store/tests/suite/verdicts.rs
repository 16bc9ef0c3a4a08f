//! Verdicts: kept while they stand, ended with their moment, counted and filtered within scope.

use jiff::Timestamp;
use kernel::{FactKey, SubjectId, SubjectKind, Value};
use store::access::Scope;
use store::ladder::Hold;
use store::testing::on_both;
use store::verdict::{Round, Verdict};
use store::{Filter, Lacks, ListQuery, Store};

use crate::zone::{catalogue, enterprises, find, keep, load, row};

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn verdict(subject: SubjectId, policy: &str, answer: &str, failed: &str, second: i64) -> Verdict {
    Verdict {
        subject,
        policy: policy.into(),
        version: format!("{policy}@2022-01-01"),
        on: "2026-06-01".parse().unwrap(),
        known_at: moment(second),
        answer: answer.into(),
        failed: failed.into(),
        record: format!("{{\"verdict\":\"{answer}\",\"failed\":\"{failed}\"}}"),
    }
}

fn round(second: i64, changed: u64) -> Round {
    Round {
        known_at: moment(second),
        on: "2026-06-01".parse().unwrap(),
        library: "a".into(),
        revision: 7,
        enterprises: 2,
        changed,
    }
}

async fn two(store: &Store) -> [SubjectId; 2] {
    let codes = ["91410100MA00000001", "91410100MA00000002"];
    for (code, name) in codes.into_iter().zip(["甲", "乙"]) {
        enterprises(store, "统计办", &[&[("uscc", code), ("name", name)]]).await;
    }
    [find(store, SubjectKind::Enterprise, codes[0]).await, find(store, SubjectKind::Enterprise, codes[1]).await]
}

async fn named(store: &Store, answer: Option<&str>, lacks: Lacks, scope: &Scope) -> Vec<String> {
    let filters = vec![Filter::Verdict { policy: "p".into(), answer: answer.map(str::to_owned), lacks }];
    let page = store.list(&ListQuery { filters, ..ListQuery::all(SubjectKind::Enterprise) }, scope).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn a_verdict_stands_until_another_comes_out() {
    on_both(catalogue(), |store| async move {
        let [one, other] = two(&store).await;
        let first = [
            verdict(one, "p", "fails", "staff", 0),
            verdict(one, "q", "meets", "", 0),
            verdict(other, "p", "meets", "", 0),
        ];
        assert_eq!(keep(&store, &[one, other], &first).await, 3);
        let again = [verdict(one, "p", "fails", "staff", 9), verdict(one, "q", "meets", "", 9)];
        assert_eq!(keep(&store, &[one], &again).await, 0, "the same is not written again");
        assert_eq!(store.verdicts_of(one, &Scope::Zone).await.unwrap(), first[..2]);

        let changed = [verdict(one, "p", "meets", "", 20)];
        assert_eq!(keep(&store, &[one], &changed).await, 2, "one changed, one ended");
        assert_eq!(store.verdicts_of(one, &Scope::Zone).await.unwrap(), changed);
        let before = store.verdicts_before(one, &Scope::Zone).await.unwrap();
        assert_eq!(before, first[..2], "what stood before is kept as it was");
        assert_eq!(store.verdicts_of(other, &Scope::Zone).await.unwrap(), first[2..], "others are left alone");
    });
}

#[test]
fn what_many_verdicts_say_is_read_back_whole_now_and_when_it_has_ended() {
    on_both(catalogue(), |store| async move {
        let [one, other] = two(&store).await;
        let policies: Vec<String> = (0..12).map(|number| format!("p{number:02}")).collect();
        let all_of = |subject, second| -> Vec<Verdict> {
            policies.iter().map(|policy| verdict(subject, policy, "fails", "staff", second)).collect()
        };
        let mut found = all_of(one, 0);
        found.push(verdict(other, "p", "meets", "", 0));
        assert_eq!(keep(&store, &[one, other], &found).await, 13);
        assert_eq!(store.verdicts_of(one, &Scope::Zone).await.unwrap(), found[..12]);
        assert_eq!(store.verdicts_of(other, &Scope::Zone).await.unwrap(), found[12..]);
        // Few say now what many said: it is the same, and is not written again.
        assert_eq!(keep(&store, &[one], &all_of(one, 9)).await, 0);
        let mut changed = all_of(one, 20);
        changed[0] = verdict(one, "p00", "meets", "", 20);
        changed.pop();
        assert_eq!(keep(&store, &[one], &changed).await, 2, "one changed, one ended");
        let ended = store.verdicts_before(one, &Scope::Zone).await.unwrap();
        assert_eq!(ended, [found[0].clone(), found[11].clone()], "with the text that they shared");
    });
}

#[test]
fn lists_counts_and_pages_show_verdicts_within_scope_only() {
    on_both(catalogue(), |store| async move {
        let [one, other] = two(&store).await;
        let found = [verdict(one, "p", "fails", "staff", 0), verdict(other, "p", "fails", "staff age", 0)];
        keep(&store, &[one, other], &found).await;
        assert_eq!(named(&store, None, Lacks::Any, &Scope::Zone).await, ["乙", "甲"]);
        assert_eq!(named(&store, Some("fails"), Lacks::Only("staff".into()), &Scope::Zone).await, ["甲"]);
        assert_eq!(named(&store, None, Lacks::One, &Scope::Zone).await, ["甲"]);
        assert!(named(&store, Some("meets"), Lacks::Any, &Scope::Zone).await.is_empty());
        assert!(named(&store, None, Lacks::Any, &Scope::Units(vec![])).await.is_empty());
        let on: jiff::civil::Date = "2026-06-01".parse().unwrap();
        let counts = store.standing("p", "hnte", on, on, &Scope::Zone).await.unwrap();
        let mut shown: Vec<(String, u64)> = counts.into_iter().map(|count| (count.failed, count.enterprises)).collect();
        shown.sort();
        assert_eq!(shown, [("staff".to_owned(), 1), ("staff age".to_owned(), 1)]);
        let own = store.standing("p", "hnte", on, on, &Scope::Subject(one)).await.unwrap();
        assert_eq!((own.len(), own[0].enterprises), (1, 1));
        assert!(store.verdicts_of(one, &Scope::Nothing).await.unwrap().is_empty());
        assert!(store.verdicts_before(one, &Scope::Nothing).await.unwrap().is_empty());

        // Totals are noted; a round that finds otherwise makes them anew, though nothing was said.
        keep(&store, &[one], &[verdict(one, "p", "meets", "", 9)]).await;
        store.note_round(&round(9, 1)).await.unwrap();
        assert!(named(&store, Some("fails"), Lacks::Only("staff".into()), &Scope::Zone).await.is_empty());
        assert_eq!(named(&store, Some("meets"), Lacks::Any, &Scope::Zone).await, ["甲"]);
    });
}

#[test]
fn enterprises_come_with_their_records_and_only_those_changed_since() {
    on_both(catalogue(), |store| async move {
        let [one, other] = two(&store).await;
        let all = store.enterprises(None, 10, None).await.unwrap();
        assert_eq!(all.iter().map(|known| known.id).collect::<Vec<_>>(), [one.min(other), one.max(other)]);
        let revision = store.revision().await.unwrap();
        assert!(store.enterprises(None, 10, Some(revision)).await.unwrap().is_empty());
        let title =
            [("owner_uscc", "91410100MA00000002"), ("qualification_code", "hnte"), ("valid_from", "2024-01-01")];
        load(&store, "科技局", SubjectKind::Title, vec![row(2, &title)]).await;
        let changed = store.enterprises(None, 10, Some(revision)).await.unwrap();
        assert_eq!(changed.iter().map(|known| known.id).collect::<Vec<_>>(), [other], "a record is part of its owner");
        let (kind, facts) = &changed[0].records[0];
        assert_eq!(*kind, SubjectKind::Title);
        assert_eq!(facts[&FactKey::timeless("valid_from")], Value::Date("2024-01-01".parse().unwrap()));
        assert_eq!(changed[0].facts[&FactKey::timeless("name")], Value::Text("乙".into()));
        assert_eq!(store.enterprises(Some(one.min(other)), 1, None).await.unwrap()[0].id, one.max(other));
    });
}

#[test]
fn the_ladder_tells_who_holds_enters_leaves_and_stands_where() {
    on_both(catalogue(), |store| async move {
        let [one, other] = two(&store).await;
        let title = |row_no, code: &str, from: &str, to: &str| {
            row(row_no, &[("owner_uscc", code), ("qualification_code", "hnte"), ("valid_from", from), ("valid_to", to)])
        };
        let (first, second) = ("91410100MA00000001", "91410100MA00000002");
        let titles = vec![
            title(2, first, "2020-12-01", "2023-11-30"),
            title(3, first, "2023-12-01", "2026-11-30"),
            title(4, second, "2021-05-01", "2024-04-30"),
        ];
        load(&store, "科技局", SubjectKind::Title, titles).await;
        let day = |day: &str| day.parse::<jiff::civil::Date>().unwrap();
        let holders = |on: &str, soon: &str| {
            let (store, on, soon) = (store.clone(), day(on), day(soon));
            async move {
                let holders = store.holders("hnte", on, soon, &Scope::Zone).await.unwrap();
                (holders.held, holders.ending)
            }
        };
        assert_eq!(holders("2022-01-01", "2022-04-01").await, (2, 0));
        assert_eq!(holders("2024-03-01", "2024-05-01").await, (2, 1));
        assert_eq!(holders("2026-10-01", "2026-12-31").await, (1, 1));
        assert_eq!(holders("2027-01-01", "2027-04-01").await, (0, 0));
        let moves = |on: &str, scope: Scope| {
            let (store, on) = (store.clone(), day(on));
            async move {
                let moves = store.title_moves("hnte", on, &scope).await.unwrap();
                moves.iter().map(|moved| (moved.year, moved.entered, moved.left)).collect::<Vec<_>>()
            }
        };
        assert_eq!(moves("2026-06-01", Scope::Zone).await, [(2020, 1, 0), (2021, 1, 0), (2024, 0, 1)]);
        assert_eq!(moves("2024-01-01", Scope::Zone).await, [(2020, 1, 0), (2021, 1, 0)], "a renewal is no leaving");
        assert_eq!(moves("2026-06-01", Scope::Units(vec![])).await, []);

        let found = [verdict(one, "p", "fails", "staff", 0), verdict(other, "p", "meets", "", 0)];
        keep(&store, &[one, other], &found).await;
        let standing = store.standing("p", "hnte", day("2026-06-01"), day("2026-08-30"), &Scope::Zone).await.unwrap();
        let mut stands: Vec<_> = standing.iter().map(|it| (it.answer.as_str(), it.hold, it.enterprises)).collect();
        stands.sort_by_key(|it| it.0);
        assert_eq!(stands, [("fails", Hold::Held, 1), ("meets", Hold::None, 1)]);
        assert!(
            store
                .standing("p", "hnte", day("2026-06-01"), day("2026-08-30"), &Scope::Nothing)
                .await
                .unwrap()
                .is_empty()
        );
        let without = |on: &str| {
            let filters = vec![Filter::NoTitle { title: "hnte".into(), on: day(on) }];
            let (store, query) = (store.clone(), ListQuery { filters, ..ListQuery::all(SubjectKind::Enterprise) });
            async move {
                store.list(&query, &Scope::Zone).await.unwrap().rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
            }
        };
        assert_eq!(without("2026-06-01").await, ["乙"]);
        assert!(without("2022-01-01").await.is_empty());
    });
}

#[test]
fn the_last_round_is_remembered() {
    on_both(catalogue(), |store| async move {
        assert_eq!(store.last_round().await.unwrap(), None);
        store.note_round(&round(0, 3)).await.unwrap();
        store.note_round(&round(5, 0)).await.unwrap();
        assert_eq!(store.last_round().await.unwrap(), Some(round(5, 0)));
    });
}
