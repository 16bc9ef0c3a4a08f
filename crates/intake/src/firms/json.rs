//! The facts of one enterprise as JSON, for scripts: headings as keys, the cells of a sheet as values.
//!
//! `{"成立日期": "2018-03-01", "total_staff@2025": 40, "知识产权": [{"状态": "有效"}]}`. A list says how
//! many records there are, an empty one that there are none; null says nothing.

use kernel::cell::{RawCell, read_cell};
use kernel::heading::{ColumnPeriod, guess_columns};
use kernel::lang::Said;
use kernel::{Catalogue, FactKey, SubjectKind, Value};
use serde_json::{Map, Value as Json};

use super::{Firm, FirmRecord, as_stated};

/// Reads the facts of an enterprise.
///
/// # Errors
/// Everything that is wrong with it, key by key. Nothing is left out silently.
pub fn read_facts(json: &Json, catalogue: &Catalogue) -> Result<Firm, Vec<Said>> {
    let Json::Object(facts) = json else {
        return Err(vec![Said::new(
            "应为一个 JSON 对象，如 {\"职工总数@2025\": 40}。",
            "expected a JSON object, such as {\"total_staff@2025\": 40}.",
        )]);
    };
    let catalogue = as_stated(catalogue);
    let mut wrong = Vec::new();
    let (lists, own): (Vec<_>, Vec<_>) = facts.iter().partition(|(_, value)| value.is_array());
    let own: Map<String, Json> = own.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let cells = cells(&own, SubjectKind::Enterprise, &catalogue, "", &mut wrong);
    let mut firm = Firm { code: String::new(), name: String::new(), cells: Vec::new(), records: Default::default() };
    for (key, value, origin) in cells {
        match (key.field.as_str(), &value) {
            ("uscc", Value::Code(code)) => firm.code.clone_from(code),
            ("name", Value::Text(name)) => firm.name.clone_from(name),
            _ => {}
        }
        firm.cells.push((key, value, origin));
    }
    for (key, list) in lists {
        let named = |kind: &SubjectKind| [kind.key(), kind.zh(), kind.en()].contains(&key.as_str());
        let Some(kind) = SubjectKind::ALL.iter().copied().filter(|kind| kind.is_record()).find(named) else {
            let kinds: Vec<&str> =
                SubjectKind::ALL.iter().filter(|kind| kind.is_record()).map(|kind| kind.zh()).collect();
            wrong.push(Said::new(
                format!("没有“{key}”这种记录；可以是：{}。", kinds.join("、")),
                format!("there are no records “{key}”; there can be: {}.", kinds.join(", ")),
            ));
            continue;
        };
        let records = firm.records.entry(kind).or_default();
        for (at, record) in list.as_array().into_iter().flatten().enumerate() {
            let origin = format!("{key}[{at}]");
            let Json::Object(fields) = record else {
                wrong.push(Said::new(format!("“{origin}”应为对象。"), format!("“{origin}” should be an object.")));
                continue;
            };
            let found = self::cells(fields, kind, &catalogue, &format!("{origin}."), &mut wrong);
            let cells = found.into_iter().map(|(key, value, _)| (key, value)).collect();
            records.push(FirmRecord { label: String::new(), origin, cells });
        }
    }
    if wrong.is_empty() { Ok(firm) } else { Err(wrong) }
}

/// The facts of one object, each with its key as written.
fn cells(
    facts: &Map<String, Json>,
    kind: SubjectKind,
    catalogue: &Catalogue,
    before: &str,
    wrong: &mut Vec<Said>,
) -> Vec<(FactKey, Value, String)> {
    let keys: Vec<String> = facts.keys().cloned().collect();
    // Each key is read by itself, as the only heading of a sheet would be.
    let mut found = Vec::new();
    for (key, value) in keys.iter().zip(facts.values()).filter(|(_, value)| !value.is_null()) {
        let guess = guess_columns(&[vec![key.clone()]], kind, catalogue);
        let fault = guess.faults(kind, catalogue).into_iter().find(|fault| fault.column.is_some());
        let Some(column) = guess.map().columns.into_iter().next() else {
            wrong.push(fault.map_or_else(
                || {
                    Said::new(
                        format!("“{before}{key}”不在字段目录中。"),
                        format!("“{before}{key}” is not in the catalogue."),
                    )
                },
                |fault| fault.message,
            ));
            continue;
        };
        let fact = match (column.period, catalogue.field(&column.field)) {
            (ColumnPeriod::OfRow, _) | (_, None) => None,
            (_, Some(field)) => column.fact(None).zip(Some(field)),
        };
        let Some((fact, field)) = fact else { continue };
        match read_cell(&raw(value), field, column.unit) {
            Ok(Some(value)) => found.push((fact, value, format!("{before}{key}"))),
            Ok(None) => {}
            Err(fault) => {
                let message = |lang| {
                    format!("“{before}{key}”{}{}", if lang == kernel::Lang::Zh { "：" } else { ": " }, fault.say(lang))
                };
                wrong.push(Said::new(message(kernel::Lang::Zh), message(kernel::Lang::En)));
            }
        }
    }
    found
}

/// A value as a cell. A figure is taken by its digits, so that nothing is lost on the way.
fn raw(value: &Json) -> RawCell {
    match value {
        Json::Bool(yes) => RawCell::Bool(*yes),
        Json::Number(number) => number.as_i64().map_or_else(|| RawCell::Text(number.to_string()), RawCell::Integer),
        Json::String(text) => RawCell::Text(text.clone()),
        other => RawCell::Text(other.to_string()),
    }
}
