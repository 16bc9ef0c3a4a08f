//! `/cases/task/wall`: the tasks on one sheet of unit by month, as they hang on the wall (挂图作战).

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use kernel::Lang;
use rust_decimal::Decimal;
use store::access::{Action, UnitId};
use store::cases::CaseFilter;

use super::{percent, progress};
use crate::cases::line::{Line, Names};
use crate::cases::list::scope_note;
use crate::cases::month::Month;
use crate::cases::tabs::Tabs;
use crate::cases::words::{LOOKS, Look};
use crate::frame::day;
use crate::ui::Tone;
use crate::{App, Page, WebError};

/// How many tasks a field shows.
const SHOWN: usize = 6;

/// A task on the wall.
struct Pin {
    line: Line,
    person: String,
    /// What is done against what should be by now; empty without a plan.
    progress: String,
}

/// The tasks of a unit that are due in a month.
struct Field {
    pins: Vec<Pin>,
    more: usize,
}

/// How many tasks of a unit have each colour, and how far its plans are.
#[derive(Default)]
struct Count {
    closed: usize,
    all: usize,
    colours: [usize; 4],
    planned: Vec<Decimal>,
    done: Vec<Decimal>,
}

/// The four colours of the wall, by tone: their words.
const COLOURS: [(Tone, &str, &str); 4] =
    [(Tone::Late, "红", "red"), (Tone::Warn, "黄", "yellow"), (Tone::Early, "蓝", "blue"), (Tone::Ok, "绿", "green")];

/// A unit's year.
struct UnitRow {
    name: String,
    fields: Vec<Field>,
    done: usize,
    of: usize,
    colours: Vec<(&'static str, usize, &'static str)>,
    progress: String,
}

#[derive(Template)]
#[template(path = "cases/tasks/wall.html")]
struct WallPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    scope_note: String,
    months: Vec<String>,
    rows: Vec<UnitRow>,
    may_set: bool,
}

/// Shows the tasks within the viewer's rows.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let look = &LOOKS[3];
    let year = page.today.year();
    let filter = CaseFilter {
        kinds: vec![look.kind.to_owned()],
        opened_from: Date::new(year.saturating_sub(1), 1, 1).ok(),
        ..CaseFilter::default()
    };
    let found = app.store().case_folds(viewer, &filter).await?;
    let names = Names::of(&app, &[]).await?;
    let mut sheet: BTreeMap<Option<UnitId>, BTreeMap<String, Vec<Pin>>> = BTreeMap::new();
    let mut counts: BTreeMap<Option<UnitId>, Count> = BTreeMap::new();
    let mut months = BTreeSet::new();
    for (row, case) in &found {
        let mut line = Line::of(&page, &names, row);
        let count = counts.entry(row.unit).or_default();
        if row.is_ended() {
            line.tone = if row.state.key == "closed" { Tone::Ok } else { Tone::Shut };
        } else if let Some(at) = COLOURS.iter().position(|(tone, ..)| *tone == line.tone) {
            count.colours[at] += 1;
        }
        // The day agreed, or what its clock says, or the day it ended.
        let on = case.until.or(line.day).unwrap_or_else(|| day::day_of(row.ended_at.unwrap_or(row.opened_at)));
        let month = Month::of(on).key();
        count.closed += usize::from(row.state.key == "closed");
        count.all += 1;
        months.insert(month.clone());
        // What is closed is done; how its plan stood matters no more.
        let progress = progress(case, &page).filter(|_| !row.is_ended()).map(|progress| {
            count.planned.push(progress.planned);
            count.done.push(progress.done);
            said(&page, progress.planned, progress.done)
        });
        let person = case.about.person.clone().unwrap_or_default();
        let pin = Pin { line, person, progress: progress.unwrap_or_default() };
        sheet.entry(row.unit).or_default().entry(month).or_default().push(pin);
    }
    let rows = sheet.into_iter().map(|(unit, mut by_month)| {
        let count = counts.remove(&unit).unwrap_or_default();
        let field = |month: &String| {
            let mut pins = by_month.remove(month).unwrap_or_default();
            let more = pins.len().saturating_sub(SHOWN);
            pins.truncate(SHOWN);
            Field { pins, more }
        };
        let colours = COLOURS.iter().zip(count.colours).filter(|(_, count)| *count > 0);
        UnitRow {
            name: unit.map_or_else(String::new, |unit| names.unit(unit)),
            fields: months.iter().map(field).collect(),
            done: count.closed,
            of: count.all,
            colours: colours.map(|((tone, zh, en), count)| (tone.key(), count, page.t(zh, en))).collect(),
            progress: mean(&count.planned)
                .zip(mean(&count.done))
                .map_or_else(String::new, |(planned, done)| said(&page, planned, done)),
        }
    });
    page.show(WallPage {
        tabs: Tabs::of(&page, look, "wall"),
        scope_note: scope_note(&page, viewer, &names.units),
        rows: rows.collect(),
        months: months.iter().cloned().collect(),
        may_set: page.can(Action::ManageLoops),
        look,
        page: &page,
    })
}

/// What is done against what should be, in words.
fn said(page: &Page, planned: Decimal, done: Decimal) -> String {
    match page.lang {
        Lang::Zh => format!("完成 {} / 序时 {}", percent(done), percent(planned)),
        Lang::En => format!("{} done of {} planned", percent(done), percent(planned)),
    }
}

/// The mean of some shares; `None` of none.
fn mean(shares: &[Decimal]) -> Option<Decimal> {
    let count = u32::try_from(shares.len()).ok().filter(|count| *count > 0)?;
    shares.iter().sum::<Decimal>().checked_div(Decimal::from(count))
}
