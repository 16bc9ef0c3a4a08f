//! A rehearsal on many enterprises, as a job.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use kernel::SubjectKind;
use serde::Deserialize;
use serde_json::{Value, json};
use store::ListQuery;
use store::access::{Scope, UnitId};
use store::job::Job;
use uuid::Uuid;

use super::effect::MOST_KEPT;
use super::population;
use super::rehearsal::{Asked, Prepared, Trial, may, others};
use crate::frame::day::day_of;
use crate::jobs::Failure;
use crate::jobs::kinds::{Told as Said, Work};
use crate::jobs::runner::Task;
use crate::ui::{Tone, figure};
use crate::{App, Page, WebError};

/// The name of the kind of job.
pub const KIND: &str = "rehearsal";

/// The page whose rehearsal is asked for.
#[derive(Deserialize)]
pub struct Wanted {
    address: String,
}

/// What a page's address asks to have tried, with both versions.
///
/// # Errors
/// The address is none of a rehearsal, or of a draft that the person may not see; what the store reports.
pub(crate) async fn prepared(app: &App, page: &Page, address: &str) -> Result<Prepared, WebError> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let asked = Asked::read(path, query).ok_or_else(WebError::not_found)?;
    may(page, &asked)?;
    asked.prepare(app, query, page.today).await
}

/// Asks for a rehearsal that could be prepared, on the rows of whoever asks.
///
/// # Errors
/// What the store reports.
pub(crate) async fn begin(app: &App, page: &Page, address: &str) -> Result<Uuid, WebError> {
    let viewer = page.viewer()?;
    let input = json!({ "address": address, "scope": stored(&viewer.scope) });
    app.ask_for(KIND, &input, &viewer.name).await
}

/// Asks for a rehearsal as a job.
///
/// # Errors
/// The address is none of a rehearsal, or of a draft that the person may not see; what the store reports.
pub async fn ask(State(app): State<App>, page: Page, Form(wanted): Form<Wanted>) -> Result<Response, WebError> {
    prepared(&app, &page, &wanted.address).await?;
    let id = begin(&app, &page, &wanted.address).await?;
    Ok(page.go(&crate::jobs::address(id)))
}

/// The rows of whoever asked, as the job keeps them.
fn stored(scope: &Scope) -> Value {
    match scope {
        Scope::Zone => json!("zone"),
        Scope::Units(units) => json!(units),
        Scope::Subject(_) | Scope::Nothing => json!([]),
    }
}

fn scope(stored: &Value) -> Scope {
    match stored.as_str() {
        Some("zone") => Scope::Zone,
        _ => Scope::Units(serde_json::from_value::<Vec<UnitId>>(stored.clone()).unwrap_or_default()),
    }
}

/// Holds every enterprise of the asker's rows against both versions.
pub fn work(task: Task) -> Work {
    Box::pin(async move {
        let app = &task.app;
        let address = task.job.input["address"].as_str().unwrap_or_default().to_owned();
        let scope = scope(&task.job.input["scope"]);
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let refused = |error: WebError| Failure::new(error.zh, error.en);
        let asked = Asked::read(path, query).ok_or_else(|| refused(WebError::not_found()))?;
        let today = day_of(app.store().clock().now());
        let prepared = asked.prepare(app, query, today).await.map_err(refused)?;
        let others = others(app, &prepared, &scope).await.map_err(refused)?;
        let total = app.store().count(&ListQuery::all(SubjectKind::Enterprise), &scope).await?;
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        let mut done = 0;
        let mut trial = Trial::new(&prepared, others);
        population::each(app, &scope, |people| {
            trial.hold(&people);
            done += people.len() as i64;
            task.reached(done, total.max(done), "正在逐家预演", "rehearsing on each enterprise");
        })
        .await?;
        let mut told = trial.done();
        let found = &mut told.rehearsal;
        for list in [&mut found.enters, &mut found.leaves, &mut found.moves] {
            list.truncate(MOST_KEPT);
        }
        found.near.truncate(MOST_KEPT);
        serde_json::to_value(&told).map_err(|error| Failure::new(error.to_string(), error.to_string()))
    })
}

/// Says what it found.
pub fn told(job: &Job) -> Said {
    let found = job.result.as_ref().map(|result| &result["rehearsal"]);
    let count = |list: &str| {
        let many = found.and_then(|found| found[list].as_array()).map_or(0, Vec::len);
        figure::grouped(i64::try_from(many).unwrap_or(i64::MAX))
    };
    let (enters, leaves, moves) = (count("enters"), count("leaves"), count("moves"));
    Said {
        tone: Tone::Ok,
        zh: format!("预演完成：进入 {enters} 家，退出 {leaves} 家，其他变化 {moves} 家。"),
        en: format!("Rehearsed: {enters} enter, {leaves} leave, {moves} change otherwise."),
        link: Some((format!("/policies/rehearsals/{}", job.id), "看结果", "See the result")),
    }
}
