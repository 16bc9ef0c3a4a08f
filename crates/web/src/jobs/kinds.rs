//! What can be asked for: one line a kind.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value as Json;
use store::job::Job;

use super::runner::Task;
use super::{Failure, backup, verify};
use crate::cultivation::batch;
use crate::importing;
use crate::policies::job as rehearsal;
use crate::ui::Tone;

/// The work of one kind, with its result.
pub type Work = Pin<Box<dyn Future<Output = Result<Json, Failure>> + Send>>;

/// How a job that is done is told: how it is meant, the sentence in both languages, and where the
/// result is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// How it is meant.
    pub tone: Tone,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The address of the result, with its words in both languages.
    pub link: Option<(String, &'static str, &'static str)>,
}

/// One kind of job.
pub struct Kind {
    /// The name in tables.
    pub key: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Who does it.
    pub work: fn(Task) -> Work,
    /// How it is told when it is done.
    pub told: fn(&Job) -> Told,
}

/// Every kind.
pub const KINDS: &[Kind] = &[
    Kind {
        key: "verify", zh: "校验数据与日志", en: "Verify data and log", work: verify::work, told: verify::told
    },
    Kind { key: "backup", zh: "备份", en: "Backup", work: backup::work, told: backup::told },
    Kind {
        key: importing::job::KIND,
        zh: "导入表格",
        en: "Import of a sheet",
        work: importing::job::work,
        told: importing::job::told,
    },
    Kind {
        key: rehearsal::KIND, zh: "政策预演", en: "Policy rehearsal", work: rehearsal::work, told: rehearsal::told
    },
    Kind { key: batch::KIND, zh: "政策体检", en: "Policy check-up", work: batch::work, told: batch::told },
];

/// The kind with this name.
pub fn kind(key: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.key == key)
}

/// What a job is called.
pub fn name(job: &Job, lang: kernel::Lang) -> String {
    kind(&job.kind).map_or_else(|| job.kind.clone(), |kind| lang.pick(kind.zh, kind.en).to_owned())
}
