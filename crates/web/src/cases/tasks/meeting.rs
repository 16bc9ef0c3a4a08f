//! `/cases/task/meetings/{key}`: one meeting: its agenda, its minutes, and the tasks that they became.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use loops::goals::{Meeting, Minute, MinuteFault, tasks};
use reports::workbook::{Align, Column, OutCell};
use store::access::UnitId;

use super::meetings::{ItemRow, MEETING, address};
use super::{kind, open_all};
use crate::cases::line::Names;
use crate::cases::step_form::{UnitChoice, unit_choices};
use crate::cases::{decided, export, words};
use crate::frame::notice::Notice;
use crate::{App, Page, WebError};

/// How many decisions the page takes beside one for each item of the agenda.
const MORE: usize = 4;
/// How many decisions one meeting takes.
const MOST: usize = 60;
/// How many items of the agenda have a line of their own.
const OWN: usize = 20;

/// A line of the minutes to be written.
struct Line {
    at: usize,
    case: String,
    about: String,
    decision: String,
    unit: String,
    person: String,
    until: String,
}

/// A decision with the task it became.
struct Decided {
    about: String,
    decision: String,
    unit: String,
    person: String,
    until: String,
    task: Option<(String, String, &'static str)>,
}

#[derive(Template)]
#[template(path = "cases/tasks/meeting.html")]
struct MeetingPage<'a> {
    page: &'a Page,
    meeting: Meeting,
    address: String,
    version: i64,
    items: Vec<ItemRow>,
    decided: Vec<Decided>,
    missing: usize,
    lines: Vec<Line>,
    units: Vec<UnitChoice>,
    refused: Option<String>,
}

/// The meeting with this key, and which version of it.
///
/// # Errors
/// There is none; what the store reports.
pub async fn find(app: &App, key: &str) -> Result<(Meeting, i64), WebError> {
    decided::known(app.store(), &format!("{MEETING}{key}")).await?.ok_or_else(WebError::not_found)
}

/// Shows a meeting.
///
/// # Errors
/// There is none; what the store reports.
pub async fn show(State(app): State<App>, page: Page, Path(key): Path<String>) -> Result<Response, WebError> {
    let (meeting, version) = find(&app, &key).await?;
    let drawn = draw(&app, &page, meeting, version, None, None).await?;
    page.show(drawn)
}

async fn draw<'a>(
    app: &App,
    page: &'a Page,
    meeting: Meeting,
    version: i64,
    typed: Option<&Fields>,
    refused: Option<String>,
) -> Result<MeetingPage<'a>, WebError> {
    let names = Names::of(app, &[]).await?;
    let decided = decided(app, page, &meeting, &names).await?;
    Ok(MeetingPage {
        address: address(&meeting.key),
        items: meeting.agenda.iter().map(|item| ItemRow::of(page, &names, item)).collect(),
        missing: decided.iter().filter(|one| one.task.is_none()).count(),
        decided,
        lines: if meeting.minutes.is_empty() { lines(&meeting, typed) } else { Vec::new() },
        units: unit_choices(&names.units),
        meeting,
        version,
        refused,
        page,
    })
}

/// The decisions, each with its task as far as it was opened.
async fn decided(app: &App, page: &Page, meeting: &Meeting, names: &Names) -> Result<Vec<Decided>, WebError> {
    let occasions: Vec<String> = (1..=meeting.minutes.len()).map(|at| meeting.occasion(at)).collect();
    let cases = app.store().cases_for(page.viewer()?, kind()?, &occasions).await?;
    let decided = |(minute, occasion): (&Minute, &String)| {
        let case = cases.iter().find(|(_, case)| case.about.occasion.as_ref() == Some(occasion));
        let about = meeting.agenda.iter().find(|item| Some(&item.case) == minute.case.as_ref());
        Decided {
            about: about.map(|item| format!("{} {}", item.number, item.title)).unwrap_or_default(),
            decision: minute.decision.clone(),
            unit: names.unit_text(&minute.unit),
            person: minute.person.clone(),
            until: minute.until.map(|day| day.to_string()).unwrap_or_default(),
            task: case
                .map(|(row, _)| (words::address("task", &row.number), row.number.clone(), row.state.label(page.lang))),
        }
    };
    Ok(meeting.minutes.iter().zip(&occasions).map(decided).collect())
}

/// The lines to be written: one for each item of the agenda, with its unit, and some more.
fn lines(meeting: &Meeting, typed: Option<&Fields>) -> Vec<Line> {
    let items = meeting.agenda.iter().take(OWN).map(Some);
    let more = std::iter::repeat_n(None, MORE);
    let line = |(at, item): (usize, Option<&loops::goals::Heard>)| {
        let said = |name: &str| typed.and_then(|typed| typed.get(&format!("{name}.{at}"))).map(|text| text.trim());
        Line {
            at,
            case: item.map(|item| item.case.clone()).unwrap_or_default(),
            about: item.map(|item| format!("{} {}", item.number, item.title)).unwrap_or_default(),
            decision: said("decision").unwrap_or_default().to_owned(),
            unit: said("unit").map(str::to_owned).or_else(|| item.map(|item| item.unit.clone())).unwrap_or_default(),
            person: said("person").unwrap_or_default().to_owned(),
            until: said("until").unwrap_or_default().to_owned(),
        }
    };
    items.chain(more).enumerate().map(line).collect()
}

/// What the page sends, by the names of its fields.
type Fields = BTreeMap<String, String>;

/// `POST /cases/task/meetings/{key}`: the minutes are written, and each decision becomes a task.
///
/// # Errors
/// There is no such meeting; its minutes are written already; what the store reports.
pub async fn write(
    State(app): State<App>,
    page: Page,
    Path(key): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    page.must_be_today()?;
    let (meeting, version) = find(&app, &key).await?;
    let seen = fields.get("seen").and_then(|seen| seen.parse().ok()).unwrap_or(0);
    match decide(&app, &page, &meeting, minutes(&meeting, &fields), seen).await {
        Ok(opened) => {
            let said = match page.lang {
                Lang::Zh => format!("纪要已写入，下达 {opened} 项任务。"),
                Lang::En => format!("The minutes are written; {opened} tasks are set."),
            };
            Ok(page.go_saying(&address(&key), Notice::said(said)))
        }
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let said = error.say(page.lang).to_owned();
            let drawn = draw(&app, &page, meeting, version, Some(&fields), Some(said)).await?;
            page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
        }
        Err(error) => Err(error),
    }
}

/// Reads what was typed: lines without a decision are none.
fn minutes(meeting: &Meeting, fields: &Fields) -> Vec<Minute> {
    let read = |line: Line| {
        let decision: String = line.decision.chars().take(200).collect();
        (!decision.is_empty()).then(|| Minute {
            case: Some(line.case).filter(|case| !case.is_empty()),
            decision,
            unit: line.unit,
            person: line.person.chars().take(40).collect(),
            assisting: Vec::new(),
            until: line.until.parse().ok(),
        })
    };
    lines(meeting, Some(fields)).into_iter().filter_map(read).collect()
}

/// Writes the minutes of a meeting that has none yet, and sets a task for each decision; how many were set.
///
/// # Errors
/// Minutes that are written already, or changed since they were seen; everything that is wrong with the
/// decisions; what the store reports.
pub async fn decide(
    app: &App,
    page: &Page,
    meeting: &Meeting,
    minutes: Vec<Minute>,
    seen: i64,
) -> Result<usize, WebError> {
    if !meeting.minutes.is_empty() {
        return Err(WebError::conflict(
            "这次会议的纪要已经写入，不能再改。",
            "The minutes of this meeting are written and stay as they are.",
        )
        .way_out(address(&meeting.key), "看这次会议", "See the meeting"));
    }
    if minutes.is_empty() || minutes.len() > MOST {
        return Err(WebError::invalid(
            format!("请写下 1 至 {MOST} 条议定事项。"),
            format!("Write down 1 to {MOST} decisions."),
        ));
    }
    // What a decision is about is on the agenda, so that nobody learns of other cases by their ids.
    if minutes.iter().flat_map(|minute| &minute.case).any(|case| meeting.agenda.iter().all(|item| item.case != *case)) {
        return Err(WebError::invalid(
            "所关联的任务不在这次会议的议程上。",
            "The task that a decision is about is not on the agenda.",
        ));
    }
    let units = app.store().units().await?;
    for minute in minutes.iter().filter(|minute| !minute.unit.is_empty()) {
        let unit = minute.unit.parse().ok().map(UnitId).and_then(|id| units.get(id));
        if unit.is_none_or(|unit| unit.closed_at.is_some()) {
            return Err(WebError::invalid("请选择在用的单位。", "Choose units that are open."));
        }
    }
    // A day that has passed since would be refused for a task, half-way through the others.
    let from = meeting.on.max(page.today);
    let tasks = tasks(&meeting.key, from, &minutes).map_err(|faults| {
        let say = |lang: Lang| {
            faults.iter().map(|fault: &MinuteFault| fault.say(lang)).collect::<Vec<_>>().join(lang.pick("", "; "))
        };
        WebError::invalid(say(Lang::Zh), say(Lang::En))
    })?;
    let written = Meeting { minutes, ..meeting.clone() };
    decided::decide(app, page, &format!("{MEETING}{}", meeting.key), &written, seen).await?;
    open_all(app, page, tasks).await
}

/// `POST /cases/task/meetings/{key}/tasks`: sets the tasks of the minutes that are not there yet, such as after
/// an interruption.
///
/// # Errors
/// There is no such meeting; a day that has passed; what the store reports.
pub async fn set(State(app): State<App>, page: Page, Path(key): Path<String>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let (meeting, _) = find(&app, &key).await?;
    let tasks = tasks(&meeting.key, meeting.on, &meeting.minutes).unwrap_or_default();
    let opened = open_all(&app, &page, tasks).await?;
    let said = match page.lang {
        Lang::Zh => format!("已下达 {opened} 项任务。"),
        Lang::En => format!("{opened} tasks are set."),
    };
    Ok(page.go_saying(&address(&key), Notice::said(said)))
}

/// Writes agenda and minutes as a workbook.
///
/// # Errors
/// There is no such meeting; what the store reports; a full disk.
pub async fn export(State(app): State<App>, page: Page, Path(key): Path<String>) -> Result<Response, WebError> {
    let (meeting, _) = find(&app, &key).await?;
    let names = Names::of(&app, &[]).await?;
    let decided = decided(&app, &page, &meeting, &names).await?;
    let items = meeting.agenda.iter().map(|item| {
        let item = ItemRow::of(&page, &names, item);
        let about = format!("{} {}", item.number, item.title);
        [page.t("议程", "Agenda").to_owned(), about, item.why, item.unit, String::new(), String::new(), String::new()]
    });
    let minutes = decided.into_iter().map(|one| {
        let task = one.task.map(|(_, number, state)| format!("{number} {state}")).unwrap_or_default();
        [page.t("纪要", "Minutes").to_owned(), one.about, one.decision, one.unit, one.person, one.until, task]
    });
    let cell = |text: String| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text) };
    let rows = items.chain(minutes).map(|texts| texts.into_iter().map(cell).collect()).collect();
    let heads = [
        (page.t("部分", "Part"), 10.0),
        (page.t("事项", "Case"), 36.0),
        (page.t("情况或议定", "Why, or decision"), 44.0),
        (page.t("单位", "Unit"), 22.0),
        (page.t("责任人", "Person"), 14.0),
        (page.t("期限", "By"), 12.0),
        (page.t("任务", "Task"), 24.0),
    ];
    let column = |(heading, width): (&str, f64)| Column {
        heading: heading.to_owned(),
        width,
        align: Align::Left,
        format: String::new(),
        hidden: false,
    };
    let name = format!("{}-{}", meeting.title, meeting.on);
    export::workbook(&name, &format!("meeting-{}", meeting.key), heads.map(column).into(), rows).await
}
