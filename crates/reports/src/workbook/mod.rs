//! Writing: lists as xlsx and csv, uploaded sheets with their faults marked, empty templates.

mod cell;
mod list;
mod marked;
mod template;

pub use cell::OutCell;
pub use list::{Align, Column, CsvEncoding, write_csv, write_xlsx};
pub use marked::{CellNote, marked_workbook};
pub use template::template;

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The workbook writer refused or the disk is full.
    #[error("the workbook could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The csv file could not be written.
    #[error("the file could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// The uploaded sheet could not be read again.
    #[error(transparent)]
    Sheet(#[from] crate::sheet::SheetError),
    /// More rows than a sheet of Excel holds.
    #[error("{rows} rows do not fit on a sheet, which holds 1,048,575 below its head; choose fewer or export csv")]
    TooManyRows {
        /// The rows there are.
        rows: u32,
    },
}

impl WriteError {
    /// The message for the person who asked for the file.
    pub fn say(&self, lang: kernel::Lang) -> String {
        match (self, lang) {
            (WriteError::Sheet(error), lang) => error.say(lang),
            (WriteError::TooManyRows { rows }, kernel::Lang::Zh) => {
                format!("共 {rows} 行，超过一张工作表的 1,048,575 行；请缩小范围或导出 csv。")
            }
            (WriteError::Xlsx(_) | WriteError::Io(_), kernel::Lang::Zh) => {
                format!("文件无法写出（{self}）；请检查磁盘空间后重试。")
            }
            (error, kernel::Lang::En) => error.to_string(),
        }
    }
}
