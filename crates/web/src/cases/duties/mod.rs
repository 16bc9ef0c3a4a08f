//! Duty reports (日报、零报告、月报): who must report what by when, the reports that open by themselves when
//! they are due, the page on which one is filled in, and who has reported on a day.

pub mod book;
pub mod day;
pub mod opening;
pub mod report;
pub(crate) mod setting;
pub(crate) mod sheet;

use loops::Kind;
use loops::duty::Book;
use store::Store;

use crate::WebError;
use crate::cases::decided;

/// Under which key the zone keeps its forms and duties.
const KEY: &str = "duties";

/// The forms and duties of the zone, and which version of them; none before the first was written.
///
/// # Errors
/// What the store reports.
pub async fn known(store: &Store) -> Result<(Book, i64), WebError> {
    Ok(decided::known(store, KEY).await?.unwrap_or_default())
}

/// The kind of the reports.
fn kind() -> Result<&'static Kind, WebError> {
    loops::by_key("duty_report").ok_or_else(|| WebError::broken("there is no kind “duty_report”"))
}
