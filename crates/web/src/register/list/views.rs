//! Saved views of a list: kept, renamed, replaced, shared, deleted.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::ask::Ask;
use crate::frame::notice::Notice;
use crate::register::kinds::{self, Listed};
use crate::{App, Page, WebError};

/// A view as the form sends it.
#[derive(Debug, Deserialize)]
pub struct Sent {
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    shared: String,
    #[serde(default, rename = "do")]
    deed: String,
}

impl Sent {
    /// The kind, and the query as this release writes it: nothing but filters, order and columns.
    fn read(&self, app: &App) -> Result<(&'static Listed, String), WebError> {
        let listed = kinds::listed(&self.kind).ok_or_else(WebError::not_found)?;
        let ask = Ask::read(&self.query, listed, app.catalogue())?;
        let address = ask.with(|_| ()).address("", None);
        Ok((listed, address.trim_start_matches('?').to_owned()))
    }
}

fn address(listed: &Listed, query: &str) -> String {
    if query.is_empty() { listed.path.to_owned() } else { format!("{}?{query}", listed.path) }
}

/// `POST /register/views`: keeps the present filters, order and columns under a name.
///
/// # Errors
/// An unfit name; sharing without the right.
pub async fn keep(State(app): State<App>, page: Page, Form(sent): Form<Sent>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (listed, query) = sent.read(&app)?;
    app.store().save_view(viewer, listed.kind, &sent.name, &query, sent.shared == "1").await?;
    let said = format!("{}“{}”", page.t("已保存视图", "Saved the view "), sent.name.trim());
    Ok(page.go_saying(&address(listed, &query), Notice::said(said)))
}

/// `POST /register/views/{id}`: renames, replaces, shares or deletes one of one's own views.
///
/// # Errors
/// No such view of this person; an unfit name.
pub async fn change(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    let (listed, now) = sent.read(&app)?;
    let views = app.store().saved_views(viewer, listed.kind).await?;
    let own = views.iter().find(|view| view.id == id && view.owner == viewer.name).ok_or_else(WebError::not_found)?;
    if sent.deed == "delete" {
        app.store().delete_view(viewer, id).await?;
        let said = format!("{}“{}”", page.t("已删除视图", "Deleted the view "), own.name);
        return Ok(page.go_saying(&address(listed, &now), Notice::said(said)));
    }
    let query = if sent.deed == "replace" { &now } else { &own.query };
    app.store().save_view(viewer, listed.kind, &sent.name, query, sent.shared == "1").await?;
    if own.name != sent.name.trim() {
        app.store().delete_view(viewer, id).await?;
    }
    let said = format!("{}“{}”", page.t("已保存视图", "Saved the view "), sent.name.trim());
    Ok(page.go_saying(&address(listed, query), Notice::said(said)))
}
