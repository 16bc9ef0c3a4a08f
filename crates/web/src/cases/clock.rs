//! How much of a case's time is left, in words.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::Due;

use crate::frame::day;
use crate::ui::Badge;

/// The end of a case's time as a reader sees it: a day, or a minute.
pub fn end(due: Due) -> String {
    match due {
        Due::Day(day) => day.to_string(),
        Due::Moment(moment) => day::minute(moment),
    }
}

/// The day on which a case's time is up.
pub fn day_of(due: Due) -> Date {
    match due {
        Due::Day(day) => day,
        Due::Moment(moment) => day::day_of(moment),
    }
}

/// How much is left at a moment: `还剩 3 个工作日`, `今天到期`, `逾期 2 个工作日`.
///
/// Where the working days are not known yet, natural days are counted and named so.
pub fn left(due: Due, now: Timestamp, calendar: &Calendar, lang: Lang) -> String {
    match due {
        Due::Moment(moment) => left_to(moment, now, lang),
        Due::Day(day) => left_to_day(day, day::day_of(now), calendar, lang),
    }
}

/// What is left as a badge: red when the time has passed, yellow on the last day.
pub fn badge(due: Due, now: Timestamp, calendar: &Calendar, lang: Lang) -> Badge {
    let said = left(due, now, calendar, lang);
    match due {
        due if due.has_passed(now) => Badge::late(said).with_icon("alarm"),
        due if day_of(due) == day::day_of(now) => Badge::warn(said).with_icon("clock"),
        _ => Badge::shut(said).with_icon("clock"),
    }
}

fn left_to(moment: Timestamp, now: Timestamp, lang: Lang) -> String {
    let seconds = moment.as_second() - now.as_second();
    let (late, minutes) = (seconds < 0, seconds.abs() / 60);
    let span = match (minutes / 60, minutes % 60, lang) {
        (0, minutes, Lang::Zh) => format!("{minutes} 分钟"),
        (0, minutes, Lang::En) => counted(minutes, "minute"),
        (hours @ 48.., _, Lang::Zh) => format!("{} 天", hours / 24),
        (hours @ 48.., _, Lang::En) => counted(hours / 24, "day"),
        (hours, _, Lang::Zh) => format!("{hours} 小时"),
        (hours, _, Lang::En) => counted(hours, "hour"),
    };
    said(late, &span, lang)
}

fn left_to_day(due: Date, today: Date, calendar: &Calendar, lang: Lang) -> String {
    if due == today {
        return lang.pick("今天到期", "due today").to_owned();
    }
    let late = due < today;
    let (from, to) = if late { (due, today) } else { (today, due) };
    let span = match calendar.working_days_between(from, to) {
        // A weekend between two days: there is no working day in it, but there are days.
        Ok(0) | Err(_) => natural(from, to, lang),
        Ok(days) => match lang {
            Lang::Zh => format!("{days} 个工作日"),
            Lang::En => counted(i64::from(days), "working day"),
        },
    };
    said(late, &span, lang)
}

fn natural(from: Date, to: Date, lang: Lang) -> String {
    let days = from.until(to).map_or(0, |span| i64::from(span.get_days()));
    match lang {
        Lang::Zh => format!("{days} 天"),
        Lang::En => counted(days, "day"),
    }
}

fn said(late: bool, span: &str, lang: Lang) -> String {
    match (late, lang) {
        (true, Lang::Zh) => format!("逾期 {span}"),
        (true, Lang::En) => format!("{span} late"),
        (false, Lang::Zh) => format!("还剩 {span}"),
        (false, Lang::En) => format!("{span} left"),
    }
}

fn counted(count: i64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Nine in the morning of Friday 20 November 2026 in China.
    const NOW: &str = "2026-11-20T01:00:00Z";

    fn said_of(due: Due) -> (String, String) {
        let now = NOW.parse().unwrap();
        let calendar = Calendar::builtin();
        (left(due, now, calendar, Lang::Zh), left(due, now, calendar, Lang::En))
    }

    #[test]
    fn a_day_is_counted_in_working_days_and_a_moment_in_hours() {
        let cases = [
            (Due::Day(date(2026, 11, 20)), "今天到期", "due today"),
            (Due::Day(date(2026, 11, 22)), "还剩 2 天", "2 days left"),
            (Due::Day(date(2026, 11, 23)), "还剩 1 个工作日", "1 working day left"),
            (Due::Day(date(2026, 11, 18)), "逾期 2 个工作日", "2 working days late"),
            (Due::Moment("2026-11-20T01:30:00Z".parse().unwrap()), "还剩 30 分钟", "30 minutes left"),
            (Due::Moment("2026-11-20T06:10:00Z".parse().unwrap()), "还剩 5 小时", "5 hours left"),
            (Due::Moment("2026-11-19T23:00:00Z".parse().unwrap()), "逾期 2 小时", "2 hours late"),
            (Due::Moment("2026-11-17T01:00:00Z".parse().unwrap()), "逾期 3 天", "3 days late"),
        ];
        for (due, zh, en) in cases {
            assert_eq!(said_of(due), (zh.to_owned(), en.to_owned()));
        }
    }

    #[test]
    fn where_the_calendar_is_not_loaded_natural_days_are_counted() {
        let (zh, _) = said_of(Due::Day(date(2036, 1, 1)));
        assert!(zh.starts_with("还剩") && zh.ends_with('天'), "{zh}");
    }
}
