//! Values, periods, sources and acts in the words a reader uses.

use jiff::civil::Date;
use kernel::source::SourceKind;
use kernel::{Catalogue, FactKey, Field, FieldType, Lang, SubjectKind, Value, code_table};

use crate::register::amount;

/// A value of a field, complete and in words: `9,528.5 万元`, `轴承制造 3451`, `是`.
pub fn value(field: &Field, value: &Value, lang: Lang) -> String {
    match (value, &field.kind) {
        (Value::Money(money), _) => amount::amount(*money, lang),
        // A year is a name and not a quantity: its thousands are not parted.
        (Value::Integer(count), _) if field.unit == "年" && *count > 1800 => count.to_string(),
        (Value::Integer(count), _) => with_unit(amount::grouped((*count).into(), 0), field, lang),
        (Value::Decimal(figure), FieldType::Percent) => {
            format!("{} %", amount::shown(*figure))
        }
        (Value::Decimal(figure), _) => with_unit(amount::shown(*figure), field, lang),
        (Value::Bool(yes), _) => if *yes { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned(),
        (Value::Date(day), _) => day.to_string(),
        (Value::Code(code), FieldType::Choice { .. }) => {
            field.choice(code).map_or_else(|| code.clone(), |choice| choice.label(lang).to_owned())
        }
        (Value::Code(code), FieldType::Code { table }) => coded(table, code),
        (Value::Text(text) | Value::Code(text), _) => text.clone(),
    }
}

fn with_unit(figure: String, field: &Field, lang: Lang) -> String {
    match (lang, field.unit.as_str()) {
        (_, "") => figure,
        (_, "%") => format!("{figure} %"),
        (Lang::Zh, unit) => format!("{figure} {unit}"),
        (Lang::En, _) => figure,
    }
}

/// Kinds of subject, named one after the other: `企业、资质`.
pub fn kinds(kinds: &[SubjectKind], lang: Lang) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| lang.pick(kind.zh(), kind.en())).collect();
    names.join(lang.pick("、", ", "))
}

/// A code with its name: `轴承制造 3451`; a code the table does not know stands alone.
pub fn coded(table: &str, code: &str) -> String {
    match code_table::table(table).and_then(|table| table.lookup(code)) {
        Some(entry) => format!("{} {code}", entry.name),
        None => code.to_owned(),
    }
}

/// The names of an industry from the section down to the class, without the codes above it:
/// `制造业 · 通用设备制造业 · 轴承制造 3451`.
pub fn industry(code: &str) -> String {
    let Some(table) = code_table::table("industry") else { return code.to_owned() };
    let names: Vec<&str> = table.path(code).iter().map(|entry| entry.name).collect();
    match names.as_slice() {
        [] => code.to_owned(),
        [only] => format!("{only} {code}"),
        [first, .., last] => format!("{first} · {last} {code}"),
    }
}

/// A fact's name: `营业收入总额 2025`.
pub fn fact(catalogue: &Catalogue, kind: SubjectKind, key: &FactKey, lang: Lang) -> String {
    let label = catalogue.field(&key.field).map_or(key.field.as_str(), |field| field.label(kind, lang));
    match key.period {
        Some(period) => format!("{label} {period}"),
        None => label.to_owned(),
    }
}

/// How a source came to us.
pub fn source_kind(kind: SourceKind, lang: Lang) -> &'static str {
    let (zh, en) = kind.names();
    lang.pick(zh, en)
}

/// Who speaks, as people call it: single acts are kept under the account or the enterprise.
pub fn origin(origin: &str, lang: Lang) -> String {
    match origin.split_once(':') {
        Some(("account", name)) => name.to_owned(),
        Some(("visit", _)) => lang.pick("走访", "visits").to_owned(),
        Some(("subject", _)) => lang.pick("企业本身", "the enterprise itself").to_owned(),
        _ => origin.to_owned(),
    }
}

/// Who did something, as people call it: what was done without an account bears a name in brackets.
pub fn person(name: &str, lang: Lang) -> String {
    match name {
        "(server)" => lang.pick("系统自动", "the server itself").to_owned(),
        "(sample)" => lang.pick("样例数据", "sample data").to_owned(),
        "(console)" => lang.pick("服务器命令行", "server console").to_owned(),
        account => account.to_owned(),
    }
}

/// The rule of trust by which one word is shown rather than another.
pub fn trust_rule(lang: Lang) -> &'static str {
    lang.pick(
        "来源不一时，按可信度显示：核定 › 人工更正 › 系统对接 › 表格 › 文件 › 走访 › 企业填报 › 样例；同级取较晚的说法。任何说法都不会被覆盖。",
        "Where sources disagree, the most trusted one is shown: settlement › correction › system › spreadsheet › document › visit › declaration › sample; of equals the later. No word is ever overwritten.",
    )
}

/// The years, months or days between a day of the past and another, in words: `10 年`.
pub fn age(since: Date, on: Date, lang: Lang) -> String {
    let years = i32::from(on.year())
        - i32::from(since.year())
        - i32::from((on.month(), on.day()) < (since.month(), since.day()));
    match lang {
        Lang::Zh if years < 1 => "不满 1 年".to_owned(),
        Lang::Zh => format!("{years} 年"),
        Lang::En if years < 1 => "under a year".to_owned(),
        Lang::En => format!("{years} year{}", if years == 1 { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use kernel::Money;

    #[test]
    fn values_are_complete_words() {
        let catalogue = Catalogue::builtin();
        let cases = [
            ("operating_revenue", Value::Money(Money::from_fen(9_528_500_000)), "9,528.5 万元"),
            ("year_end_employees", Value::Integer(1241), "1,241 人"),
            ("person_programme_year", Value::Integer(2024), "2024"),
            ("debt_ratio", Value::Decimal("48.20".parse().unwrap()), "48.2 %"),
            ("in_zone", Value::Bool(true), "是"),
            ("registration_date", Value::Date(date(2016, 3, 4)), "2016-03-04"),
            ("qualification_code", Value::Code("hnte".into()), "高新技术企业"),
            ("qualification_code", Value::Code("unknown".into()), "unknown"),
        ];
        for (key, given, expected) in cases {
            assert_eq!(value(catalogue.field(key).unwrap(), &given, Lang::Zh), expected, "{key}");
        }
    }

    #[test]
    fn an_industry_is_named_from_its_section_to_its_class() {
        assert!(
            industry("3451").starts_with("制造业 · ") && industry("3451").ends_with(" 3451"),
            "{}",
            industry("3451")
        );
        assert_eq!(industry("?"), "?");
    }

    #[test]
    fn an_age_counts_full_years() {
        assert_eq!(age(date(2016, 3, 4), date(2026, 3, 3), Lang::Zh), "9 年");
        assert_eq!(age(date(2016, 3, 4), date(2026, 3, 4), Lang::Zh), "10 年");
        assert_eq!(age(date(2026, 3, 4), date(2026, 11, 22), Lang::En), "under a year");
    }
}
