//! What is shown: the fold of a subject's statements by trust and time.
//!
//! One origin's later statement supersedes its earlier one. Where two origins disagree both
//! are kept; the rule of trust decides what is shown until a person settles it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::fact::FactKey;
use crate::source::{Source, SourceKind};
use crate::statement::Statement;
use crate::value::Value;

/// How a shown value stands among its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// One source, or several that agree.
    Agreed,
    /// Sources disagree and nobody has settled it.
    Disputed,
    /// Sources disagree and a person settled it, by the statement with this number.
    Settled(i64),
}

/// One origin's word on a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The statement's number.
    pub seq: i64,
    /// Who says it.
    pub origin: String,
    /// The rank of trust.
    pub trust: u8,
    /// What is said.
    pub value: Value,
}

/// One fact as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The value.
    pub value: Value,
    /// The statement that leads to its cell.
    pub seq: i64,
    /// How it stands.
    pub standing: Standing,
    /// The latest word of every origin, the most trusted first.
    pub said: Vec<Said>,
}

/// A subject's facts as they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// The facts by key.
    pub facts: BTreeMap<FactKey, Shown>,
}

impl View {
    /// The shown value of a fact.
    pub fn value(&self, key: &FactKey) -> Option<&Value> {
        self.facts.get(key).map(|shown| &shown.value)
    }

    /// The fact of `field` for the latest period there is.
    pub fn latest(&self, field: &str) -> Option<(&FactKey, &Shown)> {
        // Keys are ordered by field and then by period, so the last of the field is the latest.
        self.facts.range(FactKey::timeless(field)..).take_while(|(key, _)| key.field == field).last()
    }

    /// The facts whose sources disagree and that nobody has settled.
    pub fn disputed(&self) -> impl Iterator<Item = (&FactKey, &Shown)> {
        self.facts.iter().filter(|(_, shown)| shown.standing == Standing::Disputed)
    }
}

/// Folds statements, in the order of their numbers, into what is shown.
///
/// `as_of` stops the fold at a moment of the past: what we learned later is left out, and a
/// load undone later still counts.
pub fn fold<'a>(said: impl IntoIterator<Item = (&'a Statement, &'a Source)>, as_of: Option<Timestamp>) -> View {
    let mut words: BTreeMap<&FactKey, Words> = BTreeMap::new();
    for (statement, source) in said {
        let too_late = as_of.is_some_and(|moment| statement.said_at > moment);
        let undone = source.undone_at.is_some_and(|undone| as_of.is_none_or(|moment| undone <= moment));
        if too_late || undone {
            continue;
        }
        for (key, value) in &statement.values {
            words.entry(key).or_default().hear(statement, source, value.as_ref());
        }
    }
    let facts = words.into_iter().filter_map(|(key, words)| Some((key.clone(), words.shown()?))).collect();
    View { facts }
}

/// The words on one fact while folding.
#[derive(Default)]
struct Words {
    by_origin: Vec<Said>,
    settlement: Option<(i64, Value)>,
}

impl Words {
    fn hear(&mut self, statement: &Statement, source: &Source, value: Option<&Value>) {
        if source.kind == SourceKind::Settlement {
            self.settlement = value.map(|value| (statement.seq, value.clone()));
            return;
        }
        self.by_origin.retain(|said| said.origin != source.origin);
        if let Some(value) = value {
            self.by_origin.push(Said {
                seq: statement.seq,
                origin: source.origin.clone(),
                trust: source.kind.trust(),
                value: value.clone(),
            });
        }
    }

    fn shown(mut self) -> Option<Shown> {
        self.by_origin.sort_by_key(|said| std::cmp::Reverse((said.trust, said.seq)));
        let first = self.by_origin.first();
        let Some((settled_by, settled)) = self.settlement else {
            let first = first?;
            let disputed = self.by_origin.iter().any(|said| said.value != first.value);
            let standing = if disputed { Standing::Disputed } else { Standing::Agreed };
            return Some(Shown { value: first.value.clone(), seq: first.seq, standing, said: self.by_origin });
        };
        // A word that came after the settlement and says something else opens the dispute again.
        let reopened = self.by_origin.iter().any(|said| said.seq > settled_by && said.value != settled);
        let seq = self.by_origin.iter().find(|said| said.value == settled).map_or(settled_by, |said| said.seq);
        let standing = if reopened { Standing::Disputed } else { Standing::Settled(settled_by) };
        Some(Shown { value: settled, seq, standing, said: self.by_origin })
    }
}

#[cfg(test)]
mod tests;
