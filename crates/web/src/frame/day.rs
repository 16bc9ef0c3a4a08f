//! Days and moments as the zone counts them: by the clock of Shanghai.

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use kernel::Lang;

use crate::WebError;

/// China's clock is eight hours ahead of UTC all year.
fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// The day it is at a moment.
pub fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(zone()).date()
}

/// `2026-11-22 14:05`, as a reader in the zone sees a moment.
pub fn minute(moment: Timestamp) -> String {
    moment.to_zoned(zone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `2026-11-22 14:05:09`, for the log.
pub fn second(moment: Timestamp) -> String {
    moment.to_zoned(zone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The last moment of a day: reading as of a day includes what was learned on it.
pub fn end_of(day: Date) -> Timestamp {
    start_of(day.saturating_add(1.day())).checked_sub(1.microsecond()).unwrap_or(Timestamp::MAX)
}

/// The first moment of a day.
pub fn start_of(day: Date) -> Timestamp {
    day.to_zoned(zone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The Monday of a day's week.
pub fn monday_of(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days())
}

/// Reads the day of `?asof=`. Today and nothing both mean today.
///
/// # Errors
/// A text that is no day, or a day to come.
pub fn as_of(text: Option<&str>, today: Date) -> Result<Option<Date>, WebError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = || {
        WebError::bad_request(
            format!("截至日期“{text}”不是一个日期，应写作 2026-11-21 这样的形式。请重新选择日期。"),
            format!("“{text}” is not a day; write it like 2026-11-21. Choose the day again."),
        )
    };
    let day: Date = if text.len() == 10 { text.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
    if day > today {
        return Err(WebError::bad_request(
            format!("截至日期 {day} 还没有到，今天是 {today}。请选择今天或更早的日期。"),
            format!("{day} has not come yet; today is {today}. Choose today or an earlier day."),
        ));
    }
    Ok((day != today).then_some(day))
}

/// How long ago a moment was, in words.
pub fn ago(moment: Timestamp, now: Timestamp, lang: Lang) -> String {
    let seconds = now.as_second() - moment.as_second();
    match seconds {
        ..60 => lang.pick("刚刚", "just now").to_owned(),
        60..3600 => counted(seconds / 60, "分钟前", "minute", lang),
        3600..86400 => counted(seconds / 3600, "小时前", "hour", lang),
        _ => counted(seconds / 86400, "天前", "day", lang),
    }
}

fn counted(count: i64, zh: &str, en: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{count} {zh}"),
        Lang::En => format!("{count} {en}{} ago", if count == 1 { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_the_day_in_shanghai() {
        let late: Timestamp = "2026-11-21T16:30:00Z".parse().unwrap();
        assert_eq!(day_of(late), date(2026, 11, 22));
        assert_eq!(minute(late), "2026-11-22 00:30");
        assert_eq!(end_of(date(2026, 11, 21)).to_string(), "2026-11-21T15:59:59.999999Z");
        assert_eq!(start_of(date(2026, 11, 22)).to_string(), "2026-11-21T16:00:00Z");
    }

    #[test]
    fn a_week_begins_on_its_monday() {
        for day in [date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22)] {
            assert_eq!(monday_of(day), date(2026, 11, 16), "{day}");
        }
        assert_eq!(monday_of(date(2027, 1, 1)), date(2026, 12, 28), "a week that spans two years");
    }

    #[test]
    fn as_of_takes_past_days_and_refuses_what_is_no_day_or_to_come() {
        let today = date(2026, 11, 22);
        assert_eq!(as_of(None, today).unwrap(), None);
        assert_eq!(as_of(Some(""), today).unwrap(), None);
        assert_eq!(as_of(Some("2026-11-22"), today).unwrap(), None);
        assert_eq!(as_of(Some("2026-11-21"), today).unwrap(), Some(date(2026, 11, 21)));
        for wrong in ["2026-11-23", "2026-02-30", "yesterday", "20261121", "' or 1=1"] {
            let error = as_of(Some(wrong), today).unwrap_err();
            assert_eq!(error.status, axum::http::StatusCode::BAD_REQUEST, "{wrong}");
        }
    }
}
