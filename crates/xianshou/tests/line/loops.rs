//! The closed loops on the command line.

use serde_json::json;

use crate::desk::Desk;

#[test]
fn every_kind_is_listed_with_its_states_steps_clock_and_proof() {
    let desk = Desk::new();
    let listed = desk.run(&["loops", "--format", "json"]).ends(0).json();
    let kinds: Vec<&str> = listed.as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["matter", "visit", "duty_report", "task", "approval", "document", "inspection", "assistance"]);
    let task = &desk.run(&["loops", "task", "--format", "json"]).ends(0).json()[0];
    let hand_in = task["events"].as_array().unwrap().iter().find(|event| event["event"] == "hand_in").unwrap();
    assert_eq!((&hand_in["who"], &hand_in["needs"]), (&json!(["lead"]), &json!(["text", "proof"])));
    let close = task["events"].as_array().unwrap().iter().find(|event| event["event"] == "close").unwrap();
    assert_eq!(close["needs"], json!(["another_person"]));
    assert_eq!(
        task["states"][1],
        json!({
            "state": "underway", "zh": "推进中", "en": "underway", "time": "runs", "owner": "lead",
            "clock": { "natural_days": 31 },
        })
    );
}

#[test]
fn a_graph_is_drawn_by_loops_and_by_nothing_else() {
    let desk = Desk::new();
    let drawn = desk.run(&["loops", "visit", "--format", "dot"]).ends(0).out;
    assert!(drawn.starts_with("digraph loops {") && drawn.contains("visit_due -> visit_visited"), "{drawn}");
    assert!(!drawn.contains("matter_raised"), "{drawn}");
    let refused = desk.run(&["verify", "--format", "dot"]).ends(64);
    assert!(refused.err.contains("only loops draws a graph"), "{}", refused.err);
    let unknown = desk.run(&["loops", "gossip"]).ends(2);
    assert!(unknown.err.contains("“gossip”") && unknown.err.contains("duty_report"), "{}", unknown.err);
}

#[test]
fn the_page_of_the_documentation_says_what_the_program_says() {
    let page = include_str!("../../../../docs/loops.md");
    for kind in &::loops::ALL {
        let said = ::loops::words(kind, kernel::Lang::Zh);
        assert!(page.contains(&said), "docs/loops.md differs on {}:\n{said}", kind.key);
    }
}
