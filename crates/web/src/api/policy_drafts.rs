//! `/api/v1/policy-drafts`: policy texts being written: begun, kept, checked, given up, published.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kernel::Lang;
use policy::problem::{Both, Problem as Fault, Severity, position};
use serde::{Deserialize, Serialize};
use store::policies::PolicyDraft;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::{Asked, Sent};
use super::me::Nothing;
use crate::policies::draft::{self, Read};
use crate::policies::examined::{Examined, examine, succeeds};
use crate::policies::publish;
use crate::{App, Page, WebError};

/// From which version a draft is begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPolicyDraft {
    /// A version of the library, such as `tech-sme@2022-01-01`; null or left out for a new policy.
    version: Option<String>,
}

/// A text to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDraftSource {
    /// The whole text in the policy language.
    source: String,
    /// `seen` of the draft as it was read; where somebody changed it since, nothing is kept (409).
    seen: i64,
}

/// A text to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextToCheck {
    /// The whole text in the policy language.
    source: String,
}

/// Which state of a draft was seen by whoever drops or publishes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDraft {
    /// `seen` of the draft as it was read; where somebody changed it since, nothing is done (409).
    seen: i64,
}

/// Why a published version is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyWithdrawn {
    /// The reason, which the log keeps.
    reason: String,
}

/// A draft in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyDraftRow {
    /// Its id.
    id: Uuid,
    /// The title that its text says; empty where it says none yet.
    title: String,
    /// The version it was begun from; null for a new policy.
    based_on: Option<String>,
    /// The accounts that wrote in it; none of them can publish it.
    hands: Vec<String>,
    /// When it was last changed (RFC 3339, UTC).
    updated_at: String,
    /// By which account.
    updated_by: String,
    /// Grows with every change; whoever changes, drops or publishes it says the one they saw.
    seen: i64,
}

/// The drafts that are worked on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyDraftList {
    /// The drafts, the latest first.
    rows: Vec<PolicyDraftRow>,
}

/// Something wrong with a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextProblem {
    /// `error`, which refuses the text, or `warning`.
    severity: String,
    /// A stable name of the kind of problem: `unknown-name`.
    code: String,
    /// Where: the line, from 1.
    line: usize,
    /// The character of that line, from 1.
    column: usize,
    /// What was found and what was expected.
    message: String,
    /// What to write instead, where that can be told.
    hint: Option<String>,
}

/// What there is to say about a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedText {
    /// Whether it can be read; only such a text is rehearsed.
    clean: bool,
    /// Everything that is wrong, at once.
    problems: Vec<TextProblem>,
    /// The version it would be; null where it cannot be read.
    version: Option<String>,
    /// How many cases it has.
    cases: usize,
}

/// A draft, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyDraftText {
    /// What the list shows.
    draft: PolicyDraftRow,
    /// The text.
    source: String,
    /// What there is to say about it.
    checked: CheckedText,
    /// Why it may not be published yet; empty where it may.
    hindrances: Vec<String>,
    /// The version whose last day it would set, where there is one.
    follows: Option<String>,
}

/// A version that was put in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PutInForce {
    /// Its whole name.
    version: String,
    /// Its first day.
    from: String,
    /// The publication, to withdraw it before that day.
    publication: Uuid,
}

/// A draft or a publication that was ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedDraft {
    /// Its id.
    id: Uuid,
}

fn row(draft: &PolicyDraft) -> PolicyDraftRow {
    PolicyDraftRow {
        id: draft.id,
        title: draft.title.clone(),
        based_on: Some(draft.based_on.clone()).filter(|version| !version.is_empty()),
        hands: draft.hands.clone(),
        updated_at: draft.updated_at.to_string(),
        updated_by: draft.updated_by.clone(),
        seen: draft.version,
    }
}

fn fault(problem: &Fault, source: &str, lang: Lang) -> TextProblem {
    let (line, column) = position(source, problem.span.start);
    TextProblem {
        severity: if problem.severity == Severity::Error { "error" } else { "warning" }.to_owned(),
        code: problem.code.to_owned(),
        line,
        column,
        message: problem.message.say(lang).to_owned(),
        hint: problem.hint.as_ref().map(|hint| hint.say(lang).to_owned()),
    }
}

/// What is wrong with a text and what version it would be.
fn checked(examined: &Examined, source: &str, lang: Lang) -> CheckedText {
    let policy = examined.policy.as_ref();
    CheckedText {
        clean: policy.is_some(),
        problems: examined.problems.iter().map(|problem| fault(problem, source, lang)).collect(),
        version: policy.map(policy::Policy::version),
        cases: policy.map_or(0, |policy| policy.cases.len()),
    }
}

async fn told(app: &App, page: &Page, draft: &PolicyDraft) -> Result<PolicyDraftText, WebError> {
    let shelf = app.library();
    let Read { examined, hindrances, .. } = draft::read(shelf.clone(), &draft.source, page.today).await?;
    let follows = examined.policy.as_ref().and_then(|policy| succeeds(&shelf, policy));
    Ok(PolicyDraftText {
        draft: row(draft),
        source: draft.source.clone(),
        checked: checked(&examined, &draft.source, page.lang),
        hindrances: hindrances.iter().map(|both| both.say(page.lang).to_owned()).collect(),
        follows: follows.map(policy::Policy::version),
    })
}

async fn open(app: &App, id: &str) -> Result<PolicyDraft, WebError> {
    draft::open(app, id.parse().map_err(|_| WebError::not_found())?).await
}

/// The drafts that are worked on.
#[utoipa::path(get, path = "/api/v1/policy-drafts", operation_id = "policy_drafts", tag = "Policies",
    responses((status = 200, description = "The drafts", body = PolicyDraftList)))]
pub async fn list(State(app): State<App>, _: Page, _: Asked<Nothing>) -> Result<Json<PolicyDraftList>, WebError> {
    Ok(Json(PolicyDraftList { rows: app.store().policy_drafts().await?.iter().map(row).collect() }))
}

/// Begins a draft from a version of the library, or a new policy. Its first day becomes tomorrow.
#[utoipa::path(post, path = "/api/v1/policy-drafts", operation_id = "begin_policy_draft", tag = "Policies",
    request_body = NewPolicyDraft, responses((status = 201, description = "It was begun", body = PolicyDraftText)))]
pub async fn begin(
    State(app): State<App>,
    page: Page,
    Sent(sent): Sent<NewPolicyDraft>,
) -> Result<(StatusCode, Json<PolicyDraftText>), WebError> {
    let begun = draft::new_draft(&app, &page, sent.version.as_deref().unwrap_or_default()).await?;
    Ok((StatusCode::CREATED, Json(told(&app, &page, &begun).await?)))
}

/// A draft with its text, everything that is wrong with it and what keeps it from being published.
#[utoipa::path(get, path = "/api/v1/policy-drafts/{id}", operation_id = "policy_draft", tag = "Policies",
    params(("id" = String, Path, description = "The draft's id")),
    responses((status = 200, description = "The draft", body = PolicyDraftText)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    _: Asked<Nothing>,
) -> Result<Json<PolicyDraftText>, WebError> {
    let draft = open(&app, &id).await?;
    Ok(Json(told(&app, &page, &draft).await?))
}

/// Keeps another text of a draft. A text with errors is kept too; it can be neither rehearsed nor published.
#[utoipa::path(post, path = "/api/v1/policy-drafts/{id}", operation_id = "save_policy_draft", tag = "Policies",
    params(("id" = String, Path, description = "The draft's id")), request_body = PolicyDraftSource,
    responses((status = 200, description = "It was kept", body = PolicyDraftText)))]
pub async fn save(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Sent(sent): Sent<PolicyDraftSource>,
) -> Result<Json<PolicyDraftText>, WebError> {
    let known = open(&app, &id).await?;
    let by = &page.viewer()?.name;
    let kept = draft::keep(&app, &known, draft::plain(&sent.source), sent.seen, by).await?;
    Ok(Json(told(&app, &page, &kept).await?))
}

/// Says what is wrong with a text as if it were this draft's. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/policy-drafts/{id}/check", operation_id = "check_policy_draft", tag = "Policies",
    params(("id" = String, Path, description = "The draft's id")), request_body = TextToCheck,
    responses((status = 200, description = "What there is to say", body = CheckedText)))]
pub async fn check(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Sent(sent): Sent<TextToCheck>,
) -> Result<Json<CheckedText>, WebError> {
    open(&app, &id).await?;
    let (shelf, lang) = (app.library(), page.lang);
    let work = move || {
        let source = draft::plain(&sent.source);
        checked(&examine(&shelf, &source), &source, lang)
    };
    Ok(Json(tokio::task::spawn_blocking(work).await.map_err(WebError::broken)?))
}

/// Gives a draft up.
#[utoipa::path(post, path = "/api/v1/policy-drafts/{id}/drop", operation_id = "drop_policy_draft", tag = "Policies",
    params(("id" = String, Path, description = "The draft's id")), request_body = SeenDraft,
    responses((status = 200, description = "It was given up", body = EndedDraft)))]
pub async fn drop(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Sent(sent): Sent<SeenDraft>,
) -> Result<Json<EndedDraft>, WebError> {
    let draft = PolicyDraft { version: sent.seen, ..open(&app, &id).await? };
    app.store().drop_policy_draft(&draft, &page.viewer()?.name).await?;
    Ok(Json(EndedDraft { id: draft.id }))
}

/// Publishes a draft of somebody else. One that something hinders is refused (422) with every reason.
#[utoipa::path(post, path = "/api/v1/policy-drafts/{id}/publish", operation_id = "publish_policy", tag = "Policies",
    params(("id" = String, Path, description = "The draft's id")), request_body = SeenDraft,
    responses((status = 200, description = "It was published", body = PutInForce)))]
pub async fn publish(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Sent(sent): Sent<SeenDraft>,
) -> Result<Json<PutInForce>, WebError> {
    let draft = PolicyDraft { version: sent.seen, ..open(&app, &id).await? };
    let read = draft::read(app.library(), &draft.source, page.today).await?;
    match publish::put_in_force(&app, &draft, &read, &page.viewer()?.name).await? {
        Some(policy) => {
            Ok(Json(PutInForce { version: policy.version(), from: policy.from.to_string(), publication: draft.id }))
        }
        None => Err(hindered(&read.hindrances)),
    }
}

fn hindered(hindrances: &[Both]) -> WebError {
    let all = |lang: Lang, between: &str| {
        hindrances.iter().map(|both| both.say(lang).to_owned()).collect::<Vec<_>>().join(between)
    };
    WebError::invalid(
        format!("还不能发布：{}。", all(Lang::Zh, "；")),
        format!("It cannot be published yet: {}.", all(Lang::En, "; ")),
    )
}

/// Withdraws a published version before its first day, with a reason.
#[utoipa::path(post, path = "/api/v1/publications/{id}/withdraw", operation_id = "withdraw_policy", tag = "Policies",
    params(("id" = String, Path, description = "The publication's id")), request_body = WhyWithdrawn,
    responses((status = 200, description = "It was withdrawn", body = EndedDraft)))]
pub async fn withdraw(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Sent(sent): Sent<WhyWithdrawn>,
) -> Result<Json<EndedDraft>, WebError> {
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    publish::take_back(&app, &page, id, &sent.reason).await?;
    Ok(Json(EndedDraft { id }))
}
