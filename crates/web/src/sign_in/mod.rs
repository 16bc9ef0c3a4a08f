//! Signing in and out.
//!
//! Sessions are kept by `store` and looked up by the hash of the cookie, together with the person's
//! powers of this moment, so that a role taken back or an account locked counts from the next click.
//! A general session layer would load a record of its own first and the person after it; here
//! nothing is kept in a session but whose it is.

pub mod password;
pub mod session;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use store::access::SignIn;

use crate::frame::cookie::{self, Keep};
use crate::frame::{day, path};
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "sign_in/form.html")]
struct SignInForm<'a> {
    page: &'a Page,
    name: &'a str,
    next: &'a str,
    refused: Option<String>,
    is_new: bool,
}

/// Where the person wanted to go.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// Shows the form; whoever is signed in already is sent on.
///
/// # Errors
/// What the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    axum::extract::Query(wanted): axum::extract::Query<Wanted>,
) -> Result<Response, WebError> {
    let next = path::ours(&wanted.next);
    if page.viewer.is_some() {
        return Ok(page.go(next));
    }
    let is_new = app.is_new().await?;
    page.show(SignInForm { page: &page, name: "", next, refused: None, is_new })
}

/// A name, a password, and where to go with them.
#[derive(Deserialize)]
pub struct Entered {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Checks the password. A wrong name, a wrong password and a locked account take the same time
/// and get the same answer.
///
/// # Errors
/// What the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    headers: HeaderMap,
    Form(entered): Form<Entered>,
) -> Result<Response, WebError> {
    let next = path::ours(&entered.next);
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let attempt = app.store().begin_sign_in(&entered.name, &page.address).await?;
    let right = app.passwords().check(entered.password, attempt.password_hash().map(str::to_owned)).await?;
    match app.store().end_sign_in(&attempt, right, agent).await? {
        SignIn::Done { token, viewer, .. } => {
            leave_old_session(&app, &headers).await;
            let next = if viewer.must_change_password { "/account" } else { next };
            let mut response = page.go(next);
            let set = response.headers_mut();
            set.append(header::SET_COOKIE, cookie::line(&app, cookie::session_name(&app), &token, Keep::Visit));
            set.append(header::SET_COOKIE, cookie::line(&app, cookie::visit_name(&app), "", Keep::Forget));
            Ok(response)
        }
        SignIn::Refused { until } => {
            let (status, refused) = match until {
                Some(until) => {
                    let until = day::minute(until);
                    let zh = format!("失败次数过多，{until} 之前不能再试。如忘记密码，请联系安全管理员重置。");
                    let en = format!(
                        "Too many failures; try again after {until}. If you forgot the password, ask a security administrator to reset it."
                    );
                    (StatusCode::TOO_MANY_REQUESTS, page.t(&zh, &en).to_owned())
                }
                None => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    page.t(
                        "账号或密码不对。请检查大小写后再试。",
                        "The account or the password is wrong. Check upper and lower case and try again.",
                    )
                    .to_owned(),
                ),
            };
            let form = SignInForm { page: &page, name: &entered.name, next, refused: Some(refused), is_new: false };
            page.show_with(status, form)
        }
    }
}

/// A session this browser still had is ended, so that one browser holds one session and a cookie
/// planted before signing in is worth nothing afterwards.
async fn leave_old_session(app: &App, headers: &HeaderMap) {
    if let Some(old) = cookie::read(headers, cookie::session_name(app))
        && let Err(error) = app.store().sign_out(old).await
    {
        tracing::warn!(%error, "the session before this sign-in was not ended");
    }
}

/// Ends the session.
///
/// # Errors
/// What the store reports.
pub async fn sign_out(State(app): State<App>, page: Page, headers: HeaderMap) -> Result<Response, WebError> {
    if let Some(token) = cookie::read(&headers, cookie::session_name(&app)) {
        app.store().sign_out(token).await?;
    }
    let mut response = page.go("/sign-in");
    let forget = cookie::line(&app, cookie::session_name(&app), "", Keep::Forget);
    response.headers_mut().append(header::SET_COOKIE, forget);
    Ok(response)
}
