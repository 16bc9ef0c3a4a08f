//! Working days and colours: what time makes of a case.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::calendar::{Calendar, CalendarError};
use loops::colour::Painter;
use loops::{Case, Standing, reached};

/// A colour and how long it holds if nothing happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Painted {
    /// Its key, such as `red`.
    pub colour: String,
    /// The first moment at which the rule may say otherwise; `None` where time alone changes nothing.
    pub until: Option<Timestamp>,
}

impl Painted {
    /// What a scheme in the policy language says; of a task with a plan by months, by how far the plan is.
    ///
    /// # Errors
    /// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
    pub fn by(painter: &Painter<'_>, case: &Case, at: Timestamp, calendar: &Calendar) -> Result<Self, CalendarError> {
        let (painted, until) = loops::colour_until(case, case.plan.as_ref(), at, calendar, painter)?;
        Ok(Self { colour: painted.colour.key().to_owned(), until })
    }
}

type Rule = dyn Fn(&Case, Timestamp, &Calendar) -> Result<Painted, CalendarError> + Send + Sync;

/// The calendar a zone counts by and the rule that gives a case its colour. The store keeps both, so that
/// a colour is computed wherever a case changes and nobody can paint his own.
#[derive(Clone)]
pub struct Timing {
    calendar: Arc<Calendar>,
    rule: Arc<Rule>,
}

impl Timing {
    /// The calendar of the program, and the colours of the ladder: green while nobody had to be told,
    /// yellow from the first warning, red from the day on, grey while time stands still, no colour at
    /// an end.
    pub fn plain() -> Self {
        Self::new(Calendar::builtin().clone(), plain)
    }

    /// This calendar and this rule. The rule must be pure: it is asked again for the same case.
    pub fn new(
        calendar: Calendar,
        rule: impl Fn(&Case, Timestamp, &Calendar) -> Result<Painted, CalendarError> + Send + Sync + 'static,
    ) -> Self {
        Self { calendar: Arc::new(calendar), rule: Arc::new(rule) }
    }

    /// The working days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The colour of a case at a moment by the rule.
    ///
    /// # Errors
    /// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
    pub fn paint(&self, case: &Case, at: Timestamp) -> Result<Painted, CalendarError> {
        (self.rule)(case, at, self.calendar())
    }

    /// What time makes of a case at a moment.
    pub(crate) fn counted(&self, case: &Case, at: Timestamp) -> Result<Counted, CalendarError> {
        let calendar = self.calendar();
        let painted = self.paint(case, at)?;
        let loops::Clocks { due, late, automatic, next } = case.clocks(at, calendar)?;
        // What the clock should have done by now is to be done at once.
        let overdue = automatic.map(|automatic| automatic.from).filter(|from| *from <= at);
        let until = painted.until.filter(|until| *until > at);
        let next = [next, until, overdue].into_iter().flatten().min();
        let last = |due: loops::Due| due.passed_from().checked_sub(SignedDuration::from_micros(1)).unwrap_or_default();
        Ok(Counted { due: due.map(last), late, colour: painted.colour, next })
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::plain()
    }
}

impl fmt::Debug for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timing").field("known", &self.calendar.known()).finish_non_exhaustive()
    }
}

/// What time makes of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// The last moment that is still in time.
    pub(crate) due: Option<Timestamp>,
    /// Whether it ended late.
    pub(crate) late: bool,
    /// Its colour.
    pub(crate) colour: String,
    /// When it has to be looked at again.
    pub(crate) next: Option<Timestamp>,
}

fn plain(case: &Case, at: Timestamp, calendar: &Calendar) -> Result<Painted, CalendarError> {
    let colour = match case.standing(at, calendar)? {
        Standing::Ended { .. } => "",
        Standing::Paused => "grey",
        Standing::Overdue => "red",
        Standing::Running if reached(case, at, calendar)?.is_empty() => "green",
        Standing::Running => "yellow",
    };
    Ok(Painted { colour: colour.to_owned(), until: case.changes_next(at, calendar)? })
}
