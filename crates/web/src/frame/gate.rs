//! The gate before each handler: whether this person may come here, and whether what they send
//! was made on a page of ours. What is not allowed in so many words is refused.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::access::Reach;

use crate::WebError;
use crate::frame::menu;
use crate::frame::page::{Page, Wants};
use crate::frame::{path, token};
use crate::router::Need;

/// What the gate of one address asks for.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// What a person needs.
    pub need: Need,
    /// Whether the handler reads a file and checks the form's token itself.
    pub takes_file: bool,
    /// How long the handler may take.
    pub patience: Duration,
    /// How large a form may be, in bytes.
    pub largest: usize,
}

/// How the request proved who sent it; set by the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a cookie, which a browser sends along with forged forms too: the form's token is needed.
    Cookie,
    /// By a personal token in a header, which no browser sends by itself, and how far it reaches.
    Bearer(Reach),
}

/// Whether the request's origin was found to be ours; set by the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ours(pub bool);

/// Lets a request through to its handler, or answers in its place.
pub async fn check(guard: Guard, request: Request, next: Next) -> Response {
    let Some(page) = request.extensions().get::<Page>().cloned() else {
        return WebError::broken("the frame is missing around a route").into_response();
    };
    if let Some(answer) = turn_away(&page, guard.need, &request) {
        return answer;
    }
    let request = match check_form(guard, &page, request).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    match tokio::time::timeout(guard.patience, next.run(request)).await {
        Ok(response) => response,
        Err(late) => WebError::busy(late).into_response(),
    }
}

/// The answer to somebody who may not come here.
fn turn_away(page: &Page, need: Need, request: &Request) -> Option<Response> {
    if need == Need::Nothing {
        return None;
    }
    let Some(viewer) = &page.viewer else {
        let can_return = *request.method() == Method::GET && page.wants == Wants::Page;
        return Some(if can_return {
            page.go(&path::with_query("/sign-in", [("next", page.here().as_str())]))
        } else {
            WebError::sign_in_first().into_response()
        });
    };
    if !menu::may(viewer, need) {
        return Some(WebError::not_allowed().into_response());
    }
    let own_page = page.path == "/account" || page.path.starts_with("/account/") || page.path == "/sign-out";
    if viewer.must_change_password && !own_page {
        return Some(if page.wants == Wants::Json {
            WebError::conflict(
                "这个账号须先在网页上修改密码，才能使用接口。",
                "This account must change its password on the web before it can use the API.",
            )
            .into_response()
        } else {
            page.go("/account")
        });
    }
    None
}

/// Refuses a change that no page of ours sent. A form's body is read here, and handed on whole.
async fn check_form(guard: Guard, page: &Page, request: Request) -> Result<Request, WebError> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    if !token_is_in_body(guard, page, &request)? {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, guard.largest).await.map_err(|_| WebError::too_large(guard.largest))?;
    if form_urlencoded::parse(&bytes).any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(WebError::nul());
    }
    let carried =
        form_urlencoded::parse(&bytes).any(|(name, value)| name == token::FIELD && token::is_same(&value, &page.csrf));
    if carried { Ok(Request::from_parts(parts, Body::from(bytes))) } else { Err(WebError::forged()) }
}

/// Whether the token still has to be looked for in a form's body; refuses what can carry none.
fn token_is_in_body(guard: Guard, page: &Page, request: &Request) -> Result<bool, WebError> {
    match request.extensions().get::<Proof>() {
        Some(Proof::Bearer(Reach::Write)) => return Ok(false),
        Some(Proof::Bearer(Reach::Read)) => {
            return Err(WebError::not_allowed_with(
                "这个令牌只能读，不能改动。请在“我的账号”里建立可读写的令牌。",
                "This token only reads. Make one that reads and writes on the page of your account.",
            ));
        }
        _ => {}
    }
    if request.extensions().get::<Ours>() != Some(&Ours(true)) {
        return Err(WebError::forged());
    }
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(found) = text(token::HEADER) {
        return if token::is_same(found, &page.csrf) { Ok(false) } else { Err(WebError::forged()) };
    }
    let media = text(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if guard.takes_file && media.starts_with("multipart/form-data") {
        return Ok(false);
    }
    if media.starts_with("application/x-www-form-urlencoded") { Ok(true) } else { Err(WebError::forged()) }
}
