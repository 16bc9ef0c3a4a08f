//! Typing one cell: it becomes a value of its field, or it is refused with a reason.
//!
//! No reading may silently change a figure. What can be read in two ways is refused with a hint;
//! what is read with something left out (a formula, digits below the fen) is told by [`remarks`].

mod coded;
mod date;
mod fault;
mod number;
mod unit;

use std::borrow::Cow;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

pub use fault::{CellFault, FaultKind};
pub use number::exact;
pub use unit::ColumnUnit;
pub(crate) use unit::{Written, written as written_unit};

use crate::catalogue::{Field, FieldType};
use crate::lang::{Lang, Said};
use crate::text;
use crate::value::Value;
use fault::Refusal;

/// The longest text a field takes, in characters.
pub const LONGEST_TEXT: usize = 4_000;

/// One cell as a sheet holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RawCell {
    /// Nothing.
    Empty,
    /// Words; every cell of a csv file.
    Text(String),
    /// A number.
    Number {
        /// The number as the sheet stores it.
        figure: f64,
        /// Whether the cell has a percent format, so that 0.05 stands for 5 %.
        percent: bool,
    },
    /// A whole number, where the format of the file tells.
    Integer(i64),
    /// Yes or no.
    Bool(bool),
    /// A cell with a date format.
    Date(DateTime),
    /// An error of the spreadsheet: `#REF!`.
    Error(String),
    /// A formula with the result that was saved with it, [`RawCell::Empty`] where none was.
    Formula {
        /// The result saved in the file.
        cached: Box<RawCell>,
    },
}

impl RawCell {
    /// A number without a percent format.
    pub fn number(figure: f64) -> Self {
        RawCell::Number { figure, percent: false }
    }

    /// The content as the sheet shows it, for messages and for fields of words.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            RawCell::Empty => Cow::Borrowed(""),
            RawCell::Text(text) => Cow::Borrowed(text),
            RawCell::Number { figure, percent } => {
                let Some((amount, _)) = exact(*figure) else { return Cow::Owned(figure.to_string()) };
                let shifted = amount.checked_mul(rust_decimal::Decimal::ONE_HUNDRED).filter(|_| *percent);
                Cow::Owned(match shifted {
                    Some(amount) => format!("{}%", amount.normalize()),
                    None => amount.to_string(),
                })
            }
            RawCell::Integer(number) => Cow::Owned(number.to_string()),
            RawCell::Bool(true) => Cow::Borrowed("TRUE"),
            RawCell::Bool(false) => Cow::Borrowed("FALSE"),
            RawCell::Date(moment) if moment.time() == jiff::civil::Time::midnight() => {
                Cow::Owned(moment.date().to_string())
            }
            RawCell::Date(moment) => Cow::Owned(moment.to_string().replace('T', " ")),
            RawCell::Error(error) => Cow::Borrowed(error),
            RawCell::Formula { cached } => cached.shown(),
        }
    }

    /// Whether nothing is written: no content, or only spaces.
    pub fn is_empty(&self) -> bool {
        match self {
            RawCell::Empty => true,
            RawCell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The saved result of a formula, and whether it is one.
    fn result(&self) -> (&RawCell, bool) {
        match self {
            RawCell::Formula { cached } => (cached.result().0, true),
            cell => (cell, false),
        }
    }
}

/// Whether a folded text says that there is nothing, where a figure, day, code or choice belongs.
/// In a field of words it stays what it is.
fn is_blank(folded: &str) -> bool {
    let marks = [
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "无",
        "n/a",
        "na",
        "nil",
        "none",
        "null",
        "暂无",
        "不适用",
        "未填",
    ];
    folded.len() <= 9 && marks.contains(&folded.to_ascii_lowercase().as_str())
}

/// Types a cell: the value of `field` it holds, or `None` for an empty cell.
///
/// Forms understood: money in 元, 千元, 万元 and 亿元 (a unit written in the cell goes before the
/// column's); a percent as `5%`, as 5 in a column of percent, and as 0.05 in a cell with percent
/// format, while a bare 0.05 is taken as it stands, 0.05 %; thousands parted by commas; full-width
/// digits; days as `2025-03-04`, `2025/3/4`, `2025.3.4`, `2025年3月4日`, `20250304` and as a
/// spreadsheet's count of days; 是/否, √/×, Y/N, 1/0; a choice by key, label or alias; a code by
/// code, exact name or both.
pub fn read_cell(cell: &RawCell, field: &Field, unit: ColumnUnit) -> Result<Option<Value>, Box<CellFault>> {
    let fault = |refusal: Refusal| CellFault {
        kind: refusal.kind,
        found: cell.shown().trim().to_owned(),
        expected: expected(field, unit),
        hint: refusal.hint,
    };
    read(cell, field, unit).map_err(|refusal| Box::new(fault(refusal)))
}

fn read(cell: &RawCell, field: &Field, unit: ColumnUnit) -> Result<Option<Value>, Refusal> {
    let (content, computed) = cell.result();
    match content {
        RawCell::Empty if computed => {
            return Err(Refusal::hinting(
                FaultKind::NoResult,
                "请在表格软件中打开并保存一次，或把公式粘贴为数值。",
                "Open and save the workbook in a spreadsheet program, or paste the formula as values.",
            ));
        }
        content if content.is_empty() => return Ok(None),
        RawCell::Error(_) => return Err(sheet_error()),
        RawCell::Text(text) if is_sheet_error(text) => return Err(sheet_error()),
        _ if !field.is_importable() => return Err(Refusal::plain(FaultKind::Derived)),
        _ => {}
    }
    match &field.kind {
        FieldType::Money | FieldType::Integer | FieldType::Decimal | FieldType::Percent => {
            number::read(content, field, &unit, computed)
        }
        FieldType::Bool => Ok(coded::yes_no(content)?.map(Value::Bool)),
        FieldType::Date => Ok(date::read(content)?.map(Value::Date)),
        FieldType::Text => words(content),
        FieldType::CreditCode => Ok(coded::credit_code(content)?.map(|code| Value::Code(code.to_string()))),
        FieldType::Code { table } => Ok(coded::code(content, table)?.map(Value::Code)),
        FieldType::Choice { choices } => Ok(coded::choice(content, choices)?.map(Value::Code)),
    }
}

/// The errors a spreadsheet shows in place of a result; a csv file carries them as words.
fn is_sheet_error(text: &str) -> bool {
    let errors = ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];
    text.trim_start().starts_with('#') && errors.contains(&text.trim())
}

fn sheet_error() -> Refusal {
    Refusal::hinting(FaultKind::SheetError, "请在原表中改正公式或引用。", "Mend the formula or reference in the sheet.")
}

fn words(cell: &RawCell) -> Result<Option<Value>, Refusal> {
    let shown = match cell {
        RawCell::Bool(true) => Cow::Borrowed("是"),
        RawCell::Bool(false) => Cow::Borrowed("否"),
        RawCell::Number { figure, .. } if figure.abs() >= 1e15 => {
            return Err(Refusal::hinting(
                FaultKind::DigitsLost,
                "请将该列设为文本格式后重新录入。",
                "Set the column to text and enter it again.",
            ));
        }
        _ => cell.shown(),
    };
    let cleaned = text::clean(&shown);
    if cleaned.is_empty() {
        return Ok(None);
    }
    if cleaned.chars().count() > LONGEST_TEXT {
        return Err(Refusal::plain(FaultKind::TooLong));
    }
    Ok(Some(Value::Text(cleaned.into_owned())))
}

/// What belongs in a cell of this field, as a phrase.
pub fn expected(field: &Field, unit: ColumnUnit) -> Said {
    let written = unit.written(field);
    let zh_unit = if written.is_empty() { String::new() } else { format!("（{written}）") };
    let en_written = unit.written_in(field, Lang::En);
    let en_unit = if en_written.is_empty() { String::new() } else { format!(" ({en_written})") };
    let (zh_from, en_from) = if field.negative { ("", "") } else { ("不小于 0 的", " not below zero") };
    match &field.kind {
        FieldType::Money => {
            Said::new(format!("{zh_from}金额{zh_unit}"), format!("an amount of money{en_from}{en_unit}"))
        }
        FieldType::Integer => Said::new(format!("{zh_from}整数{zh_unit}"), format!("a whole number{en_from}{en_unit}")),
        FieldType::Decimal => Said::new(format!("{zh_from}数值{zh_unit}"), format!("a number{en_from}{en_unit}")),
        FieldType::Percent => Said::new("百分数，如 5 或 5%", "a percentage such as 5 or 5%"),
        FieldType::Bool => Said::new("是或否", "是 or 否 (yes or no)"),
        FieldType::Date => Said::new("日期，如 2025-03-04", "a day such as 2025-03-04"),
        FieldType::Text => {
            Said::new(format!("不超过 {LONGEST_TEXT} 字的文字"), format!("a text of at most {LONGEST_TEXT} characters"))
        }
        FieldType::CreditCode => Said::new(
            "18 位、校验码正确的统一社会信用代码",
            "a unified social credit code of 18 characters with a right check digit",
        ),
        FieldType::Code { table } => match crate::code_table::table(table).map(|table| table.titles()) {
            Some((zh, en)) => Said::new(format!("{zh}中的代码或名称"), format!("a code or name of {en}")),
            None => Said::new("代码", "a code"),
        },
        FieldType::Choice { choices } => {
            let shown = choices.iter().take(6);
            let zh: Vec<&str> = shown.clone().map(|choice| choice.zh.as_str()).collect();
            let en: Vec<&str> = shown.map(|choice| choice.en.as_str()).collect();
            let (zh_more, en_more) = if choices.len() > 6 { ("等", " and others") } else { ("", "") };
            Said::new(format!("以下之一：{}{zh_more}", zh.join("、")), format!("one of: {}{en_more}", en.join(", ")))
        }
    }
}

/// Something a person should know about a cell that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The cell is a formula; its saved result was taken.
    FormulaResult,
    /// The figure carried digits below the fen, which a program had computed; it was rounded.
    RoundedToFen,
    /// A credit code was written with full-width or lower-case characters or spaces.
    FoldedCode,
    /// A bare figure below 1 in a column of percent: taken as it stands, less than one percent.
    SmallPercent,
}

impl Remark {
    /// The sentence for the preview.
    pub fn say(self, lang: Lang) -> &'static str {
        match self {
            Remark::FormulaResult => {
                lang.pick("单元格是公式，取其保存的结果。", "The cell is a formula; its saved result was taken.")
            }
            Remark::RoundedToFen => {
                lang.pick("计算所得的数值已四舍五入到分。", "A computed figure was rounded to the fen.")
            }
            Remark::FoldedCode => {
                lang.pick("已去掉空格并改为半角大写。", "Spaces were dropped and letters made half-width capitals.")
            }
            Remark::SmallPercent => lang.pick(
                "按百分数理解，小于 1%。如果填的是小数，请改为百分数。",
                "Taken as percent, less than 1 %. If a fraction was meant, write a percentage.",
            ),
        }
    }
}

/// What a person should know about a cell that was read as `value`.
pub fn remarks(cell: &RawCell, field: &Field, unit: ColumnUnit, value: &Value) -> Vec<Remark> {
    let (content, formula) = cell.result();
    let mut remarks = Vec::new();
    if formula {
        remarks.push(Remark::FormulaResult);
    }
    match (value, content) {
        (Value::Money(amount), RawCell::Number { figure, .. }) => {
            let column = match unit {
                ColumnUnit::Money(unit) => unit,
                _ => crate::money::MoneyUnit::TenThousandYuan,
            };
            if exact(*figure).is_some_and(|(written, _)| written != amount.to_decimal(column)) {
                remarks.push(Remark::RoundedToFen);
            }
        }
        (Value::Code(code), RawCell::Text(written)) if field.kind == FieldType::CreditCode && code != written => {
            remarks.push(Remark::FoldedCode);
        }
        (Value::Decimal(figure), RawCell::Number { percent: false, .. } | RawCell::Text(_))
            if field.kind == FieldType::Percent
                && !figure.is_zero()
                && figure.abs() < rust_decimal::Decimal::ONE
                && !content.shown().contains(['%', '％']) =>
        {
            remarks.push(Remark::SmallPercent);
        }
        _ => {}
    }
    remarks
}

#[cfg(test)]
mod tests;
