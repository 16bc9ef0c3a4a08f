//! Duty reports (日报、零报告、月报): who must report what by when, and what the figures ask.

mod book;
mod sheet;

use std::collections::BTreeMap;

pub use book::{Asked, Book, Fault, Form};
pub use sheet::{FigureFault, WHY, figures, kept, unexplained};

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use kernel::calendar::{Calendar, CalendarError};
use kernel::{Catalogue, Lang};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::case::{Case, begin_of};
use crate::closure::Window;

/// How often a report is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// 日报: every day, holidays too.
    Daily,
    /// Every working day.
    WorkingDays,
    /// 周报, on a day of the week from 1 Monday to 7 Sunday.
    Weekly(i8),
    /// 月报, on a day of the month; on its last day where it has fewer.
    Monthly(i8),
}

/// Who must report what by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// The form.
    pub form: String,
    /// The unit.
    pub unit: String,
    /// How often.
    pub rhythm: Rhythm,
    /// The hour of the day, in China, by which it is due; 24 is the day's end.
    pub by_hour: i8,
    /// The first day.
    pub from: Date,
    /// The last day, where it has one.
    pub until: Option<Date>,
    /// How many days before its day a report is opened; 0 on the day itself.
    #[serde(default)]
    pub ahead: i8,
}

/// One report that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// The day it is about.
    pub day: Date,
    /// The form.
    pub form: String,
    /// The unit.
    pub unit: String,
    /// When it is late.
    pub due: Timestamp,
    /// The day on which it is opened.
    pub opens: Date,
}

impl Expected {
    /// What a case for it is opened for once and never twice.
    pub fn occasion(&self) -> String {
        format!("duty:{}:{}:{}", self.form, self.unit, self.day)
    }
}

/// What a report was opened for, read back from its occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion<'o> {
    /// The form.
    pub form: &'o str,
    /// The unit.
    pub unit: &'o str,
    /// The day it is about.
    pub day: Date,
}

impl<'o> Occasion<'o> {
    /// The parts of an occasion; `None` for a case that a person opened, or that is no report.
    pub fn read(text: &'o str) -> Option<Self> {
        let (rest, day) = text.strip_prefix("duty:")?.rsplit_once(':')?;
        let (form, unit) = rest.rsplit_once(':')?;
        Some(Self { form, unit, day: day.parse().ok()? })
    }

    /// Between which texts the occasions of the same form and unit before this one lie: the first is
    /// included, the last is not.
    pub fn before(&self) -> (String, String) {
        let own = format!("duty:{}:{}:", self.form, self.unit);
        let last = format!("{own}{}", self.day);
        (own, last)
    }
}

/// The reports due in a span of days, by day, form and unit.
///
/// # Errors
/// [`CalendarError::NotLoaded`] where a duty of working days lies beyond the known calendar.
pub fn expected(duties: &[Duty], within: Window, calendar: &Calendar) -> Result<Vec<Expected>, CalendarError> {
    let mut found = Vec::new();
    for duty in duties {
        let last = duty.until.map_or(within.to, |until| until.min(within.to));
        let mut day = duty.from.max(within.from);
        while day <= last {
            if falls_on(duty.rhythm, day, calendar)? {
                let due = due_at(day, duty.by_hour);
                let opens = day.saturating_sub(i64::from(duty.ahead.max(0)).days());
                found.push(Expected { day, form: duty.form.clone(), unit: duty.unit.clone(), due, opens });
            }
            day = day.saturating_add(1.day());
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn falls_on(rhythm: Rhythm, day: Date, calendar: &Calendar) -> Result<bool, CalendarError> {
    Ok(match rhythm {
        Rhythm::Daily => true,
        Rhythm::WorkingDays => calendar.is_workday(day)?,
        Rhythm::Weekly(on) => Weekday::from_monday_one_offset(on).is_ok_and(|on| day.weekday() == on),
        Rhythm::Monthly(on) => day.day() == on.min(day.days_in_month()),
    })
}

/// An hour of a day in China; the 24th is the next day's first moment.
fn due_at(day: Date, hour: i8) -> Timestamp {
    let begin = begin_of(day).unwrap_or(Timestamp::MAX);
    begin.checked_add(i64::from(hour.clamp(0, 24)).hours()).unwrap_or(Timestamp::MAX)
}

/// How a unit stands with one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// 已报: signed, with figures.
    Reported {
        /// Whether it came after its time.
        late: bool,
    },
    /// 零报告: signed, with nothing to report. That is a report.
    Nothing {
        /// Whether it came after its time.
        late: bool,
    },
    /// Handed in, and waiting for the head's signature or an explanation.
    Unsigned,
    /// There is time.
    Waiting,
    /// 未报: silence, which is no report.
    Silent,
}

impl Standing {
    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Standing::Reported { late: false } => lang.pick("已报", "reported"),
            Standing::Reported { late: true } => lang.pick("迟报", "reported late"),
            Standing::Nothing { late: false } => lang.pick("零报告", "nothing to report"),
            Standing::Nothing { late: true } => lang.pick("零报告（迟报）", "nothing to report, late"),
            Standing::Unsigned => lang.pick("待签字", "not signed"),
            Standing::Waiting => lang.pick("未到时间", "not due"),
            Standing::Silent => lang.pick("未报", "silent"),
        }
    }

    /// Whether the unit belongs on the late list.
    pub fn is_late(self) -> bool {
        matches!(self, Standing::Reported { late: true } | Standing::Nothing { late: true } | Standing::Silent)
    }
}

/// How a unit stands with a report at a moment, by the case that was opened for it; without a case
/// nobody has begun.
pub fn standing(expected: &Expected, case: Option<&Case>, at: Timestamp) -> Standing {
    let silent = if at > expected.due { Standing::Silent } else { Standing::Waiting };
    let Some(case) = case else { return silent };
    match case.state().key {
        "signed" => {
            // The first signature counts: what was corrected later was reported all the same.
            let first = case.stays.iter().find(|stay| stay.state.key == "signed").unwrap_or(case.stay());
            let late = first.from > expected.due;
            if case.nothing { Standing::Nothing { late } } else { Standing::Reported { late } }
        }
        "filled" | "questioned" => Standing::Unsigned,
        "written_off" => Standing::Silent,
        _ => silent,
    }
}

/// By how much a figure may change before it has to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Per cent up or down.
    pub percent: Decimal,
    /// A change smaller than this, in the field's unit, asks for nothing.
    pub least: Decimal,
}

/// A figure that changed more than it may without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// The field's key.
    pub field: String,
    /// Before.
    pub before: Decimal,
    /// Now.
    pub now: Decimal,
    /// Per cent; `None` where it was nought before.
    pub percent: Option<Decimal>,
}

impl Jump {
    /// What is asked of the unit, with the field's label and unit.
    pub fn say(&self, catalogue: &Catalogue, lang: Lang) -> String {
        let field = catalogue.field(&self.field);
        let label = field.map_or(self.field.as_str(), |field| lang.pick(&field.zh, &field.en));
        let unit = field.map_or("", |field| field.unit.as_str());
        let (before, now) = (self.before.normalize(), self.now.normalize());
        let percent = self.percent.map(|percent| percent.round_dp(1).normalize());
        match (percent, lang) {
            (Some(percent), Lang::Zh) => {
                format!("{label}由 {before}{unit} 变为 {now}{unit}（{percent}%），请说明原因。")
            }
            (Some(percent), Lang::En) => {
                format!("{label} went from {before}{unit} to {now}{unit} ({percent}%); say why")
            }
            (None, Lang::Zh) => format!("{label}由 0 变为 {now}{unit}，请说明原因。"),
            (None, Lang::En) => format!("{label} went from 0 to {now}{unit}; say why"),
        }
    }
}

/// The figures of a report that changed too much since the last one. A field without a limit of its own
/// has the usual one; a figure that one of the two reports lacks is not compared.
pub fn jumps(
    before: &BTreeMap<String, Decimal>,
    now: &BTreeMap<String, Decimal>,
    limits: &BTreeMap<String, Limit>,
    usual: Limit,
) -> Vec<Jump> {
    let both = now.iter().filter_map(|(field, now)| Some((field, *before.get(field)?, *now)));
    both.filter_map(|(field, before, now)| {
        let limit = limits.get(field).unwrap_or(&usual);
        let change = now.checked_sub(before)?;
        if change.is_zero() || change.abs() < limit.least {
            return None;
        }
        let percent = change.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before.abs());
        let asks = percent.is_none_or(|percent| percent.abs() > limit.percent);
        asks.then(|| Jump { field: field.clone(), before, now, percent })
    })
    .collect()
}
