//! `/cases/task/meetings`: the regular meetings, and the agenda of the next one made of what is late.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use kernel::Lang;
use loops::Colour;
use loops::goals::{Heard, Meeting, OnTheWall, agenda, heard};
use store::cases::CaseFilter;

use super::lateness;
use crate::cases::decided;
use crate::cases::line::{self, Names};
use crate::cases::tabs::Tabs;
use crate::cases::words::{self, LOOKS, Look};
use crate::frame::notice::Notice;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// What stands before the key of a meeting where the zone keeps it.
pub(super) const MEETING: &str = "meeting:";
/// How many meetings are shown, the latest first.
const SHOWN: u64 = 50;
/// How many items an agenda takes: what is worse comes first, and what does not fit is said.
const MOST: usize = 60;

/// A meeting of the list.
struct Row {
    address: String,
    title: String,
    on: String,
    items: usize,
    minutes: usize,
}

/// An item of the next agenda.
pub(super) struct ItemRow {
    pub(super) address: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) unit: String,
    pub(super) colour: Option<Badge>,
    pub(super) why: String,
}

impl ItemRow {
    /// An item as it is shown.
    pub(super) fn of(page: &Page, names: &Names, item: &Heard) -> Self {
        Self {
            address: words::address("task", &item.number),
            number: item.number.clone(),
            title: item.title.clone(),
            unit: names.unit_text(&item.unit),
            colour: line::colour(item.colour.key(), page.lang).0,
            why: item.why(page.lang).join(page.t("，", ", ")),
        }
    }
}

#[derive(Template)]
#[template(path = "cases/tasks/meetings.html")]
struct MeetingsPage<'a> {
    page: &'a Page,
    look: &'static Look,
    tabs: Tabs<'a>,
    meetings: Vec<Row>,
    next: Vec<ItemRow>,
    left_out: usize,
    usual: String,
}

/// The meetings, the latest first.
///
/// # Errors
/// What the store reports.
pub async fn known(app: &App) -> Result<Vec<Meeting>, WebError> {
    let mut meetings: Vec<Meeting> = decided::known_under(app.store(), MEETING, SHOWN).await?;
    meetings.sort_by(|a, b| (b.on, b.key.len(), &b.key).cmp(&(a.on, a.key.len(), &a.key)));
    Ok(meetings)
}

/// The agenda of a meeting held now: what is red, orange or yellow, the worst first. Beside it how many
/// items did not fit.
async fn next(app: &App, page: &Page, before: &[Meeting]) -> Result<(Vec<Heard>, usize), WebError> {
    let filter = CaseFilter { kinds: vec!["task".to_owned()], open: Some(true), ..CaseFilter::default() };
    let found = app.store().case_folds(page.viewer()?, &filter).await?;
    let calendar = app.store().timing().calendar();
    let wall: Vec<OnTheWall> = found
        .iter()
        .map(|(row, case)| {
            let (days_late, months_missed) = lateness(case, page, calendar);
            let id = row.id.to_string();
            OnTheWall {
                heard: heard(&id, before),
                case: id,
                title: row.title.clone(),
                unit: row.unit.map(|unit| unit.to_string()).unwrap_or_default(),
                colour: Colour::from_key(&row.colour).unwrap_or(Colour::Grey),
                days_late,
                months_missed,
            }
        })
        .collect();
    let number = |id: &str| found.iter().find(|(row, _)| row.id.to_string() == id).map(|(row, _)| row.number.clone());
    let items = agenda(&wall, page.lang);
    let left_out = items.len().saturating_sub(MOST);
    let heard = items.into_iter().take(MOST).map(|item| {
        let OnTheWall { case, title, unit, colour, days_late, months_missed, heard } = item.task.clone();
        Heard { number: number(&case).unwrap_or_default(), case, title, unit, colour, days_late, months_missed, heard }
    });
    Ok((heard.collect(), left_out))
}

/// Shows the meetings, and what the next one would hear.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let look = &LOOKS[3];
    let meetings = known(&app).await?;
    let names = Names::of(&app, &[]).await?;
    let (items, left_out) = next(&app, &page, &meetings).await?;
    page.show(MeetingsPage {
        tabs: Tabs::of(&page, look, "meetings"),
        meetings: meetings.iter().map(row).collect(),
        next: items.iter().map(|item| ItemRow::of(&page, &names, item)).collect(),
        left_out,
        usual: usual(&page),
        look,
        page: &page,
    })
}

fn usual(page: &Page) -> String {
    page.t("任务调度例会", "Regular meeting on the tasks").to_owned()
}

fn row(meeting: &Meeting) -> Row {
    Row {
        address: address(&meeting.key),
        title: meeting.title.clone(),
        on: meeting.on.to_string(),
        items: meeting.agenda.len(),
        minutes: meeting.minutes.len(),
    }
}

/// The page of a meeting.
pub(super) fn address(key: &str) -> String {
    format!("/cases/task/meetings/{key}")
}

/// What a meeting is called.
#[derive(Debug, serde::Deserialize)]
pub struct Called {
    #[serde(default)]
    title: String,
}

/// `POST /cases/task/meetings`: a meeting is called; its agenda is what is late now, and stays so.
///
/// # Errors
/// What the store reports.
pub async fn call(State(app): State<App>, page: Page, Form(called): Form<Called>) -> Result<Response, WebError> {
    page.must_be_today()?;
    let meeting = call_now(&app, &page, &called.title).await?;
    let said = match page.lang {
        Lang::Zh => format!("议程已生成，共 {} 项。", meeting.agenda.len()),
        Lang::En => format!("The agenda has {} items.", meeting.agenda.len()),
    };
    Ok(page.go_saying(&address(&meeting.key), Notice::said(said)))
}

/// Calls a meeting of today; its agenda is what is late now, and stays so.
///
/// # Errors
/// What the store reports.
pub async fn call_now(app: &App, page: &Page, title: &str) -> Result<Meeting, WebError> {
    let before = known(app).await?;
    let (agenda, _) = next(app, page, &before).await?;
    let title: String = title.trim().chars().take(80).collect();
    let key =
        (1..).map(|at: usize| format!("{}-{at}", page.today)).find(|key| before.iter().all(|one| one.key != *key));
    let meeting = Meeting {
        key: key.unwrap_or_default(),
        title: if title.is_empty() { usual(page) } else { title },
        on: page.today,
        agenda,
        minutes: Vec::new(),
    };
    decided::decide(app, page, &format!("{MEETING}{}", meeting.key), &meeting, 0).await?;
    Ok(meeting)
}
