//! The figures of a department that its head would accept as fair: only its own turns, its own clock.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::calendar::{Calendar, CalendarError};

use super::{Share, Window, asks_for_rating, conclusions, is_work};
use crate::case::{Case, Stay, day_of};
use crate::kind::Party;

/// How long cases were in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InState {
    /// Stays that ended in the span of days.
    pub stays: u32,
    /// Their working days together.
    pub working_days: i64,
    /// The longest of them, in working days.
    pub longest: i32,
}

/// The figures of one unit in a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitFigures {
    /// Turns of the unit that ended in time by their own clock, of all that ended.
    pub on_time: Share,
    /// Turns that are running and past their day at the end of the span.
    pub late_now: u32,
    /// Turns that came back from a check to be done again, of all that ended.
    pub sent_back: Share,
    /// Conclusions of its cases after which the case was opened again, of all its conclusions.
    pub reopened: Share,
    /// Ends of its cases that did nothing for who asked, of all its ends.
    pub without_effect: Share,
    /// Ratings of its cases, of the ends that ask for one.
    pub rated: Share,
    /// Ratings of level 3 and more, of its ratings.
    pub good: Share,
    /// Grades the park gave, summed up, and how many.
    pub grades: (u32, u32),
    /// The time in each state, by the state's kind and key.
    pub states: BTreeMap<(&'static str, &'static str), InState>,
}

/// The figures of every unit that had a turn, by unit. Time that a case spent with others is not counted.
///
/// # Errors
/// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
pub fn unit_figures<'c>(
    cases: impl IntoIterator<Item = &'c Case>,
    window: Window,
    until: Timestamp,
    calendar: &Calendar,
) -> Result<BTreeMap<String, UnitFigures>, CalendarError> {
    let mut units: BTreeMap<String, UnitFigures> = BTreeMap::new();
    for case in cases {
        for (place, stay) in case.stays.iter().enumerate().filter(|(_, stay)| is_turn_of_unit(stay)) {
            let Some(unit) = &stay.unit else { continue };
            let figures = units.entry(unit.clone()).or_default();
            let due = case.own_due_of(&case.stays[..=place], calendar)?;
            let passed = |at| due.is_some_and(|due| due.has_passed(at));
            match stay.to {
                Some(to) if window.holds(to) => {
                    figures.on_time.count(!passed(to));
                    figures.sent_back.count(was_sent_back(&case.stays[..=place]));
                    let days = calendar.working_days_between(day_of(stay.from), day_of(to))?;
                    let state = figures.states.entry((case.kind.key, stay.state.key)).or_default();
                    state.stays += 1;
                    state.working_days += i64::from(days);
                    state.longest = state.longest.max(days);
                }
                None => figures.late_now += u32::from(passed(until)),
                Some(_) => {}
            }
        }
        conclude(case, window, &mut units);
    }
    Ok(units)
}

/// Whether it was the turn of the unit in charge.
fn is_turn_of_unit(stay: &Stay) -> bool {
    is_work(stay) && matches!(stay.state.owner(), Some(Party::Lead))
}

/// Whether the last of some stays is one to which a check sent the work back.
fn was_sent_back(stays: &[Stay]) -> bool {
    let [before @ .., checked, stay] = stays else { return false };
    let checks = matches!(checked.state.owner(), Some(Party::Second | Party::Head | Party::Supervisor));
    checks && before.iter().any(|known| known.opening == stay.opening && known.state == stay.state)
}

/// What became of the unit's cases: the unit that had the last turn before a conclusion answers for it.
fn conclude(case: &Case, window: Window, units: &mut BTreeMap<String, UnitFigures>) {
    for conclusion in conclusions(case).filter(|one| window.holds(one.at)) {
        let own = |stay: &&Stay| stay.opening == conclusion.opening && is_turn_of_unit(stay);
        let Some(unit) = case.stays.iter().rfind(own).and_then(|stay| stay.unit.clone()) else { continue };
        let figures = units.entry(unit).or_default();
        figures.reopened.count(conclusion.reopened);
        if conclusion.reopened {
            continue;
        }
        figures.without_effect.count(case.without_effect);
        if let Some(grade) = case.graded {
            figures.grades = (figures.grades.0 + u32::from(grade), figures.grades.1 + 1);
        }
        if asks_for_rating(case.kind) {
            figures.rated.count(case.rating.is_some());
        }
        if let Some(rating) = case.rating {
            figures.good.count(rating >= 3);
        }
    }
}
