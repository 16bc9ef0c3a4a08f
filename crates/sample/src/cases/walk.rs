//! Walking a case through its steps until it ends or the present is reached.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use kernel::calendar::Calendar;

use super::{SampleCase, SamplePromise, SampleStep};
use crate::draw::Draw;

/// A case on its way. Steps that would lie behind the present do not happen: the case is then still open.
pub(super) struct Walk<'d> {
    pub(super) draw: &'d mut Draw,
    now: DateTime,
    at: DateTime,
    case: SampleCase,
}

/// What comes with a step, apart from who and when.
#[derive(Default)]
pub(super) struct With {
    pub(super) text: Cow<'static, str>,
    pub(super) unit: Option<&'static str>,
    pub(super) assisting: Vec<&'static str>,
    pub(super) rating: Option<u8>,
    pub(super) until: Option<Date>,
    pub(super) signed: bool,
    pub(super) proof: bool,
    pub(super) form: Vec<(Cow<'static, str>, String)>,
    pub(super) amount: Option<i64>,
    pub(super) person: Option<&'static str>,
    pub(super) plan: Option<(Vec<(Date, i64)>, &'static str)>,
    pub(super) spot: Option<(i32, i32)>,
    pub(super) promise: Option<SamplePromise>,
}

impl With {
    pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn proof(text: impl Into<Cow<'static, str>>) -> Self {
        Self { proof: true, ..Self::text(text) }
    }

    /// The same with the values of a form.
    pub(super) fn filled<K: Into<Cow<'static, str>>>(self, form: Vec<(K, String)>) -> Self {
        Self { form: form.into_iter().map(|(key, value)| (key.into(), value)).collect(), ..self }
    }

    pub(super) fn unit(unit: &'static str) -> Self {
        Self { unit: Some(unit), ..Self::default() }
    }
}

impl<'d> Walk<'d> {
    /// Opens a case at a moment; the opening is the first step.
    pub(super) fn open(
        draw: &'d mut Draw,
        now: DateTime,
        at: DateTime,
        case: SampleCase,
        by: Who<'_>,
        with: With,
    ) -> Self {
        let mut walk = Self { draw, now, at, case };
        walk.push(by, "open", with);
        walk
    }

    /// Takes a step so many hours later; whether it happened.
    pub(super) fn after_hours(&mut self, hours: i64, by: Who<'_>, step: &'static str, with: With) -> bool {
        let at = self.at.saturating_add(hours.hours()).saturating_add(self.draw.whole(1, 40).minutes());
        self.take(at, by, step, with)
    }

    /// Takes a step so many working days later, in office hours; whether it happened.
    pub(super) fn after_days(&mut self, days: i64, by: Who<'_>, step: &'static str, with: With) -> bool {
        let day = working_day(self.at.date(), days);
        let (hour, minute) = (self.draw.whole(8, 16) as i8, self.draw.whole(0, 59) as i8);
        let later = self.at.saturating_add(self.draw.whole(3, 25).minutes());
        self.take(day.at(hour, minute, 0, 0).max(later), by, step, with)
    }

    /// Takes a step on a day, or right after the one before where that is later; whether it happened.
    pub(super) fn on_day(&mut self, day: Date, by: Who<'_>, step: &'static str, with: With) -> bool {
        let (hour, minute) = (self.draw.whole(9, 16) as i8, self.draw.whole(0, 59) as i8);
        let later = self.at.saturating_add(self.draw.whole(3, 25).minutes());
        self.take(day.at(hour, minute, 0, 0).max(later), by, step, with)
    }

    fn take(&mut self, at: DateTime, by: Who<'_>, step: &'static str, with: With) -> bool {
        if at > self.now {
            return false;
        }
        self.at = at;
        self.push(by, step, with);
        true
    }

    fn push(&mut self, Who(by, party): Who<'_>, step: &'static str, with: With) {
        let text = (!with.text.is_empty()).then(|| with.text.into_owned());
        let With { unit, assisting, rating, until, signed, proof, form, amount, person, plan, spot, promise, .. } =
            with;
        let by = by.to_owned();
        self.case.steps.push(SampleStep {
            at: self.at,
            by,
            party,
            step,
            text,
            unit,
            assisting,
            rating,
            until,
            signed,
            proof,
            form,
            amount,
            person,
            plan,
            spot,
            promise,
        });
    }

    /// The service officer's account.
    pub(super) fn officer(&self) -> &'static str {
        self.case.officer.unwrap_or("officer")
    }

    /// The day of the last step.
    pub(super) fn day(&self) -> Date {
        self.at.date()
    }

    /// The case as far as it came.
    pub(super) fn done(self) -> SampleCase {
        self.case
    }
}

/// An account and the part in which it acts.
#[derive(Clone, Copy)]
pub(super) struct Who<'a>(pub(super) &'a str, pub(super) &'static str);

/// A case before anything has happened.
pub(super) fn blank(kind: &'static str, title: String) -> SampleCase {
    SampleCase {
        kind,
        title,
        topic: None,
        place: None,
        subject: None,
        occasion: None,
        officer: None,
        opener_unit: None,
        steps: Vec::new(),
    }
}

/// The day so many working days later, or before where it is less than none. Days whose notice is not
/// known count as in an ordinary week.
pub(super) fn working_day(from: Date, days: i64) -> Date {
    let calendar = Calendar::builtin();
    let step = if days < 0 { -1 } else { 1 };
    let mut day = from;
    let mut left = days.abs();
    while left > 0 {
        day = day.saturating_add(i64::from(step).days());
        let weekday = day.weekday().to_monday_one_offset() <= 5;
        left -= i64::from(calendar.is_workday(day).unwrap_or(weekday));
    }
    day
}

/// A moment in office hours of a working day so many working days back.
pub(super) fn back(draw: &mut Draw, now: DateTime, days: i64) -> DateTime {
    let at = working_day(now.date(), -days.max(1)).at(draw.whole(8, 15) as i8, draw.whole(0, 59) as i8, 0, 0);
    at.min(now)
}
