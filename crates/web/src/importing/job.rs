//! The work of a load: read, held against the register once more, and stored whole or not at all.

use std::sync::Arc;

use intake::{Incoming, IntakeError, Manner, Stage, take_in_sheets};
use kernel::Lang;
use serde::{Deserialize, Serialize};
use store::access::{Action, Scope};
use store::draft::DraftState;
use store::job::Job;
use store::{SourceInfo, StoreError};
use uuid::Uuid;

use crate::App;
use crate::importing::draft::{self, Import};
use crate::importing::{checks, load};
use crate::jobs::Failure;
use crate::jobs::kinds::{Told, Work};
use crate::jobs::runner::Task;
use crate::ui::Tone;

/// The name of the kind of job.
pub const KIND: &str = "import";

/// What a load did; kept with the job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Result {
    /// The draft.
    pub draft: Uuid,
    /// Data rows found.
    pub rows: u64,
    /// Rows that said something new.
    pub accepted: u64,
    /// Rows whose values stood already.
    pub unchanged: u64,
    /// Rows left out.
    pub skipped: u64,
    /// Subjects the register did not know before.
    pub new_subjects: u64,
    /// Rows kept for a person to say whom they speak of.
    pub candidates: u64,
    /// Conflicts it opened.
    pub conflicts: u64,
    /// The load; none where nothing was new.
    pub source: Option<Uuid>,
}

/// Loads a draft.
pub fn work(task: Task) -> Work {
    Box::pin(async move {
        let id = task.job.input["draft"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
        let import = draft::of_id(&task.app, id).await.map_err(|error| Failure::new(error.zh, error.en))?;
        let done = match stored_before(&task, &import).await? {
            Some(done) => done,
            None => store(&task, &import).await?,
        };
        close(&task.app, &import, done.source).await?;
        task.app.checks().forget(id);
        serde_json::to_value(&done).map_err(|error| Failure::new(error.to_string(), error.to_string()))
    })
}

/// What an earlier runner stored before it died: then there is nothing left but to say so.
async fn stored_before(task: &Task, import: &Import) -> std::result::Result<Option<Result>, StoreError> {
    if task.job.attempts < 2 {
        return Ok(None);
    }
    let ours = |load: &SourceInfo| {
        load.by == task.job.owner
            && load.file_hash.as_ref() == Some(&import.draft.file)
            && load.at >= task.job.created_at
    };
    let load = task.app.store().loads(None, 100).await?.into_iter().find(ours);
    Ok(load.map(|load| Result {
        draft: import.draft.id,
        rows: load.rows,
        accepted: load.accepted,
        unchanged: load.unchanged,
        new_subjects: load.new_subjects,
        skipped: import.prepared.skipped(),
        source: Some(load.id.0),
        ..Result::default()
    }))
}

async fn store(task: &Task, import: &Import) -> std::result::Result<Result, Failure> {
    let app = &task.app;
    let scope = powers(app, &import.draft.owner).await?;
    let skip_faulty = task.job.input["skip_faulty"].as_bool().unwrap_or(false);
    let bytes: Arc<[u8]> = app.store().file_bytes(&import.draft.file).await?.into();
    let incoming = Incoming {
        source: kernel::SourceKind::Sheet,
        bytes,
        title: import.draft.file_name.clone(),
        origin: import.prepared.origin.clone(),
        by: import.draft.owner.clone(),
    };
    let (plans, manner) = (import.prepared.plans.clone(), Manner { skip_faulty, rehearsal: false });
    let work = {
        let (task, runtime) = (task.clone(), tokio::runtime::Handle::current());
        let told = move |stage| match stage {
            Stage::Reading(rows) => task.reached(shown(rows), 0, "正在读取表格", "reading the sheet"),
            Stage::Matching(rows) => {
                task.reached(0, shown(rows), "正在与台账核对", "holding it against the register");
            }
            Stage::Storing(stored, rows) => task.reached(shown(stored), shown(rows), "正在存入", "storing"),
        };
        let app = app.clone();
        move || {
            let (store, catalogue) = (app.store(), app.catalogue());
            runtime.block_on(take_in_sheets(store, &incoming, &plans, catalogue, &scope, manner, told))
        }
    };
    // A long sheet keeps a core busy for a while; those who answer requests are not to wait for it.
    let outcome = checks::blocking(work).await.map_err(failure)?;
    if outcome.faults.keep_out(skip_faulty) {
        return Err(failure(IntakeError::Faulty { faults: outcome.faults.total }));
    }
    let candidates = if outcome.source.is_some() { outcome.identified.candidates } else { 0 };
    Ok(Result {
        draft: import.draft.id,
        rows: outcome.rows,
        accepted: outcome.accepted,
        unchanged: outcome.unchanged,
        skipped: outcome.skipped,
        // A candidate is new to the register too, but is told apart until a person settles it.
        new_subjects: outcome.new_subjects.saturating_sub(candidates),
        candidates,
        conflicts: outcome.conflicts,
        source: outcome.source.map(|source| source.0),
    })
}

/// The rows the owner may import at this moment, which may be fewer than when it was asked for.
async fn powers(app: &App, owner: &str) -> std::result::Result<Scope, Failure> {
    let account = app.store().account_by_name(owner).await?;
    let viewer = match account {
        Some(account) => app.store().viewer(account.id).await?,
        None => None,
    };
    match viewer.filter(|viewer| viewer.can(Action::Import)) {
        Some(viewer) => Ok(viewer.scope_for(Action::Import)),
        None => Err(Failure::new(
            "您的账号已没有导入权限，什么都没有存入。",
            "Your account may not import any more; nothing was stored.",
        )),
    }
}

/// Marks the draft as loaded, where nobody did so yet.
async fn close(app: &App, import: &Import, source: Option<Uuid>) -> std::result::Result<(), StoreError> {
    let id = import.draft.id;
    let closed = match source {
        Some(source) => {
            app.store().write(|tx| async move { tx.draft_loaded(id, kernel::SourceId(source)).await }).await
        }
        None => {
            let mut draft = app.store().draft(id).await?.ok_or(StoreError::NotFound)?;
            draft.state = DraftState::Loaded;
            app.store().save_draft(&draft).await.map(|_| ())
        }
    };
    match closed {
        // It is loaded: whatever was done to the draft meanwhile does not change that.
        Err(StoreError::Stale) => Ok(()),
        outcome => outcome,
    }
}

fn shown(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn failure(error: IntakeError) -> Failure {
    Failure::new(error.say(Lang::Zh), error.say(Lang::En))
}

/// Says what it did.
pub fn told(job: &Job) -> Told {
    let done: Result = job.result.clone().and_then(|result| serde_json::from_value(result).ok()).unwrap_or_default();
    let (zh, en) = (load::sentence(&done, Lang::Zh), load::sentence(&done, Lang::En));
    let link = Some((format!("/imports/{}/load", done.draft), "查看结果", "See the result"));
    Told { tone: Tone::Ok, zh, en, link }
}
