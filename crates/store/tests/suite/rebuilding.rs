//! Random acts on the register: what is derived is what a rebuild from the statements gives.

use std::collections::BTreeMap;

use kernel::{SourceId, SubjectId, SubjectKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::access::Scope;
use store::testing::{databases, run};
use store::{Change, ChangedBy, ConflictFilter, Decision, ListQuery, State, Store};

use crate::zone::{catalogue, enterprises, facts, load, row};

/// One act on the register; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Act {
    Load { origin: usize, firm: usize, revenue: i64, named: bool },
    Title { firm: usize, year: i32 },
    Correct { firm: usize, revenue: i64 },
    Settle,
    Undo { load: usize },
    Redo { load: usize },
    Merge { one: usize, other: usize },
    Unmerge { one: usize },
    Accept,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..3_usize, 0..5_usize, 0..4_i64, any::<bool>())
            .prop_map(|(origin, firm, revenue, named)| Act::Load { origin, firm, revenue, named }),
        2 => (0..5_usize, 2022..2025).prop_map(|(firm, year)| Act::Title { firm, year }),
        2 => (0..5_usize, 0..4_i64).prop_map(|(firm, revenue)| Act::Correct { firm, revenue }),
        2 => Just(Act::Settle),
        2 => (0..20_usize).prop_map(|load| Act::Undo { load }),
        1 => (0..20_usize).prop_map(|load| Act::Redo { load }),
        2 => (0..5_usize, 0..5_usize).prop_map(|(one, other)| Act::Merge { one, other }),
        1 => (0..5_usize).prop_map(|one| Act::Unmerge { one }),
        1 => Just(Act::Accept),
    ]
}

fn code(firm: usize) -> String {
    format!("9141010000000000{firm}X")
}

/// What the acts have made so far.
#[derive(Default)]
struct Made {
    loads: Vec<SourceId>,
}

impl Made {
    /// Does one act. An act that the register refuses is a fine outcome; only a broken register is not.
    async fn act(&mut self, store: &Store, act: &Act) {
        match act {
            Act::Load { origin, firm, revenue, named } => {
                let (code, revenue, name) = (code(*firm), revenue.to_string(), format!("企业{firm}"));
                let mut given = vec![("operating_revenue@2025", revenue.as_str()), ("name", name.as_str())];
                given.extend((!named).then_some(("uscc", code.as_str())));
                let origin = ["统计办", "税务局", "科技局"][*origin];
                self.loads.extend(enterprises(store, origin, &[&given]).await.source);
            }
            Act::Title { firm, year } => {
                let (code, from) = (code(*firm), format!("{year}-01-01"));
                let given = [("owner_uscc", &*code), ("qualification_code", "hnte"), ("valid_from", &*from)];
                if is_known(store, &code).await {
                    self.loads.extend(load(store, "科技局", SubjectKind::Title, vec![row(2, &given)]).await.source);
                }
            }
            Act::Correct { firm, revenue } => {
                let Some(id) = subject(store, *firm).await else { return };
                let page = store.subject(id, &Scope::Zone, true, None).await.unwrap().unwrap();
                let (key, value) = facts(&[("operating_revenue@2025", &revenue.to_string())]).pop_first().unwrap();
                let seen = page.view.facts.get(&key).map(|shown| shown.seq);
                let change = Change { key, value, seen };
                store.correct(page.record.id, &[change], "核对", ChangedBy::Zone, "wang").await.unwrap();
            }
            Act::Settle => {
                let queue = store.conflicts(&Scope::Zone, &ConflictFilter::default(), None, 1).await.unwrap();
                let Some(conflict) = queue.rows.first() else { return };
                let seen: Vec<i64> = conflict.said.iter().map(|said| said.seq).collect();
                let last = Decision::Statement(conflict.said.last().unwrap().seq);
                store.settle(conflict.subject, &conflict.key, &last, &seen, "核定", "zhao").await.unwrap();
            }
            Act::Undo { load } => {
                let Some(source) = self.loads.get(*load) else { return };
                let _ = store.undo_load(*source, "撤回", "zhao").await;
            }
            Act::Redo { load } => {
                let Some(source) = self.loads.get(*load) else { return };
                let _ = store.redo_load(*source, "恢复", "zhao").await;
            }
            Act::Merge { one, other } => {
                let (Some(one), Some(other)) = (subject(store, *one).await, subject(store, *other).await) else {
                    return;
                };
                let _ = store.merge(one, other, "重复", "zhao").await;
            }
            Act::Unmerge { one } => {
                let merged = ListQuery { state: State::Merged, ..ListQuery::all(SubjectKind::Enterprise) };
                let merged = store.list(&merged, &Scope::Zone).await.unwrap().rows;
                if let Some(row) = merged.get(*one) {
                    store.unmerge(row.id, "分开", "zhao").await.unwrap();
                }
            }
            Act::Accept => {
                let waiting = ListQuery { state: State::Candidate, ..ListQuery::all(SubjectKind::Enterprise) };
                let waiting = store.list(&waiting, &Scope::Zone).await.unwrap().rows;
                if let Some(row) = waiting.first() {
                    store.accept_candidate(row.id, "新企业", "zhao").await.unwrap();
                }
            }
        }
    }
}

async fn subject(store: &Store, firm: usize) -> Option<SubjectId> {
    let query = ListQuery { text: code(firm), ..ListQuery::all(SubjectKind::Enterprise) };
    store.list(&query, &Scope::Zone).await.unwrap().rows.first().map(|row| row.id)
}

async fn is_known(store: &Store, code: &str) -> bool {
    let key = store::Key { code: Some(code.into()), name: None };
    let found = store.resolve(SubjectKind::Enterprise, &[key]).await.unwrap();
    matches!(found[0], store::Resolution::Existing(_))
}

/// Everything that is derived, in words that can be compared; the register's revision is left out.
async fn derived(store: &Store) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for kind in [SubjectKind::Enterprise, SubjectKind::Title] {
        for state in [State::Active, State::Candidate, State::Merged, State::Empty] {
            let columns = ["operating_revenue", "name", "uscc"].map(|field| store::Column::Latest(field.into()));
            let query = ListQuery { state, columns: columns.into(), ..ListQuery::all(kind) };
            for mut row in store.list(&query, &Scope::Zone).await.unwrap().rows {
                row.revision = 0;
                found.insert(format!("{}", row.id), format!("{row:?}"));
            }
        }
    }
    let queue = store.conflicts(&Scope::Zone, &ConflictFilter::default(), None, 100).await.unwrap();
    found.extend(queue.rows.iter().map(|row| (format!("{} {}", row.subject, row.key), format!("{row:?}"))));
    for firm in 0..5 {
        let keys =
            [code(firm), format!("企业{firm}")].map(|text| store::Key { code: Some(text.clone()), name: Some(text) });
        let known = store.resolve(SubjectKind::Enterprise, &keys).await.unwrap();
        found.insert(format!("known {firm}"), format!("{known:?}"));
    }
    found
}

async fn check(acts: &[Act]) {
    for database in databases().await {
        let store = Store::migrate(&database.location, catalogue().into()).await.unwrap();
        let mut made = Made::default();
        for act in acts {
            made.act(&store, act).await;
        }
        let kept = derived(&store).await;
        store.rebuild("test").await.unwrap();
        assert_eq!(kept, derived(&store).await, "on {}", database.backend);
        let verified = store.verify().await.unwrap();
        assert_eq!(verified.first, None);
        store.close().await.unwrap();
    }
}

#[test]
fn whatever_is_done_the_derived_register_is_the_one_a_rebuild_gives() {
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&prop::collection::vec(act(), 1..25), |acts| {
        run(check(&acts));
        Ok(())
    });
    outcome.unwrap();
}
