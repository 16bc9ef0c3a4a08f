//! Days, in the forms that sheets carry them.

use jiff::ToSpan;
use jiff::civil::Date;

use super::fault::{FaultKind, Refusal};
use super::{RawCell, is_blank};
use crate::text;

/// Day 0 of a spreadsheet's count of days.
const SHEET_EPOCH: Date = jiff::civil::date(1899, 12, 30);

/// Counts of days taken for a day: 1950-01-01 to 2099-12-31. A smaller number in a date column is
/// a year or a slip; 2025 as a count of days would be 1905-07-17.
const SERIALS: std::ops::RangeInclusive<i64> = 18_264..=73_050;

/// Years that are believed. 1900 is where an empty or broken date cell ends up.
const YEARS: std::ops::RangeInclusive<i16> = 1901..=2200;

pub(super) fn read(cell: &RawCell) -> Result<Option<Date>, Refusal> {
    let day = match cell {
        RawCell::Date(moment) => moment.date(),
        RawCell::Integer(number) => of_number(*number)?,
        RawCell::Number { figure, percent: false } if figure.is_finite() && figure.abs() < 1e9 => {
            // The fraction of a count of days is the time of day, which a day does not keep.
            #[expect(clippy::cast_possible_truncation, reason = "the bound above keeps it inside i64")]
            of_number(figure.floor() as i64)?
        }
        RawCell::Text(written) => match of_text(&text::fold(written))? {
            Some(day) => day,
            None => return Ok(None),
        },
        RawCell::Empty | RawCell::Error(_) | RawCell::Formula { .. } => return Ok(None),
        RawCell::Number { .. } | RawCell::Bool(_) => return Err(Refusal::plain(FaultKind::NotADate)),
    };
    believable(day).map(Some)
}

fn believable(day: Date) -> Result<Date, Refusal> {
    if YEARS.contains(&day.year()) {
        return Ok(day);
    }
    Err(Refusal::hinting(
        FaultKind::UnlikelyDate,
        "1900 年多半是空单元格或数字被当成了日期，请核对原表。",
        "A day in 1900 is usually an empty cell or a number shown as a date; check the sheet.",
    ))
}

fn of_number(number: i64) -> Result<Date, Refusal> {
    if SERIALS.contains(&number) {
        return Ok(SHEET_EPOCH.saturating_add(number.days()));
    }
    if (19_000_101..=22_001_231).contains(&number) {
        return day(number / 10_000, number / 100 % 100, number % 100);
    }
    Err(match number {
        1901..=2200 => only_a_year(),
        1..=18_263 => Refusal::hinting(
            FaultKind::UnlikelyDate,
            "这个数字作为日期会落在 1950 年以前，请核对原表。",
            "As a date this number lies before 1950; check the sheet.",
        ),
        _ => Refusal::plain(FaultKind::NotADate),
    })
}

fn only_a_year() -> Refusal {
    Refusal::hinting(FaultKind::NotADate, "只有年份，请补全月和日。", "There is only a year; add month and day.")
}

fn day(year: i64, month: i64, day: i64) -> Result<Date, Refusal> {
    let made = || Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    made().ok_or_else(|| {
        Refusal::hinting(FaultKind::NotADate, "日历上没有这一天。", "There is no such day in the calendar.")
    })
}

fn of_text(written: &str) -> Result<Option<Date>, Refusal> {
    if is_blank(written) {
        return Ok(None);
    }
    if let Ok(number) = written.parse::<i64>() {
        return of_number(number).map(Some);
    }
    // A time of day after the date is what some programs write for midnight.
    let date = written.split_once([' ', 'T']).filter(|(_, time)| is_time(time)).map_or(written, |(date, _)| date);
    let parts: Vec<&str> = date
        .trim_end_matches(['日', '号'])
        .split(['-', '/', '.', '年', '月'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let numbers: Option<Vec<i64>> = parts
        .iter()
        .map(|part| part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()) && part.len() <= 4))
        .collect();
    match numbers.as_deref() {
        Some([year, month, of_month]) if parts[0].len() == 4 => day(*year, *month, *of_month).map(Some),
        Some([year, _]) if parts[0].len() == 4 && *year > 0 => {
            Err(Refusal::hinting(FaultKind::NotADate, "缺少日，请补全。", "The day of the month is missing."))
        }
        Some([_]) if date.ends_with('年') => Err(only_a_year()),
        Some([_, _, _]) => Err(Refusal::hinting(
            FaultKind::NotADate,
            "看不出哪个是年份，请写成 2025-03-04 的形式。",
            "It is not plain which part is the year; write it as 2025-03-04.",
        )),
        _ => Err(Refusal::plain(FaultKind::NotADate)),
    }
}

fn is_time(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+'))
}
