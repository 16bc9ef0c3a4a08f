//! Units in headings and cells.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Field, FieldType};
use crate::format::{unit_name, unit_of};
use crate::lang::Lang;
use crate::money::MoneyUnit;
use crate::text;

/// The unit in which a column is written, as its heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnUnit {
    /// The heading says nothing: the field's own unit, which is 万元 for money.
    #[default]
    Own,
    /// Money in this unit.
    Money(MoneyUnit),
    /// Percent: 5 means 5 %.
    Percent,
    /// So many of the field's own unit: 万人 is 10,000.
    Times(u32),
}

/// What a written unit is, before it is held against a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// No unit is written.
    Nothing,
    Money(MoneyUnit),
    Percent,
    /// A counter (人, 项) or measure (㎡), so many times; the measure in its usual form.
    Measure(&'static str, u32),
    /// 万 or 亿 alone: money or a count.
    Bare(u32),
    Unknown,
}

/// Words for counted things, which say nothing about size.
const COUNTERS: &[&str] = &[
    "人", "名", "位", "个", "家", "户", "项", "件", "次", "台", "套", "篇", "场", "种", "所", "人次", "台套", "台/套",
];

/// Measures with the ways of writing them; the first is the usual form.
const MEASURES: &[&[&str]] = &[
    &["㎡", "m2", "m²", "平方米", "平米"],
    &["人年", "人·年", "人/年"],
    &["年"],
    &["月", "个月"],
    &["分"],
    &["吨标准煤", "吨标煤", "tce"],
];

/// Reads a written unit.
pub(crate) fn written(unit: &str) -> Written {
    let unit = text::fold(unit);
    let unit = unit.trim().trim_start_matches("单位:").trim_start_matches("单位").trim().to_ascii_lowercase();
    let unit = unit.strip_prefix("人民币").unwrap_or(&unit);
    match unit {
        "" => return Written::Nothing,
        "元" | "rmb" | "cny" | "yuan" => return Written::Money(MoneyUnit::Yuan),
        "千元" => return Written::Money(MoneyUnit::ThousandYuan),
        "万元" | "万元人民币" | "万人民币" => return Written::Money(MoneyUnit::TenThousandYuan),
        "亿元" => return Written::Money(MoneyUnit::HundredMillionYuan),
        "%" | "百分比" | "percent" => return Written::Percent,
        "万" => return Written::Bare(10_000),
        "亿" => return Written::Bare(100_000_000),
        _ => {}
    }
    let (rest, times) = match unit.strip_prefix('万').or_else(|| unit.strip_prefix("万 ")) {
        Some(rest) => (rest, 10_000),
        None => match unit.strip_prefix('千') {
            Some(rest) => (rest, 1_000),
            None => (unit, 1),
        },
    };
    let counter = COUNTERS.iter().find(|counter| **counter == rest);
    let measure = || MEASURES.iter().find(|names| names.contains(&rest)).map(|names| &names[0]);
    match counter.or_else(measure) {
        Some(name) => Written::Measure(name, times),
        None => Written::Unknown,
    }
}

impl Written {
    /// The column unit this is for a field. `None` where the field is not measured in it.
    pub(crate) fn of(self, field: &Field) -> Option<ColumnUnit> {
        let times = |times| if times == 1 { ColumnUnit::Own } else { ColumnUnit::Times(times) };
        match (self, &field.kind) {
            (Written::Nothing, _) => Some(ColumnUnit::Own),
            (Written::Money(unit), FieldType::Money) => Some(ColumnUnit::Money(unit)),
            (Written::Bare(10_000), FieldType::Money) => Some(ColumnUnit::Money(MoneyUnit::TenThousandYuan)),
            (Written::Bare(_), FieldType::Money) => Some(ColumnUnit::Money(MoneyUnit::HundredMillionYuan)),
            (Written::Percent, FieldType::Percent) => Some(ColumnUnit::Percent),
            (Written::Bare(n), FieldType::Integer | FieldType::Decimal) => Some(times(n)),
            (Written::Measure(name, n), FieldType::Integer) => {
                let same = name == field.unit || COUNTERS.contains(&name) && COUNTERS.contains(&field.unit.as_str());
                same.then(|| times(n))
            }
            (Written::Measure(name, n), FieldType::Decimal) => (name == field.unit).then(|| times(n)),
            _ => None,
        }
    }
}

impl ColumnUnit {
    /// The unit that a heading or a person writes, for this field; an empty text is
    /// [`ColumnUnit::Own`]. `None` where the field is not measured in it or nobody knows it.
    pub fn read(unit: &str, field: &Field) -> Option<Self> {
        written(unit).of(field)
    }

    /// The unit in a language, for people to read; empty where there is none or English needs no word.
    pub fn written_in(self, field: &Field, lang: Lang) -> String {
        let times = |times: &str| match unit_of(field, lang) {
            "" => times.to_owned(),
            unit => format!("{times} {unit}"),
        };
        match (lang, self) {
            (Lang::Zh, _) => self.written(field),
            (Lang::En, ColumnUnit::Own) => unit_of(field, lang).to_owned(),
            (Lang::En, ColumnUnit::Money(unit)) => unit_name(unit, lang).to_owned(),
            (Lang::En, ColumnUnit::Percent) => "%".to_owned(),
            (Lang::En, ColumnUnit::Times(10_000)) => times("×10k"),
            (Lang::En, ColumnUnit::Times(100_000_000)) => times("×100m"),
            (Lang::En, ColumnUnit::Times(count)) => times(&format!("×{count}")),
        }
    }

    /// The unit as a heading writes it, for this field; empty where there is none.
    pub fn written(self, field: &Field) -> String {
        match self {
            ColumnUnit::Own => field.unit.clone(),
            ColumnUnit::Money(unit) => unit.zh().to_owned(),
            ColumnUnit::Percent => "%".to_owned(),
            ColumnUnit::Times(10_000) => format!("万{}", field.unit),
            ColumnUnit::Times(1_000) => format!("千{}", field.unit),
            ColumnUnit::Times(100_000_000) => format!("亿{}", field.unit),
            ColumnUnit::Times(times) => format!("{times} {}", field.unit),
        }
    }
}
