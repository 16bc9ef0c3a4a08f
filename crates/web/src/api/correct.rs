//! `POST /api/v1/subjects/{kind}/{id}/facts`: facts put right by hand, or declared by the enterprise.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use store::Change;
use utoipa::ToSchema;

use super::asked::{self, Sent};
use super::value::{self, FactValue};
use crate::register::edit;
use crate::{App, Page, WebError};

/// One fact to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactChange {
    /// Which fact.
    #[schema(example = "operating_revenue@2025")]
    fact: String,
    /// What it should be; null withdraws what the same office or enterprise said before.
    #[schema(required)]
    value: Option<FactValue>,
    /// The `statement` it was shown from when it was read; null where nothing was shown. Where it
    /// is shown from another by now, nothing is changed (409).
    #[schema(required)]
    seen: Option<i64>,
}

/// Facts to change, all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Why.
    reason: String,
    /// The changes.
    changes: Vec<FactChange>,
}

/// What was stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stated {
    /// The number of the new statement, for `/api/v1/statements/{seq}`.
    pub statement: i64,
}

/// The most facts changed at once.
const MOST_CHANGES: usize = 200;

/// Changes facts by hand with a reason: a correction, or an enterprise's declaration about itself.
/// Nothing is overwritten; where it differs from other sources it joins the queue of conflicts.
#[utoipa::path(post, path = "/api/v1/subjects/{kind}/{id}/facts", operation_id = "correct", tag = "Register",
    params(("kind" = String, Path, description = "The kind, records too"), ("id" = String, Path, description = "The subject's id")),
    request_body = Correction,
    responses((status = 200, description = "It was stored", body = Stated)))]
pub async fn change(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    Sent(sent): Sent<Correction>,
) -> Result<Json<Stated>, WebError> {
    let viewer = page.viewer()?;
    let right = edit::right(viewer)?;
    asked::kind(&kind)?;
    let found = edit::find(&app, viewer, &right, &kind, &id).await?;
    if sent.changes.len() > MOST_CHANGES {
        return Err(WebError::invalid(
            format!("一次最多更正 {MOST_CHANGES} 项。"),
            format!("At most {MOST_CHANGES} facts are changed at once."),
        )
        .found(
            sent.changes.len().to_string(),
            format!("最多 {MOST_CHANGES}"),
            format!("{MOST_CHANGES} at most"),
        ));
    }
    let mut changes = Vec::new();
    for change in &sent.changes {
        let (key, field) = edit::read_fact(app.catalogue(), &found, viewer, &change.fact)
            .map_err(|error| no_such_fact(error, &change.fact))?;
        let value = change.value.as_ref().map(|given| value::read(field, given)).transpose()?;
        changes.push(Change { key, value, seen: change.seen });
    }
    let statement = app.store().correct(found.record.id, &changes, &sent.reason, right.by, &viewer.name).await?;
    Ok(Json(Stated { statement }))
}

fn no_such_fact(error: WebError, found: &str) -> WebError {
    let found: String = found.chars().take(80).collect();
    error.found(
        found,
        "接口 /api/v1/catalogue 中该类主体的字段，需要期间的写作 operating_revenue@2025",
        "a field of that kind in /api/v1/catalogue, with its period where it has one: operating_revenue@2025",
    )
}
