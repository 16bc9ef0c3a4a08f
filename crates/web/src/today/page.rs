//! The page: totals, what waits for this person, and what the person's work needs to see besides.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::Lang;
use store::access::{Role, Viewer};
use store::cases::{CasePage, CaseRow, Today};
use tokio::sync::Mutex;

use super::section::Section;
use crate::cases::ask::{Ask, Order, Since, Which};
use crate::cases::line::{Line, Names};
use crate::cases::{query, words};
use crate::ui::{Tone, figure};
use crate::{App, Page, WebError};

/// How many cases the first part shows.
const MINE: u64 = 30;
/// How many cases the other parts show.
const OTHERS: u64 = 8;

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

/// Cases of every kind, as this page asks for them.
struct Desk<'a> {
    app: &'a App,
    page: &'a Page,
    viewer: &'a Viewer,
    /// How many wait for this person, by kind.
    waiting: &'a BTreeMap<String, u64>,
    names: Mutex<Names>,
}

/// Shows Today.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    // What does not wait for each other is asked side by side.
    let (mine, kinds, names, totals) = tokio::try_join!(
        async { Ok(app.store().today(viewer, MINE).await?) },
        async { Ok(app.store().kinds_to_open(viewer).await?) },
        Names::of(&app, &[]),
        tallies(&app, &page, viewer),
    )?;
    let desk = Desk { app: &app, page: &page, viewer, waiting: &mine.kinds, names: Mutex::new(names) };
    let said = said(&page, &mine);
    let own = Tally {
        address: "/cases?mine=1".to_owned(),
        count: figure::grouped(i64::try_from(mine.total).unwrap_or(i64::MAX)),
        label: page.t("轮到我", "my turn"),
        tone: Tone::Early,
    };
    let tallies = [own].into_iter().chain(totals).collect();
    let waiting = Section {
        page: &page,
        id: "mine",
        icon: "clipboard-list",
        title: page.t("轮到我办理", "Waiting for me"),
        more: more(&page, mine.total, MINE, "/cases?mine=1".to_owned()),
        lines: desk.lines(&mine.rows).await?,
        empty: page.t("没有轮到您办理的事项。", "Nothing waits for you."),
    };
    let (mut main, mut side) = (vec![waiting], Vec::new());
    desk.for_role(&mut main, &mut side).await?;
    let begins = kinds
        .iter()
        .filter_map(|kind| words::of(kind.key))
        .take(3)
        .map(|(_, look)| (format!("{}/new", look.path()), look.icon, look.begin(page.lang)));
    page.show(TodayPage { day: weekday(&page), said, begins: begins.collect(), tallies, main, side, page: &page })
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
fn list_of(kind: Option<&str>) -> String {
    kind.map_or_else(|| "/cases".to_owned(), |kind| format!("/cases/{kind}"))
}

/// What the viewer may see in figures.
async fn tallies(app: &App, page: &Page, viewer: &Viewer) -> Result<Vec<Tally>, WebError> {
    let leads = viewer.roles.contains(&Role::Leader) || viewer.roles.contains(&Role::Analyst);
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
        Ok(if leads { app.store().count_cases(viewer, &wanted).await? } else { 0 })
    };
    let reports = Some("duty_report");
    let (open, unreported, moved) = tokio::try_join!(
        async { Ok(app.store().open_cases(viewer, query::soon(page.today)).await?) },
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

impl<'a> Desk<'a> {
    async fn lines(&self, rows: &[CaseRow]) -> Result<Vec<Line>, WebError> {
        let mut names = self.names.lock().await;
        names.add(self.app, rows).await?;
        Ok(rows.iter().map(|row| Line::of(self.page, &names, row)).collect())
    }

    /// A part of the page, for those whom it is for.
    async fn section(
        &self,
        is_theirs: bool,
        (id, icon, title, empty): (&'static str, &'static str, &'static str, &'static str),
        ask: Ask,
        kind: Option<&'static str>,
    ) -> Result<Option<Section<'a>>, WebError> {
        if !is_theirs {
            return Ok(None);
        }
        let wanted = query::query(&ask, kind.and_then(loops::by_key), self.page.today, OTHERS);
        // What waits was counted before: where nothing does, nothing is looked for.
        let waits = !ask.mine || kind.is_none_or(|kind| self.waiting.get(kind).is_some_and(|count| *count > 0));
        let found = match waits {
            true => self.app.store().cases(self.viewer, &wanted).await?,
            false => CasePage { rows: Vec::new(), next: None },
        };
        let more = found.next.is_some();
        Ok(Some(Section {
            page: self.page,
            id,
            icon,
            title,
            more: more.then(|| (ask.address(&list_of(kind)), self.page.t("看全部", "see all").to_owned())),
            lines: self.lines(&found.rows).await?,
            empty,
        }))
    }

    /// What a person's work needs to see besides what waits for the person.
    async fn for_role(&self, main: &mut Vec<Section<'a>>, side: &mut Vec<Section<'a>>) -> Result<(), WebError> {
        let (page, roles) = (self.page, &self.viewer.roles);
        let is = |role: Role| roles.contains(&role);
        let leads = is(Role::Leader) || is(Role::Analyst);
        let coloured = |colour: &str| Ask { colour: Some(colour.to_owned()), ..Ask::default() };
        let mine = || Ask { mine: true, ..Ask::default() };
        let red =
            ("red", "alert-circle", page.t("红色：已逾期", "Red: overdue"), page.t("没有红色的。", "None is red."));
        let yellow = (
            "yellow",
            "alert-triangle",
            page.t("黄色：有风险", "Yellow: at risk"),
            page.t("没有黄色的。", "None is yellow."),
        );
        let visits =
            ("visits", "map-pin", page.t("该走访的企业", "Visits due"), page.t("没有到期的走访。", "No visit is due."));
        let reports =
            ("reports", "report", page.t("要报的日报", "Reports to file"), page.t("没有要报的。", "No report is due."));
        let confirm = (
            "confirm",
            "circle-check",
            page.t("请您确认的答复", "Answers to confirm"),
            page.t("没有要确认的答复。", "Nothing to confirm."),
        );
        let all = match self.viewer.enterprise {
            Some(_) => (
                "all",
                "list",
                page.t("我的全部事项", "All my cases"),
                page.t("还没有事项。", "There are no cases yet."),
            ),
            None => (
                "all",
                "sitemap",
                page.t("范围内在办、最先到期", "Open within my rows, due first"),
                page.t("没有在办的。", "Nothing is open."),
            ),
        };
        let changed = (
            "changed",
            "history",
            page.t("最近有变化", "Changed last"),
            page.t("还没有变化。", "Nothing has changed yet."),
        );
        let last = Ask { which: Which::All, order: Order::Changed, descending: true, ..Ask::default() };
        let answered = Ask { state: Some("answered"), ..mine() };
        let (red, yellow, visits, reports, confirm, all, changed) = tokio::try_join!(
            self.section(leads, red, coloured("red"), None),
            self.section(leads, yellow, coloured("yellow"), None),
            self.section(is(Role::Officer), visits, mine(), Some("visit")),
            self.section(is(Role::Officer) || is(Role::Clerk), reports, mine(), Some("duty_report")),
            self.section(is(Role::Enterprise), confirm, answered, Some("matter")),
            self.section(true, all, Ask::default(), None),
            self.section(true, changed, last, None),
        )?;
        main.extend([red, yellow].into_iter().flatten());
        side.extend([visits, reports, confirm, all, changed].into_iter().flatten());
        Ok(())
    }
}
