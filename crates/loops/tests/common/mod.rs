//! Cases for the tests, opened and walked with everything a step may need.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "each test uses some of it")]

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use kernel::chain::GENESIS;
use loops::{Actor, Case, Event, Given, Kind, Party, Sealed, Step, by_key};

pub fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::fixed(Offset::constant(8))).unwrap().timestamp()
}

#[allow(clippy::needless_update, reason = "what else comes with an event is left empty")]
pub fn everything(day: Date) -> Given {
    Given {
        text: Some("说明".into()),
        proofs: vec!["ab".repeat(32)],
        unit: Some("经发局".into()),
        assisting: vec!["供电公司".into()],
        rating: Some(4),
        until: Some(day),
        signed: true,
        ..Given::default()
    }
}

pub fn actor(person: &str, party: Party) -> Actor {
    Actor { person: person.into(), party }
}

pub fn seal(case: Option<&Case>, event: Event) -> Sealed {
    let previous = case.map_or(GENESIS, |case| case.hash);
    let salt = [event.seq as u8; 16];
    event.seal(&previous, salt)
}

pub fn open_kind(kind: &'static Kind, when: Timestamp) -> (Case, Vec<Sealed>) {
    let by = actor("opener", kind.opened_by[0]);
    let first = seal(None, Event { seq: 1, at: when, by, step: "open".into(), given: Given::default() });
    (Case::open(kind, &first).unwrap(), vec![first])
}

pub fn open(kind: &str, when: Timestamp) -> (Case, Vec<Sealed>) {
    open_kind(by_key(kind).unwrap(), when)
}

/// The next event of a case, with everything a step may need.
pub fn next(case: &Case, step: &Step, person: &str, party: Party, when: Timestamp, until: Date) -> Event {
    Event { seq: case.seq + 1, at: when, by: actor(person, party), step: step.key.into(), given: everything(until) }
}

/// Takes a step that must be possible.
pub fn take(case: &mut Case, step: &str, party: Party, when: Timestamp) {
    take_with(case, step, party, when, |_| {});
}

/// Takes a step that must be possible, with what comes with it changed.
pub fn take_with(case: &mut Case, step: &str, party: Party, when: Timestamp, change: impl Fn(&mut Given)) {
    let step = case.kind.step(step).unwrap();
    let mut event = next(case, step, step.key, party, when, date(2026, 12, 1));
    event.given.until = None;
    change(&mut event.given);
    let sealed = seal(Some(case), event);
    case.apply(&sealed).unwrap_or_else(|refusal| panic!("{}", refusal.say(kernel::Lang::En)));
}

/// A matter that is underway since a day.
pub fn underway(since: Date) -> Case {
    let (mut case, _) = open("matter", at(since, 9));
    take(&mut case, "dispatch", Party::Desk, at(since, 9));
    take(&mut case, "arrive", Party::Lead, at(since, 10));
    case
}
