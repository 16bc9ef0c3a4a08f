//! Search by a part of a name or code, and the totals of lists: both kept in memory and brought up
//! to date when the register changes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use kernel::SubjectKind;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait as _, FromQueryResult, StreamTrait as _};
use uuid::Uuid;

use super::derive::State;
use super::list::ListQuery;
use super::names::{Entry, Names, Order};
use super::page::Cursor;
use crate::access::Scope;
use crate::write::Chain;
use crate::{Store, StoreError};

/// What a store keeps in memory of its register.
#[derive(Default)]
pub(crate) struct Caches {
    counts: Counts,
    names: tokio::sync::Mutex<Arc<Names>>,
    /// Past days whose lists were asked for.
    pub(super) past: super::past::PastDays,
    /// What accounts hold.
    pub(crate) powers: crate::access::Powers,
    /// The units.
    pub(crate) units: crate::access::KeptUnits,
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

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    unit_id: Option<Uuid>,
    search_text: String,
    revenue: i64,
    rd_expense: i64,
    employees: i64,
    registered_on: String,
    changed_at: i64,
}

/// What a search without filters finds: a page of ids in the order of the list, and the total.
pub(super) struct Searched {
    pub(super) ids: Vec<Uuid>,
    pub(super) total: u64,
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
        let units = units_of(scope);
        let names = self.names(revision).await?;
        let Some(lines) = names.of(kind) else { return Ok(Some(Vec::new())) };
        let near = lines.holding(word).filter(|entry| is_near(entry, units.as_ref()));
        let found: Vec<Uuid> = near.take(most + 1).map(|entry| entry.id).collect();
        Ok((found.len() <= most).then_some(found))
    }

    /// A page of the subjects whose name or code holds `word`, for a list that nothing else narrows
    /// but units: found, ordered and counted in memory. `None` for a scope of another form.
    pub(super) async fn search_page(
        &self,
        query: &ListQuery,
        word: &str,
        scope: &Scope,
        after: Option<&Cursor>,
        revision: i64,
    ) -> Result<Option<Searched>, StoreError> {
        if !matches!(scope, Scope::Zone | Scope::Units(_)) || !query.filters.is_empty() {
            return Ok(None);
        }
        let units = units_of(scope);
        let names = self.names(revision).await?;
        let Some(lines) = names.of(query.kind) else { return Ok(Some(Searched { ids: Vec::new(), total: 0 })) };
        let order = Order { sort: query.sort, descending: query.descending };
        let mut total = 0;
        let mut found: Vec<&Entry> = Vec::new();
        for entry in lines.holding(word) {
            if entry.state == query.state && is_near(entry, units.as_ref()) {
                total += 1;
                if after.is_none_or(|after| lines.is_behind(entry, after, order)) {
                    found.push(entry);
                }
            }
        }
        let rows = usize::try_from(query.limit).unwrap_or(usize::MAX).saturating_add(1);
        if rows < found.len() {
            found.select_nth_unstable_by(rows, |one, other| lines.compare(one, other, order));
            found.truncate(rows);
        }
        Ok(Some(Searched { ids: found.into_iter().map(|entry| entry.id).collect(), total }))
    }

    /// The names as of a revision or later: what changed since they were read last is read again.
    async fn names(&self, revision: i64) -> Result<Arc<Names>, StoreError> {
        let mut held = self.caches().names.lock().await;
        if held.revision >= revision {
            return Ok(held.clone());
        }
        let names = Arc::make_mut(&mut held);
        names.drop_worn();
        let query = Query::select()
            .columns(["id", "kind", "state", "unit_id", "search_text"])
            .columns(["revenue", "rd_expense", "employees", "registered_on", "changed_at"])
            .from("subject")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("revision").gt(names.revision))
            .to_owned();
        let mut rows = self.reader().stream(&query).await?;
        while let Some(row) = rows.next().await {
            let row = Row::from_query_result(&row?, "")?;
            let Some(state) = State::from_key(&row.state) else { continue };
            let entry = Entry {
                id: row.id,
                unit: row.unit_id,
                state,
                revenue: row.revenue,
                rd_expense: row.rd_expense,
                employees: row.employees,
                registered_on: row.registered_on.into_boxed_str(),
                changed_at: row.changed_at,
                ..Entry::default()
            };
            names.add(row.kind, entry, &row.search_text);
        }
        drop(rows);
        names.revision = revision;
        Ok(held.clone())
    }
}

/// The units a scope is limited to; `None` where it is not.
fn units_of(scope: &Scope) -> Option<HashSet<Uuid>> {
    match scope {
        Scope::Units(units) => Some(units.iter().map(|unit| unit.0).collect()),
        _ => None,
    }
}

fn is_near(entry: &Entry, units: Option<&HashSet<Uuid>>) -> bool {
    units.is_none_or(|units| entry.unit.is_some_and(|unit| units.contains(&unit)))
}
