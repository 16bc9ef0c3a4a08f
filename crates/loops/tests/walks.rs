//! Cases walked at random through every kind: what holds after each step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{actor, at, everything, next, open, open_kind, seal, take, take_with, underway};
use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::calendar::Calendar;
use loops::{ALL, Case, Clock, Due, Event, Given, Need, Party, Refusal, Sealed, Standing, Step, by_key, reached};
use proptest::prelude::*;

/// A walk: which kind, and for each step a choice, who acts, and the hours since the step before.
fn walk() -> impl Strategy<Value = (usize, Vec<(prop::sample::Index, usize, u16)>)> {
    (0..ALL.len(), prop::collection::vec((any::<prop::sample::Index>(), 0..4usize, 0..60u16), 1..25))
}

fn walked(kind: usize, choices: &[(prop::sample::Index, usize, u16)], check: impl Fn(&Case)) -> (Case, Vec<Sealed>) {
    let mut now = at(date(2026, 3, 2), 9);
    let (mut case, mut events) = open_kind(&ALL[kind], now);
    check(&case);
    for (choice, person, hours) in choices {
        now += SignedDuration::from_hours(i64::from(*hours));
        let steps: Vec<&Step> = case.kind.steps_from(case.state().key).collect();
        if steps.is_empty() {
            break;
        }
        let step = *choice.get(&steps);
        let event = next(&case, step, ["甲", "乙", "丙", "丁"][*person], step.who[0], now, date(2026, 12, 1));
        if let Ok(taken) = case.check(&event) {
            assert_eq!(taken.key, step.key);
            let sealed = seal(Some(&case), event);
            case.apply(&sealed).unwrap();
            events.push(sealed);
            check(&case);
        }
    }
    (case, events)
}

proptest! {
    #[test]
    fn a_case_always_has_an_owner_and_a_next_step_or_is_at_its_end((kind, choices) in walk()) {
        walked(kind, &choices, |case| {
            let Some((party, _)) = case.owner() else {
                assert!(case.state().is_end());
                return;
            };
            let fresh = actor("谁也没做过的人", party);
            assert!(!case.may(&fresh).is_empty(), "{} {}: nothing to do", case.kind.key, case.state().key);
        });
    }

    #[test]
    fn replaying_the_events_gives_the_same_case((kind, choices) in walk()) {
        let (case, events) = walked(kind, &choices, |_| {});
        prop_assert_eq!(Case::replay(&ALL[kind], &events).unwrap(), case.clone());
        prop_assert_eq!(Case::from_kept(&case.kept()), Some(case));
    }

    #[test]
    fn altering_any_event_is_found(
        (kind, choices) in walk(),
        which in any::<prop::sample::Index>(),
        what in 0..6usize,
    ) {
        let (_, mut events) = walked(kind, &choices, |_| {});
        let at = which.index(events.len());
        let event = &mut events[at];
        match what {
            0 => event.event.at += SignedDuration::from_secs(1),
            1 => event.event.by.person.push('x'),
            2 => event.event.given.text = Some("改过".into()),
            3 => event.event.given.rating = Some(5),
            4 => event.hash[0] ^= 1,
            _ => event.salt[3] ^= 1,
        }
        let found = Case::replay(&ALL[kind], &events);
        // A row made to fit itself shows at the row behind it; the last one is held by the head that is stored.
        let seq = events[at].event.seq;
        prop_assert_eq!(found, Err(Refusal::Altered { seq }));
    }

    #[test]
    fn leaving_any_event_out_is_found((kind, choices) in walk(), which in any::<prop::sample::Index>()) {
        let (_, mut events) = walked(kind, &choices, |_| {});
        prop_assume!(events.len() > 2);
        events.remove(1 + which.index(events.len() - 2));
        prop_assert!(Case::replay(&ALL[kind], &events).is_err());
    }

    #[test]
    fn nobody_passes_his_own_work((kind, choices) in walk()) {
        let (case, events) = walked(kind, &choices, |_| {});
        let mut worker = None;
        for sealed in &events[1..] {
            let step = case.kind.step(&sealed.event.step).unwrap();
            if step.needs.contains(&Need::AnotherPerson) {
                prop_assert_ne!(worker, Some(&sealed.event.by.person));
            }
            if step.hands_in {
                worker = Some(&sealed.event.by.person);
            }
        }
    }

    #[test]
    fn sending_back_never_gives_more_time(hours in prop::collection::vec((1..40u16, 1..40u16), 1..6)) {
        let calendar = Calendar::builtin();
        let mut now = at(date(2026, 3, 2), 9);
        let (mut case, _) = open("matter", now);
        let promised = calendar.add_working_days(date(2026, 3, 2), 22).unwrap();
        take(&mut case, "dispatch", Party::Desk, now);
        let mut left = i32::MAX;
        for (worked, away) in hours {
            take(&mut case, "arrive", Party::Lead, now);
            let Some(Due::Day(due)) = case.due(calendar).unwrap() else { panic!("no day") };
            prop_assert!(due <= promised, "{due} lies behind what was promised, {promised}");
            let still = calendar.working_days_between(jiff_day(now), due).unwrap();
            prop_assert!(still <= left, "{still} days left, {left} before");
            left = still;
            now += SignedDuration::from_hours(i64::from(worked));
            take(&mut case, "return", Party::Lead, now);
            now += SignedDuration::from_hours(i64::from(away));
            take(&mut case, "dispatch", Party::Desk, now);
        }
    }
}

fn jiff_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}

#[test]
fn five_working_days_from_thursday_30_april_2026_end_on_monday_11_may() {
    // 5 to 10 May: the holiday is off, Saturday 9 May is worked.
    let case = underway(date(2026, 4, 30));
    let calendar = Calendar::builtin();
    assert_eq!(case.due(calendar), Ok(Some(Due::Day(date(2026, 5, 11)))));
    assert_eq!(case.standing(at(date(2026, 5, 11), 23), calendar), Ok(Standing::Running));
    assert_eq!(case.standing(at(date(2026, 5, 12), 0), calendar), Ok(Standing::Overdue));
}

#[test]
fn a_pause_stops_the_clock_and_waiting_does_not_use_it() {
    let calendar = Calendar::builtin();
    let mut case = underway(date(2026, 3, 2));
    take(&mut case, "pause", Party::Lead, at(date(2026, 3, 4), 9));
    assert_eq!(case.due(calendar), Ok(None));
    assert_eq!(case.standing(at(date(2026, 6, 1), 9), calendar), Ok(Standing::Paused));
    take(&mut case, "resume", Party::Asker, at(date(2026, 3, 16), 9));
    // Two of five were used before the pause; three are left from Monday the 16th.
    assert_eq!(case.due(calendar), Ok(Some(Due::Day(date(2026, 3, 19)))));
}

#[test]
fn a_clock_in_hours_runs_through_holidays() {
    let (case, _) = open("duty_report", at(date(2026, 10, 1), 8));
    assert_eq!(case.kind.first().clock, Some(Clock::Hours(24)));
    assert_eq!(case.due(Calendar::builtin()), Ok(Some(Due::Moment(at(date(2026, 10, 2), 8)))));
}

#[test]
fn days_beyond_the_known_calendar_are_refused_not_guessed() {
    let case = underway(date(2026, 12, 24));
    assert!(case.due(Calendar::builtin()).is_err());
}

#[test]
fn an_end_says_whether_it_came_late() {
    let calendar = Calendar::builtin();
    for (answered, late) in [(date(2026, 3, 9), false), (date(2026, 3, 20), false)] {
        let mut case = underway(date(2026, 3, 2));
        take(&mut case, "answer", Party::Lead, at(answered, 9));
        take(&mut case, "confirm", Party::Asker, at(answered + 1.day(), 9));
        // The asker confirmed in time; that the unit was late shows in its own stay.
        assert_eq!(case.standing(at(date(2026, 4, 1), 9), calendar), Ok(Standing::Ended { late }));
        assert_eq!(case.rating, Some(4));
    }
    let mut case = underway(date(2026, 3, 2));
    take(&mut case, "answer", Party::Lead, at(date(2026, 3, 9), 9));
    take(&mut case, "lapse", Party::Clock, at(date(2026, 3, 31), 9));
    assert_eq!(case.standing(at(date(2026, 4, 1), 9), calendar), Ok(Standing::Ended { late: true }));
    assert_eq!(case.rating, None, "silence is no praise");
}

#[test]
fn the_ladder_warns_before_the_day_and_climbs_after_it() {
    let calendar = Calendar::builtin();
    let case = underway(date(2026, 3, 2));
    let told = |when| reached(&case, when, calendar).unwrap().iter().map(|rung| rung.whom).collect::<Vec<_>>();
    assert_eq!(told(at(date(2026, 3, 3), 9)), []);
    assert_eq!(told(at(date(2026, 3, 9), 9)), [Party::Lead]);
    assert_eq!(told(at(date(2026, 3, 10), 1)), [Party::Lead, Party::Head]);
    assert_eq!(told(at(date(2026, 3, 20), 9)), [Party::Lead, Party::Head, Party::Superior]);
}

/// What is refused, and with which words in Chinese.
#[test]
fn refusals_say_what_was_found_and_what_to_do() {
    let when = at(date(2026, 3, 3), 9);
    let case = underway(date(2026, 3, 2));
    let event = |step: &str, party: Party, given: Given| Event {
        seq: case.seq + 1,
        at: when,
        by: actor("某人", party),
        step: step.into(),
        given,
    };
    let day = date(2026, 3, 3);
    let nothing = Given::default();
    let no_proof = Given { proofs: Vec::new(), ..everything(day) };
    let blank = Given { text: Some("  ".into()), ..everything(day) };
    for (event, words) in [
        (event("dispatch", Party::Desk, everything(day)), "事项现为“办理中”，不能“分派”"),
        (event("answer", Party::Asker, everything(day)), "“答复”应由主办单位、上级办理，您是提出人"),
        (event("answer", Party::Lead, no_proof), "“答复”需要证明材料"),
        (event("return", Party::Lead, blank), "“退回（非本单位）”需要理由"),
        (event("withdraw", Party::Asker, nothing), "“撤回”需要理由"),
        (event("vanish", Party::Lead, everything(day)), "没有“vanish”这一步"),
        (Event { seq: case.seq, ..event("pause", Party::Lead, everything(day)) }, "在您填写期间已有人办理"),
        (
            Event { at: at(date(2026, 3, 1), 9), ..event("pause", Party::Lead, everything(day)) },
            "时间早于上一步，不能倒填",
        ),
    ] {
        let refusal = case.check(&event).unwrap_err();
        assert!(refusal.say(kernel::Lang::Zh).starts_with(words), "{}", refusal.say(kernel::Lang::Zh));
        assert!(refusal.say(kernel::Lang::En).is_ascii() || refusal.say(kernel::Lang::En).contains('“'), "{refusal}");
    }
}

#[test]
fn a_task_is_closed_by_another_person_and_never_moved_to_a_day_gone_by() {
    let now = at(date(2026, 3, 3), 9);
    let (mut case, _) = open("task", now);
    take(&mut case, "take_up", Party::Lead, now);
    let step = |key| case.kind.step(key).unwrap();
    let early = next(&case, step("postpone"), "督办员", Party::Supervisor, now, date(2026, 3, 2));
    assert_eq!(case.check(&early), Err(Refusal::Lacks { step: step("postpone"), need: Need::Until }));
    take(&mut case, "hand_in", Party::Lead, now);
    let close = case.kind.step("close").unwrap();
    let own = next(&case, close, "hand_in", Party::Second, now, date(2026, 3, 4));
    assert_eq!(case.check(&own), Err(Refusal::Lacks { step: close, need: Need::AnotherPerson }));
    assert!(!case.may(&actor("hand_in", Party::Second)).contains(&close));
    let other = next(&case, close, "复核员", Party::Second, now, date(2026, 3, 4));
    let sealed = seal(Some(&case), other);
    case.apply(&sealed).unwrap();
    assert!(case.state().is_end());
}

#[test]
fn an_enterprise_cannot_open_a_task() {
    let by = actor("企业", Party::Asker);
    let first = Event { seq: 1, at: at(date(2026, 3, 3), 9), by, step: "open".into(), given: Given::default() };
    let refused = Case::open(by_key("task").unwrap(), &seal(None, first)).unwrap_err();
    assert_eq!(refused.say(kernel::Lang::Zh), "此类事项由督办提出，您是提出人。");
}

#[test]
fn the_clock_takes_its_own_steps_and_lifts_a_late_case_once() {
    let calendar = Calendar::builtin();
    let mut case = underway(date(2026, 3, 2));
    let rises = case.automatic(calendar).unwrap().unwrap();
    // Due with the 9th: 7 days and 14 hours from the 2nd at 10; half as much again is gone on the 13th at 19.
    assert_eq!((rises.step.key, rises.from), ("escalate", at(date(2026, 3, 13), 19)));
    take(&mut case, "escalate", Party::Clock, rises.from);
    take(&mut case, "decide", Party::Superior, at(date(2026, 3, 16), 9));
    assert_eq!(case.automatic(calendar), Ok(None), "it is not lifted again the moment it comes back");
    take(&mut case, "answer", Party::Lead, at(date(2026, 3, 17), 9));
    let lapses = case.automatic(calendar).unwrap().unwrap();
    assert_eq!((lapses.step.key, lapses.from), ("lapse", at(date(2026, 3, 27), 0)));
    let (duty, _) = open("duty_report", at(date(2026, 3, 2), 8));
    let misses = duty.automatic(calendar).unwrap().unwrap();
    assert_eq!(misses.step.key, "miss");
    assert!(misses.from > at(date(2026, 3, 3), 8) && misses.from < at(date(2026, 3, 3), 9));
}

#[test]
fn what_changes_next_is_the_next_rung_or_the_end_of_the_time() {
    let calendar = Calendar::builtin();
    let case = underway(date(2026, 3, 2));
    let mut now = at(date(2026, 3, 2), 10);
    let mut told = 0;
    while let Some(next) = case.changes_next(now, calendar).unwrap() {
        assert!(next > now);
        assert!(reached(&case, next, calendar).unwrap().len() >= told);
        told = reached(&case, next, calendar).unwrap().len();
        now = next;
    }
    assert_eq!((told, now), (3, at(date(2026, 3, 13), 19)));
}

#[test]
fn a_case_goes_over_with_its_unit_and_keeps_its_clock() {
    let calendar = Calendar::builtin();
    let mut case = underway(date(2026, 3, 2));
    let (state, due) = (case.state().key, case.due(calendar));
    let by = actor("督办员", Party::Supervisor);
    let given = Given { unit: Some("新经发局".into()), text: Some("机构合并".into()), ..Given::default() };
    let event = Event { seq: case.seq + 1, at: at(date(2026, 3, 4), 9), by, step: "transfer".into(), given };
    let sealed = seal(Some(&case), event);
    case.apply(&sealed).unwrap();
    assert_eq!((case.state().key, case.due(calendar), case.unit.as_deref()), (state, due, Some("新经发局")));
    assert!(!case.may(&actor("督办员", Party::Supervisor)).iter().any(|step| step.key == "transfer"));
}

#[test]
fn who_was_called_is_noted_as_each_arrives() {
    let now = at(date(2026, 3, 3), 9);
    let (mut case, _) = open("matter", now);
    take(&mut case, "dispatch", Party::Park, now);
    let join = case.kind.step("join").unwrap();
    let stranger = next(&case, join, "某人", Party::Assisting, now, date(2026, 3, 4));
    assert_eq!(case.check(&stranger), Err(Refusal::Lacks { step: join, need: Need::Called }));
    take_with(&mut case, "join", Party::Assisting, now, |given| given.unit = Some("供电公司".into()));
    let later = now + SignedDuration::from_hours(2);
    take(&mut case, "arrive", Party::Lead, later);
    take_with(&mut case, "join", Party::Assisting, later, |given| given.unit = Some("供电公司".into()));
    assert_eq!(case.arrived, [("供电公司".to_owned(), now), ("经发局".to_owned(), later)]);
    assert_eq!(case.unit.as_deref(), Some("经发局"), "who joins takes nothing over");
}

#[test]
fn a_grade_of_the_park_is_not_a_rating_of_the_enterprise() {
    let mut case = underway(date(2026, 3, 2));
    take(&mut case, "chase", Party::Park, at(date(2026, 3, 3), 9));
    take(&mut case, "answer", Party::Lead, at(date(2026, 3, 4), 9));
    take(&mut case, "lapse", Party::Clock, at(date(2026, 3, 30), 9));
    take_with(&mut case, "grade", Party::Park, at(date(2026, 3, 31), 9), |given| given.rating = Some(2));
    assert_eq!((case.graded, case.rating, case.chased), (Some(2), None, 1));
    assert!(case.state().is_end());
}

#[test]
fn everything_that_is_missing_is_asked_for_at_once() {
    let now = at(date(2026, 3, 3), 9);
    let (mut case, _) = open("approval", now);
    take(&mut case, "ask_for_papers", Party::Desk, now);
    take(&mut case, "complete", Party::Asker, now);
    let step = case.kind.step("ask_for_papers").unwrap();
    let again = next(&case, step, "窗口", Party::Desk, now, date(2026, 3, 4));
    assert_eq!(case.check(&again), Err(Refusal::Once(step)));
    assert!(!case.may(&actor("窗口", Party::Desk)).contains(&step));
    assert!(case.may(&actor("窗口", Party::Desk)).len() > 1, "the desk has other steps left");
}

#[test]
fn a_permit_waits_for_the_part_of_every_department() {
    let now = at(date(2026, 3, 3), 9);
    let (mut case, _) = open("approval", now);
    take_with(&mut case, "accept", Party::Desk, now, |given| given.assisting = vec!["消防".into(), "环保".into()]);
    let grant = case.kind.step("grant").unwrap();
    let refused = |case: &Case| case.check(&next(case, grant, "审批员", Party::Lead, now, date(2026, 3, 4))).err();
    let part = |case: &mut Case, step: &str, party, unit: &str| {
        take_with(case, step, party, now, |given| given.unit = Some(unit.into()));
    };
    assert_eq!(refused(&case), Some(Refusal::Lacks { step: grant, need: Need::Parts }));
    part(&mut case, "give_part", Party::Assisting, "消防");
    assert_eq!(refused(&case), Some(Refusal::Lacks { step: grant, need: Need::Parts }));
    part(&mut case, "let_off", Party::Head, "环保");
    assert_eq!(refused(&case), None);
}

#[test]
fn an_agreed_day_moves_the_clock_of_the_work_and_not_that_of_the_check() {
    let calendar = Calendar::builtin();
    let now = at(date(2026, 3, 3), 9);
    let (mut case, _) = open("task", now);
    take_with(&mut case, "postpone", Party::Supervisor, now, |given| given.until = Some(date(2026, 5, 29)));
    assert_eq!(case.due(calendar), Ok(Some(Due::Day(date(2026, 5, 29)))));
    take(&mut case, "take_up", Party::Lead, now);
    take(&mut case, "hand_in", Party::Lead, now);
    assert_eq!(case.due(calendar), Ok(Some(Due::Day(date(2026, 3, 6)))));
}
