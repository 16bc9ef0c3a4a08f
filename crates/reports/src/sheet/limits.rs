//! How large a sheet may be before it is refused.

/// Bounds on what one uploaded file may make the reader do.
///
/// The defaults leave room for a register of 200,000 rows and keep a hostile file from
/// taking more than a few hundred megabytes or a few seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it was uploaded.
    pub file_bytes: u64,
    /// Bytes of all parts of a workbook together, once inflated.
    pub inflated_bytes: u64,
    /// Bytes of one part of a workbook, once inflated.
    pub part_bytes: u64,
    /// How many times larger than its packed form a part above 64 MiB may be.
    pub ratio: u64,
    /// Parts in a workbook.
    pub parts: usize,
    /// Sheets in a workbook.
    pub sheets: usize,
    /// The last row that may hold a value.
    pub rows: u32,
    /// The last column that may hold a value.
    pub columns: u32,
    /// Characters in one cell; Excel itself allows 32,767.
    pub cell_chars: usize,
    /// Different texts in the workbook's table of texts.
    pub texts: u64,
    /// Cells of an old-style workbook (xls), which is read whole.
    pub grid_cells: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            inflated_bytes: 1 << 30,
            part_bytes: 768 << 20,
            ratio: 300,
            parts: 5_000,
            sheets: 255,
            rows: 200_000,
            columns: 1_000,
            cell_chars: 32_767,
            texts: 4_000_000,
            grid_cells: 65_536 * 64,
        }
    }
}
