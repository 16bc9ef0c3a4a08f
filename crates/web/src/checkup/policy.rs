//! `/enterprises/{id}/checkup/{policy}`: one policy: why, what is missing, the gap, the plan.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use checkup::{CheckUp, Desk, Gap, Missing, Move, Reward};
use jiff::civil::Date;
use kernel::{FactKey, Lang, SubjectKind};
use store::access::Action;

use super::found::{self, Found};
use super::overview::{Score, score};
use super::tree::Tree;
use super::words;
use crate::frame::path;
use crate::register::subject::address;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// A question that would settle something.
struct Question {
    name: String,
    why: String,
    fill: Option<String>,
}

/// What a condition lacks.
struct Lack {
    condition: String,
    article: String,
    ways: Vec<Way>,
    first_day: String,
}

struct Way {
    name: String,
    now: String,
    source: Option<String>,
    needed: String,
    movable: bool,
}

/// A step of the plan.
struct Step {
    name: String,
    now: String,
    needed: String,
    change: String,
    cost: String,
    until: String,
    note: String,
}

struct Grant {
    text: String,
    article: String,
    amount: String,
    unverified: bool,
}

#[derive(Template)]
#[template(path = "checkup/policy.html")]
struct PolicyPage<'a> {
    page: &'a Page,
    name: String,
    subject: String,
    overview: String,
    here: String,
    on: Date,
    title: String,
    documents: String,
    version: String,
    badges: Vec<Badge>,
    lack: String,
    score: Option<Score>,
    window: String,
    validity: String,
    questions: Vec<Question>,
    more_questions: Vec<Question>,
    lacks: Vec<Lack>,
    has_plan: bool,
    steps: Vec<Step>,
    plan_day: Option<Date>,
    plan_after: Option<Badge>,
    plan_cost: String,
    grants: Vec<Grant>,
    tree: Tree<'a>,
    notes: &'a [String],
    none: String,
}

/// Shows one policy of the check-up of one enterprise.
///
/// # Errors
/// No such enterprise within the viewer's rows; no such policy in force; a day that is none; what
/// the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((id, policy)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let found = found::find(&app, &page, page.viewer()?, &id).await?;
    let library = app.library();
    let desk = Desk::of(&library, found.on, &[policy]).map_err(|refused| {
        WebError::new(axum::http::StatusCode::NOT_FOUND, refused.say(Lang::Zh), refused.say(Lang::En)).way_out(
            found.address(&page, ""),
            "看在施行的政策",
            "See those in force",
        )
    })?;
    let checked = desk.check_up(&found.enterprise).into_iter().next().ok_or_else(WebError::not_found)?;
    page.show(make(&page, &found, &checked))
}

fn make<'a>(page: &'a Page, found: &Found, one: &'a CheckUp) -> PolicyPage<'a> {
    let lang = page.lang;
    let id = found.subject.record.id;
    let mut badges = vec![words::verdict(one.verdict, lang)];
    badges.extend(words::marks(one, lang));
    if one.is_local() {
        badges.push(Badge::shut(one.level.clone()).with_icon("building-community"));
    }
    let mut questions: Vec<Question> = one.missing.iter().map(|missing| question(page, found, missing)).collect();
    let more_questions = questions.split_off(questions.len().min(3));
    let plan = one.plan.as_ref();
    PolicyPage {
        name: found.enterprise.name.clone(),
        subject: page.link(&address(SubjectKind::Enterprise, id)),
        overview: found.address(page, ""),
        here: format!("/enterprises/{id}/checkup/{}", one.policy),
        on: one.on,
        title: one.title_in(lang).to_owned(),
        documents: one.documents.join("、"),
        version: one.version.clone(),
        badges,
        lack: one.lack(lang),
        score: score(one, lang),
        window: one.window.map(|window| window.say(one.on, lang)).unwrap_or_default(),
        validity: one.validity.clone().unwrap_or_default(),
        questions,
        more_questions,
        lacks: lacks(page, found, one),
        has_plan: plan.is_some(),
        steps: plan.map(|plan| plan.moves.iter().map(|step| of_move(step, one.on, lang)).collect()).unwrap_or_default(),
        plan_day: plan.map(|plan| plan.on).filter(|day| *day > one.on),
        plan_after: plan.map(|plan| words::verdict(plan.answer, lang)),
        plan_cost: plan.and_then(|plan| plan.cost.as_ref()).map(|cost| cost.say(lang)).unwrap_or_default(),
        grants: grants(one, lang),
        tree: Tree { page, reasons: &one.reasons },
        notes: &one.unverified_notes,
        none: one
            .none_on_record
            .iter()
            .map(|kind| lang.pick(kind.zh(), kind.en()))
            .collect::<Vec<_>>()
            .join(lang.pick("、", ", ")),
        page,
    }
}

/// The form in which a fact can be filled in or put right, for those who may.
fn edit(page: &Page, found: &Found, fact: &FactKey) -> Option<String> {
    let may = page.as_of.is_none() && (page.can(Action::Correct) || page.can(Action::Declare));
    let edit = format!("{}/edit", address(SubjectKind::Enterprise, found.subject.record.id));
    may.then(|| path::with_query(&edit, [("fact", fact.to_string().as_str())]))
}

fn question(page: &Page, found: &Found, missing: &Missing) -> Question {
    let points = missing.has_points().then(|| missing.points.say(page.lang));
    let why = match (page.lang, missing.settles, points) {
        (Lang::Zh, 0, None) => format!("与 {} 个条件有关", missing.conditions),
        (Lang::Zh, 0, Some(points)) => format!("与 {} 个条件有关，关系 {points}", missing.conditions),
        (Lang::Zh, settles, None) => format!("单凭它就能判定 {settles} 个条件"),
        (Lang::Zh, settles, Some(points)) => format!("单凭它就能判定 {settles} 个条件，关系 {points}"),
        (Lang::En, 0, None) => format!("takes part in {} conditions", missing.conditions),
        (Lang::En, 0, Some(points)) => format!("takes part in {} conditions; {points} hang on it", missing.conditions),
        (Lang::En, settles, None) => format!("settles {settles} conditions by itself"),
        (Lang::En, settles, Some(points)) => format!("settles {settles} conditions by itself; {points} hang on it"),
    };
    let fill = missing.fact.as_ref().and_then(|fact| edit(page, found, fact));
    Question { name: missing.name.say(page.lang).to_owned(), why, fill }
}

fn lacks(page: &Page, found: &Found, one: &CheckUp) -> Vec<Lack> {
    let lang = page.lang;
    let way = |gap: &Gap| {
        let known = gap.fact.as_ref().and_then(|fact| Some((fact, found.enterprise.facts.get(fact)?)));
        let source = known.and_then(|(fact, known)| found::origin_address(page, known.origin.as_deref()?, Some(fact)));
        Way {
            name: gap.name.say(lang).to_owned(),
            now: gap.now.say(lang),
            source,
            needed: format!("{} {}", gap.compare.sign(), gap.needed.say(lang)),
            movable: gap.movable,
        }
    };
    let lack = |failed: &checkup::Condition| {
        let of_it: Vec<&Gap> = one.gap.iter().filter(|gap| gap.condition == failed.id).collect();
        let day = of_it.iter().find_map(|gap| gap.first_day);
        Lack {
            condition: failed.name_in(lang).to_owned(),
            article: failed.article.clone().unwrap_or_default(),
            ways: of_it.into_iter().map(way).collect(),
            first_day: day.map(|day| day.to_string()).unwrap_or_default(),
        }
    };
    one.failed.iter().map(lack).collect()
}

fn of_move(step: &Move, on: Date, lang: Lang) -> Step {
    let change = step.change.say(lang);
    let rises = !change.starts_with('-');
    let next = on.year() + 1;
    let note = match (step.year_over, step.fact.period, lang) {
        (true, Some(period), Lang::Zh) => format!(
            "{period} 年度已经结束：今年只能靠如实更正、补充归集；否则到 {} 年度达到同一数，{next} 年申报",
            on.year()
        ),
        (true, Some(period), Lang::En) => format!(
            "the year {period} is over: this year only by putting the books right; else reach it in {} and apply in {next}",
            on.year()
        ),
        _ => String::new(),
    };
    Step {
        name: step.name.say(lang).to_owned(),
        now: step.now.say(lang),
        needed: step.needed.say(lang),
        change: if rises { format!("+{change}") } else { change },
        cost: step.cost.as_ref().map(|cost| cost.say(lang)).unwrap_or_default(),
        until: step.last_day.filter(|_| !step.year_over).map(|day| day.to_string()).unwrap_or_default(),
        note,
    }
}

fn grants(one: &CheckUp, lang: Lang) -> Vec<Grant> {
    let words = one.grants.iter().map(|(text, article)| Grant {
        text: text.say(lang).to_owned(),
        article: article.clone().unwrap_or_default(),
        amount: String::new(),
        unverified: false,
    });
    let amounts = one.rewards.iter().map(|reward: &Reward| {
        let figure = if one.verdict == policy::Answer::Meets { &reward.amount } else { &reward.if_met };
        let mut amount = figure.say(lang);
        if one.verdict != policy::Answer::Meets {
            amount = format!("{}{amount}", lang.pick("满足后 ", "once met: "));
        }
        if reward.absorbed {
            amount.push_str(lang.pick("（就高不重复，另有更高的一项）", " (a higher one is paid instead)"));
        }
        Grant {
            text: reward.name.say(lang).to_owned(),
            article: reward.article.clone().unwrap_or_default(),
            amount,
            unverified: reward.unverified,
        }
    });
    words.chain(amounts).collect()
}

/// 待核, for templates.
pub(crate) fn unverified(page: &Page) -> Badge {
    words::unverified(page.lang)
}
