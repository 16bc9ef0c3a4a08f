//! How fast approvals are decided: shares by speed class, each with its base.

use jiff::{SignedDuration, Timestamp};
use kernel::calendar::{Calendar, CalendarError};

use super::{Share, Window};
use crate::case::{Case, day_of};
use crate::kind::{Party, Turn};
use crate::promise::Speed;

/// How many were decided how fast. The classes take each other's place from the fastest on, so that they
/// add up to the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Speeds {
    /// 即办: within so many minutes.
    pub instant: u32,
    /// 当日办结: on the day it came in.
    pub same_day: u32,
    /// 24小时: within true hours, holidays too.
    pub within_24_hours: u32,
    /// Longer.
    pub longer: u32,
    /// All that were decided in the span of days.
    pub base: u32,
    /// Of all of them: those decided on a day that is no working day, by somebody on duty.
    pub on_holiday: Share,
    /// 承诺兑现: of those that were applied for under each class, in the order of [`Speed::ALL`], the ones decided
    /// within what was promised; of what nothing was promised for, within the legal time.
    pub kept: [Share; Speed::ALL.len()],
}

impl Speeds {
    /// Of what was applied for under a class: what was decided within its promise.
    pub fn kept_of(&self, speed: Speed) -> Share {
        self.kept[place(speed)]
    }
}

fn place(speed: Speed) -> usize {
    Speed::ALL.iter().position(|one| *one == speed).unwrap_or_default()
}

/// The speeds of the cases whose decision fell into a span of days. The time is that of the offices: what
/// the applicant took, and the procedures that stop the clock, do not count. A case is decided when it
/// leaves its last review, whenever the certificate is handed over; one that was withdrawn is not decided.
///
/// # Errors
/// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
pub fn speeds<'c>(
    cases: impl IntoIterator<Item = &'c Case>,
    window: Window,
    instant: SignedDuration,
    calendar: &Calendar,
) -> Result<Speeds, CalendarError> {
    let mut found = Speeds::default();
    for case in cases {
        let Some((at, decided, taken)) = decision(case).filter(|(_, decided, _)| window.holds(*decided)) else {
            continue;
        };
        found.base += 1;
        if taken <= instant {
            found.instant += 1;
        } else if day_of(case.stays[0].from) == day_of(decided) {
            found.same_day += 1;
        } else if taken <= SignedDuration::from_hours(24) {
            found.within_24_hours += 1;
        } else {
            found.longer += 1;
        }
        found.on_holiday.count(!calendar.is_workday(day_of(decided))?);
        let late = case.due_of(&case.stays[..at], calendar)?.is_some_and(|due| due.has_passed(decided));
        found.kept[place(case.promise.map_or(Speed::Ordinary, |promise| promise.speed))].count(!late);
    }
    Ok(found)
}

/// With which stay a case was decided, when, and how long the offices took.
fn decision(case: &Case) -> Option<(usize, Timestamp, SignedDuration)> {
    let at = case.stays.iter().position(|stay| matches!(stay.state.key, "granted" | "refused"))?;
    let decided = case.stays[at].from;
    let offices =
        case.stays.iter().filter(|stay| matches!(stay.state.turn, Turn::Runs(party) if party != Party::Asker));
    let taken = offices.filter_map(|stay| Some((stay.from, stay.to?))).filter(|(_, to)| *to <= decided);
    Some((at, decided, taken.map(|(from, to)| to.duration_since(from)).sum()))
}
