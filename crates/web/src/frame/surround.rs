//! The frame around every handler: before it, who asks and how; after it, how the answer is dressed.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::Lang;
use store::access::Viewer;
use uuid::Uuid;

use crate::api::limit;
use crate::frame::cookie::{self, Keep};
use crate::frame::gate::{Ours, Proof};
use crate::frame::notice::Notice;
use crate::frame::page::{Facts, Page, Theme, Wants};
use crate::frame::{day, headers, language, origin, token};
use crate::sign_in::session;
use crate::ui::problem;
use crate::{App, WebError};

/// Finds out who asks and in which language, runs the handler, dresses errors, adds headers, logs.
pub async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let visit = cookie::read(request.headers(), cookie::visit_name(&app)).map(str::to_owned);
    let fresh_visit = visit.is_none().then(|| format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));
    let visit = visit.or_else(|| fresh_visit.clone()).unwrap_or_default();

    let asked = Asked {
        headers: request.headers().clone(),
        path: path.clone(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        address: address(&app, &request),
        visit,
    };
    let (page, proof, trouble) = read_page(&app, asked).await;
    let ours = Ours(origin::is_ours(&app, request.headers()));
    let extensions = request.extensions_mut();
    extensions.insert(page.clone());
    extensions.insert(proof);
    extensions.insert(ours);

    let response = match trouble {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    };
    let mut response = dress(&page, response).await;
    set_cookies(&app, &page, fresh_visit.as_deref(), &mut response);
    headers::add(response.headers_mut(), app.secure());
    if let Ok(id) = HeaderValue::from_str(&page.request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    let account = page.viewer.as_ref().map(|viewer| viewer.name.as_str()).unwrap_or_default();
    let milliseconds = began.elapsed().as_millis();
    tracing::info!(id = page.request_id, %method, path, status = response.status().as_u16(), milliseconds, account);
    response
}

/// What a request says about itself, without its body.
struct Asked {
    headers: HeaderMap,
    path: String,
    query: String,
    address: String,
    visit: String,
}

/// The page being asked for, how it was asked for, and what went wrong in finding that out.
async fn read_page(app: &App, asked: Asked) -> (Page, Proof, Option<WebError>) {
    let Asked { headers, path, query, address, visit } = asked;
    let headers = &headers;
    let now = app.store().clock().now();
    let today = day::day_of(now);
    let mut trouble = if is_api(&path) { limit::check(app, headers, &address).err() } else { None };
    let who = match &trouble {
        Some(_) => Who::nobody(),
        None => who_asks(app, headers, &path).await.unwrap_or_else(|error| {
            trouble = Some(error);
            Who::nobody()
        }),
    };
    if form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        trouble.get_or_insert(WebError::nul());
    }
    let asked_day = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "asof").map(|(_, day)| day);
    let as_of = day::as_of(asked_day.as_deref(), today).unwrap_or_else(|error| {
        trouble.get_or_insert(error);
        None
    });
    let lang = choose_language(headers, who.viewer.as_ref(), is_api(&path));
    let zone = app.zone_name(lang);
    let facts = Facts {
        lang,
        theme: Theme::from_key(cookie::read(headers, cookie::THEME).unwrap_or_default()),
        zone,
        sample: app.zone().sample,
        viewer: who.viewer,
        session: who.session,
        csrf: token::of(who.cookie.as_deref().unwrap_or(&visit)),
        wants: wanted(headers, &path),
        address,
        path,
        query,
        as_of,
        lists_past: std::sync::atomic::AtomicBool::new(false),
        today,
        now,
        notice: cookie::read(headers, cookie::NOTICE).and_then(Notice::from_cookie),
        request_id: Uuid::new_v4().simple().to_string()[..12].to_owned(),
    };
    (Page(Arc::new(facts)), who.proof, trouble)
}

/// Who asks, and by what they show it.
struct Who {
    viewer: Option<Viewer>,
    session: Option<Uuid>,
    cookie: Option<String>,
    proof: Proof,
}

impl Who {
    fn nobody() -> Self {
        Self { viewer: None, session: None, cookie: None, proof: Proof::Cookie }
    }
}

/// Who asks. A personal token is taken by the API only.
async fn who_asks(app: &App, headers: &HeaderMap, path: &str) -> Result<Who, WebError> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(secret) = bearer.filter(|_| is_api(path)) {
        let found = session::by_token(app, secret.trim()).await?;
        return Ok(found.map_or_else(Who::nobody, |(viewer, reach)| Who {
            viewer: Some(viewer),
            proof: Proof::Bearer(reach),
            ..Who::nobody()
        }));
    }
    let Some(secret) = cookie::read(headers, cookie::session_name(app)) else { return Ok(Who::nobody()) };
    let found = session::by_cookie(app, secret).await?;
    Ok(found.map_or_else(Who::nobody, |(viewer, session)| Who {
        viewer: Some(viewer),
        session: Some(session.id),
        cookie: Some(secret.to_owned()),
        proof: Proof::Cookie,
    }))
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// A program says in which language it wants its answers; a person has chosen one before.
fn choose_language(headers: &HeaderMap, viewer: Option<&Viewer>, by_program: bool) -> Lang {
    let accepted =
        || headers.get(header::ACCEPT_LANGUAGE).and_then(|line| line.to_str().ok()).and_then(language::accepted);
    if by_program && let Some(lang) = accepted() {
        return lang;
    }
    cookie::read(headers, cookie::LANGUAGE)
        .and_then(language::from_key)
        .or_else(|| viewer.map(|viewer| viewer.lang))
        .or_else(accepted)
        .unwrap_or_default()
}

fn wanted(headers: &HeaderMap, path: &str) -> Wants {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accept = text(header::ACCEPT.as_str());
    if is_api(path) || (accept.contains("application/json") && !accept.contains("text/html")) {
        Wants::Json
    } else if text("hx-request") == "true" && text("hx-boosted") != "true" {
        Wants::Fragment
    } else {
        Wants::Page
    }
}

/// Where a request came from. What a proxy says is believed only when the server stands behind one.
fn address(app: &App, request: &Request) -> String {
    if app.settings().behind_proxy
        && let Some(line) = request.headers().get("x-forwarded-for").and_then(|line| line.to_str().ok())
        && let Some(last) = line.rsplit(',').next()
    {
        return last.trim().chars().take(64).collect();
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(|| "local".to_owned(), |ConnectInfo(peer)| peer.ip().to_string())
}

/// Turns an error into what the reader wanted: a page, a part of one, or JSON.
async fn dress(page: &Page, response: Response) -> Response {
    let status = response.status();
    let error = match response.extensions().get::<Arc<WebError>>() {
        Some(error) => error.clone(),
        None if status.is_client_error() || status.is_server_error() => {
            let media = response.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
            // A handler that answered with a page or JSON of its own has said all there is to say.
            if media.is_some_and(|media| !media.starts_with("text/plain")) {
                return response;
            }
            let detail = axum::body::to_bytes(response.into_body(), 4096).await.ok();
            let detail =
                detail.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).filter(|text| !text.is_empty());
            Arc::new(WebError::from_status(status, detail))
        }
        None => return response,
    };
    if error.status.is_server_error() {
        tracing::error!(id = page.request_id, status = error.status.as_u16(), cause = error.cause, "{}", error.en);
    } else if let Some(cause) = &error.cause {
        tracing::warn!(id = page.request_id, status = error.status.as_u16(), cause, "{}", error.en);
    }
    problem::show(page, &error)
}

fn set_cookies(app: &App, page: &Page, fresh_visit: Option<&str>, response: &mut Response) {
    let notice = response.extensions().get::<Notice>().map(Notice::to_cookie);
    let shown = page.notice.is_some() && !response.status().is_redirection() && page.wants == Wants::Page;
    let mut lines = Vec::new();
    if let Some(visit) = fresh_visit.filter(|_| page.wants == Wants::Page && page.session.is_none()) {
        lines.push(cookie::line(app, cookie::visit_name(app), visit, Keep::Visit));
    }
    match notice {
        Some(text) => lines.push(cookie::line(app, cookie::NOTICE, &text, Keep::Visit)),
        None if shown => lines.push(cookie::line(app, cookie::NOTICE, "", Keep::Forget)),
        None => {}
    }
    for line in lines {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// A handler that panicked becomes an error like any other.
pub fn caught(panic: Box<dyn Any + Send>) -> Response {
    let said =
        panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    let mut response = WebError::broken(said.unwrap_or_else(|| "a handler panicked".to_owned())).into_response();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
