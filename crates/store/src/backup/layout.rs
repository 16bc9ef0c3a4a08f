//! The tables of a zone as the database itself describes them, so that a table or column added
//! later can never be forgotten by a backup.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use crate::StoreError;
use crate::backup::cell::Kind;

/// Tables that are not worth carrying to another machine: who is signed in, who mistyped.
const LEFT_OUT: &[&str] = &["session", "sign_in_failure"];

/// The table of the zone itself, and the column by which every other table names it.
const ZONE: &str = "zone";

/// One table: its columns by name with their kinds, and its key in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Columns in the order of the table.
    pub(crate) columns: Vec<(String, Kind)>,
    /// The columns of the primary key in order.
    pub(crate) key: Vec<String>,
}

impl Layout {
    /// The column that names the zone a row belongs to.
    pub(crate) fn zone_column(&self, table: &str) -> &'static str {
        if table == ZONE { "id" } else { ZONE }
    }
}

/// Every table whose rows belong to a zone, in the order of their names.
pub(crate) async fn layouts(tx: &DatabaseTransaction) -> Result<BTreeMap<String, Layout>, StoreError> {
    let backend = tx.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c, c.type AS d, CAST(c.pk AS TEXT) AS k \
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid"
        }
        _ => {
            "SELECT c.table_name::text AS t, c.column_name::text AS c, c.data_type::text AS d, \
             coalesce((SELECT k.ordinal_position::text FROM information_schema.key_column_usage k \
               JOIN information_schema.table_constraints p ON p.constraint_name = k.constraint_name \
                AND p.table_schema = k.table_schema AND p.table_name = k.table_name \
               WHERE p.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema \
                AND k.table_name = c.table_name AND k.column_name = c.column_name), '0') AS k \
             FROM information_schema.columns c JOIN information_schema.tables b \
               ON b.table_schema = c.table_schema AND b.table_name = c.table_name AND b.table_type = 'BASE TABLE' \
             WHERE c.table_schema = current_schema() ORDER BY c.table_name, c.ordinal_position"
        }
    };
    let mut found: BTreeMap<String, Vec<(String, String, i64)>> = BTreeMap::new();
    for row in tx.query_all_raw(Statement::from_string(backend, sql)).await? {
        let table: String = row.try_get("", "t")?;
        let place = row.try_get::<String>("", "k")?.parse().unwrap_or(0);
        found.entry(table).or_default().push((row.try_get("", "c")?, row.try_get("", "d")?, place));
    }
    let belongs = |name: &str, columns: &[(String, String, i64)]| {
        !LEFT_OUT.contains(&name) && (name == ZONE || columns.iter().any(|(column, ..)| column == ZONE))
    };
    let mut layouts = BTreeMap::new();
    for (table, columns) in found.into_iter().filter(|(table, columns)| belongs(table, columns)) {
        let mut key: Vec<(i64, String)> =
            columns.iter().filter(|(.., place)| *place > 0).map(|(name, _, place)| (*place, name.clone())).collect();
        key.sort();
        let mut known = Vec::with_capacity(columns.len());
        for (name, declared, _) in columns {
            let kind = Kind::declared(&declared)
                .ok_or_else(|| crate::backup::Fault::Unknown(format!("{table}.{name} ({declared})")))?;
            known.push((name, kind));
        }
        layouts.insert(table, Layout { columns: known, key: key.into_iter().map(|(_, name)| name).collect() });
    }
    Ok(layouts)
}
