//! The guard in front of an old-style workbook (xls): its records are walked before the
//! parser, which lays every sheet out as a full grid, is let near them.
//!
//! The walk also gathers what the parser does not tell: which cells are formulas and which
//! are shown as a percentage.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use std::sync::Arc;

use super::error::{Kind, Measure, SheetError};
use super::limits::Limits;

/// A cell of a sheet: its row and column from 0.
pub(super) type At = (u32, u32);

/// What the walk saw on one sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SheetSeen {
    /// The cells that hold formulas.
    pub formulas: HashSet<At>,
    /// The cells shown as a percentage.
    pub percents: HashSet<At>,
}

/// The record types the walk knows, as numbered in [MS-XLS].
mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const EOF: u16 = 0x000A;
    pub const FILE_PASS: u16 = 0x002F;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MUL_RK: u16 = 0x00BD;
    pub const RSTRING: u16 = 0x00D6;
    pub const XF: u16 = 0x00E0;
    pub const LABEL_SST: u16 = 0x00FD;
    pub const DIMENSIONS: u16 = 0x0200;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOL_ERR: u16 = 0x0205;
    pub const RK: u16 = 0x027E;
    pub const FORMAT: u16 = 0x041E;
    pub const BOF: u16 = 0x0809;
}

/// Walks the workbook in a compound file, sheet by sheet in the order of its sheet list.
pub(super) fn inspect(bytes: &Arc<[u8]>, limits: &Limits) -> Result<Vec<SheetSeen>, SheetError> {
    let damaged = |error: std::io::Error| SheetError::Damaged(error.to_string());
    let mut file = cfb::CompoundFile::open(Cursor::new(Arc::clone(bytes))).map_err(damaged)?;
    let streams: Vec<_> =
        file.walk().filter(|entry| entry.is_stream()).map(|entry| entry.path().to_path_buf()).collect();
    let named = |name: &str| {
        let is = |path: &&std::path::PathBuf| path.file_name().is_some_and(|file| file.eq_ignore_ascii_case(name));
        streams.iter().filter(is).collect::<Vec<_>>()
    };
    if !named("EncryptedPackage").is_empty() || !named("EncryptionInfo").is_empty() {
        return Err(SheetError::Encrypted);
    }
    let mut books = named("Workbook");
    books.extend(named("Book"));
    // A workbook embedded in another comes with a stream of the same name, and the parser
    // takes the first it meets: all are measured, the shallowest is described.
    books.sort_by_key(|path| path.components().count());
    if books.is_empty() {
        return Err(SheetError::NotASheet(Kind::OtherOffice));
    }
    let mut first = None;
    for path in books {
        let mut stream = Vec::new();
        let opened = file.open_stream(path).map_err(damaged)?;
        opened.take(limits.file_bytes).read_to_end(&mut stream).map_err(damaged)?;
        let seen = Walk { limits, stream: &stream, area: 0 }.workbook()?;
        first.get_or_insert(seen);
    }
    Ok(first.unwrap_or_default())
}

struct Walk<'a> {
    limits: &'a Limits,
    stream: &'a [u8],
    /// Cells over all sheets, as the parser will lay them out.
    area: u64,
}

/// The corner cells of what a sheet holds.
#[derive(Default)]
struct Bounds(Option<(At, At)>);

impl Bounds {
    fn take(&mut self, at: At) {
        let (from, to) = self.0.unwrap_or((at, at));
        self.0 = Some(((from.0.min(at.0), from.1.min(at.1)), (to.0.max(at.0), to.1.max(at.1))));
    }

    fn area(&self) -> u64 {
        self.0.map_or(0, |(from, to)| u64::from(to.0 - from.0 + 1) * u64::from(to.1 - from.1 + 1))
    }
}

impl Walk<'_> {
    fn workbook(mut self) -> Result<Vec<SheetSeen>, SheetError> {
        let (mut sheets, mut styles, mut formats) = (Vec::new(), Vec::new(), HashMap::new());
        for (kind, data) in Records::of(self.stream) {
            match kind {
                record::FILE_PASS => return Err(SheetError::Encrypted),
                record::BOUND_SHEET => sheets.extend(long(data, 0)),
                record::XF => styles.push(word(data, 2).unwrap_or_default()),
                record::FORMAT => {
                    formats.insert(
                        word(data, 0).unwrap_or_default(),
                        data.get(4..).is_some_and(|text| text.contains(&b'%')),
                    );
                }
                record::EOF => break,
                _ => {}
            }
        }
        if sheets.len() > self.limits.sheets {
            return Err(too_large(Measure::Sheets, sheets.len() as u64, self.limits.sheets as u64));
        }
        // 9 and 10 are the percentages built into Excel.
        let is_percent = |id: &u16| formats.get(id).copied().unwrap_or(matches!(id, 9 | 10));
        let percent_styles: Vec<bool> = styles.iter().map(is_percent).collect();
        sheets.into_iter().map(|start| self.sheet(start as usize, &percent_styles)).collect()
    }

    fn sheet(&mut self, start: usize, percent_styles: &[bool]) -> Result<SheetSeen, SheetError> {
        let stream =
            self.stream.get(start..).ok_or_else(|| SheetError::Damaged("a sheet begins past the end".into()))?;
        let mut seen = SheetSeen::default();
        let (mut bounds, mut cells, mut depth) = (Bounds::default(), 0u64, 0usize);
        for (kind, data) in Records::of(stream) {
            match kind {
                record::BOF => depth += 1,
                record::EOF if depth <= 1 => break,
                record::EOF => depth -= 1,
                _ if depth > 1 => {}
                record::DIMENSIONS => self.check_dimensions(data)?,
                record::NUMBER
                | record::LABEL
                | record::RSTRING
                | record::BOOL_ERR
                | record::RK
                | record::LABEL_SST
                | record::FORMULA => {
                    let (Some(row), Some(column), Some(style)) = (word(data, 0), word(data, 2), word(data, 4)) else {
                        continue;
                    };
                    let at = (u32::from(row), u32::from(column));
                    bounds.take(at);
                    cells += 1;
                    if kind == record::FORMULA {
                        seen.formulas.insert(at);
                    }
                    if percent_styles.get(usize::from(style)) == Some(&true) {
                        seen.percents.insert(at);
                    }
                }
                record::MUL_RK => cells += take_many(data, &mut bounds, &mut seen, percent_styles),
                _ => {}
            }
            if cells > self.limits.grid_cells {
                return Err(too_large(Measure::GridCells, cells, self.limits.grid_cells));
            }
        }
        self.area += bounds.area();
        match self.area > self.limits.grid_cells {
            true => Err(too_large(Measure::GridCells, self.area, self.limits.grid_cells)),
            false => Ok(seen),
        }
    }

    /// The parser reserves room for the area a sheet says it has.
    fn check_dimensions(&self, data: &[u8]) -> Result<(), SheetError> {
        let (rows, columns) = match data.len() {
            10 => (
                word(data, 0).zip(word(data, 2)).map(|(a, b)| (u64::from(a), u64::from(b))),
                word(data, 4).zip(word(data, 6)),
            ),
            _ => (
                long(data, 0).zip(long(data, 4)).map(|(a, b)| (u64::from(a), u64::from(b))),
                word(data, 8).zip(word(data, 10)),
            ),
        };
        let (Some((row, row_end)), Some((column, column_end))) = (rows, columns) else {
            return Err(SheetError::Damaged("the size of a sheet is cut off".into()));
        };
        if row_end == 0 || column_end == 0 {
            return Ok(());
        }
        if row >= row_end {
            return Err(SheetError::Damaged("a sheet ends before it begins".into()));
        }
        // A first column past the last one is read as column 0.
        let columns = if column > 0xFF || column >= column_end { column_end } else { column_end - column };
        let area = (row_end - row) * u64::from(columns);
        match area > 65_536 * 256 {
            true => Err(too_large(Measure::GridCells, area, self.limits.grid_cells)),
            false => Ok(()),
        }
    }
}

/// Several numbers of one row in one record: row, first column, (style, number)…, last column.
fn take_many(data: &[u8], bounds: &mut Bounds, seen: &mut SheetSeen, percent_styles: &[bool]) -> u64 {
    let (Some(row), Some(first)) = (word(data, 0), word(data, 2)) else { return 0 };
    let many = data.len().saturating_sub(6) / 6;
    for nth in 0..many {
        let at = (u32::from(row), u32::from(first) + nth as u32);
        bounds.take(at);
        if word(data, 4 + nth * 6).is_some_and(|style| percent_styles.get(usize::from(style)) == Some(&true)) {
            seen.percents.insert(at);
        }
    }
    many as u64
}

/// The records of a stream: type, length, data.
struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    fn of(stream: &'a [u8]) -> Self {
        Self(stream)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = word(self.0, 0)?;
        let length = usize::from(word(self.0, 2)?);
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

fn word(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn long(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

fn too_large(measure: Measure, found: u64, limit: u64) -> SheetError {
    SheetError::TooLarge { measure, found, limit }
}
