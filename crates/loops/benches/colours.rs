//! How fast clocks and colours of open cases are evaluated. Run with: cargo bench -p loops --bench colours

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::hint::black_box;
use std::time::Instant;

use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::calendar::Calendar;
use kernel::chain::GENESIS;
use loops::plan::{Done, Month, Plan};
use loops::{Actor, Case, Event, Given, Party, by_key, colour, colour_until};

const CASES: i64 = 100_000;

fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::fixed(Offset::constant(8))).unwrap().timestamp()
}

/// A matter that was dispatched, taken up, returned once and taken up again; begun so many days ago.
fn matter(days: i64, steps: usize) -> Case {
    let mut now = at(date(2026, 6, 1) - days.days(), 9);
    let given = || Given { text: Some("说明".into()), unit: Some("经发局".into()), ..Given::default() };
    let actor = |party| Actor { person: "某人".into(), party };
    let open = Event { seq: 1, at: now, by: actor(Party::Asker), step: "open".into(), given: given() };
    let mut case = Case::open(by_key("matter").unwrap(), &open.seal(&GENESIS, [0; 16])).unwrap();
    let walk = [("dispatch", Party::Desk), ("return", Party::Lead), ("dispatch", Party::Desk), ("arrive", Party::Lead)];
    for (step, party) in walk.into_iter().take(steps) {
        now += SignedDuration::from_hours(5);
        let event = Event { seq: case.seq + 1, at: now, by: actor(party), step: step.into(), given: given() };
        case.apply(&event.seal(&case.hash.clone(), [0; 16])).unwrap();
    }
    case
}

fn main() {
    let calendar = Calendar::builtin();
    let cases: Vec<Case> = (0..CASES).map(|at| matter(at % 20, (at % 5) as usize)).collect();
    let month = |month| Month { month: date(2026, month, 1), amount: 10.into() };
    let plan = Plan {
        months: (1..=10).map(month).collect(),
        done: vec![Done { on: date(2026, 3, 1), amount: 20.into() }],
        ..Plan::default()
    };
    let now = at(date(2026, 6, 1), 12);
    for scheme in loops::colour::schemes() {
        let painter = scheme.ready();
        for (named, plan) in [("without a plan", None), ("with a plan by months", Some(&plan))] {
            let start = Instant::now();
            let mut count = [0_usize; 6];
            for case in &cases {
                count[colour(black_box(case), plan, now, calendar, &painter).unwrap().colour as usize] += 1;
            }
            println!("{} × {CASES} {named}: {:.1?}, by colour {count:?}", scheme.policy.id, start.elapsed());
        }
    }
    let painter = loops::colour::schemes()[0].ready();
    let start = Instant::now();
    for case in cases.iter().take(10_000) {
        black_box(colour_until(case, None, now, calendar, &painter).unwrap());
    }
    println!("colour and next change of 10000: {:.1?}", start.elapsed());
}
