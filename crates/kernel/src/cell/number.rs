//! Figures: exact from the sheet to the register.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::fault::{FaultKind, Refusal};
use super::unit::{self, ColumnUnit, Written};
use super::{RawCell, is_blank};
use crate::catalogue::{Field, FieldType};
use crate::money::{Money, MoneyUnit, shortest};
use crate::text;
use crate::value::Value;

/// A figure as it stands in a cell.
struct Figure {
    amount: Decimal,
    /// Whether a program computed it, so that it may carry digits nobody wrote.
    computed: bool,
    /// The unit written in the cell itself, which goes before the column's.
    unit: ColumnUnit,
}

/// Spreadsheets keep and show at most 15 significant digits, and a person types fewer: a figure
/// with more was computed, and what it has beyond 15 is the noise of binary fractions.
const TYPED_DIGITS: u32 = 15;

pub(super) fn read(cell: &RawCell, field: &Field, unit: &ColumnUnit, computed: bool) -> Result<Option<Value>, Refusal> {
    let figure = match cell {
        RawCell::Text(text) => figure_of_text(text, field)?,
        RawCell::Integer(count) => Some(figure_of(Decimal::from(*count), computed)),
        RawCell::Number { figure, percent } => Some(figure_of_number(*figure, *percent, field, computed)?),
        RawCell::Date(_) => {
            return Err(Refusal::hinting(
                FaultKind::NotANumber,
                "单元格被设成了日期格式，请改为数值格式。",
                "The cell is formatted as a date; format it as a number.",
            ));
        }
        RawCell::Bool(_) => return Err(Refusal::plain(FaultKind::NotANumber)),
        RawCell::Empty | RawCell::Error(_) | RawCell::Formula { .. } => None,
    };
    let Some(figure) = figure else { return Ok(None) };
    let unit = if figure.unit == ColumnUnit::Own { unit } else { &figure.unit };
    let value = match (&field.kind, unit) {
        (FieldType::Money, ColumnUnit::Money(unit)) => money(&figure, *unit)?,
        (FieldType::Money, ColumnUnit::Own) => money(&figure, MoneyUnit::TenThousandYuan)?,
        (FieldType::Integer, ColumnUnit::Own) => whole(&figure, 1)?,
        (FieldType::Integer, ColumnUnit::Times(times)) => whole(&figure, *times)?,
        (FieldType::Decimal, ColumnUnit::Own) => measured(&figure, 1)?,
        (FieldType::Decimal, ColumnUnit::Times(times)) => measured(&figure, *times)?,
        (FieldType::Percent, ColumnUnit::Own | ColumnUnit::Percent) => measured(&figure, 1)?,
        _ => return Err(Refusal::plain(FaultKind::WrongUnit)),
    };
    believe(value, field).map(Some)
}

fn figure_of(amount: Decimal, computed: bool) -> Figure {
    Figure { amount, computed, unit: ColumnUnit::Own }
}

fn figure_of_number(number: f64, percent: bool, field: &Field, computed: bool) -> Result<Figure, Refusal> {
    let (amount, digits) = exact(number).ok_or(Refusal::plain(FaultKind::TooLarge))?;
    let computed = computed || digits >= TYPED_DIGITS;
    if !percent {
        return Ok(figure_of(amount, computed));
    }
    // A cell with a percent format keeps 5 % as 0.05.
    match field.kind {
        FieldType::Percent => {
            let amount = amount.checked_mul(Decimal::ONE_HUNDRED).ok_or(Refusal::plain(FaultKind::TooLarge))?;
            Ok(figure_of(amount.normalize(), computed))
        }
        _ => Err(Refusal::hinting(
            FaultKind::WrongUnit,
            "单元格被设成了百分比格式，请改为数值格式。",
            "The cell is formatted as a percentage; format it as a number.",
        )),
    }
}

/// The decimal that a binary fraction stands for: the shortest one that reads back as the same
/// fraction, with the number of its significant digits.
pub fn exact(number: f64) -> Option<(Decimal, u32)> {
    if !number.is_finite() {
        return None;
    }
    // Nearly every figure of a sheet has at most six decimals and fewer than 15 digits. One such
    // decimal at most reads back as a given fraction, so the first that does is the one.
    for (scale, power) in [(0_u32, 1.0), (2, 1e2), (4, 1e4), (6, 1e6)] {
        let shifted = (number * power).round();
        if shifted.abs() < 1e14 && shifted / power == number {
            let amount = shortest(shifted.to_i64()?, scale);
            return Some((amount, digits(&amount)));
        }
    }
    let amount = Decimal::from_scientific(&format!("{number:e}")).ok()?.normalize();
    Some((amount, digits(&amount)))
}

fn digits(amount: &Decimal) -> u32 {
    let mantissa = amount.mantissa().unsigned_abs();
    let log = u64::try_from(mantissa).map_or_else(|_| mantissa.checked_ilog10(), u64::checked_ilog10);
    log.map_or(1, |log| log + 1)
}

fn figure_of_text(written: &str, field: &Field) -> Result<Option<Figure>, Refusal> {
    let folded = text::fold(written);
    if is_blank(&folded) {
        return Ok(None);
    }
    let body = folded.trim_start_matches(['¥', '￥']).trim_start();
    if body.ends_with(|c: char| c.is_ascii_digit()) {
        return Ok(Some(figure_of(parse(body)?, false)));
    }
    let (number, unit) = split_unit(body);
    let unit = match unit::written(unit) {
        Written::Nothing => ColumnUnit::Own,
        written => written.of(field).ok_or(Refusal::plain(FaultKind::WrongUnit))?,
    };
    Ok(Some(Figure { amount: parse(number)?, computed: false, unit }))
}

/// Splits `100.5 万元` into the number and the unit. What is neither stays with the number and
/// makes it unreadable.
fn split_unit(body: &str) -> (&str, &str) {
    let at = body.rfind(|c: char| c.is_ascii_digit() || c == '.').map_or(0, |at| at + 1);
    let (number, unit) = body.split_at(at);
    if unit::written(unit.trim()) == Written::Unknown { (body, "") } else { (number.trim_end(), unit.trim()) }
}

/// A plain number: digits with one decimal point at most, commas only where thousands are parted.
fn parse(number: &str) -> Result<Decimal, Refusal> {
    let refuse = |zh: &str, en: &str| Err(Refusal::hinting(FaultKind::NotANumber, zh, en));
    if number.contains(['e', 'E']) && number.parse::<f64>().is_ok() {
        return refuse(
            "科学计数法可能已丢失末几位，请改为常规数字格式。",
            "Scientific notation may have lost digits; use a plain number format.",
        );
    }
    if number.starts_with('(') && number.ends_with(')') {
        return refuse("如为负数，请用负号表示。", "Write a figure below zero with a minus sign.");
    }
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = whole.split(',');
    let first = parts.next().unwrap_or_default();
    let parted = whole.contains(',');
    let thousands_fit = !parted || (1..=3).contains(&first.len()) && parts.clone().all(|part| part.len() == 3);
    if whole.is_empty() && fraction.is_empty() || !is_digits(first) || !parts.all(is_digits) || !is_digits(fraction) {
        return Err(Refusal::plain(FaultKind::NotANumber));
    }
    if !thousands_fit {
        return refuse("千位分隔逗号的位置不对。", "The commas do not part thousands.");
    }
    let plain = if parted { number.replace(',', "") } else { number.to_owned() };
    Decimal::from_str_exact(plain.trim_start_matches('+').trim_end_matches('.'))
        .map_err(|_| Refusal::plain(FaultKind::TooLarge))
}

fn money(figure: &Figure, unit: MoneyUnit) -> Result<Value, Refusal> {
    if let Some(amount) = Money::from_decimal(figure.amount, unit) {
        return Ok(Value::Money(amount));
    }
    let Some(rounded) = Money::from_decimal_rounded(figure.amount, unit) else {
        return Err(Refusal::plain(FaultKind::TooLarge));
    };
    if figure.computed {
        return Ok(Value::Money(rounded));
    }
    Err(Refusal::hinting(
        FaultKind::TooPrecise,
        format!("金额最多精确到分，请核对或四舍五入为 {} {}。", rounded.to_decimal(unit), unit.zh()),
        format!("Money goes down to the fen. Check it or round it to {} {}.", rounded.to_decimal(unit), unit.zh()),
    ))
}

fn whole(figure: &Figure, times: u32) -> Result<Value, Refusal> {
    let amount = scaled(figure, times)?;
    let amount = if figure.computed { amount.round_sf(TYPED_DIGITS).unwrap_or(amount) } else { amount };
    if !amount.fract().is_zero() {
        return Err(Refusal::plain(FaultKind::NotWhole));
    }
    amount.to_i64().map(Value::Integer).ok_or(Refusal::plain(FaultKind::TooLarge))
}

fn measured(figure: &Figure, times: u32) -> Result<Value, Refusal> {
    let amount = scaled(figure, times)?;
    let amount = if figure.computed { amount.round_sf(TYPED_DIGITS).unwrap_or(amount) } else { amount };
    Ok(Value::Decimal(amount.normalize()))
}

fn scaled(figure: &Figure, times: u32) -> Result<Decimal, Refusal> {
    figure.amount.checked_mul(Decimal::from(times)).ok_or(Refusal::plain(FaultKind::TooLarge))
}

/// Holds a figure against what the catalogue believes of its field.
fn believe(value: Value, field: &Field) -> Result<Value, Refusal> {
    // Amounts are compared in fen: nearly every figure of a sheet is believed, and a division each would be dear.
    let (negative, beyond, in_yuan) = match &value {
        Value::Money(amount) => {
            let fen = i128::from(amount.fen());
            let most = field.most.map(|most| i128::from(most) * i128::from(MoneyUnit::TenThousandYuan.fen()));
            let within = |times: i128| most.is_none_or(|most| fen.abs() <= most * times);
            (fen < 0, !within(1), within(10_000))
        }
        Value::Integer(count) => {
            (*count < 0, field.most.is_some_and(|most| i128::from(*count).abs() > most.into()), false)
        }
        Value::Decimal(amount) => {
            let beyond = field.most.is_some_and(|most| amount.abs() > Decimal::from(most));
            (amount.is_sign_negative() && !amount.is_zero(), beyond, false)
        }
        _ => return Ok(value),
    };
    if negative && !field.negative {
        return Err(Refusal::plain(FaultKind::Negative));
    }
    if !beyond {
        return Ok(value);
    }
    Err(if in_yuan {
        Refusal::hinting(
            FaultKind::TooLarge,
            "是否把元填成了万元？请核对表头的单位。",
            "Was yuan entered where 万元 is expected? Check the unit of the heading.",
        )
    } else {
        Refusal::plain(FaultKind::TooLarge)
    })
}
