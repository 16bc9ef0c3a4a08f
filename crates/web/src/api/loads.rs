//! `/api/v1/loads`: every import that was stored; undoing one whole, and doing it again.

use axum::Json;
use axum::extract::{Path, State};
use kernel::SourceId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked, Sent};
use super::statements::{self, Source};
use crate::register::loads;
use crate::{App, Page, WebError};

/// Which loads.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Continues behind this load: `next` of the page before.
    before: Option<Uuid>,
    /// Rows of a page, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// A page of the loads.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadList {
    /// The loads, the latest first.
    rows: Vec<Source>,
    /// `before` of the next page; null on the last.
    next: Option<Uuid>,
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// The reason, which the log keeps.
    reason: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// How many subjects changed.
    subjects: u64,
}

/// The loads: all of them for whoever sees the whole zone, else one's own.
#[utoipa::path(get, path = "/api/v1/loads", operation_id = "loads", tag = "Loads", params(Wanted),
    responses((status = 200, description = "A page of the loads", body = LoadList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<LoadList>, WebError> {
    let limit = usize::try_from(asked::limit(wanted.limit)?).map_err(WebError::broken)?;
    let (found, next) = loads::seen(&app, page.viewer()?, wanted.before.map(SourceId), limit).await?;
    Ok(Json(LoadList { rows: found.iter().map(statements::write).collect(), next: next.map(|id| id.0) }))
}

/// Undoes a whole load with a reason. Its statements stay, and count no more.
#[utoipa::path(post, path = "/api/v1/loads/{source}/undo", operation_id = "undo_load", tag = "Loads",
    params(("source" = String, Path, description = "The load's id")), request_body = Why,
    responses((status = 200, description = "It was undone", body = Changed)))]
pub async fn undo(
    State(app): State<App>,
    page: Page,
    Path(source): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Json<Changed>, WebError> {
    let (_, subjects) = loads::stand(&app, &page, &source, &why.reason, true).await?;
    Ok(Json(Changed { subjects }))
}

/// Does an undone load again, exactly as it was.
#[utoipa::path(post, path = "/api/v1/loads/{source}/redo", operation_id = "redo_load", tag = "Loads",
    params(("source" = String, Path, description = "The load's id")), request_body = Why,
    responses((status = 200, description = "It counts again", body = Changed)))]
pub async fn redo(
    State(app): State<App>,
    page: Page,
    Path(source): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Json<Changed>, WebError> {
    let (_, subjects) = loads::stand(&app, &page, &source, &why.reason, false).await?;
    Ok(Json(Changed { subjects }))
}
