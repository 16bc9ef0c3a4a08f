//! What the leader sets: a new form, who reports it from when, and the end of a duty; from the page and for scripts.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::Lang;
use loops::duty::{Asked, Book, Duty, Form, Rhythm};
use store::access::UnitId;

use super::{KEY, known};
use crate::cases::decided;
use crate::{App, Page, WebError};

/// By how many per cent a figure may change where nothing else is said.
pub(crate) const PERCENT: u32 = 30;
/// The longest name of a form, in characters.
const LONGEST_TITLE: usize = 80;

/// Who is to report what.
#[derive(Debug, Clone)]
pub(crate) struct NewDuty {
    /// The form, by key.
    pub form: String,
    /// The units.
    pub units: BTreeSet<UnitId>,
    /// How often.
    pub rhythm: Rhythm,
    /// The hour in China by which it is due.
    pub by_hour: i8,
    /// The first day; today where nothing is said.
    pub from: Option<Date>,
    /// The last day, where it has one.
    pub until: Option<Date>,
    /// How many days before its day a report is opened.
    pub ahead: i8,
}

/// Adds a form, where nobody else wrote the book since that version; its key.
///
/// # Errors
/// What is wrong with the form; somebody wrote in between; what the store reports.
pub(crate) async fn add_form(
    app: &App,
    page: &Page,
    title: &str,
    figures: Vec<Asked>,
    seen: i64,
) -> Result<String, WebError> {
    page.must_be_today()?;
    let (mut book, _) = known(app.store()).await?;
    let mut fields: Vec<Asked> = Vec::new();
    for one in figures {
        if fields.iter().all(|known| known.field != one.field) {
            fields.push(one);
        }
    }
    let key = book.next_key();
    let title = title.trim().chars().take(LONGEST_TITLE).collect();
    book.forms.push(Form { key: key.clone(), title, fields });
    decide(app, page, &book, seen).await?;
    Ok(key)
}

/// Has units report a form from a day on, where nobody else wrote the book since that version.
///
/// # Errors
/// No unit, one that is closed, or one that reports the form already; what is wrong with the rhythm; somebody
/// wrote in between; what the store reports.
pub(crate) async fn ask_for(app: &App, page: &Page, new: NewDuty, seen: i64) -> Result<(), WebError> {
    page.must_be_today()?;
    let (mut book, _) = known(app.store()).await?;
    let units = app.store().units().await?;
    if new.units.is_empty() {
        return Err(WebError::invalid("请勾选由哪些单位报送。", "Tick the units that are to report."));
    }
    if new.units.iter().any(|unit| units.get(*unit).is_none_or(|unit| unit.closed_at.is_some())) {
        return Err(WebError::invalid("请选择在用的单位。", "Choose units that are open."));
    }
    let reports = |unit: &UnitId| {
        let unit = unit.to_string();
        book.duties.iter().any(|duty| duty.unit == unit && duty.form == new.form && runs(duty, page.today))
    };
    if let Some(unit) = new.units.iter().find(|unit| reports(unit)) {
        let name = units.get(*unit).map(|unit| unit.name.clone()).unwrap_or_default();
        return Err(WebError::invalid(
            format!("{name}已经在报这张报表，不必重复布置。"),
            format!("{name} reports this form already."),
        ));
    }
    book.duties.extend(new.units.iter().map(|unit| Duty {
        form: new.form.clone(),
        unit: unit.to_string(),
        rhythm: new.rhythm,
        by_hour: new.by_hour,
        from: new.from.unwrap_or(page.today),
        until: new.until,
        ahead: new.ahead,
    }));
    decide(app, page, &book, seen).await
}

/// Ends the first duty of the book that is meant, with today, where nobody else wrote the book since that version.
///
/// # Errors
/// There is no such duty; somebody wrote in between; what the store reports.
pub(crate) async fn end(
    app: &App,
    page: &Page,
    is_meant: impl Fn(usize, &Duty) -> bool,
    seen: i64,
) -> Result<(), WebError> {
    page.must_be_today()?;
    let (mut book, _) = known(app.store()).await?;
    let meant = book.duties.iter_mut().enumerate().find(|(at, duty)| is_meant(*at, duty));
    let (_, duty) = meant.ok_or_else(WebError::not_found)?;
    if runs(duty, page.today) {
        duty.until = Some(page.today.max(duty.from));
    }
    decide(app, page, &book, seen).await
}

/// Whether reports of it are still to come.
pub(crate) fn runs(duty: &Duty, today: Date) -> bool {
    duty.until.is_none_or(|until| until >= today)
}

async fn decide(app: &App, page: &Page, book: &Book, seen: i64) -> Result<(), WebError> {
    let faults = book.faults(app.catalogue());
    if !faults.is_empty() {
        let say = |lang: Lang| faults.iter().map(|fault| fault.say(lang)).collect::<Vec<_>>().join(lang.pick("", "; "));
        return Err(WebError::invalid(say(Lang::Zh), say(Lang::En)));
    }
    decided::decide(app, page, KEY, book, seen).await
}
