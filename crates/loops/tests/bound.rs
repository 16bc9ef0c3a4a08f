//! A day that comes with a step binds the state it leads to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::calendar::Calendar;
use kernel::chain::GENESIS;
use loops::{Actor, Case, Due, Event, Given, Party, Standing, by_key};

fn at(day: i8) -> Timestamp {
    format!("2026-11-{day:02}T02:00:00Z").parse().unwrap()
}

/// An inspection of which something was found, ordered on 4 November with a day or without one.
fn ordered(opened_until: Option<Date>, until: Option<Date>) -> Case {
    let given = |text: &str| Given { text: Some(text.into()), proofs: vec!["ab".into()], ..Given::default() };
    let steps = [
        (2, "open", Given { unit: Some("market".into()), until: opened_until, ..given("") }),
        (3, "find", given("通道堆物")),
        (4, "order", Given { until, ..given("责令改正") }),
    ];
    let mut case: Option<Case> = None;
    for (seq, (day, step, given)) in (1..).zip(steps) {
        let by = Actor { person: "li".into(), party: Party::Lead };
        let event = Event { seq, at: at(day), by, step: step.into(), given };
        let sealed = event.seal(&case.as_ref().map_or(GENESIS, |case| case.hash), [0; 16]);
        match &mut case {
            Some(case) => case.apply(&sealed).unwrap(),
            None => case = Some(Case::open(by_key("inspection").unwrap(), &sealed).unwrap()),
        }
    }
    case.unwrap()
}

#[test]
fn an_order_is_due_on_its_day_and_without_one_by_the_clock_of_the_state() {
    let calendar = Calendar::builtin();
    let due = |case: &Case| case.due(calendar).unwrap();
    let day = date(2026, 11, 14);
    assert_eq!(due(&ordered(None, Some(day))), Some(Due::Day(day)));
    assert_eq!(due(&ordered(None, None)), Some(Due::Day(date(2026, 12, 4))));
    // The day that was agreed for the inspection itself says nothing of the correction.
    assert_eq!(due(&ordered(Some(date(2026, 11, 6)), None)), Some(Due::Day(date(2026, 12, 4))));
    let case = ordered(None, Some(day));
    assert_eq!(case.standing(at(14), calendar).unwrap(), Standing::Running);
    assert_eq!(case.standing(at(15), calendar).unwrap(), Standing::Overdue);
}

#[test]
fn a_case_that_is_bound_is_kept_as_one_and_others_as_they_were() {
    let bound = ordered(None, Some(date(2026, 11, 14)));
    assert_eq!(Case::from_kept(&bound.kept()), Some(bound));
    assert!(!ordered(None, None).kept().contains("bound"), "what was kept before reads the same");
}

#[test]
fn an_order_that_did_not_help_finds_its_day_where_it_was() {
    let mut case = ordered(None, Some(date(2026, 11, 14)));
    for (day, party, step) in [(10, Party::Asker, "correct"), (17, Party::Lead, "not_corrected")] {
        let by = Actor { person: "li".into(), party };
        let given = Given { text: Some("仍有堆物".into()), proofs: vec!["ab".into()], ..Given::default() };
        let event = Event { seq: case.seq + 1, at: at(day), by, step: step.into(), given };
        case.apply(&event.seal(&case.hash, [0; 16])).unwrap();
    }
    assert_eq!(case.standing(at(17), Calendar::builtin()).unwrap(), Standing::Overdue);
}
