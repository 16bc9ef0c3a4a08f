//! What a list asks for, as the store takes it.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::SubjectId;
use loops::Kind;
use store::access::UnitId;
use store::cases::{CaseFilter, CaseQuery, CaseSort};

use super::ask::{Ask, Order, Which};
use crate::frame::day;

/// How many days ahead count as soon.
const SOON: i64 = 7;

/// The days that count as soon, the first and the last.
pub fn soon(today: Date) -> (Date, Date) {
    (today, today.saturating_add(SOON.days()))
}

/// Which cases are asked for.
pub fn filter(ask: &Ask, kind: Option<&Kind>, today: Date) -> CaseFilter {
    let soon = (ask.which == Which::Soon).then(|| soon(today));
    CaseFilter {
        kinds: kind.iter().map(|kind| kind.key.to_owned()).collect(),
        states: ask.state.iter().map(|state| (*state).to_owned()).collect(),
        colours: ask.colour.iter().cloned().collect(),
        units: ask.unit.iter().map(|unit| UnitId(*unit)).collect(),
        subject: ask.subject.map(SubjectId),
        topic: Some(ask.topic.clone()).filter(|topic| !topic.is_empty()),
        mine: ask.mine,
        open: match ask.which {
            Which::Open | Which::Overdue | Which::Soon => Some(true),
            Which::Ended => Some(false),
            Which::All => None,
        },
        overdue: ask.which == Which::Overdue,
        due_from: ask.due_from.or_else(|| soon.map(|soon| soon.0)),
        due_by: ask.due_to.or(soon.map(|soon| soon.1)),
        opened_from: ask.opened_from,
        opened_by: ask.opened_to,
        ended_from: ask.ended_from,
        ended_by: ask.ended_to,
        changed_from: ask.changed_from.map(|since| day::start_of(since.on(today))),
        text: ask.words.clone(),
        ..CaseFilter::default()
    }
}

/// A page of the list, with so many rows.
pub fn query(ask: &Ask, kind: Option<&Kind>, today: Date, limit: u64) -> CaseQuery {
    CaseQuery {
        filter: filter(ask, kind, today),
        sort: match ask.order {
            Order::Due => CaseSort::Due,
            Order::Number => CaseSort::Number,
            Order::Opened => CaseSort::Opened,
            Order::Changed => CaseSort::Changed,
        },
        descending: ask.descending,
        after: ask.after.clone(),
        limit,
    }
}
