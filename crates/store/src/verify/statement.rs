//! The statements as a chain.

use kernel::chain::{Hash, values_hash};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use crate::register::HashedStatement;
use crate::verify::chain::{Link, Row};
use crate::verify::flaw::Wrong;

/// The columns of a statement that its hash covers.
pub(crate) struct StatementRow {
    subject: Uuid,
    source: Uuid,
    place: String,
    said_at: i64,
    said_by: String,
    reason: Option<String>,
    personal_hash: Option<Vec<u8>>,
}

impl Row for StatementRow {
    fn hash(&self, previous: &Hash, seq: i64, values: &Hash) -> Hash {
        let hashed = HashedStatement {
            subject: self.subject,
            source: self.source,
            place: &self.place,
            said_at: self.said_at,
            said_by: &self.said_by,
            reason: self.reason.as_deref(),
            personal_hash: self.personal_hash.as_deref(),
        };
        hashed.hash(previous, seq, values)
    }
}

pub(crate) fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["seq", "subject", "source", "place", "said_at", "said_by", "reason", "salt", "facts"])
        .columns(["values_hash", "personal_salt", "personal", "personal_hash", "hash", "erased_at"])
        .from("statement")
        .and_where(Expr::col("zone").eq(zone))
        .order_by("seq", Order::Asc)
        .to_owned()
}

pub(crate) fn read(row: &QueryResult) -> Result<Link<StatementRow>, DbErr> {
    let own = StatementRow {
        subject: row.try_get_by_index(1)?,
        source: row.try_get_by_index(2)?,
        place: row.try_get_by_index(3)?,
        said_at: row.try_get_by_index(4)?,
        said_by: row.try_get_by_index(5)?,
        reason: row.try_get_by_index(6)?,
        personal_hash: row.try_get_by_index(12)?,
    };
    let stored_values: Vec<u8> = row.try_get_by_index(9)?;
    let values = values(row, &own)?;
    Ok(Link { seq: row.try_get_by_index(0)?, row: own, stored_values, values, stored: row.try_get_by_index(13)? })
}

/// The hash of the open values, once the personal ones beside them were found to be those that
/// were chained, or erased with the mark of an erasure.
fn values(row: &QueryResult, own: &StatementRow) -> Result<Result<Option<Hash>, Wrong>, DbErr> {
    let salt: Option<Vec<u8>> = row.try_get_by_index(7)?;
    let facts: Option<String> = row.try_get_by_index(8)?;
    let personal_salt: Option<Vec<u8>> = row.try_get_by_index(10)?;
    let personal: Option<String> = row.try_get_by_index(11)?;
    let erased: Option<i64> = row.try_get_by_index(14)?;
    // A reason or hash that is empty is hashed like none, and none is ever written empty.
    if own.reason.as_deref() == Some("") || own.personal_hash.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Err(Wrong::Columns));
    }
    let mut gone = false;
    match (personal_salt, personal, &own.personal_hash) {
        (Some(salt), Some(text), Some(hash)) if values_hash(&salt, text.as_bytes()).as_slice() == hash.as_slice() => {}
        (None, None, None) => {}
        (None, None, Some(_)) => gone = true,
        (Some(_), Some(_), Some(_)) => return Ok(Err(Wrong::Values)),
        _ => return Ok(Err(Wrong::Erasure)),
    }
    let open = match (salt, facts) {
        (Some(salt), Some(facts)) => Some(values_hash(&salt, facts.as_bytes())),
        (None, None) => {
            gone = true;
            None
        }
        _ => return Ok(Err(Wrong::Erasure)),
    };
    Ok(if gone == erased.is_some() { Ok(open) } else { Err(Wrong::Erasure) })
}
