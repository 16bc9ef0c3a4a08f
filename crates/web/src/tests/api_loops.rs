//! Duty reports, resources, visits and saved views of lists of cases through the API: the same as on the pages.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use store::access::{Reach, Role};

use super::api::{call, program, read};
use super::{duties, visits};
use crate::cases::duties::opening::{Opened, open_due};
use crate::testing::{Browser, ENTERPRISE, House};

async fn refused(browser: &mut Browser, address: &str, body: &Value, status: StatusCode, said: &str) {
    let answer = call(browser, &Method::POST, address, Some(body)).await;
    assert_eq!(answer.status, status, "{address}: {}", answer.text);
    assert!(answer.text.contains(said), "{said}: {}", answer.text);
}

#[tokio::test]
async fn a_program_reports_figures_or_nothing_and_the_late_list_names_the_silent() {
    let house = House::new().await;
    duties::set(&house).await;
    open_due(&house.app, &mut Opened::default()).await.unwrap();
    let mut leader = program(&house, "leader", Reach::Write).await;
    let book = read(&mut leader, "/api/v1/duties").await;
    assert_eq!(
        (&book["forms"][0]["figures"][0]["field"], &book["duties"][0]["rhythm"]),
        (&json!("total_staff"), &json!("daily"))
    );
    let mut clerk = program(&house, "clerk", Reach::Write).await;
    assert_eq!(call(&mut clerk, &Method::GET, "/api/v1/duties", None).await.status, StatusCode::FORBIDDEN);
    let rows = read(&mut clerk, "/api/v1/duty-reports").await["rows"].clone();
    assert_eq!(
        (rows.as_array().unwrap().len(), &rows[0]["standing"], &rows[0]["late"]),
        (1, &json!("waiting"), &json!(false))
    );
    assert_eq!(read(&mut clerk, "/api/v1/duty-reports?late=true").await["rows"], json!([]));
    // The duty began today: of the days before nobody owes anything.
    assert_eq!(read(&mut leader, "/api/v1/duty-reports?day=2020-01-01").await["rows"], json!([]));

    let address = format!("/api/v1/duty-reports/{}", rows[0]["number"].as_str().unwrap());
    let form = read(&mut clerk, &address).await;
    assert_eq!(
        (&form["seen"], &form["form"]["title"], &form["before"]),
        (&json!(1), &json!("园区运行日报"), &Value::Null)
    );
    let mut west = program(&house, "enterprise", Reach::Write).await;
    assert_eq!(call(&mut west, &Method::GET, &address, None).await.status, StatusCode::NOT_FOUND);
    let figures = json!({"total_staff": "200", "industrial_output": "50"});
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    refused(&mut clerk, &address, &json!({"seen": 1, "figures": {"total_staff": "200"}}), unfit, "0").await;
    refused(&mut clerk, &address, &json!({"seen": 1, "nothing": true, "figures": figures}), unfit, "Leave out one")
        .await;
    refused(&mut clerk, &address, &json!({"seen": 9, "nothing": true}), StatusCode::CONFLICT, "").await;
    let sent = call(&mut clerk, &Method::POST, &address, Some(&json!({"seen": 1, "figures": figures}))).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    assert_eq!(read(&mut leader, "/api/v1/duty-reports").await["rows"][0]["standing"], "unsigned");
    let number = rows[0]["number"].as_str().unwrap();
    let back = json!({"seen": 2, "text": "重报"});
    let returned = format!("/api/v1/cases/duty_report/{number}/steps/send_back");
    assert_eq!(call(&mut leader, &Method::POST, &returned, Some(&back)).await.status, StatusCode::OK);
    let nothing = call(&mut clerk, &Method::POST, &address, Some(&json!({"seen": 3, "nothing": true}))).await;
    assert_eq!(nothing.status, StatusCode::OK, "{}", nothing.text);
    let sign = format!("/api/v1/cases/duty_report/{number}/steps/sign");
    let signed = call(&mut leader, &Method::POST, &sign, Some(&json!({"seen": 4, "signed": true}))).await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    let row = read(&mut leader, "/api/v1/duty-reports").await["rows"][0].clone();
    assert_eq!((&row["standing"], row["signed_at"].is_string()), (&json!("nothing"), true), "that is a report");
}

#[tokio::test]
async fn a_program_sets_forms_and_duties_and_ends_them() {
    let house = House::new().await;
    let unit = house.units[1].to_string();
    let mut leader = program(&house, "leader", Reach::Write).await;
    let form = json!({"seen": 0, "title": "防汛日报", "figures": [{"field": "total_staff"}, {"field": "total_staff", "percent": 5}]});
    let duty = |seen: i64, change: Value| {
        let mut duty = json!({"seen": seen, "form": "f-001", "units": [unit], "rhythm": "daily", "by_hour": 18});
        duty.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        duty
    };
    let over = json!({"seen": 2, "form": "f-001", "unit": unit});
    let bodies =
        [("/api/v1/duties/forms", &form), ("/api/v1/duties", &duty(1, json!({}))), ("/api/v1/duties/end", &over)];
    for who in ["officer", "clerk", "enterprise", "system_admin", "auditor"] {
        let mut who = program(&house, who, Reach::Write).await;
        for (address, body) in bodies {
            refused(&mut who, address, body, StatusCode::FORBIDDEN, "").await;
        }
    }
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    refused(
        &mut leader,
        "/api/v1/duties/forms",
        &json!({"seen": 0, "title": "a", "figures": [{"field": "name"}]}),
        unfit,
        "is no figure",
    )
    .await;
    refused(&mut leader, "/api/v1/duties", &duty(0, json!({})), unfit, "there is no form").await;
    let book = call(&mut leader, &Method::POST, "/api/v1/duties/forms", Some(&form)).await;
    assert_eq!(book.status, StatusCode::OK, "{}", book.text);
    let book: Value = serde_json::from_str(&book.text).unwrap();
    assert_eq!(book["seen"], 1);
    assert_eq!(
        book["forms"][0],
        json!({"key": "f-001", "title": "防汛日报",
        "figures": [{"field": "total_staff", "percent": 30, "least": 0}]}),
        "a figure is asked for once"
    );
    refused(&mut leader, "/api/v1/duties/forms", &json!({"seen": 0, "title": "另一张"}), StatusCode::CONFLICT, "")
        .await;
    for (change, said) in [
        (json!({"units": []}), "Tick the units"),
        (json!({"units": [uuid::Uuid::nil()]}), "units that are open"),
        (json!({"rhythm": "weekly"}), "The rhythm is"),
        (json!({"rhythm": "daily", "on": 3}), "The rhythm is"),
        (json!({"rhythm": "monthly", "on": 32}), "choose a day"),
        (json!({"by_hour": 25}), "an hour from 1 to 24"),
        (json!({"from": "2020-01-01"}), "has passed"),
        (json!({"from": "2999-01-02", "until": "2999-01-01"}), "before it begins"),
    ] {
        refused(&mut leader, "/api/v1/duties", &duty(1, change), unfit, said).await;
    }
    let set =
        call(&mut leader, &Method::POST, "/api/v1/duties", Some(&duty(1, json!({"rhythm": "weekly", "on": 5})))).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    let row = read(&mut leader, "/api/v1/duties").await["duties"][0].clone();
    assert_eq!(
        (&row["rhythm"], &row["on"], &row["unit"], &row["until"]),
        (&json!("weekly"), &json!(5), &json!(unit), &Value::Null)
    );
    refused(&mut leader, "/api/v1/duties", &duty(2, json!({})), unfit, "reports this form already").await;
    refused(
        &mut leader,
        "/api/v1/duties/end",
        &json!({"seen": 1, "form": "f-001", "unit": unit}),
        StatusCode::CONFLICT,
        "",
    )
    .await;
    let other = json!({"seen": 2, "form": "f-001", "unit": uuid::Uuid::nil()});
    refused(&mut leader, "/api/v1/duties/end", &other, StatusCode::NOT_FOUND, "").await;
    let ended = call(&mut leader, &Method::POST, "/api/v1/duties/end", Some(&over)).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
    let ended: Value = serde_json::from_str(&ended.text).unwrap();
    assert_eq!((&ended["seen"], &ended["duties"][0]["until"]), (&json!(3), &row["from"]), "with today");
}

#[tokio::test]
async fn a_program_finds_resources_and_what_may_answer_a_need_with_the_reasons() {
    let house = House::new().await;
    house.enterprise("91410400000020001A", "样例轴承检测有限公司").await;
    let mut enterprise = program(&house, "enterprise", Reach::Write).await;
    let matter = json!({"title": "轴承检测排不上号", "topic": "market", "text": "想就近找检测的"});
    let opened = call(&mut enterprise, &Method::POST, "/api/v1/cases/matter", Some(&matter)).await;
    let number = serde_json::from_str::<Value>(&opened.text).unwrap()["number"].as_str().unwrap().to_owned();
    let answers = format!("/api/v1/cases/matter/{number}/resources");
    for address in ["/api/v1/resources/enterprise", "/api/v1/resources/programme/policy:tech-sme", &answers] {
        assert_eq!(call(&mut enterprise, &Method::GET, address, None).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let mut leader = program(&house, "leader", Reach::Read).await;
    let found = read(&mut leader, "/api/v1/resources/enterprise?q=%E6%A3%80%E6%B5%8B").await;
    assert_eq!((found["total"].as_u64(), &found["rows"][0]["name"]), (Some(1), &json!("样例轴承检测有限公司")));
    let id = found["rows"][0]["id"].as_str().unwrap();
    assert_eq!(read(&mut leader, &format!("/api/v1/resources/enterprise/{id}")).await["name"], "样例轴承检测有限公司");
    for wrong in [format!("carrier/{id}"), "enterprise/x".to_owned(), format!("programme/{id}"), "odd".to_owned()] {
        let answer = call(&mut leader, &Method::GET, &format!("/api/v1/resources/{wrong}"), None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let mut clerk = program(&house, "clerk", Reach::Read).await;
    let theirs = call(&mut clerk, &Method::GET, &format!("/api/v1/resources/enterprise/{id}"), None).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND, "not of the clerk's rows");
    let best = read(&mut leader, &answers).await["rows"][0].clone();
    let found = &best["resource"];
    assert_eq!((&found["name"], &found["kind"]), (&json!("样例轴承检测有限公司"), &json!("enterprise")));
    assert!(best["points"].as_u64().unwrap() > 0 && best["reasons"].to_string().contains("轴承检测"), "{best}");
    let programmes = read(&mut leader, "/api/v1/resources/programme").await;
    let policy = programmes["rows"][0]["id"].as_str().unwrap().to_owned();
    assert!(policy.starts_with("policy:"), "{policy}");
    assert_eq!(read(&mut leader, &format!("/api/v1/resources/programme/{policy}")).await["id"], policy);
}

#[tokio::test]
async fn a_program_reads_what_is_owed_and_whom_to_see_next() {
    let house = visits::house().await;
    let mut leader = program(&house, "leader", Reach::Read).await;
    let rows = read(&mut leader, "/api/v1/visits").await["rows"].clone();
    let visitor = rows.as_array().unwrap().iter().find(|row| row["officer"] == "visitor").unwrap();
    assert_eq!((visitor["firms"].as_u64(), visitor["owed"].as_array().unwrap().len()), (Some(1), 3), "{visitor}");
    let plan = read(&mut leader, "/api/v1/visits/visitor").await;
    assert_eq!(plan["round"][0]["subject"], house.known(ENTERPRISE).await.to_string());
    assert_eq!((&plan["round"][0]["reasons"][0], &plan["due"]), (&json!("never visited"), &json!([])), "{plan}");
    let elsewhere = format!("/api/v1/visits/visitor?place={}", house.units[2]);
    assert_eq!(read(&mut leader, &elsewhere).await["round"], json!([]));
    // An officer reads the own round, a clerk nobody's, an enterprise has no such thing.
    let mut own = program(&house, "visitor", Reach::Read).await;
    assert_eq!(read(&mut own, "/api/v1/visits").await["rows"].as_array().unwrap().len(), 1);
    for (account, address) in
        [("officer", "/visitor"), ("clerk", "/visitor"), ("enterprise", ""), ("leader", "/nobody")]
    {
        let mut other = program(&house, account, Reach::Read).await;
        let answer = call(&mut other, &Method::GET, &format!("/api/v1/visits{address}"), None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{account} {address}");
    }
}

#[tokio::test]
async fn a_view_of_a_list_of_cases_is_kept_shared_and_deleted_by_its_owner_alone() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let view = |query: &str, shared: bool| json!({"name": "红色事项", "query": query, "shared": shared});
    let address = "/api/v1/case-views/matter";
    refused(&mut analyst, address, &view("colour=chartreuse", false), StatusCode::BAD_REQUEST, "chartreuse").await;
    refused(&mut analyst, "/api/v1/case-views/odd", &view("", false), StatusCode::NOT_FOUND, "").await;
    let kept = call(&mut analyst, &Method::POST, address, Some(&view("colour=red&sort=-opened", true))).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    let id = serde_json::from_str::<Value>(&kept.text).unwrap()["id"].as_str().unwrap().to_owned();
    let mut clerk = program(&house, "clerk", Reach::Write).await;
    let seen = read(&mut clerk, address).await["rows"][0].clone();
    assert_eq!((&seen["name"], &seen["own"], &seen["shared"]), (&json!("红色事项"), &json!(false), &json!(true)));
    assert!(seen["query"].as_str().unwrap().contains("colour=red"), "{seen}");
    assert_eq!(read(&mut clerk, "/api/v1/case-views/every").await["rows"], json!([]), "each list has its own");
    let page = house.as_role(Role::Analyst).await.get("/cases/matter").await.text;
    assert!(page.contains("红色事项"), "the page shows what a program kept");
    let delete = format!("{address}/{id}/delete");
    assert_eq!(call(&mut clerk, &Method::POST, &delete, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(call(&mut analyst, &Method::POST, &delete, None).await.status, StatusCode::OK);
    assert_eq!(read(&mut clerk, address).await["rows"], json!([]));
}
