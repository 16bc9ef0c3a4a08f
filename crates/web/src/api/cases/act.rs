//! Cases opened and acted on, with files and without, as the forms of the pages do.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use loops::{Given, Kind};
use serde::Deserialize;
use store::cases::{CaseRow, CaseView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::known;
use super::shape::{CaseLine, line};
use crate::api::asked::Sent;
use crate::cases::special::approval::{self, Applied, NotApplied};
use crate::cases::special::{self, extras};
use crate::cases::{act, begin, files, page as case_page, typed};
use crate::upload::{Received, SentFile};
use crate::{App, Page, WebError};

/// A case to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// What it is, in one line.
    title: String,
    /// More about it.
    #[serde(default)]
    text: Option<String>,
    /// The topic, by key.
    #[serde(default)]
    topic: Option<String>,
    /// Where it is.
    #[serde(default)]
    place: Option<String>,
    /// The enterprise it is about, by id.
    #[serde(default)]
    subject: Option<Uuid>,
    /// The unit in charge, where the kind begins with one.
    #[serde(default)]
    unit: Option<Uuid>,
    /// The day by which it is to be done.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    until: Option<Date>,
    /// The case it comes out of, by id.
    #[serde(default)]
    parent: Option<Uuid>,
    /// The person of the unit who answers for it.
    #[serde(default)]
    person: Option<String>,
    /// Of an approval: the item that is applied for, by key.
    #[serde(default)]
    item: Option<String>,
    /// The papers of the item that are handed in, by name.
    #[serde(default)]
    papers: BTreeSet<String>,
    /// The answers of the item's form, by what is asked.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Whether what is missing is left to the one notice of the desk.
    #[serde(default)]
    incomplete: bool,
}

/// A step to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    /// `seq` of the case as it was seen: whoever is second is refused with 409.
    seen: u32,
    /// Words, or a reason.
    #[serde(default)]
    text: Option<String>,
    /// The unit in charge from now on, or the assisting one that speaks.
    #[serde(default)]
    unit: Option<Uuid>,
    /// Units that assist.
    #[serde(default)]
    assisting: Vec<Uuid>,
    /// From 1 (非常不满意) to 5 (非常满意).
    #[serde(default)]
    rating: Option<u8>,
    /// A day to come.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    until: Option<Date>,
    /// Whether it is signed with this account.
    #[serde(default)]
    signed: bool,
    /// How much of the plan is done since the last report, as a figure in its measure.
    #[serde(default)]
    amount: Option<String>,
    /// The figures of a duty report by field, and under `why.` and the field why one changed much; of other
    /// steps what their form asks for besides: `missing` of a notice of papers; `session_at`, `link` and
    /// `checklist` of an inspection by video.
    #[serde(default)]
    form: BTreeMap<String, String>,
}

/// A step with its files, `multipart/form-data`. Pictures, PDF, docx, xlsx, xls and csv are taken, 20 at most.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the form; the fields are read one by one as they arrive")]
pub struct StepWithFiles {
    /// The step as JSON, as it is sent without files: `{"seen": 3, "text": "已修好"}`.
    step: String,
    /// The proof; the field may come several times.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A case to open with its files, `multipart/form-data`; the same files are taken.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the form; the fields are read one by one as they arrive")]
pub struct CaseWithFiles {
    /// The case as JSON, as it is sent without files: `{"title": "停电"}`.
    case: String,
    /// A picture or a paper; the field may come several times.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Opens a case, in the part in which the token's owner may.
#[utoipa::path(post, path = "/api/v1/cases/{kind}", operation_id = "open_case", tag = "Cases",
    params(("kind" = String, Path, description = "The kind")), request_body = NewCase,
    responses((status = 200, description = "It was opened", body = CaseLine)))]
pub async fn open(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    Sent(sent): Sent<NewCase>,
) -> Result<Json<CaseLine>, WebError> {
    page.must_be_today()?;
    let kind = known(&kind)?;
    let given = opening(&app, &page, kind, sent).await?;
    let row = begin::open_as_asked(&app, &page, kind, given).await?;
    Ok(Json(line(&row)))
}

/// Opens a case with files, in the part in which the token's owner may.
#[utoipa::path(post, path = "/api/v1/cases/{kind}/files", operation_id = "open_case_with_files", tag = "Cases",
    params(("kind" = String, Path, description = "The kind")),
    request_body(content = CaseWithFiles, content_type = "multipart/form-data"),
    responses((status = 200, description = "It was opened", body = CaseLine)))]
pub async fn open_with_files(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    mut received: Received,
) -> Result<Json<CaseLine>, WebError> {
    page.must_be_today()?;
    let kind = known(&kind)?;
    let given = opening(&app, &page, kind, part(&received, "case")?).await?;
    let proofs = files::keep(&app, &page, received.take_files()).await?;
    Ok(Json(line(&begin::open_as_asked(&app, &page, kind, Given { proofs, ..given }).await?)))
}

/// What a case is opened with.
async fn opening(app: &App, page: &Page, kind: &Kind, sent: NewCase) -> Result<Given, WebError> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    if sent.until.is_some() && !begin::takes_until(kind) {
        return Err(WebError::invalid(
            "这类事项的期限由规定和承诺算出，提出时不能自定。请去掉 until。",
            "The days of such a case follow from the rules and the promise; leave “until” out.",
        ));
    }
    let (form, promise) = match (kind.key, sent.item) {
        ("approval", Some(item)) => {
            let (papers, answers, incomplete) = (sent.papers, sent.answers, sent.incomplete);
            let applied = Applied { item, papers, answers, incomplete };
            let subject = sent.subject.map(kernel::SubjectId);
            approval::applied(app, page, &applied, subject).await.map_err(NotApplied::error)?
        }
        (_, None) => (BTreeMap::new(), None),
        (_, Some(_)) => {
            return Err(WebError::invalid(
                "只有办件可以选事项（item）。请去掉 item，或改为办件。",
                "Only an approval is applied for by an item; leave “item” out, or open an approval.",
            ));
        }
    };
    Ok(Given {
        form,
        promise,
        title: Some(sent.title),
        text: sent.text,
        topic: sent.topic,
        place: sent.place,
        subject: id(sent.subject),
        unit: id(sent.unit),
        until: sent.until,
        parent: id(sent.parent),
        person: sent.person,
        ..Given::default()
    })
}

/// The part of a form that is JSON; no other part but the files belongs there.
fn part<T: serde::de::DeserializeOwned>(received: &Received, name: &str) -> Result<T, WebError> {
    if let Some(other) = received.fields.keys().find(|field| *field != name) {
        let found: String = other.chars().take(60).collect();
        let expected = format!("{name}, file");
        return Err(WebError::bad_request(
            format!("没有“{found}”这一项。可用的有：{expected}。"),
            format!("There is no field “{found}”. Those known are: {expected}."),
        )
        .found(found, expected.clone(), expected));
    }
    serde_json::from_str(received.field(name)).map_err(|error| {
        WebError::bad_request(
            format!("“{name}”应为 JSON 对象：{error}。"),
            format!("“{name}” must be an object in JSON: {error}."),
        )
    })
}

/// Takes a step in a case. One that needs files as proof is sent with them: `…/steps/{step}/files`.
#[utoipa::path(post, path = "/api/v1/cases/{kind}/{number}/steps/{step}", operation_id = "act_on_case", tag = "Cases",
    params(("kind" = String, Path, description = "The kind"), ("number" = String, Path, description = "The number"),
        ("step" = String, Path, description = "The step, by key")),
    request_body = NewStep,
    responses((status = 200, description = "It was taken", body = CaseLine)))]
pub async fn act(
    State(app): State<App>,
    page: Page,
    Path((kind, number, step)): Path<(String, String, String)>,
    Sent(sent): Sent<NewStep>,
) -> Result<Json<CaseLine>, WebError> {
    page.must_be_today()?;
    let found = case_page::find(&app, &page, &kind, &number).await?;
    Ok(Json(line(&take(&app, &page, &found, &step, sent, Vec::new()).await?)))
}

/// Takes a step in a case with files as its proof.
#[utoipa::path(post, path = "/api/v1/cases/{kind}/{number}/steps/{step}/files", operation_id = "act_on_case_with_files",
    tag = "Cases",
    params(("kind" = String, Path, description = "The kind"), ("number" = String, Path, description = "The number"),
        ("step" = String, Path, description = "The step, by key")),
    request_body(content = StepWithFiles, content_type = "multipart/form-data"),
    responses((status = 200, description = "It was taken", body = CaseLine)))]
pub async fn act_with_files(
    State(app): State<App>,
    page: Page,
    Path((kind, number, step)): Path<(String, String, String)>,
    mut received: Received,
) -> Result<Json<CaseLine>, WebError> {
    page.must_be_today()?;
    // The case is looked for before the form is read: who may not see it learns nothing from the form.
    let found = case_page::find(&app, &page, &kind, &number).await?;
    let sent: NewStep = part(&received, "step")?;
    let files = received.take_files();
    Ok(Json(line(&take(&app, &page, &found, &step, sent, files).await?)))
}

/// Takes a step as a form of its page would.
async fn take(
    app: &App,
    page: &Page,
    found: &CaseView,
    step: &str,
    sent: NewStep,
    sent_files: Vec<SentFile>,
) -> Result<CaseRow, WebError> {
    let given = Given {
        text: sent.text,
        unit: sent.unit.map(|id| id.to_string()),
        assisting: sent.assisting.iter().map(Uuid::to_string).collect(),
        rating: sent.rating,
        until: sent.until,
        signed: sent.signed,
        amount: typed::amount(sent.amount.as_deref().unwrap_or_default().trim())?,
        form: sent.form.clone(),
        ..Given::default()
    };
    let given = match found.row.kind.step(step) {
        // A form with fields of its own is read by them; that of a report is held against its fields later.
        Some(known) if !extras::of(found.row.kind.key, known.key).is_empty() => {
            let given = Given { form: BTreeMap::new(), ..given };
            extras::given(page, found.row.kind.key, known, &sent.form, given)?
        }
        _ => given,
    };
    let given = special::inspection::with_advice(app, page, found, step, given).await?;
    let proofs = files::keep(app, page, sent_files).await?;
    act::take(app, page, found, sent.seen, step, Given { proofs, ..given }).await
}
