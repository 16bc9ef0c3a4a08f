//! `POST /api/v1/imports`: a sheet comes in, all of it or nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use intake::{Incoming, IntakeError, Manner, Outcome, Plan, take_in};
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
    /// What the rows speak of: `enterprise`, `institution`, `platform` …
    kind: String,
    /// Who speaks in it: 统计办. Later statements of the same origin supersede earlier ones. The
    /// account's own name where nothing is said.
    origin: Option<String>,
    /// The period of columns that name none: `2025`.
    period: Option<String>,
    /// The sheet's name; the first where nothing is said.
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
    /// The load; null where nothing was stored.
    load: Option<Uuid>,
    /// What is wrong, cell by cell; the first ten thousand.
    faults: Vec<FaultRow>,
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
    fn of(outcome: &Outcome, lang: Lang) -> Self {
        let fault = |fault: &intake::Fault| FaultRow {
            sheet: fault.sheet.clone(),
            row: fault.row,
            column: fault.column.clone(),
            cell: fault.cell(),
            found: fault.found.clone(),
            expected: fault.expected.say(lang).to_owned(),
            message: fault.message.say(lang).to_owned(),
        };
        Self {
            rows: outcome.rows,
            accepted: outcome.accepted,
            unchanged: outcome.unchanged,
            skipped: outcome.skipped,
            load: outcome.source.map(|source| source.0),
            faults: outcome.faults.kept.iter().map(fault).collect(),
        }
    }
}

/// Takes a sheet in, all of it or nothing. Where a cell is wrong nothing is stored and the answer
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
    let (plan, manner) = read_form(&received)?;
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
        move || runtime.block_on(take_in(app.store(), &incoming, &plan, app.catalogue(), &scope, manner))
    };
    let outcome = tokio::task::spawn_blocking(work).await.map_err(WebError::broken)?.map_err(refused)?;
    let blocked = outcome.faults.keep_out(manner.skip_faulty);
    let status = match (blocked, outcome.source) {
        (true, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, Some(_)) => StatusCode::CREATED,
        (false, None) => StatusCode::OK,
    };
    Ok((status, Json(Imported::of(&outcome, page.lang))).into_response())
}

const FIELDS: [&str; 7] = ["kind", "origin", "period", "sheet", "dry_run", "skip_faulty", "skip_unknown"];

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

fn read_form(received: &Received) -> Result<(Plan, Manner), WebError> {
    let kind = received.field("kind");
    let kind = SubjectKind::from_key(kind).ok_or_else(|| unknown_kind(kind))?;
    let mut plan = Plan::of(kind);
    plan.skip_unknown = flag(received, "skip_unknown")?;
    plan.sheet = Some(received.field("sheet").to_owned()).filter(|sheet| !sheet.is_empty());
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
    Ok((plan, manner))
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
