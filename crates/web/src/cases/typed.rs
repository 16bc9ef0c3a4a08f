//! What a person typed into the form of a step, kept as typed so that a refused form loses nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use loops::{Given, Need, Step};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::special::extras;
use crate::WebError;

/// The longest text of a step, in characters.
pub const LONGEST: usize = 5_000;
/// The largest figure of a plan that is believed.
pub const LARGEST: i64 = 1_000_000_000_000;

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Words, or a reason.
    pub text: String,
    /// The unit in charge from now on.
    pub unit: String,
    /// Units that assist.
    pub assisting: BTreeSet<String>,
    /// From 1 to 5.
    pub rating: String,
    /// A day.
    pub until: String,
    /// Whether it is signed.
    pub signed: bool,
    /// How much of a plan is done since the last report.
    pub amount: String,
    /// What the step's form asks for besides, by key.
    pub extra: BTreeMap<String, String>,
}

impl Typed {
    /// What the fields of a form say.
    pub fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let assisting = fields.keys().filter_map(|name| name.strip_prefix("assist.")).map(str::to_owned);
        Self {
            text: field("text").replace("\r\n", "\n"),
            unit: field("unit"),
            assisting: assisting.collect(),
            rating: field("rating"),
            until: field("until"),
            signed: !field("signed").is_empty(),
            amount: field("amount"),
            extra: extras::typed(fields),
        }
    }

    /// What comes with the step, without files. What is not a day, a unit or a level is refused here,
    /// since the step could only say that it is missing; a day that has passed is refused too.
    ///
    /// # Errors
    /// What cannot be read, and what belongs there.
    pub fn given(&self, step: &Step, today: Date) -> Result<Given, WebError> {
        if self.text.chars().count() > LONGEST {
            let count = self.text.chars().count();
            return Err(WebError::invalid(
                format!("内容有 {count} 字，最多 {LONGEST} 字。长的材料请作为附件上传。"),
                format!("The text has {count} characters; {LONGEST} are taken. Attach long papers as files."),
            ));
        }
        let needs = |need: Need| step.needs.contains(&need);
        let names_unit = needs(Need::Unit) || needs(Need::Called);
        let unit = if names_unit { unit(&self.unit)? } else { None };
        let mut assisting = Vec::new();
        if needs(Need::Unit) {
            for one in &self.assisting {
                assisting.extend(self::unit(one)?.filter(|one| Some(one) != unit.as_ref()));
            }
        }
        Ok(Given {
            text: Some(self.text.clone()).filter(|text| !text.is_empty()),
            unit,
            assisting,
            rating: if needs(Need::Rating) { rating(&self.rating)? } else { None },
            until: if needs(Need::Until) && !self.until.is_empty() { Some(until(&self.until, today)?) } else { None },
            signed: needs(Need::Signature) && self.signed,
            amount: amount(&self.amount)?,
            ..Given::default()
        })
    }
}

fn unit(text: &str) -> Result<Option<String>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        WebError::invalid(
            format!("没有“{text}”这个单位。请从单位列表中选择。"),
            format!("There is no unit “{text}”; choose one from the list."),
        )
    };
    Uuid::parse_str(text).map(|id| Some(id.to_string())).map_err(|_| wrong())
}

/// How much was done, in the measure of a plan; below nought where a report is corrected downwards.
///
/// # Errors
/// A text that is no figure, or one with more than two digits behind the point.
pub fn amount(text: &str) -> Result<Option<Decimal>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let figure: Option<Decimal> = text.replace([',', '，'], "").parse().ok();
    let believed = figure.filter(|figure| figure.scale() <= 2 && figure.abs() <= Decimal::from(LARGEST));
    believed.map(Some).ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        WebError::invalid(
            format!("“{text}”不是一个数，应为不超过两位小数的数字，如 3 或 12.5。"),
            format!("“{text}” is no figure; write one like 3 or 12.5, with two digits behind the point at most."),
        )
    })
}

fn rating(text: &str) -> Result<Option<u8>, WebError> {
    match text.parse() {
        _ if text.is_empty() => Ok(None),
        Ok(level @ 1..=5) => Ok(Some(level)),
        _ => Err(WebError::invalid(
            format!("评价“{text}”不是五级之一，应为 1（非常不满意）至 5（非常满意）。"),
            format!("“{text}” is no rating; it goes from 1 (very dissatisfied) to 5 (very satisfied)."),
        )),
    }
}

/// A day that has not passed.
///
/// # Errors
/// A text that is no day, or a day of the past.
pub fn until(text: &str, today: Date) -> Result<Date, WebError> {
    let day: Date = text.parse().map_err(|_| {
        WebError::invalid(
            format!("期限“{text}”不是一个日期，应写作 2026-12-01 这样的形式。"),
            format!("“{text}” is not a day; write it like 2026-12-01."),
        )
    })?;
    not_past(day, today)
}

/// The day, where it has not passed.
///
/// # Errors
/// A day of the past.
pub fn not_past(day: Date, today: Date) -> Result<Date, WebError> {
    if day < today {
        return Err(WebError::invalid(
            format!("期限 {day} 已经过去，今天是 {today}。请选择今天或以后的日期。"),
            format!("{day} has passed; today is {today}. Choose today or a later day."),
        ));
    }
    Ok(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const UNIT: &str = "01890000-0000-7000-8000-000000000001";
    const OTHER: &str = "01890000-0000-7000-8000-000000000002";

    fn typed(fields: &[(&str, &str)]) -> Typed {
        Typed::read(&fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn step(kind: &str, key: &str) -> &'static Step {
        loops::by_key(kind).unwrap().step(key).unwrap()
    }

    fn given(kind: &str, key: &str, fields: &[(&str, &str)]) -> Result<Given, WebError> {
        typed(fields).given(step(kind, key), date(2026, 11, 22))
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_belongs_there() {
        let long = "长".repeat(LONGEST + 1);
        for (kind, key, fields, said) in [
            ("matter", "dispatch", [("unit", "消防队")], "消防队"),
            ("matter", "confirm", [("rating", "6")], "“6”"),
            ("task", "postpone", [("until", "明天")], "明天"),
            ("task", "postpone", [("until", "2026-11-21")], "已经过去"),
            ("task", "report", [("text", long.as_str())], "5001"),
            ("task", "report", [("amount", "很多")], "“很多”"),
            ("task", "report", [("amount", "1.234")], "两位小数"),
        ] {
            let error = given(kind, key, &fields).unwrap_err();
            assert_eq!(error.status.as_u16(), 422);
            assert!(error.zh.contains(said), "{}", error.zh);
        }
    }

    #[test]
    fn a_step_takes_only_what_it_asks_for_and_a_unit_does_not_assist_itself() {
        let own = format!("assist.{UNIT}");
        let other = format!("assist.{OTHER}");
        let fields =
            [("unit", UNIT), (own.as_str(), "1"), (other.as_str(), "1"), ("rating", "5"), ("text", " 请 \r\n办 ")];
        let dispatch = given("matter", "dispatch", &fields).unwrap();
        assert_eq!(
            (dispatch.unit.as_deref(), dispatch.assisting, dispatch.rating),
            (Some(UNIT), vec![OTHER.to_owned()], None)
        );
        assert_eq!(dispatch.text.as_deref(), Some("请 \n办"));
        let confirm = given("matter", "confirm", &fields).unwrap();
        assert_eq!((confirm.unit, confirm.rating), (None, Some(5)));
        let report = given("task", "report", &[("text", "已新增"), ("amount", "1,200.5")]).unwrap();
        assert_eq!(report.amount, Some(Decimal::new(12_005, 1)));
        let today = given("task", "postpone", &[("until", "2026-11-22")]).unwrap();
        assert_eq!(today.until, Some(date(2026, 11, 22)));
    }
}
