//! `/cases/duty_report/grid`: who reported, who said that there was nothing, who is silent and who is late,
//! as a sheet of unit by day.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kernel::Lang;
use loops::Case;
use loops::duty::{Expected, Occasion, Standing, standing};
use store::access::UnitId;
use store::cases::{CaseFilter, CaseRow};

use crate::cases::calendar::asked_month;
use crate::cases::duties::day::tone;
use crate::cases::line::Names;
use crate::cases::list::scope_note;
use crate::cases::tabs::Tabs;
use crate::cases::words::{self, LOOKS, Look};
use crate::frame::{day, path};
use crate::{App, Page, WebError};

/// How many days before its day a report may open.
const BEFORE: i64 = 28;
/// How many days after its day a report may still open.
const AFTER: i64 = 35;

/// Every way in which a unit may stand with a report, in the order of the key.
const STANDINGS: [Standing; 7] = [
    Standing::Reported { late: false },
    Standing::Nothing { late: false },
    Standing::Unsigned,
    Standing::Waiting,
    Standing::Silent,
    Standing::Reported { late: true },
    Standing::Nothing { late: true },
];

/// The sign of a standing in the sheet: never the colour alone.
fn sign(standing: Standing, lang: Lang) -> &'static str {
    match standing {
        Standing::Reported { late: false } => lang.pick("报", "R"),
        Standing::Nothing { late: false } => lang.pick("零", "0"),
        Standing::Unsigned => lang.pick("签", "S"),
        Standing::Waiting => lang.pick("待", "·"),
        Standing::Silent => lang.pick("缺", "—"),
        Standing::Reported { late: true } => lang.pick("迟", "L"),
        Standing::Nothing { late: true } => lang.pick("迟零", "L0"),
    }
}

/// How a unit stands with the report of a case, and the day it is about: that of its occasion, or the one
/// on which a person asked for it.
fn stands(row: &CaseRow, case: &Case, now: Timestamp) -> (Date, Standing) {
    let occasion = case.about.occasion.as_deref().and_then(Occasion::read);
    let on = occasion.map_or_else(|| day::day_of(row.opened_at), |occasion| occasion.day);
    // One that a person asked for is late when its clock said so.
    let was_missed = case.stays.iter().any(|stay| stay.state.key == "missing");
    let clocked = if row.is_ended() && !was_missed { Timestamp::MAX } else { row.opened_at };
    let by_clock = row.due_at.filter(|_| row.state.key == "due").unwrap_or(clocked);
    let expected =
        Expected { day: on, form: String::new(), unit: String::new(), due: case.due_at.unwrap_or(by_clock), opens: on };
    (on, standing(&expected, Some(case), now))
}

/// A day of a unit.
struct Cell {
    class: &'static str,
    sign: &'static str,
    label: String,
    address: String,
}

/// A unit's month.
struct UnitRow {
    name: String,
    cells: Vec<Option<Cell>>,
    missed: usize,
}

#[derive(Template)]
#[template(path = "cases/grid.html")]
struct GridPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    scope_note: String,
    month: String,
    before: String,
    after: String,
    days: Vec<(String, bool)>,
    rows: Vec<UnitRow>,
    key: Vec<(&'static str, &'static str, &'static str)>,
}

/// Shows a month of duty reports within the viewer's rows.
///
/// # Errors
/// A month that cannot be read; what the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let look = &LOOKS[2];
    let month = asked_month(&page)?;
    let filter = CaseFilter {
        kinds: vec![look.kind.to_owned()],
        // A report may open some days before the day it is about, or after a time nobody minded.
        opened_from: Some(month.first().saturating_sub(BEFORE.days())),
        opened_by: Some(month.last().saturating_add(AFTER.days())),
        ..CaseFilter::default()
    };
    let found = app.store().case_folds(viewer, &filter).await?;
    let names = Names::of(&app, &[]).await?;
    let days: Vec<Date> =
        (0..i64::from(month.last().day())).map(|days| month.first().saturating_add(days.days())).collect();
    let mut sheet: BTreeMap<Option<UnitId>, BTreeMap<Date, Vec<Cell>>> = BTreeMap::new();
    let mut missed: BTreeMap<Option<UnitId>, usize> = BTreeMap::new();
    for (row, case) in &found {
        let (on, standing) = stands(row, case, page.now);
        if !month.has(on) {
            continue;
        }
        let cell = Cell {
            class: tone(standing).key(),
            sign: sign(standing, page.lang),
            label: format!("{} · {} · {}", row.title, standing.label(page.lang), row.number),
            address: words::address(row.kind.key, &row.number),
        };
        *missed.entry(row.unit).or_default() += usize::from(standing == Standing::Silent);
        sheet.entry(row.unit).or_default().entry(on).or_default().push(cell);
    }
    let rows = sheet.into_iter().map(|(unit, mut by_day)| UnitRow {
        name: unit.map_or_else(String::new, |unit| names.unit(unit)),
        // A unit with several reports on a day is shown by the last.
        cells: days.iter().map(|day| by_day.remove(day).and_then(|mut cells| cells.pop())).collect(),
        missed: missed.get(&unit).copied().unwrap_or_default(),
    });
    let mut rows: Vec<UnitRow> = rows.collect();
    rows.sort_by(|a, b| b.missed.cmp(&a.missed).then_with(|| a.name.cmp(&b.name)));
    let calendar = app.store().timing().calendar();
    let turned = |month: crate::cases::month::Month| {
        path::with_query("/cases/duty_report/grid", [("month", month.key().as_str())])
    };
    page.show(GridPage {
        tabs: Tabs::of(&page, look, "grid"),
        scope_note: scope_note(&page, viewer, &names.units),
        month: month.key(),
        before: turned(month.before()),
        after: turned(month.after()),
        days: days.iter().map(|day| (day.day().to_string(), calendar.is_workday(*day) == Ok(false))).collect(),
        rows,
        key: STANDINGS.iter().map(|one| (tone(*one).key(), sign(*one, page.lang), one.label(page.lang))).collect(),
        look,
        page: &page,
    })
}
