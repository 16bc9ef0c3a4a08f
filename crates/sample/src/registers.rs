//! The register of enterprises, as the market regulator sends it.

use kernel::SubjectKind;

use crate::draw::Draw;
use crate::enterprise::Enterprise;
use crate::names;
use crate::sheet::{Cell, SampleSheet};

/// The sheet from which the zone first learns of its enterprises.
pub fn sheets(seed: u64, enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    let headings = [
        "uscc",
        "name",
        "former_names",
        "legal_form",
        "legal_representative",
        "registration_date",
        "registered_capital",
        "industry_code",
        "hitech_field_code",
        "main_products",
        "park",
        "in_zone",
        "is_resident_enterprise",
        "tax_collection_mode",
    ];
    let mut sheet = SampleSheet::new("01-企业登记", "企业登记信息", "市场监管局", SubjectKind::Enterprise, &headings);
    let mut draw = Draw::new(seed, "registers");
    sheet.rows = enterprises.iter().map(|one| row(&mut draw, one)).collect();
    vec![sheet]
}

fn row(draw: &mut Draw, one: &Enterprise) -> Vec<Cell> {
    vec![
        one.code.as_str().into(),
        one.name.as_str().into(),
        one.former_name.clone().into(),
        one.form.into(),
        names::person(draw, one.number).into(),
        one.founded.into(),
        one.capital.into(),
        one.industry.code.into(),
        Some(one.industry.field).filter(|field| one.researches && !field.is_empty()).into(),
        one.industry.things.join("、").into(),
        one.park_name().into(),
        true.into(),
        true.into(),
        // The smallest are taxed on an assessed base and so cannot deduct R&D.
        if one.staff() < 6 && one.number.is_multiple_of(3) { "核定征收" } else { "查账征收" }.into(),
    ]
}
