//! The harness that runs a test on SQLite always and on PostgreSQL where there is one.
//!
//! A throw-away PostgreSQL is started once and shared by the test processes of one machine: each
//! holds a shared lock on a file, and a watchdog stops the server when no process holds it any
//! more. `XIANSHOU_TEST_POSTGRES=postgres://…` uses a server that runs already (its user must be
//! allowed to create databases); `XIANSHOU_TEST_POSTGRES=off` leaves PostgreSQL out.

mod postgres;

use std::future::Future;
use std::sync::Arc;

use kernel::Catalogue;

use crate::{Location, Store};

/// An empty database of a test, gone when the test ends.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its address.
    pub location: Location,
    /// `sqlite` or `postgres`, for messages.
    pub backend: &'static str,
    _directory: Option<tempfile::TempDir>,
}

impl TestDatabase {
    /// A new file of SQLite.
    ///
    /// # Panics
    /// When no temporary directory can be made.
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("a temporary directory is needed: {error}"));
        let location = Location::Sqlite(directory.path().join("test.db"));
        Self { location, backend: "sqlite", _directory: Some(directory) }
    }

    /// A new database on PostgreSQL; `None` where there is no server and none can be started.
    ///
    /// # Panics
    /// Under `CI=true` when PostgreSQL is missing: a suite that silently tests half is no suite.
    pub async fn postgres() -> Option<Self> {
        let url = postgres::new_database().await?;
        Some(Self { location: Location::Postgres(url), backend: "postgres", _directory: None })
    }
}

/// Makes the tables of an older release in an empty database: all but the last `newer` migrations.
/// Returns the version it has.
///
/// # Panics
/// When the database cannot be made.
pub async fn make_older(location: &Location, newer: usize) -> usize {
    crate::schema::make_older(location, newer).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Runs `test` on an empty, migrated register of each database there is.
///
/// # Panics
/// When the test does, naming the database it ran on.
pub fn on_both<F, Fut>(catalogue: Catalogue, test: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    let catalogue = Arc::new(catalogue);
    run(async {
        for database in databases().await {
            eprintln!("on {}", database.backend);
            let store = Store::migrate(&database.location, catalogue.clone())
                .await
                .unwrap_or_else(|error| panic!("{}: the register cannot be made: {error}", database.backend));
            test(store.clone()).await;
            let _ = store.close().await;
        }
    });
}

/// An empty database of each kind there is.
pub async fn databases() -> Vec<TestDatabase> {
    let mut databases = vec![TestDatabase::sqlite()];
    databases.extend(TestDatabase::postgres().await);
    databases
}

/// Runs a future on a runtime of two threads, as the server does.
///
/// # Panics
/// When the runtime cannot be made.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap_or_else(|error| panic!("no runtime: {error}")).block_on(future)
}
