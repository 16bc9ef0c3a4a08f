//! Lists as of a day of the past.

use std::sync::Arc;

use jiff::civil::Date;
use store::{Filter, ListQuery, Past, Store};

use crate::register::kinds::Listed;
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
/// verdicts are kept for today only; so is one of too many subjects to derive while a reader waits.
///
/// # Errors
/// What the store reports.
pub async fn reading<'a>(
    app: &'a App,
    page: &Page,
    listed: &Listed,
    wanted: &ListQuery,
) -> Result<Reading<'a>, WebError> {
    let by_verdict = wanted.filters.iter().any(|filter| matches!(filter, Filter::Verdict { .. }));
    let past = match page.as_of_moment().filter(|_| !by_verdict) {
        Some(moment) => app.store().past(listed.kind, moment).await?,
        None => None,
    };
    let on = page.as_of.filter(|_| past.is_some()).unwrap_or(page.today);
    Ok(Reading { app, past, on })
}
