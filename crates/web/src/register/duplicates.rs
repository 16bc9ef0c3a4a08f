//! `/duplicates`: rows whose subject a person must say, and subjects that are one and the same.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::{FactKey, Lang, SubjectId, SubjectKind};
use serde::Deserialize;
use store::access::{Action, Scope, UnitTree, Viewer};
use store::{Key, ListQuery, Resolution, State as SubjectState, StoreError, SubjectRow, SubjectView};

use crate::frame::notice::Notice;
use crate::frame::{day, path};
use crate::register::kinds::LISTED;
use crate::register::subject::address;
use crate::register::words;
use crate::ui::{Confirm, Empty, Icon, Tone, figure};
use crate::{App, Page, WebError};

/// Candidates shown of each kind.
const SHOWN: u64 = 50;

struct Candidate {
    address: String,
    name: String,
    unit: String,
    since: String,
}

struct Candidates {
    title: &'static str,
    total: String,
    all: String,
    rows: Vec<Candidate>,
}

#[derive(Template)]
#[template(path = "register/duplicates.html")]
struct QueuePage<'a> {
    page: &'a Page,
    groups: Vec<Candidates>,
    empty: Empty<'a>,
}

/// A subject a candidate may be.
struct Match {
    id: SubjectId,
    address: String,
    name: String,
    code: String,
    unit: String,
    exact: bool,
}

#[derive(Template)]
#[template(path = "register/candidate.html")]
struct CandidatePage<'a> {
    page: &'a Page,
    id: SubjectId,
    name: String,
    facts: Vec<(String, String)>,
    sources: Vec<String>,
    words: String,
    matches: Vec<Match>,
    accept: Confirm<'a>,
}

struct Side {
    id: SubjectId,
    address: String,
    name: String,
    code: String,
    records: usize,
    since: String,
}

#[derive(Template)]
#[template(path = "register/merge.html")]
struct MergePage<'a> {
    page: &'a Page,
    kept: Side,
    words: String,
    matches: Vec<Match>,
    other: Option<Side>,
    facts: Vec<(String, String, String, bool)>,
    merged: Vec<(String, Confirm<'a>)>,
}

fn scope(viewer: &Viewer) -> Scope {
    viewer.scope_for(Action::Merge)
}

/// Shows the candidates of every kind, the latest first.
///
/// # Errors
/// What the store reports.
pub async fn list(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let scope = scope(page.viewer()?);
    let units = app.store().units().await?;
    let mut groups = Vec::new();
    for listed in LISTED {
        let query = ListQuery {
            state: SubjectState::Candidate,
            sort: store::Sort::Changed,
            descending: true,
            limit: SHOWN,
            ..ListQuery::all(listed.kind)
        };
        let found = app.store().list(&query, &scope).await?;
        let row = |row: &SubjectRow| Candidate {
            address: format!("/duplicates/{}", row.id),
            name: named(row, page.lang),
            unit: unit_name(row, &units),
            since: day::ago(row.changed_at, page.now, page.lang),
        };
        if found.total > 0 {
            groups.push(Candidates {
                title: listed.title(page.lang),
                total: figure::grouped(i64::try_from(found.total).unwrap_or(i64::MAX)),
                all: path::with_query(listed.path, [("candidates", "1")]),
                rows: found.rows.iter().map(row).collect(),
            });
        }
    }
    let empty = Empty {
        icon: page.icon("circle-check"),
        title: page.t("没有待确认的候选", "No candidates"),
        what: page.t(
            "导入的行没有信用代码、名称又没有唯一匹配时，会列在这里，由您确认是新主体还是已有主体。要合并两个重复的主体，请打开其中一个，点“合并重复”。",
            "Rows without a credit code whose name matched no one subject wait here: you say whether each is new or known. To merge two duplicates, open one of them and choose “Merge”.",
        ),
        action: None,
    };
    page.show(QueuePage { page: &page, groups, empty })
}

fn named(row: &SubjectRow, lang: Lang) -> String {
    if row.name.is_empty() { lang.pick("（未命名）", "(unnamed)").to_owned() } else { row.name.clone() }
}

fn unit_name(row: &SubjectRow, units: &UnitTree) -> String {
    row.unit.and_then(|unit| units.get(unit)).map(|unit| unit.name.clone()).unwrap_or_default()
}

/// A subject among the rows the person may merge.
pub(crate) async fn find(app: &App, page: &Page, id: &str) -> Result<SubjectView, WebError> {
    let viewer = page.viewer()?;
    let id = SubjectId(id.parse().map_err(|_| WebError::not_found())?);
    let found = app.store().subject(id, &scope(viewer), viewer.personal, None).await?;
    found.filter(|found| found.record.id == id).ok_or_else(WebError::not_found)
}

/// Subjects of the kind that the words find, and those that bear the name, the latter first.
async fn matches(
    app: &App,
    page: &Page,
    kind: SubjectKind,
    own: SubjectId,
    name: &str,
    words: &str,
) -> Result<Vec<Match>, WebError> {
    let scope = scope(page.viewer()?);
    let units = app.store().units().await?;
    let key = Key { code: None, name: Some(name.to_owned()).filter(|name| !name.is_empty()) };
    let mut exact = match app.store().resolve(kind, &[key]).await?.pop() {
        Some(Resolution::Existing(id)) => vec![id],
        Some(Resolution::Ambiguous(ids)) => ids,
        _ => Vec::new(),
    };
    exact.retain(|id| *id != own);
    let mut rows = Vec::new();
    for id in &exact {
        rows.extend(app.store().subject_row(*id, &scope).await?);
    }
    if words.chars().count() > 1 {
        let query = ListQuery { text: words.to_owned(), limit: 20, ..ListQuery::all(kind) };
        rows.extend(app.store().list(&query, &scope).await?.rows.into_iter().filter(|row| !exact.contains(&row.id)));
    }
    rows.retain(|row| row.id != own && row.state == SubjectState::Active);
    let made = rows.iter().map(|row| Match {
        id: row.id,
        address: address(row.kind, row.id),
        name: named(row, page.lang),
        code: row.code.clone(),
        unit: unit_name(row, &units),
        exact: exact.contains(&row.id),
    });
    Ok(made.collect())
}

/// The part of a firm's name that tells it from others: without place, form and brackets.
fn core(name: &str) -> String {
    let mut core: String = name.chars().filter(|c| !matches!(c, '（' | '）' | '(' | ')' | ' ')).collect();
    for ending in ["股份有限公司", "有限责任公司", "有限公司", "公司"] {
        if let Some(rest) = core.strip_suffix(ending) {
            core = rest.to_owned();
            break;
        }
    }
    core.chars().take(4).collect()
}

fn words_of(page: &Page, name: &str) -> String {
    let asked = form_urlencoded::parse(page.query.as_bytes()).find(|(key, _)| key == "q");
    asked.map_or_else(|| core(name), |(_, words)| words.trim().to_owned())
}

/// `/duplicates/{id}`: one candidate, whom it may be, and what to do with it.
///
/// # Errors
/// No such candidate in the rows the person may merge.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let found = find(&app, &page, &id).await?;
    if found.record.state != SubjectState::Candidate {
        return Ok(page.go(&address(found.record.kind, found.record.id)));
    }
    let words = words_of(&page, &found.record.name);
    let matches = matches(&app, &page, found.record.kind, found.record.id, &found.record.name, &words).await?;
    let fact = |(key, shown): (&FactKey, &kernel::Shown)| {
        let field = app.catalogue().field(&key.field)?;
        Some((
            words::fact(app.catalogue(), found.record.kind, key, page.lang),
            words::value(field, &shown.value, page.lang),
        ))
    };
    page.show(CandidatePage {
        id: found.record.id,
        name: named(&found.record, page.lang),
        facts: found.view.facts.iter().filter_map(fact).collect(),
        sources: found
            .sources
            .values()
            .map(|source| format!("{} · {}", source.title, words::origin(&source.origin, page.lang)))
            .collect(),
        matches,
        accept: Confirm {
            page: &page,
            id: "accept".to_owned(),
            button: page.t("确认为新主体", "Accept as new"),
            icon: Icon("plus"),
            title: page.t("确认为新主体？", "Accept as a new subject?").to_owned(),
            consequence: page
                .t(
                    "它将列入台账，有自己的页面；以后发现重复仍可合并。",
                    "It is listed in the register with a page of its own; it can still be merged later.",
                )
                .to_owned(),
            action: format!("/duplicates/{}/accept", found.record.id),
            fields: Vec::new(),
            reason: page.t("理由", "Reason"),
            tone: Tone::Ok,
            small: false,
        },
        words,
        page: &page,
    })
}

/// What the forms send.
#[derive(Debug, Deserialize)]
pub struct Sent {
    #[serde(default)]
    target: String,
    #[serde(default)]
    other: String,
    #[serde(default)]
    kept: String,
    #[serde(default)]
    reason: String,
}

/// `POST /duplicates/{id}/accept`.
///
/// # Errors
/// No such candidate; no reason; settled by somebody else already.
pub async fn accept(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let found = find(&app, &page, &id).await?;
    let done = app.store().accept_candidate(found.record.id, &sent.reason, &page.viewer()?.name).await;
    settled(done)?;
    let said = format!("{}{}", page.t("已列入台账：", "Now in the register: "), found.record.name);
    Ok(page.go_saying(&address(found.record.kind, found.record.id), Notice::said(said)))
}

/// `POST /duplicates/{id}/join`.
///
/// # Errors
/// No such candidate or target in the rows the person may merge; no reason.
pub async fn join(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let found = find(&app, &page, &id).await?;
    let target = find(&app, &page, &sent.target).await?;
    let done = app.store().join_candidate(found.record.id, target.record.id, &sent.reason, &page.viewer()?.name).await;
    settled(done)?;
    let said = format!("{}{}", page.t("已并入：", "Joined to "), target.record.name);
    Ok(page.go_saying(&address(target.record.kind, target.record.id), Notice::said(said)))
}

/// What came of an act on a candidate or a merge, which somebody else may have done first.
pub(crate) fn settled(done: Result<(), StoreError>) -> Result<(), WebError> {
    match done {
        Err(StoreError::Stale) => Err(WebError::conflict(
            "已有人处理过这一条，没有再做任何改动。",
            "Somebody else has settled this one already; nothing more was done.",
        )
        .way_out("/duplicates", "回到列表", "Back to the queue")),
        other => Ok(other?),
    }
}

/// `/duplicates/merge?kept=…&other=…`: which two, side by side.
///
/// # Errors
/// A subject outside the rows the person may merge; two kinds.
pub async fn merge_page(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    page.must_be_today()?;
    let parameter = |wanted: &str| {
        form_urlencoded::parse(page.query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let kept = find(&app, &page, &parameter("kept").unwrap_or_default()).await?;
    let other = match parameter("other").filter(|id| !id.is_empty()) {
        Some(id) => Some(find(&app, &page, &id).await?),
        None => None,
    };
    if other.as_ref().is_some_and(|other| other.record.kind != kept.record.kind || other.record.id == kept.record.id) {
        return Err(WebError::not_found());
    }
    let words = words_of(&page, &kept.record.name);
    let matches = match other {
        Some(_) => Vec::new(),
        None => matches(&app, &page, kept.record.kind, kept.record.id, &kept.record.name, &words).await?,
    };
    page.show(MergePage {
        facts: other.as_ref().map(|other| compared(&app, &kept, other, page.lang)).unwrap_or_default(),
        other: other.as_ref().map(|other| side(other, page.lang)),
        merged: kept.merged.iter().map(|row| (named(row, page.lang), part(&page, &kept, row))).collect(),
        kept: side(&kept, page.lang),
        words,
        matches,
        page: &page,
    })
}

fn side(found: &SubjectView, lang: Lang) -> Side {
    let first = found.statements.values().next().map(|statement| day::minute(statement.said_at)).unwrap_or_default();
    Side {
        id: found.record.id,
        address: address(found.record.kind, found.record.id),
        name: named(&found.record, lang),
        code: found.record.code.clone(),
        records: found.children.len(),
        since: first,
    }
}

/// The facts of both: label, the one's, the other's, whether they differ.
fn compared(app: &App, kept: &SubjectView, other: &SubjectView, lang: Lang) -> Vec<(String, String, String, bool)> {
    let mut keys: Vec<&FactKey> = kept.view.facts.keys().chain(other.view.facts.keys()).collect();
    keys.sort();
    keys.dedup();
    let line = |key: &FactKey| {
        let field = app.catalogue().field(&key.field)?;
        let (one, two) = (kept.view.value(key), other.view.value(key));
        let show =
            |value: Option<&kernel::Value>| value.map(|value| words::value(field, value, lang)).unwrap_or_default();
        let differ = one.is_some() && two.is_some() && one != two;
        Some((words::fact(app.catalogue(), kept.record.kind, key, lang), show(one), show(two), differ))
    };
    keys.into_iter().filter_map(line).collect()
}

fn part<'a>(page: &'a Page, kept: &SubjectView, row: &SubjectRow) -> Confirm<'a> {
    Confirm {
        page,
        id: format!("part-{}", row.id),
        button: page.t("拆分", "Part again"),
        icon: Icon("arrow-back-up"),
        title: page.t("拆分这次合并？", "Take this merge back?").to_owned(),
        consequence: format!(
            "{}{}",
            row.name,
            page.t(
                " 将重新成为独立的主体，带回它原有的数据和记录。",
                " becomes a subject of its own again, with the facts and records it had."
            )
        ),
        action: "/duplicates/part".to_owned(),
        fields: vec![("other", row.id.to_string()), ("kept", kept.record.id.to_string())],
        reason: page.t("理由", "Reason"),
        tone: Tone::Late,
        small: true,
    }
}

/// `POST /duplicates/merge`: shows `other` under `kept` from now on.
///
/// # Errors
/// A subject outside the rows the person may merge; no reason.
pub async fn merge(State(app): State<App>, page: Page, Form(sent): Form<Sent>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let kept = find(&app, &page, &sent.kept).await?;
    let other = find(&app, &page, &sent.other).await?;
    let done = app.store().merge(other.record.id, kept.record.id, &sent.reason, &page.viewer()?.name).await;
    settled(done)?;
    let said = format!("{} {} {}", other.record.name, page.t("已并入", "was merged into"), kept.record.name);
    Ok(page.go_saying(&address(kept.record.kind, kept.record.id), Notice::said(said)))
}

/// `POST /duplicates/part`: takes a merge back.
///
/// # Errors
/// `other` is not merged into `kept`, or lies outside the rows the person may merge; no reason.
pub async fn unmerge(State(app): State<App>, page: Page, Form(sent): Form<Sent>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let kept = find(&app, &page, &sent.kept).await?;
    let other = kept.merged.iter().find(|row| row.id.to_string() == sent.other).ok_or_else(WebError::not_found)?;
    settled(app.store().unmerge(other.id, &sent.reason, &page.viewer()?.name).await)?;
    let said = format!("{} {}", other.name, page.t("已拆分为独立主体", "is a subject of its own again"));
    Ok(page.go_saying(&address(kept.record.kind, other.id), Notice::said(said)))
}

#[cfg(test)]
mod tests {
    use super::core;

    #[test]
    fn the_core_of_a_name_is_what_tells_it_from_others() {
        assert_eq!(core("样例精密轴承有限公司"), "样例精密");
        assert_eq!(core("甲（集团）有限公司"), "甲集团");
        assert_eq!(core("大学"), "大学");
    }
}
