//! What follows from a subject's statements: its view, hot columns, identifiers and conflicts.

use std::collections::{BTreeSet, HashMap};

use kernel::view::{View, fold};
use kernel::{Catalogue, FactKey, Source, Statement, SubjectKind, Value};
use uuid::Uuid;

use super::hot::{Facts, Hot, hot, plain};
use super::identity::{CODE, FORMER, NAME, USCC, identifiers_in, needs_code, timeless};
use super::normal::name_key;
use super::shown::{KeptView, view_texts};

/// Who a subject is, apart from what was said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: Uuid,
    pub(crate) kind: SubjectKind,
    pub(crate) state: State,
    pub(crate) parent: Option<Uuid>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) created_at: i64,
}

/// Whether a subject is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is a subject of the register.
    Active,
    /// A row without a code that matched no name: a person decides who it is.
    Candidate,
    /// A duplicate, shown under another subject.
    Merged,
    /// Every load that spoke of it stands undone: nothing is known of it.
    Empty,
}

impl State {
    /// Every state.
    pub const ALL: &'static [State] = &[State::Active, State::Candidate, State::Merged, State::Empty];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Candidate => "candidate",
            State::Merged => "merged",
            State::Empty => "empty",
        }
    }

    /// The state with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.key() == key)
    }
}

/// Everything derived from a subject's statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derived {
    pub(crate) view: KeptView,
    pub(crate) hot: Hot,
    pub(crate) unit: Option<Uuid>,
    pub(crate) identifiers: BTreeSet<(&'static str, String)>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) held: Option<Held>,
    pub(crate) changed_at: i64,
    pub(crate) known: bool,
}

/// A fact whose sources disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) key: FactKey,
    pub(crate) since: i64,
}

/// A title, with the days between which it is valid; an open end is `9999-12-31`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) title: String,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
}

impl Derived {
    /// The state that follows: a subject nobody speaks of any more is empty, and one that is
    /// spoken of again is what a new one would be.
    pub(crate) fn state_of(&self, subject: &Identity) -> State {
        match subject.state {
            State::Active | State::Candidate if !self.known => State::Empty,
            State::Empty if self.known => {
                let coded = self.identifiers.iter().any(|(scheme, _)| matches!(*scheme, USCC | CODE));
                if needs_code(subject.kind) && !coded { State::Candidate } else { State::Active }
            }
            state => state,
        }
    }
}

/// Finds the units of a zone by name.
#[derive(Debug, Default)]
pub(crate) struct Units(pub(crate) HashMap<String, Uuid>);

impl Units {
    pub(crate) fn of_park(&self, park: Option<&str>) -> Option<Uuid> {
        self.0.get(&name_key(park?)).copied()
    }
}

/// Derives everything from a subject's statements, in the order of their numbers.
pub(crate) fn derive(
    catalogue: &Catalogue,
    units: &Units,
    parent_unit: Option<Uuid>,
    subject: &Identity,
    said: &[(&Statement, &Source)],
) -> Derived {
    let view = fold(said.iter().copied(), None);
    let hot = hot(subject.kind, &view);
    let moments: HashMap<i64, i64> = said.iter().map(|(said, _)| (said.seq, said.said_at.as_microsecond())).collect();
    let conflicts = view.disputed().map(|(key, shown)| {
        let latest = shown.said.iter().map(|word| word.seq).max().unwrap_or(shown.seq);
        Conflict { key: key.clone(), since: moments.get(&latest).copied().unwrap_or_default() }
    });
    Derived {
        view: KeptView::Own(view_texts(catalogue, &view)),
        known: said.iter().any(|(_, source)| source.undone_at.is_none()),
        unit: units.of_park(hot.park.as_deref()).or(parent_unit),
        identifiers: identifiers(subject, &view, said),
        conflicts: conflicts.collect(),
        held: held(subject.kind, &view),
        changed_at: moments.values().copied().max().unwrap_or(subject.created_at),
        hot,
    }
}

/// Every identifier that a statement still standing ever gave: a name that was changed stays
/// known as a former one.
fn identifiers(subject: &Identity, view: &View, said: &[(&Statement, &Source)]) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    for (statement, source) in said {
        if source.undone_at.is_none() {
            found.extend(identifiers_in(subject.kind, subject.parent, |field| timeless(&statement.values, field)));
        }
    }
    let shown_name = view.value(&FactKey::timeless("name")).map(|name| name_key(&plain(name))).unwrap_or_default();
    found
        .into_iter()
        .map(|(scheme, value)| if scheme == NAME && value != shown_name { (FORMER, value) } else { (scheme, value) })
        .collect()
}

/// The title that a record of one speaks of.
pub(crate) fn held(kind: SubjectKind, view: &impl Facts) -> Option<Held> {
    if kind != SubjectKind::Title {
        return None;
    }
    let word = |field: &str| view.value(&FactKey::timeless(field)).map(|value: &Value| plain(value));
    Some(Held {
        title: word("qualification_code")?,
        valid_from: word("valid_from").unwrap_or_default(),
        valid_to: word("valid_to").unwrap_or_else(|| "9999-12-31".to_owned()),
    })
}
