//! `/api/v1/policies`: every policy with its versions, the text of one, and what it does to the register now.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use kernel::Lang;
use policy::Policy;
use policy::problem::position;
use serde::Serialize;
use store::policies::Stand;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::me::Nothing;
use crate::policies::{version, words};
use crate::{App, Page, WebError};

/// Enterprises of one's rows by how they stand, as the last check-up of everybody found it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct PolicyCounts {
    /// Certainly meet it.
    meets: u64,
    /// Certainly fail.
    fails: u64,
    /// Of those that fail: they lack one condition only.
    lacks_one: u64,
    /// Something is not known.
    undetermined: u64,
    /// Experts decide.
    expert: u64,
}

impl PolicyCounts {
    fn add(&mut self, stand: &Stand) {
        let lacks_one = stand.answer == "fails" && !stand.failed.is_empty() && !stand.failed.contains(' ');
        self.lacks_one += if lacks_one { stand.enterprises } else { 0 };
        match stand.answer.as_str() {
            "meets" => self.meets += stand.enterprises,
            "fails" => self.fails += stand.enterprises,
            "undetermined" => self.undetermined += stand.enterprises,
            _ => self.expert += stand.enterprises,
        }
    }
}

/// One version of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyVersion {
    /// Its whole name, as verdicts carry it.
    #[schema(example = "tech-sme@2022-01-01")]
    version: String,
    /// The part behind the first `@`, for the addresses of this API.
    #[schema(example = "2022-01-01")]
    rest: String,
    /// The first day in force.
    from: String,
    /// The last day; null where it has no end.
    until: Option<String>,
    /// `in_force`, `coming` or `past`.
    state: String,
    /// Whether the zone published it; the others come with the program.
    published: bool,
}

/// One policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyRow {
    /// Its id.
    id: String,
    /// Its title in the language of the request.
    title: String,
    /// The place whose rule it is; null for a rule of the country.
    place: Option<String>,
    /// The numbers of its documents.
    documents: Vec<String>,
    /// The version in force, else the next, else the last.
    current: String,
    /// Whether every enterprise is held against it.
    asked_of_all: bool,
    /// Its versions, the earliest first.
    versions: Vec<PolicyVersion>,
    /// How enterprises stand to it; null where nobody is held against it.
    counts: Option<PolicyCounts>,
}

/// The library.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyList {
    /// The place the zone lies in; null where it chose none.
    place: Option<String>,
    /// When everybody was last checked (RFC 3339, UTC); null where never.
    checked_at: Option<String>,
    /// The policies: those of the country, then those of the place.
    rows: Vec<PolicyRow>,
}

/// A part of a policy that cites the regulation.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyPart {
    /// Title conferred, setting, definition, condition, score, reward or benefit, in the language of the request.
    kind: String,
    /// Its id; its name where it has none.
    id: String,
    /// What it is called.
    name: String,
    /// The article cited.
    article: Option<String>,
    /// Whether it was not compared with the regulation's own text yet (待核).
    unverified: bool,
    /// The line of the text on which it begins.
    line: usize,
}

/// A case of a policy, tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyCase {
    /// What it is called.
    name: String,
    /// The line on which it begins.
    line: usize,
    /// Whether what it expects comes out.
    passes: bool,
    /// What comes out otherwise.
    differs: Vec<String>,
}

/// How the zone put a version in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Publication {
    /// Its id, to withdraw it before its first day.
    id: Uuid,
    /// The account that drafted it.
    drafted_by: String,
    /// The account that published it.
    published_by: String,
    /// When (RFC 3339, UTC).
    published_at: String,
}

/// One version, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyText {
    /// The policy's id.
    id: String,
    /// Its title in the language of the request.
    title: String,
    /// The place whose rule it is; null for a rule of the country.
    place: Option<String>,
    /// The numbers of its documents.
    documents: Vec<String>,
    /// Which version.
    version: PolicyVersion,
    /// How the zone published it; null for those that come with the program.
    publication: Option<Publication>,
    /// The text in the policy language. Behind an override of a place stands what it overrides.
    source: String,
    /// Its parts in the order of the text.
    parts: Vec<PolicyPart>,
    /// Its cases, each tried just now.
    cases: Vec<PolicyCase>,
    /// What of it was not compared with the regulation's own text yet.
    unverified: Vec<String>,
}

/// A condition with how many it stops.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionStops {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Enterprises of which it certainly fails.
    fails: u64,
    /// Of those: it alone fails.
    alone: u64,
}

/// What a version does to the register now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyEffect {
    /// Which version.
    version: String,
    /// When everybody was last checked (RFC 3339, UTC); null where never.
    checked_at: Option<String>,
    /// How enterprises stand to it; null where nobody is held against it now.
    counts: Option<PolicyCounts>,
    /// Its conditions in the order of the text.
    conditions: Vec<ConditionStops>,
}

fn row(policy: &Policy, on: Date, published: bool) -> PolicyVersion {
    let version = policy.version();
    let state = match () {
        () if policy.in_force(on) => "in_force",
        () if policy.from > on => "coming",
        () => "past",
    };
    PolicyVersion {
        rest: version.split_once('@').map(|(_, rest)| rest.to_owned()).unwrap_or_default(),
        version,
        from: policy.from.to_string(),
        until: policy.until.map(|until| until.to_string()),
        state: state.to_owned(),
        published,
    }
}

fn place(policy: &Policy) -> Option<String> {
    Some(words::place(policy).to_owned()).filter(|place| !place.is_empty())
}

/// Every policy with its versions, and how the enterprises of one's rows stand to it.
#[utoipa::path(get, path = "/api/v1/policies", operation_id = "policies", tag = "Policies",
    responses((status = 200, description = "The policies", body = PolicyList)))]
pub async fn list(State(app): State<App>, page: Page, _: Asked<Nothing>) -> Result<Json<PolicyList>, WebError> {
    let viewer = page.viewer()?;
    let library = app.library();
    let known_at = app.store().last_round().await?.map(|round| round.known_at);
    let stands = app.stands().within(app.store(), &viewer.scope, known_at).await?;
    let mut by_id: BTreeMap<(bool, &str), Vec<&Policy>> = BTreeMap::new();
    for policy in library.policies() {
        by_id.entry((place(policy).is_some(), &policy.id)).or_default().push(policy);
    }
    let policy_row = |versions: Vec<&Policy>| {
        let current = versions.iter().rev().find(|policy| policy.in_force(page.today));
        let next = versions.iter().find(|policy| policy.from > page.today);
        let policy = *current.or(next).or(versions.last())?;
        let asked_of_all = library.asked_of_all(page.today).any(|asked| asked.id == policy.id);
        let published = |policy: &Policy| library.publication(&policy.version()).is_some();
        Some(PolicyRow {
            id: policy.id.clone(),
            title: policy.title_in(page.lang).to_owned(),
            place: place(policy),
            documents: policy.documents.clone(),
            current: policy.version(),
            asked_of_all,
            versions: versions.iter().map(|policy| row(policy, page.today, published(policy))).collect(),
            counts: asked_of_all.then(|| counted(stands.iter().filter(|stand| stand.policy == policy.id))),
        })
    };
    Ok(Json(PolicyList {
        place: Some(library.place().to_owned()).filter(|place| !place.is_empty()),
        checked_at: known_at.map(|at| at.to_string()),
        rows: by_id.into_values().filter_map(policy_row).collect(),
    }))
}

fn counted<'s>(stands: impl Iterator<Item = &'s Stand>) -> PolicyCounts {
    let mut counts = PolicyCounts::default();
    stands.for_each(|stand| counts.add(stand));
    counts
}

/// The text of one version, with its parts, the articles they cite, and its cases as they come out.
#[utoipa::path(get, path = "/api/v1/policies/{id}/{version}", operation_id = "policy", tag = "Policies",
    params(("id" = String, Path, description = "The policy's id, such as `tech-sme`"),
        ("version" = String, Path, description = "The version: what stands behind the `@`, such as `2022-01-01`")),
    responses((status = 200, description = "The version", body = PolicyText)))]
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((id, rest)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<PolicyText>, WebError> {
    let library = app.library();
    let policy = version::find(&library, &id, &rest)?;
    let publication = library.publication(&policy.version());
    let parts = version::parts(policy, &[], page.lang).into_iter().map(|part| PolicyPart {
        kind: part.kind.to_owned(),
        id: part.id,
        name: part.name,
        article: Some(part.article).filter(|article| !article.is_empty()),
        unverified: part.unverified,
        line: part.line,
    });
    Ok(Json(PolicyText {
        id: policy.id.clone(),
        title: policy.title_in(page.lang).to_owned(),
        place: place(policy),
        documents: policy.documents.clone(),
        version: row(policy, page.today, publication.is_some()),
        publication: publication.map(|text| Publication {
            id: text.id,
            drafted_by: text.drafted_by.clone(),
            published_by: text.published_by.clone(),
            published_at: text.published_at.to_string(),
        }),
        source: policy.source.clone(),
        parts: parts.collect(),
        cases: cases(policy, page.lang),
        unverified: words::unverified(policy),
    }))
}

fn cases(policy: &Policy, lang: Lang) -> Vec<PolicyCase> {
    let row = |case: &policy::cases::Case| {
        let differs = policy.try_case(case);
        PolicyCase {
            name: case.name.clone(),
            line: position(&policy.source, case.span.start).0,
            passes: differs.is_empty(),
            differs: differs.iter().map(|differs| differs.message.say(lang).to_owned()).collect(),
        }
    };
    policy.cases.iter().filter(|case| !case.expects.is_empty()).map(row).collect()
}

/// What one version does to the register now: how the enterprises of one's rows stand to it, and how many each
/// of its conditions stops.
#[utoipa::path(get, path = "/api/v1/policies/{id}/{version}/effect", operation_id = "policy_effect", tag = "Policies",
    params(("id" = String, Path, description = "The policy's id"),
        ("version" = String, Path, description = "The version: what stands behind the `@`")),
    responses((status = 200, description = "The effect", body = PolicyEffect)))]
pub async fn effect(
    State(app): State<App>,
    page: Page,
    Path((id, rest)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Result<Json<PolicyEffect>, WebError> {
    let viewer = page.viewer()?;
    let library = app.library();
    let policy = version::find(&library, &id, &rest)?;
    let version = policy.version();
    let known_at = app.store().last_round().await?.map(|round| round.known_at);
    let stands = app.stands().within(app.store(), &viewer.scope, known_at).await?;
    let own: Vec<&Stand> = stands.iter().filter(|stand| stand.version == version).collect();
    let is_asked = library.asked_of_all(page.today).any(|asked| asked.version() == version);
    let sum = |which: &dyn Fn(&Stand) -> bool| {
        own.iter().filter(|stand| which(stand)).map(|stand| stand.enterprises).sum::<u64>()
    };
    let stops = |id: &str| ConditionStops {
        id: id.to_owned(),
        name: String::new(),
        fails: sum(&|stand| stand.failed.split(' ').any(|failed| failed == id)),
        alone: sum(&|stand| stand.failed == id),
    };
    Ok(Json(PolicyEffect {
        checked_at: known_at.map(|at| at.to_string()),
        counts: is_asked.then(|| counted(own.iter().copied())),
        conditions: policy
            .top_conditions()
            .map(|(_, known)| ConditionStops { name: known.name_in(page.lang).to_owned(), ..stops(&known.id) })
            .collect(),
        version,
    }))
}
