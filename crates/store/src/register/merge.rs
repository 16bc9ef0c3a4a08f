//! Duplicates: showing one subject under another, and taking that back; candidates settled.

use kernel::{SubjectId, SubjectKind};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use serde_json::json;
use uuid::Uuid;

use super::act::reason;
use super::derive::{Identity, State};
use super::keep::identities;
use crate::{Event, Store, StoreError, Tx};

impl Store {
    /// Shows `duplicate` under `target` from now on: its statements count there, its names and
    /// codes lead there, its records belong there. Nothing is lost; [`Store::unmerge`] takes it back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; a refusal without a reason, for two kinds, or for one subject twice.
    pub async fn merge(
        &self,
        duplicate: SubjectId,
        target: SubjectId,
        reason_given: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            let (duplicate, target) = (tx.unmerged(duplicate).await?, tx.unmerged(target).await?);
            tx.join(&duplicate, &target, "subject.merged", reason, by).await
        })
        .await
    }

    /// Takes a merge back: the duplicate is a subject of its own again, with the records it had.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is not merged; a refusal without a reason.
    pub async fn unmerge(&self, duplicate: SubjectId, reason_given: &str, by: &str) -> Result<(), StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            tx.part(duplicate.0, reason, by).await
        })
        .await
    }

    /// Accepts a candidate as a subject of the register.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Stale`] where it is no candidate any more; a refusal
    /// without a reason.
    pub async fn accept_candidate(&self, id: SubjectId, reason_given: &str, by: &str) -> Result<(), StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            if tx.unmerged(id).await?.state != State::Candidate {
                return Err(StoreError::Stale);
            }
            tx.set_identity(id.0, State::Active, None).await?;
            tx.refold(&[id.0]).await?;
            let event = Event::new("candidate.accepted", by).on(id).with(json!({"reason": reason}));
            tx.append_event(event).await.map(drop)
        })
        .await
    }

    /// Joins a candidate to the subject it is: its row counts there, and its name is known from
    /// now on as one of that subject's.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Stale`] where it is no candidate any more; a refusal
    /// without a reason or for two kinds.
    pub async fn join_candidate(
        &self,
        id: SubjectId,
        target: SubjectId,
        reason_given: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            let (candidate, target) = (tx.unmerged(id).await?, tx.unmerged(target).await?);
            if candidate.state != State::Candidate {
                return Err(StoreError::Stale);
            }
            tx.join(&candidate, &target, "candidate.joined", reason, by).await
        })
        .await
    }
}

fn unfit(duplicate: &Identity, target: &Identity) -> Option<StoreError> {
    if duplicate.id == target.id {
        return Some(StoreError::refused("不能把主体并入它自己。", "A subject cannot be merged into itself."));
    }
    let names = |kind: SubjectKind| (kind.zh(), kind.en());
    (duplicate.kind != target.kind).then(|| {
        let ((one_zh, one_en), (other_zh, other_en)) = (names(duplicate.kind), names(target.kind));
        StoreError::refused(
            format!("{one_zh}不能并入{other_zh}：两者类别不同。"),
            format!("A subject of kind {one_en} cannot be merged into one of kind {other_en}."),
        )
    })
}

impl Tx {
    async fn join(
        &self,
        duplicate: &Identity,
        target: &Identity,
        event: &'static str,
        reason: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        if let Some(error) = unfit(duplicate, target) {
            return Err(error);
        }
        let records = self.records_of(&[duplicate.id]).await?;
        let moved: Vec<String> = records.iter().map(Uuid::to_string).collect();
        let merging = Query::insert()
            .into_table("merging")
            .columns(["zone", "merged", "target", "at", "state_before", "records"])
            .values_panic([
                self.zone_id().into(),
                duplicate.id.into(),
                target.id.into(),
                self.now().as_microsecond().into(),
                duplicate.state.key().into(),
                moved.join(" ").into(),
            ])
            .to_owned();
        self.connection().execute(&merging).await?;
        self.set_identity(duplicate.id, State::Merged, Some(target.id)).await?;
        self.give(&records, target.id).await?;
        let touched: Vec<Uuid> = [duplicate.id, target.id].into_iter().chain(records).collect();
        self.refold(&touched).await?;
        let data = json!({"into": target.id, "reason": reason});
        self.append_event(Event::new(event, by).on(SubjectId(duplicate.id)).with(data)).await.map(drop)
    }

    async fn part(&self, duplicate: Uuid, reason: &str, by: &str) -> Result<(), StoreError> {
        let query = Query::select()
            .columns(["target", "state_before", "records"])
            .from("merging")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("merged").eq(duplicate))
            .and_where(Expr::col("unmerged_at").is_null())
            .to_owned();
        let row = self.connection().query_one(&query).await?.ok_or(StoreError::NotFound)?;
        let target: Uuid = row.try_get_by("target")?;
        let state: String = row.try_get_by("state_before")?;
        let records: String = row.try_get_by("records")?;
        let records: Vec<Uuid> = records.split_whitespace().filter_map(|id| id.parse().ok()).collect();
        let parted = Query::update()
            .table("merging")
            .value("unmerged_at", self.now().as_microsecond())
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("merged").eq(duplicate))
            .and_where(Expr::col("unmerged_at").is_null())
            .to_owned();
        self.connection().execute(&parted).await?;
        self.set_identity(duplicate, State::from_key(&state).unwrap_or(State::Active), None).await?;
        self.give(&records, duplicate).await?;
        // Where the target was itself merged meanwhile, the subject it is shown under changes.
        let shown = super::identity::merge_targets(self.connection(), self.zone_id(), &[target]).await?;
        let touched = [duplicate, target].into_iter().chain(shown.into_values()).chain(records);
        self.refold(&super::keep::unique(touched)).await?;
        let data = json!({"from": target, "reason": reason});
        self.append_event(Event::new("subject.unmerged", by).on(SubjectId(duplicate)).with(data)).await.map(drop)
    }

    async fn set_identity(&self, id: Uuid, state: State, merged_into: Option<Uuid>) -> Result<(), StoreError> {
        let update = Query::update()
            .table("subject")
            .value("state", state.key())
            .value("merged_into", merged_into)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        self.connection().execute(&update).await?;
        Ok(())
    }

    /// Makes records those of another owner.
    async fn give(&self, records: &[Uuid], owner: Uuid) -> Result<(), StoreError> {
        for some in records.chunks(5_000) {
            let update = Query::update()
                .table("subject")
                .value("parent", owner)
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("id").is_in(some.iter().copied()))
                .to_owned();
            self.connection().execute(&update).await?;
        }
        Ok(())
    }

    /// Derives every subject of the zone anew from its statements, as [`Store::rebuild`] does.
    pub(crate) async fn refold_everything(&self) -> Result<u64, StoreError> {
        let query =
            Query::select().column("id").from("subject").and_where(Expr::col("zone").eq(self.zone_id())).to_owned();
        let mut ids: Vec<Uuid> = Vec::new();
        for row in self.connection().query_all(&query).await? {
            ids.push(row.try_get_by("id")?);
        }
        let known = identities(self.connection(), self.zone_id(), &ids).await?;
        // Owners come before what they own, whose unit follows theirs.
        let (records, owners): (Vec<Uuid>, Vec<Uuid>) =
            ids.iter().partition(|id| known.get(id).is_some_and(|(subject, _)| subject.parent.is_some()));
        self.refold(&owners).await?;
        self.refold(&records).await?;
        Ok(ids.len() as u64)
    }
}

impl Store {
    /// Makes everything that is derived again from the statements: views, hot columns,
    /// identifiers, conflicts, titles, and the tally of cases. Returns how many subjects there are.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn rebuild(&self, by: &str) -> Result<u64, StoreError> {
        self.write(|tx| async move {
            tx.lock_register().await?;
            let subjects = tx.refold_everything().await?;
            tx.tally_anew().await?;
            let data = json!({"subjects": subjects});
            tx.append_event(Event::new("register.rebuilt", by).with(data)).await?;
            Ok(subjects)
        })
        .await
    }
}
