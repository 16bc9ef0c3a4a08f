//! The time a fact speaks of.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// The period a fact speaks of, as opposed to the moment we learned it.
///
/// Written `2025`, `2025Q3`, `2025-09`, `2025-09-30` and, for the stand on a day
/// (时点数), `~2025-12-31`. The order is the order of the last day covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A calendar year, which is also the accounting year of an enterprise.
    Year(i16),
    /// A quarter, 1 to 4, of a year.
    Quarter(i16, i8),
    /// A month, 1 to 12, of a year.
    Month(i16, i8),
    /// One day.
    Day(Date),
    /// How things stood at the end of a day.
    AsOf(Date),
}

/// A period that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{found}” is not a period; expected a year (2025), quarter (2025Q3), month (2025-09), day (2025-09-30) or stand on a day (~2025-12-31)"
)]
pub struct PeriodError {
    /// The text as it was found.
    pub found: String,
}

/// Years outside these bounds are taken for slips of the pen.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

impl Period {
    /// The first day covered.
    pub fn first_day(self) -> Date {
        match self {
            Period::Year(year) => jiff::civil::date(year, 1, 1),
            Period::Quarter(year, quarter) => jiff::civil::date(year, quarter * 3 - 2, 1),
            Period::Month(year, month) => jiff::civil::date(year, month, 1),
            Period::Day(day) | Period::AsOf(day) => day,
        }
    }

    /// The last day covered.
    pub fn last_day(self) -> Date {
        match self {
            Period::Year(year) => jiff::civil::date(year, 12, 31),
            Period::Quarter(year, quarter) => jiff::civil::date(year, quarter * 3, 1).last_of_month(),
            Period::Month(year, month) => jiff::civil::date(year, month, 1).last_of_month(),
            Period::Day(day) | Period::AsOf(day) => day,
        }
    }

    /// The calendar year in which the period ends.
    pub fn year(self) -> i16 {
        self.last_day().year()
    }

    /// The same period `years` earlier (or later, when negative); a 29 February becomes the 28th.
    pub fn years_before(self, years: i16) -> Self {
        let shift = |day: Date| day.saturating_sub(jiff::Span::new().years(i64::from(years)));
        match self {
            Period::Year(year) => Period::Year(year - years),
            Period::Quarter(year, quarter) => Period::Quarter(year - years, quarter),
            Period::Month(year, month) => Period::Month(year - years, month),
            Period::Day(day) => Period::Day(shift(day)),
            Period::AsOf(day) => Period::AsOf(shift(day)),
        }
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // By far the most are years, and those need no calendar.
        if let (Period::Year(own), Period::Year(other)) = (self, other) {
            return own.cmp(other);
        }
        (self.last_day(), self.first_day(), self.rank()).cmp(&(other.last_day(), other.first_day(), other.rank()))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Period {
    /// Tells a day from the stand on that day, so that the order agrees with equality.
    fn rank(self) -> u8 {
        match self {
            Period::Day(_) => 0,
            Period::AsOf(_) => 1,
            Period::Month(..) => 2,
            Period::Quarter(..) => 3,
            Period::Year(_) => 4,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Year(year) => write!(f, "{year:04}"),
            Period::Quarter(year, quarter) => write!(f, "{year:04}Q{quarter}"),
            Period::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Period::Day(day) => write!(f, "{day}"),
            Period::AsOf(day) => write!(f, "~{day}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PeriodError { found: text.to_owned() };
        let day = |text: &str| text.parse::<Date>().ok().filter(|day| text.len() == 10 && YEARS.contains(&day.year()));
        if let Some(rest) = text.strip_prefix('~') {
            return day(rest).map(Period::AsOf).ok_or_else(error);
        }
        if !text.is_ascii() {
            return Err(error());
        }
        let year = |text: &str| {
            let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<i16>().ok()).flatten().filter(|year| YEARS.contains(year))
        };
        let part = |text: &str, most: i8| text.parse::<i8>().ok().filter(|n| (1..=most).contains(n));
        match text.len() {
            4 => year(text).map(Period::Year),
            6 if text.as_bytes()[4] == b'Q' => {
                year(&text[..4]).zip(part(&text[5..], 4)).map(|(y, q)| Period::Quarter(y, q))
            }
            7 if text.as_bytes()[4] == b'-' => {
                year(&text[..4]).zip(part(&text[5..], 12)).map(|(y, m)| Period::Month(y, m))
            }
            10 => day(text).map(Period::Day),
            _ => None,
        }
        .ok_or_else(error)
    }
}

impl serde::Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, first: &str, last: &str) {
        let period: Period = text.parse().expect("a period");
        assert_eq!((period.first_day().to_string(), period.last_day().to_string()), (first.into(), last.into()));
        assert_eq!(period.to_string(), text);
    }

    #[test]
    fn every_form_reads_back_as_it_was_written() {
        check("2025", "2025-01-01", "2025-12-31");
        check("2024Q1", "2024-01-01", "2024-03-31");
        check("2024-02", "2024-02-01", "2024-02-29");
        check("2025-09-30", "2025-09-30", "2025-09-30");
        check("~2025-12-31", "2025-12-31", "2025-12-31");
    }

    proptest::proptest! {
        #[test]
        fn every_period_reads_back_and_keeps_its_order(days in 0_i64..100_000, kind in 0..5_u8) {
            let day = jiff::civil::date(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
            let period = match kind {
                0 => Period::Year(day.year()),
                1 => Period::Quarter(day.year(), (day.month() + 2) / 3),
                2 => Period::Month(day.year(), day.month()),
                3 => Period::Day(day),
                _ => Period::AsOf(day),
            };
            proptest::prop_assert_eq!(period.to_string().parse(), Ok(period));
            proptest::prop_assert!(period.first_day() <= day && day <= period.last_day());
        }
    }

    #[test]
    fn slips_of_the_pen_are_refused() {
        for text in ["", "25", "2025Q5", "2025-13", "2025-02-30", "1825", "２０２５", "+025", "2025Q+", "~2025"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
