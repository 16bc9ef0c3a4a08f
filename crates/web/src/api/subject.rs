//! `GET /api/v1/subjects/{kind}/{id}`: one subject with every fact, today or as of a day.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked};
use super::subjects::{self, ListedSubject};
use super::value::{self, Fact};
use crate::register::subject::record_look;
use crate::{App, Page, WebError};

/// As of which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "read to refuse what is unknown; the frame reads the day from the address")]
pub struct Day {
    /// The day as of which the register is read, such as `2026-11-20`; today where nothing is said.
    asof: Option<String>,
}

/// A record of a subject: a title, a patent, a contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct Record {
    /// Its id.
    id: Uuid,
    /// Its kind.
    kind: String,
    /// Its name.
    name: String,
    /// Its facts.
    facts: Vec<Fact>,
}

/// One subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Subject {
    /// What every list shows. The id is another than the one asked for where that one was merged
    /// into this subject.
    subject: ListedSubject,
    /// Its facts.
    facts: Vec<Fact>,
    /// Its records.
    records: Vec<Record>,
    /// The duplicates merged into it.
    merged: Vec<Uuid>,
    /// How many facts are withheld because they are personal data.
    withheld: usize,
}

/// One subject with every fact one may see. A look at personal data is recorded.
#[utoipa::path(get, path = "/api/v1/subjects/{kind}/{id}", operation_id = "subject", tag = "Register",
    params(("kind" = String, Path, description = "The kind, records too"), ("id" = String, Path, description = "The subject's id"), Day),
    responses((status = 200, description = "The subject", body = Subject)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
    _: Asked<Day>,
) -> Result<Json<Subject>, WebError> {
    let viewer = page.viewer()?;
    let (kind, id) = (asked::kind(&kind)?, asked::subject(&id)?);
    let found = app.store().subject(id, &viewer.scope, viewer.personal, page.as_of_moment()).await?;
    let found = found.filter(|found| found.record.kind == kind).ok_or_else(WebError::not_found)?;
    record_look(&app, viewer, &found).await?;
    let (catalogue, lang) = (app.catalogue(), page.lang);
    let units = app.store().units_known_to(page.viewer()?).await?;
    let record = |child: &store::ChildView| Record {
        id: child.record.id.0,
        kind: child.record.kind.key().to_owned(),
        name: child.record.name.clone(),
        facts: value::facts(catalogue, child.record.kind, &child.view.facts, lang),
    };
    Ok(Json(Subject {
        subject: subjects::write(&found.record, &[], &units, catalogue),
        facts: value::facts(catalogue, kind, &found.view.facts, lang),
        records: found.children.iter().map(record).collect(),
        merged: found.merged.iter().map(|row| row.id.0).collect(),
        withheld: found.withheld,
    }))
}
