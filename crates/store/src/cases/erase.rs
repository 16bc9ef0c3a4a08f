//! Erasing what was written in a case, where the law asks for it: the chain and what the case turned on
//! remain.

use loops::Case;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use serde_json::json;

use super::row::{self, CaseId};
use super::tally::Touched;
use crate::write::Chain;
use crate::{Event, Store, StoreError};

impl Store {
    /// Erases the words of every event of a case: title, place, texts, forms, places on the map. Who did
    /// which step when, the units, days and ratings remain, each event with a marked stub; both chains
    /// still verify. Files are kept elsewhere and are not touched.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; a refusal without a reason; what the database reports.
    pub async fn erase_case_words(&self, id: CaseId, reason: &str, by: &str) -> Result<(), StoreError> {
        if reason.trim().is_empty() {
            return Err(StoreError::refused("请写明依据和理由。", "Give a reason and the legal ground."));
        }
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            let found = row::found(tx.connection(), tx.zone_id(), id).await?;
            let (row, _) = found.ok_or(StoreError::NotFound)?;
            let erase = Query::update()
                .table("case_event")
                .value("salt", Option::<Vec<u8>>::None)
                .value("words", Option::<String>::None)
                .value("erased_at", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("case_id").eq(id.0))
                .and_where(Expr::col("erased_at").is_null())
                .to_owned();
            tx.connection().execute(&erase).await?;
            // What people were told bore the title too.
            let told = Query::update()
                .table("notice")
                .value("data", json!({"kind": row.kind.key, "number": row.number}).to_string())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("case_id").eq(id.0))
                .to_owned();
            tx.connection().execute(&told).await?;
            let events = super::events::of(tx.connection(), tx.zone_id(), id).await?;
            let case = Case::replay(row.kind, &events)?;
            tx.leave_tally(Touched::Case(id)).await?;
            tx.update_head(id, &case).await?;
            tx.enter_tally(Touched::Case(id)).await?;
            let event = Event::new("case.erased", by).about("case", id);
            tx.append_event(event.with(json!({"number": row.number, "reason": reason}))).await?;
            Ok(())
        })
        .await
    }
}
