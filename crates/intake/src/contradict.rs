//! Two sheets of a workbook that state different figures for the same.

use std::collections::HashMap;

use kernel::cell::ColumnUnit;
use kernel::lang::Said;
use kernel::money::MoneyUnit;
use kernel::{FactKey, SubjectKind, Value};

use crate::doubles::{naming_fields, text};
use crate::fault::Fault;
use crate::read::{ReadRow, ReadSheet};

/// Where a figure is stated first: the sheet, the row, and what is stated there.
type First = (usize, usize, Option<Value>);

/// Figures of one subject and period that two sheets of a workbook state differently. Later
/// statements of one origin supersede earlier ones, so nobody would see that they disagree.
pub(crate) fn contradictions(sheets: &mut [ReadSheet]) {
    if sheets.len() < 2 {
        return;
    }
    let mut said: HashMap<(SubjectKind, String, FactKey), First> = HashMap::new();
    let mut faults: Vec<(usize, Fault)> = Vec::new();
    for (nth, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| !sheet.kind.is_record()) {
        for (at, row) in sheet.rows.iter().enumerate() {
            let Some(subject) = naming_fields(sheet.kind).iter().find_map(|field| sheet.value(row, field)).map(text)
            else {
                continue;
            };
            for (fact, value) in sheet.facts(row).into_iter().filter(|(fact, _)| fact.period.is_some()) {
                let key = (sheet.kind, subject.clone(), fact.clone());
                let (first, before, stated) = said.entry(key).or_insert_with(|| (nth, at, value.clone()));
                let (first, before) = (&sheets[*first], &sheets[*first].rows[*before]);
                if first.sheet != sheet.sheet && *stated != value {
                    faults.push((nth, contradiction(first, before, sheet, row, &fact)));
                }
            }
        }
    }
    faults.into_iter().for_each(|(nth, fault)| sheets[nth].faults.of_row(fault));
}

fn contradiction(first: &ReadSheet, before: &ReadRow, sheet: &ReadSheet, row: &ReadRow, fact: &FactKey) -> Fault {
    let column = sheet.map.column_for(fact, row.year);
    let value = sheet.facts(row).remove(fact).flatten();
    let found = value.map_or_else(String::new, |value| match (value, column.map(|column| column.unit)) {
        (Value::Money(amount), Some(ColumnUnit::Money(unit))) => amount.to_decimal(unit).normalize().to_string(),
        (Value::Money(amount), _) => amount.to_decimal(MoneyUnit::TenThousandYuan).normalize().to_string(),
        (Value::Integer(count), _) => count.to_string(),
        (Value::Decimal(figure), _) => figure.normalize().to_string(),
        (value, _) => text(&value),
    });
    let heading = column.map_or_else(String::new, |column| column.heading.clone());
    let (number, other, line) = (row.number, &first.sheet, before.number);
    Fault {
        sheet: sheet.sheet.clone(),
        row: number,
        at: column.map(|column| column.index),
        column: heading.clone(),
        found,
        expected: Said::new(format!("与工作表“{other}”一致"), format!("the same as in the sheet “{other}”")),
        message: Said::new(
            format!(
                "工作表“{}”第 {number} 行“{heading}”与工作表“{other}”第 {line} 行说的是同一数据，数值却不同。请只保留一处，或改为一致。",
                sheet.sheet
            ),
            format!(
                "Sheet “{}”, row {number}, {heading}: the sheet “{other}” states another figure for the same in row {line}. Keep one of them, or make them agree.",
                sheet.sheet
            ),
        ),
    }
}
