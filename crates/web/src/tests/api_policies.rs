//! The policy desk through the API: who may do what, and the refusals of the pages.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use store::access::{Reach, Role};

use super::api::{NOBODY, call, program, read};
use super::checkup::{list_records, zone};
use super::cultivation::check_up;
use super::policies::text;
use crate::testing::{Browser, ENTERPRISE, House};

const DRAFTS: &str = "/api/v1/policy-drafts";
const VERSION: &str = "tech-sme@2022-01-01";

async fn post(program: &mut Browser, address: &str, body: &Json) -> (StatusCode, Json) {
    let answer = call(program, &Method::POST, address, Some(body)).await;
    (answer.status, serde_json::from_str(&answer.text).unwrap())
}

/// A draft of another version of 科技型中小企业, with `change` made to its text; its address and `seen`.
async fn drafted(analyst: &mut Browser, change: impl Fn(&str) -> String) -> (String, i64) {
    let (status, begun) = post(analyst, DRAFTS, &json!({"version": VERSION})).await;
    assert_eq!(status, StatusCode::CREATED, "{begun}");
    let address = format!("{DRAFTS}/{}", begun["draft"]["id"].as_str().unwrap());
    let source = change(&text("tech-sme-2022.policy", "2027-01-01"));
    let (status, kept) = post(analyst, &address, &json!({"source": source, "seen": begun["draft"]["seen"]})).await;
    assert_eq!(status, StatusCode::OK, "{kept}");
    (address, kept["draft"]["seen"].as_i64().unwrap())
}

#[tokio::test]
async fn the_library_is_read_with_its_versions_its_texts_and_what_they_do() {
    let (house, ..) = zone().await;
    list_records(&house).await;
    check_up(&house).await;
    let mut officer = program(&house, "officer", Reach::Read).await;
    let list = read(&mut officer, "/api/v1/policies").await;
    let rows = list["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == "tech-sme").unwrap();
    assert_eq!((row["current"].as_str(), row["title"].as_str()), (Some(VERSION), Some("Technology SME")));
    assert_eq!(row["counts"]["meets"], 1, "the officer's park has one enterprise: {row}");
    assert!(row["versions"].as_array().unwrap().len() > 1 && list["checked_at"].is_string());
    let whole = read(&mut officer, "/api/v1/policies/tech-sme/2022-01-01").await;
    assert!(whole["source"].as_str().unwrap().starts_with("政策 tech-sme"));
    assert!(whole["cases"].as_array().unwrap().iter().all(|case| case["passes"] == true), "{}", whole["cases"]);
    let effect = read(&mut officer, "/api/v1/policies/tech-sme/2022-01-01/effect").await;
    assert_eq!((effect["counts"]["meets"].as_u64(), effect["counts"]["fails"].as_u64()), (Some(1), Some(0)));
    assert!(effect["conditions"].as_array().unwrap().len() > 5, "{effect}");
    for unknown in ["/api/v1/policies/ghost/2022-01-01", "/api/v1/policies/tech-sme/2020-02-02/effect"] {
        assert_eq!(call(&mut officer, &Method::GET, unknown, None).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn drafts_are_for_leader_and_analyst_and_each_does_one_half() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let (address, seen) = drafted(&mut analyst, str::to_owned).await;
    for role in Role::ALL.iter().copied() {
        let mut other = program(&house, role.key(), Reach::Write).await;
        let sees = matches!(role, Role::Leader | Role::Analyst);
        let read_it = call(&mut other, &Method::GET, &address, None).await.status;
        assert_eq!(read_it == StatusCode::OK, sees, "{role:?} reads a draft: {read_it}");
        for (deed, body, may) in [
            ("", json!({"source": "政策 x", "seen": 99}), role == Role::Analyst),
            ("/check", json!({"source": "政策 x"}), role == Role::Analyst),
            ("/drop", json!({"seen": 99}), role == Role::Analyst),
            ("/publish", json!({"seen": 99}), role == Role::Leader),
        ] {
            let (status, said) = post(&mut other, &format!("{address}{deed}"), &body).await;
            assert_eq!(status != StatusCode::FORBIDDEN, may, "{role:?} {deed}: {said}");
        }
        let draft = address.rsplit('/').next().unwrap();
        let (status, said) = post(&mut other, "/api/v1/rehearsals", &json!({"draft": draft})).await;
        assert_eq!(status == StatusCode::ACCEPTED, sees, "{role:?} rehearses a draft: {said}");
    }
    let mut reader = program(&house, "analyst", Reach::Read).await;
    let (status, _) = post(&mut reader, &format!("{address}/drop"), &json!({"seen": seen})).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a token that reads gives no draft up");
}

#[tokio::test]
async fn a_text_is_told_its_errors_and_published_only_when_nothing_hinders_it() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let mut leader = program(&house, "leader", Reach::Write).await;
    let (address, seen) = drafted(&mut analyst, |text| text.replacen("职工总数[上年]", "职工总人数[上年]", 1)).await;
    let wrong = read(&mut leader, &address).await;
    let first = &wrong["checked"]["problems"][0];
    assert_eq!((first["severity"].as_str(), first["code"].as_str()), (Some("error"), Some("unknown-name")), "{first}");
    assert!(first["hint"].as_str().unwrap().contains("职工总数"), "{first}");
    let publish = format!("{address}/publish");
    let (status, said) = post(&mut leader, &publish, &json!({"seen": seen})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    assert!(said["message"].as_str().unwrap().contains("errors"), "{said}");
    let (status, _) = post(&mut analyst, "/api/v1/rehearsals", &json!({"draft": wrong["draft"]["id"]})).await;
    assert_eq!(status, StatusCode::CONFLICT, "a text with errors is not rehearsed");

    let source = text("tech-sme-2022.policy", "2027-01-01");
    let (status, checked) = post(&mut analyst, &format!("{address}/check"), &json!({"source": source})).await;
    assert_eq!((status, checked["clean"].as_bool()), (StatusCode::OK, Some(true)), "{checked}");
    let body = |seen: i64| json!({"source": source, "seen": seen});
    assert_eq!(post(&mut analyst, &address, &body(seen - 1)).await.0, StatusCode::CONFLICT, "somebody changed it");
    let (_, kept) = post(&mut analyst, &address, &body(seen)).await;
    assert_eq!(kept["hindrances"], json!([]));
    let seen = kept["draft"]["seen"].as_i64().unwrap();
    assert_eq!(post(&mut leader, &publish, &json!({"seen": seen - 1})).await.0, StatusCode::CONFLICT);
    let (status, published) = post(&mut leader, &publish, &json!({"seen": seen})).await;
    assert_eq!((status, published["version"].as_str()), (StatusCode::OK, Some("tech-sme@2027-01-01")), "{published}");
    let found = read(&mut leader, "/api/v1/policies/tech-sme/2027-01-01").await;
    assert_eq!(
        (found["version"]["state"].as_str(), found["version"]["published"].as_bool()),
        (Some("coming"), Some(true))
    );
    assert_eq!(found["publication"]["drafted_by"], "analyst");

    let withdraw = format!("/api/v1/publications/{}/withdraw", published["publication"].as_str().unwrap());
    for (address, reason, status) in [
        (withdraw.as_str(), " ", StatusCode::UNPROCESSABLE_ENTITY),
        (&format!("/api/v1/publications/{NOBODY}/withdraw"), "写错了", StatusCode::NOT_FOUND),
        (&withdraw, "写错了", StatusCode::OK),
        (&withdraw, "写错了", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (found, said) = post(&mut leader, address, &json!({"reason": reason})).await;
        assert_eq!(found, status, "{said}");
    }
    let gone = call(&mut leader, &Method::GET, "/api/v1/policies/tech-sme/2027-01-01", None).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_rehearsal_names_who_leaves_and_its_result_is_the_askers_alone() {
    let (house, ..) = zone().await;
    list_records(&house).await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    for (wanted, status, said) in [
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY, "Give either"),
        (json!({"version": VERSION, "draft": NOBODY}), StatusCode::UNPROCESSABLE_ENTITY, "Give either"),
        (json!({"version": "ghost@2022-01-01"}), StatusCode::NOT_FOUND, "no version"),
        (json!({"draft": NOBODY}), StatusCode::NOT_FOUND, ""),
        (json!({"version": VERSION, "set": {"ghost": "1"}}), StatusCode::UNPROCESSABLE_ENTITY, "no figure"),
        (json!({"version": VERSION, "on": "soon"}), StatusCode::BAD_REQUEST, "no day"),
    ] {
        let (found, told) = post(&mut analyst, "/api/v1/rehearsals", &wanted).await;
        assert_eq!(found, status, "{wanted}: {told}");
        assert!(told["message"].as_str().unwrap().contains(said), "{told}");
    }
    // The figures there are, as the refusal of an unknown one lists them; the one of 500人 is the staff.
    let wrong = json!({"version": VERSION, "set": {"ghost": "1"}});
    let (_, told) = post(&mut analyst, "/api/v1/rehearsals", &wrong).await;
    let known = told["expected"].as_str().unwrap().trim_start_matches("one of: ").to_owned();
    let figure = known.split(", ").find(|figure| figure.ends_with("= 500人")).unwrap();
    let id = figure.split(" = ").next().unwrap();
    let unit = json!({"version": VERSION, "set": {id: "5%"}});
    assert_eq!(post(&mut analyst, "/api/v1/rehearsals", &unit).await.0, StatusCode::UNPROCESSABLE_ENTITY);

    let wanted = json!({"version": VERSION, "set": {id: "30"}, "on": "2026-06-01"});
    let (status, job) = post(&mut analyst, "/api/v1/rehearsals", &wanted).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    let job = job["id"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/rehearsals/{job}?list=leaves");
    assert_eq!(read(&mut analyst, &address).await["result"], Json::Null, "it is not done yet");
    while crate::jobs::runner::run_one(&house.app, uuid::Uuid::new_v4()).await.unwrap() {}
    let result = read(&mut analyst, &address).await["result"].clone();
    assert_eq!(
        (result["lists"]["leaves"].as_u64(), result["lists"]["enters"].as_u64()),
        (Some(1), Some(0)),
        "{result}"
    );
    let row = &result["rows"][0];
    assert_eq!(
        (row["code"].as_str(), row["was"].as_str(), row["is"].as_str()),
        (Some(ENTERPRISE), Some("meets"), Some("fails"))
    );
    assert_eq!(result["answers_before"]["meets"], 1);
    assert_eq!(result["answers_after"]["meets"], 0);
    assert_eq!(call(&mut analyst, &Method::GET, &format!("{address}x"), None).await.status, StatusCode::BAD_REQUEST);

    let mut leader = program(&house, "leader", Reach::Read).await;
    assert_eq!(call(&mut leader, &Method::GET, &address, None).await.status, StatusCode::NOT_FOUND);
    let mut system = program(&house, "system_admin", Reach::Read).await;
    let seen = read(&mut system, &format!("/api/v1/jobs/{job}")).await;
    assert_eq!((seen["state"].as_str(), &seen["result"]), (Some("done"), &Json::Null), "it names enterprises");
}
