//! Lists of the register itself that come back: exported, worked on in a spreadsheet, imported
//! again.
//!
//! Such a list carries the number of each subject in a column of its own. What a cell says that
//! the register shows already came from the register and is no statement of whoever sends the
//! list; only what was changed is.

use std::collections::HashMap;

use kernel::cell::{ColumnUnit, RawCell, read_cell};
use kernel::heading::{ColumnMap, MappedColumn};
use kernel::lang::Said;
use kernel::{Catalogue, FactKey, Lang, SubjectId, Value, text};
use store::access::Scope;
use store::{Column, Key, ListQuery, State, Store, StoreError, SubjectRow};

use crate::Plan;
use crate::doubles::naming_fields;
use crate::fault::Fault;
use crate::read::{ReadRow, ReadSheet};

/// The key of the column that carries the subject's number.
pub const ID: &str = "@id";

/// The columns of a list that the register reckons itself: key, heading in Chinese and English.
const HEADINGS: &[(&str, &str, &str)] = &[
    (ID, "台账编号", "Register ID"),
    ("@titles", "持有资质", "Titles"),
    ("@unit", "园区/单位", "Unit"),
    ("@conflicts", "来源不一", "Disputed"),
    ("@changed", "最近更新", "Changed"),
];

/// The heading over a column that the register reckons itself, by its key: `@id` for the number
/// by which a list that comes back is known again, `@titles`, `@unit`, `@conflicts`, `@changed`.
pub fn heading(key: &str, lang: Lang) -> Option<&'static str> {
    HEADINGS.iter().find(|(own, ..)| *own == key).map(|(_, zh, en)| lang.pick(zh, en))
}

/// The key of the column with this heading, where the register reckons it itself.
pub(crate) fn key(heading: &str) -> Option<&'static str> {
    let heading = text::label_key(heading);
    let same = |own: &str| text::label_key(own) == heading;
    HEADINGS.iter().find(|(_, zh, en)| same(zh) || same(en)).map(|(key, ..)| *key)
}

/// How a row that carries a number stands in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is that subject.
    Known,
    /// No subject the person may see has the number.
    Nobody,
    /// The subject with the number has another code and another name.
    Mixed,
}

/// Holds the rows that carry a number against the register and takes out of them what the
/// register shows already. Rows by their numbers in the sheet.
pub(crate) async fn hold(
    store: &Store,
    sheet: &mut ReadSheet,
    plan: &Plan,
    catalogue: &Catalogue,
    scope: &Scope,
) -> Result<HashMap<u32, Held>, StoreError> {
    let mut wanted: HashMap<SubjectId, Vec<usize>> = HashMap::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        if let Some(subject) = row.subject {
            wanted.entry(subject).or_default().push(at);
        }
    }
    let mut held = HashMap::new();
    let facts = facts(sheet);
    let known = Known { map: sheet.map.clone(), facts: &facts, plan, catalogue };
    for state in [State::Active, State::Candidate] {
        if wanted.is_empty() {
            break;
        }
        let columns = facts.iter().cloned().map(Column::Fact).collect();
        let query = ListQuery { state, columns, ..ListQuery::all(plan.kind) };
        let rows = &mut sheet.rows;
        let each = |batch: Vec<SubjectRow>| {
            for shown in &batch {
                for at in wanted.remove(&shown.id).into_iter().flatten() {
                    held.insert(rows[at].number, known.strike(&mut rows[at], shown));
                }
            }
            Ok(!wanted.is_empty())
        };
        store.export_rows(&query, scope, each).await?;
    }
    held.extend(wanted.into_values().flatten().map(|at| (sheet.rows[at].number, Held::Nobody)));
    Ok(held)
}

/// Every fact that a cell of the sheet can state.
fn facts(sheet: &ReadSheet) -> Vec<FactKey> {
    let mut years: Vec<_> = sheet.rows.iter().map(|row| row.year).collect();
    years.sort_unstable();
    years.dedup();
    let mut facts: Vec<FactKey> = Vec::new();
    for column in &sheet.map.columns {
        for fact in years.iter().filter_map(|year| column.fact(*year)) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
    facts
}

struct Known<'a> {
    map: ColumnMap,
    facts: &'a [FactKey],
    plan: &'a Plan,
    catalogue: &'a Catalogue,
}

impl Known<'_> {
    /// Takes out of a row what the register shows of its subject.
    fn strike(&self, row: &mut ReadRow, shown: &SubjectRow) -> Held {
        let naming = naming_fields(self.plan.kind);
        let (mut named, mut recognised) = (false, false);
        for (column, value) in self.map.columns.iter().zip(row.values.iter_mut()) {
            let Some(said) = value.as_ref() else { continue };
            let same = self.shows(shown, column, column.fact(row.year), said);
            if naming.contains(&column.field.as_str()) {
                named = true;
                recognised |= same;
            }
            if same {
                *value = None;
            }
        }
        if named && !recognised { Held::Mixed } else { Held::Known }
    }

    /// Whether the register shows this of the subject.
    fn shows(&self, shown: &SubjectRow, column: &MappedColumn, fact: Option<FactKey>, said: &Value) -> bool {
        let at = fact.and_then(|fact| self.facts.iter().position(|other| *other == fact));
        let cell = at.and_then(|at| shown.cells.get(at)?.as_ref());
        let carried = match column.field.as_str() {
            "name" => Some(Value::Text(shown.name.clone())),
            "uscc" => Some(Value::Code(shown.code.clone())),
            _ => None,
        };
        let known = cell.map(|cell| &cell.value).into_iter().chain(&carried);
        known.into_iter().any(|value| value == said || self.reads_as(column, value, said))
    }

    /// Whether a value, written to a sheet and read again, says the same: spaces are folded, and a
    /// csv file has an apostrophe before what a spreadsheet would take for a formula.
    fn reads_as(&self, column: &MappedColumn, shown: &Value, said: &Value) -> bool {
        let (Value::Text(shown) | Value::Code(shown), Value::Text(words) | Value::Code(words)) = (shown, said) else {
            return false;
        };
        if words == shown || words.strip_prefix('\'') == Some(shown) {
            return true;
        }
        let cell = RawCell::Text(shown.clone());
        let read = self.catalogue.field(&column.field).map(|field| read_cell(&cell, field, ColumnUnit::Own));
        matches!(read, Some(Ok(Some(value))) if value == *said)
    }
}

/// The fault of a row whose number no subject has.
pub(crate) fn no_such_number(sheet: &str, row: u32, (at, heading): (usize, &str), found: &str) -> Fault {
    Fault {
        sheet: sheet.to_owned(),
        row,
        at: Some(at),
        column: heading.to_owned(),
        found: found.to_owned(),
        expected: Said::new("本台账导出时写入的编号，或留空", "the number that this register wrote, or nothing"),
        message: Said::new(
            format!(
                "第 {row} 行“{heading}”：您的范围内没有编号为 {found} 的主体，可能已合并，或来自别的台账。请清空这一格，按代码或名称导入。"
            ),
            format!(
                "Row {row}, {heading}: no subject within your scope has the number {found}; it may have been merged, or be another register's. Clear the cell to import the row by its code or name."
            ),
        ),
    }
}

/// The fault of a row whose number and whose code or name are not of one subject.
pub(crate) fn another(sheet: &str, row: u32, (at, heading): (usize, &str), key: &Key) -> Fault {
    let found = key.code.clone().or_else(|| key.name.clone()).unwrap_or_default();
    Fault {
        sheet: sheet.to_owned(),
        row,
        at: Some(at),
        column: heading.to_owned(),
        found: found.clone(),
        expected: Said::new("编号、代码和名称属于同一主体", "a number, code and name of one subject"),
        message: Said::new(
            format!(
                "第 {row} 行“{heading}”：编号与“{found}”不是同一主体，可能排序时没有带上整行。请恢复这一行，或清空编号。"
            ),
            format!(
                "Row {row}, {heading}: the number is not that of “{found}”; were the rows sorted without this column? Restore the row, or clear the number."
            ),
        ),
    }
}
