//! Which officers a person sees, what visits of one are due, and whom that officer should see next and why: the
//! same for the page and for programs.

use jiff::ToSpan as _;
use kernel::Catalogue;
use loops::cadence::{Candidate, Reason, Stop, Weights, round};
use store::access::Action;
use store::cases::{CaseFilter, CasePage, CaseQuery, OfficerLoad, ToSee};

use super::rhythm::{self, SOON};
use crate::{App, Page, WebError};

/// Stops of a suggested round.
const STOPS: usize = 6;
/// Officers on the page; the busiest parks have dozens.
const OFFICERS: usize = 200;
/// Visits that are due on the page.
const DUE: u64 = 30;

/// What is due of an officer's visits, and the round that is suggested.
pub(crate) struct Suggested {
    /// The open visits, the first due first.
    pub(crate) due: CasePage,
    /// The officer's firms that the person may see.
    pub(crate) firms: Vec<ToSee>,
    /// The stops, those that need it most first.
    pub(crate) stops: Vec<(ToSee, Stop)>,
}

/// The officers that a person sees: whoever leads sees every one, an officer the own work, others nobody's.
///
/// # Errors
/// There is nothing of the kind for an enterprise; what the store reports.
pub(crate) async fn officers(app: &App, page: &Page) -> Result<Vec<OfficerLoad>, WebError> {
    let viewer = page.viewer_within()?;
    let leads = page.can(Action::AssignOfficers);
    let mut loads = app.store().officer_loads().await?;
    loads.retain(|load| load.serves && (leads || load.account == viewer.name));
    loads.truncate(OFFICERS);
    Ok(loads)
}

/// What is due of an officer's visits, and whom to see next in a place or anywhere, within the person's rows.
///
/// # Errors
/// What the store reports.
pub(crate) async fn suggested(
    app: &App,
    page: &Page,
    officer: &str,
    place: Option<&str>,
) -> Result<Suggested, WebError> {
    let (viewer, today) = (page.viewer()?, page.today);
    let filter = CaseFilter {
        kinds: vec!["visit".to_owned()],
        officer: Some(officer.to_owned()),
        open: Some(true),
        ..CaseFilter::default()
    };
    let due = app.store().cases(viewer, &CaseQuery { filter, limit: DUE, ..CaseQuery::default() }).await?;
    let mut firms = app.store().firms_to_see(officer, today, today.saturating_add(SOON.days())).await?;
    let ids: Vec<_> = firms.iter().map(|firm| firm.subject).collect();
    let visible = app.store().visible(&ids, &viewer.scope).await?;
    firms.retain(|firm| visible.contains(&firm.subject));
    let is_there = |firm: &&ToSee| place.is_none() || firm.unit.map(|unit| unit.to_string()).as_deref() == place;
    let free: Vec<&ToSee> = firms.iter().filter(|firm| !firm.planned).filter(is_there).collect();
    let candidates: Vec<Candidate> = free.iter().map(|firm| rhythm::candidate(firm)).collect();
    let stops = round(&candidates, today, STOPS, &Weights::default());
    let firm = |stop: Stop| {
        let firm = free.iter().find(|firm| firm.subject.to_string() == stop.subject)?;
        Some(((*firm).clone(), stop))
    };
    let stops = stops.into_iter().filter_map(firm).collect();
    Ok(Suggested { due, firms, stops })
}

/// A reason in words; a title by its name.
pub(crate) fn said(page: &Page, reason: &Reason) -> String {
    let Reason::Title(key, day) = reason else { return reason.say(page.lang) };
    let field = Catalogue::builtin().field("qualification_code");
    let name = field.and_then(|field| field.choice(key)).map_or(key.as_str(), |choice| choice.label(page.lang));
    Reason::Title(name.to_owned(), *day).say(page.lang)
}
