//! What the parts of Today show, looked for side by side.

use std::collections::BTreeMap;

use store::access::Role;
use store::cases::{CasePage, Looking, Today};

use super::page::{MINE, leads, list_of};
use super::section::Section;
use crate::cases::ask::{Ask, Order, Which};
use crate::cases::line::{Line, Names};
use crate::cases::query;
use crate::{Page, WebError};

/// How many cases each part shows, but for the first.
const OTHERS: u64 = 8;

/// The head of a part: its id, its icon, its title, and what is said when nothing is due.
type Head = (&'static str, &'static str, &'static str, &'static str);

/// A part of the page, with what was found for it.
pub(super) struct Part {
    head: Head,
    ask: Ask,
    kind: Option<&'static str>,
    /// What it shows.
    pub(super) found: CasePage,
}

impl Part {
    /// As it stands on the page.
    pub(super) fn section<'a>(&self, page: &'a Page, names: &Names) -> Section<'a> {
        let (id, icon, title, empty) = self.head;
        let more = self.found.next.is_some();
        Section {
            page,
            id,
            icon,
            title,
            more: more.then(|| (self.ask.address(&list_of(self.kind)), page.t("看全部", "see all").to_owned())),
            lines: self.found.rows.iter().map(|row| Line::of(page, names, row)).collect(),
            empty,
        }
    }
}

/// Cases of every kind, as this page asks for them.
pub(super) struct Desk<'a> {
    pub(super) page: &'a Page,
    pub(super) looking: &'a Looking,
}

impl Desk<'_> {
    /// What waits for this person, and the parts that show some of it by themselves.
    pub(super) async fn mine(&self) -> Result<(Today, Vec<Part>), WebError> {
        let page = self.page;
        let mine = self.looking.today(MINE).await?;
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
        let is = |role: Role| page.viewer().is_ok_and(|viewer| viewer.roles.contains(&role));
        let own = || Ask { mine: true, ..Ask::default() };
        let answered = Ask { state: Some("answered"), ..own() };
        let (visits, reports, confirm) = tokio::try_join!(
            self.awaited(is(Role::Officer), visits, own(), "visit", &mine.kinds),
            self.awaited(is(Role::Officer) || is(Role::Clerk), reports, own(), "duty_report", &mine.kinds),
            self.awaited(is(Role::Enterprise), confirm, answered, "matter", &mine.kinds),
        )?;
        Ok((mine, [visits, reports, confirm].into_iter().flatten().collect()))
    }

    /// What a person's work needs to see besides: parts beside what waits, and parts at the side.
    pub(super) async fn whole(&self) -> Result<(Vec<Part>, Vec<Part>), WebError> {
        let (page, viewer) = (self.page, self.page.viewer()?);
        let leads = leads(viewer);
        let coloured = |colour: &str| Ask { colour: Some(colour.to_owned()), ..Ask::default() };
        let red =
            ("red", "alert-circle", page.t("红色：已逾期", "Red: overdue"), page.t("没有红色的。", "None is red."));
        let yellow = (
            "yellow",
            "alert-triangle",
            page.t("黄色：有风险", "Yellow: at risk"),
            page.t("没有黄色的。", "None is yellow."),
        );
        let all = match viewer.enterprise {
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
        let (red, yellow, all, changed) = tokio::try_join!(
            self.part(leads, red, coloured("red")),
            self.part(leads, yellow, coloured("yellow")),
            self.part(true, all, Ask::default()),
            self.part(true, changed, last),
        )?;
        Ok((red.into_iter().chain(yellow).collect(), all.into_iter().chain(changed).collect()))
    }

    /// A part with cases of every kind, for those whom it is for.
    async fn part(&self, is_theirs: bool, head: Head, ask: Ask) -> Result<Option<Part>, WebError> {
        if !is_theirs {
            return Ok(None);
        }
        let found = self.looking.cases(&query::query(&ask, None, self.page.today, OTHERS)).await?;
        Ok(Some(Part { head, ask, kind: None, found }))
    }

    /// A part with what waits of one kind. How much does was counted before: where nothing waits, nothing is
    /// looked for.
    async fn awaited(
        &self,
        is_theirs: bool,
        head: Head,
        ask: Ask,
        kind: &'static str,
        waiting: &BTreeMap<String, u64>,
    ) -> Result<Option<Part>, WebError> {
        if !is_theirs {
            return Ok(None);
        }
        let found = match waiting.get(kind).is_some_and(|count| *count > 0) {
            true => {
                let wanted = query::query(&ask, loops::by_key(kind), self.page.today, OTHERS);
                self.looking.cases(&wanted).await?
            }
            false => CasePage { rows: Vec::new(), next: None },
        };
        Ok(Some(Part { head, ask, kind: Some(kind), found }))
    }
}
