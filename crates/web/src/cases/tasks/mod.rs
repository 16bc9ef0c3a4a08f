//! Tasks on the wall (挂图作战): goals split to units and persons by months, the wall map, regular meetings whose
//! agenda is what is late and whose minutes become tasks.

pub mod goals;
pub mod meeting;
pub mod meetings;
pub mod split;
pub mod wall;

use jiff::civil::Date;
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::colour::Measured;
use loops::{Case, Given, Kind};
use rust_decimal::Decimal;
use store::StoreError;
use store::cases::CaseView;

use crate::cases::act;
use crate::cases::month::Month;
use crate::register::amount;
use crate::ui::{Safe, escaped};
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
fn percent(share: Decimal) -> String {
    format!("{}%", share.round_dp(0).normalize())
}

/// The plan of a task by months beside what was done, for the page of the case; `None` without a plan.
pub fn panel(page: &Page, found: &CaseView) -> Option<Safe> {
    let plan = found.case.plan.as_ref()?;
    let progress = plan.progress(page.today);
    let mut months: Vec<Date> = plan.months.iter().map(|month| month.month.first_of_month()).collect();
    months.sort_unstable();
    months.dedup();
    let row = |month: &Date| {
        let planned: Decimal =
            plan.months.iter().filter(|one| one.month.first_of_month() == *month).map(|one| one.amount).sum();
        let done: Decimal =
            plan.done.iter().filter(|one| one.on.first_of_month() == *month).map(|one| one.amount).sum();
        let (by, had) = (plan.planned_by(*month), plan.done_by(month.last_of_month()));
        let short = month.last_of_month() < page.today && had < by;
        let class = if short { " class=\"x-short\"" } else { "" };
        format!(
            "<tr{class}><td>{}</td><td class=\"num\" data-head=\"{}\">{}</td><td class=\"num\" data-head=\"{}\">{}</td><td class=\"num\" data-head=\"{}\">{} / {}</td></tr>",
            Month::of(*month).key(),
            page.t("计划", "Planned"),
            amount::shown(planned),
            page.t("完成", "Done"),
            amount::shown(done),
            page.t("累计完成/计划", "In all, done/planned"),
            amount::shown(had),
            amount::shown(by),
        )
    };
    let rows: String = months.iter().map(row).collect();
    let said = match page.lang {
        Lang::Zh => format!("序时 {}，完成 {}", percent(progress.planned), percent(progress.done)),
        Lang::En => format!("{} planned by now, {} done", percent(progress.planned), percent(progress.done)),
    };
    let heads = [
        page.t("月份", "Month"),
        page.t("计划", "Planned"),
        page.t("完成", "Done"),
        page.t("累计完成/计划", "In all, done/planned"),
    ];
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    Some(Safe(format!(
        "<section class=\"card\" id=\"plan\"><div class=\"card-header\"><h2 class=\"card-title\">{} <span class=\"text-secondary\" lang=\"zh-CN\">{}{}</span></h2><div class=\"card-actions\">{said}</div></div><div class=\"x-scroll\"><table class=\"table x-cards\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>",
        page.t("逐月计划", "Plan by months"),
        amount::shown(plan.total()),
        escaped(&plan.measure),
    )))
}
