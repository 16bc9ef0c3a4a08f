//! `/duties`: what is reported, by whom, how often and by which hour.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form as Sent;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use kernel::{FieldType, Lang};
use loops::duty::{Asked, Duty, Form, Rhythm};
use store::access::UnitId;

use super::setting::{self, NewDuty};
use super::{known, sheet};
use crate::cases::line::Names;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::typed::until;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// How many figures the page takes for a new form.
const FIGURES: usize = 8;

/// A form with its figures.
struct FormRow {
    title: String,
    figures: Vec<String>,
}

/// Who must report what.
struct DutyRow {
    at: usize,
    form: String,
    unit: String,
    rhythm: String,
    hour: String,
    from: Date,
    until: String,
    runs: bool,
}

/// A figure of the catalogue to choose.
struct Figure {
    key: String,
    label: String,
}

#[derive(Template)]
#[template(path = "cases/duties/book.html")]
struct BookPage<'a> {
    page: &'a Page,
    forms: Vec<FormRow>,
    form_choices: Vec<(String, String)>,
    duties: Vec<DutyRow>,
    figures: Vec<(String, Vec<Figure>)>,
    lines: std::ops::Range<usize>,
    units: Vec<UnitChoice>,
    weekdays: [&'static str; 7],
    version: i64,
    typed: BTreeMap<String, String>,
    refused: Option<String>,
}

impl BookPage<'_> {
    /// What was typed into a field, so that a refused form loses nothing.
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The same for a line of figures.
    fn typed_at(&self, name: &str, at: &usize) -> &str {
        self.typed(&format!("{name}.{at}"))
    }

    fn is_ticked(&self, unit: &str) -> bool {
        self.typed.contains_key(&format!("unit.{unit}"))
    }
}

/// Shows the forms and the duties.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, BTreeMap::new(), None).await?;
    page.show(drawn)
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    typed: BTreeMap<String, String>,
    refused: Option<String>,
) -> Result<BookPage<'a>, WebError> {
    let (book, version) = known(app.store()).await?;
    let names = Names::of(app, &[]).await?;
    let title = |key: &str| book.form(key).map_or(key.to_owned(), |form| form.title.clone());
    let duty = |(at, duty): (usize, &Duty)| DutyRow {
        at,
        form: title(&duty.form),
        unit: names.unit_text(&duty.unit),
        rhythm: rhythm(duty, page.lang),
        hour: match page.lang {
            Lang::Zh => format!("{} 点前", duty.by_hour),
            Lang::En => format!("by {}:00", duty.by_hour),
        },
        from: duty.from,
        until: duty.until.map(|day| day.to_string()).unwrap_or_default(),
        runs: setting::runs(duty, page.today),
    };
    let mut duties: Vec<DutyRow> = book.duties.iter().enumerate().map(duty).collect();
    duties.sort_by(|a, b| b.runs.cmp(&a.runs).then_with(|| (&a.form, &a.unit).cmp(&(&b.form, &b.unit))));
    Ok(BookPage {
        forms: book.forms.iter().map(|form| form_row(page, form)).collect(),
        form_choices: book.forms.iter().map(|form| (form.key.clone(), form.title.clone())).collect(),
        duties,
        figures: figures(app, page),
        lines: 0..FIGURES,
        units: unit_choices(&names.units),
        weekdays: match page.lang {
            Lang::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
            Lang::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        },
        version,
        typed,
        refused,
        page,
    })
}

fn form_row(page: &Page, form: &Form) -> FormRow {
    let figure = |asked: &Asked| match page.lang {
        Lang::Zh => format!("{}，变动超过 {}% 须说明", sheet::label(page, &asked.field), asked.percent),
        Lang::En => format!("{}, explained beyond {}%", sheet::label(page, &asked.field), asked.percent),
    };
    FormRow { title: form.title.clone(), figures: form.fields.iter().map(figure).collect() }
}

fn rhythm(duty: &Duty, lang: Lang) -> String {
    match (duty.rhythm, lang) {
        (Rhythm::Daily, _) => lang.pick("每天", "every day").to_owned(),
        (Rhythm::WorkingDays, _) => lang.pick("每个工作日", "every working day").to_owned(),
        (Rhythm::Weekly(on), Lang::Zh) => format!("每周第 {on} 天"),
        (Rhythm::Weekly(on), Lang::En) => format!("every week, day {on}"),
        (Rhythm::Monthly(on), Lang::Zh) => format!("每月 {on} 日"),
        (Rhythm::Monthly(on), Lang::En) => format!("every month, on the {on}."),
    }
}

/// The figures of the catalogue, by group: a field may stand in a form only once it is one.
fn figures(app: &App, page: &Page) -> Vec<(String, Vec<Figure>)> {
    let catalogue = app.catalogue();
    let is_figure = |kind: &FieldType| {
        matches!(kind, FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Percent)
    };
    let of_group = |group: &kernel::catalogue::Group| {
        let fields = catalogue.fields().iter().filter(|field| field.group == group.key && !field.personal);
        let fields = fields.filter(|field| field.is_importable() && is_figure(&field.kind));
        let figures: Vec<Figure> =
            fields.map(|field| Figure { key: field.key.clone(), label: sheet::label(page, &field.key) }).collect();
        (!figures.is_empty()).then(|| (group.label(page.lang).to_owned(), figures))
    };
    catalogue.groups().iter().filter_map(of_group).collect()
}

/// What a form of this page sends, by the names of its fields.
type Fields = BTreeMap<String, String>;

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

/// Which version of the book was seen.
fn seen(fields: &Fields) -> i64 {
    field(fields, "seen").parse().unwrap_or(0)
}

/// Says that it is done, or shows the page again with what was typed and why it was refused.
async fn answer(
    app: &App,
    page: &Page,
    fields: Fields,
    done: Result<(&str, &str), WebError>,
) -> Result<Response, WebError> {
    match done {
        Ok((zh, en)) => Ok(page.go_saying("/duties", Notice::done(page.lang, zh, en))),
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(app, page, fields, Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
        Err(error) => Err(error),
    }
}

/// `POST /duties/forms`: a new form of figures of the catalogue.
///
/// # Errors
/// What the store reports.
pub async fn add_form(State(app): State<App>, page: Page, Sent(fields): Sent<Fields>) -> Result<Response, WebError> {
    let asked = |at: usize| {
        let name = field(&fields, &format!("field.{at}"));
        let percent = field(&fields, &format!("percent.{at}")).parse().unwrap_or(setting::PERCENT);
        (!name.is_empty()).then(|| Asked { field: name.to_owned(), percent, least: 0 })
    };
    let figures = (0..FIGURES).filter_map(asked).collect();
    let done = setting::add_form(&app, &page, field(&fields, "title"), figures, seen(&fields))
        .await
        .map(|_| ("报表已建立，可以布置给单位。", "The form is there; ask units for it."));
    answer(&app, &page, fields, done).await
}

/// `POST /duties`: units owe a form from a day on.
///
/// # Errors
/// What the store reports.
pub async fn add(State(app): State<App>, page: Page, Sent(fields): Sent<Fields>) -> Result<Response, WebError> {
    let written = async {
        setting::ask_for(&app, &page, new_duty(&page, &fields)?, seen(&fields)).await?;
        Ok(("已布置，到日子自动建立并提醒。", "Set; the reports open and remind by themselves."))
    };
    let done = written.await;
    answer(&app, &page, fields, done).await
}

fn new_duty(page: &Page, fields: &Fields) -> Result<NewDuty, WebError> {
    let day = |name: &str| match field(fields, name) {
        "" => Ok(None),
        text => until(text, page.today).map(Some),
    };
    let number = |name: &str| field(fields, name).parse::<i8>().unwrap_or(0);
    let units = fields.keys().filter_map(|name| name.strip_prefix("unit.")?.parse().ok()).map(UnitId);
    Ok(NewDuty {
        form: field(fields, "form").to_owned(),
        units: units.collect(),
        rhythm: match field(fields, "rhythm") {
            "daily" => Rhythm::Daily,
            "weekly" => Rhythm::Weekly(number("weekday")),
            "monthly" => Rhythm::Monthly(number("day")),
            _ => Rhythm::WorkingDays,
        },
        by_hour: number("hour"),
        from: day("from")?,
        until: day("until")?,
        ahead: number("ahead"),
    })
}

/// `POST /duties/end`: a duty ends with today.
///
/// # Errors
/// There is no such duty; what the store reports.
pub async fn end(State(app): State<App>, page: Page, Sent(fields): Sent<Fields>) -> Result<Response, WebError> {
    let at = field(&fields, "at").parse::<usize>().ok();
    setting::end(&app, &page, |known, _| Some(known) == at, seen(&fields)).await?;
    Ok(page.go_saying("/duties", Notice::done(page.lang, "今天之后不再报送。", "It ends with today.")))
}
