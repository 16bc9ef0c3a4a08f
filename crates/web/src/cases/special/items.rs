//! `/approvals/items`: the items of 一件事一次办: one form, one set of papers, parts to several departments.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use loops::items::{Item, KEY};
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
}

impl Written {
    fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().replace("\r\n", "\n")).unwrap_or_default();
        let mut parts: Vec<String> =
            fields.keys().filter_map(|name| name.strip_prefix("assist.")).map(str::to_owned).collect();
        parts.sort_unstable();
        Self { name: field("name"), papers: field("papers"), lead: field("lead"), parts }
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
        Ok(Item { key, name: self.name.clone(), papers, lead: self.lead.clone(), parts, ended: false })
    }
}

struct Row {
    item: Item,
    lead: String,
    parts: String,
}

#[derive(Template)]
#[template(path = "cases/items.html")]
struct ItemsPage<'a> {
    page: &'a Page,
    tabs: Tabs<'a>,
    rows: Vec<Row>,
    units: Vec<UnitChoice>,
    version: i64,
    written: Written,
    refused: Option<String>,
}

impl ItemsPage<'_> {
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
        parts: item.parts.iter().map(|unit| names.unit_text(unit)).collect::<Vec<_>>().join(page.t("、", ", ")),
        item,
    };
    Ok(ItemsPage {
        tabs: Tabs::of(page, &LOOKS[4], "items"),
        rows: items.into_iter().rev().map(row).collect(),
        units: unit_choices(&names.units),
        version,
        written,
        refused,
        page,
    })
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
