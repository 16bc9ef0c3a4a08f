//! What an approval has on its page: the papers it needs and those that were handed in, the one notice of
//! everything missing, the parts of the departments, and sessions by video.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use kernel::{Lang, SubjectId};
use loops::items::Item;
use loops::{Given, Promise};
use store::cases::CaseView;

use super::{answers, items};
use crate::cases::clock;
use crate::cases::typed::Typed;
use crate::frame::day;
use crate::ui::{Badge, Safe};
use crate::{App, Page, WebError};

/// What stands before what the form lacks where it is named beside papers.
const IN_FORM: &str = "申请表：";

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
    let item = item_of(app, found).await?;
    let mut panels: Vec<Safe> = answers::panel(page, item.as_ref(), found)?.into_iter().collect();
    let papers = papers(app, page, found, item).await?;
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

async fn papers<'a>(
    app: &App,
    page: &'a Page,
    found: &CaseView,
    item: Option<Item>,
) -> Result<PapersPanel<'a>, WebError> {
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

/// What was promised, with the legal time and the day it would end on; empty where nothing was.
pub fn promised(app: &App, page: &Page, found: &CaseView) -> String {
    let Some(promise) = found.case.promise else { return String::new() };
    let (said, legal) = (promise.label(page.lang), loops::promise::legal().label(page.lang));
    // Where the calendar is not known so far ahead, the page says so beside the clock.
    let due = found.case.legal_due(app.store().timing().calendar()).ok().flatten();
    let due = due.filter(|_| found.case.state().key == "accepted");
    match (page.lang, due.map(clock::end)) {
        (Lang::Zh, Some(due)) => format!("{said}（法定 {legal}，至 {due}）"),
        (Lang::Zh, None) => format!("{said}（法定 {legal}）"),
        (Lang::En, Some(due)) => format!("{said} (the law gives {legal}, until {due})"),
        (Lang::En, None) => format!("{said} (the law gives {legal})"),
    }
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
        let mut missing: Vec<String> =
            item.papers.iter().filter(|paper| !handed_in.contains(*paper)).cloned().collect();
        // What the form lacks goes into the same notice: there is no second one.
        let unanswered = answers::missing(&item, found);
        missing.extend(unanswered.iter().map(|label| format!("{IN_FORM}{label}")));
        let lines: String = unanswered.iter().map(|label| format!("{label}：\n")).collect();
        if !lines.is_empty() {
            let extra = [("answers".to_owned(), lines.trim_end().to_owned())].into_iter().collect();
            proposed.push(("complete", Typed { extra, ..Typed::default() }));
        }
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

/// The papers that the one notice names; the answers it names besides need no file.
pub fn papers_lacking(found: &CaseView) -> Vec<String> {
    let (missing, _) = notice(found).unwrap_or_default();
    missing.into_iter().filter(|name| !name.starts_with(IN_FORM)).collect()
}

/// What comes with the step by which an applicant completes an application: the papers that the notice names, and
/// what was added to the form, read by its questions. Every other step is left as it is.
///
/// # Errors
/// A paper of the notice without a file; what answers no question or cannot be read; what the store reports.
pub async fn completed(app: &App, page: &Page, found: &CaseView, step: &str, given: Given) -> Result<Given, WebError> {
    if (found.row.kind.key, step) != ("approval", "complete") {
        return Ok(given);
    }
    let lacking = papers_lacking(found);
    if !lacking.is_empty() && given.proofs.is_empty() {
        let names = |between: &str| lacking.join(between);
        return Err(WebError::invalid(
            format!("告知书要求补的材料还没有附上：{}。请上传后再提交。", names("、")),
            format!("The notice asks for these papers: {}. Attach them.", names(", ")),
        ));
    }
    if !given.form.contains_key("answers") {
        return Ok(given);
    }
    let Some(item) = item_of(app, found).await? else {
        return Err(WebError::invalid("这件办件没有申请表。", "This application has no form."));
    };
    let subject = answers::enterprise(app, page, &item, found.row.subject).await?;
    answers::completed(page, &item, subject.as_ref(), given)
}

/// What is applied for: the item, the papers handed in, and the answers of its form.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The item, by key.
    pub item: String,
    /// The papers that are handed in.
    pub papers: BTreeSet<String>,
    /// The answers, by what is asked.
    pub answers: answers::Typed,
    /// Whether what is missing is left to the one notice.
    pub incomplete: bool,
}

/// Why an application cannot be taken.
pub enum NotApplied {
    /// Its form has these faults.
    Form(answers::Faults),
    /// Anything else.
    Other(WebError),
}

impl From<WebError> for NotApplied {
    fn from(error: WebError) -> Self {
        Self::Other(error)
    }
}

impl NotApplied {
    /// All of it as one refusal.
    pub fn error(self) -> WebError {
        match self {
            Self::Form(faults) => answers::refusal(&faults),
            Self::Other(error) => error,
        }
    }
}

/// An application as its first event keeps it, with what the item promises.
///
/// # Errors
/// An item that can be applied for no more; the faults of the form; what the store reports.
pub async fn applied(
    app: &App,
    page: &Page,
    applied: &Applied,
    subject: Option<SubjectId>,
) -> Result<(BTreeMap<String, String>, Option<Promise>), NotApplied> {
    let item = items::open(app, &applied.item).await?.ok_or_else(|| {
        WebError::invalid("所选事项已停止受理，请重新选择。", "The item can be applied for no more; choose another.")
    })?;
    let enterprise = answers::enterprise(app, page, &item, subject).await?;
    let mut form = answers::read(page, &item, enterprise.as_ref(), &applied.answers, applied.incomplete)
        .map_err(NotApplied::Form)?;
    let papers = item.papers.iter().filter(|paper| applied.papers.contains(*paper));
    let papers: Vec<&str> = papers.map(String::as_str).collect();
    form.extend([("item".to_owned(), item.key.clone()), ("papers".to_owned(), papers.join("\n"))]);
    // A promise that a later release would not take is none: the legal time holds.
    Ok((form, item.promise().ok().flatten()))
}
