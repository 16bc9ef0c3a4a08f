//! `/cases/{kind}`: the list of one kind of case.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use kernel::Lang;
use loops::Kind;
use store::access::{Action, Scope, UnitTree, Viewer};
use store::cases::CaseRow;

use super::ask::{Ask, COLOURS, Order, Since, Which};
use super::line::{Line, Names};
use super::step_form::unit_choices;
use super::tabs::Tabs;
use super::words::{self, EVERY, Look};
use super::{query, topics, views};
use crate::saved_views::Views;
use crate::ui::{Chip, Chips, Empty, Head, Pager, figure};
use crate::{App, Page, WebError};

/// Rows on a page.
const ROWS: u64 = 50;

/// A choice of the filter.
struct Select {
    name: &'static str,
    label: &'static str,
    options: Vec<Choice>,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// A link at the top of the list that narrows it at once.
struct Quick {
    address: String,
    text: &'static str,
    current: bool,
}

#[derive(Template)]
#[template(path = "cases/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    ask: Ask,
    counted: String,
    scope_note: String,
    views: Views<'a>,
    export: Option<String>,
    begin: Option<String>,
    is_every: bool,
    quick: Vec<Quick>,
    kept_for_search: Vec<(&'static str, String)>,
    kept_for_filters: Vec<(&'static str, String)>,
    selects: Vec<Select>,
    chips: Chips<'a>,
    heads: Vec<Head>,
    /// Whether any row says whom it is about: tasks and documents seldom do.
    has_about: bool,
    rows: Vec<Line>,
    empty: Empty<'a>,
    pager: Pager<'a>,
}

/// Shows a page of a list within the viewer's rows.
///
/// # Errors
/// An unknown kind; a filter that cannot be read; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    answer(&app, &page, Some(kind), look).await
}

/// Shows a page of the list of every kind within the viewer's rows.
///
/// # Errors
/// A filter that cannot be read; what the store reports.
pub async fn show_every(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    answer(&app, &page, None, &EVERY).await
}

async fn answer(
    app: &App,
    page: &Page,
    kind: Option<&'static Kind>,
    look: &'static Look,
) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let ask = Ask::read(&page.query, kind)?;
    let wanted = query::query(&ask, kind, page.today, ROWS);
    let found = app.store().cases(viewer, &wanted).await?;
    let total = app.store().count_cases(viewer, &wanted.filter).await?;
    let names = Names::of(app, &found.rows).await?;
    let promises = app.store().promises_of(&found.rows).await?;
    let promise = |row: &CaseRow| promises.get(&row.id).map(|promise| promise.label(page.lang));
    let line = |row: &CaseRow| Line { promise: promise(row), ..Line::of(page, &names, row) };
    let rows: Vec<Line> = found.rows.iter().map(line).collect();
    let views = Views::read(app, page, &views::asked(look, kind, &ask)).await?;
    let base = look.path();
    let address = ask.with(|_| ()).address(&base);
    let has_about = rows.iter().any(|row| !row.about.is_empty());
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    let selects = selects(page, &ask, kind, &names.units);
    let without_all = ask.with(|ask| *ask = Ask { order: ask.order, descending: ask.descending, ..Ask::default() });
    let template = ListPage {
        tabs: Tabs::of(page, look, "list"),
        counted: match page.lang {
            Lang::Zh => format!("{} 件", figure::grouped(total)),
            Lang::En => figure::grouped(total),
        },
        scope_note: scope_note(page, viewer, &names.units),
        views,
        export: kind.filter(|_| page.can(Action::Export)).map(|_| ask.with(|_| ()).address(&format!("{base}/export"))),
        begin: kind.filter(|kind| super::begin::may_open(page, kind)).map(|_| format!("{base}/new")),
        is_every: kind.is_none(),
        quick: quick(page, &ask, &base),
        kept_for_search: kept(&ask, |name| name != "q"),
        // What the form has no field for stays as it is; a week stays unless a day takes its place.
        kept_for_filters: kept(&ask, |name| {
            let is_week = ask.changed_from == Some(Since::ThisWeek);
            selects.iter().all(|select| select.name != name) && (name != "changed_from" || is_week)
        }),
        selects,
        chips: Chips {
            page,
            chips: chips(page, &ask, kind, &names)
                .into_iter()
                .map(|(text, ask)| Chip { text, without: ask.address(&base) })
                .collect(),
            without_all: without_all.address(&base),
        },
        heads: heads(page, &ask, &base, has_about),
        has_about,
        empty: empty(page, look, kind, &ask, &without_all.address(&base)),
        pager: Pager::keyed(page, &address, "after", found.next).of(rows.len(), Some(total)),
        rows,
        ask,
        look,
        page,
    };
    page.show(template)
}

/// Which rows the person sees, in words.
pub(super) fn scope_note(page: &Page, viewer: &Viewer, units: &UnitTree) -> String {
    match viewer.scope_for(Action::ReadCases) {
        Scope::Zone => page.t("全区范围", "The whole zone").to_owned(),
        Scope::Units(own) => {
            let names: Vec<&str> = own.iter().filter_map(|id| units.get(*id)).map(|unit| unit.name.as_str()).collect();
            format!("{}{}", page.t("您的范围：", "Your rows: "), names.join(page.t("、", ", ")))
        }
        Scope::Subject(_) => page.t("本企业", "Your own enterprise").to_owned(),
        Scope::Nothing => String::new(),
    }
}

fn kept(ask: &Ask, keep: impl Fn(&str) -> bool) -> Vec<(&'static str, String)> {
    ask.parameters().into_iter().filter(|(name, _)| keep(name)).collect()
}

fn quick(page: &Page, ask: &Ask, base: &str) -> Vec<Quick> {
    let mut all = vec![Quick {
        address: ask.with(|ask| ask.mine = !ask.mine).address(base),
        text: page.t("轮到我", "My turn"),
        current: ask.mine,
    }];
    all.extend(Which::ALL.into_iter().map(|which| Quick {
        address: ask.with(|ask| ask.which = which).address(base),
        text: which.label(page.lang),
        current: ask.which == which,
    }));
    all
}

fn heads(page: &Page, ask: &Ask, base: &str, has_about: bool) -> Vec<Head> {
    let sorting = |zh: &'static str, en: &'static str, order: Order| {
        let now = (ask.order == order).then_some(ask.descending);
        let descending = now.map_or(order.begins_descending(), |descending| !descending);
        let link = ask.with(|ask| (ask.order, ask.descending) = (order, descending));
        Head::sorting(page.t(zh, en), link.address(base), now)
    };
    let mut heads = vec![Head::plain(page.t("事项", "Case")), sorting("编号", "Number", Order::Number)];
    heads.extend(has_about.then(|| Head::plain(page.t("企业或地点", "About"))));
    heads.extend([
        Head::plain(page.t("状态", "State")),
        Head::plain(page.t("颜色", "Colour")),
        Head::plain(page.t("轮到", "Turn")),
        Head::plain(page.t("时限", "Clock")),
        sorting("到期", "Due", Order::Due),
        sorting("提出", "Opened", Order::Opened),
    ]);
    heads
}

fn selects(page: &Page, ask: &Ask, kind: Option<&'static Kind>, units: &UnitTree) -> Vec<Select> {
    let lang = page.lang;
    let choice = |value: &str, label: &str, now: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == now,
    };
    let state = ask.state.unwrap_or_default();
    let unit = ask.unit.map(|id| id.to_string()).unwrap_or_default();
    let colour = ask.colour.as_deref().unwrap_or_default();
    let mut selects = vec![
        Select {
            name: "state",
            label: page.t("状态", "State"),
            options: kind
                .iter()
                .flat_map(|kind| kind.states)
                .map(|one| choice(one.key, one.label(lang), state))
                .collect(),
        },
        Select {
            name: "unit",
            label: page.t("主办单位", "Lead unit"),
            options: unit_choices(units).iter().map(|one| choice(&one.id, &one.name, &unit)).collect(),
        },
        Select {
            name: "colour",
            label: page.t("颜色", "Colour"),
            options: COLOURS.iter().map(|(key, zh, en)| choice(key, lang.pick(zh, en), colour)).collect(),
        },
    ];
    selects.retain(|select| !select.options.is_empty());
    if kind.is_none_or(|kind| kind.key == "matter") {
        selects.push(Select {
            name: "topic",
            label: page.t("事项类别", "Topic"),
            options: topics::ALL.iter().map(|topic| choice(topic.key, topic.label(lang), &ask.topic)).collect(),
        });
    }
    selects
}

/// A bound of days: its name in Chinese and English, the day, and how it is taken off.
type Bound = (&'static str, &'static str, Option<Date>, fn(&mut Ask));

/// The filters in force, each with the list without it.
fn chips(page: &Page, ask: &Ask, kind: Option<&'static Kind>, names: &Names) -> Vec<(String, Ask)> {
    let lang = page.lang;
    let mut chips = Vec::new();
    let mut add = |label: &str, value: String, without: Ask| {
        chips.push((format!("{label}{}{value}", lang.pick("：", ": ")), without))
    };
    if !ask.words.is_empty() {
        add(page.t("查找", "Find"), ask.words.clone(), ask.with(|ask| ask.words.clear()));
    }
    if let Some(state) = ask.state.and_then(|key| kind?.state(key)) {
        add(page.t("状态", "State"), state.label(lang).to_owned(), ask.with(|ask| ask.state = None));
    }
    if let Some(unit) = ask.unit {
        add(page.t("主办单位", "Lead unit"), names.unit(store::access::UnitId(unit)), ask.with(|ask| ask.unit = None));
    }
    if let Some((_, zh, en)) = COLOURS.iter().find(|(key, _, _)| Some(*key) == ask.colour.as_deref()) {
        add(page.t("颜色", "Colour"), lang.pick(zh, en).to_string(), ask.with(|ask| ask.colour = None));
    }
    if !ask.topic.is_empty() {
        add(page.t("类别", "Topic"), topics::label(&ask.topic, lang), ask.with(|ask| ask.topic.clear()));
    }
    if ask.subject.is_some() {
        add(
            page.t("企业", "Enterprise"),
            page.t("所选企业", "the one chosen").to_owned(),
            ask.with(|ask| ask.subject = None),
        );
    }
    if let Some(day) = ask.due_from {
        add(page.t("到期不早于", "Due from"), day.to_string(), ask.with(|ask| ask.due_from = None));
    }
    if let Some(since) = ask.changed_from {
        let said = match since {
            Since::Day(day) => day.to_string(),
            Since::ThisWeek => page.t("本周一", "this Monday").to_owned(),
        };
        add(page.t("有变化不早于", "Changed from"), said, ask.with(|ask| ask.changed_from = None));
    }
    let spans: [Bound; 5] = [
        ("到期不晚于", "Due to", ask.due_to, |ask| ask.due_to = None),
        ("提出不早于", "Opened from", ask.opened_from, |ask| ask.opened_from = None),
        ("提出不晚于", "Opened to", ask.opened_to, |ask| ask.opened_to = None),
        ("结束不早于", "Ended from", ask.ended_from, |ask| ask.ended_from = None),
        ("结束不晚于", "Ended to", ask.ended_to, |ask| ask.ended_to = None),
    ];
    for (zh, en, day, without) in spans {
        if let Some(day) = day {
            add(page.t(zh, en), day.to_string(), ask.with(without));
        }
    }
    chips
}

fn empty<'a>(
    page: &'a Page,
    look: &'static Look,
    kind: Option<&'static Kind>,
    ask: &Ask,
    without_all: &str,
) -> Empty<'a> {
    let icon = page.icon(look.icon);
    if ask.is_filtered() {
        return Empty {
            icon,
            title: page.t("没有符合条件的事项", "Nothing matches"),
            what: page.t(
                "在您的范围内，没有同时满足这些条件的事项。可以逐个去掉上面的条件。",
                "Nothing within your rows meets all of these filters. Take them off one by one.",
            ),
            action: Some((without_all.to_owned(), page.t("清除全部条件", "Clear all filters"))),
        };
    }
    Empty {
        icon,
        title: page.t("现在没有在办的", "Nothing is open"),
        what: look.what(page.lang),
        action: kind
            .filter(|kind| super::begin::may_open(page, kind))
            .map(|_| (format!("{}/new", look.path()), look.begin(page.lang))),
    }
}
