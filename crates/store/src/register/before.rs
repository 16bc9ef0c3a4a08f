//! What the register held before a load, asked of a reader while the load writes.
//!
//! The writer answers one question at a time: rows that ask it whom they speak of wait until those
//! before them are written. As long as a load has done nothing but make new subjects, a reader
//! knows whatever it has not made itself, and for that it remembers what its own are known by.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use sea_orm::{DatabaseConnection, DbBackend};

use super::drafting::Identifier;
use super::identity::{FORMER, NAME};
use crate::Tx;

/// The register before a load.
pub(crate) struct Before {
    reader: Option<DatabaseConnection>,
    /// The identifiers of the subjects that the load has made, hashed: of two that are taken for the
    /// same the writer is asked, so nothing is lost by a false alarm.
    made: HashSet<u64>,
    hasher: RandomState,
}

impl Before {
    /// PostgreSQL lets others write beside a load, so there only the load's own connection will do.
    pub(crate) fn new(tx: &Tx) -> Self {
        let alone = tx.store().backend() == DbBackend::Sqlite;
        Self { reader: alone.then(|| tx.store().reader().clone()), made: HashSet::new(), hasher: RandomState::new() }
    }

    /// The reader, where it knows all there is to know about these identifiers.
    pub(crate) fn knows(&self, wanted: &[Identifier]) -> Option<&DatabaseConnection> {
        let own = wanted.iter().any(|identifier| self.made.contains(&self.hash(identifier)));
        self.reader.as_ref().filter(|_| !own)
    }

    /// Notes what a new subject is known by.
    pub(crate) fn made(&mut self, identifiers: &[Identifier]) {
        for identifier in identifiers {
            self.made.insert(self.hash(identifier));
        }
    }

    /// The load has changed what the register held.
    pub(crate) fn changed(&mut self) {
        self.reader = None;
    }

    fn hash(&self, (scheme, value): &Identifier) -> u64 {
        // A name is looked for among former names as well.
        let scheme = if *scheme == FORMER { NAME } else { scheme };
        self.hasher.hash_one((scheme, value))
    }
}
