//! `GET /api/v1/units`: the zone, its bureaus and its parks, as far as one's rows reach.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::access::{Scope, UnitId, UnitTree};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::me::Nothing;
use crate::{App, Page, WebError};

/// A unit where something else names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedUnit {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
}

impl NamedUnit {
    /// The unit with this id.
    pub fn of(units: &UnitTree, id: Option<UnitId>) -> Option<Self> {
        let unit = units.get(id?)?;
        Some(Self { id: unit.id.0, name: unit.name.clone() })
    }
}

/// A unit of the zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitRow {
    /// Its id, for the filter `unit`.
    id: Uuid,
    /// Its name.
    name: String,
    /// `zone`, `bureau` or `park`.
    kind: String,
    /// The unit above it.
    parent: Option<Uuid>,
}

/// The units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitList {
    /// The units, each after the one above it.
    rows: Vec<UnitRow>,
}

/// The units one's rows belong to.
#[utoipa::path(get, path = "/api/v1/units", operation_id = "units", tag = "Register",
    responses((status = 200, description = "The units", body = UnitList)))]
pub async fn list(State(app): State<App>, page: Page, _: Asked<Nothing>) -> Result<Json<UnitList>, WebError> {
    let viewer = page.viewer()?;
    let units = app.store().units().await?;
    let seen = |id: UnitId| match &viewer.scope {
        Scope::Zone => true,
        Scope::Units(own) => own.contains(&id),
        Scope::Subject(_) | Scope::Nothing => false,
    };
    let rows = units.in_order().into_iter().filter(|unit| seen(unit.id)).map(|unit| UnitRow {
        id: unit.id.0,
        name: unit.name.clone(),
        kind: unit.kind.key().to_owned(),
        parent: unit.parent.map(|parent| parent.0),
    });
    Ok(Json(UnitList { rows: rows.collect() }))
}
