//! `/cases/duty_report/grid`: who reported, who said that there was nothing, who is silent and who is late,
//! as a sheet of unit by day.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use store::access::UnitId;
use store::cases::{CaseFilter, CaseId, CaseRow};

use crate::cases::calendar::asked_month;
use crate::cases::line::Names;
use crate::cases::list::scope_note;
use crate::cases::tabs::Tabs;
use crate::cases::words::{self, LOOKS, Look};
use crate::frame::{day, path};
use crate::ui::Tone;
use crate::{App, Page, WebError};

/// What a unit's report of a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Something was reported.
    Reported,
    /// Nothing happened, and that was said.
    Nothing,
    /// It waits for the head's signature, or for an explanation.
    Pending,
    /// It is due.
    Due,
    /// Nobody said anything in time.
    Silent,
    /// It came, but late.
    Late,
}

impl Mark {
    const ALL: [Mark; 6] = [Mark::Reported, Mark::Nothing, Mark::Pending, Mark::Due, Mark::Silent, Mark::Late];

    /// Its sign in the sheet: never the colour alone.
    fn sign(self, lang: Lang) -> &'static str {
        match self {
            Mark::Reported => lang.pick("报", "R"),
            Mark::Nothing => lang.pick("零", "0"),
            Mark::Pending => lang.pick("签", "S"),
            Mark::Due => lang.pick("待", "·"),
            Mark::Silent => lang.pick("缺", "—"),
            Mark::Late => lang.pick("迟", "L"),
        }
    }

    fn label(self, lang: Lang) -> &'static str {
        match self {
            Mark::Reported => lang.pick("已报，有情况", "reported"),
            Mark::Nothing => lang.pick("零报告", "nothing to report"),
            Mark::Pending => lang.pick("待签字或说明", "to be signed or explained"),
            Mark::Due => lang.pick("待报，未到期", "due, still in time"),
            Mark::Silent => lang.pick("到期未报", "silent"),
            Mark::Late => lang.pick("补报，迟于期限", "late"),
        }
    }

    fn tone(self) -> Tone {
        match self {
            Mark::Reported => Tone::Ok,
            Mark::Nothing => Tone::Early,
            Mark::Pending | Mark::Late => Tone::Warn,
            Mark::Due => Tone::Shut,
            Mark::Silent => Tone::Late,
        }
    }

    /// What a report is, by its state, whether it is late, and by which step it was filled in.
    fn of(row: &CaseRow, filled_by: Option<&str>, was_missed: bool, is_overdue: bool) -> Self {
        match row.state.key {
            "signed" if was_missed || row.late => Mark::Late,
            "signed" if filled_by == Some("nothing") => Mark::Nothing,
            "signed" => Mark::Reported,
            "filled" | "questioned" => Mark::Pending,
            "due" if !is_overdue => Mark::Due,
            _ => Mark::Silent,
        }
    }
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
        opened_from: Some(month.first()),
        opened_by: Some(month.last()),
        ..CaseFilter::default()
    };
    let found = app.store().case_folds(viewer, &filter).await?;
    let ids: Vec<CaseId> = found.iter().map(|(row, _)| row.id).collect();
    let filled = app.store().last_of_steps(&ids, &["fill", "nothing"]).await?;
    let names = Names::of(&app, &[]).await?;
    let days: Vec<Date> =
        (0..i64::from(month.last().day())).map(|days| month.first().saturating_add(days.days())).collect();
    let mut sheet: BTreeMap<Option<UnitId>, BTreeMap<Date, Vec<Cell>>> = BTreeMap::new();
    let mut missed: BTreeMap<Option<UnitId>, usize> = BTreeMap::new();
    for (row, case) in &found {
        let was_missed = case.stays.iter().any(|stay| stay.state.key == "missing");
        let filled_by = filled.get(&row.id).map(String::as_str);
        let mark = Mark::of(row, filled_by, was_missed, row.is_overdue(page.now));
        let cell = Cell {
            class: mark.tone().key(),
            sign: mark.sign(page.lang),
            label: format!("{} · {} · {}", row.title, mark.label(page.lang), row.number),
            address: words::address(row.kind.key, &row.number),
        };
        *missed.entry(row.unit).or_default() += usize::from(mark == Mark::Silent);
        sheet.entry(row.unit).or_default().entry(day::day_of(row.opened_at)).or_default().push(cell);
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
        key: Mark::ALL.iter().map(|mark| (mark.tone().key(), mark.sign(page.lang), mark.label(page.lang))).collect(),
        look,
        page: &page,
    })
}
