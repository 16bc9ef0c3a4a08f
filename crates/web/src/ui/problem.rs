//! An error as a page, a part of a page, or JSON.

use askama::Template;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::api::problem::Problem as Said;
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
    let mut response = (error.status, Json(Said::of(page, error))).into_response();
    if error.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
