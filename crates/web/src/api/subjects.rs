//! `GET /api/v1/subjects/{kind}`: a list, filtered and sorted as on the page of the list.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use kernel::{Catalogue, Lang};
use serde::{Deserialize, Serialize};
use store::access::UnitTree;
use store::{Cell, Column, SubjectRow};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked};
use super::units::NamedUnit;
use super::value::{self, FactValue, Stand};
use crate::register::kinds::Listed;
use crate::register::list::ask::{self, Ask};
use crate::register::list::{past, query};
use crate::{App, Page, WebError};

/// Filters, order, columns and place of a list. They are those of the list's page: an address
/// copied from there finds the same rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "read to refuse what is unknown; the page's own reader takes the values from the address")]
pub struct Wanted {
    /// A part of a name, former name, short name or code; two characters at least.
    q: Option<String>,
    /// A unit and those below it, by id.
    unit: Option<String>,
    /// Industry: a section, a division or a class (GB/T 4754).
    industry: Option<String>,
    /// The level, by the key of its choice.
    level: Option<String>,
    /// The category, by the key of its choice.
    category: Option<String>,
    /// A title held, by the key of its choice.
    title: Option<String>,
    /// `valid`, `expiring` (within 90 days) or `expired`; with `title`.
    title_state: Option<String>,
    /// Registered in this year or later.
    founded_from: Option<String>,
    /// Registered in this year or earlier.
    founded_to: Option<String>,
    /// Operating revenue of the latest year at least, in 万元, as on the page.
    revenue_from: Option<String>,
    /// Operating revenue of the latest year at most, in 万元.
    revenue_to: Option<String>,
    /// R&D expense of that year at least, in 万元.
    rd_from: Option<String>,
    /// R&D expense of that year at most, in 万元.
    rd_to: Option<String>,
    /// Employees of that year at least.
    staff_from: Option<String>,
    /// Employees of that year at most.
    staff_to: Option<String>,
    /// `1`: only those with facts whose sources disagree.
    conflicts: Option<String>,
    /// `1`: the candidates a person has to settle, instead of the register.
    candidates: Option<String>,
    /// Only those that have no value of this field.
    missing: Option<String>,
    /// `name`, `revenue`, `rd`, `staff`, `day` or `changed`; a `-` before it puts the largest first.
    sort: Option<String>,
    /// The fields wanted, by key, parted by commas; 24 at most.
    cols: Option<String>,
    /// Where the page begins: `next` of the page before.
    after: Option<String>,
    /// The day as of whose end the list is read, such as `2026-11-20`; today where nothing is said.
    asof: Option<String>,
    /// The pages' own way back; nothing here reads it.
    back: Option<String>,
    /// Rows of a page, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// A value of a list's column.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListCell {
    /// The period it speaks of: the latest there is.
    period: Option<String>,
    /// The value.
    value: FactValue,
    /// Its unit.
    unit: String,
    /// How it stands.
    standing: Stand,
    /// The statement that leads to its cell.
    statement: i64,
}

/// A title held.
#[derive(Debug, Serialize, ToSchema)]
pub struct Title {
    /// The title's key.
    title: String,
    /// The record that says so.
    record: Uuid,
    /// The first day.
    valid_from: Option<String>,
    /// The last day; null where it has no end.
    valid_to: Option<String>,
}

/// One subject of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSubject {
    /// Its id.
    id: Uuid,
    /// Its kind.
    kind: String,
    /// Its name; empty where none was reported.
    name: String,
    /// Its credit code or the code of its kind; empty where none was reported.
    code: String,
    /// The unit it belongs to.
    unit: Option<NamedUnit>,
    /// The subject it belongs to, for a record.
    owner: Option<Uuid>,
    /// Facts whose sources disagree and that nobody has settled.
    conflicts_open: u32,
    /// When something was last said about it (RFC 3339, UTC).
    changed_at: String,
    /// The titles it holds, expired ones too.
    titles: Vec<Title>,
    /// The columns that were asked for, by key; one without a value is left out.
    values: BTreeMap<String, ListCell>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectPage {
    /// The rows.
    rows: Vec<ListedSubject>,
    /// How many there are on all pages.
    total: u64,
    /// `after` of the next page; null on the last.
    next: Option<String>,
}

/// A list of one kind of subject within one's rows. Personal data are in no list.
#[utoipa::path(get, path = "/api/v1/subjects/{kind}", operation_id = "subjects", tag = "Register",
    params(("kind" = String, Path, description = "enterprise, institution, platform, achievement, equipment or person"), Wanted),
    responses((status = 200, description = "A page of the list", body = SubjectPage)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<SubjectPage>, WebError> {
    let viewer = page.viewer()?;
    let listed = asked::listed(&kind)?;
    let limit = asked::limit(wanted.limit)?;
    let columns = columns(wanted.cols.as_deref(), listed, app.catalogue())?;
    let ask = Ask::read(&page.query, listed, app.catalogue())?;
    let units = app.store().units_known_to(page.viewer()?).await?;
    let query = query::query(&ask, listed, &[], &units, page.today);
    let reading = past::reading(&app, &page, listed, &query).await?;
    reading.must_be_of_the_day(&page)?;
    let mut query = query::query(&ask, listed, &[], &units, reading.on);
    query.limit = limit;
    query.columns = columns.iter().map(|key| Column::Latest(key.clone())).collect();
    let found = reading.store().list(&query, &viewer.scope).await?;
    let rows = found.rows.iter().map(|row| write(row, &columns, &units, app.catalogue())).collect();
    Ok(Json(SubjectPage { rows, total: found.total, next: found.next }))
}

/// The columns asked for; those the page shows first where none are.
fn columns(asked: Option<&str>, listed: &Listed, catalogue: &Catalogue) -> Result<Vec<String>, WebError> {
    let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) else {
        let usual = listed.columns.iter().filter(|column| !column.starts_with('@'));
        return Ok(usual.map(|column| (*column).to_owned()).collect());
    };
    let mut columns: Vec<String> = Vec::new();
    for column in asked.split(',').map(str::trim) {
        if !ask::fields(listed, catalogue).any(|field| field.key == column) {
            return Err(unknown_column(column, listed, catalogue));
        }
        if !columns.iter().any(|known| known == column) {
            columns.push(column.to_owned());
        }
    }
    if columns.len() > ask::MOST_COLUMNS {
        let most = ask::MOST_COLUMNS;
        return Err(WebError::bad_request(
            format!("cols 有 {} 列，最多 {most} 列。", columns.len()),
            format!("cols names {} columns; at most {most} are taken.", columns.len()),
        )
        .found(columns.len().to_string(), format!("最多 {most} 列"), format!("{most} at most")));
    }
    Ok(columns)
}

fn unknown_column(found: &str, listed: &Listed, catalogue: &Catalogue) -> WebError {
    let known: Vec<&str> = ask::fields(listed, catalogue).map(|field| field.key.as_str()).collect();
    let known = known.join(", ");
    let found: String = found.chars().take(60).collect();
    WebError::bad_request(
        format!("{}没有“{found}”这个字段。", listed.name(Lang::Zh)),
        format!("{} has no field “{found}”.", listed.name(Lang::En)),
    )
    .found(found, format!("下列之一：{known}"), format!("one of: {known}"))
}

/// A row as JSON.
pub fn write(row: &SubjectRow, columns: &[String], units: &UnitTree, catalogue: &Catalogue) -> ListedSubject {
    let cell = |(key, cell): (&String, &Option<Cell>)| {
        let (cell, field) = (cell.as_ref()?, catalogue.field(key)?);
        let cell = ListCell {
            period: cell.key.period.map(|period| period.to_string()),
            value: value::write(&cell.value),
            unit: value::unit(field).to_owned(),
            standing: cell.mark.into(),
            statement: cell.seq,
        };
        Some((key.clone(), cell))
    };
    ListedSubject {
        id: row.id.0,
        kind: row.kind.key().to_owned(),
        name: row.name.clone(),
        code: row.code.clone(),
        unit: NamedUnit::of(units, row.unit),
        owner: row.parent.map(|owner| owner.0),
        conflicts_open: row.conflicts_open,
        changed_at: row.changed_at.to_string(),
        titles: row
            .titles
            .iter()
            .map(|held| Title {
                title: held.title.clone(),
                record: held.record.0,
                valid_from: held.valid_from.map(|day| day.to_string()),
                valid_to: held.valid_to.map(|day| day.to_string()),
            })
            .collect(),
        values: columns.iter().zip(&row.cells).filter_map(cell).collect(),
    }
}
