//! Mending in place: a cell, a row left out, a whole sort of fault.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use intake::Plan;
use serde::Deserialize;
use store::access::Action;

use crate::frame::page::Wants;
use crate::importing::check::{self, View};
use crate::importing::checked::Book;
use crate::importing::checks::Standing;
use crate::importing::draft::{self, Import};
use crate::importing::suggest::Suggest;
use crate::{App, Page, WebError};
use std::sync::Arc;
use std::time::Duration;

/// The longest text of a repaired cell.
const LONGEST: usize = 4_000;
/// The most cells that are repaired by hand; whoever needs more mends the sheet itself.
const MOST: usize = 20_000;

/// One cell, with the part of the faults that was shown.
#[derive(Debug, Deserialize)]
pub struct Cell {
    row: u32,
    column: usize,
    #[serde(default)]
    text: String,
    #[serde(default)]
    s: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    p: String,
}

/// Takes a new text for a cell and checks again. What was typed stays, right or wrong.
///
/// # Errors
/// There is no such draft of this person; the text is too long; what the store reports.
pub async fn fix(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(cell): Form<Cell>,
) -> Result<Response, WebError> {
    if cell.text.chars().count() > LONGEST || cell.column > 16_384 {
        return Err(WebError::invalid(
            format!("单元格最多 {LONGEST} 字。请改短后再保存。"),
            format!("A cell holds at most {LONGEST} characters. Shorten it."),
        ));
    }
    let mut full = false;
    let import = change(&app, &page, &id, &cell.s, |plan| {
        full = fixes(plan) >= MOST;
        if !full {
            plan.fixes.entry(cell.row).or_default().insert(cell.column, cell.text.trim().to_owned());
        }
    })
    .await?;
    if full { Err(too_many()) } else { back(&app, &page, &import, (cell.s, cell.group, cell.p)).await }
}

/// Changes the plan of one sheet.
async fn change(
    app: &App,
    page: &Page,
    id: &str,
    sheet: &str,
    mut decide: impl FnMut(&mut Plan),
) -> Result<Import, WebError> {
    let mut there = true;
    let import = draft::change(app, page, id, |prepared| match prepared.plan_mut(sheet) {
        Some(plan) => decide(plan),
        None => there = false,
    })
    .await?;
    if there { Ok(import) } else { Err(gone()) }
}

fn fixes(plan: &Plan) -> usize {
    plan.fixes.values().map(std::collections::BTreeMap::len).sum()
}

fn too_many() -> WebError {
    WebError::invalid(
        format!("在页面上最多改 {MOST} 格。请在原表中改好后重新上传。"),
        format!("At most {MOST} cells can be mended on the page. Mend the sheet itself and upload it again."),
    )
}

/// Takes a repair back: the cell is as the sheet has it.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn unfix(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(cell): Form<Cell>,
) -> Result<Response, WebError> {
    let import = change(&app, &page, &id, &cell.s, |plan| {
        if let Some(cells) = plan.fixes.get_mut(&cell.row) {
            cells.remove(&cell.column);
        }
        plan.fixes.retain(|_, cells| !cells.is_empty());
    })
    .await?;
    back(&app, &page, &import, (cell.s, cell.group, cell.p)).await
}

/// A row, or every row with one sort of fault.
#[derive(Debug, Deserialize)]
pub struct Rows {
    #[serde(default)]
    row: Option<u32>,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    s: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    p: String,
}

/// Leaves a row out, or every row that has this sort of fault.
///
/// # Errors
/// There is no such draft of this person; the check is not over; what the store reports.
pub async fn skip(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(asked): Form<Rows>,
) -> Result<Response, WebError> {
    let rows = match asked.row {
        Some(row) => vec![row],
        None => {
            let book = checked(&app, &page, &id).await?;
            let checked = book.sheet(&asked.s);
            let group = checked.group(&asked.sort).ok_or_else(gone)?;
            checked.faulty_rows(Some(group))
        }
    };
    let import = change(&app, &page, &id, &asked.s, |plan| plan.skipped.extend(rows.iter().copied())).await?;
    back(&app, &page, &import, (asked.s, asked.group, asked.p)).await
}

/// Takes a row that was left out in again; all of them when none is named.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn restore(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(asked): Form<Rows>,
) -> Result<Response, WebError> {
    let import = change(&app, &page, &id, &asked.s, |plan| match asked.row {
        Some(row) => {
            plan.skipped.remove(&row);
        }
        None => plan.skipped.clear(),
    })
    .await?;
    back(&app, &page, &import, (asked.s, asked.group, asked.p)).await
}

/// Takes every suggestion for one sort of fault.
///
/// # Errors
/// There is no such draft of this person; the check is not over; what the store reports.
pub async fn accept(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(asked): Form<Rows>,
) -> Result<Response, WebError> {
    let book = checked(&app, &page, &id).await?;
    let checked = book.sheet(&asked.s);
    let group = checked.group(&asked.sort).ok_or_else(gone)?;
    let units = app.store().units().await?;
    let units = units.in_order().into_iter().skip(1).map(|unit| unit.name.clone()).collect();
    let suggest = Suggest { catalogue: app.catalogue(), kind: checked.kind, units, lang: page.lang };
    let offers: Vec<(u32, usize, String)> = group
        .faults
        .iter()
        .map(|at| &checked.wrong[*at])
        .filter_map(|fault| Some((fault.row, fault.at?, check::offer(&suggest, checked, fault)?)))
        .collect();
    let import = change(&app, &page, &id, &asked.s, |plan| {
        for (row, at, text) in &offers {
            plan.fixes.entry(*row).or_default().insert(*at, text.clone());
        }
    })
    .await?;
    back(&app, &page, &import, (asked.s, asked.group, asked.p)).await
}

async fn checked(app: &App, page: &Page, id: &str) -> Result<Arc<Book>, WebError> {
    let import = match draft::open(app, page, id).await? {
        Ok(import) => import,
        Err(_) => return Err(gone()),
    };
    let scope = page.viewer()?.scope_for(Action::Import);
    match app.checks().of(app, &import, &scope, Duration::from_secs(20)).await {
        Standing::Over(Ok(checked)) => Ok(checked),
        Standing::Over(Err(error)) => Err(check::refused(&error)),
        Standing::Reading(_) => Err(WebError::busy("the check is not over")),
    }
}

fn gone() -> WebError {
    WebError::conflict(
        "这类问题已经没有了，页面可能已经更新。没有做任何改动，请刷新后再操作。",
        "Faults of this sort are gone; the page may have changed meanwhile. Nothing was changed; reload it and try again.",
    )
}

/// The faults as they are after the change, on the same part of them.
async fn back(
    app: &App,
    page: &Page,
    import: &Import,
    (s, group, p): (String, String, String),
) -> Result<Response, WebError> {
    let view = View { s, group, p };
    match page.wants {
        Wants::Fragment => check::answer(app, page, import, &view).await,
        _ => Ok(page.go(&view.address(import))),
    }
}
