//! What changed between two versions, and what the change does to enterprises.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kernel::{Catalogue, FactKey, Lang, Period, Value};
use policy::diff::{Part, diff};
use policy::simulate::simulate;
use policy::{Answer, FactSheet, Library, Policy, Settings, Table, check};

const ON: Date = date(2026, 6, 1);

fn text(edge: &str, points: &str, amount: &str) -> String {
    format!(
        "政策 p 试\n文号 甲〔2026〕1号\n施行 2026-01-01\n参数 补贴 = {amount}\n条件 A 人数\n  职工总数[上年] ≥ {edge}\n评分 评 满分 10 须 ≥ 5\n  项 乙 满分 10\n    分档 科技人员[上年]\n      ≥ 10人 : {points}\n      其余 : 5\n奖励 补贴款\n  补贴\n"
    )
}

fn load(text: &str, set: &Settings) -> Policy {
    let checked = check(text, Catalogue::builtin(), set);
    assert!(checked.policy.is_some(), "{:?}", checked.problems);
    checked.policy.unwrap()
}

#[test]
fn a_changed_edge_band_and_setting_are_named_in_both_languages() {
    let before = load(&text("10人", "8", "1万元"), &Settings::new());
    let after = load(&text("20人", "10", "2万元"), &Settings::new());
    assert!(diff(&before, &before).is_empty());
    let changes = diff(&before, &after);
    let found: Vec<(Part, &str)> = changes.iter().map(|change| (change.part, change.id.as_str())).collect();
    assert_eq!(
        found,
        [(Part::Setting, "补贴"), (Part::Condition, "A"), (Part::Score, "评.乙"), (Part::Reward, "补贴款")]
    );
    assert_eq!(changes[0].words.say(Lang::Zh), "参数“补贴”由“1万元”改为“2万元”");
    assert!(changes[1].words.say(Lang::En).contains("20人"), "{:?}", changes[1].words);
}

#[test]
fn a_change_tells_the_text_of_its_own_part_only() {
    let all = "政策 p 试\n文号 甲〔2026〕1号\n施行 2026-01-01\n条件 A 人数\n  职工总数[上年] ≥ 10人\n条件 B 占比\n  科技人员[上年] / 职工总数[上年] ≥ 5%\n条件 C 又一\n  职工总数[上年] ≤ 900人\n";
    let (before, after) = (load(all, &Settings::new()), load(&all.replace("900人", "800人"), &Settings::new()));
    let changes = diff(&before, &after);
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!(changes[0].words.say(Lang::Zh), "条件“又一”由“职工总数[上年] ≤ 900人”改为“职工总数[上年] ≤ 800人”");
    let (before, after) = (load(all, &Settings::new()), load(&all.replace("10人", "20人"), &Settings::new()));
    assert_eq!(diff(&before, &after).iter().map(|change| change.id.as_str()).collect::<Vec<_>>(), ["A"]);
}

#[test]
fn a_condition_that_is_new_or_gone_is_told() {
    let with = text("10人", "8", "1万元").replace("评分 评", "条件 丙\n  居民企业\n评分 评");
    let (before, after) = (load(&text("10人", "8", "1万元"), &Settings::new()), load(&with, &Settings::new()));
    let told = |a: &Policy, b: &Policy| {
        diff(a, b).into_iter().map(|change| (change.id, change.before, change.after)).collect::<Vec<_>>()
    };
    assert_eq!(told(&before, &after), [("丙".to_owned(), None, Some("居民企业".to_owned()))]);
    assert_eq!(told(&after, &before), [("丙".to_owned(), Some("居民企业".to_owned()), None)]);
}

#[test]
fn versions_of_the_library_differ_where_the_regulation_does() {
    let (library, _) = Library::builtin("", &Settings::new());
    let before = library.policy("srdi-sme", date(2026, 3, 31)).unwrap();
    let after = library.policy("srdi-sme", date(2026, 4, 1)).unwrap();
    assert!(diff(before, after).len() > 5);
    assert!(diff(after, after).is_empty());
}

#[test]
fn a_higher_edge_lets_some_leave_and_a_higher_amount_costs_more() {
    let set = Settings::from([("补贴".to_owned(), "3万元".to_owned())]);
    let before = load(&text("10人", "8", "1万元"), &Settings::new());
    let after = load(&text("20人", "8", "1万元"), &set);
    let (before, after) = (before.on(ON), after.on(ON));
    let mut table = Table::of([&before, &after]);
    let key = |field: &str| FactKey::of(field, Period::Year(2025));
    for staff in [Some(9), Some(10), Some(19), Some(20), None] {
        let facts = staff.map(|staff| (key("total_staff"), Value::Integer(staff)));
        let science = (key("sci_tech_staff"), Value::Integer(3));
        table.push(&FactSheet { facts: facts.into_iter().chain([science]).collect(), records: BTreeMap::new() });
    }
    let effect = simulate(&before, &after, &table);
    assert_eq!((effect.enter, effect.leave, effect.moved), (vec![], vec![1, 2], vec![]));
    assert_eq!(effect.meeting, (3, 1));
    let wan = |range: policy::answer::Range| {
        let whole = |figure: Option<policy::exact::Exact>| figure.unwrap().whole().unwrap() / 1_000_000;
        (whole(range.lo), whole(range.hi))
    };
    assert_eq!((wan(effect.cost_before), wan(effect.cost_after)), ((3, 4), (3, 6)));
    let back = simulate(&after, &before, &table);
    assert_eq!(back.enter, [1, 2]);
    assert_eq!(before.columns(&table).answers()[4], Answer::Undetermined);
}
