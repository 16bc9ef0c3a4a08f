//! What is wrong with a cell, in words an officer can act on.

use serde::{Deserialize, Serialize};

use crate::lang::{Lang, Said};

/// Why a cell is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The spreadsheet itself shows an error (#REF!).
    SheetError,
    /// A formula whose result was not saved.
    NoResult,
    /// Words where a figure belongs.
    NotANumber,
    /// A fraction where a count belongs.
    NotWhole,
    /// More decimals than a fen.
    TooPrecise,
    /// Below zero where that cannot be.
    Negative,
    /// Above what is believed.
    TooLarge,
    /// A unit the field is not measured in.
    WrongUnit,
    /// Digits lost because the sheet kept a long number as a figure.
    DigitsLost,
    /// Not a day.
    NotADate,
    /// A day that cannot be meant (1900).
    UnlikelyDate,
    /// Neither yes nor no.
    NotYesNo,
    /// None of the choices.
    UnknownChoice,
    /// Not in the code table.
    UnknownCode,
    /// A code that was replaced.
    ReplacedCode,
    /// A name or code that may mean several entries.
    AmbiguousCode,
    /// A unified social credit code that is wrong.
    CreditCode,
    /// Longer than any text of the register.
    TooLong,
    /// A figure the register computes and never takes from outside.
    Derived,
}

impl FaultKind {
    /// The name in stored records and JSON output.
    pub fn key(self) -> &'static str {
        match self {
            FaultKind::SheetError => "sheet_error",
            FaultKind::NoResult => "no_result",
            FaultKind::NotANumber => "not_a_number",
            FaultKind::NotWhole => "not_whole",
            FaultKind::TooPrecise => "too_precise",
            FaultKind::Negative => "negative",
            FaultKind::TooLarge => "too_large",
            FaultKind::WrongUnit => "wrong_unit",
            FaultKind::DigitsLost => "digits_lost",
            FaultKind::NotADate => "not_a_date",
            FaultKind::UnlikelyDate => "unlikely_date",
            FaultKind::NotYesNo => "not_yes_no",
            FaultKind::UnknownChoice => "unknown_choice",
            FaultKind::UnknownCode => "unknown_code",
            FaultKind::ReplacedCode => "replaced_code",
            FaultKind::AmbiguousCode => "ambiguous_code",
            FaultKind::CreditCode => "credit_code",
            FaultKind::TooLong => "too_long",
            FaultKind::Derived => "derived",
        }
    }

    /// What is wrong, in a few words.
    pub fn say(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            FaultKind::SheetError => ("单元格本身报错", "is an error of the spreadsheet itself"),
            FaultKind::NoResult => ("公式没有保存计算结果", "is a formula whose result was not saved"),
            FaultKind::NotANumber => ("不是数字", "is not a number"),
            FaultKind::NotWhole => ("不是整数", "is not a whole number"),
            FaultKind::TooPrecise => ("精确到了分以下", "is more precise than a fen"),
            FaultKind::Negative => ("不能为负数", "cannot be below zero"),
            FaultKind::TooLarge => ("大得不合常理", "is larger than can be believed"),
            FaultKind::WrongUnit => ("单位与该指标不符", "has a unit in which this field is not measured"),
            FaultKind::DigitsLost => {
                ("数字过长，末几位可能已经丢失", "is so long a number that its last digits may be lost")
            }
            FaultKind::NotADate => ("不是日期", "is not a day"),
            FaultKind::UnlikelyDate => ("日期不合常理", "is a day that cannot be meant"),
            FaultKind::NotYesNo => ("看不出是或否", "is neither yes nor no"),
            FaultKind::UnknownChoice => ("不在可选范围内", "is none of the choices"),
            FaultKind::UnknownCode => ("不在代码表中", "is not in the code table"),
            FaultKind::ReplacedCode => ("是已经停用的代码", "is a code no longer in use"),
            FaultKind::AmbiguousCode => ("可以指多个代码", "may mean several codes"),
            FaultKind::CreditCode => ("不是有效的统一社会信用代码", "is not a valid unified social credit code"),
            FaultKind::TooLong => ("文字过长", "is too long a text"),
            FaultKind::Derived => ("由系统计算，不从表格导入", "is computed by the register and never imported"),
        };
        lang.pick(zh, en)
    }
}

/// One refused cell: what was found, what was expected, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// Why it is refused.
    pub kind: FaultKind,
    /// The cell's content as the sheet shows it.
    pub found: String,
    /// What belongs there, as a phrase: `不小于 0 的整数（人）`.
    pub expected: Said,
    /// What to do or what may be meant, as a whole sentence.
    pub hint: Option<Said>,
}

impl CellFault {
    /// The whole message: what was found, why it is refused, what belongs there, what to do.
    pub fn say(&self, lang: Lang) -> String {
        let hint = self.hint.as_ref().map(|hint| hint.say(lang)).unwrap_or_default();
        let (found, kind, expected) = (&self.found, self.kind.say(lang), self.expected.say(lang));
        match lang {
            // A figure or a Latin word stands apart from the characters before it.
            Lang::Zh if expected.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                format!("“{found}”{kind}，应填写 {expected}。{hint}")
            }
            Lang::Zh => format!("“{found}”{kind}，应填写{expected}。{hint}"),
            Lang::En => format!("“{found}” {kind}; expected {expected}. {hint}").trim_end().to_owned(),
        }
    }
}

/// A reason to refuse, before it is joined with what was found and what the field expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: FaultKind,
    pub(crate) hint: Option<Said>,
}

impl Refusal {
    pub(crate) fn plain(kind: FaultKind) -> Self {
        Self { kind, hint: None }
    }

    pub(crate) fn hinting(kind: FaultKind, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind, hint: Some(Said::new(zh, en)) }
    }
}
