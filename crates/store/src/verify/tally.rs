//! The kept tally of cases against the cases, and the unit beside a case against its subject's.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, Statement, Value};
use uuid::Uuid;

use crate::cases::tally::{ZONE, other_units, rows};
use crate::verify::flaw::{Flaw, Ledger, Wrong};
use crate::{Store, StoreError};

/// A row of the tally without what it counts: the unit, what is counted, open or ended, kind, state, day.
type Key = (Uuid, String, bool, String, String, i64);

/// The first case that stands beside a unit that is not its subject's, or the first row of the tally that is
/// not what the cases make.
pub(crate) async fn first_altered(store: &Store, tx: &DatabaseTransaction) -> Result<Option<Flaw>, StoreError> {
    let backend = store.backend();
    let other = format!("SELECT id FROM case_head WHERE {} AND zone = $1 ORDER BY id LIMIT 1", other_units());
    let other = Statement::from_sql_and_values(backend, other, [store.zone_id().into()]);
    if let Some(row) = tx.query_one_raw(other).await? {
        let id: Uuid = row.try_get_by_index(0)?;
        return Ok(Some(Flaw::at(Ledger::CaseHead, id, Wrong::Derived { column: "subject_unit" })));
    }
    let made = counted(store, tx, rows("h.zone = $2"), vec![ZONE.into(), store.zone_id().into()]).await?;
    let kept =
        "SELECT zone, unit, what, \"open\", kind, state, day, cases FROM case_tally WHERE zone = $1 AND cases <> 0";
    let kept = counted(store, tx, kept.to_owned(), vec![store.zone_id().into()]).await?;
    let differs = |(key, cases): &(&Key, &i64)| kept.get(*key) != Some(*cases);
    let missing = made.iter().find(differs).map(|(key, _)| key);
    let extra = kept.keys().find(|key| !made.contains_key(*key));
    Ok(missing.into_iter().chain(extra).min().map(|(unit, what, _, kind, state, day)| {
        let row = format!("{unit} {what} {kind} {state} {day}");
        Flaw::at(Ledger::CaseTally, row, Wrong::Derived { column: "cases" })
    }))
}

async fn counted(
    store: &Store,
    tx: &DatabaseTransaction,
    sql: String,
    values: Vec<Value>,
) -> Result<BTreeMap<Key, i64>, StoreError> {
    let mut counted = BTreeMap::new();
    for row in tx.query_all_raw(Statement::from_sql_and_values(store.backend(), sql, values)).await? {
        let key = (
            row.try_get_by("unit")?,
            row.try_get_by("what")?,
            row.try_get_by("open")?,
            row.try_get_by("kind")?,
            row.try_get_by("state")?,
            row.try_get_by("day")?,
        );
        counted.insert(key, row.try_get_by("cases")?);
    }
    Ok(counted)
}
