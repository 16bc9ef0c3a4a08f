//! The one way to write.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::chain::{GENESIS, Hash};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use tokio::sync::Mutex;

use crate::{Store, StoreError};

/// How often an act is tried before the person is told.
const ATTEMPTS: u32 = 5;
/// The first pause between two tries; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(40);

/// Pages in the log of SQLite from which on a commit moves them into the database file.
const LOG_PAGES: u32 = 1_000;

/// A transaction that writes. Cheap to clone; it must not outlive the closure it is given to.
#[derive(Clone)]
pub struct Tx(Arc<TxInner>);

struct TxInner {
    connection: DatabaseTransaction,
    store: Store,
    now: Timestamp,
    heads: Mutex<Heads>,
}

/// The ends of the chains, read when first needed and written back before the commit.
#[derive(Default)]
pub(crate) struct Heads {
    statement: Option<Head>,
    event: Option<Head>,
    case: Option<Head>,
    register: Option<Head>,
    revision: Option<i64>,
}

/// The last row of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its number; 0 before the first row.
    pub(crate) seq: i64,
    /// Its hash.
    pub(crate) hash: Hash,
}

/// The chains of a zone, and the counter of changes to the register that lies beside them.
///
/// A transaction that takes several takes them in this order: statements, cases, events; otherwise two could wait
/// for each other. The register's counter is taken by those only who have the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chain {
    /// Statements.
    Statement,
    /// Events.
    Event,
    /// Events of cases.
    Case,
    /// No chain: a number that grows with every change of the register's current view.
    Register,
}

impl Chain {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Chain::Statement => "statement",
            Chain::Event => "event",
            Chain::Case => "case",
            Chain::Register => "register",
        }
    }
}

impl Heads {
    fn slot(&mut self, chain: Chain) -> &mut Option<Head> {
        match chain {
            Chain::Statement => &mut self.statement,
            Chain::Event => &mut self.event,
            Chain::Case => &mut self.case,
            Chain::Register => &mut self.register,
        }
    }
}

impl Store {
    /// Runs `work` in one transaction: all of it is stored, or nothing.
    ///
    /// `work` may run several times, when the database is busy, two transactions collide or the
    /// connection breaks before the commit, so it must do nothing but use its transaction.
    ///
    /// # Errors
    /// Whatever `work` returns; [`StoreError::Busy`] or [`StoreError::Disconnected`] when the last
    /// try failed as well.
    pub async fn write<T, F, Fut>(&self, work: F) -> Result<T, StoreError>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            match self.write_once(&work).await {
                Err(Failure::BeforeCommit(error)) if error.is_transient() && attempt < ATTEMPTS => {
                    tracing::warn!(%error, attempt, "write is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(Failure::BeforeCommit(error) | Failure::AtCommit(error)) => return Err(error),
                Ok(done) => return Ok(done),
            }
        }
        Err(StoreError::Busy)
    }

    async fn write_once<T, F, Fut>(&self, work: &F) -> Result<T, Failure>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let tx = self.begin().await.map_err(Failure::BeforeCommit)?;
        let outcome = work(tx.clone()).await;
        match outcome {
            Ok(done) => {
                tx.flush_heads().await.map_err(Failure::BeforeCommit)?;
                tx.commit().await.map_err(Failure::AtCommit)?;
                Ok(done)
            }
            Err(error) => {
                // The error of the work is the one to tell; a rollback that fails too is done by the
                // database itself when the connection ends.
                if let Some(inner) = Arc::into_inner(tx.0) {
                    let _ = inner.connection.rollback().await;
                }
                Err(Failure::BeforeCommit(error))
            }
        }
    }

    /// Begins a transaction outside [`Store::write`], for work that streams its input and so can
    /// be done only once. Dropping it without [`Tx::finish`] stores nothing.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        let mode = (self.backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        let connection = self.writer().begin_with_options(options).await?;
        let inner = TxInner { connection, store: self.clone(), now: self.clock().now(), heads: Mutex::default() };
        Ok(Tx(Arc::new(inner)))
    }
}

/// Where a try failed. After a commit was sent nobody knows whether it was done, so it is not repeated.
enum Failure {
    BeforeCommit(StoreError),
    AtCommit(StoreError),
}

impl Tx {
    /// The connection, for building and running queries.
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        &self.0.connection
    }

    /// The store this writes to.
    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// The zone's id.
    pub(crate) fn zone_id(&self) -> &str {
        self.0.store.zone_id()
    }

    /// The moment of this act: one for all it writes.
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// Writes the chains' ends and commits.
    pub(crate) async fn finish(self) -> Result<(), StoreError> {
        self.flush_heads().await?;
        self.commit().await
    }

    /// As [`Tx::finish`], for a transaction that has written much: what it wrote is safe in the log
    /// when this returns, and is moved from the log into the database file behind the answer.
    /// SQLite would do that within the commit, and whoever waits for it would wait twice.
    pub(crate) async fn finish_large(self) -> Result<(), StoreError> {
        let store = self.store().clone();
        if store.backend() != DbBackend::Sqlite {
            return self.finish().await;
        }
        self.connection().execute_unprepared("PRAGMA wal_autocheckpoint = 0").await?;
        let outcome = self.finish().await;
        let usual = format!("PRAGMA wal_autocheckpoint = {LOG_PAGES}");
        // Neither of these two may turn what is stored into a failure: a log that is left long is only slow.
        if let Err(error) = store.writer().execute_unprepared(&usual).await {
            tracing::warn!(%error, "the log of the database will grow long");
        }
        tokio::spawn(async move {
            if let Err(error) = store.reader().execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await {
                tracing::warn!(%error, "the log was not moved into the database file");
            }
            store.shed_pages().await;
        });
        outcome
    }

    async fn commit(self) -> Result<(), StoreError> {
        match Arc::into_inner(self.0) {
            Some(inner) => Ok(inner.connection.commit().await?),
            None => Err(StoreError::Database("a transaction was still in use when it should end".into())),
        }
    }

    /// The last row of a chain. The first call locks the chain until the end of the transaction,
    /// so that two writers cannot append at the same place.
    pub(crate) async fn head(&self, chain: Chain) -> Result<Head, StoreError> {
        let mut heads = self.0.heads.lock().await;
        if let Some(head) = *heads.slot(chain) {
            return Ok(head);
        }
        let mut query = Query::select();
        query
            .columns(["seq", "hash"])
            .from("chain")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("name").eq(chain.key()));
        if self.store().backend() == DbBackend::Postgres {
            query.lock(LockType::Update);
        }
        let row = self.connection().query_one(&query).await?;
        let row = row.ok_or_else(|| StoreError::Corrupt(format!("the end of chain “{}” is missing", chain.key())))?;
        let hash: Vec<u8> = row.try_get_by("hash")?;
        let head = Head { seq: row.try_get_by("seq")?, hash: hash.try_into().unwrap_or(GENESIS) };
        *heads.slot(chain) = Some(head);
        Ok(head)
    }

    /// Moves the end of a chain.
    pub(crate) async fn set_head(&self, chain: Chain, head: Head) {
        *self.0.heads.lock().await.slot(chain) = Some(head);
    }

    /// The number of this change of the register: the same for everything one transaction writes.
    pub(crate) async fn next_revision(&self) -> Result<i64, StoreError> {
        if let Some(revision) = self.0.heads.lock().await.revision {
            return Ok(revision);
        }
        let head = self.head(Chain::Register).await?;
        let revision = head.seq + 1;
        let mut heads = self.0.heads.lock().await;
        heads.register = Some(Head { seq: revision, ..head });
        heads.revision = Some(revision);
        Ok(revision)
    }

    async fn flush_heads(&self) -> Result<(), StoreError> {
        let mut heads = self.0.heads.lock().await;
        for chain in [Chain::Statement, Chain::Event, Chain::Case, Chain::Register] {
            let Some(head) = heads.slot(chain).take() else { continue };
            let update = Query::update()
                .table("chain")
                .value("seq", head.seq)
                .value("hash", head.hash.to_vec())
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("name").eq(chain.key()))
                .to_owned();
            self.connection().execute(&update).await?;
        }
        Ok(())
    }
}
