//! The regular meeting: its agenda is what is late, its minutes are tasks.

use jiff::civil::Date;
use kernel::Lang;
use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::event::Given;

/// A task as it hangs on the wall on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnTheWall {
    /// The case.
    pub case: String,
    /// What it is called.
    pub title: String,
    /// The unit that answers for it.
    pub unit: String,
    /// Its colour.
    pub colour: Colour,
    /// Days past its due.
    pub days_late: i64,
    /// Months missed in a row.
    pub months_missed: u32,
    /// On how many meetings in a row it was on the agenda before.
    pub heard: u32,
}

/// One item of an agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'w> {
    /// The task.
    pub task: &'w OnTheWall,
    /// Why it is on.
    pub why: Vec<String>,
}

/// The agenda: what is red, orange or yellow, and whatever a meeting before has heard and is not green
/// yet. The worst come first, and of those what was heard most often.
pub fn agenda(wall: &[OnTheWall], lang: Lang) -> Vec<Item<'_>> {
    let badness = |colour| match colour {
        Colour::Red => 3,
        Colour::Orange => 2,
        Colour::Yellow => 1,
        Colour::Grey | Colour::Blue | Colour::Green => 0,
    };
    let is_on = |task: &&OnTheWall| badness(task.colour) > 0 || task.heard > 0 && task.colour == Colour::Grey;
    let mut tasks: Vec<&OnTheWall> = wall.iter().filter(is_on).collect();
    let rank = |task: &OnTheWall| (badness(task.colour), task.heard, task.days_late, task.months_missed);
    tasks.sort_by(|a, b| rank(b).cmp(&rank(a)).then((&a.unit, &a.case).cmp(&(&b.unit, &b.case))));
    tasks.into_iter().map(|task| Item { task, why: why(task, lang) }).collect()
}

fn why(task: &OnTheWall, lang: Lang) -> Vec<String> {
    let (days, months, heard) = (task.days_late, task.months_missed, task.heard);
    let light = task.colour.label(lang);
    let mut why = vec![match lang {
        Lang::Zh => format!("{light}灯"),
        Lang::En => light.to_owned(),
    }];
    if days > 0 {
        why.push(match lang {
            Lang::Zh => format!("逾期 {days} 天"),
            Lang::En if days == 1 => "1 day late".to_owned(),
            Lang::En => format!("{days} days late"),
        });
    }
    if months > 0 {
        why.push(match lang {
            Lang::Zh => format!("连续 {months} 个月未完成"),
            Lang::En if months == 1 => "1 month missed".to_owned(),
            Lang::En => format!("{months} months missed in a row"),
        });
    }
    if heard > 0 {
        why.push(match lang {
            Lang::Zh => format!("已连续 {heard} 次上会"),
            Lang::En if heard == 1 => "on the last agenda".to_owned(),
            Lang::En => format!("on {heard} agendas in a row"),
        });
    }
    why
}

/// An item of an agenda as it was heard: later changes of the task do not change what the meeting saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The task, by its id.
    pub case: String,
    /// Its number for people.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// The unit that answers for it, by its id.
    pub unit: String,
    /// Its colour on that day.
    pub colour: Colour,
    /// Days past its due.
    pub days_late: i64,
    /// Months missed in a row.
    pub months_missed: u32,
    /// On how many meetings in a row it was on the agenda before.
    pub heard: u32,
}

impl Heard {
    /// Why it was on the agenda.
    pub fn why(&self, lang: Lang) -> Vec<String> {
        why(&self.on_the_wall(), lang)
    }

    fn on_the_wall(&self) -> OnTheWall {
        let Self { case, title, unit, colour, days_late, months_missed, heard, .. } = self.clone();
        OnTheWall { case, title, unit, colour, days_late, months_missed, heard }
    }
}

/// A regular meeting: its agenda as it was when it was called, and its minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its key: the day and which of that day.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// Its day.
    pub on: Date,
    /// Its agenda, the worst first.
    pub agenda: Vec<Heard>,
    /// What was decided; empty until the minutes are written.
    pub minutes: Vec<Minute>,
}

/// On how many of the meetings before, the latest first and without a break, a task was on the agenda.
pub fn heard(case: &str, before: &[Meeting]) -> u32 {
    let on = before.iter().take_while(|meeting| meeting.agenda.iter().any(|item| item.case == case));
    u32::try_from(on.count()).unwrap_or(u32::MAX)
}

/// One decision in the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Minute {
    /// The task it was about, where it was about one.
    pub case: Option<String>,
    /// What is to be done.
    pub decision: String,
    /// The unit that does it.
    pub unit: String,
    /// The person of the unit who answers for it; empty where none was named.
    #[serde(default)]
    pub person: String,
    /// Units that assist.
    pub assisting: Vec<String>,
    /// By when.
    pub until: Option<Date>,
}

/// Why a minute is no task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MinuteFault {
    /// It does not say what.
    #[error("{}", self.say(Lang::En))]
    NoDecision(usize),
    /// It does not say who.
    #[error("{}", self.say(Lang::En))]
    NoUnit(usize),
    /// It does not say by when, or names a day before the meeting.
    #[error("{}", self.say(Lang::En))]
    NoDay(usize),
}

impl MinuteFault {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::NoDecision(number), Lang::Zh) => format!("纪要第 {number} 条没有写明事项。"),
            (Self::NoDecision(number), Lang::En) => format!("minute {number} does not say what is to be done"),
            (Self::NoUnit(number), Lang::Zh) => format!("纪要第 {number} 条没有写明由哪个单位办理。"),
            (Self::NoUnit(number), Lang::En) => format!("minute {number} names no unit"),
            (Self::NoDay(number), Lang::Zh) => format!("纪要第 {number} 条没有期限，或期限早于会议日。"),
            (Self::NoDay(number), Lang::En) => format!("minute {number} has no day, or one before the meeting"),
        }
    }
}

impl Meeting {
    /// What the task of a minute is opened for once and never twice; minutes count from 1.
    pub fn occasion(&self, minute: usize) -> String {
        occasion(&self.key, minute)
    }
}

fn occasion(meeting: &str, minute: usize) -> String {
    format!("meeting:{meeting}:{minute}")
}

/// The tasks of the minutes, as what the first event of each case is given. Each minute of a meeting is
/// opened for once and never twice.
///
/// # Errors
/// Every [`MinuteFault`]; then there is no task at all, so that half of the minutes never go out.
pub fn tasks(meeting: &str, on: Date, minutes: &[Minute]) -> Result<Vec<Given>, Vec<MinuteFault>> {
    let mut faults = Vec::new();
    let mut found = Vec::new();
    for (at, minute) in minutes.iter().enumerate() {
        let number = at + 1;
        if minute.decision.trim().is_empty() {
            faults.push(MinuteFault::NoDecision(number));
        }
        if minute.unit.trim().is_empty() {
            faults.push(MinuteFault::NoUnit(number));
        }
        if minute.until.is_none_or(|until| until < on) {
            faults.push(MinuteFault::NoDay(number));
        }
        found.push(Given {
            title: Some(minute.decision.trim().to_owned()),
            unit: Some(minute.unit.trim().to_owned()),
            assisting: minute.assisting.clone(),
            until: minute.until,
            person: Some(minute.person.trim().to_owned()).filter(|person| !person.is_empty()),
            parent: minute.case.clone(),
            occasion: Some(occasion(meeting, number)),
            ..Given::default()
        });
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}
