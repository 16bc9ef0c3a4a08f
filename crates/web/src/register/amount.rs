//! Figures as a row of a table shows them: one unit and one number of decimals for the whole row,
//! with the exact figure kept for whoever points at it.

use kernel::money::MoneyUnit;
use kernel::{Field, FieldType, Lang, Money, Value};
use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use rust_decimal::prelude::ToPrimitive as _;

/// How the figures of one row are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Amounts, in this unit with this many decimals.
    Money(MoneyUnit, u32),
    /// Figures with this many decimals.
    Plain(u32),
    /// Words.
    Words,
}

/// The most decimals a table shows; the exact figure is a hover away.
const DECIMALS: u32 = 2;

impl Scale {
    /// The scale in which these values of one field are written: 亿元 for amounts of a billion and
    /// more, 元 for those under ten thousand, 万元 between.
    pub fn of<'a>(field: &Field, values: impl Iterator<Item = &'a Value> + Clone) -> Self {
        match field.kind {
            FieldType::Money => {
                let unit = money_unit(values.clone().filter_map(as_money));
                let decimals = values.filter_map(as_money).map(|amount| decimals_of(amount.to_decimal(unit))).max();
                Scale::Money(unit, decimals.unwrap_or(0))
            }
            FieldType::Integer | FieldType::Decimal | FieldType::Percent => {
                Scale::Plain(values.filter_map(figure).map(decimals_of).max().unwrap_or(0))
            }
            _ => Scale::Words,
        }
    }

    /// The scale of a column of a list, where the smallest subject must stay readable beside the
    /// largest: 亿元 only where every amount reaches one 亿.
    pub fn of_column<'a>(field: &Field, values: impl Iterator<Item = &'a Value> + Clone) -> Self {
        let hundred_million = MoneyUnit::HundredMillionYuan;
        match Self::of(field, values.clone()) {
            Scale::Money(unit, _) if unit == hundred_million => {
                let amounts = values.filter_map(as_money).filter(|amount| amount.fen() != 0);
                let all_large =
                    amounts.clone().all(|amount| amount.fen().unsigned_abs() >= hundred_million.fen().unsigned_abs());
                let unit = if all_large { unit } else { MoneyUnit::TenThousandYuan };
                let decimals = amounts.map(|amount| decimals_of(amount.to_decimal(unit))).max();
                Scale::Money(unit, decimals.unwrap_or(0))
            }
            scale => scale,
        }
    }

    /// The unit beside the label, for rows of figures.
    pub fn unit(self, field: &Field, lang: Lang) -> String {
        match self {
            Scale::Money(unit, _) => unit_name(unit, lang).to_owned(),
            Scale::Plain(_) if field.unit == "%" => "%".to_owned(),
            Scale::Plain(_) if lang == Lang::Zh => field.unit.clone(),
            _ => String::new(),
        }
    }

    /// The figure of a value; `None` for what is no figure.
    pub fn write(self, value: &Value) -> Option<String> {
        match (self, value) {
            (Scale::Money(unit, decimals), Value::Money(amount)) => Some(grouped_money(*amount, unit, decimals)),
            (Scale::Plain(decimals), value) => figure(value).map(|figure| grouped(figure, decimals)),
            _ => None,
        }
    }
}

/// The unit that suits the largest of these amounts.
pub fn money_unit(amounts: impl Iterator<Item = Money>) -> MoneyUnit {
    let largest = amounts.map(|amount| amount.fen().unsigned_abs()).max().unwrap_or(0);
    match largest {
        // Nought is written in the unit of the forms people fill in.
        0 | 1_000_000..100_000_000_000 => MoneyUnit::TenThousandYuan,
        1..1_000_000 => MoneyUnit::Yuan,
        _ => MoneyUnit::HundredMillionYuan,
    }
}

/// The unit's name.
pub fn unit_name(unit: MoneyUnit, lang: Lang) -> &'static str {
    match (lang, unit) {
        (Lang::Zh, unit) => unit.zh(),
        (Lang::En, MoneyUnit::Yuan) => "CNY",
        (Lang::En, MoneyUnit::ThousandYuan) => "CNY '000",
        (Lang::En, MoneyUnit::TenThousandYuan) => "CNY 10k",
        (Lang::En, MoneyUnit::HundredMillionYuan) => "CNY 100m",
    }
}

/// An amount alone, in the unit that suits it: `9,528.5 万元`. English has no 万, so an amount is
/// written out there: `CNY 95,285,000`.
pub fn amount(money: Money, lang: Lang) -> String {
    if lang == Lang::En {
        let figure = money.to_decimal(MoneyUnit::Yuan);
        return format!("CNY {}", grouped(figure, decimals_of(figure)));
    }
    let unit = money_unit(std::iter::once(money));
    let figure = money.to_decimal(unit);
    format!("{} {}", grouped(figure, decimals_of(figure)), unit_name(unit, lang))
}

/// The exact amount in yuan: `95,285,000.00 元`, `CNY 95,285,000.00`.
pub fn exact(money: Money, lang: Lang) -> String {
    let figure = grouped_money(money, MoneyUnit::Yuan, 2);
    match lang {
        Lang::Zh => format!("{figure} 元"),
        Lang::En => format!("CNY {figure}"),
    }
}

/// A value's figure, for drawing and comparing. Money counts in yuan.
pub fn figure(value: &Value) -> Option<Decimal> {
    match value {
        Value::Money(amount) => Some(amount.to_decimal(MoneyUnit::Yuan)),
        Value::Integer(count) => Some(Decimal::from(*count)),
        Value::Decimal(figure) => Some(*figure),
        _ => None,
    }
}

/// A figure as a point of a drawing.
pub fn point(value: &Value) -> Option<f64> {
    figure(value).and_then(|figure| figure.to_f64())
}

/// How far two figures lie apart, as a percentage of the first; `None` when one of them is no
/// figure or the first is nought.
pub fn apart(from: &Value, to: &Value) -> Option<Decimal> {
    let (from, to) = (figure(from)?, figure(to)?);
    let share = (to - from).checked_div(from.abs())?;
    share.checked_mul(Decimal::ONE_HUNDRED).map(|share| share.round_dp(1))
}

/// A figure with its thousands parted and this many decimals.
pub fn grouped(figure: Decimal, decimals: u32) -> String {
    let text = format!("{:.*}", decimals as usize, figure.round_dp_with_strategy(decimals, MidpointAwayFromZero));
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
    let (whole, rest) = digits.split_once('.').map_or((digits, ""), |(whole, rest)| (whole, rest));
    parted(negative, whole, rest)
}

/// A figure with its thousands parted and the decimals it has.
pub fn shown(figure: Decimal) -> String {
    grouped(figure, figure.normalize().scale())
}

/// An amount in a unit with its thousands parted: what [`grouped`] writes of it, in whole numbers,
/// because a page of a list holds some hundred amounts.
fn grouped_money(amount: Money, unit: MoneyUnit, decimals: u32) -> String {
    let (Some(shift), Ok(per)) = (10_u128.checked_pow(decimals), u128::try_from(unit.fen())) else {
        return grouped(amount.to_decimal(unit), decimals);
    };
    // Half of the last place goes away from nought.
    let steps = (u128::from(amount.fen().unsigned_abs()) * shift + per / 2) / per;
    let whole = (steps / shift).to_string();
    let width = decimals as usize;
    let rest = if width == 0 { String::new() } else { format!("{:0width$}", steps % shift) };
    parted(amount.fen() < 0, &whole, &rest)
}

/// Digits with a comma before every third from the right. Nought has no sign.
fn parted(negative: bool, whole: &str, rest: &str) -> String {
    let mut text = String::with_capacity(whole.len() * 4 / 3 + rest.len() + 5);
    if negative && !whole.bytes().chain(rest.bytes()).all(|digit| digit == b'0') {
        text.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !rest.is_empty() {
        text.push('.');
        text.push_str(rest);
    }
    text
}

fn as_money(value: &Value) -> Option<Money> {
    match value {
        Value::Money(amount) => Some(*amount),
        _ => None,
    }
}

fn decimals_of(figure: Decimal) -> u32 {
    figure.round_dp(DECIMALS).normalize().scale().min(DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Catalogue;

    fn wan(amount: i64) -> Value {
        Value::Money(Money::from_fen(amount * 1_000_000))
    }

    #[test]
    fn one_row_has_one_unit_chosen_by_its_largest_amount() {
        let field = Catalogue::builtin().field("operating_revenue").unwrap();
        let cases: &[(&[Value], MoneyUnit, &[&str])] = &[
            (&[wan(7_860), wan(13_850)], MoneyUnit::TenThousandYuan, &["7,860", "13,850"]),
            (&[wan(1_234), wan(250_000)], MoneyUnit::HundredMillionYuan, &["0.12", "25.00"]),
            (&[Value::Money(Money::from_fen(123_450))], MoneyUnit::Yuan, &["1,234.5"]),
            (&[Value::Money(Money::from_fen(0))], MoneyUnit::TenThousandYuan, &["0"]),
        ];
        for (values, unit, expected) in cases {
            let scale = Scale::of(field, values.iter());
            assert!(matches!(scale, Scale::Money(found, _) if found == *unit), "{scale:?}");
            let written: Vec<String> = values.iter().filter_map(|value| scale.write(value)).collect();
            assert_eq!(&written, expected);
        }
    }

    #[test]
    fn a_column_is_written_in_hundred_millions_only_where_all_its_amounts_reach_one() {
        let field = Catalogue::builtin().field("operating_revenue").unwrap();
        let unit = |values: &[Value]| match Scale::of_column(field, values.iter()) {
            Scale::Money(unit, _) => unit,
            other => panic!("{other:?}"),
        };
        assert_eq!(unit(&[wan(250_000), wan(10_000)]), MoneyUnit::HundredMillionYuan);
        assert_eq!(unit(&[wan(250_000), wan(9_999)]), MoneyUnit::TenThousandYuan);
    }

    #[test]
    fn thousands_are_parted_and_a_loss_keeps_its_sign() {
        for (figure, decimals, expected) in
            [("1234567.891", 2, "1,234,567.89"), ("-1234.5", 1, "−1,234.5"), ("-0.001", 2, "0.00"), ("999", 0, "999")]
        {
            assert_eq!(grouped(figure.parse().unwrap(), decimals), expected);
        }
    }

    #[test]
    fn an_amount_is_written_the_same_in_whole_numbers_and_in_decimals() {
        let units =
            [MoneyUnit::Yuan, MoneyUnit::ThousandYuan, MoneyUnit::TenThousandYuan, MoneyUnit::HundredMillionYuan];
        let mut fen: i64 = 7;
        for _ in 0..2_000 {
            fen = fen.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            for amount in [fen >> (fen & 63), 5, -5, 50, -4_999, 500_000, -500_000, i64::MAX, i64::MIN + 1] {
                for (unit, decimals) in units.into_iter().flat_map(|unit| [0, 1, 2].map(|decimals| (unit, decimals))) {
                    let amount = Money::from_fen(amount);
                    assert_eq!(grouped_money(amount, unit, decimals), grouped(amount.to_decimal(unit), decimals));
                }
            }
        }
    }

    #[test]
    fn the_distance_of_two_figures_is_a_share_of_the_first() {
        assert_eq!(apart(&wan(200), &wan(230)).unwrap().to_string(), "15.0");
        assert_eq!(apart(&wan(200), &wan(100)).unwrap().to_string(), "-50.0");
        assert_eq!(apart(&wan(0), &wan(100)), None);
        assert_eq!(apart(&Value::Text("甲".into()), &wan(1)), None);
    }

    #[test]
    fn the_exact_amount_is_in_yuan_and_fen() {
        assert_eq!(exact(Money::from_fen(9_528_500_000), Lang::Zh), "95,285,000.00 元");
        assert_eq!(amount(Money::from_fen(9_528_500_000), Lang::Zh), "9,528.5 万元");
    }
}
