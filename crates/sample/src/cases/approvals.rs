//! What can be applied for in one go (一件事一次办), and approvals of it: papers that were missing, parts of
//! several departments, sessions by video, quick and slow.

use std::borrow::Cow;

use jiff::civil::DateTime;

use super::SampleCase;
use super::walk::{Walk, Who, With, back, blank, working_day};
use crate::draw::Draw;
use crate::enterprise::Enterprise;

/// Something that can be applied for. Units stand by the short ids of [`crate::SampleUnit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleItem {
    /// Its key, such as `I-001`.
    pub key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The papers, one set for all departments.
    pub papers: &'static [&'static str],
    /// The unit in charge.
    pub lead: &'static str,
    /// The units that each give a part.
    pub parts: &'static [&'static str],
    /// What is looked at by video; empty where nothing is.
    pub checklist: &'static [&'static str],
    /// The form, one for all departments: what is asked, how, in what, and what is answered.
    pub form: &'static [SampleQuestion],
    /// How fast it is decided; `None` where the legal time holds.
    pub promise: Option<SamplePromise>,
    /// Whether only an enterprise of the last years applies for it.
    young: bool,
}

/// How fast an item is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SamplePromise {
    /// The key of a class of speed, such as `same_day`.
    pub speed: &'static str,
    /// Within how many working days, where the class has no time of its own.
    pub working_days: Option<u32>,
}

/// A class of speed with the time that belongs to it.
const fn class(speed: &'static str) -> Option<SamplePromise> {
    Some(SamplePromise { speed, working_days: None })
}

/// An ordinary promise of so many working days.
const fn days(working_days: u32) -> Option<SamplePromise> {
    Some(SamplePromise { speed: "ordinary", working_days: Some(working_days) })
}

impl SampleItem {
    /// Whether it is decided within hours.
    fn is_fast(&self) -> bool {
        self.promise.is_some_and(|promise| promise.working_days.is_none())
    }
}

/// A question of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleQuestion {
    /// What is asked; of a fact of the register, the name it has there.
    pub label: &'static str,
    /// How it is answered: `text`, `number`, `choice`, `yes_no`, or `register`.
    pub kind: &'static str,
    /// What a figure is counted in, the choices with 、 between them, or the key of the register's field.
    pub more: &'static str,
    /// Whether the form is incomplete without it.
    pub needed: bool,
    /// What is answered in the sample; empty for a fact of the register, which the enterprise answers itself.
    answer: &'static str,
}

/// A question that has to be answered.
const fn asks(label: &'static str, kind: &'static str, more: &'static str, answer: &'static str) -> SampleQuestion {
    SampleQuestion { label, kind, more, needed: true, answer }
}

const PLANT: &[SampleQuestion] = &[
    asks("建设性质", "choice", "新建、扩建、改建", "新建"),
    asks("总建筑面积", "number", "平方米", "12600 平方米"),
    asks("计划总投资", "number", "万元", "8600 万元"),
    asks("期末从业人员", "register", "year_end_employees", ""),
    asks("是否涉及危险化学品", "yes_no", "", "否"),
];
const REWARD: &[SampleQuestion] = &[
    asks("营业收入总额", "register", "operating_revenue", ""),
    asks("首次认定", "yes_no", "", "是"),
    asks("收款账户开户银行", "text", "", "样例银行高新支行"),
];
const UTILITIES: &[SampleQuestion] = &[
    asks("用电容量", "number", "千伏安", "1250 千伏安"),
    asks("日用水量", "number", "吨", "180 吨"),
    asks("接入用途", "choice", "生产、办公、混合", "生产"),
];

/// An item that every enterprise may apply for and nothing is looked at.
const fn item(
    (key, name): (&'static str, &'static str),
    papers: &'static [&'static str],
    lead: &'static str,
    parts: &'static [&'static str],
) -> SampleItem {
    SampleItem { key, name, papers, lead, parts, checklist: &[], form: &[], promise: None, young: false }
}

/// The zone's catalogue.
pub(super) const ITEMS: [SampleItem; 10] = [
    SampleItem {
        young: true,
        promise: class("twenty_four_hours"),
        ..item(
            ("I-001", "企业开办（设立登记）一件事"),
            &["公司设立登记申请书", "公司章程", "股东和法定代表人身份证明", "住所使用证明", "社会保险登记表"],
            "market",
            &["tax", "people"],
        )
    },
    SampleItem {
        form: PLANT,
        checklist: &["围挡和出入口", "临时用电", "基坑支护", "消防通道", "扬尘在线监测"],
        ..item(
            ("I-002", "新建厂房开工（施工许可）一件事"),
            &[
                "施工许可申请表",
                "用地批准文件",
                "建设工程规划许可证",
                "施工图审查合格书",
                "施工合同",
                "质量安全监督手续",
                "资金到位承诺书",
            ],
            "construction",
            &["economy", "finance"],
        )
    },
    SampleItem {
        checklist: &[
            "疏散通道和安全出口",
            "消火栓水压",
            "自动喷水末端试水",
            "防火门启闭",
            "消防控制室值班",
            "灭火器配置",
        ],
        promise: days(12),
        ..item(
            ("I-003", "建设工程消防验收"),
            &["消防验收申请表", "工程竣工验收报告", "消防竣工图纸", "消防设施检测报告"],
            "construction",
            &[],
        )
    },
    SampleItem {
        checklist: &["加工间布局", "清洗消毒设施", "冷藏温度", "从业人员健康证明"],
        promise: days(10),
        ..item(
            ("I-004", "食品经营许可（职工食堂）"),
            &["食品经营许可申请书", "场所平面布局图", "从业人员健康证明", "食品安全制度"],
            "market",
            &[],
        )
    },
    SampleItem {
        young: true,
        promise: days(15),
        ..item(
            ("I-005", "创业企业开业补贴一件事"),
            &["开业补贴申请表", "营业执照", "带动就业人员名册", "连续六个月社会保险缴纳证明", "收款账户信息"],
            "people",
            &["market", "finance"],
        )
    },
    SampleItem {
        promise: class("instant"),
        ..item(("I-006", "企业投资项目备案"), &["项目备案申请表", "项目基本情况说明"], "economy", &[])
    },
    SampleItem {
        form: REWARD,
        promise: days(15),
        ..item(
            ("I-007", "高新技术企业认定奖励兑现"),
            &["奖励兑现申请表", "高新技术企业证书", "上年度纳税证明"],
            "science",
            &["tax", "finance"],
        )
    },
    SampleItem {
        promise: days(10),
        ..item(
            ("I-008", "外国人来华工作许可"),
            &["工作许可申请表", "聘用合同", "学历学位证明", "无犯罪记录证明"],
            "people",
            &["science"],
        )
    },
    SampleItem {
        promise: class("same_day"),
        ..item(
            ("I-009", "临时占用城市道路许可"),
            &["占道申请表", "占用范围平面图", "交通疏导方案"],
            "construction",
            &[],
        )
    },
    SampleItem {
        form: UTILITIES,
        promise: class("holiday_duty"),
        ..item(
            ("I-010", "水电气网联合报装一件事"),
            &["联合报装申请表", "用地或房屋权属证明", "用电负荷说明", "用水用气需求表"],
            "economy",
            &["construction", "service"],
        )
    },
];

/// How many approvals there are beside the one that is booked.
const APPROVALS: usize = 48;

pub(super) fn cases(seed: u64, enterprises: &[Enterprise], now: DateTime) -> Vec<SampleCase> {
    let mut draw = Draw::new(seed, "approvals");
    let mut cases: Vec<SampleCase> =
        (0..APPROVALS).map(|number| one(&mut draw, now, enterprises, &ITEMS[number % ITEMS.len()])).collect();
    cases.push(booked(&mut draw, now, enterprises));
    cases
}

const DESK: Who<'_> = Who("analyst", "desk");
const ASKER: Who<'_> = Who("样例企业联系人", "asker");

/// An application for an item, with its papers but for the last `missing` of them.
fn open<'d>(
    draw: &'d mut Draw,
    now: DateTime,
    enterprises: &[Enterprise],
    item: &SampleItem,
    (days, missing): (i64, usize),
) -> Walk<'d> {
    let fits: Vec<&Enterprise> = enterprises.iter().filter(|one| !item.young || one.founded.year() >= 2024).collect();
    let enterprise = *draw.pick(&fits);
    let at = back(draw, now, days);
    let case = SampleCase {
        subject: Some(enterprise.code.clone()),
        place: Some(enterprise.park_name().to_owned()),
        opener_unit: Some("service"),
        ..blank("approval", format!("{}（{}）", item.name, enterprise.name))
    };
    let handed_in = &item.papers[..item.papers.len() - missing];
    let mut form: Vec<(Cow<'static, str>, String)> =
        vec![("item".into(), item.key.to_owned()), ("papers".into(), handed_in.join("\n"))];
    form.extend(item.form.iter().filter_map(|question| answered(question, enterprise)));
    let online = draw.chance(0.4);
    let (by, said) = if online {
        (ASKER, "网上申请，材料随附。")
    } else {
        (DESK, "窗口收件，当场核对材料原件。")
    };
    let with = With { promise: item.promise, ..With::text(said).filled(form) };
    Walk::open(draw, now, at, case, by, with)
}

/// An answer as the program keeps it; the head count of some is no longer what the register says.
fn answered(question: &SampleQuestion, enterprise: &Enterprise) -> Option<(Cow<'static, str>, String)> {
    let kept = |name: &str, answer: String| Some((format!("answer.{name}").into(), answer));
    match question.more {
        "year_end_employees" => kept("year_end_employees@2025", format!("{} 人", enterprise.staff() + 12)),
        _ if question.answer.is_empty() => None,
        _ => kept(question.label, question.answer.to_owned()),
    }
}

fn on(walk: &mut Walk<'_>, low: i64, high: i64, by: Who<'_>, step: &'static str, with: With) -> bool {
    let days = walk.draw.whole(low, high);
    walk.after_days(days, by, step, with)
}

fn one(draw: &mut Draw, now: DateTime, enterprises: &[Enterprise], item: &SampleItem) -> SampleCase {
    let days = draw.whole(1, 60);
    let missing = if draw.chance(0.3) { (item.papers.len() - 1).min(2) } else { 0 };
    let mut walk = open(draw, now, enterprises, item, (days, missing));
    if missing > 0 {
        let lacking = item.papers[item.papers.len() - missing..].join("\n");
        let said = format!("请一次补齐下列材料：\n{lacking}");
        let told = walk.after_hours(1, DESK, "ask_for_papers", With::text(said).filled(vec![("missing", lacking)]));
        if !told || !on(&mut walk, 1, 6, ASKER, "complete", With::proof("已补齐所列材料。")) {
            return walk.done();
        }
    }
    let accept = With { assisting: item.parts.to_vec(), ..With::unit(item.lead) };
    let at_once = walk.draw.chance(0.6) || item.is_fast();
    let accepted =
        if at_once { walk.after_hours(0, DESK, "accept", accept) } else { on(&mut walk, 1, 4, DESK, "accept", accept) };
    if accepted { review(walk, item) } else { walk.done() }
}

/// The parts, the session by video, the decision and the certificate.
fn review(mut walk: Walk<'_>, item: &SampleItem) -> SampleCase {
    let lead = Who(item.lead, "lead");
    for part in item.parts {
        let gave = With { text: "经核对，无不同意见。".into(), ..With::unit(part) };
        let who = Who(part, "assisting");
        let given = if item.is_fast() {
            walk.after_hours(0, who, "give_part", gave)
        } else {
            on(&mut walk, 0, 2, who, "give_part", gave)
        };
        if !given {
            return walk.done();
        }
    }
    if !item.checklist.is_empty() {
        let day = working_day(walk.day(), 1);
        if !walk.after_hours(1, lead, "book", session(item, day)) || !walk.on_day(day, lead, "inspect", looked_at(item))
        {
            return walk.done();
        }
    }
    if walk.draw.chance(0.07) {
        on(&mut walk, 3, 9, lead, "refuse", With::text("申请条件与现场情况不符，依法不予许可，可依法申请复议。"));
        return walk.done();
    }
    let quick = walk.draw.chance(if item.is_fast() { 0.85 } else { 0.45 });
    let grant = With::text("材料齐全、符合法定形式，准予许可。");
    let granted =
        if quick { walk.after_hours(0, lead, "grant", grant) } else { on(&mut walk, 1, 14, lead, "grant", grant) };
    if granted {
        on(&mut walk, 0, 3, lead, "hand_over", With::proof("证照已送达，签收单附后。"));
    }
    walk.done()
}

/// A session at ten in the morning of a day.
fn session(item: &SampleItem, day: jiff::civil::Date) -> With {
    With::text(format!("视频勘验定于 {day} 10:00，请企业安排熟悉现场的人员持手机参加。")).filled(vec![
        ("session_at", format!("{day} 10:00")),
        ("link", "https://meeting.example.com/yangli/8302-1147".to_owned()),
        ("checklist", item.checklist.join("\n")),
    ])
}

fn looked_at(item: &SampleItem) -> With {
    let results: Vec<String> = item.checklist.iter().map(|point| format!("{point}：符合")).collect();
    let form = vec![("checklist", results.join("\n"))];
    With {
        spot: Some((34_812_340, 113_554_320)), ..With::proof("视频所见与申报图纸一致，逐项核对均符合。")
    }
    .filled(form)
}

/// An approval whose session by video lies on the next working day.
fn booked(draw: &mut Draw, now: DateTime, enterprises: &[Enterprise]) -> SampleCase {
    let item = &ITEMS[2];
    let mut walk = open(draw, now, enterprises, item, (4, 0));
    let accepted = walk.after_hours(0, DESK, "accept", With::unit(item.lead));
    let next = working_day(now.date(), 1);
    if accepted {
        on(&mut walk, 1, 1, Who(item.lead, "lead"), "book", session(item, next));
    }
    walk.done()
}
