//! The cells around a number in the stored file. A sheet holds the rows of many subjects and
//! columns nobody asked about: what a reader may not see in the register is not shown here either.

use kernel::heading::ColumnMap;
use kernel::{Catalogue, FactKey, Lang, Place};
use reports::cellview::{self, ViewRow};
use reports::sheet::column_letters;
use store::SourceInfo;
use store::access::{Action, Scope, Viewer};

use crate::{App, WebError};

/// How many rows above and below are shown.
const REACH: u32 = 3;
/// The most columns shown; those beside the cell are.
const MOST_COLUMNS: usize = 12;
/// Larger files are not read while a reader waits.
const LARGEST: u64 = 32 << 20;

/// A part of a sheet.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The letters over the columns.
    pub letters: Vec<String>,
    /// The rows: number, whether it belongs to the head, whether it is the row, cells.
    pub rows: Vec<ExcerptRow>,
    /// Where the cell is: `F17`.
    pub place: String,
    /// What was left out and why, if anything was.
    pub note: String,
}

/// One row of a sheet.
#[derive(Debug, PartialEq, Eq)]
pub struct ExcerptRow {
    /// Its number as Excel shows it.
    pub number: u32,
    /// Whether it is a heading row.
    pub head: bool,
    /// Its cells.
    pub cells: Vec<ExcerptCell>,
}

/// One cell.
#[derive(Debug, PartialEq, Eq)]
pub struct ExcerptCell {
    /// What it shows; empty where it is withheld.
    pub text: String,
    /// Whether it is the cell.
    pub here: bool,
    /// Whether its content is withheld.
    pub withheld: bool,
}

/// Whether a person may have a whole uploaded file: it holds every row and every column, so only
/// those who may see every subject and personal data may.
pub fn may_read_files(viewer: &Viewer) -> bool {
    viewer.scope == Scope::Zone && viewer.personal && viewer.can(Action::Export)
}

/// The cells around a statement's fact; `None` where it stands in no stored sheet.
///
/// # Errors
/// A stored file that cannot be read; what the store reports.
pub async fn read(
    app: &App,
    viewer: &Viewer,
    source: &SourceInfo,
    place: &Place,
    fact: &FactKey,
    lang: Lang,
) -> Result<Option<Excerpt>, WebError> {
    let (Some(hash), Place::Row { sheet, row }) = (&source.file_hash, place) else { return Ok(None) };
    let Some(file) = app.store().file(hash).await?.filter(|file| file.size <= LARGEST) else { return Ok(None) };
    let whole: ColumnMap =
        source.column_map_json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let map = whole.of_sheet(sheet);
    let bytes = app.store().file_bytes(&file.hash).await?;
    let (sheet, row, reach) = (sheet.clone(), *row, if viewer.scope == Scope::Zone { REACH } else { 0 });
    let first_data_row = u32::try_from(map.first_data_row).unwrap_or_default() + 1;
    let read = move || cellview::around(bytes, &sheet, first_data_row, row, reach);
    let view = tokio::task::spawn_blocking(read).await.map_err(WebError::broken)?;
    let Ok(view) = view.map_err(|error| tracing::warn!(%error, "a stored sheet cannot be read again")) else {
        return Ok(None);
    };
    let column = map.column_for(fact, fact.period).map(|column| column.index);
    let frame = Frame { map, catalogue: app.catalogue(), personal: viewer.personal, column, row };
    Ok(Some(frame.cut(&view.head, &view.rows, reach == 0, lang)))
}

struct Frame<'a> {
    map: &'a ColumnMap,
    catalogue: &'a Catalogue,
    personal: bool,
    column: Option<usize>,
    row: u32,
}

impl Frame<'_> {
    fn cut(&self, head: &[ViewRow], rows: &[ViewRow], own_row_only: bool, lang: Lang) -> Excerpt {
        let width = head.iter().chain(rows).map(|row| row.cells.len()).max().unwrap_or(0);
        let columns = shown_columns(width, self.column);
        let hidden = columns.clone().filter(|at| self.is_withheld(*at)).count();
        let row = |row: &ViewRow, head: bool| ExcerptRow {
            number: row.number,
            head,
            cells: columns.clone().map(|at| self.cell(row, at, head)).collect(),
        };
        let rows =
            head.iter().map(|found| row(found, true)).chain(rows.iter().map(|found| row(found, false))).collect();
        let letters: Vec<String> = columns.clone().map(letters).collect();
        let place = format!("{}{}", self.column.map(letters_of).unwrap_or_default(), self.row);
        Excerpt { letters, rows, place, note: note(own_row_only, hidden > 0, columns.len() < width, lang) }
    }

    fn cell(&self, row: &ViewRow, at: usize, head: bool) -> ExcerptCell {
        let here = !head && row.number == self.row && Some(at) == self.column;
        let withheld = !head && self.is_withheld(at);
        let shown = row.cells.get(at).filter(|_| !withheld).map(|cell| cell.shown.clone()).unwrap_or_default();
        ExcerptCell { text: shown, here, withheld }
    }

    /// A column of personal data, or one nobody has said the meaning of, which may hold some.
    fn is_withheld(&self, at: usize) -> bool {
        if self.personal {
            return false;
        }
        let is_year = self.map.year_column == Some(at);
        let mapped = self.map.columns.iter().find(|column| column.index == at);
        let open =
            mapped.is_some_and(|column| self.catalogue.field(&column.field).is_some_and(|field| !field.personal));
        !open && !is_year
    }
}

/// The columns around the cell, all of them where they fit.
fn shown_columns(width: usize, column: Option<usize>) -> std::ops::Range<usize> {
    let from = column.unwrap_or(0).saturating_sub(MOST_COLUMNS / 2).min(width.saturating_sub(MOST_COLUMNS));
    from..width.min(from + MOST_COLUMNS)
}

fn letters(at: usize) -> String {
    letters_of(at)
}

fn letters_of(at: usize) -> String {
    column_letters(u32::try_from(at).unwrap_or_default() + 1)
}

fn note(own_row_only: bool, withheld: bool, cut: bool, lang: Lang) -> String {
    let mut parts = Vec::new();
    if own_row_only {
        parts.push(lang.pick(
            "表中其他主体的行不在您的数据范围内，未显示",
            "rows of other subjects lie outside your rows and are not shown",
        ));
    }
    if withheld {
        parts.push(lang.pick(
            "个人信息列和未识别的列按您的角色不予显示",
            "columns of personal data and of unknown meaning are withheld from your role",
        ));
    }
    if cut {
        parts.push(lang.pick("只显示邻近的列", "only the columns nearby are shown"));
    }
    parts.join(lang.pick("；", "; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Period;
    use kernel::cell::ColumnUnit;
    use kernel::heading::{ColumnPeriod, MappedColumn};
    use reports::cellview::ViewCell;

    fn map() -> ColumnMap {
        let catalogue = Catalogue::builtin();
        let column = |index, key: &str, period| {
            let unit = ColumnUnit::read("", catalogue.field(key).unwrap()).unwrap();
            MappedColumn { index, heading: key.into(), field: key.into(), period, unit }
        };
        ColumnMap {
            first_data_row: 1,
            columns: vec![
                column(0, "name", ColumnPeriod::None),
                column(1, "contact_phone", ColumnPeriod::None),
                column(3, "operating_revenue", ColumnPeriod::Fixed(Period::Year(2025))),
            ],
            ..ColumnMap::default()
        }
    }

    fn row(number: u32, cells: [&str; 4]) -> ViewRow {
        let cells = cells.map(|text| ViewCell { shown: text.into(), formula: false }).to_vec();
        ViewRow { number, cells }
    }

    fn cut(personal: bool) -> Excerpt {
        let map = map();
        let fact = FactKey::of("operating_revenue", Period::Year(2025));
        let column = map.column_for(&fact, fact.period).map(|column| column.index);
        let frame = Frame { map: &map, catalogue: Catalogue::builtin(), personal, column, row: 17 };
        let head = [row(1, ["名称", "电话", "身份证", "营业收入2025"])];
        let rows = [row(16, ["甲", "1", "2", "3"]), row(17, ["乙", "4", "5", "9528.5"])];
        frame.cut(&head, &rows, false, Lang::Zh)
    }

    #[test]
    fn the_cell_is_marked_in_its_row_and_column() {
        let excerpt = cut(true);
        assert_eq!((excerpt.place.as_str(), excerpt.letters.join("")), ("D17", "ABCD".to_owned()));
        let marked: Vec<(u32, &str)> = excerpt
            .rows
            .iter()
            .flat_map(|row| row.cells.iter().filter(|cell| cell.here).map(|cell| (row.number, cell.text.as_str())))
            .collect();
        assert_eq!(marked, [(17, "9528.5")]);
        assert!(excerpt.rows[0].head && excerpt.note.is_empty());
    }

    #[test]
    fn personal_columns_and_columns_of_unknown_meaning_are_withheld_without_the_role() {
        let excerpt = cut(false);
        let texts: Vec<&str> = excerpt.rows[2].cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["乙", "", "", "9528.5"]);
        assert_eq!(excerpt.rows[0].cells[1].text, "电话");
        assert!(excerpt.note.contains("个人信息"), "{}", excerpt.note);
    }

    #[test]
    fn of_a_wide_sheet_the_columns_beside_the_cell_are_shown() {
        assert_eq!(shown_columns(5, Some(2)), 0..5);
        assert_eq!(shown_columns(40, Some(20)), 14..26);
        assert_eq!(shown_columns(40, Some(39)), 28..40);
    }
}
