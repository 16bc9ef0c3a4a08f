//! Every job of the zone, and stopping one; making a backup.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use store::access::Action;
use store::job::{Job, JobState};

use crate::jobs::{self, kinds, page as job_page};
use crate::ui::{Badge, Confirm, Empty, Icon};
use crate::{App, Page, WebError};

/// How many jobs are shown, the latest first.
const ROWS: u64 = 100;

#[derive(Template)]
#[template(path = "administration/jobs.html")]
struct JobList<'a> {
    page: &'a Page,
    jobs: Vec<Job>,
    has_directory: bool,
}

impl JobList<'_> {
    fn name(&self, job: &Job) -> String {
        kinds::name(job, self.page.lang)
    }

    fn state(&self, job: &Job) -> Badge {
        let name = job.state.name(self.page.lang);
        match job.state {
            JobState::Waiting => Badge::shut(name).with_icon("clock"),
            JobState::Running => Badge::early(name).with_icon("activity"),
            JobState::Done => Badge::ok(name),
            JobState::Failed => Badge::late(name),
            JobState::Stopped => Badge::shut(name).with_icon("player-stop"),
        }
    }

    fn message(&self, job: &Job) -> String {
        job_page::progress(self.page, job).message
    }

    fn stop_button(&self, job: &Job) -> Confirm<'_> {
        job_page::stop_button(self.page, job, true)
    }

    fn backs_up(&self) -> bool {
        self.page.can(Action::Backup)
    }

    fn nothing(&self) -> Empty<'_> {
        Empty {
            icon: Icon("activity"),
            title: self.page.t("还没有任务", "No job yet"),
            what: self.page.t(
                "导入、导出、校验、备份等较长的工作在这里排队，可以看进度，也可以停止。",
                "Imports, exports, verification and backups queue here; you can watch and stop them.",
            ),
            action: None,
        }
    }
}

/// Shows the latest jobs.
///
/// # Errors
/// What the store reports.
pub async fn list(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let jobs = app.store().jobs(None, ROWS).await?;
    page.show(JobList { page: &page, jobs, has_directory: app.settings().backups.is_some() })
}

/// Asks for a backup.
///
/// # Errors
/// What the store reports.
pub async fn back_up(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let id = app.ask_for("backup", &json!({}), &page.viewer()?.name).await?;
    Ok(page.go(&jobs::address(id)))
}
