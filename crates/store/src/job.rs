//! Long work: a queue in the database, so that it survives a killed process.
//!
//! Work is enqueued in the same transaction as what asked for it, claimed by one runner at a
//! time, shows how far it is, and is taken up by another runner when its own falls silent.

use jiff::{SignedDuration, Timestamp};
use kernel::Lang;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::clock::moment;
use crate::{Store, StoreError, Tx};

/// A runner that has not been heard of for so long is taken for dead.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// A job whose runners died so often is given up: it may be what kills them.
pub const ATTEMPTS: i64 = 3;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for a runner.
    Waiting,
    /// A runner is at it.
    Running,
    /// It is done; its result can be read.
    Done,
    /// It failed; its message says why.
    Failed,
    /// Its owner or the system administrator stopped it.
    Stopped,
}

impl JobState {
    const ALL: [JobState; 5] =
        [JobState::Waiting, JobState::Running, JobState::Done, JobState::Failed, JobState::Stopped];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Failed => "failed",
            JobState::Stopped => "stopped",
        }
    }

    /// The word in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            JobState::Waiting => lang.pick("等待", "Waiting"),
            JobState::Running => lang.pick("进行中", "Running"),
            JobState::Done => lang.pick("完成", "Done"),
            JobState::Failed => lang.pick("失败", "Failed"),
            JobState::Stopped => lang.pick("已停止", "Stopped"),
        }
    }

    /// Whether nothing will happen to the job any more.
    pub fn is_over(self) -> bool {
        matches!(self, JobState::Done | JobState::Failed | JobState::Stopped)
    }
}

/// One job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// What is to be done: `import`, `export` …
    pub kind: String,
    /// With what.
    pub input: Json,
    /// The account that asked for it.
    pub owner: String,
    /// How it stands.
    pub state: JobState,
    /// How much is done, of `total`.
    pub done: i64,
    /// How much there is to do; 0 while nobody knows.
    pub total: i64,
    /// What is being done or why it failed, in Chinese.
    pub message_zh: String,
    /// The same in English.
    pub message_en: String,
    /// What came of it.
    pub result: Option<Json>,
    /// How often a runner began it.
    pub attempts: i64,
    /// The runner that is at it.
    pub runner: Option<Uuid>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct JobRow {
    id: Uuid,
    kind: String,
    input: String,
    owner: String,
    state: String,
    done: i64,
    total: i64,
    message_zh: String,
    message_en: String,
    result: Option<String>,
    attempts: i64,
    runner: Option<Uuid>,
    created_at: i64,
    ended_at: Option<i64>,
}

impl JobRow {
    fn job(self) -> Job {
        Job {
            id: self.id,
            kind: self.kind,
            input: serde_json::from_str(&self.input).unwrap_or(Json::Null),
            owner: self.owner,
            state: JobState::ALL.into_iter().find(|state| state.key() == self.state).unwrap_or(JobState::Failed),
            done: self.done,
            total: self.total,
            message_zh: self.message_zh,
            message_en: self.message_en,
            result: self.result.and_then(|result| serde_json::from_str(&result).ok()),
            attempts: self.attempts,
            runner: self.runner,
            created_at: moment(self.created_at),
            ended_at: self.ended_at.map(moment),
        }
    }
}

fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["id", "kind", "input", "owner", "state", "done", "total", "message_zh", "message_en"])
        .columns(["result", "attempts", "runner", "created_at", "ended_at"])
        .from("job")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned()
}

impl Tx {
    /// Enqueues work in this transaction: it exists exactly when what asked for it was stored.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn enqueue(&self, kind: &str, input: &Json, owner: &str) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        let now = self.now().as_microsecond();
        let insert = Query::insert()
            .into_table("job")
            .columns([
                "zone",
                "id",
                "kind",
                "input",
                "owner",
                "state",
                "done",
                "total",
                "message_zh",
                "message_en",
                "attempts",
                "run_at",
                "created_at",
            ])
            .values_panic([
                self.zone_id().into(),
                id.into(),
                kind.into(),
                input.to_string().into(),
                owner.into(),
                JobState::Waiting.key().into(),
                0_i64.into(),
                0_i64.into(),
                "".into(),
                "".into(),
                0_i64.into(),
                now.into(),
                now.into(),
            ])
            .to_owned();
        self.connection().execute(&insert).await?;
        Ok(id)
    }
}

impl Store {
    /// Enqueues work by itself.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn enqueue(&self, kind: &str, input: &Json, owner: &str) -> Result<Uuid, StoreError> {
        self.write(|tx| async move { tx.enqueue(kind, input, owner).await }).await
    }

    /// Takes the job that has waited longest among these kinds, or one whose runner fell silent.
    /// Two runners never get the same job.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn claim_job(&self, kinds: &[&str], runner: Uuid) -> Result<Option<Job>, StoreError> {
        self.write(|tx| async move {
            let now = tx.now();
            let silent = now.checked_sub(SILENT_AFTER).unwrap_or(now).as_microsecond();
            give_up(&tx, kinds, silent).await?;
            let free =
                Expr::col("state").eq(JobState::Waiting.key()).and(Expr::col("run_at").lte(now.as_microsecond()));
            let silent = Expr::col("state").eq(JobState::Running.key()).and(Expr::col("beat_at").lt(silent));
            let mut query = select(tx.zone_id());
            query
                .and_where(Expr::col("kind").is_in(kinds.iter().copied()))
                .and_where(free.or(silent))
                .order_by("run_at", Order::Asc)
                .order_by("id", Order::Asc)
                .limit(1);
            if tx.connection().get_database_backend() == DbBackend::Postgres {
                query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
            }
            let Some(row) = tx.connection().query_one(&query).await? else { return Ok(None) };
            let mut job = JobRow::from_query_result(&row, "")?.job();
            let update = Query::update()
                .table("job")
                .value("state", JobState::Running.key())
                .value("runner", runner)
                .value("beat_at", now.as_microsecond())
                .value("attempts", job.attempts + 1)
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(job.id))
                .to_owned();
            tx.connection().execute(&update).await?;
            (job.state, job.runner, job.attempts) = (JobState::Running, Some(runner), job.attempts + 1);
            Ok(Some(job))
        })
        .await
    }

    /// Says how far a job is, and that its runner lives. `false` when the job is no longer this
    /// runner's: it was stopped or taken over, and the runner must let go of it.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn job_progress(
        &self,
        id: Uuid,
        runner: Uuid,
        done: i64,
        total: i64,
        message: (&str, &str),
    ) -> Result<bool, StoreError> {
        self.write(|tx| async move {
            let mut update = held(&tx, id, runner);
            update.value("beat_at", tx.now().as_microsecond()).value("done", done).value("total", total);
            update.value("message_zh", message.0).value("message_en", message.1);
            Ok(tx.connection().execute(&update).await?.rows_affected() == 1)
        })
        .await
    }

    /// Ends a job that went well, with its result. `false` when it is no longer this runner's.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn finish_job(&self, id: Uuid, runner: Uuid, result: &Json) -> Result<bool, StoreError> {
        self.end_job(id, runner, JobState::Done, Some(result), ("完成", "done")).await
    }

    /// Ends a job that failed, with the reason in both languages. `false` when it is no longer
    /// this runner's.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn fail_job(&self, id: Uuid, runner: Uuid, message: (&str, &str)) -> Result<bool, StoreError> {
        self.end_job(id, runner, JobState::Failed, None, message).await
    }

    async fn end_job(
        &self,
        id: Uuid,
        runner: Uuid,
        state: JobState,
        result: Option<&Json>,
        message: (&str, &str),
    ) -> Result<bool, StoreError> {
        self.write(|tx| async move {
            let mut update = held(&tx, id, runner);
            update.value("state", state.key()).value("ended_at", tx.now().as_microsecond());
            update.value("result", result.map(Json::to_string));
            update.value("message_zh", message.0).value("message_en", message.1);
            Ok(tx.connection().execute(&update).await?.rows_affected() == 1)
        })
        .await
    }

    /// Stops a job that is not over. The caller has made sure that the person may.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn stop_job(&self, id: Uuid, by: &str) -> Result<bool, StoreError> {
        self.write(|tx| async move {
            let states = [JobState::Waiting.key(), JobState::Running.key()];
            let update = Query::update()
                .table("job")
                .value("state", JobState::Stopped.key())
                .value("ended_at", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .and_where(Expr::col("state").is_in(states))
                .to_owned();
            let stopped = tx.connection().execute(&update).await?.rows_affected() == 1;
            if stopped {
                tx.append_event(crate::Event::new("job.stopped", by).about("job", id)).await?;
            }
            Ok(stopped)
        })
        .await
    }

    /// The job with this id.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn job(&self, id: Uuid) -> Result<Option<Job>, StoreError> {
        let query = select(self.zone_id()).and_where(Expr::col("id").eq(id)).to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map(|row| JobRow::from_query_result(&row, "")).transpose()?.map(JobRow::job))
    }

    /// The latest jobs, of one owner or of all.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn jobs(&self, owner: Option<&str>, limit: u64) -> Result<Vec<Job>, StoreError> {
        let mut query = select(self.zone_id());
        query.order_by("id", Order::Desc).limit(limit);
        if let Some(owner) = owner {
            query.and_where(Expr::col("owner").eq(owner));
        }
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(JobRow::from_query_result(row, "")?.job())).collect()
    }
}

/// A change of a job that is still this runner's.
fn held(tx: &Tx, id: Uuid, runner: Uuid) -> sea_orm::sea_query::UpdateStatement {
    Query::update()
        .table("job")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("runner").eq(runner))
        .and_where(Expr::col("state").eq(JobState::Running.key()))
        .to_owned()
}

/// Fails the jobs whose runners died too often.
async fn give_up(tx: &Tx, kinds: &[&str], silent: i64) -> Result<(), StoreError> {
    let update = Query::update()
        .table("job")
        .value("state", JobState::Failed.key())
        .value("ended_at", tx.now().as_microsecond())
        .value("message_zh", "处理进程多次中断，已放弃。请检查文件后重新提交。")
        .value("message_en", "The process died several times at it; given up. Check the file and submit it again.")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("kind").is_in(kinds.iter().copied()))
        .and_where(Expr::col("state").eq(JobState::Running.key()))
        .and_where(Expr::col("beat_at").lt(silent))
        .and_where(Expr::col("attempts").gte(ATTEMPTS))
        .to_owned();
    tx.connection().execute(&update).await?;
    Ok(())
}
