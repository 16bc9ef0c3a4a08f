//! `/approvals/items`: the items of 一件事一次办: one form, one set of papers, parts to several departments.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Catalogue, Lang, SubjectKind};
use loops::items::{Ask, Item, KEY, Question, may_be_asked};
use store::access::{UnitId, UnitTree};

use crate::cases::line::Names;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::tabs::Tabs;
use crate::cases::words::LOOKS;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// The most items, papers of one and characters of a name.
const MOST: usize = 300;
const PAPERS: usize = 40;
const LONGEST: usize = 80;
/// How many lines of a form the page takes.
const LINES: usize = 10;

/// The items of the zone, and which version of the list.
///
/// # Errors
/// What the store reports.
pub async fn known(app: &App) -> Result<(Vec<Item>, i64), WebError> {
    let Some(setting) = app.store().loop_setting(KEY).await? else { return Ok((Vec::new(), 0)) };
    Ok((serde_json::from_str(&setting.text).map_err(WebError::broken)?, setting.version))
}

/// The item with this key that can be applied for.
///
/// # Errors
/// What the store reports.
pub async fn open(app: &App, key: &str) -> Result<Option<Item>, WebError> {
    Ok(known(app).await?.0.into_iter().find(|item| item.key == key && !item.ended))
}

/// An item as it was typed.
#[derive(Debug, Clone, Default)]
struct Written {
    name: String,
    papers: String,
    lead: String,
    parts: Vec<String>,
    /// The lines of the form, as many as the page has.
    lines: Vec<Line>,
}

/// A question of the form as it was typed.
#[derive(Debug, Clone, Default)]
struct Line {
    label: String,
    ask: String,
    /// What a figure is counted in, or the choices with 、 between them.
    more: String,
    needed: bool,
}

impl Line {
    fn read(fields: &HashMap<String, String>, at: usize) -> Self {
        let field = |name: &str| {
            fields.get(&format!("ask.{at}.{name}")).map(|value| value.trim().to_owned()).unwrap_or_default()
        };
        Self { label: field("label"), ask: field("kind"), more: field("more"), needed: !field("needed").is_empty() }
    }

    /// The question; what is asked of the register bears the name it has there.
    fn question(&self) -> Result<Question, WebError> {
        let known = Catalogue::builtin().fields_of(SubjectKind::Enterprise).find(|field| {
            let names = [Lang::Zh, Lang::En].map(|lang| field.label(SubjectKind::Enterprise, lang) == self.label);
            may_be_asked(field) && (names.contains(&true) || field.key == self.label)
        });
        let ask = match (self.ask.as_str(), known) {
            ("register", Some(field)) => Ask::Register(field.key.clone()),
            ("register", None) => {
                return Err(WebError::invalid(
                    format!("企业档案中没有可填的指标“{}”。请从提示中选，或改作文字、数字。", self.label),
                    format!(
                        "The register has no fact “{}” that a form may ask for; choose one of those offered.",
                        self.label
                    ),
                ));
            }
            ("number", _) => Ask::Number(self.more.chars().take(10).collect()),
            ("day", _) => Ask::Day,
            ("yes_no", _) => Ask::YesNo,
            ("choice", _) => Ask::Choice(self.choices()?),
            _ => Ask::Text,
        };
        let label = match (&ask, known) {
            (Ask::Register(_), Some(field)) => field.label(SubjectKind::Enterprise, Lang::Zh).to_owned(),
            _ => self.label.clone(),
        };
        Ok(Question { label, ask, needed: self.needed })
    }

    fn choices(&self) -> Result<Vec<String>, WebError> {
        let choices: Vec<String> = self
            .more
            .split(['、', ',', '，', ';', '；'])
            .map(str::trim)
            .filter(|choice| !choice.is_empty())
            .map(str::to_owned)
            .collect();
        if (2..=20).contains(&choices.len()) {
            return Ok(choices);
        }
        Err(WebError::invalid(
            format!("“{}”是选择，请写出 2 至 20 个选项，用顿号分开。", self.label),
            format!("“{}” is a choice: write 2 to 20 choices with commas between them.", self.label),
        ))
    }
}

/// The form of an item from its lines; one without a name is none.
fn form(lines: &[Line]) -> Result<Vec<Question>, WebError> {
    let mut form: Vec<Question> = Vec::new();
    for line in lines.iter().filter(|line| !line.label.is_empty()) {
        let question = line.question()?;
        // The name stands in addresses of fields and in lines that are typed as “name: answer”.
        if question.label.contains(['：', ':', '.', '@']) || question.label.chars().count() > 40 {
            return Err(WebError::invalid(
                format!("表格栏目“{}”不能超过 40 字，也不能含冒号、点或 @。", question.label),
                format!("“{}” of the form has over 40 characters, or a colon, a point or an @.", question.label),
            ));
        }
        if form.iter().any(|known| known.label == question.label) {
            return Err(WebError::invalid(
                format!("表格里有两个“{}”，请只留一个。", question.label),
                format!("The form asks for “{}” twice; keep one.", question.label),
            ));
        }
        form.push(question);
    }
    Ok(form)
}

impl Written {
    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().replace("\r\n", "\n")).unwrap_or_default();
        let mut parts: Vec<String> =
            fields.keys().filter_map(|name| name.strip_prefix("assist.")).map(str::to_owned).collect();
        parts.sort_unstable();
        let lines = (0..LINES).map(|at| Line::read(fields, at)).collect();
        Self { name: field("name"), papers: field("papers"), lead: field("lead"), parts, lines }
    }

    fn item(&self, key: String, units: &UnitTree) -> Result<Item, WebError> {
        let mut papers: Vec<String> = Vec::new();
        for paper in self.papers.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !papers.iter().any(|known| known == paper) {
                papers.push(paper.to_owned());
            }
        }
        let too_long = |text: &str| text.chars().count() > LONGEST;
        if self.name.is_empty() || too_long(&self.name) {
            return Err(WebError::invalid("请写明事项名称，80 字以内。", "Name the item, in 80 characters."));
        }
        if papers.is_empty() || papers.len() > PAPERS || papers.iter().any(|paper| too_long(paper)) {
            return Err(WebError::invalid(
                "请列出材料，一行一件，1 至 40 件，每件 80 字以内。",
                "List the papers, one a line: 1 to 40, each in 80 characters.",
            ));
        }
        let is_open = |id: &String| {
            let unit = id.parse().ok().map(UnitId).and_then(|id| units.get(id));
            unit.is_some_and(|unit| unit.closed_at.is_none())
        };
        if !is_open(&self.lead) || !self.parts.iter().all(is_open) {
            return Err(WebError::invalid("请选择在用的主办单位和协办单位。", "Choose units that are open."));
        }
        let parts = self.parts.iter().filter(|unit| **unit != self.lead).cloned().collect();
        let form = form(&self.lines)?;
        Ok(Item { key, name: self.name.clone(), papers, lead: self.lead.clone(), parts, ended: false, form })
    }
}

struct Row {
    item: Item,
    lead: String,
    parts: String,
    /// What the form asks for.
    form: Vec<String>,
}

#[derive(Template)]
#[template(path = "cases/items.html")]
struct ItemsPage<'a> {
    page: &'a Page,
    tabs: Tabs<'a>,
    rows: Vec<Row>,
    units: Vec<UnitChoice>,
    version: i64,
    /// What of the register a form may ask for.
    fields: Vec<String>,
    written: Written,
    refused: Option<String>,
}

impl ItemsPage<'_> {
    fn kinds(&self) -> [(&'static str, &'static str); 6] {
        kinds(self.page.lang)
    }

    fn assists(&self, unit: &UnitChoice) -> bool {
        self.written.parts.contains(&unit.id)
    }
}

/// Shows the items.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, Written::default(), None).await?;
    page.show(drawn)
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    written: Written,
    refused: Option<String>,
) -> Result<ItemsPage<'a>, WebError> {
    let names = Names::of(app, &[]).await?;
    let (items, version) = known(app).await?;
    let row = |item: Item| Row {
        lead: names.unit_text(&item.lead),
        form: item.form.iter().map(|question| asked(page, question)).collect(),
        parts: item.parts.iter().map(|unit| names.unit_text(unit)).collect::<Vec<_>>().join(page.t("、", ", ")),
        item,
    };
    Ok(ItemsPage {
        tabs: Tabs::of(page, &LOOKS[4], "items"),
        rows: items.into_iter().map(row).collect(),
        units: unit_choices(&names.units),
        version,
        fields: fields(page.lang),
        written: if written.lines.is_empty() { Written::read(&HashMap::new()) } else { written },
        refused,
        page,
    })
}

/// A question as the list shows it.
fn asked(page: &Page, question: &Question) -> String {
    let catalogue = Catalogue::builtin();
    let label = match question.field(catalogue) {
        Some(field) => field.label(SubjectKind::Enterprise, page.lang).to_owned(),
        None => question.label.clone(),
    };
    let more = match &question.ask {
        Ask::Register(_) => page.t("档案", "register").to_owned(),
        Ask::Number(unit) => unit.clone(),
        Ask::Choice(choices) => choices.join("/"),
        Ask::Text | Ask::Day | Ask::YesNo => String::new(),
    };
    let must = if question.needed { page.t(" *", " *") } else { "" };
    if more.is_empty() { format!("{label}{must}") } else { format!("{label}{must} · {more}") }
}

/// The names of what of the register a form may ask for.
fn fields(lang: Lang) -> Vec<String> {
    let fields = Catalogue::builtin().fields_of(SubjectKind::Enterprise).filter(|field| may_be_asked(field));
    fields.map(|field| field.label(SubjectKind::Enterprise, lang).to_owned()).collect()
}

/// The kinds of answer, with their names.
fn kinds(lang: Lang) -> [(&'static str, &'static str); 6] {
    [
        ("text", lang.pick("文字", "words")),
        ("number", lang.pick("数字（写单位）", "a figure (with its unit)")),
        ("day", lang.pick("日期", "a day")),
        ("choice", lang.pick("选择（写选项）", "a choice (of these)")),
        ("yes_no", lang.pick("是否", "yes or no")),
        ("register", lang.pick("企业档案中的指标", "a fact of the register")),
    ]
}

/// `POST /approvals/items`: an item is added.
///
/// # Errors
/// Somebody changed the list meanwhile; what the store reports.
pub async fn add(
    State(app): State<App>,
    page: Page,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let written = Written::read(&fields);
    let (mut items, _) = known(&app).await?;
    let key = format!("I-{:03}", items.len() + 1);
    let item = written.item(key, &app.store().units().await?).and_then(|item| match items.len() {
        MOST.. => Err(WebError::invalid("事项已满 300 项。", "There are 300 items already.")),
        _ => Ok(item),
    });
    match item {
        Ok(item) => {
            items.push(item);
            decide(&app, &page, &items, &fields).await?;
            Ok(page.go_saying("/approvals/items", Notice::done(page.lang, "事项已列入。", "The item is listed.")))
        }
        Err(error) => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(&app, &page, written, Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
    }
}

/// `POST /approvals/items/end`: an item can be applied for no more; applications that run are not touched.
///
/// # Errors
/// There is no such item; somebody changed the list meanwhile; what the store reports.
pub async fn end(
    State(app): State<App>,
    page: Page,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let (mut items, _) = known(&app).await?;
    let key = fields.get("key").map(String::as_str).unwrap_or_default();
    let item = items.iter_mut().find(|item| item.key == key).ok_or_else(WebError::not_found)?;
    item.ended = true;
    decide(&app, &page, &items, &fields).await?;
    let said = match page.lang {
        Lang::Zh => "事项已停止受理，在办的不受影响。",
        Lang::En => "It can be applied for no more; what runs is not touched.",
    };
    Ok(page.go_saying("/approvals/items", Notice::said(said.to_owned())))
}

async fn decide(app: &App, page: &Page, items: &[Item], fields: &HashMap<String, String>) -> Result<(), WebError> {
    let text = serde_json::to_string(items).map_err(WebError::broken)?;
    let seen = fields.get("seen").and_then(|seen| seen.parse().ok()).unwrap_or(0);
    app.store().decide_loop_setting(page.viewer()?, KEY, &text, seen).await?;
    Ok(())
}
