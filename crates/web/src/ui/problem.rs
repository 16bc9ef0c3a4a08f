//! An error as a page, a part of a page, or JSON.

use askama::Template;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::frame::page::Wants;
use crate::{Page, WebError};

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    page: &'a Page,
    error: &'a WebError,
}

#[derive(Template)]
#[template(path = "problem_part.html")]
struct ProblemPart<'a> {
    page: &'a Page,
    error: &'a WebError,
}

/// The answer that shows an error.
pub(crate) fn show(page: &Page, error: &WebError) -> Response {
    let text = match page.wants {
        Wants::Json => return as_json(page, error),
        Wants::Fragment => ProblemPart { page, error }.render(),
        Wants::Page => Problem { page, error }.render(),
    };
    let Ok(text) = text else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = (error.status, Html(text)).into_response();
    if page.wants == Wants::Fragment && error.status == StatusCode::UNAUTHORIZED {
        // A part of a page cannot sign anybody in: the whole page goes there.
        response.headers_mut().insert(HeaderName::from_static("hx-redirect"), HeaderValue::from_static("/sign-in"));
    }
    response
}

fn as_json(page: &Page, error: &WebError) -> Response {
    let body = json!({
        "status": error.status.as_u16(),
        "title": error.title(page.lang),
        "message": error.say(page.lang),
        "request": page.request_id,
    });
    (error.status, Json(body)).into_response()
}
