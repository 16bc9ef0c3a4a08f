//! The runner: takes jobs one at a time, says that it lives, and lets go of what was stopped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::job::Job;
use uuid::Uuid;

use super::kinds::{self, KINDS};
use crate::App;

/// How long the runner sleeps when nobody wakes it: jobs left behind by a killed process are
/// taken up this soon after they fell silent.
const SLEEP: Duration = Duration::from_secs(10);
/// How often a running job says that it lives and how far it is.
const BEAT: Duration = Duration::from_millis(700);

/// A job under way, in the hands of whoever does it.
#[derive(Clone)]
pub struct Task {
    /// What handlers share.
    pub app: App,
    /// The job.
    pub job: Arc<Job>,
    reached: Arc<Mutex<Reached>>,
}

#[derive(Debug, Clone, Default)]
struct Reached {
    done: i64,
    total: i64,
    zh: String,
    en: String,
}

impl Task {
    /// Says how far the work is; the page shows it within a second. Costs nothing to call often.
    pub fn reached(&self, done: i64, total: i64, zh: &str, en: &str) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        *reached = Reached { done, total, zh: zh.to_owned(), en: en.to_owned() };
    }
}

/// Takes jobs until the server stops.
pub async fn run(app: App) {
    let runner = Uuid::new_v4();
    loop {
        match run_one(&app, runner).await {
            Ok(true) => {}
            Ok(false) => {
                if let Err(failure) = crate::cultivation::batch::keep_up(&app).await {
                    tracing::warn!(failure = failure.en, "the check-ups could not be brought up to date");
                }
                let _ = tokio::time::timeout(SLEEP, app.runner_woken()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "no job could be taken; trying again");
                tokio::time::sleep(SLEEP).await;
            }
        }
    }
}

/// Takes and does one job; `false` when none waits.
///
/// # Errors
/// What the store reports while taking it or writing down how it ended.
pub async fn run_one(app: &App, runner: Uuid) -> Result<bool, store::StoreError> {
    let keys: Vec<&str> = KINDS.iter().map(|kind| kind.key).collect();
    let Some(job) = app.store().claim_job(&keys, runner).await? else { return Ok(false) };
    let Some(kind) = kinds::kind(&job.kind) else { return Ok(false) };
    tracing::info!(job = %job.id, kind = kind.key, owner = job.owner, "a job begins");
    let task = Task { app: app.clone(), job: Arc::new(job), reached: Arc::default() };
    // Spawned, so that work that panics is a failed job and not a dead runner.
    let mut work = tokio::spawn((kind.work)(task.clone()));
    let mut beat = tokio::time::interval(BEAT);
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            _ = beat.tick() => {
                let reached = task.reached.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let said = (reached.zh.as_str(), reached.en.as_str());
                let ours = app.store().job_progress(task.job.id, runner, reached.done, reached.total, said).await;
                if matches!(ours, Ok(false)) {
                    work.abort();
                    tracing::info!(job = %task.job.id, "a job was stopped");
                    return Ok(true);
                }
            }
        }
    };
    app.store().shed_pages().await;
    match ended {
        Ok(Ok(result)) => app.store().finish_job(task.job.id, runner, &result).await?,
        Ok(Err(failure)) => app.store().fail_job(task.job.id, runner, (&failure.zh, &failure.en)).await?,
        Err(broken) => {
            tracing::error!(job = %task.job.id, %broken, "a job broke off");
            let said = (
                "任务意外中断，请重试；如仍出现，请告知系统管理员。",
                "The job broke off; try again, and if it stays, tell a system administrator.",
            );
            app.store().fail_job(task.job.id, runner, said).await?
        }
    };
    Ok(true)
}
