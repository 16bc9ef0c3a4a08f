//! Values as JSON carries them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::cell::{ColumnUnit, RawCell, expected, read_cell};
use kernel::money::MoneyUnit;
use kernel::{Catalogue, FactKey, Field, FieldType, Lang, Shown, Standing, SubjectKind, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::Mark;
use utoipa::ToSchema;

use crate::WebError;

/// A value. Its form follows from the field's type, which `/api/v1/catalogue` tells:
/// an amount of money is a decimal text in yuan (元), exact to the fen: `"95285000.00"`; a measured
/// figure or a percentage is a decimal text (`"5.5"` is 5.5 %); a count is a number; yes or no is a
/// boolean; a day is `"2025-03-04"`; words, codes and choices are texts, choices by their key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FactValue {
    /// Yes or no.
    Flag(bool),
    /// A count.
    Count(i64),
    /// Everything else.
    Text(String),
}

/// How a value stands among its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// One source, or several that agree.
    Agreed,
    /// Sources disagree and nobody has settled it.
    Disputed,
    /// Sources disagree and a person settled it.
    Settled,
}

impl From<Mark> for Stand {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Agreed => Stand::Agreed,
            Mark::Disputed => Stand::Disputed,
            Mark::Settled => Stand::Settled,
        }
    }
}

/// One source's word on a fact.
#[derive(Debug, Serialize, ToSchema)]
pub struct Word {
    /// The statement, for `/api/v1/statements/{seq}`.
    statement: i64,
    /// Who says it.
    origin: String,
    /// What is said.
    value: FactValue,
}

/// One fact as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fact {
    /// Its name: the field, and the period behind an `@`.
    #[schema(example = "operating_revenue@2025")]
    fact: String,
    /// The field's key.
    field: String,
    /// The field's label in the language of the request.
    label: String,
    /// The period it speaks of: `2025`, `2025-Q1`, `2025-03`, a day; null for what simply is so.
    period: Option<String>,
    /// The value.
    value: FactValue,
    /// The unit of the value: 元 for money; empty where there is none.
    unit: String,
    /// How it stands.
    standing: Stand,
    /// The statement that leads to its cell, for `/api/v1/statements/{seq}`.
    statement: i64,
    /// The latest word of every source, the most trusted first; more than one where they disagree.
    said: Vec<Word>,
}

/// The words on a fact.
pub fn words(said: &[kernel::view::Said]) -> Vec<Word> {
    said.iter()
        .map(|said| Word { statement: said.seq, origin: said.origin.clone(), value: write(&said.value) })
        .collect()
}

/// Facts in the order of the catalogue's keys.
pub fn facts(catalogue: &Catalogue, kind: SubjectKind, shown: &BTreeMap<FactKey, Shown>, lang: Lang) -> Vec<Fact> {
    let fact = |(key, shown): (&FactKey, &Shown)| {
        let field = catalogue.field(&key.field)?;
        Some(Fact {
            fact: key.to_string(),
            field: key.field.to_string(),
            label: field.label(kind, lang).to_owned(),
            period: key.period.map(|period| period.to_string()),
            value: write(&shown.value),
            unit: unit(field).to_owned(),
            standing: match shown.standing {
                Standing::Agreed => Stand::Agreed,
                Standing::Disputed => Stand::Disputed,
                Standing::Settled(_) => Stand::Settled,
            },
            statement: shown.seq,
            said: words(&shown.said),
        })
    };
    shown.iter().filter_map(fact).collect()
}

/// The unit in which values of a field are written: money in yuan, everything else in the field's own.
pub fn unit(field: &Field) -> &str {
    match field.kind {
        FieldType::Money => "元",
        FieldType::Percent => "%",
        _ => &field.unit,
    }
}

/// The form of a field's values, for the catalogue.
pub fn form(field: &Field) -> &'static str {
    match field.kind {
        FieldType::Money => "decimal text in yuan",
        FieldType::Integer => "integer",
        FieldType::Decimal | FieldType::Percent => "decimal text",
        FieldType::Bool => "boolean",
        FieldType::Date => "date",
        FieldType::Text => "text",
        FieldType::CreditCode | FieldType::Code { .. } => "code",
        FieldType::Choice { .. } => "choice key",
    }
}

/// A value as JSON carries it.
pub fn write(value: &Value) -> FactValue {
    match value {
        Value::Money(amount) => FactValue::Text(format!("{:.2}", amount.to_decimal(MoneyUnit::Yuan))),
        Value::Integer(count) => FactValue::Count(*count),
        Value::Decimal(figure) => FactValue::Text(figure.normalize().to_string()),
        Value::Bool(yes) => FactValue::Flag(*yes),
        Value::Date(day) => FactValue::Text(day.to_string()),
        Value::Text(text) | Value::Code(text) => FactValue::Text(text.clone()),
    }
}

/// A value as a field takes it: typed and checked like a cell of a sheet.
///
/// # Errors
/// Another form than the field's, or a value the field does not take (422).
pub fn read(field: &Field, given: &FactValue) -> Result<Value, WebError> {
    let wrong_form = || wrong(field, given);
    let (cell, unit) = match (&field.kind, given) {
        (FieldType::Bool, FactValue::Flag(yes)) => return Ok(Value::Bool(*yes)),
        (FieldType::Date, FactValue::Text(text)) => {
            let day: Date = text.parse().map_err(|_| wrong_form())?;
            (RawCell::Text(day.to_string()), ColumnUnit::Own)
        }
        (FieldType::Integer, FactValue::Count(count)) => (RawCell::Text(count.to_string()), ColumnUnit::Own),
        (FieldType::Money, FactValue::Text(text)) => {
            (decimal(text).ok_or_else(wrong_form)?, ColumnUnit::Money(MoneyUnit::Yuan))
        }
        (FieldType::Decimal | FieldType::Percent, FactValue::Text(text)) => {
            (decimal(text).ok_or_else(wrong_form)?, ColumnUnit::Own)
        }
        (
            FieldType::Text | FieldType::CreditCode | FieldType::Code { .. } | FieldType::Choice { .. },
            FactValue::Text(text),
        ) => (RawCell::Text(text.clone()), ColumnUnit::Own),
        _ => return Err(wrong_form()),
    };
    match read_cell(&cell, field, unit) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(wrong_form()),
        Err(fault) => Err(WebError::invalid(fault.say(Lang::Zh), fault.say(Lang::En)).found(
            fault.found.clone(),
            fault.expected.say(Lang::Zh).to_owned(),
            fault.expected.say(Lang::En).to_owned(),
        )),
    }
}

/// A figure written in digits, a point and a sign, and nothing else.
fn decimal(text: &str) -> Option<RawCell> {
    let plain = text.len() <= 40 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let figure: Decimal = text.parse().ok().filter(|_| plain)?;
    Some(RawCell::Text(figure.to_string()))
}

fn wrong(field: &Field, given: &FactValue) -> WebError {
    let found = serde_json::to_string(given).unwrap_or_default();
    let (zh, en) = match field.kind {
        FieldType::Money => {
            ("以元为单位的小数文本，如 \"95285000.00\"", "a decimal text in yuan, such as \"95285000.00\"")
        }
        FieldType::Integer => ("整数，如 120", "an integer, such as 120"),
        FieldType::Decimal | FieldType::Percent => ("小数文本，如 \"5.5\"", "a decimal text, such as \"5.5\""),
        FieldType::Bool => ("true 或 false", "true or false"),
        FieldType::Date => ("日期文本，如 \"2025-03-04\"", "a day, such as \"2025-03-04\""),
        _ => {
            let what = expected(field, ColumnUnit::Own);
            return WebError::invalid(
                format!("“{}”的值 {found} 不对，应为{}。", field.zh, what.say(Lang::Zh)),
                format!("The value {found} of “{}” is wrong; expected {}.", field.en, what.say(Lang::En)),
            )
            .found(found, what.say(Lang::Zh).to_owned(), what.say(Lang::En).to_owned());
        }
    };
    WebError::invalid(
        format!("“{}”的值 {found} 形式不对，应为{zh}。", field.zh),
        format!("The value {found} of “{}” has the wrong form; expected {en}.", field.en),
    )
    .found(found, zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn both_ways(key: &str, json: &str) {
        let field = Catalogue::builtin().field(key).unwrap();
        let given: FactValue = serde_json::from_str(json).unwrap();
        let value = read(field, &given).unwrap();
        assert_eq!(serde_json::to_string(&write(&value)).unwrap(), json, "{key}");
    }

    #[test]
    fn a_value_written_reads_back_the_same() {
        both_ways("operating_revenue", "\"95285000.07\"");
        both_ways("year_end_employees", "120");
        both_ways("is_listed", "false");
        both_ways("registration_date", "\"2016-03-04\"");
        both_ways("industry_code", "\"3973\"");
        both_ways("legal_form", "\"limited\"");
    }

    #[test]
    fn another_form_or_a_value_the_field_does_not_take_names_what_was_found() {
        for (key, json) in [
            ("operating_revenue", "95285000"),
            ("operating_revenue", "\"9528.5 万元\""),
            ("operating_revenue", "\"1e9\""),
            ("operating_revenue", "\"0.001\""),
            ("year_end_employees", "\"120\""),
            ("year_end_employees", "-1"),
            ("is_listed", "\"是\""),
            ("registration_date", "\"4 March 2016\""),
            ("uscc", "\"91330100799655058A\""),
            ("legal_form", "\"made_up\""),
        ] {
            let field = Catalogue::builtin().field(key).unwrap();
            let given: FactValue = serde_json::from_str(json).unwrap();
            let error = read(field, &given).unwrap_err();
            assert_eq!(error.status.as_u16(), 422, "{key} {json}");
            let particulars = error.particulars.unwrap();
            assert!(!particulars.found.is_empty() && !particulars.expected.en.is_empty(), "{key} {json}");
        }
    }
}
