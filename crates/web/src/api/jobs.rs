//! Long work: `POST /api/v1/verify` asks for a verification, `GET /api/v1/jobs/{id}` tells how it goes.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::me::Nothing;
use crate::jobs::page::visible;
use crate::{App, Page, WebError};

/// Work in the background.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    /// Its id.
    id: Uuid,
    /// What is done: `verify`, `backup` …
    kind: String,
    /// `waiting`, `running`, `done`, `failed` or `stopped`.
    state: String,
    /// How much is done, of `total`.
    done: i64,
    /// How much there is to do; 0 while nobody knows.
    total: i64,
    /// What is being done, or why it failed.
    message: String,
    /// What came of it, for whoever asked for it; of a verification `{ok, statements, events, flaw}`.
    #[schema(value_type = Object, nullable)]
    pub(super) result: Option<serde_json::Value>,
}

/// A job as JSON. What came of it is told to whoever asked for it: of a rehearsal it names enterprises, which a
/// system administrator who looks after jobs does not see.
pub(super) async fn read(app: &App, page: &Page, id: Uuid) -> Result<Job, WebError> {
    let job = visible(app, page, id).await?;
    Ok(Job {
        id,
        state: job.state.key().to_owned(),
        done: job.done,
        total: job.total,
        message: page.t(&job.message_zh, &job.message_en).to_owned(),
        kind: job.kind,
        result: job.result.filter(|_| job.owner == page.viewer.as_ref().map_or("", |viewer| &viewer.name)),
    })
}

/// Asks for a verification of every chain. It runs in the background; ask `/api/v1/jobs/{id}` how
/// it goes. Only auditors can.
#[utoipa::path(post, path = "/api/v1/verify", operation_id = "verify", tag = "Audit",
    responses((status = 202, description = "It was asked for", body = Job)))]
pub async fn verify(State(app): State<App>, page: Page) -> Result<(StatusCode, Json<Job>), WebError> {
    let id = app.ask_for("verify", &json!({}), &page.viewer()?.name).await?;
    Ok((StatusCode::ACCEPTED, Json(read(&app, &page, id).await?)))
}

/// How a job of one's own goes, and its result once it is over.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "job", tag = "Audit",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, description = "The job", body = Job)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    _: Asked<Nothing>,
) -> Result<Json<Job>, WebError> {
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    Ok(Json(read(&app, &page, id).await?))
}
