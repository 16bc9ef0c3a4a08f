//! `/api/v1/visits`: what each officer owes by the cadence, and of one officer the visits that are due and whom to
//! see next, with the reasons.

use axum::Json;
use axum::extract::{Path, State};
use loops::cadence::Owed;
use serde::{Deserialize, Serialize};
use store::cases::OfficerLoad;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::Asked;
use super::cases::{CaseLine, case_line};
use super::me::Nothing;
use super::problem::Problem;
use crate::visits::rhythm::Rhythm;
use crate::visits::round::{self, Suggested};
use crate::{App, Page, WebError};

/// What an officer owes by one norm.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwedVisits {
    /// What it is, by key, such as `firm_visit`.
    what: String,
    /// Its name in the token's language.
    name: String,
    /// `week`, `month`, `quarter` or `year`.
    every: String,
    /// The first day of the period.
    from: String,
    /// Its last day.
    to: String,
    /// How many are owed in it.
    wanted: u32,
    /// How many were left over from the period before.
    carried: u32,
    /// How many were made.
    done: u32,
    /// How many are still to be made.
    missing: u32,
    /// The last working day on which they can be made; null where none is left.
    by: Option<String>,
}

/// An officer with what is owed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerRound {
    /// The account.
    officer: String,
    /// The person's name.
    name: String,
    /// The person's unit.
    unit: Uuid,
    /// How many firms are served.
    firms: u64,
    /// What is owed; empty where the working days of the period are not known yet.
    owed: Vec<OwedVisits>,
}

/// The officers.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerRounds {
    /// The officers one may see: all of them for who assigns officers, else oneself.
    rows: Vec<OfficerRound>,
}

/// Where the round goes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Within {
    /// Firms of this unit only.
    place: Option<Uuid>,
}

/// A stop of the suggested round.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedStop {
    /// The firm, by id.
    subject: Uuid,
    /// Its name.
    name: String,
    /// Its unit.
    unit: Option<Uuid>,
    /// What the reasons weigh together.
    points: u32,
    /// Why it is suggested, in the token's language.
    reasons: Vec<String>,
}

/// An officer's own part.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerPlan {
    /// The officer, with what is owed.
    officer: OfficerRound,
    /// The visits that are open, the first due first, 30 at most.
    due: Vec<CaseLine>,
    /// Whom to see next: firms without a visit that is open, those that need it most first.
    round: Vec<SuggestedStop>,
}

fn owed(page: &Page, one: &Owed<'_>) -> OwedVisits {
    OwedVisits {
        what: one.norm.what.clone(),
        name: page.t(&one.norm.zh, &one.norm.en).to_owned(),
        every: one.norm.every.key().to_owned(),
        from: one.span.from.to_string(),
        to: one.span.to.to_string(),
        wanted: one.wanted,
        carried: one.carried,
        done: one.done,
        missing: one.missing(),
        by: one.by.map(|day| day.to_string()),
    }
}

fn officer(page: &Page, load: &OfficerLoad, debts: &[Owed<'_>]) -> OfficerRound {
    OfficerRound {
        officer: load.account.clone(),
        name: load.display_name.clone(),
        unit: load.unit.0,
        firms: load.firms,
        owed: debts.iter().map(|one| owed(page, one)).collect(),
    }
}

/// What each officer owes by the cadence of the zone.
#[utoipa::path(get, path = "/api/v1/visits", operation_id = "visits", tag = "Cases",
    responses((status = 200, description = "The officers with what they owe", body = OfficerRounds),
        (status = 404, description = "There is no such thing within one's rows", body = Problem)))]
pub async fn list(State(app): State<App>, page: Page, _: Asked<Nothing>) -> Result<Json<OfficerRounds>, WebError> {
    let loads = round::officers(&app, &page).await?;
    let rhythm = Rhythm::of(&app).await?;
    let known = app.store().visits_known(rhythm.since(page.today)).await?;
    let row = |load: &OfficerLoad| {
        let debts = rhythm.owed(&app, &load.account, page.today, &known).unwrap_or_default();
        officer(&page, load, &debts)
    };
    Ok(Json(OfficerRounds { rows: loads.iter().map(row).collect() }))
}

/// What one officer owes, the visits that are due, and the round that is suggested.
#[utoipa::path(get, path = "/api/v1/visits/{officer}", operation_id = "visit_round", tag = "Cases",
    params(("officer" = String, Path, description = "The officer's account"), Within),
    responses((status = 200, description = "The officer's visits", body = OfficerPlan)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(account): Path<String>,
    Asked(within): Asked<Within>,
) -> Result<Json<OfficerPlan>, WebError> {
    let loads = round::officers(&app, &page).await?;
    let load = loads.iter().find(|load| load.account == account).ok_or_else(WebError::not_found)?;
    let rhythm = Rhythm::of(&app).await?;
    let known = app.store().visits_known(rhythm.since(page.today)).await?;
    let debts = rhythm.owed(&app, &load.account, page.today, &known).unwrap_or_default();
    let place = within.place.map(|unit| unit.to_string());
    let Suggested { due, firms: _, stops } = round::suggested(&app, &page, &load.account, place.as_deref()).await?;
    let stop = |(firm, stop): (store::cases::ToSee, loops::cadence::Stop)| SuggestedStop {
        subject: firm.subject.0,
        name: firm.name,
        unit: firm.unit.map(|unit| unit.0),
        points: stop.points,
        reasons: stop.reasons.iter().map(|reason| round::said(&page, reason)).collect(),
    };
    Ok(Json(OfficerPlan {
        officer: officer(&page, load, &debts),
        due: due.rows.iter().map(case_line).collect(),
        round: stops.into_iter().map(stop).collect(),
    }))
}
