//! Rows into tables, many at once.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::StoreError;

/// The most values bound to one statement: SQLite takes 32,766, PostgreSQL 65,535.
const MOST_VALUES: usize = 30_000;

/// What to do with a row whose key is there already.
#[derive(Clone, Copy)]
pub(crate) enum OnKey {
    /// It must not be.
    Fail,
    /// Leave the old one.
    Keep,
    /// Put the new values in place of the old, all but these first columns, which are the key.
    Replace(usize),
}

/// Rows for one table.
pub(crate) struct Batch {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// The rows one after the other, each as long as `columns`.
    pub(crate) values: Vec<Value>,
    pub(crate) on_key: OnKey,
}

/// Inserts rows, a few hundred per statement.
pub(crate) async fn insert(connection: &impl ConnectionTrait, batch: Batch) -> Result<(), StoreError> {
    let Batch { table, columns, mut values, on_key } = batch;
    let backend = connection.get_database_backend();
    let at_once = (MOST_VALUES / columns.len()).min(250) * columns.len();
    while !values.is_empty() {
        let rest = values.split_off(values.len().min(at_once));
        let sql = insert_sql(backend, table, columns, values.len() / columns.len(), on_key);
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        values = rest;
    }
    Ok(())
}

fn insert_sql(backend: DbBackend, table: &str, columns: &[&str], rows: usize, on_key: OnKey) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    let mut sql = format!("INSERT INTO \"{table}\" ({}) VALUES ", names.join(", "));
    let mut place = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            if column > 0 {
                sql.push_str(", ");
            }
            place += 1;
            match backend {
                DbBackend::Postgres => sql.push_str(&format!("${place}")),
                _ => sql.push('?'),
            }
        }
        sql.push(')');
    }
    match on_key {
        OnKey::Fail => {}
        OnKey::Keep => sql.push_str(" ON CONFLICT DO NOTHING"),
        OnKey::Replace(keys) => {
            let key = names[..keys].join(", ");
            let set: Vec<String> = names[keys..].iter().map(|name| format!("{name} = excluded.{name}")).collect();
            sql.push_str(&format!(" ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", ")));
        }
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_gets_its_own_placeholders() {
        let sql = insert_sql(DbBackend::Postgres, "t", &["a", "b"], 2, OnKey::Replace(1));
        assert_eq!(
            sql,
            r#"INSERT INTO "t" ("a", "b") VALUES ($1, $2), ($3, $4) ON CONFLICT ("a") DO UPDATE SET "b" = excluded."b""#
        );
        let sql = insert_sql(DbBackend::Sqlite, "t", &["a", "b"], 1, OnKey::Keep);
        assert_eq!(sql, r#"INSERT INTO "t" ("a", "b") VALUES (?, ?) ON CONFLICT DO NOTHING"#);
    }
}
