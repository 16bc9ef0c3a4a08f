//! Goals and meetings through the API.

use axum::http::{Method, StatusCode};
use serde_json::json;
use store::access::{Reach, Role};

use super::api::{NOBODY, call, program, read};
use crate::testing::House;

#[tokio::test]
async fn a_program_splits_a_goal_holds_a_meeting_and_is_refused_like_a_person() {
    let house = House::new().await;
    let unit = house.units[1].to_string();
    let goal = |amount: &str, unit: &str| {
        json!({"title": "新增高企", "measure": "家", "months": {"2099-11": "3"},
            "parts": [{"unit": unit, "person": "样例科长甲", "months": {"2099-11": amount}}]})
    };
    for role in [Role::Officer, Role::Clerk] {
        let mut browser = program(&house, role.key(), Reach::Write).await;
        for (path, body) in
            [("goals", goal("3", &unit)), ("meetings", json!({})), ("meetings/x", json!({"minutes": []}))]
        {
            let refused = call(&mut browser, &Method::POST, &format!("/api/v1/{path}"), Some(&body)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
        assert_eq!(call(&mut browser, &Method::GET, "/api/v1/meetings", None).await.status, StatusCode::FORBIDDEN);
    }
    let mut leader = program(&house, "leader", Reach::Write).await;
    for (body, said) in [
        (goal("2", &unit), "add up to 2"),
        (goal("3", NOBODY), "units that are open"),
        (json!({"title": "新增高企", "months": {"11月": "3"}, "parts": []}), "11月"),
    ] {
        let refused = call(&mut leader, &Method::POST, "/api/v1/goals", Some(&body)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let split = call(&mut leader, &Method::POST, "/api/v1/goals", Some(&goal("3", &unit))).await;
    assert_eq!(split.status, StatusCode::OK, "{}", split.text);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&split.text).unwrap()["tasks"], 1);
    let goals = read(&mut leader, "/api/v1/goals").await;
    let part = &goals["rows"][0]["parts"][0];
    assert_eq!((&part["months"]["2099-11"], &part["state"]), (&json!("3"), &json!("set")));
    // The clerk of the unit sees the part; who has no row of it sees no goal.
    let mut clerk = program(&house, "clerk", Reach::Read).await;
    assert_eq!(read(&mut clerk, "/api/v1/goals").await["rows"][0]["parts"][0]["task"], part["task"]);
    house.account("west", &[(Role::Clerk, house.units[2])]).await;
    let mut west = program(&house, "west", Reach::Read).await;
    assert_eq!(read(&mut west, "/api/v1/goals").await["rows"], json!([]));

    let called = call(&mut leader, &Method::POST, "/api/v1/meetings", Some(&json!({"title": "例会"}))).await;
    assert_eq!(called.status, StatusCode::OK, "{}", called.text);
    let key = serde_json::from_str::<serde_json::Value>(&called.text).unwrap()["key"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/meetings/{key}");
    let minutes = |until: &str, case: serde_json::Value| json!({"minutes": [{"decision": "三日内报方案", "unit": unit, "until": until, "case": case}]});
    let none = serde_json::Value::Null;
    for (body, said) in [
        (minutes("2020-01-01", none.clone()), "before the meeting"),
        (minutes("2099-12-01", json!(NOBODY)), "not on the agenda"),
    ] {
        let refused = call(&mut leader, &Method::POST, &address, Some(&body)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let whole = minutes("2099-12-01", none);
    for (status, why) in [(StatusCode::OK, "written"), (StatusCode::CONFLICT, "they stay as they are")] {
        let answer = call(&mut leader, &Method::POST, &address, Some(&whole)).await;
        assert_eq!(answer.status, status, "{why}: {}", answer.text);
    }
    let missing = call(&mut leader, &Method::POST, "/api/v1/meetings/2020-01-01-1", Some(&whole)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(read(&mut leader, "/api/v1/meetings").await["rows"][0]["minutes"][0]["decision"], "三日内报方案");
}
