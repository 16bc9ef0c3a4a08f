//! What is known of a subject apart from its figures by year: cards of facts under the catalogue's
//! headings.

use kernel::{Catalogue, FactKey, Lang, SubjectKind, View};

use crate::register::figures::{FigureCell, Mark};
use crate::register::{amount, words};

/// Facts under one heading.
#[derive(Debug)]
pub struct Card {
    /// The heading.
    pub title: String,
    /// The facts.
    pub items: Vec<Item>,
}

/// One fact.
#[derive(Debug)]
pub struct Item {
    /// The field's label.
    pub label: String,
    /// Where the field's definition stands.
    pub definition: String,
    /// The value with the way to its source.
    pub cell: FigureCell,
}

/// The facts that speak of no year, by group.
pub fn cards(view: &View, catalogue: &Catalogue, kind: SubjectKind, lang: Lang) -> Vec<Card> {
    let card = |(group, fields): (&kernel::catalogue::Group, Vec<&kernel::Field>)| {
        let items: Vec<Item> = fields.into_iter().flat_map(|field| items(view, field, kind, lang)).collect();
        (!items.is_empty()).then(|| Card { title: group.label(lang).to_owned(), items })
    };
    catalogue.groups_of(kind).filter_map(card).collect()
}

fn items<'a>(
    view: &'a View,
    field: &'a kernel::Field,
    kind: SubjectKind,
    lang: Lang,
) -> impl Iterator<Item = Item> + 'a {
    let facts = view.facts.range(FactKey::timeless(field.key.as_str())..);
    facts.take_while(|(key, _)| key.field == field.key).filter(|(key, _)| !is_year(key)).map(move |(key, shown)| {
        let mark = Mark::of(shown);
        let exact = match &shown.value {
            kernel::Value::Money(money) => amount::exact(*money, lang),
            _ => String::new(),
        };
        let said = mark.say(lang);
        let label = field.label(kind, lang);
        Item {
            label: key.period.map_or_else(|| label.to_owned(), |period| format!("{label} {period}")),
            definition: field.source.clone().unwrap_or_default(),
            cell: FigureCell {
                text: words::value(field, &shown.value, lang),
                hint: [exact, said].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
                seq: shown.seq,
                fact: key.to_string(),
                standing: mark,
            },
        }
    })
}

fn is_year(key: &FactKey) -> bool {
    matches!(key.period, Some(kernel::Period::Year(_)))
}
