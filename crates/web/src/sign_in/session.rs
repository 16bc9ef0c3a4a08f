//! Who a cookie or a personal token belongs to.

use store::access::{Reach, Session, Viewer};

use crate::{App, WebError};

/// A secret is 64 or 67 characters; what is longer is not looked up.
const LONGEST_SECRET: usize = 100;

/// The person behind a session's cookie; none when it has ended.
///
/// # Errors
/// What the store reports.
pub async fn by_cookie(app: &App, secret: &str) -> Result<Option<(Viewer, Session)>, WebError> {
    if secret.is_empty() || secret.len() > LONGEST_SECRET {
        return Ok(None);
    }
    Ok(app.store().session_viewer(secret).await?)
}

/// The person behind a personal token, and how far it reaches; none when it has ended.
///
/// # Errors
/// What the store reports.
pub async fn by_token(app: &App, secret: &str) -> Result<Option<(Viewer, Reach)>, WebError> {
    if secret.is_empty() || secret.len() > LONGEST_SECRET {
        return Ok(None);
    }
    Ok(app.store().token_viewer(secret).await?.map(|(viewer, token)| (viewer, token.reach)))
}
