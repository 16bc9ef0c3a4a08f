//! `/cases/{kind}/{number}/colour`: a colour is set against the rule: with a reason, until a day, and always marked.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use loops::Colour;
use loops::colour::Override;
use store::access::Action;
use store::cases::{CaseRow, CaseView};

use super::ask::COLOURS;
use super::line;
use super::page as case_page;
use super::typed::until;
use super::words;
use crate::frame::day;
use crate::frame::notice::Notice;
use crate::ui::{Badge, Icon, Safe, escaped};
use crate::{App, Page, WebError};

/// How many days an override lasts where nothing else is chosen.
const USUAL: i64 = 14;

/// A colour that was set.
struct SetRow {
    colour: Option<Badge>,
    reason: String,
    by: String,
    from: String,
    until: String,
    holds: bool,
}

#[derive(Template)]
#[template(path = "cases/colour.html")]
struct ColourPage<'a> {
    page: &'a Page,
    address: String,
    number: String,
    title: String,
    shown: Option<Badge>,
    rule: Option<Badge>,
    why: String,
    set: Vec<SetRow>,
    colours: Vec<(&'static str, &'static str)>,
    ended: bool,
    typed: Typed,
    refused: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Typed {
    #[serde(default)]
    colour: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

/// Shows the rule's colour, what persons set, and the form to set another.
///
/// # Errors
/// There is no such case within the person's rows; what the store reports.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((kind, number)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let found = case_page::find(&app, &page, &kind, &number).await?;
    let usual = page.today.saturating_add(USUAL.days()).to_string();
    let drawn = draw(&app, &page, &found, Typed { until: usual, ..Typed::default() }, None).await?;
    page.show(drawn)
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    found: &CaseView,
    typed: Typed,
    refused: Option<String>,
) -> Result<ColourPage<'a>, WebError> {
    let row = &found.row;
    let set = app.store().colours_set(page.viewer()?, row.id).await?;
    let names = app.store().names_of(set.iter().map(|one| one.by.as_str())).await?;
    let set_row = |one: &Override| SetRow {
        colour: line::colour(one.colour.key(), page.lang).0,
        reason: one.reason.clone(),
        by: names.get(&one.by).filter(|name| !name.is_empty()).unwrap_or(&one.by).clone(),
        from: day::minute(one.from),
        until: one.until.to_string(),
        holds: one.holds(page.now),
    };
    let grey = Colour::Grey.key();
    Ok(ColourPage {
        address: words::address(row.kind.key, &row.number),
        number: row.number.clone(),
        title: case_page::title(page, row),
        shown: line::colour(&row.colour, page.lang).0,
        rule: line::colour(&row.computed, page.lang).0,
        why: app.colours().why(&found.case, page.now, app.store().timing().calendar(), page.lang),
        set: set.iter().map(set_row).collect(),
        colours: COLOURS.iter().filter(|(key, ..)| *key != grey).map(|(key, zh, en)| (*key, page.t(zh, en))).collect(),
        ended: row.is_ended(),
        typed,
        refused,
        page,
    })
}

/// Sets a colour.
///
/// # Errors
/// There is no such case within the person's rows; what the store reports.
pub async fn set(
    State(app): State<App>,
    page: Page,
    Path((kind, number)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let found = case_page::find(&app, &page, &kind, &number).await?;
    let set = async {
        let colour = Colour::from_key(&typed.colour)
            .ok_or_else(|| WebError::invalid("请选择颜色。", "Choose a colour of the list."))?;
        let until = until(&typed.until, page.today)?;
        let reason: String = typed.reason.trim().chars().take(500).collect();
        Ok::<_, WebError>(app.store().set_case_colour(page.viewer()?, found.row.id, colour, &reason, until).await?)
    };
    match set.await {
        Ok(row) => {
            let notice = Notice::done(page.lang, "颜色已改定，期满自动恢复。", "The colour is set; it ends by itself.");
            Ok(page.go_saying(&words::address(row.kind.key, &row.number), notice))
        }
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(&app, &page, &found, typed, Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
        Err(error) => Err(error),
    }
}

/// Whether a person set the colour that a case shows.
pub fn is_set(row: &CaseRow) -> bool {
    !row.is_ended() && row.colour != row.computed
}

/// The mark of a colour that a person set, with what the rule says; `None` where the rule's is shown.
pub fn mark(page: &Page, row: &CaseRow) -> Option<Badge> {
    let rule = Colour::from_key(&row.computed).map_or("—", |colour| colour.label(page.lang));
    is_set(row).then(|| {
        let said = match page.lang {
            kernel::Lang::Zh => format!("人工改定，规则为{rule}"),
            kernel::Lang::En => format!("set by a person; the rule says {rule}"),
        };
        Badge::warn(said).with_icon("pencil")
    })
}

/// The way to the page on which a colour is set, for whoever may.
pub fn way(page: &Page, row: &CaseRow) -> Option<Safe> {
    let may = page.can(Action::ManageLoops) && !row.is_ended();
    may.then(|| {
        let address = format!("{}/colour", words::address(row.kind.key, &row.number));
        Safe(format!(
            "<a class=\"no-print\" href=\"{}\">{}{}</a>",
            escaped(&address),
            Icon("pencil"),
            page.t("改定颜色", "Set another colour")
        ))
    })
}
