//! What another text would do: a draft before it is published, a version with thresholds moved, one version
//! against another. One page, three addresses, and the same as a job where the enterprises are many.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use checkup::Stage;
use jiff::civil::Date;
use kernel::lang::Said;
use kernel::{Catalogue, Lang, SubjectKind};
use policy::Policy;
use policy::diff::diff;
use policy::knobs::{Knob, knobs};
use policy::problem::{Problem, Severity};
use policy::tree::Benefit;
use reports::workbook::write_xlsx;
use store::access::{Action, Scope};
use uuid::Uuid;

use super::effect::{self, EffectView, Overlap, Told, Who};
use super::examined::{Examined, Problems, examine};
use super::population::{self, Person, Population};
use super::shelf::Shelf;
use super::{draft, version, words};
use crate::frame::page::Wants;
use crate::{App, Page, WebError};

/// What is tried, as an address says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A draft against the version it was begun from, else the one it would follow.
    Draft(Uuid),
    /// A version with other figures.
    Try { id: String, rest: String, set: BTreeMap<String, String> },
    /// One version against another.
    Against { id: String, rest: String, with: String },
}

/// Two versions to be held against each other.
pub(crate) struct Prepared {
    pub(crate) before: Option<Policy>,
    pub(crate) after: Policy,
    pub(crate) on: Date,
    /// What can be set, with what was set.
    pub(crate) knobs: Vec<(Knob, String)>,
    /// Why the figures that were set cannot be taken.
    pub(crate) problems: Vec<Problem>,
    /// The text that the problems speak of.
    pub(crate) source: String,
}

impl Asked {
    /// Reads a page's address.
    pub(super) fn read(path: &str, query: &str) -> Option<Self> {
        let decoded = |part: &str| {
            let text = format!("x={}", part.replace('+', "%2B"));
            form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let parts: Vec<String> = path.trim_start_matches('/').split('/').map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let parameters = || form_urlencoded::parse(query.as_bytes());
        match parts.as_slice() {
            ["policies", "drafts", id, "rehearsal"] => Some(Asked::Draft(id.parse().ok()?)),
            ["policies", id, rest, "try"] => {
                let set = parameters().filter_map(|(key, value)| {
                    let id = key.strip_prefix("set.")?.to_owned();
                    Some((id, value.trim().to_owned())).filter(|(_, value)| !value.is_empty())
                });
                Some(Asked::Try { id: (*id).to_owned(), rest: (*rest).to_owned(), set: set.collect() })
            }
            ["policies", id, rest, "against"] => {
                let with = parameters().find(|(key, _)| key == "with").map(|(_, value)| value.into_owned());
                Some(Asked::Against { id: (*id).to_owned(), rest: (*rest).to_owned(), with: with.unwrap_or_default() })
            }
            _ => None,
        }
    }

    /// Finds both versions.
    ///
    /// # Errors
    /// There is no such draft or version; a day that is none; what the store reports.
    pub(super) async fn prepare(&self, app: &App, query: &str, today: Date) -> Result<Prepared, WebError> {
        let shelf = app.library();
        let on = on(query)?;
        match self {
            Asked::Draft(id) => {
                let draft = draft::open(app, *id).await?;
                let Examined { policy, .. } = examine(&shelf, &draft.source);
                let Some(after) = policy else {
                    return Err(WebError::conflict(
                        "草案的文本还有错误，不能预演。请先改正。",
                        "The draft’s text has errors and cannot be rehearsed; mend it first.",
                    )
                    .way_out(draft::address(*id), "回到草案", "Back to the draft"));
                };
                let on = on.unwrap_or(today.max(after.from));
                let based = shelf.version(&draft.based_on).filter(|based| based.id == after.id);
                let before = based.or_else(|| shelf.policy(&after.id, on)).cloned();
                let source = String::new();
                Ok(Prepared { before, after, on, knobs: Vec::new(), problems: Vec::new(), source })
            }
            Asked::Try { id, rest, set } => {
                let before = version::find(&shelf, id, rest)?.clone();
                Ok(tried(&shelf, before, set, on, today))
            }
            Asked::Against { id, rest, with } => {
                let before = version::find(&shelf, id, rest)?.clone();
                let (other, rest) = with.split_once('@').unwrap_or_default();
                let after = version::find(&shelf, other, rest)?.clone();
                // The later text is tried on its own days.
                let (before, after) = if after.from < before.from { (after, before) } else { (before, after) };
                let on = on.unwrap_or(today.max(after.from));
                let source = String::new();
                Ok(Prepared { before: Some(before), after, on, knobs: Vec::new(), problems: Vec::new(), source })
            }
        }
    }
}

fn tried(shelf: &Shelf, before: Policy, set: &BTreeMap<String, String>, on: Option<Date>, today: Date) -> Prepared {
    let on = on.unwrap_or(today.max(before.from).min(before.until.unwrap_or(today.max(before.from))));
    // What the day fixes, such as 年初(上年), is no figure to move.
    let is_figure = |knob: &Knob| knob.place.is_none() || knob.now.starts_with(|c: char| c.is_ascii_digit());
    let known = knobs(&before).into_iter().filter(is_figure);
    let figure = |knob: &Knob| {
        let said = set.get(&knob.id).cloned().unwrap_or_default();
        // A bare number takes the unit of the figure it replaces.
        let bare = !said.is_empty() && said.chars().all(|c| c.is_ascii_digit() || c == '.');
        let unit = parted(&knob.now).map(|(_, unit)| unit).unwrap_or_default();
        if bare { format!("{said}{unit}") } else { said }
    };
    let knobs: Vec<(Knob, String)> = known.map(|knob| (knob.clone(), figure(&knob))).collect();
    let chosen: Vec<(&Knob, &str)> = knobs
        .iter()
        .filter(|(knob, said)| !said.is_empty() && *said != knob.now)
        .map(|(knob, said)| (knob, said.as_str()))
        .collect();
    let checked = before.with_set(&chosen, Catalogue::builtin(), shelf.settings());
    let problems: Vec<Problem> =
        checked.problems.into_iter().filter(|problem| problem.severity == Severity::Error).collect();
    let after = checked.policy.unwrap_or_else(|| before.clone());
    let source = before.source.clone();
    Prepared { before: Some(before), after, on, knobs, problems, source }
}

/// A figure as number and unit: `500人`, `5%`, `2亿元`.
fn parted(figure: &str) -> Option<(&str, &str)> {
    let figure = figure.trim();
    let end = figure.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(figure.len());
    let (number, unit) = figure.split_at(end);
    let is_day = unit.starts_with('-');
    (!number.is_empty() && !is_day && number.parse::<f64>().is_ok()).then_some((number, unit.trim()))
}

/// The day of application that an address asks for.
fn on(query: &str) -> Result<Option<Date>, WebError> {
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "on").map(|(_, on)| on);
    let Some(text) = asked.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let day = text.parse::<Date>().ok().filter(|day| text.len() == 10 && (2000..=2100).contains(&day.year()));
    day.map(Some).ok_or_else(|| {
        WebError::bad_request(
            format!("申报日“{text}”不是 2000 年至 2100 年间的一个日期，应写作 2026-06-01 这样的形式。"),
            format!("{text:?} is no day between 2000 and 2100; write it like 2026-06-01."),
        )
    })
}

/// Holds enterprises against both, some at a time.
pub(super) struct Trial<'p> {
    stage: Stage<'p>,
    others: Vec<Other>,
    people: BTreeMap<usize, Who>,
    at: usize,
}

impl<'p> Trial<'p> {
    pub(super) fn new(prepared: &'p Prepared, others: Vec<Other>) -> Self {
        let ready = |policy: &'p Policy| policy.on(prepared.on);
        let stage = Stage::new(prepared.before.as_ref().map(ready), ready(&prepared.after));
        Trial { stage, others, people: BTreeMap::new(), at: 0 }
    }

    pub(super) fn hold(&mut self, people: &[Person]) {
        for person in people {
            if self.stage.hold(&person.sheet) == policy::Answer::Meets {
                for (overlap, meeting) in &mut self.others {
                    overlap.both += u64::from(meeting.contains(&person.id.0));
                }
            }
            if self.stage.is_named(self.at) {
                let who = Who { id: person.id, code: person.code.clone(), name: person.name.clone() };
                self.people.insert(self.at, who);
            }
            self.at += 1;
        }
    }

    pub(super) fn done(self) -> Told {
        let overlaps = self.others.into_iter().map(|(overlap, _)| overlap);
        let overlaps = overlaps.filter(|overlap| overlap.both > 0 || overlap.why != "money").collect();
        Told { rehearsal: self.stage.done(), people: self.people, overlaps }
    }
}

/// Another policy that gives the same, with the enterprises that meet it.
pub(super) type Other = (Overlap, HashSet<Uuid>);

/// The other policies in force that confer the same title, give the same benefit or pay money too, with who
/// meets them as the last round found it.
///
/// # Errors
/// What the store reports.
pub(super) async fn others(app: &App, prepared: &Prepared, scope: &Scope) -> Result<Vec<Other>, WebError> {
    let library = app.library();
    let after = &prepared.after;
    let enterprises = library.asked_of_all(prepared.on).filter(|other| other.subject == SubjectKind::Enterprise);
    let mut found = Vec::new();
    for other in enterprises.filter(|other| other.id != after.id) {
        let Some((why, shared)) = shared(after, other) else { continue };
        let meeting = app.store().enterprises_that(&other.id, "meets", scope).await?;
        let (shared_zh, shared_en) = shared.into_iter().map(|said| (said.zh, said.en)).unzip();
        let overlap = Overlap {
            id: other.id.clone(),
            version: other.version(),
            zh: other.title.clone(),
            en: other.title_in(Lang::En).to_owned(),
            why: why.to_owned(),
            shared_zh,
            shared_en,
            both: 0,
        };
        found.push((overlap, meeting.into_iter().map(|id| id.0).collect()));
    }
    Ok(found)
}

/// What two policies give alike, the weightiest first: the titles that both declare to confer, the benefits
/// that both name, or money.
fn shared(after: &Policy, other: &Policy) -> Option<(&'static str, Vec<Said>)> {
    let titles = after.confers_too(other).map(|title| Said::new(&title.name, title.name_in(Lang::En)));
    let titles: Vec<Said> = titles.collect();
    if !titles.is_empty() {
        return Some(("title", titles));
    }
    let is_shared = |own: &&Benefit| other.grants.iter().any(|grant| grant.text == own.text);
    let benefits = after.grants.iter().filter(is_shared).map(|own| Said::new(&own.text, own.text_in(Lang::En)));
    let benefits: Vec<Said> = benefits.collect();
    if !benefits.is_empty() {
        return Some(("benefit", benefits));
    }
    let both_pay = !other.rewards.is_empty() && !after.rewards.is_empty();
    both_pay.then(|| ("money", Vec::new()))
}

/// One figure that can be set, as a form shows it.
struct KnobRow {
    id: String,
    text: String,
    now: String,
    value: String,
    unit: String,
    /// Bounds and step of its slider; none for what is no plain number.
    slider: Option<(String, String)>,
    is_set: bool,
}

fn knob_row((knob, said): &(Knob, String)) -> KnobRow {
    let shown = if said.is_empty() { &knob.now } else { said };
    let number = parted(shown).filter(|(_, unit)| parted(&knob.now).is_some_and(|(_, now)| now == *unit));
    let slider = parted(&knob.now).and_then(|(number, unit)| {
        let now: f64 = number.parse().ok()?;
        if now <= 0.0 {
            return None;
        }
        let most = if unit == "%" { (now * 2.0).min(100.0) } else { now * 2.0 };
        let step = 10_f64.powf((now.log10() - 1.5).floor());
        let is_count = matches!(unit, "人" | "项" | "年" | "日" | "个" | "家" | "月" | "分" | "");
        Some((most.to_string(), if is_count { step.max(1.0) } else { step }.to_string()))
    });
    KnobRow {
        id: knob.id.clone(),
        text: knob.text.clone(),
        now: knob.now.clone(),
        value: number.map_or_else(|| shown.clone(), |(number, _)| number.to_owned()),
        unit: number.map(|(_, unit)| unit.to_owned()).unwrap_or_default(),
        slider: slider.filter(|_| number.is_some()),
        is_set: !said.is_empty() && *said != knob.now,
    }
}

#[derive(Template)]
#[template(path = "policies/rehearsal.html")]
struct RehearsalPage<'a> {
    page: &'a Page,
    head: &'static str,
    title: String,
    before: String,
    after: String,
    back: String,
    here: String,
    on: Date,
    kept: Vec<(String, String)>,
    knobs: Vec<KnobRow>,
    problems: Option<Problems<'a>>,
    changes: Vec<String>,
    effect: Option<EffectView>,
    many: u64,
}

#[derive(Template)]
#[template(path = "policies/effect.html")]
struct EffectPart<'a> {
    page: &'a Page,
    here: String,
    problems: Option<Problems<'a>>,
    changes: Vec<String>,
    effect: Option<EffectView>,
    many: u64,
}

/// Shows what a text would do, or gives a list of it as a workbook.
///
/// # Errors
/// There is no such draft or version; a day that is none; what the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let asked = Asked::read(&page.path, &page.query).ok_or_else(WebError::not_found)?;
    let prepared = asked.prepare(&app, &page.query, page.today).await?;
    let people = match prepared.after.subject {
        SubjectKind::Enterprise => population::of(&app, &viewer.scope).await?,
        _ => Population::Few(Arc::default()),
    };
    let (told, many, prepared) = match people {
        Population::Many(count) => (None, count, prepared),
        Population::Few(people) => {
            let others = others(&app, &prepared, &viewer.scope).await?;
            let work = move || {
                let mut trial = Trial::new(&prepared, others);
                trial.hold(&people);
                let told = trial.done();
                (told, prepared)
            };
            let (told, prepared) = tokio::task::spawn_blocking(work).await.map_err(WebError::broken)?;
            (Some(told), 0, prepared)
        }
    };
    answer(&app, &page, &asked, &prepared, told.as_ref(), many).await
}

/// Shows what a job found.
///
/// # Errors
/// There is no such job of this person, or it is not done; what the store reports.
pub async fn show_job(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let job = crate::jobs::page::visible(&app, &page, id).await?;
    let Some(told) = job.result.clone().and_then(|result| serde_json::from_value::<Told>(result).ok()) else {
        return Ok(page.go(&crate::jobs::address(id)));
    };
    let address = job.input["address"].as_str().unwrap_or_default().to_owned();
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let asked = Asked::read(path, query).ok_or_else(WebError::not_found)?;
    may(&page, &asked)?;
    let prepared = asked.prepare(&app, query, page.today).await?;
    answer(&app, &page, &asked, &prepared, Some(&told), 0).await
}

/// A draft is seen only by those who draft and publish.
pub(super) fn may(page: &Page, asked: &Asked) -> Result<(), WebError> {
    let needs_drafts = matches!(asked, Asked::Draft(_));
    if needs_drafts && !page.can(Action::ReadPolicyDrafts) { Err(WebError::not_allowed()) } else { Ok(()) }
}

async fn answer(
    app: &App,
    page: &Page,
    asked: &Asked,
    prepared: &Prepared,
    told: Option<&Told>,
    many: u64,
) -> Result<Response, WebError> {
    let wants_file = words::asked(page, "form") == "xlsx";
    if let (true, Some(told)) = (wants_file, told) {
        return export(app, page, prepared, told).await;
    }
    let before = prepared.before.as_ref();
    let id = &prepared.after.id;
    let effect = told.filter(|_| prepared.problems.is_empty()).map(|told| EffectView::of(page, told, id));
    let problems = (!prepared.problems.is_empty()).then(|| Problems {
        page,
        source: &prepared.source,
        problems: &prepared.problems,
    });
    let changes = before.map(|before| changes(before, &prepared.after, page.lang)).unwrap_or_default();
    let here = page.here();
    if page.wants == Wants::Fragment {
        return page.show(EffectPart { page, here, problems, changes, effect, many });
    }
    let (head, back) = match asked {
        Asked::Draft(id) => (page.t("预演", "Rehearsal"), draft::address(*id)),
        Asked::Try { .. } => (page.t("试调门槛", "Move thresholds"), words::address(&prepared.after)),
        Asked::Against { .. } => (page.t("版本比较", "Two versions"), words::address(&prepared.after)),
    };
    let kept = match asked {
        Asked::Against { with, .. } => vec![("with".to_owned(), with.clone())],
        _ => Vec::new(),
    };
    page.show_with(
        if prepared.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY },
        RehearsalPage {
            page,
            head,
            title: prepared.after.title_in(page.lang).to_owned(),
            before: before.map(Policy::version).unwrap_or_default(),
            after: prepared.after.version(),
            back,
            here,
            on: prepared.on,
            kept,
            knobs: prepared.knobs.iter().map(knob_row).collect(),
            problems,
            changes,
            effect,
            many,
        },
    )
}

/// What changed in the text, in words.
pub(crate) fn changes(before: &Policy, after: &Policy, lang: Lang) -> Vec<String> {
    diff(before, after).into_iter().map(|change| change.words.say(lang).to_owned()).collect()
}

async fn export(app: &App, page: &Page, prepared: &Prepared, told: &Told) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    if !page.can(Action::Export) {
        return Err(WebError::not_allowed());
    }
    let (name, heads, rows) = effect::sheet(page, told);
    let query = format!("{} {}", prepared.after.version(), page.here());
    app.store().record_export(&viewer.name, SubjectKind::Enterprise, rows.len() as u64, &query).await?;
    let named = format!("{}-{name}.xlsx", prepared.after.title);
    let write = move || -> Result<Vec<u8>, WebError> {
        let mut file = tempfile::tempfile().map_err(WebError::broken)?;
        write_xlsx(std::io::BufWriter::new(&mut file), &name, &heads, rows).map_err(WebError::broken)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(WebError::broken)?;
        file.read_to_end(&mut bytes).map_err(WebError::broken)?;
        Ok(bytes)
    };
    let bytes = tokio::task::spawn_blocking(write).await.map_err(WebError::broken)??;
    let disposition = format!("attachment; filename=\"rehearsal.xlsx\"; filename*=UTF-8''{}", words::part(&named));
    let mut response = Body::from(bytes).into_response();
    let media = HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}
