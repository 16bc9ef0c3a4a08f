//! One value of one field.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::catalogue::FieldType;
use crate::money::Money;

/// One value. Its type is fixed by the field, so the stored form needs no tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// An amount, exact to the fen. Stored as a whole number of fen.
    Money(Money),
    /// A count. Stored as a number.
    Integer(i64),
    /// A measured figure or a percentage (5 % is `5`). Stored as text, to keep it exact.
    Decimal(Decimal),
    /// Yes or no.
    Bool(bool),
    /// A day. Stored `2025-03-04`.
    Date(Date),
    /// Words.
    Text(String),
    /// A code of a code table, or of a scheme with a check digit.
    Code(String),
}

impl Value {
    /// The stored form, read back with [`Value::from_json`].
    pub fn to_json(&self) -> Json {
        match self {
            Value::Money(amount) => Json::from(amount.fen()),
            Value::Integer(count) => Json::from(*count),
            Value::Decimal(figure) => Json::from(figure.normalize().to_string()),
            Value::Bool(yes) => Json::from(*yes),
            Value::Date(day) => Json::from(day.to_string()),
            Value::Text(text) | Value::Code(text) => Json::from(text.as_str()),
        }
    }

    /// Reads the stored form of a value of a field of type `kind`.
    /// `None` when the stored form does not fit the type.
    pub fn from_json(kind: &FieldType, json: &Json) -> Option<Self> {
        match kind {
            FieldType::Money => json.as_i64().map(Money::from_fen).map(Value::Money),
            FieldType::Integer => json.as_i64().map(Value::Integer),
            FieldType::Decimal | FieldType::Percent => json.as_str()?.parse().ok().map(Value::Decimal),
            FieldType::Bool => json.as_bool().map(Value::Bool),
            FieldType::Date => json.as_str()?.parse().ok().map(Value::Date),
            FieldType::Text => json.as_str().map(|text| Value::Text(text.to_owned())),
            FieldType::CreditCode | FieldType::Code { .. } | FieldType::Choice { .. } => {
                json.as_str().map(|text| Value::Code(text.to_owned()))
            }
        }
    }
}
