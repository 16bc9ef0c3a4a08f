//! Goals on the wall (挂图作战、逐项销号): a goal split to units and persons by months, the agenda of a
//! meeting made from what is late, and minutes that become tasks.

mod meeting;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Lang;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use meeting::{Heard, Item, Meeting, Minute, MinuteFault, OnTheWall, agenda, heard, tasks};

use crate::event::Given;
use crate::plan::{Month, Plan};

/// A goal as it was set: what is to come, by how much each month, and who takes which part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Its key in occasions.
    pub key: String,
    /// What is to come.
    pub title: String,
    /// What it is counted in, such as 家 or 万元.
    pub measure: String,
    /// What is to be done in which month.
    pub months: Vec<Month>,
    /// Who takes which part of it.
    pub parts: Vec<Part>,
    /// The day on which it was set.
    pub on: Date,
}

impl Goal {
    /// The goal as a plan of which nothing is done yet.
    pub fn plan(&self) -> Plan {
        Plan { months: self.months.clone(), measure: self.measure.clone(), done: Vec::new() }
    }

    /// What the task of a part is opened for once and never twice; parts count from 1.
    pub fn occasion(&self, part: usize) -> String {
        format!("goal:{}:{part}", self.key)
    }

    /// The parts as tasks, each with its plan, its person and the end of its last month as its day.
    pub fn tasks(&self) -> Vec<Given> {
        let task = |(at, part): (usize, &Part)| {
            let plan = Plan { months: part.months.clone(), measure: self.measure.clone(), done: Vec::new() };
            let busy = plan.months.iter().filter(|month| !month.amount.is_zero()).map(|month| month.month).max();
            Given {
                title: Some(format!("{}（{}{}）", self.title, plan.total().normalize(), self.measure)),
                unit: Some(part.unit.clone()),
                person: Some(part.person.trim().to_owned()),
                until: busy.map(|month| month.last_of_month()),
                plan: Some(plan),
                occasion: Some(self.occasion(at + 1)),
                ..Given::default()
            }
        };
        self.parts.iter().enumerate().map(task).collect()
    }
}

/// A part of a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The unit.
    pub unit: String,
    /// The person of it who answers for the part.
    pub person: String,
    /// What is to be done in which month, in the unit of the goal.
    pub months: Vec<Month>,
}

/// Why a split is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitFault {
    /// The parts of a month do not add up to the goal's.
    #[error("{}", self.say(Lang::En))]
    DoesNotAddUp {
        /// The first day of the month.
        month: Date,
        /// What the goal asks for.
        goal: Decimal,
        /// What the parts add up to.
        parts: Decimal,
    },
    /// A part has no unit or no person.
    #[error("{}", self.say(Lang::En))]
    NobodyAnswers {
        /// Which part, from 1.
        part: usize,
    },
    /// A month of a part is below nought.
    #[error("{}", self.say(Lang::En))]
    BelowNought {
        /// The unit.
        unit: String,
        /// The first day of the month.
        month: Date,
    },
}

impl SplitFault {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::DoesNotAddUp { month, goal, parts }, _) => {
                let (year, number) = (month.year(), month.month());
                let (goal, parts, left) = (goal.normalize(), parts.normalize(), (goal - parts).normalize());
                match lang {
                    Lang::Zh => {
                        format!("{year} 年 {number} 月：各单位合计 {parts}，目标 {goal}，相差 {left}。请调整分解。")
                    }
                    Lang::En => {
                        format!("{year}-{number:02}: the parts add up to {parts}, the goal is {goal}, {left} apart")
                    }
                }
            }
            (Self::NobodyAnswers { part }, Lang::Zh) => format!("第 {part} 份没有写明单位或责任人。"),
            (Self::NobodyAnswers { part }, Lang::En) => format!("part {part} names no unit or no person"),
            (Self::BelowNought { unit, month }, Lang::Zh) => {
                format!("{unit} {} 年 {} 月的任务数小于零。", month.year(), month.month())
            }
            (Self::BelowNought { unit, month }, Lang::En) => {
                format!("{unit} has less than nought to do in {}-{:02}", month.year(), month.month())
            }
        }
    }
}

/// Everything that is wrong with a split: each month of the parts adds up to that of the goal, exactly,
/// and each part has somebody who answers for it.
pub fn check_split(goal: &Plan, parts: &[Part]) -> Vec<SplitFault> {
    let mut faults = Vec::new();
    let mut sums: BTreeMap<Date, (Decimal, Decimal)> = BTreeMap::new();
    for month in &goal.months {
        sums.entry(month.month.first_of_month()).or_default().0 += month.amount;
    }
    for (at, part) in parts.iter().enumerate() {
        if part.unit.trim().is_empty() || part.person.trim().is_empty() {
            faults.push(SplitFault::NobodyAnswers { part: at + 1 });
        }
        for month in &part.months {
            let first = month.month.first_of_month();
            if month.amount < Decimal::ZERO {
                faults.push(SplitFault::BelowNought { unit: part.unit.clone(), month: first });
            }
            sums.entry(first).or_default().1 += month.amount;
        }
    }
    let apart = sums.into_iter().filter(|(_, (goal, parts))| goal != parts);
    faults.extend(apart.map(|(month, (goal, parts))| SplitFault::DoesNotAddUp { month, goal, parts }));
    faults
}

/// A goal spread over months in whole steps of so many digits behind the point; what does not divide is
/// done first, so that the months still add up to the goal.
pub fn spread(total: Decimal, first: Date, months: u32, digits: u32) -> Vec<Month> {
    let count = Decimal::from(months.max(1));
    let each = (total / count).trunc_with_scale(digits);
    let step = Decimal::new(1, digits);
    let mut left = total - each * count;
    (0..months.max(1))
        .map(|ahead| {
            let more = if left >= step { step } else { left };
            left -= more;
            let month = first.first_of_month().saturating_add(i64::from(ahead).months());
            Month { month, amount: each + more }
        })
        .collect()
}
