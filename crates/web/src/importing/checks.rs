//! Checking a draft's sheets, once for each version of it: off the request, watched by the page,
//! and kept for a while so that the faults of a long sheet can be paged quickly.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use intake::IntakeError;
use store::access::Scope;
use tokio::sync::watch;
use uuid::Uuid;

use crate::App;
use crate::importing::checked::{Book, conclude};
use crate::importing::draft::Import;

/// Checked sheets kept at a time; each is some megabytes at most.
const KEPT: usize = 6;

/// How long a page waits for a check before it shows how far it is.
/// Tests wait longer, so that a busy machine does not show them the page that waits.
pub const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 30_000 } else { 1_500 });

/// What became of a check.
pub type Outcome = Result<Arc<Book>, Arc<IntakeError>>;

/// How a check stands.
#[derive(Clone)]
pub enum Standing {
    /// Under way; so many rows are read.
    Reading(u64),
    /// It is over.
    Over(Outcome),
}

#[derive(Clone)]
struct Check {
    draft: Uuid,
    version: i64,
    scope: Scope,
    rows: Arc<AtomicU64>,
    ended: watch::Receiver<Option<Outcome>>,
}

/// The checks of this process.
#[derive(Default)]
pub struct Checks {
    checks: Mutex<VecDeque<Check>>,
}

impl Checks {
    /// The check of a draft as it is now, begun where it is not under way yet. Waits for it up to
    /// `patience`.
    pub async fn of(&self, app: &App, import: &Import, scope: &Scope, patience: Duration) -> Standing {
        let check = self.begin(app, import, scope);
        let mut ended = check.ended.clone();
        let over = tokio::time::timeout(patience, ended.wait_for(Option::is_some)).await;
        match over {
            Ok(Ok(outcome)) => outcome.clone().map_or(Standing::Reading(0), Standing::Over),
            // The task is gone without a word: the parser gave up in a panic.
            Ok(Err(_)) => {
                self.forget(import.draft.id);
                let damaged = reports::sheet::SheetError::Damaged("the check broke off".into());
                Standing::Over(Err(Arc::new(damaged.into())))
            }
            Err(_) => Standing::Reading(check.rows.load(Ordering::Relaxed)),
        }
    }

    /// Lets go of what is kept of a draft.
    pub fn forget(&self, draft: Uuid) {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).retain(|check| check.draft != draft);
    }

    fn begin(&self, app: &App, import: &Import, scope: &Scope) -> Check {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let (draft, version) = (import.draft.id, import.draft.version);
        let same = |check: &&Check| check.draft == draft && check.version == version && check.scope == *scope;
        if let Some(check) = checks.iter().find(same) {
            return check.clone();
        }
        let (tell, ended) = watch::channel(None);
        let rows = Arc::new(AtomicU64::new(0));
        let check = Check { draft, version, scope: scope.clone(), rows: rows.clone(), ended };
        // An earlier version of the same draft is of no use any more.
        checks.retain(|check| check.draft != draft);
        checks.push_front(check.clone());
        checks.truncate(KEPT);
        let (app, import, scope) = (app.clone(), import.clone(), scope.clone());
        tokio::spawn(async move {
            let outcome = run(&app, &import, &scope, rows).await.map(Arc::new).map_err(Arc::new);
            let passing = matches!(&outcome, Err(error) if matches!(**error, IntakeError::Store(_)));
            tell.send_replace(Some(outcome));
            if passing {
                // What the database refused once it may grant the next time.
                app.checks().forget(import.draft.id);
            }
        });
        check
    }
}

async fn run(app: &App, import: &Import, scope: &Scope, rows: Arc<AtomicU64>) -> Result<Book, IntakeError> {
    let bytes: Arc<[u8]> = app.store().file_bytes(&import.draft.file).await?.into();
    let (plans, catalogue) = (&import.prepared.plans, app.catalogue().clone());
    let reading = {
        let (bytes, plans, catalogue) = (bytes.clone(), plans.clone(), catalogue.clone());
        move || intake::read_sheets(&bytes, &plans, &catalogue, |read| rows.store(read, Ordering::Relaxed))
    };
    let mut sheets = blocking(reading).await?;
    let identified = intake::identify_sheets(app.store(), &mut sheets, plans, &catalogue, scope).await?;
    let concluded = move || {
        let each = sheets.into_iter().zip(identified);
        let sheets: Result<_, _> = each.map(|(sheet, identified)| conclude(bytes.clone(), sheet, identified)).collect();
        Ok(Book { sheets: sheets? })
    };
    blocking(concluded).await
}

/// Runs what keeps a core busy away from the threads that answer requests.
///
/// # Errors
/// What the work reports; a panic is a damaged file.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IntakeError> + Send + 'static,
) -> Result<T, IntakeError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|broken| Err(reports::sheet::SheetError::Damaged(broken.to_string()).into()))
}
