//! Figures of closure: what a zone may say of its cases, always with the base they rest on.
//!
//! What is counted is a *conclusion*: a case came to its end, or was opened again and so came to one that
//! did not hold. The time of a stay belongs to whose turn it was; who asked and stays silent makes nobody
//! late, and silence is never counted as praise.

mod lists;
mod speed;
mod units;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::{Calendar, CalendarError};
use rust_decimal::Decimal;

pub use lists::{List, ListScheme, Listed, by_list_id, list_schemes};
pub use speed::{Speeds, speeds};
pub use units::{InState, UnitFigures, unit_figures};

use crate::case::{Case, Stay, day_of};
use crate::kind::{Kind, Mark, Need, Party, Turn};

/// A span of days in China, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Window {
    /// Whether a moment lies in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        (self.from..=self.to).contains(&day_of(at))
    }
}

/// A part of a base. The base is always told with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many.
    pub part: u32,
    /// Of how many.
    pub base: u32,
}

impl Share {
    /// Counts one more of the base, and of the part where it belongs to it.
    pub fn count(&mut self, belongs: bool) {
        self.base += 1;
        self.part += u32::from(belongs);
    }

    /// Per cent; `None` of nothing.
    pub fn percent(self) -> Option<Decimal> {
        (self.base > 0).then(|| Decimal::from(self.part) * Decimal::ONE_HUNDRED / Decimal::from(self.base))
    }
}

/// The figures of some cases in a span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closure {
    /// Cases opened in it.
    pub opened: u32,
    /// Cases that came to an end in it and are at their end.
    pub closed: u32,
    /// Conclusions of which no stay was late, of all conclusions.
    pub on_time: Share,
    /// Cases that are not at their end and whose turn is past its day at the end of the span. A share of what was
    /// concluded says nothing of them, so they are told beside it.
    pub late_now: u32,
    /// Of the conclusions of cases that were given to a unit: those that never came back as the wrong door.
    pub first_right: Share,
    /// Of all conclusions: those after which the case was opened again.
    pub reopened: Share,
    /// Of the ends: those that did nothing for who asked.
    pub without_effect: Share,
    /// The response rate: of the ends of cases whose asker is asked for a rating, those with one.
    pub rated: Share,
    /// How many ratings of each level, from 1 非常不满意 to 5 非常满意.
    pub ratings: [u32; 5],
    /// Of the ratings: those of level 3 and more, 国办发〔2019〕51号.
    pub good: Share,
}

/// The figures of cases in a span of days, of which the last has passed up to `until`.
///
/// # Errors
/// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
pub fn closure<'c>(
    cases: impl IntoIterator<Item = &'c Case>,
    window: Window,
    until: Timestamp,
    calendar: &Calendar,
) -> Result<Closure, CalendarError> {
    let mut found = Closure::default();
    for case in cases {
        found.opened += u32::from(window.holds(case.stays[0].from));
        found.late_now += u32::from(is_late_now(case, until, calendar)?);
        for conclusion in conclusions(case).filter(|one| window.holds(one.at)) {
            let late = is_late(case, conclusion.opening, calendar)?;
            found.on_time.count(!late);
            found.reopened.count(conclusion.reopened);
            if case.stays.iter().any(|stay| stay.unit.is_some() && stay.state.owner() == Some(Party::Lead)) {
                found.first_right.count(case.returned == 0);
            }
            if !conclusion.reopened {
                found.closed += 1;
                found.without_effect.count(case.without_effect);
                found.rate(case);
            }
        }
    }
    Ok(found)
}

impl Closure {
    fn rate(&mut self, case: &Case) {
        if !asks_for_rating(case.kind) {
            return;
        }
        self.rated.count(case.rating.is_some());
        if let Some(rating) = case.rating {
            if let Some(level) = self.ratings.get_mut(usize::from(rating.saturating_sub(1))) {
                *level += 1;
            }
            self.good.count(rating >= 3);
        }
    }
}

/// Whether who asked is asked for a rating.
fn asks_for_rating(kind: &Kind) -> bool {
    kind.steps.iter().any(|step| step.needs.contains(&Need::Rating) && step.mark != Some(Mark::Grades))
}

/// A case that came to an end, or was opened again.
#[derive(Debug, Clone, Copy)]
struct Conclusion {
    at: Timestamp,
    opening: u32,
    reopened: bool,
}

/// The conclusions of a case: one for each time it was opened again, and its end.
fn conclusions(case: &Case) -> impl Iterator<Item = Conclusion> {
    let turned = case.stays.windows(2).filter(|pair| pair[0].opening != pair[1].opening);
    // A case that ended and was opened again concluded when it ended.
    let turned = turned.map(|pair| {
        let at = if pair[0].state.is_end() { pair[0].from } else { pair[1].from };
        Conclusion { at, opening: pair[0].opening, reopened: true }
    });
    let last = case.stay();
    let end = last.state.is_end().then(|| Conclusion { at: end_of(case), opening: last.opening, reopened: false });
    turned.chain(end)
}

/// When a case at its end came to it: an end confirmed later is still the first one.
fn end_of(case: &Case) -> Timestamp {
    let ends = case.stays.iter().rev().take_while(|stay| stay.state.is_end());
    ends.last().map_or(case.stay().from, |stay| stay.from)
}

/// Whether a stay is one of work: time ran, and it was not the asker's turn.
fn is_work(stay: &Stay) -> bool {
    matches!(stay.state.turn, Turn::Runs(party) if party != Party::Asker)
}

/// Whether a stay of work in one opening went past its day.
fn is_late(case: &Case, opening: u32, calendar: &Calendar) -> Result<bool, CalendarError> {
    for (place, stay) in case.stays.iter().enumerate() {
        let Some(to) = stay.to.filter(|_| stay.opening == opening && is_work(stay)) else { continue };
        if case.due_of(&case.stays[..=place], calendar)?.is_some_and(|due| due.has_passed(to)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the turn of work that a case is in has run past its day.
fn is_late_now(case: &Case, until: Timestamp, calendar: &Calendar) -> Result<bool, CalendarError> {
    let stay = case.stay();
    if stay.to.is_some() || !is_work(stay) {
        return Ok(false);
    }
    Ok(case.due_of(&case.stays, calendar)?.is_some_and(|due| due.has_passed(until)))
}
