//! Taking a step in a case.

use std::collections::BTreeSet;

use loops::{Actor, Case, Event, Given, Party, Refusal, Sealed, TRANSFER};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::head::{folded, is_private, unit_of};
use super::party::{Standing, parties};
use super::row::{self, CaseId, CaseRow};
use crate::access::{Action, UnitId, Viewer};
use crate::register::bulk::{Batch, OnKey, insert};
use crate::write::Chain;
use crate::{Store, StoreError, Tx};

impl Store {
    /// Takes a step in a case as this person. `seen` is the number of the last event that the person saw:
    /// of two people who act on the same state of things the second is told so, and nothing of hers is
    /// stored.
    ///
    /// # Errors
    /// [`StoreError::Case`] with what stands against the step: [`Refusal::Moved`] where somebody acted in
    /// between, [`Refusal::NotYours`], [`Refusal::NotNow`], [`Refusal::Lacks`]; [`StoreError::NotFound`]
    /// for a case the person may not see; [`StoreError::Forbidden`] for who sees it but stands in no part;
    /// [`StoreError::Refused`] for a unit or file that is not there.
    pub async fn act_on_case(
        &self,
        viewer: &Viewer,
        id: CaseId,
        seen: u32,
        step: &str,
        given: Given,
    ) -> Result<CaseRow, StoreError> {
        viewer.require(Action::ActOnCases)?;
        let standing = self.standing_of(viewer).await?;
        let (standing, given) = (&standing, &given);
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            tx.act(standing, id, seen, step, given.clone()).await
        })
        .await
    }
}

/// What was said once, at the opening, is not said again.
fn later(given: Given) -> Given {
    Given {
        title: None,
        subject: None,
        parent: None,
        occasion: None,
        number: None,
        due_at: None,
        person: None,
        ..given
    }
}

/// The event in the part in which the person may take the step: the first that passes, or else the
/// refusal that says most.
fn as_party(case: &Case, event: Event, parties: &[Party]) -> Result<Event, StoreError> {
    if parties.is_empty() {
        return Err(StoreError::Forbidden);
    }
    let step = case.kind.step(&event.step);
    let fits = |party: &&Party| step.is_none_or(|step| step.who.contains(party));
    let mut refused = None;
    for party in parties.iter().filter(fits).chain(parties.first()) {
        let mut event = event.clone();
        event.by.party = *party;
        if event.step == TRANSFER.key {
            // It goes with the units, not with a page: see `move_cases`.
            return Err(Refusal::NoSuchStep(event.step).into());
        }
        match case.check(&event) {
            Ok(_) => return Ok(event),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    Err(refused.map_or(StoreError::Forbidden, StoreError::Case))
}

/// The units that assist in a case.
pub(crate) fn assisting(case: &Case) -> Vec<UnitId> {
    case.assisting.iter().filter_map(|unit| unit_of(Some(unit))).collect()
}

impl Tx {
    /// Takes a step as this standing allows. The chain of cases is taken by the caller.
    pub(crate) async fn act(
        &self,
        standing: &Standing,
        id: CaseId,
        seen: u32,
        step: &str,
        given: Given,
    ) -> Result<CaseRow, StoreError> {
        let (row, case) = self.visible_case(id, standing).await?.ok_or(StoreError::NotFound)?;
        let parties = parties(standing, &row, &assisting(&case));
        let given = super::given::known(self, later(given)).await?;
        let event = Event {
            seq: seen + 1,
            at: self.now().max(case.changed_at),
            by: Actor { person: standing.account.clone(), party: Party::Second },
            step: step.to_owned(),
            given,
        };
        let event = as_party(&case, event, &parties)?;
        self.take_step(row, case, event).await
    }

    /// A case with its fold, where this standing sees it.
    pub(crate) async fn visible_case(
        &self,
        id: CaseId,
        standing: &Standing,
    ) -> Result<Option<(CaseRow, Case)>, StoreError> {
        let mut seen = Query::select();
        seen.expr(Expr::val(1)).from("case_head").and_where(Expr::col(("case_head", "zone")).eq(self.zone_id()));
        seen.and_where(Expr::col(("case_head", "id")).eq(id.0)).cond_where(standing.sees(self.zone_id()));
        if self.connection().query_one_raw(self.store().said(&seen)).await?.is_none() {
            return Ok(None);
        }
        row::found(self.connection(), self.zone_id(), id).await
    }

    /// Seals an event behind the case, and writes event, head, tally and notices: all of it or nothing. `row` is
    /// the head as it was read in this transaction.
    pub(crate) async fn take_step(&self, row: CaseRow, mut case: Case, event: Event) -> Result<CaseRow, StoreError> {
        let (turn, stays, assisted) = (row.turn(), case.stays.len(), assisting(&case));
        let sealed: Sealed = event.seal(&case.hash, Uuid::new_v4().into_bytes());
        case.apply(&sealed)?;
        self.append_case_event(row.id, &sealed).await?;
        self.update_head(row.id, &case).await?;
        self.keep_units(row.id, &case).await?;
        let (now, _) = row::found(self.connection(), self.zone_id(), row.id).await?.ok_or(StoreError::NotFound)?;
        self.tally_changed(Some((&row, &assisted)), (&now, &assisting(&case))).await?;
        if case.stays.len() != stays || now.turn() != turn || now.unit != row.unit {
            self.tell_turn(&now, &case).await?;
        }
        Ok(now)
    }

    /// Writes the head anew. What the tally says of the case is left to the caller.
    pub(crate) async fn update_head(&self, id: CaseId, case: &Case) -> Result<(), StoreError> {
        let timed = self.timed(id, case).await?;
        let mut update = Query::update();
        update.table("case_head").values(folded(case).into_iter().chain(timed).map(as_expr));
        update.and_where(Expr::col("zone").eq(self.zone_id())).and_where(Expr::col("id").eq(id.0));
        self.connection().execute(&update).await?;
        Ok(())
    }

    /// Keeps which units take part in a case: those that assist now, and of a private case every unit it
    /// was ever passed to.
    pub(crate) async fn keep_units(&self, id: CaseId, case: &Case) -> Result<(), StoreError> {
        let mut parts: BTreeSet<(Uuid, &'static str)> =
            assisting(case).into_iter().map(|unit| (unit.0, "assisting")).collect();
        if is_private(case.kind) {
            let passed = case.unit.iter().chain(&case.assisting).filter_map(|unit| unit_of(Some(unit)));
            parts.extend(passed.map(|unit| (unit.0, "passed")));
        }
        if case.seq > 1 {
            let mut delete = Query::delete();
            delete.from_table("case_unit").and_where(Expr::col("zone").eq(self.zone_id()));
            delete.and_where(Expr::col("case_id").eq(id.0)).and_where(Expr::col("part").eq("assisting"));
            self.connection().execute(&delete).await?;
        }
        if parts.is_empty() {
            return Ok(());
        }
        let row = |(unit, part): (Uuid, &str)| [self.zone_id().into(), id.0.into(), unit.into(), part.into()];
        let values = parts.into_iter().flat_map(row).collect();
        let columns = &["zone", "case_id", "unit", "part"];
        insert(self.connection(), Batch { table: "case_unit", columns, values, on_key: OnKey::Keep }).await
    }
}

pub(crate) fn as_expr((column, value): (&'static str, sea_orm::Value)) -> (&'static str, Expr) {
    (column, Expr::val(value))
}
