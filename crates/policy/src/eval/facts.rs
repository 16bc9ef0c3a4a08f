//! What is known of one enterprise: the small window through which policies look at facts.

use std::collections::BTreeMap;

use kernel::{FactKey, SubjectKind, Value, View};

/// What is known of one subject.
pub trait Facts {
    /// The value of a fact; `None` where it is not known.
    fn value(&self, key: &FactKey) -> Option<&Value>;

    /// How many records of this kind the subject has; `None` where nobody knows.
    /// "None known to exist" is `Some(0)`, and only the caller can say so.
    fn records(&self, kind: SubjectKind) -> Option<usize>;

    /// The value of a fact of one record, counted from nought.
    fn record_value(&self, kind: SubjectKind, record: usize, key: &FactKey) -> Option<&Value>;
}

/// Facts written out: for cases, spreadsheets, plans and what-if questions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactSheet {
    /// The subject's own facts.
    pub facts: BTreeMap<FactKey, Value>,
    /// The records of each kind that is known.
    pub records: BTreeMap<SubjectKind, Vec<BTreeMap<FactKey, Value>>>,
}

impl Facts for FactSheet {
    fn value(&self, key: &FactKey) -> Option<&Value> {
        self.facts.get(key)
    }

    fn records(&self, kind: SubjectKind) -> Option<usize> {
        self.records.get(&kind).map(Vec::len)
    }

    fn record_value(&self, kind: SubjectKind, record: usize, key: &FactKey) -> Option<&Value> {
        self.records.get(&kind)?.get(record)?.get(key)
    }
}

/// A subject of the register with its records.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// The subject's facts as they are shown.
    pub view: &'a View,
    /// The views of its records by kind. A kind that is absent is not known; an empty list says there are none.
    pub records: BTreeMap<SubjectKind, Vec<&'a View>>,
}

impl Facts for Known<'_> {
    fn value(&self, key: &FactKey) -> Option<&Value> {
        self.view.value(key)
    }

    fn records(&self, kind: SubjectKind) -> Option<usize> {
        self.records.get(&kind).map(Vec::len)
    }

    fn record_value(&self, kind: SubjectKind, record: usize, key: &FactKey) -> Option<&Value> {
        self.records.get(&kind)?.get(record)?.value(key)
    }
}

/// Nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Facts for Nothing {
    fn value(&self, _key: &FactKey) -> Option<&Value> {
        None
    }

    fn records(&self, _kind: SubjectKind) -> Option<usize> {
        None
    }

    fn record_value(&self, _kind: SubjectKind, _record: usize, _key: &FactKey) -> Option<&Value> {
        None
    }
}
