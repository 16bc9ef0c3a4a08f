//! A sheet as a bureau would send it.

use jiff::civil::{Date, date};
use kernel::{Catalogue, FieldType, Lang, SourceKind, SubjectKind};
use rust_decimal::Decimal;

/// One cell as it is written to a workbook.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing was filled in.
    Empty,
    /// Words, and codes whose leading zeros count.
    Text(String),
    /// A figure in the unit of its heading.
    Number(Decimal),
    /// A day, stored as a date of the workbook.
    Date(Date),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<Decimal> for Cell {
    fn from(figure: Decimal) -> Self {
        Cell::Number(figure)
    }
}

impl From<i64> for Cell {
    fn from(count: i64) -> Self {
        Cell::Number(Decimal::from(count))
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Cell::Date(day)
    }
}

impl From<bool> for Cell {
    fn from(yes: bool) -> Self {
        Cell::from(if yes { "是" } else { "否" })
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// One sheet, to be written as one workbook and imported as one load.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSheet {
    /// The name of the workbook, without its ending: `03-统计年报`.
    pub file: String,
    /// The name of the sheet in it.
    pub title: String,
    /// Who speaks: 统计办, 税务局, 企业填报.
    pub origin: String,
    /// How the load came to us: a sheet of a bureau or the enterprises' own declarations.
    pub source: SourceKind,
    /// The day it reached the zone: what the register knew before that day knows nothing of it.
    pub sent_on: Date,
    /// The kind of subject a row speaks of.
    pub kind: SubjectKind,
    /// The headings: labels of the catalogue, with unit and year where they need them.
    pub headings: Vec<String>,
    /// The rows, each as long as the headings.
    pub rows: Vec<Vec<Cell>>,
}

impl SampleSheet {
    /// An empty sheet with a column for each of `columns`, named as [`heading`] reads them.
    pub(crate) fn new(file: &str, title: &str, origin: &str, kind: SubjectKind, columns: &[&str]) -> Self {
        Self {
            file: file.to_owned(),
            title: title.to_owned(),
            origin: origin.to_owned(),
            source: SourceKind::Sheet,
            sent_on: sent_on(file),
            kind,
            headings: columns.iter().map(|column| heading(kind, column)).collect(),
            rows: Vec::new(),
        }
    }

    /// The place of a column, named as [`heading`] reads it.
    pub fn column(&self, column: &str) -> Option<usize> {
        let wanted = heading(self.kind, column);
        self.headings.iter().position(|heading| *heading == wanted)
    }
}

/// The day a workbook came in: they are numbered in the order in which they came, one every
/// other week from the middle of January 2026.
fn sent_on(file: &str) -> Date {
    let number: i64 = file.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    date(2026, 1, 12).saturating_add(jiff::Span::new().days(14 * number))
}

/// The heading of a column in Chinese, as a bureau writes it: the catalogue's label with unit and year.
///
/// A column is named by its field's key, with another unit of money and a year where it has them:
/// `uscc`, `tax_paid@2025`, `tax_paid:元@2025`. What the catalogue does not know stands as it is.
pub(crate) fn heading(kind: SubjectKind, column: &str) -> String {
    let (rest, year) = column.split_once('@').unwrap_or((column, ""));
    let (key, unit) = rest.split_once(':').unwrap_or((rest, ""));
    let Some(field) = Catalogue::builtin().field(key) else { return column.to_owned() };
    let label = field.label(kind, Lang::Zh);
    let unit = match field.kind {
        _ if !unit.is_empty() => unit,
        FieldType::Money | FieldType::Integer | FieldType::Decimal => field.unit.as_str(),
        _ => "",
    };
    if unit.is_empty() { format!("{label}{year}") } else { format!("{label}（{unit}）{year}") }
}
