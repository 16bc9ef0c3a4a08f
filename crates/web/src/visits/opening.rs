//! What is due opens by itself: each visit that a cadence asks for, once, for its officer.

use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use loops::Given;
use loops::cadence::{Candidate, Owed, Weights, round};
use store::cases::{OfficerLoad, ToSee, VisitKnown};

use super::rhythm::{self, Rhythm, SOON};
use crate::cases::topics::FIRM_VISIT;
use crate::frame::day;
use crate::{App, WebError};

/// How often it is looked whether anything new is due.
const PAUSE: Duration = Duration::from_secs(15 * 60);

/// Remembers when visits were last looked at, so that the clock may ask as often as it likes.
#[derive(Debug, Default)]
pub struct Planner {
    looked: Option<(Date, std::time::Instant)>,
}

impl Planner {
    /// Opens what is due, where a day has begun or some time has passed since it was last looked at.
    pub async fn look(&mut self, app: &App) {
        let today = day::day_of(app.store().clock().now());
        if self.looked.is_some_and(|(on, at)| on == today && at.elapsed() < PAUSE) {
            return;
        }
        match open_due(app).await {
            Ok(0) => {}
            Ok(opened) => tracing::info!(opened, "visits that are due were opened"),
            Err(error) => tracing::warn!(error = error.say(Lang::En), "visits could not be planned"),
        }
        self.looked = Some((today, std::time::Instant::now()));
    }
}

/// Opens every visit that is due now and is not open; returns how many. Called twice it opens nothing more.
///
/// # Errors
/// What the store reports. An officer whose days cannot be counted is passed over with a line in the log.
pub async fn open_due(app: &App) -> Result<u64, WebError> {
    let today = day::day_of(app.store().clock().now());
    let rhythm = Rhythm::of(app).await?;
    let known = app.store().visits_known(rhythm.since(today)).await?;
    let mut opened = 0;
    for officer in app.store().officer_loads().await?.iter().filter(|officer| officer.serves) {
        let done = match rhythm.owed(app, &officer.account, today, &known) {
            Ok(owed) => open_for(app, &rhythm, officer, &owed, &known, today).await,
            Err(error) => Err(WebError::invalid(error.say(Lang::Zh), error.say(Lang::En))),
        };
        match done {
            Ok(more) => opened += more,
            // One officer's visits that cannot be planned keep nobody else's from it.
            Err(error) => {
                let why = error.say(Lang::En);
                tracing::warn!(officer = officer.account, why, "the visits of an officer could not be planned");
            }
        }
    }
    Ok(opened)
}

async fn open_for(
    app: &App,
    rhythm: &Rhythm,
    officer: &OfficerLoad,
    owed: &[Owed<'_>],
    known: &[VisitKnown],
    today: Date,
) -> Result<u64, WebError> {
    let (account, mut opened) = (officer.account.as_str(), 0);
    for one in owed {
        let mut room = one.to_open(rhythm::open(known, account, one.norm));
        if room == 0 {
            continue;
        }
        let mut firms = match one.norm.what.as_str() {
            FIRM_VISIT => Some(next_firms(app, account, today, room).await?.into_iter()),
            _ => None,
        };
        let mut firm = firms.as_mut().and_then(Iterator::next);
        for occasion in one.occasions(&rhythm.cadence.key, account) {
            // A firm visit without a firm is none: there is nobody left to see.
            if room == 0 || (firms.is_some() && firm.is_none()) {
                break;
            }
            let given = Given {
                title: Some(title(one, firm.as_ref())),
                topic: Some(one.norm.what.clone()),
                subject: firm.as_ref().map(|firm| firm.subject.to_string()),
                unit: Some(officer.unit.to_string()),
                until: one.by,
                occasion: Some(occasion),
                ..Given::default()
            };
            if app.store().open_visit_when_due(given, account).await?.is_some() {
                (room, opened) = (room - 1, opened + 1);
                firm = firms.as_mut().and_then(Iterator::next);
            }
        }
    }
    Ok(opened)
}

fn title(owed: &Owed<'_>, firm: Option<&ToSee>) -> String {
    match firm {
        Some(firm) => format!("走访{}", firm.name),
        None => format!("{}（{} 至 {}）", owed.norm.zh, owed.span.from, owed.span.to),
    }
}

/// The firms of an officer that need a visit most and have none planned: place after place.
async fn next_firms(app: &App, officer: &str, today: Date, stops: u32) -> Result<Vec<ToSee>, WebError> {
    let firms = app.store().firms_to_see(officer, today, today.saturating_add(SOON.days())).await?;
    let mut left: Vec<&ToSee> = firms.iter().filter(|firm| !firm.planned).collect();
    let (mut next, wanted) = (Vec::new(), stops as usize);
    while next.len() < wanted && !left.is_empty() {
        let candidates: Vec<Candidate> = left.iter().map(|firm| rhythm::candidate(firm)).collect();
        for stop in round(&candidates, today, wanted - next.len(), &Weights::default()) {
            if let Some(at) = left.iter().position(|firm| firm.subject.to_string() == stop.subject) {
                next.push(left.remove(at).clone());
            }
        }
    }
    Ok(next)
}
