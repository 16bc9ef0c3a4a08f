//! The events of cases as a chain, and the heads of cases against the fold of their events.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use kernel::chain::{GENESIS, Hash, row_hash, values_hash};
use loops::{Case, by_key};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, StreamTrait, TryGetable, Value};
use uuid::Uuid;

use crate::cases::CaseId;
use crate::cases::events::{self, HashedEvent, terms_hash};
use crate::cases::head::folded;
use crate::verify::chain::{Link, Row};
use crate::verify::flaw::{Flaw, Ledger, Wrong};
use crate::verify::fold::{Folds, Known};
use crate::{Store, StoreError};

/// The column in which a fold is kept.
const KEPT: &str = "kept";

/// The columns of an event of a case that its hash covers.
pub(crate) struct CaseRow {
    pub(super) case: Uuid,
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) by: String,
    pub(super) party: String,
    pub(super) step: String,
    pub(super) words_hash: Vec<u8>,
    pub(super) case_hash: Vec<u8>,
}

impl Row for CaseRow {
    fn hash(&self, previous: &Hash, seq: i64, values: &Hash) -> Hash {
        let hashed = HashedEvent {
            case: self.case,
            seq: self.seq,
            at: self.at,
            by: &self.by,
            party: &self.party,
            step: &self.step,
            words_hash: &self.words_hash,
            case_hash: &self.case_hash,
        };
        hashed.hash(previous, seq, values)
    }
}

pub(crate) fn select(zone: &str) -> SelectStatement {
    events::select(zone, None)
}

pub(crate) fn read(row: &QueryResult) -> Result<Link<CaseRow>, DbErr> {
    let terms: String = row.try_get_by_index(7)?;
    let salt: Option<Vec<u8>> = row.try_get_by_index(8)?;
    let words: Option<String> = row.try_get_by_index(9)?;
    let words_hash: Vec<u8> = row.try_get_by_index(10)?;
    let erased: Option<i64> = row.try_get_by_index(12)?;
    let terms = terms_hash(&terms);
    let values = match (salt, words, erased) {
        (Some(salt), Some(words), None) if values_hash(&salt, words.as_bytes()).as_slice() == words_hash => {
            Ok(Some(terms))
        }
        (Some(_), Some(_), None) => Err(Wrong::Values),
        (None, None, Some(_)) => Ok(Some(terms)),
        _ => Err(Wrong::Erasure),
    };
    let own = CaseRow {
        case: row.try_get_by_index(1)?,
        seq: row.try_get_by_index(2)?,
        at: row.try_get_by_index(3)?,
        by: row.try_get_by_index(4)?,
        party: row.try_get_by_index(5)?,
        step: row.try_get_by_index(6)?,
        words_hash,
        case_hash: row.try_get_by_index(11)?,
    };
    let stored = row.try_get_by_index(13)?;
    Ok(Link { seq: row.try_get_by_index(0)?, row: own, stored_values: terms.to_vec(), values, stored })
}

/// The first case whose head is not the fold of its events, or whose own chain does not hold; how many
/// heads were compared. The zone's chain has been walked before.
pub(crate) async fn first_altered(store: &Store, tx: &DatabaseTransaction) -> Result<(i64, Option<Flaw>), StoreError> {
    let known = Arc::new(known(store, tx).await?);
    let Folds { said, template, flaw } = super::fold::folds(store, tx, &known).await?;
    if flaw.is_some() {
        return Ok((said.len() as i64, flaw));
    }
    if let Some(id) = known.keys().filter(|id| !said.contains_key(*id)).min() {
        return Ok((said.len() as i64, Some(Flaw::at(Ledger::CaseHead, id, Wrong::Extra { table: "case_event" }))));
    }
    let Some(template) = template else { return Ok((0, None)) };
    let flaw = match first_other(store, tx, &template, &said).await? {
        Some(id) => Some(Flaw::at(Ledger::CaseHead, id, differs(store, tx, id).await?)),
        None => None,
    };
    Ok((said.len() as i64, flaw))
}

/// The kind of every case, and the number of its last event, as its head says. A kind that nobody knows
/// is that of no number.
async fn known(store: &Store, tx: &DatabaseTransaction) -> Result<Known, StoreError> {
    let query = Query::select()
        .columns(["id", "kind", "seq"])
        .from("case_head")
        .and_where(Expr::col("zone").eq(store.zone_id()))
        .to_owned();
    let mut known = HashMap::new();
    let mut rows = tx.stream(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let key: String = row.try_get_by_index(1)?;
        let id: Uuid = row.try_get_by_index(0)?;
        let kind =
            by_key(&key).ok_or_else(|| StoreError::Corrupt(format!("case {id} has the unknown kind “{key}”")))?;
        known.insert(id, (kind, row.try_get_by_index(2)?));
    }
    Ok(known)
}

/// The columns that are compared as they stand.
pub(super) fn compared(case: &Case) -> Vec<(&'static str, Value)> {
    folded(case).into_iter().filter(|(name, _)| *name != KEPT).collect()
}

/// Whether what is kept of a fold is another than the events make. A text of another release, which this
/// one cannot read and makes anew from the events, is none.
fn is_other(kept: &str, said: &Hash) -> bool {
    values_hash(&[], kept.as_bytes()) != *said && Case::from_kept(kept).is_some()
}

fn heads(store: &Store, template: &[(&'static str, Value)]) -> SelectStatement {
    Query::select()
        .columns(template.iter().map(|(name, _)| *name))
        .columns(["id", KEPT])
        .from("case_head")
        .and_where(Expr::col("zone").eq(store.zone_id()))
        .order_by("id", Order::Asc)
        .to_owned()
}

/// The first head whose columns are not what the events say.
async fn first_other(
    store: &Store,
    tx: &DatabaseTransaction,
    template: &[(&'static str, Value)],
    said: &HashMap<Uuid, (Hash, Hash)>,
) -> Result<Option<Uuid>, StoreError> {
    let mut rows = tx.stream(&heads(store, template)).await?;
    while let Some(row) = rows.try_next().await? {
        let id: Uuid = row.try_get_by_index(template.len())?;
        let cells: Result<Vec<String>, DbErr> =
            template.iter().enumerate().map(|(at, (_, like))| found(&row, at, like)).collect();
        let kept: String = row.try_get_by_index(template.len() + 1)?;
        let (cells, sound) = (digest(cells?), said.get(&id));
        if sound.is_none_or(|(columns, fold)| *columns != cells || is_other(&kept, fold)) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The first column of this head that is not what its events say.
async fn differs(store: &Store, tx: &DatabaseTransaction, id: Uuid) -> Result<Wrong, StoreError> {
    let case = events::replayed(tx, store.zone_id(), CaseId(id)).await?;
    let columns = compared(&case);
    let query = heads(store, &columns).and_where(Expr::col("id").eq(id)).to_owned();
    let Some(row) = tx.query_one(&query).await? else { return Ok(Wrong::Extra { table: "case_head" }) };
    for (at, (column, value)) in columns.iter().enumerate() {
        if found(&row, at, value)? != written(value) {
            return Ok(Wrong::Derived { column });
        }
    }
    Ok(Wrong::Derived { column: KEPT })
}

pub(super) fn digest(cells: impl IntoIterator<Item = String>) -> Hash {
    let cells: Vec<String> = cells.into_iter().collect();
    let cells: Vec<&[u8]> = cells.iter().map(String::as_bytes).collect();
    row_hash(&GENESIS, 0, &cells, &GENESIS)
}

/// A value as one text, in which nothing and an empty text differ.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::String(Some(text)) => format!("={text}"),
        Value::BigInt(Some(number)) => format!("={number}"),
        Value::Bool(Some(yes)) => format!("={yes}"),
        Value::Uuid(Some(id)) => format!("={id}"),
        Value::Bytes(Some(bytes)) => format!("={}", hex::encode(bytes)),
        _ => String::new(),
    }
}

/// The same of a cell, which is of the type of `like`.
fn found(row: &QueryResult, at: usize, like: &Value) -> Result<String, DbErr> {
    fn cell<T: TryGetable + std::fmt::Display>(row: &QueryResult, at: usize) -> Result<String, DbErr> {
        Ok(row.try_get_by_index::<Option<T>>(at)?.map(|cell| format!("={cell}")).unwrap_or_default())
    }
    match like {
        Value::String(_) => cell::<String>(row, at),
        Value::BigInt(_) => cell::<i64>(row, at),
        Value::Bool(_) => cell::<bool>(row, at),
        Value::Uuid(_) => cell::<Uuid>(row, at),
        Value::Bytes(_) => {
            let bytes = row.try_get_by_index::<Option<Vec<u8>>>(at)?;
            Ok(bytes.map(|bytes| format!("={}", hex::encode(bytes))).unwrap_or_default())
        }
        _ => Ok(String::new()),
    }
}
