//! Ending another's sessions: the security administrator's work.

use axum::extract::{Path, State};
use axum::response::Response;
use store::access::Hand;
use uuid::Uuid;

use super::account::after;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// Ends one session.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn end(
    State(app): State<App>,
    page: Page,
    Path((account, session)): Path<(Uuid, Uuid)>,
) -> Result<Response, WebError> {
    let done = app.store().end_session(Hand::Viewer(page.viewer()?), session).await;
    after(&app, &page, account, done.map(|()| Notice::done(page.lang, "登录已结束。", "The session was ended."))).await
}
