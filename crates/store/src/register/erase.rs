//! Erasing a person's data by law: the values go, a marked stub stays, the chain still verifies.

use kernel::SubjectId;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use serde_json::json;

use super::act::reason;
use super::history::histories;
use crate::{Event, Store, StoreError};

impl Store {
    /// Erases the personal data of a subject from everything that was ever said about it, its
    /// duplicates included. Values and salt are removed; their hash, which nobody can turn back,
    /// stays in the chain. Returns how many statements lost values.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; a refusal without a reason.
    pub async fn erase_values(&self, subject: SubjectId, reason_given: &str, by: &str) -> Result<u64, StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            let subject = tx.unmerged(subject).await?;
            let catalogue = tx.store().catalogue().clone();
            let histories = histories(tx.connection(), tx.zone_id(), &catalogue, &[subject.id], None).await?;
            let seqs: Vec<i64> = histories.of(subject.id).iter().map(|said| said.seq).collect();
            let mut erased = 0;
            for some in seqs.chunks(5_000) {
                let update = Query::update()
                    .table("statement")
                    .value("personal", Option::<String>::None)
                    .value("personal_salt", Option::<Vec<u8>>::None)
                    .value("erased_at", tx.now().as_microsecond())
                    .and_where(Expr::col("zone").eq(tx.zone_id()))
                    .and_where(Expr::col("seq").is_in(some.iter().copied()))
                    .and_where(Expr::col("personal").is_not_null())
                    .to_owned();
                erased += tx.connection().execute(&update).await?.rows_affected();
            }
            tx.refold(&[subject.id]).await?;
            let data = json!({"statements": erased, "reason": reason});
            tx.append_event(Event::new("subject.erased", by).on(SubjectId(subject.id)).with(data)).await?;
            Ok(erased)
        })
        .await
    }
}
