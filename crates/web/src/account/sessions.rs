//! Ending one of one's own sessions.

use axum::extract::{Path, State};
use axum::response::Response;
use store::access::Hand;
use uuid::Uuid;

use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// Ends a session of one's own; another's is answered as one that does not exist, whoever asks.
///
/// # Errors
/// There is no such session; what the store reports.
pub async fn end(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let own = app.store().sessions_of(viewer.account).await?;
    if !own.iter().any(|session| session.id == id) {
        return Err(WebError::not_found());
    }
    app.store().end_session(Hand::Viewer(viewer), id).await?;
    Ok(page.go_saying("/account", Notice::done(page.lang, "登录已结束。", "The session was ended.")))
}
