//! `/register/{kind}/{id}`: one subject, today or as of a day of the past.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::catalogue::Changer;
use kernel::{Lang, SubjectId, SubjectKind};
use store::access::{Action, Viewer};
use store::{Deed, State as SubjectState, SubjectView};

use super::facts::Card;
use super::history::{Moment, SourceLine};
use super::records::RecordSet;
use super::{facts, head, history, records};
use crate::api::asked;
use crate::register::figures::{self, FigureCell, Figures};
use crate::register::kinds;
use crate::register::ladder::{self, Step};
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// A link to the subject a record belongs to.
struct Owner {
    address: String,
    name: String,
}

#[derive(Template)]
#[template(path = "register/subject.html")]
struct SubjectPage<'a> {
    page: &'a Page,
    id: SubjectId,
    address: String,
    list_path: String,
    list_title: String,
    owner: Option<Owner>,
    name: String,
    code: String,
    badges: Vec<Badge>,
    headline: Vec<String>,
    also: Vec<String>,
    editable: bool,
    edit_zh: &'static str,
    edit_en: &'static str,
    can_merge: bool,
    checkup: Option<String>,
    state_note: Option<(String, Option<(String, String)>)>,
    ladder: Vec<Step>,
    figures: Figures,
    disputed: usize,
    disputed_badge: Badge,
    conflicts_address: String,
    every_year: String,
    cards: Vec<Card>,
    personal_note: Option<String>,
    records: Vec<RecordSet>,
    timeline: Vec<Moment>,
    sources: Vec<SourceLine>,
}

impl SubjectPage<'_> {
    fn source(&self, cell: &FigureCell) -> String {
        self.page.link(&source_address(cell.seq, &cell.fact))
    }

    fn dispute_badge(&self) -> Badge {
        Badge::late(self.page.t("来源不一", "disputed")).with_icon("arrows-diff")
    }

    fn undone_badge(&self) -> Badge {
        Badge::shut(self.page.t("已撤销", "undone"))
    }
}

/// The page of a fact's source.
pub fn source_address(seq: i64, fact: &str) -> String {
    crate::frame::path::with_query(&format!("/register/statements/{seq}"), [("fact", fact)])
}

/// Shows one subject. A subject outside the viewer's rows is answered like one that does not exist.
///
/// # Errors
/// No such subject; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let kind = SubjectKind::from_key(&kind).ok_or_else(WebError::not_found)?;
    let id = asked::subject(&id)?;
    let found = app.store().subject(id, &viewer.scope, viewer.personal, page.as_of_moment()).await?;
    let found = found.filter(|found| found.record.kind == kind).ok_or_else(WebError::not_found)?;
    if found.record.id != id {
        return Ok(page.go(&page.link(&address(kind, found.record.id))));
    }
    record_look(&app, viewer, &found).await?;
    let owner = match found.record.parent {
        Some(parent) => owner(&app, &page, viewer, parent).await?,
        None => None,
    };
    let units = app.store().units_known_to(page.viewer()?).await?;
    let deeds = app.store().deeds(id, &viewer.scope).await?;
    page.show(make(&app, &page, viewer, &found, &deeds, owner, &units))
}

/// The address of a subject's page.
pub fn address(kind: SubjectKind, id: SubjectId) -> String {
    format!("/register/{}/{id}", kind.key())
}

/// Records which personal data this page shows; they are not shown when that fails.
pub(crate) async fn record_look(app: &App, viewer: &Viewer, found: &SubjectView) -> Result<(), WebError> {
    if !viewer.personal || viewer.enterprise == Some(found.record.id) {
        return Ok(());
    }
    let views = std::iter::once(&found.view).chain(found.children.iter().map(|child| &child.view));
    let mut fields: Vec<&str> = views
        .flat_map(|view| view.facts.keys())
        .map(|key| key.field.as_str())
        .filter(|key| app.catalogue().field(key).is_some_and(|field| field.personal))
        .collect();
    fields.sort_unstable();
    fields.dedup();
    if !fields.is_empty() {
        app.store().record_look(&viewer.name, found.record.id, &fields).await?;
    }
    Ok(())
}

async fn owner(app: &App, page: &Page, viewer: &Viewer, id: SubjectId) -> Result<Option<Owner>, WebError> {
    let row = app.store().subject_row(id, &viewer.scope).await?;
    Ok(row.map(|row| Owner { address: page.link(&address(row.kind, row.id)), name: row.name }))
}

fn make<'a>(
    app: &App,
    page: &'a Page,
    viewer: &Viewer,
    found: &SubjectView,
    deeds: &[Deed],
    owner: Option<Owner>,
    units: &store::access::UnitTree,
) -> SubjectPage<'a> {
    let (catalogue, lang, record) = (app.catalogue(), page.lang, &found.record);
    let on = page.as_of.unwrap_or(page.today);
    let every = form_urlencoded::parse(page.query.as_bytes()).any(|(name, value)| name == "years" && value == "all");
    let listed = kinds::of(record.kind);
    let disputed = found.view.disputed().count();
    let held = head::held(found);
    let with_ladder = record.kind == SubjectKind::Enterprise;
    let here = address(record.kind, record.id);
    let (edit_zh, edit_en) =
        if viewer.can(Action::Declare) { ("填报数据", "Declare") } else { ("更正数据", "Correct") };
    SubjectPage {
        id: record.id,
        list_path: listed.map_or("/register/enterprise", |listed| listed.path).to_owned(),
        list_title: listed
            .map_or_else(|| kinds::records_title(record.kind, lang), |listed| listed.title(lang))
            .to_owned(),
        owner,
        name: name(found, lang),
        code: record.code.clone(),
        badges: badges(found, disputed, lang),
        headline: head::headline(found, catalogue, units, on, lang),
        also: head::also(found, lang),
        editable: may_edit(page, viewer, found),
        edit_zh,
        edit_en,
        can_merge: page.as_of.is_none()
            && viewer.can(Action::Merge)
            && record.state == SubjectState::Active
            && listed.is_some(),
        checkup: with_ladder.then(|| page.link(&format!("/enterprises/{}/checkup", record.id))),
        state_note: state_note(page, found),
        ladder: if with_ladder { ladder::ladder(&held, catalogue, on, lang) } else { Vec::new() },
        figures: figures::figures(&found.view, catalogue, record.kind, lang, every),
        disputed,
        disputed_badge: Badge::late(disputed_words(disputed, lang)).with_icon("arrows-diff"),
        conflicts_address: format!("/conflicts?subject={}", record.id),
        every_year: page.link(&format!("{here}?years=all#figures")),
        cards: facts::cards(&found.view, catalogue, record.kind, lang),
        personal_note: personal_note(found, lang),
        records: records::sets(found, catalogue, on, lang, |kind, id| page.link(&address(kind, id))),
        timeline: history::timeline(found, deeds, catalogue, page.as_of_moment(), lang, viewer),
        sources: history::sources(found, page.as_of_moment(), lang, viewer),
        address: here,
        page,
    }
}

/// A subject's name; what it is called until somebody names it.
fn name(found: &SubjectView, lang: Lang) -> String {
    let record = &found.record;
    if record.kind == SubjectKind::Title
        && let Some((key, shown)) = found.view.latest("qualification_code")
        && let Some(field) = kernel::Catalogue::builtin().field(&key.field)
    {
        return crate::register::words::value(field, &shown.value, lang);
    }
    if record.name.is_empty() {
        format!("{}（{}）", lang.pick("未命名", "Unnamed"), lang.pick(record.kind.zh(), record.kind.en()))
    } else {
        record.name.clone()
    }
}

fn badges(found: &SubjectView, disputed: usize, lang: Lang) -> Vec<Badge> {
    let mut badges = Vec::new();
    if found.record.state == SubjectState::Candidate {
        badges.push(Badge::warn(lang.pick("待确认候选", "Candidate")));
    }
    if disputed > 0 && found.record.kind.is_record() {
        badges.push(Badge::late(disputed_words(disputed, lang)).with_icon("arrows-diff"));
    }
    badges
}

/// `2 处来源不一`.
pub fn disputed_words(count: usize, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{count} 处来源不一"),
        Lang::En => format!("{count} disputed"),
    }
}

type Note = Option<(String, Option<(String, String)>)>;

fn state_note(page: &Page, found: &SubjectView) -> Note {
    if found.record.state != SubjectState::Candidate {
        return None;
    }
    let text = page.t(
        "这是一条没有信用代码、名称也没有唯一匹配的导入记录，尚未列入台账，等待人工确认。",
        "This row came without a credit code and its name matched no one subject. It is not listed until a person says who it is.",
    );
    let way = page.can(Action::Merge).then(|| ("/duplicates".to_owned(), page.t("去确认", "Decide").to_owned()));
    Some((text.to_owned(), way))
}

fn personal_note(found: &SubjectView, lang: Lang) -> Option<String> {
    let count = found.withheld;
    (count > 0).then(|| match lang {
        Lang::Zh => format!("有 {count} 项个人信息（联系人、电话等）按您的角色不予显示。工作需要时请联系安全管理员。"),
        Lang::En => format!("Personal data (contacts, phones …) are not shown to your role: {count} here. If your work needs them, ask a security administrator."),
    })
}

/// Whether the viewer may change something about this subject, today.
fn may_edit(page: &Page, viewer: &Viewer, found: &SubjectView) -> bool {
    let correct = viewer.can(Action::Correct);
    let declare = viewer.can(Action::Declare)
        && kernel::Catalogue::builtin().fields_of(found.record.kind).any(|field| field.changer == Changer::Enterprise);
    page.as_of.is_none() && (correct || declare)
}
