//! What is not an enterprise: institutions, platforms, carriers, achievements, equipment, talents.

use jiff::civil::date;
use kernel::SubjectKind;

use crate::codes;
use crate::draw::{Draw, figure};
use crate::enterprise::Enterprise;
use crate::industry::INDUSTRIES;
use crate::names;
use crate::sheet::{Cell, SampleSheet};

/// Every sheet of subjects that are not enterprises.
pub fn sheets(seed: u64, enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    let institutions = institutions(&mut Draw::new(seed, "institutions"));
    let owners: Vec<(String, String)> = institutions
        .rows
        .iter()
        .filter_map(|row| match (row.first(), row.get(1)) {
            (Some(Cell::Text(code)), Some(Cell::Text(name))) => Some((code.clone(), name.clone())),
            _ => None,
        })
        .collect();
    let platforms = platforms(&mut Draw::new(seed, "platforms"), enterprises);
    let achievements = achievements(&mut Draw::new(seed, "achievements"), &owners);
    let equipment = equipment(&mut Draw::new(seed, "equipment"), &owners, enterprises);
    let persons = persons(&mut Draw::new(seed, "persons"), &owners, enterprises);
    vec![institutions, platforms, achievements, equipment, persons, carriers(enterprises)]
}

fn institutions(draw: &mut Draw) -> SampleSheet {
    let headings = ["uscc", "name", "institution_type", "platform_field", "institution_staff@2025", "city"];
    let mut sheet = SampleSheet::new("13-高校院所", "高校院所", "科技局", SubjectKind::Institution, &headings);
    let universities = ["理工大学", "工业大学", "科技学院", "医科大学", "职业技术学院", "交通大学"];
    let institutes = [
        "尼龙材料研究院",
        "电气装备研究院",
        "智能制造研究所",
        "环境科学研究院",
        "生物医药研究院",
        "先进材料中试基地",
        "检测认证中心",
        "轴承研究所",
    ];
    let services = ["技术转移中心", "知识产权服务中心", "科技金融服务中心", "产业研究院"];
    let kinds = [("高等学校", &universities[..]), ("科研院所", &institutes[..]), ("科技服务机构", &services[..])];
    for (kind, endings) in kinds {
        for ending in endings {
            for place in ["样例东", "样例西", "样例南"] {
                let number = sheet.rows.len();
                let staff = draw.log_normal(if kind == "高等学校" { 900.0 } else { 75.0 }, 0.5).round() as i64;
                sheet.rows.push(vec![
                    codes::institution(number).into(),
                    format!("{place}{ending}").into(),
                    kind.into(),
                    (*draw.pick(draw_things(number))).into(),
                    staff.into(),
                    "样例市".into(),
                ]);
            }
        }
    }
    sheet
}

/// The things of some industry: the same for the same number.
fn draw_things(number: usize) -> &'static [&'static str] {
    INDUSTRIES[number * 7 % INDUSTRIES.len()].things
}

fn platforms(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings =
        ["platform_code", "name", "platform_type", "platform_level", "owner_uscc", "owner_name", "valid_from", "park"];
    let mut sheet = SampleSheet::new("14-研发平台", "研发平台", "科技局", SubjectKind::Platform, &headings);
    let kinds = ["工程技术研究中心", "企业技术中心", "重点实验室", "中试基地", "新型研发机构", "联合实验室"];
    for one in enterprises.iter().filter(|one| one.hitech_since.is_some() && one.staff() > 35) {
        if !draw.chance(0.42) {
            continue;
        }
        let number = sheet.rows.len() + 1;
        let level = ["国家级", "省级", "市级"][draw.weighted([0.05, 0.4, 0.55].into_iter())];
        let kind = kinds[draw.weighted([0.42, 0.3, 0.12, 0.07, 0.06, 0.03].into_iter())];
        sheet.rows.push(vec![
            format!("样例PT{number:04}").into(),
            format!("样例{}{kind}（{number:03}）", draw.pick(one.industry.things)).into(),
            kind.into(),
            level.into(),
            one.code.as_str().into(),
            one.name.as_str().into(),
            date(draw.whole(2016, 2025) as i16, draw.whole(1, 12) as i8, draw.whole(1, 28) as i8).into(),
            one.park_name().into(),
        ]);
    }
    sheet
}

/// A carrier: its name, type and level, the place of its park, and for whom there is how much room.
type Carrier = (&'static str, &'static str, &'static str, usize, &'static str);

const CARRIERS: [Carrier; 14] = [
    ("样例创业园科技企业孵化器", "科技企业孵化器", "国家级", 6, "电子信息、智能硬件；可入驻 24 间"),
    ("样例信创软件孵化器", "科技企业孵化器", "省级", 4, "工业软件、数据服务；可入驻 11 间"),
    ("样例生物医药孵化器", "科技企业孵化器", "省级", 5, "医疗器械、体外诊断；有公共实验室"),
    ("样例青年众创空间", "众创空间", "国家级", 6, "大学生创业；工位 120 个，可用 37 个"),
    ("样例数字创意众创空间", "众创空间", "市级", 4, "数字内容、软件外包；工位 60 个，可用 18 个"),
    ("样例新材料众创空间", "众创空间", "市级", 1, "尼龙深加工、改性材料；有小试条件"),
    ("样例装备智造加速器", "加速器", "省级", 0, "智能装备；单层 1200 平方米，可租 4 层"),
    ("样例医疗器械加速器", "加速器", "市级", 5, "医疗器械；洁净车间可租 2600 平方米"),
    ("样例大学科技园", "大学科技园", "省级", 4, "成果转化、中试；高校师生创业优先"),
    ("样例装备园标准厂房一期", "标准厂房", "区级", 0, "机械加工；层高 9 米，行车 10 吨，可租 6400 平方米"),
    ("样例尼龙园标准厂房二期", "标准厂房", "区级", 1, "新材料；丙类，蒸汽到户，可租 9800 平方米"),
    ("样例临港园仓储加工厂房", "标准厂房", "区级", 2, "仓储、冷链加工；紧邻码头，可租 15000 平方米"),
    ("样例电气园多层厂房", "标准厂房", "区级", 3, "电气装配；双回路供电，可租 3200 平方米"),
    ("样例生物医药园 GMP 厂房", "标准厂房", "市级", 5, "制剂、耗材；净化装修，可租 5100 平方米"),
];

/// Where a firm can settle: each run by one of the larger enterprises of its park.
fn carriers(enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "platform_code",
        "name",
        "platform_type",
        "platform_level",
        "platform_field",
        "owner_uscc",
        "owner_name",
        "valid_from",
        "park",
    ];
    let mut sheet = SampleSheet::new("22-创新载体", "创新载体", "科技局", SubjectKind::Platform, &headings);
    for (at, (name, kind, level, park, room)) in CARRIERS.into_iter().enumerate() {
        let of_park = enterprises.iter().filter(|one| one.park == park && one.staff() > 20);
        let Some(owner) = of_park.clone().nth(at).or_else(|| of_park.clone().next()) else { continue };
        sheet.rows.push(vec![
            format!("样例ZT{:03}", at + 1).into(),
            name.into(),
            kind.into(),
            level.into(),
            room.into(),
            owner.code.as_str().into(),
            owner.name.as_str().into(),
            date(2017 + (at % 8) as i16, 3 + (at % 9) as i8, 18).into(),
            owner.park_name().into(),
        ]);
    }
    sheet
}

fn achievements(draw: &mut Draw, owners: &[(String, String)]) -> SampleSheet {
    let headings = [
        "achievement_code",
        "name",
        "owner_uscc",
        "owner_name",
        "platform_field",
        "achievement_maturity",
        "achievement_date",
        "achievement_cooperation",
        "achievement_summary",
    ];
    let mut sheet = SampleSheet::new("15-科技成果", "科技成果", "科技局", SubjectKind::Achievement, &headings);
    for number in 1..=260 {
        let industry = &INDUSTRIES[draw.weighted(INDUSTRIES.iter().map(|one| one.research * one.weight))];
        let thing = *draw.pick(industry.things);
        let (code, name) = draw.pick(owners).clone();
        let gain = draw.whole(8, 45);
        sheet.rows.push(vec![
            format!("样例CG{number:04}").into(),
            format!(
                "{thing}{}（样例{number:03}）",
                draw.pick(&["成套技术", "绿色制造工艺", "可靠性提升技术", "国产替代方案"])
            )
            .into(),
            code.into(),
            name.into(),
            industry.words[0].into(),
            (*draw.pick(&["实验室阶段", "中试", "产业化"])).into(),
            date(draw.whole(2020, 2026) as i16, draw.whole(1, 9) as i8, draw.whole(1, 28) as i8).into(),
            (*draw.pick(&["转让", "许可", "作价入股", "合作开发"])).into(),
            format!("面向{thing}的样例成果，试用单位能耗下降 {gain}%。").into(),
        ]);
    }
    sheet
}

fn equipment(draw: &mut Draw, owners: &[(String, String)], enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "equipment_code",
        "name",
        "owner_uscc",
        "owner_name",
        "equipment_value",
        "equipment_bought",
        "equipment_shared",
        "equipment_price",
    ];
    let mut sheet = SampleSheet::new("16-仪器设备", "仪器设备", "科技局", SubjectKind::Equipment, &headings);
    let kinds = [
        ("扫描电子显微镜", 320.0),
        ("三坐标测量机", 150.0),
        ("X射线衍射仪", 210.0),
        ("高低温环境试验箱", 38.0),
        ("气相色谱质谱联用仪", 96.0),
        ("动态力学分析仪", 74.0),
        ("电磁兼容测试系统", 420.0),
        ("疲劳试验机", 130.0),
    ];
    let large: Vec<&Enterprise> = enterprises.iter().filter(|one| one.researches && one.staff() > 90).collect();
    for number in 1..=180 {
        let (name, price) = *draw.pick(&kinds);
        let (code, owner) = match draw.chance(0.65) || large.is_empty() {
            true => draw.pick(owners).clone(),
            false => {
                let one = draw.pick(&large);
                (one.code.clone(), one.name.clone())
            }
        };
        let open = draw.chance(0.7);
        sheet.rows.push(vec![
            format!("样例SB{number:04}").into(),
            format!("{name}（样例{number:03}）").into(),
            code.into(),
            owner.into(),
            figure(draw.log_normal(price, 0.3)).round_dp(1).into(),
            date(draw.whole(2015, 2025) as i16, draw.whole(1, 12) as i8, draw.whole(1, 28) as i8).into(),
            open.into(),
            open.then(|| format!("{}元/小时", draw.whole(4, 60) * 20)).into(),
        ]);
    }
    sheet
}

fn persons(draw: &mut Draw, owners: &[(String, String)], enterprises: &[Enterprise]) -> SampleSheet {
    let headings =
        ["name", "owner_uscc", "owner_name", "person_degree", "person_title", "platform_field", "person_level", "city"];
    let mut sheet = SampleSheet::new("17-人才", "人才", "人社局", SubjectKind::Person, &headings);
    let research: Vec<&Enterprise> = enterprises.iter().filter(|one| one.researches && one.staff() > 20).collect();
    for number in 0..320 {
        let industry = &INDUSTRIES[draw.weighted(INDUSTRIES.iter().map(|one| one.research * one.weight))];
        let (code, unit) = match draw.chance(0.45) || research.is_empty() {
            true => draw.pick(owners).clone(),
            false => {
                let one = draw.pick(&research);
                (one.code.clone(), one.name.clone())
            }
        };
        sheet.rows.push(vec![
            names::person(draw, number).into(),
            code.into(),
            unit.into(),
            ["博士", "硕士", "本科"][draw.weighted([0.45, 0.35, 0.2].into_iter())].into(),
            (*draw.pick(&["正高级", "副高级", "中级"])).into(),
            (*draw.pick(industry.things)).into(),
            ["国家级领军人才", "省级领军人才", "市级领军人才", "区级领军人才", "其他"]
                [draw.weighted([0.03, 0.12, 0.25, 0.3, 0.3].into_iter())]
            .into(),
            "样例市".into(),
        ]);
    }
    sheet
}
