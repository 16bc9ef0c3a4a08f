//! `/api/v1/rehearsals`: what another text would do to the register, asked for as a job and read when it is done.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use checkup::rehearsal::{Answers, Because, Changed, Money, Near};
use kernel::Lang;
use kernel::money::MoneyUnit;
use policy::Policy;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Asked, Sent};
use super::jobs::{self, Job};
use crate::frame::path::with_query;
use crate::jobs::page::visible;
use crate::policies::effect::Told;
use crate::policies::rehearsal::Prepared;
use crate::policies::{job, rehearsal, words};
use crate::{App, Page, WebError};

/// What is tried: a draft; or a version with other figures; or one version against another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRehearsal {
    /// The draft to try, by id, against the version it was begun from.
    draft: Option<Uuid>,
    /// The version to try, such as `tech-sme@2022-01-01`, where no draft is given.
    version: Option<String>,
    /// Figures of that version set otherwise, by the id of the figure: `{"TS-2/1": "600人"}`. An unknown id is
    /// refused with the list of those there are.
    #[serde(default)]
    set: BTreeMap<String, String>,
    /// Another version to hold that version against, instead of figures set otherwise.
    with: Option<String>,
    /// The day of application, such as `2026-06-01`; today, or the first day of the text, where nothing is said.
    on: Option<String>,
}

/// Which part of the result.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// `enters`, `leaves`, `moves` (the answer changes otherwise) or `near` (within 5 % of a threshold);
    /// `enters` where nothing is said.
    list: Option<String>,
    /// How many rows of the list to pass over.
    from: Option<usize>,
    /// Rows wanted, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
}

/// Enterprises by answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerCounts {
    /// Certainly meet it.
    meets: u64,
    /// Certainly fail.
    fails: u64,
    /// Something is not known.
    undetermined: u64,
    /// Experts decide.
    expert: u64,
}

impl From<Answers> for AnswerCounts {
    fn from(answers: Answers) -> Self {
        let Answers { meets, fails, undetermined, expert } = answers;
        Self { meets, fails, undetermined, expert }
    }
}

/// An amount as a range, decimal texts in yuan; null where nobody knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmountRange {
    /// The least.
    least: Option<String>,
    /// The most.
    most: Option<String>,
}

impl From<Money> for AmountRange {
    fn from(money: Money) -> Self {
        let yuan = |fen: i64| format!("{:.2}", kernel::Money::from_fen(fen).to_decimal(MoneyUnit::Yuan));
        Self { least: money.least.map(yuan), most: money.most.map(yuan) }
    }
}

/// A condition in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct InTheWay {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Whether it certainly fails; otherwise it is open.
    fails: bool,
}

impl InTheWay {
    fn of(because: &Because, lang: Lang) -> Self {
        Self { id: because.id.clone(), name: because.name_in(lang).to_owned(), fails: because.fails }
    }
}

/// How many a condition stops before and after; null where that version has no such condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct StopsRow {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Before.
    before: Option<u64>,
    /// After.
    after: Option<u64>,
}

/// Another policy in force that gives the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverlapRow {
    /// Its version.
    version: String,
    /// Its title in the language of the request.
    title: String,
    /// `title`: it confers the same title; `benefit`: it gives the same benefit; `money`: it pays money too.
    why: String,
    /// The titles or benefits that both give, in the language of the request.
    shared: Vec<String>,
    /// How many enterprises meet both.
    both: u64,
}

/// An enterprise of a list. What belongs to the other lists is null.
#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsedEnterprise {
    /// Its id.
    id: Uuid,
    /// Its credit code.
    code: String,
    /// Its name.
    name: String,
    /// The answer before.
    was: Option<String>,
    /// The answer after.
    is: Option<String>,
    /// What stands in the way; the condition whose threshold is near.
    because: Vec<InTheWay>,
    /// What it would be paid after; null where the text pays no amount.
    paid: Option<AmountRange>,
    /// What its figure comes to, close to a threshold.
    now: Option<String>,
    /// The threshold with its sign.
    edge: Option<String>,
    /// Whether the comparison holds.
    holds: Option<bool>,
}

/// What came out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rehearsed {
    /// The version before; null for a policy that is not there yet.
    before: Option<String>,
    /// The version that was tried.
    after: String,
    /// The day of application.
    on: String,
    /// What changed in the text, in words.
    changes: Vec<String>,
    /// How many enterprises were held against both.
    enterprises: usize,
    /// Answers before.
    answers_before: Option<AnswerCounts>,
    /// Answers after.
    answers_after: AnswerCounts,
    /// What it costs before; null where that version pays no amount.
    cost_before: Option<AmountRange>,
    /// What it costs after.
    cost_after: Option<AmountRange>,
    /// Each condition with how many it stops.
    conditions: Vec<StopsRow>,
    /// Policies that overlap.
    overlaps: Vec<OverlapRow>,
    /// How many rows each list has.
    lists: BTreeMap<String, usize>,
    /// Which list the rows are of.
    list: String,
    /// Rows of that list; a job keeps the first 20,000 of each.
    rows: Vec<RehearsedEnterprise>,
}

/// A rehearsal: how its job goes, and what came out once it is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsalState {
    /// The job; its own result is left out.
    job: Job,
    /// What came out; null until the job is done.
    result: Option<Rehearsed>,
}

/// The page's address that asks for the same.
fn address(wanted: &NewRehearsal) -> Result<String, WebError> {
    let on = wanted.on.as_deref().unwrap_or_default();
    let unclear = || {
        WebError::invalid(
            "请给出 draft，或给出 version；set 与 with 只与 version 同用，且只用其一。",
            "Give either `draft` or `version`; `set` and `with` go with `version`, one of them at most.",
        )
    };
    let place = |version: &str| {
        let (id, rest) = version.split_once('@').unwrap_or((version, ""));
        format!("/policies/{}/{}", words::part(id), words::part(rest))
    };
    match (wanted.draft, wanted.version.as_deref(), wanted.with.as_deref()) {
        (Some(id), None, None) if wanted.set.is_empty() => {
            Ok(with_query(&format!("/policies/drafts/{id}/rehearsal"), [("on", on)]))
        }
        (None, Some(version), Some(with)) if wanted.set.is_empty() => {
            Ok(with_query(&format!("{}/against", place(version)), [("with", with), ("on", on)]))
        }
        (None, Some(version), None) => {
            let set: Vec<(String, &str)> =
                wanted.set.iter().map(|(id, figure)| (format!("set.{id}"), figure.as_str())).collect();
            let set = set.iter().map(|(name, figure)| (name.as_str(), *figure));
            Ok(with_query(&format!("{}/try", place(version)), set.chain([("on", on)])))
        }
        _ => Err(unclear()),
    }
}

/// Refuses figures that are none of the version's, or that it cannot take.
fn refuse_figures(wanted: &NewRehearsal, prepared: &Prepared) -> Result<(), WebError> {
    let is_known = |id: &str| prepared.knobs.iter().any(|(knob, _)| knob.id == id);
    if let Some(unknown) = wanted.set.keys().find(|id| !is_known(id)) {
        let known = prepared.knobs.iter().map(|(knob, _)| format!("{} = {}", knob.id, knob.now));
        let known = known.collect::<Vec<_>>().join(", ");
        let found: String = unknown.chars().take(60).collect();
        return Err(WebError::invalid(
            format!("{} 没有编号为“{found}”的数。", prepared.after.version()),
            format!("{} has no figure with the id “{found}”.", prepared.after.version()),
        )
        .found(found, format!("下列之一：{known}"), format!("one of: {known}")));
    }
    let Some(first) = prepared.problems.first() else { return Ok(()) };
    let all = |lang: Lang| {
        prepared.problems.iter().map(|problem| problem.message.say(lang).to_owned()).collect::<Vec<_>>().join("；")
    };
    let found: String = first.span.of(&prepared.source).chars().take(60).collect();
    Err(WebError::invalid(
        format!("所设的数不能用：{}", all(Lang::Zh)),
        format!("The figures that were set cannot be taken: {}", all(Lang::En)),
    )
    .found(found, first.message.say(Lang::Zh), first.message.say(Lang::En)))
}

/// Asks what a text would do to the enterprises of one's rows: who comes to meet it, who does no more, what it
/// costs. It runs in the background. A draft is tried only by whoever may see drafts.
#[utoipa::path(post, path = "/api/v1/rehearsals", operation_id = "rehearse", tag = "Policies",
    request_body = NewRehearsal, responses((status = 202, description = "It was asked for", body = Job)))]
pub async fn ask(
    State(app): State<App>,
    page: Page,
    Sent(wanted): Sent<NewRehearsal>,
) -> Result<(StatusCode, Json<Job>), WebError> {
    let address = address(&wanted)?;
    let prepared = job::prepared(&app, &page, &address).await?;
    refuse_figures(&wanted, &prepared)?;
    let id = job::begin(&app, &page, &address).await?;
    Ok((StatusCode::ACCEPTED, Json(jobs::read(&app, &page, id).await?)))
}

/// How a rehearsal of one's own goes, and what came out once it is done.
#[utoipa::path(get, path = "/api/v1/rehearsals/{id}", operation_id = "rehearsal", tag = "Policies",
    params(("id" = String, Path, description = "The job's id"), Part),
    responses((status = 200, description = "The rehearsal", body = RehearsalState)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Asked(part): Asked<Part>,
) -> Result<Json<RehearsalState>, WebError> {
    let id: Uuid = id.parse().map_err(|_| WebError::not_found())?;
    let limit = asked::limit(part.limit)?;
    let list = list(part.list.as_deref())?;
    let found = visible(&app, &page, id).await?;
    if found.kind != job::KIND || found.owner != page.viewer()?.name {
        return Err(WebError::not_found());
    }
    let mut job = jobs::read(&app, &page, id).await?;
    job.result = None;
    let Some(result) = found.result else { return Ok(Json(RehearsalState { job, result: None })) };
    let told: Told = serde_json::from_value(result).map_err(WebError::broken)?;
    let prepared = job::prepared(&app, &page, found.input["address"].as_str().unwrap_or_default()).await?;
    let range = Range { list, from: part.from.unwrap_or(0), limit: usize::try_from(limit).unwrap_or(usize::MAX) };
    Ok(Json(RehearsalState { job, result: Some(write(&page, &told, &prepared, &range)) }))
}

const LISTS: [&str; 4] = ["enters", "leaves", "moves", "near"];

fn list(asked: Option<&str>) -> Result<&'static str, WebError> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return Ok(LISTS[0]) };
    LISTS.into_iter().find(|list| *list == asked).ok_or_else(|| {
        let (found, known): (String, String) = (asked.chars().take(60).collect(), LISTS.join(", "));
        WebError::bad_request(
            format!("没有“{found}”这份名单。可用的有：{known}。"),
            format!("There is no list “{found}”. Those known are: {known}."),
        )
        .found(found, format!("下列之一：{known}"), format!("one of: {known}"))
    })
}

struct Range {
    list: &'static str,
    from: usize,
    limit: usize,
}

fn write(page: &Page, told: &Told, prepared: &Prepared, range: &Range) -> Rehearsed {
    let (found, lang) = (&told.rehearsal, page.lang);
    let before = prepared.before.as_ref();
    let overlaps = told.overlaps.iter().map(|overlap| OverlapRow {
        version: overlap.version.clone(),
        title: lang.pick(&overlap.zh, &overlap.en).to_owned(),
        why: overlap.why.clone(),
        shared: overlap.shared(lang).to_vec(),
        both: overlap.both,
    });
    let stops = found.stops.iter().map(|stops| StopsRow {
        id: stops.id.clone(),
        name: stops.name_in(lang).to_owned(),
        before: stops.before,
        after: stops.after,
    });
    let lengths = [found.enters.len(), found.leaves.len(), found.moves.len(), found.near.len()];
    Rehearsed {
        before: before.map(Policy::version),
        after: prepared.after.version(),
        on: prepared.on.to_string(),
        changes: before.map(|before| rehearsal::changes(before, &prepared.after, lang)).unwrap_or_default(),
        enterprises: found.enterprises,
        answers_before: found.before.map(AnswerCounts::from),
        answers_after: found.after.into(),
        cost_before: found.cost_before.map(AmountRange::from),
        cost_after: found.cost_after.map(AmountRange::from),
        conditions: stops.collect(),
        overlaps: overlaps.collect(),
        lists: LISTS.into_iter().map(str::to_owned).zip(lengths).collect(),
        list: range.list.to_owned(),
        rows: rows(told, range, lang),
    }
}

fn rows(told: &Told, range: &Range, lang: Lang) -> Vec<RehearsedEnterprise> {
    let found = &told.rehearsal;
    let pays = found.cost_after.is_some();
    let changed = |changed: &Changed| {
        Some(RehearsedEnterprise {
            was: Some(changed.was.clone()),
            is: Some(changed.is.clone()),
            because: changed.because.iter().map(|because| InTheWay::of(because, lang)).collect(),
            paid: pays.then(|| changed.paid.into()),
            ..named(told, changed.row)?
        })
    };
    let near = |near: &Near| {
        Some(RehearsedEnterprise {
            because: vec![InTheWay::of(&near.condition, lang)],
            now: Some(near.now.clone()),
            edge: Some(near.edge.clone()),
            holds: Some(near.holds),
            ..named(told, near.row)?
        })
    };
    let of = |list: &[Changed]| list.iter().skip(range.from).take(range.limit).filter_map(changed).collect();
    match range.list {
        "enters" => of(&found.enters),
        "leaves" => of(&found.leaves),
        "moves" => of(&found.moves),
        _ => found.near.iter().skip(range.from).take(range.limit).filter_map(near).collect(),
    }
}

/// An enterprise by its number in the rehearsal, with nothing else said of it.
fn named(told: &Told, row: usize) -> Option<RehearsedEnterprise> {
    let who = told.people.get(&row)?;
    Some(RehearsedEnterprise {
        id: who.id.0,
        code: who.code.clone(),
        name: who.name.clone(),
        was: None,
        is: None,
        because: Vec::new(),
        paid: None,
        now: None,
        edge: None,
        holds: None,
    })
}
