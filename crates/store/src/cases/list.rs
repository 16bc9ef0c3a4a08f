//! Lists of cases: sort, page by page, counts, exports.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use sea_orm::Value;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _};
use uuid::Uuid;

use super::counting::{By, Counted, Wanted};
use super::filter::CaseFilter;
use super::looking::Looking;
use super::parts::index_of;
use super::row::{CaseRow, micros};
use crate::access::{Action, Viewer};
use crate::{Store, StoreError};

/// The orders a list of cases can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CaseSort {
    /// By the day it is due; what has none comes last.
    #[default]
    Due,
    /// By the moment it was opened.
    Opened,
    /// By the moment of its last event.
    Changed,
    /// By its number.
    Number,
}

impl CaseSort {
    /// Every order.
    pub const ALL: &'static [CaseSort] = &[CaseSort::Due, CaseSort::Opened, CaseSort::Changed, CaseSort::Number];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            CaseSort::Due => "due",
            CaseSort::Opened => "opened",
            CaseSort::Changed => "changed",
            CaseSort::Number => "number",
        }
    }

    /// The order with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sort| sort.key() == key)
    }

    pub(crate) fn column(self) -> &'static str {
        match self {
            CaseSort::Due => "due_at",
            CaseSort::Opened => "opened_at",
            CaseSort::Changed => "changed_at",
            CaseSort::Number => "number",
        }
    }

    fn place(self, row: &CaseRow) -> String {
        match self {
            CaseSort::Due => micros(row.due_at).to_string(),
            CaseSort::Opened => row.opened_at.as_microsecond().to_string(),
            CaseSort::Changed => row.changed_at.as_microsecond().to_string(),
            CaseSort::Number => row.number.clone(),
        }
    }

    /// The rows in this order, those that are alike by their ids.
    pub(crate) fn compare(self, one: &CaseRow, other: &CaseRow) -> Ordering {
        let first = match self {
            CaseSort::Due => micros(one.due_at).cmp(&micros(other.due_at)),
            CaseSort::Opened => one.opened_at.cmp(&other.opened_at),
            CaseSort::Changed => one.changed_at.cmp(&other.changed_at),
            CaseSort::Number => one.number.cmp(&other.number),
        };
        first.then(one.id.cmp(&other.id))
    }

    fn value(self, place: &str) -> Option<Value> {
        match self {
            CaseSort::Number => Some(place.into()),
            _ => place.parse::<i64>().ok().map(Value::from),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// Which cases.
    pub filter: CaseFilter,
    /// In which order.
    pub sort: CaseSort,
    /// Whether the last comes first.
    pub descending: bool,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Rows on a page; 0 for 50.
    pub limit: u64,
}

/// Rows of a list, and where the next begin.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePage {
    /// The rows.
    pub rows: Vec<CaseRow>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

impl CaseQuery {
    /// The condition that a row lies behind the page before; everything on the first page.
    pub(crate) fn behind(&self) -> Result<Condition, StoreError> {
        match &self.after {
            Some(after) => behind(self, after).ok_or_else(no_such_page),
            None => Ok(Cond::all()),
        }
    }
}

impl Store {
    /// A page of the cases this person may see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal where `after` belongs to another list; what the database reports.
    pub async fn cases(&self, viewer: &Viewer, query: &CaseQuery) -> Result<CasePage, StoreError> {
        self.looking(viewer).await?.cases(query).await
    }

    /// How many cases a filter finds among those this person may see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn count_cases(&self, viewer: &Viewer, filter: &CaseFilter) -> Result<u64, StoreError> {
        self.looking(viewer).await?.count_cases(filter).await
    }

    /// The rows of a list from its beginning, 500 at a time, for an export: the same filter, order and
    /// sight as on the screen. `each` returns whether it wants more.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports, or what `each` returns.
    pub async fn export_cases(
        &self,
        viewer: &Viewer,
        query: &CaseQuery,
        mut each: impl FnMut(Vec<CaseRow>) -> Result<bool, StoreError> + Send,
    ) -> Result<(), StoreError> {
        viewer.require(Action::Export)?;
        let mut query = CaseQuery { after: None, limit: 500, ..query.clone() };
        loop {
            let page = self.cases(viewer, &query).await?;
            if !each(page.rows)? || page.next.is_none() {
                return Ok(());
            }
            query.after = page.next;
        }
    }
}

impl Looking {
    /// A page of the cases this person may see.
    ///
    /// # Errors
    /// A refusal where `after` belongs to another list; what the database reports.
    pub async fn cases(&self, query: &CaseQuery) -> Result<CasePage, StoreError> {
        let (store, standing) = (&self.store, &self.standing);
        let by_day = query.sort == CaseSort::Due && query.filter.open.is_some();
        let by_change = query.sort == CaseSort::Changed && query.filter.is_of_change();
        let parts = match by_change && index_of(standing, &query.filter).is_none() {
            true => vec![store.wanted_by_change(standing, &query.filter).await?],
            false => store.wanted_in_parts(standing, &query.filter, by_day).await?,
        };
        let limit = if query.limit == 0 { 50 } else { query.limit };
        let mut rows = store.rows_in_parts(&parts, query, limit + 1).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", query.sort.place(row), row.id));
        Ok(CasePage { rows, next })
    }

    /// How many cases a filter finds among those this person may see.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count_cases(&self, filter: &CaseFilter) -> Result<u64, StoreError> {
        let groups = self.store.wanted_in_groups(&self.standing, filter).await?;
        let wanted = Wanted { by: By::Nothing, late: false, due: None };
        let counted = self.store.counted(&groups, filter, wanted).await?;
        Ok(Counted::all(counted.iter().flat_map(BTreeMap::values)).found)
    }
}

/// The condition that a row lies behind the place where a page ended.
fn behind(query: &CaseQuery, after: &str) -> Option<Condition> {
    let (place, id) = after.rsplit_once('~')?;
    let id: Uuid = id.parse().ok()?;
    let here = Expr::tuple([Expr::col(("case_head", query.sort.column())), Expr::col(("case_head", "id"))]);
    let last = Expr::tuple([Expr::val(query.sort.value(place)?), Expr::val(id)]);
    Some(Cond::all().add(if query.descending { here.lt(last) } else { here.gt(last) }))
}

fn no_such_page() -> StoreError {
    StoreError::refused("页码已失效，请从第一页重新查看。", "This page is no longer there; begin at the first page.")
}
