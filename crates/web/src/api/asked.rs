//! What a program sends: parameters and bodies, read strictly. What is not known is refused with
//! the list of what is.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use kernel::{SubjectId, SubjectKind};
use serde::de::DeserializeOwned;

use crate::register::kinds::{self, Listed};
use crate::{App, WebError};

/// The parameters of the address, as `T`.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, WebError> {
        Query::try_from_uri(&parts.uri).map(|Query(asked)| Self(asked)).map_err(|rejection| {
            let said = rejection.body_text();
            unreadable(StatusCode::BAD_REQUEST, "参数", "The parameters", &said)
        })
    }
}

/// A body of JSON, as `T`.
pub struct Sent<T>(pub T);

/// The most a body of JSON may hold, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &App) -> Result<Self, WebError> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
        if !media.is_some_and(|media| {
            media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
        }) {
            let found = media.unwrap_or_default().to_owned();
            return Err(WebError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "提交内容的类型不对，这里应为 JSON。",
                "The type of the body is wrong; JSON is expected here.",
            )
            .found(found, "Content-Type: application/json", "Content-Type: application/json"));
        }
        let bytes = axum::body::to_bytes(request.into_body(), LARGEST_BODY)
            .await
            .map_err(|_| WebError::too_large(LARGEST_BODY))?;
        if holds_nul(&bytes) {
            return Err(WebError::nul());
        }
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| unreadable(StatusCode::BAD_REQUEST, "提交的 JSON", "The body", &error.to_string()))
    }
}

/// Whether a text of the body holds the character NUL, which PostgreSQL keeps in no text. Only a body that
/// spells it is looked at closely.
fn holds_nul(bytes: &[u8]) -> bool {
    fn holds(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => text.contains('\0'),
            serde_json::Value::Array(items) => items.iter().any(holds),
            serde_json::Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds(value)),
            _ => false,
        }
    }
    bytes.windows(6).any(|six| six == b"\\u0000")
        && serde_json::from_slice::<serde_json::Value>(bytes).is_ok_and(|value| holds(&value))
}

/// What the reader of a request says, with the part at fault taken out of it.
fn unreadable(status: StatusCode, zh: &str, en: &str, said: &str) -> WebError {
    let detail = said.strip_prefix("Failed to deserialize query string: ").unwrap_or(said);
    let error = WebError::new(
        status,
        format!("{zh}无法识别：{detail}。请按接口说明改正。"),
        format!("{en} cannot be read: {detail}. Correct it by the description."),
    );
    let quoted: Vec<&str> = detail.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((first, rest)) if detail.contains("unknown field") || detail.contains("unknown variant") => {
            let known = rest.join(", ");
            error.found((*first).to_owned(), format!("下列之一：{known}"), format!("one of: {known}"))
        }
        Some((first, _)) if detail.contains("missing field") => {
            error.found(String::new(), format!("须有 {first}"), format!("{first} is needed"))
        }
        _ => error,
    }
}

/// The kind of subject in an address, of those that have lists.
pub fn listed(kind: &str) -> Result<&'static Listed, WebError> {
    kinds::listed(kind).ok_or_else(|| {
        let known: Vec<&str> = kinds::LISTED.iter().map(|listed| listed.kind.key()).collect();
        let known = known.join(", ");
        let expected = (format!("下列之一：{known}"), format!("one of: {known}"));
        WebError::not_found().found(kind.chars().take(60).collect::<String>(), expected.0, expected.1)
    })
}

/// Any kind of subject, records too.
pub fn kind(text: &str) -> Result<SubjectKind, WebError> {
    SubjectKind::from_key(text).ok_or_else(WebError::not_found)
}

/// The subject in an address.
pub fn subject(text: &str) -> Result<SubjectId, WebError> {
    text.parse().map(SubjectId).map_err(|_| WebError::not_found())
}

/// How many rows are wanted.
pub fn limit(asked: Option<u64>) -> Result<u64, WebError> {
    match asked {
        None => Ok(50),
        Some(limit) if (1..=super::MOST_ROWS).contains(&limit) => Ok(limit),
        Some(limit) => Err(WebError::bad_request(
            format!("limit 为 {limit}，应为 1 至 {}。", super::MOST_ROWS),
            format!("limit is {limit}; it may be 1 to {}.", super::MOST_ROWS),
        )
        .found(limit.to_string(), format!("1 至 {}", super::MOST_ROWS), format!("1 to {}", super::MOST_ROWS))),
    }
}
