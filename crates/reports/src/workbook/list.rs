//! A list as xlsx or csv, row after row, in little memory however long it is.

use std::io::{BufWriter, Write};

use kernel::{Catalogue, Field, FieldType, Lang, Period, SubjectKind};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::{OutCell, WriteError};
use crate::sheet::to_gb18030;

/// Which side the cells of a column stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// One column of an exported list.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The heading, with unit and period: `营业收入总额（万元）2025`.
    pub heading: String,
    /// The width in characters.
    pub width: f64,
    /// The side its cells stand on.
    pub align: Align,
    /// The number format of Excel; empty for the plain one.
    pub format: String,
    /// Whether a workbook folds it away, for what only a machine reads.
    pub hidden: bool,
}

impl Column {
    /// The column of a field for one kind of subject and, where the field has one, a period.
    /// The heading is one that an import understands again.
    pub fn of(field: &Field, kind: SubjectKind, period: Option<Period>, lang: Lang) -> Self {
        let unit = match field.unit.as_str() {
            "" => String::new(),
            unit => lang.pick("（{}）", " ({})").replace("{}", unit),
        };
        let period = period.map(|period| format!(" {period}")).unwrap_or_default();
        let (width, align, format) = match &field.kind {
            FieldType::Money => (16.0, Align::Right, "#,##0.00####"),
            FieldType::Integer => (12.0, Align::Right, "#,##0"),
            FieldType::Decimal | FieldType::Percent => (12.0, Align::Right, "#,##0.####"),
            FieldType::Date => (12.0, Align::Left, "yyyy-mm-dd"),
            FieldType::CreditCode => (22.0, Align::Left, ""),
            FieldType::Bool => (8.0, Align::Left, ""),
            FieldType::Code { .. } | FieldType::Choice { .. } => (16.0, Align::Left, ""),
            FieldType::Text => (28.0, Align::Left, ""),
        };
        let heading = format!("{}{unit}{period}", field.label(kind, lang));
        Self { heading, width, align, format: format.to_owned(), hidden: false }
    }

    /// A column of words with this heading.
    pub fn words(heading: impl Into<String>, width: f64) -> Self {
        Self { heading: heading.into(), width, align: Align::Left, format: String::new(), hidden: false }
    }

    /// A column of words that a workbook folds away, for what only a machine reads.
    pub fn hidden(heading: impl Into<String>, width: f64) -> Self {
        Self { hidden: true, ..Self::words(heading, width) }
    }

    /// The field and period behind the heading, found in the catalogue again.
    pub fn field<'a>(&self, catalogue: &'a Catalogue, kind: SubjectKind) -> Option<&'a Field> {
        catalogue.field_by_heading(kind, &kernel::heading::read_heading(&self.heading).label)
    }
}

/// How a csv file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvEncoding {
    /// UTF-8 with a byte order mark, which Excel needs to see that it is UTF-8.
    Utf8,
    /// GB18030.
    Gb18030,
}

/// The look of a heading.
pub(super) fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_background_color(0x00DD_E7F3)
        .set_border(FormatBorder::Thin)
        .set_border_color(0x00BF_C9D4)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// Writes a list as a workbook of one sheet: head frozen and filtered, typed cells, text always
/// as text. Rows go to disk as they come, so a hundred thousand of them take little memory.
///
/// # Errors
/// [`WriteError`] when the disk is full or the list is longer than a sheet.
pub fn write_xlsx<W, R>(to: W, sheet_name: &str, columns: &[Column], rows: R) -> Result<u32, WriteError>
where
    W: Write + std::io::Seek + Send,
    R: IntoIterator<Item = Vec<OutCell>>,
{
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(safe_sheet_name(sheet_name))?;
    let formats = prepare(sheet, columns)?;
    let mut last = 0;
    for row in rows {
        last += 1;
        if last > 1_048_575 {
            return Err(WriteError::TooManyRows { rows: last });
        }
        for (column, cell) in row.iter().enumerate().take(columns.len()) {
            write_cell(sheet, last, column as u16, cell, &formats[column])?;
        }
    }
    if let Some(last_column) = columns.len().checked_sub(1) {
        sheet.autofilter(0, 0, last, last_column as u16)?;
    }
    book.save_to_writer(to)?;
    Ok(last)
}

/// Head, widths and the frozen first row; returns each column's format.
fn prepare(sheet: &mut Worksheet, columns: &[Column]) -> Result<Vec<Format>, WriteError> {
    let head = head_format();
    let mut formats = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        let mut format = Format::new();
        if column.align == Align::Right {
            format = format.set_align(FormatAlign::Right);
        }
        if !column.format.is_empty() {
            format = format.set_num_format(column.format.as_str());
        }
        sheet.set_column_width(at as u16, column.width)?;
        if column.hidden {
            sheet.set_column_hidden(at as u16)?;
        }
        sheet.write_string_with_format(0, at as u16, &column.heading, &head)?;
        formats.push(format);
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(formats)
}

pub(super) fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &OutCell,
    format: &Format,
) -> Result<(), WriteError> {
    match cell {
        OutCell::Empty => {}
        OutCell::Text(text) => {
            // Excel takes no more than 32,767 characters in a cell.
            let text: String = text.chars().take(32_767).collect();
            sheet.write_string_with_format(row, column, text, format)?;
        }
        OutCell::Number(number) => match number.to_f64() {
            Some(number) => {
                sheet.write_number_with_format(row, column, number, format)?;
            }
            None => {
                sheet.write_string_with_format(row, column, number.to_string(), format)?;
            }
        },
        OutCell::Date(day) => match u16::try_from(day.year()).ok().filter(|year| *year >= 1900) {
            Some(year) => {
                let day = ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs())?;
                sheet.write_datetime_with_format(row, column, day, format)?;
            }
            None => {
                sheet.write_string_with_format(row, column, day.to_string(), format)?;
            }
        },
    }
    Ok(())
}

/// A sheet name without the signs Excel forbids, at most 31 characters.
pub(super) fn safe_sheet_name(name: &str) -> String {
    let safe: String = name.chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect();
    let safe = safe.trim_matches('\'').trim();
    if safe.is_empty() { "Sheet1".to_owned() } else { safe.to_owned() }
}

/// Writes a list as csv with lines ended as Excel ends them. Returns the number of rows.
///
/// # Errors
/// [`WriteError::Io`] when the disk is full.
pub fn write_csv<W, R>(to: W, encoding: CsvEncoding, columns: &[Column], rows: R) -> Result<u32, WriteError>
where
    W: Write,
    R: IntoIterator<Item = Vec<OutCell>>,
{
    let mut to = BufWriter::new(to);
    if encoding == CsvEncoding::Utf8 {
        to.write_all(b"\xEF\xBB\xBF")?;
    }
    let head: Vec<OutCell> = columns.iter().map(|column| OutCell::Text(column.heading.clone())).collect();
    let mut count = 0;
    let mut line = String::new();
    for (nth, row) in std::iter::once(head).chain(rows).enumerate() {
        line.clear();
        for (column, cell) in row.iter().enumerate().take(columns.len()) {
            if column > 0 {
                line.push(',');
            }
            push_quoted(&mut line, &cell.for_csv());
        }
        line.push_str("\r\n");
        match encoding {
            CsvEncoding::Utf8 => to.write_all(line.as_bytes())?,
            CsvEncoding::Gb18030 => to.write_all(&to_gb18030(&line))?,
        }
        count = nth as u32;
    }
    to.flush()?;
    Ok(count)
}

fn push_quoted(line: &mut String, cell: &str) {
    if cell.contains([',', '"', '\r', '\n', '\t', ';']) || cell.starts_with(' ') || cell.ends_with(' ') {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}
