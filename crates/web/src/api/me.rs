//! `GET /api/v1/me`: whose token this is, and what it can do.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use store::access::{Action, Reach, Scope};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::units::NamedUnit;
use crate::frame::gate::Proof;
use crate::frame::language;
use crate::{App, Page, WebError};

/// The person behind a token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The account's name.
    name: String,
    /// The person's name.
    display_name: String,
    /// The unit the person belongs to.
    unit: Option<NamedUnit>,
    /// The enterprise an enterprise's own account is bound to.
    enterprise: Option<Uuid>,
    /// The roles held, by key.
    roles: Vec<String>,
    /// Whether it reads (`read`), or reads and writes (`write`).
    reach: String,
    /// The rows that can be seen: `zone`, `units`, `subject` or `nothing`.
    rows: String,
    /// Whether personal data can be seen; each look is recorded.
    personal: bool,
    /// What can be done within those rows.
    actions: Vec<String>,
    /// The language of the account: `zh` or `en`.
    language: String,
}

/// No parameters.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Whose token this is, its roles, its rows and what it can do.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "me", tag = "Account",
    responses((status = 200, description = "The person behind the token", body = Me)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Extension(proof): Extension<Proof>,
    _: Asked<Nothing>,
) -> Result<Json<Me>, WebError> {
    let viewer = page.viewer()?;
    let units = app.store().units().await?;
    let actions = Action::ALL.iter().filter(|action| viewer.can(**action));
    Ok(Json(Me {
        name: viewer.name.clone(),
        display_name: viewer.display_name.clone(),
        unit: NamedUnit::of(&units, Some(viewer.unit)),
        enterprise: viewer.enterprise.map(|id| id.0),
        roles: viewer.roles.iter().map(|role| role.key().to_owned()).collect(),
        reach: match proof {
            Proof::Bearer(reach) => reach.key(),
            Proof::Cookie => Reach::Write.key(),
        }
        .to_owned(),
        rows: match viewer.scope {
            Scope::Zone => "zone",
            Scope::Units(_) => "units",
            Scope::Subject(_) => "subject",
            Scope::Nothing => "nothing",
        }
        .to_owned(),
        personal: viewer.personal,
        actions: actions.map(|action| action_key(*action)).collect(),
        language: language::key(viewer.lang).to_owned(),
    }))
}

/// An action's name for programs: `read_register`.
pub fn action_key(action: Action) -> String {
    let name = format!("{action:?}");
    let mut key = String::with_capacity(name.len() + 2);
    for (at, c) in name.char_indices() {
        if at > 0 && c.is_ascii_uppercase() {
            key.push('_');
        }
        key.push(c.to_ascii_lowercase());
    }
    key
}
