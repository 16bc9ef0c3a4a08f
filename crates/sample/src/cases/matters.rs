//! Matters: problems of enterprises and whistles of parks.

use jiff::civil::DateTime;

use super::walk::{Walk, Who, With, back, blank};
use super::{OFFICERS, SampleCase};
use crate::draw::Draw;
use crate::enterprise::Enterprise;
use crate::organs::PARKS;

/// A problem: topic, words, who solves it, who was thought to, and what was done.
struct Problem {
    topic: &'static str,
    title: &'static str,
    text: &'static str,
    lead: &'static str,
    wrong: &'static str,
    assisting: &'static [&'static str],
    answer: &'static str,
}

const PROBLEMS: [Problem; 10] = [
    Problem {
        topic: "power",
        title: "新线投产供电容量不足",
        text: "二期生产线需增容 800 千伏安，目前线路只能带一半负荷。",
        lead: "economy",
        wrong: "construction",
        assisting: &["construction"],
        answer: "已会同供电单位完成增容，负荷测试正常。",
    },
    Problem {
        topic: "water_gas_heat",
        title: "厂区外排水不畅，雨天积水",
        text: "东门外雨水井堵塞，货车无法进出。",
        lead: "construction",
        wrong: "economy",
        assisting: &[],
        answer: "已疏通管网并加装两处雨水井。",
    },
    Problem {
        topic: "construction",
        title: "扩建厂房施工许可办理慢",
        text: "图审已通过，等待许可已三周。",
        lead: "construction",
        wrong: "market",
        assisting: &["economy"],
        answer: "已核发许可，并约定后续单体合并办理。",
    },
    Problem {
        topic: "talent",
        title: "一线技工紧缺",
        text: "缺数控操作工 30 人，招聘两月只到岗 6 人。",
        lead: "people",
        wrong: "economy",
        assisting: &["service"],
        answer: "已组织两场专场招聘，到岗 24 人。",
    },
    Problem {
        topic: "finance",
        title: "订单增长，流动资金紧张",
        text: "在手订单 4200 万元，需短期贷款 800 万元。",
        lead: "finance",
        wrong: "science",
        assisting: &["science"],
        answer: "已对接两家银行，授信 600 万元。",
    },
    Problem {
        topic: "tax",
        title: "研发费用归集口径咨询",
        text: "委外研发费用如何计入，请予答复。",
        lead: "tax",
        wrong: "science",
        assisting: &[],
        answer: "已上门辅导，并留下归集样表。",
    },
    Problem {
        topic: "science_policy",
        title: "高企认定材料需要辅导",
        text: "今年首次申报，知识产权对应关系不清楚。",
        lead: "science",
        wrong: "service",
        assisting: &[],
        answer: "已逐项核对材料，缺项清单已交企业。",
    },
    Problem {
        topic: "transport",
        title: "园区道路限行影响发货",
        text: "早晚高峰限行，货车绕行 11 公里。",
        lead: "construction",
        wrong: "economy",
        assisting: &["economy"],
        answer: "已调整限行时段，核发通行证 12 张。",
    },
    Problem {
        topic: "environment",
        title: "环评批复进度咨询",
        text: "报告书已报送，不知还缺什么。",
        lead: "construction",
        wrong: "market",
        assisting: &[],
        answer: "已一次性告知缺项，补齐后即批。",
    },
    Problem {
        topic: "ip",
        title: "商标被仿冒",
        text: "外地企业使用近似标识销售同类产品。",
        lead: "market",
        wrong: "service",
        assisting: &[],
        answer: "已立案并移送当地，侵权链接已下架。",
    },
];

/// How many matters there are.
const MATTERS: usize = 110;

pub(super) fn cases(seed: u64, enterprises: &[Enterprise], now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "matters");
    (0..MATTERS)
        .map(|number| {
            let enterprise = draw.pick(enterprises);
            let problem = draw.pick(&PROBLEMS);
            // More are young than old: half of them of the last six weeks.
            let days = 1 + (number as i64 * number as i64) * 95 / (MATTERS * MATTERS) as i64;
            let at = back(&mut draw, now, days);
            one(&mut draw, now, at, enterprise, problem)
        })
        .collect()
}

fn one(draw: &mut Draw, now: DateTime, at: DateTime, enterprise: &Enterprise, problem: &Problem) -> SampleCase {
    let park = PARKS[enterprise.park].0;
    let officer = OFFICERS[enterprise.park];
    let by_park = draw.chance(0.25);
    let case = SampleCase {
        topic: Some(problem.topic),
        place: Some(enterprise.park_name().to_owned()),
        subject: Some(enterprise.code.clone()),
        officer: Some(officer),
        opener_unit: Some(park),
        ..blank("matter", format!("{}（{}）", problem.title, enterprise.name))
    };
    let opener = Who(officer, if by_park { "park" } else { "officer" });
    let mut walk = Walk::open(draw, now, at, case, opener, With::text(problem.text));
    let desk = Who("analyst", "desk");
    let lead = problem.lead;
    let wrong_door = walk.draw.chance(0.14);
    let first = if wrong_door { problem.wrong } else { lead };
    let slow_desk = i64::from(walk.draw.chance(0.12)) * 3;
    let to = |unit| With { assisting: problem.assisting.to_vec(), ..With::unit(unit) };
    if !walk.after_days(slow_desk, desk, "dispatch", to(first)) {
        return walk.done();
    }
    if wrong_door {
        let back = walk.after_days(1, Who(first, "lead"), "return", With::text("不属本单位职责，请重新分派。"));
        if !back || !walk.after_days(1, desk, "dispatch", to(lead)) {
            return walk.done();
        }
    }
    let unit = Who(lead, "lead");
    if !walk_on(&mut walk, 0, 1, unit, "arrive", With::default()) {
        return walk.done();
    }
    for assisting in problem.assisting.iter().filter(|unit| **unit != lead) {
        if walk.draw.chance(0.8) {
            walk.after_hours(2, Who(assisting, "assisting"), "join", With::unit(assisting));
        }
    }
    solve(walk, officer, problem)
}

/// From taken up to the end, as it goes: in time, late after a reminder, raised, paused.
fn solve(mut walk: Walk<'_>, officer: &'static str, problem: &Problem) -> SampleCase {
    let unit = Who(problem.lead, "lead");
    let fate = walk.draw.weighted([0.62, 0.16, 0.08, 0.07, 0.07].into_iter());
    let answer = With::proof(problem.answer);
    let answered = match fate {
        0 => walk_on(&mut walk, 1, 4, unit, "answer", answer),
        1 => {
            walk_on(&mut walk, 5, 6, Who(officer, "park"), "chase", With::text("已临近期限，请抓紧办理。"))
                && walk_on(&mut walk, 1, 2, unit, "answer", answer)
        }
        2 => {
            let raised = With::text("涉及多个单位，本级协调未果。");
            walk_on(&mut walk, 2, 4, Who(officer, "park"), "escalate", raised)
                && walk_on(
                    &mut walk,
                    1,
                    2,
                    Who("leader", "superior"),
                    "decide",
                    With { text: "由主办单位牵头，一周内解决。".into(), ..With::unit(problem.lead) },
                )
                && walk_on(&mut walk, 1, 2, unit, "answer", answer)
        }
        3 => {
            walk_on(&mut walk, 1, 2, unit, "pause", With::text("等待企业补充设备参数。"))
                && walk_on(&mut walk, 3, 8, Who(officer, "park"), "resume", With::default())
                && walk_on(&mut walk, 1, 3, unit, "answer", answer)
        }
        _ => walk_on(&mut walk, 2, 4, unit, "explain", With::text("上级规划未定，本年度无法解决，已向企业说明。")),
    };
    if answered { confirm(walk, fate) } else { walk.done() }
}

fn walk_on(walk: &mut Walk<'_>, low: i64, high: i64, by: Who<'_>, step: &'static str, with: With) -> bool {
    let days = walk.draw.whole(low, high);
    walk.after_days(days, by, step, with)
}

/// The enterprise confirms, says that nothing is solved, or stays silent.
fn confirm(mut walk: Walk<'_>, fate: usize) -> SampleCase {
    let asker = Who("样例企业联系人", "asker");
    let wish = walk.draw.weighted([0.6, 0.3, 0.1].into_iter());
    match wish {
        0 => {
            let level = if fate == 4 { [0.3, 0.4, 0.3, 0.0, 0.0] } else { [0.02, 0.04, 0.14, 0.35, 0.45] };
            let rating = 1 + walk.draw.weighted(level.into_iter()) as u8;
            let confirmed =
                walk_on(&mut walk, 1, 4, asker, "confirm", With { rating: Some(rating), ..With::default() });
            if confirmed && walk.draw.chance(0.3) {
                let grade =
                    With { rating: Some(walk.draw.whole(3, 5) as u8), ..With::text("响应及时，办理认真。") };
                let park = walk.officer();
                walk_on(&mut walk, 1, 3, Who(park, "park"), "grade", grade);
            }
        }
        1 => {
            walk.after_days(8, Who("(clock)", "clock"), "lapse", With::default());
        }
        _ => {
            walk_on(&mut walk, 2, 4, asker, "reopen", With::text("当天恢复，第二天又出现同样问题。"));
        }
    }
    walk.done()
}
