//! A round keeps what each enterprise is told alone, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use checkup::Desk;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{Catalogue, FactKey, SourceKind, SubjectKind, Value};
use policy::{Library, Settings};
use rounds::{Basis, Tally, sheet};
use store::access::Scope;
use store::testing::on_both;
use store::verdict::Verdict;
use store::{NewLoad, NewStatement, Store};

const ON: Date = date(2026, 6, 1);

fn library() -> Arc<Library> {
    Arc::new(Library::builtin("", &Settings::new()).0)
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

/// A row of the register: the facts of a case under a code of its own.
fn row(code: String, facts: &BTreeMap<FactKey, Value>) -> NewStatement {
    let own = [(FactKey::timeless("uscc"), Value::Code(code.clone())), (FactKey::timeless("name"), Value::Text(code))];
    let known = facts.iter().filter(|(key, _)| Catalogue::builtin().field(&key.field).is_some());
    let known = known.map(|(key, value)| (key.clone(), value.clone()));
    let values = known.chain(own).map(|(key, value)| (key, Some(value))).collect();
    NewStatement { values, ..NewStatement::default() }
}

async fn load(store: &Store, kind: SubjectKind, rows: Vec<NewStatement>) {
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".into(),
        title: "台账.xlsx".into(),
        file_hash: None,
        subject_kind: kind,
        column_map_json: None,
        by: "test".into(),
    };
    store.load(load, rows, |_| {}).await.unwrap();
}

/// Everybody of the library's cases, and some of whom little is known, with a title for every third.
async fn everybody(store: &Store, library: &Library) {
    let cases = library.policies().iter().flat_map(|policy| policy.cases.iter().take(3));
    let mut facts: Vec<BTreeMap<FactKey, Value>> = cases.map(|case| case.facts.facts.clone()).collect();
    facts.resize(facts.len() + 20, BTreeMap::new());
    let code = |at: usize| format!("9141{at:014}");
    load(store, SubjectKind::Enterprise, facts.iter().enumerate().map(|(at, facts)| row(code(at), facts)).collect())
        .await;
    let title = |at: usize| {
        let facts = [
            ("owner_uscc", Value::Code(code(at))),
            ("qualification_code", Value::Code("hnte".into())),
            ("valid_from", Value::Date(date(2024, 1, 1))),
        ];
        let values = facts.map(|(key, value)| (FactKey::timeless(key), Some(value)));
        NewStatement { values: BTreeMap::from(values), ..NewStatement::default() }
    };
    load(store, SubjectKind::Title, (0..facts.len()).step_by(3).map(title).collect()).await;
}

async fn hold(store: &Store, library: &Arc<Library>, second: i64, since: Option<i64>) -> Tally {
    let basis = Basis {
        library: library.clone(),
        on: ON,
        listed: store.kinds_listed(None).await.unwrap(),
        known_at: moment(second),
        since,
    };
    let reached = AtomicU64::new(0);
    let tally = rounds::hold(store, basis, |done| reached.store(done, Ordering::Relaxed)).await.unwrap();
    assert_eq!(reached.into_inner(), tally.enterprises);
    tally
}

#[test]
fn what_is_kept_of_everybody_is_what_each_is_told_alone() {
    on_both(Catalogue::builtin().clone(), |store| async move {
        let library = library();
        everybody(&store, &library).await;
        let tally = hold(&store, &library, 0, None).await;
        let (desk, listed) = (Desk::new(&library, ON), store.kinds_listed(None).await.unwrap());
        let (mut seen, mut shared) = (0, 0);
        let all = store.enterprises(None, 1_000, None).await.unwrap();
        for known in &all {
            let briefs = desk.briefs(&sheet(&listed, known.facts.clone(), known.records.clone()));
            let mut expected: Vec<Verdict> = briefs
                .into_iter()
                .map(|brief| Verdict {
                    subject: known.id,
                    on: ON,
                    known_at: moment(0),
                    answer: brief.verdict.to_owned(),
                    failed: brief.failed.join(" "),
                    record: brief.to_json(),
                    policy: brief.policy,
                    version: brief.version,
                })
                .collect();
            expected.sort_by(|a, b| a.policy.cmp(&b.policy));
            assert_eq!(store.verdicts_of(known.id, &Scope::Zone).await.unwrap(), expected, "{}", known.code);
            seen += expected.len() as u64;
            shared += usize::from(known.facts.len() < 4);
        }
        assert!(all.len() > 60 && shared >= 20, "{} enterprises, {shared} of whom little is known", all.len());
        assert_eq!(tally, Tally { enterprises: all.len() as u64, changed: seen });

        let again = hold(&store, &library, 9, None).await;
        assert_eq!(again, Tally { changed: 0, ..tally }, "nothing changed, nothing is written");
        let revision = store.revision().await.unwrap();
        assert_eq!(hold(&store, &library, 9, Some(revision)).await, Tally::default(), "nobody is due");
    });
}
