//! `/cases/{kind}/new`: a case is opened.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Lang, SubjectId, SubjectKind};
use loops::items::Item;
use loops::{Given, Kind, Party};
use store::StoreError;
use store::access::Action;
use store::cases::CaseRow;

use super::special::approval::{self, Applied, NotApplied};
use super::special::{answers, items};
use super::step_form::{UnitChoice, unit_choices};
use super::words::{self, Look};
use super::{act, files, page, topics};
use crate::frame::notice::Notice;
use crate::register::kinds;
use crate::register::search;
use crate::ui::Safe;
use crate::upload::Received;
use crate::{App, Page, WebError};

/// What the form of a kind asks for.
#[derive(Debug, Clone, Copy, Default)]
struct Asks {
    kind: &'static str,
    enterprise: bool,
    enterprise_needed: bool,
    topic: bool,
    unit: bool,
    unit_needed: bool,
    until: bool,
    until_needed: bool,
    text_needed: bool,
}

impl Asks {
    fn of(kind: &Kind) -> Self {
        let none = Asks { kind: kind.key, ..Asks::default() };
        match kind.key {
            "matter" => Asks { enterprise: true, topic: true, text_needed: true, ..none },
            "visit" => Asks { enterprise: true, topic: true, until: true, ..none },
            "duty_report" => Asks { unit: true, unit_needed: true, ..none },
            "task" => {
                Asks { unit: true, unit_needed: true, until: true, until_needed: true, text_needed: true, ..none }
            }
            "approval" => Asks { enterprise: true, enterprise_needed: true, topic: true, text_needed: true, ..none },
            "inspection" => {
                Asks { enterprise: true, enterprise_needed: true, topic: true, unit: true, until: true, ..none }
            }
            "assistance" => Asks { topic: true, text_needed: true, ..none },
            _ => Asks { text_needed: true, ..none },
        }
    }

    fn title(&self, lang: Lang) -> &'static str {
        match self.kind {
            "matter" => lang.pick("一句话说明问题", "The problem in one line"),
            "visit" => lang.pick("为什么走访", "What the visit is for"),
            "duty_report" => lang.pick("报送事项", "What is to be reported"),
            "task" => lang.pick("任务", "The task"),
            "approval" => lang.pick("申请事项", "What is applied for"),
            "document" => lang.pick("文件标题", "Title of the document"),
            "inspection" => lang.pick("检查事项", "What is inspected"),
            _ => lang.pick("一句话说明情况", "What it is, in one line"),
        }
    }

    fn text(&self, lang: Lang) -> &'static str {
        match self.kind {
            "matter" => lang.pick("具体情况和希望怎样解决", "What happened, and what would solve it"),
            "task" => lang.pick("目标和要求", "The goal, and what is asked for"),
            "document" => lang.pick("来文单位、文号和要求", "From whom, its number, and what it asks for"),
            "approval" => lang.pick("申请内容和已交材料", "What is applied for, and the papers handed in"),
            _ => lang.pick("具体情况", "More about it"),
        }
    }

    fn unit_label(&self, lang: Lang) -> &'static str {
        match self.kind {
            "duty_report" => lang.pick("由哪个单位报送", "Which unit reports"),
            "inspection" => lang.pick("检查单位", "Which unit inspects"),
            _ => lang.pick("主办单位", "Lead unit"),
        }
    }
}

/// What was typed into the form.
#[derive(Debug, Clone, Default)]
struct Typed {
    enterprise: String,
    title: String,
    topic: String,
    place: String,
    unit: String,
    until: String,
    text: String,
    parent: String,
    subject: String,
    person: String,
    /// The item of an approval, with its papers and the answers of its form.
    applied: Applied,
}

impl Typed {
    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        Self {
            enterprise: field("enterprise"),
            title: field("title"),
            topic: field("topic"),
            place: field("place"),
            unit: field("unit"),
            until: field("until"),
            text: field("text").replace("\r\n", "\n"),
            parent: field("parent"),
            subject: field("subject"),
            person: field("person"),
            applied: Applied {
                item: field("item"),
                papers: fields.keys().filter_map(|name| name.strip_prefix("paper.")).map(str::to_owned).collect(),
                answers: answers::typed(fields),
                incomplete: !field("incomplete").is_empty(),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "cases/begin.html")]
struct BeginPage<'a> {
    page: &'a Page,
    look: &'static Look,
    asks: Asks,
    typed: Typed,
    /// The enterprise that stands already: id and name.
    own: Option<(String, String)>,
    candidates: Vec<(String, String, bool)>,
    topics: Vec<(&'static str, &'static str)>,
    units: Vec<UnitChoice>,
    /// The items that can be applied for in one go: key and name.
    items: Vec<(String, String)>,
    /// The one that was chosen.
    item: Option<Item>,
    /// What is promised for it, beside the legal time.
    promise: Option<String>,
    /// Its form.
    answers: Option<Safe>,
    /// The case it comes out of: id, address, words.
    parent: Option<(String, String, String)>,
    refused: Option<String>,
}

/// Whether a case of a kind is opened with a day by which it is to be done; the days of the others follow from
/// their clocks, which nobody who asks may set.
pub fn takes_until(kind: &Kind) -> bool {
    Asks::of(kind).until
}

/// Whether a button to open a case of a kind is shown; the store decides in the end. An enterprise opens
/// what the one who asks may open.
pub(super) fn may_open(page: &Page, kind: &Kind) -> bool {
    page.can(Action::OpenCases) && (!page.is_of_enterprise() || kind.opened_by.contains(&Party::Asker))
}

/// Shows the form.
///
/// # Errors
/// An unknown kind; a parent or an enterprise outside the person's rows; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    if !may_open(&page, kind) {
        return Err(WebError::not_allowed());
    }
    let fields: HashMap<String, String> = form_urlencoded::parse(page.query.as_bytes()).into_owned().collect();
    let form = form(&app, &page, (kind, look), Typed::read(&fields), Said::default()).await?;
    page.show(form)
}

/// What the form says of what was sent.
#[derive(Default)]
struct Said {
    /// The enterprises that may be meant.
    candidates: Vec<(String, String, bool)>,
    /// Why it was refused.
    refused: Option<String>,
    /// What is wrong with the answers.
    faults: answers::Faults,
}

async fn form<'a>(
    app: &App,
    page: &'a Page,
    (kind, look): (&'static Kind, &'static Look),
    typed: Typed,
    Said { candidates, refused, faults }: Said,
) -> Result<BeginPage<'a>, WebError> {
    let viewer = page.viewer()?;
    let listed = if kind.key == "approval" { items::known(app).await?.0 } else { Vec::new() };
    let listed: Vec<Item> = listed.into_iter().filter(|item| !item.ended).collect();
    let item = listed.iter().find(|item| item.key == typed.applied.item).cloned();
    let mut typed = typed;
    if let Some(item) = item.as_ref().filter(|_| typed.title.is_empty()) {
        typed.title.clone_from(&item.name);
    }
    let subject = match viewer.enterprise {
        Some(own) => Some(own),
        None if candidates.is_empty() => typed.subject.parse().ok().map(SubjectId),
        None => None,
    };
    let own = match subject {
        Some(id) => {
            app.store().subject(id, &viewer.scope, false, None).await?.map(|found| (id.to_string(), found.record.name))
        }
        None => None,
    };
    let answers = match &item {
        Some(item) => {
            let enterprise = answers::enterprise(app, page, item, subject).await?;
            let applied = &typed.applied;
            answers::part(page, item, enterprise.as_ref(), &applied.answers, &faults, applied.incomplete)?
        }
        None => None,
    };
    let parent = match typed.parent.parse() {
        Ok(id) => app.store().case(viewer, id).await?.map(|found| {
            let row = &found.row;
            (
                id.to_string(),
                words::address(row.kind.key, &row.number),
                format!("{} {}", row.number, page::title(page, row)),
            )
        }),
        Err(_) => None,
    };
    Ok(BeginPage {
        asks: Asks::of(kind),
        topics: topics::of(kind.key).iter().map(|topic| (topic.key, topic.label(page.lang))).collect(),
        units: unit_choices(&app.store().units().await?),
        items: listed.into_iter().map(|item| (item.key, item.name)).collect(),
        promise: item.as_ref().and_then(|item| item.promise().ok().flatten()).map(|promise| promise.label(page.lang)),
        item,
        answers,
        look,
        typed,
        own,
        candidates,
        parent,
        refused,
        page,
    })
}

/// Opens a case. What is refused is said on the form, with what was typed.
///
/// # Errors
/// An unknown kind; a forged form; what the store reports.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path(kind): Path<String>,
    mut received: Received,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    let mut typed = Typed::read(&received.fields);
    let files = received.take_files();
    let (said, error) = match enterprise(&app, &page, &typed).await? {
        // Asked for before the form is sent: what the register knows of the enterprise comes into the form.
        Found::One(Some(subject)) if !received.field("look").is_empty() => {
            typed.subject = subject.to_string();
            let known = std::mem::take(&mut typed.applied.answers);
            typed.applied.answers = known.into_iter().filter(|(_, answer)| !answer.is_empty()).collect();
            return page.show(form(&app, &page, (kind, look), typed, Said::default()).await?);
        }
        Found::One(subject) => match open(&app, &page, kind, &typed, subject, files).await {
            Ok(row) => {
                let said = match page.lang {
                    Lang::Zh => format!("已提交，编号 {}。", row.number),
                    Lang::En => format!("Sent; its number is {}.", row.number),
                };
                return Ok(page.go_saying(&words::address(kind.key, &row.number), Notice::said(said)));
            }
            Err(NotApplied::Form(faults)) => {
                let error = answers::refusal(&faults);
                (Said { faults, ..Said::default() }, error)
            }
            Err(NotApplied::Other(error)) => (Said::default(), error),
        },
        Found::Several(candidates) => (
            Said { candidates, ..Said::default() },
            WebError::invalid("有几家企业相符，请选定是哪一家。", "Several enterprises match; say which one it is."),
        ),
        Found::None => (
            Said::default(),
            WebError::invalid(
                format!("在您的范围内没有找到企业“{}”。请核对名称或统一社会信用代码。", typed.enterprise),
                format!("There is no enterprise “{}” within your rows; check the name or the code.", typed.enterprise),
            ),
        ),
    };
    if !matches!(error.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) {
        return Err(error);
    }
    let said = Said { refused: Some(error.say(page.lang).to_owned()), ..said };
    let form = form(&app, &page, (kind, look), typed, said).await?;
    page.show_with(error.status, form)
}

/// Which enterprise a form means.
enum Found {
    One(Option<SubjectId>),
    Several(Vec<(String, String, bool)>),
    None,
}

async fn enterprise(app: &App, page: &Page, typed: &Typed) -> Result<Found, WebError> {
    if let Ok(chosen) = typed.subject.parse() {
        return Ok(Found::One(Some(SubjectId(chosen))));
    }
    if typed.enterprise.is_empty() {
        return Ok(Found::One(None));
    }
    let listed = kinds::listed(SubjectKind::Enterprise.key()).ok_or_else(WebError::not_found)?;
    let found = search::hits(app, page.viewer()?, listed, &typed.enterprise).await?;
    let exact = found.rows.iter().find(|row| row.name == typed.enterprise);
    Ok(match (exact, found.rows.as_slice()) {
        (Some(row), _) => Found::One(Some(row.id)),
        (None, []) => Found::None,
        (None, [row]) => Found::One(Some(row.id)),
        (None, rows) => {
            Found::Several(rows.iter().take(10).map(|row| (row.id.to_string(), row.name.clone(), false)).collect())
        }
    })
}

async fn open(
    app: &App,
    page: &Page,
    kind: &'static Kind,
    typed: &Typed,
    subject: Option<SubjectId>,
    files: Vec<crate::upload::SentFile>,
) -> Result<CaseRow, NotApplied> {
    // Of the visits only a firm's needs the firm; a park is visited, and talks are held, without one.
    let is_firms = kind.key == "visit" && matches!(typed.topic.as_str(), "" | topics::FIRM_VISIT);
    let needed = Asks::of(kind).enterprise_needed || is_firms;
    if needed && subject.is_none() && !page.is_of_enterprise() {
        return Err(WebError::invalid("请填写是哪一家企业。", "Say which enterprise it is about.").into());
    }
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let until = match typed.until.as_str() {
        "" => None,
        text => Some(super::typed::until(text, page.today)?),
    };
    let (form, promise) = match (kind.key, typed.applied.item.as_str()) {
        ("approval", item) if !item.is_empty() => approval::applied(app, page, &typed.applied, subject).await?,
        _ => (BTreeMap::new(), None),
    };
    let given = Given {
        text: some(&typed.text),
        title: some(&typed.title),
        topic: some(&typed.topic),
        place: some(&typed.place),
        unit: some(&typed.unit),
        parent: some(&typed.parent),
        person: some(&typed.person),
        subject: subject.map(|subject| subject.to_string()),
        until,
        form,
        promise,
        proofs: files::keep(app, page, files).await?,
        ..Given::default()
    };
    Ok(open_as_asked(app, page, kind, given).await?)
}

/// Opens a case as the store lets this person; a title that is missing gets the kind's usual one.
///
/// # Errors
/// What stands against it, in the person's words; what the store reports.
pub async fn open_as_asked(app: &App, page: &Page, kind: &'static Kind, given: Given) -> Result<CaseRow, WebError> {
    let opened = app.store().open_case(page.viewer()?, kind, given).await;
    opened.map_err(|error| match error {
        // The case it comes out of, or the enterprise, lies outside the person's rows.
        StoreError::NotFound => WebError::invalid(
            "所选的企业或事项不在您的范围内，没有提交。请重新选择。",
            "The enterprise or case chosen lies outside your rows; nothing was sent. Choose again.",
        ),
        error => act::said(error),
    })
}
