//! What the zone promises for an item: refused where it is longer than the law, the clock of the case, and told
//! in the list, on the case, to a program and in the shares by class of speed.

use axum::http::{Method, StatusCode};
use kernel::Lang;
use reports::sheet::{Limits, Workbook};
use serde_json::json;
use store::access::{Reach, Role};

use super::api::{call, program, read};
use crate::testing::House;

/// An item with a promise as it is typed: class, how many, of what.
async fn list(house: &House, (speed, within, counted): (&str, &str, &str), seen: &str) -> crate::testing::Answer {
    let east = house.units[1].to_string();
    let mut leader = house.as_role(Role::Leader).await;
    let item = [
        ("name", "临时占用道路"),
        ("papers", "占道申请表"),
        ("lead", east.as_str()),
        ("speed", speed),
        ("within", within),
        ("counted", counted),
        ("seen", seen),
    ];
    leader.post("/approvals/items", &item).await
}

/// An application for an item by the enterprise; the address of its page.
async fn applied(house: &House, item: &str) -> String {
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let sent = [("title", "临时占用道路"), ("text", "三天"), ("item", item), ("paper.占道申请表", "1")];
    let opened = enterprise.upload("/cases/approval/new", &sent, None).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    opened.location().to_owned()
}

/// What stands in the last column of a workbook, its head too, sorted.
fn promised_in(workbook: Vec<u8>) -> Vec<String> {
    let mut book = Workbook::open(workbook, Limits::default()).unwrap();
    let name = book.sheets()[0].name.clone();
    let mut rows = book.rows(&name).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        found.extend(row.cells.get(10).map(|cell| cell.shown().into_owned()).filter(|text| !text.is_empty()));
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_promise_longer_than_the_law_or_its_class_is_refused_by_name_and_nothing_is_listed() {
    let house = House::new().await;
    for (promise, said) in [
        (("ordinary", "21", "working_days"), "承诺 21 个工作日 长于法定时限 20 个工作日"),
        (("ordinary", "481", "hours"), "承诺 481 小时 长于法定时限"),
        (("instant", "2", "hours"), "“即办”的承诺应在 1 小时以内"),
        (("holiday_duty", "3", "working_days"), "“节假日值守”的承诺应在 72 小时以内"),
        (("ordinary", "很快", "hours"), "承诺时限“很快”不是一个整数"),
        (("ordinary", "0", "hours"), "至少为 1"),
        (("lightning", "", ""), "请选择办理速度"),
    ] {
        let refused = list(&house, promise, "0").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said) && refused.text.contains("占道申请表"), "{said}: {}", refused.text);
    }
    let page = house.as_role(Role::Leader).await.get("/approvals/items").await.text;
    assert!(!page.contains("I-001"), "{page}");
    assert!(page.contains("href=\"/cases/approval\" aria-current=\"page\""), "the menu says where one is: {page}");
}

#[tokio::test]
async fn the_promise_of_an_item_is_the_clock_of_its_case_and_told_wherever_the_case_is() {
    let house = House::new().await;
    for (seen, promise) in
        [("0", ("twenty_four_hours", "", "")), ("1", ("ordinary", "5", "working_days")), ("2", ("", "", ""))]
    {
        assert_eq!(list(&house, promise, seen).await.status, StatusCode::SEE_OTHER);
    }
    let mut leader = house.as_role(Role::Leader).await;
    let items = leader.get("/approvals/items").await.text;
    for said in [">24小时</td>", ">5 个工作日</td>", ">法定 20 个工作日</td>"] {
        assert!(items.contains(said), "{said}: {items}");
    }
    let addresses = [applied(&house, "I-001").await, applied(&house, "I-002").await, applied(&house, "I-003").await];
    let mut enterprise = program(&house, "enterprise", Reach::Write).await;
    let own_day = json!({"title": "临时占用道路", "text": "三天", "item": "I-001", "until": "2099-12-01"});
    let refused = call(&mut enterprise, &Method::POST, "/api/v1/cases/approval", Some(&own_day)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody who asks sets the clock: {}", refused.text);
    let mut told = Vec::new();
    for address in &addresses {
        told.push(read(&mut enterprise, &format!("/api/v1{address}")).await);
    }
    assert_eq!(told[0]["promise"]["speed"], "twenty_four_hours");
    assert_eq!((told[0]["promise"]["within"].as_i64(), &told[0]["promise"]["counted"]), (Some(24), &"hours".into()));
    assert_eq!((told[1]["promise"]["within"].as_i64(), told[2]["promise"].is_null()), (Some(5), true));
    // A day after the application, to the second: true hours, from the application on.
    let moment = |value: &serde_json::Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let left = moment(&told[0]["due_at"]).duration_since(moment(&told[0]["opened_at"]));
    assert_eq!(left.as_hours(), 24);

    let mut analyst = house.as_role(Role::Analyst).await;
    let page = analyst.get(&addresses[0]).await.text;
    assert!(page.contains("<dt>承诺时限</dt><dd>24小时（法定 20 个工作日）</dd>"), "{page}");
    assert!(!analyst.get(&addresses[2]).await.text.contains("<dt>承诺时限</dt>"));
    let list = analyst.get("/cases/approval").await.text;
    assert_eq!(list.matches("title=\"承诺时限\">24小时</span>").count(), 1, "{list}");
    assert_eq!(list.matches("title=\"承诺时限\">").count(), 2, "{list}");

    assert_eq!(promised_in(analyst.get_bytes("/cases/approval/export").await), ["24小时", "5 个工作日", "承诺时限"]);

    let east = house.units[1].to_string();
    for address in &addresses[..2] {
        let accepted =
            analyst.upload(&format!("{address}/steps/accept"), &[("unit", &east), ("seen", "1")], None).await;
        assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
    }
    let page = analyst.get(&addresses[1]).await.text;
    let legal = loops::promise::legal().label(Lang::Zh);
    assert!(page.contains(&format!("5 个工作日（法定 {legal}，至 20")), "{page}");
    let mut clerk = house.as_role(Role::Clerk).await;
    let granted = [("seen", "2"), ("text", "准予")];
    assert_eq!(
        clerk.upload(&format!("{}/steps/grant", addresses[0]), &granted, None).await.status,
        StatusCode::SEE_OTHER
    );
    let figures = analyst.get("/cases/approval/figures?behind=speed-kept-twenty_four_hours").await.text;
    assert!(figures.contains("100.0%") && figures.contains("1小时内（即办）"), "{figures}");
    assert!(figures.contains("按承诺办结：24小时 <span class=\"text-secondary\">1</span>"), "{figures}");
    assert!(!analyst.get("/cases/matter/figures").await.text.contains("id=\"speeds\""));
}
