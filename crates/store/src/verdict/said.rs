//! What is said of an enterprise under a policy; the same of many is one.

use std::sync::{Arc, OnceLock};

use kernel::SubjectId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What a verdict says, whosever it is.
#[derive(Debug)]
pub struct Said {
    pub(super) policy: String,
    pub(super) version: String,
    pub(super) answer: String,
    pub(super) failed: String,
    pub(super) record: String,
    id: OnceLock<Uuid>,
}

/// All that was found of one enterprise: what is said under each policy in force.
#[derive(Debug, Clone)]
pub struct Found {
    /// The enterprise.
    pub subject: SubjectId,
    /// What is said of it, each policy once.
    pub said: Vec<Arc<Said>>,
}

impl Said {
    /// What a version of a policy says: the answer (`meets`, `fails`, `undetermined`, `expert`), the ids of the
    /// conditions that certainly fail, parted by spaces, and the whole verdict in its stored form.
    pub fn new(policy: String, version: String, answer: impl Into<String>, failed: String, record: String) -> Self {
        Said { policy, version, answer: answer.into(), failed, record, id: OnceLock::new() }
    }

    /// The id of its text: the same text has the same id wherever it is kept.
    pub(super) fn id(&self) -> Uuid {
        *self.id.get_or_init(|| {
            let hash: [u8; 32] = Sha256::digest(&self.record).into();
            let (half, _) = hash.split_at(16);
            Uuid::from_slice(half).unwrap_or_default()
        })
    }
}
