//! Cases that were opened for something once: found by what they were opened for.

use std::collections::BTreeSet;

use loops::{Case, Kind};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use uuid::Uuid;

use super::row::{self, CaseId, CaseRow};
use super::view::CaseView;
use crate::access::{Action, Viewer};
use crate::{Store, StoreError};

/// Occasions in one statement.
const AT_ONCE: usize = 500;

impl Store {
    /// The cases of a kind that were opened for one of these occasions, each with its fold, as far as this
    /// person may see them. The caller's list keeps the number within bounds.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn cases_for(
        &self,
        viewer: &Viewer,
        kind: &Kind,
        occasions: &[String],
    ) -> Result<Vec<(CaseRow, Case)>, StoreError> {
        viewer.require(Action::ReadCases)?;
        let sees = self.standing_of(viewer).await?.sees_kinds(self.zone_id(), &[kind.key.to_owned()]);
        let mut found = Vec::new();
        for some in occasions.chunks(AT_ONCE) {
            let mut query = row::select(self.zone_id());
            query.column(("case_head", "kept")).cond_where(sees.clone());
            query.and_where(Expr::col(("case_head", "kind")).eq(kind.key));
            query.and_where(Expr::col(("case_head", "occasion")).is_in(some.iter().map(String::as_str)));
            for one in &self.reader().query_all(&query).await? {
                let (row, kept): (CaseRow, String) = (row::read(one)?, one.try_get_by("kept")?);
                let case = match Case::from_kept(&kept) {
                    Some(case) => case,
                    None => super::events::replayed(self.reader(), self.zone_id(), row.id).await?,
                };
                found.push((row, case));
            }
        }
        Ok(found)
    }

    /// For which of these occasions a case of a kind was opened, whoever may see it: what need not be
    /// opened any more.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn occasions_met(&self, kind: &Kind, occasions: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let mut met = BTreeSet::new();
        for some in occasions.chunks(AT_ONCE) {
            let query = Query::select()
                .column("occasion")
                .from("case_head")
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("kind").eq(kind.key))
                .and_where(Expr::col("occasion").is_in(some.iter().map(String::as_str)))
                .to_owned();
            for row in self.reader().query_all(&query).await? {
                met.insert(row.try_get_by("occasion")?);
            }
        }
        Ok(met)
    }

    /// The last case of a kind in a state whose occasion lies between two texts, the second left out: the
    /// report of the period before. `None` where there is none that the person may see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn last_case_between(
        &self,
        viewer: &Viewer,
        kind: &Kind,
        state: &str,
        (from, to): (&str, &str),
    ) -> Result<Option<CaseView>, StoreError> {
        let query = Query::select()
            .column("id")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq(kind.key))
            .and_where(Expr::col("occasion").gte(from))
            .and_where(Expr::col("occasion").lt(to))
            // The order of letters is the database's to choose; what it begins with is not.
            .and_where(Expr::col("occasion").like(format!("{from}%")))
            .and_where(Expr::col("state").eq(state))
            .order_by("occasion", Order::Desc)
            .limit(1)
            .to_owned();
        match self.reader().query_one(&query).await? {
            Some(row) => self.case(viewer, CaseId(row.try_get_by::<Uuid, _>("id")?)).await,
            None => Ok(None),
        }
    }
}
