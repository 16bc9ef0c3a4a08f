//! Heads and superiors of units, and files that a program sends with a step.

use axum::http::StatusCode;
use serde_json::{Value as Json, json};
use store::access::{AccountState, Hand, Reach, Role};

use super::api::program;
use crate::testing::House;

#[tokio::test]
async fn the_security_administrator_names_who_works_with_cases_and_a_post_falls_vacant_with_its_account() {
    let house = House::new().await;
    let east = house.units[1].to_string();
    let mut security = house.as_role(Role::SecurityAdmin).await;
    for stranger in ["enterprise", "auditor", "nobody"] {
        let fields = [("unit", east.as_str()), ("head", stranger), ("superior", "")];
        let refused = security.post("/administration/posts", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{stranger}");
        assert!(refused.text.contains(stranger), "{}", refused.text);
    }
    for role in [Role::SystemAdmin, Role::Leader, Role::Clerk] {
        let mut browser = house.as_role(role).await;
        let fields = [("unit", east.as_str()), ("head", "clerk")];
        assert_eq!(browser.post("/administration/posts", &fields).await.status, StatusCode::FORBIDDEN, "{role:?}");
        assert!(!browser.get("/account").await.text.contains("/administration/posts"), "{role:?}");
    }
    let named = [("unit", east.as_str()), ("head", "clerk"), ("superior", "officer")];
    assert_eq!(security.post("/administration/posts", &named).await.status, StatusCode::SEE_OTHER);
    let page = security.get("/administration/posts").await.text;
    assert!(page.contains("value=\"clerk\"") && page.contains("value=\"officer\""), "{page}");
    assert_eq!(page.matches("负责人空缺").count(), 2, "of three units one has a head");
    let clerk = house.app.store().account_by_name("clerk").await.unwrap().unwrap();
    house.app.store().set_account_state(Hand::Console, clerk.id, AccountState::Retired).await.unwrap();
    let page = security.get("/administration/posts").await.text;
    assert_eq!(page.matches("负责人空缺").count(), 3, "{page}");
    let log = house.as_role(Role::Auditor).await.get("/log").await.text;
    assert!(log.contains("负责人岗位空缺"), "{log}");
}

#[tokio::test]
async fn a_program_sends_proof_with_a_step_and_nothing_that_is_none() {
    let house = House::new().await;
    let mut enterprise = program(&house, "enterprise", Reach::Write).await;
    let photo = ("现场.jpg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2, 3][..]);
    let case = json!({"title": "停电", "text": "二期停电"}).to_string();
    let opened = enterprise.forge_upload("/api/v1/cases/matter/files", &[("case", &case)], Some(photo)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let opened: Json = serde_json::from_str(&opened.text).unwrap();
    let address = format!("/api/v1/cases/matter/{}", opened["number"].as_str().unwrap());
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let dispatch = json!({"seen": 1, "unit": house.units[1].to_string()}).to_string();
    let sent = analyst.forge_upload(&format!("{address}/steps/dispatch/files"), &[("step", &dispatch)], None).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let mut clerk = program(&house, "clerk", Reach::Write).await;
    let arrive = json!({"seen": 2}).to_string();
    clerk.forge_upload(&format!("{address}/steps/arrive/files"), &[("step", &arrive)], None).await;
    let answer = format!("{address}/steps/answer/files");
    let step = json!({"seen": 3, "text": "已修好"}).to_string();
    let odd = ("a.html", &b"<html><script>"[..]);
    for (fields, file, status) in [
        (vec![("step", step.as_str())], None, StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("step", step.as_str())], Some(odd), StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("step", "已修好")], Some(photo), StatusCode::BAD_REQUEST),
        (vec![("step", step.as_str()), ("proofs", "0000")], Some(photo), StatusCode::BAD_REQUEST),
    ] {
        let refused = clerk.forge_upload(&answer, &fields, file).await;
        assert_eq!(refused.status, status, "{fields:?}: {}", refused.text);
    }
    let mut reader = program(&house, "clerk", Reach::Read).await;
    let read_only = reader.forge_upload(&answer, &[("step", &step)], Some(photo)).await;
    assert_eq!(read_only.status, StatusCode::FORBIDDEN, "a token that only reads");
    let done = clerk.forge_upload(&answer, &[("step", &step)], Some(photo)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let full: Json = serde_json::from_str(&clerk.get(&address).await.text).unwrap();
    let files: Vec<usize> =
        full["history"].as_array().unwrap().iter().map(|one| one["files"].as_array().unwrap().len()).collect();
    assert_eq!((full["state"].as_str().unwrap(), files), ("answered", vec![1, 0, 0, 1]));
}
