//! `POST /api/v1/imports`: a sheet comes in, all of it or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use intake::{Incoming, IntakeError, Manner, Outcome, PassedOver, Plan, Taken, Wanted, choose_sheets, take_in_sheets};
use kernel::{Lang, SourceKind, SubjectKind};
use serde::Serialize;
use store::access::Action;
use utoipa::ToSchema;
use uuid::Uuid;

use super::catalogue::unknown_kind;
use super::problem::Problem;
use crate::upload::Received;
use crate::{App, Page, WebError};

/// The form of an import, `multipart/form-data`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the form; the fields are read one by one as they arrive")]
pub struct ImportForm {
    /// What the rows speak of: `enterprise`, `institution`, `platform` …; sheets of other kinds are
    /// passed over. Where nothing is said each sheet is taken for what it reads like: enterprises
    /// and their records come in as one load.
    kind: Option<String>,
    /// What single sheets speak of, as a JSON object of their names: `{"清单": "title", "说明": null}`;
    /// null leaves a sheet out.
    sheets: Option<String>,
    /// Who speaks in it: 统计办. Later statements of the same origin supersede earlier ones. The
    /// account's own name where nothing is said.
    origin: Option<String>,
    /// The period of columns that name none: `2025`.
    period: Option<String>,
    /// The name of the only sheet to read; every sheet where nothing is said.
    sheet: Option<String>,
    /// `true`: everything is tried, nothing is stored.
    dry_run: Option<bool>,
    /// `true`: rows with faults are left out instead of keeping everything out.
    skip_faulty: Option<bool>,
    /// `true`: columns nobody knows are left out instead of being a fault.
    skip_unknown: Option<bool>,
    /// The workbook: xlsx, xls, or csv in UTF-8 or GB18030.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What became of a sheet, in the form the command line prints.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    /// Data rows found.
    rows: u64,
    /// Rows that said something new and were stored, or would be.
    accepted: u64,
    /// Rows whose values stood already.
    unchanged: u64,
    /// Rows left out.
    skipped: u64,
    /// The sheets that were read.
    sheets: Vec<SheetRead>,
    /// The sheets that were passed over.
    passed_over: Vec<SheetPassed>,
    /// The load; null where nothing was stored.
    load: Option<Uuid>,
    /// What is wrong, cell by cell; the first ten thousand.
    faults: Vec<FaultRow>,
}

/// A sheet that was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetRead {
    /// Its name.
    sheet: String,
    /// What its rows speak of.
    kind: String,
    /// Data rows found.
    rows: u64,
    /// What is wrong with it, counted.
    faults: u64,
}

/// A sheet that was passed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetPassed {
    /// Its name.
    sheet: String,
    /// Why.
    reason: String,
    /// What it reads like, where it could be taken in after all.
    kind: Option<String>,
}

/// One fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultRow {
    /// The sheet.
    sheet: String,
    /// The row as Excel shows it.
    row: u32,
    /// The column's heading.
    column: String,
    /// The cell as Excel names it: `C17`.
    cell: String,
    /// What was found.
    found: String,
    /// What belongs there.
    expected: String,
    /// The whole message.
    message: String,
}

/// Why a sheet was not stored: its faults, or that it cannot be read at all.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes the two forms of the answer")]
pub enum NotImported {
    /// Its faults; nothing was stored.
    Faulty(Imported),
    /// It cannot be read, or the form is wrong.
    Problem(Problem),
}

impl Imported {
    fn of(outcome: &Outcome, passed_over: &[PassedOver], lang: Lang) -> Self {
        let fault = |fault: &intake::Fault| FaultRow {
            sheet: fault.sheet.clone(),
            row: fault.row,
            column: fault.column.clone(),
            cell: fault.cell(),
            found: fault.found.clone(),
            expected: fault.expected.say(lang).to_owned(),
            message: fault.message.say(lang).to_owned(),
        };
        let read = |taken: &Taken| SheetRead {
            sheet: taken.sheet.clone(),
            kind: taken.kind.key().to_owned(),
            rows: taken.rows,
            faults: taken.faults,
        };
        let passed = |one: &PassedOver| SheetPassed {
            sheet: one.sheet.clone(),
            reason: one.why.say(lang).to_owned(),
            kind: one.kind.map(|kind| kind.key().to_owned()),
        };
        Self {
            sheets: outcome.sheets.iter().map(read).collect(),
            passed_over: passed_over.iter().map(passed).collect(),
            rows: outcome.rows,
            accepted: outcome.accepted,
            unchanged: outcome.unchanged,
            skipped: outcome.skipped,
            load: outcome.source.map(|source| source.0),
            faults: outcome.faults.kept.iter().map(fault).collect(),
        }
    }
}

/// Takes a sheet in, or the sheets of a workbook, all of it or nothing. Where a cell is wrong nothing is stored and the answer
/// (422) names every fault; with `skip_faulty` the rows with faults are left out. The same file
/// twice changes nothing.
#[utoipa::path(post, path = "/api/v1/imports", operation_id = "import", tag = "Loads",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "It was tried and could be stored, or changed nothing", body = Imported),
        (status = 201, description = "It was stored", body = Imported),
        (status = 422, description = "Faults, or no sheet; nothing was stored", body = NotImported)))]
pub async fn import(State(app): State<App>, page: Page, mut received: Received) -> Result<Response, WebError> {
    let viewer = page.viewer()?.clone();
    known_fields(&received)?;
    let (wanted, plan, manner) = read_form(&received)?;
    let file = received.take_file()?;
    let origin = match received.field("origin").trim() {
        "" => format!("account:{}", viewer.name),
        origin => origin.chars().take(100).collect(),
    };
    let incoming = Incoming {
        bytes: Arc::from(file.bytes),
        source: SourceKind::Sheet,
        title: file.name,
        origin,
        by: viewer.name.clone(),
    };
    let scope = viewer.scope_for(Action::Import);
    let work = {
        let (app, runtime) = (app.clone(), tokio::runtime::Handle::current());
        // A large sheet keeps a core busy for a while; other readers are not to wait for it.
        move || {
            let (store, catalogue) = (app.store(), app.catalogue());
            let (plans, passed_over) = choose_sheets(incoming.bytes.clone(), &wanted, &plan, catalogue)?;
            let taken = take_in_sheets(store, &incoming, &plans, catalogue, &scope, manner, |_| {});
            Ok::<_, IntakeError>((runtime.block_on(taken)?, passed_over))
        }
    };
    let (outcome, passed_over) = tokio::task::spawn_blocking(work).await.map_err(WebError::broken)?.map_err(refused)?;
    let blocked = outcome.faults.keep_out(manner.skip_faulty);
    let status = match (blocked, outcome.source) {
        (true, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, Some(_)) => StatusCode::CREATED,
        (false, None) => StatusCode::OK,
    };
    Ok((status, Json(Imported::of(&outcome, &passed_over, page.lang))).into_response())
}

const FIELDS: [&str; 8] = ["kind", "origin", "period", "sheet", "sheets", "dry_run", "skip_faulty", "skip_unknown"];

fn known_fields(received: &Received) -> Result<(), WebError> {
    match received.fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let known = format!("{}, file", FIELDS.join(", "));
            let found: String = name.chars().take(60).collect();
            Err(WebError::bad_request(
                format!("没有“{found}”这一项。可用的有：{known}。"),
                format!("There is no field “{found}”. Those known are: {known}."),
            )
            .found(found, format!("下列之一：{known}"), format!("one of: {known}")))
        }
    }
}

fn read_form(received: &Received) -> Result<(Wanted, Plan, Manner), WebError> {
    let known = |key: &str| SubjectKind::from_key(key).ok_or_else(|| unknown_kind(key));
    let kind = Some(received.field("kind")).filter(|key| !key.is_empty()).map(known).transpose()?;
    let mut wanted = Wanted { kind, ..Wanted::default() };
    for (sheet, key) in sheet_kinds(received.field("sheets"))? {
        wanted.sheets.insert(sheet, key.as_deref().map(known).transpose()?);
    }
    let mut plan = Plan::of(kind.unwrap_or(SubjectKind::Enterprise));
    plan.skip_unknown = flag(received, "skip_unknown")?;
    wanted.sheet = Some(received.field("sheet").to_owned()).filter(|sheet| !sheet.is_empty());
    plan.period = match received.field("period") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            WebError::bad_request(format!("期间“{text}”无法识别。"), format!("“{text}” is no period.")).found(
                text.chars().take(40).collect::<String>(),
                "如 2025、2025-Q1、2025-03",
                "such as 2025, 2025-Q1, 2025-03",
            )
        })?),
    };
    let manner = Manner { skip_faulty: flag(received, "skip_faulty")?, rehearsal: flag(received, "dry_run")? };
    Ok((wanted, plan, manner))
}

fn sheet_kinds(text: &str) -> Result<BTreeMap<String, Option<String>>, WebError> {
    if text.is_empty() {
        return Ok(BTreeMap::new());
    }
    serde_json::from_str(text).map_err(|_| {
        WebError::bad_request("sheets 应为 JSON 对象。", "sheets is a JSON object.").found(
            text.chars().take(60).collect::<String>(),
            "如 {\"清单\": \"title\", \"说明\": null}",
            "such as {\"清单\": \"title\", \"说明\": null}",
        )
    })
}

fn flag(received: &Received, name: &str) -> Result<bool, WebError> {
    match received.field(name) {
        "true" | "1" => Ok(true),
        "" | "false" | "0" => Ok(false),
        other => {
            Err(WebError::bad_request(format!("{name} 应为 true 或 false。"), format!("{name} is true or false."))
                .found(other.chars().take(40).collect::<String>(), "true 或 false", "true or false"))
        }
    }
}

fn refused(error: IntakeError) -> WebError {
    match error {
        IntakeError::Store(error) => error.into(),
        other => WebError::invalid(other.say(Lang::Zh), other.say(Lang::En)),
    }
}
