//! How an enterprise stands with the authorities: its status, the lists it is in, its size, and incidents.

use jiff::civil::date;
use kernel::SubjectKind;
use rust_decimal::Decimal;

use crate::draw::Draw;
use crate::enterprise::Enterprise;
use crate::sheet::{Cell, SampleSheet};

/// Two sheets of the market regulator, one of the science bureau.
pub fn sheets(seed: u64, enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    vec![
        credit(&mut Draw::new(seed, "credit"), enterprises),
        incidents(&mut Draw::new(seed, "incidents"), enterprises),
        research(&mut Draw::new(seed, "research organisations"), enterprises),
    ]
}

fn credit(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "uscc",
        "name",
        "operating_status",
        "in_abnormal_list",
        "in_serious_dishonest_list",
        "product_catalogue_class",
        "size_class",
    ];
    let mut sheet = SampleSheet::new("18-信用与划型", "信用与划型", "市场监管局", SubjectKind::Enterprise, &headings);
    sheet.rows = enterprises
        .iter()
        .map(|one| {
            let abnormal = draw.chance(0.025);
            let class = ["鼓励类", "允许类", "限制类"][draw.weighted([0.34, 0.63, 0.03].into_iter())];
            vec![
                one.code.as_str().into(),
                one.name.as_str().into(),
                "存续".into(),
                abnormal.into(),
                (abnormal && draw.chance(0.2)).into(),
                class.into(),
                size(one),
            ]
        })
        .collect();
    sheet
}

/// The size by the lower bounds of the industry (工信部联企业〔2011〕300号): software by people or revenue of
/// its own table, everything else as 工业.
fn size(one: &Enterprise) -> Cell {
    let Some(year) = one.figures.last() else { return Cell::Empty };
    let bounds: [(&str, i64, i64); 3] = match one.industry.code.starts_with("65") {
        true => [("大型", 300, 10_000), ("中型", 100, 1_000), ("小型", 10, 50)],
        false => [("大型", 1_000, 40_000), ("中型", 300, 2_000), ("小型", 20, 300)],
    };
    let reaches =
        |(_, staff, revenue): &&(&str, i64, i64)| year.staff >= *staff && year.revenue >= Decimal::from(*revenue);
    bounds.iter().find(reaches).map_or("微型", |(size, ..)| size).into()
}

/// Who does research, in what kind of organisation, with which standards: what 科技型中小企业 are asked for.
fn research(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "uscc",
        "name",
        "total_staff@2025",
        "sci_tech_staff@2025",
        "rd_org_level",
        "standard_level",
        "standards_led@2025",
    ];
    let mut sheet = SampleSheet::new("20-科技力量", "科技力量", "科技局", SubjectKind::Enterprise, &headings);
    for one in enterprises.iter().filter(|one| one.researches) {
        let Some(of) = one.figures.iter().find(|figures| figures.year == 2025) else { continue };
        // One in nine has not answered yet; the check-up then asks for the figures by name.
        if draw.chance(0.11) {
            continue;
        }
        let levels = ["省级", "市级", "自建", "无"];
        let level = match one.hitech_since {
            Some(_) => levels[draw.weighted([0.08, 0.22, 0.5, 0.2].into_iter())],
            None => levels[draw.weighted([0.01, 0.05, 0.34, 0.6].into_iter())],
        };
        let led = draw.chance(0.06);
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            of.staff_average.into(),
            of.technicians.min(of.staff_average).into(),
            level.into(),
            if led { "行业标准" } else { "企业标准" }.into(),
            i64::from(led).into(),
        ]);
    }
    sheet
}

fn incidents(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = ["owner_uscc", "owner_name", "incident_type", "incident_level", "incident_date"];
    let mut sheet = SampleSheet::new("19-事故与失信", "事故与失信", "市场监管局", SubjectKind::Incident, &headings);
    for one in enterprises {
        if !draw.chance(0.012) {
            continue;
        }
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            (*draw.pick(&["安全", "质量", "环境"])).into(),
            ["一般", "较大", "重大"][draw.weighted([0.8, 0.15, 0.05].into_iter())].into(),
            date(draw.whole(2023, 2026) as i16, draw.whole(1, 9) as i8, draw.whole(1, 28) as i8).into(),
        ]);
    }
    sheet
}
