//! `/api`: the operations of the API, to read.

use askama::Template;
use axum::response::Response;
use store::access::Role;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{RefOr, Required};

use super::document::document;
use super::words;
use crate::frame::menu::may;
use crate::router::Need;
use crate::{Page, WebError};

/// One parameter of an operation.
struct Parameter {
    name: String,
    needed: bool,
    words: String,
}

/// One operation as it is read.
struct Read {
    id: String,
    method: &'static str,
    path: String,
    summary: String,
    /// The roles that may call it; none where every account may.
    roles: String,
    /// Whether the reader may call it.
    open: bool,
    parameters: Vec<Parameter>,
    /// The fields of the body, by name.
    body: Vec<String>,
}

/// The operations about one thing.
struct Group {
    title: &'static str,
    operations: Vec<Read>,
}

#[derive(Template)]
#[template(path = "api/guide.html")]
struct GuidePage<'a> {
    page: &'a Page,
    groups: Vec<Group>,
    host: String,
}

impl GuidePage<'_> {
    fn answers(&self) -> impl Iterator<Item = (u16, &'static str)> {
        let lang = self.page.lang;
        words::ANSWERS.iter().map(move |(status, zh, en)| (*status, lang.pick(zh, en)))
    }
}

/// Lists the operations readably.
///
/// # Errors
/// A template that fails to render.
pub async fn show(page: Page, headers: axum::http::HeaderMap) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let needs: Vec<(axum::http::Method, &'static str, Need)> =
        super::operations().into_iter().map(|found| (found.method, found.path, found.need)).collect();
    let mut all: Vec<(String, Read)> = Vec::new();
    for (path, item) in &document().paths.paths {
        for (method, found) in [("GET", &item.get), ("POST", &item.post)] {
            let Some(found) = found else { continue };
            let need = needs.iter().find(|(verb, at, _)| verb.as_str() == method && at == path);
            let need = need.map_or(Need::Account, |(.., need)| *need);
            let tag = found.tags.iter().flatten().next().cloned().unwrap_or_default();
            all.push((tag, Read { open: may(viewer, need), ..read(&page, method, path, found, need) }));
        }
    }
    let mut groups = Vec::new();
    for (tag, zh, en) in words::GROUPS {
        let (own, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(found, _)| found == tag);
        all = rest;
        groups.push(Group {
            title: page.lang.pick(zh, en),
            operations: own.into_iter().map(|(_, operation)| operation).collect(),
        });
    }
    let host = headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    page.show(GuidePage { page: &page, groups, host: host.to_owned() })
}

fn read(page: &Page, method: &'static str, path: &str, found: &Operation, need: Need) -> Read {
    let id = found.operation_id.clone().unwrap_or_default();
    let english = found.summary.clone().unwrap_or_default();
    let parameters = found.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(Parameter {
            name: parameter.name.clone(),
            needed: parameter.required == Required::True,
            words: {
                let english = parameter.description.as_deref().unwrap_or_default();
                let chinese = words::parameter(&id, &parameter.name).unwrap_or(english);
                page.t(chinese, english).replace('`', "")
            },
        }),
        RefOr::Ref(_) => None,
    });
    let parameters = parameters.collect();
    let roles = match need {
        Need::Nothing | Need::Account => String::new(),
        Need::May(action) => {
            let names: Vec<&str> = action.roles().iter().map(|role: &Role| role.name(page.lang)).collect();
            names.join(page.t("、", ", "))
        }
    };
    Read {
        method,
        path: path.to_owned(),
        summary: page.t(words::operation(&id).unwrap_or(&english), &english).replace('`', ""),
        roles,
        open: false,
        parameters,
        body: body(found),
        id,
    }
}

/// The names of the fields that an operation's body has, in the order of the document.
fn body(found: &Operation) -> Vec<String> {
    let content = found.request_body.iter().flat_map(|body| match body {
        RefOr::T(body) => body.content.values().collect::<Vec<_>>(),
        RefOr::Ref(_) => Vec::new(),
    });
    let pointed = content.filter_map(|content| match content {
        RefOr::T(content) => match &content.schema {
            Some(RefOr::Ref(schema)) => schema.ref_location.rsplit('/').next(),
            _ => None,
        },
        RefOr::Ref(_) => None,
    });
    let schemas = document().components.as_ref().map(|components| &components.schemas);
    let fields = pointed.filter_map(|name| match schemas.and_then(|schemas| schemas.get(name)) {
        Some(RefOr::T(Schema::Object(object))) => Some(object.properties.keys().cloned()),
        _ => None,
    });
    fields.flatten().collect()
}
