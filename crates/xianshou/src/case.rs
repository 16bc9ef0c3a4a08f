//! `xianshou case`: one case with everything that happened in it.

use std::fmt::Write as _;

use ::loops::{ALL, Kind, Sealed, by_key};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use kernel::Lang;
use serde_json::{Value, json};
use store::access::UnitTree;
use store::cases::CaseRow;

use crate::args::Case;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Prints a case; a look at one that is private by its kind goes into the log.
pub async fn run(talk: &Talk, wanted: Case) -> Result<Exit, Failure> {
    let kind = kind(&wanted.case_kind)?;
    let store = wanted.register.open().await?;
    let found = store.case_at_console(kind, &wanted.number).await?;
    let units = store.units().await?;
    store.close().await?;
    let Some((row, events)) = found else {
        return Err(Failure::said(
            format!("没有找到{}“{}”。请核对编号，例如 SQ-2026-00017。", kind.zh, wanted.number),
            format!("there is no {} “{}”; a number looks like SQ-2026-00017", kind.en, wanted.number),
        ));
    };
    talk.answer(&as_json(&row, &events, &units), |lang| in_words(&row, &events, &units, lang));
    Ok(Exit::Done)
}

fn kind(key: &str) -> Result<&'static Kind, Failure> {
    let known = || ALL.iter().map(|kind| kind.key).collect::<Vec<_>>().join(", ");
    by_key(key).ok_or_else(|| {
        Failure::faulty(
            format!("没有“{key}”这类事项。可写：{}。", known()),
            format!("there is no kind of case “{key}”; there are {}", known()),
        )
    })
}

fn unit_name<'a>(row: &CaseRow, units: &'a UnitTree) -> Option<&'a str> {
    row.unit.and_then(|unit| units.get(unit)).map(|unit| unit.name.as_str())
}

fn as_json(row: &CaseRow, events: &[Sealed], units: &UnitTree) -> Value {
    json!({
        "kind": row.kind.key,
        "number": row.number,
        "title": row.title,
        "state": row.state.key,
        "colour": row.colour,
        "unit": unit_name(row, units),
        "due": row.due_on(),
        "late": row.late,
        "events": events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(sealed: &Sealed) -> Value {
    let event = &sealed.event;
    let mut json = json!({
        "seq": event.seq,
        "at": event.at,
        "by": event.by.person,
        "party": event.by.party,
        "step": event.step,
        "given": event.given,
        "hash": hex::encode(sealed.hash),
    });
    if sealed.erased.is_some() {
        json["erased"] = true.into();
    }
    json
}

fn in_words(row: &CaseRow, events: &[Sealed], units: &UnitTree, lang: Lang) -> String {
    let mut text = format!("{} {}\n", row.number, row.title);
    let unit = unit_name(row, units).unwrap_or(lang.pick("未定", "none yet"));
    let due = row.due_on().map_or_else(|| lang.pick("无", "none").to_owned(), |day| day.to_string());
    // Writing into a string cannot fail.
    let _ = match lang {
        Lang::Zh => writeln!(text, "{}，主办单位：{unit}，期限：{due}\n", row.state.zh),
        Lang::En => writeln!(text, "{}; unit in charge: {unit}; due: {due}\n", row.state.en),
    };
    for sealed in events {
        let event = &sealed.event;
        let step = row.kind.step(&event.step).map_or(lang.pick("提出", "open"), |step| step.label(lang));
        let party = event.by.party.label(lang);
        let said = match (&event.given.text, &sealed.erased) {
            (_, Some(_)) => lang.pick("（内容已依法删除）", "(erased by law)"),
            (Some(text), None) => text.as_str(),
            (None, None) => "",
        };
        let _ =
            writeln!(text, "{:>3}  {}  {step}  {} ({party})  {said}", event.seq, in_china(event.at), event.by.person);
    }
    text.trim_end().to_owned()
}

fn in_china(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%d %H:%M").to_string()
}
