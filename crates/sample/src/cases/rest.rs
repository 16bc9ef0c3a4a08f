//! Tasks of their own, official documents and assistance.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::walk::{Walk, Who, With, back, blank};
use super::{OFFICERS, SampleCase};
use crate::draw::Draw;
use crate::organs::PARKS;

pub(super) fn cases(seed: u64, now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "tasks and papers");
    let mut cases: Vec<SampleCase> = (0..26).map(|number| task(&mut draw, now, number)).collect();
    cases.extend((0..30).map(|number| document(&mut draw, now, number)));
    cases.extend((0..6).map(|number| assistance(&mut draw, now, number)));
    cases
}

fn on(walk: &mut Walk<'_>, low: i64, high: i64, by: Who<'_>, step: &'static str, with: With) -> bool {
    let days = walk.draw.whole(low, high);
    walk.after_days(days, by, step, with)
}

/// A task: what, which unit, who answers for it, and how much of what it is counted in; nought where it is
/// not counted.
const TASKS: [(&str, &str, &str, i64, &str); 8] = [
    ("新增高新技术企业 20 家", "science", "样例科长甲", 20, "家"),
    ("标准厂房二期开工", "construction", "样例科长乙", 0, ""),
    ("规上工业企业入库 12 家", "economy", "样例科长丙", 12, "家"),
    ("专项债项目支付进度达到 80%", "finance", "样例科长丁", 80, "%"),
    ("人才公寓交付 300 套", "construction", "样例科长乙", 300, "套"),
    ("技术合同登记额 5 亿元", "science", "样例科长甲", 50_000, "万元"),
    ("企业用工专场 10 场", "people", "样例科长戊", 10, "场"),
    ("质量认证提升 30 家", "market", "样例科长己", 30, "家"),
];

/// A goal spread evenly over the months from one day to another; `None` where it is not counted.
fn by_months(goal: i64, measure: &'static str, from: Date, until: Date) -> Option<(Vec<(Date, i64)>, &'static str)> {
    let mut months = Vec::new();
    let mut month = from.first_of_month();
    while month <= until {
        months.push(month);
        month = month.saturating_add(1.month());
    }
    let count = i64::try_from(months.len()).ok().filter(|count| *count > 0 && goal > 0)?;
    let amount = |at: i64| goal / count + i64::from(at < goal % count);
    Some((months.into_iter().zip(0..).map(|(month, at)| (month, amount(at))).collect(), measure))
}

fn task(draw: &mut Draw, now: DateTime, number: usize) -> SampleCase {
    let (title, unit, person, goal, measure) = TASKS[number % TASKS.len()];
    let days = draw.whole(10, 90);
    let at = back(draw, now, days);
    let round = number / TASKS.len() + 1;
    let case = SampleCase { opener_unit: Some("zone"), ..blank("task", format!("{title}（第 {round} 阶段）")) };
    let until = at.date().saturating_add(draw.whole(40, 110).days());
    let supervisor = Who("leader", "supervisor");
    let plan = by_months(goal, measure, at.date(), until);
    let set = With { until: Some(until), person: Some(person), plan, ..With::unit(unit) };
    let mut walk = Walk::open(draw, now, at, case, supervisor, set);
    let lead = Who(unit, "lead");
    if !on(&mut walk, 0, 4, lead, "take_up", With::default()) {
        return walk.done();
    }
    let mut left = goal;
    for _ in 0..walk.draw.whole(1, 3) {
        let part = walk.draw.whole(goal / 10, goal / 4);
        let amount = (goal > 0).then_some(part);
        if on(&mut walk, 6, 12, lead, "report", With { amount, ..With::text("按计划推进，已完成阶段节点。") })
        {
            left -= part;
        }
    }
    if walk.draw.chance(0.3) {
        on(&mut walk, 3, 6, supervisor, "chase", With::text("进度落后于计划，请说明并赶上。"));
    }
    let rest = (goal > 0).then_some(left);
    let all = With { amount: rest, ..With::proof("已完成，材料附后。") };
    if walk.draw.chance(0.5) && on(&mut walk, 4, 10, lead, "hand_in", all) {
        let second = Who("analyst", "second");
        if walk.draw.chance(0.25) {
            on(&mut walk, 1, 3, second, "send_back", With::text("缺验收资料，请补充。"));
        } else {
            on(&mut walk, 1, 3, second, "close", With::default());
        }
    }
    walk.done()
}

const DOCUMENTS: [(&str, &str); 5] = [
    ("关于报送三季度工业运行情况的通知", "economy"),
    ("关于开展安全生产检查的通知", "construction"),
    ("关于征集科技需求的函", "science"),
    ("关于做好用工监测的通知", "people"),
    ("关于整治涉企收费的通知", "market"),
];

fn document(draw: &mut Draw, now: DateTime, number: usize) -> SampleCase {
    let (title, unit) = DOCUMENTS[number % DOCUMENTS.len()];
    let days = draw.whole(1, 50);
    let at = back(draw, now, days);
    let case = SampleCase { opener_unit: Some("zone"), ..blank("document", format!("{title}〔{}〕", number + 1)) };
    let desk = Who("analyst", "desk");
    let mut walk = Walk::open(draw, now, at, case, desk, With::text("来文登记。"));
    let head = Who("leader", "head");
    let proposed = on(&mut walk, 0, 1, desk, "propose", With::text("拟请主管单位承办。"));
    if !proposed {
        return walk.done();
    }
    if walk.draw.chance(0.15) {
        on(&mut walk, 0, 2, head, "file", With::default());
        return walk.done();
    }
    if !on(&mut walk, 0, 2, head, "decide", With { text: "请按时办结。".into(), ..With::unit(unit) }) {
        return walk.done();
    }
    // One bureau is slower than the others, so that the lists have something to say.
    let slow = if unit == "market" { (8, 16) } else { (2, 9) };
    let second = Who("analyst", "second");
    while on(&mut walk, slow.0, slow.1, Who(unit, "lead"), "hand_in", With::text("办理结果已报。")) {
        if !walk.draw.chance(0.15) {
            on(&mut walk, 0, 2, second, "close", With::default());
            break;
        }
        if !on(&mut walk, 0, 2, second, "send_back", With::text("数据与上报口径不一致，请核实。")) {
            break;
        }
    }
    walk.done()
}

fn assistance(draw: &mut Draw, now: DateTime, number: usize) -> SampleCase {
    let park = number % PARKS.len();
    let days = draw.whole(2, 45);
    let at = back(draw, now, days);
    let case = SampleCase {
        officer: Some(OFFICERS[park]),
        opener_unit: Some(PARKS[park].0),
        ..blank("assistance", format!("困难职工家庭走访发现（{}）", number + 1))
    };
    let officer = Who(OFFICERS[park], "officer");
    let mut walk = Walk::open(draw, now, at, case, officer, With::text("走访中了解到一户家庭因病支出较大。"));
    let _ended = on(&mut walk, 0, 2, officer, "look_into", With { text: "情况属实。".into(), ..With::unit("people") })
        && on(&mut walk, 1, 4, Who("people", "lead"), "pay", With::proof("发放临时救助 3000 元。"))
        && on(&mut walk, 0, 1, Who("people", "lead"), "help", With::proof("已纳入临时救助。"))
        && on(&mut walk, 5, 15, officer, "ask_after", With::text("回访：生活已安定。"));
    walk.done()
}
