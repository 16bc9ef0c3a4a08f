//! The cells around one row of a stored file: what a person sees who clicks a figure and asks
//! where it comes from.

use std::sync::Arc;

use kernel::cell::RawCell;

use crate::sheet::{Limits, Row, SheetError, Workbook};

/// Rows of a sheet as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellView {
    /// The sheet's name.
    pub sheet: String,
    /// The heading rows above the data.
    pub head: Vec<ViewRow>,
    /// The row and its neighbours, those without any value left out.
    pub rows: Vec<ViewRow>,
}

/// One row as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// The row's number, from 1.
    pub number: u32,
    /// Its cells from column A on, as the sheet shows them.
    pub cells: Vec<ViewCell>,
}

/// One cell as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewCell {
    /// The content; empty for an empty cell.
    pub shown: String,
    /// Whether it is the saved result of a formula.
    pub formula: bool,
}

/// Reads `reach` rows above and below `row`, and the heading rows before `first_data_row`
/// (both from 1). Reading stops after the last row that is shown.
///
/// # Errors
/// [`SheetError`] as [`Workbook::open`] gives it.
pub fn around(
    bytes: impl Into<Arc<[u8]>>,
    sheet: &str,
    first_data_row: u32,
    row: u32,
    reach: u32,
) -> Result<CellView, SheetError> {
    let mut book = Workbook::open(bytes, Limits::default())?;
    let mut rows = book.rows(sheet)?;
    let (first, last) = (row.saturating_sub(reach), row.saturating_add(reach));
    let mut view = CellView { sheet: sheet.to_owned(), head: Vec::new(), rows: Vec::new() };
    while let Some(found) = rows.next_row()? {
        if found.number > last {
            break;
        }
        if found.number < first_data_row {
            view.head.push(shown(&found));
        } else if found.number >= first {
            view.rows.push(shown(&found));
        }
    }
    Ok(view)
}

fn shown(row: &Row<'_>) -> ViewRow {
    let cell = |cell: &RawCell| ViewCell {
        shown: cell.shown().into_owned(),
        formula: matches!(cell, RawCell::Formula { .. }),
    };
    ViewRow { number: row.number, cells: row.cells.iter().map(cell).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_its_neighbours_and_the_head_are_shown() {
        let lines: String = (2..=100).map(|n| format!("企业{n},{n}\n")).collect();
        let csv = format!("企业名称,收入\n{lines}");
        let view = around(csv.into_bytes(), "csv", 2, 50, 3).unwrap();
        assert_eq!(view.head.iter().map(|row| row.cells[0].shown.as_str()).collect::<Vec<_>>(), ["企业名称"]);
        assert_eq!(view.rows.iter().map(|row| row.number).collect::<Vec<_>>(), (47..=53).collect::<Vec<_>>());
        assert_eq!(view.rows[3].cells[1].shown, "50");
    }

    #[test]
    fn near_the_top_the_head_is_not_shown_twice() {
        let view = around(&b"a,b\n1,2\n3,4\n"[..], "csv", 2, 2, 3).unwrap();
        assert_eq!((view.head.len(), view.rows.len()), (1, 2));
    }

    #[test]
    fn reading_stops_before_what_lies_below() {
        let bad = [b"a,b\n1,2\n3,4\n5,6\n7,8\n9,".as_slice(), &[b'x'; 40_000], b"\n"].concat();
        assert_eq!(around(bad.clone(), "csv", 2, 2, 1).unwrap().rows.len(), 2);
        assert!(around(bad, "csv", 2, 6, 1).is_err(), "the cell that is too long is met only when it is reached");
    }
}
