//! `/api/v1/cases`: the cases of the closed loops, listed, read, opened and acted on.

mod act;
mod shape;

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use loops::Kind;
use serde::Deserialize;
use store::access::UnitId;
use store::cases::{CaseFilter, CaseQuery, CaseSort};
use utoipa::IntoParams;
use uuid::Uuid;

pub use act::*;
pub use shape::CaseLine;
pub(super) use shape::line as case_line;

use super::asked::{self, Asked};
use super::me::Nothing;
use crate::cases::page as case_page;
use crate::frame::day;
use crate::{App, Page, WebError};
use shape::{CaseFull, CaseList, full, line};

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

/// The kind of case in an address.
pub(super) fn known(kind: &str) -> Result<&'static Kind, WebError> {
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
