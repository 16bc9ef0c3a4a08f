//! What waits for a person.

use std::collections::BTreeMap;

use super::counting::{By, Counted, Wanted};
use super::filter::CaseFilter;
use super::list::CaseQuery;
use super::looking::Looking;
use super::parts::Part;
use super::row::CaseRow;
use crate::access::Viewer;
use crate::{Store, StoreError};

/// What waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    /// The first of them, the one due first at the top.
    pub rows: Vec<CaseRow>,
    /// How many there are.
    pub total: u64,
    /// How many of them are past their day.
    pub overdue: u64,
    /// How many there are of each kind, by its key; a kind of which nothing waits may be left out.
    pub kinds: BTreeMap<String, u64>,
}

impl Store {
    /// What waits for this person: each part that the person may stand in is looked up by itself.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn today(&self, viewer: &Viewer, limit: u64) -> Result<Today, StoreError> {
        self.looking(viewer).await?.today(limit).await
    }
}

impl Looking {
    /// What waits for this person, as [`Store::today`].
    ///
    /// # Errors
    /// What the database reports.
    pub async fn today(&self, limit: u64) -> Result<Today, StoreError> {
        let store = &self.store;
        let mine = CaseFilter { mine: true, ..CaseFilter::default() };
        let groups = store.wanted_in_groups(&self.standing, &mine).await?;
        let counted = store.counted(&groups, &mine, Wanted { by: By::Kind, late: true, due: None }).await?;
        let all = Counted::all(counted.iter().flat_map(BTreeMap::values));
        let mut kinds = BTreeMap::new();
        for (kind, figures) in counted.iter().flatten() {
            *kinds.entry(kind.clone()).or_default() += figures.found;
        }
        let some = groups.into_iter().zip(&counted).filter(|(_, counted)| counted.values().any(|kind| kind.found > 0));
        let parts: Vec<Part> = some.flat_map(|(group, _)| group.parts).collect();
        let rows = store.rows_in_parts(&parts, &CaseQuery::default(), limit).await?;
        Ok(Today { rows, total: all.found, overdue: all.late, kinds })
    }
}
