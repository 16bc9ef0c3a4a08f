//! What is known of an enterprise, wherever it comes from, with the way to every source.

use std::collections::BTreeMap;

use kernel::{FactKey, SubjectKind, Value, View};
use policy::Facts;

/// One fact and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The value.
    pub value: Value,
    /// Where it stands, in words of the caller: a cell `企业!B3`, or `statements/17`. It is handed back as it came.
    pub origin: Option<String>,
}

/// One record of an enterprise: a title, a patent, a penalty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What a person calls it; may be empty.
    pub label: String,
    /// Where it stands, in words of the caller. It is handed back as it came.
    pub origin: Option<String>,
    /// Its facts.
    pub facts: BTreeMap<FactKey, Fact>,
}

/// An enterprise with all that is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enterprise {
    /// Its unified social credit code; empty where it is not known.
    pub code: String,
    /// Its name; may be empty where the code is known.
    pub name: String,
    /// Its facts.
    pub facts: BTreeMap<FactKey, Fact>,
    /// Its records by kind. A kind that is absent is not known; an empty list says that there are none.
    pub records: BTreeMap<SubjectKind, Vec<Record>>,
}

impl Enterprise {
    /// An enterprise of which nothing else is known.
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        Enterprise { code: code.into(), name: name.into(), ..Self::default() }
    }

    /// What a script calls it: the credit code, else the name.
    pub fn id(&self) -> &str {
        if self.code.is_empty() { &self.name } else { &self.code }
    }

    /// Adds typed cells. A later cell of the same fact takes the place of an earlier one.
    pub fn add_cells(&mut self, cells: impl IntoIterator<Item = (FactKey, Value, Option<String>)>) {
        self.facts.extend(cells.into_iter().map(|(key, value, origin)| (key, Fact { value, origin })));
    }

    /// Adds the facts of a view of the register; their origin is `statements/` and the number of the statement.
    pub fn add_view(&mut self, view: &View) {
        self.facts.extend(of_view(view));
    }

    /// Says that records of a kind are known, so that none listed means that there are none.
    pub fn knows(&mut self, kind: SubjectKind) {
        self.records.entry(kind).or_default();
    }

    /// Adds a record; its kind is known from now on.
    pub fn add_record(&mut self, kind: SubjectKind, record: Record) {
        self.records.entry(kind).or_default().push(record);
    }
}

impl Record {
    /// A record from typed cells that stand in one place, such as a row of a sheet.
    pub fn of_cells(
        label: impl Into<String>,
        origin: Option<String>,
        cells: impl IntoIterator<Item = (FactKey, Value)>,
    ) -> Self {
        let facts = cells.into_iter().map(|(key, value)| (key, Fact { value, origin: None })).collect();
        Record { label: label.into(), origin, facts }
    }

    /// A record of the register.
    pub fn of_view(label: impl Into<String>, origin: Option<String>, view: &View) -> Self {
        Record { label: label.into(), origin, facts: of_view(view).collect() }
    }
}

fn of_view(view: &View) -> impl Iterator<Item = (FactKey, Fact)> + '_ {
    view.facts.iter().map(|(key, shown)| {
        (key.clone(), Fact { value: shown.value.clone(), origin: Some(format!("statements/{}", shown.seq)) })
    })
}

impl Facts for Enterprise {
    fn value(&self, key: &FactKey) -> Option<&Value> {
        self.facts.get(key).map(|fact| &fact.value)
    }

    fn records(&self, kind: SubjectKind) -> Option<usize> {
        self.records.get(&kind).map(Vec::len)
    }

    fn record_value(&self, kind: SubjectKind, record: usize, key: &FactKey) -> Option<&Value> {
        self.records.get(&kind)?.get(record)?.facts.get(key).map(|fact| &fact.value)
    }
}
