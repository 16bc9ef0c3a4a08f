//! The stored forms of facts: of a statement, and of the current view.
//!
//! A view is `{"operating_revenue@2025":{"v":952850000,"s":17}}`: the value, the number of the
//! statement that leads to its cell, and where sources disagree `"d":1` (open) or `"d":2`
//! (settled). Personal data lie in a text of their own, so that reading a list cannot show them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use kernel::view::{Standing, View};
use kernel::{Catalogue, FactKey, Value};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};
use serde_json::Value as Json;

/// Two texts of facts: what anyone who sees the subject may read, and personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) open: String,
    pub(crate) personal: Option<String>,
}

/// Writes one JSON object, entry by entry.
struct Writer {
    text: String,
    entries: usize,
}

impl Writer {
    fn new() -> Self {
        Self { text: String::from("{"), entries: 0 }
    }

    fn key(&mut self, key: &FactKey) {
        if self.entries > 0 {
            self.text.push(',');
        }
        self.entries += 1;
        // Keys of the catalogue and periods hold no character that JSON escapes.
        let _ = write!(self.text, "\"{key}\":");
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Money(amount) => {
            let _ = write!(text, "{}", amount.fen());
        }
        Value::Integer(count) => {
            let _ = write!(text, "{count}");
        }
        Value::Bool(yes) => text.push_str(if *yes { "true" } else { "false" }),
        other => text.push_str(&other.to_json().to_string()),
    }
}

fn is_personal(catalogue: &Catalogue, key: &FactKey) -> bool {
    catalogue.field(&key.field).is_some_and(|field| field.personal)
}

/// The stored form of what a statement says, keys in order so that equal facts give equal bytes.
pub(crate) fn statement_texts(catalogue: &Catalogue, values: &BTreeMap<FactKey, Option<Value>>) -> Texts {
    let (mut open, mut personal) = (Writer::new(), Writer::new());
    for (key, value) in values {
        let writer = if is_personal(catalogue, key) { &mut personal } else { &mut open };
        writer.key(key);
        match value {
            Some(value) => write_value(&mut writer.text, value),
            None => writer.text.push_str("null"),
        }
    }
    texts(open, personal)
}

/// The stored form of a view.
pub(crate) fn view_texts(catalogue: &Catalogue, view: &View) -> Texts {
    let (mut open, mut personal) = (Writer::new(), Writer::new());
    for (key, shown) in &view.facts {
        let writer = if is_personal(catalogue, key) { &mut personal } else { &mut open };
        writer.key(key);
        writer.text.push_str("{\"v\":");
        write_value(&mut writer.text, &shown.value);
        let _ = write!(writer.text, ",\"s\":{}", shown.seq);
        match shown.standing {
            Standing::Agreed => {}
            Standing::Disputed => writer.text.push_str(",\"d\":1"),
            Standing::Settled(_) => writer.text.push_str(",\"d\":2"),
        }
        writer.text.push('}');
    }
    texts(open, personal)
}

fn texts(open: Writer, personal: Writer) -> Texts {
    let has_personal = personal.entries > 0;
    Texts { open: open.finish(), personal: has_personal.then(|| personal.finish()) }
}

/// How a cell of a list stands among its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// One source, or several that agree.
    Agreed,
    /// Sources disagree and nobody has settled it.
    Disputed,
    /// Sources disagree and a person settled it.
    Settled,
}

/// One fact of a current view, as lists and exports show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Which fact.
    pub key: FactKey,
    /// The value.
    pub value: Value,
    /// The statement that leads to its cell.
    pub seq: i64,
    /// How it stands.
    pub mark: Mark,
}

/// A stored view, read back only as far as it is asked for.
pub(crate) struct StoredView(BTreeMap<String, StoredFact>);

/// Takes the facts of some fields out of a stored view.
struct Fields<'a>(&'a [String]);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = BTreeMap<String, StoredFact>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("facts by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut facts = BTreeMap::new();
        // Keys hold no character that JSON escapes, so they can be read in place.
        while let Some(key) = map.next_key::<&str>()? {
            let field = key.split('@').next().unwrap_or(key);
            if self.0.iter().any(|wanted| wanted == field) {
                facts.insert(key.to_owned(), map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(facts)
    }
}

#[derive(Deserialize)]
struct StoredFact {
    v: Json,
    s: i64,
    #[serde(default)]
    d: u8,
}

impl StoredView {
    /// Reads the facts of these fields, and passes over all others; a text that is none shows no facts.
    pub(crate) fn read_fields(text: &str, fields: &[String]) -> Self {
        let mut reader = serde_json::Deserializer::from_str(text);
        Self(reader.deserialize_map(Fields(fields)).unwrap_or_default())
    }

    /// One fact.
    pub(crate) fn cell(&self, catalogue: &Catalogue, key: &FactKey) -> Option<Cell> {
        let stored = self.0.get(&key.to_string())?;
        Self::decode(catalogue, key.clone(), stored)
    }

    /// The fact of a field for the latest period there is.
    pub(crate) fn latest(&self, catalogue: &Catalogue, field: &str) -> Option<Cell> {
        let from = self.0.range(field.to_owned()..).take_while(|(name, _)| name.starts_with(field));
        let keys = from.filter_map(|(name, stored)| Some((name.parse::<FactKey>().ok()?, stored)));
        let (key, stored) = keys.filter(|(key, _)| key.field == field).max_by_key(|(key, _)| key.period)?;
        Self::decode(catalogue, key, stored)
    }

    fn decode(catalogue: &Catalogue, key: FactKey, stored: &StoredFact) -> Option<Cell> {
        let value = Value::from_json(&catalogue.field(&key.field)?.kind, &stored.v)?;
        let mark = match stored.d {
            0 => Mark::Agreed,
            1 => Mark::Disputed,
            _ => Mark::Settled,
        };
        Some(Cell { key, value, seq: stored.s, mark })
    }
}
