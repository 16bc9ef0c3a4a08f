//! Many cases at once, for measuring and for trying what is slow otherwise: the same rows that opening
//! and acting write, but thousands in one transaction and nobody told.

use kernel::chain::GENESIS;
use loops::{Case, Event, Given, Kind, Sealed};
use sea_orm::Value;
use uuid::Uuid;

use super::events::{HashedEvent, terms_hash};
use super::head::{Opened, number};
use super::row::{CaseId, day_of};
use crate::access::UnitId;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::write::{Chain, Head};
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

const EVENT: &[&str] = &[
    "zone",
    "no",
    "case_id",
    "seq",
    "at",
    "by",
    "party",
    "step",
    "terms",
    "salt",
    "words",
    "words_hash",
    "case_hash",
    "hash",
];

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

impl Tx {
    async fn fill(&self, cases: &[Filled], serial: i64) -> Result<(), StoreError> {
        let mut underway: Vec<(Opened, Option<Case>, Vec<Sealed>)> = Vec::with_capacity(cases.len());
        for (filled, serial) in cases.iter().zip(serial..) {
            let year = filled.events.first().map_or(0, |event| day_of(event.at).year());
            let opened = Opened { id: CaseId(Uuid::now_v7()), year, serial, opener_unit: filled.opener_unit };
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
        self.fill_heads(cases, &underway).await
    }

    async fn fill_events(&self, cases: &[(Opened, Option<Case>, Vec<Sealed>)]) -> Result<(), StoreError> {
        let mut head = self.head(Chain::Case).await?;
        let longest = cases.iter().map(|(_, _, sealed)| sealed.len()).max().unwrap_or_default();
        let mut values: Vec<Value> = Vec::new();
        for at in 0..longest {
            for (opened, _, sealed) in cases {
                let Some(sealed) = sealed.get(at) else { continue };
                let event = &sealed.event;
                let (terms, words, words_hash) = (event.given.terms(), event.given.words(), sealed.words_hash());
                let hashed = HashedEvent {
                    case: opened.id.0,
                    seq: i64::from(event.seq),
                    at: event.at.as_microsecond(),
                    by: &event.by.person,
                    party: event.by.party.key(),
                    step: &event.step,
                    words_hash: &words_hash,
                    case_hash: &sealed.hash,
                };
                let no = head.seq + 1;
                head = Head { seq: no, hash: hashed.hash(&head.hash, no, &terms_hash(&terms)) };
                values.extend::<[Value; 14]>([
                    self.zone_id().into(),
                    no.into(),
                    opened.id.0.into(),
                    hashed.seq.into(),
                    hashed.at.into(),
                    hashed.by.into(),
                    hashed.party.into(),
                    hashed.step.into(),
                    terms.into(),
                    sealed.salt.to_vec().into(),
                    words.into(),
                    words_hash.to_vec().into(),
                    sealed.hash.to_vec().into(),
                    head.hash.to_vec().into(),
                ]);
            }
        }
        self.set_head(Chain::Case, head).await;
        insert(self.connection(), Batch { table: "case_event", columns: EVENT, values, on_key: OnKey::Fail }).await
    }

    async fn fill_heads(
        &self,
        cases: &[Filled],
        underway: &[(Opened, Option<Case>, Vec<Sealed>)],
    ) -> Result<(), StoreError> {
        for (filled, (opened, case, _)) in cases.iter().zip(underway) {
            let Some(case) = case else { continue };
            self.insert_head(opened, case, filled.officer.clone()).await?;
        }
        Ok(())
    }
}
