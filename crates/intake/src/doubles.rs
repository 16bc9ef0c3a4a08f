//! Two rows for one subject in the same sheet.

use std::collections::HashMap;

use kernel::heading::ColumnMap;
use kernel::lang::Said;
use kernel::{Catalogue, Period, SubjectKind, Value, name};

use crate::Plan;
use crate::fault::Fault;
use crate::read::{ReadRow, ReadSheet, said_label};

/// The fields that say who a row is, the surest first.
pub(crate) fn naming_fields(kind: SubjectKind) -> &'static [&'static str] {
    if kind.is_record() { &["owner_uscc", "owner_name"] } else { &["uscc", "name"] }
}

/// Remembers which row spoke of whom.
pub(crate) struct Doubles {
    /// Records may repeat their owner; rows of subjects may not.
    watched: Vec<&'static str>,
    seen: HashMap<(&'static str, String, Option<Period>), u32>,
    /// For sheets with a row for each year: the name given with a code first. In others a code comes once.
    named: Option<HashMap<String, (u32, String)>>,
}

impl Doubles {
    pub(crate) fn new(plan: &Plan, map: &ColumnMap) -> Self {
        let unique = !plan.kind.is_record() && (map.column_of("uscc").is_some() || known_by_name(plan));
        let watched = if unique { naming_fields(plan.kind).to_vec() } else { Vec::new() };
        Self { watched, seen: HashMap::new(), named: map.year_column.map(|_| HashMap::new()) }
    }

    /// The fault of a row whose subject an earlier row spoke of already.
    pub(crate) fn check(
        &mut self,
        sheet: &ReadSheet,
        row: &ReadRow,
        catalogue: &Catalogue,
        plan: &Plan,
    ) -> Option<Fault> {
        let fields = self.watched.clone();
        for field in fields {
            let Some(written) = sheet.value(row, field).map(text) else { continue };
            let key = if field == "uscc" { written.clone() } else { name::normal(&written) };
            let first = *self.seen.entry((field, key.clone(), row.year)).or_insert(row.number);
            if first != row.number {
                return Some(double(sheet, row, field, (&written, first), catalogue, plan));
            }
            if field == "uscc" {
                return self.renamed(sheet, row, &key, catalogue, plan);
            }
        }
        None
    }

    /// One code under two names, in a sheet with a row for each year.
    fn renamed(
        &mut self,
        sheet: &ReadSheet,
        row: &ReadRow,
        code: &str,
        catalogue: &Catalogue,
        plan: &Plan,
    ) -> Option<Fault> {
        let named = self.named.as_mut()?;
        let written = sheet.value(row, "name").map(text)?;
        let normal = name::normal(&written);
        let (first, before) = named.entry(code.to_owned()).or_insert_with(|| (row.number, normal.clone()));
        if *before == normal {
            return None;
        }
        let (at, heading) = place(sheet, "name");
        let (first, before) = (*first, before.clone());
        let label = said_label(catalogue, plan, "name");
        Some(Fault {
            sheet: sheet.sheet.clone(),
            row: row.number,
            at,
            column: heading,
            found: written.clone(),
            expected: Said::new(before.clone(), before.clone()),
            message: Said::new(
                format!(
                    "第 {} 行“{}”：同一代码 {code} 在第 {first} 行的名称是“{before}”，这里是“{written}”。请统一名称，旧名写入“曾用名”。",
                    row.number, label.zh
                ),
                format!(
                    "Row {}, {}: code {code} has the name “{before}” in row {first} and “{written}” here. Use one name and put the old one under former names.",
                    row.number, label.en
                ),
            ),
        })
    }
}

fn known_by_name(plan: &Plan) -> bool {
    use kernel::SubjectKind as K;
    matches!(plan.kind, K::Enterprise | K::Institution | K::Platform | K::Project | K::ChainNode | K::Unit | K::Zone)
}

/// The column of a field: its place and its heading.
pub(crate) fn place(sheet: &ReadSheet, field: &str) -> (Option<usize>, String) {
    match sheet.map.column_of(field) {
        Some(column) => (Some(column.index), column.heading.clone()),
        None => (None, String::new()),
    }
}

fn double(
    sheet: &ReadSheet,
    row: &ReadRow,
    field: &str,
    (written, first): (&str, u32),
    catalogue: &Catalogue,
    plan: &Plan,
) -> Fault {
    let (at, column) = place(sheet, field);
    let label = said_label(catalogue, plan, field);
    let (zh_year, en_year) =
        row.year.map_or_else(Default::default, |year| (format!("（{year} 年）"), format!(" ({year})")));
    Fault {
        sheet: sheet.sheet.clone(),
        row: row.number,
        at,
        column,
        found: written.to_owned(),
        expected: Said::new("每家一行", "one row for each subject"),
        message: Said::new(
            format!(
                "第 {} 行“{}”：“{written}”{zh_year}与第 {first} 行重复。请保留一行，或改正代码。",
                row.number, label.zh
            ),
            format!(
                "Row {}, {}: “{written}”{en_year} stands in row {first} already. Keep one row, or correct the code.",
                row.number, label.en
            ),
        ),
    }
}

/// The words of a value that names a subject.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Code(text) => text.clone(),
        other => other.to_json().to_string(),
    }
}
