//! What the clock does by itself, and when something changes next.

use jiff::Timestamp;
use kernel::calendar::{Calendar, CalendarError};

use crate::case::Case;
use crate::due::{Due, Standing, moment_of};
use crate::kind::{Party, Step};

/// A step that nobody takes but the clock, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Automatic {
    /// The step.
    pub step: &'static Step,
    /// The first moment at which it is taken.
    pub from: Timestamp,
}

/// What the clock of a case says at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// When it is due, as [`Case::due`] says.
    pub due: Option<Due>,
    /// Whether it ended late.
    pub late: bool,
    /// The step that the clock takes, as [`Case::automatic`] says.
    pub automatic: Option<Automatic>,
    /// When time alone changes something next, as [`Case::changes_next`] says.
    pub next: Option<Timestamp>,
}

impl Case {
    /// All that the clock says at a moment, for which the day is counted once.
    ///
    /// # Errors
    /// As [`Case::due`].
    pub fn clocks(&self, at: Timestamp, calendar: &Calendar) -> Result<Clocks, CalendarError> {
        let due = self.due(calendar)?;
        let late = self.state().is_end() && matches!(self.standing(at, calendar)?, Standing::Ended { late: true });
        let automatic = self.automatic_by(due);
        Ok(Clocks { due, late, automatic, next: self.next_by(due, automatic, at) })
    }

    /// The step that the clock takes in the present state, if nobody acts before.
    ///
    /// A step that is the clock's alone is taken once the day has passed. One that others may take too
    /// and that leads to the superior is taken when the ladder tells the superior, and only once until
    /// the case is opened again: whom the superior sends it back to has it for good.
    ///
    /// # Errors
    /// As [`Case::due`].
    pub fn automatic(&self, calendar: &Calendar) -> Result<Option<Automatic>, CalendarError> {
        Ok(self.automatic_by(self.due(calendar)?))
    }

    fn automatic_by(&self, due: Option<Due>) -> Option<Automatic> {
        let due = due?;
        let clocks = |step: &&Step| step.who.contains(&Party::Clock);
        let steps: Vec<&'static Step> = self.kind.steps_from(self.state().key).filter(clocks).collect();
        if let Some(step) = steps.iter().find(|step| step.who == [Party::Clock]) {
            return Some(Automatic { step, from: due.passed_from().max(self.stay().from) });
        }
        let rung = self.kind.ladder.iter().find(|rung| rung.whom == Party::Superior)?;
        let rises = |step: &&&'static Step| {
            let to = step.to.and_then(|key| self.kind.state(key));
            to.is_some_and(|to| to.owner() == Some(Party::Superior) && !self.has_been(to.key))
        };
        let rising = steps.iter().find(rises);
        rising.map(|step| Automatic { step, from: moment_of(self, due, rung.percent) })
    }

    /// Whether it was in a state since it was opened, or opened again.
    fn has_been(&self, state: &str) -> bool {
        self.stays.iter().any(|stay| stay.opening == self.reopened && stay.state.key == state)
    }

    /// The next moment at which time alone changes something: a rung of the ladder, the end of the
    /// time, a step of the clock. `None` where nothing will.
    ///
    /// # Errors
    /// As [`Case::due`].
    pub fn changes_next(&self, at: Timestamp, calendar: &Calendar) -> Result<Option<Timestamp>, CalendarError> {
        let due = self.due(calendar)?;
        Ok(self.next_by(due, self.automatic_by(due), at))
    }

    fn next_by(&self, due: Option<Due>, automatic: Option<Automatic>, at: Timestamp) -> Option<Timestamp> {
        let due = due?;
        let rungs = self.kind.ladder.iter().map(|rung| moment_of(self, due, rung.percent));
        let automatic = automatic.map(|automatic| automatic.from);
        rungs.chain([due.passed_from()]).chain(automatic).filter(|moment| *moment > at).min()
    }
}
