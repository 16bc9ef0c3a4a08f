//! Many cases at once, for measuring and for trying what is slow otherwise: the same rows that opening
//! and acting write, but thousands in one transaction and nobody told.

use std::sync::OnceLock;

use kernel::chain::GENESIS;
use loops::{Case, Event, Given, Kind, Sealed};
use sea_orm::Value;
use uuid::Uuid;

use super::events;
use super::head::{Opened, number};
use super::row::{CaseId, day_of};
use super::tally::Touched;
use crate::access::UnitId;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::register::identities;
use crate::write::Chain;
use crate::{Store, StoreError, Tx};

/// A case with everything that happened in it.
#[derive(Debug, Clone)]
pub struct Filled {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its events in order; their times rise.
    pub events: Vec<Event>,
    /// The unit of who opened it.
    pub opener_unit: Option<UnitId>,
    /// Its service officer.
    pub officer: Option<String>,
}

impl Store {
    /// Stores these cases in one transaction. The events of all are laid down in turn, as if many people
    /// had worked side by side; numbers are counted from `serial`.
    ///
    /// # Errors
    /// [`StoreError::Case`] where events could not have followed each other; what the database reports.
    pub async fn fill_cases(&self, cases: &[Filled], serial: i64) -> Result<(), StoreError> {
        self.write(|tx| async move { tx.fill(cases, serial).await }).await
    }
}

fn subject_of(event: &Event) -> Option<Uuid> {
    event.given.subject.as_deref()?.parse().ok()
}

impl Tx {
    async fn fill(&self, cases: &[Filled], serial: i64) -> Result<(), StoreError> {
        let subjects: Vec<Uuid> = cases.iter().filter_map(|filled| subject_of(filled.events.first()?)).collect();
        let units = identities(self.connection(), self.zone_id(), &subjects).await?;
        let mut underway: Vec<(Opened, Option<Case>, Vec<Sealed>)> = Vec::with_capacity(cases.len());
        for (filled, serial) in cases.iter().zip(serial..) {
            let year = filled.events.first().map_or(0, |event| day_of(event.at).year());
            let subject = filled.events.first().and_then(subject_of);
            let subject_unit = subject.and_then(|subject| units.get(&subject)?.1).map(UnitId);
            let id = CaseId(Uuid::now_v7());
            let opened = Opened { id, year, serial, opener_unit: filled.opener_unit, subject_unit };
            let (mut case, mut sealed) = (None::<Case>, Vec::with_capacity(filled.events.len()));
            for event in &filled.events {
                let mut event = event.clone();
                let salt = Uuid::new_v4().into_bytes();
                match &mut case {
                    None => {
                        event.given = Given { number: Some(number(filled.kind, year, serial)), ..event.given };
                        let first = event.seal(&GENESIS, salt);
                        case = Some(Case::open(filled.kind, &first)?);
                        sealed.push(first);
                    }
                    Some(case) => {
                        let next = event.seal(&case.hash, salt);
                        case.apply(&next)?;
                        sealed.push(next);
                    }
                }
            }
            underway.push((opened, case, sealed));
        }
        self.fill_events(&underway).await?;
        self.fill_heads(cases, &underway).await?;
        let ids: Vec<Uuid> = underway.iter().map(|(opened, ..)| opened.id.0).collect();
        self.enter_tally(Touched::Cases(&ids)).await
    }

    async fn fill_events(&self, cases: &[(Opened, Option<Case>, Vec<Sealed>)]) -> Result<(), StoreError> {
        let mut head = self.head(Chain::Case).await?;
        let longest = cases.iter().map(|(_, _, sealed)| sealed.len()).max().unwrap_or_default();
        let mut values: Vec<Value> = Vec::new();
        for at in 0..longest {
            for (opened, _, sealed) in cases {
                let Some(sealed) = sealed.get(at) else { continue };
                let (row, last) = events::row(self.zone_id(), head, opened.id, sealed);
                values.extend(row);
                head = last;
            }
        }
        self.set_head(Chain::Case, head).await;
        insert(self.connection(), Batch { table: "case_event", columns: &events::WRITTEN, values, on_key: OnKey::Fail })
            .await
    }

    async fn fill_heads(
        &self,
        cases: &[Filled],
        underway: &[(Opened, Option<Case>, Vec<Sealed>)],
    ) -> Result<(), StoreError> {
        static COLUMNS: OnceLock<Vec<&'static str>> = OnceLock::new();
        let mut rows: Vec<Value> = Vec::new();
        for (filled, (opened, case, _)) in cases.iter().zip(underway) {
            let Some(case) = case else { continue };
            let (columns, values) = self.head_row(opened, case, filled.officer.clone());
            COLUMNS.get_or_init(|| columns);
            rows.extend(values);
        }
        let columns = COLUMNS.get().map(Vec::as_slice).unwrap_or_default();
        insert(self.connection(), Batch { table: "case_head", columns, values: rows, on_key: OnKey::Fail }).await
    }
}
