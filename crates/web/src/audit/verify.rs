//! Verifying the chains, as a job: a large register takes a while.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::{App, Page, WebError, jobs};

/// Asks for a verification and shows how it goes.
///
/// # Errors
/// What the store reports.
pub async fn ask(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let id = app.ask_for("verify", &json!({}), &page.viewer()?.name).await?;
    Ok(page.go(&jobs::address(id)))
}
