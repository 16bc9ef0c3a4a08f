//! Where matters go, goals and meetings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kernel::Lang;
use loops::Colour;
use loops::goals::{Minute, MinuteFault, OnTheWall, Part, SplitFault, agenda, check_split, spread, tasks};
use loops::plan::{Month, Plan};
use loops::routing::{Asked, Attribute, Conflict, Effect, Returned, Rule, When, accept, conflicts, propose, route};
use proptest::prelude::*;
use rust_decimal::Decimal;

const ON: Date = date(2026, 5, 20);

fn rule(key: &str, topics: &[&str], places: &[&str], effect: Effect, unit: &str) -> Rule {
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Rule {
        key: key.into(),
        when: When { topics: all(topics), places: all(places), attributes: Vec::new() },
        effect,
        unit: unit.into(),
        reason: "三定方案".into(),
        from: date(2026, 1, 1),
        until: None,
    }
}

fn power() -> Asked {
    Asked {
        topic: "power.connection".into(),
        place: "4101.east".into(),
        attributes: BTreeMap::from([("size".into(), "small".into())]),
    }
}

fn rules() -> Vec<Rule> {
    vec![
        rule("r1", &["power"], &[], Effect::Lead, "发改局"),
        rule("r2", &["power.connection"], &[], Effect::Lead, "供电公司"),
        rule("r3", &["power"], &["4101.east"], Effect::Assist, "东园"),
        rule("r4", &[], &[], Effect::Assist, "企业服务中心"),
        rule("r5", &["power"], &["4101.west"], Effect::Lead, "西园"),
    ]
}

fn leads(rules: &[Rule], asked: &Asked) -> Option<String> {
    route(rules, asked, ON, &BTreeMap::new()).lead
}

#[test]
fn the_more_exact_rule_leads_and_the_route_says_who_matched_and_who_did_not() {
    let mut rules = rules();
    let mut small = rule("r6", &["power"], &[], Effect::Assist, "中小企业局");
    small.when.attributes = vec![Attribute { field: "size".into(), among: vec!["small".into(), "micro".into()] }];
    rules.push(small);
    rules.push(rule("r7", &[], &["4101"], Effect::Exclude, "企业服务中心"));
    let loads = BTreeMap::from([("供电公司".to_owned(), 7)]);
    let found = route(&rules, &power(), ON, &loads);
    assert_eq!(found.lead.as_deref(), Some("供电公司"));
    assert_eq!(found.assisting, ["东园", "中小企业局"]);
    let lines = found.lines(Lang::Zh).join("\n");
    for line in [
        "供电公司：主办（规则 r2；在办 7 件）",
        "发改局：另有更贴切的规则（规则 r1；在办 0 件）",
        "企业服务中心：排除（规则 r7；在办 0 件）",
    ] {
        assert!(lines.contains(line), "{lines}");
    }
    assert!(!lines.contains("西园"), "a rule of another place named nobody");
    let large = Asked { attributes: BTreeMap::new(), ..power() };
    assert_eq!(route(&rules, &large, ON, &loads).assisting, ["东园"]);
    // A topic is not above another that merely begins alike, and a day before the rules knows nobody.
    assert_eq!(leads(&rules, &Asked { topic: "powerful".into(), ..power() }), None);
    assert_eq!(route(&rules, &power(), date(2025, 12, 31), &loads).lead, None);
}

#[test]
fn equally_exact_rules_are_reported_and_the_least_load_is_taken() {
    let mut rules = rules();
    rules.push(rule("r8", &["water", "power.connection"], &[], Effect::Lead, "城建局"));
    let found = conflicts(&rules);
    assert_eq!(found.len(), 1);
    let Conflict::TwoLeads(a, b) = found[0] else { panic!("{found:?}") };
    assert_eq!((a.key.as_str(), b.key.as_str()), ("r2", "r8"));
    let loads = BTreeMap::from([("供电公司".to_owned(), 3), ("城建局".to_owned(), 1)]);
    let tied = route(&rules, &power(), ON, &loads);
    assert_eq!((tied.lead.as_deref(), tied.was_tied), (Some("城建局"), true));
    // Rules whose days do not meet, or whose attributes cannot both be, are no conflict.
    rules[1].until = Some(date(2026, 3, 31));
    rules[5].from = date(2026, 4, 1);
    assert!(conflicts(&rules).is_empty());
    rules.push(rule("r9", &["power"], &[], Effect::Exclude, "发改局"));
    let never: Vec<String> = conflicts(&rules).iter().map(|one| one.say(Lang::Zh)).collect();
    assert_eq!(never, ["规则 r1 永远不会生效：规则 r9 把发改局排除在外。"]);
    rules.push(rule("r9", &["water"], &[], Effect::Exclude, "供电公司"));
    assert!(conflicts(&rules).iter().any(|one| matches!(one, Conflict::OneKey(..))));
}

fn returned(case: &str, topic: &str) -> Returned {
    Returned {
        case: case.into(),
        asked: Asked { topic: topic.into(), ..power() },
        wrong: "发改局".into(),
        right: "供电公司".into(),
    }
}

#[test]
fn wrong_doors_propose_a_change_that_a_person_accepts() {
    let rules = vec![rule("r1", &["power", "water"], &[], Effect::Lead, "发改局")];
    let cases = [returned("S-1", "power"), returned("S-2", "power"), returned("S-3", "power.price")];
    assert!(propose(&rules, &cases, ON, 3).is_empty(), "two cases are not three");
    let proposals = propose(&rules, &cases, ON, 2);
    assert_eq!(proposals.len(), 1);
    let proposal = &proposals[0];
    assert_eq!(
        (proposal.cases.as_slice(), proposal.keeps_old),
        (["S-1".to_owned(), "S-2".to_owned()].as_slice(), false)
    );
    assert_eq!(proposal.old.as_ref().unwrap().key, "r1");
    assert_eq!(proposal.rest.as_ref().unwrap().when.topics, ["water"]);
    assert_eq!(leads(&rules, &cases[0].asked).as_deref(), Some("发改局"), "nothing changes by itself");
    let after = accept(&rules, proposal, ON);
    assert_eq!(leads(&after, &cases[0].asked).as_deref(), Some("供电公司"));
    assert_eq!(leads(&after, &Asked { topic: "water".into(), ..power() }).as_deref(), Some("发改局"));
    let before = route(&after, &cases[0].asked, date(2026, 5, 19), &BTreeMap::new());
    assert_eq!(before.lead.as_deref(), Some("发改局"), "earlier days are as they were");
    assert!(conflicts(&after).is_empty(), "{:?}", conflicts(&after));
    assert!(propose(&after, &cases, ON, 2).is_empty(), "what was learnt is not proposed again");
    // A part of a wider topic leaves the wider rule as it is.
    let finer = propose(&rules, &[returned("S-4", "power.price"), returned("S-5", "power.price")], ON, 2);
    assert!(finer[0].keeps_old && finer[0].rest.is_none());
    let finer = accept(&rules, &finer[0], ON);
    assert_eq!(leads(&finer, &Asked { topic: "power.price".into(), ..power() }).as_deref(), Some("供电公司"));
    assert_eq!(leads(&finer, &Asked { topic: "power".into(), ..power() }).as_deref(), Some("发改局"));
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let topics = prop::sample::subsequence(vec!["power", "power.connection", "water"], 0..3);
    let places = prop::sample::subsequence(vec!["4101", "4101.east", "4101.west"], 0..3);
    let effect = prop::sample::select(vec![Effect::Lead, Effect::Assist, Effect::Exclude]);
    let unit = prop::sample::select(vec!["甲", "乙", "丙"]);
    (any::<u16>(), topics, places, effect, unit)
        .prop_map(|(key, topics, places, effect, unit)| rule(&format!("r{key}"), &topics, &places, effect, unit))
}

proptest! {
    #[test]
    fn the_order_of_the_rules_means_nothing(
        rules in prop::collection::vec(any_rule(), 0..8),
        shuffled in any::<prop::sample::Index>(),
    ) {
        let mut other = rules.clone();
        if !other.is_empty() {
            other.rotate_left(shuffled.index(rules.len()));
            other.reverse();
        }
        let loads = BTreeMap::from([("甲".to_owned(), 2), ("乙".to_owned(), 1)]);
        prop_assert_eq!(route(&rules, &power(), ON, &loads), route(&other, &power(), ON, &loads));
        let said = |rules: &[Rule]| { let mut all: Vec<String> = conflicts(rules).iter().map(|one| one.say(Lang::Zh)).collect(); all.sort(); all };
        prop_assert_eq!(said(&rules), said(&other));
        // A tie that a matter runs into is one that the report names.
        if route(&rules, &power(), ON, &loads).was_tied {
            prop_assert!(conflicts(&rules).iter().any(|one| matches!(one, Conflict::TwoLeads(..))));
        }
    }

    #[test]
    fn months_that_are_spread_add_up(total in 0..10_000_000i64, months in 1..24u32, digits in 0..3u32) {
        let total = Decimal::new(total, digits);
        let spread = spread(total, date(2026, 1, 15), months, digits);
        prop_assert_eq!(spread.iter().map(|one| one.amount).sum::<Decimal>(), total);
        prop_assert_eq!(spread.len(), months as usize);
        let least = spread.iter().map(|one| one.amount).min().unwrap();
        prop_assert!(spread[0].amount - least <= Decimal::new(1, digits));
    }
}

#[test]
fn a_split_adds_up_month_by_month_and_somebody_answers_for_each_part() {
    let month = |month, amount: i64| Month { month: date(2026, month, 1), amount: amount.into() };
    let goal = Plan { months: vec![month(1, 10), month(2, 20)], ..Plan::default() };
    let part = |unit: &str, person: &str, months: Vec<Month>| Part { unit: unit.into(), person: person.into(), months };
    let good = [part("甲", "张", vec![month(1, 4), month(2, 20)]), part("乙", "李", vec![month(1, 6)])];
    assert!(check_split(&goal, &good).is_empty());
    let bad = [
        part("甲", "", vec![month(1, 4), month(2, 19)]),
        part("乙", "李", vec![month(1, 7), month(1, -1), month(3, 1)]),
    ];
    let faults = check_split(&goal, &bad);
    let apart = |month, goal: i64, parts: i64| SplitFault::DoesNotAddUp {
        month: date(2026, month, 1),
        goal: goal.into(),
        parts: parts.into(),
    };
    assert_eq!(
        faults,
        [
            SplitFault::NobodyAnswers { part: 1 },
            SplitFault::BelowNought { unit: "乙".into(), month: date(2026, 1, 1) },
            apart(2, 20, 19),
            apart(3, 0, 1),
        ]
    );
    assert_eq!(faults[2].say(Lang::Zh), "2026 年 2 月：各单位合计 19，目标 20，相差 1。请调整分解。");
}

#[test]
fn the_agenda_is_what_is_late_the_worst_first() {
    let task = |case: &str, colour, days_late, heard| OnTheWall {
        case: case.into(),
        title: "项目".into(),
        unit: "甲局".into(),
        colour,
        days_late,
        months_missed: 0,
        heard,
    };
    let wall = [
        task("T-1", Colour::Green, 0, 2),
        task("T-2", Colour::Yellow, 0, 0),
        task("T-3", Colour::Red, 9, 0),
        task("T-4", Colour::Red, 2, 1),
        task("T-5", Colour::Blue, 0, 0),
    ];
    let found = agenda(&wall, Lang::Zh);
    let order: Vec<&str> = found.iter().map(|item| item.task.case.as_str()).collect();
    assert_eq!(order, ["T-4", "T-3", "T-2"]);
    assert_eq!(found[0].why, ["红灯", "逾期 2 天", "已连续 1 次上会"]);
}

#[test]
fn minutes_become_tasks_all_or_none() {
    let minute = Minute {
        case: Some("T-4".into()),
        decision: "月底前完成增容".into(),
        unit: "供电公司".into(),
        until: Some(date(2026, 5, 29)),
        ..Minute::default()
    };
    let given = tasks("2026-05", ON, std::slice::from_ref(&minute)).unwrap().remove(0);
    assert_eq!((given.title.as_deref(), given.unit.as_deref()), (Some("月底前完成增容"), Some("供电公司")));
    assert_eq!((given.parent.as_deref(), given.occasion.as_deref()), (Some("T-4"), Some("meeting:2026-05:1")));
    let past = Minute { until: Some(date(2026, 5, 19)), unit: " ".into(), ..minute.clone() };
    let refused = tasks("2026-05", ON, &[minute, past]).unwrap_err();
    assert_eq!(refused, [MinuteFault::NoUnit(2), MinuteFault::NoDay(2)]);
}
