//! Working days by the notices of the State Council, and deadlines counted in them.
//!
//! The data of each year lies in `catalogue/workdays`, one file for each notice. Outside the
//! loaded years nothing is counted: a deadline that was guessed would be a wrong promise.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde::Deserialize;

use crate::lang::Lang;

macro_rules! years {
    ($($year:literal),* $(,)?) => {
        &[$(include_str!(concat!("../../../catalogue/workdays/", $year, ".toml"))),*]
    };
}

const FILES: &[&str] = years![
    "2007", "2008", "2009", "2010", "2011", "2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019", "2020",
    "2021", "2022", "2023", "2024", "2025", "2026",
];

/// The last days of December that the next year's notice may change. New Year's holiday may begin
/// on 30 December and its make-up day lies on the weekend before, never earlier than the 26th
/// where the holiday has three days; since 2007 the earliest day moved was the 29th.
const OPEN_DECEMBER_FROM: i8 = 26;

/// The days on which offices work.
#[derive(Debug, Clone)]
pub struct Calendar {
    first: Date,
    last: Date,
    /// Days that differ from the ordinary week.
    moved: HashMap<Date, Moved>,
    /// Every working day that is known, in order.
    workdays: Vec<Date>,
    /// For each known day from the first on, how many working days there are up to and with it.
    counts: Vec<u32>,
    /// For each known year, the place of its first day among them.
    years: Vec<usize>,
}

/// A day that differs from the ordinary week.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    works: bool,
    holiday: String,
}

/// A count that would leave the years whose notices are loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The working days around this day are not known.
    #[error("{}", self.say(Lang::En))]
    NotLoaded {
        /// The first day that is not known.
        day: Date,
        /// The first day known.
        first: Date,
        /// The last day known.
        last: Date,
    },
    /// A file of the calendar that cannot be read.
    #[error("the working days cannot be read: {0}")]
    Unreadable(String),
}

impl CalendarError {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::NotLoaded { day, first, last }, Lang::Zh) => format!(
                "{day} 的工作日安排尚未录入（已录入 {first} 至 {last}）。请在国务院办公厅发布 {} 年放假安排后更新日历。",
                notice_year(*day)
            ),
            (Self::NotLoaded { day, first, last }, Lang::En) => format!(
                "The working days around {day} are not loaded ({first} to {last} are). Update the calendar once the State Council has announced the holidays of {}.",
                notice_year(*day)
            ),
            (Self::Unreadable(why), Lang::Zh) => format!("工作日数据无法读取：{why}"),
            (Self::Unreadable(why), Lang::En) => format!("The working days cannot be read: {why}"),
        }
    }
}

/// The year whose notice makes a day certain.
fn notice_year(day: Date) -> i16 {
    if day.month() == 12 && day.day() >= OPEN_DECEMBER_FROM { day.year() + 1 } else { day.year() }
}

/// What to do with a deadline in natural days that falls on a day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollOver {
    /// It stays where it falls.
    Stay,
    /// It moves to the next working day, as in 民法典 article 203.
    NextWorkingDay,
}

#[derive(Deserialize)]
struct YearFile {
    year: i16,
    #[serde(rename = "holiday")]
    holidays: Vec<Holiday>,
}

#[derive(Deserialize)]
struct Holiday {
    name: String,
    #[serde(default)]
    off: Vec<Date>,
    #[serde(default)]
    work: Vec<Date>,
}

impl Calendar {
    /// The calendar that comes with the program.
    pub fn builtin() -> &'static Self {
        static CALENDAR: OnceLock<Calendar> = OnceLock::new();
        // The files are part of the program and a test reads them; an empty calendar answers
        // every question with “not loaded”.
        let empty = || Self {
            first: date(1, 1, 2),
            last: date(1, 1, 1),
            moved: HashMap::new(),
            workdays: Vec::new(),
            counts: Vec::new(),
            years: Vec::new(),
        };
        CALENDAR.get_or_init(|| Self::read(FILES).unwrap_or_else(|_| empty()))
    }

    /// Reads files of consecutive years. A file's days may lie in the year before.
    pub fn read(files: &[&str]) -> Result<Self, CalendarError> {
        let unreadable = |why: String| CalendarError::Unreadable(why);
        let mut years = Vec::new();
        let mut moved = HashMap::new();
        for file in files {
            let file: YearFile = toml::from_str(file).map_err(|error| unreadable(error.to_string()))?;
            years.push(file.year);
            for holiday in file.holidays {
                let works = |days: Vec<Date>, works: bool| days.into_iter().map(move |day| (day, works));
                for (day, works) in works(holiday.off, false).chain(works(holiday.work, true)) {
                    let other = moved.insert(day, Moved { works, holiday: holiday.name.clone() });
                    if other.is_some_and(|other| other.works != works) {
                        return Err(unreadable(format!("{day}")));
                    }
                }
            }
        }
        let follow = years.windows(2).all(|pair| pair[1] == pair[0] + 1);
        match (years.first(), years.last()) {
            (Some(first), Some(last)) if follow => {
                Ok(Self::counted(date(*first, 1, 1), date(*last, 12, OPEN_DECEMBER_FROM - 1), moved))
            }
            _ => Err(unreadable(format!("{years:?}"))),
        }
    }

    /// Counts the working days once, so that a due day is found without walking to it.
    fn counted(first: Date, last: Date, moved: HashMap<Date, Moved>) -> Self {
        let mut calendar = Self { first, last, moved, workdays: Vec::new(), counts: Vec::new(), years: Vec::new() };
        let mut day = first;
        while let Ok(works) = calendar.is_workday(day) {
            if works {
                calendar.workdays.push(day);
            }
            if day.day_of_year() == 1 {
                calendar.years.push(calendar.counts.len());
            }
            calendar.counts.push(calendar.workdays.len() as u32);
            day = next(day);
        }
        calendar
    }

    /// How many working days there are from the first known day up to and with a known one.
    fn worked_by(&self, day: Date) -> Option<u32> {
        let year = usize::try_from(day.year() - self.first.year()).ok()?;
        let place = self.years.get(year)? + usize::try_from(day.day_of_year() - 1).ok()?;
        self.counts.get(place).copied()
    }

    /// The first and the last day known. The last six days of the last year are left out, since
    /// the next year's notice may change them.
    pub fn known(&self) -> (Date, Date) {
        (self.first, self.last)
    }

    fn not_loaded(&self, day: Date) -> CalendarError {
        CalendarError::NotLoaded { day, first: self.first, last: self.last }
    }

    /// Whether offices work on a day.
    pub fn is_workday(&self, day: Date) -> Result<bool, CalendarError> {
        if day < self.first || day > self.last {
            return Err(self.not_loaded(day));
        }
        Ok(match self.moved.get(&day) {
            Some(moved) => moved.works,
            None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        })
    }

    /// The holiday for which a day is off or is worked, such as 国庆节.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        self.moved.get(&day).map(|moved| moved.holiday.as_str())
    }

    /// The `count`-th working day after `start`. The day of the start is not counted, as in
    /// 民法典 article 201; with 0 it is the start itself, whatever day it is.
    pub fn add_working_days(&self, start: Date, count: u32) -> Result<Date, CalendarError> {
        if count == 0 {
            return Ok(start);
        }
        // The day before the first known one is as good a start as any; whatever lies further off is not known.
        let before = if next(start) == self.first { Some(0) } else { self.worked_by(start) };
        let Some(before) = before else { return Err(self.not_loaded(next(start))) };
        let place = u64::from(before) + u64::from(count) - 1;
        let found = usize::try_from(place).ok().and_then(|place| self.workdays.get(place));
        found.copied().ok_or_else(|| self.not_loaded(next(self.last)))
    }

    /// The working days after `start` up to and with `end`; negative where `end` lies before.
    pub fn working_days_between(&self, start: Date, end: Date) -> Result<i32, CalendarError> {
        if end < start {
            return self.working_days_between(end, start).map(|days| -days);
        }
        let worked = |day| self.worked_by(day).ok_or_else(|| self.not_loaded(day));
        let (start, end) = (worked(start)?, worked(end)?);
        Ok((end - start) as i32)
    }

    /// The day `count` natural days after `start`, which is not counted. Where it must not fall on
    /// a day off it moves to the next working day.
    pub fn add_natural_days(&self, start: Date, count: u32, roll: RollOver) -> Result<Date, CalendarError> {
        let mut day = start.saturating_add(i64::from(count).days());
        while roll == RollOver::NextWorkingDay && !self.is_workday(day)? {
            day = next(day);
        }
        Ok(day)
    }
}

fn next(day: Date) -> Date {
    day.saturating_add(1.day())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calendar() -> &'static Calendar {
        Calendar::builtin()
    }

    #[test]
    fn every_year_is_read_and_the_last_days_of_the_last_one_are_left_open() {
        assert!(Calendar::read(FILES).is_ok());
        assert_eq!(calendar().known(), (date(2007, 1, 1), date(2026, 12, 25)));
    }

    #[test]
    fn holidays_are_off_and_make_up_days_are_worked() {
        for (day, works) in [
            (date(2026, 10, 1), false),  // Thursday of the National Day week
            (date(2026, 10, 10), true),  // Saturday worked in exchange
            (date(2026, 10, 12), true),  // an ordinary Monday
            (date(2026, 10, 18), false), // an ordinary Sunday
            (date(2018, 12, 29), true),  // a Saturday moved by the notice of the year after
            (date(2018, 12, 31), false),
        ] {
            assert_eq!(calendar().is_workday(day), Ok(works), "{day}");
        }
        assert_eq!(calendar().holiday(date(2026, 10, 1)), Some("国庆节"));
    }

    #[test]
    fn the_day_of_the_start_is_not_counted() {
        assert_eq!(calendar().add_working_days(date(2026, 9, 30), 1), Ok(date(2026, 10, 8)));
        assert_eq!(calendar().add_working_days(date(2026, 10, 8), 2), Ok(date(2026, 10, 10)));
        assert_eq!(calendar().add_working_days(date(2026, 10, 3), 0), Ok(date(2026, 10, 3)));
    }

    #[test]
    fn the_first_known_days_are_counted_from_the_day_before() {
        assert_eq!(calendar().add_working_days(date(2006, 12, 31), 1), Ok(date(2007, 1, 4)));
        let error = calendar().add_working_days(date(2006, 12, 30), 1).unwrap_err();
        assert!(error.say(Lang::Zh).starts_with("2006-12-31 "), "{}", error.say(Lang::Zh));
    }

    #[test]
    fn natural_days_roll_over_only_when_asked() {
        let start = date(2026, 9, 21);
        assert_eq!(calendar().add_natural_days(start, 10, RollOver::Stay), Ok(date(2026, 10, 1)));
        assert_eq!(calendar().add_natural_days(start, 10, RollOver::NextWorkingDay), Ok(date(2026, 10, 8)));
    }

    #[test]
    fn counting_past_what_is_loaded_is_refused_with_the_notice_that_is_missing() {
        let error = calendar().add_working_days(date(2026, 12, 20), 10).unwrap_err();
        assert!(matches!(error, CalendarError::NotLoaded { day, .. } if day == date(2026, 12, 26)));
        assert!(error.say(Lang::Zh).contains("2027 年放假安排"), "{}", error.say(Lang::Zh));
        assert!(calendar().is_workday(date(2006, 12, 31)).is_err());
        assert!(calendar().working_days_between(date(2026, 1, 1), date(9999, 1, 1)).is_err());
    }

    #[test]
    fn years_that_do_not_follow_one_another_are_refused() {
        assert!(Calendar::read(&[FILES[0], FILES[2]]).is_err());
        assert!(Calendar::read(&[]).is_err());
    }

    proptest! {
        #[test]
        fn adding_working_days_and_counting_them_agree(offset in 0_i64..6_500, count in 1_u32..60) {
            let start = date(2007, 1, 1).saturating_add(offset.days());
            let end = calendar().add_working_days(start, count).expect("inside the loaded years");
            prop_assert!(calendar().is_workday(end).unwrap());
            prop_assert_eq!(calendar().working_days_between(start, end), Ok(count.cast_signed()));
            // Day by day, as a clerk would count.
            let walked = std::iter::successors(Some(next(start)), |day| Some(next(*day)));
            let mut worked = walked.filter(|day| calendar().is_workday(*day).unwrap());
            prop_assert_eq!(worked.nth(count as usize - 1), Some(end));
        }
    }
}
