//! What must hold for every kind of loop, whatever its states are called.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use kernel::Lang;
use loops::{ALL, Kind, State, Turn, by_key, dot, listed};

/// The states that can be come to from a state, itself with them.
fn reachable(kind: &'static Kind, from: &'static State) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::from([from.key]);
    let mut open = vec![from.key];
    while let Some(key) = open.pop() {
        for to in kind.steps_from(key).filter_map(|step| step.to) {
            if found.insert(to) {
                open.push(to);
            }
        }
    }
    found
}

#[test]
fn every_step_leads_from_states_there_are_to_a_state_there_is() {
    for kind in &ALL {
        let states: BTreeSet<&str> = kind.states.iter().map(|state| state.key).collect();
        let steps: BTreeSet<&str> = kind.steps.iter().map(|step| step.key).collect();
        assert_eq!((states.len(), steps.len()), (kind.states.len(), kind.steps.len()), "{}: a key twice", kind.key);
        for step in kind.steps {
            let lost: Vec<_> = step.from.iter().chain(step.to.iter()).filter(|key| !states.contains(*key)).collect();
            assert!(lost.is_empty(), "{} {}: no state {lost:?}", kind.key, step.key);
            assert!(!step.from.is_empty() && !step.who.is_empty(), "{} {}: nobody can take it", kind.key, step.key);
        }
    }
}

#[test]
fn no_state_but_an_end_is_without_an_owner_who_can_act() {
    for kind in &ALL {
        for state in kind.states.iter().filter(|state| !state.is_end()) {
            let owner = state.owner().unwrap_or_else(|| panic!("{} {}: nobody's turn", kind.key, state.key));
            let can = kind.steps_from(state.key).any(|step| step.who.contains(&owner) && step.to.is_some());
            assert!(can, "{} {}: its owner can do nothing", kind.key, state.key);
            let runs = matches!(state.turn, Turn::Runs(_));
            assert_eq!(runs, state.clock.is_some(), "{} {}: time runs with a clock only", kind.key, state.key);
        }
    }
}

#[test]
fn every_state_is_come_to_and_leads_to_an_end() {
    for kind in &ALL {
        let come_to = reachable(kind, kind.first());
        for state in kind.states {
            assert!(come_to.contains(state.key), "{} {}: nothing leads to it", kind.key, state.key);
            let ends = reachable(kind, state).into_iter().any(|key| kind.state(key).unwrap().is_end());
            assert!(ends, "{} {}: it never ends", kind.key, state.key);
        }
    }
}

#[test]
fn an_end_is_left_only_by_opening_the_case_again() {
    for kind in &ALL {
        for state in kind.states.iter().filter(|state| state.is_end()) {
            for step in kind.steps_from(state.key) {
                let to = step.to.and_then(|key| kind.state(key)).unwrap_or(state);
                assert!(step.reopens || to.is_end(), "{} {}: leaves an end", kind.key, step.key);
            }
        }
    }
}

#[test]
fn ladders_rise_and_names_are_in_both_languages() {
    for kind in &ALL {
        assert!(kind.ladder.windows(2).all(|pair| pair[0].percent < pair[1].percent), "{}", kind.key);
        let names = kind.states.iter().map(|state| (state.zh, state.en));
        for (zh, en) in names.chain(kind.steps.iter().map(|step| (step.zh, step.en))).chain([(kind.zh, kind.en)]) {
            assert!(!zh.is_ascii() && en.is_ascii() && !en.is_empty(), "{zh} / {en}");
        }
        assert_eq!(by_key(kind.key), Some(kind));
    }
    assert_eq!(by_key("nothing"), None);
}

#[test]
fn the_kinds_are_listed_for_scripts_and_drawn() {
    let listed = listed(&ALL);
    let matter = &listed[0];
    assert_eq!((listed.as_array().unwrap().len(), matter["kind"].as_str()), (ALL.len(), Some("matter")));
    assert_eq!(matter["states"][0]["owner"], "desk");
    assert_eq!(matter["states"][0]["clock"], serde_json::json!({"working_days": 1}));
    assert_eq!(matter["events"][0]["needs"], serde_json::json!(["unit"]));
    let drawn = dot(&ALL, Lang::Zh);
    assert!(drawn.contains("matter_raised -> matter_dispatched [label=\"分派\\n分派台 / 园区\"];"), "{drawn}");
    assert_eq!(drawn.matches('{').count(), drawn.matches('}').count());
}
