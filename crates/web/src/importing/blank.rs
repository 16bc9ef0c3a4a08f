//! `/imports/blank/{kind}`: an empty sheet with the right headings, to be filled in.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::importing::marked::download;
use crate::{App, Page, WebError};

/// Years for which the empty sheet has columns.
const YEARS: i16 = 3;

/// Hands out the empty sheet of a kind.
///
/// # Errors
/// There is no such kind; the workbook cannot be written.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let kind = super::kind(&kind).ok_or_else(WebError::not_found)?;
    let last = page.today.year() - 1;
    let years: Vec<i16> = (last - YEARS + 1..=last).collect();
    let (catalogue, lang) = (app.catalogue().clone(), page.lang);
    let written = tokio::task::spawn_blocking(move || reports::workbook::template(kind, &catalogue, &years, lang))
        .await
        .map_err(WebError::broken)?
        .map_err(WebError::broken)?;
    let title = page.t("导入模板", "empty sheet");
    download(&format!("{} {title}.xlsx", page.t(kind.zh(), kind.en())), written)
}
