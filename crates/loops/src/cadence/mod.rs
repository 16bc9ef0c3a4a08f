//! Visits by a cadence (123工作法 and others): what is owed in a period, what was done, whom to see next.

mod round;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use kernel::Lang;
use kernel::calendar::{Calendar, CalendarError};
use serde::{Deserialize, Serialize};

pub use round::{Candidate, Reason, Stop, Weights, round};

use crate::closure::Window;

/// How often something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// 每周, from Monday.
    Week,
    /// 每月.
    Month,
    /// 每季度.
    Quarter,
    /// 每年.
    Year,
}

impl Every {
    /// The period that a day lies in.
    pub fn span(self, day: Date) -> Window {
        match self {
            Every::Week => {
                let back = i64::from(day.weekday().since(Weekday::Monday));
                let from = day.saturating_sub(back.days());
                Window { from, to: from.saturating_add(6.days()) }
            }
            Every::Month => Window { from: day.first_of_month(), to: day.last_of_month() },
            Every::Quarter => {
                let from = date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
                Window { from, to: from.saturating_add(2.months()).last_of_month() }
            }
            Every::Year => Window { from: date(day.year(), 1, 1), to: date(day.year(), 12, 31) },
        }
    }

    /// Every one, the shortest first.
    pub const ALL: [Every; 4] = [Every::Week, Every::Month, Every::Quarter, Every::Year];

    /// The name in settings.
    pub fn key(self) -> &'static str {
        match self {
            Every::Week => "week",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        }
    }

    /// The one with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|every| every.key() == key)
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Every::Week => lang.pick("每周", "a week"),
            Every::Month => lang.pick("每月", "a month"),
            Every::Quarter => lang.pick("每季度", "a quarter"),
            Every::Year => lang.pick("每年", "a year"),
        }
    }
}

/// One thing that an officer owes in each period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Norm {
    /// What it is, by the key under which visits are recorded, such as `firm_visit`.
    pub what: String,
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
    /// How often.
    pub every: Every,
    /// How many in each period.
    pub count: u32,
}

/// A way of working: what each officer owes. A zone sets any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Its key.
    pub key: String,
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
    /// What is owed, each by a key of its own.
    pub norms: Vec<Norm>,
    /// Whether what was missed in the period before is owed in this one as well.
    pub carry: bool,
}

/// 123工作法: a talk a quarter, two park visits a month, three firm visits a week.
pub fn work_123() -> Cadence {
    let norm = |what: &str, zh: &str, en: &str, every, count| Norm {
        what: what.into(),
        zh: zh.into(),
        en: en.into(),
        every,
        count,
    };
    Cadence {
        key: "123".into(),
        zh: "123工作法".into(),
        en: "the 1-2-3 way".into(),
        norms: vec![
            norm("talk", "座谈", "talk", Every::Quarter, 1),
            norm("park_visit", "园区走访", "park visit", Every::Month, 2),
            norm("firm_visit", "企业走访", "firm visit", Every::Week, 3),
        ],
        carry: true,
    }
}

/// A visit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The officer's account.
    pub officer: String,
    /// What it was, as in [`Norm::what`].
    pub what: String,
    /// The day.
    pub on: Date,
}

/// Days on which an officer is away, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    /// The officer's account.
    pub officer: String,
    /// The days.
    pub days: Window,
}

/// What an officer owes in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed<'n> {
    /// The norm.
    pub norm: &'n Norm,
    /// The period.
    pub span: Window,
    /// The last working day of the period that is known and on which the officer is there; `None` where
    /// there is none left.
    pub by: Option<Date>,
    /// How many this period asks for, fewer where holidays and leave take most of it.
    pub wanted: u32,
    /// How many were carried over from the period before.
    pub carried: u32,
    /// How many were made.
    pub done: u32,
}

impl Owed<'_> {
    /// How many are still to make.
    pub fn missing(&self) -> u32 {
        (self.wanted + self.carried).saturating_sub(self.done)
    }

    /// How many are to be opened where so many are open already: none where no working day is left to make
    /// them on.
    pub fn to_open(&self, open: u32) -> u32 {
        if self.by.is_none() { 0 } else { self.missing().saturating_sub(open) }
    }

    /// What each visit of the period is opened for, once and never twice: `123:firm_visit:2026-11-16:li:2`.
    pub fn occasions<'a>(&'a self, cadence: &'a str, officer: &'a str) -> impl Iterator<Item = String> + 'a {
        (1..=self.wanted + self.carried)
            .map(move |slot| format!("{cadence}:{}:{}:{officer}:{slot}", self.norm.what, self.span.from))
    }
}

/// What an officer owes on a day, by each norm of a cadence.
///
/// # Errors
/// [`CalendarError::NotLoaded`] for a day before the first one that is known.
pub fn owed<'n>(
    cadence: &'n Cadence,
    officer: &str,
    day: Date,
    made: &[Made],
    away: &[Away],
    calendar: &Calendar,
) -> Result<Vec<Owed<'n>>, CalendarError> {
    let counter = Counter { officer, made, away, calendar };
    cadence
        .norms
        .iter()
        .map(|norm| {
            let span = norm.every.span(day);
            let days = counter.days(span, day)?;
            let carried = if cadence.carry { counter.left_of_before(norm, span)? } else { 0 };
            let (wanted, done) = (counter.wanted(norm, span)?, counter.done(norm, span));
            Ok(Owed { norm, span, by: days.last().copied(), wanted, carried, done })
        })
        .collect()
}

/// What was owed and done by an officer in the periods that end in a span of days, oldest first. What was
/// carried over is not counted twice: each period stands for itself.
///
/// # Errors
/// As [`owed`].
pub fn history<'n>(
    cadence: &'n Cadence,
    officer: &str,
    within: Window,
    made: &[Made],
    away: &[Away],
    calendar: &Calendar,
) -> Result<Vec<Owed<'n>>, CalendarError> {
    let counter = Counter { officer, made, away, calendar };
    let mut found = Vec::new();
    for norm in &cadence.norms {
        let mut span = norm.every.span(within.from);
        while span.to <= within.to {
            let by = counter.days(span, span.from)?.last().copied();
            let (wanted, done) = (counter.wanted(norm, span)?, counter.done(norm, span));
            found.push(Owed { norm, span, by, wanted, carried: 0, done });
            span = norm.every.span(span.to.saturating_add(1.day()));
        }
    }
    Ok(found)
}

struct Counter<'a> {
    officer: &'a str,
    made: &'a [Made],
    away: &'a [Away],
    calendar: &'a Calendar,
}

impl Counter<'_> {
    fn done(&self, norm: &Norm, span: Window) -> u32 {
        let own = |made: &&Made| made.officer == self.officer && made.what == norm.what;
        self.made.iter().filter(own).filter(|made| (span.from..=span.to).contains(&made.on)).count() as u32
    }

    /// The working days of a period from a day on, on which the officer is there, as far as they are known.
    fn days(&self, span: Window, from: Date) -> Result<Vec<Date>, CalendarError> {
        let mut found = Vec::new();
        let mut day = from.max(span.from);
        while day <= span.to.min(self.calendar.known().1) {
            let gone = |away: &Away| away.officer == self.officer && (away.days.from..=away.days.to).contains(&day);
            if self.calendar.is_workday(day)? && !self.away.iter().any(gone) {
                found.push(day);
            }
            day = day.saturating_add(1.day());
        }
        Ok(found)
    }

    /// A week of three working days asks for three fifths, rounded up; a longer period asks for all of it
    /// unless there is no day at all. One that reaches into a year whose holidays are not known asks for all.
    fn wanted(&self, norm: &Norm, span: Window) -> Result<u32, CalendarError> {
        if span.to > self.calendar.known().1 {
            return Ok(norm.count);
        }
        let days = self.days(span, span.from)?.len() as u32;
        Ok(match norm.every {
            Every::Week => norm.count.min((norm.count * days).div_ceil(5)),
            _ if days == 0 => 0,
            _ => norm.count,
        })
    }

    fn left_of_before(&self, norm: &Norm, span: Window) -> Result<u32, CalendarError> {
        let Ok(last) = span.from.yesterday() else { return Ok(0) };
        let before = norm.every.span(last);
        Ok(self.wanted(norm, before)?.saturating_sub(self.done(norm, before)))
    }
}
