//! Undoing a whole load, and doing it again.

use kernel::SourceId;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use serde_json::json;
use uuid::Uuid;

use super::act::reason;
use super::source::source_infos;
use crate::{Event, Store, StoreError, Tx};

impl Store {
    /// Undoes a load: its statements stay, and count no more. Subjects it brought and nobody else
    /// spoke of show nothing until it is redone. Returns how many subjects changed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Stale`] where it is undone already; a refusal
    /// without a reason.
    pub async fn undo_load(&self, source: SourceId, reason_given: &str, by: &str) -> Result<u64, StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            let found = source_infos(tx.connection(), tx.zone_id(), &[source]).await?.remove(&source);
            if found.ok_or(StoreError::NotFound)?.undone_at.is_some() {
                return Err(StoreError::Stale);
            }
            let now = tx.now().as_microsecond();
            tx.mark_undone(source, Some(now), Some(by)).await?;
            let undoing = Query::insert()
                .into_table("undoing")
                .columns(["zone", "source", "at"])
                .values_panic([tx.zone_id().into(), source.0.into(), now.into()])
                .to_owned();
            tx.connection().execute(&undoing).await?;
            tx.refold_source(source, "load.undone", reason, by).await
        })
        .await
    }

    /// Does an undone load again, exactly as it was. Returns how many subjects changed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Stale`] where it stands already; a refusal without
    /// a reason.
    pub async fn redo_load(&self, source: SourceId, reason_given: &str, by: &str) -> Result<u64, StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            let found = source_infos(tx.connection(), tx.zone_id(), &[source]).await?.remove(&source);
            if found.ok_or(StoreError::NotFound)?.undone_at.is_none() {
                return Err(StoreError::Stale);
            }
            tx.mark_undone(source, None, None).await?;
            let redone = Query::update()
                .table("undoing")
                .value("redone_at", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("source").eq(source.0))
                .and_where(Expr::col("redone_at").is_null())
                .to_owned();
            tx.connection().execute(&redone).await?;
            tx.refold_source(source, "load.redone", reason, by).await
        })
        .await
    }
}

impl Tx {
    async fn mark_undone(&self, source: SourceId, at: Option<i64>, by: Option<&str>) -> Result<(), StoreError> {
        let update = Query::update()
            .table("source")
            .value("undone_at", at)
            .value("undone_by", by.map(str::to_owned))
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("id").eq(source.0))
            .to_owned();
        self.connection().execute(&update).await?;
        Ok(())
    }

    /// Derives every subject a source spoke of anew and logs the act.
    async fn refold_source(
        &self,
        source: SourceId,
        event: &'static str,
        reason: &str,
        by: &str,
    ) -> Result<u64, StoreError> {
        let query = Query::select()
            .distinct()
            .column("subject")
            .from("statement")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("source").eq(source.0))
            .to_owned();
        let mut subjects: Vec<Uuid> = Vec::new();
        for row in self.connection().query_all(&query).await? {
            subjects.push(row.try_get_by("subject")?);
        }
        let targets = super::identity::merge_targets(self.connection(), self.zone_id(), &subjects).await?;
        subjects.extend(targets.values().copied());
        let subjects = super::keep::unique(subjects);
        self.refold(&subjects).await?;
        let data = json!({"reason": reason, "subjects": subjects.len()});
        self.append_event(Event::new(event, by).about("source", source).with(data)).await?;
        Ok(subjects.len() as u64)
    }
}
