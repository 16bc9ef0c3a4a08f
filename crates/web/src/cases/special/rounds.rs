//! `/inspections/rounds`: a round of inspections is planned: one checklist, one unit, many enterprises; and how
//! far each round is.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use kernel::{Lang, SubjectId, SubjectKind};
use loops::Given;
use store::cases::CaseFilter;
use store::{Key, Resolution, StoreError};

use crate::cases::line::Names;
use crate::cases::list::scope_note;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::tabs::Tabs;
use crate::cases::words::LOOKS;
use crate::cases::{act, typed};
use crate::frame::notice::Notice;
use crate::frame::path;
use crate::{App, Page, WebError};

/// How many enterprises one round takes, and how many checkpoints.
const FIRMS: usize = 200;
const POINTS: usize = 40;
/// How far back rounds are listed, in days, and how many.
const BACK: i64 = 730;
const ROUNDS: usize = 100;

/// A round as it was typed.
#[derive(Debug, Clone, Default)]
struct Written {
    name: String,
    checkpoints: String,
    unit: String,
    until: String,
    firms: String,
}

impl Written {
    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().replace("\r\n", "\n")).unwrap_or_default();
        Self {
            name: field("name"),
            checkpoints: field("checkpoints"),
            unit: field("unit"),
            until: field("until"),
            firms: field("firms"),
        }
    }
}

/// A round and how far it is.
#[derive(Default)]
struct Round {
    name: String,
    address: String,
    firms: usize,
    planned: usize,
    sound: usize,
    correcting: usize,
    decided: usize,
    last: String,
}

#[derive(Template)]
#[template(path = "cases/rounds.html")]
struct RoundsPage<'a> {
    page: &'a Page,
    tabs: Tabs<'a>,
    scope_note: String,
    rounds: Vec<Round>,
    units: Vec<UnitChoice>,
    written: Written,
    may_plan: bool,
    refused: Option<String>,
}

/// Shows the rounds of the last two years within the viewer's rows.
///
/// # Errors
/// There is nothing of the kind for an enterprise; what the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, Written::default(), None).await?;
    page.show(drawn)
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    written: Written,
    refused: Option<String>,
) -> Result<RoundsPage<'a>, WebError> {
    let viewer = page.viewer_within()?;
    let filter = CaseFilter {
        kinds: vec!["inspection".to_owned()],
        opened_from: Some(page.today.saturating_sub(BACK.days())),
        ..CaseFilter::default()
    };
    let mut rounds: BTreeMap<String, Round> = BTreeMap::new();
    for (row, case) in app.store().case_folds(viewer, &filter).await? {
        let Some(name) = case.about.occasion.as_deref().and_then(name_of) else { continue };
        let round = rounds.entry(name.to_owned()).or_default();
        round.firms += 1;
        match row.state.key {
            "planned" => round.planned += 1,
            "sound" => round.sound += 1,
            "spared" | "passed_on" => round.decided += 1,
            _ => round.correcting += 1,
        }
        round.last = round.last.clone().max(crate::frame::day::day_of(row.opened_at).to_string());
    }
    let mut rounds: Vec<Round> = rounds
        .into_iter()
        .map(|(name, round)| {
            let address = path::with_query("/cases/inspection", [("which", "all"), ("q", name.as_str())]);
            Round { name, address, ..round }
        })
        .collect();
    rounds.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.name.cmp(&b.name)));
    rounds.truncate(ROUNDS);
    let names = Names::of(app, &[]).await?;
    let kinds = app.store().kinds_to_open(viewer).await?;
    Ok(RoundsPage {
        tabs: Tabs::of(page, &LOOKS[6], "rounds"),
        scope_note: scope_note(page, viewer, &names.units),
        rounds,
        units: unit_choices(&names.units),
        written,
        may_plan: kinds.iter().any(|kind| kind.key == "inspection"),
        refused,
        page,
    })
}

/// The name of the round that an inspection was opened for.
fn name_of(occasion: &str) -> Option<&str> {
    occasion.strip_prefix("round:")?.rsplit_once(':').map(|(name, _)| name)
}

/// `POST /inspections/rounds`: one inspection is opened for each enterprise; sent twice, nothing opens twice.
///
/// # Errors
/// What the store reports, except what the page shows.
pub async fn plan(
    State(app): State<App>,
    page: Page,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let written = Written::read(&fields);
    match open(&app, &page, &written).await {
        Ok((opened, before)) => {
            let said = match page.lang {
                Lang::Zh if before > 0 => format!("已安排 {opened} 家，另有 {before} 家先前已在这一轮中。"),
                Lang::Zh => format!("已安排检查 {opened} 家。"),
                Lang::En if before > 0 => {
                    format!("{opened} inspections are planned; {before} were in the round before.")
                }
                Lang::En => format!("{opened} inspections are planned."),
            };
            Ok(page.go_saying("/inspections/rounds", Notice::said(said)))
        }
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(&app, &page, written, Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
        Err(error) => Err(error),
    }
}

async fn open(app: &App, page: &Page, written: &Written) -> Result<(usize, usize), WebError> {
    let kind = loops::by_key("inspection").ok_or_else(|| WebError::broken("there is no kind “inspection”"))?;
    let name = written.name.replace(':', "：");
    if name.is_empty() || name.chars().count() > 60 {
        return Err(WebError::invalid("请写明这一轮检查的名称，60 字以内。", "Name the round, in 60 characters."));
    }
    let points = written.checkpoints.lines().map(str::trim).filter(|line| !line.is_empty());
    let points: Vec<&str> = points.collect();
    if points.is_empty() || points.len() > POINTS {
        return Err(WebError::invalid(
            "请列出检查点，一行一个，1 至 40 个。",
            "List the checkpoints, one a line: 1 to 40.",
        ));
    }
    let until = match written.until.as_str() {
        "" => None,
        text => Some(typed::until(text, page.today)?),
    };
    let firms = firms(app, page, &written.firms).await?;
    let (mut opened, mut before) = (0, 0);
    for (id, firm) in firms {
        let form = [("round", name.clone()), ("checkpoints", points.join("\n"))];
        let given = Given {
            title: Some(format!("{name}：{firm}")),
            subject: Some(id.to_string()),
            unit: Some(written.unit.clone()).filter(|unit| !unit.is_empty()),
            until,
            occasion: Some(format!("round:{name}:{id}")),
            form: form.map(|(key, value)| (key.to_owned(), value)).into(),
            ..Given::default()
        };
        match app.store().open_case(page.viewer()?, kind, given).await {
            Ok(_) => opened += 1,
            Err(StoreError::Duplicate) => before += 1,
            Err(error) => return Err(act::said(error)),
        }
    }
    Ok((opened, before))
}

/// The enterprises of the list, each once; all of them must be known and lie within the viewer's rows.
async fn firms(app: &App, page: &Page, text: &str) -> Result<Vec<(SubjectId, String)>, WebError> {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.dedup();
    if lines.is_empty() || lines.len() > FIRMS {
        return Err(WebError::invalid(
            format!("请列出企业，一行一家（名称或统一社会信用代码），1 至 {FIRMS} 家。"),
            format!("List the enterprises, one a line (name or credit code): 1 to {FIRMS}."),
        ));
    }
    let key = |line: &&str| match kernel::credit_code::CreditCode::parse(line) {
        Ok(_) => Key { code: Some((*line).to_owned()), name: None },
        Err(_) => Key { code: None, name: Some((*line).to_owned()) },
    };
    let keys: Vec<Key> = lines.iter().map(key).collect();
    let found = app.store().resolve(SubjectKind::Enterprise, &keys).await?;
    let mut firms: Vec<(SubjectId, String)> = Vec::new();
    for (line, found) in lines.iter().zip(found) {
        let id = match found {
            Resolution::Existing(id) => id,
            _ => return Err(unknown(line)),
        };
        // One outside the person's rows is answered like one that does not exist.
        let row = app.store().subject_row(id, &page.viewer()?.scope).await?.ok_or_else(|| unknown(line))?;
        if firms.iter().all(|(known, _)| *known != id) {
            firms.push((id, row.name));
        }
    }
    Ok(firms)
}

fn unknown(line: &str) -> WebError {
    WebError::invalid(
        format!("在您的范围内没有找到企业“{line}”，没有安排。请核对名称或统一社会信用代码。"),
        format!("There is no enterprise “{line}” within your rows; nothing was planned. Check the name or the code."),
    )
}
