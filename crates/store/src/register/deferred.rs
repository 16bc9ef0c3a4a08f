//! Indexes that are built once, after a load that is larger than the register was before it.
//!
//! An index in the order of names or revenues gets its entries all over the place: each new
//! subject touches a page of every such index. Sorting them once at the end costs a fraction.
//! Indexes are dropped and built within the load's own transaction, so readers keep the old ones
//! until the load stands, and a load that fails leaves them as they were. PostgreSQL would keep
//! readers waiting for this, and it inserts from memory fast enough.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::{StoreError, Tx};

/// The orders of lists that new subjects do not come in.
const UNSORTED: [&str; 6] = [
    "subject_by_name",
    "subject_by_revenue",
    "subject_by_rd_expense",
    "subject_by_employees",
    "subject_by_registration",
    "subject_by_unit",
];

/// New subjects from which on deferring pays.
const WORTH_IT: i64 = 2_000;

/// The indexes a load has put off.
pub(crate) struct Deferred {
    /// Subjects the register had before; `None` where nothing is ever put off.
    before: Option<i64>,
    /// The statements that make the indexes again.
    put_off: Vec<String>,
}

impl Deferred {
    pub(crate) async fn new(tx: &Tx) -> Result<Self, StoreError> {
        if tx.store().backend() != DbBackend::Sqlite {
            return Ok(Self { before: None, put_off: Vec::new() });
        }
        let count = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "SELECT count(*) AS n FROM subject WHERE zone = ?",
            [tx.zone_id().into()],
        );
        let row = tx.connection().query_one_raw(count).await?;
        Ok(Self { before: row.map(|row| row.try_get_by("n")).transpose()?, put_off: Vec::new() })
    }

    /// Puts the indexes off once the load has made enough new subjects.
    pub(crate) async fn defer(&mut self, tx: &Tx, new_subjects: i64) -> Result<(), StoreError> {
        let enough = self.before.is_some_and(|before| new_subjects >= before.max(WORTH_IT));
        if !enough || !self.put_off.is_empty() {
            return Ok(());
        }
        for name in UNSORTED {
            let made = Statement::from_sql_and_values(
                DbBackend::Sqlite,
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?",
                [name.into()],
            );
            let Some(row) = tx.connection().query_one_raw(made).await? else { continue };
            self.put_off.push(row.try_get_by("sql")?);
            tx.connection().execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        }
        Ok(())
    }

    /// Builds what was put off.
    pub(crate) async fn build(&self, tx: &Tx) -> Result<(), StoreError> {
        for sql in &self.put_off {
            tx.connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
