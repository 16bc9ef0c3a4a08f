//! One cell as the file holds it, before any field types it.

use calamine::{Data, DataRef, ExcelDateTime};
use jiff::civil::DateTime;

/// One cell as the file holds it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RawCell {
    /// Nothing.
    #[default]
    Blank,
    /// Text. Every cell of a csv file is text.
    Text(String),
    /// A number.
    Number(f64),
    /// A number shown as a percentage: 0.05 where the sheet shows 5 %.
    Percent(f64),
    /// Yes or no.
    Bool(bool),
    /// A moment, mostly a day at midnight.
    Date(DateTime),
    /// An error of Excel's: `#N/A`, `#DIV/0!`.
    Error(String),
    /// A formula with the value Excel computed last.
    Formula(Box<RawCell>),
}

impl RawCell {
    /// Whether the cell is text of more characters than this.
    pub fn is_longer_than(&self, chars: usize) -> bool {
        match self {
            RawCell::Text(text) => text.len() > chars && text.chars().count() > chars,
            RawCell::Formula(cell) => cell.is_longer_than(chars),
            _ => false,
        }
    }
}

/// A cell of an xlsx.
pub(super) fn from_ref(data: DataRef<'_>) -> RawCell {
    match data {
        DataRef::Empty => RawCell::Blank,
        DataRef::SharedString("") => RawCell::Blank,
        DataRef::SharedString(text) => RawCell::Text(text.to_owned()),
        DataRef::String(text) | DataRef::DurationIso(text) | DataRef::DateTimeIso(text) => words(text),
        DataRef::Int(number) => RawCell::Number(number as f64),
        DataRef::Float(number) => RawCell::Number(number),
        DataRef::Bool(yes) => RawCell::Bool(yes),
        DataRef::DateTime(moment) => date(&moment),
        DataRef::Error(error) => RawCell::Error(error.to_string()),
    }
}

/// A cell of an xls.
pub(super) fn from_data(data: &Data) -> RawCell {
    match data {
        Data::Empty => RawCell::Blank,
        Data::String(text) | Data::DurationIso(text) | Data::DateTimeIso(text) => words(text.clone()),
        Data::Int(number) => RawCell::Number(*number as f64),
        Data::Float(number) => RawCell::Number(*number),
        Data::Bool(yes) => RawCell::Bool(*yes),
        Data::DateTime(moment) => date(moment),
        Data::Error(error) => RawCell::Error(error.to_string()),
    }
}

fn words(text: String) -> RawCell {
    if text.is_empty() { RawCell::Blank } else { RawCell::Text(text) }
}

/// A serial number shown as a date; what lies outside Excel's calendar stays the number it is.
fn date(moment: &ExcelDateTime) -> RawCell {
    let serial = moment.as_f64();
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&serial) {
        return RawCell::Number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let nanos = i32::from(milli) * 1_000_000;
    let made = DateTime::new(year as i16, month as i8, day as i8, hour as i8, minute as i8, second as i8, nanos);
    made.map_or(RawCell::Number(serial), RawCell::Date)
}
