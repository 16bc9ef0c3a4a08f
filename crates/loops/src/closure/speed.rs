//! How fast approvals are decided: shares by speed class, each with its base.

use jiff::{SignedDuration, Timestamp};

use super::Window;
use crate::case::{Case, day_of};
use crate::kind::{Party, Turn};

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
}

/// The speeds of the cases whose decision fell into a span of days. The time is that of the offices: what
/// the applicant took, and the procedures that stop the clock, do not count. A case is decided when it
/// leaves its last review, whenever the certificate is handed over; one that was withdrawn is not decided.
pub fn speeds<'c>(cases: impl IntoIterator<Item = &'c Case>, window: Window, instant: SignedDuration) -> Speeds {
    let mut found = Speeds::default();
    for case in cases {
        let Some((decided, taken)) = decision(case) else { continue };
        if !window.holds(decided) {
            continue;
        }
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
    }
    found
}

/// When a case was decided, and how long the offices took.
fn decision(case: &Case) -> Option<(Timestamp, SignedDuration)> {
    let decided = case.stays.iter().find(|stay| matches!(stay.state.key, "granted" | "refused"))?.from;
    let offices =
        case.stays.iter().filter(|stay| matches!(stay.state.turn, Turn::Runs(party) if party != Party::Asker));
    let taken = offices.filter_map(|stay| Some((stay.from, stay.to?))).filter(|(_, to)| *to <= decided);
    Some((decided, taken.map(|(from, to)| to.duration_since(from)).sum()))
}
