//! The records of a subject as tables, and the cells that all tables of subjects share.

use jiff::civil::Date;
use kernel::{Catalogue, Field, FieldType, Lang, SubjectKind, Value, View};
use store::{ChildView, SubjectView};

use crate::register::kinds::{RECORDS, records_title};
use crate::register::ladder::{self, Held};
use crate::register::words;
use crate::ui::Badge;

/// The most records of a kind a page lists; the others are counted.
const MOST: usize = 100;

/// A table of records.
#[derive(Debug)]
pub struct RecordSet {
    /// The title.
    pub title: &'static str,
    /// How many there are.
    pub count: usize,
    /// The heads, and whether they stand over figures.
    pub heads: Vec<(String, bool)>,
    /// The rows, the latest first.
    pub rows: Vec<RecordRow>,
    /// How many are not listed.
    pub more: usize,
}

/// One record.
#[derive(Debug)]
pub struct RecordRow {
    /// Its page.
    pub address: String,
    /// Its cells.
    pub cells: Vec<RecordCell>,
}

/// One cell of a record.
#[derive(Debug)]
pub struct RecordCell {
    /// The column's label, for phones.
    pub head: String,
    /// What it says.
    pub text: String,
    /// Whether it is a figure.
    pub number: bool,
    /// What deserves a sign.
    pub badges: Vec<Badge>,
}

/// The records of a subject, one table a kind.
pub fn sets(
    found: &SubjectView,
    catalogue: &Catalogue,
    on: Date,
    lang: Lang,
    link: impl Fn(SubjectKind, kernel::SubjectId) -> String,
) -> Vec<RecordSet> {
    let set = |(kind, keys): &(SubjectKind, &[&str])| {
        let records: Vec<&ChildView> = found.children.iter().filter(|child| child.record.kind == *kind).collect();
        if records.is_empty() {
            return None;
        }
        let fields: Vec<&Field> = keys.iter().filter_map(|key| catalogue.field(key)).collect();
        let used = |field: &&&Field| records.iter().any(|record| record.view.latest(&field.key).is_some());
        let fields: Vec<&Field> =
            fields.iter().enumerate().filter(|(at, field)| *at == 0 || used(field)).map(|(_, field)| *field).collect();
        let row = |record: &&ChildView| RecordRow {
            address: link(*kind, record.record.id),
            cells: fields.iter().map(|field| cell(field, *kind, record, on, lang)).collect(),
        };
        Some(RecordSet {
            title: records_title(*kind, lang),
            count: records.len(),
            heads: fields.iter().map(|field| (field.label(*kind, lang).to_owned(), is_number(field))).collect(),
            rows: records.iter().take(MOST).map(row).collect(),
            more: records.len().saturating_sub(MOST),
        })
    };
    RECORDS.iter().filter_map(set).collect()
}

fn cell(field: &Field, kind: SubjectKind, record: &ChildView, on: Date, lang: Lang) -> RecordCell {
    let value = record.view.latest(&field.key).map(|(_, shown)| &shown.value);
    let text = value.map(|value| words::value(field, value, lang)).unwrap_or_default();
    let mut badges = Vec::new();
    if field.key == "valid_to" && kind == SubjectKind::Title {
        let (tone, word) = ladder::state(&held(&record.view), on, lang);
        badges.push(Badge::new(tone, word));
    }
    let text = if text.is_empty() && badges.is_empty() { "—".to_owned() } else { text };
    RecordCell { head: field.label(kind, lang).to_owned(), text, number: is_number(field), badges }
}

fn held(view: &View) -> Held {
    let day = |key: &str| match view.latest(key).map(|(_, shown)| &shown.value) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    Held { title: String::new(), from: day("valid_from"), to: day("valid_to") }
}

/// Whether a field's values stand on the right.
pub fn is_number(field: &Field) -> bool {
    matches!(field.kind, FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Percent)
}
