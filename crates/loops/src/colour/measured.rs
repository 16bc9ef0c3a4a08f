//! The figures from which a colour is computed.

use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::{Calendar, CalendarError};
use kernel::{FactKey, SubjectKind, Value};
use policy::Facts;

use crate::case::{Case, begin_of, day_of};
use crate::due::Due;
use crate::kind::{Party, Turn};
use crate::plan::{Plan, Progress};

/// What a case comes to at a moment: everything a scheme may ask for, in `catalogue/loops/supervision.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measured {
    /// Whether it is at its end.
    pub ended: bool,
    /// Whole or begun days past its due; 0 in time and at the end.
    pub days_late: i64,
    /// Working days to its due, 0 on the day and past it; `None` without a due.
    pub days_left: Option<i64>,
    /// Working days since it has been in its present state; 0 on the first day.
    pub days_used: i64,
    /// How often somebody was reminded.
    pub reminders: i64,
    /// How far its plan by months is; of a case without one nothing is planned and nothing missed.
    pub progress: Progress,
    /// Whether something of it was late, and is no more.
    pub caught_up: bool,
    /// Whether its quality was found wanting. A person says so; of itself nothing is.
    pub quality_poor: bool,
}

// What tells most cases apart: a colour is looked up for every day of a month ahead, and shares of a plan are
// dear to hash.
impl Hash for Measured {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.days_late, self.days_left, self.days_used, self.reminders, self.progress.months_missed).hash(state);
    }
}

impl Measured {
    /// The figures of a case. Of one whose time stands still they are those of the moment it began to.
    ///
    /// # Errors
    /// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
    pub fn of(case: &Case, plan: Option<&Plan>, at: Timestamp, calendar: &Calendar) -> Result<Self, CalendarError> {
        Course::of(case, plan, calendar)?.at(at, day_of(at), calendar)
    }

    /// Whether the figures of a case change with nothing but time.
    pub(super) fn moves(case: &Case, plan: Option<&Plan>) -> bool {
        matches!(case.state().turn, Turn::Runs(_)) || plan.is_some() && !case.state().is_end()
    }

    /// The moments from now on at which the figures of a case can become others, each with its day: the beginning
    /// of each day and, of a clock in hours, when it is up.
    pub(super) fn moments(course: &Course<'_>, at: Timestamp) -> impl Iterator<Item = (Timestamp, Date)> {
        // A day has passed when the next begins, which is a moment anyway.
        let runs = course.stopped.is_none();
        let up = course.due.filter(|due| runs && matches!(due, Due::Moment(_))).map(Due::passed_from);
        let days = std::iter::successors(Some(day_of(at)), |day| day.tomorrow().ok()).skip(1);
        let mut days = days.map_while(|day| Some((begin_of(day)?, day))).peekable();
        let mut up = up.filter(|moment| *moment > at);
        std::iter::from_fn(move || match (up, days.peek()) {
            (Some(moment), Some((begin, _))) if moment <= *begin => {
                if moment == *begin {
                    days.next();
                }
                up = None;
                Some((moment, day_of(moment)))
            }
            _ => days.next(),
        })
    }

    fn value(&self, field: &str) -> Option<Value> {
        let integer = |figure: i64| Some(Value::Integer(figure));
        match field {
            "ended" => Some(Value::Bool(self.ended)),
            "days_late" => integer(self.days_late),
            "working_days_left" => self.days_left.map(Value::Integer),
            "working_days_used" => integer(self.days_used),
            "reminders" => integer(self.reminders),
            "planned_share" => Some(Value::Decimal(self.progress.planned)),
            "done_share" => Some(Value::Decimal(self.progress.done)),
            "months_missed" => integer(self.progress.months_missed.into()),
            "caught_up" => Some(Value::Bool(self.caught_up)),
            "quality_poor" => Some(Value::Bool(self.quality_poor)),
            _ => None,
        }
    }

    /// The figures a scheme asks for, as facts.
    pub(super) fn sheet<'k>(&self, fields: &'k [FactKey]) -> Sheet<'k> {
        Sheet { fields, values: fields.iter().map(|key| self.value(&key.field)).collect() }
    }
}

/// What of a case's figures stands still while nobody does anything, from which those of any moment are
/// counted.
pub(super) struct Course<'p> {
    plan: Option<&'p Plan>,
    ended: bool,
    /// The moment its time stopped; `None` while it runs.
    stopped: Option<Timestamp>,
    due: Option<Due>,
    /// The day on which the present state began.
    from: Option<Date>,
    reminders: i64,
    was_late: bool,
}

impl<'p> Course<'p> {
    /// The course of a case.
    pub(super) fn of(case: &Case, plan: Option<&'p Plan>, calendar: &Calendar) -> Result<Self, CalendarError> {
        let (stays, stopped) = match case.state().turn {
            Turn::Runs(_) => (case.stays.as_slice(), None),
            _ => (&case.stays[..case.stays.len() - 1], Some(case.stay().from)),
        };
        let ended = case.state().is_end();
        let due = if ended { None } else { case.due_of(stays, calendar)? };
        let from = stays.last().map(|stay| day_of(stay.from));
        let was_late = was_late(case, ended, calendar)?;
        Ok(Self { plan, ended, stopped, due, from, reminders: case.chased.into(), was_late })
    }

    /// The figures at a moment, of which the day is known.
    pub(super) fn at(&self, at: Timestamp, day: Date, calendar: &Calendar) -> Result<Measured, CalendarError> {
        let (at, day) = self.stopped.map_or((at, day), |stopped| (stopped, day_of(stopped)));
        let (ended, reminders) = (self.ended, self.reminders);
        let progress = self.plan.map(|plan| plan.progress(day)).unwrap_or_default();
        let caught_up = progress.caught_up || self.was_late;
        let mut measured = Measured { ended, reminders, progress, caught_up, ..Measured::default() };
        if let (Some(due), Some(from)) = (self.due, self.from) {
            measured.days_late = days_late(due, at, day);
            measured.days_used = if day > from { working_days(from, day, calendar)? } else { 0 };
            measured.days_left = Some(if due.day() > day { working_days(day, due.day(), calendar)? } else { 0 });
        }
        Ok(measured)
    }
}

/// Whether something of the case was late in this opening and is over: a stay of somebody else than who
/// asked, whose silence is nobody's delay.
fn was_late(case: &Case, ended: bool, calendar: &Calendar) -> Result<bool, CalendarError> {
    let opening = case.stay().opening;
    for (place, stay) in case.stays.iter().enumerate() {
        let Some(to) = stay.to.filter(|_| stay.opening == opening) else { continue };
        if matches!(stay.state.turn, Turn::Runs(Party::Asker) | Turn::Paused(_) | Turn::Ended) {
            continue;
        }
        // A pause does not catch up with what was late when it began.
        let frozen = !ended && case.is_paused() && place + 2 == case.stays.len();
        if !frozen && case.due_of(&case.stays[..=place], calendar)?.is_some_and(|due| due.has_passed(to)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Working days from one day to a later one that is certain. Where it lies in a year whose holidays are not known yet, the
/// weeks there count as ordinary ones: this says how near it is, never when it is.
fn working_days(day: Date, due: Date, calendar: &Calendar) -> Result<i64, CalendarError> {
    let last = calendar.known().1;
    if due <= last || day > last {
        return calendar.working_days_between(day, due).map(i64::from);
    }
    let known = i64::from(calendar.working_days_between(day, last)?);
    let beyond = last.until(due).map_or(0, |span| i64::from(span.get_days()));
    Ok(known + beyond * 5 / 7)
}

fn days_late(due: Due, at: Timestamp, day: Date) -> i64 {
    if !due.has_passed_on(day, at) {
        return 0;
    }
    let days = day.duration_since(due.day()).as_hours() / 24;
    days.max(1)
}

/// The figures by the names under which a scheme asks for them.
pub(super) struct Sheet<'k> {
    fields: &'k [FactKey],
    values: Vec<Option<Value>>,
}

impl Facts for Sheet<'_> {
    fn value(&self, key: &FactKey) -> Option<&Value> {
        let place = self.fields.iter().position(|field| field == key)?;
        self.values.get(place)?.as_ref()
    }

    fn records(&self, _kind: SubjectKind) -> Option<usize> {
        None
    }

    fn record_value(&self, _kind: SubjectKind, _record: usize, _key: &FactKey) -> Option<&Value> {
        None
    }
}
