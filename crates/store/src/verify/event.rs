//! The rows of the log as a chain.

use kernel::chain::{Hash, row_hash, values_hash};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use crate::event::hashed_columns;
use crate::verify::chain::{Link, Row};
use crate::verify::flaw::Wrong;

/// The columns of an event that its hash covers.
pub(crate) struct EventRow {
    kind: String,
    subject: Option<Uuid>,
    reference: Option<String>,
    at: i64,
    by: String,
}

impl Row for EventRow {
    fn hash(&self, previous: &Hash, seq: i64, values: &Hash) -> Hash {
        let columns = hashed_columns(&self.kind, self.subject, self.reference.as_deref(), self.at, &self.by);
        let columns: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        row_hash(previous, seq, &columns, values)
    }
}

pub(crate) fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["seq", "kind", "subject", "reference", "at", "by", "salt", "data", "values_hash", "hash"])
        .from("event")
        .and_where(Expr::col("zone").eq(zone))
        .order_by("seq", Order::Asc)
        .to_owned()
}

pub(crate) fn read(row: &QueryResult) -> Result<Link<EventRow>, DbErr> {
    let salt: Option<Vec<u8>> = row.try_get_by_index(6)?;
    let data: Option<String> = row.try_get_by_index(7)?;
    let reference: Option<String> = row.try_get_by_index(3)?;
    let values = match (salt, data) {
        // An empty reference is hashed like none, and none is ever written empty.
        _ if reference.as_deref() == Some("") => Err(Wrong::Columns),
        (Some(salt), Some(data)) => Ok(Some(values_hash(&salt, data.as_bytes()))),
        _ => Err(Wrong::Erasure),
    };
    Ok(Link {
        seq: row.try_get_by_index(0)?,
        row: EventRow {
            kind: row.try_get_by_index(1)?,
            subject: row.try_get_by_index(2)?,
            reference,
            at: row.try_get_by_index(4)?,
            by: row.try_get_by_index(5)?,
        },
        stored_values: row.try_get_by_index(8)?,
        values,
        stored: row.try_get_by_index(9)?,
    })
}
