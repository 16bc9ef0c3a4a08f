//! What is said of many enterprises in the same words is kept once: most of those of which little is
//! known lack the same things. A verdict that names such a text has none of its own.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SelectStatement};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Verdict;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{StoreError, Tx};

/// As many verdicts that are kept together must say the same. A text of fewer may never be said again, and
/// texts lie in no order, so that each of them is a page to write.
const MANY: usize = 8;

/// The texts that many of the verdicts which are kept together say.
pub(super) struct Shared<'v>(HashMap<&'v str, Uuid>);

impl<'v> Shared<'v> {
    pub(super) fn among(found: &'v [Verdict]) -> Self {
        let mut said: HashMap<&str, usize> = HashMap::new();
        for verdict in found {
            *said.entry(&verdict.record).or_default() += 1;
        }
        let often = said.into_iter().filter(|(_, times)| *times >= MANY);
        Shared(often.map(|(record, _)| (record, id(record))).collect())
    }

    /// The id of the text of this verdict, where it is shared.
    pub(super) fn id(&self, verdict: &Verdict) -> Option<Uuid> {
        self.0.get(verdict.record.as_str()).copied()
    }

    /// Keeps those texts that these verdicts say.
    pub(super) async fn keep(&self, tx: &Tx, said: &[&Verdict]) -> Result<(), StoreError> {
        let said: HashSet<&str> = said.iter().map(|verdict| verdict.record.as_str()).collect();
        let texts = self.0.iter().filter(|(record, _)| said.contains(*record));
        let values = texts.flat_map(|(record, id)| [tx.zone_id().into(), (*id).into(), (*record).into()]).collect();
        let columns = &["zone", "id", "record"];
        insert(tx.connection(), Batch { table: "verdict_text", columns, values, on_key: OnKey::Keep }).await
    }
}

/// The same text has the same id wherever it is kept.
fn id(record: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(record).into();
    let (half, _) = hash.split_at(16);
    Uuid::from_slice(half).unwrap_or_default()
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
    use jiff::Timestamp;
    use kernel::SubjectId;

    use super::*;

    fn said(record: String) -> Verdict {
        Verdict {
            subject: SubjectId(Uuid::nil()),
            policy: "p".into(),
            version: "p@2026-01-01".into(),
            on: jiff::civil::date(2026, 6, 1),
            known_at: Timestamp::UNIX_EPOCH,
            answer: "fails".into(),
            failed: "staff".into(),
            record,
        }
    }

    #[test]
    fn only_what_many_say_is_shared_and_always_under_the_same_id() {
        let often = (0..MANY).map(|_| said("often".into()));
        let seldom = (0..MANY - 1).map(|_| said("seldom".into()));
        let found: Vec<Verdict> = often.chain(seldom).collect();
        let shared = Shared::among(&found);
        assert_eq!(shared.id(&found[0]), Some(id("often")));
        assert_eq!(shared.id(&found[MANY]), None, "of seven enterprises each keeps its own");
        assert_ne!(id("often"), id("seldom"));
        assert_eq!(id("often").to_string(), "93c68148-f4ac-fe0d-7284-51ad16f9ecc1");
    }
}
