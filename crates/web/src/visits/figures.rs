//! Figures that an officer notes on a visit: what can be noted, and reading what was typed.

use std::collections::{BTreeMap, HashMap};

use kernel::catalogue::Changer;
use kernel::cell::{ColumnUnit, RawCell, read_cell};
use kernel::{Catalogue, FactKey, Field, FieldType, Lang, Period, PeriodKind, SubjectKind, Value};

use crate::WebError;
use crate::register::words;

/// How many figures one record takes.
pub const FIGURES: usize = 4;

/// How many years back a figure may speak of.
const YEARS: i16 = 3;

/// A figure as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The field's key.
    pub field: String,
    /// The year it speaks of; of no account for what has none.
    pub year: String,
    /// The figure.
    pub value: String,
}

impl Typed {
    /// The figures of a form.
    pub fn read(fields: &HashMap<String, String>) -> Vec<Self> {
        let field = |name: String| fields.get(&name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let one = |at: usize| Self {
            field: field(format!("figure.{at}.field")),
            year: field(format!("figure.{at}.year")),
            value: field(format!("figure.{at}.value")),
        };
        (0..FIGURES).map(one).collect()
    }
}

/// Whether an officer can note this field of an enterprise: a figure that is not personal, not computed, and
/// not an authority's alone to change.
fn can_be_noted(field: &Field) -> bool {
    let is_figure =
        matches!(field.kind, FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Percent);
    let has_year = matches!(field.period, PeriodKind::None | PeriodKind::Year);
    is_figure && has_year && !field.personal && field.derived.is_none() && field.changer != Changer::Authority
}

/// A group of fields to choose from: its heading, and each field's key and label with its unit.
pub type Choices = Vec<(String, Vec<(String, String)>)>;

/// What can be noted, under the headings of the catalogue.
pub fn choices(catalogue: &Catalogue, lang: Lang) -> Choices {
    let label = |field: &Field| {
        let name = field.label(SubjectKind::Enterprise, lang);
        let unit = if field.unit.is_empty() { String::new() } else { format!("（{}）", field.unit) };
        (field.key.clone(), format!("{name}{unit}"))
    };
    let groups = catalogue.groups_of(SubjectKind::Enterprise).map(|(group, fields)| {
        let noted: Vec<_> = fields.into_iter().filter(|field| can_be_noted(field)).map(label).collect();
        (group.label(lang).to_owned(), noted)
    });
    groups.filter(|(_, fields)| !fields.is_empty()).collect()
}

/// The years a figure may speak of, the latest first.
pub fn years(this: i16) -> Vec<String> {
    (this - YEARS..=this).rev().map(|year| year.to_string()).collect()
}

/// The facts that were typed; a row without a figure says nothing.
///
/// # Errors
/// A figure without its field, a field that cannot be noted, a year out of reach, two figures of one fact, or
/// something that is no figure: what was found and what belongs there.
pub fn facts(catalogue: &Catalogue, typed: &[Typed], this: i16) -> Result<BTreeMap<FactKey, Value>, WebError> {
    let mut facts = BTreeMap::new();
    for one in typed.iter().filter(|one| !one.value.is_empty()) {
        let field = catalogue.field(&one.field).filter(|field| can_be_noted(field)).ok_or_else(|| {
            WebError::invalid(
                format!("数据“{}”没有选是什么指标。请从列表中选择。", one.value),
                format!("For the figure “{}” say what it is; choose from the list.", one.value),
            )
        })?;
        let key = match field.period {
            PeriodKind::None => FactKey::timeless(&field.key),
            _ => FactKey::of(&field.key, Period::Year(year(&one.year, this)?)),
        };
        let value = match read_cell(&RawCell::Text(one.value.clone()), field, ColumnUnit::Own) {
            Ok(Some(value)) => value,
            Ok(None) => continue,
            Err(fault) => {
                return Err(WebError::invalid(named(field, &fault, Lang::Zh), named(field, &fault, Lang::En)));
            }
        };
        if facts.insert(key, value).is_some() {
            return Err(WebError::invalid(
                format!("“{}”填了两次，请只留一个。", field.label(SubjectKind::Enterprise, Lang::Zh)),
                format!("“{}” was noted twice; keep one.", field.label(SubjectKind::Enterprise, Lang::En)),
            ));
        }
    }
    Ok(facts)
}

/// A fact's value as the record of the visit bears it.
pub fn written(catalogue: &Catalogue, key: &FactKey, value: &Value) -> String {
    let field = catalogue.field(&key.field);
    field.map_or_else(|| value.to_json().to_string(), |field| words::value(field, value, Lang::Zh))
}

fn named(field: &Field, fault: &kernel::cell::CellFault, lang: Lang) -> String {
    let label = field.label(SubjectKind::Enterprise, lang);
    format!("{label}{}{}", lang.pick("：", ": "), fault.say(lang))
}

fn year(text: &str, this: i16) -> Result<i16, WebError> {
    text.parse().ok().filter(|year| (this - YEARS..=this).contains(year)).ok_or_else(|| {
        WebError::invalid(
            format!("年份“{text}”应为 {} 至 {this} 年。", this - YEARS),
            format!("The year “{text}” should be one from {} to {this}.", this - YEARS),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(field: &str, year: &str, value: &str) -> Typed {
        Typed { field: field.into(), year: year.into(), value: value.into() }
    }

    #[test]
    fn what_is_no_figure_of_a_firm_is_refused_with_what_belongs_there() {
        let catalogue = Catalogue::builtin();
        for (rows, said) in [
            (vec![typed("", "2025", "12")], "没有选是什么指标"),
            (vec![typed("legal_representative", "2025", "12")], "没有选是什么指标"),
            (vec![typed("operating_revenue", "2019", "12")], "“2019”"),
            (vec![typed("operating_revenue", "2025", "很多")], "很多"),
            (vec![typed("operating_revenue", "2025", "1"), typed("operating_revenue", "2025", "2")], "两次"),
        ] {
            let error = facts(catalogue, &rows, 2026).unwrap_err();
            assert!(error.zh.contains(said), "{said}: {}", error.zh);
        }
    }

    #[test]
    fn a_figure_is_read_in_the_unit_of_its_field_and_an_empty_row_says_nothing() {
        let rows = [typed("operating_revenue", "2025", "1200.5"), typed("rd_expense", "2025", ""), Typed::default()];
        let found = facts(Catalogue::builtin(), &rows, 2026).unwrap();
        let found: Vec<String> = found.iter().map(|(key, value)| format!("{key} {}", value.to_json())).collect();
        assert_eq!(found, ["operating_revenue@2025 1200500000"]);
    }
}
