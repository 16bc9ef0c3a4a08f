//! `/api/v1/cases`: the cases of the closed loops, listed, read, opened and acted on.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use loops::plan::Plan;
use loops::{Given, Kind, Party, Sealed};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::access::UnitId;
use store::cases::{CaseFilter, CaseQuery, CaseRow, CaseSort, CaseView};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked, Sent};
use super::me::Nothing;
use crate::cases::month::Month;
use crate::cases::special::{self, extras};
use crate::cases::{act, begin, files, page as case_page, typed};
use crate::frame::day;
use crate::upload::{Received, SentFile};
use crate::{App, Page, WebError};

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// A part of the number or the title.
    q: Option<String>,
    /// In this state, by key.
    state: Option<String>,
    /// Of this colour: `red`, `yellow`, `green`, `blue`, `grey`.
    colour: Option<String>,
    /// In charge of this unit.
    unit: Option<Uuid>,
    /// About this subject.
    subject: Option<Uuid>,
    /// On this topic.
    topic: Option<String>,
    /// Waiting for the token's owner only.
    mine: Option<bool>,
    /// Open ones (`true`) or ended ones (`false`) only.
    open: Option<bool>,
    /// Past their day only.
    overdue: Option<bool>,
    /// Due on this day or after.
    #[param(value_type = Option<String>)]
    due_from: Option<Date>,
    /// Due on this day or before.
    #[param(value_type = Option<String>)]
    due_to: Option<Date>,
    /// With an event on this day or after, by the clock of China.
    #[param(value_type = Option<String>)]
    changed_from: Option<Date>,
    /// `due`, `opened`, `changed` or `number`; with `-` before it the last comes first.
    sort: Option<String>,
    /// Continues behind this place: `next` of the page before.
    after: Option<String>,
    /// Rows of a page, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLine {
    /// Its id.
    id: Uuid,
    /// Its kind, by key.
    kind: String,
    /// Its number for people, unique in the zone.
    number: String,
    /// Its name; empty where the words were erased by law.
    title: String,
    /// Its topic, by key; empty where none was given.
    topic: String,
    /// Where it is.
    place: String,
    /// The subject it is about.
    subject: Option<Uuid>,
    /// The subject's name.
    subject_name: String,
    /// The unit in charge.
    unit: Option<Uuid>,
    /// The service officer's account.
    officer: Option<String>,
    /// Its state, by key.
    state: String,
    /// Whose turn it is, by key; null at the end.
    turn: Option<String>,
    /// Its colour, by key; empty where it has none.
    colour: String,
    /// The number of its last event: what `seen` of a step must say.
    seq: u32,
    /// When it was opened (RFC 3339, UTC).
    opened_at: String,
    /// When somebody last acted.
    changed_at: String,
    /// The last moment that is in time; null where time stands still and at the end.
    due_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
    /// Whether it ended late.
    late: bool,
    /// The last rating, 1 to 5; null where nobody rated.
    rating: Option<u8>,
    /// How often it was opened again.
    reopened: u32,
    /// How often it came back as a wrong door.
    returned: u32,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseList {
    /// How many there are in all.
    total: u64,
    /// The cases.
    rows: Vec<CaseLine>,
    /// `after` of the next page; null on the last.
    next: Option<String>,
}

/// Something that happened in a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Happened {
    /// Its number in the case, from 1.
    seq: u32,
    /// When (RFC 3339, UTC).
    at: String,
    /// By which account.
    by: String,
    /// In which part, by key.
    party: String,
    /// The step, by key; `open` for the first.
    step: String,
    /// What was written; null where nothing was, or where it was erased by law.
    text: Option<String>,
    /// Whether what was written was erased by law.
    erased: bool,
    /// The files that came with it, by SHA-256.
    files: Vec<String>,
    /// The unit in charge from then on.
    unit: Option<String>,
    /// The rating, 1 to 5.
    rating: Option<u8>,
    /// The day that was agreed.
    until: Option<String>,
    /// The values of its form, by field.
    form: BTreeMap<String, String>,
    /// The hash of this event and all before it in the case.
    hash: String,
}

/// A step that the token's owner may take now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Possible {
    /// The step, by key.
    step: String,
    /// The state it leads to, by key; null where the state stays.
    to: Option<String>,
    /// What it needs: `text`, `reason`, `proof`, `unit`, `rating`, `until`, `signature`, `another_person`.
    needs: Vec<String>,
}

/// How far the plan of a task is today.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanSoFar {
    /// What it is counted in.
    measure: String,
    /// How much is to be done in which month, as `2026-11` and a figure.
    months: BTreeMap<String, String>,
    /// How much was reported as done.
    done: String,
    /// What should be done by the end of the last month that ended, in per cent of the whole.
    planned_share: String,
    /// What is done, in per cent of the whole.
    done_share: String,
    /// How many months in a row were short at their end.
    months_missed: u32,
}

/// One case with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFull {
    /// The case as lists show it.
    #[serde(flatten)]
    case: CaseLine,
    /// The units that assist.
    assisting: Vec<Uuid>,
    /// The person of the unit who answers for it.
    person: Option<String>,
    /// The plan by months; null for a case without one.
    plan: Option<PlanSoFar>,
    /// What the rule says of its colour; where it differs a person set another for a time.
    rule_colour: String,
    /// What happened, the first first.
    history: Vec<Happened>,
    /// What the token's owner may do now.
    steps: Vec<Possible>,
    /// Cases that came out of this one.
    children: Vec<CaseLine>,
}

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

/// A page of the cases of a kind that the token's owner may see.
#[utoipa::path(get, path = "/api/v1/cases/{kind}", operation_id = "cases", tag = "Cases",
    params(("kind" = String, Path, description = "matter, visit, duty_report, task, approval, document, inspection or assistance"), Wanted),
    responses((status = 200, description = "A page of cases", body = CaseList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<CaseList>, WebError> {
    let viewer = page.viewer()?;
    let query = query(known(&kind)?, wanted)?;
    let found = app.store().cases(viewer, &query).await?;
    let total = app.store().count_cases(viewer, &query.filter).await?;
    Ok(Json(CaseList { total, rows: found.rows.iter().map(line).collect(), next: found.next }))
}

/// One case by its number, with everything that happened and what may be done now.
#[utoipa::path(get, path = "/api/v1/cases/{kind}/{number}", operation_id = "case", tag = "Cases",
    params(("kind" = String, Path, description = "The kind"), ("number" = String, Path, description = "The number")),
    responses((status = 200, description = "The case", body = CaseFull)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, number)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<CaseFull>, WebError> {
    Ok(Json(full(&case_page::find(&app, &page, &kind, &number).await?, page.today)))
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
    let row = begin::open_as_asked(&app, &page, known(&kind)?, opening(sent)).await?;
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
    let given = opening(part(&received, "case")?);
    let proofs = files::keep(&app, &page, received.take_files()).await?;
    Ok(Json(line(&begin::open_as_asked(&app, &page, kind, Given { proofs, ..given }).await?)))
}

/// What a case is opened with.
fn opening(sent: NewCase) -> Given {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string());
    Given {
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
    }
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

fn known(kind: &str) -> Result<&'static Kind, WebError> {
    loops::by_key(kind).ok_or_else(|| {
        let known: Vec<&str> = loops::ALL.iter().map(|kind| kind.key).collect();
        let known = known.join(", ");
        let expected = (format!("下列之一：{known}"), format!("one of: {known}"));
        WebError::not_found().found(kind.chars().take(60).collect::<String>(), expected.0, expected.1)
    })
}

fn query(kind: &Kind, wanted: Wanted) -> Result<CaseQuery, WebError> {
    let sort = wanted.sort.as_deref().unwrap_or("due");
    let (key, descending) = sort.strip_prefix('-').map_or((sort, false), |key| (key, true));
    let sort = CaseSort::from_key(key).ok_or_else(|| {
        let expected = "due, opened, changed, number";
        WebError::bad_request(
            format!("sort 为“{key}”，应为 {expected} 之一。"),
            format!("sort is “{key}”; it may be {expected}."),
        )
        .found(key, expected, expected)
    })?;
    let filter = CaseFilter {
        kinds: vec![kind.key.to_owned()],
        states: wanted.state.into_iter().collect(),
        colours: wanted.colour.into_iter().collect(),
        units: wanted.unit.into_iter().map(UnitId).collect(),
        subject: wanted.subject.map(kernel::SubjectId),
        topic: wanted.topic,
        mine: wanted.mine.unwrap_or(false),
        open: wanted.open,
        overdue: wanted.overdue.unwrap_or(false),
        due_from: wanted.due_from,
        due_by: wanted.due_to,
        changed_from: wanted.changed_from.map(day::start_of),
        text: wanted.q.unwrap_or_default(),
        ..CaseFilter::default()
    };
    Ok(CaseQuery { filter, sort, descending, after: wanted.after, limit: asked::limit(wanted.limit)? })
}

fn line(row: &CaseRow) -> CaseLine {
    CaseLine {
        id: row.id.0,
        kind: row.kind.key.to_owned(),
        number: row.number.clone(),
        title: row.title.clone(),
        topic: row.topic.clone(),
        place: row.place.clone(),
        subject: row.subject.map(|id| id.0),
        subject_name: row.subject_name.clone(),
        unit: row.unit.map(|id| id.0),
        officer: row.officer.clone(),
        state: row.state.key.to_owned(),
        turn: row.turn().map(Party::key).map(str::to_owned),
        colour: row.colour.clone(),
        seq: row.seq,
        opened_at: row.opened_at.to_string(),
        changed_at: row.changed_at.to_string(),
        due_at: row.due_at.map(|at| at.to_string()),
        ended_at: row.ended_at.map(|at| at.to_string()),
        late: row.late,
        rating: row.rating,
        reopened: row.reopened,
        returned: row.returned,
    }
}

fn happened(sealed: &Sealed) -> Happened {
    let (event, given) = (&sealed.event, &sealed.event.given);
    Happened {
        seq: event.seq,
        at: event.at.to_string(),
        by: event.by.person.clone(),
        party: event.by.party.key().to_owned(),
        step: event.step.clone(),
        text: given.text.clone(),
        erased: sealed.erased.is_some(),
        files: given.proofs.clone(),
        unit: given.unit.clone(),
        rating: given.rating,
        until: given.until.map(|day| day.to_string()),
        form: given.form.clone(),
        hash: hex::encode(sealed.hash),
    }
}

fn so_far(plan: &Plan, today: Date) -> PlanSoFar {
    let progress = plan.progress(today);
    let mut months: BTreeMap<String, Decimal> = BTreeMap::new();
    for month in &plan.months {
        *months.entry(Month::of(month.month).key()).or_default() += month.amount;
    }
    PlanSoFar {
        measure: plan.measure.clone(),
        months: months.into_iter().map(|(month, amount)| (month, amount.normalize().to_string())).collect(),
        done: plan.done_by(today).normalize().to_string(),
        planned_share: progress.planned.round_dp(2).normalize().to_string(),
        done_share: progress.done.round_dp(2).normalize().to_string(),
        months_missed: progress.months_missed,
    }
}

fn full(found: &CaseView, today: Date) -> CaseFull {
    let possible = |step: &&loops::Step| Possible {
        step: step.key.to_owned(),
        to: step.to.map(str::to_owned),
        needs: step
            .needs
            .iter()
            .filter_map(|need| serde_json::to_value(need).ok()?.as_str().map(str::to_owned))
            .collect(),
    };
    CaseFull {
        case: line(&found.row),
        assisting: found.assisting.iter().map(|unit| unit.0).collect(),
        person: found.case.about.person.clone(),
        plan: found.case.plan.as_ref().map(|plan| so_far(plan, today)),
        rule_colour: found.row.computed.clone(),
        history: found.events.iter().map(happened).collect(),
        steps: found.may.iter().map(|(step, _)| step).map(possible).collect(),
        children: found.children.iter().map(line).collect(),
    }
}
