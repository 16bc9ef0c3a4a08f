//! What follows from a row by itself: worked out on another thread while the database writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::{Catalogue, FactKey, Place, SubjectId, SubjectKind, Value};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::derive::{Derived, Held, Identity, Units, held};
use super::hot::{Hot, SaidOnce, hot, plain};
use super::identity::{NAME, USCC, identifiers_in, timeless};
use super::ledger::Sealed;
use super::load::NewStatement;
use super::normal::{code_key, name_key};
use super::shown::KeptView;
use crate::StoreError;

/// How many rows are worked on at a time: enough to ask the database seldom, few enough that a
/// long sheet never lies in memory as a whole.
const CHUNK: usize = 250;

/// Rows of one kind of subject.
type Chunk = (SubjectKind, Vec<Drafted>);

/// A scheme and a value by which a subject is known.
pub(crate) type Identifier = (&'static str, String);

/// A row with everything that follows from it whoever its subject is.
pub(crate) struct Drafted {
    kind: SubjectKind,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) place: Place,
    pub(crate) values: BTreeMap<FactKey, Option<Value>>,
    pub(crate) sealed: Sealed,
    /// The codes and names of its owner, if it names one.
    pub(crate) owner_keys: Vec<Identifier>,
    pub(crate) hot: Hot,
    pub(crate) held: Option<Held>,
}

impl Drafted {
    fn of(catalogue: &Catalogue, kind: SubjectKind, row: NewStatement) -> Self {
        let NewStatement { subject, kind: own, place, values } = row;
        let kind = own.unwrap_or(kind);
        let said = SaidOnce::of(&values);
        let (hot, held) = (hot(kind, &said), held(kind, &said));
        Self {
            kind,
            subject,
            place: place.unwrap_or(Place::Whole),
            sealed: Sealed::of(catalogue, &values),
            owner_keys: owner_keys(&values),
            hot,
            held,
            values,
        }
    }

    /// The identifiers that the row gives its subject, whose owner is known by now.
    pub(crate) fn identifiers(&self, kind: SubjectKind, owner: Option<Uuid>) -> Vec<Identifier> {
        identifiers_in(kind, owner, |field| timeless(&self.values, field))
    }
}

fn owner_keys(values: &BTreeMap<FactKey, Option<Value>>) -> Vec<Identifier> {
    let mut keys = Vec::new();
    if let Some(code) = timeless(values, "owner_uscc") {
        keys.push((USCC, code_key(&plain(code))));
    }
    if let Some(name) = timeless(values, "owner_name") {
        keys.push((NAME, name_key(&plain(name))));
    }
    keys
}

/// Rows under way from the sheet to the register.
pub(crate) struct Drafts {
    chunks: mpsc::Receiver<Chunk>,
    at_work: JoinHandle<()>,
}

impl Drafts {
    /// Begins to draft rows on a thread of its own, a few chunks ahead of who takes them.
    pub(crate) fn begin<I>(rows: I, catalogue: Arc<Catalogue>, kind: SubjectKind) -> Self
    where
        I: Iterator<Item = NewStatement> + Send + 'static,
    {
        let (give, chunks) = mpsc::channel(2);
        let at_work = tokio::task::spawn_blocking(move || {
            let mut drafts = rows.map(|row| Drafted::of(&catalogue, kind, row)).peekable();
            while let Some(kind) = drafts.peek().map(|first| first.kind) {
                let same = std::iter::from_fn(|| drafts.next_if(|next| next.kind == kind));
                if give.blocking_send((kind, same.take(CHUNK).collect())).is_err() {
                    return;
                }
            }
        });
        Self { chunks, at_work }
    }

    /// The next rows, all of one kind.
    pub(crate) async fn next(&mut self) -> Option<Chunk> {
        self.chunks.recv().await
    }

    /// Whether all rows came: a sheet that broke off must not be taken for a short one.
    pub(crate) async fn end(self) -> Result<(), StoreError> {
        drop(self.chunks);
        self.at_work.await.map_err(|error| StoreError::Database(error.to_string()))
    }
}

/// A new subject of which one statement tells everything: no fold is needed to show it.
pub(crate) struct Alone {
    pub(crate) subject: Uuid,
    pub(crate) seq: i64,
    pub(crate) hot: Hot,
    pub(crate) held: Option<Held>,
    pub(crate) identifiers: Vec<Identifier>,
}

impl Alone {
    /// The same as [`super::derive::derive`] gives for this one statement.
    pub(crate) fn derive(self, units: &Units, parent_unit: Option<Uuid>, subject: &Identity) -> Derived {
        Derived {
            unit: units.of_park(self.hot.park.as_deref()).or(parent_unit),
            identifiers: BTreeSet::from_iter(self.identifiers),
            conflicts: Vec::new(),
            held: self.held,
            changed_at: subject.created_at,
            known: true,
            view: KeptView::Of(self.seq),
            hot: self.hot,
        }
    }
}
