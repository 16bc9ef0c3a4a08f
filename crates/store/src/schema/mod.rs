//! The tables, one module per group, and the way from one release's schema to the next.

mod cases;
mod column;
mod foundation;
mod people;
mod policies;
mod register;
mod verdicts;
mod work;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait as _};
use sea_orm_migration::prelude::*;

use crate::StoreError;

pub(crate) use column::{bytes, flag, id, index, micros, number, text, words};

/// Every migration in the order in which they are applied. New ones go to the end of their group.
pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let groups = [
            foundation::migrations(),
            register::migrations(),
            people::migrations(),
            work::migrations(),
            verdicts::migrations(),
            policies::migrations(),
            cases::migrations(),
        ];
        groups.into_iter().flatten().collect()
    }
}

/// The number of the advisory lock under which a PostgreSQL database is migrated.
const MIGRATION_LOCK: i64 = 0x5849_414e_5348_4f55;

/// Refuses a database of another release.
pub(crate) async fn check(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let applied = applied(connection).await?;
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let (found, expected) = (applied.len(), known.len());
    if applied.iter().any(|name| !known.contains(name)) {
        return Err(StoreError::NewerSchema { found, expected });
    }
    if found < expected {
        return Err(StoreError::OlderSchema { found, expected });
    }
    Ok(())
}

/// The version of this release's tables: how many migrations it knows.
pub fn version() -> usize {
    Migrator::migrations().len()
}

/// Whether no release has finished making its tables here: there are none, or the making was broken off before
/// anything at all was noted. Then nothing can be lost by going on with it.
pub(crate) async fn is_unmade(connection: &DatabaseConnection) -> Result<bool, StoreError> {
    let applied = applied(connection).await?;
    if applied.is_empty() || !SchemaManager::new(connection).has_table("event").await? {
        return Ok(true);
    }
    let first = Query::select().column("seq").from("event").limit(1).to_owned();
    Ok(applied.len() < version() && connection.query_one(&first).await?.is_none())
}

/// Applies what is missing. Two processes that start together do not collide: SQLite's migrations
/// each run in a transaction of the only writer, PostgreSQL's under an advisory lock.
pub(crate) async fn migrate(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let applied = applied(connection).await?;
    let known = Migrator::migrations();
    if applied.iter().any(|name| !known.iter().any(|migration| migration.name() == name)) {
        return Err(StoreError::NewerSchema { found: applied.len(), expected: known.len() });
    }
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(Migrator::up(connection, None).await?);
    }
    let lock = connection.begin().await?;
    let take = Statement::from_string(DbBackend::Postgres, format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"));
    lock.execute_raw(take).await?;
    let outcome = Migrator::up(connection, None).await;
    lock.commit().await?;
    Ok(outcome?)
}

/// Makes the tables as they were `newer` migrations ago; returns their version.
#[cfg(feature = "testing")]
pub(crate) async fn make_older(location: &crate::Location, newer: usize) -> Result<usize, StoreError> {
    let pools = crate::connect::open(location, true).await?;
    let steps = version().saturating_sub(newer);
    Migrator::up(&pools.write, Some(steps as u32)).await?;
    pools.write.close().await?;
    pools.read.close().await?;
    Ok(steps)
}

async fn applied(connection: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    if !SchemaManager::new(connection).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .column("version")
        .from("seaql_migrations")
        .and_where(Expr::col("version").is_not_null())
        .order_by("version", sea_orm::sea_query::Order::Asc)
        .to_owned();
    let rows = connection.query_all(&query).await?;
    Ok(rows.iter().map(|row| row.try_get_by("version")).collect::<Result<_, _>>()?)
}

/// Declares a migration by its name and the function that applies it.
macro_rules! migration {
    ($name:ident, $version:literal, $up:path) => {
        struct $name;

        impl sea_orm_migration::MigrationName for $name {
            fn name(&self) -> &str {
                $version
            }
        }

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for $name {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm::DbErr> {
                $up(manager).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}
pub(crate) use migration;
