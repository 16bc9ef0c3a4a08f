//! The stored forms of facts: of a statement, and of the current view.
//!
//! A view is `{"":17,"operating_revenue@2025":952850000,"rd_expense@2025":{"v":300,"s":18,"d":1}}`:
//! first the number of the statement that most facts come from, then those facts by their bare
//! values, and the others with the number of their own statement (`s`) and, where sources
//! disagree, `"d":1` (open) or `"d":2` (settled). Most subjects are known from one sheet; so their
//! view is a third shorter, and shorter still to write. Personal data lie in a text of their own,
//! so that reading a list cannot show them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use kernel::view::{Shown, Standing, View};
use kernel::{Catalogue, FactKey, Period, Value};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
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

    fn begin(&mut self) {
        if self.entries > 0 {
            self.text.push(',');
        }
        self.entries += 1;
    }

    fn key(&mut self, key: &FactKey) {
        self.begin();
        // Keys of the catalogue and periods hold no character that JSON escapes.
        self.text.push('"');
        self.text.push_str(&key.field);
        match key.period {
            None => {}
            Some(Period::Year(year)) => {
                let _ = write!(self.text, "@{year}");
            }
            Some(period) => {
                let _ = write!(self.text, "@{period}");
            }
        }
        self.text.push_str("\":");
    }

    /// The statement from which the bare values of a view come.
    fn common(&mut self, seq: i64) {
        self.begin();
        let _ = write!(self.text, "\"\":{seq}");
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// The texts of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatementTexts {
    pub(crate) texts: Texts,
    /// Whether it states something openly and takes nothing back: then the view of a subject of which
    /// nothing else was said need not be written, see [`KeptView`].
    pub(crate) whole: bool,
}

/// How a view is stored. Most subjects are known from one row of one sheet, whose text lies in the
/// ledger already: their view only names that row, and is read there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeptView {
    /// By texts of its own.
    Own(Texts),
    /// By the number of the statement that tells everything.
    Of(i64),
}

impl KeptView {
    /// Forgets personal data, for lists that nobody may look behind.
    pub(crate) fn leave_out_personal(&mut self) {
        if let KeptView::Own(texts) = self {
            texts.personal = None;
        }
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
        Value::Date(day) => {
            let _ = write!(text, "\"{day}\"");
        }
        other => text.push_str(&other.to_json().to_string()),
    }
}

fn is_personal(catalogue: &Catalogue, key: &FactKey) -> bool {
    catalogue.field(&key.field).is_some_and(|field| field.personal)
}

/// The stored form of what a statement says, keys in order so that equal facts give equal bytes.
pub(crate) fn statement_texts(catalogue: &Catalogue, values: &BTreeMap<FactKey, Option<Value>>) -> StatementTexts {
    let (mut open, mut personal) = (Writer::new(), Writer::new());
    let mut whole = true;
    for (key, value) in values {
        let writer = if is_personal(catalogue, key) { &mut personal } else { &mut open };
        writer.key(key);
        match value {
            Some(value) => write_value(&mut writer.text, value),
            None => {
                whole = false;
                writer.text.push_str("null");
            }
        }
    }
    whole &= open.entries > 0;
    StatementTexts { texts: texts(open, personal), whole }
}

/// The stored form of a view.
pub(crate) fn view_texts(catalogue: &Catalogue, view: &View) -> Texts {
    let (personal, open): (Vec<_>, Vec<_>) = view.facts.iter().partition(|(key, _)| is_personal(catalogue, key));
    texts(view_text(&open), view_text(&personal))
}

fn view_text(facts: &[(&FactKey, &Shown)]) -> Writer {
    let mut writer = Writer::new();
    let common = common(facts);
    if let Some(seq) = common {
        writer.common(seq);
    }
    for (key, shown) in facts {
        writer.key(key);
        if shown.standing == Standing::Agreed && common == Some(shown.seq) {
            write_value(&mut writer.text, &shown.value);
            continue;
        }
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
    writer
}

/// The statement that most facts come from of which sources say the same; the latest of several.
fn common(facts: &[(&FactKey, &Shown)]) -> Option<i64> {
    let mut of: BTreeMap<i64, usize> = BTreeMap::new();
    for (_, shown) in facts.iter().filter(|(_, shown)| shown.standing == Standing::Agreed) {
        *of.entry(shown.seq).or_default() += 1;
    }
    of.into_iter().max_by_key(|(seq, facts)| (*facts, *seq)).map(|(seq, _)| seq)
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
#[derive(Default)]
pub(crate) struct StoredView {
    /// The statement from which the bare values come.
    common: i64,
    facts: BTreeMap<String, StoredFact>,
}

/// Every fact of a stored view by itself. What the catalogue no longer knows is passed over.
pub(crate) fn facts_in(catalogue: &Catalogue, text: &str) -> BTreeMap<FactKey, Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_map(Facts(catalogue)).unwrap_or_default()
}

/// Takes every fact out of a stored view.
struct Facts<'a>(&'a Catalogue);

impl<'de> Visitor<'de> for Facts<'_> {
    type Value = BTreeMap<FactKey, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("facts by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut facts = BTreeMap::new();
        while let Some(key) = map.next_key::<&str>()? {
            let StoredFact { value, .. } = map.next_value()?;
            let known = || {
                let key: FactKey = key.parse().ok()?;
                let value = Value::from_json(&self.0.field(&key.field)?.kind, &value)?;
                Some((key, value))
            };
            facts.extend(known());
        }
        Ok(facts)
    }
}

/// A fact as a view stores it: a value by itself, or an object that also tells its own statement and how it stands.
///
/// A value by itself is never an object, so the two forms cannot be taken for each other.
struct StoredFact {
    value: Json,
    /// Its own statement and how it stands; none where it comes from the one that most come from.
    own: Option<(i64, u8)>,
}

impl From<Json> for StoredFact {
    fn from(value: Json) -> Self {
        Self { value, own: None }
    }
}

// By hand: to try one form after the other would write a refusal for every bare value of every list.
impl<'de> Deserialize<'de> for StoredFact {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(EitherForm)
    }
}

struct EitherForm;

impl<'de> Visitor<'de> for EitherForm {
    type Value = StoredFact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or an object with a value")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<StoredFact, E> {
        Ok(Json::Bool(yes).into())
    }

    fn visit_i64<E>(self, figure: i64) -> Result<StoredFact, E> {
        Ok(Json::from(figure).into())
    }

    fn visit_u64<E>(self, figure: u64) -> Result<StoredFact, E> {
        Ok(Json::from(figure).into())
    }

    fn visit_f64<E>(self, figure: f64) -> Result<StoredFact, E> {
        Ok(Json::from(figure).into())
    }

    fn visit_str<E>(self, text: &str) -> Result<StoredFact, E> {
        Ok(Json::from(text).into())
    }

    fn visit_unit<E>(self) -> Result<StoredFact, E> {
        Ok(Json::Null.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<StoredFact, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::Null.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StoredFact, A::Error> {
        let (mut value, mut statement, mut standing) = (Json::Null, 0, 0);
        while let Some(name) = map.next_key::<&str>()? {
            match name {
                "v" => value = map.next_value()?,
                "s" => statement = map.next_value()?,
                "d" => standing = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(StoredFact { value, own: Some((statement, standing)) })
    }
}

/// Takes the facts of some fields out of a stored view.
struct Fields<'a>(&'a [String]);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = StoredView;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("facts by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut view = StoredView::default();
        // Keys hold no character that JSON escapes, so they can be read in place.
        while let Some(key) = map.next_key::<&str>()? {
            let field = key.split('@').next().unwrap_or(key);
            if key.is_empty() {
                view.common = map.next_value()?;
            } else if self.0.iter().any(|wanted| wanted == field) {
                view.facts.insert(key.to_owned(), map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(view)
    }
}

impl StoredView {
    /// Reads the facts of these fields, and passes over all others; a text that is none shows no facts.
    pub(crate) fn read_fields(text: &str, fields: &[String]) -> Self {
        let mut reader = serde_json::Deserializer::from_str(text);
        reader.deserialize_map(Fields(fields)).unwrap_or_default()
    }

    /// One fact.
    pub(crate) fn cell(&self, catalogue: &Catalogue, key: &FactKey) -> Option<Cell> {
        let stored = self.facts.get(&key.to_string())?;
        self.decode(catalogue, key.clone(), stored)
    }

    /// The fact of a field for the latest period there is.
    pub(crate) fn latest(&self, catalogue: &Catalogue, field: &str) -> Option<Cell> {
        let from = self.facts.range(field.to_owned()..).take_while(|(name, _)| name.starts_with(field));
        let keys = from.filter_map(|(name, stored)| Some((name.parse::<FactKey>().ok()?, stored)));
        let (key, stored) = keys.filter(|(key, _)| key.field == field).max_by_key(|(key, _)| key.period)?;
        self.decode(catalogue, key, stored)
    }

    fn decode(&self, catalogue: &Catalogue, key: FactKey, stored: &StoredFact) -> Option<Cell> {
        let (seq, standing) = stored.own.unwrap_or((self.common, 0));
        let value = Value::from_json(&catalogue.field(&key.field)?.kind, &stored.value)?;
        let mark = match standing {
            0 => Mark::Agreed,
            1 => Mark::Disputed,
            _ => Mark::Settled,
        };
        Some(Cell { key, value, seq, mark })
    }
}

#[cfg(test)]
mod tests {
    use kernel::Money;

    use super::*;

    #[test]
    fn every_fact_is_read_in_either_form_and_what_is_not_known_is_passed_over() {
        let text = r#"{"":17,"name":"甲\"乙","operating_revenue@2025":-950,"rd_expense@2025":{"v":300,"s":18,"d":1},
            "is_resident_enterprise":true,"registration_date":"2020-02-29","no_such_field":[1],"total_staff@2025":null}"#;
        let facts = facts_in(Catalogue::builtin(), text);
        let expected = [
            ("is_resident_enterprise", Value::Bool(true)),
            ("name", Value::Text("甲\"乙".to_owned())),
            ("operating_revenue@2025", Value::Money(Money::from_fen(-950))),
            ("rd_expense@2025", Value::Money(Money::from_fen(300))),
            ("registration_date", Value::Date(jiff::civil::date(2020, 2, 29))),
        ];
        let expected = expected.map(|(key, value)| (key.parse::<FactKey>().unwrap(), value));
        assert_eq!(facts, BTreeMap::from(expected));
        assert!(facts_in(Catalogue::builtin(), "").is_empty());
    }
}
