//! Connections: one writer and a few readers for SQLite, one pool for PostgreSQL.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions as _, Connection as _, Error as SqlxError, query, query_scalar};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};

use crate::{Location, StoreError};

/// How long a statement of SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A page of a new SQLite database: statements and views are one or two thousand bytes long, of
/// which few fit into the usual 4,096.
const PAGE_BYTES: u32 = 16_384;
/// A SQLite database of so many bytes and more is seen as memory by its readers, without copying its pages one by one:
/// up to half of what a list of a large register costs. Of a smaller one the pages a reader keeps are enough, and each
/// reader's view would count as memory of its own. The writer copies, so that a disk that fails is told as an error
/// where something is written.
const MAPPED_FROM: i64 = 128 << 20;
/// So much of it is seen so at most; what lies behind is copied.
const MAP: &str = "PRAGMA mmap_size = 1073741824";
/// How long an act waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a reader without work stays: with it go the pages it keeps.
const IDLE: Duration = Duration::from_secs(30);
/// How long a statement of PostgreSQL waits for a row that another transaction holds.
const LOCK_TIMEOUT: &str = "10s";
/// A page asks many short questions at once: to start helpers for one, or to compile it, takes longer than
/// to answer it.
const SHORT_QUESTIONS: [(&str, &str); 2] = [("max_parallel_workers_per_gather", "0"), ("jit", "off")];
/// After how long without work a connection is asked whether it is still there before it is used again: to ask
/// each time takes as long as a short question itself.
const TRUSTED: Duration = Duration::from_secs(1);
/// Statements that a connection to PostgreSQL keeps with their plans.
const KEPT_STATEMENTS: usize = 200;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 12;

/// The two ways into a database.
pub(crate) struct Pools {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
}

/// Opens the pools. `create` makes a missing file of SQLite; a PostgreSQL database must exist.
pub(crate) async fn open(location: &Location, create: bool) -> Result<Pools, StoreError> {
    match location {
        Location::Sqlite(path) => sqlite(path, create).await,
        Location::Postgres(url) => postgres(url).await,
    }
}

async fn sqlite(path: &Path, create: bool) -> Result<Pools, StoreError> {
    if !create && !path.exists() {
        return Err(no_such_file(path));
    }
    let writer = sqlite_options(path).create_if_missing(create).pragma("cache_size", "-12000");
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(writer)
        .await?;
    let reader = sqlite_options(path).create_if_missing(false).pragma("cache_size", "-8000").pragma("query_only", "ON");
    let readers = std::thread::available_parallelism().map_or(4, |cores| (cores.get() as u32 * 2).clamp(2, 8));
    let read = SqlitePoolOptions::new()
        .max_connections(readers)
        .idle_timeout(IDLE)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        // Readers come and go, so a register that grows is seen as memory soon after.
        .after_connect(|connection, _| {
            Box::pin(async move {
                let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut *connection).await?;
                if pages * i64::from(PAGE_BYTES) >= MAPPED_FROM {
                    query(MAP).execute(connection).await?;
                }
                Ok(())
            })
        })
        .connect_with(reader)
        .await?;
    Ok(Pools {
        read: SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
        write: SqlxSqliteConnector::from_sqlx_sqlite_pool(write),
    })
}

/// Durable before fast: every commit is synced, and readers never block the writer.
fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(200)
        .row_buffer_size(256)
        .disable_statement_logging()
}

fn no_such_file(path: &Path) -> StoreError {
    let path = path.display();
    StoreError::refused(
        format!("没有找到数据库文件 {path}。请先运行 xianshou migrate 建立，或核对路径。"),
        format!("there is no database at {path}; make one with “xianshou migrate”, or check the path"),
    )
}

async fn postgres(url: &str) -> Result<Pools, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|error: SqlxError| {
        StoreError::refused(
            format!("无法读懂 PostgreSQL 地址：{error}"),
            format!("the PostgreSQL address cannot be read: {error}"),
        )
    })?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(
            options
                .application_name("xianshou")
                .statement_cache_capacity(KEPT_STATEMENTS)
                .options([("lock_timeout", LOCK_TIMEOUT)])
                .options(SHORT_QUESTIONS)
                .disable_statement_logging(),
        )
        .await?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    Ok(Pools { read: connection.clone(), write: connection })
}
