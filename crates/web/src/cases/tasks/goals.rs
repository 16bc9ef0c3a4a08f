//! `/cases/task/goals`: the goals of the zone, each with its parts by unit and month, and how far they are.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use kernel::Lang;
use loops::goals::{Goal, Part};
use loops::{Case, plan};
use rust_decimal::Decimal;
use store::access::Action;
use store::cases::CaseRow;

use super::{kind, open_all, percent};
use crate::cases::decided;
use crate::cases::line::{self, Names};
use crate::cases::list::scope_note;
use crate::cases::month::Month;
use crate::cases::tabs::Tabs;
use crate::cases::words::{self, LOOKS, Look};
use crate::frame::notice::Notice;
use crate::register::amount;
use crate::ui::{Badge, Tone};
use crate::{App, Page, WebError};

/// What stands before the key of a goal where the zone keeps it.
pub(super) const GOAL: &str = "goal:";
/// How many goals are shown, the latest first.
const SHOWN: u64 = 50;

/// A part of a goal, with its task.
struct PartRow {
    unit: String,
    person: String,
    tone: &'static str,
    colour: Option<Badge>,
    state: &'static str,
    address: Option<String>,
    done: String,
    months: Vec<String>,
}

/// A goal with its parts.
struct GoalRow {
    key: String,
    title: String,
    on: String,
    total: String,
    planned: String,
    done: String,
    heads: Vec<String>,
    months: Vec<String>,
    parts: Vec<PartRow>,
    /// How many parts have no task yet.
    missing: usize,
}

#[derive(Template)]
#[template(path = "cases/tasks/goals.html")]
struct GoalsPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    scope_note: String,
    goals: Vec<GoalRow>,
    may_set: bool,
}

/// The latest goals, the last first.
pub(super) async fn known(app: &App) -> Result<Vec<Goal>, WebError> {
    decided::known_under(app.store(), GOAL, SHOWN).await
}

/// The task of a part.
pub type TaskOf = (CaseRow, Case);

/// The goals with the parts that the person may see, each with its task: whoever sets goals sees every part, others
/// those whose task lies within their rows.
///
/// # Errors
/// What the store reports.
pub async fn within(app: &App, page: &Page) -> Result<Vec<(Goal, Vec<(Part, Option<TaskOf>)>)>, WebError> {
    let goals = known(app).await?;
    let mut cases = tasks(app, page, &goals).await?;
    let may_set = page.can(Action::ManageLoops);
    let seen = goals.into_iter().map(|goal| {
        let part = |(at, part): (usize, &Part)| (part.clone(), cases.remove(&goal.occasion(at + 1)));
        let parts: Vec<_> =
            goal.parts.iter().enumerate().map(part).filter(|(_, case)| may_set || case.is_some()).collect();
        (goal, parts)
    });
    Ok(seen.filter(|(_, parts)| may_set || !parts.is_empty()).collect())
}

/// The tasks of the goals' parts within the person's rows, by their occasions.
async fn tasks(app: &App, page: &Page, goals: &[Goal]) -> Result<BTreeMap<String, TaskOf>, WebError> {
    let occasions: Vec<String> = goals.iter().flat_map(occasions).collect();
    let found = app.store().cases_for(page.viewer()?, kind()?, &occasions).await?;
    Ok(found.into_iter().filter_map(|(row, case)| Some((case.about.occasion.clone()?, (row, case)))).collect())
}

/// Shows the goals with the parts within the viewer's rows.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let look = &LOOKS[3];
    let goals = known(&app).await?;
    let names = Names::of(&app, &[]).await?;
    let cases = tasks(&app, &page, &goals).await?;
    let may_set = page.can(Action::ManageLoops);
    let rows = goals.iter().map(|goal| goal_row(&page, &names, goal, &cases, may_set));
    page.show(GoalsPage {
        tabs: Tabs::of(&page, look, "goals"),
        scope_note: scope_note(&page, viewer, &names.units),
        // Whoever sees none of the parts sees nothing of the goal.
        goals: rows.filter(|goal| may_set || !goal.parts.is_empty()).collect(),
        may_set,
        look,
        page: &page,
    })
}

fn occasions(goal: &Goal) -> Vec<String> {
    (1..=goal.parts.len()).map(|part| goal.occasion(part)).collect()
}

fn goal_row(
    page: &Page,
    names: &Names,
    goal: &Goal,
    cases: &BTreeMap<String, (CaseRow, Case)>,
    may_set: bool,
) -> GoalRow {
    let whole = goal.plan();
    let mut done = Decimal::ZERO;
    let (mut parts, mut missing) = (Vec::new(), 0);
    for (at, part) in goal.parts.iter().enumerate() {
        let case = cases.get(&goal.occasion(at + 1));
        let own =
            case.and_then(|(_, case)| case.plan.as_ref()).map(|plan| plan.done_by(page.today)).unwrap_or_default();
        done += own;
        missing += usize::from(case.is_none());
        if may_set || case.is_some() {
            parts.push(part_row(page, names, goal, part, case, own));
        }
    }
    let measure = goal.measure.as_str();
    let share = plan::Plan { done: vec![plan::Done { on: page.today, amount: done }], ..whole.clone() };
    let progress = share.progress(page.today);
    let said = |amount: Decimal| format!("{}{measure}", amount::shown(amount));
    GoalRow {
        key: goal.key.clone(),
        title: goal.title.clone(),
        on: goal.on.to_string(),
        total: said(whole.total()),
        planned: percent(progress.planned),
        done: format!("{}{}{}{}", said(done), page.t("（", " ("), percent(progress.done), page.t("）", ")")),
        heads: goal.months.iter().map(|month| Month::of(month.month).key()).collect(),
        months: goal.months.iter().map(|month| amount::shown(month.amount)).collect(),
        parts,
        missing: if may_set { missing } else { 0 },
    }
}

fn part_row(
    page: &Page,
    names: &Names,
    goal: &Goal,
    part: &Part,
    case: Option<&(CaseRow, Case)>,
    own: Decimal,
) -> PartRow {
    let (colour, tone) = case.map_or((None, Tone::Shut), |(row, _)| line::colour(&row.colour, page.lang));
    let total = plan::Plan { months: part.months.clone(), ..plan::Plan::default() }.total();
    PartRow {
        unit: names.unit_text(&part.unit),
        person: part.person.clone(),
        tone: tone.key(),
        colour,
        state: case.map_or(page.t("未下达", "not set"), |(row, _)| row.state.label(page.lang)),
        address: case.map(|(row, _)| words::address(row.kind.key, &row.number)),
        done: format!("{}/{}{}", amount::shown(own), amount::shown(total), goal.measure),
        months: part.months.iter().map(|month| amount::shown(month.amount)).collect(),
    }
}

/// Which goal.
#[derive(Debug, serde::Deserialize)]
pub struct Chosen {
    key: String,
}

/// `POST /cases/task/goals/set`: sets the tasks of a goal that are not there yet, such as after an interruption.
///
/// # Errors
/// There is no such goal; what the store reports.
pub async fn set(State(app): State<App>, page: Page, Form(chosen): Form<Chosen>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let goals = known(&app).await?;
    let goal = goals.iter().find(|goal| goal.key == chosen.key).ok_or_else(WebError::not_found)?;
    let opened = open_all(&app, &page, goal.tasks()).await?;
    let said = match page.lang {
        Lang::Zh => format!("已下达 {opened} 项任务。"),
        Lang::En => format!("{opened} tasks are set."),
    };
    Ok(page.go_saying("/cases/task/goals", Notice::said(said)))
}
