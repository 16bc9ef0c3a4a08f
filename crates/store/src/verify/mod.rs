//! Verifying that nothing was altered behind the program's back.
//!
//! The three chains (statements, the log, events of cases) are walked from their first row to their recorded end, every hash computed anew.
//! Then what is derived is compared with what it is derived from: which loads are undone against
//! the log, every current view against the fold of its statements, every case against that of its
//! events, and the kept tally against the cases.
//!
//! Whoever can rewrite the whole chain, its end included, leaves no trace inside the database:
//! the ends are therefore part of every report and every backup, to be kept elsewhere.

mod case;
mod chain;
mod derived;
mod event;
mod flaw;
mod fold;
mod packed;
mod statement;
mod tally;

use std::collections::BTreeMap;

use sea_orm::{AccessMode, DatabaseTransaction, DbBackend, IsolationLevel, TransactionOptions, TransactionTrait as _};

use crate::backup::Head;
use crate::register::first_altered;
use crate::write::Chain;
use crate::{Store, StoreError};

pub use flaw::{Flaw, Ledger, Wrong};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Statements found sound.
    pub statements: i64,
    /// Events found sound.
    pub events: i64,
    /// Events of cases found sound.
    pub case_events: i64,
    /// Current views compared with their statements.
    pub views: i64,
    /// Heads of cases compared with their events.
    pub cases: i64,
    /// The end of each chain: worth writing down where nobody who reaches the database can.
    pub ends: BTreeMap<String, Head>,
    /// The first altered row; `None` when nothing was altered.
    pub first: Option<Flaw>,
}

impl Report {
    /// Whether nothing was altered.
    pub fn is_ok(&self) -> bool {
        self.first.is_none()
    }
}

impl Store {
    /// Verifies everything, in one snapshot, while others read and write.
    ///
    /// # Errors
    /// What the database reports. An altered row is no error but the report's `first`.
    pub async fn verify(&self) -> Result<Report, StoreError> {
        let tx = self.snapshot().await?;
        in_transaction(self, &tx).await
    }

    /// Verifies the chains only, and leaves out what is derived from them.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn verify_chains(&self) -> Result<Report, StoreError> {
        let tx = self.snapshot().await?;
        chains(self, &tx).await
    }

    /// A transaction that only reads and sees the database as it is now.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = match self.backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                sqlite_transaction_mode: None,
            },
            _ => TransactionOptions::default(),
        };
        Ok(self.reader().begin_with_options(options).await?)
    }
}

/// Everything, as this transaction sees it.
pub(crate) async fn in_transaction(store: &Store, tx: &DatabaseTransaction) -> Result<Report, StoreError> {
    let mut report = chains(store, tx).await?;
    if report.first.is_none() {
        report.first = derived::undone_sources(store, tx).await?;
    }
    if report.first.is_none() {
        let (views, altered) = first_altered(store, tx).await?;
        report.views = views;
        report.first = altered.map(|(subject, wrong)| Flaw::at(Ledger::Subject, subject, wrong));
    }
    if report.first.is_none() {
        (report.cases, report.first) = case::first_altered(store, tx).await?;
    }
    if report.first.is_none() {
        report.first = tally::first_altered(store, tx).await?;
    }
    Ok(report)
}

async fn chains(store: &Store, tx: &DatabaseTransaction) -> Result<Report, StoreError> {
    let zone = store.zone_id();
    let statements = {
        let end = chain::recorded_end(tx, zone, Chain::Statement.key()).await?;
        chain::walk(tx, Ledger::Statement, (&statement::select(zone), statement::read), end, None).await?
    };
    let events = {
        let end = chain::recorded_end(tx, zone, Chain::Event.key()).await?;
        chain::walk(tx, Ledger::Event, (&event::select(zone), event::read), end, None).await?
    };
    let cases = {
        let end = chain::recorded_end(tx, zone, Chain::Case.key()).await?;
        let packed = packed::select(zone);
        let quick: Option<(_, chain::Read<_>)> =
            (store.backend() == DbBackend::Sqlite).then_some((&packed, packed::read as chain::Read<_>));
        chain::walk(tx, Ledger::Case, (&case::select(zone), case::read), end, quick).await?
    };
    Ok(Report {
        statements: statements.rows,
        events: events.rows,
        case_events: cases.rows,
        views: 0,
        cases: 0,
        ends: ends(store, tx).await?,
        first: statements.flaw.or(events.flaw).or(cases.flaw),
    })
}

/// The recorded ends of the chains.
pub(crate) async fn ends(store: &Store, tx: &DatabaseTransaction) -> Result<BTreeMap<String, Head>, StoreError> {
    let mut ends = BTreeMap::new();
    for chain in [Chain::Statement, Chain::Event, Chain::Case] {
        if let Some((seq, hash)) = chain::recorded_end(tx, store.zone_id(), chain.key()).await? {
            ends.insert(chain.key().to_owned(), Head { seq, hash: hex::encode(hash) });
        }
    }
    Ok(ends)
}
