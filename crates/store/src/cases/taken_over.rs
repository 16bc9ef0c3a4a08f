//! Cases that ran before this register did, taken over with what happened in them and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::SubjectId;
use kernel::chain::GENESIS;
use loops::{Actor, Case, Event, Given, Kind, OPEN, Sealed};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::head::{Opened, number};
use super::row::{CaseId, day_of};
use super::tally::Touched;
use crate::access::{Hand, UnitId};
use crate::register::identities;
use crate::write::Chain;
use crate::{Store, StoreError, Tx};

/// One thing that happened in a case.
#[derive(Debug, Clone)]
pub struct PastStep {
    /// When.
    pub at: Timestamp,
    /// Who did it, as whom.
    pub by: Actor,
    /// The step's key; the first is always the opening, whatever stands here.
    pub step: String,
    /// What came with it: units and subjects by their ids, files by their hash.
    pub given: Given,
}

/// A case with what happened in it, in order.
#[derive(Debug, Clone)]
pub struct PastCase {
    /// Its kind.
    pub kind: &'static Kind,
    /// The service officer's account.
    pub officer: Option<String>,
    /// The unit of who opened it.
    pub opener_unit: Option<UnitId>,
    /// What happened; never empty.
    pub steps: Vec<PastStep>,
}

impl Store {
    /// Whether the zone has any case.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn has_cases(&self) -> Result<bool, StoreError> {
        any(self.reader(), self.zone_id()).await
    }

    /// Takes cases over into a register that has none: all of them or nothing. Nobody is told of what lies
    /// behind. The events of all cases stand in the zone's chain in the order of their moments.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for any hand but the console's; a refusal where there are cases
    /// already; [`StoreError::Case`] where a step could not have been taken; a refusal for a unit
    /// that is not there or a moment yet to come.
    pub async fn take_over_cases(&self, hand: Hand<'_>, cases: Vec<PastCase>) -> Result<usize, StoreError> {
        if !matches!(hand, Hand::Console) {
            return Err(StoreError::Forbidden);
        }
        // Numbers follow the days on which the cases were opened.
        let mut cases = cases;
        cases.sort_by_key(|past| past.steps.first().map(|step| step.at));
        let cases = &cases;
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            if any(tx.connection(), tx.zone_id()).await? {
                return Err(StoreError::refused(
                    "本园区已有事项，不能再整批补录。",
                    "The zone has cases already; they cannot be taken over once more.",
                ));
            }
            let mut serials: BTreeMap<(&str, i16), i64> = BTreeMap::new();
            let mut events: Vec<(CaseId, Sealed)> = Vec::new();
            let subjects: Vec<Uuid> = cases.iter().filter_map(|past| subject_of(&past.steps.first()?.given)).collect();
            let units_of = identities(tx.connection(), tx.zone_id(), &subjects).await?;
            for past in cases {
                let year = past.steps.first().map_or(0, |step| day_of(step.at).year());
                let serial = serials.entry((past.kind.key, year)).or_default();
                *serial += 1;
                let (case, sealed) = folded(past, number(past.kind, year, *serial), tx.now())?;
                super::given::open_units(&tx, &units(&sealed)).await?;
                let id = CaseId(Uuid::now_v7());
                let subject = past.steps.first().and_then(|step| subject_of(&step.given));
                let subject_unit = subject.and_then(|subject| units_of.get(&subject)?.1).map(UnitId);
                let opened = Opened { id, year, serial: *serial, opener_unit: past.opener_unit, subject_unit };
                tx.insert_head(&opened, &case, tx.officer_in_charge(past, &case).await?).await?;
                tx.keep_units(id, &case).await?;
                tx.enter_tally(Touched::Case(id)).await?;
                events.extend(sealed.into_iter().map(|event| (id, event)));
            }
            events.sort_by_key(|(_, sealed)| sealed.event.at);
            for (id, sealed) in &events {
                tx.append_case_event(*id, sealed).await?;
            }
            Ok(cases.len())
        })
        .await
    }
}

async fn any(connection: &impl ConnectionTrait, zone: &str) -> Result<bool, StoreError> {
    let mut query = Query::select();
    query.expr(Expr::val(1)).from("case_head").and_where(Expr::col("zone").eq(zone)).limit(1);
    Ok(connection.query_one(&query).await?.is_some())
}

/// The subject that an opening names.
fn subject_of(given: &Given) -> Option<Uuid> {
    given.subject.as_deref()?.parse().ok()
}

/// A case with its sealed events; the first bears its number.
fn folded(past: &PastCase, number: String, now: Timestamp) -> Result<(Case, Vec<Sealed>), StoreError> {
    let mut sealed: Vec<Sealed> = Vec::new();
    let mut case: Option<Case> = None;
    for (seq, step) in (1..).zip(&past.steps) {
        if step.at > now {
            let (zh, en) = (format!("{} 尚未到来，不能补录。", step.at), format!("{} is yet to come", step.at));
            return Err(StoreError::refused(zh, en));
        }
        let name = if seq == 1 { OPEN.to_owned() } else { step.step.clone() };
        let numbered = (seq == 1).then(|| number.clone());
        let given = Given { number: numbered, ..step.given.clone() };
        let event = Event { seq, at: step.at, by: step.by.clone(), step: name, given };
        let next = event.seal(&case.as_ref().map_or(GENESIS, |case| case.hash), Uuid::new_v4().into_bytes());
        match &mut case {
            Some(case) => case.apply(&next)?,
            None => case = Some(Case::open(past.kind, &next)?),
        }
        sealed.push(next);
    }
    Ok((case.ok_or(loops::Refusal::Empty)?, sealed))
}

/// Every unit that the events name, once.
fn units(sealed: &[Sealed]) -> Vec<&str> {
    let given = sealed.iter().map(|sealed| &sealed.event.given);
    let mut units: Vec<&str> =
        given.flat_map(|given| given.unit.iter().chain(&given.assisting)).map(String::as_str).collect();
    units.sort_unstable();
    units.dedup();
    units
}

impl Tx {
    /// The officer named with the case, or the one who serves its subject.
    async fn officer_in_charge(&self, past: &PastCase, case: &Case) -> Result<Option<String>, StoreError> {
        let subject = case.about.subject.as_deref().and_then(|id| Uuid::parse_str(id).ok());
        match (&past.officer, subject) {
            (Some(officer), _) => Ok(Some(officer.clone())),
            (None, Some(subject)) => self.officer_of(SubjectId(subject)).await,
            (None, None) => Ok(None),
        }
    }
}
