//! Workbooks in the old compound form.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, Range, Reader, Xls, XlsError};

use kernel::cell::RawCell;

use super::cell::{self, from_data, percent};
use super::error::SheetError;
use super::limits::Limits;
use super::ole::{self, SheetSeen};
use super::{Merge, Placed, SheetInfo, described, xlsx};

pub(super) struct Book {
    book: Xls<Cursor<Arc<[u8]>>>,
    seen: Vec<SheetSeen>,
}

impl Book {
    pub fn open(bytes: &Arc<[u8]>, limits: &Limits) -> Result<(Self, Vec<SheetInfo>), SheetError> {
        let seen = ole::inspect(bytes, limits)?;
        let book = Xls::new(Cursor::new(Arc::clone(bytes))).map_err(damaged)?;
        let sheets = described(book.sheets_metadata());
        Ok((Self { book, seen }, sheets))
    }

    pub fn merges(&mut self, sheet: &str) -> Result<Vec<Merge>, SheetError> {
        let blocks = self.book.merge_cells_by_sheet_name(sheet).map_err(damaged)?;
        Ok(blocks.iter().map(xlsx::merge).collect())
    }

    /// The cells of the `nth` sheet of the list.
    pub fn cells(&mut self, sheet: &str, nth: usize) -> Result<Cells<'_>, SheetError> {
        let grid = self.book.worksheet_range(sheet).map_err(damaged)?;
        Ok(Cells { grid, seen: self.seen.get(nth), at: 0 })
    }
}

pub(super) struct Cells<'a> {
    grid: Range<Data>,
    seen: Option<&'a SheetSeen>,
    /// The place in the grid, row after row.
    at: usize,
}

impl Cells<'_> {
    /// The next cell that holds a value.
    pub fn next_cell(&mut self) -> Option<Placed> {
        let (from, width) = (self.grid.start()?, self.grid.width());
        while self.at < width * self.grid.height() {
            let (row, column) = (self.at / width, self.at % width);
            self.at += 1;
            let cell = from_data(self.grid.get((row, column))?);
            let at = (from.0 + row as u32, from.1 + column as u32);
            let formula = self.seen.is_some_and(|seen| seen.formulas.contains(&at));
            let cell = match cell {
                RawCell::Empty if !formula => continue,
                RawCell::Number { figure, .. } if self.seen.is_some_and(|seen| seen.percents.contains(&at)) => {
                    percent(figure)
                }
                other => other,
            };
            return Some((at.0, at.1, if formula { cell::formula(cell) } else { cell }));
        }
        None
    }
}

fn damaged(error: XlsError) -> SheetError {
    match error {
        XlsError::Password => SheetError::Encrypted,
        other => SheetError::Damaged(other.to_string()),
    }
}
