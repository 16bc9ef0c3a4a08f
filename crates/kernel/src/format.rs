//! How values are shown to people.

use rust_decimal::Decimal;

use crate::catalogue::{Field, FieldType};
use crate::code_table;
use crate::lang::Lang;
use crate::money::{Money, MoneyUnit};
use crate::value::Value;

/// A whole or decimal number with its thousands parted by commas: `1,234,567.8`.
pub fn thousands(number: &str) -> String {
    let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
    let mut parted = String::with_capacity(number.len() + number.len() / 3);
    for (at, c) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(c);
    }
    match fraction {
        Some(fraction) => format!("{sign}{parted}.{fraction}"),
        None => format!("{sign}{parted}"),
    }
}

/// The unit in which an amount reads best: 亿元 from one 亿, else 万元, and 元 below one 万.
pub fn fitting_unit(amount: Money) -> MoneyUnit {
    match amount.fen().unsigned_abs() {
        10_000_000_000.. => MoneyUnit::HundredMillionYuan,
        1_000_000.. => MoneyUnit::TenThousandYuan,
        _ => MoneyUnit::Yuan,
    }
}

/// An amount in the unit that fits its size, rounded to two decimals for reading:
/// `1.23 亿元`, `326.4 万元`, `0 元`. [`money_exact`] belongs beside it.
pub fn money(amount: Money, lang: Lang) -> String {
    money_in(amount, fitting_unit(amount), lang)
}

/// An amount in one unit for a whole column, rounded to two decimals for reading.
pub fn money_in(amount: Money, unit: MoneyUnit, lang: Lang) -> String {
    format!("{} {}", money_figure(amount, unit), unit_name(unit, lang))
}

/// An amount in one unit, rounded to two decimals, without the unit.
pub fn money_figure(amount: Money, unit: MoneyUnit) -> String {
    let rounded =
        amount.to_decimal(unit).round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    thousands(&rounded.normalize().to_string())
}

/// The exact amount in yuan, for what is shown when a figure is pointed at: `3,264,000 元`.
pub fn money_exact(amount: Money, lang: Lang) -> String {
    let exact = amount.to_decimal(MoneyUnit::Yuan);
    format!("{} {}", thousands(&exact.to_string()), unit_name(MoneyUnit::Yuan, lang))
}

/// The name of a money unit.
pub fn unit_name(unit: MoneyUnit, lang: Lang) -> &'static str {
    let en = match unit {
        MoneyUnit::Yuan => "yuan",
        MoneyUnit::ThousandYuan => "thousand yuan",
        MoneyUnit::TenThousandYuan => "×10k yuan",
        MoneyUnit::HundredMillionYuan => "×100m yuan",
    };
    lang.pick(unit.zh(), en)
}

/// The name of a field's unit for reading: 人 is “people” in English.
pub fn unit_of(field: &Field, lang: Lang) -> &str {
    let en = match field.unit.as_str() {
        "万元" => "×10k yuan",
        "人" => "people",
        "人年" => "person-years",
        "年" => "years",
        "月" => "months",
        "分" => "points",
        "吨标准煤" => "tce",
        "㎡" | "%" | "" => field.unit.as_str(),
        // Counted things need no word in English: 5 patents are told by the label.
        _ => "",
    };
    lang.pick(&field.unit, en)
}

impl Field {
    /// The value as a page shows it, with its unit: `326.4 万元`, `1,024 人`, `5.5%`, `是`,
    /// `3963 智能消费设备制造`.
    pub fn show(&self, value: &Value, lang: Lang) -> String {
        match value {
            Value::Money(amount) => money(*amount, lang),
            Value::Integer(count) => self.with_unit(thousands(&count.to_string()), lang),
            Value::Decimal(figure) if self.kind == FieldType::Percent => format!("{}%", short(*figure)),
            Value::Decimal(figure) => self.with_unit(short(*figure), lang),
            Value::Bool(true) => lang.pick("是", "Yes").to_owned(),
            Value::Bool(false) => lang.pick("否", "No").to_owned(),
            Value::Date(day) => day.to_string(),
            Value::Text(text) => text.clone(),
            Value::Code(code) => self.show_code(code, lang),
        }
    }

    /// The exact value, for what is shown when a figure is pointed at; for words it is the value.
    pub fn show_exact(&self, value: &Value, lang: Lang) -> String {
        match value {
            Value::Money(amount) => money_exact(*amount, lang),
            Value::Decimal(figure) if self.kind == FieldType::Percent => format!("{}%", figure.normalize()),
            Value::Decimal(figure) => self.with_unit(thousands(&figure.normalize().to_string()), lang),
            _ => self.show(value, lang),
        }
    }

    /// The value as a form or a sheet carries it, so that typing it as a cell gives the value
    /// back: money in 万元 without unit, a choice by its label, days as 2025-03-04.
    pub fn written(&self, value: &Value, lang: Lang) -> String {
        match value {
            Value::Money(amount) => amount.to_decimal(MoneyUnit::TenThousandYuan).to_string(),
            Value::Integer(count) => count.to_string(),
            Value::Decimal(figure) => figure.normalize().to_string(),
            Value::Bool(true) => "是".to_owned(),
            Value::Bool(false) => "否".to_owned(),
            Value::Code(key) => self.choice(key).map_or(key.as_str(), |choice| choice.label(lang)).to_owned(),
            Value::Date(_) | Value::Text(_) => self.show(value, lang),
        }
    }

    fn with_unit(&self, figure: String, lang: Lang) -> String {
        match unit_of(self, lang) {
            "" => figure,
            unit => format!("{figure} {unit}"),
        }
    }

    fn show_code(&self, code: &str, lang: Lang) -> String {
        match &self.kind {
            FieldType::Choice { .. } => self.choice(code).map_or(code, |choice| choice.label(lang)).to_owned(),
            FieldType::Code { table } => match code_table::table(table).and_then(|table| table.lookup(code)) {
                Some(entry) => format!("{code} {}", entry.name),
                None => code.to_owned(),
            },
            _ => code.to_owned(),
        }
    }
}

fn short(figure: Decimal) -> String {
    let rounded = figure.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    thousands(&rounded.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::cell::{ColumnUnit, RawCell, read_cell};

    #[track_caller]
    fn shown(key: &str, value: Value, zh: &str, en: &str) {
        let field = Catalogue::builtin().field(key).expect(key);
        assert_eq!((field.show(&value, Lang::Zh).as_str(), field.show(&value, Lang::En).as_str()), (zh, en));
    }

    #[test]
    fn a_value_is_shown_in_the_unit_that_fits() {
        shown("operating_revenue", Value::Money(Money::from_fen(326_400_000)), "326.4 万元", "326.4 ×10k yuan");
        shown(
            "operating_revenue",
            Value::Money(Money::from_fen(1_234_567_890_123)),
            "123.46 亿元",
            "123.46 ×100m yuan",
        );
        shown("net_profit", Value::Money(Money::from_fen(-99_950)), "-999.5 元", "-999.5 yuan");
        shown("year_end_employees", Value::Integer(1_024), "1,024 人", "1,024 people");
        shown("cit_rate_applied", Value::Decimal(Decimal::new(15_000, 3)), "15%", "15%");
        shown("industry_code", Value::Code("3973".into()), "3973 集成电路制造", "3973 集成电路制造");
        shown("is_listed", Value::Bool(false), "否", "No");
        shown("legal_form", Value::Code("limited".into()), "有限责任公司", "Limited liability company");
    }

    #[test]
    fn the_exact_amount_is_in_yuan() {
        assert_eq!(money_exact(Money::from_fen(1_234_567_890_123), Lang::Zh), "12,345,678,901.23 元");
        assert_eq!(thousands("-1234567.5"), "-1,234,567.5");
        assert_eq!(thousands("-123"), "-123");
    }

    proptest! {
        #[test]
        fn money_as_written_reads_back_to_the_fen(fen in -40_000_000_000_000_i64..40_000_000_000_000) {
            let field = Catalogue::builtin().field("net_profit").expect("net_profit");
            let value = Value::Money(Money::from_fen(fen));
            let cell = RawCell::Text(field.written(&value, Lang::Zh));
            prop_assert_eq!(read_cell(&cell, field, ColumnUnit::Own), Ok(Some(value.clone())));
            let exact = RawCell::Text(field.show_exact(&value, Lang::Zh));
            prop_assert_eq!(read_cell(&exact, field, ColumnUnit::Own), Ok(Some(value)));
        }
    }

    #[test]
    fn every_choice_as_written_reads_back_in_both_languages() {
        for field in Catalogue::builtin().fields() {
            let FieldType::Choice { choices } = &field.kind else { continue };
            for choice in choices {
                let value = Value::Code(choice.key.clone());
                for lang in [Lang::Zh, Lang::En] {
                    let cell = RawCell::Text(field.written(&value, lang));
                    assert_eq!(read_cell(&cell, field, ColumnUnit::Own), Ok(Some(value.clone())), "{}", field.key);
                }
            }
        }
    }
}
