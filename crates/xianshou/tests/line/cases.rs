//! One case on the command line: what happened in it, and that an altered event is named.

use std::sync::Arc;

use kernel::{Catalogue, Lang};
use loops::{Given, by_key};
use serde_json::json;
use store::access::{Hand, NewAccount, Role, UnitKind};
use store::{Location, Store};

use crate::desk::Desk;

/// A register with one document that was proposed.
fn with_a_document() -> Desk {
    let desk = Desk::new();
    desk.run(&["migrate", "--data", "z"]).ends(0);
    let location = Location::in_directory(&desk.path("z"));
    store::testing::run(async {
        let store = Store::open(&location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
        let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "高新区").await.unwrap().id;
        let new = NewAccount {
            name: "desk",
            display_name: "收文员",
            unit: top,
            enterprise: None,
            lang: Lang::Zh,
            password_hash: None,
            must_change_password: false,
        };
        let account = store.create_account(Hand::Console, new).await.unwrap().id;
        store.grant(Hand::Console, account, Role::Analyst, top).await.unwrap();
        let viewer = store.viewer(account).await.unwrap().unwrap();
        let given = Given { title: Some("关于供电的函".into()), ..Given::default() };
        let row = store.open_case(&viewer, by_key("document").unwrap(), given).await.unwrap();
        let given = Given { text: Some("拟由供电所办理".into()), ..Given::default() };
        store.act_on_case(&viewer, row.id, 1, "propose", given).await.unwrap();
        store.close().await.unwrap();
    });
    desk
}

#[test]
fn a_case_is_printed_with_its_events() {
    let desk = with_a_document();
    let year = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8))).year();
    let number = format!("GW-{year}-00001");
    let case = desk.run(&["case", "document", &number, "--data", "z", "--format", "json"]).ends(0).json();
    assert_eq!(
        (&case["kind"], &case["number"], &case["title"], &case["state"], &case["unit"]),
        (&json!("document"), &json!(number), &json!("关于供电的函"), &json!("proposed"), &json!(null))
    );
    let events = case["events"].as_array().unwrap();
    let steps: Vec<_> =
        events.iter().map(|event| (&event["seq"], &event["step"], &event["party"], &event["by"])).collect();
    assert_eq!(
        steps,
        [
            (&json!(1), &json!("open"), &json!("desk"), &json!("desk")),
            (&json!(2), &json!("propose"), &json!("desk"), &json!("desk"))
        ]
    );
    assert_eq!(events[1]["given"], json!({ "text": "拟由供电所办理" }));
    assert_eq!(events[1]["hash"].as_str().unwrap().len(), 64);
    let person = desk.run_zh(&["case", "document", &number, "--data", "z"]).ends(0);
    assert!(person.out.contains("待批示") && person.out.contains("拟由供电所办理"), "{}", person.out);
    let none = desk.run(&["case", "document", "GW-2026-99999", "--data", "z"]).ends(1);
    assert!(none.err.contains("GW-2026-99999"), "{}", none.err);
    let kind = desk.run(&["case", "gossip", &number, "--data", "z"]).ends(2);
    assert!(kind.err.contains("“gossip”") && kind.err.contains("matter"), "{}", kind.err);
    desk.run(&["case", "document", "--data", "z"]).ends(64);
}

#[test]
fn an_altered_event_of_a_case_is_named_by_verify() {
    let desk = with_a_document();
    let verify = || desk.run(&["verify", "--data", "z", "--format", "json"]);
    assert_eq!(verify().ends(0).json()["case_events"], 2);
    desk.tamper("UPDATE case_event SET words = replace(words, '供电所', '道路处') WHERE seq = 2");
    let altered = verify().ends(1).json();
    assert_eq!((&altered["first"]["table"], &altered["first"]["row"]), (&json!("case_event"), &json!("2")));
}
