//! `/cases/{kind}/calendar`: what is due on which day of a month.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use kernel::Lang;
use store::cases::CaseRow;

use super::ask::{Ask, Which};
use super::line::{Line, Names};
use super::month::Month;
use super::tabs::Tabs;
use super::words::{self, Look};
use super::{begin, query};
use crate::frame::path;
use crate::{App, Page, WebError};

/// How many cases of a day are shown; the rest are a list away.
const SHOWN: usize = 4;
/// How many cases of a month are read.
const MOST: u64 = 500;

/// A day of the sheet.
struct Day {
    class: String,
    label: String,
    holiday: String,
    rows: Vec<Line>,
    more: usize,
    address: String,
}

#[derive(Template)]
#[template(path = "cases/calendar.html")]
struct CalendarPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    begin: Option<String>,
    month: String,
    before: String,
    after: String,
    weekdays: [&'static str; 7],
    weeks: Vec<Vec<Day>>,
    none: bool,
}

/// Shows a month within the viewer's rows.
///
/// # Errors
/// An unknown kind; a filter or month that cannot be read; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    let month = asked_month(&page)?;
    let weeks = month.weeks();
    let (first, last) = (weeks[0][0], weeks[weeks.len() - 1][6]);
    let ask = Ask::read(&page.query, Some(kind))?;
    let ask = ask.with(|ask| ask.which = Which::Open);
    let filter = query::filter(&ask, Some(kind), page.today);
    let found = app.store().case_calendar(viewer, &filter, (first, last), MOST).await?;
    let mut names = Names::of(&app, &[]).await?;
    for rows in found.values() {
        names.add(&app, rows).await?;
    }
    let lines = |rows: &Vec<CaseRow>| rows.iter().map(|row| Line::of(&page, &names, row)).collect();
    let mut by_day: BTreeMap<Date, Vec<Line>> = found.iter().map(|(day, rows)| (*day, lines(rows))).collect();
    let (base, none) = (look.path(), by_day.keys().all(|day| !month.has(*day)));
    let calendar = app.store().timing().calendar();
    let sheet = weeks.into_iter().map(|week| {
        let days = week.into_iter().map(|day| {
            let rows = by_day.remove(&day).unwrap_or_default();
            let address = ask.with(|ask| (ask.due_from, ask.due_to) = (Some(day), Some(day))).address(&base);
            sheet_day(&page, month, day, rows, address, calendar)
        });
        days.collect()
    });
    let turned = |month: Month| path::with_query(&format!("{base}/calendar"), [("month", month.key().as_str())]);
    page.show(CalendarPage {
        tabs: Tabs::of(&page, look, "calendar"),
        begin: begin::may_open(&page, kind).then(|| format!("{base}/new")),
        month: match page.lang {
            Lang::Zh => month.first().strftime("%Y 年 %-m 月").to_string(),
            Lang::En => month.first().strftime("%B %Y").to_string(),
        },
        before: turned(month.before()),
        after: turned(month.after()),
        weekdays: match page.lang {
            Lang::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
            Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        },
        weeks: sheet.collect(),
        none,
        look,
        page: &page,
    })
}

/// The month of `?month=`; this one where none is asked for.
///
/// # Errors
/// A text that is no month.
pub(super) fn asked_month(page: &Page) -> Result<Month, WebError> {
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "month");
    let Some((_, asked)) = asked.filter(|(_, text)| !text.trim().is_empty()) else { return Ok(Month::of(page.today)) };
    Month::read(asked.trim()).ok_or_else(|| {
        let asked: String = asked.chars().take(40).collect();
        WebError::bad_request(
            format!("“{asked}”不是一个月份，应写作 2026-11 这样的形式。"),
            format!("“{asked}” is not a month; write it like 2026-11."),
        )
    })
}

fn sheet_day(
    page: &Page,
    month: Month,
    day: Date,
    mut rows: Vec<Line>,
    address: String,
    calendar: &kernel::calendar::Calendar,
) -> Day {
    let more = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    let class = [
        ("x-other", !month.has(day)),
        ("x-off", calendar.is_workday(day) == Ok(false)),
        ("x-this-day", day == page.today),
        ("x-free", rows.is_empty()),
    ];
    let class: Vec<&str> = class.into_iter().filter(|(_, holds)| *holds).map(|(class, _)| class).collect();
    Day {
        class: class.join(" "),
        label: if day.day() == 1 || !month.has(day) {
            format!("{}-{}", day.month(), day.day())
        } else {
            day.day().to_string()
        },
        holiday: calendar.holiday(day).unwrap_or_default().to_owned(),
        rows,
        more,
        address,
    }
}
