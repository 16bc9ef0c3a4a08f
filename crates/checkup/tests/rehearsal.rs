//! A text held against another on a handful of enterprises: who enters and leaves, what it costs, who is close.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use checkup::Stage;
use checkup::rehearsal::Rehearsal;
use jiff::civil::date;
use kernel::{Catalogue, FactKey, Value};
use policy::{FactSheet, Policy, Settings, check};

fn read(limit: u32, paid: &str) -> Policy {
    let text = format!(
        "政策 p 甲\n文号 一号\n层级 国家\n适用 企业\n施行 2026-01-01\n\n条件 A 人数\n  职工总数[上年] ≤ {limit}人\n\n条件 B 科技人员\n  科技人员数[上年] ≥ 5人\n{paid}"
    );
    let checked = check(&text, Catalogue::builtin(), &Settings::new());
    checked.policy.unwrap_or_else(|| panic!("{:?}", checked.problems))
}

fn firm(staff: Option<i64>, tech: i64) -> FactSheet {
    let mut sheet = FactSheet::default();
    let mut know = |field: &str, figure: i64| {
        sheet.facts.insert(format!("{field}@2025").parse::<FactKey>().unwrap(), Value::Integer(figure));
    };
    staff.into_iter().for_each(|staff| know("total_staff", staff));
    know("sci_tech_staff", tech);
    sheet
}

fn rehearse(before: Option<&Policy>, after: &Policy) -> Rehearsal {
    let on = date(2026, 6, 1);
    let mut stage = Stage::new(before.map(|before| before.on(on)), after.on(on));
    for firm in [firm(Some(90), 9), firm(Some(104), 9), firm(Some(300), 9), firm(None, 9), firm(Some(106), 1)] {
        stage.hold(&firm);
    }
    stage.done()
}

const PAID: &str = "\n奖励 R 一次性奖励\n  10万元\n";

#[test]
fn a_wider_limit_lets_in_who_it_stopped_and_its_cost_is_bounded_by_what_is_not_known() {
    let (old, new) = (read(100, ""), read(110, PAID));
    let told = rehearse(Some(&old), &new);
    assert_eq!(told.enterprises, 5);
    let enters: Vec<usize> = told.enters.iter().map(|changed| changed.row).collect();
    assert_eq!((enters, told.leaves.len(), told.moves.len()), (vec![1], 0, 0));
    let because = &told.enters[0].because;
    assert_eq!((because.len(), because[0].id.as_str(), because[0].fails), (1, "A", true), "what stopped it before");
    let paid = (told.cost_before, told.cost_after.unwrap());
    assert_eq!((paid.0, paid.1.least, paid.1.most), (None, Some(20_000_000), Some(30_000_000)));
    let stops: Vec<_> = told.stops.iter().map(|stop| (stop.id.as_str(), stop.before, stop.after)).collect();
    assert_eq!(stops, [("A", Some(3), Some(1)), ("B", Some(1), Some(1))]);
    let near: Vec<_> = told.near.iter().map(|near| (near.row, near.condition.id.as_str(), near.holds)).collect();
    assert_eq!(near, [(4, "A", true)], "106 is within 5 % of 110; 104 is not");
    assert_eq!((told.near[0].now.as_str(), told.near[0].edge.as_str()), ("106人", "≤ 110人"));
}

#[test]
fn a_narrower_limit_tells_who_leaves_by_the_condition_that_stops_it_now() {
    let (old, new) = (read(110, PAID), read(80, PAID));
    let told = rehearse(Some(&old), &new);
    let leaves: Vec<_> = told.leaves.iter().map(|changed| (changed.row, changed.is.as_str())).collect();
    assert_eq!(leaves, [(0, "fails"), (1, "fails")]);
    assert!(told.leaves.iter().all(|changed| changed.because[0].id == "A"));
    let meeting = (told.before.unwrap().meets, told.after.meets, told.after.undetermined);
    assert_eq!(meeting, (2, 0, 1));
}

#[test]
fn a_new_policy_is_entered_by_whoever_meets_it_and_nobody_else_moves() {
    let told = rehearse(None, &read(110, PAID));
    assert_eq!((told.enters.len(), told.leaves.len(), told.moves.len(), told.before), (2, 0, 0, None));
    assert!(told.stops.iter().all(|stop| stop.before.is_none()));
}
