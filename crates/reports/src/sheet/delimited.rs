//! Lines of text with a sign between the cells.

use std::io::Cursor;
use std::sync::Arc;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::CSV_SHEET;
use super::error::SheetError;
use super::text::{self, Text, TextEncoding};

/// More lines than this in one cell mean that a quotation mark never closed.
const MOST_LINES_IN_A_CELL: usize = 30;

pub(super) struct Book {
    text: Text,
    encoding: TextEncoding,
}

impl Book {
    pub fn open(bytes: &Arc<[u8]>) -> Result<Self, SheetError> {
        let (text, encoding) = text::decode(bytes)?;
        Ok(Self { text, encoding })
    }

    pub fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    pub fn lines(&self) -> Lines {
        let delimiter = text::delimiter(self.text.as_ref());
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Cursor::new(self.text.clone()));
        Lines { text: self.text.clone(), reader, record: StringRecord::new(), row: 0 }
    }
}

pub(super) struct Lines {
    text: Text,
    reader: Reader<Cursor<Text>>,
    record: StringRecord,
    row: u32,
}

impl Lines {
    /// Reads the next line and gives its row number, counting blank lines as Excel does.
    pub fn next_line(&mut self) -> Result<Option<u32>, SheetError> {
        let start = self.reader.position().byte() as usize;
        if !self.reader.read_record(&mut self.record).map_err(|error| SheetError::Damaged(error.to_string()))? {
            return Ok(None);
        }
        // The reader ends a line at its \r and leaves the \n to the next.
        let text = self.text.as_ref();
        let start = start + usize::from(start > 0 && text[start - 1] == b'\r' && text.get(start) == Some(&b'\n'));
        let skipped = text[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        self.row = self.row.saturating_add(1 + skipped.filter(|byte| **byte == b'\n').count() as u32);
        let long = self
            .record
            .iter()
            .position(|field| memchr::memchr_iter(b'\n', field.as_bytes()).count() > MOST_LINES_IN_A_CELL);
        match long {
            Some(at) => Err(SheetError::CellTooLong {
                sheet: CSV_SHEET.into(),
                row: self.row,
                column: at as u32 + 1,
                limit: 32_767,
            }),
            None => Ok(Some(self.row)),
        }
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.record.iter()
    }
}
