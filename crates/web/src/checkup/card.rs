//! `/enterprises/{id}/card`: the service card (服务明白卡), one sheet of A4 for the enterprise, and the
//! log of which version went to whom.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use checkup::{CheckUp, Nearness};
use jiff::civil::Date;
use kernel::Lang;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::NewCard;
use store::access::Action;

use super::found::{self, Found};
use super::words;
use crate::frame::notice::Notice;
use crate::register::subject::address;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// The longest name of a recipient, in characters.
const LONGEST_RECIPIENT: usize = 60;

/// How many cards handed out a page lists.
const MOST_GIVEN: u64 = 50;

/// One policy on the card.
struct Row {
    title: String,
    badges: Vec<Badge>,
    lines: Vec<String>,
}

/// A card that was handed out.
struct Given {
    when: String,
    by: String,
    recipient: String,
    on: String,
    number: String,
    same: bool,
}

#[derive(Template)]
#[template(path = "checkup/card.html")]
struct CardPage<'a> {
    page: &'a Page,
    name: String,
    code: String,
    subject: String,
    overview: String,
    here: String,
    on: Date,
    unit: String,
    rows: Vec<Row>,
    rest: Vec<(String, String)>,
    versions: String,
    number: String,
    may_give: bool,
    recipient: String,
    fault: String,
    given: Vec<Given>,
}

/// To whom a card goes, and the card that was seen.
#[derive(Deserialize)]
pub struct Giving {
    recipient: String,
    number: String,
}

/// Shows the card.
///
/// # Errors
/// No such enterprise within the viewer's rows; a day that is none; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let found = found::find(&app, &page, page.viewer()?, &id).await?;
    draw(&app, &page, &found, StatusCode::OK, String::new(), String::new()).await
}

/// Writes down that the card was handed to somebody. A card whose content has changed since it was
/// shown is shown again instead: what is written down is what was in the hand.
///
/// # Errors
/// As [`show`], and where the page shows a day of the past.
pub async fn give(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(giving): Form<Giving>,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let found = found::find(&app, &page, viewer, &id).await?;
    page.must_be_today()?;
    let checked = found.desk(&app).check_up(&found.enterprise);
    let hash = hash(&checked);
    let recipient: String = giving.recipient.trim().chars().filter(|sign| !sign.is_control()).collect();
    let fault = if recipient.is_empty() {
        page.t("请写明交给谁：单位、部门或岗位。", "Say to whom it goes: an office, a department or a post.")
    } else if recipient.chars().count() > LONGEST_RECIPIENT {
        page.t("接收方最多 60 个字，请写短一些。", "At most 60 characters; write it shorter.")
    } else if giving.number != number(&hash) {
        page.t(
            "数据刚刚变了，卡片内容已更新。请看过新的卡片、重新打印后再登记。",
            "The data have changed and so has the card. Look at it, print it again, then write it down.",
        )
    } else {
        let versions = checked.iter().map(|one| one.version.clone()).collect();
        let card = NewCard { enterprise: found.subject.record.id, recipient, on: found.on, hash, versions };
        app.store().record_card(&viewer.name, &card).await?;
        let notice = Notice::done(page.lang, "已登记卡片的去向。", "It was written down to whom the card went.");
        return Ok(page.go_saying(&address_of(&page, &found), notice));
    };
    draw(&app, &page, &found, StatusCode::UNPROCESSABLE_ENTITY, recipient, fault.to_owned()).await
}

/// The address of the card on the same days.
pub(super) fn address_of(page: &Page, found: &Found) -> String {
    found.address(page, "").replacen("/checkup", "/card", 1)
}

async fn draw(
    app: &App,
    page: &Page,
    found: &Found,
    status: StatusCode,
    recipient: String,
    fault: String,
) -> Result<Response, WebError> {
    let lang = page.lang;
    let mut checked = found.desk(app).check_up(&found.enterprise);
    let number = number(&hash(&checked));
    let versions = checked.iter().map(|one| one.version.as_str()).collect::<Vec<_>>().join("、");
    let id = found.subject.record.id;
    let given = app.store().cards_given(id, MOST_GIVEN).await?;
    let units = app.store().units().await?;
    checked.sort_by_key(|one| (one.is_local(), one.nearness()));
    let (rest, told): (Vec<&CheckUp>, Vec<&CheckUp>) =
        checked.iter().partition(|one| one.nearness() == Nearness::Far || one.is_local());
    let template = CardPage {
        name: found.enterprise.name.clone(),
        code: found.enterprise.code.clone(),
        subject: page.link(&address(kernel::SubjectKind::Enterprise, id)),
        overview: found.address(page, ""),
        here: address_of(page, found),
        on: found.on,
        unit: found.subject.record.unit.and_then(|unit| units.get(unit)).map(|it| it.name.clone()).unwrap_or_default(),
        rows: told.into_iter().map(|one| row(one, lang)).collect(),
        rest: rest.into_iter().map(|one| short(one, lang)).collect(),
        may_give: page.as_of.is_none() && page.can(Action::Correct),
        given: given
            .into_iter()
            .map(|card| Given {
                when: page.minute(&card.at),
                by: page.person(&card.by),
                recipient: card.recipient,
                on: card.on,
                same: self::number(&card.hash) == number,
                number: self::number(&card.hash),
            })
            .collect(),
        versions,
        number,
        recipient,
        fault,
        page,
    };
    page.show_with(status, template)
}

fn row(one: &CheckUp, lang: Lang) -> Row {
    let mut badges = vec![words::verdict(one.verdict, lang)];
    badges.extend(words::marks(one, lang));
    let grants: Vec<&str> = one.grants.iter().map(|(text, _)| text.as_str()).collect();
    let lines = [
        one.lack(lang),
        one.plan.as_ref().map(|plan| words::plan(plan, one.on, lang)).unwrap_or_default(),
        if grants.is_empty() {
            String::new()
        } else {
            format!("{}{}", lang.pick("可享受：", "It brings: "), grants.join(lang.pick("；", "; ")))
        },
        one.window.map(|window| words::window(window, one.on, lang)).unwrap_or_default(),
    ];
    Row { title: one.title.clone(), badges, lines: lines.into_iter().filter(|line| !line.is_empty()).collect() }
}

/// A policy that is far off, or of another place, in one line.
fn short(one: &CheckUp, lang: Lang) -> (String, String) {
    let word = lang.pick(one.verdict.zh(), one.verdict.en());
    let title = match one.is_local() {
        true => format!("{}（{}）", one.title, one.level),
        false => one.title.clone(),
    };
    (title, word.to_owned())
}

/// The hash of what the card says: every verdict with its versions, day and figures.
fn hash(checked: &[CheckUp]) -> String {
    let mut sum = Sha256::new();
    for one in checked {
        sum.update(one.to_json_line());
        sum.update("\n");
    }
    hex::encode(sum.finalize())
}

/// The number printed on the card: the first twelve signs of its hash.
fn number(hash: &str) -> String {
    hash.chars().take(12).collect()
}
