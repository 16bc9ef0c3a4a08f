//! `/imports/{id}/marked`: the workbook handed back, every fault marked and commented in its cell.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use reports::workbook::{CellNote, WriteError, marked_workbook};
use store::access::Action;

use crate::importing::checked::Book;
use crate::importing::checks::Standing;
use crate::importing::draft;
use crate::{App, Page, WebError};

/// How long whoever asks for the workbook waits for the check.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Hands out the workbook with its faults.
///
/// # Errors
/// There is no such draft of this person; the file cannot be read or written.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let import = draft::own(&app, &page, &id).await?;
    let scope = page.viewer()?.scope_for(Action::Import);
    let checked = match app.checks().of(&app, &import, &scope, PATIENCE).await {
        Standing::Over(Ok(checked)) => checked,
        Standing::Over(Err(error)) => return Err(super::check::refused(&error)),
        Standing::Reading(_) => return Err(WebError::busy("the check takes longer than two minutes")),
    };
    let notes = notes(&checked, page.lang);
    let bytes = app.store().file_bytes(&import.draft.file).await?;
    let lang = page.lang;
    let written = tokio::task::spawn_blocking(move || marked_workbook(bytes, &notes, lang))
        .await
        .map_err(WebError::broken)?
        .map_err(|error: WriteError| WebError::broken(error.say(kernel::Lang::En)))?;
    let name = import.draft.file_name.rsplit_once('.').map_or(import.draft.file_name.as_str(), |(name, _)| name);
    download(&format!("{name} {}.xlsx", page.t("问题标注", "faults")), written)
}

fn notes(book: &Book, lang: kernel::Lang) -> Vec<CellNote> {
    let faults = book.sheets.iter().flat_map(|sheet| sheet.head.iter().chain(&sheet.wrong));
    faults.map(|fault| fault.note(lang)).collect()
}

/// An answer that the browser saves as a workbook of this name.
///
/// # Errors
/// Never in practice: the name is encoded.
pub(super) fn download(name: &str, bytes: Vec<u8>) -> Result<Response, WebError> {
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    let disposition = HeaderValue::from_str(&disposition).map_err(WebError::broken)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(store::files::Media::Xlsx.content_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from(bytes)).into_response())
}
