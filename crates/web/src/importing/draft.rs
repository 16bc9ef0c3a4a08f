//! The draft of an import: whose it is, what was decided, and changing it.

use intake::Plan;
use kernel::SubjectKind;
use kernel::lang::Said;
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::draft::{Draft, DraftState};
use store::job::{Job, JobState};
use uuid::Uuid;

use crate::importing::job::KIND;
use crate::{App, Page, WebError};

/// What a person decided about an import; kept with the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Prepared {
    /// Who speaks in the workbook (来源方).
    pub origin: String,
    /// The sheets that are taken in, never none: what each speaks of, what its columns mean, which
    /// cells are repaired, which rows are left out.
    pub plans: Vec<Plan>,
    /// The sheets that are left out, and why.
    pub left: Vec<Left>,
}

/// A sheet that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Its name.
    pub sheet: String,
    /// Why.
    pub why: Said,
    /// What it reads like.
    pub kind: Option<SubjectKind>,
}

/// The stored form; drafts from before several sheets came in together have one plan.
#[derive(Deserialize)]
struct Kept {
    origin: String,
    #[serde(default)]
    plan: Option<Plan>,
    #[serde(default)]
    plans: Vec<Plan>,
    #[serde(default)]
    left: Vec<Left>,
}

impl From<Kept> for Prepared {
    fn from(kept: Kept) -> Self {
        Self { origin: kept.origin, plans: kept.plan.into_iter().chain(kept.plans).collect(), left: kept.left }
    }
}

impl Prepared {
    /// What its rows speak of, each kind once.
    pub fn kinds(&self) -> Vec<SubjectKind> {
        let mut kinds = Vec::new();
        for plan in &self.plans {
            if !kinds.contains(&plan.kind) {
                kinds.push(plan.kind);
            }
        }
        kinds
    }

    /// How many rows were left out by hand.
    pub fn skipped(&self) -> u64 {
        self.plans.iter().map(|plan| plan.skipped.len() as u64).sum()
    }

    /// The plan of a sheet; the first where the form names none.
    pub fn plan_mut(&mut self, sheet: &str) -> Option<&mut Plan> {
        match sheet {
            "" => self.plans.first_mut(),
            // The only plan of a file may be that of its first sheet, whatever that is called.
            _ if self.plans.len() == 1 && self.plans[0].sheet.is_none() => self.plans.first_mut(),
            _ => self.plans.iter_mut().find(|plan| plan.sheet.as_deref() == Some(sheet)),
        }
    }
}

/// A draft with what was decided.
#[derive(Debug, Clone)]
pub struct Import {
    /// The stored draft.
    pub draft: Draft,
    /// Its content.
    pub prepared: Prepared,
}

impl Import {
    /// The address of one of its pages.
    pub fn address(&self, page: &str) -> String {
        format!("/imports/{}/{page}", self.draft.id)
    }
}

fn read(draft: Draft) -> Result<Import, WebError> {
    let prepared: Prepared = serde_json::from_value(draft.columns.clone())
        .map_err(|error| WebError::broken(format!("draft {}: {error}", draft.id)))?;
    if prepared.plans.is_empty() {
        return Err(WebError::broken(format!("draft {} has no sheet", draft.id)));
    }
    Ok(Import { draft, prepared })
}

/// The draft with this id, for a job that was asked to load it.
///
/// # Errors
/// There is none; what the store reports.
pub async fn of_id(app: &App, id: Uuid) -> Result<Import, WebError> {
    read(app.store().draft(id).await?.ok_or_else(WebError::not_found)?)
}

/// The person's own draft; another's is answered like one that does not exist.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn own(app: &App, page: &Page, id: &str) -> Result<Import, WebError> {
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    let viewer = page.viewer()?;
    let draft = app.store().draft(id).await?.filter(|draft| draft.owner == viewer.name);
    match draft.filter(|draft| draft.state != DraftState::Abandoned) {
        Some(draft) => read(draft),
        None => Err(WebError::not_found()),
    }
}

/// The person's own draft while it can still be worked on; `Err` holds where else to go.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn open(app: &App, page: &Page, id: &str) -> Result<Result<Import, String>, WebError> {
    let mut import = own(app, page, id).await?;
    let address = import.address("load");
    match import.draft.state {
        DraftState::Preparing => Ok(Ok(import)),
        DraftState::Loading if load_failed(app, &import).await? => {
            import.draft.state = DraftState::Preparing;
            import.draft.version = app.store().save_draft(&import.draft).await?;
            Ok(Ok(import))
        }
        _ => Ok(Err(address)),
    }
}

/// The latest job that loads a draft.
///
/// # Errors
/// What the store reports.
pub async fn job_of(app: &App, import: &Import) -> Result<Option<Job>, WebError> {
    let id = import.draft.id.to_string();
    let jobs = app.store().jobs(Some(&import.draft.owner), 200).await?;
    Ok(jobs.into_iter().find(|job| job.kind == KIND && job.input["draft"].as_str() == Some(&id)))
}

/// Whether the load under way is over without having stored anything.
async fn load_failed(app: &App, import: &Import) -> Result<bool, WebError> {
    let job = job_of(app, import).await?;
    Ok(job.is_none_or(|job| matches!(job.state, JobState::Failed | JobState::Stopped)))
}

/// Changes what was decided. Two changes at once are made one after the other.
///
/// # Errors
/// The draft is not the person's or is being loaded; what the store reports.
pub async fn change(
    app: &App,
    page: &Page,
    id: &str,
    mut decide: impl FnMut(&mut Prepared),
) -> Result<Import, WebError> {
    for _ in 0..4 {
        let mut import = match open(app, page, id).await? {
            Ok(import) => import,
            Err(elsewhere) => return Err(loading(elsewhere)),
        };
        decide(&mut import.prepared);
        match save(app, &mut import).await {
            Err(StoreError::Stale) => continue,
            outcome => return outcome.map(|()| import).map_err(WebError::from),
        }
    }
    Err(WebError::from(StoreError::Stale))
}

/// Keeps a draft with what was decided.
///
/// # Errors
/// [`StoreError::Stale`] when somebody changed it in the meantime.
pub async fn save(app: &App, import: &mut Import) -> Result<(), StoreError> {
    import.draft.columns = serde_json::to_value(&import.prepared).unwrap_or_default();
    let kinds: Vec<&str> = import.prepared.kinds().into_iter().map(SubjectKind::key).collect();
    import.draft.kind = kinds.join(",");
    import.draft.version = app.store().save_draft(&import.draft).await?;
    Ok(())
}

fn loading(elsewhere: String) -> WebError {
    WebError::conflict(
        "这份导入已经提交，不能再改。没有做任何改动。",
        "This import was submitted already and cannot be changed any more. Nothing was changed.",
    )
    .way_out(elsewhere, "查看导入结果", "See the result")
}
