//! The cadence of the zone, who is away when, and what each officer owes by them.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::calendar::CalendarError;
use loops::cadence::{Away, Cadence, Candidate, Made, Norm, Owed, owed, work_123};
use loops::closure::Window;
use serde::{Deserialize, Serialize};
use store::cases::{ToSee, VisitKnown};

use crate::cases::{decided, topics};
use crate::frame::day;
use crate::{App, WebError};

/// Under which keys the zone keeps its cadence and who is away.
pub(super) const CADENCE: &str = "cadence";
pub(super) const AWAY: &str = "officers_away";

/// How many days ahead a title that ends speaks for a visit.
pub(super) const SOON: i64 = 90;

/// Days on which an officer is away, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leave {
    pub(super) officer: String,
    pub(super) from: Date,
    pub(super) to: Date,
}

/// What officers owe visits by.
pub(crate) struct Rhythm {
    pub(super) cadence: Cadence,
    /// Which version of the setting; 0 where the zone set none and works by 123.
    pub(super) version: i64,
    pub(super) leaves: Vec<Leave>,
    pub(super) leaves_version: i64,
    /// The day on which the clock first opened a visit: what lies before was owed by nobody.
    begun: Option<Date>,
}

impl Rhythm {
    /// As the zone set it.
    pub(crate) async fn of(app: &App) -> Result<Self, WebError> {
        let (cadence, version) = decided::known(app.store(), CADENCE).await?.unwrap_or_else(|| (work_123(), 0));
        let (leaves, leaves_version) = decided::known(app.store(), AWAY).await?.unwrap_or_default();
        let begun = app.store().visits_begun().await?.map(day::day_of);
        Ok(Self { cadence, version, leaves, leaves_version, begun })
    }

    /// The first day of which visits can still count: the period before the longest that a day lies in.
    pub(crate) fn since(&self, today: Date) -> Date {
        let first = |norm: &Norm| {
            let before = norm.every.span(today).from.saturating_sub(1.day());
            norm.every.span(before).from
        };
        self.cadence.norms.iter().map(first).min().unwrap_or(today)
    }

    /// What an officer owes on a day.
    pub(crate) fn owed(
        &self,
        app: &App,
        officer: &str,
        today: Date,
        known: &[VisitKnown],
    ) -> Result<Vec<Owed<'_>>, CalendarError> {
        let made: Vec<Made> = known.iter().filter(|visit| visit.made).filter_map(made).collect();
        let away: Vec<Away> = self.leaves.iter().map(away).collect();
        let mut owed = owed(&self.cadence, officer, today, &made, &away, app.store().timing().calendar())?;
        for one in &mut owed {
            let before = one.norm.every.span(one.span.from.saturating_sub(1.day()));
            // A period that began before visits were planned at all leaves nothing over.
            if self.begun.is_none_or(|begun| begun > before.from) {
                one.carried = 0;
            }
        }
        Ok(owed)
    }
}

fn away(leave: &Leave) -> Away {
    Away { officer: leave.officer.clone(), days: Window { from: leave.from, to: leave.to } }
}

fn made(visit: &VisitKnown) -> Option<Made> {
    Some(Made { officer: visit.officer.clone()?, what: what(visit).to_owned(), on: day::day_of(visit.at) })
}

/// What a visit is: what was said of it, else that of a firm.
fn what(visit: &VisitKnown) -> &str {
    match visit.topic.as_str() {
        "" => topics::FIRM_VISIT,
        topic => topic,
    }
}

/// How many visits of a norm an officer has open.
pub(super) fn open(known: &[VisitKnown], officer: &str, norm: &Norm) -> u32 {
    let own = |visit: &&VisitKnown| visit.officer.as_deref() == Some(officer) && what(visit) == norm.what;
    // One that somebody was at is made already; it only waits for its record.
    known.iter().filter(own).filter(|visit| visit.open && !visit.made).count() as u32
}

/// A firm as the engine ranks it.
pub(super) fn candidate(firm: &ToSee) -> Candidate {
    Candidate {
        subject: firm.subject.to_string(),
        place: firm.unit.map(|unit| unit.to_string()),
        spot: None,
        last: firm.last.map(day::day_of),
        open_matters: firm.matters,
        needs: firm.wishes,
        title: firm.title.clone(),
    }
}
