//! What can be applied for in one go (一件事一次办): one form, one set of papers, parts to several departments.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::catalogue::PeriodKind;
use kernel::cell::{CellFault, ColumnUnit, RawCell, read_cell};
use kernel::{Catalogue, FactKey, Field, FieldType, Lang, Period, SubjectKind, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::kind::Clock;
use crate::promise::{Promise, PromiseFault, Speed};

/// Under which key a zone keeps its items, as a list in JSON.
pub const KEY: &str = "approval_items";
/// What stands before the name of a question under which an event keeps the answer.
pub const ANSWER: &str = "answer.";
/// What stands before the name of a question under which an event keeps what the register said otherwise.
pub const REGISTER: &str = "register.";
/// The longest answer, in characters.
const LONGEST: usize = 500;

/// Something that can be applied for in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its key, such as `I-001`.
    pub key: String,
    /// What people call it: 新建厂房开工一件事.
    pub name: String,
    /// The papers, one set for all departments.
    pub papers: Vec<String>,
    /// The unit in charge, by id.
    pub lead: String,
    /// The units that each give a part, by id.
    pub parts: Vec<String>,
    /// Whether it can be applied for no more.
    #[serde(default)]
    pub ended: bool,
    /// How fast it is decided.
    #[serde(default, skip_serializing_if = "is_ordinary")]
    pub speed: Speed,
    /// Within what time it is promised; `None` for the longest of its class, and for the legal time where that is
    /// the ordinary one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Clock>,
    /// The form, one for all departments; empty where the papers say everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<Question>,
}

fn is_ordinary(speed: &Speed) -> bool {
    *speed == Speed::Ordinary
}

impl Item {
    /// What an application for it is promised; `None` where the legal time holds.
    ///
    /// # Errors
    /// A time that is longer than the law or the class of speed allows.
    pub fn promise(&self) -> Result<Option<Promise>, PromiseFault> {
        Promise::of(self.speed, self.within)
    }
}

/// A line of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked; no two of a form are called the same.
    pub label: String,
    /// What kind of answer it takes.
    pub ask: Ask,
    /// Whether the form is incomplete without it.
    #[serde(default)]
    pub needed: bool,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// A fact of the enterprise, by the key of its field: the register's own figure stands there at first.
    Register(String),
    /// Words.
    Text,
    /// A figure, counted in this; empty where it is counted in nothing.
    Number(String),
    /// A day.
    Day,
    /// One of these.
    Choice(Vec<String>),
    /// 是 or 否.
    YesNo,
}

/// An answer that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A value of the register's field.
    Value(FactKey, Value),
    /// Words as they are kept.
    Words(String),
}

/// Why an answer cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// Nothing was answered.
    #[error("{}", self.say(Lang::En))]
    Missing,
    /// It has so many characters.
    #[error("{}", self.say(Lang::En))]
    TooLong(usize),
    /// What was typed is no figure.
    #[error("{}", self.say(Lang::En))]
    NoFigure(String),
    /// What was typed is no day.
    #[error("{}", self.say(Lang::En))]
    NoDay(String),
    /// What was chosen is none of these.
    #[error("{}", self.say(Lang::En))]
    NoChoice(String, Vec<String>),
    /// What was typed is no value of the register's field.
    #[error("{}", self.say(Lang::En))]
    Cell(Box<CellFault>),
}

impl AnswerFault {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Missing, Lang::Zh) => "没有填写。".into(),
            (Self::Missing, Lang::En) => "is not answered".into(),
            (Self::TooLong(count), Lang::Zh) => format!("有 {count} 字，最多 {LONGEST} 字。"),
            (Self::TooLong(count), Lang::En) => format!("has {count} characters; {LONGEST} are taken"),
            (Self::NoFigure(text), Lang::Zh) => format!("“{text}”不是一个数，应写作 1200 或 12.5。"),
            (Self::NoFigure(text), Lang::En) => format!("“{text}” is no figure; write it like 1200 or 12.5"),
            (Self::NoDay(text), Lang::Zh) => format!("“{text}”不是一个日期，应写作 2026-12-01。"),
            (Self::NoDay(text), Lang::En) => format!("“{text}” is no day; write it like 2026-12-01"),
            (Self::NoChoice(text, choices), Lang::Zh) => {
                format!("“{text}”不在可选之列，应为：{}。", choices.join("、"))
            }
            (Self::NoChoice(text, choices), Lang::En) => {
                format!("“{text}” is none of the choices: {}", choices.join(", "))
            }
            (Self::Cell(fault), lang) => fault.say(lang),
        }
    }
}

/// Whether a form may ask for a field: a fact of enterprises that is simply so or of a year, that nobody
/// computes and that is no personal data.
pub fn may_be_asked(field: &Field) -> bool {
    field.subjects.contains(&SubjectKind::Enterprise)
        && matches!(field.period, PeriodKind::None | PeriodKind::Year)
        && !matches!(field.kind, FieldType::Code { .. })
        && !field.personal
        && field.derived.is_none()
}

impl Question {
    /// The field of the register that it asks for; `None` for a question of the item's own, and for a field
    /// that a later catalogue no longer has.
    pub fn field<'c>(&self, catalogue: &'c Catalogue) -> Option<&'c Field> {
        match &self.ask {
            Ask::Register(key) => catalogue.field(key),
            _ => None,
        }
    }

    /// The fact it asks for: of what has years, that of the year before this one.
    pub fn fact(&self, catalogue: &Catalogue, this: i16) -> Option<FactKey> {
        let field = self.field(catalogue)?;
        Some(match field.period {
            PeriodKind::Year => FactKey::of(&field.key, Period::Year(this - 1)),
            _ => FactKey::timeless(&field.key),
        })
    }

    /// Reads what was typed; `None` where nothing was.
    ///
    /// # Errors
    /// What was typed is no answer.
    pub fn read(&self, typed: &str, catalogue: &Catalogue, this: i16) -> Result<Option<Answer>, AnswerFault> {
        let text = typed.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if text.chars().count() > LONGEST {
            return Err(AnswerFault::TooLong(text.chars().count()));
        }
        let words = match &self.ask {
            Ask::Register(_) => {
                let (Some(field), Some(key)) = (self.field(catalogue), self.fact(catalogue, this)) else {
                    return Ok(None);
                };
                let read = read_cell(&RawCell::Text(text.to_owned()), field, ColumnUnit::Own);
                let value = read.map_err(AnswerFault::Cell)?;
                return Ok(value.map(|value| Answer::Value(key, value)));
            }
            Ask::Text => text.to_owned(),
            Ask::Number(unit) => {
                let figure: Result<Decimal, _> = text.replace([',', '，', ' '], "").parse();
                let figure = figure.map_err(|_| AnswerFault::NoFigure(text.to_owned()))?;
                format!("{} {unit}", figure.normalize()).trim_end().to_owned()
            }
            Ask::Day => {
                let day: Result<Date, _> = text.parse();
                day.map_err(|_| AnswerFault::NoDay(text.to_owned()))?.to_string()
            }
            Ask::Choice(choices) => one_of(text, choices)?,
            Ask::YesNo => one_of(text, &["是".to_owned(), "否".to_owned()])?,
        };
        Ok(Some(Answer::Words(words)))
    }

    /// The key under which an event keeps the answer, without what stands before it.
    pub fn kept_as(&self, catalogue: &Catalogue, this: i16) -> String {
        self.fact(catalogue, this).map_or_else(|| self.label.clone(), |key| key.to_string())
    }

    /// What a form answered to it, whichever year it was filled in.
    pub fn answer<'f>(&self, form: &'f BTreeMap<String, String>) -> Option<(&'f str, &'f str)> {
        let is_own = |kept: &str| match &self.ask {
            Ask::Register(field) => kept.split('@').next() == Some(field),
            _ => kept == self.label,
        };
        form.iter().find_map(|(key, value)| {
            let kept = key.strip_prefix(ANSWER)?;
            is_own(kept).then_some((kept, value.as_str()))
        })
    }
}

fn one_of(text: &str, choices: &[String]) -> Result<String, AnswerFault> {
    choices
        .iter()
        .find(|choice| *choice == text)
        .cloned()
        .ok_or_else(|| AnswerFault::NoChoice(text.to_owned(), choices.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ask: Ask, typed: &str) -> Result<Option<Answer>, AnswerFault> {
        let question = Question { label: "问".into(), ask, needed: true };
        question.read(typed, Catalogue::builtin(), 2026)
    }

    #[test]
    fn an_answer_is_read_by_its_kind_and_what_is_none_says_what_belongs_there() {
        let words = |text: &str| Ok(Some(Answer::Words(text.to_owned())));
        let sorts = || Ask::Choice(vec!["新建".into(), "扩建".into()]);
        assert_eq!(read(Ask::Number("平方米".into()), "1,200.50"), words("1200.5 平方米"));
        assert_eq!(read(Ask::Day, "2026-12-01"), words("2026-12-01"));
        assert_eq!(read(sorts(), "扩建"), words("扩建"));
        assert_eq!(read(Ask::Text, "  "), Ok(None));
        for (ask, typed, said) in [
            (Ask::Number(String::new()), "很多", "“很多”不是一个数"),
            (Ask::Day, "明天", "“明天”不是一个日期"),
            (sorts(), "改建", "新建、扩建"),
            (Ask::YesNo, "也许", "是、否"),
            (Ask::Text, &"长".repeat(501), "501"),
            (Ask::Register("operating_revenue".into()), "很多", "很多"),
        ] {
            assert!(read(ask, typed).unwrap_err().say(Lang::Zh).contains(said), "{typed}");
        }
    }

    #[test]
    fn a_fact_of_a_year_is_that_of_the_year_before_and_is_found_again_later() {
        let question =
            Question { label: "营业收入".into(), ask: Ask::Register("operating_revenue".into()), needed: true };
        let Ok(Some(Answer::Value(key, value))) = question.read("1200.5", Catalogue::builtin(), 2026) else { panic!() };
        assert_eq!(format!("{key} {}", value.to_json()), "operating_revenue@2025 1200500000");
        let form = BTreeMap::from([(format!("{ANSWER}{key}"), "1,200.5 万元".to_owned())]);
        assert_eq!(question.answer(&form), Some(("operating_revenue@2025", "1,200.5 万元")));
        let own = Question { label: "operating".into(), ask: Ask::Text, needed: false };
        assert_eq!(own.answer(&form), None);
    }

    #[test]
    fn an_item_that_was_kept_before_there_were_forms_is_still_read() {
        let kept = r#"{"key":"I-001","name":"开工","papers":["图纸"],"lead":"u","parts":[]}"#;
        let item: Item = serde_json::from_str(kept).unwrap();
        assert!(item.form.is_empty() && !item.ended);
        assert_eq!((item.promise(), serde_json::to_string(&item).unwrap().contains("speed")), (Ok(None), false));
        let form = vec![Question { label: "面积".into(), ask: Ask::Number("平方米".into()), needed: true }];
        let item = Item { form, ..item };
        let text = serde_json::to_string(&item).unwrap();
        assert_eq!(serde_json::from_str::<Item>(&text).unwrap(), item);
        assert!(text.contains(r#""ask":{"number":"平方米"}"#), "{text}");
    }
}
