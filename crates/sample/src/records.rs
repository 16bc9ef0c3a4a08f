//! Records of the enterprises: titles, intellectual property, contracts, financing, awards, penalties.

use jiff::civil::{Date, date};
use kernel::SubjectKind;

use crate::draw::{Draw, figure};
use crate::enterprise::Enterprise;
use crate::sheet::{Cell, SampleSheet};

/// Every sheet of records.
pub fn sheets(seed: u64, enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    vec![
        titles(&mut Draw::new(seed, "titles"), enterprises),
        intellectual_property(&mut Draw::new(seed, "intellectual property"), enterprises),
        contracts(&mut Draw::new(seed, "contracts"), enterprises),
        financing(&mut Draw::new(seed, "financing"), enterprises),
        awards(&mut Draw::new(seed, "awards"), enterprises),
        penalties(&mut Draw::new(seed, "penalties"), enterprises),
    ]
}

/// The last day of a title that holds `years` years from `first`.
fn end(first: Date, years: i16) -> Date {
    let later = first.saturating_add(jiff::Span::new().years(years));
    later.yesterday().unwrap_or(later)
}

fn titles(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = ["cert_no", "owner_uscc", "owner_name", "qualification_code", "valid_from", "valid_to", "issuer"];
    let mut sheet = SampleSheet::new("07-资质称号", "资质称号", "科技局", SubjectKind::Title, &headings);
    let mut number = 0;
    for one in enterprises {
        for (title, first, years, issuer) in held(draw, one) {
            number += 1;
            sheet.rows.push(vec![
                format!("样例{}{number:06}", first.year()).into(),
                one.code.as_str().into(),
                one.name.as_str().into(),
                title.into(),
                first.into(),
                end(first, years).into(),
                issuer.into(),
            ]);
        }
    }
    sheet
}

type Held = (&'static str, Date, i16, &'static str);

/// The titles an enterprise holds or held: name, first day, years, issuer.
fn held(draw: &mut Draw, one: &Enterprise) -> Vec<Held> {
    let mut held = Vec::new();
    if let Some(since) = one.hitech_since {
        // Certificates come in the last quarter and hold three years; then the title is earned anew.
        let (month, day) = (draw.whole(10, 12) as i8, draw.whole(8, 28) as i8);
        let mut year = since;
        while year <= 2025 {
            held.push(("高新技术企业", date(year, month, day), 3, "省科学技术厅（样例）"));
            year += 3;
        }
    }
    let small = one.staff() <= 500 && one.staff() > 0;
    let keen = one.researches && small;
    if keen && draw.chance(0.55) {
        held.push((
            "科技型中小企业",
            date(2026, draw.whole(4, 9) as i8, draw.whole(5, 25) as i8),
            1,
            "省科学技术厅（样例）",
        ));
    }
    let age = 2026 - one.founded.year();
    if keen && one.hitech_since.is_some() && age >= 3 && draw.chance(0.34) {
        let year = draw.whole(2023, 2026) as i16;
        held.push(("创新型中小企业", date(year, draw.whole(5, 10) as i8, 20), 3, "省工业和信息化厅（样例）"));
        if one.staff() > 30 && draw.chance(0.5) {
            held.push(("专精特新中小企业", date(year.max(2023), 11, 30), 3, "省工业和信息化厅（样例）"));
            if one.staff() > 80 && draw.chance(0.22) {
                held.push((
                    "专精特新“小巨人”企业",
                    date(draw.whole(2023, 2025) as i16, 8, 1),
                    3,
                    "工业和信息化部（样例）",
                ));
            }
        }
    }
    if one.hitech_since.is_some() && draw.chance(0.05) {
        held.push(("瞪羚企业", date(draw.whole(2024, 2026) as i16, 6, 18), 3, "省科学技术厅（样例）"));
    }
    held
}

fn intellectual_property(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "ip_id",
        "owner_uscc",
        "owner_name",
        "ip_name",
        "ip_type",
        "ip_grant_date",
        "ip_acquire_mode",
        "ip_status",
        "ip_class",
        "ip_jurisdiction",
        "ip_core_support",
    ];
    let mut sheet = SampleSheet::new("08-知识产权", "知识产权", "科技局", SubjectKind::IntellectualProperty, &headings);
    let mut number = 0;
    for one in enterprises.iter().filter(|one| one.researches) {
        let technicians = one.figures.last().map_or(0, |year| year.technicians) as f64;
        let count = (draw.log_normal(1.2 + technicians / 14.0, 0.7) as i64).min(40);
        for _ in 0..count {
            number += 1;
            sheet.rows.push(ip_row(draw, one, number));
        }
    }
    sheet
}

fn ip_row(draw: &mut Draw, one: &Enterprise, number: usize) -> Vec<Cell> {
    let software = one.industry.code.starts_with("65");
    let weights: [f64; 4] = if software { [0.14, 0.10, 0.02, 0.74] } else { [0.22, 0.60, 0.10, 0.08] };
    let kind = ["发明专利", "实用新型专利", "外观设计专利", "计算机软件著作权"][draw.weighted(weights.into_iter())];
    let thing = *draw.pick(one.industry.things);
    let title = match kind {
        "发明专利" => format!("{thing}的{}方法", draw.pick(&["制备", "控制", "检测", "装配", "诊断"])),
        "实用新型专利" => format!("一种{thing}{}", draw.pick(&["结构", "用夹具", "防护装置", "调节机构"])),
        "外观设计专利" => thing.to_owned(),
        _ => format!("{thing}{}软件V{}.0", draw.pick(&["管理", "监控", "分析"]), draw.whole(1, 4)),
    };
    let first = i64::from(one.founded.year().clamp(2017, 2025));
    let granted = date(draw.whole(first, 2025) as i16, draw.whole(1, 12) as i8, draw.whole(1, 28) as i8);
    vec![
        format!("样例IP{number:06}").into(),
        one.code.as_str().into(),
        one.name.as_str().into(),
        title.into(),
        kind.into(),
        granted.into(),
        ["自主研发", "受让", "并购"][draw.weighted([0.93, 0.06, 0.01].into_iter())].into(),
        if draw.chance(0.96) { "有效" } else { "失效" }.into(),
        // 国科发火〔2016〕195号: inventions are of class I, utility models, designs and software of class II.
        if kind == "发明专利" { "Ⅰ类" } else { "Ⅱ类" }.into(),
        "中国".into(),
        (!number.is_multiple_of(4)).into(),
    ]
}

fn contracts(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "registered_no",
        "owner_uscc",
        "owner_name",
        "contract_name",
        "tech_contract_type",
        "contract_amount",
        "technical_amount",
        "registered_date",
    ];
    let mut sheet = SampleSheet::new("09-技术合同", "技术合同", "科技局", SubjectKind::Contract, &headings);
    for one in enterprises.iter().filter(|one| one.researches) {
        if !draw.chance(0.22) {
            continue;
        }
        let number = sheet.rows.len() + 1;
        let kind = ["技术开发", "技术转让", "技术许可", "技术咨询", "技术服务"]
            [draw.weighted([0.46, 0.05, 0.04, 0.09, 0.36].into_iter())];
        let amount = figure(draw.log_normal(42.0, 1.0)).round_dp(1);
        let technical = figure(draw.between(0.7, 1.0)) * amount;
        sheet.rows.push(vec![
            format!("样例2025HT{number:05}").into(),
            one.code.as_str().into(),
            one.name.as_str().into(),
            format!("{}{}合同", draw.pick(one.industry.things), kind).into(),
            kind.into(),
            amount.into(),
            technical.round_dp(2).into(),
            date(2025, draw.whole(1, 12) as i8, draw.whole(1, 28) as i8).into(),
        ]);
    }
    sheet
}

fn financing(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "owner_uscc",
        "owner_name",
        "financing_round",
        "equity_financing_paid_in",
        "post_money_valuation",
        "valuation_currency",
        "round_date",
        "investors",
    ];
    let mut sheet = SampleSheet::new("10-股权融资", "股权融资", "财政局", SubjectKind::Financing, &headings);
    for one in enterprises.iter().filter(|one| one.researches && one.zeal > 1.2) {
        if !draw.chance(0.16) {
            continue;
        }
        let raised = (draw.log_normal(1_200.0, 0.9) / 50.0).round().max(2.0) * 50.0;
        let share = draw.between(0.06, 0.2);
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            (*draw.pick(&["天使轮", "A轮", "B轮", "C轮"])).into(),
            figure(raised).into(),
            figure((raised / share / 100.0).round() * 100.0).into(),
            "人民币".into(),
            date(draw.whole(2023, 2025) as i16, draw.whole(1, 12) as i8, draw.whole(1, 28) as i8).into(),
            format!("样例{}创业投资基金", draw.pick(&["启明灯", "青禾田", "远帆渡", "石榴籽"])).into(),
        ]);
    }
    sheet
}

fn awards(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = ["owner_uscc", "owner_name", "award_name", "award_level", "award_year", "award_org_rank"];
    let mut sheet = SampleSheet::new("11-科技奖励", "科技奖励", "科技局", SubjectKind::Award, &headings);
    for one in enterprises.iter().filter(|one| one.hitech_since.is_some()) {
        if !draw.chance(0.09) {
            continue;
        }
        let level = ["国家级", "省部级", "市级"][draw.weighted([0.04, 0.36, 0.6].into_iter())];
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            format!("{}关键技术及应用（样例奖）", draw.pick(one.industry.things)).into(),
            level.into(),
            draw.whole(2021, 2025).into(),
            draw.whole(1, 5).into(),
        ]);
    }
    sheet
}

fn penalties(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "penalty_no",
        "owner_uscc",
        "owner_name",
        "penalty_history",
        "penalty_authority",
        "penalty_amount",
        "penalty_date",
        "correction_date",
        "harm_level",
    ];
    let mut sheet = SampleSheet::new("12-行政处罚", "行政处罚", "市场监管局", SubjectKind::Penalty, &headings);
    for one in enterprises {
        if !draw.chance(0.022) {
            continue;
        }
        let number = sheet.rows.len() + 1;
        let decided = date(draw.whole(2024, 2026) as i16, draw.whole(1, 9) as i8, draw.whole(1, 28) as i8);
        let corrected = decided.saturating_add(jiff::Span::new().days(draw.whole(10, 60)));
        let reason = *draw.pick(&["未按规定公示年度报告", "危险废物贮存不规范", "特种设备未按期检验", "广告用语不当"]);
        let fined = draw.chance(0.7);
        sheet.rows.push(vec![
            format!("样例罚决〔{}〕{number}号", decided.year()).into(),
            one.code.as_str().into(),
            one.name.as_str().into(),
            reason.into(),
            "市场监管局（样例）".into(),
            fined.then(|| figure(draw.between(0.2, 6.0)).round_dp(1)).into(),
            decided.into(),
            draw.chance(0.8).then_some(corrected).into(),
            (*draw.pick(&["轻微", "一般"])).into(),
        ]);
    }
    sheet
}
