//! How enterprises stand to every policy, kept until the register, the verdicts or the reader's rows change.

use std::sync::Arc;

use jiff::Timestamp;
use store::access::Scope;
use store::policies::Stand;
use store::{Store, StoreError};

use crate::kept::Kept;

/// The counts made last, by scope; they rest on the register's revision and the last round.
#[derive(Debug, Default)]
pub(crate) struct Stands(Kept<(i64, Option<Timestamp>), Vec<Stand>>);

impl Stands {
    /// The counts within a scope.
    ///
    /// # Errors
    /// What the store reports.
    pub(crate) async fn within(
        &self,
        store: &Store,
        scope: &Scope,
        round: Option<Timestamp>,
    ) -> Result<Arc<Vec<Stand>>, StoreError> {
        let stamp = (store.revision().await?, round);
        self.0.within(stamp, scope, store.policy_stands(scope)).await
    }
}
