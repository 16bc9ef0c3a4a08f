//! Inspections: rounds with their checkpoints and findings, a first violation that is not punished, and some
//! visits of inspectors that belong to no round.

use jiff::ToSpan;
use jiff::civil::DateTime;

use super::SampleCase;
use super::walk::{Walk, Who, With, back, blank};
use crate::draw::Draw;
use crate::enterprise::Enterprise;

/// How an inspection of a round goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It has not been yet.
    Planned,
    /// Nothing was found.
    Sound,
    /// To be corrected by a day to come.
    Correcting,
    /// To be corrected by a day that has passed.
    Late,
    /// Corrected and looked at again: the head has to decide.
    Advised,
    /// A first violation, minor and corrected: not punished.
    Spared,
    /// Passed on for punishment.
    PassedOn,
}

/// One checklist, one unit, many enterprises.
struct Round {
    name: &'static str,
    unit: &'static str,
    /// How many working days back it was planned.
    back: i64,
    points: &'static [&'static str],
    /// At which point something is found, what, and within how many days it is to be corrected.
    finding: (usize, &'static str, i64),
    fates: &'static [Fate],
}

const ROUNDS: [Round; 3] = [
    Round {
        name: "计量器具和产品标签双随机检查",
        unit: "market",
        back: 46,
        points: &["营业执照公示", "强检计量器具台账", "产品标签执行标准号", "进货查验记录"],
        finding: (2, "产品标签未标注执行标准号", 10),
        fates: &[
            Fate::Sound,
            Fate::Spared,
            Fate::Sound,
            Fate::Advised,
            Fate::Sound,
            Fate::PassedOn,
            Fate::Sound,
            Fate::Sound,
        ],
    },
    Round {
        name: "厂房消防和用电安全联合检查",
        unit: "construction",
        back: 14,
        points: &["疏散通道和安全出口", "消火栓和灭火器", "配电箱和临时用电", "危险化学品存放", "应急预案和演练"],
        finding: (0, "二层东侧疏散通道堆放包装物", 25),
        fates: &[Fate::Sound, Fate::Correcting, Fate::Sound, Fate::Late, Fate::Sound, Fate::Correcting, Fate::Planned],
    },
    Round {
        name: "岁末劳动用工和工资支付检查",
        unit: "people",
        back: 2,
        points: &["劳动合同签订", "工资支付台账", "社会保险参保", "工时和加班记录"],
        finding: (1, "工资支付台账缺员工签字", 10),
        fates: &[Fate::Planned, Fate::Planned, Fate::Planned, Fate::Planned, Fate::Planned, Fate::Planned],
    },
];

/// How many inspections belong to no round.
const ALONE: usize = 12;

pub(super) fn cases(seed: u64, enterprises: &[Enterprise], now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "inspections");
    let mut cases = Vec::new();
    for round in &ROUNDS {
        let makers = enterprises.iter().filter(|one| one.staff() > 40).collect();
        let firms: Vec<&Enterprise> = draw.shuffled(makers);
        for (fate, firm) in round.fates.iter().zip(firms) {
            cases.push(of_round(&mut draw, now, round, *fate, firm));
        }
    }
    cases.extend((0..ALONE).map(|number| alone(&mut draw, now, enterprises, number)));
    cases
}

fn on(walk: &mut Walk<'_>, low: i64, high: i64, by: Who<'_>, step: &'static str, with: With) -> bool {
    let days = walk.draw.whole(low, high);
    walk.after_days(days, by, step, with)
}

const ASKER: Who<'_> = Who("样例企业联系人", "asker");
const HEAD: Who<'_> = Who("leader", "head");

fn of_round(draw: &mut Draw, now: DateTime, round: &Round, fate: Fate, firm: &Enterprise) -> SampleCase {
    let at = back(draw, now, round.back);
    let case = SampleCase {
        place: Some(firm.park_name().to_owned()),
        subject: Some(firm.code.clone()),
        occasion: Some(format!("round:{}:{}", round.name, firm.code)),
        opener_unit: Some(round.unit),
        ..blank("inspection", format!("{}：{}", round.name, firm.name))
    };
    let form = vec![("round", round.name.to_owned()), ("checkpoints", round.points.join("\n"))];
    let lead = Who(round.unit, "lead");
    let mut walk = Walk::open(draw, now, at, case, lead, With::unit(round.unit).filled(form));
    let (point, found, days) = round.finding;
    if fate == Fate::Planned || !look(&mut walk, round, fate) {
        return walk.done();
    }
    if fate == Fate::Sound {
        walk.after_hours(0, lead, "pass", With::text("全部检查点符合，未发现问题。"));
        return walk.done();
    }
    if !walk.after_hours(0, lead, "find", With::proof(format!("{}：{found}。现场照片附后。", round.points[point])))
    {
        return walk.done();
    }
    // One was told to be quicker than the others, and was not.
    let days = if fate == Fate::Late { 5 } else { days };
    let until = walk.day().saturating_add(days.days());
    let order = With::text("责令限期改正，逾期不改正的依法处理。")
        .filled(vec![("finding.1", found.to_owned()), ("finding.1.until", until.to_string())]);
    let ordered = walk.after_hours(0, lead, "order", With { until: Some(until), ..order });
    if ordered && !matches!(fate, Fate::Correcting | Fate::Late) {
        decide(&mut walk, round, fate);
    }
    walk.done()
}

/// Each checkpoint with what was found at it; whether all of them were looked at.
fn look(walk: &mut Walk<'_>, round: &Round, fate: Fate) -> bool {
    let lead = Who(round.unit, "lead");
    let first = walk.draw.whole(1, 3);
    round.points.iter().enumerate().all(|(at, point)| {
        let result = if at == round.finding.0 && fate != Fate::Sound { "found" } else { "sound" };
        let form = vec![("checkpoint", (*point).to_owned()), ("result", result.to_owned())];
        let with = With::text(*point).filled(form);
        if at == 0 { walk.after_days(first, lead, "check", with) } else { walk.after_hours(0, lead, "check", with) }
    })
}

/// From corrected to the decision, as far as it goes.
fn decide(walk: &mut Walk<'_>, round: &Round, fate: Fate) {
    let lead = Who(round.unit, "lead");
    if !on(walk, 2, 5, ASKER, "correct", With::proof("已更换标签并清理库存，照片附后。"))
        || !on(walk, 1, 3, lead, "look_again", With::proof("复查：问题已改正，同类产品一并抽查无误。"))
    {
        return;
    }
    let (harm, minor) = if fate == Fate::PassedOn { ("general", "no") } else { ("slight", "yes") };
    let form = vec![
        ("offence_minor", minor.to_owned()),
        ("harm_level", harm.to_owned()),
        ("subjective_fault", "negligence".to_owned()),
    ];
    let said = match fate {
        Fate::PassedOn => "危害后果一般，不符合首违不罚的条件，建议移送处罚程序。",
        _ => "初次违法、危害后果轻微并及时改正，符合行政处罚法第三十三条，建议不予处罚。",
    };
    let advised = walk.after_hours(1, lead, "advise", With::text(said).filled(form));
    if advised && fate == Fate::Spared {
        on(walk, 1, 4, HEAD, "spare", With::text("同意不予处罚，已当面教育并签收告知书。"));
    } else if advised && fate == Fate::PassedOn {
        on(walk, 1, 4, HEAD, "pass_on", With::text("同意移送处罚程序。"));
    }
}

/// An inspection for a reason of its own: a complaint, a check after an accident elsewhere.
fn alone(draw: &mut Draw, now: DateTime, enterprises: &[Enterprise], number: usize) -> SampleCase {
    let enterprise = draw.pick(enterprises);
    let days = draw.whole(3, 60);
    let at = back(draw, now, days);
    let case = SampleCase {
        place: Some(enterprise.park_name().to_owned()),
        subject: Some(enterprise.code.clone()),
        opener_unit: Some("market"),
        ..blank("inspection", format!("投诉举报核查（{}）", enterprise.name))
    };
    let lead = Who("market", "lead");
    let mut walk = Walk::open(draw, now, at, case, lead, With::unit("market"));
    on(&mut walk, 2, 6, lead, "check", With::text("核对证照、标签、台账三处。"));
    if number.is_multiple_of(3) {
        on(&mut walk, 0, 1, lead, "pass", With::text("未发现问题。"));
        return walk.done();
    }
    let _ended = on(&mut walk, 0, 2, lead, "find", With::proof("标签缺少执行标准号。"))
        && on(&mut walk, 0, 2, lead, "order", With::text("十日内改正。"))
        && on(&mut walk, 3, 8, ASKER, "correct", With::proof("已更换标签。"))
        && on(&mut walk, 1, 4, lead, "look_again", With::proof("复查已改正。"))
        && on(
            &mut walk,
            0,
            1,
            lead,
            "advise",
            With::text("初次违法、危害后果轻微并及时改正，符合行政处罚法第三十三条，建议不予处罚。"),
        )
        && on(&mut walk, 1, 5, HEAD, "spare", With::text("同意，予以教育。"));
    walk.done()
}
