//! What several suites need: people, and a way round the program into its database.

use kernel::Lang;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use store::access::{Account, Hand, NewAccount, Role, UnitId, UnitKind, Viewer};
use store::{Location, Store};

/// A connection of somebody who knows where the database is.
pub async fn intruder(location: &Location) -> DatabaseConnection {
    let url = match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    Database::connect(url).await.unwrap()
}

/// Runs SQL behind the program's back and returns how many rows it changed.
pub async fn sql(connection: &DatabaseConnection, sql: &str) -> u64 {
    let done = connection.execute_unprepared(sql).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
}

/// The first column of every row, as text.
pub async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let backend = connection.get_database_backend();
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Bytes as either database writes them in SQL.
pub fn blob(connection: &DatabaseConnection, hex: &str) -> String {
    match connection.get_database_backend() {
        DbBackend::Postgres => format!("'\\x{hex}'::bytea"),
        _ => format!("x'{hex}'"),
    }
}

/// A zone with one park, and an account with a role in the whole zone.
pub async fn zone_with(store: &Store, name: &str, role: Role) -> (UnitId, Account, Viewer) {
    let units = store.units().await.unwrap();
    let top = match units.top() {
        Some(top) => top.id,
        None => store.create_unit(Hand::Console, None, UnitKind::Zone, "高新区").await.unwrap().id,
    };
    let new = NewAccount {
        name,
        display_name: "李四",
        unit: top,
        enterprise: None,
        lang: Lang::Zh,
        password_hash: None,
        must_change_password: false,
    };
    let account = store.create_account(Hand::Console, new).await.unwrap();
    store.grant(Hand::Console, account.id, role, top).await.unwrap();
    let viewer = store.viewer(account.id).await.unwrap().unwrap();
    (top, account, viewer)
}
