//! How the enterprises of the register stand to each policy, as the last round found it.

use kernel::{SubjectId, SubjectKind};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::access::Scope;
use crate::register::way::Way;
use crate::{State, Store, StoreError};

/// Enterprises with one answer to one version for the same conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The policy's id.
    pub policy: String,
    /// The version that was used.
    pub version: String,
    /// The answer.
    pub answer: String,
    /// The ids of the conditions that certainly fail, parted by spaces.
    pub failed: String,
    /// How many.
    pub enterprises: u64,
}

#[derive(FromQueryResult)]
struct Row {
    policy: String,
    version: String,
    answer: String,
    failed: String,
    enterprises: i64,
}

impl Store {
    /// How the enterprises within `scope` stand to every policy.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn policy_stands(&self, scope: &Scope) -> Result<Vec<Stand>, StoreError> {
        let rows = self.reader().query_all_raw(self.along(Way::Unit, &self.stands_within(scope))).await?;
        rows.iter()
            .map(|row| {
                let Row { policy, version, answer, failed, enterprises } = Row::from_query_result(row, "")?;
                Ok(Stand { policy, version, answer, failed, enterprises: enterprises.unsigned_abs() })
            })
            .collect()
    }

    /// The enterprises within `scope` that have this answer to a policy.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn enterprises_that(
        &self,
        policy: &str,
        answer: &str,
        scope: &Scope,
    ) -> Result<Vec<SubjectId>, StoreError> {
        let query = self
            .verdicts_within(scope)
            .column(("subject", "id"))
            .and_where(Expr::col(("verdict", "policy")).eq(policy))
            .and_where(Expr::col(("verdict", "answer")).eq(answer))
            .to_owned();
        let rows = self.reader().query_all_raw(self.along(Way::Unit, &query)).await?;
        rows.iter().map(|row| Ok(SubjectId(row.try_get_by::<Uuid, _>("id")?))).collect()
    }

    fn stands_within(&self, scope: &Scope) -> SelectStatement {
        let columns = ["policy", "version", "answer", "failed"];
        self.verdicts_within(scope)
            .columns(columns.map(|column| ("verdict", column)))
            .expr_as(Func::count(Expr::val(1)), "enterprises")
            .group_by_columns(columns.map(|column| ("verdict", column)))
            .to_owned()
    }

    fn verdicts_within(&self, scope: &Scope) -> SelectStatement {
        let both = |one: &'static str, other: &'static str| Expr::col(("verdict", one)).equals(("subject", other));
        Query::select()
            .from("subject")
            .inner_join("verdict", both("zone", "zone").and(both("subject", "id")))
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("subject", "kind")).eq(SubjectKind::Enterprise.key()))
            .and_where(Expr::col(("subject", "state")).eq(State::Active.key()))
            .cond_where(scope.condition("subject"))
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::Catalogue;

    use super::*;
    use crate::Location;

    #[tokio::test]
    async fn the_stand_of_policies_is_read_from_enterprises_to_verdicts_and_never_the_other_way() {
        let directory = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(directory.path().join("zone.db"));
        let store = Store::migrate(&location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
        for scope in [Scope::Zone, Scope::Units(vec![crate::access::UnitId(Uuid::nil())])] {
            let mut explained = store.along(Way::Unit, &store.stands_within(&scope));
            explained.sql = format!("EXPLAIN QUERY PLAN {}", explained.sql);
            let steps = store.reader().query_all_raw(explained).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|step| step.try_get_by("detail").unwrap()).collect();
            assert!(steps[0].contains("subject USING COVERING INDEX subject_by_unit"), "{steps:?}");
            assert!(steps[1].contains("verdict USING PRIMARY KEY (zone=? AND subject=?)"), "{steps:?}");
        }
    }
}
