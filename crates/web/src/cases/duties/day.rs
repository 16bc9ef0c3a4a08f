//! `/cases/duty_report/day`: of one day, who has reported, who said that there was nothing, who is late and who
//! is silent; the silent first. Also as a workbook with the figures.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use loops::Case;
use loops::closure::Window;
use loops::duty::{Book, Expected, Occasion, Standing, expected, standing};
use reports::workbook::{Align, Column, OutCell};
use store::access::{Action, Scope, Viewer};
use store::cases::CaseRow;

use super::{kind, known, sheet};
use crate::cases::line::Names;
use crate::cases::list::scope_note;
use crate::cases::tabs::Tabs;
use crate::cases::words::{self, LOOKS, Look};
use crate::cases::{clock, export};
use crate::frame::{day, path};
use crate::ui::{Badge, Tone};
use crate::{App, Page, WebError};

/// One report of the day.
struct Row {
    unit: String,
    form: String,
    badge: Badge,
    due: String,
    when: String,
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "cases/duties/day.html")]
struct DayPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    scope_note: String,
    day: Date,
    before: String,
    after: String,
    tallies: Vec<(&'static str, usize, &'static str)>,
    rows: Vec<Row>,
    export: Option<String>,
    may_set: bool,
}

/// A report of a day with the case that was opened for it.
pub(crate) struct Known {
    /// What is expected of whom.
    pub(crate) expected: Expected,
    /// The case, once it is opened.
    pub(crate) case: Option<(CaseRow, Case)>,
    /// How the unit stands with it.
    pub(crate) standing: Standing,
}

/// The reports of a day within the viewer's rows, by the book and the cases.
pub(crate) async fn of_day(
    app: &App,
    viewer: &Viewer,
    book: &Book,
    on: Date,
    now: jiff::Timestamp,
) -> Result<Vec<Known>, WebError> {
    let calendar = app.store().timing().calendar();
    let mut due: BTreeMap<String, Expected> = BTreeMap::new();
    for duty in &book.duties {
        // A duty of working days beyond the known calendar asks for nothing yet.
        let found = expected(std::slice::from_ref(duty), Window { from: on, to: on }, calendar).unwrap_or_default();
        due.extend(found.into_iter().map(|one| (one.occasion(), one)));
    }
    // A duty that ended keeps the reports it was opened for: each form and unit of the book is looked up.
    let pairs: BTreeSet<(&str, &str)> =
        book.duties.iter().map(|duty| (duty.form.as_str(), duty.unit.as_str())).collect();
    let occasions: Vec<String> = pairs.iter().map(|(form, unit)| format!("duty:{form}:{unit}:{on}")).collect();
    let mut cases: BTreeMap<String, (CaseRow, Case)> = BTreeMap::new();
    for (row, case) in app.store().cases_for(viewer, kind()?, &occasions).await? {
        if let Some(occasion) = case.about.occasion.clone() {
            due.entry(occasion.clone()).or_insert_with(|| of_case(&occasion, &row, &case, on));
            cases.insert(occasion, (row, case));
        }
    }
    let scope = viewer.scope_for(Action::ReadCases);
    let sees = |one: &Expected| match &scope {
        Scope::Zone => true,
        Scope::Units(units) => one.unit.parse().is_ok_and(|unit| units.contains(&store::access::UnitId(unit))),
        Scope::Subject(_) | Scope::Nothing => false,
    };
    let mut found: Vec<Known> = Vec::new();
    for (occasion, expected) in due {
        let case = cases.remove(&occasion);
        if case.is_some() || sees(&expected) {
            let standing = standing(&expected, case.as_ref().map(|(_, case)| case), now);
            found.push(Known { expected, case, standing });
        }
    }
    found.sort_by_key(|one| rank(one.standing));
    Ok(found)
}

/// What was expected of a case whose duty is no more in the book.
fn of_case(occasion: &str, row: &CaseRow, case: &Case, on: Date) -> Expected {
    let read = Occasion::read(occasion);
    let due = case.due_at.or(row.due_at).unwrap_or_else(|| day::end_of(on));
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    Expected { day: on, form: text(read.map(|one| one.form)), unit: text(read.map(|one| one.unit)), due, opens: on }
}

/// The silent first, then whoever still has time.
fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Silent => 0,
        Standing::Waiting => 1,
        Standing::Unsigned => 2,
        Standing::Reported { late: true } | Standing::Nothing { late: true } => 3,
        Standing::Reported { late: false } => 4,
        Standing::Nothing { late: false } => 5,
    }
}

/// How a standing is drawn, the same in every sheet.
pub(in crate::cases) fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Silent => Tone::Late,
        Standing::Waiting => Tone::Shut,
        Standing::Unsigned | Standing::Reported { late: true } | Standing::Nothing { late: true } => Tone::Warn,
        Standing::Reported { late: false } => Tone::Ok,
        Standing::Nothing { late: false } => Tone::Early,
    }
}

/// The day of `?day=`; today where none is asked for.
fn asked_day(page: &Page) -> Result<Date, WebError> {
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "day");
    let Some((_, text)) = asked.filter(|(_, text)| !text.trim().is_empty()) else { return Ok(page.today) };
    text.trim().parse().map_err(|_| {
        let text: String = text.chars().take(40).collect();
        WebError::bad_request(
            format!("“{text}”不是一个日期，应写作 2026-12-01 这样的形式。"),
            format!("“{text}” is not a day; write it like 2026-12-01."),
        )
    })
}

/// Shows a day within the viewer's rows.
///
/// # Errors
/// A day that cannot be read; what the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let look = &LOOKS[2];
    let on = asked_day(&page)?;
    let (book, _) = known(app.store()).await?;
    let found = of_day(&app, viewer, &book, on, page.now).await?;
    let names = Names::of(&app, &[]).await?;
    let count = |holds: fn(Standing) -> bool| found.iter().filter(|one| holds(one.standing)).count();
    let tallies = vec![
        ("late", count(|one| one == Standing::Silent), page.t("到点未报", "silent")),
        ("shut", count(|one| one == Standing::Waiting), page.t("未到时间", "not due")),
        ("warn", count(|one| one == Standing::Unsigned), page.t("待签字", "not signed")),
        ("ok", count(|one| matches!(one, Standing::Reported { .. })), page.t("已报", "reported")),
        ("early", count(|one| matches!(one, Standing::Nothing { .. })), page.t("零报告", "nothing to report")),
    ];
    let turned = |on: Date| path::with_query("/cases/duty_report/day", [("day", on.to_string().as_str())]);
    let export = page
        .can(Action::Export)
        .then(|| path::with_query("/cases/duty_report/day/export", [("day", on.to_string().as_str())]));
    page.show(DayPage {
        tabs: Tabs::of(&page, look, "day"),
        scope_note: scope_note(&page, viewer, &names.units),
        before: turned(on.saturating_sub(1.day())),
        after: turned(on.saturating_add(1.day())),
        day: on,
        tallies,
        rows: found.iter().map(|one| row(&page, &book, &names, one)).collect(),
        export,
        may_set: page.can(Action::ManageLoops),
        look,
        page: &page,
    })
}

fn row(page: &Page, book: &Book, names: &Names, one: &Known) -> Row {
    let signed = one.case.as_ref().and_then(|(_, case)| signed_at(case));
    Row {
        unit: names.unit_text(&one.expected.unit),
        form: title(book, &one.expected.form),
        badge: Badge::new(tone(one.standing), one.standing.label(page.lang)),
        due: clock::end(loops::Due::Moment(one.expected.due)),
        when: signed.map(day::minute).unwrap_or_default(),
        address: one.case.as_ref().map(|(row, _)| words::address(row.kind.key, &row.number)),
    }
}

/// What a form is called.
pub(crate) fn title(book: &Book, form: &str) -> String {
    book.form(form).map_or(form.to_owned(), |form| form.title.clone())
}

/// When the head signed a report.
pub(crate) fn signed_at(case: &Case) -> Option<jiff::Timestamp> {
    case.stays.iter().find(|stay| stay.state.key == "signed").map(|stay| stay.from)
}

/// Writes the day as a workbook: a line for each report, a column for each figure of its forms.
///
/// # Errors
/// As [`show`]; a full disk.
pub async fn write(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let on = asked_day(&page)?;
    let (book, _) = known(app.store()).await?;
    let found = of_day(&app, viewer, &book, on, page.now).await?;
    let names = Names::of(&app, &[]).await?;
    let mut fields: Vec<&str> = Vec::new();
    for asked in book.forms.iter().flat_map(|form| &form.fields) {
        if !fields.contains(&asked.field.as_str()) {
            fields.push(&asked.field);
        }
    }
    let mut rows = Vec::new();
    for one in &found {
        let view = match &one.case {
            Some((row, _)) => app.store().case(viewer, row.id).await?,
            None => None,
        };
        let figures = view.as_ref().and_then(sheet::reported);
        let line = row(&page, &book, &names, one);
        let texts = [line.unit, line.form, one.standing.label(page.lang).to_owned(), line.due, line.when];
        let figure = |field: &&str| figures.and_then(|figures| figures.get(*field).cloned()).unwrap_or_default();
        let cell = |text: String| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text) };
        rows.push(texts.into_iter().chain(fields.iter().map(figure)).map(cell).collect::<Vec<_>>());
    }
    let heads = [
        page.t("单位", "Unit"),
        page.t("报表", "Form"),
        page.t("情况", "Standing"),
        page.t("截止", "Due"),
        page.t("报出", "Reported"),
    ];
    let heads = heads.into_iter().map(str::to_owned).chain(fields.iter().map(|field| sheet::label(&page, field)));
    let column =
        |heading: String| Column { heading, width: 18.0, align: Align::Left, format: String::new(), hidden: false };
    let name = format!("{}-{on}", page.t("报送情况", "Reports"));
    export::workbook(&name, &format!("reports-{on}"), heads.map(column).collect(), rows).await
}
