//! What was counted for each scope, kept until what it rests on changes.

use std::collections::HashMap;
use std::sync::Arc;

use store::StoreError;
use store::access::Scope;
use tokio::sync::Mutex;

/// Answers by scope that all rest on the same state of the register.
#[derive(Debug)]
pub(crate) struct Kept<S, T>(Mutex<Option<Held<S, T>>>);

/// The state the answers rest on, and the answers.
type Held<S, T> = (S, HashMap<Scope, Arc<T>>);

impl<S, T> Default for Kept<S, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: PartialEq, T> Kept<S, T> {
    /// The answer within a scope, counted only where it is not known of this state. Readers who come at
    /// once wait for one count.
    ///
    /// # Errors
    /// What counting reports.
    pub(crate) async fn within(
        &self,
        stamp: S,
        scope: &Scope,
        count: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        let mut held = self.0.lock().await;
        let counted = match held.take() {
            Some((of, counted)) if of == stamp => counted,
            _ => HashMap::new(),
        };
        let (_, counted) = held.insert((stamp, counted));
        if let Some(known) = counted.get(scope) {
            return Ok(known.clone());
        }
        let known = Arc::new(count.await?);
        counted.insert(scope.clone(), known.clone());
        Ok(known)
    }
}
