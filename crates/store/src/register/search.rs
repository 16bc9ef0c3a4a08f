//! Search by a part of a name or code, and the totals of lists: both kept in memory and thrown
//! away when the register changes.
//!
//! Names lie in one text per kind, a line for each subject, and a search runs through it as fast
//! as memory is read. It is the same for both databases and needs no extension of either.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use kernel::SubjectKind;
use memchr::memmem;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait as _, FromQueryResult, StreamTrait as _};
use uuid::Uuid;

use crate::access::Scope;
use crate::write::Chain;
use crate::{Store, StoreError};

/// What a store keeps in memory of its register.
#[derive(Default)]
pub(crate) struct Caches {
    counts: Counts,
    names: tokio::sync::Mutex<Arc<Names>>,
    /// What accounts hold.
    pub(crate) powers: crate::access::Powers,
}

/// The totals of lists at one revision of the register.
#[derive(Default)]
pub(crate) struct Counts(Mutex<(i64, HashMap<String, u64>)>);

/// Totals kept at most.
const MOST_COUNTS: usize = 2_000;

impl Counts {
    fn lock(&self) -> MutexGuard<'_, (i64, HashMap<String, u64>)> {
        // A panic elsewhere cannot leave a map of numbers half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The total noted at this revision.
    pub(crate) fn get(&self, key: &str, revision: i64) -> Option<u64> {
        let held = self.lock();
        if held.0 == revision { held.1.get(key).copied() } else { None }
    }

    /// The total noted last, with the revision it was counted at.
    pub(crate) fn latest(&self, key: &str) -> Option<(i64, u64)> {
        let held = self.lock();
        held.1.get(key).map(|total| (held.0, *total))
    }

    /// Notes a total.
    pub(crate) fn put(&self, key: String, revision: i64, total: u64) {
        let mut held = self.lock();
        if held.0 != revision || held.1.len() >= MOST_COUNTS {
            held.1.clear();
            held.0 = revision;
        }
        held.1.insert(key, total);
    }
}

/// Every name at one revision.
#[derive(Clone, Default)]
struct Names {
    revision: i64,
    by_kind: HashMap<String, Lines>,
}

/// The names of one kind: an entry for each subject in one text.
#[derive(Clone, Default)]
struct Lines {
    text: String,
    /// Where each entry begins, whose it is, and the unit that subject belongs to.
    entries: Vec<(u32, Uuid, Option<Uuid>)>,
    /// The place in `entries` that counts for a subject; others are older.
    latest: HashMap<Uuid, u32>,
}

/// Ends an entry; no name holds it.
const END: char = '\u{0}';

impl Lines {
    fn add(&mut self, id: Uuid, unit: Option<Uuid>, search_text: &str) {
        let (Ok(start), Ok(place)) = (u32::try_from(self.text.len()), u32::try_from(self.entries.len())) else {
            return;
        };
        self.text.push_str(search_text);
        self.text.push(END);
        self.entries.push((start, id, unit));
        self.latest.insert(id, place);
    }

    /// Whether more entries are old than count.
    fn is_worn(&self) -> bool {
        self.entries.len() > 1_000 && self.entries.len() > self.latest.len() * 2
    }

    /// The subjects of these units, or of all, whose entry holds the word; `None` where more than
    /// `most` do.
    fn find(&self, word: &str, most: usize, units: Option<&HashSet<Uuid>>) -> Option<Vec<Uuid>> {
        let finder = memmem::Finder::new(word.as_bytes());
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(hit) = finder.find(&self.text.as_bytes()[from..]) {
            let hit = from + hit;
            let place = self.entries.partition_point(|(start, ..)| *start as usize <= hit) - 1;
            let (_, id, unit) = self.entries[place];
            let near = units.is_none_or(|units| unit.is_some_and(|unit| units.contains(&unit)));
            if near && self.latest.get(&id).copied() == u32::try_from(place).ok() {
                if found.len() == most {
                    return None;
                }
                found.push(id);
            }
            from = self.entries.get(place + 1).map_or(self.text.len(), |(start, ..)| *start as usize);
        }
        Some(found)
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    unit_id: Option<Uuid>,
    search_text: String,
}

impl Store {
    /// The number of the register's last change.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn revision(&self) -> Result<i64, StoreError> {
        let query = Query::select()
            .column("seq")
            .from("chain")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("name").eq(Chain::Register.key()))
            .to_owned();
        let row = self.reader().query_one(&query).await?.ok_or(StoreError::NotFound)?;
        Ok(row.try_get_by("seq")?)
    }

    /// Reads the names that searches look through, so that the first search need not wait for them.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn warm_up(&self) -> Result<(), StoreError> {
        let revision = self.revision().await?;
        self.names(revision).await.map(drop)
    }

    /// The totals noted so far.
    pub(crate) fn counts(&self) -> &Counts {
        &self.caches().counts
    }

    /// The subjects of a kind with a name or code that holds `word`; `None` where more than `most`
    /// do. Units out of scope are left out early to save work; the list's own condition decides.
    pub(super) async fn search_names(
        &self,
        kind: SubjectKind,
        word: &str,
        most: usize,
        scope: &Scope,
        revision: i64,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let units: Option<HashSet<Uuid>> = match scope {
            Scope::Units(units) => Some(units.iter().map(|unit| unit.0).collect()),
            _ => None,
        };
        let names = self.names(revision).await?;
        let lines = names.by_kind.get(kind.key());
        Ok(lines.map_or_else(|| Some(Vec::new()), |lines| lines.find(word, most, units.as_ref())))
    }

    /// The names as of a revision or later: what changed since they were read last is read again.
    async fn names(&self, revision: i64) -> Result<Arc<Names>, StoreError> {
        let mut held = self.caches().names.lock().await;
        if held.revision >= revision {
            return Ok(held.clone());
        }
        let worn = held.by_kind.values().any(Lines::is_worn);
        let names = if worn { Arc::make_mut(&mut held).clear() } else { Arc::make_mut(&mut held) };
        let query = Query::select()
            .columns(["id", "kind", "unit_id", "search_text"])
            .from("subject")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("revision").gt(names.revision))
            .to_owned();
        let mut rows = self.reader().stream(&query).await?;
        while let Some(row) = rows.next().await {
            let row = Row::from_query_result(&row?, "")?;
            names.by_kind.entry(row.kind).or_default().add(row.id, row.unit_id, &row.search_text);
        }
        drop(rows);
        names.revision = revision;
        Ok(held.clone())
    }
}

impl Names {
    fn clear(&mut self) -> &mut Self {
        *self = Names::default();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_entry_of_a_subject_counts_and_others_do_not() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut lines = Lines::default();
        lines.add(one, None, "先手科技有限公司\n91410100ma");
        lines.add(two, None, "后手科技有限公司\n老字号");
        assert_eq!(lines.find("科技", 9, None), Some(vec![one, two]));
        assert_eq!(lines.find("科技", 1, None), None);
        assert_eq!(lines.find("ma\u{0}后", 9, None), Some(vec![one]), "the end of an entry is part of no name");
        lines.add(one, None, "改名公司");
        assert_eq!(lines.find("先手", 9, None), Some(vec![]));
        assert_eq!(lines.find("改名", 9, None), Some(vec![one]));
    }
}
