//! `/imports/{id}/load`: storing it, as long work that can be left; then what became of it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::Lang;
use serde::Deserialize;
use serde_json::json;
use store::StoreError;
use store::access::Action;
use store::draft::DraftState;
use store::job::{Job, JobState};

use crate::importing::checks::Standing;
use crate::importing::draft::{self, Import};
use crate::importing::job::{KIND, Result as Done};
use crate::importing::{Shown, Step, check, steps};
use crate::jobs::page::progress;
use crate::register::kinds::LISTED;
use crate::register::words;
use crate::ui::{Confirm, Progress, Tone, figure};
use crate::{App, Page, WebError};

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    skip_faulty: String,
}

/// Asks for the load. Rows with faults are left out only where the person said so.
///
/// # Errors
/// There is no such draft of this person; faults that nobody said to leave out; what the store
/// reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let mut import = match draft::open(&app, &page, &id).await? {
        Ok(import) => import,
        Err(elsewhere) => return Ok(page.go(&elsewhere)),
    };
    let skip_faulty = !asked.skip_faulty.is_empty();
    let scope = page.viewer()?.scope_for(Action::Import);
    let patience = std::time::Duration::from_secs(20);
    match app.checks().of(&app, &import, &scope, patience).await {
        Standing::Over(Ok(checked)) => {
            let why = reason_against(&checked, &import, skip_faulty);
            if let Some(error) = why {
                return Err(error.way_out(import.address("check"), "回到检查", "Back to the check"));
            }
        }
        Standing::Over(Err(error)) => return Err(check::refused(&error)),
        // The job reads the sheet again and refuses what has faults.
        Standing::Reading(_) => {}
    }
    import.draft.state = DraftState::Loading;
    import.draft.version = match app.store().save_draft(&import.draft).await {
        Err(StoreError::Stale) => return Ok(page.go(&import.address("load"))),
        outcome => outcome?,
    };
    // A server that dies between the two leaves a draft that is loading without a job; opening it
    // makes it a draft again.
    let input = json!({"draft": import.draft.id, "skip_faulty": skip_faulty});
    app.ask_for(KIND, &input, &import.draft.owner).await?;
    Ok(page.go(&import.address("load")))
}

fn reason_against(checked: &crate::importing::checked::Book, import: &Import, skip_faulty: bool) -> Option<WebError> {
    if checked.is_open() {
        return Some(WebError::invalid(
            "表头还有没有认清的列，请先核对各列。什么都没有存入。",
            "Some columns are not understood yet; go through them first. Nothing was stored.",
        ));
    }
    let total = checked.sum(|sheet| sheet.total);
    if total > 0 && !skip_faulty {
        return Some(WebError::invalid(
            format!("还有 {total} 处问题。请改正，或选择跳过有问题的行。什么都没有存入。"),
            format!("{total} faults are left. Mend them, or choose to leave the faulty rows out. Nothing was stored."),
        ));
    }
    (checked.sound(&import.prepared) == 0).then(|| {
        WebError::invalid("没有可以导入的行。什么都没有存入。", "There is no row to import. Nothing was stored.")
    })
}

#[derive(Template)]
#[template(path = "importing/load.html")]
struct LoadPage<'a> {
    page: &'a Page,
    import: &'a Import,
    job: Option<Job>,
}

impl LoadPage<'_> {
    fn steps(&self) -> Vec<Shown> {
        steps(self.page.lang, Step::Load, Some(self.import.draft.id))
    }

    fn kinds(&self) -> String {
        words::kinds(&self.import.prepared.kinds(), self.page.lang)
    }

    fn progress(&self) -> Option<Progress<'_>> {
        self.job.as_ref().map(|job| progress(self.page, job))
    }

    fn is_under_way(&self) -> bool {
        self.job.as_ref().is_some_and(|job| !job.state.is_over())
    }

    fn failed(&self) -> bool {
        self.job.as_ref().is_none_or(|job| matches!(job.state, JobState::Failed | JobState::Stopped))
            && self.import.draft.state != DraftState::Loaded
    }

    fn done(&self) -> Option<Done> {
        let job = self.job.as_ref().filter(|job| job.state == JobState::Done)?;
        serde_json::from_value(job.result.clone()?).ok()
    }

    fn stop_button(&self) -> Option<Confirm<'_>> {
        let job = self.job.as_ref().filter(|job| !job.state.is_over())?;
        Some(crate::jobs::page::stop_button(self.page, job, false))
    }

    fn count(&self, count: &u64) -> String {
        figure::grouped(i64::try_from(*count).unwrap_or(i64::MAX))
    }

    fn register(&self) -> Option<&'static str> {
        let kinds = self.import.prepared.kinds();
        LISTED.iter().find(|listed| kinds.contains(&listed.kind)).map(|listed| listed.path)
    }

    fn settles_candidates(&self) -> bool {
        self.page.can(Action::Merge)
    }

    fn undo_button(&self, source: &uuid::Uuid) -> Option<Confirm<'_>> {
        self.page.can(Action::UndoLoad).then(|| Confirm {
            page: self.page,
            id: "undo".to_owned(),
            button: self.page.t("撤销这次导入", "Undo this import"),
            icon: self.page.icon("arrow-back-up"),
            title: self.page.t("撤销这次导入？", "Undo this import?").to_owned(),
            consequence: self
                .page
                .t(
                    "这一批的全部数据不再采用，台账回到导入之前的样子。记录和文件都保留，可以随时恢复。",
                    "None of its data are used any more and the register is as it was before. Records and file are kept, and it can be restored at any time.",
                )
                .to_owned(),
            action: format!("/loads/{source}/undo"),
            fields: Vec::new(),
            reason: self.page.t("撤销的原因", "Why it is undone"),
            tone: Tone::Late,
            small: false,
        })
    }
}

/// Shows how far the load is, or what became of it.
///
/// # Errors
/// There is no such draft of this person; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let import = draft::own(&app, &page, &id).await?;
    if import.draft.state == DraftState::Preparing {
        return Ok(page.go(&import.address("check")));
    }
    let job = draft::job_of(&app, &import).await?;
    page.show(LoadPage { page: &page, import: &import, job })
}

/// What a load did, in one sentence.
pub(super) fn sentence(done: &Done, lang: Lang) -> String {
    let count = |count: u64| figure::grouped(i64::try_from(count).unwrap_or(i64::MAX));
    let (accepted, unchanged, skipped) = (count(done.accepted), count(done.unchanged), count(done.skipped));
    match (done.source.is_some(), lang) {
        (true, Lang::Zh) => format!("已存入 {accepted} 行，{unchanged} 行没有变化，跳过 {skipped} 行。"),
        (true, Lang::En) => format!("{accepted} rows stored, {unchanged} unchanged, {skipped} left out."),
        (false, Lang::Zh) => format!("{unchanged} 行都与台账一致，没有变化，什么都没有存入。"),
        (false, Lang::En) => format!("All {unchanged} rows say what the register holds already; nothing was stored."),
    }
}
