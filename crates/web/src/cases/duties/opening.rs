//! Reports open by themselves: one for each unit, form and day, whatever happened to the server meanwhile.

use jiff::civil::Date;
use loops::Given;
use loops::duty::Expected;
use store::StoreError;

use super::{kind, known};
use crate::frame::day;
use crate::{App, WebError};

/// Up to which day and by which version of the book everything is open: nothing is looked up again before
/// one of them is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    day: Option<Date>,
    version: i64,
}

/// Opens the reports that are due and not open yet. Several servers may do so at once, and one that was
/// away for days catches up: what a report is for stands in it, and the register takes that once. Returns
/// what could not be opened and why, in English for the log.
///
/// # Errors
/// What the store reports; it is tried again then.
pub async fn open_due(app: &App, opened: &mut Opened) -> Result<Vec<String>, WebError> {
    let store = app.store();
    let today = day::day_of(store.clock().now());
    let (book, version) = known(store).await?;
    let now = Opened { day: Some(today), version };
    if *opened == now {
        return Ok(Vec::new());
    }
    let kind = kind()?;
    let (due, uncounted) = book.open_on(today, store.timing().calendar());
    let mut left: Vec<String> =
        uncounted.iter().map(|(duty, error)| format!("{} of unit {}: {error}", duty.form, duty.unit)).collect();
    let occasions: Vec<String> = due.iter().map(Expected::occasion).collect();
    let met = store.occasions_met(kind, &occasions).await?;
    for (one, occasion) in due.iter().zip(occasions).filter(|(_, occasion)| !met.contains(occasion)) {
        let title = book.form(&one.form).map_or(one.form.as_str(), |form| form.title.as_str());
        let given = Given {
            title: Some(format!("{title} {}", one.day)),
            unit: Some(one.unit.clone()),
            due_at: Some(one.due),
            occasion: Some(occasion),
            ..Given::default()
        };
        match store.open_case_when_due(kind, given).await {
            Ok(_) => {}
            // Somebody else writes, or the database is away: the whole is tried again.
            Err(error @ (StoreError::Busy | StoreError::Disconnected(_))) => return Err(error.into()),
            // A unit that was closed owes nothing any more; the others go on.
            Err(error) => left.push(format!("{} of unit {} for {}: {error}", one.form, one.unit, one.day)),
        }
    }
    *opened = now;
    Ok(left)
}
