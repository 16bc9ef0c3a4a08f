//! What an inspection has on its page: its checkpoints, what is to be corrected by when, and what the policy
//! on first offences advises, beside the decision that a person takes.

use askama::Template;
use jiff::civil::Date;
use kernel::{Catalogue, FactKey, Lang, SubjectKind, Value};
use loops::first_offence::{Advice, Ground, advise};
use loops::{Given, Sealed};
use policy::Policy;
use serde_json::json;
use store::access::Action;
use store::cases::CaseView;

use super::extras;
use crate::cases::typed::Typed;
use crate::checkup::found;
use crate::frame::day;
use crate::ui::{Badge, Safe};
use crate::{App, Page, WebError};

/// The policy that is asked.
const POLICY: &str = "first-violation";
/// The facts that the inspector finds, by the keys of the form and of the catalogue.
const FOUND: [&str; 3] = ["offence_minor", "harm_level", "subjective_fault"];

/// One checkpoint with what was found at it.
struct Point {
    name: String,
    result: Option<Badge>,
}

/// Something that is to be corrected.
struct Finding {
    text: String,
    until: String,
    state: Badge,
}

#[derive(Template)]
#[template(path = "cases/inspection_work.html")]
struct WorkPanel<'a> {
    page: &'a Page,
    round: String,
    points: Vec<Point>,
    findings: Vec<Finding>,
}

/// A fact the advice turns on.
struct Turning {
    label: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "cases/advice.html")]
struct AdvicePanel<'a> {
    page: &'a Page,
    said: String,
    turning: Vec<Turning>,
    reasons: String,
    version: String,
    address: Option<String>,
    unseen: bool,
}

/// The parts of an inspection's page.
///
/// # Errors
/// What the store reports.
pub async fn panels(app: &App, page: &Page, found: &CaseView) -> Result<Vec<Safe>, WebError> {
    if found.row.kind.key != "inspection" {
        return Ok(Vec::new());
    }
    let mut panels = Vec::new();
    let work = work(page, found);
    if !(work.points.is_empty() && work.findings.is_empty()) {
        panels.push(Safe(work.render().map_err(WebError::broken)?));
    }
    if !page.is_of_enterprise()
        && is_weighed(found)
        && let Some(panel) = advice_panel(app, page, found).await?
    {
        panels.push(Safe(panel.render().map_err(WebError::broken)?));
    }
    Ok(panels)
}

/// Whether anything was found about which a decision is to be taken, or was.
fn is_weighed(found: &CaseView) -> bool {
    found.case.stays.iter().any(|stay| stay.state.key == "found")
}

fn last<'a>(found: &'a CaseView, step: &str) -> Option<&'a Sealed> {
    found.events.iter().rev().find(|sealed| sealed.event.step == step)
}

/// The checkpoints that the inspection was opened with, one a line.
fn checkpoints(found: &CaseView) -> Vec<String> {
    let text = found.events.first().and_then(|sealed| sealed.event.given.form.get("checkpoints"));
    text.map(|text| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
        .unwrap_or_default()
}

/// What each checkpoint gave, the last word of each.
fn results(found: &CaseView) -> Vec<(String, String)> {
    let mut results: Vec<(String, String)> = Vec::new();
    for sealed in found.events.iter().filter(|sealed| sealed.event.step == "check") {
        let form = &sealed.event.given.form;
        if let (Some(point), Some(result)) = (form.get("checkpoint"), form.get("result")) {
            results.retain(|(known, _)| known != point);
            results.push((point.clone(), result.clone()));
        }
    }
    results
}

fn work<'a>(page: &'a Page, found: &CaseView) -> WorkPanel<'a> {
    let results = results(found);
    let mut names = checkpoints(found);
    // Whatever was looked at besides stands behind the list.
    names.extend(results.iter().map(|(name, _)| name).filter(|name| !checkpoints(found).contains(name)).cloned());
    let badge = |name: &String| {
        let (_, key) = results.iter().find(|(known, _)| known == name)?;
        let word = extras::value("result", key, page.lang);
        Some(match key.as_str() {
            "sound" => Badge::ok(word),
            "found" => Badge::late(word),
            _ => Badge::shut(word),
        })
    };
    let opening = found.events.first().map(|sealed| &sealed.event.given.form);
    WorkPanel {
        page,
        round: opening.and_then(|form| form.get("round")).cloned().unwrap_or_default(),
        points: names.iter().map(|name| Point { name: name.clone(), result: badge(name) }).collect(),
        findings: findings(found).into_iter().map(|(text, until)| finding(page, found, text, until)).collect(),
    }
}

/// What the last order names, each with its day.
fn findings(found: &CaseView) -> Vec<(String, Option<Date>)> {
    let Some(order) = last(found, "order") else { return Vec::new() };
    let form = &order.event.given.form;
    let row = |row: usize| {
        let text = form.get(&extras::finding("finding", row))?;
        let until = form.get(&extras::deadline("finding", row)).and_then(|day| day.parse().ok());
        Some((text.clone(), until))
    };
    (1..=form.len()).filter_map(row).collect()
}

fn finding(page: &Page, found: &CaseView, text: String, until: Option<Date>) -> Finding {
    let state = match found.row.state.key {
        "correcting" if until.is_some_and(|until| page.today > until) => Badge::late(page.t("已过期限", "overdue")),
        "correcting" => Badge::early(page.t("待改正", "to be corrected")),
        "corrected" => Badge::warn(page.t("已报改正，待复查", "said to be corrected")),
        _ => Badge::ok(page.t("已复查", "looked at again")),
    };
    Finding { text, until: until.map(|day| day.to_string()).unwrap_or_default(), state }
}

/// What stands in the forms at first: the first checkpoint nobody looked at yet, and what the inspector
/// found when advice was last noted.
pub fn proposed(found: &CaseView) -> Vec<(&'static str, Typed)> {
    if found.row.kind.key != "inspection" {
        return Vec::new();
    }
    let done = results(found);
    let next = checkpoints(found).into_iter().find(|point| done.iter().all(|(known, _)| known != point));
    let with = |extra: Vec<(String, String)>| Typed { extra: extra.into_iter().collect(), ..Typed::default() };
    let mut proposed = Vec::new();
    if let Some(point) = next {
        proposed.push(("check", with(vec![("checkpoint".to_owned(), point)])));
    }
    if let Some(advice) = last(found, "advise") {
        let form = &advice.event.given.form;
        let extra = FOUND.iter().filter_map(|key| Some(((*key).to_owned(), form.get(*key)?.clone()))).collect();
        proposed.push(("advise", with(extra)));
    }
    proposed
}

/// The note of the advice with the advice itself: what the policy says on what the inspector found, and which
/// version of it. Every other step is left as it is.
///
/// # Errors
/// What the store reports.
pub async fn with_advice(
    app: &App,
    page: &Page,
    found: &CaseView,
    step: &str,
    mut given: Given,
) -> Result<Given, WebError> {
    if (found.row.kind.key, step) != ("inspection", "advise") {
        return Ok(given);
    }
    let library = app.library();
    let Some(policy) = library.policy(POLICY, page.today) else { return Ok(given) };
    let (advice, _) = weigh(app, page, policy, found, &given).await?;
    let said = advice.say(Lang::Zh);
    given.text = Some(match given.text {
        Some(text) => format!("{said}\n{text}"),
        None => said,
    });
    given.form.insert("advice_of".to_owned(), policy.version());
    Ok(given)
}

/// What the policy says of the enterprise with this inspection as its pending case, and whether the earlier
/// cases of the enterprise could be seen.
async fn weigh(
    app: &App,
    page: &Page,
    policy: &Policy,
    case: &CaseView,
    given: &Given,
) -> Result<(Advice, bool), WebError> {
    let viewer = page.viewer()?;
    let subject = match case.row.subject {
        Some(subject) => app.store().subject(subject, &viewer.scope, false, None).await?,
        None => None,
    };
    let listed = app.store().kinds_listed(None).await?;
    let is_seen = subject.is_some() && listed.contains(&SubjectKind::Penalty);
    let mut enterprise = match &subject {
        Some(subject) => found::enterprise(subject, &listed),
        None => checkup::Enterprise::new("", case.row.subject_name.as_str()),
    };
    // The pending case is this one; what else is pending is weighed on its own page.
    let pending = Value::Code("pending".to_owned());
    let status = FactKey::timeless("case_status");
    if let Some(records) = enterprise.records.get_mut(&SubjectKind::Penalty) {
        records.retain(|record| record.facts.get(&status).is_none_or(|fact| fact.value != pending));
    }
    let cells = pending_case(case, given);
    enterprise.add_record(SubjectKind::Penalty, checkup::Record::of_cells(case.row.number.as_str(), None, cells));
    let mut advice = advise(policy, &enterprise, page.today, page.lang);
    if !is_seen {
        // Whether it is the first is not known where earlier cases cannot be seen.
        advice.grounds.retain(|ground| *ground != Ground::First);
        advice.missing.push(page.t("既往处罚记录", "the earlier cases").to_owned());
    }
    Ok((advice, is_seen))
}

/// This inspection as a case of penalty: what the inspector found, by when it was to be corrected, and when
/// the enterprise said that it was.
fn pending_case(case: &CaseView, given: &Given) -> Vec<(FactKey, Value)> {
    let mut cells = Vec::new();
    let mut add = |key: &str, value: serde_json::Value| {
        let field = Catalogue::builtin().field(key);
        if let Some(value) = field.and_then(|field| Value::from_json(&field.kind, &value)) {
            cells.push((FactKey::timeless(key), value));
        }
    };
    add("case_status", json!("pending"));
    for key in FOUND {
        match given.form.get(key).map(String::as_str) {
            Some(yes_no) if key == "offence_minor" => add(key, json!(yes_no == "yes")),
            Some(choice) => add(key, json!(choice)),
            None => {}
        }
    }
    if let Some(until) = deadline(case) {
        add("correct_by", json!(until.to_string()));
    }
    if let Some(corrected) = last(case, "correct") {
        add("correction_date", json!(day::day_of(corrected.event.at).to_string()));
    }
    cells
}

/// The day by which everything is to be corrected: the latest of the order.
fn deadline(case: &CaseView) -> Option<Date> {
    findings(case).into_iter().filter_map(|(_, until)| until).max()
}

/// What the policy says; nothing where none is in force.
async fn advice_panel<'a>(app: &App, page: &'a Page, case: &CaseView) -> Result<Option<AdvicePanel<'a>>, WebError> {
    let library = app.library();
    let Some(policy) = library.policy(POLICY, page.today) else { return Ok(None) };
    let given = last(case, "advise").map(|sealed| sealed.event.given.clone()).unwrap_or_default();
    let (advice, is_seen) = weigh(app, page, policy, case, &given).await?;
    let unknown = page.t("还没有认定", "not found yet");
    let found = |key: &str| {
        given.form.get(key).map_or_else(|| unknown.to_owned(), |value| extras::value(key, value, page.lang))
    };
    let days = |day: Option<Date>| day.map_or_else(|| page.t("没有", "none").to_owned(), |day| day.to_string());
    let corrected = last(case, "correct").map(|sealed| day::day_of(sealed.event.at));
    let turning = vec![
        Turning { label: page.t("违法行为轻微", "A minor offence"), text: found("offence_minor") },
        Turning { label: page.t("危害后果", "Harm"), text: found("harm_level") },
        Turning { label: page.t("主观过错", "Fault"), text: found("subjective_fault") },
        Turning { label: page.t("责令改正期限", "To be corrected by"), text: days(deadline(case)) },
        Turning { label: page.t("企业报告改正", "Said to be corrected on"), text: days(corrected) },
    ];
    Ok(Some(AdvicePanel {
        said: advice.say(page.lang),
        turning,
        reasons: advice.reasons,
        version: policy.version(),
        address: page.can(Action::ReadPolicies).then(|| crate::policies::words::address(policy)),
        unseen: !is_seen,
        page,
    }))
}
