//! What the forms of some steps ask for besides what the step needs, kept in the form of the event.
//!
//! The same list is read by the page, which draws the fields, by whatever is sent from it and by the API.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, DateTime};
use kernel::Lang;
use loops::{Given, Step};

use super::record;
use crate::cases::typed;
use crate::{Page, WebError};

/// The longest answer to one field, in characters.
const LONGEST: usize = 2_000;
/// How many findings one order names.
const FINDINGS: usize = 6;

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// One line.
    Line,
    /// One thing a line.
    Lines,
    /// One of a few: key, Chinese, English.
    Choice(&'static [(&'static str, &'static str, &'static str)]),
    /// A day and an hour to come, in China.
    Moment,
    /// An address of the web, `https` only.
    Link,
    /// Where it was recorded, as the device says.
    Spot,
    /// So many rows of words with a day each.
    Dated(usize),
}

/// A field of a step's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extra {
    /// The key under which the event keeps it.
    pub key: &'static str,
    zh: &'static str,
    en: &'static str,
    /// How it is filled in.
    pub ask: Ask,
    /// Whether the step is refused without it.
    pub needed: bool,
}

impl Extra {
    const fn new(key: &'static str, zh: &'static str, en: &'static str, ask: Ask, needed: bool) -> Self {
        Self { key, zh, en, ask, needed }
    }

    /// Its name.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// What was found at a checkpoint.
const RESULTS: &[(&str, &str, &str)] =
    &[("sound", "符合", "sound"), ("found", "发现问题", "a problem"), ("not_applicable", "不适用", "does not apply")];
const YES_NO: &[(&str, &str, &str)] = &[("yes", "是", "yes"), ("no", "否", "no")];
const HARM: &[(&str, &str, &str)] = &[
    ("none", "无危害后果", "no harm"),
    ("slight", "轻微", "slight"),
    ("general", "一般", "general"),
    ("serious", "严重", "serious"),
];
const FAULT: &[(&str, &str, &str)] = &[
    ("none", "有证据足以证明没有主观过错", "proved to be without fault"),
    ("negligence", "过失", "negligence"),
    ("intent", "故意", "intent"),
];

const CHECK: &[Extra] = &[
    Extra::new("checkpoint", "检查点", "Checkpoint", Ask::Line, true),
    Extra::new("result", "结果", "Result", Ask::Choice(RESULTS), true),
];
const ORDER: &[Extra] = &[Extra::new(
    "finding",
    "责令改正的问题和期限",
    "What is to be corrected, and by when",
    Ask::Dated(FINDINGS),
    false,
)];
const ADVISE: &[Extra] = &[
    Extra::new("offence_minor", "违法行为轻微", "A minor offence", Ask::Choice(YES_NO), true),
    Extra::new("harm_level", "危害后果", "Harm", Ask::Choice(HARM), true),
    Extra::new("subjective_fault", "主观过错", "Fault", Ask::Choice(FAULT), true),
];
const PAPERS: &[Extra] = &[Extra::new(
    "missing",
    "缺少的全部材料和申请表内容，一行一件",
    "Everything that is missing, papers and answers of the form, one a line",
    Ask::Lines,
    true,
)];
const COMPLETE: &[Extra] = &[Extra::new(
    "answers",
    "补填的申请表内容，一行一项，写作“名称：内容”",
    "What the form lacked, one a line, as “name: answer”",
    Ask::Lines,
    false,
)];
const BOOK: &[Extra] = &[
    Extra::new("session_at", "勘验时间", "When", Ask::Moment, true),
    Extra::new("link", "会议链接（所用会议工具的 https 链接）", "Link to the meeting (https)", Ask::Link, true),
    Extra::new("checklist", "核对单，一行一项", "Checklist, one item a line", Ask::Lines, true),
];
const INSPECT: &[Extra] = &[
    Extra::new("checklist", "核对结果，一行一项", "What the checklist gave, one item a line", Ask::Lines, true),
    Extra::new("spot", "拍摄地点和时间", "Where and when the pictures were taken", Ask::Spot, true),
];

/// The fields of a step's form besides the usual ones.
pub fn of(kind: &str, step: &str) -> &'static [Extra] {
    match (kind, step) {
        ("inspection", "check") => CHECK,
        ("inspection", "order") => ORDER,
        ("inspection", "advise") => ADVISE,
        ("approval", "ask_for_papers") => PAPERS,
        ("approval", "complete") => COMPLETE,
        ("approval", "book") => BOOK,
        ("approval", "inspect") => INSPECT,
        _ => &[],
    }
}

/// What is typed into a form, by the keys under which the event keeps it.
pub fn typed(fields: &HashMap<String, String>) -> BTreeMap<String, String> {
    let extra = |(name, value): (&String, &String)| {
        let key = name.strip_prefix("extra.")?;
        Some((key.to_owned(), value.trim().replace("\r\n", "\n")))
    };
    fields.iter().filter_map(extra).filter(|(_, value)| !value.is_empty()).collect()
}

/// Adds what was typed to what comes with a step, once each field can be read. A field that the step does
/// not ask for is refused, so that nothing unseen gets into a record.
///
/// # Errors
/// What is missing, cannot be read or does not belong there.
pub fn given(
    page: &Page,
    kind: &str,
    step: &Step,
    typed: &BTreeMap<String, String>,
    given: Given,
) -> Result<Given, WebError> {
    let extras = of(kind, step.key);
    let known = |key: &str| extras.iter().any(|extra| belongs(extra, key));
    if let Some(key) = typed.keys().find(|key| !known(key)) {
        return Err(WebError::invalid(
            format!("“{}”没有“{key}”这一栏。请刷新页面后重试。", step.zh),
            format!("“{}” has no field “{key}”; load the page again.", step.en),
        ));
    }
    let mut given = given;
    for extra in extras {
        read(page, extra, typed, &mut given)?;
    }
    if let Some(missing) = given.form.get("missing").filter(|_| given.text.is_none()) {
        given.text = Some(format!("请一次补齐下列材料：\n{missing}"));
    }
    if let Some(at) = given.form.get("session_at").filter(|_| given.text.is_none()) {
        given.text = Some(format!("视频勘验定于 {at}。"));
    }
    if let Some(point) = given.form.get("checkpoint").filter(|_| given.text.is_none()) {
        given.text = Some(point.clone());
    }
    Ok(given)
}

fn belongs(extra: &Extra, key: &str) -> bool {
    match extra.ask {
        Ask::Dated(rows) => (1..=rows).any(|row| key == finding(extra.key, row) || key == deadline(extra.key, row)),
        _ => key == extra.key,
    }
}

/// The key of one row's words.
pub fn finding(key: &str, row: usize) -> String {
    format!("{key}.{row}")
}

/// The key of one row's day.
pub fn deadline(key: &str, row: usize) -> String {
    format!("{key}.{row}.until")
}

fn read(page: &Page, extra: &Extra, typed: &BTreeMap<String, String>, given: &mut Given) -> Result<(), WebError> {
    if let Ask::Dated(rows) = extra.ask {
        return (1..=rows).try_for_each(|row| read_dated(page, extra, row, typed, given));
    }
    let Some(value) = typed.get(extra.key).filter(|value| !value.is_empty()) else {
        return if extra.needed { Err(lacks(extra)) } else { Ok(()) };
    };
    bounded(extra, value)?;
    match extra.ask {
        Ask::Choice(choices) => {
            if !choices.iter().any(|(key, _, _)| key == value) {
                let known = |lang: Lang| {
                    let names: Vec<&str> = choices.iter().map(|(_, zh, en)| lang.pick(zh, en)).collect();
                    names.join(lang.pick("、", ", "))
                };
                return Err(WebError::invalid(
                    format!("{}应为下列之一：{}。", extra.zh, known(Lang::Zh)),
                    format!("{} is one of: {}.", extra.en, known(Lang::En)),
                ));
            }
        }
        Ask::Moment => {
            let at: DateTime = value.parse().map_err(|_| moment(value))?;
            if at < page.now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8))).datetime() {
                return Err(WebError::invalid(
                    format!("勘验时间 {value} 已经过去，请选择以后的时间。"),
                    format!("{value} has passed; choose a time to come."),
                ));
            }
            given.form.insert(extra.key.to_owned(), at.strftime("%Y-%m-%d %H:%M").to_string());
            return Ok(());
        }
        Ask::Link => link(value)?,
        Ask::Spot => {
            let spot = record::spot(value).ok_or_else(|| {
                WebError::invalid(
                    format!("“{value}”不是一个位置，应写作 34.81234, 113.55432 这样的形式，或点“取当前位置”。"),
                    format!("“{value}” is no position; write it like 34.81234, 113.55432, or press “Where I am”."),
                )
            })?;
            // A device that told no moment recorded it now.
            given.spot = Some(loops::Spot { at: spot.at.or(Some(page.now)), ..spot });
            return Ok(());
        }
        Ask::Line | Ask::Lines | Ask::Dated(_) => {}
    }
    given.form.insert(extra.key.to_owned(), value.clone());
    Ok(())
}

fn read_dated(
    page: &Page,
    extra: &Extra,
    row: usize,
    typed: &BTreeMap<String, String>,
    given: &mut Given,
) -> Result<(), WebError> {
    let (words, day) = (finding(extra.key, row), deadline(extra.key, row));
    let Some(value) = typed.get(&words).filter(|value| !value.is_empty()) else { return Ok(()) };
    bounded(extra, value)?;
    let until: Date = match typed.get(&day).map(String::as_str).unwrap_or_default() {
        "" => {
            return Err(WebError::invalid(
                format!("“{value}”没有写改正期限。请为每个问题写明期限。"),
                format!("“{value}” has no day by which it is to be corrected; each finding needs one."),
            ));
        }
        text => typed::until(text, page.today)?,
    };
    given.form.insert(words, value.clone());
    given.form.insert(day, until.to_string());
    // The case is due when the first of its findings is.
    given.until = Some(given.until.map_or(until, |earliest| earliest.min(until)));
    Ok(())
}

fn lacks(extra: &Extra) -> WebError {
    WebError::invalid(format!("请填写“{}”。", extra.zh), format!("“{}” is missing; fill it in.", extra.en))
}

fn bounded(extra: &Extra, value: &str) -> Result<(), WebError> {
    let count = value.chars().count();
    if count <= LONGEST {
        return Ok(());
    }
    Err(WebError::invalid(
        format!("“{}”有 {count} 字，最多 {LONGEST} 字。", extra.zh),
        format!("“{}” has {count} characters; {LONGEST} are taken.", extra.en),
    ))
}

fn moment(value: &str) -> WebError {
    WebError::invalid(
        format!("“{value}”不是一个时间，应写作 2026-12-01T10:30 这样的形式。"),
        format!("“{value}” is no time; write it like 2026-12-01T10:30."),
    )
}

/// A link that a browser may open from the page: `https`, a host, and nothing that could break out of it.
fn link(value: &str) -> Result<(), WebError> {
    let host = value.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_sound = host.is_some_and(|host| host.contains('.') && !host.contains('@'));
    let is_plain = value.chars().all(|sign| sign.is_ascii_graphic() && !matches!(sign, '"' | '\'' | '<' | '>' | '\\'));
    if is_sound && is_plain && value.len() <= 500 {
        return Ok(());
    }
    Err(WebError::invalid(
        format!("会议链接“{value}”不能用：须以 https:// 开头，是会议工具给出的完整链接。"),
        format!("The link “{value}” cannot be used: it must begin with https:// and be what the meeting tool gave."),
    ))
}

/// A value of a form in words: a choice by its name.
pub fn value(key: &str, value: &str, lang: Lang) -> String {
    let choices = [CHECK, ADVISE].into_iter().flatten().find(|extra| extra.key == key);
    match choices.map(|extra| extra.ask) {
        Some(Ask::Choice(choices)) => choices
            .iter()
            .find(|(key, _, _)| *key == value)
            .map_or_else(|| value.to_owned(), |(_, zh, en)| lang.pick(zh, en).to_owned()),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_and_nothing_that_breaks_out_of_the_page() {
        assert!(link("https://meeting.tencent.com/dm/AbC123?pwd=1").is_ok());
        for wrong in [
            "http://meeting.example.com/1",
            "javascript:alert(1)",
            "https://",
            "https://localhost",
            "https://user@evil.example",
            "https://a.example/\"onclick=x",
            "https://a.example/ 1",
        ] {
            assert!(link(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_extra_belongs_to_a_step_and_a_choice_has_its_word() {
        for (kind, step) in [
            ("inspection", "check"),
            ("inspection", "order"),
            ("inspection", "advise"),
            ("approval", "ask_for_papers"),
            ("approval", "complete"),
            ("approval", "book"),
            ("approval", "inspect"),
        ] {
            assert!(loops::by_key(kind).unwrap().step(step).is_some(), "{kind} {step}");
            assert!(!of(kind, step).is_empty());
        }
        assert_eq!(value("harm_level", "slight", Lang::Zh), "轻微");
        assert_eq!(value("checklist", "none", Lang::En), "none");
    }
}
