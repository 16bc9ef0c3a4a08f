//! Cases side by side: by state, by day, by unit.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loops::{Kind, State};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Cond, Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::counting::{By, Counted, Group, Wanted, how_many};
use super::filter::CaseFilter;
use super::list::CaseQuery;
use super::parts::{Part, index_of};
use super::row::CaseRow;
use crate::access::{Action, Scope, UnitId, Viewer};
use crate::{Store, StoreError};

/// The index in which the cases of a kind lie by state and day.
const BY_STATE: &str = "case_by_state";

/// A state on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// The state.
    pub state: &'static State,
    /// How many cases are in it.
    pub total: u64,
    /// How many of them are past their day.
    pub overdue: u64,
    /// The first of them, the one due first at the top.
    pub rows: Vec<CaseRow>,
}

/// The cases of a unit in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCount {
    /// The unit in charge; `None` for cases that no unit has yet.
    pub unit: Option<UnitId>,
    /// Open cases.
    pub open: u64,
    /// Open ones past their day.
    pub overdue: u64,
    /// Ended cases.
    pub ended: u64,
    /// Ended ones that ended late.
    pub late: u64,
}

impl Store {
    /// The board of a kind: its states in their order, with counts and the first `first` cases of each.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn case_board(
        &self,
        viewer: &Viewer,
        kind: &'static Kind,
        filter: &CaseFilter,
        first: u64,
    ) -> Result<Vec<Lane>, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let filter = CaseFilter { kinds: vec![kind.key.to_owned()], ..filter.clone() };
        let parts = match standing.scope {
            Scope::Zone => {
                let index = index_of(&standing, &filter).or(Some(BY_STATE));
                vec![Part { which: self.wanted(&standing, &filter).await?, index }]
            }
            _ => self.wanted_in_parts(&standing, &filter, true).await?,
        };
        let groups = match filter.is_plain() {
            true => self.wanted_in_groups(&standing, &filter).await?,
            false => vec![Group { parts: parts.clone(), sums: None, turn: None }],
        };
        let counts = self.counted(&groups, &filter, Wanted { by: By::State, late: true, due: None }).await?;
        let mut lanes = Vec::new();
        for state in kind.states {
            let counted = Counted::all(counts.iter().filter_map(|counts| counts.get(state.key)));
            let (total, overdue) = (counted.found, counted.late);
            let rows = if total == 0 || first == 0 {
                Vec::new()
            } else {
                let here = |part: &Part| {
                    let here = Cond::all().add(part.which.clone()).add(Expr::col(("case_head", "state")).eq(state.key));
                    Part { which: here.add(Expr::col(("case_head", "open")).eq(!state.is_end())), ..part.clone() }
                };
                let parts: Vec<Part> = parts.iter().map(here).collect();
                self.rows_in_parts(&parts, &CaseQuery::default(), first).await?
            };
            lanes.push(Lane { state, total, overdue, rows });
        }
        Ok(lanes)
    }

    /// The open cases due on each day from the first to the last, at most `limit` in all; days without
    /// any are left out.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn case_calendar(
        &self,
        viewer: &Viewer,
        filter: &CaseFilter,
        days: (Date, Date),
        limit: u64,
    ) -> Result<BTreeMap<Date, Vec<CaseRow>>, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let filter = CaseFilter { open: Some(true), due_from: Some(days.0), due_by: Some(days.1), ..filter.clone() };
        let parts = self.wanted_in_parts(&standing, &filter, true).await?;
        let rows = self.rows_in_parts(&parts, &CaseQuery::default(), limit).await?;
        let mut calendar: BTreeMap<Date, Vec<CaseRow>> = BTreeMap::new();
        for row in rows {
            if let Some(day) = row.due_on() {
                calendar.entry(day).or_default().push(row);
            }
        }
        Ok(calendar)
    }

    /// The cases of each unit in figures, the one with most open cases first.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn cases_by_unit(&self, viewer: &Viewer, filter: &CaseFilter) -> Result<Vec<UnitCount>, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let now = self.clock().now().as_microsecond();
        let query = Query::select()
            .columns([("case_head", "unit"), ("case_head", "open"), ("case_head", "late")])
            .expr_as(Expr::col(Asterisk).count(), "found")
            .expr_as(how_many(Expr::col(("case_head", "due_at")).lt(now)), "overdue")
            .from("case_head")
            .and_where(Expr::col(("case_head", "zone")).eq(self.zone_id()))
            .cond_where(self.wanted(&standing, filter).await?)
            .group_by_col(("case_head", "unit"))
            .group_by_col(("case_head", "open"))
            .group_by_col(("case_head", "late"))
            .to_owned();
        let mut units: BTreeMap<Option<Uuid>, UnitCount> = BTreeMap::new();
        for row in self.reader().query_all(&query).await? {
            let unit: Option<Uuid> = row.try_get_by("unit")?;
            let (open, late): (bool, bool) = (row.try_get_by("open")?, row.try_get_by("late")?);
            let (found, overdue): (i64, i64) = (row.try_get_by("found")?, row.try_get_by("overdue")?);
            let blank = UnitCount { unit: unit.map(UnitId), open: 0, overdue: 0, ended: 0, late: 0 };
            let count = units.entry(unit).or_insert(blank);
            let found = found.unsigned_abs();
            if open {
                count.open += found;
                count.overdue += overdue.unsigned_abs();
            } else {
                count.ended += found;
                count.late += if late { found } else { 0 };
            }
        }
        let mut units: Vec<UnitCount> = units.into_values().collect();
        units.sort_by_key(|count| (std::cmp::Reverse(count.open), count.unit));
        Ok(units)
    }
}
