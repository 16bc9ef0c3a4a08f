//! `/api/v1/duplicates`: subjects merged and parted again, candidates accepted or joined.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Sent;
use crate::register::duplicates::{find, settled};
use crate::{App, Page, WebError};

/// Two subjects, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The subject that is kept, by id.
    kept: Uuid,
    /// The duplicate, by id.
    duplicate: Uuid,
    /// Why; the log keeps it.
    reason: String,
}

/// Whom a candidate joins, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The subject that it is, by id; null where it is a new one.
    #[schema(required)]
    subject: Option<Uuid>,
    /// Why; the log keeps it.
    reason: String,
}

/// The subject under which it is shown from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shown {
    /// Its id.
    subject: Uuid,
}

/// Shows one subject under another of its kind. Nothing is lost, and it can be taken back.
#[utoipa::path(post, path = "/api/v1/duplicates/merge", operation_id = "merge", tag = "Duplicates",
    request_body = Pair, responses((status = 200, description = "It was merged", body = Shown)))]
pub async fn merge(State(app): State<App>, page: Page, Sent(sent): Sent<Pair>) -> Result<Json<Shown>, WebError> {
    page.must_be_today()?;
    let kept = find(&app, &page, &sent.kept.to_string()).await?;
    let duplicate = find(&app, &page, &sent.duplicate.to_string()).await?;
    let done = app.store().merge(duplicate.record.id, kept.record.id, &sent.reason, &page.viewer()?.name).await;
    settled(done)?;
    Ok(Json(Shown { subject: kept.record.id.0 }))
}

/// Takes a merge back: the duplicate is a subject of its own again, with the records it had.
#[utoipa::path(post, path = "/api/v1/duplicates/unmerge", operation_id = "unmerge", tag = "Duplicates",
    request_body = Pair, responses((status = 200, description = "It was parted", body = Shown)))]
pub async fn unmerge(State(app): State<App>, page: Page, Sent(sent): Sent<Pair>) -> Result<Json<Shown>, WebError> {
    page.must_be_today()?;
    let kept = find(&app, &page, &sent.kept.to_string()).await?;
    let merged = kept.merged.iter().find(|row| row.id.0 == sent.duplicate).ok_or_else(WebError::not_found)?;
    settled(app.store().unmerge(merged.id, &sent.reason, &page.viewer()?.name).await)?;
    Ok(Json(Shown { subject: merged.id.0 }))
}

/// Settles a candidate: it is a subject that is known already, or a new one.
#[utoipa::path(post, path = "/api/v1/candidates/{id}", operation_id = "settle_candidate", tag = "Duplicates",
    params(("id" = String, Path, description = "The candidate's id")), request_body = Claim,
    responses((status = 200, description = "It was settled", body = Shown)))]
pub async fn claim(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Sent(sent): Sent<Claim>,
) -> Result<Json<Shown>, WebError> {
    page.must_be_today()?;
    let candidate = find(&app, &page, &id).await?.record.id;
    let by = &page.viewer()?.name;
    let Some(subject) = sent.subject else {
        settled(app.store().accept_candidate(candidate, &sent.reason, by).await)?;
        return Ok(Json(Shown { subject: candidate.0 }));
    };
    let subject = find(&app, &page, &subject.to_string()).await?.record.id;
    settled(app.store().join_candidate(candidate, subject, &sent.reason, by).await)?;
    Ok(Json(Shown { subject: subject.0 }))
}
