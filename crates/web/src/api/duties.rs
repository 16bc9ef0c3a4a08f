//! `/api/v1/duties` and `/api/v1/duty-reports`: who reports what and setting it, the reports of a day with whoever is
//! late or silent, the form of one with the figures of the last, and reporting: figures, or that there is nothing.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use loops::Given;
use loops::duty::{Rhythm, Standing, WHY};
use serde::{Deserialize, Serialize};
use store::access::UnitId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{Asked, Sent};
use super::cases::{CaseLine, case_line};
use super::me::Nothing;
use crate::cases::duties::report::{FILL, NOTHING};
use crate::cases::duties::setting::{self, NewDuty};
use crate::cases::duties::{day, known, sheet::Sheet};
use crate::cases::{act, page as case_page, typed};
use crate::{App, Page, WebError};

/// A figure that a form asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyFigure {
    /// The field of the catalogue, by key.
    field: String,
    /// By how many per cent it may change before it has to be explained.
    percent: u32,
    /// A change smaller than this, in the field's unit, asks for nothing.
    least: u32,
}

/// What is reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyForm {
    /// Its key.
    key: String,
    /// What it is called.
    title: String,
    /// Its figures; a form without any asks for words alone.
    figures: Vec<DutyFigure>,
}

/// Who must report what by when.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyRow {
    /// The form, by key.
    form: String,
    /// The unit, by id.
    unit: String,
    /// `daily`, `working_days`, `weekly` or `monthly`.
    rhythm: String,
    /// Of a week the day from 1, Monday; of a month the day; else null.
    on: Option<i8>,
    /// The hour in China by which it is due; 24 is the day's end.
    by_hour: i8,
    /// The first day.
    from: String,
    /// The last day; null where it has none.
    until: Option<String>,
    /// How many days before its day a report is opened.
    ahead: i8,
}

/// The forms and duties of the zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyBook {
    /// The version of what is set: what `seen` of a change must say.
    seen: i64,
    /// What is reported.
    forms: Vec<DutyForm>,
    /// By whom. A duty that ended stays, with its last day.
    duties: Vec<DutyRow>,
}

/// A figure that a new form is to ask for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDutyFigure {
    /// The field of the catalogue, by key; it must hold a figure.
    field: String,
    /// By how many per cent it may change before it has to be explained; 30 where nothing is said.
    #[serde(default)]
    percent: Option<u32>,
    /// A change smaller than this, in the field's unit, asks for nothing.
    #[serde(default)]
    least: u32,
}

/// A form to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDutyForm {
    /// `seen` of the book as it was read: whoever is second is refused with 409.
    seen: i64,
    /// What it is called.
    title: String,
    /// Its figures; none for a report in words.
    #[serde(default)]
    figures: Vec<NewDutyFigure>,
}

/// Who is to report what from when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedDuty {
    /// `seen` of the book as it was read: whoever is second is refused with 409.
    seen: i64,
    /// The form, by key.
    form: String,
    /// The units, by id.
    units: Vec<Uuid>,
    /// `daily`, `working_days`, `weekly` or `monthly`.
    rhythm: String,
    /// Of a week the day from 1, Monday; of a month the day.
    #[serde(default)]
    on: Option<i8>,
    /// The hour in China by which it is due; 24 is the day's end.
    by_hour: i8,
    /// The first day; today where nothing is said.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    from: Option<Date>,
    /// The last day.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    until: Option<Date>,
    /// How many days before its day a report is opened.
    #[serde(default)]
    ahead: i8,
}

/// A duty to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndedDuty {
    /// `seen` of the book as it was read: whoever is second is refused with 409.
    seen: i64,
    /// The form, by key.
    form: String,
    /// The unit, by id.
    unit: Uuid,
}

/// Which reports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfDay {
    /// The day they are about; today where nothing is said.
    #[param(value_type = Option<String>)]
    day: Option<Date>,
    /// The late list only: who is silent past the hour, and who came late.
    late: Option<bool>,
}

/// A report of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyReportRow {
    /// The unit, by id.
    unit: String,
    /// The form, by key.
    form: String,
    /// What the form is called.
    title: String,
    /// `reported`, `nothing`, `unsigned`, `waiting` or `silent`. Nothing to report is a report; silence is none.
    standing: String,
    /// Whether it belongs on the late list.
    late: bool,
    /// When it is due (RFC 3339, UTC).
    due_at: String,
    /// When the head signed it.
    signed_at: Option<String>,
    /// The number of its case; null where it was not opened yet.
    number: Option<String>,
}

/// The reports of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyReportList {
    /// The day.
    day: String,
    /// The reports one may see, the silent first.
    rows: Vec<DutyReportRow>,
}

/// The form of one report.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyReportForm {
    /// The number of its last event: what `seen` of the report must say.
    seen: u32,
    /// The form; null for a report that asks for words alone.
    form: Option<DutyForm>,
    /// The last report of the same form and unit that was signed.
    before: Option<String>,
    /// Its figures by field.
    figures_before: BTreeMap<String, String>,
}

/// A report to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDutyReport {
    /// `seen` of the form as it was read: whoever is second is refused with 409.
    seen: u32,
    /// Whether there is nothing to report; figures are then left out.
    #[serde(default)]
    nothing: bool,
    /// The figures by field, in the unit of the field.
    #[serde(default)]
    figures: BTreeMap<String, String>,
    /// Why a figure changed much, by field.
    #[serde(default)]
    why: BTreeMap<String, String>,
    /// Words besides.
    #[serde(default)]
    text: Option<String>,
}

fn form(form: loops::duty::Form) -> DutyForm {
    let figure =
        |asked: loops::duty::Asked| DutyFigure { field: asked.field, percent: asked.percent, least: asked.least };
    DutyForm { key: form.key, title: form.title, figures: form.fields.into_iter().map(figure).collect() }
}

fn rhythm(rhythm: Rhythm) -> (&'static str, Option<i8>) {
    match rhythm {
        Rhythm::Daily => ("daily", None),
        Rhythm::WorkingDays => ("working_days", None),
        Rhythm::Weekly(on) => ("weekly", Some(on)),
        Rhythm::Monthly(on) => ("monthly", Some(on)),
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Reported { .. } => "reported",
        Standing::Nothing { .. } => "nothing",
        Standing::Unsigned => "unsigned",
        Standing::Waiting => "waiting",
        Standing::Silent => "silent",
    }
}

fn read_rhythm(name: &str, on: Option<i8>) -> Result<Rhythm, WebError> {
    match (name, on) {
        ("daily", None) => Ok(Rhythm::Daily),
        ("working_days", None) => Ok(Rhythm::WorkingDays),
        ("weekly", Some(on)) => Ok(Rhythm::Weekly(on)),
        ("monthly", Some(on)) => Ok(Rhythm::Monthly(on)),
        _ => Err(WebError::invalid(
            "报送频次应为 daily、working_days，或带 on 的 weekly（周几）、monthly（几日）。",
            "The rhythm is daily or working_days, or weekly or monthly with the day in “on”.",
        )),
    }
}

async fn book_now(app: &App) -> Result<Json<DutyBook>, WebError> {
    let (book, seen) = known(app.store()).await?;
    let duty = |duty: loops::duty::Duty| {
        let (rhythm, on) = rhythm(duty.rhythm);
        DutyRow {
            form: duty.form,
            unit: duty.unit,
            rhythm: rhythm.to_owned(),
            on,
            by_hour: duty.by_hour,
            from: duty.from.to_string(),
            until: duty.until.map(|day| day.to_string()),
            ahead: duty.ahead,
        }
    };
    Ok(Json(DutyBook {
        seen,
        forms: book.forms.into_iter().map(form).collect(),
        duties: book.duties.into_iter().map(duty).collect(),
    }))
}

/// The forms of the zone and who reports which how often.
#[utoipa::path(get, path = "/api/v1/duties", operation_id = "duties", tag = "Cases",
    responses((status = 200, description = "The forms and duties", body = DutyBook)))]
pub async fn book(State(app): State<App>, _: Asked<Nothing>) -> Result<Json<DutyBook>, WebError> {
    book_now(&app).await
}

/// Adds a form of figures of the catalogue, or of words alone.
#[utoipa::path(post, path = "/api/v1/duties/forms", operation_id = "add_duty_form", tag = "Cases",
    request_body = NewDutyForm, responses((status = 200, description = "The book with the form", body = DutyBook)))]
pub async fn add_form(
    State(app): State<App>,
    page: Page,
    Sent(sent): Sent<NewDutyForm>,
) -> Result<Json<DutyBook>, WebError> {
    let figure = |figure: NewDutyFigure| loops::duty::Asked {
        field: figure.field,
        percent: figure.percent.unwrap_or(setting::PERCENT),
        least: figure.least,
    };
    let figures = sent.figures.into_iter().map(figure).collect();
    setting::add_form(&app, &page, &sent.title, figures, sent.seen).await?;
    book_now(&app).await
}

/// Has units report a form from a day on. The reports open and remind by themselves.
#[utoipa::path(post, path = "/api/v1/duties", operation_id = "set_duty", tag = "Cases", request_body = AskedDuty,
    responses((status = 200, description = "The book with the duties", body = DutyBook)))]
pub async fn set(State(app): State<App>, page: Page, Sent(sent): Sent<AskedDuty>) -> Result<Json<DutyBook>, WebError> {
    for day in [sent.from, sent.until].into_iter().flatten() {
        typed::not_past(day, page.today)?;
    }
    let new = NewDuty {
        form: sent.form,
        units: sent.units.into_iter().map(UnitId).collect(),
        rhythm: read_rhythm(&sent.rhythm, sent.on)?,
        by_hour: sent.by_hour,
        from: sent.from,
        until: sent.until,
        ahead: sent.ahead,
    };
    setting::ask_for(&app, &page, new, sent.seen).await?;
    book_now(&app).await
}

/// Ends a duty with today.
#[utoipa::path(post, path = "/api/v1/duties/end", operation_id = "end_duty", tag = "Cases", request_body = EndedDuty,
    responses((status = 200, description = "The book with the duty's last day", body = DutyBook)))]
pub async fn end(State(app): State<App>, page: Page, Sent(sent): Sent<EndedDuty>) -> Result<Json<DutyBook>, WebError> {
    let unit = sent.unit.to_string();
    let is_meant = |_: usize, duty: &loops::duty::Duty| {
        duty.form == sent.form && duty.unit == unit && setting::runs(duty, page.today)
    };
    setting::end(&app, &page, is_meant, sent.seen).await?;
    book_now(&app).await
}

/// The reports of a day that the token's owner may see: reported, nothing to report, not signed, not due, silent.
#[utoipa::path(get, path = "/api/v1/duty-reports", operation_id = "duty_reports", tag = "Cases", params(OfDay),
    responses((status = 200, description = "The reports of the day", body = DutyReportList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Asked(wanted): Asked<OfDay>,
) -> Result<Json<DutyReportList>, WebError> {
    let on = wanted.day.unwrap_or(page.today);
    let (book, _) = known(app.store()).await?;
    let found = day::of_day(&app, page.viewer()?, &book, on, page.now).await?;
    let wanted = |one: &day::Known| wanted.late.is_none_or(|late| one.standing.is_late() == late);
    let row = |one: day::Known| DutyReportRow {
        title: day::title(&book, &one.expected.form),
        standing: standing(one.standing).to_owned(),
        late: one.standing.is_late(),
        due_at: one.expected.due.to_string(),
        signed_at: one.case.as_ref().and_then(|(_, case)| day::signed_at(case)).map(|at| at.to_string()),
        number: one.case.map(|(row, _)| row.number),
        unit: one.expected.unit,
        form: one.expected.form,
    };
    Ok(Json(DutyReportList { day: on.to_string(), rows: found.into_iter().filter(wanted).map(row).collect() }))
}

/// The form of a report, with the figures of the one before it.
#[utoipa::path(get, path = "/api/v1/duty-reports/{number}", operation_id = "duty_report_form", tag = "Cases",
    params(("number" = String, Path, description = "The number")),
    responses((status = 200, description = "The form", body = DutyReportForm)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(number): Path<String>,
    _: Asked<Nothing>,
) -> Result<Json<DutyReportForm>, WebError> {
    let found = case_page::find(&app, &page, "duty_report", &number).await?;
    let sheet = Sheet::of(&app, &page, &found).await?;
    let (before, figures) = sheet.before.map_or((None, BTreeMap::new()), |(number, figures)| (Some(number), figures));
    let plain = |(field, figure): (String, rust_decimal::Decimal)| (field, figure.normalize().to_string());
    Ok(Json(DutyReportForm {
        seen: found.row.seq,
        form: sheet.form.map(form),
        before,
        figures_before: figures.into_iter().map(plain).collect(),
    }))
}

/// Reports the figures of a unit, or that there is nothing to report. The head signs it afterwards.
#[utoipa::path(post, path = "/api/v1/duty-reports/{number}", operation_id = "send_duty_report", tag = "Cases",
    params(("number" = String, Path, description = "The number")), request_body = NewDutyReport,
    responses((status = 200, description = "It was handed in", body = CaseLine)))]
pub async fn send(
    State(app): State<App>,
    page: Page,
    Path(number): Path<String>,
    Sent(sent): Sent<NewDutyReport>,
) -> Result<Json<CaseLine>, WebError> {
    page.must_be_today()?;
    let found = case_page::find(&app, &page, "duty_report", &number).await?;
    let why = sent.why.into_iter().map(|(field, why)| (format!("{WHY}{field}"), why));
    let (step, form) = match sent.nothing {
        true if !sent.figures.is_empty() => {
            return Err(WebError::invalid(
                "既报“零”又报了数字。没有情况的，不要写数字；有数字的，去掉 nothing。",
                "It says that there is nothing and gives figures. Leave out one of the two.",
            ));
        }
        true => (NOTHING, BTreeMap::new()),
        false => (FILL, sent.figures.into_iter().chain(why).collect()),
    };
    let given = Given { text: sent.text.filter(|text| !text.trim().is_empty()), form, ..Given::default() };
    Ok(Json(case_line(&act::take(&app, &page, &found, sent.seen, step, given).await?)))
}
