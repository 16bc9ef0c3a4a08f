//! `/cases/{kind}/figures`: what was closed in time, at the first door, for good and with effect; always
//! with its base and its days, and every number a way to the cases it counts.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::closure::{Closure, Share, UnitFigures, Window, closure, unit_figures};
use loops::{Case, Kind};
use store::cases::{CaseFilter, CaseRow};

use super::line::{Line, Names};
use super::special::speed;
use super::tabs::Tabs;
use super::words::{self, Look};
use crate::frame::path;
use crate::ui::{Safe, figure};
use crate::{App, Page, WebError};

/// The days that are shown where none are asked for.
const DAYS: i64 = 90;
/// How many of the cases behind a number are listed.
const LISTED: usize = 200;

/// A number with its base, each a link to its cases.
struct Shared {
    name: &'static str,
    hint: &'static str,
    percent: String,
    part: (String, String),
    base: String,
}

/// One unit.
struct UnitRow {
    name: String,
    address: String,
    cells: Vec<Cell>,
}

/// A number of a unit.
struct Cell {
    text: String,
    base: String,
    address: String,
}

/// Time in a state.
struct StateRow {
    unit: String,
    state: String,
    stays: u32,
    average: String,
    longest: i32,
}

#[derive(Template)]
#[template(path = "cases/figures.html")]
struct FiguresPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    from: Date,
    to: Date,
    opened: (String, String),
    closed: (String, String),
    late: (String, String),
    shares: Vec<Shared>,
    ratings: Vec<(&'static str, u32)>,
    heads: Vec<&'static str>,
    units: Vec<UnitRow>,
    states: Vec<StateRow>,
    /// How fast approvals were decided.
    speeds: Option<Safe>,
    /// The cases behind a number that was asked for.
    behind: Option<Behind>,
    uncounted: Option<String>,
}

/// The cases behind a number.
struct Behind {
    title: String,
    count: usize,
    lines: Vec<Line>,
    has_more: bool,
}

/// A figure, by the name it has in addresses.
type Figure = (&'static str, fn(&Closure) -> Share);

/// The figures of a kind as shares.
const SHARES: [Figure; 6] = [
    ("on_time", |of| of.on_time),
    ("first_right", |of| of.first_right),
    ("reopened", |of| of.reopened),
    ("without_effect", |of| of.without_effect),
    ("rated", |of| of.rated),
    ("good", |of| of.good),
];

/// A figure of a unit, by the name it has in addresses.
type UnitFigure = (&'static str, fn(&UnitFigures) -> Share);

/// The figures of a unit as shares.
const OF_UNIT: [UnitFigure; 6] = [
    ("on_time", |of| of.on_time),
    ("sent_back", |of| of.sent_back),
    ("reopened", |of| of.reopened),
    ("without_effect", |of| of.without_effect),
    ("rated", |of| of.rated),
    ("good", |of| of.good),
];

fn name(key: &str, lang: Lang) -> (&'static str, &'static str) {
    let (zh, en, why_zh, why_en) = match key {
        "on_time" => (
            "按时办结率",
            "Closed on time",
            "没有一段逾期的办结，占全部办结；等提出人确认的时间不算在内。",
            "Conclusions of which no stay was late; the asker’s own silence makes nobody late.",
        ),
        "first_right" => (
            "首次分派准确率",
            "Right at the first door",
            "分派后从未被退回的，占全部分派过的办结。",
            "Of the conclusions that were given to a unit: those never returned.",
        ),
        "reopened" => {
            ("重新打开率", "Reopened", "办结后又被打开的，占全部办结。", "Of all conclusions: those opened again.")
        }
        "without_effect" => (
            "办而无果",
            "Closed without effect",
            "不予受理、无实际结果就办结的，占全部办结。",
            "Of the ends: those that did nothing for who asked.",
        ),
        "rated" => (
            "评价率",
            "Response rate",
            "提出人作了评价的，占应评价的办结；未评价不算满意。",
            "Of the ends that ask for a rating: those with one. Silence is no praise.",
        ),
        "good" => (
            "满意率",
            "Satisfied",
            "评价为基本满意及以上的，占作了评价的。",
            "Of the ratings: fairly satisfied and better.",
        ),
        _ => ("退回重办", "Sent back", "复核后退回重办的，占该单位办完的环节。", "Turns that came back from a check."),
    };
    (lang.pick(zh, en), lang.pick(why_zh, why_en))
}

/// Shows the figures within the viewer's rows.
///
/// # Errors
/// An unknown kind; days that cannot be read; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(kind): Path<String>) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let (kind, look) = words::of(&kind).ok_or_else(WebError::not_found)?;
    let window = window(&page)?;
    let base = format!("{}/figures", look.path());
    let open = CaseFilter { kinds: vec![kind.key.to_owned()], opened_by: Some(window.to), ..CaseFilter::default() };
    let ended = CaseFilter { open: Some(false), ended_from: Some(window.from), ..open.clone() };
    let open = CaseFilter { open: Some(true), ..open };
    let mut found = app.store().case_folds(viewer, &open).await?;
    found.extend(app.store().case_folds(viewer, &ended).await?);
    let names = Names::of(&app, &[]).await?;
    let calendar = app.store().timing().calendar();
    let cases = || found.iter().map(|(_, case)| case);
    let until = crate::frame::day::end_of(window.to).min(page.now);
    let counted = closure(cases(), window, until, calendar)
        .and_then(|all| Ok((all, unit_figures(cases(), window, until, calendar)?)));
    let (all, units, uncounted) = match counted {
        Ok((all, units)) => (all, units, None),
        Err(error) => (Closure::default(), Default::default(), Some(error.say(page.lang))),
    };
    let link = |figure: &str, unit: &str| {
        let (from, to) = (window.from.to_string(), window.to.to_string());
        path::with_query(&base, [("from", from.as_str()), ("to", to.as_str()), ("behind", figure), ("of", unit)])
    };
    let rows = units.iter().map(|(id, figures)| UnitRow {
        name: names.unit_text(id),
        address: path::with_query(&look.path(), [("unit", id.as_str()), ("which", "all")]),
        cells: unit_cells(figures, |figure| link(figure, id)),
    });
    let rows: Vec<UnitRow> = rows.collect();
    let states = state_rows(kind, &units, &names, page.lang);
    let speeds = match kind.key {
        "approval" => speed::panel(&page, cases(), window, calendar, |figure| link(figure, ""))?,
        _ => None,
    };
    let behind = behind(&app, &page, &found, window, calendar).await?;
    page.show(FiguresPage {
        tabs: Tabs::of(&page, look, "figures"),
        from: window.from,
        to: window.to,
        opened: (figure::grouped(i64::from(all.opened)), link("opened", "")),
        closed: (figure::grouped(i64::from(all.closed)), link("closed", "")),
        late: (figure::grouped(i64::from(all.late_now)), link("late_now", "")),
        shares: SHARES.iter().map(|(key, of)| shared(&page, key, of(&all), &link)).collect(),
        ratings: (1..=5)
            .rev()
            .map(|level| (words::rating(level, page.lang), all.ratings[usize::from(level) - 1]))
            .collect(),
        heads: heads(page.lang),
        units: rows,
        states,
        speeds,
        behind,
        uncounted,
        look,
        page: &page,
    })
}

/// How long the cases were in each state by unit.
fn state_rows(kind: &Kind, units: &BTreeMap<String, UnitFigures>, names: &Names, lang: Lang) -> Vec<StateRow> {
    let mut rows = Vec::new();
    for (id, figures) in units {
        for ((_, state), spent) in &figures.states {
            rows.push(StateRow {
                unit: names.unit_text(id),
                state: kind.state(state).map_or_else(String::new, |state| state.label(lang).to_owned()),
                stays: spent.stays,
                average: format!("{:.1}", spent.working_days as f64 / f64::from(spent.stays.max(1))),
                longest: spent.longest,
            });
        }
    }
    rows
}

/// The days asked for; the last ninety where none are.
///
/// # Errors
/// What is no day, or a first day behind the last.
pub(super) fn window(page: &Page) -> Result<Window, WebError> {
    let asked = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(page.query.as_bytes());
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    let day = |name: &str, usual: Date| -> Result<Date, WebError> {
        let Some(text) = asked(name) else { return Ok(usual) };
        text.parse().map_err(|_| {
            let text: String = text.chars().take(40).collect();
            WebError::bad_request(
                format!("“{text}”不是一个日期，应写作 2026-11-22 这样的形式。"),
                format!("“{text}” is not a day; write it like 2026-11-22."),
            )
        })
    };
    let to = day("to", page.today)?;
    let from = day("from", to.saturating_sub(DAYS.days()))?;
    if from > to {
        return Err(WebError::bad_request(
            format!("起日 {from} 晚于止日 {to}。请调换后再看。"),
            format!("The first day {from} lies after the last {to}; swap them."),
        ));
    }
    Ok(Window { from, to })
}

/// A share in per cent with one digit; a dash of nothing.
pub(super) fn percent(share: Share) -> String {
    share.percent().map_or_else(|| "—".to_owned(), |percent| format!("{:.1}%", percent.round_dp(1)))
}

fn shared(page: &Page, key: &str, share: Share, link: &impl Fn(&str, &str) -> String) -> Shared {
    let (name, hint) = name(key, page.lang);
    Shared {
        name,
        hint,
        percent: percent(share),
        part: (share.part.to_string(), link(key, "")),
        base: share.base.to_string(),
    }
}

/// What stands over the figures of a unit: the share that was in time, what is late now, and the other shares.
fn heads(lang: Lang) -> Vec<&'static str> {
    let mut heads: Vec<&str> = OF_UNIT.iter().map(|(key, _)| name(key, lang).0).collect();
    heads.insert(1, late_now(lang));
    heads
}

fn late_now(lang: Lang) -> &'static str {
    lang.pick("现仍逾期", "Overdue now")
}

fn unit_cells(figures: &UnitFigures, link: impl Fn(&str) -> String) -> Vec<Cell> {
    let cells = OF_UNIT.iter().map(|(key, of)| {
        let share = of(figures);
        Cell { text: percent(share), base: format!("{}/{}", share.part, share.base), address: link(key) }
    });
    let mut cells: Vec<Cell> = cells.collect();
    let late = figure::grouped(i64::from(figures.late_now));
    cells.insert(1, Cell { text: late, base: String::new(), address: link("late_now") });
    cells
}

/// The cases behind the number that the address asks for: each case is counted by itself as all of them
/// were counted together, so the list has as many as the number says.
async fn behind(
    app: &App,
    page: &Page,
    found: &[(CaseRow, Case)],
    window: Window,
    calendar: &Calendar,
) -> Result<Option<Behind>, WebError> {
    let asked: Vec<(String, String)> = form_urlencoded::parse(page.query.as_bytes()).into_owned().collect();
    let value = |wanted: &str| {
        asked.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let (figure, unit) = (value("behind"), value("of"));
    if figure.is_empty() {
        return Ok(None);
    }
    let until = crate::frame::day::end_of(window.to).min(page.now);
    let counts = |case: &Case| -> bool {
        if !unit.is_empty() {
            let units = unit_figures([case], window, until, calendar).unwrap_or_default();
            let Some(own) = units.get(unit) else { return false };
            let share = OF_UNIT.iter().find(|(key, _)| *key == figure);
            return share.map_or(figure == "late_now" && own.late_now > 0, |(_, of)| of(own).part > 0);
        }
        if let Some(counts) = speed::counts(figure, case, window, calendar) {
            return counts;
        }
        let Ok(one) = closure([case], window, until, calendar) else { return false };
        match figure {
            "opened" => one.opened > 0,
            "closed" => one.closed > 0,
            "late_now" => one.late_now > 0,
            _ => SHARES.iter().find(|(key, _)| *key == figure).is_some_and(|(_, of)| of(&one).part > 0),
        }
    };
    let rows: Vec<CaseRow> = found.iter().filter(|(_, case)| counts(case)).map(|(row, _)| row.clone()).collect();
    let units: BTreeSet<&str> = [unit].into_iter().filter(|unit| !unit.is_empty()).collect();
    let shown = &rows[..rows.len().min(LISTED)];
    let names = Names::of(app, shown).await?;
    let title = match figure {
        "opened" => page.t("提出的", "Opened").to_owned(),
        "closed" => page.t("办结的", "Closed").to_owned(),
        "late_now" => late_now(page.lang).to_owned(),
        key => speed::title(key, page.lang).unwrap_or_else(|| name(key, page.lang).0.to_owned()),
    };
    let of: String = units.iter().map(|unit| format!(" · {}", names.unit_text(unit))).collect();
    Ok(Some(Behind {
        title: format!("{title}{of}"),
        count: rows.len(),
        lines: shown.iter().map(|row| Line::of(page, &names, row)).collect(),
        has_more: rows.len() > LISTED,
    }))
}
