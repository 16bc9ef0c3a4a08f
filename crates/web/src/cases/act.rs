//! `POST /cases/{kind}/{number}/steps/{step}`: a person takes a step.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use loops::{Given, Refusal};
use store::StoreError;
use store::cases::{CaseRow, CaseView};

use super::special::{self, extras};
use super::step_form::Refused;
use super::typed::Typed;
use super::{duties, files, page, words};
use crate::frame::notice::Notice;
use crate::upload::Received;
use crate::{App, Page, WebError};

/// Takes a step. What is refused is said on the case's page, with what was typed.
///
/// # Errors
/// There is no such case within the person's rows; a forged form; what the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path((kind, number, key)): Path<(String, String, String)>,
    mut received: Received,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let found = page::find(&app, &page, &kind, &number).await?;
    let step = found.row.kind.step(&key).ok_or_else(WebError::not_found)?;
    let typed = Typed::read(&received.fields);
    let seen: u32 = received.field("seen").parse().unwrap_or(0);
    let taken = async {
        let given = extras::given(&page, found.row.kind.key, step, &typed.extra, typed.given(step, page.today)?)?;
        let given = special::inspection::with_advice(&app, &page, &found, step.key, given).await?;
        let proofs = files::keep(&app, &page, received.take_files()).await?;
        take(&app, &page, &found, seen, &key, Given { proofs, ..given }).await
    };
    match taken.await {
        Ok(row) => {
            Ok(page.go_saying(&words::address(row.kind.key, &row.number), taken_notice(&page, &found, step.key, &row)))
        }
        Err(error) => {
            refused(
                &app,
                &page,
                &found,
                Refused { step: key, typed, said: error.say(page.lang).to_owned() },
                seen,
                error,
            )
            .await
        }
    }
}

/// Takes a step as the store lets this person, with what the form or the program gave.
///
/// # Errors
/// What stands against it, in the person's words; what the store reports.
pub async fn take(
    app: &App,
    page: &Page,
    found: &CaseView,
    seen: u32,
    step: &str,
    given: Given,
) -> Result<CaseRow, WebError> {
    let viewer = page.viewer()?;
    let given = duties::report::checked(app, page, found, step, given).await?;
    let given = special::approval::completed(app, page, found, step, given).await?;
    app.store().act_on_case(viewer, found.row.id, seen, step, given).await.map_err(said)
}

/// What the store says of a step, as a page says it: a conflict where somebody acted first or the case
/// stands elsewhere by now, else what is missing.
pub(super) fn said(error: StoreError) -> WebError {
    let StoreError::Case(refusal) = &error else { return error.into() };
    let (zh, en) = (refusal.say(kernel::Lang::Zh), refusal.say(kernel::Lang::En));
    match refusal {
        Refusal::Moved { .. } | Refusal::NotNow { .. } | Refusal::BackInTime => WebError::conflict(zh, en),
        Refusal::Altered { .. } | Refusal::Empty => WebError::broken(&error),
        _ => WebError::invalid(zh, en),
    }
}

/// The case's page with the form as it was sent; with what happened meanwhile where somebody acted first.
async fn refused(
    app: &App,
    page: &Page,
    before: &CaseView,
    refused: Refused,
    seen: u32,
    error: WebError,
) -> Result<Response, WebError> {
    match error.status {
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => {}
        _ => return Err(error),
    }
    let now = page::find(app, page, before.row.kind.key, &before.row.number).await?;
    let moved = error.status == StatusCode::CONFLICT && now.row.seq > seen;
    page::answer(app, page, &now, Some(refused), moved.then_some(seen)).await
}

fn taken_notice(page: &Page, before: &CaseView, step: &str, row: &CaseRow) -> Notice {
    let label = row.kind.step(step).map_or("", |step| step.label(page.lang));
    let state = row.state.label(page.lang);
    Notice::said(match (page.lang, row.state == before.row.state) {
        (kernel::Lang::Zh, true) => format!("已办理“{label}”。"),
        (kernel::Lang::Zh, false) => format!("已办理“{label}”，现为“{state}”。"),
        (kernel::Lang::En, true) => format!("Done: {label}."),
        (kernel::Lang::En, false) => format!("Done: {label}. It is now “{state}”."),
    })
}
