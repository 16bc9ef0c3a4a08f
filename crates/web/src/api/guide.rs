//! `/api`: the operations of the API, to read.

use askama::Template;
use axum::response::Response;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Required};

use super::document::document;
use crate::{Page, WebError};

/// One parameter of an operation.
struct Parameter {
    name: String,
    needed: bool,
    words: String,
}

/// One operation as it is read.
struct Read {
    method: &'static str,
    path: String,
    summary: String,
    words: String,
    parameters: Vec<Parameter>,
    answers: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "api/guide.html")]
struct GuidePage<'a> {
    page: &'a Page,
    operations: Vec<Read>,
    host: String,
}

/// Lists the operations readably.
///
/// # Errors
/// A template that fails to render.
pub async fn show(page: Page, headers: axum::http::HeaderMap) -> Result<Response, WebError> {
    let mut operations = Vec::new();
    for (path, item) in &document().paths.paths {
        let described = [("GET", &item.get), ("POST", &item.post)];
        operations
            .extend(described.into_iter().filter_map(|(method, found)| Some(read(method, path, found.as_ref()?))));
    }
    let host = headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    page.show(GuidePage { page: &page, operations, host: host.to_owned() })
}

fn read(method: &'static str, path: &str, found: &Operation) -> Read {
    let parameters = found.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let words = found.description.clone().unwrap_or_default();
    let summary = found.summary.clone().unwrap_or_default();
    Read {
        method,
        path: path.to_owned(),
        words: words.strip_prefix(&summary).unwrap_or(&words).trim().to_owned(),
        summary,
        parameters: parameters
            .map(|parameter| Parameter {
                name: parameter.name.clone(),
                needed: parameter.required == Required::True,
                words: parameter.description.clone().unwrap_or_default(),
            })
            .collect(),
        answers: found
            .responses
            .responses
            .iter()
            .map(|(status, response)| {
                let words = match response {
                    RefOr::T(response) => response.description.clone(),
                    RefOr::Ref(_) => String::new(),
                };
                (status.clone(), words)
            })
            .collect(),
    }
}
