//! Which loads are undone, compared with the log.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, StreamTrait};
use uuid::Uuid;

use crate::verify::flaw::{Flaw, Ledger, Wrong};
use crate::{Store, StoreError};

/// The kinds of event by which a load stops and begins to count.
const UNDONE: &str = "load.undone";
const REDONE: &str = "load.redone";

/// The first source whose undoing is not what the log says, or that the log does not know.
pub(crate) async fn undone_sources(store: &Store, tx: &DatabaseTransaction) -> Result<Option<Flaw>, StoreError> {
    let said = undoings(store, tx).await?;
    let query = Query::select()
        .columns(["id", "undone_at"])
        .from("source")
        .and_where(Expr::col("zone").eq(store.zone_id()))
        .order_by("id", Order::Asc)
        .to_owned();
    let mut sources = tx.stream(&query).await?;
    while let Some(row) = sources.try_next().await? {
        let id: Uuid = row.try_get_by("id")?;
        let undone_at: Option<i64> = row.try_get_by("undone_at")?;
        if said.get(&id).copied().flatten() != undone_at {
            return Ok(Some(Flaw::at(Ledger::Source, id, Wrong::Derived { column: "undone_at" })));
        }
    }
    Ok(None)
}

/// When each load that was ever undone was undone last, unless it was redone since.
async fn undoings(store: &Store, tx: &DatabaseTransaction) -> Result<HashMap<Uuid, Option<i64>>, StoreError> {
    let query = Query::select()
        .columns(["kind", "reference", "at"])
        .from("event")
        .and_where(Expr::col("zone").eq(store.zone_id()))
        .and_where(Expr::col("kind").is_in([UNDONE, REDONE]))
        .order_by("seq", Order::Asc)
        .to_owned();
    let mut said = HashMap::new();
    for row in tx.query_all(&query).await? {
        let (kind, reference): (String, Option<String>) = (row.try_get_by("kind")?, row.try_get_by("reference")?);
        let id = reference.as_deref().and_then(|reference| reference.strip_prefix("source:")?.parse::<Uuid>().ok());
        if let Some(id) = id {
            said.insert(id, if kind == UNDONE { Some(row.try_get_by("at")?) } else { None });
        }
    }
    Ok(said)
}
