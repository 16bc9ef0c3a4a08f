//! Every enterprise held against every policy, after whatever changed: an import, a correction,
//! a day, the library.
//!
//! A few changed enterprises are looked at as soon as the runner has nothing else to do; many, or
//! all, are a job with progress.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::SubjectKind;
use rounds::Basis;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::access::Scope;
use store::job::{Job, JobState};
use store::verdict::Round;
use store::{ListQuery, StoreError};

use crate::App;
use crate::frame::day::day_of;
use crate::jobs::Failure;
use crate::jobs::kinds::{Told, Work};
use crate::jobs::runner::Task;
use crate::ui::{Tone, figure};

/// The name of the kind of job.
pub const KIND: &str = "check_up";

/// Under whose name it is done: nobody asked for it.
pub const OWNER: &str = "(server)";

/// As many changed enterprises are looked at without a job.
const FEW: u64 = 100;

/// What is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    on: Date,
    library: String,
    revision: i64,
    /// Only what changed after this revision; everything where none.
    since: Option<i64>,
}

/// Looks at everybody who is due, and waits until it is done.
///
/// # Errors
/// What the store reports.
pub async fn at_once(app: &App) -> Result<(), Failure> {
    keep_up(app).await?;
    while crate::jobs::runner::run_one(app, uuid::Uuid::new_v4()).await? {}
    Ok(())
}

/// Looks at what changed since the last time, where that is little; else asks for a job.
///
/// # Errors
/// What the store reports.
pub async fn keep_up(app: &App) -> Result<(), Failure> {
    let Some(due) = due(app).await? else { return Ok(()) };
    let few = match due.since {
        Some(since) => app.store().enterprises(None, FEW + 1, Some(since)).await?.len() as u64 <= FEW,
        None => false,
    };
    if few {
        return look(app, &due, |_| {}).await.map(drop);
    }
    let jobs = app.store().jobs(Some(OWNER), 20).await?;
    // One that failed is tried again with the next change of the register, not every ten seconds.
    let asked = |job: &Job| {
        job.kind == KIND && (!job.state.is_over() || job.input == input(&due) && job.state != JobState::Done)
    };
    if !jobs.iter().any(asked) {
        app.store().enqueue(KIND, &input(&due), OWNER).await?;
        app.wake_runner();
    }
    Ok(())
}

fn input(due: &Due) -> serde_json::Value {
    json!({"on": due.on.to_string(), "library": due.library, "revision": due.revision})
}

/// What is to be looked at now; nothing where the last round still holds.
async fn due(app: &App) -> Result<Option<Due>, StoreError> {
    let on = day_of(app.store().clock().now());
    let library = mark(app, &app.store().kinds_listed(None).await?);
    let revision = app.store().revision().await?;
    let last = app.store().last_round().await?;
    let same = last.filter(|last| last.on == on && last.library == library);
    match same.map(|last| last.revision) {
        Some(last) if last == revision => Ok(None),
        since => Ok(Some(Due { on, library, revision, since })),
    }
}

/// A mark of what holds for everybody: the texts, and the kinds of record of which lists have come
/// in, so that none listed means that there are none.
fn mark(app: &App, listed: &BTreeSet<SubjectKind>) -> String {
    let mut hasher = Sha256::new();
    for kind in listed {
        hasher.update(kind.key());
    }
    hasher.update(app.library().mark());
    hex::encode(&hasher.finalize()[..16])
}

/// Looks at everything that is due.
pub fn work(task: Task) -> Work {
    Box::pin(async move {
        let Some(due) = due(&task.app).await? else { return Ok(json!({"enterprises": 0, "changed": 0})) };
        let all = task.app.store().count(&ListQuery::all(SubjectKind::Enterprise), &Scope::Zone).await?;
        let total = i64::try_from(all).unwrap_or(i64::MAX);
        let told = |done: u64| {
            let done = i64::try_from(done).unwrap_or(i64::MAX);
            task.reached(done, total.max(done), "正在逐家体检", "checking up on each enterprise");
        };
        let round = look(&task.app, &due, told).await?;
        Ok(json!({"enterprises": round.enterprises, "changed": round.changed}))
    })
}

/// Holds the enterprises that are due against every policy in force, keeps what came out, and
/// notes the round.
async fn look(app: &App, due: &Due, progress: impl Fn(u64)) -> Result<Round, Failure> {
    let store = app.store();
    let (known_at, shelf) = (store.clock().now(), app.library());
    let basis = Basis {
        library: shelf.library().clone(),
        on: due.on,
        listed: store.kinds_listed(None).await?,
        known_at,
        since: due.since,
    };
    // Noted before the first verdict that uses them, so that no verdict is ever without its text.
    store.use_policy_texts(&shelf.texts(), known_at).await?;
    let tally = rounds::hold(store, basis, progress).await?;
    let round = Round {
        known_at,
        on: due.on,
        library: due.library.clone(),
        revision: due.revision,
        enterprises: tally.enterprises,
        changed: tally.changed,
    };
    store.note_round(&round).await?;
    Ok(round)
}

/// Says what it did.
pub fn told(job: &Job) -> Told {
    let result = job.result.clone().unwrap_or_default();
    let count = |name: &str| figure::grouped(result[name].as_i64().unwrap_or_default());
    let (enterprises, changed) = (count("enterprises"), count("changed"));
    Told {
        tone: Tone::Ok,
        zh: format!("体检了 {enterprises} 家企业，{changed} 项结论与上次不同。"),
        en: format!("{enterprises} enterprises checked; {changed} verdicts differ from the last time."),
        link: Some(("/cultivation".to_owned(), "查看梯次培育", "See the ladder")),
    }
}
