//! What the sample zone has decided: what can be applied for, its goals, and its regular meetings.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::Lang;
use kernel::calendar::Calendar;
use kernel::chain::GENESIS;
use loops::colour::{Measured, Painter, schemes};
use loops::goals::{Goal, Heard, Meeting, Minute, OnTheWall, Part, agenda, heard};
use loops::items::{self, Ask, Item, Question};
use loops::plan::Month;
use loops::{Case, Clock, Event, Promise, Speed};
use sample::{
    SampleCases, SampleGoal, SampleItem, SampleMeeting, SampleMinute, SamplePart, SamplePromise, SampleQuestion,
};
use store::Store;
use store::access::{UnitId, Viewer};
use store::cases::{CaseFilter, CaseRow, PastCase};

use super::past::moment;
use crate::failure::Failure;

/// Keeps items, goals and meetings as the leader of the sample zone would have decided them.
pub async fn keep(
    store: &Store,
    sample: &SampleCases,
    units: &HashMap<&'static str, UnitId>,
    past: &[PastCase],
) -> Result<(), Failure> {
    let Some(leader) = store.account_by_name("leader").await? else { return Ok(()) };
    let Some(viewer) = store.viewer(leader.id).await? else { return Ok(()) };
    let unit = |short: &str| units.get(short).map(ToString::to_string).unwrap_or_default();
    let items: Vec<Item> = sample.items.iter().map(|item| of_catalogue(item, &unit)).collect();
    decide(store, &viewer, items::KEY, &items).await?;
    for goal in &sample.goals {
        decide(store, &viewer, &format!("goal:{}", goal.key), &of_goal(goal, &unit)).await?;
    }
    let filter = CaseFilter { kinds: vec!["task".to_owned()], ..CaseFilter::default() };
    let tasks = store.case_folds(&viewer, &filter).await?;
    let mut held: Vec<Meeting> = Vec::new();
    for meeting in &sample.meetings {
        let Some(at) = moment(meeting.at) else { continue };
        let wall = wall(&tasks, past, at, &held);
        let on_agenda = agenda(&wall.iter().map(|(task, _)| task.clone()).collect::<Vec<_>>(), Lang::Zh)
            .into_iter()
            .filter_map(|item| wall.iter().find(|(task, _)| task.case == item.task.case))
            .map(|(task, number)| as_heard(task, number))
            .collect();
        let minutes = meeting.minutes.iter().map(|minute| of_minute(minute, &tasks, &unit)).collect();
        let meeting = of_meeting(meeting, on_agenda, minutes);
        decide(store, &viewer, &format!("meeting:{}", meeting.key), &meeting).await?;
        // The latest first, as agendas count how often something was heard.
        held.insert(0, meeting);
    }
    Ok(())
}

async fn decide(store: &Store, viewer: &Viewer, key: &str, decided: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(decided).unwrap_or_default();
    store.decide_loop_setting(viewer, key, &text, 0).await?;
    Ok(())
}

fn of_catalogue(item: &SampleItem, unit: &impl Fn(&str) -> String) -> Item {
    Item {
        key: item.key.to_owned(),
        name: item.name.to_owned(),
        papers: item.papers.iter().map(|paper| (*paper).to_owned()).collect(),
        lead: unit(item.lead),
        parts: item.parts.iter().map(|part| unit(part)).collect(),
        ended: false,
        form: item.form.iter().map(of_form).collect(),
        speed: item.promise.map_or(Speed::Ordinary, speed),
        within: item.promise.and_then(|promise| promise.working_days).map(Clock::WorkingDays),
    }
}

fn speed(promise: SamplePromise) -> Speed {
    Speed::from_key(promise.speed).unwrap_or_default()
}

/// What an application for a sample item was promised.
pub(super) fn promised(promise: SamplePromise) -> Option<Promise> {
    Promise::of(speed(promise), promise.working_days.map(Clock::WorkingDays)).ok().flatten()
}

fn of_form(question: &SampleQuestion) -> Question {
    let more = question.more.to_owned();
    let ask = match question.kind {
        "register" => Ask::Register(more),
        "number" => Ask::Number(more),
        "choice" => Ask::Choice(more.split('、').map(str::to_owned).collect()),
        "yes_no" => Ask::YesNo,
        _ => Ask::Text,
    };
    Question { label: question.label.to_owned(), ask, needed: question.needed }
}

fn of_goal(goal: &SampleGoal, unit: &impl Fn(&str) -> String) -> Goal {
    let months = |part: &SamplePart| -> Vec<Month> {
        part.months.iter().map(|(month, amount)| Month { month: *month, amount: (*amount).into() }).collect()
    };
    let mut whole: Vec<Month> = Vec::new();
    for month in goal.parts.iter().flat_map(months) {
        match whole.iter_mut().find(|known| known.month == month.month) {
            Some(known) => known.amount += month.amount,
            None => whole.push(month),
        }
    }
    let part = |part: &SamplePart| Part { unit: unit(part.unit), person: part.person.to_owned(), months: months(part) };
    Goal {
        key: goal.key.clone(),
        title: goal.title.to_owned(),
        measure: goal.measure.to_owned(),
        months: whole,
        parts: goal.parts.iter().map(part).collect(),
        on: goal.on,
    }
}

/// The tasks that were open at a moment as they hung on the wall then, each with its number.
fn wall(tasks: &[(CaseRow, Case)], past: &[PastCase], at: Timestamp, before: &[Meeting]) -> Vec<(OnTheWall, String)> {
    let Some(scheme) = schemes().first() else { return Vec::new() };
    let painter = scheme.ready();
    let hung = past.iter().filter(|past| past.kind.key == "task").filter_map(|past| {
        let then = as_of(past, at).filter(|case| !case.state().is_end())?;
        let (row, _) = tasks.iter().find(|(row, _)| Some(&row.title) == then.about.title.as_ref())?;
        Some((on_the_wall(row, &then, at, &painter, before)?, row.number.clone()))
    });
    hung.collect()
}

/// A case as it stood at a moment; `None` where it was not there yet.
fn as_of(past: &PastCase, at: Timestamp) -> Option<Case> {
    let mut case: Option<Case> = None;
    for (seq, step) in (1..).zip(&past.steps).take_while(|(_, step)| step.at <= at) {
        let event = Event { seq, at: step.at, by: step.by.clone(), step: step.step.clone(), given: step.given.clone() };
        let sealed = event.seal(&case.as_ref().map_or(GENESIS, |case| case.hash), [0; 16]);
        match &mut case {
            Some(case) => case.apply(&sealed).ok()?,
            None => case = Case::open(past.kind, &sealed).ok(),
        }
    }
    case
}

fn on_the_wall(
    row: &CaseRow,
    then: &Case,
    at: Timestamp,
    painter: &Painter<'_>,
    before: &[Meeting],
) -> Option<OnTheWall> {
    let measured = Measured::of(then, then.plan.as_ref(), at, Calendar::builtin()).ok()?;
    let id = row.id.to_string();
    Some(OnTheWall {
        heard: heard(&id, before),
        case: id,
        title: row.title.clone(),
        unit: then.unit.clone().unwrap_or_default(),
        colour: painter.paint(&measured).colour,
        days_late: measured.days_late,
        months_missed: measured.progress.months_missed,
    })
}

fn as_heard(task: &OnTheWall, number: &str) -> Heard {
    let OnTheWall { case, title, unit, colour, days_late, months_missed, heard } = task.clone();
    Heard { case, number: number.to_owned(), title, unit, colour, days_late, months_missed, heard }
}

fn of_minute(minute: &SampleMinute, tasks: &[(CaseRow, Case)], unit: &impl Fn(&str) -> String) -> Minute {
    let about = |(_, case): &&(CaseRow, Case)| minute.about.is_some() && case.about.occasion == minute.about;
    Minute {
        case: tasks.iter().find(about).map(|(row, _)| row.id.to_string()),
        decision: minute.decision.to_owned(),
        unit: unit(minute.unit),
        person: minute.person.to_owned(),
        assisting: Vec::new(),
        until: Some(minute.until),
    }
}

fn of_meeting(meeting: &SampleMeeting, agenda: Vec<Heard>, minutes: Vec<Minute>) -> Meeting {
    Meeting { key: meeting.key.clone(), title: meeting.title.to_owned(), on: meeting.at.date(), agenda, minutes }
}
