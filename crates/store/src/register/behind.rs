//! New subjects on their way into the database while the next rows are worked out.
//!
//! What is being written cannot be read yet, so its identifiers are kept at hand: a later row
//! about one of these subjects finds it, and waits until it is written.

use tokio::task::JoinHandle;
use uuid::Uuid;

use super::bulk::{self, Batch};
use super::drafting::Identifier;
use super::identity::Known;
use crate::{StoreError, Tx};

/// What a load is writing.
#[derive(Default)]
pub(crate) struct Behind(Option<Writing>);

struct Writing {
    /// New subjects and their identifiers.
    subjects: Vec<(Uuid, Vec<Identifier>)>,
    at_work: JoinHandle<Result<(), StoreError>>,
}

impl Behind {
    /// Begins to write rows, once those before them are written.
    pub(crate) async fn write(
        &mut self,
        tx: &Tx,
        batches: Vec<Batch>,
        subjects: Vec<(Uuid, Vec<Identifier>)>,
    ) -> Result<(), StoreError> {
        self.catch_up().await?;
        let tx = tx.clone();
        let at_work = tokio::spawn(async move {
            for batch in batches {
                bulk::insert(tx.connection(), batch).await?;
            }
            Ok(())
        });
        self.0 = Some(Writing { subjects, at_work });
        Ok(())
    }

    /// Waits until everything is written.
    pub(crate) async fn catch_up(&mut self) -> Result<(), StoreError> {
        match self.0.take() {
            Some(writing) => writing.at_work.await.map_err(|error| StoreError::Database(error.to_string()))?,
            None => Ok(()),
        }
    }

    /// Whether a subject is among those being written.
    pub(crate) fn is_writing(&self, id: &Uuid) -> bool {
        self.0.iter().flat_map(|writing| &writing.subjects).any(|(subject, _)| subject == id)
    }

    /// Adds the subjects that are being written to those that are known.
    pub(crate) fn note(&self, known: &mut Known) {
        for (subject, identifiers) in self.0.iter().flat_map(|writing| &writing.subjects) {
            known.note(*subject, identifiers);
        }
    }
}
