//! What waits for a person.

use super::filter::CaseFilter;
use super::list::CaseQuery;
use super::row::CaseRow;
use crate::access::{Action, Viewer};
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
}

impl Store {
    /// What waits for this person: each part that the person may stand in is looked up by itself.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn today(&self, viewer: &Viewer, limit: u64) -> Result<Today, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let mine = CaseFilter { mine: true, ..CaseFilter::default() };
        let mut parts = self.wanted_in_parts(&standing, &mine, true).await?;
        let counted = self.counted_in_parts(&parts).await?;
        let (total, overdue) =
            counted.iter().fold((0, 0), |(total, overdue), (found, late)| (total + found, overdue + late));
        let mut found = counted.iter().map(|(found, _)| *found > 0);
        parts.retain(|_| found.next().unwrap_or_default());
        let rows = self.rows_in_parts(&parts, &CaseQuery::default(), limit).await?;
        Ok(Today { rows, total, overdue })
    }
}
