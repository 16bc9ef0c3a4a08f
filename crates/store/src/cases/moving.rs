//! Units that were split or merged, officers who left: their cases go on.

use loops::{Actor, Event, Given, Party, TRANSFER};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query};
use serde_json::json;
use uuid::Uuid;

use super::row::{self, CaseId};
use crate::access::{Action, UnitId, Viewer};
use crate::write::Chain;
use crate::{Event as LogEvent, Store, StoreError, Tx};

impl Store {
    /// Hands every open case of a unit over to the unit that takes its place, in one act: each case gets
    /// its event, and its clock runs on. Cases in which the unit assists go over too. Returns how many.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal without a reason, or for a unit that is not there or closed.
    pub async fn move_cases(&self, viewer: &Viewer, from: UnitId, to: UnitId, reason: &str) -> Result<u64, StoreError> {
        viewer.require(Action::MoveCases)?;
        if reason.trim().is_empty() {
            return Err(StoreError::refused("请写明转办的理由。", "Say why the cases go over."));
        }
        if from == to {
            return Err(StoreError::refused(
                "转出和转入是同一单位，请另选。",
                "Both units are the same; choose another.",
            ));
        }
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            let cases = tx.cases_of(from).await?;
            for id in &cases {
                tx.transfer(viewer, *id, from, to, reason).await?;
            }
            let data = json!({"from": from, "to": to, "cases": cases.len(), "reason": reason});
            tx.append_event(LogEvent::new("cases.moved", viewer.name.as_str()).about("unit", from).with(data)).await?;
            Ok(cases.len() as u64)
        })
        .await
    }
}

impl Tx {
    /// The open cases in which a unit is in charge or assists.
    async fn cases_of(&self, unit: UnitId) -> Result<Vec<CaseId>, StoreError> {
        let assists = Query::select()
            .column("case_id")
            .from("case_unit")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("unit").eq(unit.0))
            .and_where(Expr::col("part").eq("assisting"))
            .to_owned();
        let query = Query::select()
            .column("id")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("open").eq(true))
            .cond_where(Cond::any().add(Expr::col("unit").eq(unit.0)).add(Expr::col("id").in_subquery(assists)))
            .order_by("id", Order::Asc)
            .to_owned();
        let rows = self.connection().query_all(&query).await?;
        rows.iter().map(|row| Ok(CaseId(row.try_get_by::<Uuid, _>("id")?))).collect()
    }

    async fn transfer(
        &self,
        viewer: &Viewer,
        id: CaseId,
        from: UnitId,
        to: UnitId,
        reason: &str,
    ) -> Result<(), StoreError> {
        let found = row::found(self.connection(), self.zone_id(), id).await?;
        let (row, case) = found.ok_or(StoreError::NotFound)?;
        let (from, to) = (from.to_string(), to.to_string());
        let over = |unit: &String| if *unit == from { to.clone() } else { unit.clone() };
        let given = Given {
            unit: case.unit.as_ref().map(over),
            assisting: case.assisting.iter().map(over).collect(),
            text: Some(reason.to_owned()),
            ..Given::default()
        };
        let event = Event {
            seq: case.seq + 1,
            at: self.now().max(case.changed_at),
            by: Actor { person: viewer.name.clone(), party: Party::Supervisor },
            step: TRANSFER.key.to_owned(),
            given: super::given::known(self, given).await?,
        };
        self.take_step(row, case, event).await.map(|_| ())
    }

    /// An account serves no more: its open cases are without an officer from now on, and are listed so.
    pub(crate) async fn officer_leaves(&self, account: &str) -> Result<(), StoreError> {
        self.head(Chain::Case).await?;
        let update = Query::update()
            .table("case_head")
            .value("officer", Option::<String>::None)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("officer").eq(account))
            .and_where(Expr::col("open").eq(true))
            .to_owned();
        self.connection().execute(&update).await?;
        Ok(())
    }
}
