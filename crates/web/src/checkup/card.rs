//! `/enterprises/{id}/card`: the service card (服务明白卡), one sheet of A4 for the enterprise, and the
//! log of which version went to whom.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use checkup::{Bearer, Card, Item, Named};
use kernel::statement::Place;
use kernel::{FactKey, Lang};
use serde::Deserialize;
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
    item: Item,
    badges: Vec<Badge>,
}

/// A card that was handed out.
struct Given {
    when: String,
    by: String,
    recipient: String,
    printed: bool,
    on: String,
    number: String,
    same: bool,
}

#[derive(Template)]
#[template(path = "checkup/card.html")]
struct CardPage<'a> {
    page: &'a Page,
    bearer: Bearer,
    subject: String,
    overview: String,
    here: String,
    pdf: String,
    on: String,
    rows: Vec<Row>,
    rest: Vec<Named>,
    sources: Vec<checkup::Noted>,
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
    let card = make(&app, &page, &found).await?;
    let recipient: String = giving.recipient.trim().chars().filter(|sign| !sign.is_control()).collect();
    let fault = if recipient.is_empty() {
        page.t("请写明交给谁：单位、部门或岗位。", "Say to whom it goes: an office, a department or a post.")
    } else if recipient.chars().count() > LONGEST_RECIPIENT {
        page.t("接收方最多 60 个字，请写短一些。", "At most 60 characters; write it shorter.")
    } else if giving.number != card.number {
        page.t(
            "数据刚刚变了，卡片内容已更新。请看过新的卡片、重新打印后再登记。",
            "The data have changed and so has the card. Look at it, print it again, then write it down.",
        )
    } else {
        app.store().record_card(&viewer.name, &new_card(&found, card, recipient)).await?;
        let notice = Notice::done(page.lang, "已登记卡片的去向。", "It was written down to whom the card went.");
        return Ok(page.go_saying(&address_of(&page, &found), notice));
    };
    draw(&app, &page, &found, StatusCode::UNPROCESSABLE_ENTITY, recipient, fault.to_owned()).await
}

/// The card as a PDF on A4. That it was made is written down, with its versions.
///
/// # Errors
/// As [`show`]; the server has no Chinese font.
pub async fn pdf(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let found = found::find(&app, &page, viewer, &id).await?;
    let card = make(&app, &page, &found).await?;
    let bytes = app.press().pdf(card.clone()).await?;
    let plain = format!("card-{}-{}.pdf", card.number, card.on);
    let named = format!("{}-{}-{}.pdf", page.t("政策服务明白卡", "service-card"), card.bearer.name, card.on);
    app.store().record_card_printed(&viewer.name, &new_card(&found, card, String::new())).await?;
    let encoded: String = form_urlencoded::byte_serialize(named.as_bytes()).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    let mut response = Body::from(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(WebError::broken)?);
    Ok(response)
}

fn new_card(found: &Found, card: Card, recipient: String) -> NewCard {
    let Card { hash, versions, .. } = card;
    NewCard { enterprise: found.subject.record.id, recipient, on: found.on, hash, versions }
}

/// The card of an enterprise as it is today, as one that goes to an office or a post.
///
/// # Errors
/// No such enterprise within the viewer's rows; too long a name of the recipient; what the store reports.
pub(crate) async fn as_of_today(
    app: &App,
    page: &Page,
    enterprise: kernel::SubjectId,
    recipient: &str,
) -> Result<NewCard, WebError> {
    let recipient: String = recipient.trim().chars().filter(|sign| !sign.is_control()).collect();
    if recipient.chars().count() > LONGEST_RECIPIENT {
        return Err(WebError::invalid(
            "明白卡的接收方最多 60 个字，请写部门或岗位。",
            "The recipient of the card has at most 60 characters: an office or a post.",
        ));
    }
    let found = found::find(app, page, page.viewer()?, &enterprise.to_string()).await?;
    let card = make(app, page, &found).await?;
    Ok(new_card(&found, card, recipient))
}

/// The card of an enterprise in the reader's language.
async fn make(app: &App, page: &Page, found: &Found) -> Result<Card, WebError> {
    let units = app.store().units().await?;
    let unit = found.subject.record.unit.and_then(|unit| units.get(unit));
    let officer = match found.subject.view.value(&FactKey::timeless("service_officer")) {
        Some(kernel::Value::Text(name)) => name.clone(),
        _ => String::new(),
    };
    let bearer = Bearer {
        name: found.enterprise.name.clone(),
        code: found.enterprise.code.clone(),
        zone: page.zone.clone(),
        unit: unit.map(|it| it.name.clone()).unwrap_or_default(),
        officer,
        sample: page.sample,
    };
    let checked = found.desk(&app.library()).check_up(&found.enterprise);
    Ok(Card::of(bearer, &checked, found.on, page.lang, |fact| source(found, fact, page.lang)))
}

/// Where a fact of the register stands: who said it, in which sheet, in which row.
fn source(found: &Found, fact: &FactKey, lang: Lang) -> Option<String> {
    let shown = found.subject.view.facts.get(fact)?;
    let statement = found.subject.statements.get(&shown.seq)?;
    let source = found.subject.sources.get(&statement.source)?;
    let row = match (&statement.place, lang) {
        (Place::Row { row, .. }, Lang::Zh) => format!(" 第 {row} 行"),
        (Place::Row { row, .. }, Lang::En) => format!(", row {row}"),
        _ => String::new(),
    };
    Some(match lang {
        Lang::Zh => format!("{}《{}》{row}", source.origin, source.title),
        Lang::En => format!("{}, {}{row}", source.origin, source.title),
    })
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
    let card = make(app, page, found).await?;
    let given = app.store().cards_given(found.subject.record.id, MOST_GIVEN).await?;
    let number = card.number;
    let row = |item: Item| {
        let mut badges = vec![words::verdict(item.answer, lang)];
        badges.extend(words::marked(item.near, item.unverified, lang));
        Row { item, badges }
    };
    let template = CardPage {
        subject: page.link(&address(kernel::SubjectKind::Enterprise, found.subject.record.id)),
        overview: found.address(page, ""),
        here: address_of(page, found),
        pdf: found.address(page, "").replacen("/checkup", "/card.pdf", 1),
        on: card.on.to_string(),
        rows: card.items.into_iter().map(row).collect(),
        rest: card.rest,
        sources: card.sources,
        versions: card.versions.join("、"),
        bearer: card.bearer,
        may_give: page.as_of.is_none() && page.can(Action::Correct),
        given: given
            .into_iter()
            .map(|card| Given {
                when: page.minute(&card.at),
                by: page.person(&card.by),
                printed: card.printed,
                recipient: card.recipient,
                on: card.on,
                same: Card::number_of(&card.hash) == number,
                number: Card::number_of(&card.hash),
            })
            .collect(),
        number,
        recipient,
        fault,
        page,
    };
    page.show_with(status, template)
}
