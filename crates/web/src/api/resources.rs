//! `/api/v1/resources`: the directory of the six kinds of resource (1+6+N), one of them, and what of it may answer
//! the need of a case, with the reasons.

use axum::Json;
use axum::extract::{Path, State};
use loops::matching::{Sort, Why};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asked::{self, Asked};
use super::me::Nothing;
use crate::cases::page as case_page;
use crate::resources::find::{self, Found};
use crate::{App, Page, WebError};

/// Which resources.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Sought {
    /// Words of the name.
    q: Option<String>,
    /// Continues behind this place: `next` of the page before.
    after: Option<String>,
    /// Rows of a page, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// A resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceRow {
    /// Its id: that of the subject in the register, or `policy:` and the id of a policy.
    id: String,
    /// `carrier`, `enterprise`, `platform`, `talent`, `institution` or `programme`.
    kind: String,
    /// Its name.
    name: String,
    /// What is said of it.
    about: String,
    /// The unit it belongs to; of a policy its level.
    unit: String,
    /// Its page.
    page: Option<String>,
}

/// A page of a kind of resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceList {
    /// How many there are in all.
    total: u64,
    /// The resources.
    rows: Vec<ResourceRow>,
    /// `after` of the next page; null on the last.
    next: Option<String>,
}

/// A resource that may answer a need.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceMatch {
    /// The resource.
    resource: ResourceRow,
    /// What the reasons weigh together.
    points: u32,
    /// Why, in the token's language.
    reasons: Vec<String>,
}

/// What may answer a need.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceMatches {
    /// The resources, the best first.
    rows: Vec<ResourceMatch>,
}

fn row(found: Found) -> ResourceRow {
    let Found { sort, id, name, address, more, unit, .. } = found;
    ResourceRow { id, kind: sort.key().to_owned(), name, about: more, unit, page: address }
}

fn sort(kind: &str) -> Result<Sort, WebError> {
    Sort::from_key(kind).ok_or_else(|| {
        let known = Sort::ALL.map(Sort::key).join(", ");
        let expected = (format!("下列之一：{known}"), format!("one of: {known}"));
        WebError::not_found().found(kind.chars().take(60).collect::<String>(), expected.0, expected.1)
    })
}

/// A page of one kind of resource that the token's owner may see.
#[utoipa::path(get, path = "/api/v1/resources/{kind}", operation_id = "resources", tag = "Cases",
    params(("kind" = String, Path, description = "carrier, enterprise, platform, talent, institution or programme"), Sought),
    responses((status = 200, description = "A page of resources", body = ResourceList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    Asked(sought): Asked<Sought>,
) -> Result<Json<ResourceList>, WebError> {
    page.viewer_within()?;
    let words: String = sought.q.unwrap_or_default().trim().chars().take(100).collect();
    let limit = asked::limit(sought.limit)?;
    let (found, total, next) = find::listed(&app, &page, sort(&kind)?, &words, limit, sought.after).await?;
    Ok(Json(ResourceList { total, rows: found.into_iter().map(row).collect(), next }))
}

/// One resource by its id.
#[utoipa::path(get, path = "/api/v1/resources/{kind}/{id}", operation_id = "resource", tag = "Cases",
    params(("kind" = String, Path, description = "The kind of resource"), ("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The resource", body = ResourceRow)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<ResourceRow>, WebError> {
    page.viewer_within()?;
    let found = find::one(&app, &page, sort(&kind)?, &id).await?;
    found.map(row).map(Json).ok_or_else(WebError::not_found)
}

/// What of the six kinds may answer the need of a matter or a visit, the best first, each with its reasons.
#[utoipa::path(get, path = "/api/v1/cases/{kind}/{number}/resources", operation_id = "case_resources", tag = "Cases",
    params(("kind" = String, Path, description = "The kind"), ("number" = String, Path, description = "The number")),
    responses((status = 200, description = "What may answer it", body = ResourceMatches)))]
pub async fn matches(
    State(app): State<App>,
    page: Page,
    Path((kind, number)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<ResourceMatches>, WebError> {
    page.viewer_within()?;
    let case = case_page::find(&app, &page, &kind, &number).await?;
    let need = find::need(&app, &page, &case).await?;
    let found = find::answers(&app, &page, &need, case.row.subject.map(|subject| subject.to_string())).await?;
    let one = |(found, one): (Found, loops::matching::Match)| ResourceMatch {
        resource: row(found),
        points: one.points,
        reasons: one.reasons.iter().map(|why: &Why| why.say(page.lang)).collect(),
    };
    Ok(Json(ResourceMatches { rows: found.into_iter().map(one).collect() }))
}
