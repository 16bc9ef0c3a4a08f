//! The page of one job, for whoever asked for it and for the system administrator.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use store::access::Action;
use store::job::{Job, JobState};
use uuid::Uuid;

use super::kinds;
use crate::frame::notice::Notice;
use crate::frame::page::Wants;
use crate::ui::{Confirm, Icon, Progress, Tone};
use crate::{App, Page, WebError};

#[derive(Template)]
#[template(path = "jobs/job.html")]
struct JobPage<'a> {
    page: &'a Page,
    job: Job,
}

impl JobPage<'_> {
    fn name(&self) -> String {
        kinds::name(&self.job, self.page.lang)
    }

    fn progress(&self) -> Progress<'_> {
        progress(self.page, &self.job)
    }

    fn is_over(&self) -> bool {
        self.job.state.is_over()
    }

    fn stop_button(&self) -> Confirm<'_> {
        stop_button(self.page, &self.job, false)
    }
}

/// The button that stops a job.
pub fn stop_button<'a>(page: &'a Page, job: &Job, small: bool) -> Confirm<'a> {
    Confirm {
        page,
        id: format!("stop-{}", job.id),
        button: page.t("停止", "Stop"),
        icon: Icon("player-stop"),
        title: page.t("停止这项任务？", "Stop this job?").to_owned(),
        consequence: page
            .t(
                "已经完成的部分不会保留，没有写入一半的数据。可以重新发起。",
                "What was done so far is dropped; nothing half done is stored. It can be asked for again.",
            )
            .to_owned(),
        action: format!("/jobs/{}/stop", job.id),
        fields: Vec::new(),
        reason: "",
        tone: Tone::Late,
        small,
    }
}

/// How far a job is, or how it ended.
pub fn progress<'a>(page: &'a Page, job: &Job) -> Progress<'a> {
    let address = format!("/jobs/{}/progress", job.id);
    let message = page.t(&job.message_zh, &job.message_en).to_owned();
    let (ended, message, result) = match job.state {
        JobState::Waiting => (None, page.t("正在排队", "waiting its turn").to_owned(), None),
        JobState::Running => {
            let said = if message.is_empty() { page.t("正在进行", "under way").to_owned() } else { message };
            (None, said, None)
        }
        JobState::Done => match kinds::kind(&job.kind) {
            Some(kind) => {
                let told = (kind.told)(job);
                let link = told.link.map(|(address, zh, en)| (address, page.t(zh, en).to_owned()));
                (Some(told.tone), page.t(&told.zh, &told.en).to_owned(), link)
            }
            None => (Some(Tone::Ok), message, None),
        },
        JobState::Failed => (Some(Tone::Late), message, None),
        JobState::Stopped => (Some(Tone::Shut), page.t("已停止。", "Stopped.").to_owned(), None),
    };
    Progress { page, address, done: job.done, total: job.total, message, ended, result }
}

/// The job, if this person may see it; another's is answered like one that does not exist.
pub(crate) async fn visible(app: &App, page: &Page, id: Uuid) -> Result<Job, WebError> {
    let viewer = page.viewer()?;
    let job = app.store().job(id).await?.ok_or_else(WebError::not_found)?;
    if job.owner == viewer.name || viewer.can(Action::ManageJobs) { Ok(job) } else { Err(WebError::not_found()) }
}

/// Shows a job.
///
/// # Errors
/// There is no such job of this person; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let job = visible(&app, &page, id).await?;
    page.show(JobPage { page: &page, job })
}

/// The part of the page that is asked for each second; the whole page for whoever has no script.
/// Once the job is over, the reader is brought to its result by itself.
///
/// # Errors
/// There is no such job of this person; what the store reports.
pub async fn show_progress(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let job = visible(&app, &page, id).await?;
    if page.wants != Wants::Fragment {
        return Ok(page.go(&super::address(id)));
    }
    let progress = progress(&page, &job);
    if !job.state.is_over() {
        return page.show(progress);
    }
    // The page around this part was drawn while the job ran: its result, or the page as it is now.
    Ok(match progress.result {
        Some((result, _)) => page.go(&result),
        None => page.look_again(),
    })
}

/// Stops a job.
///
/// # Errors
/// There is no such job of this person; what the store reports.
pub async fn stop(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let job = visible(&app, &page, id).await?;
    let stopped = app.store().stop_job(job.id, &page.viewer()?.name).await?;
    let notice = if stopped {
        Notice::done(page.lang, "任务已停止。", "The job was stopped.")
    } else {
        Notice::careful(page.t("任务在此之前已经结束。", "The job was over already."))
    };
    Ok(page.go_saying(&super::address(id), notice))
}
