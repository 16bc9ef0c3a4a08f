//! `/cases/{kind}/board`: one kind of case as columns, one for each state.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::ask::{Ask, Which};
use super::line::{Line, Names};
use super::list::scope_note;
use super::tabs::Tabs;
use super::words::{self, Look};
use super::{begin, query};
use crate::ui::figure;
use crate::{App, Page, WebError};

/// How many cases a column shows; the rest are a list away.
const SHOWN: u64 = 20;

/// A column.
struct Lane {
    name: &'static str,
    address: String,
    counted: String,
    rows: Vec<Line>,
    has_more: bool,
}

#[derive(Template)]
#[template(path = "cases/board.html")]
struct BoardPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    scope_note: String,
    begin: Option<String>,
    lanes: Vec<Lane>,
}

/// Shows the board within the viewer's rows.
///
/// # Errors
/// An unknown kind; a filter that cannot be read; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    let ask = Ask::read(&page.query, Some(kind))?.with(|ask| (ask.state, ask.which) = (None, Which::All));
    let base = look.path();
    let found = app.store().case_board(viewer, kind, &query::filter(&ask, Some(kind), page.today), SHOWN).await?;
    let mut names = Names::of(&app, &[]).await?;
    for lane in &found {
        names.add(&app, &lane.rows).await?;
    }
    let lanes = found.iter().map(|lane| Lane {
        name: lane.state.label(page.lang),
        address: ask.with(|ask| ask.state = Some(lane.state.key)).address(&base),
        counted: figure::grouped(i64::try_from(lane.total).unwrap_or(i64::MAX)),
        has_more: lane.total > SHOWN,
        rows: lane.rows.iter().map(|row| Line::of(&page, &names, row)).collect(),
    });
    page.show(BoardPage {
        tabs: Tabs::of(&page, look, "board"),
        scope_note: scope_note(&page, viewer, &names.units),
        begin: begin::may_open(&page, kind).then(|| format!("{base}/new")),
        lanes: lanes.collect(),
        look,
        page: &page,
    })
}
