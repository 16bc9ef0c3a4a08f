//! What the clock does by itself, and when something changes next.

use jiff::Timestamp;
use kernel::calendar::{Calendar, CalendarError};

use crate::case::Case;
use crate::due::moment_of;
use crate::kind::{Party, Step};

/// A step that nobody takes but the clock, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Automatic {
    /// The step.
    pub step: &'static Step,
    /// The first moment at which it is taken.
    pub from: Timestamp,
}

impl Case {
    /// The step that the clock takes in the present state, if nobody acts before.
    ///
    /// A step that is the clock's alone is taken once the day has passed. One that others may take too
    /// and that leads to the superior is taken when the ladder tells the superior, and only once until
    /// the case is opened again: whom the superior sends it back to has it for good.
    ///
    /// # Errors
    /// As [`Case::due`].
    pub fn automatic(&self, calendar: &Calendar) -> Result<Option<Automatic>, CalendarError> {
        let clocks = |step: &&Step| step.who.contains(&Party::Clock);
        let steps: Vec<&'static Step> = self.kind.steps_from(self.state().key).filter(clocks).collect();
        if steps.is_empty() {
            return Ok(None);
        }
        let Some(due) = self.due(calendar)? else { return Ok(None) };
        if let Some(step) = steps.iter().find(|step| step.who == [Party::Clock]) {
            return Ok(Some(Automatic { step, from: due.passed_from().max(self.stay().from) }));
        }
        let Some(rung) = self.kind.ladder.iter().find(|rung| rung.whom == Party::Superior) else { return Ok(None) };
        let rises = |step: &&&'static Step| {
            let to = step.to.and_then(|key| self.kind.state(key));
            to.is_some_and(|to| to.owner() == Some(Party::Superior) && !self.has_been(to.key))
        };
        let rising = steps.iter().find(rises);
        Ok(rising.map(|step| Automatic { step, from: moment_of(self, due, rung.percent) }))
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
        let Some(due) = self.due(calendar)? else { return Ok(None) };
        let rungs = self.kind.ladder.iter().map(|rung| moment_of(self, due, rung.percent));
        let automatic = self.automatic(calendar)?.map(|automatic| automatic.from);
        Ok(rungs.chain([due.passed_from()]).chain(automatic).filter(|moment| *moment > at).min())
    }
}
