//! Visits of the last weeks by the cadence of three firms a week: most made, some missed, some to come.

use jiff::civil::DateTime;

use super::walk::{Walk, Who, With, back, blank, working_day};
use super::{OFFICERS, SampleCase, technology};
use crate::draw::Draw;
use crate::enterprise::Enterprise;
use crate::organs::PARKS;

/// How many weeks back visits reach.
const WEEKS: i64 = 6;

const FOUND: [&str; 4] = [
    "生产正常，订单较上季度增加；了解到明年有扩产打算。",
    "走访车间，介绍首台套和研发加计政策；企业希望对接高校。",
    "设备开工率约八成，反映用工紧张，已登记需求。",
    "送达服务明白卡，核对了上年研发费用口径。",
];

pub(super) fn cases(seed: u64, enterprises: &[Enterprise], now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "visits");
    let mut cases = Vec::new();
    for (park, officer) in OFFICERS.iter().enumerate() {
        let firms: Vec<&Enterprise> = technology(enterprises).filter(|one| one.park == park).collect();
        if firms.is_empty() {
            continue;
        }
        let mut next = draw.whole(0, firms.len() as i64 - 1) as usize;
        for week in (0..WEEKS).rev() {
            for _ in 0..draw.whole(2, 3) {
                next = (next + 1) % firms.len();
                let at = back(&mut draw, now, week * 5 + 1);
                cases.push(one(&mut draw, now, at, firms[next], PARKS[park].0, officer));
            }
        }
    }
    cases
}

fn one(
    draw: &mut Draw,
    now: DateTime,
    at: DateTime,
    firm: &Enterprise,
    park: &'static str,
    officer: &'static str,
) -> SampleCase {
    let case = SampleCase {
        place: Some(firm.park_name().to_owned()),
        subject: Some(firm.code.clone()),
        officer: Some(officer),
        opener_unit: Some(park),
        ..blank("visit", format!("走访{}", firm.name))
    };
    let who = Who(officer, "officer");
    let until = Some(working_day(at.date(), 5));
    let mut walk = Walk::open(draw, now, at, case, who, With { until, ..With::default() });
    let missed = walk.draw.chance(0.12);
    if missed {
        // The clock notes it on the day after the last one.
        let gone = walk.after_days(6, Who("(clock)", "clock"), "miss", With::default());
        if !gone || walk.draw.chance(0.4) {
            return walk.done();
        }
    }
    let days = walk.draw.whole(1, 4);
    if walk.after_days(days, who, "arrive", With::default()) {
        let found = *walk.draw.pick(&FOUND);
        let late = i64::from(walk.draw.chance(0.1)) * 3;
        walk.after_days(late, who, "record", With::proof(found));
    }
    walk.done()
}
