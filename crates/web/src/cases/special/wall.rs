//! `/cases/task/wall`: the tasks on one sheet of unit by month, as they hang on the wall (挂图作战).

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use store::access::UnitId;
use store::cases::CaseFilter;

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

/// The tasks of a unit that are due in a month.
struct Field {
    lines: Vec<Line>,
    more: usize,
}

/// A unit's year.
struct UnitRow {
    name: String,
    fields: Vec<Field>,
    done: usize,
    of: usize,
}

#[derive(Template)]
#[template(path = "cases/wall.html")]
struct WallPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    scope_note: String,
    months: Vec<String>,
    rows: Vec<UnitRow>,
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
    let mut sheet: BTreeMap<Option<UnitId>, BTreeMap<String, Vec<Line>>> = BTreeMap::new();
    let mut counts: BTreeMap<Option<UnitId>, (usize, usize)> = BTreeMap::new();
    let mut months = BTreeSet::new();
    for (row, case) in &found {
        let mut line = Line::of(&page, &names, row);
        if row.is_ended() {
            line.tone = if row.state.key == "closed" { Tone::Ok } else { Tone::Shut };
        }
        // The day agreed, or what its clock says, or the day it ended.
        let on = case.until.or(line.day).unwrap_or_else(|| day::day_of(row.ended_at.unwrap_or(row.opened_at)));
        let month = Month::of(on).key();
        let count = counts.entry(row.unit).or_default();
        count.0 += usize::from(row.state.key == "closed");
        count.1 += 1;
        months.insert(month.clone());
        sheet.entry(row.unit).or_default().entry(month).or_default().push(line);
    }
    let rows = sheet.into_iter().map(|(unit, mut by_month)| {
        let (done, of) = counts.get(&unit).copied().unwrap_or_default();
        let field = |month: &String| {
            let mut lines = by_month.remove(month).unwrap_or_default();
            let more = lines.len().saturating_sub(SHOWN);
            lines.truncate(SHOWN);
            Field { lines, more }
        };
        UnitRow {
            name: unit.map_or_else(String::new, |unit| names.unit(unit)),
            fields: months.iter().map(field).collect(),
            done,
            of,
        }
    });
    page.show(WallPage {
        tabs: Tabs::of(&page, look, "wall"),
        scope_note: scope_note(&page, viewer, &names.units),
        rows: rows.collect(),
        months: months.iter().cloned().collect(),
        look,
        page: &page,
    })
}
