//! A cell of a file in the words of the kernel.

use calamine::{Data, DataRef, ExcelDateTime};
use jiff::civil::DateTime;
use kernel::cell::RawCell;

/// Whether the cell is text of more characters than this.
pub(super) fn is_longer_than(cell: &RawCell, chars: usize) -> bool {
    match cell {
        RawCell::Text(text) => text.len() > chars && text.chars().count() > chars,
        RawCell::Formula { cached } => is_longer_than(cached, chars),
        _ => false,
    }
}

/// A cell that holds a formula, with the result saved in the file.
pub(super) fn formula(cached: RawCell) -> RawCell {
    RawCell::Formula { cached: Box::new(cached) }
}

/// A number shown as a percentage.
pub(super) fn percent(figure: f64) -> RawCell {
    RawCell::Number { figure, percent: true }
}

/// A cell of an xlsx.
pub(super) fn from_ref(data: DataRef<'_>) -> RawCell {
    match data {
        DataRef::Empty => RawCell::Empty,
        DataRef::SharedString("") => RawCell::Empty,
        DataRef::SharedString(text) => RawCell::Text(text.to_owned()),
        DataRef::String(text) | DataRef::DurationIso(text) | DataRef::DateTimeIso(text) => words(text),
        DataRef::Int(number) => RawCell::Integer(number),
        DataRef::Float(number) => RawCell::number(number),
        DataRef::Bool(yes) => RawCell::Bool(yes),
        DataRef::DateTime(moment) => date(&moment),
        DataRef::Error(error) => RawCell::Error(error.to_string()),
    }
}

/// A cell of an xls.
pub(super) fn from_data(data: &Data) -> RawCell {
    match data {
        Data::Empty => RawCell::Empty,
        Data::String(text) | Data::DurationIso(text) | Data::DateTimeIso(text) => words(text.clone()),
        Data::Int(number) => RawCell::Integer(*number),
        Data::Float(number) => RawCell::number(*number),
        Data::Bool(yes) => RawCell::Bool(*yes),
        Data::DateTime(moment) => date(moment),
        Data::Error(error) => RawCell::Error(error.to_string()),
    }
}

fn words(text: String) -> RawCell {
    if text.is_empty() { RawCell::Empty } else { RawCell::Text(text) }
}

/// A serial number shown as a date; what lies outside Excel's calendar stays the number it is.
fn date(moment: &ExcelDateTime) -> RawCell {
    let serial = moment.as_f64();
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&serial) {
        return RawCell::number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let nanos = i32::from(milli) * 1_000_000;
    let made = DateTime::new(year as i16, month as i8, day as i8, hour as i8, minute as i8, second as i8, nanos);
    made.map_or(RawCell::number(serial), RawCell::Date)
}
