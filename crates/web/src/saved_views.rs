//! Saved views (已存视图) of any list: the drop-down that shows them, and what its forms do.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use store::access::Action;
use store::saved_view::ListOf;
use uuid::Uuid;

use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// A view as the forms of the drop-down send it.
#[derive(Debug, Deserialize)]
pub struct Sent {
    /// The kind that is listed, by key; empty for every kind of case.
    pub kind: String,
    /// The query of the list as it is shown.
    #[serde(default)]
    pub query: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    shared: String,
    #[serde(default, rename = "do")]
    deed: String,
}

/// A list with what it is asked for at present.
#[derive(Debug)]
pub struct Asked {
    /// The list.
    pub of: ListOf,
    /// Its address.
    pub path: String,
    /// What it is asked for, without the question mark and the place in the list.
    pub query: String,
}

impl Asked {
    fn address(&self, query: &str) -> String {
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }
}

/// Keeps what a list is asked for under a name, and shows the list again.
///
/// # Errors
/// An unfit name; sharing without the right.
pub async fn keep(app: &App, page: &Page, asked: &Asked, sent: &Sent) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    app.store().save_view(viewer, asked.of, &sent.name, &asked.query, sent.shared == "1").await?;
    let said = format!("{}“{}”", page.t("已保存视图", "Saved the view "), sent.name.trim());
    Ok(page.go_saying(&asked.address(&asked.query), Notice::said(said)))
}

/// Renames, replaces, shares or deletes one of one's own views of a list.
///
/// # Errors
/// No such view of this person on this list; an unfit name.
pub async fn change(app: &App, page: &Page, id: &str, asked: &Asked, sent: &Sent) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    let views = app.store().saved_views(viewer, asked.of).await?;
    let own = views.iter().find(|view| view.id == id && view.owner == viewer.name).ok_or_else(WebError::not_found)?;
    if sent.deed == "delete" {
        app.store().delete_view(viewer, id).await?;
        let said = format!("{}“{}”", page.t("已删除视图", "Deleted the view "), own.name);
        return Ok(page.go_saying(&asked.address(&asked.query), Notice::said(said)));
    }
    let query = if sent.deed == "replace" { &asked.query } else { &own.query };
    app.store().save_view(viewer, asked.of, &sent.name, query, sent.shared == "1").await?;
    if own.name != sent.name.trim() {
        app.store().delete_view(viewer, id).await?;
    }
    let said = format!("{}“{}”", page.t("已保存视图", "Saved the view "), sent.name.trim());
    Ok(page.go_saying(&asked.address(query), Notice::said(said)))
}

/// A view in the drop-down.
struct Link {
    id: Uuid,
    name: String,
    address: String,
    shared: bool,
    own: bool,
    current: bool,
}

/// The drop-down of a list's views.
#[derive(Template)]
#[template(path = "saved_views.html")]
pub struct Views<'a> {
    page: &'a Page,
    /// Where its forms are sent.
    action: &'static str,
    kind: &'static str,
    query: String,
    links: Vec<Link>,
    can_share: bool,
    hint: &'static str,
    replacing: &'static str,
    example: &'static str,
}

impl askama::filters::HtmlSafe for Views<'_> {}

impl<'a> Views<'a> {
    /// The views of a list that the person sees.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn read(app: &App, page: &'a Page, asked: &Asked) -> Result<Self, WebError> {
        let viewer = page.viewer()?;
        let views = app.store().saved_views(viewer, asked.of).await?;
        let links = views.into_iter().map(|view| Link {
            id: view.id,
            address: page.link(&asked.address(&view.query)),
            shared: view.shared,
            own: view.owner == viewer.name,
            current: view.query == asked.query,
            name: view.name,
        });
        let (links, query, can_share) = (links.collect(), asked.query.clone(), page.can(Action::ShareView));
        Ok(match asked.of {
            ListOf::Subjects(kind) => Self {
                page,
                action: "/register/views",
                kind: kind.key(),
                query,
                links,
                can_share,
                hint: page.t(
                    "把现在的筛选、排序和列存为视图，下次一点即回。",
                    "Keep these filters, order and columns as a view, one click away.",
                ),
                replacing: page.t("用现在的筛选、排序和列替换", "Replace it by the present filters, order and columns"),
                example: page.t("如：年内到期高企", "such as: expiring this year"),
            },
            ListOf::Cases(kind) => Self {
                page,
                action: "/cases/views",
                kind: kind.map_or("", |kind| kind.key),
                query,
                links,
                can_share,
                hint: page.t(
                    "把现在的筛选和排序存为视图，下次一点即回。",
                    "Keep these filters and order as a view, one click away.",
                ),
                replacing: page.t("用现在的筛选和排序替换", "Replace it by the present filters and order"),
                example: page.t("如：本单位红色事项", "such as: red cases of my unit"),
            },
        })
    }
}
