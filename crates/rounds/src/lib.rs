//! A round: everybody held against every policy in force, from the register to the stored verdicts.
//!
//! Three things go on at once: the next enterprises are read, those read last are held against the policies, and
//! what came out for those before them is written. Each lot is kept as a whole: a round that is broken off
//! leaves verdicts that all hold, and is begun anew.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use checkup::{Brief, Desk};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{FactKey, SubjectKind, Value};
use policy::{FactSheet, Library};
use store::verdict::{Found, Said};
use store::{Enterprise, Store, StoreError};
use tokio::sync::mpsc;

/// Enterprises looked at together: what comes out for them is written in a tenth of a second, for which others
/// who write wait.
const LOT: u64 = 300;

/// Who is held against what.
#[derive(Debug, Clone)]
pub struct Basis {
    /// The policies.
    pub library: Arc<Library>,
    /// The day of application.
    pub on: Date,
    /// The kinds of record of which lists have come in, so that none listed means that there are none.
    pub listed: BTreeSet<SubjectKind>,
    /// As of when facts are read.
    pub known_at: Timestamp,
    /// Only those of whom something was said after this revision of the register; everybody where none.
    pub since: Option<i64>,
}

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many enterprises were looked at.
    pub enterprises: u64,
    /// How many verdicts came out otherwise than before.
    pub changed: u64,
}

/// Why a round was broken off.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The register could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A part of it ended before its time.
    #[error(transparent)]
    Task(#[from] tokio::task::JoinError),
}

/// Holds everybody of the basis against every policy in force and keeps what came out. `reached` is told how
/// many enterprises are done.
///
/// # Errors
/// What the store reports.
pub async fn hold(store: &Store, basis: Basis, reached: impl Fn(u64)) -> Result<Tally, Broken> {
    let (on, known_at) = (basis.on, basis.known_at);
    let (read, to_hold) = mpsc::channel(1);
    let (held, mut to_keep) = mpsc::channel(1);
    let reading = tokio::spawn(read_all(store.clone(), basis.since, read));
    let holding = tokio::task::spawn_blocking(move || hold_all(&basis, to_hold, &held));
    let mut tally = Tally::default();
    while let Some(found) = to_keep.recv().await {
        tally.changed += store.keep_verdicts(&found, on, known_at).await?;
        tally.enterprises += found.len() as u64;
        reached(tally.enterprises);
    }
    reading.await??;
    holding.await?;
    Ok(tally)
}

/// Reads everybody who is due, lot by lot, until nobody is left or nobody waits for it.
async fn read_all(store: Store, since: Option<i64>, read: mpsc::Sender<Vec<Enterprise>>) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let lot = store.enterprises(after, LOT, since).await?;
        let Some(last) = lot.last() else { return Ok(()) };
        after = Some(last.id);
        if read.send(lot).await.is_err() {
            return Ok(());
        }
    }
}

/// Holds what is read, lot by lot, until nothing comes or nobody waits for it.
fn hold_all(basis: &Basis, mut read: mpsc::Receiver<Vec<Enterprise>>, held: &mpsc::Sender<Vec<Found>>) {
    let desk = Desk::new(&basis.library, basis.on);
    let mut series = desk.series(&sheet(&basis.listed, BTreeMap::new(), Vec::new()), said);
    while let Some(lot) = read.blocking_recv() {
        let found = lot.into_iter().map(|Enterprise { id, facts, records, .. }| Found {
            subject: id,
            said: series.said(&sheet(&basis.listed, facts, records)),
        });
        if held.blocking_send(found.collect()).is_err() {
            return;
        }
    }
}

fn said(brief: Brief) -> Said {
    let record = brief.to_json();
    Said::new(brief.policy, brief.version, brief.verdict, brief.failed.join(" "), record)
}

/// What policies may ask of an enterprise. Of the kinds of record of which lists have come in, one without
/// a record has none.
pub fn sheet(
    listed: &BTreeSet<SubjectKind>,
    facts: BTreeMap<FactKey, Value>,
    records: Vec<(SubjectKind, BTreeMap<FactKey, Value>)>,
) -> FactSheet {
    let mut sheet = FactSheet { facts, ..FactSheet::default() };
    for kind in listed {
        sheet.records.entry(*kind).or_default();
    }
    for (kind, record) in records {
        sheet.records.entry(kind).or_default().push(record);
    }
    sheet
}
