//! Workbooks of zipped XML.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Reader, Style, Xlsx, XlsxCellReader, XlsxError};

use kernel::cell::RawCell;

use super::cell::{self, from_ref, percent};
use super::error::SheetError;
use super::limits::Limits;
use super::parts::{self, Seen};
use super::{Merge, Placed, SheetInfo, described};

type Bytes = Cursor<Arc<[u8]>>;

pub(super) struct Book {
    bytes: Arc<[u8]>,
    book: Xlsx<Bytes>,
    /// A second reader over the same file, for the styles beside formulas.
    styles: Option<Xlsx<Bytes>>,
    seen: Seen,
}

impl Book {
    pub fn open(bytes: &Arc<[u8]>, limits: &Limits) -> Result<(Self, Vec<SheetInfo>), SheetError> {
        let seen = parts::inspect(bytes, limits)?;
        let book = Xlsx::new(Cursor::new(Arc::clone(bytes))).map_err(damaged)?;
        let sheets = described(book.sheets_metadata());
        Ok((Self { bytes: Arc::clone(bytes), book, styles: None, seen }, sheets))
    }

    pub fn merges(&mut self, sheet: &str) -> Result<Vec<Merge>, SheetError> {
        if !self.seen.merges {
            return Ok(Vec::new());
        }
        let blocks = self.book.merge_cells_by_sheet_name(sheet).map_err(damaged)?;
        Ok(blocks.iter().map(merge).collect())
    }

    pub fn cells(&mut self, sheet: &str) -> Result<Cells<'_>, SheetError> {
        if self.seen.formulas && self.styles.is_none() {
            self.styles = Some(Xlsx::new(Cursor::new(Arc::clone(&self.bytes))).map_err(damaged)?);
        }
        let values = self.book.worksheet_cells_reader(sheet).map_err(damaged)?;
        let percents: Vec<bool> = values.styles().iter().map(is_percent).collect();
        let any_percent = percents.contains(&true);
        let way = match (self.seen.formulas, any_percent, &mut self.styles) {
            (false, false, _) => Way::Values,
            (false, true, _) => Way::Styled,
            (true, true, Some(book)) => Way::Both(Box::new(Styles {
                cells: book.worksheet_cells_reader(sheet).map_err(damaged)?,
                ahead: None,
                ended: false,
            })),
            (true, ..) => Way::Formulas,
        };
        Ok(Cells { values, percents, way })
    }
}

/// How the cells are read. The parser gives styles or formulas beside a value, never both,
/// and each costs time, so only what the workbook has is asked for.
enum Way<'a> {
    Values,
    Styled,
    Formulas,
    Both(Box<Styles<'a>>),
}

pub(super) struct Cells<'a> {
    values: XlsxCellReader<'a, Bytes>,
    percents: Vec<bool>,
    way: Way<'a>,
}

impl Cells<'_> {
    /// The next cell that holds a value.
    pub fn next_cell(&mut self) -> Result<Option<Placed>, SheetError> {
        loop {
            let Some((at, cell, formula, style)) = self.read()? else { return Ok(None) };
            if cell == RawCell::Empty && !formula {
                continue;
            }
            let cell = match cell {
                RawCell::Number { figure, .. } if self.percents.get(style) == Some(&true) => percent(figure),
                other => other,
            };
            let cell = if formula { cell::formula(cell) } else { cell };
            return Ok(Some((at.0, at.1, cell)));
        }
    }

    #[allow(clippy::type_complexity)]
    fn read(&mut self) -> Result<Option<((u32, u32), RawCell, bool, usize)>, SheetError> {
        Ok(match &mut self.way {
            Way::Values => self
                .values
                .next_cell()
                .map_err(damaged)?
                .map(|cell| (cell.get_position(), from_ref(cell.get_value().clone()), false, 0)),
            Way::Styled => self
                .values
                .next_cell_with_style_id()
                .map_err(damaged)?
                .map(|(cell, style)| (cell.get_position(), from_ref(cell.get_value().clone()), false, style)),
            Way::Formulas => self
                .values
                .next_cell_with_formula_metadata()
                .map_err(damaged)?
                .map(|cell| (cell.pos, from_ref(cell.value), cell.formula.is_some(), 0)),
            Way::Both(styles) => {
                let Some(cell) = self.values.next_cell_with_formula_metadata().map_err(damaged)? else {
                    return Ok(None);
                };
                let style = styles.at(cell.pos)?;
                Some((cell.pos, from_ref(cell.value), cell.formula.is_some(), style))
            }
        })
    }
}

/// The styles of the cells, read in step with the values.
struct Styles<'a> {
    cells: XlsxCellReader<'a, Bytes>,
    /// The next cell with a style of its own: row, column, style.
    ahead: Option<(u32, u32, usize)>,
    ended: bool,
}

impl Styles<'_> {
    /// The style of a cell; cells of the plain style, 0, are not listed by the parser.
    fn at(&mut self, at: (u32, u32)) -> Result<usize, SheetError> {
        loop {
            if self.ahead.is_none() && !self.ended {
                self.ahead = self.cells.next_style_id().map_err(damaged)?;
                self.ended = self.ahead.is_none();
            }
            match self.ahead {
                Some((row, column, style)) if (row, column) == at => return Ok(style),
                Some((row, column, _)) if (row, column) < at => self.ahead = None,
                _ => return Ok(0),
            }
        }
    }
}

fn is_percent(style: &Style) -> bool {
    style.number_format.as_ref().is_some_and(|format| format.format_code.contains('%'))
}

pub(super) fn merge(block: &calamine::Dimensions) -> Merge {
    let from_one = |n: u32| n.saturating_add(1);
    Merge {
        rows: (from_one(block.start.0), from_one(block.end.0)),
        columns: (from_one(block.start.1), from_one(block.end.1)),
    }
}

fn damaged(error: XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::Encrypted,
        other => SheetError::Damaged(other.to_string()),
    }
}
