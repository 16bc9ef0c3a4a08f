//! The log as a table to take away: what is shown, in words, with the raw particulars beside them.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::log::Asked;
use super::words;
use crate::frame::day;
use crate::{App, Page, WebError};

/// Hands out the entries that match as csv, readable by any spreadsheet program; that it was taken
/// away goes into the log first.
///
/// # Errors
/// A text that is no day; what the store reports.
pub async fn export(State(app): State<App>, page: Page, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let lang = page.lang;
    let mut text = String::from("\u{feff}");
    let heads = if lang == kernel::Lang::Zh {
        ["序号", "时间", "操作人", "事项", "内容", "对象", "原始事项", "原始内容"]
    } else {
        ["No.", "When", "Who", "What", "Particulars", "About", "Kind", "Data"]
    };
    write_row(&mut text, &heads.map(str::to_owned));
    app.store()
        .export_log(&asked.filter()?, &page.viewer()?.name, |entry| {
            let row = [
                entry.seq.to_string(),
                day::second(entry.at),
                entry.by.clone(),
                words::name(&entry.kind, lang),
                words::particulars(&entry, lang),
                entry.reference.clone().unwrap_or_default(),
                entry.kind.clone(),
                entry.data.to_string(),
            ];
            write_row(&mut text, &row);
            Ok(())
        })
        .await?;
    let name = format!("attachment; filename=\"xianshou-log-{}.csv\"", page.today);
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(WebError::broken)?);
    Ok(response)
}

/// One row of csv. A cell that a spreadsheet program would take for a formula is led by an
/// apostrophe, which makes it text.
fn write_row(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        text.push('"');
        if formula {
            text.push('\'');
        }
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_a_quote_is_doubled() {
        let mut text = String::new();
        write_row(&mut text, &["=HYPERLINK(\"x\")".to_owned(), "a,b".to_owned(), "+1".to_owned()]);
        assert_eq!(text, "\"'=HYPERLINK(\"\"x\"\")\",\"a,b\",\"'+1\"\r\n");
    }
}
