//! `/cases/task/goals/new`: a goal is split to units and persons by months, and each part becomes a task.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use loops::goals::{Goal, Part, check_split, spread};
use loops::plan::Month;
use rust_decimal::Decimal;
use store::access::UnitId;

use super::goals::{self, GOAL};
use super::open_all;
use crate::cases::decided;
use crate::cases::line::Names;
use crate::cases::month::Month as Sheet;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::typed::amount;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// The most months a goal is spread over.
const MOST_MONTHS: u32 = 24;
/// The most units a goal is split to on this page.
const MOST_PARTS: usize = 40;

/// What the page sends, by the names of its fields.
type Fields = BTreeMap<String, String>;

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

/// A line of the sheet: the goal itself, or a unit's part of it.
struct Line {
    unit: String,
    name: String,
    person: String,
    amounts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "cases/tasks/split.html")]
struct SplitPage<'a> {
    page: &'a Page,
    fields: Fields,
    units: Vec<UnitChoice>,
    months: Vec<String>,
    goal: Vec<(String, String)>,
    parts: Vec<Line>,
    refused: Option<String>,
}

impl SplitPage<'_> {
    fn typed(&self, name: &str) -> &str {
        field(&self.fields, name)
    }

    fn is_ticked(&self, unit: &str) -> bool {
        self.fields.contains_key(&format!("unit.{unit}"))
    }
}

/// Shows the form; once goal, months and units are given, the sheet with an even split to be changed.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let fields: Fields = form_urlencoded::parse(page.query.as_bytes()).into_owned().collect();
    let refused = if fields.contains_key("total") { read_goal(&fields).err() } else { None };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let said = refused.map(|error| error.say(page.lang).to_owned());
    let drawn = draw(&app, &page, fields, said).await?;
    page.show_with(status, drawn)
}

/// What a goal is to come to, and over which months.
struct Wanted {
    title: String,
    measure: String,
    total: Decimal,
    first: Date,
    months: u32,
    units: Vec<String>,
}

fn read_goal(fields: &Fields) -> Result<Wanted, WebError> {
    let title: String = field(fields, "title").chars().take(80).collect();
    let total = amount(field(fields, "total")).ok().flatten().filter(|total| *total > Decimal::ZERO);
    let first = Sheet::read(field(fields, "first")).map(Sheet::first);
    let months = field(fields, "months").parse().ok().filter(|months| (1..=MOST_MONTHS).contains(months));
    let units: Vec<String> = fields.keys().filter_map(|name| name.strip_prefix("unit.")).map(str::to_owned).collect();
    match (title.is_empty(), total, first, months) {
        (true, ..) => Err(WebError::invalid("请写明目标是什么。", "Say what the goal is.")),
        (_, None, ..) => Err(WebError::invalid(
            "目标总数应为大于 0 的数，最多两位小数。",
            "The whole must be a figure above 0 with at most two digits behind the point.",
        )),
        (_, _, None, _) => Err(WebError::invalid("起始月份应写作 2026-12。", "Write the first month like 2026-12.")),
        (_, _, _, None) => Err(WebError::invalid(
            format!("分解的月数应为 1 至 {MOST_MONTHS}。"),
            format!("It is split over 1 to {MOST_MONTHS} months."),
        )),
        _ if units.is_empty() || units.len() > MOST_PARTS => Err(WebError::invalid(
            format!("请勾选 1 至 {MOST_PARTS} 个承担单位。"),
            format!("Tick 1 to {MOST_PARTS} units that take a part."),
        )),
        (_, Some(total), Some(first), Some(months)) => {
            let measure = field(fields, "measure").chars().take(10).collect();
            Ok(Wanted { title, measure, total, first, months, units })
        }
    }
}

fn key(first: Date, ahead: u32) -> String {
    Sheet::of(first.saturating_add(i64::from(ahead).months())).key()
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    fields: Fields,
    refused: Option<String>,
) -> Result<SplitPage<'a>, WebError> {
    let names = Names::of(app, &[]).await?;
    let (mut months, mut goal, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    if let Ok(wanted) = read_goal(&fields) {
        let digits = wanted.total.normalize().scale();
        months = (0..wanted.months).map(|ahead| key(wanted.first, ahead)).collect();
        let whole = spread(wanted.total, wanted.first, wanted.months, digits);
        // What was typed stays; what was not is split evenly, what does not divide going to the first units.
        let typed = |name: String, usual: Decimal| {
            let value = fields.get(&name).cloned().unwrap_or_else(|| usual.normalize().to_string());
            (name, value)
        };
        goal = months.iter().zip(&whole).map(|(key, month)| typed(format!("goal.{key}"), month.amount)).collect();
        let count = u32::try_from(wanted.units.len()).unwrap_or(1);
        let shares: Vec<Vec<Month>> =
            whole.iter().map(|month| spread(month.amount, month.month, count, digits)).collect();
        parts = wanted
            .units
            .iter()
            .enumerate()
            .map(|(at, unit)| {
                let share = |month: usize| shares[month].get(at).map_or(Decimal::ZERO, |one| one.amount);
                let amounts = months.iter().enumerate();
                let person = format!("person.{unit}");
                Line {
                    unit: unit.clone(),
                    name: names.unit_text(unit),
                    person: field(&fields, &person).to_owned(),
                    amounts: amounts.map(|(at, key)| typed(format!("part.{unit}.{key}"), share(at))).collect(),
                }
            })
            .collect();
    }
    Ok(SplitPage { units: unit_choices(&names.units), fields, months, goal, parts, refused, page })
}

/// `POST /cases/task/goals`: the split is checked, and each part becomes a task of its unit.
///
/// # Errors
/// What the store reports.
pub async fn submit(State(app): State<App>, page: Page, Form(fields): Form<Fields>) -> Result<Response, WebError> {
    page.must_be_today()?;
    match split(&app, &page, &fields).await {
        Ok(opened) => {
            let said = match page.lang {
                Lang::Zh => format!("目标已分解，下达 {opened} 项任务。"),
                Lang::En => format!("The goal is split; {opened} tasks are set."),
            };
            Ok(page.go_saying("/cases/task/goals", Notice::said(said)))
        }
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(&app, &page, fields, Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
        Err(error) => Err(error),
    }
}

fn figure(fields: &Fields, name: &str) -> Result<Decimal, WebError> {
    Ok(amount(field(fields, name))?.unwrap_or_default())
}

async fn split(app: &App, page: &Page, fields: &Fields) -> Result<usize, WebError> {
    let wanted = read_goal(fields)?;
    let month = |name: String, ahead: u32| -> Result<Month, WebError> {
        let month = wanted.first.saturating_add(i64::from(ahead).months());
        Ok(Month { month, amount: figure(fields, &name)? })
    };
    let sheet = |start: &str| -> Result<Vec<Month>, WebError> {
        (0..wanted.months).map(|ahead| month(format!("{start}.{}", key(wanted.first, ahead)), ahead)).collect()
    };
    let mut parts = Vec::new();
    for unit in &wanted.units {
        let person = field(fields, &format!("person.{unit}")).chars().take(40).collect();
        parts.push(Part { unit: unit.clone(), person, months: sheet(&format!("part.{unit}"))? });
    }
    let goal = Goal {
        key: String::new(),
        title: wanted.title.clone(),
        measure: wanted.measure.clone(),
        months: sheet("goal")?,
        parts,
        on: page.today,
    };
    if goal.plan().total() != wanted.total {
        let (found, total) = (goal.plan().total().normalize(), wanted.total.normalize());
        return Err(WebError::invalid(
            format!("各月合计 {found}，与目标总数 {total} 不符。"),
            format!("The months add up to {found}, the goal is {total}."),
        ));
    }
    Ok(set(app, page, goal).await?.1)
}

/// Sets a goal that was split, each part as a task; its key, and how many tasks were set.
///
/// # Errors
/// A goal without a name, without parts or of too many; a unit that is closed; parts that do not add up to the
/// goal; what the store reports.
pub async fn set(app: &App, page: &Page, goal: Goal) -> Result<(String, usize), WebError> {
    if goal.title.is_empty() {
        return Err(WebError::invalid("请写明目标是什么。", "Say what the goal is."));
    }
    let months = usize::try_from(MOST_MONTHS).unwrap_or(usize::MAX);
    if !(1..=MOST_PARTS).contains(&goal.parts.len()) || !(1..=months).contains(&goal.months.len()) {
        return Err(WebError::invalid(
            format!("目标应分解到 1 至 {MOST_PARTS} 个单位、1 至 {MOST_MONTHS} 个月。"),
            format!("A goal is split to 1 to {MOST_PARTS} units over 1 to {MOST_MONTHS} months."),
        ));
    }
    let tree = app.store().units().await?;
    let is_open = |part: &Part| {
        let unit = part.unit.parse().ok().map(UnitId).and_then(|id| tree.get(id));
        unit.is_some_and(|unit| unit.closed_at.is_none())
    };
    if !goal.parts.iter().all(is_open) {
        return Err(WebError::invalid("请选择在用的单位。", "Choose units that are open."));
    }
    let goals = goals::known(app).await?;
    let key = (1..).map(|at: usize| format!("{}-{at}", page.today)).find(|key| goals.iter().all(|one| one.key != *key));
    let goal = Goal { key: key.unwrap_or_default(), ..goal };
    let mut faults = check_split(&goal.plan(), &goal.parts);
    faults.truncate(10);
    if !faults.is_empty() {
        let name = |text: String| {
            goal.parts.iter().fold(text, |text, part| {
                let name =
                    part.unit.parse().ok().map(UnitId).and_then(|id| tree.get(id)).map(|unit| unit.name.as_str());
                text.replace(&part.unit, name.unwrap_or_default())
            })
        };
        let say =
            |lang: Lang| name(faults.iter().map(|one| one.say(lang)).collect::<Vec<_>>().join(lang.pick("", "; ")));
        return Err(WebError::invalid(say(Lang::Zh), say(Lang::En)));
    }
    // The split is written first: whoever is interrupted sets the tasks that are missing from its page.
    decided::decide(app, page, &format!("{GOAL}{}", goal.key), &goal, 0).await?;
    let opened = open_all(app, page, goal.tasks()).await?;
    Ok((goal.key, opened))
}
