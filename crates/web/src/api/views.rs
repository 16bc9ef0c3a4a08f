//! `/api/v1/views` and `/api/v1/case-views`: a list's filters, order and columns under a name.

use axum::Json;
use axum::extract::{Path, State};
use loops::Kind;
use serde::{Deserialize, Serialize};
use store::saved_view::{ListOf, SavedView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::{self, Asked, Sent};
use super::me::Nothing;
use crate::cases::ask::Ask as CaseAsk;
use crate::register::list::ask::Ask;
use crate::{App, Page, WebError};

/// What stands for the list of all kinds of case.
const EVERY: &str = "every";

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub struct View {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// The parameters of the list, as its page takes them; of subjects as `/api/v1/subjects/{kind}` does.
    query: String,
    /// Whether everybody sees it; what it lists is each reader's own rows.
    shared: bool,
    /// Whether it is one's own.
    own: bool,
    /// When it was last saved (RFC 3339, UTC).
    updated_at: String,
}

/// The views of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewList {
    /// One's own first, then those shown to everybody.
    rows: Vec<View>,
}

/// A view to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// Its name; one's own view of that name is replaced.
    name: String,
    /// The parameters of the list, without the question mark.
    #[schema(example = "industry=34&sort=-revenue&cols=uscc,operating_revenue")]
    query: String,
    /// Whether everybody sees it.
    #[serde(default)]
    shared: bool,
}

/// A view that was saved, or deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    /// Its id.
    id: Uuid,
}

/// The views of a kind of subject: one's own, and those shown to everybody.
#[utoipa::path(get, path = "/api/v1/views/{kind}", operation_id = "views", tag = "Register",
    params(("kind" = String, Path, description = "enterprise, institution, platform, achievement, equipment or person")),
    responses((status = 200, description = "The views", body = ViewList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    _: Asked<Nothing>,
) -> Result<Json<ViewList>, WebError> {
    views_of(&app, &page, asked::listed(&kind)?.kind.into()).await
}

async fn views_of(app: &App, page: &Page, of: ListOf) -> Result<Json<ViewList>, WebError> {
    let viewer = page.viewer()?;
    let found = app.store().saved_views(viewer, of).await?;
    let view = |view: SavedView| View {
        id: view.id,
        own: view.owner == viewer.name,
        name: view.name,
        query: view.query,
        shared: view.shared,
        updated_at: view.updated_at.to_string(),
    };
    Ok(Json(ViewList { rows: found.into_iter().map(view).collect() }))
}

/// Saves a view of a list under a name. Showing it to everybody needs the right to share views.
#[utoipa::path(post, path = "/api/v1/views/{kind}", operation_id = "save_view", tag = "Register",
    params(("kind" = String, Path, description = "The kind")), request_body = NewView,
    responses((status = 200, description = "It was saved", body = Kept)))]
pub async fn save(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    Sent(sent): Sent<NewView>,
) -> Result<Json<Kept>, WebError> {
    let listed = asked::listed(&kind)?;
    let ask = Ask::read(&sent.query, listed, app.catalogue())?;
    let query = ask.with(|_| ()).address("", None);
    let query = query.trim_start_matches('?');
    let id = app.store().save_view(page.viewer()?, listed.kind, &sent.name, query, sent.shared).await?;
    Ok(Json(Kept { id }))
}

/// Deletes one of one's own views.
#[utoipa::path(post, path = "/api/v1/views/{kind}/{id}/delete", operation_id = "delete_view", tag = "Register",
    params(("kind" = String, Path, description = "The kind"), ("id" = String, Path, description = "The view's id")),
    responses((status = 200, description = "It was deleted", body = Kept)))]
pub async fn delete(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<Kept>, WebError> {
    delete_from(&app, &page, asked::listed(&kind)?.kind.into(), &id).await
}

async fn delete_from(app: &App, page: &Page, of: ListOf, id: &str) -> Result<Json<Kept>, WebError> {
    let viewer = page.viewer()?;
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    let views = app.store().saved_views(viewer, of).await?;
    if !views.iter().any(|view| view.id == id && view.owner == viewer.name) {
        return Err(WebError::not_found());
    }
    app.store().delete_view(viewer, id).await?;
    Ok(Json(Kept { id }))
}

/// The kind of case in an address; `every` is the list of all kinds.
fn of_cases(kind: &str) -> Result<Option<&'static Kind>, WebError> {
    if kind == EVERY { Ok(None) } else { super::cases::known(kind).map(Some) }
}

/// The views of a list of cases: one's own, and those shown to everybody.
#[utoipa::path(get, path = "/api/v1/case-views/{kind}", operation_id = "case_views", tag = "Cases",
    params(("kind" = String, Path, description = "The kind of case; every for the list of all kinds")),
    responses((status = 200, description = "The views", body = ViewList)))]
pub async fn list_of_cases(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    _: Asked<Nothing>,
) -> Result<Json<ViewList>, WebError> {
    views_of(&app, &page, ListOf::Cases(of_cases(&kind)?)).await
}

/// Saves filters and order of a list of cases under a name. Showing it to everybody needs the right to share views.
#[utoipa::path(post, path = "/api/v1/case-views/{kind}", operation_id = "save_case_view", tag = "Cases",
    params(("kind" = String, Path, description = "The kind of case; every for the list of all kinds")),
    request_body = NewView,
    responses((status = 200, description = "It was saved", body = Kept)))]
pub async fn save_of_cases(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    Sent(sent): Sent<NewView>,
) -> Result<Json<Kept>, WebError> {
    let kind = of_cases(&kind)?;
    let query = CaseAsk::read(&sent.query, kind)?.address("");
    let query = query.trim_start_matches('?');
    let id = app.store().save_view(page.viewer()?, ListOf::Cases(kind), &sent.name, query, sent.shared).await?;
    Ok(Json(Kept { id }))
}

/// Deletes one of one's own views of a list of cases.
#[utoipa::path(post, path = "/api/v1/case-views/{kind}/{id}/delete", operation_id = "delete_case_view", tag = "Cases",
    params(("kind" = String, Path, description = "The kind of case"), ("id" = String, Path, description = "The view's id")),
    responses((status = 200, description = "It was deleted", body = Kept)))]
pub async fn delete_of_cases(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<Kept>, WebError> {
    delete_from(&app, &page, ListOf::Cases(of_cases(&kind)?), &id).await
}
