//! An uploaded sheet handed back with its faults marked in their cells.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::Lang;
use kernel::cell::RawCell;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Note, Workbook as Writer, Worksheet};

use super::WriteError;
use super::list::{head_format, safe_sheet_name};
use crate::sheet::{Limits, Merge, Workbook, column_letters};

/// One fault to be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellNote {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// The column, from 1; `None` where the fault is the whole row's.
    pub column: Option<u32>,
    /// The column's heading, for the list of faults.
    pub heading: String,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// The message in full.
    pub message: String,
}

/// The longest note Excel takes is 32,767 characters; nobody reads more than this.
const LONGEST_NOTE: usize = 1_000;

/// Writes the uploaded file as an xlsx with the same sheets and values, each faulty cell red
/// with the message as its note, and a sheet 问题清单 that lists every fault. Formulas are
/// replaced by their saved results; pictures and layout are not kept.
///
/// # Errors
/// [`WriteError`] when the file cannot be read again or the result cannot be written.
pub fn marked_workbook(bytes: impl Into<Arc<[u8]>>, notes: &[CellNote], lang: Lang) -> Result<Vec<u8>, WriteError> {
    let mut source = Workbook::open(bytes, Limits::default())?;
    let mut target = Writer::new();
    let sheets: Vec<(String, bool)> =
        source.sheets().iter().filter(|s| s.worksheet).map(|s| (s.name.clone(), s.hidden)).collect();
    let looks = Looks::new();
    for (name, hidden) in &sheets {
        let sheet = target.add_worksheet();
        sheet.set_name(safe_sheet_name(name))?.set_hidden(*hidden);
        copy(&mut source, name, sheet, &of_sheet(notes, name), &looks)?;
    }
    list_faults(target.add_worksheet(), notes, sheets.iter().map(|(name, _)| name.as_str()), lang)?;
    Ok(target.save_to_buffer()?)
}

/// The formats of copied cells: plain, percent, day, each sound or faulty.
struct Looks {
    plain: Format,
    percent: Format,
    day: Format,
    moment: Format,
    merged: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            plain: Format::new(),
            percent: Format::new().set_num_format("0.00##%"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            merged: Format::new().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter),
        }
    }

    fn of(&self, cell: &RawCell) -> &Format {
        match cell {
            RawCell::Number { percent: true, .. } => &self.percent,
            RawCell::Date(moment) if moment.time() == jiff::civil::Time::midnight() => &self.day,
            RawCell::Date(_) => &self.moment,
            RawCell::Formula { cached } => self.of(cached),
            _ => &self.plain,
        }
    }
}

/// The faults of a sheet by cell, both from 0; those of a whole row stand in its first cell.
fn of_sheet<'a>(notes: &'a [CellNote], sheet: &str) -> HashMap<(u32, u16), Vec<&'a str>> {
    let mut by_cell: HashMap<(u32, u16), Vec<&str>> = HashMap::new();
    for note in notes.iter().filter(|note| note.sheet == sheet) {
        let column = note.column.unwrap_or(1).saturating_sub(1);
        let at = (note.row.saturating_sub(1), u16::try_from(column).unwrap_or(0));
        by_cell.entry(at).or_default().push(&note.message);
    }
    by_cell
}

fn copy(
    source: &mut Workbook,
    name: &str,
    sheet: &mut Worksheet,
    faults: &HashMap<(u32, u16), Vec<&str>>,
    looks: &Looks,
) -> Result<(), WriteError> {
    for Merge { rows, columns } in source.merges(name)? {
        // The blocks of a head; a sheet of thousands of merged blocks is not laid out again.
        let (Ok(first), Ok(last)) = (u16::try_from(columns.0 - 1), u16::try_from(columns.1 - 1)) else { continue };
        if rows.1 <= 20 && (rows.0, first) != (rows.1, last) {
            // Blocks that overlap are damage of the upload and are left out.
            let _ = sheet.merge_range(rows.0 - 1, first, rows.1 - 1, last, "", &looks.merged);
        }
    }
    let mut open: HashSet<(u32, u16)> = faults.keys().copied().collect();
    let mut rows = source.rows(name)?;
    while let Some(row) = rows.next_row()? {
        for (column, cell) in row.cells.iter().enumerate() {
            let at = (row.number - 1, column as u16);
            let look = looks.of(cell);
            match open.remove(&at) {
                true => copy_cell(sheet, at, cell, &red(look))?,
                false => copy_cell(sheet, at, cell, look)?,
            }
        }
    }
    for at in open {
        sheet.write_blank(at.0, at.1, &red(&looks.plain))?;
    }
    for (at, messages) in faults {
        let text: String = messages.join("\n").chars().take(LONGEST_NOTE).collect();
        sheet.insert_note(at.0, at.1, &Note::new(text).add_author_prefix(false).set_width(260))?;
    }
    Ok(())
}

fn red(look: &Format) -> Format {
    look.clone().set_background_color(Color::RGB(0x00FF_C7CE)).set_font_color(Color::RGB(0x009C_0006))
}

fn copy_cell(sheet: &mut Worksheet, at: (u32, u16), cell: &RawCell, look: &Format) -> Result<(), WriteError> {
    let (row, column) = at;
    match cell {
        RawCell::Empty => sheet.write_blank(row, column, look)?,
        RawCell::Text(text) => {
            let text: String = text.chars().take(32_767).collect();
            sheet.write_string_with_format(row, column, text, look)?
        }
        RawCell::Number { figure, .. } => sheet.write_number_with_format(row, column, *figure, look)?,
        RawCell::Integer(number) => sheet.write_number_with_format(row, column, *number as f64, look)?,
        RawCell::Bool(yes) => sheet.write_boolean_with_format(row, column, *yes, look)?,
        RawCell::Date(moment) => match date(moment) {
            Some(date) => sheet.write_datetime_with_format(row, column, date, look)?,
            None => sheet.write_string_with_format(row, column, cell.shown(), look)?,
        },
        RawCell::Error(error) => sheet.write_string_with_format(row, column, error, look)?,
        RawCell::Formula { cached } => return copy_cell(sheet, at, cached, look),
    };
    Ok(())
}

fn date(moment: &jiff::civil::DateTime) -> Option<ExcelDateTime> {
    let year = u16::try_from(moment.year()).ok()?;
    let day = ExcelDateTime::from_ymd(year, moment.month().unsigned_abs(), moment.day().unsigned_abs()).ok()?;
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    day.and_hms(u16::from(hour.unsigned_abs()), minute.unsigned_abs(), second.unsigned_abs()).ok()
}

/// The sheet that lists every fault.
fn list_faults<'a>(
    sheet: &mut Worksheet,
    notes: &[CellNote],
    mut taken: impl Iterator<Item = &'a str>,
    lang: Lang,
) -> Result<(), WriteError> {
    let name = lang.pick("问题清单", "Faults");
    let name = if taken.any(|sheet| sheet == name) { format!("{name} 2") } else { name.to_owned() };
    sheet.set_name(name)?;
    let head = head_format();
    let columns = [
        (lang.pick("工作表", "Sheet"), 14.0),
        (lang.pick("行", "Row"), 8.0),
        (lang.pick("列", "Column"), 8.0),
        (lang.pick("列名", "Heading"), 26.0),
        (lang.pick("表中内容", "Found"), 26.0),
        (lang.pick("应为", "Expected"), 36.0),
        (lang.pick("说明", "Message"), 60.0),
    ];
    for (at, (heading, width)) in columns.into_iter().enumerate() {
        sheet.set_column_width(at as u16, width)?;
        sheet.write_string_with_format(0, at as u16, heading, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (at, note) in notes.iter().enumerate() {
        let row = at as u32 + 1;
        let column = note.column.map(column_letters).unwrap_or_default();
        sheet.write_string(row, 0, &note.sheet)?.write_number(row, 1, note.row)?.write_string(row, 2, column)?;
        for (at, text) in [&note.heading, &note.found, &note.expected, &note.message].into_iter().enumerate() {
            let text: String = text.chars().take(LONGEST_NOTE).collect();
            sheet.write_string(row, at as u16 + 3, text)?;
        }
    }
    if !notes.is_empty() {
        sheet.autofilter(0, 0, notes.len() as u32, 6)?;
    }
    Ok(())
}
