//! Daily reports of the parks: figures, nothing to report, late, and silence.

use jiff::civil::DateTime;

use super::walk::{Walk, Who, With, blank, working_day};
use super::{OFFICERS, SampleCase};
use crate::draw::Draw;
use crate::organs::PARKS;

/// How many working days back reports reach.
const DAYS: i64 = 12;
/// The key of the form, as occasions bear it.
pub const FORM: &str = "daily";
/// What the form is called.
pub const TITLE: &str = "园区运行日报";
/// Its figures, each with the per cent beyond which a change is explained.
pub const FIGURES: [(&str, u32); 3] = [("total_staff", 30), ("industrial_output", 40), ("new_companies_year", 50)];

pub(super) fn cases(seed: u64, now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "duty reports");
    let mut cases = Vec::new();
    for back in (0..DAYS).rev() {
        let day = working_day(now.date(), -back - 1);
        for (park, officer) in PARKS.iter().zip(OFFICERS) {
            let case = SampleCase {
                occasion: Some(format!("duty:{FORM}:{}:{day}", park.0)),
                opener_unit: Some(park.0),
                ..blank("duty_report", format!("{TITLE} {day}"))
            };
            let open = With { unit: Some(park.0), ..With::default() };
            let walk = Walk::open(&mut draw, now, day.at(8, 0, 0, 0), case, Who("(clock)", "clock"), open);
            cases.push(report(walk, officer));
        }
    }
    cases
}

fn report(mut walk: Walk<'_>, officer: &'static str) -> SampleCase {
    let unit = Who(officer, "lead");
    let head = Who("leader", "head");
    let kind = walk.draw.weighted([0.62, 0.2, 0.1, 0.08].into_iter());
    if kind == 3 {
        // Silence: the clock notes it when the day has gone.
        walk.after_hours(24, Who("(clock)", "clock"), "miss", With::default());
        return walk.done();
    }
    let (staff, output, firms) = (walk.draw.whole(205, 224), walk.draw.whole(4_200, 4_900), walk.draw.whole(31, 36));
    let figures = vec![
        ("total_staff", staff.to_string()),
        ("industrial_output", output.to_string()),
        ("new_companies_year", firms.to_string()),
    ];
    let (hours, step, text) = match kind {
        0 => (walk.draw.whole(7, 9), "fill", "在建项目 6 个，到岗 214 人，无安全事故。"),
        1 => (walk.draw.whole(6, 9), "nothing", ""),
        _ => (walk.draw.whole(13, 15), "fill", "补报：停工检修半日，到岗 180 人。"),
    };
    let form = if step == "fill" { figures } else { Vec::new() };
    if !walk.after_hours(hours, unit, step, With::text(text).filled(form)) {
        return walk.done();
    }
    if walk.draw.chance(0.07) {
        let asked = walk.after_hours(
            1,
            Who("analyst", "supervisor"),
            "question",
            With::text("到岗人数较昨日下降三成，请说明。"),
        );
        if !asked || !walk.after_hours(2, unit, "explain", With::text("两家企业轮休，次日恢复。")) {
            return walk.done();
        }
    }
    walk.after_hours(1, head, "sign", With { signed: true, ..With::default() });
    walk.done()
}
