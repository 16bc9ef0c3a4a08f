//! What an approval has on its page: the papers it needs and those that were handed in, the one notice of
//! everything missing, the parts of the departments, and sessions by video.

use std::collections::BTreeSet;

use askama::Template;
use loops::items::Item;
use store::cases::CaseView;

use super::items;
use crate::cases::typed::Typed;
use crate::frame::day;
use crate::ui::{Badge, Safe};
use crate::{App, Page, WebError};

/// A paper of the item.
struct Paper {
    name: String,
    state: Badge,
}

/// A session by video.
struct Session {
    at: String,
    link: String,
    checklist: Vec<String>,
}

#[derive(Template)]
#[template(path = "cases/approval_papers.html")]
struct PapersPanel<'a> {
    page: &'a Page,
    item: String,
    papers: Vec<Paper>,
    noticed: Option<String>,
    parts: Vec<(String, Badge)>,
}

#[derive(Template)]
#[template(path = "cases/approval_sessions.html")]
struct SessionsPanel<'a> {
    page: &'a Page,
    sessions: Vec<Session>,
}

fn lines(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

/// The item that the application is for, where it is one of the zone's list.
async fn item_of(app: &App, found: &CaseView) -> Result<Option<Item>, WebError> {
    let key = found.events.first().and_then(|sealed| sealed.event.given.form.get("item"));
    let Some(key) = key else { return Ok(None) };
    Ok(items::known(app).await?.0.into_iter().find(|item| item.key == *key))
}

/// The papers handed in at the opening.
fn handed_in(found: &CaseView) -> BTreeSet<String> {
    let text = found.events.first().and_then(|sealed| sealed.event.given.form.get("papers"));
    text.map(|text| lines(text).collect()).unwrap_or_default()
}

/// What the one notice named, and when.
fn notice(found: &CaseView) -> Option<(BTreeSet<String>, String)> {
    let sealed = found.events.iter().find(|sealed| sealed.event.step == "ask_for_papers")?;
    let missing = sealed.event.given.form.get("missing").map(|text| lines(text).collect()).unwrap_or_default();
    Some((missing, day::minute(sealed.event.at)))
}

/// The parts of an approval's page.
///
/// # Errors
/// What the store reports.
pub async fn panels(app: &App, page: &Page, found: &CaseView) -> Result<Vec<Safe>, WebError> {
    if found.row.kind.key != "approval" {
        return Ok(Vec::new());
    }
    let mut panels = Vec::new();
    let papers = papers(app, page, found).await?;
    if !papers.papers.is_empty() || papers.noticed.is_some() || !papers.parts.is_empty() {
        panels.push(Safe(papers.render().map_err(WebError::broken)?));
    }
    let sessions: Vec<Session> = found.events.iter().filter_map(session).collect();
    if !sessions.is_empty() {
        panels.push(Safe(SessionsPanel { page, sessions }.render().map_err(WebError::broken)?));
    }
    Ok(panels)
}

fn session(sealed: &loops::Sealed) -> Option<Session> {
    let form = &sealed.event.given.form;
    (sealed.event.step == "book").then_some(())?;
    Some(Session {
        at: form.get("session_at")?.clone(),
        link: form.get("link")?.clone(),
        checklist: form.get("checklist").map(|text| lines(text).collect()).unwrap_or_default(),
    })
}

async fn papers<'a>(app: &App, page: &'a Page, found: &CaseView) -> Result<PapersPanel<'a>, WebError> {
    let item = item_of(app, found).await?;
    let (handed_in, notice) = (handed_in(found), notice(found));
    let completed = found.events.iter().any(|sealed| sealed.event.step == "complete");
    let missing = notice.as_ref().map(|(missing, _)| missing.clone()).unwrap_or_default();
    let mut names: Vec<String> = item.iter().flat_map(|item| item.papers.iter().cloned()).collect();
    names.extend(handed_in.iter().chain(&missing).filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
    let paper = |name: String| {
        let state = match (missing.contains(&name), notice.is_some()) {
            (true, _) if completed => Badge::ok(page.t("已补正", "completed")),
            (true, _) => Badge::late(page.t("缺，已一次告知", "missing, named in the notice")),
            _ if handed_in.contains(&name) => Badge::ok(page.t("已交", "handed in")),
            // What the one notice does not name counts as not missing: 行政许可法第三十二条.
            (false, true) => Badge::shut(page.t("告知时未列，视为不缺", "not in the notice: not missing")),
            (false, false) => Badge::warn(page.t("未交", "not handed in")),
        };
        Paper { name, state }
    };
    let units = app.store().units().await?;
    let part = |unit: &String| {
        let name = unit.parse().ok().map(store::access::UnitId).and_then(|id| units.get(id));
        let given = found.case.parts.contains(unit);
        let badge = if given {
            Badge::ok(page.t("已给意见", "gave its part"))
        } else {
            Badge::early(page.t("待意见", "awaited"))
        };
        (name.map(|unit| unit.name.clone()).unwrap_or_default(), badge)
    };
    Ok(PapersPanel {
        page,
        item: item.map(|item| item.name).unwrap_or_default(),
        papers: names.into_iter().map(paper).collect(),
        noticed: notice.map(|(_, at)| at),
        parts: found.case.assisting.iter().map(part).collect(),
    })
}

/// What stands in the forms at first: everything that was not handed in, and the units of the item.
///
/// # Errors
/// What the store reports.
pub async fn proposed(app: &App, found: &CaseView) -> Result<Vec<(&'static str, Typed)>, WebError> {
    if found.row.kind.key != "approval" {
        return Ok(Vec::new());
    }
    let mut proposed = Vec::new();
    if let Some(item) = item_of(app, found).await? {
        let handed_in = handed_in(found);
        let missing: Vec<String> = item.papers.iter().filter(|paper| !handed_in.contains(*paper)).cloned().collect();
        let extra = [("missing".to_owned(), missing.join("\n"))].into_iter().collect();
        proposed.push(("ask_for_papers", Typed { extra, ..Typed::default() }));
        let assisting = item.parts.iter().cloned().collect();
        proposed.push(("accept", Typed { unit: item.lead.clone(), assisting, ..Typed::default() }));
    }
    // The record of a session begins with the checklist of the last one.
    if let Some(booked) = found.events.iter().rev().find(|sealed| sealed.event.step == "book")
        && let Some(checklist) = booked.event.given.form.get("checklist")
    {
        let extra =
            [("checklist".to_owned(), lines(checklist).map(|line| format!("{line}：")).collect::<Vec<_>>().join("\n"))];
        proposed.push(("inspect", Typed { extra: extra.into_iter().collect(), ..Typed::default() }));
    }
    Ok(proposed)
}
