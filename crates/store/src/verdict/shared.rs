//! What is said of many enterprises in the same words is kept once: most of those of which little is
//! known lack the same things. A verdict that names such a text has none of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SelectStatement};
use uuid::Uuid;

use super::said::{Found, Said};
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{StoreError, Tx};

/// As many verdicts that are kept together must say the same. A text of fewer may never be said again, and
/// texts lie in no order, so that each of them is a page to write.
const MANY: usize = 8;

/// The texts that many of the verdicts which are kept together say, with the places in memory of what says them: to
/// find one of these is quicker than to find its text.
pub(super) struct Shared(HashMap<usize, Uuid>);

impl Shared {
    pub(super) fn among(found: &[Found]) -> Self {
        let mut places: HashMap<usize, (&Said, usize)> = HashMap::new();
        for said in found.iter().flat_map(|found| &found.said) {
            places.entry(place(said)).or_insert((said, 0)).1 += 1;
        }
        // Several of them may say the same.
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (said, count) in places.values() {
            *times.entry(&said.record).or_default() += count;
        }
        let often = places.iter().filter(|(_, (said, _))| times[said.record.as_str()] >= MANY);
        Shared(often.map(|(place, (said, _))| (*place, said.id())).collect())
    }

    /// The id of the text, where it is shared.
    pub(super) fn id(&self, said: &Arc<Said>) -> Option<Uuid> {
        self.0.get(&place(said)).copied()
    }

    /// Keeps those texts that these verdicts share.
    pub(super) async fn keep(&self, tx: &Tx, said: &[&Arc<Said>]) -> Result<(), StoreError> {
        let (mut known, mut values) = (HashSet::new(), Vec::new());
        for said in said {
            if let Some(id) = self.id(said).filter(|id| known.insert(*id)) {
                values.extend([tx.zone_id().into(), id.into(), said.record.as_str().into()]);
            }
        }
        let columns = &["zone", "id", "record"];
        insert(tx.connection(), Batch { table: "verdict_text", columns, values, on_key: OnKey::Keep }).await
    }
}

fn place(said: &Arc<Said>) -> usize {
    Arc::as_ptr(said).addr()
}

/// Adds the text of each verdict, its own or the shared one, as `record`.
pub(super) fn told(query: &mut SelectStatement, table: &'static str) {
    let shared = |column: &'static str| Expr::col(("verdict_text", column));
    let zone = shared("zone").equals((table, "zone"));
    query
        .left_join("verdict_text", zone.and(shared("id").equals((table, "shared"))))
        .expr_as(Func::coalesce([shared("record"), Expr::col((table, "record"))]), "record");
}

#[cfg(test)]
mod tests {
    use kernel::SubjectId;

    use super::*;

    fn said(record: &str) -> Arc<Said> {
        let version = "p@2026-01-01".to_owned();
        Arc::new(Said::new("p".to_owned(), version, "fails", "staff".to_owned(), record.to_owned()))
    }

    #[test]
    fn only_what_many_say_is_shared_and_always_under_the_same_id() {
        let (one, other, seldom) = (said("often"), said("often"), said("seldom"));
        let often = [&one, &other].into_iter().cycle().take(MANY);
        let all: Vec<Arc<Said>> = often.chain(std::iter::repeat_n(&seldom, MANY - 1)).cloned().collect();
        let found = |all: &[Arc<Said>]| {
            all.iter()
                .map(|said| Found { subject: SubjectId(Uuid::nil()), said: vec![said.clone()] })
                .collect::<Vec<_>>()
        };
        let shared = Shared::among(&found(&all));
        assert_eq!(shared.id(&one).map(|id| id.to_string()).as_deref(), Some("93c68148-f4ac-fe0d-7284-51ad16f9ecc1"));
        assert_eq!(shared.id(&other), shared.id(&one), "the same text in two places is one");
        assert_eq!(shared.id(&seldom), None, "of seven enterprises each keeps its own");
        assert_eq!(Shared::among(&found(&all[1..])).id(&one), None, "seven say it now");
    }
}
