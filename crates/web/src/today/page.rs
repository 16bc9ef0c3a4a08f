//! The page: totals, what waits for this person, and what the person's work needs to see besides.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::Lang;
use store::access::{Role, Viewer};
use store::cases::{Looking, Today};

use super::desk::Desk;
use super::section::Section;
use crate::cases::ask::{Ask, Order, Since, Which};
use crate::cases::line::{Line, Names};
use crate::cases::{query, words};
use crate::ui::{Tone, figure};
use crate::{App, Page, WebError};

/// How many cases the first part shows.
pub(super) const MINE: u64 = 30;

/// A total as a link to what it counts.
struct Tally {
    address: String,
    count: String,
    label: &'static str,
    tone: Tone,
}

#[derive(Template)]
#[template(path = "today/today.html")]
struct TodayPage<'a> {
    page: &'a Page,
    day: String,
    said: String,
    begins: Vec<(String, &'static str, &'static str)>,
    tallies: Vec<Tally>,
    main: Vec<Section<'a>>,
    side: Vec<Section<'a>>,
}

/// Shows Today.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let looking = app.store().looking(page.viewer()?).await?;
    let desk = Desk { page: &page, looking: &looking };
    // What does not wait for each other is asked side by side.
    let (mine, (main, side), totals, units) =
        tokio::try_join!(desk.mine(), desk.whole(), tallies(&page, &looking), async {
            Ok(app.store().units().await?)
        },)?;
    let (mine, awaited) = mine;
    let parts = || main.iter().chain(&awaited).chain(&side);
    let rows = mine.rows.iter().chain(parts().flat_map(|part| &part.found.rows));
    let people = app.store().names_of(rows.filter_map(|row| row.officer.as_deref())).await?;
    let names = Names { units, people };

    let own = Tally {
        address: "/cases?mine=1".to_owned(),
        count: figure::grouped(i64::try_from(mine.total).unwrap_or(i64::MAX)),
        label: page.t("轮到我", "my turn"),
        tone: Tone::Early,
    };
    let waiting = Section {
        page: &page,
        id: "mine",
        icon: "clipboard-list",
        title: page.t("轮到我办理", "Waiting for me"),
        more: more(&page, mine.total, MINE, "/cases?mine=1".to_owned()),
        lines: mine.rows.iter().map(|row| Line::of(&page, &names, row)).collect(),
        empty: page.t("没有轮到您办理的事项。", "Nothing waits for you."),
    };
    let kinds = looking.kinds_to_open();
    let begins = kinds
        .iter()
        .filter_map(|kind| words::of(kind.key))
        .take(3)
        .map(|(_, look)| (format!("{}/new", look.path()), look.icon, look.begin(page.lang)));
    page.show(TodayPage {
        day: weekday(&page),
        said: said(&page, &mine),
        begins: begins.collect(),
        tallies: [own].into_iter().chain(totals).collect(),
        main: [waiting].into_iter().chain(main.iter().map(|part| part.section(&page, &names))).collect(),
        side: awaited.iter().chain(&side).map(|part| part.section(&page, &names)).collect(),
        page: &page,
    })
}

fn weekday(page: &Page) -> String {
    let name = match page.lang {
        Lang::Zh => {
            let names = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
            names[usize::try_from(page.today.weekday().to_monday_zero_offset()).unwrap_or(0)].to_owned()
        }
        Lang::En => page.today.strftime("%A").to_string(),
    };
    format!("{} {name}", page.today)
}

fn said(page: &Page, mine: &Today) -> String {
    match (page.lang, mine.total, mine.overdue) {
        (Lang::Zh, 0, _) => "今天没有轮到您的事项。".to_owned(),
        (Lang::En, 0, _) => "Nothing waits for you today.".to_owned(),
        (Lang::Zh, total, 0) => format!("轮到您 {total} 件，没有逾期的。"),
        (Lang::En, 1, 0) => "One waits for you; it is not overdue.".to_owned(),
        (Lang::En, 1, _) => "One waits for you; it is overdue.".to_owned(),
        (Lang::En, total, 0) => format!("{total} wait for you; none is overdue."),
        (Lang::Zh, total, late) => format!("轮到您 {total} 件，其中逾期 {late} 件，排在最前。"),
        (Lang::En, total, 1) => format!("{total} wait for you; one is overdue and stands first."),
        (Lang::En, total, late) => format!("{total} wait for you; {late} are overdue and stand first."),
    }
}

fn more(page: &Page, total: u64, shown: u64, address: String) -> Option<(String, String)> {
    let total_said = figure::grouped(i64::try_from(total).unwrap_or(i64::MAX));
    let text = match page.lang {
        Lang::Zh if total > shown => format!("全部 {total_said} 件"),
        Lang::En if total > shown => format!("all {total_said}"),
        lang => lang.pick("打开清单", "open the list").to_owned(),
    };
    (total > 0).then_some((address, text))
}

/// A total as a link to the list of what it counts, of one kind or of all.
fn tally(ask: &Ask, kind: Option<&'static str>, total: u64, label: &'static str, tone: Tone) -> Tally {
    Tally {
        address: ask.address(&list_of(kind)),
        count: figure::grouped(i64::try_from(total).unwrap_or(i64::MAX)),
        label,
        tone: if total == 0 { Tone::Shut } else { tone },
    }
}

/// The address of the list of one kind, or of every kind.
pub(super) fn list_of(kind: Option<&str>) -> String {
    kind.map_or_else(|| "/cases".to_owned(), |kind| format!("/cases/{kind}"))
}

/// What the viewer may see in figures.
async fn tallies(page: &Page, looking: &Looking) -> Result<Vec<Tally>, WebError> {
    let leads = leads(page.viewer()?);
    let missing = Ask { state: Some("missing"), ..Ask::default() };
    let changed = Ask {
        which: Which::All,
        changed_from: Some(Since::ThisWeek),
        order: Order::Changed,
        descending: true,
        ..Ask::default()
    };
    let total = async |ask: &Ask, kind: Option<&'static str>| -> Result<u64, WebError> {
        let wanted = query::filter(ask, kind.and_then(loops::by_key), page.today);
        Ok(if leads { looking.count_cases(&wanted).await? } else { 0 })
    };
    let reports = Some("duty_report");
    let (open, unreported, moved) = tokio::try_join!(
        async { Ok(looking.open_cases(query::soon(page.today)).await?) },
        total(&missing, reports),
        total(&changed, None),
    )?;
    let mut tallies = Vec::new();
    for (which, total, tone, zh, en) in [
        (Which::Overdue, open.overdue, Tone::Late, "逾期", "overdue"),
        (Which::Soon, open.due, Tone::Warn, "七日内到期", "due within seven days"),
        (Which::Open, open.open, Tone::Ok, "在办", "open"),
    ] {
        tallies.push(tally(&Ask { which, ..Ask::default() }, None, total, page.t(zh, en), tone));
    }
    if leads {
        tallies.push(tally(&missing, reports, unreported, page.t("缺报", "reports missing"), Tone::Late));
        tallies.push(tally(&changed, None, moved, page.t("本周有变化", "changed this week"), Tone::Early));
    }
    Ok(tallies)
}

/// Whether somebody sees how all cases of the zone stand.
pub(super) fn leads(viewer: &Viewer) -> bool {
    viewer.roles.contains(&Role::Leader) || viewer.roles.contains(&Role::Analyst)
}
