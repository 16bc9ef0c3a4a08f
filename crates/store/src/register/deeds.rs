//! What persons did to a subject as such, beside what was said about it: merged, parted again,
//! accepted as a subject of its own.

use jiff::Timestamp;
use kernel::SubjectId;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use super::row::{self, SubjectRow};
use crate::access::Scope;
use crate::clock::moment;
use crate::{Store, StoreError};

/// The kinds of event that belong to a subject's history.
const KINDS: [&str; 5] =
    ["subject.merged", "subject.unmerged", "candidate.joined", "candidate.accepted", "subject.erased"];

/// One act on a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// The account that did it.
    pub by: String,
    /// The kind of event: `subject.merged`, `subject.unmerged`, `candidate.joined`,
    /// `candidate.accepted` or `subject.erased`.
    pub kind: String,
    /// Why, as the person wrote it.
    pub reason: String,
    /// The subject that was merged, or parted again; `None` for an act that concerns one alone.
    pub duplicate: Option<SubjectId>,
    /// The other subject of the two, where it lies within the reader's rows.
    pub other: Option<SubjectRow>,
}

#[derive(FromQueryResult)]
struct EventRow {
    kind: String,
    subject: Uuid,
    at: i64,
    by: String,
    data: Option<String>,
}

impl Store {
    /// The acts on a subject, the latest first: those done to it, and those by which another was
    /// shown under it. The subject itself must have been found in `scope` before.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn deeds(&self, id: SubjectId, scope: &Scope) -> Result<Vec<Deed>, StoreError> {
        let mut ids = vec![id.0];
        let merged = Query::select()
            .column("merged")
            .from("merging")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("target").eq(id.0))
            .to_owned();
        for row in self.reader().query_all(&merged).await? {
            ids.push(row.try_get_by("merged")?);
        }
        let query = Query::select()
            .columns(["kind", "subject", "at", "by", "data"])
            .from("event")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").is_in(ids))
            .cond_where(Cond::all().add(Expr::col("kind").is_in(KINDS)))
            .order_by("seq", Order::Desc)
            .to_owned();
        let mut deeds = Vec::new();
        for row in self.reader().query_all(&query).await? {
            let event = EventRow::from_query_result(&row, "")?;
            deeds.extend(self.deed(id, event, scope).await?);
        }
        Ok(deeds)
    }

    /// An event as an act on `id`; `None` where it is about two others.
    async fn deed(&self, id: SubjectId, event: EventRow, scope: &Scope) -> Result<Option<Deed>, StoreError> {
        let data: Json = event.data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or(Json::Null);
        let named = |name: &str| data[name].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let target = named("into").or_else(|| named("from"));
        if event.subject != id.0 && target != Some(id.0) {
            return Ok(None);
        }
        let other = if event.subject == id.0 { target } else { Some(event.subject) };
        let other = match other {
            Some(other) => row::visible(self.reader(), self.zone_id(), SubjectId(other), scope).await?,
            None => None,
        };
        Ok(Some(Deed {
            at: moment(event.at),
            by: event.by,
            kind: event.kind,
            reason: data["reason"].as_str().unwrap_or_default().to_owned(),
            duplicate: target.map(|_| SubjectId(event.subject)),
            other,
        }))
    }
}
