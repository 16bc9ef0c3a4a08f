//! What the register and the policies have of each of the six kinds of resource.

use kernel::{Catalogue, FactKey, Lang, SubjectKind, Value};
use loops::matching::{Match, Need, Resource, Sort, matches};
use store::access::Viewer;
use store::cases::CaseView;
use store::{Column, Filter, ListQuery, SubjectRow};

use crate::register::subject::address;
use crate::register::words;
use crate::{App, Page, WebError};

/// How many of each kind are held against a need.
const WEIGHED: u64 = 400;
/// How many matches are shown.
pub(crate) const SHOWN: usize = 30;
/// Platforms that are carriers, by type: where a firm can settle.
const CARRIERS: [&str; 5] = ["incubator", "maker_space", "accelerator", "science_park", "factory"];
/// Policies stand under this before their id.
const POLICY: &str = "policy:";

/// One resource as a line of the directory.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) sort: Sort,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) address: Option<String>,
    pub(crate) more: String,
    pub(crate) unit: String,
    place: Option<String>,
    industry: String,
}

/// The list of the register behind a kind of resource.
pub(crate) fn query(sort: Sort, words: &str, limit: u64, after: Option<String>) -> ListQuery {
    let catalogue = Catalogue::builtin();
    let kind = match sort {
        Sort::Carrier | Sort::Platform => SubjectKind::Platform,
        Sort::Enterprise => SubjectKind::Enterprise,
        Sort::Talent => SubjectKind::Person,
        Sort::Institution => SubjectKind::Institution,
        Sort::Programme => SubjectKind::Project,
    };
    let types = catalogue.field("platform_type").map(|field| match &field.kind {
        kernel::FieldType::Choice { choices } => choices.iter().map(|choice| choice.key.clone()).collect(),
        _ => Vec::new(),
    });
    let is_carrier = |key: &String| CARRIERS.contains(&key.as_str());
    let filters = match sort {
        Sort::Carrier => vec![Filter::Category(CARRIERS.map(str::to_owned).into())],
        Sort::Platform => {
            vec![Filter::Category(types.unwrap_or_default().into_iter().filter(|key| !is_carrier(key)).collect())]
        }
        _ => Vec::new(),
    };
    let columns: &[&str] = match sort {
        Sort::Carrier | Sort::Platform => &["platform_type", "platform_level", "platform_field"],
        Sort::Enterprise => &["industry_code", "main_business"],
        Sort::Talent => &["person_title", "platform_field", "person_programme"],
        Sort::Institution => &["institution_type", "platform_field", "city"],
        Sort::Programme => &["project_type", "project_level", "platform_field"],
    };
    let public =
        |key: &&&str| catalogue.field(key).is_some_and(|field| !field.personal && field.subjects.contains(&kind));
    ListQuery {
        text: words.to_owned(),
        filters,
        limit,
        after,
        columns: columns.iter().filter(public).map(|key| Column::Latest((*key).to_owned())).collect(),
        ..ListQuery::all(kind)
    }
}

/// A page of one kind within the viewer's rows: the lines, how many there are, and where the next begin.
pub(crate) async fn listed(
    app: &App,
    page: &Page,
    sort: Sort,
    words: &str,
    limit: u64,
    after: Option<String>,
) -> Result<(Vec<Found>, u64, Option<String>), WebError> {
    let viewer = page.viewer()?;
    let is_first = after.is_none();
    let found = app.store().list(&query(sort, words, limit, after), &viewer.scope).await?;
    let units = app.store().units().await?;
    let mut lines: Vec<Found> = found
        .rows
        .iter()
        .map(|row| Found {
            unit: row.unit.and_then(|unit| units.get(unit)).map(|unit| unit.name.clone()).unwrap_or_default(),
            ..line(page, sort, row)
        })
        .collect();
    let mut total = found.total;
    if sort == Sort::Programme {
        let policies = policies(app, page, viewer, words);
        total += policies.len() as u64;
        if is_first {
            lines.splice(0..0, policies);
        }
    }
    Ok((lines, total, found.next))
}

/// One resource of a kind by its id, within the viewer's rows.
pub(crate) async fn one(app: &App, page: &Page, sort: Sort, id: &str) -> Result<Option<Found>, WebError> {
    let viewer = page.viewer()?;
    if id.starts_with(POLICY) {
        let known = if sort == Sort::Programme { policies(app, page, viewer, "") } else { Vec::new() };
        return Ok(known.into_iter().find(|policy| policy.id == id));
    }
    let Ok(id) = id.parse() else { return Ok(None) };
    let asked = query(sort, "", 1, None);
    let found = app.store().subject(kernel::SubjectId(id), &viewer.scope, false, None).await?;
    let Some(found) = found.filter(|found| found.record.kind == asked.kind) else { return Ok(None) };
    let value = |field: &str| found.view.value(&FactKey::timeless(field));
    if asked.kind == SubjectKind::Platform {
        let is_carrier = matches!(value("platform_type"), Some(Value::Code(key) | Value::Text(key)) if CARRIERS.contains(&key.as_str()));
        if is_carrier != (sort == Sort::Carrier) {
            return Ok(None);
        }
    }
    let more = asked.columns.iter().filter_map(|column| match column {
        Column::Latest(field) => value(field).map(|value| said(&FactKey::timeless(field), value, page.lang)),
        _ => None,
    });
    let more = more.collect::<Vec<_>>().join(" · ");
    let units = app.store().units().await?;
    let unit = found.record.unit.and_then(|unit| units.get(unit)).map(|unit| unit.name.clone()).unwrap_or_default();
    Ok(Some(Found { more, unit, ..line(page, sort, &found.record) }))
}

fn line(page: &Page, sort: Sort, row: &SubjectRow) -> Found {
    let more: Vec<String> = row.cells.iter().flatten().map(|cell| said(&cell.key, &cell.value, page.lang)).collect();
    Found {
        sort,
        id: row.id.to_string(),
        name: row.name.clone(),
        address: Some(page.link(&address(row.kind, row.id))),
        more: more.join(" · "),
        unit: String::new(),
        place: row.unit.map(|unit| unit.to_string()),
        industry: row.industry.clone(),
    }
}

fn said(key: &FactKey, value: &Value, lang: Lang) -> String {
    Catalogue::builtin().field(&key.field).map_or_else(String::new, |field| words::value(field, value, lang))
}

/// The policies in force: what the zone can apply for or give.
fn policies(app: &App, page: &Page, viewer: &Viewer, words: &str) -> Vec<Found> {
    let may = viewer.can(store::access::Action::ReadPolicies);
    let library = app.library();
    let policy = |policy: &policy::Policy| Found {
        sort: Sort::Programme,
        id: format!("{POLICY}{}", policy.id),
        name: policy.title_in(page.lang).to_owned(),
        address: may.then(|| format!("/policies/{}", policy.id)),
        more: page.t("施行中的政策", "a policy in force").to_owned(),
        unit: policy.level.clone(),
        place: None,
        industry: String::new(),
    };
    let fits = |policy: &&policy::Policy| words.is_empty() || policy.title.contains(words);
    // What another place gives is nothing that can be applied for here.
    let place = library.place().to_owned();
    let is_here = |policy: &&policy::Policy| {
        let of = crate::policies::words::place(policy);
        of.is_empty() || (!place.is_empty() && (place.contains(of) || of.contains(&place)))
    };
    library.in_force(page.today).filter(is_here).filter(fits).map(policy).collect()
}

/// What a case needs: its words, its topic, and where and what the enterprise is.
pub(crate) async fn need(app: &App, page: &Page, case: &CaseView) -> Result<Need, WebError> {
    let first = case.events.first().map(|sealed| &sealed.event.given);
    let mut words = vec![case.row.title.clone()];
    words.extend(first.and_then(|given| given.text.clone()));
    words.extend(case.events.iter().filter_map(|sealed| sealed.event.given.form.get("wishes").cloned()));
    let firm = match case.row.subject {
        Some(subject) => app.store().subject_row(subject, &page.viewer()?.scope).await?,
        None => None,
    };
    let mut words = words.join("\n");
    if !case.row.subject_name.is_empty() {
        // What the firm is called is not what it needs.
        words = words.replace(&case.row.subject_name, " ");
    }
    Ok(Need {
        words,
        topic: case.row.topic.clone(),
        place: case.row.subject_unit.map(|unit| unit.to_string()),
        industry: firm.map(|firm| firm.industry).unwrap_or_default(),
    })
}

/// What may answer a need, the best first. The enterprise that has the need is not among them.
pub(crate) async fn answers(
    app: &App,
    page: &Page,
    need: &Need,
    but: Option<String>,
) -> Result<Vec<(Found, Match)>, WebError> {
    let mut all: Vec<Found> = Vec::new();
    for sort in Sort::ALL {
        all.extend(listed(app, page, sort, "", WEIGHED, None).await?.0);
    }
    all.retain(|found| Some(&found.id) != but.as_ref());
    let resource = |found: &Found| Resource {
        id: found.id.clone(),
        sort: found.sort,
        words: format!("{} {}", found.name, found.more),
        place: found.place.clone(),
        industry: found.industry.clone(),
    };
    let resources: Vec<Resource> = all.iter().map(resource).collect();
    let found = matches(need, &resources, SHOWN);
    let with = |one: Match| Some((all.iter().find(|found| found.id == one.id)?.clone(), one));
    Ok(found.into_iter().filter_map(with).collect())
}
