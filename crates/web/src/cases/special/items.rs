//! `/approvals/items`: the items of 一件事一次办: one form, one set of papers, parts to several departments.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Catalogue, Lang, SubjectKind};
use loops::items::{Ask, Item, KEY, Question, may_be_asked};
use loops::promise::{self, Speed};

use super::item_form::Written;
use crate::cases::decided;
use crate::cases::line::Names;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::tabs::Tabs;
use crate::cases::words::LOOKS;
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// The most items.
const MOST: usize = 300;

/// The items of the zone, and which version of the list.
///
/// # Errors
/// What the store reports.
pub async fn known(app: &App) -> Result<(Vec<Item>, i64), WebError> {
    Ok(decided::known(app.store(), KEY).await?.unwrap_or_default())
}

/// The item with this key that can be applied for.
///
/// # Errors
/// What the store reports.
pub async fn open(app: &App, key: &str) -> Result<Option<Item>, WebError> {
    Ok(known(app).await?.0.into_iter().find(|item| item.key == key && !item.ended))
}

struct Row {
    item: Item,
    lead: String,
    parts: String,
    /// What is promised.
    promise: String,
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

    /// The classes of speed: key, name, and the longest time of each.
    fn speeds(&self) -> [(&'static str, String); Speed::ALL.len()] {
        let lang = self.page.lang;
        Speed::ALL.map(|speed| {
            let longest = speed.longest().map(|clock| match (speed, lang) {
                (Speed::SameDay | Speed::TwentyFourHours, _) => String::new(),
                (_, Lang::Zh) => format!("（{}内）", clock.label(lang)),
                (_, Lang::En) => format!(" (within {})", clock.label(lang)),
            });
            (speed.key(), format!("{}{}", speed.label(lang), longest.unwrap_or_default()))
        })
    }

    /// The legal time, in words.
    fn legal(&self) -> String {
        promise::legal().label(self.page.lang)
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
        promise: match item.promise().ok().flatten() {
            Some(promise) => promise.label(page.lang),
            None => format!("{}{}", page.t("法定 ", "the legal "), promise::legal().label(page.lang)),
        },
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
    let seen = fields.get("seen").and_then(|seen| seen.parse().ok()).unwrap_or(0);
    decided::decide(app, page, KEY, items, seen).await
}
