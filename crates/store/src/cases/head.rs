//! The head of a case: what its events, its place among the units and the time make of it.

use jiff::{Timestamp, ToSpan};
use loops::colour::Override;
use loops::{Case, Kind, Turn};
use sea_orm::Value;
use uuid::Uuid;

use super::party::enterprise_asks;
use super::row::{CaseId, NEVER, micros, start_of};
use super::timing::{Counted, Timing};
use crate::access::UnitId;
use crate::register::name_key;

/// How long a case whose days cannot be counted waits until it is tried again.
const TRY_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// Kinds that only those concerned may see.
pub(crate) fn is_private(kind: &Kind) -> bool {
    kind.key == "assistance"
}

/// Whether the enterprise that a case is about may see it: what it asks for and what is asked of it, and
/// what came out of a visit. Not what the units owe each other.
pub(crate) fn is_shared(case: &Case) -> bool {
    match case.kind.key {
        "matter" | "approval" | "inspection" => true,
        "visit" => case.state().is_end(),
        _ => false,
    }
}

/// The letters before the number of a case of a kind.
fn prefix(kind: &Kind) -> &'static str {
    match kind.key {
        "matter" => "SQ",
        "visit" => "ZF",
        "duty_report" => "RB",
        "task" => "RW",
        "approval" => "BJ",
        "document" => "GW",
        "inspection" => "JC",
        "assistance" => "JZ",
        _ => "XS",
    }
}

/// The number of a case for people: unique in the zone, counted by kind and year.
pub(crate) fn number(kind: &Kind, year: i16, serial: i64) -> String {
    format!("{}-{year:04}-{serial:05}", prefix(kind))
}

/// What of a case does not follow from its events: all but the subject's unit stays as it was when it was opened.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) id: CaseId,
    pub(crate) year: i16,
    pub(crate) serial: i64,
    pub(crate) opener_unit: Option<UnitId>,
    pub(crate) subject_unit: Option<UnitId>,
}

/// The columns that follow from the events alone: `verify` holds them against the events.
pub(crate) fn folded(case: &Case) -> Vec<(&'static str, Value)> {
    let id = |text: &Option<String>| Value::from(text.as_deref().and_then(|id| Uuid::parse_str(id).ok()));
    let title = case.about.title.as_deref().unwrap_or_default();
    let number = case.about.number.as_deref().unwrap_or_default();
    let state = case.state();
    let subject = case.about.subject.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    let asker = subject.filter(|_| enterprise_asks(case.kind.key, case.opened_by.party));
    let ended = matches!(state.turn, Turn::Ended).then(|| case.stay().from.as_microsecond());
    let changed = case.changed_at.as_microsecond();
    vec![
        ("kind", case.kind.key.into()),
        ("number", number.into()),
        ("search_text", search_text(number, title).into()),
        ("title", title.into()),
        ("topic", case.about.topic.as_deref().unwrap_or_default().into()),
        ("place", case.about.place.as_deref().unwrap_or_default().into()),
        ("subject", Value::from(subject)),
        ("parent", id(&case.about.parent)),
        ("occasion", case.about.occasion.clone().into()),
        ("opener", case.opened_by.person.as_str().into()),
        ("opener_party", case.opened_by.party.key().into()),
        ("asker", Value::from(asker)),
        ("unit", id(&case.unit)),
        ("worker", case.worker.clone().into()),
        ("state", state.key.into()),
        ("turn", state.owner().map_or("", |party| party.key()).into()),
        ("open", (!state.is_end()).into()),
        ("private", is_private(case.kind).into()),
        ("shared", is_shared(case).into()),
        ("seq", i64::from(case.seq).into()),
        ("hash", case.hash.to_vec().into()),
        ("kept", case.kept().into()),
        ("opened_at", case.stays[0].from.as_microsecond().into()),
        ("changed_at", changed.into()),
        ("ended_at", ended.into()),
        ("rating", case.rating.map(i64::from).into()),
        ("reopened", i64::from(case.reopened).into()),
        ("returned", i64::from(case.returned).into()),
    ]
}

/// The columns that time makes, and whether the calendar reached far enough.
pub(crate) fn timed(case: &Case, at: Timestamp, timing: &Timing, set: Option<&Override>) -> Vec<(&'static str, Value)> {
    let (counted, uncounted) = match timing.counted(case, at) {
        Ok(counted) => (counted, false),
        // Nothing is guessed: no day, no colour, and another try when the calendar may be there.
        Err(_) => {
            let next = at.checked_add(TRY_AGAIN).ok();
            (Counted { due: None, late: false, colour: String::new(), next }, true)
        }
    };
    // A colour that a person set is shown while it holds; what the rule says stands beside it.
    let set = set.filter(|set| set.holds(at) && !case.state().is_end());
    let colour = set.map_or(counted.colour.as_str(), |set| set.colour.key());
    let set_ends = set.map(|set| start_of(set.until.saturating_add(1.day())));
    let next = [counted.next, set_ends].into_iter().flatten().min();
    vec![
        ("due_at", micros(counted.due).into()),
        ("late", counted.late.into()),
        ("uncounted", uncounted.into()),
        ("colour", colour.into()),
        ("computed", counted.colour.as_str().into()),
        ("next_at", if case.state().is_end() && !uncounted { NEVER } else { micros(next) }.into()),
    ]
}

/// The day among the columns that time makes, as it lies in its column.
pub(crate) fn due_of(columns: &[(&'static str, Value)]) -> i64 {
    let due = columns.iter().find_map(|(name, value)| match value {
        Value::BigInt(due) if *name == "due_at" => *due,
        _ => None,
    });
    due.unwrap_or(NEVER)
}

/// Whether a number is one of a kind: the number is in the chain, and so holds the kind.
pub(crate) fn is_number_of(kind: &Kind, number: &str) -> bool {
    number.split('-').next() == Some(prefix(kind))
}

/// What a search for words looks through.
pub(crate) fn search_text(number: &str, title: &str) -> String {
    format!("{} {}", name_key(number), name_key(title))
}

/// A unit by the id that an event bears.
pub(crate) fn unit_of(text: Option<&str>) -> Option<UnitId> {
    text.and_then(|id| Uuid::parse_str(id).ok()).map(UnitId)
}
