//! What is promised for an item: never longer than the law, and what the clock of the case then says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{actor, at, seal, take, take_with};
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::date;
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::closure::{Share, Window, speeds};
use loops::promise::legal;
use loops::{Case, Clock, Due, Event, Given, Need, Party, Promise, Refusal, Speed, Standing, by_key};

/// Friday, 6 March 2026, nine in the morning; the weekend follows.
fn friday() -> Timestamp {
    at(date(2026, 3, 6), 9)
}

fn after(hours: i64) -> Timestamp {
    friday() + SignedDuration::from_hours(hours)
}

fn applied(promise: Option<Promise>) -> Case {
    let given = Given { promise, ..Given::default() };
    let event = Event { seq: 1, at: friday(), by: actor("firm", Party::Asker), step: "open".into(), given };
    Case::open(by_key("approval").unwrap(), &seal(None, event)).unwrap()
}

fn accepted(promise: Option<Promise>, when: Timestamp) -> Case {
    let mut case = applied(promise);
    take_with(&mut case, "accept", Party::Desk, when, |given| given.assisting.clear());
    case
}

fn promise(speed: Speed, within: Option<Clock>) -> Option<Promise> {
    Promise::of(speed, within).unwrap()
}

fn due(case: &Case) -> Due {
    case.due(Calendar::builtin()).unwrap().unwrap()
}

#[test]
fn a_promise_is_never_longer_than_the_law_or_its_class_and_says_what_is() {
    assert_eq!(legal(), Clock::WorkingDays(20));
    use Clock::{Hours, NaturalDays, WorkingDays};
    for (speed, within) in [
        (Speed::Ordinary, WorkingDays(20)),
        (Speed::Ordinary, WorkingDays(1)),
        (Speed::Ordinary, Hours(480)),
        (Speed::Ordinary, NaturalDays(20)),
        (Speed::Instant, Hours(1)),
        (Speed::SameDay, NaturalDays(0)),
        (Speed::TwentyFourHours, Hours(24)),
        (Speed::HolidayDuty, Hours(48)),
    ] {
        assert_eq!(promise(speed, Some(within)), Some(Promise { speed, within }));
    }
    for (speed, within, said) in [
        (Speed::Ordinary, WorkingDays(21), "承诺 21 个工作日 长于法定时限 20 个工作日"),
        (Speed::Ordinary, Hours(481), "承诺 481 小时 长于法定时限"),
        (Speed::Ordinary, WorkingDays(0), "至少为 1"),
        (Speed::Instant, Hours(2), "“即办”的承诺应在 1 小时以内，填的是 2 小时"),
        (Speed::TwentyFourHours, WorkingDays(1), "“24小时”的承诺应在 24 小时以内"),
        (Speed::SameDay, Hours(10), "应在 当日以内"),
        (Speed::HolidayDuty, WorkingDays(3), "“节假日值守”的承诺应在 72 小时以内"),
    ] {
        let found = Promise::of(speed, Some(within)).unwrap_err();
        assert!(found.say(Lang::Zh).contains(said), "{}", found.say(Lang::Zh));
        assert!(!found.say(Lang::En).chars().any(|sign| ('一'..='龥').contains(&sign)), "{}", found.say(Lang::En));
    }
    assert_eq!(promise(Speed::Ordinary, None), None);
    assert!(Speed::ALL.into_iter().all(|speed| Speed::from_key(speed.key()) == Some(speed)));
}

#[test]
fn what_is_promised_is_the_clock_of_the_case_and_the_legal_one_stays_beside_it() {
    let ordinary = accepted(promise(Speed::Ordinary, Some(Clock::WorkingDays(5))), after(4));
    assert_eq!(due(&ordinary), Due::Day(date(2026, 3, 13)));
    assert_eq!(ordinary.legal_due(Calendar::builtin()).unwrap(), Some(Due::Day(date(2026, 4, 3))));
    assert_eq!(due(&accepted(None, after(4))), Due::Day(date(2026, 4, 3)));
    assert_eq!(
        due(&applied(ordinary.promise)),
        Due::Day(date(2026, 3, 13)),
        "until it is accepted the law's five days"
    );
    // True hours run through the weekend, from the application on.
    let fast = accepted(promise(Speed::TwentyFourHours, None), after(4));
    assert_eq!(due(&fast), Due::Moment(after(24)));
    assert_eq!(fast.standing(after(25), Calendar::builtin()).unwrap(), Standing::Overdue);
    assert_eq!(due(&applied(promise(Speed::Instant, None))), Due::Moment(after(1)));
    assert_eq!(due(&accepted(promise(Speed::SameDay, None), after(4))), Due::Day(date(2026, 3, 6)));
    assert_eq!(Case::from_kept(&fast.kept()), Some(fast));
    assert!(!accepted(None, after(4)).kept().contains("promise"), "what was kept before reads the same");
}

#[test]
fn the_applicants_own_time_does_not_count_and_a_day_that_was_agreed_takes_the_place_of_the_promise() {
    let mut case = applied(promise(Speed::TwentyFourHours, None));
    take(&mut case, "ask_for_papers", Party::Desk, after(2));
    assert_eq!(case.due(Calendar::builtin()).unwrap(), None);
    take(&mut case, "complete", Party::Asker, after(102));
    assert_eq!(due(&case), Due::Moment(after(124)));
    take_with(&mut case, "accept", Party::Desk, after(103), |given| given.assisting.clear());
    assert_eq!(due(&case), Due::Moment(after(124)));
    let until = date(2026, 4, 20);
    take_with(&mut case, "prolong", Party::Head, after(104), |given| given.until = Some(until));
    assert_eq!(due(&case), Due::Day(until));
}

#[test]
fn a_promise_is_a_term_that_stays_when_the_words_are_erased() {
    let given = Given { promise: promise(Speed::Instant, None), ..Given::default() };
    assert_eq!(given.terms(), r#"{"promise":{"speed":"instant","within":{"hours":1}}}"#);
    assert_eq!(Given::read(&given.terms(), None).unwrap(), given);
}

#[test]
fn shares_by_class_say_what_of_each_was_decided_within_its_promise() {
    let decided = |promise: Option<Promise>, hours: i64| {
        let mut case = accepted(promise, after(0));
        take(&mut case, "grant", Party::Lead, after(hours));
        case
    };
    let (day, fast) = (promise(Speed::SameDay, None), promise(Speed::TwentyFourHours, None));
    let five = promise(Speed::Ordinary, Some(Clock::WorkingDays(5)));
    let cases = [decided(day, 5), decided(day, 20), decided(fast, 23), decided(five, 24 * 7), decided(five, 24 * 10)];
    let march = Window { from: date(2026, 3, 1), to: date(2026, 3, 31) };
    let found = speeds(&cases, march, SignedDuration::from_hours(1), Calendar::builtin()).unwrap();
    let share = |part: u32, base: u32| Share { part, base };
    assert_eq!((found.kept_of(Speed::SameDay), found.kept_of(Speed::TwentyFourHours)), (share(1, 2), share(1, 1)));
    assert_eq!((found.kept_of(Speed::Ordinary), found.kept_of(Speed::Instant)), (share(1, 2), share(0, 0)));
    assert_eq!((found.base, found.on_holiday), (5, share(2, 5)), "two were decided on a Saturday");
}

#[test]
fn an_application_is_completed_with_a_file_or_an_answer_and_not_with_nothing() {
    let completed = |change: &dyn Fn(&mut Given)| {
        let mut case = applied(None);
        take(&mut case, "ask_for_papers", Party::Desk, after(2));
        let step = case.kind.step("complete").unwrap();
        let mut given = Given { text: Some("已补".into()), ..Given::default() };
        change(&mut given);
        let event = Event { seq: 3, at: after(3), by: actor("firm", Party::Asker), step: step.key.into(), given };
        case.check(&event).map(drop)
    };
    let step = by_key("approval").unwrap().step("complete").unwrap();
    assert_eq!(completed(&|given| given.proofs.push("ab".into())), Ok(()));
    assert_eq!(completed(&|given| drop(given.form.insert("answer.面积".into(), "1200".into()))), Ok(()));
    assert_eq!(
        completed(&|given| drop(given.form.insert("missing".into(), "x".into()))),
        Err(Refusal::Lacks { step, need: Need::Addition })
    );
}
