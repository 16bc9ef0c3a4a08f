//! What one source said about one subject at one time.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::catalogue::Catalogue;
use crate::fact::FactKey;
use crate::source::SourceId;
use crate::subject::SubjectId;
use crate::value::Value;

/// Where in its source a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A row of a sheet, counted from 1 as the program that wrote it shows.
    Row {
        /// The sheet's name.
        sheet: String,
        /// The row's number.
        row: u32,
    },
    /// The whole source: a saved form, one correction.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Row { sheet, row } => write!(f, "{sheet}!{row}"),
            Place::Whole => Ok(()),
        }
    }
}

impl Place {
    /// Reads the written form; anything without a row is the whole source.
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('!').and_then(|(sheet, row)| Some((sheet, row.parse().ok()?))) {
            Some((sheet, row)) => Place::Row { sheet: sheet.to_owned(), row },
            None => Place::Whole,
        }
    }
}

/// Several facts together, the unit of writing. Never changed once written.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its place in the zone's chain, from 1.
    pub seq: i64,
    /// Whom it speaks of.
    pub subject: SubjectId,
    /// Which source said it.
    pub source: SourceId,
    /// Where in the source.
    pub place: Place,
    /// When we learned it.
    pub said_at: Timestamp,
    /// The account that brought it.
    pub said_by: String,
    /// Why, where a person gave a reason.
    pub reason: Option<String>,
    /// The facts. `None` withdraws what the same origin said before.
    pub values: BTreeMap<FactKey, Option<Value>>,
}

/// The stored form of a statement's facts: keys in order, so equal facts give equal bytes
/// and a hash over them can be checked on any database.
pub fn values_to_json(values: &BTreeMap<FactKey, Option<Value>>) -> String {
    let by_text: BTreeMap<String, Json> = values
        .iter()
        .map(|(key, value)| (key.to_string(), value.as_ref().map_or(Json::Null, Value::to_json)))
        .collect();
    // A map of strings to plain values always serialises.
    serde_json::to_string(&by_text).unwrap_or_default()
}

/// Reads the stored form. Facts whose field the catalogue no longer knows, or whose stored
/// form no longer fits the field's type, are returned by name beside the rest.
pub fn values_from_json(catalogue: &Catalogue, text: &str) -> (BTreeMap<FactKey, Option<Value>>, Vec<String>) {
    let stored: BTreeMap<String, Json> = match serde_json::from_str(text) {
        Ok(stored) => stored,
        Err(_) => return (BTreeMap::new(), vec![text.to_owned()]),
    };
    let mut values = BTreeMap::new();
    let mut unread = Vec::new();
    for (name, json) in stored {
        let key = name.parse::<FactKey>().ok();
        let field = key.as_ref().and_then(|key| catalogue.field(&key.field));
        match (key, field) {
            (Some(key), Some(_)) if json.is_null() => {
                values.insert(key, None);
            }
            (Some(key), Some(field)) => match Value::from_json(&field.kind, &json) {
                Some(value) => {
                    values.insert(key, Some(value));
                }
                None => unread.push(name),
            },
            _ => unread.push(name),
        }
    }
    (values, unread)
}
