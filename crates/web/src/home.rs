//! The first page, the answer to an address that does not exist, and whether the server is well.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::frame::menu;
use crate::{App, Page, WebError};

/// Sends a person to the first page of their own work.
///
/// # Errors
/// Nobody is signed in.
pub async fn first_page(page: Page) -> Result<Response, WebError> {
    Ok(page.go(&menu::first_page(page.viewer()?)))
}

/// An address that does not exist.
pub async fn nowhere() -> Response {
    WebError::not_found().into_response()
}

/// Whether the server reaches its database, for whatever watches over it.
///
/// # Errors
/// The database does not answer.
pub async fn health(State(app): State<App>) -> Result<Json<serde_json::Value>, WebError> {
    app.store().zone().await?;
    Ok(Json(json!({ "ok": true, "version": env!("CARGO_PKG_VERSION") })))
}
