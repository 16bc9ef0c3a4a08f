//! `/resources/export`: the directory as it is filtered, or what may answer a need, as a workbook.

use axum::extract::State;
use axum::response::Response;
use kernel::SubjectKind;
use loops::matching::Sort;
use reports::workbook::{Align, Column, OutCell};

use super::find;
use super::page::{Asked, answers, case_of};
use crate::cases::export::workbook;
use crate::{App, Page, WebError};

/// Rows of each kind in one workbook.
const MOST: u64 = 2_000;

/// Writes the workbook.
///
/// # Errors
/// As the page; a full disk.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer_within()?;
    let asked = Asked::read(&page);
    let mut rows: Vec<Vec<OutCell>> = Vec::new();
    if let Some(case) = case_of(&app, &page, &asked).await? {
        for answer in answers(&app, &page, &case).await? {
            rows.push(cells([
                answer.sort,
                &answer.found.name,
                &answer.found.more,
                &answer.found.unit,
                &answer.reasons,
            ]));
        }
    } else {
        for sort in Sort::ALL.into_iter().filter(|sort| asked.sort.is_none_or(|one| one == *sort)) {
            let (found, _, _) = find::listed(&app, &page, sort, &asked.words, MOST, None).await?;
            rows.extend(found.iter().map(|one| cells([sort.label(page.lang), &one.name, &one.more, &one.unit, ""])));
        }
    }
    // Lists that leave the register are written down, by the kind most of it is of.
    app.store().record_export(&viewer.name, SubjectKind::Platform, rows.len() as u64, &page.query).await?;
    let heads = heads(&page);
    let name = format!("{}-{}", page.t("六类资源", "resources"), page.today);
    workbook(&name, &format!("resources-{}", page.today), heads, rows).await
}

fn cells(texts: [&str; 5]) -> Vec<OutCell> {
    let cell = |text: &str| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text.to_owned()) };
    texts.into_iter().map(cell).collect()
}

fn heads(page: &Page) -> Vec<Column> {
    let column = |zh: &str, en: &str, width: f64| Column {
        heading: page.t(zh, en).to_owned(),
        width,
        align: Align::Left,
        format: String::new(),
        hidden: false,
    };
    vec![
        column("类别", "Kind", 10.0),
        column("名称", "Name", 40.0),
        column("说明", "About it", 40.0),
        column("单位", "Unit", 18.0),
        column("匹配理由", "Why it matches", 40.0),
    ]
}
