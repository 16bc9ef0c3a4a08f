//! When a case is due, and how it stands against that.
//!
//! The time used counts over every stay in a state since the case was opened, or opened again. So a
//! case that is sent back and comes again finds its clock where it left it.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::calendar::{Calendar, CalendarError, RollOver};

use crate::case::{Case, Stay, begin_of, day_of};
use crate::kind::{Clock, Kind, Rung, Turn};

/// The end of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// With the end of this day, in China.
    Day(Date),
    /// At this moment.
    Moment(Timestamp),
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is time.
    Running,
    /// The day has passed.
    Overdue,
    /// Its time stands still.
    Paused,
    /// It is at its end, in time or late.
    Ended {
        /// Whether the day had passed by then.
        late: bool,
    },
}

impl Due {
    /// Whether it has passed at a moment.
    pub fn has_passed(self, at: Timestamp) -> bool {
        match self {
            Due::Day(_) => self.has_passed_on(day_of(at), at),
            Due::Moment(moment) => at > moment,
        }
    }

    /// The same, of a moment whose day is known.
    pub(crate) fn has_passed_on(self, today: Date, at: Timestamp) -> bool {
        match self {
            Due::Day(day) => today > day,
            Due::Moment(moment) => at > moment,
        }
    }

    /// The moment it ends with: the midnight behind the day, or the moment itself.
    pub fn end(self) -> Timestamp {
        match self {
            Due::Day(day) => end_of_day(day),
            Due::Moment(moment) => moment,
        }
    }

    /// The first moment at which it has passed.
    pub fn passed_from(self) -> Timestamp {
        match self {
            Due::Day(day) => end_of_day(day),
            Due::Moment(moment) => moment.checked_add(SignedDuration::from_micros(1)).unwrap_or(Timestamp::MAX),
        }
    }

    /// The day it falls on, in China.
    pub fn day(self) -> Date {
        match self {
            Due::Day(day) => day,
            Due::Moment(moment) => day_of(moment),
        }
    }

    /// The earlier of two.
    fn earlier(self, other: Due) -> Due {
        let day = |due: Due| match due {
            Due::Day(day) => (day, 1, Timestamp::MAX),
            Due::Moment(moment) => (day_of(moment), 0, moment),
        };
        if day(other) < day(self) { other } else { self }
    }
}

impl Case {
    /// When the present state's time is up, at the latest with the whole promise. A day that was agreed
    /// takes the place of the clock of the states whose day a person may move, a day that came with the step
    /// that of the state it led to, and a moment named at the opening that of the first turn. What was promised
    /// for the item holds where it is shorter. `None` where time stands still, at the end, and in a state
    /// without a clock.
    ///
    /// # Errors
    /// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
    pub fn due(&self, calendar: &Calendar) -> Result<Option<Due>, CalendarError> {
        self.due_of(&self.stays, calendar)
    }

    /// When the last of some first stays of the case was due, as it was seen while it lasted.
    pub(crate) fn due_of(&self, stays: &[Stay], calendar: &Calendar) -> Result<Option<Due>, CalendarError> {
        let Some(present) = stays.last() else { return Ok(None) };
        let Turn::Runs(_) = present.state.turn else { return Ok(None) };
        let own = self.own_due_of(stays, calendar)?;
        let promise = match self.kind.promise {
            Some(clock) => Some(end_of(stays, clock, |stay| matches!(stay.state.turn, Turn::Runs(_)), calendar)?),
            None => None,
        };
        let promised = self.promised_of(
            stays,
            |kind, stay| self.promise.is_some_and(|one| one.covers(kind, stay.state)),
            calendar,
        )?;
        Ok([own, promise, promised].into_iter().flatten().reduce(Due::earlier))
    }

    /// The same as [`Case::due`] would be if nothing had been promised beside the clocks of the kind.
    ///
    /// # Errors
    /// As [`Case::due`].
    pub fn legal_due(&self, calendar: &Calendar) -> Result<Option<Due>, CalendarError> {
        Self { promise: None, ..self.clone() }.due(calendar)
    }

    /// When what was promised for the item is up, of which some stays have used their part. `None` where nothing
    /// was promised for the state, or another day was agreed.
    fn promised_of(
        &self,
        stays: &[Stay],
        counts: impl Fn(&Kind, &Stay) -> bool,
        calendar: &Calendar,
    ) -> Result<Option<Due>, CalendarError> {
        let (Some(promise), Some(present)) = (self.promise, stays.last()) else { return Ok(None) };
        if !promise.covers(self.kind, present.state) || self.agreed(present).is_some() {
            return Ok(None);
        }
        end_of(stays, promise.within, |stay| counts(self.kind, stay), calendar).map(Some)
    }

    /// The day that a person agreed on for a state, or that came with the step which led to it.
    fn agreed(&self, present: &Stay) -> Option<Date> {
        let moved = self.until.filter(|_| self.kind.may_move(present.state.key));
        moved.or(self.bound.filter(|_| self.kind.is_bound(present.state.key)))
    }

    /// The same by the state's own clock alone: what others used of the promise is not theirs who hold it now.
    pub(crate) fn own_due_of(&self, stays: &[Stay], calendar: &Calendar) -> Result<Option<Due>, CalendarError> {
        let Some(present) = stays.last() else { return Ok(None) };
        if let (Some(moment), 1) = (self.due_at, stays.len()) {
            return Ok(Some(Due::Moment(moment)));
        }
        // A first turn by a moment of its own used nothing of the clock that holds when it comes back.
        let counted = if self.due_at.is_some() { &stays[1..] } else { stays };
        let of_state = |stay: &Stay| std::ptr::eq(stay.state, present.state) || stay.state == present.state;
        let own = match (self.agreed(present), present.state.clock) {
            (Some(day), Some(_)) => Some(Due::Day(day)),
            (_, Some(clock)) => Some(end_of(counted, clock, of_state, calendar)?),
            (_, None) => None,
        };
        let promised = self.promised_of(stays, |_, stay| of_state(stay), calendar)?;
        Ok([own, promised].into_iter().flatten().reduce(Due::earlier))
    }

    /// How the case stands at a moment.
    ///
    /// # Errors
    /// As [`Case::due`].
    pub fn standing(&self, at: Timestamp, calendar: &Calendar) -> Result<Standing, CalendarError> {
        match self.state().turn {
            Turn::Paused(_) => Ok(Standing::Paused),
            Turn::Ended => Ok(Standing::Ended { late: self.ended_late(calendar)? }),
            Turn::Runs(_) => {
                let passed = self.due(calendar)?.is_some_and(|due| due.has_passed(at));
                Ok(if passed { Standing::Overdue } else { Standing::Running })
            }
        }
    }

    /// Whether the last stay before the end went past its day.
    fn ended_late(&self, calendar: &Calendar) -> Result<bool, CalendarError> {
        let before = &self.stays[..self.stays.len() - 1];
        Ok(self.due_of(before, calendar)?.is_some_and(|due| due.has_passed(self.stay().from)))
    }
}

/// The end of a clock of which the stays that count have used some.
fn end_of(
    stays: &[Stay],
    clock: Clock,
    counts: impl Fn(&Stay) -> bool,
    calendar: &Calendar,
) -> Result<Due, CalendarError> {
    let Some((present, before)) = stays.split_last() else { return Ok(Due::Moment(Timestamp::MAX)) };
    let before = before.iter().filter(|stay| stay.opening == present.opening && counts(stay));
    let used = before.filter_map(|stay| Some((stay.from, stay.to?)));
    let from = day_of(present.from);
    Ok(match clock {
        Clock::Hours(hours) => {
            let used: SignedDuration = used.map(|(from, to)| to.duration_since(from)).sum();
            let left = SignedDuration::from_hours(i64::from(hours)) - used;
            Due::Moment(present.from.checked_add(left).unwrap_or(Timestamp::MAX))
        }
        Clock::NaturalDays(days) => {
            let used: i32 = used.map(|(from, to)| days_between(day_of(from), day_of(to))).sum();
            match u32::try_from(i64::from(days) - i64::from(used)) {
                Ok(left) => Due::Day(calendar.add_natural_days(from, left, RollOver::Stay)?),
                Err(_) => Due::Day(from.saturating_sub(1.day())),
            }
        }
        Clock::WorkingDays(days) => {
            let mut left = i64::from(days);
            for (from, to) in used {
                left -= i64::from(calendar.working_days_between(day_of(from), day_of(to))?);
            }
            match u32::try_from(left) {
                Ok(left) => Due::Day(calendar.add_working_days(from, left)?),
                // More was used than there was: it is late from its first moment.
                Err(_) => Due::Day(from.saturating_sub(1.day())),
            }
        }
    })
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// The rungs of the ladder that a case has reached: who must have been told by now.
///
/// # Errors
/// As [`Case::due`].
pub fn reached<'a>(case: &'a Case, at: Timestamp, calendar: &Calendar) -> Result<Vec<&'a Rung>, CalendarError> {
    let Some(due) = case.due(calendar)? else { return Ok(Vec::new()) };
    Ok(case.kind.ladder.iter().filter(|rung| moment_of(case, due, rung.percent) <= at).collect())
}

/// When so many hundredths of the present state's time have gone. A time that was used up before the
/// state began has gone at its first moment.
pub(crate) fn moment_of(case: &Case, due: Due, percent: u32) -> Timestamp {
    let from = case.stay().from;
    let whole = due.end().duration_since(from).as_secs();
    let seconds = if whole <= 0 { 0 } else { (i128::from(whole) * i128::from(percent) + 99) / 100 };
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

fn end_of_day(day: Date) -> Timestamp {
    begin_of(day.saturating_add(1.day())).unwrap_or(Timestamp::MAX)
}
