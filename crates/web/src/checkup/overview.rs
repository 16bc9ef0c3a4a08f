//! `/enterprises/{id}/checkup`: every policy in force on a day, what helps the reader first.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use checkup::{CheckUp, Nearness};
use jiff::civil::Date;
use kernel::{Lang, SubjectKind};

use super::found::{self, Found};
use super::words;
use crate::register::subject::address;
use crate::ui::{Badge, Tone};
use crate::{App, Page, WebError};

/// One policy.
struct Card {
    title: String,
    address: String,
    tone: Tone,
    badges: Vec<Badge>,
    version: String,
    score: Option<Score>,
    lack: String,
    plan: String,
    window: String,
}

/// A score as a bar: from nought to the most, what is sure and what is open.
pub(super) struct Score {
    pub(super) text: String,
    pub(super) least: u32,
    pub(super) open: u32,
}

/// Policies under one heading.
struct Group {
    title: &'static str,
    note: &'static str,
    cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "checkup/overview.html")]
struct OverviewPage<'a> {
    page: &'a Page,
    name: String,
    code: String,
    subject: String,
    here: String,
    card: String,
    on: Date,
    counts: Vec<(Badge, usize)>,
    groups: Vec<Group>,
    not_listed: String,
    none: String,
}

/// Shows the check-up of one enterprise.
///
/// # Errors
/// No such enterprise within the viewer's rows; a day that is none; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(id): Path<String>) -> Result<Response, WebError> {
    let found = found::find(&app, &page, page.viewer()?, &id).await?;
    let checked = found.desk(&app.library()).check_up(&found.enterprise);
    page.show(make(&page, &found, checked))
}

fn make<'a>(page: &'a Page, found: &Found, mut checked: Vec<CheckUp>) -> OverviewPage<'a> {
    let lang = page.lang;
    // The order of the desk stays within one nearness.
    checked.sort_by_key(CheckUp::nearness);
    let count = |wanted: Nearness| checked.iter().filter(|one| one.nearness() == wanted && !one.is_local()).count();
    let badge = |tone: Tone, zh: &str, en: &str| Badge::new(tone, lang.pick(zh, en));
    let counts = vec![
        (badge(Tone::Ok, "满足", "Meets"), count(Nearness::Meets)),
        (badge(Tone::Early, "取决于评审", "Depends on review").with_icon("users"), count(Nearness::Expert)),
        (badge(Tone::Warn, "接近", "Near").with_icon("arrow-up"), count(Nearness::Near)),
        (badge(Tone::Shut, "缺数据", "Data missing").with_icon("help"), count(Nearness::Undetermined)),
        (badge(Tone::Late, "不满足", "Does not meet").with_icon("circle-x"), count(Nearness::Far)),
    ];
    let none = checked.iter().flat_map(|one| one.none_on_record.iter().copied());
    let none: std::collections::BTreeSet<SubjectKind> = none.collect();
    let none = kinds(none.into_iter(), lang);
    let (local, national): (Vec<CheckUp>, Vec<CheckUp>) = checked.into_iter().partition(CheckUp::is_local);
    let card = |one: CheckUp| card(page, found, &one);
    let group = |title, note, list: Vec<CheckUp>| Group { title, note, cards: list.into_iter().map(card).collect() };
    let groups = [
        group(lang.pick("国家政策", "Policies of the state"), "", national),
        group(
            lang.pick("地方政策", "Policies of places"),
            lang.pick(
                "只适用于标明的地区；金额和条件以当地规定为准。",
                "They apply in the place named only; its own amounts and conditions hold.",
            ),
            local,
        ),
    ];
    OverviewPage {
        name: found.enterprise.name.clone(),
        code: found.enterprise.code.clone(),
        subject: page.link(&address(SubjectKind::Enterprise, found.subject.record.id)),
        here: format!("/enterprises/{}/checkup", found.subject.record.id),
        card: super::card::address_of(page, found),
        on: found.on,
        counts,
        groups: groups.into_iter().filter(|group| !group.cards.is_empty()).collect(),
        not_listed: kinds(found.not_listed.iter().copied(), lang),
        none,
        page,
    }
}

fn kinds(kinds: impl Iterator<Item = SubjectKind>, lang: Lang) -> String {
    kinds.map(|kind| lang.pick(kind.zh(), kind.en())).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

fn card(page: &Page, found: &Found, one: &CheckUp) -> Card {
    let lang = page.lang;
    let mut badges = vec![words::verdict(one.verdict, lang)];
    badges.extend(words::marks(one, lang));
    if one.is_local() {
        badges.push(Badge::shut(one.level.clone()).with_icon("building-community"));
    }
    Card {
        title: one.title_in(lang).to_owned(),
        address: found.address(page, &one.policy),
        tone: words::tone(one),
        badges,
        version: one.documents.join("、"),
        score: score(one, lang),
        lack: one.lack(lang),
        plan: one.plan.as_ref().map(|plan| words::plan(plan, one.on, lang)).unwrap_or_default(),
        window: one.window.map(|window| window.say(one.on, lang)).unwrap_or_default(),
    }
}

/// The score of a policy as a bar, where it has one.
pub(super) fn score(one: &CheckUp, lang: Lang) -> Option<Score> {
    let figure = one.score.as_ref()?;
    let most = one.score_most.as_ref()?.range.hi?;
    let part = |bound: Option<policy::exact::Exact>| {
        let share = bound?.div(most)?.mul(policy::exact::Exact::int(100))?;
        u32::try_from(share.floor().whole()?.clamp(0, 100)).ok()
    };
    let (least, largest) = (part(figure.range.lo)?, part(figure.range.hi)?);
    let of = one.score_most.as_ref()?.say(lang);
    let text = format!("{}{}{of}", figure.say(lang), lang.pick("，满分 ", " of "));
    Some(Score { text, least, open: largest.saturating_sub(least) })
}
