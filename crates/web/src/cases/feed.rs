//! `/calendar/{token}.ics`: what waits for a person, as a calendar that phones and mail programs subscribe to.
//!
//! Such a program shows no session: the address itself bears a personal token. It must be one that only
//! reads, since it will lie in the settings of that program; revoking it ends the subscription.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use store::access::{Action, Reach};
use store::cases::CaseRow;

use super::{ics, line, words};
use crate::frame::day;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// How many entries a calendar has.
const MOST: u64 = 500;

/// How long an address lasts, in days.
const LASTS: u16 = 365;

/// Writes the calendar of whoever the token belongs to.
///
/// # Errors
/// The token is not known, has ended or may write; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(file): Path<String>) -> Result<Response, WebError> {
    let secret = file.strip_suffix(".ics").ok_or_else(WebError::not_found)?;
    let (viewer, token) = app.store().token_viewer(secret).await?.ok_or_else(WebError::not_found)?;
    if token.reach != Reach::Read || !viewer.can(Action::ReadCases) {
        return Err(WebError::not_found());
    }
    let found = app.store().today(&viewer, MOST).await?;
    let origin = app.settings().public_origin.clone().unwrap_or_default();
    let entries: Vec<ics::Entry> = found.rows.iter().filter_map(|row| entry(row, &viewer, &origin)).collect();
    let text = ics::write(
        &format!("{} · {}", app.zone_name(viewer.lang), viewer.lang.pick("今日", "Today")),
        &entries,
        page.now,
    );
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"today.ics\""));
    Ok(response)
}

fn entry(row: &CaseRow, viewer: &store::access::Viewer, origin: &str) -> Option<ics::Entry> {
    let due = line::due(row)?;
    let kind = row.kind.label(viewer.lang);
    // What is private stays off other people's servers: its number says enough.
    let title = if row.private { row.number.as_str() } else { row.title.as_str() };
    let address = words::address(row.kind.key, &row.number);
    let about = if row.private { "" } else { row.subject_name.as_str() };
    Some(ics::Entry {
        uid: format!("{}@xianshou", row.id),
        day: super::clock::day_of(due),
        title: format!("{kind} {title}"),
        about: format!("{} {} {about}", row.number, row.state.label(viewer.lang)),
        url: if origin.is_empty() { String::new() } else { format!("{origin}{address}") },
    })
}

/// `POST /today/calendar`: makes an address to subscribe to, and shows it this once.
///
/// # Errors
/// What the store reports.
pub async fn subscribe(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let name = format!("{} {}", page.t("日历订阅", "Calendar"), day::minute(page.now));
    let (_, secret) = app.store().create_token(viewer, &name, Reach::Read, LASTS).await?;
    let origin = app.settings().public_origin.clone().unwrap_or_default();
    let address = format!("{origin}/calendar/{secret}.ics");
    let said = match page.lang {
        kernel::Lang::Zh => format!("日历地址（只显示这一次，可在“我的账号”收回）：{address}"),
        kernel::Lang::En => format!("The calendar’s address, shown this once; revoke it under “My account”: {address}"),
    };
    Ok(page.go_saying("/today", Notice::said(said)))
}
