//! `/policies/{id}/{version}`: the regulation, the rule, its cases and what it does to the register, side by side.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use checkup::Stage;
use kernel::Lang;
use policy::Policy;
use policy::problem::position;
use policy::tree::Cite;
use store::access::Action;
use store::policies::Stand;
use uuid::Uuid;

use super::overview::counts;
use super::population::{self, Population};
use super::words::{self, Counted};
use crate::frame::day;
use crate::ui::{Badge, Confirm, Icon, Tone};
use crate::{App, Page, WebError};

/// The most enterprises close to a threshold that the page names.
const MOST_NEAR: usize = 12;

/// A part of the regulation with its place in the text.
pub(crate) struct Part {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) article: String,
    pub(crate) unverified: bool,
    pub(crate) line: usize,
    stops: String,
    alone: Counted,
}

/// A line of the text.
struct Line {
    no: usize,
    text: String,
    /// The part that begins on it.
    part: String,
    /// Whether it begins the text that this one overrides.
    begins_base: bool,
}

/// A case with what came out.
struct CaseRow {
    name: String,
    line: usize,
    passes: bool,
    said: Vec<String>,
}

/// An enterprise close to a threshold.
struct NearRow {
    name: String,
    address: String,
    condition: String,
    now: String,
    edge: String,
    holds: bool,
}

#[derive(Template)]
#[template(path = "policies/version.html")]
struct VersionPage<'a> {
    page: &'a Page,
    policy: &'a Policy,
    title: String,
    chinese: String,
    version: String,
    here: String,
    place: String,
    days: String,
    badges: Vec<Badge>,
    documents: String,
    window: String,
    published: String,
    withdraw: Option<Confirm<'a>>,
    unverified: Vec<String>,
    parts: Vec<Part>,
    lines: Vec<Line>,
    cases: Vec<CaseRow>,
    failed_cases: usize,
    counts: Option<[Counted; 5]>,
    near: Vec<NearRow>,
    near_more: usize,
    near_many: bool,
    others: Vec<(String, String)>,
    may_draft: bool,
}

/// The version of an address, in the library as it is now.
///
/// # Errors
/// There is no such version.
pub(crate) fn find<'l>(library: &'l policy::Library, id: &str, rest: &str) -> Result<&'l Policy, WebError> {
    library.version(&format!("{id}@{rest}")).ok_or_else(|| {
        WebError::new(
            axum::http::StatusCode::NOT_FOUND,
            format!("政策库里没有“{id}”的版本“{rest}”。它可能已撤回，或属于别的地方。"),
            format!("There is no version {rest:?} of {id:?} in the library; it may be withdrawn, or of another place."),
        )
        .way_out("/policies", "看全部政策", "See the policies")
    })
}

/// The version in force, else the next, else the last.
///
/// # Errors
/// There is no such policy.
pub async fn current(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let library = app.library();
    let of: Vec<&Policy> = library.policies().iter().filter(|policy| policy.id == id).collect();
    let next = of.iter().copied().find(|policy| policy.from > page.today);
    let found = library.policy(&id, page.today).or(next).or(of.last().copied());
    match found {
        Some(policy) => Ok(page.go(&words::address(policy))),
        None => Err(WebError::not_found()),
    }
}

/// Shows a version.
///
/// # Errors
/// There is no such version; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((id, rest)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let library = app.library();
    let policy = find(&library, &id, &rest)?;
    let round = app.store().last_round().await?.map(|round| round.known_at);
    let stands = app.stands().within(app.store(), &viewer.scope, round).await?;
    let version = policy.version();
    let of_it: Vec<Stand> = stands.iter().filter(|stand| stand.version == version).cloned().collect();
    let is_asked = library.asked_of_all(page.today).any(|asked| asked.version() == version);
    let people = match policy.subject {
        kernel::SubjectKind::Enterprise => population::of(&app, &viewer.scope).await?,
        _ => Population::Many(0),
    };
    let near_many = matches!(people, Population::Many(count) if count > 0);
    let day = page.today.max(policy.from).min(policy.until.unwrap_or(page.today.max(policy.from)));
    let (near, near_more) = near(policy, people, day, page.lang).await?;
    let cases = cases(policy, page.lang);
    let publication = library.publication(&version);
    let window = policy.window.map(|window| {
        let ((m, d), (n, e)) = (window.from, window.to);
        format!("{m:02}-{d:02} – {n:02}-{e:02}")
    });
    let others = library.policies().iter().filter(|other| other.id == policy.id && other.version() != version);
    let template = VersionPage {
        title: policy.title_in(page.lang).to_owned(),
        chinese: if page.lang == Lang::Zh { String::new() } else { policy.title.clone() },
        here: words::address(policy),
        place: words::place(policy).to_owned(),
        days: words::days(policy, page.lang),
        badges: vec![words::state(policy, page.today, page.lang)],
        documents: policy.documents.join("；"),
        window: window.unwrap_or_default(),
        published: publication
            .map(|text| {
                let (by, at) = (page.person(&text.published_by), day::minute(text.published_at));
                let drafted = page.person(&text.drafted_by);
                match page.lang {
                    Lang::Zh => format!("{drafted} 起草，{by} 于 {at} 发布"),
                    Lang::En => format!("drafted by {drafted}, published by {by} on {at}"),
                }
            })
            .unwrap_or_default(),
        withdraw: publication
            .filter(|text| text.from > page.today && page.can(Action::PublishPolicy))
            .map(|text| withdraw(&page, text.id, &version)),
        unverified: words::unverified(policy),
        parts: parts(policy, &of_it, page.lang),
        lines: lines(policy),
        failed_cases: cases.iter().filter(|case| !case.passes).count(),
        cases,
        counts: is_asked.then(|| counts(&policy.id, &of_it)),
        near,
        near_more,
        near_many,
        others: others.map(|other| (other.version(), words::days(other, page.lang))).collect(),
        may_draft: page.can(Action::DraftPolicy),
        version,
        policy,
        page: &page,
    };
    page.show(template)
}

fn withdraw<'a>(page: &'a Page, id: Uuid, version: &str) -> Confirm<'a> {
    Confirm {
        page,
        id: "withdraw".to_owned(),
        button: page.t("撤回", "Withdraw"),
        icon: Icon("arrow-back-up"),
        title: page.t("撤回这个版本？", "Withdraw this version?").to_owned(),
        consequence: match page.lang {
            Lang::Zh => format!("{version} 还没有施行。撤回后不再施行，被它接替的版本恢复原来的期限；日志里留有记录。"),
            Lang::En => format!(
                "{version} is not in force yet. It will not be, and the version before it keeps its days; the log records it."
            ),
        },
        action: format!("/policies/published/{id}/withdraw"),
        fields: Vec::new(),
        reason: page.t("理由", "Reason"),
        tone: Tone::Late,
        small: false,
    }
}

/// Every part that cites the regulation, in the order of the text.
pub(crate) fn parts(policy: &Policy, stands: &[Stand], lang: Lang) -> Vec<Part> {
    let mut failing: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for stand in stands {
        for id in stand.failed.split_whitespace() {
            let slot = failing.entry(id).or_default();
            slot.0 += stand.enterprises;
            slot.1 += if stand.failed == id { stand.enterprises } else { 0 };
        }
    }
    let starts = starts(policy);
    let part = |kind: &'static str, id: &str, name: &str, cite: &Cite| {
        let (all, alone) = failing.get(id).copied().unwrap_or_default();
        Part {
            kind,
            id: id.to_owned(),
            name: name.to_owned(),
            article: cite.article.clone().unwrap_or_default(),
            unverified: cite.unverified,
            line: starts.get(id).or_else(|| starts.get(name)).copied().unwrap_or_default(),
            stops: if all > 0 { words::whole(all) } else { String::new() },
            alone: Counted::of(alone, &policy.id, &[("verdict", "fails"), ("lacks", id)]),
        }
    };
    // A part is found in the text by its Chinese name and told under that of the reader's language.
    let named = |told: Part, name: &str| Part { name: name.to_owned(), ..told };
    let mut parts = Vec::new();
    for known in &policy.confers {
        let told = part(lang.pick("授予", "Confers"), &known.name, &known.name, &known.cite);
        parts.push(named(told, known.name_in(lang)));
    }
    for known in &policy.settings {
        let name = match &known.value {
            Some(value) => format!("{} = {value}", known.name_in(lang)),
            None => format!("{} = {}", known.name_in(lang), lang.pick("未定", "not set")),
        };
        let mut told = part(lang.pick("参数", "Setting"), &known.name, &known.name, &known.cite);
        told.name = name;
        parts.push(told);
    }
    for known in &policy.definitions {
        let told = part(lang.pick("定义", "Definition"), &known.name, &known.name, &known.cite);
        parts.push(named(told, known.name_in(lang)));
    }
    for (_, known) in policy.top_conditions() {
        let kind = if known.score.is_some() { lang.pick("评分", "Score") } else { lang.pick("条件", "Condition") };
        parts.push(named(part(kind, &known.id, &known.name, &known.cite), known.name_in(lang)));
    }
    for known in &policy.rewards {
        parts.push(named(part(lang.pick("奖励", "Reward"), &known.id, &known.name, &known.cite), known.name_in(lang)));
    }
    for known in &policy.grants {
        let told = part(lang.pick("给予", "Benefit"), &known.text, &known.text, &known.cite);
        parts.push(named(told, known.text_in(lang)));
    }
    // A part of what is overridden, which the override replaces, is found where it stands last.
    parts.sort_by_key(|part| part.line);
    parts
}

/// The line on which each part begins, by its id or name.
fn starts(policy: &Policy) -> BTreeMap<String, usize> {
    const PARTS: [&str; 9] = ["授予", "参数", "设", "条件", "评分", "奖励", "给予", "setting", "condition"];
    let mut starts = BTreeMap::new();
    for (at, line) in policy.source.lines().enumerate() {
        let mut pieces = line.split_whitespace();
        if !pieces.next().is_some_and(|first| PARTS.contains(&first)) {
            continue;
        }
        for word in pieces.take(3) {
            let word = word.trim_end_matches(['=', '＝']).trim_matches('"');
            starts.entry(word.to_owned()).or_insert(at + 1);
        }
        if let Some(text) = line.trim().strip_prefix("给予") {
            let text = text.split('《').next().unwrap_or_default().replace("待核", "");
            starts.entry(text.split_whitespace().collect::<Vec<_>>().join(" ")).or_insert(at + 1);
        }
    }
    starts
}

fn lines(policy: &Policy) -> Vec<Line> {
    let ids: Vec<&str> = policy.top_conditions().map(|(_, known)| known.id.as_str()).collect();
    let base = (policy.own < policy.source.len()).then(|| position(&policy.source, policy.own + 1).0);
    let line = |(at, text): (usize, &str)| {
        let mut pieces = text.split_whitespace();
        let begins = pieces.next().is_some_and(|first| matches!(first, "条件" | "评分" | "condition" | "score"));
        let part = pieces.next().filter(|id| begins && ids.contains(id)).unwrap_or_default();
        Line { no: at + 1, text: text.to_owned(), part: part.to_owned(), begins_base: base == Some(at + 1) }
    };
    policy.source.lines().enumerate().map(line).collect()
}

fn cases(policy: &Policy, lang: Lang) -> Vec<CaseRow> {
    let row = |case: &policy::cases::Case| {
        let differs = policy.try_case(case);
        CaseRow {
            name: case.name.clone(),
            line: position(&policy.source, case.span.start).0,
            passes: differs.is_empty(),
            said: differs.iter().map(|differs| differs.message.say(lang).to_owned()).collect(),
        }
    };
    policy.cases.iter().filter(|case| !case.expects.is_empty()).map(row).collect()
}

/// Enterprises close to a threshold, those that fail it first.
async fn near(
    policy: &Policy,
    people: Population,
    on: jiff::civil::Date,
    lang: Lang,
) -> Result<(Vec<NearRow>, usize), WebError> {
    let Population::Few(people) = people else { return Ok((Vec::new(), 0)) };
    let policy = policy.clone();
    let work = move || {
        let mut stage = Stage::new(None, policy.on(on));
        for person in people.iter() {
            stage.hold(&person.sheet);
        }
        let mut near = stage.done().near;
        near.sort_by_key(|near| near.holds);
        let more = near.len().saturating_sub(MOST_NEAR);
        let row = |near: checkup::rehearsal::Near| NearRow {
            name: people[near.row].name.clone(),
            address: format!("/enterprises/{}/checkup/{}", people[near.row].id, policy.id),
            condition: near.condition.name_in(lang).to_owned(),
            now: near.now,
            edge: near.edge,
            holds: near.holds,
        };
        (near.into_iter().take(MOST_NEAR).map(row).collect(), more)
    };
    tokio::task::spawn_blocking(work).await.map_err(WebError::broken)
}

impl VersionPage<'_> {
    fn heads(&self) -> [&'static str; 5] {
        words::heads(self.page)
    }
}
