//! The enterprise of a check-up, with all that policies may ask of it, and the day of application.

use std::collections::BTreeSet;

use checkup::{Desk, Enterprise, Record};
use jiff::civil::Date;
use kernel::{FactKey, SubjectKind};
use policy::Library;
use store::SubjectView;
use store::access::Viewer;

use crate::api::asked;
use crate::frame::path;
use crate::register::subject::source_address;
use crate::{App, Page, WebError};

/// An enterprise as it is held against policies.
pub(crate) struct Found {
    /// The enterprise as the register shows it.
    pub(crate) subject: SubjectView,
    /// The same, as policies look at it.
    pub(crate) enterprise: Enterprise,
    /// Kinds of record of which no list has come in, so that nobody knows whether there are any.
    pub(crate) not_listed: BTreeSet<SubjectKind>,
    /// The day of application.
    pub(crate) on: Date,
}

/// Finds the enterprise as it is known on the page's day.
///
/// # Errors
/// No such enterprise within the viewer's rows; a day that is none; what the store reports.
pub(crate) async fn find(app: &App, page: &Page, viewer: &Viewer, id: &str) -> Result<Found, WebError> {
    let on = day(page)?;
    let id = asked::subject(id)?;
    let moment = page.as_of_moment();
    // No policy asks for personal data, so none are read and no look at them is recorded.
    let found = app.store().subject(id, &viewer.scope, false, moment).await?;
    let subject = found.filter(|found| found.record.kind == SubjectKind::Enterprise).ok_or_else(WebError::not_found)?;
    let listed = app.store().kinds_listed(moment).await?;
    let enterprise = enterprise(&subject, &listed);
    let records = SubjectKind::ALL.iter().copied().filter(|kind| kind.is_record());
    let not_listed = records.filter(|kind| !enterprise.records.contains_key(kind)).collect();
    Ok(Found { subject, enterprise, not_listed, on })
}

/// An enterprise of the register as policies look at it. `listed` are the kinds of record of which lists have
/// come in: of these, one without a record has none.
pub(crate) fn enterprise(subject: &SubjectView, listed: &BTreeSet<SubjectKind>) -> Enterprise {
    let mut enterprise = Enterprise::new(subject.record.code.as_str(), subject.record.name.as_str());
    enterprise.add_view(&subject.view);
    for kind in listed {
        enterprise.knows(*kind);
    }
    for child in subject.children.iter().filter(|child| child.record.kind.is_record()) {
        let origin = format!("{}/{}", child.record.kind.key(), child.record.id);
        enterprise
            .add_record(child.record.kind, Record::of_view(child.record.name.as_str(), Some(origin), &child.view));
    }
    enterprise
}

/// The day of application of `?on=`; else the day as of which the page is read, else today.
///
/// # Errors
/// A text that is no day, or a day so far off that no policy can speak of it.
pub(crate) fn day(page: &Page) -> Result<Date, WebError> {
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(name, _)| name == "on").map(|(_, on)| on);
    let text = asked.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = text else { return Ok(page.as_of.unwrap_or(page.today)) };
    let wrong = || {
        WebError::bad_request(
            format!("申报日“{text}”不是 2000 年至 2100 年间的一个日期，应写作 2026-06-01 这样的形式。请重新选择日期。"),
            format!(
                "The day of application “{text}” is no day between 2000 and 2100; write it like 2026-06-01. Choose the day again."
            ),
        )
    };
    let day: Date = if text.len() == 10 { text.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
    if (2000..=2100).contains(&day.year()) { Ok(day) } else { Err(wrong()) }
}

impl Found {
    /// The policies in force on the day.
    pub(crate) fn desk<'l>(&self, library: &'l Library) -> Desk<'l> {
        Desk::new(library, self.on)
    }

    /// The address of the check-up, or of one policy of it, on the same days.
    pub(crate) fn address(&self, page: &Page, policy: &str) -> String {
        let mut address = format!("/enterprises/{}/checkup", self.subject.record.id);
        if !policy.is_empty() {
            address = format!("{address}/{policy}");
        }
        if self.on != page.as_of.unwrap_or(page.today) {
            address = path::with_query(&address, [("on", self.on.to_string().as_str())]);
        }
        page.link(&address)
    }
}

/// The page that shows where a fact or a record of the register stands.
pub(super) fn origin_address(page: &Page, origin: &str, fact: Option<&FactKey>) -> Option<String> {
    let seq = origin.strip_prefix("statements/").and_then(|seq| seq.parse().ok());
    match (seq, fact) {
        (Some(seq), Some(fact)) => Some(page.link(&source_address(seq, &fact.to_string()))),
        (None, _) => Some(page.link(&format!("/register/{origin}"))),
        _ => None,
    }
}
