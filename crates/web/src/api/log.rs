//! `GET /api/v1/log`: the audit log, for auditors.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked};
use crate::audit::log;
use crate::{App, Page, WebError};

/// Which entries. Everything that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The account that did it.
    by: Option<String>,
    /// A kind of act (`role.granted`), or a family (`role.`).
    kind: Option<String>,
    /// What it was done to, as `word:id`.
    about: Option<String>,
    /// From this day on.
    from: Option<String>,
    /// Up to this day.
    to: Option<String>,
    /// Words in the particulars.
    q: Option<String>,
    /// Continues before this entry: `next` of the page before.
    before: Option<i64>,
    /// Rows of a page, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// One entry of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Its place in the chain, from 1.
    seq: i64,
    /// What was done: `load.stored`, `role.granted` …
    kind: String,
    /// The subject it was done to.
    subject: Option<Uuid>,
    /// What else it was done to, as `word:id`.
    about: Option<String>,
    /// When (RFC 3339, UTC).
    at: String,
    /// The account that did it.
    by: String,
    /// The particulars; null where they were erased by law.
    #[schema(value_type = Object, nullable)]
    data: serde_json::Value,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogPage {
    /// The entries, the latest first.
    rows: Vec<Entry>,
    /// How many there are on all pages.
    total: i64,
    /// `before` of the next page; null on the last.
    next: Option<i64>,
}

/// Who did what and when. Only auditors read it.
#[utoipa::path(get, path = "/api/v1/log", operation_id = "log", tag = "Audit", params(Wanted),
    responses((status = 200, description = "A page of the log", body = LogPage)))]
pub async fn list(State(app): State<App>, _: Page, Asked(wanted): Asked<Wanted>) -> Result<Json<LogPage>, WebError> {
    let limit = asked::limit(wanted.limit)?;
    let asked = log::Asked {
        by: wanted.by.unwrap_or_default(),
        kind: wanted.kind.unwrap_or_default(),
        about: wanted.about.unwrap_or_default(),
        from: wanted.from.unwrap_or_default(),
        to: wanted.to.unwrap_or_default(),
        q: wanted.q.unwrap_or_default(),
        before: String::new(),
    };
    let filter = asked.filter()?;
    let mut found = app.store().log(&filter, wanted.before, limit + 1).await?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).map_err(WebError::broken)?);
    let next = found.last().filter(|_| more).map(|last| last.seq);
    let total = app.store().log_count(&filter).await?;
    let entry = |entry: store::audit::LogEntry| Entry {
        seq: entry.seq,
        kind: entry.kind,
        subject: entry.subject.map(|id| id.0),
        about: entry.reference,
        at: entry.at.to_string(),
        by: entry.by,
        data: entry.data,
    };
    Ok(Json(LogPage { rows: found.into_iter().map(entry).collect(), total, next }))
}
