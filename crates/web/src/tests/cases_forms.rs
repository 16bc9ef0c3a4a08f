//! The form of an approval: one for all departments, with what the register knows and what differs from it.

use axum::http::{Method, StatusCode};
use kernel::{FactKey, Period, SourceKind, SubjectKind, Value};
use serde_json::json;
use store::access::{Reach, Role};
use store::{NewLoad, NewStatement};

use super::api::{call, program, read};
use crate::testing::{Answer, Browser, ENTERPRISE, House};

const PHOTO: (&str, &[u8]) = ("现场.jpg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2, 3]);

/// The fact of the year before this one that the form asks for.
fn staff() -> FactKey {
    FactKey::of("year_end_employees", Period::Year(jiff::Zoned::now().year() - 1))
}

/// The statistics office said that the firm has 214 people.
async fn known(house: &House) {
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".to_owned(),
        title: "用工年报.xlsx".to_owned(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "(console)".to_owned(),
    };
    let values =
        [(FactKey::timeless("uscc"), Some(Value::Code(ENTERPRISE.to_owned()))), (staff(), Some(Value::Integer(214)))];
    let statement = NewStatement { values: values.into(), ..NewStatement::default() };
    house.app.store().load(load, [statement], |_| {}).await.unwrap();
}

const STAFF: &str = "期末从业人员";

/// An item with a form of three lines; what is wrong with a form is said before it is listed.
async fn listed(house: &House) -> Browser {
    known(house).await;
    let (east, west) = (house.units[1].to_string(), format!("assist.{}", house.units[2]));
    let mut leader = house.as_role(Role::Leader).await;
    let item = [
        ("name", "新建厂房开工"),
        ("papers", "营业执照\n总平面图"),
        ("lead", east.as_str()),
        (west.as_str(), "1"),
        ("seen", "0"),
        ("ask.0.label", STAFF),
        ("ask.0.kind", "register"),
        ("ask.0.needed", "1"),
        ("ask.1.label", "面积"),
        ("ask.1.kind", "number"),
        ("ask.1.more", "平方米"),
        ("ask.1.needed", "1"),
        ("ask.2.label", "性质"),
        ("ask.2.kind", "choice"),
        ("ask.2.more", "新建、扩建"),
        ("ask.2.needed", "1"),
        ("ask.3.label", "涉及危化品"),
        ("ask.3.kind", "yes_no"),
    ];
    for (at, value, said) in [
        (5, "没有的指标", "企业档案中没有可填的指标“没有的指标”"),
        (8, "性质", "表格里有两个“性质”"),
        (8, "面积：平方米", "不能超过 40 字"),
        (14, "新建", "2 至 20 个选项"),
    ] {
        let mut wrong = item;
        wrong[at].1 = value;
        let refused = leader.post("/approvals/items", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said) && refused.text.contains("总平面图"), "{said}: {}", refused.text);
    }
    assert_eq!(leader.post("/approvals/items", &item).await.status, StatusCode::SEE_OTHER);
    leader
}

/// An application with these answers.
async fn apply(browser: &mut Browser, answers: &[(&str, &str)]) -> Answer {
    let mut sent = vec![("title", "新建厂房开工"), ("text", "二期"), ("item", "I-001"), ("paper.营业执照", "1")];
    sent.extend_from_slice(answers);
    browser.upload("/cases/approval/new", &sent, None).await
}

#[tokio::test]
async fn the_form_begins_with_the_register_and_names_every_fault_at_its_field() {
    let house = House::new().await;
    listed(&house).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let form = enterprise.get("/cases/approval/new?item=I-001").await.text;
    assert!(form.contains("value=\"214\"") && form.contains("统计办 用工年报.xlsx"), "{form}");
    let wrong = apply(&mut enterprise, &[("answer.面积", "很多"), (&format!("answer.{STAFF}"), "230")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["“很多”不是一个数", "没有填写。", "value=\"230\"", "value=\"很多\""] {
        assert!(wrong.text.contains(said), "{said}: {}", wrong.text);
    }
    assert_eq!(wrong.text.matches("class=\"x-amiss\"").count(), 2, "{}", wrong.text);
    // Who applies for the enterprise sees its figures only where the enterprise is one of theirs.
    let firm = house.known(ENTERPRISE).await.to_string();
    let mut clerk = house.as_role(Role::Clerk).await;
    let theirs = clerk.get(&format!("/cases/approval/new?item=I-001&subject={firm}")).await.text;
    assert!(!theirs.contains("value=\"214\""), "{theirs}");
    let mut analyst = house.as_role(Role::Analyst).await;
    let staff = format!("answer.{STAFF}");
    let fields = [("enterprise", "样例精密轴承有限公司"), ("look", "1"), (staff.as_str(), "")];
    let looked = apply(&mut analyst, &fields).await;
    assert!(looked.status == StatusCode::OK && looked.text.contains("value=\"214\""), "{}", looked.text);
}

#[tokio::test]
async fn an_answer_that_differs_from_the_register_is_shown_as_such_and_changes_nothing_there() {
    let house = House::new().await;
    listed(&house).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let sent = [(&*format!("answer.{STAFF}"), "230"), ("answer.面积", "1,200.5"), ("answer.性质", "扩建")];
    let opened = apply(&mut enterprise, &sent).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let address = opened.location().to_owned();
    let mut analyst = house.as_role(Role::Analyst).await;
    let page = analyst.get(&address).await.text;
    for said in ["230 人", "与档案不同", "214 人（统计办 用工年报.xlsx）", "1200.5 平方米", "扩建"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let firm = house.known(ENTERPRISE).await;
    let found = house.app.store().subject(firm, &store::access::Scope::Zone, false, None).await.unwrap().unwrap();
    assert_eq!(found.view.value(&staff()), Some(&Value::Integer(214)));
    // The answers stand in the event itself, under its hash.
    let viewer = house.app.store().account_by_name("analyst").await.unwrap().unwrap().id;
    let viewer = house.app.store().viewer(viewer).await.unwrap().unwrap();
    let number = address.rsplit('/').next().unwrap();
    let case = house.app.store().case_numbered(&viewer, loops::by_key("approval").unwrap(), number).await.unwrap();
    let form = &case.unwrap().events[0].event.given.form;
    assert_eq!(form["answer.面积"], "1200.5 平方米");
    assert_eq!(form[&format!("register.{}", staff())], "214 人（统计办 用工年报.xlsx）");
}

#[tokio::test]
async fn what_the_form_lacks_goes_into_the_one_notice_and_is_added_when_completing() {
    let house = House::new().await;
    listed(&house).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let sent = [(&*format!("answer.{STAFF}"), "214"), ("answer.性质", "新建"), ("incomplete", "1")];
    let opened = apply(&mut enterprise, &sent).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let address = opened.location().to_owned();
    let mut analyst = house.as_role(Role::Analyst).await;
    let page = analyst.get(&address).await.text;
    assert!(page.contains(">总平面图\n申请表：面积</textarea>") && page.contains("未填"), "{page}");
    let missing = [("seen", "1"), ("extra.missing", "总平面图\n申请表：面积")];
    let told = analyst.upload(&format!("{address}/steps/ask_for_papers"), &missing, None).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
    let form = enterprise.get(&address).await.text;
    assert!(form.contains(">面积：</textarea>"), "{form}");
    let complete = format!("{address}/steps/complete");
    for (answers, said) in [("面积：很多", "“很多”不是一个数"), ("层高：9", "表格里没有“层高”")]
    {
        let refused = enterprise.upload(&complete, &[("seen", "2"), ("extra.answers", answers)], Some(PHOTO)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{answers}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let bare = enterprise.upload(&complete, &[("seen", "2"), ("extra.answers", "面积：1200")], None).await;
    assert!(
        bare.status == StatusCode::UNPROCESSABLE_ENTITY && bare.text.contains("还没有附上：总平面图"),
        "{}",
        bare.text
    );
    let done = enterprise.upload(&complete, &[("seen", "2"), ("extra.answers", "面积：1200")], Some(PHOTO)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = analyst.get(&address).await.text;
    assert!(page.contains("1200 平方米") && !page.contains("未填"), "{page}");
}

#[tokio::test]
async fn a_program_applies_with_the_same_form_and_the_same_refusals() {
    let house = House::new().await;
    listed(&house).await;
    let mut enterprise = program(&house, "enterprise", Reach::Write).await;
    enterprise.extra.insert("accept-language", "zh-CN".parse().unwrap());
    let open = |answers: serde_json::Value| json!({"title": "新建厂房开工", "text": "二期", "item": "I-001", "papers": ["营业执照"], "answers": answers});
    for (answers, said) in [
        (json!({STAFF: "214", "面积": "很多", "性质": "新建"}), "面积：“很多”不是一个数"),
        (json!({STAFF: "214", "面积": "1"}), "性质：没有填写"),
    ] {
        let refused = call(&mut enterprise, &Method::POST, "/api/v1/cases/approval", Some(&open(answers))).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let whole = open(json!({STAFF: "214", "面积": "1200", "性质": "新建"}));
    let opened = call(&mut enterprise, &Method::POST, "/api/v1/cases/approval", Some(&whole)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let number = serde_json::from_str::<serde_json::Value>(&opened.text).unwrap()["number"].clone();
    let case = read(&mut enterprise, &format!("/api/v1/cases/approval/{}", number.as_str().unwrap())).await;
    assert_eq!(case["history"][0]["form"]["answer.面积"], "1200 平方米");
    let refused = call(&mut enterprise, &Method::POST, "/api/v1/cases/matter", Some(&whole)).await;
    assert_ne!(refused.status, StatusCode::OK, "a matter has no item: {}", refused.text);
}

#[tokio::test]
async fn where_only_answers_are_missing_no_file_is_asked_for() {
    let house = House::new().await;
    listed(&house).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let sent =
        [(&*format!("answer.{STAFF}"), "214"), ("answer.性质", "新建"), ("incomplete", "1"), ("paper.总平面图", "1")];
    let address = apply(&mut enterprise, &sent).await.location().to_owned();
    let mut analyst = house.as_role(Role::Analyst).await;
    let told = [("seen", "1"), ("extra.missing", "申请表：面积")];
    assert_eq!(
        analyst.upload(&format!("{address}/steps/ask_for_papers"), &told, None).await.status,
        StatusCode::SEE_OTHER
    );
    let form = enterprise.get(&address).await.text;
    assert!(form.contains(">面积：</textarea>") && form.contains("附件（可不选）"), "{form}");
    let complete = format!("{address}/steps/complete");
    let nothing = enterprise.upload(&complete, &[("seen", "2"), ("extra.answers", "面积：")], None).await;
    assert!(
        nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("补正的材料或内容"),
        "{}",
        nothing.text
    );
    let done = enterprise.upload(&complete, &[("seen", "2"), ("extra.answers", "面积：1200")], None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(analyst.get(&address).await.text.contains("1200 平方米"));
}

#[tokio::test]
async fn in_english_yes_and_no_are_english_and_what_the_zone_wrote_is_marked_as_chinese() {
    let house = House::new().await;
    listed(&house).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let sent = [
        (&*format!("answer.{STAFF}"), "214"),
        ("answer.面积", "1200"),
        ("answer.性质", "新建"),
        ("answer.涉及危化品", "否"),
    ];
    let opened = apply(&mut enterprise, &sent).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    enterprise.cookies.insert("xs_lang".to_owned(), "en".to_owned());
    let form = enterprise.get("/cases/approval/new?item=I-001").await.text;
    for said in [
        "<option value=\"否\">No</option>",
        "<option value=\"新建\" lang=\"zh-CN\">新建</option>",
        "<span lang=\"zh-CN\">面积 (平方米)</span>",
    ] {
        assert!(form.contains(said), "{said}: {form}");
    }
    let case = enterprise.get(opened.location()).await.text;
    assert!(case.contains("<span>No</span>") && case.contains("<span lang=\"zh-CN\">新建</span>"), "{case}");
}
