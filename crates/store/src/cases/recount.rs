//! Days and colours of every open case counted anew, on every processor there is.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use loops::Case;
use loops::colour::Override;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult, Statement, StreamTrait as _, Value};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::act::assisting;
use super::head::{due_of, timed};
use super::row::{self, CaseId, CaseRow, micros, moment_of};
use super::tally::Shift;
use super::timing::Timing;
use crate::write::Chain;
use crate::{Store, StoreError, Tx};

/// Cases that are counted together.
const AT_ONCE: usize = 1_000;
/// Cases that are written together. Whoever acts on a case meanwhile waits for one lot at most.
const LOT: usize = 500;
/// The columns that time makes: the day, which most indexes bear, and the others.
const TIMED: [&str; 6] = ["due_at", "late", "uncounted", "colour", "computed", "next_at"];

/// A case with what time made of it when it was counted last.
struct Stored {
    id: Uuid,
    kept: String,
    columns: [Value; 6],
}

impl Stored {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get_by_index(0)?,
            kept: row.try_get_by_index(1)?,
            columns: [
                row.try_get_by_index::<i64>(2)?.into(),
                row.try_get_by_index::<bool>(3)?.into(),
                row.try_get_by_index::<bool>(4)?.into(),
                row.try_get_by_index::<String>(5)?.into(),
                row.try_get_by_index::<String>(6)?.into(),
                row.try_get_by_index::<i64>(7)?.into(),
            ],
        })
    }
}

/// What counts: the moment, the rule, the colours that persons set.
#[derive(Clone)]
struct Counting {
    now: Timestamp,
    timing: Timing,
    set: Arc<HashMap<Uuid, Override>>,
}

impl Counting {
    /// Those of some cases that are otherwise than they were counted last, or are kept as another release wrote.
    fn changed(&self, some: Vec<Stored>) -> Vec<CaseId> {
        let changed = some.into_iter().filter(|stored| {
            let Some(case) = Case::from_kept(&stored.kept) else { return true };
            let counted = timed(&case, self.now, &self.timing, self.set.get(&stored.id));
            counted.iter().map(|(_, value)| value).ne(stored.columns.iter())
        });
        changed.map(|stored| CaseId(stored.id)).collect()
    }
}

impl Store {
    /// Counts days and colours of every open case anew, for when the calendar, the rule for colours or
    /// the kinds themselves are others than before. Returns how many were looked at and how many changed.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn recount_cases(&self) -> Result<(u64, u64), StoreError> {
        let (looked, changed) = self.otherwise_than_counted().await?;
        for some in changed.chunks(LOT) {
            self.write(|tx| async move {
                tx.head(Chain::Case).await?;
                tx.put_recounted(some).await
            })
            .await?;
        }
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            tx.sweep_tally().await
        })
        .await?;
        Ok((looked, changed.len() as u64))
    }

    /// How many cases are open, and which of them would be counted otherwise now.
    async fn otherwise_than_counted(&self) -> Result<(u64, Vec<CaseId>), StoreError> {
        let set = Arc::new(self.colours_set_now().await?);
        let counting = Counting { now: self.clock().now(), timing: self.timing().clone(), set };
        let mut query = Query::select()
            .columns(["id", "kept", "due_at", "late", "uncounted", "colour", "computed", "next_at"])
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("open"))
            .to_owned();
        if self.backend() == DbBackend::Sqlite {
            // As they lie: along an index each case would be looked up by itself.
            query.order_by("id", Order::Asc);
        }
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (mut looked, mut changed) = (0, Vec::new());
        let mut working: JoinSet<Vec<CaseId>> = JoinSet::new();
        let mut some = Vec::with_capacity(AT_ONCE);
        let mut rows = self.reader().stream(&query).await?;
        loop {
            let row = rows.try_next().await?;
            let is_last = row.is_none();
            if let Some(row) = row {
                some.push(Stored::read(&row)?);
                looked += 1;
            }
            if some.len() >= AT_ONCE || is_last {
                let (counting, some) = (counting.clone(), std::mem::replace(&mut some, Vec::with_capacity(AT_ONCE)));
                working.spawn_blocking(move || counting.changed(some));
            }
            while working.len() > if is_last { 0 } else { processors } {
                let Some(done) = working.join_next().await else { break };
                changed.extend(done.map_err(|error| StoreError::Corrupt(format!("counting cases ended: {error}")))?);
            }
            if is_last {
                return Ok((looked, changed));
            }
        }
    }
}

impl Tx {
    /// Counts some cases as they are now and writes what time makes of them, all at once. The chain of cases is
    /// taken by the caller, so nobody acts on them meanwhile.
    async fn put_recounted(&self, some: &[CaseId]) -> Result<(), StoreError> {
        let set = self.colours_set_for(some).await?;
        // An index is written where a statement names one of its columns, whether it says something new or
        // not; so days that stay are not named.
        let (mut moved, mut others, mut shift) = (Vec::new(), Vec::new(), Shift::default());
        for (row, case) in row::found_of(self.connection(), self.zone_id(), some).await? {
            let columns = timed(&case, self.now(), self.store().timing(), set.get(&row.id.0));
            let due = due_of(&columns);
            let rows = if due == micros(row.due_at) { &mut others } else { &mut moved };
            rows.push((row.id, columns));
            let (now, assisting) = (CaseRow { due_at: moment_of(due), ..row.clone() }, assisting(&case));
            shift.case(Some((&row, &assisting)), (&now, &assisting));
        }
        self.put_timed_columns(&moved, &TIMED).await?;
        self.put_timed_columns(&others, &TIMED[1..]).await?;
        self.shift_tally(shift).await
    }

    /// Writes these columns of some cases.
    async fn put_timed_columns(
        &self,
        cases: &[(CaseId, Vec<(&'static str, Value)>)],
        columns: &[&str],
    ) -> Result<(), StoreError> {
        if cases.is_empty() {
            return Ok(());
        }
        let mut values: Vec<Value> = vec![self.zone_id().into()];
        let mut places = Vec::with_capacity(cases.len());
        for (id, made) in cases {
            let first = values.len() + 1;
            values.push(id.0.into());
            for column in columns {
                values.extend(made.iter().find(|(name, _)| name == column).map(|(_, value)| value.clone()));
            }
            let numbers: Vec<String> = (first..=values.len()).map(|at| format!("${at}")).collect();
            places.push(format!("({})", numbers.join(", ")));
        }
        let set: Vec<String> = columns.iter().map(|column| format!("{column} = made.{column}")).collect();
        let sql = format!(
            "WITH made (id, {}) AS (VALUES {}) UPDATE case_head SET {} FROM made \
             WHERE case_head.zone = $1 AND case_head.id = made.id",
            columns.join(", "),
            places.join(", "),
            set.join(", ")
        );
        let statement = Statement::from_sql_and_values(self.store().backend(), sql, values);
        self.connection().execute_raw(statement).await?;
        Ok(())
    }
}
