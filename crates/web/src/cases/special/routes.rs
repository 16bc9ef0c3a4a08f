//! Where a matter goes and why: the proposal on its page, and `/routing`, the rules it follows.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use loops::routing::{self, Asked, Effect, Proposal, Returned, Route, Rule, When};
use loops::{Case, Party};
use store::access::UnitId;
use store::cases::{CaseFilter, CaseRow, CaseView};

use crate::cases::line::Names;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::{decided, topics, typed};
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// Under which key the zone keeps its rules.
const KEY: &str = "routes";
/// How many matters that came back speak for a change of the rules.
const LEAST: usize = 2;
/// How far back wrong doors are looked for, in days.
const BACK: i64 = 365;

/// What routing looks at: the topic, and the park of the enterprise as the place.
fn asked(row: &CaseRow) -> Asked {
    let place = row.subject_unit.or(row.opener_unit).map(|unit| unit.to_string()).unwrap_or_default();
    Asked { topic: row.topic.clone(), place, attributes: BTreeMap::new() }
}

/// Where a matter that waits for the desk would go; `None` where it waits for nobody's choice.
///
/// # Errors
/// What the store reports.
pub async fn proposed(app: &App, page: &Page, found: &CaseView) -> Result<Option<Route>, WebError> {
    let is_dispatched = found.may.iter().any(|(step, _)| step.key == "dispatch");
    if found.row.kind.key != "matter" || !is_dispatched {
        return Ok(None);
    }
    let (rules, _) = known(app).await?;
    let open = CaseFilter { open: Some(true), ..CaseFilter::default() };
    let loads = app.store().cases_by_unit(page.viewer()?, &open).await?;
    let count = |open: u64| u32::try_from(open).unwrap_or(u32::MAX);
    let loads = loads.into_iter().filter_map(|one| Some((one.unit?.to_string(), count(one.open)))).collect();
    Ok(Some(routing::route(&rules, &asked(&found.row), page.today, &loads)))
}

/// A route in words, with the names of its units: who leads, who was excluded, by which rules.
pub fn lines(page: &Page, route: &Route, names: &Names) -> Vec<String> {
    let mut named = route.clone();
    for candidate in &mut named.candidates {
        candidate.unit = names.unit_text(&candidate.unit);
    }
    named.lines(page.lang)
}

/// One rule.
struct RuleRow {
    key: String,
    effect: &'static str,
    unit: String,
    topics: String,
    places: String,
    reason: String,
    from: Date,
    until: String,
    in_force: bool,
}

/// A change that wrong doors speak for.
struct Offer {
    key: String,
    said: String,
    cases: String,
}

#[derive(Template)]
#[template(path = "cases/routes.html")]
struct RoutesPage<'a> {
    page: &'a Page,
    rules: Vec<RuleRow>,
    offers: Vec<Offer>,
    topics: Vec<(&'static str, &'static str)>,
    units: Vec<UnitChoice>,
    version: i64,
    typed: Written,
    refused: Option<String>,
}

/// A rule as it was typed.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Written {
    #[serde(default)]
    topic: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    seen: i64,
}

/// Which rule ends, or which change is accepted.
#[derive(Debug, serde::Deserialize)]
pub struct Chosen {
    key: String,
    #[serde(default)]
    seen: i64,
}

/// Shows the rules, and the changes that wrong doors speak for.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, Written::default(), None).await?;
    page.show(drawn)
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    typed: Written,
    refused: Option<String>,
) -> Result<RoutesPage<'a>, WebError> {
    let names = Names::of(app, &[]).await?;
    let (rules, version) = known(app).await?;
    let offers = offers(app, page, &rules).await?;
    let offer = |proposal: &Proposal| {
        let (topic, right) =
            (topics::label(&proposal.new.when.topics.join(" "), page.lang), names.unit_text(&proposal.new.unit));
        let old = proposal.old.as_ref().map(|old| old.key.as_str()).unwrap_or_default();
        Offer {
            key: proposal.new.key.clone(),
            said: match (page.lang, old) {
                (Lang::Zh, "") => format!("“{topic}”改由{right}主办"),
                (Lang::Zh, old) => format!("“{topic}”改由{right}主办，规则 {old} 相应停用"),
                (Lang::En, "") => format!("“{topic}” to be led by {right}"),
                (Lang::En, old) => format!("“{topic}” to be led by {right}; the rule {old} ends"),
            },
            cases: proposal.cases.join(page.t("、", ", ")),
        }
    };
    Ok(RoutesPage {
        rules: rules.iter().rev().map(|rule| row(page, rule, &names)).collect(),
        offers: offers.iter().map(offer).collect(),
        topics: topics::ALL.iter().map(|topic| (topic.key, topic.label(page.lang))).collect(),
        units: unit_choices(&names.units),
        version,
        typed,
        refused,
        page,
    })
}

/// The rules of the zone, and which version of them; none before the first was written.
async fn known(app: &App) -> Result<(Vec<Rule>, i64), WebError> {
    Ok(decided::known(app.store(), KEY).await?.unwrap_or_default())
}

/// Writes the rules as they are from now on, where nobody else wrote them since they were seen.
async fn decide(app: &App, page: &Page, rules: &[Rule], seen: i64) -> Result<(), WebError> {
    decided::decide(app, page, KEY, rules, seen).await
}

fn row(page: &Page, rule: &Rule, names: &Names) -> RuleRow {
    let lang = page.lang;
    let between = page.t("、", ", ");
    let any = page.t("不限", "any");
    let listed = |all: Vec<String>| if all.is_empty() { any.to_owned() } else { all.join(between) };
    RuleRow {
        key: rule.key.clone(),
        effect: match rule.effect {
            Effect::Lead => page.t("主办", "leads"),
            Effect::Assist => page.t("协办", "assists"),
            Effect::Exclude => page.t("不找它", "is not asked"),
        },
        unit: names.unit_text(&rule.unit),
        topics: listed(rule.when.topics.iter().map(|topic| topics::label(topic, lang)).collect()),
        places: listed(rule.when.places.iter().map(|place| names.unit_text(place)).collect()),
        reason: rule.reason.clone(),
        from: rule.from,
        until: rule.until.map(|day| day.to_string()).unwrap_or_default(),
        in_force: rule.in_force(page.today),
    }
}

/// The changes of the rules that matters which came back speak for.
async fn offers(app: &App, page: &Page, rules: &[Rule]) -> Result<Vec<Proposal>, WebError> {
    let filter = CaseFilter {
        kinds: vec!["matter".to_owned()],
        opened_from: Some(page.today.saturating_sub(BACK.days())),
        ..CaseFilter::default()
    };
    let found = app.store().case_folds(page.viewer()?, &filter).await?;
    let returned: Vec<Returned> =
        found.iter().filter(|(_, case)| case.returned > 0).filter_map(|(row, case)| wrong_door(row, case)).collect();
    Ok(routing::propose(rules, &returned, page.today, LEAST))
}

/// The unit that sent a matter back, and the one that took it up afterwards.
fn wrong_door(row: &CaseRow, case: &Case) -> Option<Returned> {
    let of_lead = |stay: &&loops::Stay| stay.state.owner() == Some(Party::Lead);
    let wrong = case.stays.windows(2).find(|pair| pair[1].state.key == "raised" && of_lead(&&pair[0]))?;
    let wrong = wrong[0].unit.clone()?;
    let right = case.stays.iter().rev().find(|stay| stay.state.key == "underway")?.unit.clone()?;
    (wrong != right).then(|| Returned { case: row.number.clone(), asked: asked(row), wrong, right })
}

/// `POST /routing`: writes a rule.
///
/// # Errors
/// What the store reports.
pub async fn add(State(app): State<App>, page: Page, Form(written): Form<Written>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let added = async {
        let from = if written.from.is_empty() { page.today } else { typed::until(&written.from, page.today)? };
        let one = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty()).into_iter().collect();
        let effect = match written.effect.as_str() {
            "assist" => Effect::Assist,
            "exclude" => Effect::Exclude,
            _ => Effect::Lead,
        };
        let (mut rules, _) = known(&app).await?;
        let key = (1..).map(|at: usize| format!("R-{at:03}")).find(|key| rules.iter().all(|rule| rule.key != *key));
        let units = app.store().units().await?;
        let unit = written.unit.parse().ok().map(UnitId).and_then(|id| units.get(id));
        if unit.is_none_or(|unit| unit.closed_at.is_some()) {
            return Err(WebError::invalid("请选择一个在用的单位。", "Choose a unit that is open."));
        }
        if written.reason.trim().is_empty() {
            return Err(WebError::invalid(
                "请写明依据：哪份文件把这件事交给这个单位。",
                "Say why: the document that gives the unit this work.",
            ));
        }
        rules.push(Rule {
            key: key.unwrap_or_default(),
            when: When { topics: one(&written.topic), places: one(&written.place), attributes: Vec::new() },
            effect,
            unit: written.unit.clone(),
            reason: written.reason.trim().to_owned(),
            from,
            until: None,
        });
        decide(&app, &page, &rules, written.seen).await?;
        Ok::<(), WebError>(())
    };
    match added.await {
        Ok(()) => Ok(page.go_saying("/routing", Notice::done(page.lang, "规则已写入。", "The rule is written."))),
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(&app, &page, written, Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
        Err(error) => Err(error),
    }
}

/// `POST /routing/end`: a rule holds no more from tomorrow.
///
/// # Errors
/// There is no such rule, or it has ended; what the store reports.
pub async fn end(State(app): State<App>, page: Page, Form(chosen): Form<Chosen>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let (mut rules, _) = known(&app).await?;
    let rule = rules.iter_mut().find(|rule| rule.key == chosen.key).ok_or_else(WebError::not_found)?;
    rule.until = Some(page.today);
    decide(&app, &page, &rules, chosen.seen).await?;
    Ok(page.go_saying("/routing", Notice::done(page.lang, "规则自明天起停用。", "The rule ends with today.")))
}

/// `POST /routing/accept`: a change that wrong doors speak for becomes a rule from tomorrow on.
///
/// # Errors
/// The change is proposed no more; what the store reports.
pub async fn accept(State(app): State<App>, page: Page, Form(chosen): Form<Chosen>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let (rules, _) = known(&app).await?;
    let offers = offers(&app, &page, &rules).await?;
    let proposal = offers.iter().find(|offer| offer.new.key == chosen.key).ok_or_else(|| {
        WebError::conflict(
            "这条建议已不再成立，请重新打开查看。",
            "This change is proposed no more; open the page again.",
        )
        .way_out("/routing", "看分派规则", "See the rules")
    })?;
    let tomorrow = page.today.saturating_add(1.day());
    let after = routing::accept(&rules, proposal, tomorrow);
    decide(&app, &page, &after, chosen.seen).await?;
    Ok(page.go_saying(
        "/routing",
        Notice::done(page.lang, "已采纳，明天起按新规则分派。", "Accepted; the new rule holds from tomorrow."),
    ))
}
