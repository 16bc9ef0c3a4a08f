//! How enterprises stand to every policy, kept until the register, the verdicts or the reader's rows change.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use store::access::Scope;
use store::policies::Stand;
use store::{Store, StoreError};
use tokio::sync::Mutex;

type Stamp = (i64, Option<Timestamp>);
type Counted = HashMap<Scope, Arc<Vec<Stand>>>;

/// The counts made last, by scope.
#[derive(Debug, Default)]
pub(crate) struct Stands(Mutex<Option<(Stamp, Counted)>>);

impl Stands {
    /// The counts within a scope. Readers who come at once wait for one count.
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
        let mut held = self.0.lock().await;
        let counted = match held.take() {
            Some((of, counted)) if of == stamp => counted,
            _ => Counted::new(),
        };
        let (_, counted) = held.insert((stamp, counted));
        if let Some(known) = counted.get(scope) {
            return Ok(known.clone());
        }
        let known = Arc::new(store.policy_stands(scope).await?);
        counted.insert(scope.clone(), known.clone());
        Ok(known)
    }
}
