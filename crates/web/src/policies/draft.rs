//! `/policies/drafts/{id}`: a policy text being written: what is wrong with it, told all at once, and what it
//! still lacks before it can be published.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use policy::cases::trial::Trial;
use policy::problem::Problem;
use serde::Deserialize;
use store::StoreError;
use store::access::Action;
use store::policies::{PolicyDraft, PolicyDraftState};
use uuid::Uuid;

use super::examined::{Examined, Problems, examine, hindrances, succeeds};
use super::shelf::Shelf;
use super::words;
use crate::frame::notice::Notice;
use crate::ui::{Confirm, Icon, Tone};
use crate::{App, Page, WebError};

/// What a new policy begins with.
const BLANK: &str = "政策 new-policy 新政策\n英文名 New policy\n文号 \n层级 国家\n适用 企业\n施行 DAY\n\n条件 N-1 成立满一年 《第 条》\n  成立日期 ≤ 申请日 - 365日\n\n例 刚满一年\n  申请日 = 2026-06-01\n  成立日期 = 2025-06-01\n  期望 满足\n\n例 差一天 同 刚满一年\n  成立日期 = 2025-06-02\n  期望 不满足 N-1\n";

/// From which version a draft is begun.
#[derive(Deserialize)]
pub struct Beginning {
    #[serde(default)]
    version: String,
}

/// A text as it was sent, with the version of the draft that its writer saw.
#[derive(Deserialize)]
pub struct Written {
    source: String,
    #[serde(default)]
    seen: i64,
}

/// The version of the draft that a person saw who drops or publishes it.
#[derive(Deserialize)]
pub struct Seen {
    pub(super) seen: i64,
}

#[derive(Template)]
#[template(path = "policies/draft.html")]
struct DraftPage<'a> {
    page: &'a Page,
    title: String,
    address: String,
    based_on: String,
    based_address: String,
    written: String,
    hands: String,
    source: &'a str,
    seen: i64,
    problems: Problems<'a>,
    /// What another person wrote meanwhile, where both changed the text.
    collision: Option<Collision>,
    refused: bool,
    hindrances: Vec<String>,
    is_clean: bool,
    cases: usize,
    thresholds: usize,
    version: String,
    from: String,
    ends: String,
    may_draft: bool,
    may_publish: bool,
    own: bool,
    dropping: Option<Confirm<'a>>,
}

/// Two people wrote at once.
struct Collision {
    said: String,
    theirs: String,
}

#[derive(Template)]
#[template(ext = "html", source = "{{ problems }}")]
struct ProblemsPart<'a> {
    problems: Problems<'a>,
}

/// The address of a draft.
pub(crate) fn address(id: Uuid) -> String {
    format!("/policies/drafts/{id}")
}

/// Begins a draft from a version, or from nothing, for the page and the API. Its first day becomes tomorrow:
/// the days that are past were answered.
///
/// # Errors
/// There is no such version; what the store reports.
pub(crate) async fn new_draft(app: &App, page: &Page, from: &str) -> Result<PolicyDraft, WebError> {
    let viewer = page.viewer()?;
    let library = app.library();
    let tomorrow = tomorrow(page);
    let source = match from {
        "" => BLANK.replace("DAY", &tomorrow.to_string()),
        version => {
            let policy = library.version(version).ok_or_else(WebError::not_found)?;
            beginning(policy.source.get(..policy.own).unwrap_or(&policy.source), tomorrow)
        }
    };
    let title = policy::parse::parse(&source).0.title.text;
    Ok(app.store().begin_policy_draft(from, &title, &source, &viewer.name).await?)
}

fn tomorrow(page: &Page) -> Date {
    page.today.saturating_add(1.day())
}

/// Begins a draft and shows it.
///
/// # Errors
/// There is no such version; what the store reports.
pub async fn begin(State(app): State<App>, page: Page, Form(from): Form<Beginning>) -> Result<Response, WebError> {
    let draft = new_draft(&app, &page, &from.version).await?;
    let tomorrow = tomorrow(&page);
    let notice = Notice::said(match page.lang {
        Lang::Zh => format!("已建立草案，“施行”先写作 {tomorrow}。"),
        Lang::En => format!("The draft is begun; 施行 says {tomorrow} for now."),
    });
    Ok(page.go_saying(&address(draft.id), notice))
}

/// The text with another first day and no last one.
fn beginning(source: &str, from: Date) -> String {
    let line = |line: &str| {
        let is_days = line.split_whitespace().next().is_some_and(|first| matches!(first, "施行" | "in_force"));
        if is_days { format!("施行 {from}\n") } else { format!("{line}\n") }
    };
    source.lines().map(line).collect()
}

/// The open draft with this id.
pub(crate) async fn open(app: &App, id: Uuid) -> Result<PolicyDraft, WebError> {
    let draft = app.store().policy_draft(id).await?.ok_or_else(WebError::not_found)?;
    match draft.state {
        PolicyDraftState::Open => Ok(draft),
        PolicyDraftState::Published => Err(WebError::conflict(
            "这份草案已经发布，不能再改。要改就从发布的版本起草。",
            "This draft is published and cannot be changed; begin another from the version.",
        )
        .way_out("/policies", "看全部政策", "See the policies")),
        PolicyDraftState::Dropped => Err(WebError::conflict("这份草案已经放弃。", "This draft was given up.").way_out(
            "/policies",
            "看全部政策",
            "See the policies",
        )),
    }
}

/// A draft with what there is to say about its text.
pub(crate) struct Read {
    pub(crate) examined: Examined,
    pub(crate) trial: Trial,
    pub(crate) hindrances: Vec<policy::problem::Both>,
}

/// Reads, checks and tries a text. A text that takes long keeps no other page waiting.
pub(crate) async fn read(shelf: Arc<Shelf>, source: &str, today: Date) -> Result<Read, WebError> {
    let source = source.to_owned();
    let work = move || {
        let examined = examine(&shelf, &source);
        let trial = examined.policy.as_ref().map(policy::Policy::trial).unwrap_or_default();
        let hindrances = hindrances(&shelf, &source, &examined, &trial, today);
        Read { examined, trial, hindrances }
    };
    tokio::task::spawn_blocking(work).await.map_err(WebError::broken)
}

/// Shows a draft.
///
/// # Errors
/// There is no such draft, or it is open no more; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let draft = open(&app, id).await?;
    let read = read(app.library(), &draft.source, page.today).await?;
    let template = template(&page, &app.library(), &draft, &draft.source, &read);
    page.show(template)
}

/// Shows a draft with what keeps it from being published.
pub(super) fn refused(page: &Page, shelf: &Shelf, draft: &PolicyDraft, read: &Read) -> Result<Response, WebError> {
    let template = DraftPage { refused: true, ..template(page, shelf, draft, &draft.source, read) };
    page.show_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

fn template<'a>(page: &'a Page, shelf: &Shelf, draft: &PolicyDraft, source: &'a str, read: &'a Read) -> DraftPage<'a> {
    let lang = page.lang;
    let problems: &'a [Problem] = &read.examined.problems;
    let policy = read.examined.policy.as_ref();
    let (by, when) = (page.person(&draft.updated_by), page.ago(&draft.updated_at));
    let based = shelf.version(&draft.based_on);
    let mine = page.viewer.as_ref().is_some_and(|viewer| draft.hands.contains(&viewer.name));
    let ends = policy.and_then(|policy| Some((succeeds(shelf, policy)?, policy.from.yesterday().ok()?)));
    DraftPage {
        title: if draft.title.is_empty() {
            page.t("（未命名）", "(untitled)").to_owned()
        } else {
            draft.title.clone()
        },
        address: address(draft.id),
        based_on: draft.based_on.clone(),
        based_address: based.map(words::address).unwrap_or_default(),
        written: match lang {
            Lang::Zh => format!("{by} {when}改"),
            Lang::En => format!("changed by {by} {when}"),
        },
        hands: draft.hands.iter().map(|hand| page.person(hand)).collect::<Vec<_>>().join(page.t("、", ", ")),
        source,
        seen: draft.version,
        problems: Problems { page, source, problems },
        collision: None,
        refused: false,
        hindrances: read.hindrances.iter().map(|both| both.say(lang).to_owned()).collect(),
        is_clean: policy.is_some(),
        cases: policy.map_or(0, |policy| policy.cases.len()),
        thresholds: read.trial.thresholds.len(),
        version: policy.map(policy::Policy::version).unwrap_or_default(),
        from: policy.map(|policy| policy.from.to_string()).unwrap_or_default(),
        ends: ends
            .map(|(before, last)| match lang {
                Lang::Zh => format!("{} 届时施行至 {last}", before.version()),
                Lang::En => format!("{} will be in force to {last}", before.version()),
            })
            .unwrap_or_default(),
        may_draft: page.can(Action::DraftPolicy),
        may_publish: page.can(Action::PublishPolicy),
        own: mine,
        dropping: page.can(Action::DraftPolicy).then(|| dropping(page, draft)),
        page,
    }
}

fn dropping<'a>(page: &'a Page, draft: &PolicyDraft) -> Confirm<'a> {
    Confirm {
        page,
        id: "drop".to_owned(),
        button: page.t("放弃草案", "Give up"),
        icon: Icon("trash"),
        title: page.t("放弃这份草案？", "Give this draft up?").to_owned(),
        consequence: page
            .t("草案从列表中消失，不能恢复；政策库不变。", "It leaves the list for good; the library stays as it is.")
            .to_owned(),
        action: format!("{}/drop", address(draft.id)),
        fields: vec![("seen", draft.version.to_string())],
        reason: "",
        tone: Tone::Late,
        small: false,
    }
}

/// Text as a browser sends it has line ends of another kind.
pub(crate) fn plain(source: &str) -> String {
    source.replace("\r\n", "\n")
}

/// Keeps another text of a draft, where nobody changed it since the version `seen`.
///
/// # Errors
/// [`StoreError::Stale`] where somebody did; what else the store reports.
pub(crate) async fn keep(
    app: &App,
    known: &PolicyDraft,
    source: String,
    seen: i64,
    by: &str,
) -> Result<PolicyDraft, StoreError> {
    let title = policy::parse::parse(&source).0.title.text;
    let draft = PolicyDraft { source, title, version: seen, ..known.clone() };
    let version = app.store().save_policy_draft(&draft, by).await?;
    Ok(PolicyDraft { version, ..draft })
}

/// Keeps a text. Where somebody else changed the draft meanwhile, nothing is overwritten: both are shown.
///
/// # Errors
/// There is no such draft, or it is open no more; what the store reports.
pub async fn save(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(written): Form<Written>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let known = open(&app, id).await?;
    let source = plain(&written.source);
    match keep(&app, &known, source.clone(), written.seen, &viewer.name).await {
        Ok(_) => Ok(page.go_saying(&address(id), Notice::done(page.lang, "草案已保存。", "The draft is kept."))),
        Err(StoreError::Stale) => {
            let read = read(app.library(), &source, page.today).await?;
            let (by, when) = (page.person(&known.updated_by), page.minute(&known.updated_at));
            let said = match page.lang {
                Lang::Zh => format!(
                    "您打开后，{by} 在 {when} 改过这份草案。没有覆盖任何一方：下面编辑框里是您写的，旁边是对方的。请把两份并到一起再保存。"
                ),
                Lang::En => format!(
                    "{by} changed this draft at {when}, after you had opened it. Nothing was overwritten: the editor holds what you wrote, and theirs stands below. Bring both together and save."
                ),
            };
            let collision = Some(Collision { said, theirs: known.source.clone() });
            let template = DraftPage { collision, ..template(&page, &app.library(), &known, &source, &read) };
            page.show_with(StatusCode::CONFLICT, template)
        }
        Err(error) => Err(error.into()),
    }
}

/// Says what is wrong with a text that is being typed. Nothing is kept.
///
/// # Errors
/// There is no such draft, or it is open no more.
pub async fn check(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(written): Form<Written>,
) -> Result<Response, WebError> {
    open(&app, id).await?;
    let (shelf, source) = (app.library(), plain(&written.source));
    let typed = source.clone();
    let examined = tokio::task::spawn_blocking(move || examine(&shelf, &typed)).await.map_err(WebError::broken)?;
    page.show(ProblemsPart { problems: Problems { page: &page, source: &source, problems: &examined.problems } })
}

/// Gives a draft up.
///
/// # Errors
/// There is no such draft; it was changed since it was seen; what the store reports.
pub async fn give_up(
    State(app): State<App>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(seen): Form<Seen>,
) -> Result<Response, WebError> {
    let draft = PolicyDraft { version: seen.seen, ..open(&app, id).await? };
    app.store().drop_policy_draft(&draft, &page.viewer()?.name).await?;
    Ok(page.go_saying("/policies", Notice::done(page.lang, "已放弃草案。", "The draft was given up.")))
}
