//! The register of enterprises, as the market regulator sends it.

use kernel::SubjectKind;

use crate::enterprise::Enterprise;
use crate::sheet::{Cell, SampleSheet};

/// The sheet from which the zone first learns of its enterprises.
pub fn sheets(enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    let headings = [
        "统一社会信用代码",
        "企业名称",
        "曾用名",
        "企业类型",
        "成立日期",
        "注册资本（万元）",
        "国民经济行业代码",
        "高新技术领域",
        "所属园区",
        "是否高新区内",
        "居民企业",
        "征收方式",
    ];
    let mut sheet = SampleSheet::new("01-企业登记", "企业登记信息", "市场监管局", SubjectKind::Enterprise, &headings);
    sheet.rows = enterprises.iter().map(row).collect();
    vec![sheet]
}

fn row(one: &Enterprise) -> Vec<Cell> {
    vec![
        one.code.as_str().into(),
        one.name.as_str().into(),
        one.former_name.clone().into(),
        one.form.into(),
        one.founded.into(),
        one.capital.into(),
        one.industry.code.into(),
        Some(one.industry.field).filter(|field| one.researches && !field.is_empty()).into(),
        one.park_name().into(),
        true.into(),
        true.into(),
        // The smallest are taxed on an assessed base and so cannot deduct R&D.
        if one.staff() < 6 && one.number.is_multiple_of(3) { "核定征收" } else { "查账征收" }.into(),
    ]
}
