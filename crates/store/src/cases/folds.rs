//! Cases with what their events make of them, for figures over many.

use std::collections::HashMap;

use loops::{Case, Promise};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use uuid::Uuid;

use super::filter::CaseFilter;
use super::row::{self, CaseId, CaseRow};
use crate::access::{Action, Viewer};
use crate::{Store, StoreError};

/// How many cases are read at once.
const AT_ONCE: u64 = 2_000;

impl Store {
    /// What was promised with the approvals among some cases of a list that was read for a person.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn promises_of(&self, rows: &[CaseRow]) -> Result<HashMap<CaseId, Promise>, StoreError> {
        let approvals: Vec<Uuid> = rows.iter().filter(|row| row.kind.key == "approval").map(|row| row.id.0).collect();
        let mut found = HashMap::new();
        for some in approvals.chunks(AT_ONCE as usize) {
            let mut query = Query::select();
            query.columns(["id", "kept"]).from("case_head").and_where(Expr::col("zone").eq(self.zone_id()));
            query.and_where(Expr::col("id").is_in(some.iter().copied()));
            for row in self.reader().query_all(&query).await? {
                let (id, kept): (Uuid, String) = (row.try_get_by("id")?, row.try_get_by("kept")?);
                if let Some(promise) = Case::from_kept(&kept).and_then(|case| case.promise) {
                    found.insert(CaseId(id), promise);
                }
            }
        }
        Ok(found)
    }

    /// Every case that a filter finds among those this person may see, each with its fold: stays, units,
    /// ratings. Read a part at a time; the caller's filter keeps the number within bounds.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn case_folds(&self, viewer: &Viewer, filter: &CaseFilter) -> Result<Vec<(CaseRow, Case)>, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let wanted = self.wanted(&standing, filter).await?;
        let mut found: Vec<(CaseRow, Case)> = Vec::new();
        loop {
            let mut query = row::select(self.zone_id());
            query.column(("case_head", "kept")).cond_where(wanted.clone());
            query.order_by(("case_head", "id"), Order::Asc).limit(AT_ONCE);
            if let Some((last, _)) = found.last() {
                query.and_where(Expr::col(("case_head", "id")).gt(last.id.0));
            }
            let rows = self.reader().query_all(&query).await?;
            for one in &rows {
                let (row, kept): (CaseRow, String) = (row::read(one)?, one.try_get_by("kept")?);
                let case = match Case::from_kept(&kept) {
                    Some(case) => case,
                    None => super::events::replayed(self.reader(), self.zone_id(), row.id).await?,
                };
                found.push((row, case));
            }
            if (rows.len() as u64) < AT_ONCE {
                return Ok(found);
            }
        }
    }
}
