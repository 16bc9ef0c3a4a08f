//! A list on its way out: a column for each period, so that every figure stands under its year.
//!
//! The page shows the latest figure of each row, whatever its year. In a file the heading has to
//! say the year, or nobody could tell, and an import could not take the list back.

use std::collections::BTreeSet;

use kernel::{Period, PeriodKind};
use reports::workbook::{Column, OutCell};
use store::SubjectRow;

use super::cells::Sheet;

/// A row: the name, a cell for each column with the period it speaks of, the subject's number.
pub struct OutRow {
    name: OutCell,
    cells: Vec<(OutCell, Option<Period>)>,
    id: OutCell,
}

impl OutRow {
    /// The row of a subject.
    pub fn of(sheet: &Sheet<'_>, row: &SubjectRow) -> Self {
        let cell = |column: &String| (sheet.out(row, column), sheet.period(row, column));
        Self {
            name: sheet.out(row, "name"),
            cells: sheet.columns.iter().map(cell).collect(),
            id: OutCell::Text(row.id.to_string()),
        }
    }
}

/// The heads an import understands again and the rows below them. The last column is the number
/// by which the register knows its own list again.
pub fn spread(sheet: &Sheet<'_>, rows: Vec<OutRow>) -> (Vec<Column>, Vec<Vec<OutCell>>) {
    let periods: Vec<Option<Vec<Period>>> =
        sheet.columns.iter().enumerate().map(|(at, column)| periods(sheet, at, column, &rows)).collect();
    let heads = heads(sheet, &periods);
    let line = |row: OutRow| {
        let mut line = Vec::with_capacity(heads.len());
        line.push(row.name);
        for ((cell, period), periods) in row.cells.into_iter().zip(&periods) {
            match periods {
                None => line.push(cell),
                Some(periods) => line
                    .extend(periods.iter().map(|of| if period == Some(*of) { cell.clone() } else { OutCell::Empty })),
            }
        }
        line.push(row.id);
        line
    };
    let lines = rows.into_iter().map(line).collect();
    (heads, lines)
}

/// The periods the cells of a column speak of; `None` for a column that has none. A column
/// without any figure stands for the last whole year.
fn periods(sheet: &Sheet<'_>, at: usize, column: &str, rows: &[OutRow]) -> Option<Vec<Period>> {
    let field = sheet.catalogue.field(column).filter(|field| field.period != PeriodKind::None)?;
    let found: BTreeSet<Period> = rows.iter().filter_map(|row| row.cells[at].1).collect();
    match found.is_empty() {
        true if field.period == PeriodKind::Year => Some(vec![Period::Year(sheet.today.year() - 1)]),
        true => None,
        false => Some(found.into_iter().collect()),
    }
}

fn heads(sheet: &Sheet<'_>, periods: &[Option<Vec<Period>>]) -> Vec<Column> {
    let head = |key: &str, period: Option<Period>| match sheet.catalogue.field(key) {
        Some(field) => Column::of(field, sheet.listed.kind, period, sheet.lang),
        None => Column::words(sheet.head(key, None), 16.0),
    };
    let mut heads = vec![head("name", None)];
    for (column, periods) in sheet.columns.iter().zip(periods) {
        match periods {
            None => heads.push(head(column, None)),
            Some(periods) => heads.extend(periods.iter().map(|period| head(column, Some(*period)))),
        }
    }
    heads.push(Column::hidden(sheet.head(intake::own::ID, None), 38.0));
    heads
}
