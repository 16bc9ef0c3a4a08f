//! A plan by months, and how far it is at a day: what is to be done when, and what was done.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is to be done in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// Any day of the month; only year and month count.
    pub month: Date,
    /// How much, in the unit of the goal.
    #[serde(with = "text")]
    pub amount: Decimal,
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The day.
    pub on: Date,
    /// How much, in the unit of the goal; below nought where a report is corrected downwards.
    #[serde(with = "text")]
    pub amount: Decimal,
}

/// A plan by months with what was done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The months, in any order; two entries of one month add up.
    pub months: Vec<Month>,
    /// What was done, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Done>,
    /// What it is counted in, such as 家 or 万元; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub measure: String,
}

/// How far a plan is. Shares are per cent of the whole plan; the month that runs is not due yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Progress {
    /// 序时进度: what should be done by the end of the last month that has ended.
    pub planned: Decimal,
    /// 完成进度: what is done.
    pub done: Decimal,
    /// How many months in a row, up to the last that has ended, were short at their end; nought once the
    /// plan is reached again.
    pub months_missed: u32,
    /// Whether a month was short at its end and has been made up for since. This never goes away.
    pub caught_up: bool,
}

fn first_of(day: Date) -> Date {
    day.first_of_month()
}

impl Plan {
    /// The same plan before anything was done.
    pub fn undone(&self) -> Self {
        Self { done: Vec::new(), ..self.clone() }
    }

    /// Everything that is planned.
    pub fn total(&self) -> Decimal {
        self.months.iter().map(|month| month.amount).sum()
    }

    /// What was done by the end of a day.
    pub fn done_by(&self, day: Date) -> Decimal {
        self.done.iter().filter(|done| done.on <= day).map(|done| done.amount).sum()
    }

    /// What should be done by the end of the month of a day.
    pub fn planned_by(&self, day: Date) -> Decimal {
        let month = first_of(day);
        self.months.iter().filter(|one| first_of(one.month) <= month).map(|one| one.amount).sum()
    }

    /// How far the plan is at the end of a day.
    pub fn progress(&self, day: Date) -> Progress {
        let total = self.total();
        let share = |amount: Decimal| {
            if total.is_zero() {
                Decimal::ZERO
            } else {
                amount.checked_mul(Decimal::ONE_HUNDRED).map_or(amount, |hundred| hundred / total)
            }
        };
        let Some(first) = self.months.iter().map(|one| first_of(one.month)).min() else { return Progress::default() };
        let now = self.done_by(day);
        let (mut missed, mut caught_up) = (0, false);
        let mut planned = Decimal::ZERO;
        let mut month = first;
        // A plan of a thousand months is no plan; the bound keeps a slip of the year from counting for ever.
        for _ in 0..1000 {
            let last = month.last_of_month();
            if last >= day {
                break;
            }
            planned = self.planned_by(month);
            let short = self.done_by(last) < planned;
            missed = if short { missed + 1 } else { 0 };
            caught_up |= short && now >= planned;
            month = last.saturating_add(1.day());
        }
        if now >= planned {
            missed = 0;
        }
        Progress { planned: share(planned), done: share(now), months_missed: missed, caught_up }
    }
}

/// A figure as text in JSON, which keeps it exact.
mod text {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(figure: &Decimal, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&figure.normalize())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// A figure that may be missing, as text in JSON.
pub(crate) mod some_text {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(figure: &Option<Decimal>, to: S) -> Result<S::Ok, S::Error> {
        match figure {
            Some(figure) => to.collect_str(&figure.normalize()),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
        let text: Option<String> = Deserialize::deserialize(from)?;
        text.map(|text| text.parse().map_err(de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn plan(done: &[(Date, i64)]) -> Plan {
        let month = |month, amount: i64| Month { month: date(2026, month, 1), amount: amount.into() };
        let done = done.iter().map(|(on, amount)| Done { on: *on, amount: (*amount).into() }).collect();
        Plan { months: vec![month(2, 30), month(1, 20), month(3, 50)], done, ..Plan::default() }
    }

    /// The progress of a plan of 20, 30 and 50 on a day: planned, done, months missed, caught up.
    fn shows(done: &[(Date, i64)], day: Date, expected: (i64, i64, u32, bool)) {
        let found = plan(done).progress(day);
        let (planned, share, missed, caught_up) = expected;
        assert_eq!((found.planned, found.done), (planned.into(), share.into()), "{day} {done:?}");
        assert_eq!((found.months_missed, found.caught_up), (missed, caught_up), "{day} {done:?}");
    }

    #[test]
    fn a_month_counts_when_it_has_ended_and_what_is_made_up_for_stays_visible() {
        shows(&[], date(2026, 1, 31), (0, 0, 0, false));
        shows(&[], date(2026, 2, 1), (20, 0, 1, false));
        shows(&[], date(2026, 3, 1), (50, 0, 2, false));
        shows(&[(date(2026, 1, 31), 20)], date(2026, 2, 10), (20, 20, 0, false));
        shows(&[(date(2026, 2, 1), 20)], date(2026, 2, 10), (20, 20, 0, true));
        // January was made up for, but only after its end, and February is short again: two in a row.
        shows(&[(date(2026, 2, 1), 20)], date(2026, 3, 1), (50, 20, 2, true));
        shows(&[(date(2026, 4, 3), 100)], date(2026, 4, 3), (100, 100, 0, true));
        shows(&[(date(2026, 1, 5), 110)], date(2026, 4, 3), (100, 110, 0, false));
    }

    #[test]
    fn an_empty_plan_is_never_behind() {
        assert_eq!(Plan::default().progress(date(2026, 5, 1)), Progress::default());
    }
}
