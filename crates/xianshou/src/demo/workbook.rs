//! The sample's sheets as real workbooks, so that every number of the sample leads to a real cell.

use std::fs::File;
use std::path::{Path, PathBuf};

use kernel::Lang;
use reports::workbook::{Column, OutCell, WriteError, write_xlsx};
use sample::{Cell, SampleSheet};

use crate::failure::Failure;

/// The folder of the workbooks, below the directory of the sample zone.
pub const FOLDER: &str = "workbooks";

/// Writes a sheet as a workbook of its own and returns where it lies.
pub fn write(folder: &Path, sheet: &SampleSheet) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    let path = folder.join(format!("{}.xlsx", sheet.file));
    let columns: Vec<Column> = (0..).zip(&sheet.headings).map(|(at, heading)| column(sheet, at, heading)).collect();
    let rows = sheet.rows.iter().map(|row| row.iter().map(cell).collect());
    let file = File::create(&path).map_err(|error| Failure::file(&path, &error))?;
    write_xlsx(file, &sheet.title, &columns, rows).map_err(|error| refused(&error))?;
    Ok(path)
}

/// A workbook that could not be written.
pub fn refused(error: &WriteError) -> Failure {
    Failure::said(error.say(Lang::Zh), error.say(Lang::En))
}

/// A column of days shows days: without the format a spreadsheet shows their serial numbers.
fn column(sheet: &SampleSheet, at: usize, heading: &str) -> Column {
    let of_days = sheet.rows.iter().any(|row| matches!(row.get(at), Some(Cell::Date(_))));
    let format = if of_days { "yyyy-mm-dd" } else { "" };
    Column { format: format.to_owned(), ..Column::words(heading, width(heading)) }
}

/// Wide enough for the heading, and for a credit code or a name.
fn width(heading: &str) -> f64 {
    match heading {
        _ if heading.contains("代码") || heading.contains("名称") => 26.0,
        _ => 2.0 * heading.chars().count() as f64 + 2.0,
    }
}

fn cell(cell: &Cell) -> OutCell {
    match cell {
        Cell::Empty => OutCell::Empty,
        Cell::Text(text) => OutCell::Text(text.clone()),
        Cell::Number(figure) => OutCell::Number(*figure),
        Cell::Date(day) => OutCell::Date(*day),
    }
}
