//! A value on its way out.

use std::borrow::Cow;

use jiff::civil::Date;
use kernel::money::MoneyUnit;
use kernel::{Field, Lang, Value};
use rust_decimal::Decimal;

/// One cell of an exported list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OutCell {
    /// Nothing.
    #[default]
    Empty,
    /// Words; never read as a formula by the program that opens the file.
    Text(String),
    /// A number, in the unit of the heading.
    Number(Decimal),
    /// A day.
    Date(Date),
}

impl OutCell {
    /// The cell for a value of a field: money in 万元, choices and yes or no in words, codes as
    /// they are so that the sheet can be imported again.
    pub fn of(value: &Value, field: &Field, lang: Lang) -> Self {
        match value {
            Value::Money(amount) => OutCell::Number(amount.to_decimal(MoneyUnit::TenThousandYuan)),
            Value::Integer(count) => OutCell::Number(Decimal::from(*count)),
            Value::Decimal(figure) => OutCell::Number(figure.normalize()),
            Value::Bool(yes) => OutCell::Text(if *yes { lang.pick("是", "yes") } else { lang.pick("否", "no") }.into()),
            Value::Date(day) => OutCell::Date(*day),
            Value::Text(words) => OutCell::Text(words.clone()),
            Value::Code(code) => {
                let label = field.choice(code).map(|choice| choice.label(lang).to_owned());
                OutCell::Text(label.unwrap_or_else(|| code.clone()))
            }
        }
    }

    /// The cell as a csv file carries it. A text that a spreadsheet program would take for a
    /// formula gets an apostrophe in front; numbers stay numbers, those below zero too.
    pub(super) fn for_csv(&self) -> Cow<'_, str> {
        match self {
            OutCell::Empty => Cow::Borrowed(""),
            OutCell::Text(text) if is_formula_like(text) => Cow::Owned(format!("'{text}")),
            OutCell::Text(text) => Cow::Borrowed(text),
            OutCell::Number(number) => Cow::Owned(number.to_string()),
            OutCell::Date(day) => Cow::Owned(day.to_string()),
        }
    }
}

/// Whether a spreadsheet program may run the text: it begins, after spaces, with a sign that
/// starts a formula, in its full-width form too, or with a tab or line break.
fn is_formula_like(text: &str) -> bool {
    let risky = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '|' | '%');
    text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(risky)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_starts_a_formula_is_made_harmless_and_a_negative_number_stays_one() {
        for text in ["=1+1", "+86 371", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "=HYPERLINK(\"http://x\")"]
        {
            assert_eq!(OutCell::Text(text.into()).for_csv(), format!("'{text}"), "{text:?}");
        }
        assert_eq!(OutCell::Text("甲=乙".into()).for_csv(), "甲=乙");
        assert_eq!(OutCell::Number(Decimal::new(-125, 1)).for_csv(), "-12.5");
    }
}
