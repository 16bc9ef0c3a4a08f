//! `/api/v1/goals`: the goals of the zone with the tasks of their parts, and splitting a new one.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use loops::goals::{Goal, Part};
use loops::plan::Month;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::{Asked, Sent};
use super::me::Nothing;
use crate::cases::month::Month as Sheet;
use crate::cases::tasks::{goals, split};
use crate::cases::typed;
use crate::{App, Page, WebError};

/// A unit's part of a goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoalPart {
    /// The unit, by id.
    unit: String,
    /// The person of it who answers for the part.
    person: String,
    /// What is to be done in which month, as `2026-11` and a figure.
    months: BTreeMap<String, String>,
    /// The number of its task; null where it was not set, or where one may not see it.
    task: Option<String>,
    /// The state of the task, by key.
    state: Option<String>,
    /// The colour of the task, by key.
    colour: Option<String>,
    /// How much was reported as done.
    done: String,
}

/// A goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoalRow {
    /// Its key.
    key: String,
    /// What is to come.
    title: String,
    /// What it is counted in.
    measure: String,
    /// The day on which it was set.
    on: String,
    /// What is to be done in which month.
    months: BTreeMap<String, String>,
    /// The parts one may see.
    parts: Vec<GoalPart>,
}

/// The goals.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoalList {
    /// The goals, the last set first.
    rows: Vec<GoalRow>,
}

/// A part of a goal to be split.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPart {
    /// The unit, by id.
    unit: Uuid,
    /// The person of it who answers for the part.
    person: String,
    /// What is to be done in which month, as `2026-12` and a figure.
    months: BTreeMap<String, String>,
}

/// A goal to be split; the parts of each month must add up to the goal's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGoal {
    /// What is to come.
    title: String,
    /// What it is counted in.
    #[serde(default)]
    measure: String,
    /// What is to be done in which month, as `2026-12` and a figure.
    months: BTreeMap<String, String>,
    /// Who takes which part.
    parts: Vec<NewPart>,
}

/// A goal that was split.
#[derive(Debug, Serialize, ToSchema)]
pub struct SplitGoal {
    /// Its key.
    key: String,
    /// How many tasks were set.
    tasks: usize,
}

fn months(months: &[Month]) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, Decimal> = BTreeMap::new();
    for month in months {
        *all.entry(Sheet::of(month.month).key()).or_default() += month.amount;
    }
    all.into_iter().map(|(month, amount)| (month, amount.normalize().to_string())).collect()
}

/// The goals, each with the parts whose tasks the token's owner may see.
#[utoipa::path(get, path = "/api/v1/goals", operation_id = "goals", tag = "Cases",
    responses((status = 200, description = "The goals", body = GoalList)))]
pub async fn list(State(app): State<App>, page: Page, _: Asked<Nothing>) -> Result<Json<GoalList>, WebError> {
    let mut rows = Vec::new();
    for (goal, parts) in goals::within(&app, &page).await? {
        let part = |(part, case): (Part, Option<goals::TaskOf>)| GoalPart {
            unit: part.unit,
            person: part.person,
            months: months(&part.months),
            done: case
                .as_ref()
                .and_then(|(_, case)| case.plan.as_ref())
                .map_or_else(|| "0".to_owned(), |plan| plan.done_by(page.today).normalize().to_string()),
            state: case.as_ref().map(|(row, _)| row.state.key.to_owned()),
            colour: case.as_ref().map(|(row, _)| row.colour.clone()),
            task: case.map(|(row, _)| row.number),
        };
        rows.push(GoalRow {
            months: months(&goal.months),
            parts: parts.into_iter().map(part).collect(),
            on: goal.on.to_string(),
            key: goal.key,
            title: goal.title,
            measure: goal.measure,
        });
    }
    Ok(Json(GoalList { rows }))
}

/// Splits a goal: each part becomes a task of its unit.
#[utoipa::path(post, path = "/api/v1/goals", operation_id = "split_goal", tag = "Cases", request_body = NewGoal,
    responses((status = 200, description = "It was split", body = SplitGoal)))]
pub async fn set(State(app): State<App>, page: Page, Sent(sent): Sent<NewGoal>) -> Result<Json<SplitGoal>, WebError> {
    page.must_be_today()?;
    let part = |part: NewPart| {
        Ok(Part {
            unit: part.unit.to_string(),
            person: part.person.trim().chars().take(40).collect(),
            months: read(&part.months)?,
        })
    };
    let goal = Goal {
        key: String::new(),
        title: sent.title.trim().chars().take(80).collect(),
        measure: sent.measure.trim().chars().take(10).collect(),
        months: read(&sent.months)?,
        parts: sent.parts.into_iter().map(part).collect::<Result<_, WebError>>()?,
        on: page.today,
    };
    let (key, tasks) = split::set(&app, &page, goal).await?;
    Ok(Json(SplitGoal { key, tasks }))
}

fn read(months: &BTreeMap<String, String>) -> Result<Vec<Month>, WebError> {
    let month = |(key, amount): (&String, &String)| {
        let month = Sheet::read(key).ok_or_else(|| {
            let found: String = key.chars().take(20).collect();
            WebError::invalid(
                format!("月份“{found}”应写作 2026-12。"),
                format!("Write the month “{found}” like 2026-12."),
            )
        })?;
        Ok(Month { month: month.first(), amount: typed::amount(amount.trim())?.unwrap_or_default() })
    };
    months.iter().map(month).collect()
}
