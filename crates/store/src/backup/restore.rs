//! Restoring a backup into an empty database of either kind, all of it or nothing.

use std::collections::BTreeMap;
use std::path::Path;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use serde_json::Value as Json;

use crate::backup::Fault;
use crate::backup::cell::Kind;
use crate::backup::dump::Manifest;
use crate::backup::file::{Line, Reader, Seal};
use crate::backup::layout::{Layout, layouts};
use crate::{Store, StoreError, schema};

/// Values bound in one statement, below the bounds of both databases (32,766 and 65,535).
const BOUND: usize = 16_000;
/// Bytes of cells gathered before they are stored.
const WEIGHT: usize = 4 << 20;

impl Store {
    /// Fills this empty database from the backup at `path`, on either kind of database,
    /// whichever kind it was made on. The seal and both chains are checked before anything
    /// becomes visible.
    ///
    /// # Errors
    /// A refusal when the database is not empty or the file is truncated, altered,
    /// of another zone, version or program. The database then stays as it was.
    pub async fn restore(&self, path: &Path) -> Result<Manifest, StoreError> {
        let mut reader = Reader::open(path).await?;
        let heading = reader.heading.clone();
        if heading.schema != schema::version() {
            return Err(Fault::OtherSchema { found: heading.schema, known: schema::version() }.into());
        }
        if heading.zone != self.zone_id() {
            return Err(Fault::OtherZone { found: heading.zone, expected: self.zone_id().to_owned() }.into());
        }
        let tx = self.begin().await?;
        let mut load = Load::into_empty(tx.connection(), self.zone_id()).await?;
        while let Some(lines) = reader.next().await? {
            for line in lines {
                load.take(line).await?;
            }
        }
        let seal = load.end().await?;
        let report = crate::verify::in_transaction(self, tx.connection()).await?;
        if let Some(first) = report.first {
            return Err(Fault::Chain(first).into());
        }
        if report.ends != heading.chains {
            return Err(Fault::Altered.into());
        }
        tx.finish().await?;
        Ok(Manifest { heading, seal })
    }
}

/// Rows on their way into the database.
struct Load<'a> {
    tx: &'a DatabaseTransaction,
    layouts: BTreeMap<String, Layout>,
    table: String,
    columns: Vec<(String, Kind)>,
    waiting: Vec<Vec<Value>>,
    weight: usize,
    counts: BTreeMap<String, u64>,
    seal: Option<Seal>,
}

impl<'a> Load<'a> {
    /// Begins, once it is sure that no person and no statement is in the database. What the
    /// tables' creation put there is taken away: the backup has its own.
    async fn into_empty(tx: &'a DatabaseTransaction, zone: &str) -> Result<Self, StoreError> {
        let layouts = layouts(tx).await?;
        for table in ["statement", "event", "subject", "source", "account", "file", "case_event"] {
            let mut any = Query::select();
            any.expr(Expr::val(1)).from(table).limit(1);
            if tx.query_one(&any).await?.is_some() {
                return Err(Fault::NotEmpty(table.to_owned()).into());
            }
        }
        for (table, layout) in &layouts {
            let column = layout.zone_column(table);
            tx.execute(Query::delete().from_table(table.clone()).and_where(Expr::col(column).eq(zone))).await?;
        }
        let (table, columns, waiting) = (String::new(), Vec::new(), Vec::new());
        Ok(Self { tx, layouts, table, columns, waiting, weight: 0, counts: BTreeMap::new(), seal: None })
    }

    async fn take(&mut self, line: Line) -> Result<(), StoreError> {
        match line {
            Line::Table { name, columns } => self.turn_to(name, &columns).await,
            Line::Row(cells) => self.row(cells).await,
            Line::Seal(seal) => {
                self.seal = Some(seal);
                Ok(())
            }
        }
    }

    async fn turn_to(&mut self, table: String, columns: &[String]) -> Result<(), StoreError> {
        self.flush().await?;
        let layout = self.layouts.get(&table).ok_or_else(|| Fault::Unknown(table.clone()))?;
        self.columns.clear();
        for column in columns {
            let known = layout.columns.iter().find(|(name, _)| name == column);
            self.columns.push(known.cloned().ok_or_else(|| Fault::Unknown(format!("{table}.{column}")))?);
        }
        self.counts.insert(table.clone(), 0);
        self.table = table;
        Ok(())
    }

    async fn row(&mut self, cells: Vec<Json>) -> Result<(), StoreError> {
        let row = self.counts.get(&self.table).map_or(1, |count| count + 1);
        let bad = |column: &str| Fault::BadCell { table: self.table.clone(), row, column: column.to_owned() };
        if self.columns.is_empty() || cells.len() != self.columns.len() {
            return Err(bad("*").into());
        }
        let mut values = Vec::with_capacity(cells.len());
        for ((name, kind), cell) in self.columns.iter().zip(cells) {
            self.weight += cell.as_str().map_or(8, str::len);
            values.push(kind.bind(cell).ok_or_else(|| bad(name))?);
        }
        self.waiting.push(values);
        self.counts.insert(self.table.clone(), row);
        if (self.waiting.len() + 1) * self.columns.len() > BOUND || self.weight > WEIGHT {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        self.weight = 0;
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut insert = Query::insert();
        insert.into_table(self.table.clone()).columns(self.columns.iter().map(|(name, _)| name.clone()));
        for values in self.waiting.drain(..) {
            insert.values_panic(values.into_iter().map(Expr::val));
        }
        self.tx.execute(&insert).await?;
        Ok(())
    }

    /// Ends: every table must have the rows that were sealed.
    async fn end(mut self) -> Result<Seal, StoreError> {
        self.flush().await?;
        let seal = self.seal.take().ok_or(Fault::Altered)?;
        for (table, &expected) in &seal.rows {
            let found = self.counts.get(table).copied().unwrap_or(0);
            if found != expected {
                return Err(Fault::Count { table: table.clone(), found, expected }.into());
            }
        }
        Ok(seal)
    }
}
