//! A walk through the API by its own document: every operation, as every role, with values that fit and values
//! that do not. Whatever is sent, the answer is one that the document names.

mod dice;
mod schema;
mod zone;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Map, Value as Json, json};
use store::access::Role;

use self::dice::Dice;
use self::schema::resolved;
use self::zone::Zone;
use crate::router::{Need, routes};
use crate::testing::Answer;

/// One operation as the document describes it.
struct Operation {
    method: Method,
    path: String,
    id: String,
    described: Json,
    need: Need,
}

/// One request.
#[derive(Debug, Clone)]
struct Sending {
    address: String,
    media: Option<&'static str>,
    body: Vec<u8>,
}

fn operations(document: &Json) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let route = routes().into_iter().find(|route| route.path == path && route.method == method);
            all.push(Operation {
                id: described["operationId"].as_str().unwrap().to_owned(),
                described: described.clone(),
                need: route.unwrap_or_else(|| panic!("{method} {path} is not routed")).need,
                path: path.clone(),
                method,
            });
        }
    }
    // A load is done again once it was undone.
    all.sort_by_key(|operation| operation.id == "redo_load");
    all
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The address: with what the parameters need alone, or with any of them, and odd ones.
fn address(zone: &Zone, operation: &Operation, dice: &mut Dice, good: bool) -> String {
    let mut address = operation.path.clone();
    let mut query = Vec::new();
    let parameters = operation.described["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &parameters {
        let name = parameter["name"].as_str().unwrap();
        let known = zone.known(&operation.id, name);
        let is_odd = !good && dice.one_in(4);
        let value = match (good, is_odd) {
            (true, _) => known[0].clone(),
            (false, true) => dice.odd_text(),
            (false, false) => dice.of(&known).clone(),
        };
        if parameter["in"] == "path" {
            address = address.replace(&format!("{{{name}}}"), &encoded(&value));
        } else if parameter["required"] == true && good || !good && dice.one_in(parameters.len().min(6)) {
            query.push(format!("{}={}", encoded(name), encoded(&value)));
        }
    }
    if !good && dice.one_in(12) {
        query.push(format!("{}={}", encoded(&dice.odd_text()), encoded(&dice.odd_text())));
    }
    if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) }
}

/// A body of JSON: every field as it should be; or some of them otherwise, or something else altogether.
fn json_body(zone: &Zone, operation: &Operation, document: &Json, dice: &mut Dice, good: bool) -> Vec<u8> {
    let schema = resolved(document, &operation.described["requestBody"]["content"]["application/json"]["schema"]);
    let mut fields = Map::new();
    for name in schema["properties"].as_object().unwrap().keys() {
        fields.insert(name.clone(), zone.body(&operation.id, name));
    }
    if good {
        return Json::Object(fields).to_string().into_bytes();
    }
    match dice.below(10) {
        0 => return dice.odd_value().to_string().into_bytes(),
        1 => return dice.odd_text().into_bytes(),
        2 => return vec![0xff, 0xfe, b'{', b'}'],
        3 => return Json::Object(fields).to_string().into_bytes()[1..].to_vec(),
        4 => {
            fields.insert(dice.odd_text(), dice.odd_value());
        }
        _ => {
            let names: Vec<String> = fields.keys().cloned().collect();
            for _ in 0..=dice.below(2) {
                let name = dice.of(&names);
                match dice.below(4) {
                    0 => fields.remove(name),
                    _ => fields.insert(name.clone(), inside(zone, operation, name, dice)),
                };
            }
        }
    }
    Json::Object(fields).to_string().into_bytes()
}

/// An odd value, or a good one with something odd inside.
fn inside(zone: &Zone, operation: &Operation, name: &str, dice: &mut Dice) -> Json {
    let mut good = zone.body(&operation.id, name);
    if let Some(Json::Object(first)) = good.as_array_mut().and_then(|items| items.first_mut())
        && dice.one_in(2)
    {
        let names: Vec<String> = first.keys().cloned().collect();
        first.insert(dice.of(&names).clone(), dice.odd_value());
        return good;
    }
    dice.odd_value()
}

/// The form of an import.
fn form(dice: &mut Dice, good: bool) -> Vec<u8> {
    const SHEET: &str =
        "统一社会信用代码,企业名称,所属园区,营业收入总额（万元）2025\n91410100000000017Y,样例丙,东区,100\n";
    let files: [&[u8]; 6] = [
        SHEET.as_bytes(),
        b"",
        b"PK\x03\x04 no workbook",
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        "统一社会信用代码\n不是代码\n".as_bytes(),
        &[0xff; 64],
    ];
    let mut body = Vec::new();
    let mut part = |name: &str, more: &str, bytes: &[u8]| {
        body.extend_from_slice(
            format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    if good {
        part("kind", "", b"enterprise");
        part("dry_run", "", b"true");
        part("skip_faulty", "", b"true");
        part("file", "; filename=\"a.csv\"", files[0]);
    } else {
        for name in ["kind", "sheets", "origin", "period", "sheet", "dry_run", "skip_faulty", "skip_unknown", "odd"] {
            if dice.one_in(5) {
                part(name, "", dice.odd_text().as_bytes());
            }
        }
        if !dice.one_in(5) {
            let name = dice.of(&["a.csv", "年报.xlsx", "a.xls", "../../a.csv", "a"]);
            part("file", &format!("; filename=\"{name}\""), dice.of::<&[u8]>(&files));
        }
    }
    body.extend_from_slice(if good || !dice.one_in(6) { b"--xyz--\r\n" } else { b"--xy" });
    body
}

fn sending(zone: &Zone, operation: &Operation, document: &Json, dice: &mut Dice, good: bool) -> Sending {
    let address = address(zone, operation, dice, good);
    let content = operation.described["requestBody"]["content"].as_object();
    let (mut media, body) = match content.and_then(|content| content.keys().next()).map(String::as_str) {
        Some("application/json") => (Some("application/json"), json_body(zone, operation, document, dice, good)),
        Some(_) => (Some("multipart/form-data; boundary=xyz"), form(dice, good)),
        None => (None, Vec::new()),
    };
    if !good && media.is_some() && dice.one_in(15) {
        media = *dice.of(&[None, Some("text/plain"), Some("multipart/form-data"), Some("application/json")]);
    }
    Sending { address, media, body }
}

async fn send(zone: &mut Zone, method: &Method, sending: &Sending) -> Answer {
    let mut request = Request::builder().method(method).uri(&sending.address);
    if let Some(media) = sending.media {
        request = request.header(header::CONTENT_TYPE, media);
    }
    zone.program.send(request.body(Body::from(sending.body.clone())).unwrap()).await
}

/// Fails where the answer is none that the document names, or shows what the role may not see.
fn judge(zone: &Zone, operation: &Operation, document: &Json, sending: &Sending, answer: &Answer) {
    let at = || {
        let body: String = String::from_utf8_lossy(&sending.body).chars().take(600).collect();
        let text: String = answer.text.chars().take(600).collect();
        format!("{} {:.300}\n{body}\n→ {} {text}", operation.method, sending.address, answer.status)
    };
    assert!(!answer.status.is_server_error(), "{}", at());
    let described = &operation.described["responses"][answer.status.as_str()];
    assert!(described.is_object(), "the document does not name the status: {}", at());
    let media = answer.headers.get(header::CONTENT_TYPE).map(|media| media.to_str().unwrap()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default();
    let content = &described["content"][media];
    assert!(content.is_object(), "the document does not name {media:?}: {}", at());
    if media == "application/json" {
        let body: Json = serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", at()));
        let faults = schema::faults(document, &content["schema"], &body);
        assert_eq!(faults, Vec::<String>::new(), "{}", at());
    }
    for hidden in &zone.hidden {
        assert!(!answer.text.contains(hidden), "{hidden} is shown: {}", at());
    }
}

/// As many requests as an operation gets: one that is as it should be, and others.
fn rounds(operation: &Operation) -> usize {
    let parameters = operation.described["parameters"].as_array().map_or(0, Vec::len);
    24 + 4 * parameters + if operation.described["requestBody"].is_object() { 40 } else { 0 }
}

/// Walks through every operation as one role. Returns those whose good request was done.
async fn walk(role: Role) -> Vec<String> {
    let document: Json = serde_json::from_str(&crate::api::document().to_json().unwrap()).unwrap();
    let mut zone = Zone::of(role).await;
    let mut dice = Dice(0x5eed_0000 + role as u64);
    let mut done = Vec::new();
    for operation in operations(&document) {
        let may = match operation.need {
            Need::May(action) => action.allowed(&[role]),
            Need::Account | Need::Nothing => true,
        };
        for round in 0..if may { rounds(&operation) } else { 4 } {
            let sending = sending(&zone, &operation, &document, &mut dice, round == 0);
            let answer = send(&mut zone, &operation.method, &sending).await;
            judge(&zone, &operation, &document, &sending, &answer);
            if round == 0 {
                assert_eq!(answer.status.as_u16() == 403, !may, "{role:?} {}: {}", operation.id, answer.text);
                if answer.status.is_success() {
                    done.push(operation.id.clone());
                }
            }
        }
    }
    done
}

/// Walks, and fails where the good request of one of these operations was not done, so that the walk cannot come
/// to nothing in silence.
async fn walks(role: Role, but_for: &[&str]) {
    let done = walk(role).await;
    let document: Json = serde_json::from_str(&crate::api::document().to_json().unwrap()).unwrap();
    let missed: Vec<String> = operations(&document)
        .into_iter()
        .filter(|operation| match operation.need {
            Need::May(action) => action.allowed(&[role]),
            Need::Account | Need::Nothing => true,
        })
        // Of cases the zone of the walk has none; what they do is tried by their own tests.
        .filter(|operation| {
            let of_cases =
                ["/api/v1/cases/", "/api/v1/goals", "/api/v1/meetings", "/api/v1/duty-reports/", "/api/v1/visits/"];
            // A duty names a form and a unit that the walk has not made; what is set is read all the same.
            let sets_duties = operation.method == Method::POST && operation.path.starts_with("/api/v1/duties");
            !sets_duties && of_cases.iter().all(|of| !operation.path.starts_with(of))
        })
        .map(|operation| operation.id)
        .filter(|id| !done.contains(id))
        .collect();
    assert_eq!(missed, but_for, "{role:?}");
}

#[tokio::test]
async fn a_leader_is_answered_as_the_document_says() {
    // Whoever corrects nothing is answered as if there were no such page.
    walks(Role::Leader, &["correct"]).await;
}

#[tokio::test]
async fn an_analyst_is_answered_as_the_document_says() {
    walks(Role::Analyst, &[]).await;
}

#[tokio::test]
async fn an_officer_is_answered_as_the_document_says() {
    walks(Role::Officer, &[]).await;
}

#[tokio::test]
async fn a_clerk_is_answered_as_the_document_says() {
    walks(Role::Clerk, &[]).await;
}

#[tokio::test]
async fn an_enterprise_is_answered_as_the_document_says() {
    // The job is another's; the directory and the rounds are for those who serve.
    walks(Role::Enterprise, &["job", "resources", "resource", "visits"]).await;
}

#[tokio::test]
async fn a_system_administrator_is_answered_as_the_document_says() {
    walks(Role::SystemAdmin, &[]).await;
}

#[tokio::test]
async fn a_security_administrator_is_answered_as_the_document_says() {
    walks(Role::SecurityAdmin, &["job"]).await;
}

#[tokio::test]
async fn an_auditor_is_answered_as_the_document_says() {
    walks(Role::Auditor, &["job"]).await;
}

#[test]
fn two_schemas_of_one_name_are_one() {
    let mut known: std::collections::BTreeMap<String, Json> = std::collections::BTreeMap::new();
    for operation in crate::api::operations() {
        for (name, schema) in operation.described.0 {
            let schema = json!(schema);
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "two schemas are called {name}");
        }
    }
    assert!(known.len() > 40, "{}", known.len());
}
