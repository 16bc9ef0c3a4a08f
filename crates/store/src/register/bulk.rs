//! Rows into tables, many at once.

use std::fmt::Write as _;

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

/// Rows of which it pays to look for columns that say the same in all of them.
const MANY: usize = 50;

/// Inserts rows, a few hundred per statement.
pub(crate) async fn insert(connection: &impl ConnectionTrait, batch: Batch) -> Result<(), StoreError> {
    let Batch { table, columns, mut values, on_key } = batch;
    let backend = connection.get_database_backend();
    let same = same_in_all(columns.len(), &values);
    let at_once = (MOST_VALUES / columns.len()).min(250) * columns.len();
    while !values.is_empty() {
        let rest = values.split_off(values.len().min(at_once));
        let sql = insert_sql(backend, table, columns, &same, values.len() / columns.len(), on_key);
        let bound = bound_once(values, &same);
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, bound)).await?;
        values = rest;
    }
    Ok(())
}

/// For each column, whether every row says the same: the zone, the source, the kind. Such a value
/// is bound once, which is half of all there is to bind.
fn same_in_all(columns: usize, values: &[Value]) -> Vec<bool> {
    let (first, rest) = values.split_at(columns.min(values.len()));
    let mut same = vec![rest.len() >= (MANY - 1) * columns; columns];
    for row in rest.chunks(columns) {
        for (same, (value, first)) in same.iter_mut().zip(row.iter().zip(first)) {
            *same = *same && value == first;
        }
    }
    let common = same.iter().filter(|same| **same).count();
    if common == columns || 2 * common <= columns {
        // Rows that are all alike are still rows; and a few columns are not worth a table of their own.
        same.fill(false);
    }
    same
}

/// The values that are the same in every row, once, and then the others, row after row.
fn bound_once(values: Vec<Value>, same: &[bool]) -> Vec<Value> {
    let columns = same.len();
    let (mut bound, mut own) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
    for (at, value) in values.into_iter().enumerate() {
        match (same[at % columns], at < columns) {
            (true, true) => bound.push(value),
            (true, false) => {}
            (false, _) => own.push(value),
        }
    }
    bound.append(&mut own);
    bound
}

fn insert_sql(backend: DbBackend, table: &str, columns: &[&str], same: &[bool], rows: usize, on_key: OnKey) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    let mut sql = match backend {
        DbBackend::Postgres => numbered(table, &names, same, rows),
        _ => counted(table, &names, same, rows, on_key),
    };
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

/// PostgreSQL knows a value by its number, which may be said again in every row.
fn numbered(table: &str, names: &[String], same: &[bool], rows: usize) -> String {
    let mut sql = format!("INSERT INTO \"{table}\" ({}) VALUES ", names.join(", "));
    let mut next = same.iter().filter(|same| **same).count();
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        let mut common = 0;
        for (column, same) in same.iter().enumerate() {
            let counter = if *same { &mut common } else { &mut next };
            *counter += 1;
            let _ = write!(sql, "{}${counter}", if column > 0 { ", " } else { "" });
        }
        sql.push(')');
    }
    sql
}

/// SQLite looks up a value by its number as if it were a name, one by one; so the values count in
/// their order, and those of every row are a table of one row beside the others.
fn counted(table: &str, names: &[String], same: &[bool], rows: usize, on_key: OnKey) -> String {
    // A failure ends the whole transaction, so SQLite need not keep what each statement changes.
    let verb = if matches!(on_key, OnKey::Fail) { "INSERT OR FAIL" } else { "INSERT" };
    let into = format!("{verb} INTO \"{table}\" ({})", names.join(", "));
    let common = same.iter().filter(|same| **same).count();
    let row = format!("({})", places(names.len() - common));
    let rows = vec![row; rows].join(", ");
    if common == 0 {
        return format!("{into} VALUES {rows}");
    }
    let (mut in_every, mut own) = (0, 0);
    let said = same.iter().map(|same| match same {
        true => {
            in_every += 1;
            format!("s.c{in_every}")
        }
        false => {
            own += 1;
            format!("v.column{own}")
        }
    });
    let said = said.collect::<Vec<_>>().join(", ");
    let named = (1..=common).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ");
    format!(
        "WITH s({named}) AS (SELECT {}) {into} SELECT {said} FROM (VALUES {rows}) AS v CROSS JOIN s WHERE true",
        places(common)
    )
}

fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_gets_its_own_placeholders() {
        let sql = insert_sql(DbBackend::Postgres, "t", &["a", "b"], &[false, false], 2, OnKey::Replace(1));
        assert_eq!(
            sql,
            r#"INSERT INTO "t" ("a", "b") VALUES ($1, $2), ($3, $4) ON CONFLICT ("a") DO UPDATE SET "b" = excluded."b""#
        );
        let sql = insert_sql(DbBackend::Sqlite, "t", &["a", "b"], &[false, false], 1, OnKey::Keep);
        assert_eq!(sql, r#"INSERT INTO "t" ("a", "b") VALUES (?, ?) ON CONFLICT DO NOTHING"#);
    }

    #[test]
    fn what_every_row_says_is_bound_once() {
        let values: Vec<Value> =
            (0..60i64).flat_map(|row| [row.into(), Value::from("zone"), Value::from(None::<i64>)]).collect();
        let same = same_in_all(3, &values);
        assert_eq!(same, [false, true, true]);
        let bound = bound_once(values, &same);
        assert_eq!(bound[..4], [Value::from("zone"), Value::from(None::<i64>), 0i64.into(), 1i64.into()]);
        assert_eq!((bound.len(), bound.last()), (62, Some(&Value::from(59i64))));
        let sql = |backend| insert_sql(backend, "t", &["a", "b", "c"], &same, 2, OnKey::Fail);
        assert_eq!(
            sql(DbBackend::Sqlite),
            "WITH s(c1, c2) AS (SELECT ?, ?) INSERT OR FAIL INTO \"t\" (\"a\", \"b\", \"c\") \
             SELECT v.column1, s.c1, s.c2 FROM (VALUES (?), (?)) AS v CROSS JOIN s WHERE true"
        );
        assert_eq!(sql(DbBackend::Postgres), r#"INSERT INTO "t" ("a", "b", "c") VALUES ($3, $1, $2), ($4, $1, $2)"#);
    }

    #[test]
    fn a_few_rows_are_bound_as_they_are() {
        let values = vec![Value::from("zone"), 1i64.into(), Value::from("zone"), 2i64.into()];
        let same = same_in_all(2, &values);
        assert_eq!((same.as_slice(), bound_once(values, &same).len()), (&[false, false][..], 4));
    }
}
