//! Making a backup while others work: every table is read in one snapshot.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{DatabaseTransaction, StreamTrait};

use crate::backup::cell::quoted;
use crate::backup::file::{Heading, Seal, Writer};
use crate::backup::layout::{Layout, layouts};
use crate::{Store, StoreError};

/// How many characters of lines are gathered before they are handed to the file.
const BLOCK: usize = 1 << 18;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The heading: zone, version, heads of the chains.
    pub heading: Heading,
    /// The seal: rows of each table and the hash of the contents.
    pub seal: Seal,
}

impl Store {
    /// Writes the whole zone into a new file at `path`, while others read and write. Sessions
    /// are left out. The file appears under its name only when it is whole and on disk.
    ///
    /// # Errors
    /// A refusal when the file exists, cannot be written, or the disk is full.
    pub async fn backup(&self, path: &Path) -> Result<Manifest, StoreError> {
        let tx = self.snapshot().await?;
        let chains = crate::verify::ends(self, &tx).await?;
        let made_at = self.clock().now().as_microsecond();
        let heading = Heading::new(crate::schema::version(), self.zone_id(), made_at, chains);
        let writer = Writer::begin(path, &heading)?;
        match write_tables(&tx, self.zone_id(), &writer).await {
            Ok(rows) => Ok(Manifest { heading, seal: writer.seal(rows).await? }),
            Err(error) => Err(writer.abandon().await.map_or(error, StoreError::from)),
        }
    }
}

async fn write_tables(
    tx: &DatabaseTransaction,
    zone: &str,
    writer: &Writer,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut rows = BTreeMap::new();
    for (table, layout) in layouts(tx).await? {
        let count = write_table(tx, zone, &table, &layout, writer).await?;
        rows.insert(table, count);
    }
    Ok(rows)
}

async fn write_table(
    tx: &DatabaseTransaction,
    zone: &str,
    table: &str,
    layout: &Layout,
    writer: &Writer,
) -> Result<u64, StoreError> {
    let mut select = Query::select();
    select.from(table.to_owned()).and_where(Expr::col(layout.zone_column(table)).eq(zone));
    for (column, _) in &layout.columns {
        select.column(column.clone());
    }
    for column in &layout.key {
        select.order_by(column.clone(), Order::Asc);
    }
    let names: Vec<String> = layout.columns.iter().map(|(name, _)| quoted(name)).collect();
    let mut block = String::with_capacity(BLOCK + BLOCK / 4);
    // Writing into a string cannot fail.
    let _ = writeln!(block, "{{\"table\":{{\"name\":{},\"columns\":[{}]}}}}", quoted(table), names.join(","));
    let mut count = 0;
    let mut rows = tx.stream(&select).await?;
    while let Some(row) = rows.try_next().await? {
        for (at, (_, kind)) in layout.columns.iter().enumerate() {
            block.push(if at == 0 { '[' } else { ',' });
            kind.write(&row, at, &mut block)?;
        }
        block.push_str("]\n");
        count += 1;
        if block.len() >= BLOCK {
            let full = std::mem::replace(&mut block, String::with_capacity(BLOCK + BLOCK / 4));
            writer.add(full).await?;
        }
    }
    writer.add(block).await?;
    Ok(count)
}
