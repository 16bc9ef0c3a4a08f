//! The figures of closure and the lists made from them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::{at, open, take, take_with, underway};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::closure::{List, Share, UnitFigures, Window, by_list_id, closure, list_schemes, speeds, unit_figures};
use loops::{Case, Party, catalogue};
use policy::{Settings, check};

const MARCH: Window = Window { from: date(2026, 3, 1), to: date(2026, 3, 31) };

/// A matter answered on a day; confirmed with a rating, or silent until it lapses.
fn answered(on: Date, rating: Option<u8>) -> Case {
    let mut case = underway(date(2026, 3, 2));
    take(&mut case, "answer", Party::Lead, at(on, 9));
    match rating {
        Some(rating) => take_with(&mut case, "confirm", Party::Asker, at(on, 10), |given| given.rating = Some(rating)),
        None => take(&mut case, "lapse", Party::Clock, at(date(2026, 3, 31), 9)),
    }
    case
}

fn share(part: u32, base: u32) -> Share {
    Share { part, base }
}

#[test]
fn every_figure_comes_with_its_base_and_silence_is_no_praise() {
    let mut wrong_door = common::open("matter", at(date(2026, 3, 2), 9)).0;
    take(&mut wrong_door, "dispatch", Party::Desk, at(date(2026, 3, 2), 10));
    take(&mut wrong_door, "return", Party::Lead, at(date(2026, 3, 2), 11));
    take(&mut wrong_door, "dispatch", Party::Desk, at(date(2026, 3, 2), 12));
    take(&mut wrong_door, "arrive", Party::Lead, at(date(2026, 3, 2), 13));
    take(&mut wrong_door, "explain", Party::Lead, at(date(2026, 3, 3), 9));
    take_with(&mut wrong_door, "confirm", Party::Asker, at(date(2026, 3, 4), 9), |given| given.rating = Some(2));
    let mut again = answered(date(2026, 3, 5), Some(5));
    take(&mut again, "reopen", Party::Asker, at(date(2026, 3, 9), 9));
    let cases = [
        answered(date(2026, 3, 9), Some(5)),
        answered(date(2026, 3, 10), None),
        wrong_door,
        again,
        answered(date(2026, 4, 2), Some(1)),
    ];
    let found = closure(&cases, MARCH, at(date(2026, 3, 31), 23), Calendar::builtin()).unwrap();
    assert_eq!((found.opened, found.closed), (5, 3));
    // One was answered a day late; the one that was opened again had been in time.
    assert_eq!(found.on_time, share(3, 4));
    assert_eq!(found.reopened, share(1, 4));
    assert_eq!(found.first_right, share(3, 4));
    assert_eq!(found.without_effect, share(1, 3));
    assert_eq!((found.rated, found.good, found.ratings), (share(2, 3), share(1, 2), [0, 1, 0, 0, 1]));
    assert_eq!(Share::default().percent(), None, "of nothing there is no share");
    let april = Window { from: date(2026, 4, 1), to: date(2026, 4, 30) };
    assert_eq!(closure(&cases, april, at(date(2026, 4, 30), 23), Calendar::builtin()).unwrap().on_time, share(0, 1));
}

#[test]
fn what_is_overdue_and_not_concluded_is_told_beside_the_share() {
    let calendar = Calendar::builtin();
    let cases = [answered(date(2026, 3, 5), Some(5)), underway(date(2026, 3, 2)), underway(date(2026, 3, 30))];
    let found = closure(&cases, MARCH, at(date(2026, 3, 31), 23), calendar).unwrap();
    assert_eq!((found.on_time, found.late_now), (share(1, 1), 1), "one is late, one has days left");
    let early = closure(&cases, MARCH, at(date(2026, 3, 3), 9), calendar).unwrap();
    assert_eq!(early.late_now, 0, "none was late by then");
    let mut waiting = underway(date(2026, 3, 2));
    take(&mut waiting, "answer", Party::Lead, at(date(2026, 3, 5), 9));
    let silent = closure([&waiting], MARCH, at(date(2026, 3, 31), 23), calendar).unwrap();
    assert_eq!(silent.late_now, 0, "the asker's silence makes nobody late");
}

#[test]
fn the_time_a_case_spent_with_others_is_not_a_units_own() {
    // The desk leaves it for weeks and the promise is gone; the unit then takes three days.
    let mut case = open("matter", at(date(2026, 2, 2), 9)).0;
    take(&mut case, "dispatch", Party::Desk, at(date(2026, 3, 20), 9));
    take(&mut case, "arrive", Party::Lead, at(date(2026, 3, 20), 10));
    take(&mut case, "answer", Party::Lead, at(date(2026, 3, 25), 9));
    let calendar = Calendar::builtin();
    let units = unit_figures([&case], MARCH, at(date(2026, 3, 31), 23), calendar).unwrap();
    let own = &units["经发局"];
    assert_eq!((own.on_time, own.late_now), (share(2, 2), 0));
    let underway = own.states[&("matter", "underway")];
    assert_eq!((underway.stays, underway.working_days, underway.longest), (1, 3, 3));
    assert!(!own.states.contains_key(&("matter", "raised")));
    // The same zone, as a whole, was late.
    let mut ended = case.clone();
    take(&mut ended, "confirm", Party::Asker, at(date(2026, 3, 26), 9));
    assert_eq!(closure([&ended], MARCH, at(date(2026, 3, 31), 23), calendar).unwrap().on_time, share(0, 1));
}

#[test]
fn work_sent_back_and_units_that_changed_count_for_whom_they_were() {
    let mut case = open("task", at(date(2026, 3, 2), 9)).0;
    let unit = |name: &'static str| move |given: &mut loops::Given| given.unit = Some(name.into());
    take_with(&mut case, "pass_on", Party::Supervisor, at(date(2026, 3, 3), 9), unit("甲局"));
    take(&mut case, "take_up", Party::Lead, at(date(2026, 3, 3), 10));
    take_with(&mut case, "pass_on", Party::Supervisor, at(date(2026, 3, 4), 9), unit("乙局"));
    take(&mut case, "take_up", Party::Lead, at(date(2026, 3, 12), 10));
    take(&mut case, "hand_in", Party::Lead, at(date(2026, 3, 16), 9));
    take(&mut case, "send_back", Party::Second, at(date(2026, 3, 17), 9));
    take(&mut case, "hand_in", Party::Lead, at(date(2026, 3, 18), 9));
    take(&mut case, "close", Party::Second, at(date(2026, 3, 19), 9));
    let units = unit_figures([&case], MARCH, at(date(2026, 3, 31), 23), Calendar::builtin()).unwrap();
    assert_eq!((units["甲局"].on_time, units["甲局"].sent_back), (share(2, 2), share(0, 2)));
    // 乙局 took it up late, handed in twice in time, once after it had been sent back.
    assert_eq!((units["乙局"].on_time, units["乙局"].sent_back), (share(2, 3), share(1, 3)));
    assert_eq!((units["甲局"].without_effect.base, units["乙局"].without_effect), (0, share(0, 1)));
}

#[test]
fn approvals_are_told_by_speed_and_the_classes_add_up() {
    let decided = |hours: i64, pause: i64| {
        let start = at(date(2026, 3, 2), 9);
        let mut case = open("approval", start).0;
        if pause > 0 {
            take(&mut case, "ask_for_papers", Party::Desk, start);
            take(&mut case, "complete", Party::Asker, start + SignedDuration::from_hours(pause));
        }
        let then = start + SignedDuration::from_hours(pause);
        take_with(&mut case, "accept", Party::Desk, then, |given| given.assisting.clear());
        take(&mut case, "grant", Party::Lead, then + SignedDuration::from_hours(hours));
        case
    };
    let cases = [decided(0, 0), decided(5, 0), decided(20, 0), decided(20, 100), decided(25, 0), decided(900, 0)];
    let found = speeds(&cases, MARCH, SignedDuration::from_mins(30), Calendar::builtin()).unwrap();
    assert_eq!((found.instant, found.same_day, found.within_24_hours, found.longer), (1, 1, 2, 1));
    assert_eq!(found.base, 5, "the one of April is not of March");
    assert_eq!(found.kept_of(loops::Speed::Ordinary), share(5, 5), "nothing was promised: the legal time holds");
}

#[test]
fn the_rules_of_the_lists_come_out_as_their_cases_say() {
    for scheme in list_schemes() {
        let checked = check(&scheme.policy.source, catalogue(), &Settings::new());
        let problems: Vec<String> =
            checked.problems.iter().map(|one| one.show(&scheme.policy.source, &scheme.policy.id, Lang::Zh)).collect();
        assert!(problems.is_empty(), "{}", problems.concat());
        let wrong: Vec<String> =
            scheme.policy.try_cases().into_iter().map(|one| format!("{}: {}", one.case, one.message.zh)).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", scheme.policy.id);
        let ready = scheme.ready();
        for case in &scheme.policy.cases {
            let sign = match scheme.list_of(&ready, &case.facts) {
                List::Red => "红",
                List::Black => "黑",
                List::Neither => "无",
                List::TooFew => "不足",
            };
            assert!(case.name.starts_with(sign), "{}: {} is {sign}", scheme.policy.id, case.name);
        }
        let tried = scheme.policy.try_thresholds();
        let unnoticed: Vec<_> = tried.iter().filter(|one| !one.unnoticed.is_empty()).collect();
        assert!(unnoticed.is_empty(), "{}: {unnoticed:#?}", scheme.policy.id);
    }
    assert_eq!(list_schemes().len(), 2);
}

#[test]
fn nobody_is_listed_on_two_cases_and_a_place_is_told_with_its_reasons() {
    let unit =
        |in_time, all| UnitFigures { on_time: share(in_time, all), sent_back: share(0, all), ..Default::default() };
    let units: BTreeMap<String, UnitFigures> =
        [("甲局", unit(20, 20)), ("乙局", unit(12, 20)), ("丙局", unit(0, 2)), ("丁局", unit(18, 20))]
            .into_iter()
            .map(|(name, figures)| (name.to_owned(), figures))
            .collect();
    let scheme = by_list_id("list-default").unwrap();
    let ready = scheme.ready();
    let listed = scheme.lists(&ready, &units);
    let order: Vec<(&str, List)> = listed.iter().map(|one| (one.unit.as_str(), one.list)).collect();
    assert_eq!(order, [("甲局", List::Red), ("丁局", List::Neither), ("乙局", List::Black), ("丙局", List::TooFew)]);
    let why = listed[2].reasons[1].lines(Lang::Zh);
    assert!(why.contains("按时办理率 = 60%") && why.contains("《通用方案二》"), "{why}");
    // By rank: the last three of those with enough cases that missed the aim.
    let mianyang = by_list_id("list-mianyang").unwrap();
    let ready = mianyang.ready();
    let found: Vec<(String, List)> =
        mianyang.lists(&ready, &units).into_iter().map(|one| (one.unit, one.list)).collect();
    assert_eq!(found[0], ("甲局".to_owned(), List::Red));
    assert_eq!(found[1], ("丁局".to_owned(), List::Red));
    assert_eq!(found[2], ("乙局".to_owned(), List::Black));
}
