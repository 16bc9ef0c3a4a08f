//! What is not an enterprise: institutions, platforms, achievements, equipment, talents.

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
    vec![institutions, platforms, achievements, equipment, persons]
}

fn institutions(draw: &mut Draw) -> SampleSheet {
    let headings = ["统一社会信用代码", "机构名称", "机构类型", "研究方向", "科研人员数（人）", "所在地"];
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
    let kinds = [("高等院校", &universities[..]), ("科研院所", &institutes[..]), ("服务机构", &services[..])];
    for (kind, endings) in kinds {
        for ending in endings {
            for place in ["样例东", "样例西", "样例南"] {
                let number = sheet.rows.len();
                let staff = draw.log_normal(if kind == "高等院校" { 900.0 } else { 75.0 }, 0.5).round() as i64;
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
    let headings = ["平台编号", "平台名称", "平台类型", "平台级别", "依托单位代码", "依托单位", "认定日期", "所属园区"];
    let mut sheet = SampleSheet::new("14-研发平台", "研发平台", "科技局", SubjectKind::Platform, &headings);
    let kinds = ["工程技术研究中心", "企业技术中心", "重点实验室", "中试基地", "新型研发机构", "国际联合实验室"];
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

fn achievements(draw: &mut Draw, owners: &[(String, String)]) -> SampleSheet {
    let headings =
        ["成果编号", "成果名称", "完成单位代码", "完成单位", "技术领域", "成熟度", "完成日期", "转化方式", "成果简介"];
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
            Some(industry.field).filter(|field| !field.is_empty()).into(),
            (*draw.pick(&["小试", "中试", "产业化"])).into(),
            date(draw.whole(2020, 2026) as i16, draw.whole(1, 9) as i8, draw.whole(1, 28) as i8).into(),
            (*draw.pick(&["转让", "许可", "作价入股", "合作开发"])).into(),
            format!("面向{thing}的样例成果，试用单位能耗下降 {gain}%。").into(),
        ]);
    }
    sheet
}

fn equipment(draw: &mut Draw, owners: &[(String, String)], enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "设备编号",
        "设备名称",
        "管理单位代码",
        "管理单位",
        "设备原值（万元）",
        "启用日期",
        "是否开放共享",
        "收费标准",
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
    let headings = ["人才编号", "姓名", "工作单位代码", "工作单位", "学历", "职称", "专业领域", "人才类别"];
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
            format!("样例RC{:04}", number + 1).into(),
            names::person(draw, number).into(),
            code.into(),
            unit.into(),
            ["博士研究生", "硕士研究生", "大学本科"][draw.weighted([0.45, 0.35, 0.2].into_iter())].into(),
            (*draw.pick(&["正高级", "副高级", "中级"])).into(),
            (*draw.pick(industry.things)).into(),
            (*draw.pick(&["领军人才", "青年拔尖人才", "产业人才", "科技特派员"])).into(),
        ]);
    }
    sheet
}
