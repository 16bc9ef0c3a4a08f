//! A month as a sheet of weeks, for the calendar of due days.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::frame::day;

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    first: Date,
}

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self { first: day.first_of_month() }
    }

    /// The month written as `2026-11`.
    pub fn read(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let is_plain = year.len() == 4 && month.len() == 2;
        let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
        (is_plain && (2000..=2100).contains(&first.year())).then_some(Self { first })
    }

    /// As addresses write it.
    pub fn key(self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.first.last_of_month()
    }

    /// The month before.
    pub fn before(self) -> Self {
        Self { first: self.first.saturating_sub(1.month()) }
    }

    /// The month after.
    pub fn after(self) -> Self {
        Self { first: self.first.saturating_add(1.month()) }
    }

    /// The weeks that have a day in it, each from Monday to Sunday.
    pub fn weeks(self) -> Vec<[Date; 7]> {
        let mut monday = day::monday_of(self.first);
        let mut weeks = Vec::new();
        while monday <= self.last() {
            weeks.push([0, 1, 2, 3, 4, 5, 6].map(|days: i64| monday.saturating_add(days.days())));
            monday = monday.saturating_add(7.days());
        }
        weeks
    }

    /// Whether a day lies in it.
    pub fn has(self, day: Date) -> bool {
        day.first_of_month() == self.first
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_weeks_of_a_month_begin_on_monday_and_hold_every_day_once() {
        for (month, weeks, monday) in [
            (date(2026, 11, 22), 6, date(2026, 10, 26)),
            (date(2027, 2, 1), 4, date(2027, 2, 1)),
            (date(2026, 8, 31), 6, date(2026, 7, 27)),
        ] {
            let month = Month::of(month);
            let sheet = month.weeks();
            assert_eq!((sheet.len(), sheet[0][0]), (weeks, monday));
            let inside = sheet.iter().flatten().filter(|day| month.has(**day)).count();
            assert_eq!(inside, usize::from(month.last().day().unsigned_abs()));
        }
    }

    #[test]
    fn a_month_is_read_as_it_is_written_and_nothing_else_is() {
        let month = Month::read("2026-12").unwrap();
        assert_eq!(
            (month.key(), month.after().key(), month.before().key()),
            ("2026-12".into(), "2027-01".into(), "2026-11".into())
        );
        for wrong in ["", "2026", "2026-13", "2026-1", "26-01", "2026-00", "9999-01", "' or 1"] {
            assert_eq!(Month::read(wrong), None, "{wrong}");
        }
    }
}
