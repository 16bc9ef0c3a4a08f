//! What is known of every step, kept until the register, the verdicts or the day change: a large
//! register is counted once and not for every reader.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use store::access::Scope;
use store::ladder::{Holders, Move, Standing};
use store::{Store, StoreError};

use super::steps::{STEPS, Step};
use crate::kept::Kept;
use crate::register::ladder::WARNING_DAYS;

/// What is known of one step within one scope.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) step: &'static Step,
    pub(crate) holders: Holders,
    /// Holders whose title ends this year and next year.
    pub(crate) ending_in: [u64; 2],
    pub(crate) standing: Vec<Standing>,
    pub(crate) moves: Vec<Move>,
}

/// What the counts rest on: the register's revision, the last round, the day.
type Stamp = (i64, Option<Timestamp>, Date);

/// The ladders worked out last, by scope.
#[derive(Debug, Default)]
pub(crate) struct Ladders(Kept<Stamp, Vec<Known>>);

impl Ladders {
    /// The steps within a scope on a day.
    ///
    /// # Errors
    /// What the store reports.
    pub(crate) async fn within(
        &self,
        store: &Store,
        scope: &Scope,
        round: Option<Timestamp>,
        on: Date,
    ) -> Result<Arc<Vec<Known>>, StoreError> {
        let stamp = (store.revision().await?, round, on);
        self.0.within(stamp, scope, count(store, scope, on)).await
    }
}

async fn count(store: &Store, scope: &Scope, on: Date) -> Result<Vec<Known>, StoreError> {
    let soon = on.saturating_add(WARNING_DAYS.days());
    let mut all = Vec::with_capacity(STEPS.len());
    for step in STEPS {
        let this_year = store.holders(step.title, on, on.last_of_year(), scope).await?.ending;
        let next_year = on.last_of_year().saturating_add(1.year());
        let by_next_year = store.holders(step.title, on, next_year, scope).await?.ending;
        all.push(Known {
            step,
            ending_in: [this_year, by_next_year.saturating_sub(this_year)],
            holders: store.holders(step.title, on, soon, scope).await?,
            standing: store.standing(step.policy, step.title, on, soon, scope).await?,
            moves: store.title_moves(step.title, on, scope).await?,
        });
    }
    Ok(all)
}
