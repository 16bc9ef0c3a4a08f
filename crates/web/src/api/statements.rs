//! `GET /api/v1/statements/{seq}`: the source of a number, to its very cell.

use axum::Json;
use axum::extract::{Path, State};
use kernel::Place;
use kernel::heading::ColumnMap;
use reports::sheet::column_letters;
use serde::Serialize;
use store::SourceInfo;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::me::Nothing;
use super::value::{self, FactValue};
use crate::{App, Page, WebError};

/// Where statements come from: a load, or the act of one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// Its id.
    id: Uuid,
    /// `sheet`, `declaration`, `visit`, `correction`, `settlement`, `system`, `document` or `sample`.
    kind: String,
    /// Who speaks.
    origin: String,
    /// What people call it.
    title: String,
    /// The SHA-256 of its file.
    file: Option<String>,
    /// What its rows speak of; several kinds are divided by commas: `enterprise,title`.
    subjects: Option<String>,
    /// When it was stored (RFC 3339, UTC).
    at: String,
    /// The account that brought it.
    by: String,
    /// Rows given.
    rows: u64,
    /// Rows stored.
    accepted: u64,
    /// Rows that said nothing new.
    unchanged: u64,
    /// Subjects it brought into the register.
    new_subjects: u64,
    /// When it was undone; null while it is in force.
    undone_at: Option<String>,
}

/// A source as JSON.
pub fn write(source: &SourceInfo) -> Source {
    let keys: Vec<&str> = source.subject_kinds.iter().map(|kind| kind.key()).collect();
    Source {
        id: source.id.0,
        kind: source.kind.key().to_owned(),
        origin: source.origin.clone(),
        title: source.title.clone(),
        file: source.file_hash.clone(),
        subjects: (!source.subject_kinds.is_empty()).then(|| keys.join(",")),
        at: source.at.to_string(),
        by: source.by.clone(),
        rows: source.rows,
        accepted: source.accepted,
        unchanged: source.unchanged,
        new_subjects: source.new_subjects,
        undone_at: source.undone_at.map(|at| at.to_string()),
    }
}

/// One thing a statement says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stating {
    /// Which fact.
    fact: String,
    /// The value; null where an earlier word was withdrawn.
    value: Option<FactValue>,
    /// The unit of the value.
    unit: String,
    /// Its cell in the sheet, as Excel names it: `F17`.
    cell: Option<String>,
    /// The heading of that column.
    heading: Option<String>,
}

/// A statement: several facts said together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statement {
    /// Its number.
    seq: i64,
    /// Of which subject.
    subject: Uuid,
    /// When it was said (RFC 3339, UTC).
    said_at: String,
    /// The account that said it.
    said_by: String,
    /// Why, for the act of a person.
    reason: Option<String>,
    /// The sheet it stands in.
    sheet: Option<String>,
    /// The row, as Excel shows it.
    row: Option<u32>,
    /// What it says.
    values: Vec<Stating>,
    /// When its personal data were erased by law.
    erased_at: Option<String>,
    /// Where it comes from.
    source: Source,
}

/// One statement with its source, the row it stands in and the cell of each value.
#[utoipa::path(get, path = "/api/v1/statements/{seq}", operation_id = "statement", tag = "Register",
    params(("seq" = String, Path, description = "The statement's number")),
    responses((status = 200, description = "The statement", body = Statement)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(seq): Path<String>,
    _: Asked<Nothing>,
) -> Result<Json<Statement>, WebError> {
    let viewer = page.viewer()?;
    let seq: i64 = seq.parse().map_err(|_| WebError::not_found())?;
    let found = app.store().statement(seq, &viewer.scope, viewer.personal).await?.ok_or_else(WebError::not_found)?;
    let (said, catalogue) = (&found.statement, app.catalogue());
    let mut personal: Vec<&str> = said.values.keys().map(|key| key.field.as_str()).collect();
    personal.retain(|key| catalogue.field(key).is_some_and(|field| field.personal));
    if !personal.is_empty() && viewer.enterprise != Some(said.subject) {
        app.store().record_look(&viewer.name, said.subject, &personal).await?;
    }
    let (sheet, row) = match &said.place {
        Place::Row { sheet, row } => (Some(sheet.clone()), Some(*row)),
        Place::Whole => (None, None),
    };
    let whole: Option<ColumnMap> =
        found.source.column_map_json.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let map = whole.as_ref().map(|map| sheet.as_deref().map_or(map, |sheet| map.of_sheet(sheet)));
    let values = said.values.iter().filter_map(|(key, given)| {
        let field = catalogue.field(&key.field)?;
        let column = map.and_then(|map| map.column_for(key, key.period));
        let letters = column.and_then(|column| u32::try_from(column.index).ok()).map(|at| column_letters(at + 1));
        Some(Stating {
            fact: key.to_string(),
            value: given.as_ref().map(value::write),
            unit: value::unit(field).to_owned(),
            cell: letters.zip(row).map(|(letters, row)| format!("{letters}{row}")),
            heading: column.map(|column| column.heading.clone()),
        })
    });
    Ok(Json(Statement {
        seq,
        subject: said.subject.0,
        said_at: said.said_at.to_string(),
        said_by: said.said_by.clone(),
        reason: said.reason.clone(),
        values: values.collect(),
        sheet,
        row,
        erased_at: found.erased_at.map(|at| at.to_string()),
        source: write(&found.source),
    }))
}
