//! The API: every operation against every role and reach, wrong ones first.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use kernel::{FactKey, Period, SourceKind, SubjectId, SubjectKind, Value};
use serde_json::{Value as Json, json};
use store::access::{Reach, Role};
use store::{NewLoad, NewStatement};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Operation;

use crate::Settings;
use crate::router::{Need, routes};
use crate::testing::{Answer, Browser, ENTERPRISE, House};

/// A thing that does not exist.
pub(super) const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// A program of this account, with a token of this reach.
pub(super) async fn program(house: &House, account: &str, reach: Reach) -> Browser {
    let mut browser = house.as_account(account).await;
    let days = [("name", "a program"), ("reach", reach.key()), ("days", "7")];
    let made = browser.post("/account/tokens", &days).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let start = made.text.find("xs_").unwrap_or_else(|| panic!("no token on the page: {}", made.text));
    let token: String = made.text[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let mut program = house.anonymous();
    program.bearer = Some(token);
    program.extra.insert("accept-language", "en".parse().unwrap());
    program
}

pub(super) async fn call(program: &mut Browser, method: &Method, address: &str, body: Option<&Json>) -> Answer {
    let mut request = Request::builder().method(method).uri(address);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let answer = program.send(request.body(body).unwrap()).await;
    is_documented(method, address, &answer);
    answer
}

pub(super) async fn read(program: &mut Browser, address: &str) -> Json {
    let answer = call(program, &Method::GET, address, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

/// Fails where an answer has a status that the document does not name for its operation, or an
/// error has another shape than the one.
#[track_caller]
pub(super) fn is_documented(method: &Method, address: &str, answer: &Answer) {
    let path = address.split('?').next().unwrap_or_default();
    let Some((_, operation)) =
        described().into_iter().find(|((found, pattern), _)| found == method && fits(pattern, path))
    else {
        return;
    };
    let known: Vec<&String> = operation.responses.responses.keys().collect();
    let status = answer.status.as_str().to_owned();
    assert!(
        known.contains(&&status),
        "{method} {path} answers {status}, which is not among {known:?}: {}",
        answer.text
    );
    if answer.status.is_client_error() && !(path == "/api/v1/imports" && status == "422") {
        let problem: Json = serde_json::from_str(&answer.text).unwrap();
        for part in ["status", "title", "found", "expected", "what_to_do", "message", "request"] {
            assert!(problem.get(part).is_some(), "{method} {path}: {problem} has no {part}");
        }
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(part, here)| part == here || part.starts_with('{'))
}

fn described() -> Vec<((Method, String), Operation)> {
    let mut all = Vec::new();
    for (path, item) in &crate::api::document().paths.paths {
        for (method, found) in [(Method::GET, &item.get), (Method::POST, &item.post)] {
            all.extend(found.clone().map(|operation| ((method, path.clone()), operation)));
        }
        assert!(item.put.is_none() && item.delete.is_none() && item.patch.is_none(), "{path}");
    }
    all
}

#[test]
fn the_document_and_the_router_name_the_same_operations() {
    let routed: BTreeSet<(String, String)> = routes()
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    let described: BTreeSet<(String, String)> =
        described().into_iter().map(|((method, path), _)| (method.to_string(), path)).collect();
    assert_eq!(routed, described);
    assert!(routed.len() >= 18, "{routed:?}");
}

#[test]
fn every_schema_the_document_points_to_is_in_it() {
    let text = crate::api::document().to_json().unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut pointed = 0;
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
        pointed += 1;
    }
    assert!(pointed > 100, "{pointed}");
    let mut ids = BTreeSet::new();
    for ((method, path), operation) in self::described() {
        assert!(ids.insert(operation.operation_id.clone().unwrap()), "{method} {path}");
        assert!(operation.summary.is_some_and(|summary| summary.len() > 10), "{method} {path}");
        let ok = operation.responses.responses.iter().find(|(status, _)| status.starts_with('2')).unwrap();
        assert!(
            matches!(ok.1, RefOr::T(response) if response.content.contains_key(if path.ends_with("{form}") { "text/csv" } else { "application/json" })),
            "{path}"
        );
    }
}

fn filled(path: &str) -> String {
    path.replace("{kind}", "enterprise")
        .replace("{form}", "csv")
        .replace("{version}", "2022-01-01")
        .replace("{seq}", "999999999")
        .replace("{id}", NOBODY)
        .replace("{source}", NOBODY)
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_answered() {
    let house = House::new().await;
    let mut nobody = house.anonymous();
    let mut forged = house.anonymous();
    forged.bearer = Some("xs_0000000000000000000000000000000000000000000000000000000000000000".to_owned());
    let mut absurd = house.anonymous();
    absurd.bearer = Some("x".repeat(5000));
    for program in [&mut nobody, &mut forged, &mut absurd] {
        for route in routes().iter().filter(|route| route.path.starts_with("/api/")) {
            let answer = call(program, &route.method, &filled(route.path), Some(&json!({}))).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", route.path);
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
    }
}

#[tokio::test]
async fn every_operation_lets_in_the_roles_of_the_table_and_writes_only_with_a_token_that_writes() {
    let house = House::new().await;
    for role in House::roles() {
        for reach in [Reach::Read, Reach::Write] {
            let mut program = program(&house, role.key(), reach).await;
            for route in routes().iter().filter(|route| route.path.starts_with("/api/")) {
                let address = filled(route.path);
                let body = (route.method == Method::POST).then(|| json!({}));
                let answer = call(&mut program, &route.method, &address, body.as_ref()).await;
                let allowed = match route.need {
                    Need::May(action) => action.allowed(&[role]),
                    Need::Account | Need::Nothing => true,
                };
                let writes = route.method == Method::POST && reach == Reach::Read;
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(
                    refused,
                    !allowed || writes,
                    "{role:?} {reach:?} {address}: {} {}",
                    answer.status,
                    answer.text
                );
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{role:?} {address}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_session_alone_cannot_write() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    for route in routes().iter().filter(|route| route.path.starts_with("/api/") && route.method == Method::POST) {
        let answer = call(&mut browser, &route.method, &filled(route.path), Some(&json!({}))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}: {}", route.path, answer.text);
    }
    assert_eq!(call(&mut browser, &Method::GET, "/api/v1/me", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_lies_outside_ones_rows_is_answered_like_what_does_not_exist() {
    let house = House::new().await;
    let id = house.known(ENTERPRISE).await;
    let seq = {
        let mut analyst = program(&house, "analyst", Reach::Read).await;
        let found = read(&mut analyst, &format!("/api/v1/subjects/enterprise/{id}")).await;
        found["facts"][0]["statement"].as_i64().unwrap()
    };
    let mut officer = program(&house, "officer", Reach::Write).await;
    for (real, made_up) in [
        (format!("/api/v1/subjects/enterprise/{id}"), format!("/api/v1/subjects/enterprise/{NOBODY}")),
        (format!("/api/v1/statements/{seq}"), "/api/v1/statements/999999".to_owned()),
    ] {
        let (real, made_up) = (
            call(&mut officer, &Method::GET, &real, None).await,
            call(&mut officer, &Method::GET, &made_up, None).await,
        );
        assert_eq!((real.status, made_up.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        let words = |answer: &Answer| {
            let mut problem: Json = serde_json::from_str(&answer.text).unwrap();
            problem.as_object_mut().unwrap().remove("request");
            problem
        };
        assert_eq!(words(&real), words(&made_up));
    }
    let change = json!({"reason": "x", "changes": [{"fact": "name", "value": "别家", "seen": seq}]});
    let address = format!("/api/v1/subjects/enterprise/{id}/facts");
    assert_eq!(call(&mut officer, &Method::POST, &address, Some(&change)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(read(&mut officer, "/api/v1/subjects/enterprise").await["total"], 0);
    assert_eq!(read(&mut officer, "/api/v1/search?q=%E8%BD%B4%E6%89%BF").await["kinds"], json!([]));
    assert_eq!(read(&mut officer, "/api/v1/loads").await["rows"], json!([]));
    for odd in ["not-an-id", "%27%20or%201=1", "..%2f..", "%00"] {
        let answer = call(&mut officer, &Method::GET, &format!("/api/v1/subjects/enterprise/{odd}"), None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{odd}");
    }
}

#[tokio::test]
async fn what_is_not_known_is_refused_with_what_is() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    for (address, found, expected) in [
        ("/api/v1/subjects/enterprise?name=x", "name", "industry"),
        ("/api/v1/subjects/enterprise?sort=password", "", ""),
        ("/api/v1/subjects/enterprise?sort=name;drop%20table%20subject", "", ""),
        ("/api/v1/subjects/enterprise?cols=uscc,password_hash", "password_hash", "uscc"),
        ("/api/v1/subjects/enterprise?cols=%27)%3B--", "');--", "uscc"),
        ("/api/v1/subjects/enterprise?industry=%27%20or%201%3D1", "", ""),
        ("/api/v1/subjects/enterprise?limit=0", "0", "1 to 500"),
        ("/api/v1/subjects/enterprise?limit=501", "501", "1 to 500"),
        ("/api/v1/subjects/enterprise?limit=-1", "", ""),
        ("/api/v1/subjects/enterprise?asof=yesterday", "", ""),
        ("/api/v1/conflicts?kind=ghost", "ghost", "enterprise"),
        ("/api/v1/conflicts?after=zzz", "zzz", "next"),
        ("/api/v1/catalogue?kind=ghost", "ghost", "enterprise"),
        ("/api/v1/search?q=a", "a", "two characters"),
        ("/api/v1/search", "", ""),
        ("/api/v1/me?x=1", "x", ""),
        ("/api/v1/loads?before=last", "", ""),
    ] {
        let answer = call(&mut analyst, &Method::GET, address, None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}: {}", answer.text);
        let problem: Json = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(problem["found"].as_str().unwrap_or_default().trim(), found, "{address}: {problem}");
        assert!(problem["expected"].as_str().unwrap().contains(expected), "{address}: {problem}");
    }
    let after = call(&mut analyst, &Method::GET, "/api/v1/subjects/enterprise?after=%27", None).await;
    assert_eq!(after.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", after.text);
    let wrong =
        [json!({"reason": "x", "changes": [], "by": "me"}), json!({"reason": 1, "changes": []}), json!([]), json!({})];
    for body in wrong {
        let address = format!("/api/v1/subjects/enterprise/{}/facts", house.known(ENTERPRISE).await);
        let answer = call(&mut analyst, &Method::POST, &address, Some(&body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_body_too_large_or_of_another_type_is_refused() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let long = json!({"reason": "长".repeat(1024 * 1024)});
    let address = format!("/api/v1/loads/{NOBODY}/undo");
    let answer = call(&mut analyst, &Method::POST, &address, Some(&long)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
        let request = Request::builder().method(Method::POST).uri(&address).header(header::CONTENT_TYPE, media);
        let answer = analyst.send(request.body(Body::from("reason=x")).unwrap()).await;
        is_documented(&Method::POST, &address, &answer);
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media}");
    }
    let small = Settings { largest_upload: 2000, ..Settings::default() };
    let house = House::with(small, kernel::Catalogue::builtin().clone()).await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let answer =
        analyst.forge_upload("/api/v1/imports", &[("kind", "enterprise")], Some(("a.csv", &[b'a'; 4000]))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.text);
}

#[tokio::test]
async fn too_many_calls_are_told_when_to_come_again() {
    let house =
        House::with(Settings { calls_a_minute: 5, ..Settings::default() }, kernel::Catalogue::builtin().clone()).await;
    let mut analyst = program(&house, "analyst", Reach::Read).await;
    for _ in 0..5 {
        assert_eq!(call(&mut analyst, &Method::GET, "/api/v1/me", None).await.status, StatusCode::OK);
    }
    let answer = call(&mut analyst, &Method::GET, "/api/v1/me", None).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=13).contains(&wait), "{wait}");
}

/// Puts enterprises with revenues into the register, as two origins say them.
pub(super) async fn enterprises(house: &House, origin: &str, revenues: &[(i64, Option<i64>)]) -> Vec<SubjectId> {
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: origin.to_owned(),
        title: "年报.xlsx".to_owned(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "(console)".to_owned(),
    };
    let statement = |(number, fen): &(i64, Option<i64>)| {
        let mut values = vec![
            (FactKey::timeless("uscc"), Some(Value::Code(code(*number)))),
            (FactKey::timeless("name"), Some(Value::Text(format!("样例第{number:03}号公司")))),
            (FactKey::timeless("contact_phone"), Some(Value::Text("0371-00000000".to_owned()))),
        ];
        let revenue = FactKey::of("operating_revenue", Period::Year(2025));
        values.extend(fen.map(|fen| (revenue, Some(Value::Money(kernel::Money::from_fen(fen))))));
        NewStatement { values: values.into_iter().collect(), ..NewStatement::default() }
    };
    let statements: Vec<NewStatement> = revenues.iter().map(statement).collect();
    house.app.store().load(load, statements, |_| {}).await.unwrap();
    let mut ids = Vec::new();
    for (number, _) in revenues {
        ids.push(house.known(&code(*number)).await);
    }
    ids
}

/// A code made for a number.
pub(super) fn code(number: i64) -> String {
    let body = format!("91410100{number:09}");
    let last = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .find(|last| kernel::credit_code::CreditCode::parse(&format!("{body}{last}")).is_ok());
    format!("{body}{}", last.unwrap())
}

#[tokio::test]
async fn the_pages_of_a_list_hold_each_row_once_and_as_many_as_the_total() {
    let house = House::new().await;
    let revenues: Vec<(i64, Option<i64>)> =
        (1..=37).map(|n| (n, (n % 5 != 0).then_some((n % 7) * 1_000_000))).collect();
    enterprises(&house, "统计办", &revenues).await;
    let mut leader = program(&house, "leader", Reach::Read).await;
    for sort in ["name", "-name", "revenue", "-revenue", "-changed", "day"] {
        for limit in [1, 7, 500] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            let total = loop {
                let address = format!("/api/v1/subjects/enterprise?sort={sort}&limit={limit}&after={after}");
                let page = read(&mut leader, &address).await;
                let rows = page["rows"].as_array().unwrap();
                assert!(rows.len() <= limit);
                seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
                match page["next"].as_str() {
                    Some(next) => after = next.to_owned(),
                    None => break page["total"].as_u64().unwrap(),
                }
            };
            let once: BTreeSet<&String> = seen.iter().collect();
            assert_eq!((seen.len() as u64, once.len() as u64), (total, total), "{sort} by {limit}");
            assert_eq!(total, 38);
        }
    }
    let found =
        read(&mut leader, "/api/v1/subjects/enterprise?revenue_from=5&cols=operating_revenue&sort=-revenue").await;
    let first = &found["rows"][0]["values"]["operating_revenue"];
    assert_eq!(first["value"], "60000.00");
    assert_eq!((first["unit"].as_str(), first["period"].as_str()), (Some("元"), Some("2025")));
}

#[tokio::test]
async fn a_fact_is_corrected_with_a_reason_and_a_stale_one_is_not() {
    let house = House::new().await;
    let id = enterprises(&house, "统计办", &[(1, Some(100_000_000))]).await[0];
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let address = format!("/api/v1/subjects/enterprise/{id}");
    let shown = |subject: &Json| -> Json {
        let facts = subject["facts"].as_array().unwrap();
        facts.iter().find(|fact| fact["fact"] == "operating_revenue@2025").unwrap().clone()
    };
    let before = shown(&read(&mut analyst, &address).await);
    assert_eq!((before["value"].as_str(), before["standing"].as_str()), (Some("1000000.00"), Some("agreed")));
    let change = |value: Json, seen: &Json, reason: &str| json!({"reason": reason, "changes": [{"fact": "operating_revenue@2025", "value": value, "seen": seen}]});
    let facts = format!("{address}/facts");
    for (body, status) in [
        (change(json!("2000000.00"), &json!(1), "核对报表"), StatusCode::CONFLICT),
        (change(json!("2000000.00"), &Json::Null, "核对报表"), StatusCode::CONFLICT),
        (change(json!("2000000.00"), &before["statement"], "  "), StatusCode::UNPROCESSABLE_ENTITY),
        (change(json!(2_000_000), &before["statement"], "核对报表"), StatusCode::UNPROCESSABLE_ENTITY),
        (change(json!("二百万"), &before["statement"], "核对报表"), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"reason": "x", "changes": [{"fact": "no_such@2025", "value": "1", "seen": null}]}),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({"reason": "x", "changes": [{"fact": "operating_revenue", "value": "1", "seen": null}]}),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let answer = call(&mut analyst, &Method::POST, &facts, Some(&body)).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
    }
    let body = change(json!("2000000.00"), &before["statement"], "核对报表");
    let stored = call(&mut analyst, &Method::POST, &facts, Some(&body)).await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.text);
    let seq = serde_json::from_str::<Json>(&stored.text).unwrap()["statement"].as_i64().unwrap();
    let said = read(&mut analyst, &format!("/api/v1/statements/{seq}")).await;
    assert_eq!((said["reason"].as_str(), said["source"]["kind"].as_str()), (Some("核对报表"), Some("correction")));
    let after = shown(&read(&mut analyst, &address).await);
    assert_eq!(after["standing"], "disputed");

    let queue = read(&mut analyst, "/api/v1/conflicts").await;
    assert_eq!((queue["total"].as_u64(), queue["rows"][0]["fact"].as_str()), (Some(1), Some("operating_revenue@2025")));
    let words: Vec<Json> =
        queue["rows"][0]["said"].as_array().unwrap().iter().map(|word| word["statement"].clone()).collect();
    let settle = |seen: &[Json], more: Json| {
        let mut body =
            json!({"subject": id.to_string(), "fact": "operating_revenue@2025", "seen": seen, "reason": "以更正为准"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (body, status) in [
        (settle(&words[..1], json!({"statement": seq})), StatusCode::CONFLICT),
        (settle(&words, json!({})), StatusCode::UNPROCESSABLE_ENTITY),
        (settle(&words, json!({"statement": seq, "value": "1"})), StatusCode::UNPROCESSABLE_ENTITY),
        (settle(&words, json!({"statement": seq})), StatusCode::OK),
        (settle(&words, json!({"statement": seq})), StatusCode::CONFLICT),
    ] {
        let answer = call(&mut analyst, &Method::POST, "/api/v1/conflicts/settle", Some(&body)).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
    }
    assert_eq!(shown(&read(&mut analyst, &address).await)["standing"], "settled");
    assert_eq!(read(&mut analyst, "/api/v1/conflicts").await["total"], 0);
}

#[tokio::test]
async fn personal_data_need_the_role_and_each_look_is_recorded() {
    let house = House::new().await;
    let id = enterprises(&house, "统计办", &[(1, None)]).await[0];
    let address = format!("/api/v1/subjects/enterprise/{id}");
    let has_phone =
        |subject: &Json| subject["facts"].as_array().unwrap().iter().any(|fact| fact["field"] == "contact_phone");
    let mut leader = program(&house, "leader", Reach::Read).await;
    let without = read(&mut leader, &address).await;
    assert!(!has_phone(&without) && without["withheld"].as_u64() == Some(1), "{without}");
    let mut auditor = program(&house, "auditor", Reach::Read).await;
    let looks = "/api/v1/log?kind=personal.";
    let before = read(&mut auditor, looks).await["total"].as_i64().unwrap();
    let mut analyst = program(&house, "analyst", Reach::Read).await;
    assert!(has_phone(&read(&mut analyst, &address).await));
    assert_eq!(read(&mut auditor, looks).await["total"].as_i64().unwrap(), before + 1);
}

#[tokio::test]
async fn answers_are_in_the_language_that_is_asked_for() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Read).await;
    for (language, title) in [("en", "Not found"), ("zh-CN", "没有找到"), ("fr, en;q=0.5", "Not found")] {
        analyst.extra = HeaderMap::new();
        analyst.extra.insert("accept-language", language.parse().unwrap());
        let answer = call(&mut analyst, &Method::GET, &format!("/api/v1/jobs/{NOBODY}"), None).await;
        assert_eq!(serde_json::from_str::<Json>(&answer.text).unwrap()["title"], title);
    }
}

#[tokio::test]
async fn an_auditor_reads_the_log_page_by_page_and_asks_for_a_verification() {
    let house = House::new().await;
    let mut auditor = program(&house, "auditor", Reach::Write).await;
    let (mut seen, mut before, mut total) = (Vec::new(), String::new(), 0);
    while seen.is_empty() || !before.is_empty() {
        let page = read(&mut auditor, &format!("/api/v1/log?limit=7{before}")).await;
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()));
        total = page["total"].as_i64().unwrap();
        before = page["next"].as_i64().map(|next| format!("&before={next}")).unwrap_or_default();
    }
    assert_eq!(seen, (1..=total).rev().collect::<Vec<i64>>());
    let asked = call(&mut auditor, &Method::POST, "/api/v1/verify", None).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    let job = serde_json::from_str::<Json>(&asked.text).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(read(&mut auditor, &format!("/api/v1/jobs/{job}")).await["kind"], "verify");
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let other = call(&mut analyst, &Method::GET, &format!("/api/v1/jobs/{job}"), None).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_lists_every_operation() {
    let house = House::new().await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let page = clerk.get("/api").await;
    assert_eq!(page.status, StatusCode::OK);
    for ((method, path), _) in described() {
        assert!(page.text.contains(&format!("<code>{path}</code>")), "{method} {path}");
    }
}
