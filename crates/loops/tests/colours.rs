//! The schemes of colours, and the colours of cases as time goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{at, take, underway};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::Lang;
use kernel::calendar::Calendar;
use loops::colour::{Measured, Override, OverrideRefusal, Scheme, SchemeError, Shown, by_id, schemes};
use loops::plan::{Done, Month, Plan};
use loops::{Case, Colour, Party, catalogue, colour, colour_until};
use policy::{Settings, check};
use proptest::prelude::*;

#[test]
fn every_scheme_of_the_folder_is_read_without_a_remark() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/loops");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names.filter(|name| name.starts_with("colour-")).collect();
    found.sort();
    let mut known: Vec<String> = schemes().iter().map(|scheme| format!("{}.policy", scheme.policy.id)).collect();
    known.sort();
    assert_eq!(found, known);
    for scheme in schemes() {
        let checked = check(&scheme.policy.source, catalogue(), &Settings::new());
        let problems: Vec<String> =
            checked.problems.iter().map(|one| one.show(&scheme.policy.source, &scheme.policy.id, Lang::Zh)).collect();
        assert!(problems.is_empty(), "{}", problems.concat());
        assert!(!scheme.policy.documents.is_empty() && scheme.label(Lang::En).is_ascii(), "{}", scheme.policy.id);
        assert_eq!(scheme.policy.conditions.iter().filter(|one| one.cite.article.is_none()).count(), 0);
    }
}

#[test]
fn each_case_of_a_scheme_has_the_colour_it_is_named_by_and_notices_a_slip() {
    for scheme in schemes() {
        let painter = scheme.ready();
        for case in &scheme.policy.cases {
            let found = painter.paint_facts(&case.facts).colour;
            assert!(case.name.starts_with(found.label(Lang::Zh)), "{}: {} is {found:?}", scheme.policy.id, case.name);
        }
        let wrong: Vec<String> =
            scheme.policy.try_cases().into_iter().map(|one| format!("{}: {}", one.case, one.message.zh)).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", scheme.policy.id);
        let tried = scheme.policy.try_thresholds();
        let unnoticed: Vec<_> = tried.iter().filter(|one| !one.unnoticed.is_empty()).collect();
        assert!(unnoticed.is_empty(), "{}: {unnoticed:#?}", scheme.policy.id);
    }
}

#[test]
fn a_text_whose_conditions_are_no_colours_is_refused() {
    let text = "政策 x 试\n文号 甲\n适用 项目\n施行 2026-01-01\n条件 purple 紫\n  已办结\n";
    let refused = Scheme::read(text, &Settings::new()).unwrap_err();
    assert!(refused.say(Lang::Zh).starts_with("条件“purple”不是颜色"), "{}", refused.say(Lang::Zh));
    let unknown = text.replace("已办结", "已完结").replace("purple", "red");
    let Err(SchemeError::Faulty(problems)) = Scheme::read(&unknown, &Settings::new()) else { panic!("it was read") };
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_zone_sets_the_days_of_a_scheme() {
    let set = Settings::from([("colour-default.临近工作日".to_owned(), "5日".to_owned())]);
    let text = &by_id("colour-default").unwrap().policy.source;
    let wide = Scheme::read(text, &set).unwrap();
    let measured = Measured { days_left: Some(4), days_used: 1, ..Measured::default() };
    assert_eq!(wide.ready().paint(&measured).colour, Colour::Yellow);
    assert_eq!(by_id("colour-default").unwrap().ready().paint(&measured).colour, Colour::Green);
}

fn shown(case: &Case, plan: Option<&Plan>, when: Timestamp) -> Colour {
    let painter = by_id("colour-default").unwrap().ready();
    colour(case, plan, when, Calendar::builtin(), &painter).unwrap().colour
}

#[test]
fn a_matter_turns_yellow_then_red_and_once_late_never_green_again() {
    // Five working days from Monday the 2nd: due on the 9th.
    let mut case = underway(date(2026, 3, 2));
    assert_eq!(shown(&case, None, at(date(2026, 3, 4), 23)), Colour::Green);
    assert_eq!(shown(&case, None, at(date(2026, 3, 5), 0)), Colour::Yellow);
    assert_eq!(shown(&case, None, at(date(2026, 3, 9), 23)), Colour::Yellow);
    assert_eq!(shown(&case, None, at(date(2026, 3, 10), 0)), Colour::Red);
    take(&mut case, "answer", Party::Lead, at(date(2026, 3, 10), 9));
    assert_eq!(shown(&case, None, at(date(2026, 3, 10), 10)), Colour::Yellow);
    take(&mut case, "confirm", Party::Asker, at(date(2026, 3, 11), 9));
    assert_eq!(shown(&case, None, at(date(2026, 6, 1), 9)), Colour::Yellow);
}

#[test]
fn who_asked_and_stays_silent_makes_nobody_late() {
    let mut case = underway(date(2026, 3, 2));
    take(&mut case, "answer", Party::Lead, at(date(2026, 3, 4), 9));
    take(&mut case, "lapse", Party::Clock, at(date(2026, 3, 30), 9));
    assert_eq!(shown(&case, None, at(date(2026, 4, 1), 9)), Colour::Blue);
}

#[test]
fn a_pause_hides_no_red() {
    let mut case = underway(date(2026, 3, 2));
    take(&mut case, "pause", Party::Lead, at(date(2026, 3, 10), 9));
    for day in [date(2026, 3, 11), date(2026, 6, 1)] {
        assert_eq!(shown(&case, None, at(day, 9)), Colour::Red);
    }
    let painter = by_id("colour-default").unwrap().ready();
    let next = colour_until(&case, None, at(date(2026, 3, 11), 9), Calendar::builtin(), &painter).unwrap().1;
    assert_eq!(next, None);
}

#[test]
fn a_month_that_is_made_up_for_turns_yellow() {
    let mut case = common::open("task", at(date(2026, 1, 5), 9)).0;
    take(&mut case, "take_up", Party::Lead, at(date(2026, 1, 5), 10));
    case.until = Some(date(2026, 12, 1));
    let month = |month| Month { month: date(2026, month, 1), amount: 25.into() };
    let mut plan = Plan { months: (1..=4).map(month).collect(), ..Plan::default() };
    assert_eq!(shown(&case, Some(&plan), at(date(2026, 1, 31), 9)), Colour::Green);
    assert_eq!(shown(&case, Some(&plan), at(date(2026, 2, 1), 9)), Colour::Yellow);
    assert_eq!(shown(&case, Some(&plan), at(date(2026, 3, 1), 9)), Colour::Red);
    plan.done.push(Done { on: date(2026, 3, 3), amount: 50.into() });
    assert_eq!(shown(&case, Some(&plan), at(date(2026, 3, 3), 9)), Colour::Yellow);
}

#[test]
fn the_reasons_name_the_condition_its_figures_and_its_article() {
    let case = underway(date(2026, 3, 2));
    let painter = by_id("colour-default").unwrap().ready();
    let measured = Measured::of(&case, None, at(date(2026, 3, 12), 9), Calendar::builtin()).unwrap();
    let told = painter.explain(&measured);
    assert_eq!(told.len(), 1);
    let text = told[0].1.lines(Lang::Zh);
    for words in ["逾期未办结", "《通用方案一》", "逾期天数 = 3日"] {
        assert!(text.contains(words), "{text}");
    }
    // A lamp that cannot be decided is grey and says which figure is missing.
    let unknown = painter.paint(&Measured { days_used: 1, ..Measured::default() });
    assert_eq!(unknown.colour, Colour::Grey);
    assert_eq!(painter.scheme().policy.conditions[unknown.condition.unwrap()].id, "yellow");
}

#[test]
fn an_override_needs_a_reason_and_an_end_and_stays_marked() {
    let from = at(date(2026, 3, 2), 9);
    let good = Override {
        colour: Colour::Yellow,
        reason: "供电线路由省里统一改造".into(),
        by: "督查员".into(),
        from,
        until: date(2026, 3, 31),
    };
    assert_eq!(good.check(), Ok(()));
    let refused = |change: &dyn Fn(&mut Override)| {
        let mut other = good.clone();
        change(&mut other);
        other.check().unwrap_err()
    };
    assert_eq!(refused(&|one| one.reason = "  ".into()), OverrideRefusal::NoReason);
    assert_eq!(refused(&|one| one.until = date(2026, 3, 1)), OverrideRefusal::Past);
    assert_eq!(refused(&|one| one.until = date(2026, 6, 3)), OverrideRefusal::TooLong);
    assert_eq!(refused(&|one| one.colour = Colour::Grey), OverrideRefusal::Grey);
    let case = underway(date(2026, 3, 2));
    let painter = by_id("colour-default").unwrap().ready();
    let all = [good];
    for (day, expected, marked) in [(date(2026, 3, 20), Colour::Yellow, true), (date(2026, 4, 1), Colour::Red, false)] {
        let computed = colour(&case, None, at(day, 9), Calendar::builtin(), &painter).unwrap();
        let shown = Shown::of(computed, &all, at(day, 9));
        assert_eq!((shown.colour, shown.computed.colour, shown.set.is_some()), (expected, Colour::Red, marked));
    }
}

#[test]
fn a_day_agreed_in_a_year_whose_holidays_are_not_known_has_a_colour() {
    let mut case = common::open("task", at(date(2026, 12, 1), 9)).0;
    case.until = Some(date(2027, 3, 1));
    assert_eq!(shown(&case, None, at(date(2026, 12, 24), 9)), Colour::Green);
}

#[test]
fn a_clock_in_hours_changes_colour_at_its_moment() {
    let (case, _) = common::open("duty_report", at(date(2026, 3, 2), 8));
    let painter = by_id("colour-ouhai").unwrap().ready();
    let calendar = Calendar::builtin();
    let next = colour_until(&case, None, at(date(2026, 3, 3), 7), calendar, &painter).unwrap().1.unwrap();
    assert_eq!(next, at(date(2026, 3, 3), 8) + SignedDuration::from_micros(1));
    let seen = |when| colour(&case, None, when, calendar, &painter).unwrap().colour;
    assert_eq!((seen(next - SignedDuration::from_micros(1)), seen(next)), (Colour::Green, Colour::Red));
}

fn day(from: Date, days: i64) -> Date {
    from + days.days()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_colour_changes_before_the_moment_that_was_foretold(
        which in 0..8usize,
        amounts in prop::collection::vec(0..40i64, 4),
        done in prop::collection::vec((0..120i64, 0..50i64), 0..5),
        chases in 0..3usize,
        start in 0..60i64,
        hours in 0..3000i64,
        has_plan in any::<bool>(),
    ) {
        let first = day(date(2026, 1, 5), start);
        let mut case = common::open("task", at(first, 9)).0;
        take(&mut case, "take_up", Party::Lead, at(first, 10));
        for _ in 0..chases {
            take(&mut case, "chase", Party::Supervisor, at(first, 11));
        }
        let month = |(month, amount): (usize, &i64)| Month { month: date(2026, month as i8 + 1, 1), amount: (*amount).into() };
        let reported = |(days, amount): &(i64, i64)| Done { on: day(date(2026, 1, 1), *days), amount: (*amount).into() };
        let plan = Plan { months: amounts.iter().enumerate().map(month).collect(), done: done.iter().map(reported).collect(), ..Plan::default() };
        let plan = has_plan.then_some(&plan);
        let painter = schemes()[which].ready();
        let now = at(first, 12) + SignedDuration::from_hours(hours);
        let seen = |when| colour(&case, plan, when, Calendar::builtin(), &painter).unwrap().colour;
        let next = colour_until(&case, plan, now, Calendar::builtin(), &painter).unwrap().1.unwrap();
        prop_assert!(next > now);
        let whole = next.duration_since(now);
        for part in 0..40 {
            let when = now + whole * part / 40;
            prop_assert_eq!(seen(when), seen(now), "{} of {} to {}", when, now, next);
        }
    }
}

#[test]
fn the_page_of_the_documentation_names_every_scheme() {
    let page = include_str!("../../../docs/loop-rules.md");
    for scheme in schemes() {
        assert!(page.contains(&format!("| `{}` |", scheme.policy.id)), "{}", scheme.policy.id);
    }
    for scheme in loops::closure::list_schemes() {
        assert!(page.contains(&format!("`{}`", scheme.policy.id)), "{}", scheme.policy.id);
    }
}
