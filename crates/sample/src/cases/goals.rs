//! Goals split to units by months (挂图作战): some months met, some missed, one made up for; and two regular
//! meetings whose minutes became tasks.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::walk::{Walk, Who, With, blank, working_day};
use super::{OFFICERS, SampleCase};
use crate::draw::Draw;

/// A goal with who takes which part of it. Units stand by the short ids of [`crate::SampleUnit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleGoal {
    /// Its key: the day on which it was set, and which of that day.
    pub key: String,
    /// What is to come.
    pub title: &'static str,
    /// What it is counted in.
    pub measure: &'static str,
    /// The day on which it was set.
    pub on: Date,
    /// Who takes which part; the parts of a month make the goal's.
    pub parts: Vec<SamplePart>,
}

/// A unit's part of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePart {
    /// The unit.
    pub unit: &'static str,
    /// The person of it who answers for the part.
    pub person: &'static str,
    /// What is to be done in which month.
    pub months: Vec<(Date, i64)>,
}

/// A regular meeting; its agenda is what was late on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleMeeting {
    /// Its key: the day, and which of that day.
    pub key: String,
    /// What it is called.
    pub title: &'static str,
    /// When it was held.
    pub at: DateTime,
    /// What was decided.
    pub minutes: Vec<SampleMinute>,
}

/// A decision of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleMinute {
    /// The goal's task that it is about, by its occasion.
    pub about: Option<String>,
    /// What is to be done.
    pub decision: &'static str,
    /// The unit that does it.
    pub unit: &'static str,
    /// The person of it who answers for it.
    pub person: &'static str,
    /// By when.
    pub until: Date,
}

/// A part: unit, the account that reports, the person who answers, what is planned month by month, and how
/// much of it was reported.
type Part = (&'static str, &'static str, &'static str, &'static [i64], &'static [i64]);

/// A goal: what, counted in what, so many months back its first month lies.
struct Plan {
    title: &'static str,
    measure: &'static str,
    back: i64,
    parts: &'static [Part],
}

const PLANS: [Plan; 3] = [
    Plan {
        title: "规上工业企业培育入库",
        measure: "家",
        back: 3,
        parts: &[
            ("economy", "economy", "样例科长丙", &[2, 2, 3, 3, 2, 2], &[2, 3, 3, 2]),
            ("equipment-park", OFFICERS[0], "样例园长甲", &[1, 1, 2, 2, 1, 1], &[1, 0, 1, 0]),
            ("electric-park", OFFICERS[3], "样例园长乙", &[1, 1, 1, 2, 1, 1], &[0, 2, 1, 1]),
        ],
    },
    Plan {
        title: "重点产业项目完成投资",
        measure: "万元",
        back: 3,
        parts: &[
            (
                "construction",
                "construction",
                "样例科长乙",
                &[8_000, 9_000, 12_000, 12_000, 9_000],
                &[8_200, 9_100, 12_600, 7_000],
            ),
            (
                "port-park",
                OFFICERS[2],
                "样例园长丙",
                &[3_000, 4_000, 5_000, 5_000, 3_000],
                &[2_100, 2_600, 3_900, 1_800],
            ),
            (
                "nylon-park",
                OFFICERS[1],
                "样例园长丁",
                &[4_000, 4_000, 6_000, 6_000, 4_000],
                &[4_000, 4_300, 5_900, 3_500],
            ),
        ],
    },
    Plan {
        title: "高新技术企业申报辅导",
        measure: "家",
        back: 3,
        parts: &[
            ("science", "science", "样例科长甲", &[10, 12, 8], &[11, 12, 8]),
            ("software-park", OFFICERS[4], "样例园长戊", &[6, 6, 4], &[6, 7, 4]),
            ("bio-park", OFFICERS[5], "样例园长己", &[4, 4, 4], &[3, 2, 2]),
        ],
    },
];

/// The first day of the month so many months from that of a day.
fn month(day: Date, ahead: i64) -> Date {
    day.first_of_month().saturating_add(ahead.months())
}

fn key(on: Date, number: usize) -> String {
    format!("{on}-{number}")
}

/// The goals as they were set, each on the first working days of its first month.
pub(super) fn goals(now: DateTime) -> Vec<SampleGoal> {
    let goal = |(at, plan): (usize, &Plan)| {
        let first = month(now.date(), -plan.back);
        let on = working_day(first, 1);
        let part = |(unit, _, person, planned, _): &Part| SamplePart {
            unit,
            person,
            months: (0..).zip(*planned).map(|(ahead, amount)| (month(first, ahead), *amount)).collect(),
        };
        SampleGoal {
            key: key(on, at + 1),
            title: plan.title,
            measure: plan.measure,
            on,
            parts: plan.parts.iter().map(part).collect(),
        }
    };
    PLANS.iter().enumerate().map(goal).collect()
}

fn occasion(goal: &SampleGoal, part: usize) -> String {
    format!("goal:{}:{}", goal.key, part + 1)
}

/// The tasks of the goals and of the minutes.
pub(super) fn cases(seed: u64, goals: &[SampleGoal], meetings: &[SampleMeeting], now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "goals");
    let mut cases = Vec::new();
    for (plan, goal) in PLANS.iter().zip(goals) {
        for at in 0..goal.parts.len() {
            cases.push(task(&mut draw, now, plan, goal, at));
        }
    }
    for meeting in meetings {
        for at in 0..meeting.minutes.len() {
            cases.push(decided(&mut draw, now, meeting, at));
        }
    }
    cases
}

const SUPERVISOR: Who<'_> = Who("leader", "supervisor");
const SECOND: Who<'_> = Who("analyst", "second");

/// The task of a part, reported month by month; one whose last month was reported in full is handed in.
fn task(draw: &mut Draw, now: DateTime, plan: &Plan, goal: &SampleGoal, at: usize) -> SampleCase {
    let part = &goal.parts[at];
    let (_, account, _, planned, done) = plan.parts[at];
    let (total, whole): (i64, i64) = (planned.iter().sum(), done.iter().sum());
    let until = part.months.last().map(|(month, _)| month.last_of_month());
    let case = SampleCase {
        opener_unit: Some("zone"),
        occasion: Some(occasion(goal, at)),
        ..blank("task", format!("{}（{total}{}）", goal.title, goal.measure))
    };
    let set = With {
        until,
        person: Some(part.person),
        plan: Some((part.months.clone(), goal.measure)),
        ..With::unit(part.unit)
    };
    let lead = Who(account, "lead");
    let mut walk = Walk::open(draw, now, goal.on.at(9, 30, 0, 0), case, SUPERVISOR, set);
    walk.after_days(1, lead, "take_up", With::default());
    for ((month, planned), amount) in part.months.iter().zip(done) {
        // Figures are reported a few days before the month ends; of the month that runs, as soon as there are any.
        let due = working_day(month.last_of_month(), -4);
        let on = if due > now.date() { working_day(now.date(), -1) } else { due };
        let short = amount < planned;
        let said = format!("{} 月完成 {amount}{}，计划 {planned}{}。", month.month(), goal.measure, goal.measure);
        let with = With { amount: Some(*amount), ..With::text(said) };
        if !walk.on_day(on, lead, "report", with) {
            return walk.done();
        }
        if short && due < now.date() && walk.draw.chance(0.4) {
            walk.after_days(3, SUPERVISOR, "chase", With::text("本月进度落后，请说明原因和赶上的办法。"));
        }
    }
    if whole >= total && walk.after_days(2, lead, "hand_in", With::proof("各月任务均已完成，清单附后。"))
    {
        walk.after_days(2, SECOND, "close", With::default());
    }
    walk.done()
}

/// The meetings of the last weeks: the last one a week ago.
pub(super) fn meetings(goals: &[SampleGoal], now: DateTime) -> Vec<SampleMeeting> {
    let minute = |on: Date, (decision, unit, person, days, about): Decision| SampleMinute {
        about: about.map(|(goal, part)| occasion(&goals[goal], part)),
        decision,
        unit,
        person,
        until: on.saturating_add(days.days()),
    };
    let held = |(back, decisions): &(i64, [Decision; 3])| {
        let on = working_day(now.date(), -back);
        SampleMeeting {
            key: key(on, 1),
            title: "任务调度例会",
            at: on.at(15, 0, 0, 0),
            minutes: decisions.iter().map(|decision| minute(on, *decision)).collect(),
        }
    };
    MEETINGS.iter().map(held).collect()
}

/// A decision: what, by which unit and person, within how many days, and about which part of which goal.
type Decision = (&'static str, &'static str, &'static str, i64, Option<(usize, usize)>);

/// So many working days back, and what was decided.
const MEETINGS: [(i64, [Decision; 3]); 2] = [
    (
        22,
        [
            ("逐户核实临港园在建项目开工条件，列出堵点清单", "construction", "样例科长乙", 14, Some((1, 1))),
            ("装备园月度新增规上企业后备名单报经发局", "equipment-park", "样例园长甲", 10, Some((0, 1))),
            ("生物医药园高企申报材料由科技局派员驻点辅导", "science", "样例科长甲", 21, Some((2, 2))),
        ],
    ),
    (
        5,
        [
            ("临港园投资进度连续落后，由建设局牵头制定赶工计划", "construction", "样例科长乙", 12, Some((1, 1))),
            ("生物医药园未报企业转入明年第一批，名单报管委会", "bio-park", "样例园长己", 9, Some((2, 2))),
            ("落实专项贷款贴息，为五家缺流动资金的项目企业对接银行", "finance", "样例科长丁", 20, None),
        ],
    ),
];

/// The task of a decision: of each meeting the first is closed where there was time, the second is underway and
/// the third waits to be taken up.
fn decided(draw: &mut Draw, now: DateTime, meeting: &SampleMeeting, at: usize) -> SampleCase {
    let minute = &meeting.minutes[at];
    let case = SampleCase {
        opener_unit: Some("zone"),
        occasion: Some(format!("meeting:{}:{}", meeting.key, at + 1)),
        ..blank("task", minute.decision.to_owned())
    };
    let set = With { until: Some(minute.until), person: Some(minute.person), ..With::unit(minute.unit) };
    let lead = Who(account(minute.unit), "lead");
    let mut walk = Walk::open(draw, now, meeting.at.saturating_add(2.hours()), case, SUPERVISOR, set);
    if at == 2 || !walk.after_days(1, lead, "take_up", With::default()) {
        return walk.done();
    }
    if !walk.after_days(4, lead, "report", With::text("已逐户走访，清单正在汇总。")) {
        return walk.done();
    }
    if at == 0 && walk.after_days(3, lead, "hand_in", With::proof("清单和办结情况附后。")) {
        walk.after_days(1, SECOND, "close", With::default());
    }
    walk.done()
}

/// The account that acts for a unit: a bureau's clerk, or the officer of a park.
fn account(unit: &'static str) -> &'static str {
    crate::organs::PARKS.iter().zip(OFFICERS).find(|(park, _)| park.0 == unit).map_or(unit, |(_, officer)| officer)
}
