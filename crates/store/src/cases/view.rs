//! One case with everything that happened in it.

use std::collections::BTreeMap;

use loops::{Actor, Case, Kind, OPEN, Party, Refusal, Sealed, Step};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use serde_json::json;
use uuid::Uuid;

use super::act::assisting;
use super::events;
use super::filter::CaseFilter;
use super::list::CaseQuery;
use super::party::{Standing, parties};
use super::row::{self, CaseId, CaseRow};
use crate::access::{Action, Hand, UnitId, Viewer};
use crate::{Event, Store, StoreError};

/// A case as its page shows it.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Its row.
    pub row: CaseRow,
    /// Its fold: stays, worker, agreed day.
    pub case: Case,
    /// What happened, the first event first. An enterprise reads what is addressed to it; what the units
    /// said among themselves is left out of its events.
    pub events: Vec<Sealed>,
    /// The first event that is not what was stored; found in all of them, whoever looks.
    pub flaw: Option<Refusal>,
    /// The persons' names by account, as far as there are any.
    pub names: BTreeMap<String, String>,
    /// The units that assist.
    pub assisting: Vec<UnitId>,
    /// The parts in which the person who looks stands in the case.
    pub parties: Vec<Party>,
    /// The steps this person may take now, each with the part in which.
    pub may: Vec<(&'static Step, Party)>,
    /// Cases that came out of this one, as far as the person may see them.
    pub children: Vec<CaseRow>,
}

impl Store {
    /// One case with its events; `None` for what does not exist or may not be seen. A look at a case that
    /// is private by its kind goes into the log before anything is shown.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn case(&self, viewer: &Viewer, id: CaseId) -> Result<Option<CaseView>, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        if !self.is_visible(id, &standing).await? {
            return Ok(None);
        }
        let Some((row, case)) = row::found(self.reader(), self.zone_id(), id).await? else { return Ok(None) };
        if row.private {
            self.record_case_look(&viewer.name, &row).await?;
        }
        let assisting = assisting(&case);
        let parties = parties(&standing, &row, &assisting);
        let may = steps_for(&case, &viewer.name, &parties);
        let mut events = events::of(self.reader(), self.zone_id(), id).await?;
        let flaw = match Case::replay(row.kind, &events) {
            Ok(replayed) if replayed.hash == case.hash => None,
            Ok(_) => Some(Refusal::Altered { seq: case.seq }),
            Err(refusal) => Some(refusal),
        };
        if viewer.enterprise.is_some() {
            events.iter_mut().for_each(|sealed| keep_inside(row.kind, sealed));
        }
        let filter = CaseFilter { parent: Some(id), ..CaseFilter::default() };
        let children = self.wanted_in_parts(&standing, &filter, true).await?;
        let children = self.rows_in_parts(&children, &CaseQuery::default(), 200).await?;
        let names = self.names_of(events.iter().map(|sealed| sealed.event.by.person.as_str())).await?;
        Ok(Some(CaseView { row, case, events, flaw, names, assisting, parties, may, children }))
    }

    /// A case by its number for people.
    ///
    /// # Errors
    /// As [`Store::case`].
    pub async fn case_numbered(
        &self,
        viewer: &Viewer,
        kind: &Kind,
        number: &str,
    ) -> Result<Option<CaseView>, StoreError> {
        match self.id_of(kind, number).await? {
            Some(id) => self.case(viewer, id).await,
            None => Ok(None),
        }
    }

    /// A case with its events for whoever commands the machine itself; a look at a private one is logged.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn case_at_console(
        &self,
        kind: &Kind,
        number: &str,
    ) -> Result<Option<(CaseRow, Vec<Sealed>)>, StoreError> {
        let Some(id) = self.id_of(kind, number).await? else { return Ok(None) };
        let Some((row, _)) = row::found(self.reader(), self.zone_id(), id).await? else { return Ok(None) };
        if row.private {
            self.record_case_look(Hand::Console.name(), &row).await?;
        }
        Ok(Some((row, events::of(self.reader(), self.zone_id(), id).await?)))
    }

    /// The persons' names of these accounts.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn names_of<'a>(
        &self,
        accounts: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let accounts: std::collections::BTreeSet<&str> = accounts.into_iter().collect();
        let query = Query::select()
            .columns(["name", "display_name"])
            .from("account")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("name").is_in(accounts))
            .order_by("name", Order::Asc)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok((row.try_get_by("name")?, row.try_get_by("display_name")?))).collect()
    }

    async fn id_of(&self, kind: &Kind, number: &str) -> Result<Option<CaseId>, StoreError> {
        let mut parts = number.trim().rsplitn(3, '-');
        let serial = parts.next().and_then(|serial| serial.parse::<i64>().ok());
        let year = parts.next().and_then(|year| year.parse::<i64>().ok());
        let (Some(serial), Some(year)) = (serial, year) else { return Ok(None) };
        let query = Query::select()
            .column("id")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq(kind.key))
            .and_where(Expr::col("year").eq(year))
            .and_where(Expr::col("serial").eq(serial))
            .and_where(Expr::col("number").eq(number.trim()))
            .to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map(|row| row.try_get_by::<Uuid, _>("id")).transpose()?.map(CaseId))
    }

    pub(crate) async fn is_visible(&self, id: CaseId, standing: &Standing) -> Result<bool, StoreError> {
        let query = Query::select()
            .expr(Expr::val(1))
            .from("case_head")
            .and_where(Expr::col(("case_head", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("case_head", "id")).eq(id.0))
            .cond_where(standing.sees(self.zone_id()))
            .to_owned();
        Ok(self.reader().query_one_raw(self.said(&query)).await?.is_some())
    }

    async fn record_case_look(&self, by: &str, row: &CaseRow) -> Result<(), StoreError> {
        let number = row.number.as_str();
        self.write(|tx| async move {
            let event = Event::new("case.looked_at", by).about("case", row.id);
            tx.append_event(event.with(json!({"number": number}))).await?;
            Ok(())
        })
        .await
    }
}

/// Takes out of an event what the units said among themselves, for the page of an enterprise: it reads its
/// own words, and those of the steps that hand it the turn or end the case. That a step was taken, by
/// which unit and when, is shown.
fn keep_inside(kind: &Kind, sealed: &mut Sealed) {
    let event = &mut sealed.event;
    let to = kind.step(&event.step).and_then(|step| kind.state(step.to?));
    let to_enterprise = to.is_some_and(|to| to.is_end() || to.owner() == Some(Party::Asker));
    // An inspection by video is booked with the applicant, who needs the hour and the link.
    let is_invited = (kind.key, event.step.as_str()) == ("approval", "book");
    if event.step == OPEN || event.by.party == Party::Asker || to_enterprise || is_invited {
        return;
    }
    let given = &mut event.given;
    (given.text, given.spot) = (None, None);
    given.form.clear();
    given.proofs.clear();
}

/// The steps somebody may take, each once, in the first part that may take it.
fn steps_for(case: &Case, person: &str, parties: &[Party]) -> Vec<(&'static Step, Party)> {
    let mut may: Vec<(&'static Step, Party)> = Vec::new();
    for party in parties {
        let actor = Actor { person: person.to_owned(), party: *party };
        for step in case.may(&actor) {
            if may.iter().all(|(known, _)| known.key != step.key) {
                may.push((step, *party));
            }
        }
    }
    may
}
