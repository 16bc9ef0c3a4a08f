//! Lists as of a day of the past.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use store::{Filter, ListQuery, Past, PastDay, Store};

use crate::register::kinds::Listed;
use crate::ui::figure;
use crate::{App, Page, WebError};

/// What a list is read from: the register, or how it stood at the end of the chosen day.
pub struct Reading<'a> {
    app: &'a App,
    past: Option<Arc<Past>>,
    /// The day on which titles count as held.
    pub on: Date,
}

impl Reading<'_> {
    /// The register to read from.
    pub fn store(&self) -> &Store {
        self.past.as_ref().map_or(self.app.store(), |past| past.store())
    }

    /// Refuses where a past day was asked for that this list does not have: a file or a program
    /// has no line above it that says so.
    ///
    /// # Errors
    /// The list is that of today although another day was chosen.
    pub fn must_be_of_the_day(&self, page: &Page) -> Result<(), WebError> {
        match page.as_of.filter(|_| self.past.is_none()) {
            None => Ok(()),
            Some(day) => Err(WebError::invalid(
                format!("这份清单没有 {day} 的样子：很长的清单和按体检结论的筛选只有今天的。请去掉日期。"),
                format!(
                    "This list cannot be had as of {day}: very long lists and those filtered by verdict are of today only. Leave the day out."
                ),
            )),
        }
    }

    /// Whether it is that of a past day.
    pub fn is_past(&self) -> bool {
        self.past.is_some()
    }
}

/// Finds what a list is read from. A list that is narrowed by verdicts is that of today, because
/// verdicts are kept for today only; so is one of too many subjects to derive.
///
/// # Errors
/// What the store reports.
pub async fn reading<'a>(
    app: &'a App,
    page: &Page,
    listed: &Listed,
    wanted: &ListQuery,
) -> Result<Reading<'a>, WebError> {
    let past = match day(app, page, listed, wanted) {
        Some(day) => day.ready().await?,
        None => None,
    };
    Ok(read_from(app, page, past))
}

/// As [`reading`], for a person: where the day takes long to derive, the page that says how far it is
/// and comes back by itself.
///
/// # Errors
/// As [`reading`]; the page that waits.
pub async fn reading_soon<'a>(
    app: &'a App,
    page: &Page,
    listed: &Listed,
    wanted: &ListQuery,
) -> Result<Result<Reading<'a>, Response>, WebError> {
    let Some(day) = day(app, page, listed, wanted) else { return Ok(Ok(read_from(app, page, None))) };
    match tokio::time::timeout(app.settings().past_patience, day.clone().ready()).await {
        Ok(past) => Ok(Ok(read_from(app, page, past?))),
        Err(_) => Ok(Err(waiting(page, listed, &day)?)),
    }
}

fn day(app: &App, page: &Page, listed: &Listed, wanted: &ListQuery) -> Option<PastDay> {
    let by_verdict = wanted.filters.iter().any(|filter| matches!(filter, Filter::Verdict { .. }));
    let moment = page.as_of_moment().filter(|_| !by_verdict)?;
    Some(app.store().past(listed.kind, moment))
}

fn read_from<'a>(app: &'a App, page: &Page, past: Option<Arc<Past>>) -> Reading<'a> {
    let on = page.as_of.filter(|_| past.is_some()).unwrap_or(page.today);
    Reading { app, past, on }
}

#[derive(Template)]
#[template(path = "register/past_waiting.html")]
struct Waiting<'a> {
    page: &'a Page,
    title: &'a str,
    done: u64,
    total: u64,
}

impl Waiting<'_> {
    fn counted(&self, count: u64) -> String {
        figure::grouped(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

fn waiting(page: &Page, listed: &Listed, day: &PastDay) -> Result<Response, WebError> {
    let (done, total) = day.progress();
    page.lists_past.store(true, Ordering::Relaxed);
    let waiting = Waiting { page, title: listed.title(page.lang), done, total };
    let mut response = page.show_with(StatusCode::ACCEPTED, waiting)?;
    response.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from_static("1"));
    Ok(response)
}
