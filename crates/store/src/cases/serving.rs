//! How much each service officer has to do, and which firms are without one.

use std::collections::BTreeMap;

use kernel::{SubjectId, SubjectKind};
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait as _, FromQueryResult as _};
use uuid::Uuid;

use super::officers::{Row, select, serving};
use crate::access::{Action, UnitId, Viewer};
use crate::{State, Store, StoreError};

/// How much an officer has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerLoad {
    /// The account.
    pub account: String,
    /// The person's name.
    pub display_name: String,
    /// The person's unit.
    pub unit: UnitId,
    /// Whether the account can still be used as an officer.
    pub serves: bool,
    /// Firms.
    pub firms: u64,
    /// Open cases with this officer.
    pub open: u64,
}

/// A firm without an officer who can serve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserved {
    /// The firm.
    pub subject: SubjectId,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// The officer it had, whose account is closed or no officer's any more.
    pub left: Option<String>,
}

impl Store {
    /// What every officer has to do, and what those left behind who serve no longer: firms and open
    /// cases, by name.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn officer_loads(&self) -> Result<Vec<OfficerLoad>, StoreError> {
        let firms = self.counted_by("service_officer", "account", Expr::col("until").is_null()).await?;
        let open = self.counted_by("case_head", "officer", Expr::col("open").eq(true)).await?;
        let names = self.reader().query_all(&serving(self.zone_id())).await?;
        let serving = names.iter().map(|row| row.try_get_by::<String, _>("name")).collect::<Result<Vec<_>, _>>()?;
        let mut loads = Vec::new();
        let wanted: std::collections::BTreeSet<&String> =
            serving.iter().chain(firms.keys()).chain(open.keys()).collect();
        let query = crate::access::select_accounts(self.zone_id())
            .and_where(Expr::col("name").is_in(wanted.iter().map(|name| name.as_str())))
            .order_by("name", Order::Asc)
            .to_owned();
        for row in self.reader().query_all(&query).await? {
            let name: String = row.try_get_by("name")?;
            loads.push(OfficerLoad {
                display_name: row.try_get_by("display_name")?,
                unit: UnitId(row.try_get_by("unit")?),
                serves: serving.contains(&name),
                firms: firms.get(&name).copied().unwrap_or_default(),
                open: open.get(&name).copied().unwrap_or_default(),
                account: name,
            });
        }
        Ok(loads)
    }

    async fn counted_by(
        &self,
        table: &'static str,
        column: &'static str,
        which: Expr,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let query = Query::select()
            .column(column)
            .expr_as(Expr::col(Asterisk).count(), "found")
            .from(table)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col(column).is_not_null())
            .and_where(which)
            .group_by_col(column)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter()
            .map(|row| Ok((row.try_get_by(column)?, row.try_get_by::<i64, _>("found")?.unsigned_abs())))
            .collect()
    }

    /// Firms within the person's rows that no officer serves, or whose officer has left, by name: at most
    /// `limit` behind the first `skip`, and how many there are.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], or what the database reports.
    pub async fn firms_without_officer(
        &self,
        viewer: &Viewer,
        skip: u64,
        limit: u64,
    ) -> Result<(Vec<Unserved>, u64), StoreError> {
        viewer.require(Action::ReadCases)?;
        let served = Query::select()
            .column("subject")
            .from("service_officer")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("until").is_null())
            .and_where(Expr::col("account").in_subquery(serving(self.zone_id())))
            .to_owned();
        let mut query = Query::select();
        query
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("subject", "kind")).eq(SubjectKind::Enterprise.key()))
            .and_where(Expr::col(("subject", "state")).eq(State::Active.key()))
            .and_where(Expr::col(("subject", "id")).in_subquery(served).not())
            .cond_where(viewer.scope_for(Action::ReadCases).condition("subject"));
        let mut count = query.clone();
        count.expr_as(Expr::col(Asterisk).count(), "found");
        let found: i64 = self.reader().query_one(&count).await?.map_or(Ok(0), |row| row.try_get_by("found"))?;
        query
            .columns([("subject", "id"), ("subject", "name"), ("subject", "unit_id")])
            .order_by(("subject", "name_key"), Order::Asc)
            .order_by(("subject", "id"), Order::Asc)
            .limit(limit)
            .offset(skip);
        let mut firms = Vec::new();
        for row in self.reader().query_all(&query).await? {
            let (subject, unit): (Uuid, Option<Uuid>) = (row.try_get_by("id")?, row.try_get_by("unit_id")?);
            let name = row.try_get_by("name")?;
            firms.push(Unserved { subject: SubjectId(subject), name, unit: unit.map(UnitId), left: None });
        }
        self.add_who_left(&mut firms).await?;
        Ok((firms, found.unsigned_abs()))
    }

    async fn add_who_left(&self, firms: &mut [Unserved]) -> Result<(), StoreError> {
        let query = select(self.zone_id())
            .and_where(Expr::col("until").is_null())
            .and_where(Expr::col("subject").is_in(firms.iter().map(|firm| firm.subject.0)))
            .to_owned();
        for row in self.reader().query_all(&query).await? {
            let service = Row::from_query_result(&row, "")?.service();
            if let Some(firm) = firms.iter_mut().find(|firm| firm.subject == service.subject) {
                firm.left = Some(service.account);
            }
        }
        Ok(())
    }
}
