//! Tasks on the wall (挂图作战): goals split to units and persons by months, the wall map, regular meetings whose
//! agenda is what is late and whose minutes become tasks.

pub mod goals;
pub mod meeting;
pub mod meetings;
pub mod split;
pub mod wall;

use kernel::calendar::Calendar;
use loops::colour::Measured;
use loops::{Case, Given, Kind};
use store::StoreError;

use crate::cases::act;
use crate::{App, Page, WebError};

/// The kind of the tasks.
fn kind() -> Result<&'static Kind, WebError> {
    loops::by_key("task").ok_or_else(|| WebError::broken("there is no kind “task”"))
}

/// Opens these tasks, each once: one that was opened for the same occasion before is left as it is, so
/// that whoever was interrupted begins again without harm.
///
/// # Errors
/// What stands against a task, in the person's words; what the store reports.
async fn open_all(app: &App, page: &Page, tasks: Vec<Given>) -> Result<usize, WebError> {
    let (viewer, kind) = (page.viewer()?, kind()?);
    let occasions: Vec<String> = tasks.iter().filter_map(|task| task.occasion.clone()).collect();
    let met = app.store().occasions_met(kind, &occasions).await?;
    let mut opened = 0;
    for task in tasks {
        if task.occasion.as_ref().is_some_and(|occasion| met.contains(occasion)) {
            continue;
        }
        match app.store().open_case(viewer, kind, task).await {
            Ok(_) => opened += 1,
            Err(StoreError::Duplicate) => {}
            Err(error) => return Err(act::said(error)),
        }
    }
    Ok(opened)
}

/// How far a task is today: planned and done, in per cent of its plan; `None` without a plan.
fn progress(case: &Case, page: &Page) -> Option<loops::plan::Progress> {
    case.plan.as_ref().map(|plan| plan.progress(page.today))
}

/// How late a task is: days past its due, and months missed in a row. What cannot be counted is not late.
fn lateness(case: &Case, page: &Page, calendar: &Calendar) -> (i64, u32) {
    let measured = Measured::of(case, case.plan.as_ref(), page.now, calendar).unwrap_or_default();
    (measured.days_late, measured.progress.months_missed)
}

/// A share as it is shown.
fn percent(share: rust_decimal::Decimal) -> String {
    format!("{}%", share.round_dp(0).normalize())
}
