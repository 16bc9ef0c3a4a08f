//! Visits by a cadence and duty reports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::{at, open, take, take_with};
use jiff::civil::{Date, date};
use kernel::calendar::Calendar;
use kernel::{Catalogue, Lang};
use loops::Party;
use loops::cadence::{Away, Candidate, Every, Made, Weights, history, owed, round, work_123};
use loops::closure::Window;
use loops::duty::{Duty, Limit, Rhythm, Standing, expected, jumps, standing};
use rust_decimal::Decimal;

fn made(what: &str, days: &[Date]) -> Vec<Made> {
    days.iter().map(|on| Made { officer: "li".into(), what: what.into(), on: *on }).collect()
}

/// What is owed of firm visits on a day: wanted, carried, done, missing, and by when.
fn firm_visits(day: Date, done: &[Date], away: &[Away]) -> (u32, u32, u32, u32, Option<Date>) {
    let cadence = work_123();
    let found = owed(&cadence, "li", day, &made("firm_visit", done), away, Calendar::builtin()).unwrap();
    let firm = found.into_iter().find(|one| one.norm.what == "firm_visit").unwrap();
    (firm.wanted, firm.carried, firm.done, firm.missing(), firm.by)
}

#[test]
fn a_talk_a_quarter_two_parks_a_month_three_firms_a_week() {
    let cadence = work_123();
    let asked: Vec<(Every, u32)> = cadence.norms.iter().map(|norm| (norm.every, norm.count)).collect();
    assert_eq!(asked, [(Every::Quarter, 1), (Every::Month, 2), (Every::Week, 3)]);
    let day = date(2026, 5, 20);
    let span = |every: Every| (every.span(day).from, every.span(day).to);
    assert_eq!(span(Every::Week), (date(2026, 5, 18), date(2026, 5, 24)));
    assert_eq!(span(Every::Month), (date(2026, 5, 1), date(2026, 5, 31)));
    assert_eq!(span(Every::Quarter), (date(2026, 4, 1), date(2026, 6, 30)));
    let before = [date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 15)];
    assert_eq!(firm_visits(day, &before, &[]), (3, 0, 0, 3, Some(date(2026, 5, 22))));
    assert_eq!(firm_visits(day, &before[..2], &[]), (3, 1, 0, 4, Some(date(2026, 5, 22))));
    let all = [before.as_slice(), &[date(2026, 5, 18), date(2026, 5, 19)]].concat();
    assert_eq!(firm_visits(day, &all, &[]), (3, 0, 2, 1, Some(date(2026, 5, 22))));
}

#[test]
fn what_is_missing_opens_once_for_each_place_of_the_period_and_never_beside_what_is_open() {
    let cadence = work_123();
    let before = [date(2026, 5, 11), date(2026, 5, 12)];
    let owed_on = |day: Date| {
        let found = owed(&cadence, "li", day, &made("firm_visit", &before), &[], Calendar::builtin()).unwrap();
        found.into_iter().find(|one| one.norm.what == "firm_visit").unwrap()
    };
    let wednesday = owed_on(date(2026, 5, 20));
    assert_eq!((wednesday.to_open(0), wednesday.to_open(3), wednesday.to_open(9)), (4, 1, 0));
    let occasions: Vec<String> = wednesday.occasions("123", "li").collect();
    assert_eq!(occasions.len(), 4);
    assert_eq!(occasions[3], "123:firm_visit:2026-05-18:li:4");
    assert_eq!(occasions, owed_on(date(2026, 5, 18)).occasions("123", "li").collect::<Vec<_>>(), "any day of the week");
    // On Sunday there is no day left to make them on.
    assert_eq!(owed_on(date(2026, 5, 24)).to_open(0), 0);
}

#[test]
fn holidays_and_leave_ask_for_less() {
    let before = [date(2026, 9, 28), date(2026, 9, 29), date(2026, 9, 30)];
    // The week of 28 September 2026 has three working days, that of 5 October three with Saturday.
    assert_eq!(firm_visits(date(2026, 10, 5), &before, &[]), (2, 0, 0, 2, Some(date(2026, 10, 10))));
    let away = [Away { officer: "li".into(), days: Window { from: date(2026, 10, 5), to: date(2026, 10, 11) } }];
    assert_eq!(firm_visits(date(2026, 10, 5), &before, &away), (0, 0, 0, 0, None));
    let others = [Away { officer: "wang".into(), ..away[0].clone() }];
    assert_eq!(firm_visits(date(2026, 10, 5), &before, &others).0, 2);
}

#[test]
fn a_period_that_reaches_into_a_year_not_known_asks_for_all() {
    let cadence = work_123();
    let found = owed(&cadence, "li", date(2026, 12, 22), &[], &[], Calendar::builtin()).unwrap();
    let asked: Vec<(u32, Option<Date>)> = found.iter().map(|one| (one.wanted, one.by)).collect();
    let last = Some(date(2026, 12, 25));
    assert_eq!(asked, [(1, last), (2, last), (3, last)]);
}

#[test]
fn done_against_due_is_told_by_period() {
    let cadence = work_123();
    let visits = made("firm_visit", &[date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 13), date(2026, 5, 18)]);
    let within = Window { from: date(2026, 5, 11), to: date(2026, 5, 31) };
    let found = history(&cadence, "li", within, &visits, &[], Calendar::builtin()).unwrap();
    let weeks: Vec<(u32, u32)> =
        found.iter().filter(|one| one.norm.every == Every::Week).map(|one| (one.wanted, one.done)).collect();
    assert_eq!(weeks, [(3, 3), (3, 1), (3, 0)]);
    assert!(found.iter().all(|one| one.norm.every != Every::Quarter), "the quarter has not ended");
}

#[test]
fn a_round_stays_in_the_place_of_the_one_that_needs_it_most() {
    let firm = |subject: &str, place: &str, spot, last, matters| Candidate {
        subject: subject.into(),
        place: Some(place.into()),
        spot: Some(spot),
        last,
        open_matters: matters,
        ..Candidate::default()
    };
    let on = date(2026, 5, 20);
    let recent = Some(date(2026, 5, 1));
    let firms = [
        firm("far", "东园", (0, 900_000), recent, 1),
        firm("near", "东园", (0, 100_000), recent, 0),
        firm("needy", "东园", (0, 0), None, 3),
        firm("other", "西园", (0, 50_000), None, 2),
        firm("middle", "东园", (0, 300_000), Some(date(2026, 2, 1)), 0),
    ];
    let stops = round(&firms, on, 3, &Weights::default());
    let way: Vec<&str> = stops.iter().map(|stop| stop.subject.as_str()).collect();
    assert_eq!(way, ["needy", "middle", "far"]);
    let why: Vec<String> = stops[0].reasons.iter().map(|reason| reason.say(Lang::Zh)).collect();
    assert_eq!(why, ["从未走访", "有 3 件诉求在办"]);
    let mut titled = firms[1].clone();
    titled.title = Some(("高新技术企业".into(), date(2026, 7, 1)));
    let stops = round(&[titled], on, 1, &Weights::default());
    assert_eq!((stops[0].points, stops[0].reasons[0].say(Lang::Zh).as_str()), (30, "“高新技术企业”2026-07-01 变动"));
    assert!(round(&[], on, 3, &Weights::default()).is_empty());
}

fn duty(unit: &str, rhythm: Rhythm) -> Duty {
    Duty {
        form: "日报".into(), unit: unit.into(), rhythm, by_hour: 18, from: date(2026, 1, 1), until: None, ahead: 0
    }
}

#[test]
fn who_must_report_follows_from_the_duty_and_the_calendar() {
    let days = |rhythm, from, to| -> Vec<Date> {
        let found = expected(&[duty("甲局", rhythm)], Window { from, to }, Calendar::builtin()).unwrap();
        found.into_iter().map(|one| one.day).collect()
    };
    assert_eq!(days(Rhythm::Daily, date(2026, 9, 30), date(2026, 10, 2)).len(), 3);
    assert_eq!(days(Rhythm::WorkingDays, date(2026, 9, 30), date(2026, 10, 8)), [date(2026, 9, 30), date(2026, 10, 8)]);
    assert_eq!(days(Rhythm::Weekly(5), date(2026, 5, 1), date(2026, 5, 10)), [date(2026, 5, 1), date(2026, 5, 8)]);
    assert_eq!(days(Rhythm::Monthly(31), date(2026, 2, 1), date(2026, 3, 31)), [date(2026, 2, 28), date(2026, 3, 31)]);
    let one = &expected(
        &[duty("甲局", Rhythm::Daily)],
        Window { from: date(2026, 5, 1), to: date(2026, 5, 1) },
        Calendar::builtin(),
    )
    .unwrap()[0];
    assert_eq!((one.due, one.occasion().as_str()), (at(date(2026, 5, 1), 18), "duty:日报:甲局:2026-05-01"));
    let beyond = expected(
        &[duty("甲局", Rhythm::WorkingDays)],
        Window { from: date(2026, 12, 20), to: date(2027, 1, 5) },
        Calendar::builtin(),
    );
    assert!(beyond.is_err(), "next year's holidays are not known");
}

#[test]
fn nothing_to_report_is_a_report_and_silence_is_none() {
    let day = date(2026, 5, 6);
    let due = &expected(&[duty("甲局", Rhythm::Daily)], Window { from: day, to: day }, Calendar::builtin()).unwrap()[0];
    let report = |step: &str, signed: Option<i8>| {
        let mut case = open("duty_report", at(day, 8)).0;
        take_with(&mut case, step, Party::Lead, at(day, 16), |given| given.proofs.clear());
        if let Some(hour) = signed {
            take(&mut case, "sign", Party::Head, at(day, hour));
        }
        case
    };
    let at_night = at(day, 22);
    let seen = |case: Option<&loops::Case>, when| standing(due, case, when);
    assert_eq!(seen(Some(&report("fill", Some(17))), at_night), Standing::Reported { late: false });
    assert_eq!(seen(Some(&report("fill", Some(20))), at_night), Standing::Reported { late: true });
    assert_eq!(seen(Some(&report("nothing", Some(17))), at_night), Standing::Nothing { late: false });
    assert_eq!(seen(Some(&report("nothing", None)), at_night), Standing::Unsigned);
    assert_eq!(seen(None, at_night), Standing::Silent);
    assert_eq!(seen(None, at(day, 17)), Standing::Waiting);
    let empty = open("duty_report", at(day, 8)).0;
    assert_eq!(seen(Some(&empty), at_night), Standing::Silent);
    assert!(Standing::Silent.is_late() && !Standing::Nothing { late: false }.is_late());
    // Who said nothing and was asked to correct it has figures in the end.
    let mut corrected = report("nothing", Some(17));
    take(&mut corrected, "correct", Party::Supervisor, at(day, 18));
    take(&mut corrected, "fill", Party::Lead, at(day, 19));
    take(&mut corrected, "sign", Party::Head, at(day, 20));
    assert!(!corrected.nothing);
}

#[test]
fn a_jump_is_asked_about_in_the_fields_own_unit() {
    let sheet = |figures: &[(&str, i64)]| -> BTreeMap<String, Decimal> {
        figures.iter().map(|(field, figure)| ((*field).to_owned(), Decimal::from(*figure))).collect()
    };
    let before = sheet(&[("total_staff", 100), ("operating_revenue", 1000), ("new", 0), ("gone", 5)]);
    let now = sheet(&[("total_staff", 131), ("operating_revenue", 1300), ("new", 60), ("fresh", 9)]);
    let usual = Limit { percent: 30.into(), least: 10.into() };
    let found = jumps(&before, &now, &BTreeMap::new(), usual);
    let fields: Vec<&str> = found.iter().map(|jump| jump.field.as_str()).collect();
    assert_eq!(fields, ["new", "total_staff"], "30 % is the limit and no jump");
    let said = found[1].say(Catalogue::builtin(), Lang::Zh);
    assert!(said.contains("100人 变为 131人（31%）"), "{said}");
    assert!(found[0].say(Catalogue::builtin(), Lang::Zh).contains("由 0 变为 60"));
    let own = BTreeMap::from([("total_staff".to_owned(), Limit { percent: 50.into(), least: 10.into() })]);
    assert_eq!(jumps(&before, &now, &own, usual).len(), 1);
}
