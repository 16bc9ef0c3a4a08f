//! A sheet as it was uploaded: xlsx, xls or csv, told by its bytes, guarded, read row by row.
//!
//! [`Workbook::open`] measures a file before anything is parsed, so that a file made to
//! exhaust the reader is refused instead of obeyed. [`Workbook::rows`] then hands out one row
//! at a time; an xlsx is never held as a whole, whatever its sheets say their size is.

mod cell;
mod delimited;
mod error;
mod format;
mod limits;
mod ole;
mod parts;
mod text;
mod xls;
mod xlsx;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use calamine::{SheetType, SheetVisible};
use kernel::cell::RawCell;

pub use error::{Kind, Measure, SheetError, Told};
pub use format::Format;
pub use limits::Limits;
pub use text::TextEncoding;

pub(crate) use text::to_gb18030;

/// One sheet of a workbook, as its list of sheets says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetInfo {
    /// The name on its tab; a csv file's only sheet is called `csv`.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Whether it holds cells; a chart or a macro sheet does not.
    pub worksheet: bool,
}

/// A block of merged cells: rows and columns from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u32, u32),
}

/// One row that holds at least one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The row's number as Excel shows it, from 1.
    pub number: u32,
    /// Its cells from column A on, up to the last that holds a value.
    pub cells: &'a [RawCell],
    /// The cells written on the line of a csv file, values or not; `None` for workbooks.
    pub written: Option<usize>,
}

/// A row taken out of its sheet, to be looked at elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenRow {
    number: u32,
    cells: Vec<RawCell>,
    written: Option<usize>,
}

impl TakenRow {
    /// The row as [`Rows::next_row`] shows it.
    pub fn row(&self) -> Row<'_> {
        Row { number: self.number, cells: &self.cells, written: self.written }
    }
}

/// The name of the only sheet of a csv file.
pub const CSV_SHEET: &str = "csv";

/// An opened file.
pub struct Workbook {
    sheets: Vec<SheetInfo>,
    limits: Limits,
    inner: Inner,
}

enum Inner {
    Xlsx(Box<xlsx::Book>),
    Xls(Box<xls::Book>),
    Csv(delimited::Book),
}

impl Workbook {
    /// Opens a file from its bytes.
    ///
    /// # Errors
    /// [`SheetError`] when it is no sheet, is encrypted or damaged, or goes past a limit.
    pub fn open(bytes: impl Into<Arc<[u8]>>, limits: Limits) -> Result<Self, SheetError> {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        if size > limits.file_bytes {
            return Err(SheetError::TooLarge { measure: Measure::FileBytes, found: size, limit: limits.file_bytes });
        }
        let format = format::sniff(&bytes).map_err(SheetError::NotASheet)?;
        let (inner, sheets) = guarded(|| match format {
            Format::Xlsx => {
                xlsx::Book::open(&bytes, &limits).map(|(book, sheets)| (Inner::Xlsx(Box::new(book)), sheets))
            }
            Format::Xls => xls::Book::open(&bytes, &limits).map(|(book, sheets)| (Inner::Xls(Box::new(book)), sheets)),
            Format::Csv => delimited::Book::open(&bytes).map(|book| {
                (Inner::Csv(book), vec![SheetInfo { name: CSV_SHEET.into(), hidden: false, worksheet: true }])
            }),
        })?;
        if sheets.len() > limits.sheets {
            let (found, limit) = (sheets.len() as u64, limits.sheets as u64);
            return Err(SheetError::TooLarge { measure: Measure::Sheets, found, limit });
        }
        if !sheets.iter().any(|sheet| sheet.worksheet) {
            return Err(SheetError::NoWorksheet);
        }
        Ok(Self { sheets, limits, inner })
    }

    /// Opens the file at a path.
    ///
    /// # Errors
    /// As [`Workbook::open`], and [`SheetError::Unreadable`] when the file cannot be read.
    pub fn open_path(path: &Path, limits: Limits) -> Result<Self, SheetError> {
        Self::open(read_bounded(path, limits.file_bytes)?, limits)
    }

    /// The form the file is in.
    pub fn format(&self) -> Format {
        match self.inner {
            Inner::Xlsx(_) => Format::Xlsx,
            Inner::Xls(_) => Format::Xls,
            Inner::Csv(_) => Format::Csv,
        }
    }

    /// How a csv file was encoded; `None` for workbooks.
    pub fn encoding(&self) -> Option<TextEncoding> {
        match &self.inner {
            Inner::Csv(book) => Some(book.encoding()),
            _ => None,
        }
    }

    /// Every sheet in the order of its tabs, hidden ones too.
    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// The merged blocks of a sheet.
    ///
    /// # Errors
    /// [`SheetError::NoSuchSheet`], or [`SheetError::Damaged`].
    pub fn merges(&mut self, sheet: &str) -> Result<Vec<Merge>, SheetError> {
        self.worksheet(sheet)?;
        let inner = &mut self.inner;
        guarded(|| match inner {
            Inner::Xlsx(book) => book.merges(sheet),
            Inner::Xls(book) => book.merges(sheet),
            Inner::Csv(_) => Ok(Vec::new()),
        })
    }

    /// The rows of a sheet from the top.
    ///
    /// # Errors
    /// [`SheetError::NoSuchSheet`], or [`SheetError::Damaged`].
    pub fn rows(&mut self, sheet: &str) -> Result<Rows<'_>, SheetError> {
        let nth = self.worksheet(sheet)?;
        let inner = &mut self.inner;
        let source = guarded(|| match inner {
            Inner::Xlsx(book) => book.cells(sheet).map(|cells| Source::Xlsx(Box::new(cells))),
            Inner::Xls(book) => book.cells(sheet, nth).map(Source::Xls),
            Inner::Csv(book) => Ok(Source::Csv(Box::new(book.lines()))),
        })?;
        Ok(Rows {
            source,
            sheet: sheet.to_owned(),
            limits: self.limits,
            row: Vec::new(),
            ahead: None,
            last: 0,
            ended: false,
        })
    }

    fn worksheet(&self, wanted: &str) -> Result<usize, SheetError> {
        let found = self.sheets.iter().position(|sheet| sheet.name == wanted && sheet.worksheet);
        found.ok_or_else(|| SheetError::NoSuchSheet {
            wanted: wanted.to_owned(),
            have: self.sheets.iter().filter(|sheet| sheet.worksheet).map(|sheet| sheet.name.clone()).collect(),
        })
    }
}

/// A cell with a value: row and column from 0.
type Placed = (u32, u32, RawCell);

enum Source<'a> {
    Xlsx(Box<xlsx::Cells<'a>>),
    Xls(xls::Cells<'a>),
    Csv(Box<delimited::Lines>),
}

/// The rows of one sheet, read as they are asked for.
pub struct Rows<'a> {
    source: Source<'a>,
    sheet: String,
    limits: Limits,
    row: Vec<RawCell>,
    /// The first cell of the next row, read to see that this row had ended.
    ahead: Option<Placed>,
    /// The number of the row handed out last.
    last: u32,
    /// Whether the last cell was read; the parser takes a further question for an error.
    ended: bool,
}

impl Rows<'_> {
    /// The next row that holds a value, or `None` after the last.
    ///
    /// # Errors
    /// [`SheetError`] where the file is damaged or goes past a limit; the sheet cannot be
    /// read on after that.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, SheetError> {
        self.row.clear();
        let read = match &self.source {
            Source::Csv(_) => guarded(|| self.read_line()),
            _ => guarded(|| self.read_cells()),
        }?;
        Ok(read.map(|(number, written)| {
            self.last = number;
            Row { number, cells: &self.row, written }
        }))
    }

    /// The next row, as [`Rows::next_row`], but with its cells handed over. A row that was taken
    /// before and is used up may be given back, so that its memory serves again.
    ///
    /// # Errors
    /// As [`Rows::next_row`].
    pub fn take_row(&mut self, used: Option<TakenRow>) -> Result<Option<TakenRow>, SheetError> {
        let Some(Row { number, written, .. }) = self.next_row()? else { return Ok(None) };
        let next = used.map_or_else(|| Vec::with_capacity(self.row.len()), |used| used.cells);
        Ok(Some(TakenRow { number, cells: std::mem::replace(&mut self.row, next), written }))
    }

    fn read_line(&mut self) -> Result<Option<(u32, Option<usize>)>, SheetError> {
        let Source::Csv(lines) = &mut self.source else { return Ok(None) };
        while let Some(number) = lines.next_line()? {
            let mut written = 0;
            for (column, text) in lines.fields().enumerate() {
                written = column + 1;
                if !text.is_empty() {
                    self.row.resize(column, RawCell::Empty);
                    self.row.push(RawCell::Text(text.to_owned()));
                }
            }
            if !self.row.is_empty() {
                self.check(number)?;
                return Ok(Some((number, Some(written))));
            }
        }
        Ok(None)
    }

    fn read_cells(&mut self) -> Result<Option<(u32, Option<usize>)>, SheetError> {
        let Some((row, column, cell)) = (match self.ahead.take() {
            Some(ahead) => Some(ahead),
            None => self.next_cell()?,
        }) else {
            return Ok(None);
        };
        if row < self.last {
            return Err(SheetError::Damaged(format!("row {} comes after row {}", row + 1, self.last)));
        }
        self.place(row, column, cell)?;
        while let Some((next, column, cell)) = self.next_cell()? {
            if next != row {
                self.ahead = Some((next, column, cell));
                break;
            }
            self.place(row, column, cell)?;
        }
        self.check(row + 1)?;
        Ok(Some((row + 1, None)))
    }

    fn next_cell(&mut self) -> Result<Option<Placed>, SheetError> {
        if self.ended {
            return Ok(None);
        }
        let cell = match &mut self.source {
            Source::Xlsx(cells) => cells.next_cell()?,
            Source::Xls(cells) => cells.next_cell(),
            Source::Csv(_) => None,
        };
        self.ended = cell.is_none();
        Ok(cell)
    }

    fn place(&mut self, row: u32, column: u32, cell: RawCell) -> Result<(), SheetError> {
        if column >= self.limits.columns {
            let (row, found) = (row.saturating_add(1), column.saturating_add(1));
            return Err(SheetError::TooManyColumns {
                sheet: self.sheet.clone(),
                row,
                found,
                limit: self.limits.columns,
            });
        }
        let at = column as usize;
        if at >= self.row.len() {
            self.row.resize(at + 1, RawCell::Empty);
        }
        self.row[at] = cell;
        Ok(())
    }

    fn check(&self, number: u32) -> Result<(), SheetError> {
        let sheet = || self.sheet.clone();
        if number > self.limits.rows {
            return Err(SheetError::TooManyRows { sheet: sheet(), found: number, limit: self.limits.rows });
        }
        if self.row.len() > self.limits.columns as usize {
            let found = self.row.len() as u32;
            return Err(SheetError::TooManyColumns { sheet: sheet(), row: number, found, limit: self.limits.columns });
        }
        let limit = self.limits.cell_chars;
        match self.row.iter().position(|cell| cell::is_longer_than(cell, limit)) {
            Some(at) => Err(SheetError::CellTooLong { sheet: sheet(), row: number, column: at as u32 + 1, limit }),
            None => Ok(()),
        }
    }
}

/// The letters of a column counted from 1: 1 is A, 27 is AA.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// Runs the parser; should a damaged file make it give up in a panic, that becomes an error.
fn guarded<T>(work: impl FnOnce() -> Result<T, SheetError>) -> Result<T, SheetError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(SheetError::Damaged("the parser gave up".into())))
}

fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, SheetError> {
    let unreadable = |error: std::io::Error| SheetError::Unreadable(format!("{}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > limit {
        return Err(SheetError::TooLarge { measure: Measure::FileBytes, found: size, limit });
    }
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The list of sheets as the parser gives it.
fn described(sheets: &[calamine::Sheet]) -> Vec<SheetInfo> {
    let info = |sheet: &calamine::Sheet| SheetInfo {
        name: sheet.name.clone(),
        hidden: sheet.visible != SheetVisible::Visible,
        worksheet: sheet.typ == SheetType::WorkSheet,
    };
    sheets.iter().map(info).collect()
}

#[cfg(test)]
mod tests {
    use super::column_letters;

    #[test]
    fn columns_are_named_as_excel_names_them() {
        for (column, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")] {
            assert_eq!(column_letters(column), letters);
        }
    }
}
