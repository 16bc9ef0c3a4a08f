//! `GET /api/v1/search`: every kind at once, by name, code and former name.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use super::subjects::{self, ListedSubject};
use crate::register::kinds::LISTED;
use crate::register::search::hits;
use crate::{App, Page, WebError};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// A part of a name, former name, short name or code; two characters at least.
    q: String,
}

/// The hits of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hits {
    /// The kind.
    kind: String,
    /// How many there are; `/api/v1/subjects/{kind}?q=` lists them all.
    total: u64,
    /// The first of them.
    rows: Vec<ListedSubject>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// The kinds that have hits.
    kinds: Vec<Hits>,
}

/// Finds subjects of every kind by a part of their name or code, within one's rows.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search", tag = "Register", params(Wanted),
    responses((status = 200, description = "The hits by kind", body = Found)))]
pub async fn find(State(app): State<App>, page: Page, Asked(wanted): Asked<Wanted>) -> Result<Json<Found>, WebError> {
    let viewer = page.viewer()?;
    let words: String = wanted.q.trim().chars().take(100).collect();
    if words.chars().count() < 2 {
        return Err(WebError::bad_request(
            "q 太短，应至少有两个字。",
            "q is too short; at least two characters are needed.",
        )
        .found(words, "至少两个字", "at least two characters"));
    }
    let units = app.store().units_known_to(page.viewer()?).await?;
    let mut kinds = Vec::new();
    for listed in LISTED {
        let found = hits(&app, viewer, listed, &words).await?;
        if found.total > 0 {
            let rows = found.rows.iter().map(|row| subjects::write(row, &[], &units, app.catalogue()));
            kinds.push(Hits { kind: listed.kind.key().to_owned(), total: found.total, rows: rows.collect() });
        }
    }
    Ok(Json(Found { kinds }))
}
