//! Long work: done in the background, shown as it goes, and kept when it is over.
//!
//! A handler asks for it with [`App::ask_for`] and sends the reader to the job's page. The runner
//! takes jobs one at a time; [`kinds::KINDS`] says what each kind is called and who does it.

pub mod backup;
pub mod kinds;
pub mod page;
pub mod runner;
pub mod verify;

use kernel::Lang;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{App, WebError};

/// Why a job failed, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Failure {
    /// A reason in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::new(error.say(Lang::Zh), error.say(Lang::En))
    }
}

impl From<rounds::Broken> for Failure {
    fn from(error: rounds::Broken) -> Self {
        match error {
            rounds::Broken::Store(error) => error.into(),
            rounds::Broken::Task(error) => Self::new(error.to_string(), error.to_string()),
        }
    }
}

impl App {
    /// Asks for a job and wakes the runner. The reader is best sent to [`address`] of it.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn ask_for(&self, kind: &str, input: &Json, owner: &str) -> Result<Uuid, WebError> {
        let id = self.store().enqueue(kind, input, owner).await?;
        self.wake_runner();
        Ok(id)
    }
}

/// The page of a job.
pub fn address(id: Uuid) -> String {
    format!("/jobs/{id}")
}
