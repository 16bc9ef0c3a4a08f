//! `/api/v1/meetings`: the regular meetings, calling one, and writing its minutes, which become tasks.

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use loops::goals::{Heard, Meeting, Minute};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::{Asked, Sent};
use super::me::Nothing;
use crate::cases::tasks::{meeting, meetings};
use crate::{App, Page, WebError};

/// An item of an agenda as it was heard.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgendaItem {
    /// The task, by id.
    case: String,
    /// Its number.
    number: String,
    /// What it is called.
    title: String,
    /// The unit that answers for it, by id.
    unit: String,
    /// Its colour on that day, by key.
    colour: String,
    /// Days past its due.
    days_late: i64,
    /// Months missed in a row.
    months_missed: u32,
    /// On how many meetings in a row it was on the agenda before.
    heard: u32,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinuteRow {
    /// The task it was about, by id.
    case: Option<String>,
    /// What is to be done.
    decision: String,
    /// The unit that does it, by id.
    unit: String,
    /// The person of it who answers for it.
    person: String,
    /// By when.
    until: Option<String>,
}

/// A meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingRow {
    /// Its key.
    key: String,
    /// What it is called.
    title: String,
    /// Its day.
    on: String,
    /// Its agenda, the worst first.
    agenda: Vec<AgendaItem>,
    /// What was decided; empty until the minutes are written.
    minutes: Vec<MinuteRow>,
}

/// The meetings.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingList {
    /// The meetings, the last first.
    rows: Vec<MeetingRow>,
}

/// A meeting to call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// What it is called; empty for the usual name.
    #[serde(default)]
    title: String,
}

/// A decision to write down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMinute {
    /// The task it is about, by id, where it is about one of the agenda.
    #[serde(default)]
    case: Option<Uuid>,
    /// What is to be done.
    decision: String,
    /// The unit that does it, by id.
    unit: Uuid,
    /// The person of it who answers for it.
    #[serde(default)]
    person: String,
    /// By when.
    #[schema(value_type = String)]
    until: Date,
}

/// The minutes of a meeting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMinutes {
    /// The decisions, 1 to 60.
    minutes: Vec<NewMinute>,
}

/// Minutes that were written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// How many tasks were set.
    tasks: usize,
}

fn item(heard: Heard) -> AgendaItem {
    let Heard { case, number, title, unit, colour, days_late, months_missed, heard } = heard;
    AgendaItem { case, number, title, unit, colour: colour.key().to_owned(), days_late, months_missed, heard }
}

fn row(meeting: Meeting) -> MeetingRow {
    let minute = |minute: Minute| MinuteRow {
        case: minute.case,
        decision: minute.decision,
        unit: minute.unit,
        person: minute.person,
        until: minute.until.map(|day| day.to_string()),
    };
    MeetingRow {
        key: meeting.key,
        title: meeting.title,
        on: meeting.on.to_string(),
        agenda: meeting.agenda.into_iter().map(item).collect(),
        minutes: meeting.minutes.into_iter().map(minute).collect(),
    }
}

/// The regular meetings with their agendas and minutes, the last first.
#[utoipa::path(get, path = "/api/v1/meetings", operation_id = "meetings", tag = "Cases",
    responses((status = 200, description = "The meetings", body = MeetingList)))]
pub async fn list(State(app): State<App>, _: Asked<Nothing>) -> Result<Json<MeetingList>, WebError> {
    Ok(Json(MeetingList { rows: meetings::known(&app).await?.into_iter().map(row).collect() }))
}

/// Calls a meeting: its agenda is what is late now, and stays so.
#[utoipa::path(post, path = "/api/v1/meetings", operation_id = "call_meeting", tag = "Cases", request_body = NewMeeting,
    responses((status = 200, description = "It was called", body = MeetingRow)))]
pub async fn call(
    State(app): State<App>,
    page: Page,
    Sent(sent): Sent<NewMeeting>,
) -> Result<Json<MeetingRow>, WebError> {
    page.must_be_today()?;
    Ok(Json(row(meetings::call_now(&app, &page, &sent.title).await?)))
}

/// Writes the minutes of a meeting; each decision becomes a task. Minutes that are written stay as they are.
#[utoipa::path(post, path = "/api/v1/meetings/{key}", operation_id = "write_minutes", tag = "Cases",
    params(("key" = String, Path, description = "The meeting's key")), request_body = NewMinutes,
    responses((status = 200, description = "They were written", body = Decided)))]
pub async fn write(
    State(app): State<App>,
    page: Page,
    Path(key): Path<String>,
    Sent(sent): Sent<NewMinutes>,
) -> Result<Json<Decided>, WebError> {
    page.must_be_today()?;
    let (found, version) = meeting::find(&app, &key).await?;
    let minute = |minute: NewMinute| Minute {
        case: minute.case.map(|id| id.to_string()),
        decision: minute.decision.trim().chars().take(200).collect(),
        unit: minute.unit.to_string(),
        person: minute.person.trim().chars().take(40).collect(),
        assisting: Vec::new(),
        until: Some(minute.until),
    };
    let minutes = sent.minutes.into_iter().map(minute).collect();
    Ok(Json(Decided { tasks: meeting::decide(&app, &page, &found, minutes, version).await? }))
}
