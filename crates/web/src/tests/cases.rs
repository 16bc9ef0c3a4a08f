//! Cases: what a person may not see or do, then the way of a matter from an enterprise to its end.

use axum::http::StatusCode;
use store::access::Role;

use crate::testing::{Browser, House};

/// A photograph, as far as its first bytes tell.
const PHOTO: (&str, &[u8]) = ("现场.jpg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2, 3]);

/// The code of an enterprise that has nothing to do with the harness's.
const OTHER: &str = "91410400000020001A";

/// A house with a second enterprise and a clerk of the west park.
async fn house() -> House {
    let house = House::new().await;
    house.enterprise(OTHER, "样例无关有限公司").await;
    house.enterprise_account("stranger", OTHER).await;
    house.account("west", &[(Role::Clerk, house.units[2])]).await;
    house
}

/// The enterprise raises a matter; its page.
async fn raised(enterprise: &mut Browser) -> String {
    let fields =
        [("title", "二期厂房停电"), ("topic", "power"), ("text", "昨晚起停电，生产线停了"), ("place", "二期厂房")];
    let answer = enterprise.upload("/cases/matter/new", &fields, Some(PHOTO)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().to_owned()
}

/// The number of the last event, as the forms of a page bear it.
async fn seen(browser: &mut Browser, address: &str) -> String {
    let page = browser.get(address).await;
    assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
    let after = page.text.split("name=\"seen\" value=\"").nth(1).unwrap_or_else(|| panic!("no step on {address}"));
    after.split('"').next().unwrap().to_owned()
}

/// Takes a step as the page's form does; the answer's status is the caller's to judge.
async fn step(
    browser: &mut Browser,
    address: &str,
    step: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> crate::testing::Answer {
    let seen = seen(browser, address).await;
    let mut all = vec![("seen", seen.as_str())];
    all.extend_from_slice(fields);
    browser.upload(&format!("{address}/steps/{step}"), &all, file).await
}

#[tokio::test]
async fn what_lies_outside_ones_rows_is_answered_like_what_does_not_exist() {
    let house = house().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let address = raised(&mut enterprise).await;
    let none = "/cases/matter/SQ-2026-99999";
    let mut stranger = house.as_account("stranger").await;
    let mut west = house.as_account("west").await;
    for browser in [&mut stranger, &mut west] {
        for page in [address.as_str(), none] {
            let read = browser.get(page).await;
            assert_eq!(read.status, StatusCode::NOT_FOUND, "{page}");
            let acted = browser.upload(&format!("{page}/steps/chase"), &[("seen", "1"), ("text", "快办")], None).await;
            assert_eq!(acted.status, StatusCode::NOT_FOUND, "{page}");
        }
        let list = browser.get("/cases/matter?which=all").await.text;
        assert!(!list.contains("二期厂房停电"));
    }
    let file = enterprise.get(&address).await.text;
    let file = file.split(&format!("{address}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let photo = format!("{address}/files/{file}");
    assert_eq!(enterprise.get(&photo).await.headers["content-type"], "image/jpeg");
    assert_eq!(stranger.get(&photo).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get(&format!("{none}/files/{file}")).await.status, StatusCode::NOT_FOUND);
    for page in ["/cases/nonsense", "/cases/nonsense/board", "/cases/nonsense/new"] {
        assert_eq!(enterprise.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
}

#[tokio::test]
async fn the_administrators_reach_no_case_and_no_list() {
    let house = house().await;
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
        let mut browser = house.as_role(role).await;
        for page in
            ["/today", "/cases", "/cases/matter", "/cases/task/board", "/cases/visit/calendar", "/cases/matter/new"]
        {
            assert_eq!(browser.get(page).await.status, StatusCode::FORBIDDEN, "{role:?} {page}");
        }
        assert!(!browser.get("/account").await.text.contains("/cases/matter"), "{role:?} has no menu of cases");
        assert_ne!(browser.get("/").await.location(), "/today", "{role:?}");
    }
}

#[tokio::test]
async fn a_step_without_what_it_needs_is_refused_and_what_was_typed_stays() {
    let house = house().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let address = raised(&mut enterprise).await;
    let east = house.units[1].to_string();

    let nowhere = step(&mut analyst, &address, "dispatch", &[("text", "请速办")], None).await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nowhere.text.contains("需要主办单位") && nowhere.text.contains("请速办"), "{}", nowhere.text);
    let wrong = step(&mut analyst, &address, "dispatch", &[("unit", "消防队")], None).await;
    assert!(wrong.text.contains("没有“消防队”这个单位"));
    assert_eq!(step(&mut analyst, &address, "dispatch", &[("unit", &east)], None).await.status, StatusCode::SEE_OTHER);

    assert_eq!(step(&mut clerk, &address, "arrive", &[], None).await.status, StatusCode::SEE_OTHER);
    let bare = step(&mut clerk, &address, "answer", &[("text", "已抢修")], None).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "an answer without proof");
    assert!(bare.text.contains("需要证明材料") && bare.text.contains("已抢修"), "{}", bare.text);
    let page = b"<html><script>x</script>".as_slice();
    let hostile = step(&mut clerk, &address, "answer", &[("text", "已抢修")], Some(("a.jpg", page))).await;
    assert!(hostile.text.contains("不能作为附件"), "{}", hostile.text);
    let other = step(&mut clerk, &address, "confirm", &[("rating", "5")], None).await;
    assert_ne!(other.status, StatusCode::SEE_OTHER, "the unit does not confirm its own work");
    assert!(clerk.get(&address).await.text.contains("办理中"));
}

#[tokio::test]
async fn a_task_is_not_set_for_a_day_of_the_past_and_the_form_keeps_what_was_typed() {
    let house = house().await;
    let mut leader = house.as_role(Role::Leader).await;
    let east = house.units[1].to_string();
    let fields =
        [("title", "打通断头路"), ("unit", east.as_str()), ("text", "十二月底前通车"), ("until", "2020-01-01")];
    let refused = leader.upload("/cases/task/new", &fields, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["2020-01-01 已经过去", "打通断头路", "十二月底前通车"] {
        assert!(refused.text.contains(said), "{said}");
    }
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let theirs = enterprise.upload("/cases/task/new", &fields[..3], None).await;
    assert_ne!(theirs.status, StatusCode::SEE_OTHER, "an enterprise sets no tasks");
}

#[tokio::test]
async fn of_two_who_act_at_once_the_second_is_told_what_happened_and_keeps_what_was_typed() {
    let house = house().await;
    house.account("desk", &[(Role::Analyst, house.units[0])]).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let address = raised(&mut enterprise).await;
    let mut first = house.as_role(Role::Analyst).await;
    let mut second = house.as_account("desk").await;
    let (east, west) = (house.units[1].to_string(), house.units[2].to_string());
    let seen = seen(&mut second, &address).await;
    assert_eq!(step(&mut first, &address, "dispatch", &[("unit", &east)], None).await.status, StatusCode::SEE_OTHER);
    let fields = [("seen", seen.as_str()), ("unit", west.as_str()), ("text", "西区更熟悉情况")];
    let late = second.upload(&format!("{address}/steps/dispatch"), &fields, None).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for said in ["事项已有变化", "分派", "analyst", "西区更熟悉情况"] {
        assert!(late.text.contains(said), "{said} is not said: {}", late.text);
    }
}

#[tokio::test]
async fn a_matter_goes_from_the_enterprise_to_its_confirmed_end() {
    let house = house().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let address = raised(&mut enterprise).await;
    let east = house.units[1].to_string();
    assert!(analyst.get("/today").await.text.contains("二期厂房停电"), "it waits for the desk");
    step(&mut analyst, &address, "dispatch", &[("unit", &east), ("text", "供电属你单位")], None).await;
    assert!(clerk.get("/today").await.text.contains("二期厂房停电"), "it waits for the unit");
    assert!(!analyst.get("/cases/matter?mine=1").await.text.contains("二期厂房停电"));
    step(&mut clerk, &address, "arrive", &[], None).await;
    let answered = step(&mut clerk, &address, "answer", &[("text", "已恢复供电")], Some(PHOTO)).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
    assert!(enterprise.get("/today").await.text.contains("请您确认的答复"));
    let confirmed = step(&mut enterprise, &address, "confirm", &[("rating", "4")], None).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text);
    let page = enterprise.get(&address).await.text;
    for said in ["已办结（企业确认）", "记录链完整", "已恢复供电", "满意", "二期厂房"] {
        assert!(page.contains(said), "{said} is not on the page: {page}");
    }
    assert!(!page.contains("供电属你单位"), "what the units say among themselves is theirs");
    assert!(analyst.get(&address).await.text.contains("供电属你单位"));
    assert_eq!(page.matches("现场.jpg").count(), 3, "the photo of the problem twice, and that of the answer");
}

#[tokio::test]
async fn every_way_to_look_opens_for_everybody_who_works_with_cases() {
    let house = house().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    raised(&mut enterprise).await;
    for role in [Role::Leader, Role::Analyst, Role::Officer, Role::Clerk, Role::Enterprise] {
        let mut browser = house.as_role(role).await;
        assert_eq!(browser.get("/").await.location(), "/today", "{role:?}");
        for lang in ["zh", "en"] {
            browser.post("/preferences", &[("lang", lang), ("next", "/account")]).await;
            for kind in &loops::ALL {
                for view in
                    ["", "/board", "/calendar", "/calendar?month=2027-02", "/export", "/new", "?which=all&sort=-opened"]
                {
                    let asks_only = role == Role::Enterprise && !kind.opened_by.contains(&loops::Party::Asker);
                    let expected = if asks_only && view == "/new" { StatusCode::FORBIDDEN } else { StatusCode::OK };
                    let page = format!("/cases/{}{view}", kind.key);
                    let answer = browser.get(&page).await;
                    assert_eq!(answer.status, expected, "{role:?} {lang} {page}: {}", answer.text);
                }
            }
            for page in ["/today", "/cases", "/cases?which=overdue&colour=red"] {
                assert_eq!(browser.get(page).await.status, StatusCode::OK, "{role:?} {lang} {page}");
            }
        }
    }
    let mut analyst = house.as_role(Role::Analyst).await;
    for (query, found) in
        [("q=停电", true), ("q=断水", false), ("topic=power", true), ("topic=tax", false), ("state=raised", true)]
    {
        let list = analyst
            .get(&format!(
                "/cases/matter?{}",
                query.replace("停电", "%E5%81%9C%E7%94%B5").replace("断水", "%E6%96%AD%E6%B0%B4")
            ))
            .await;
        assert_eq!(list.text.contains("二期厂房停电"), found, "{query}");
    }
    for wrong in ["state=nonsense", "colour=pink", "sort=password", "month=13"] {
        let path = if wrong.starts_with("month") { "/cases/matter/calendar" } else { "/cases/matter" };
        assert_eq!(analyst.get(&format!("{path}?{wrong}")).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn an_enterprise_is_offered_what_it_can_take_part_in_and_open() {
    let house = House::new().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let today = enterprise.get("/today").await.text;
    for (kind, there) in [("matter", true), ("visit", true), ("approval", true), ("inspection", true)]
        .into_iter()
        .chain(["duty_report", "task", "document", "assistance"].map(|kind| (kind, false)))
    {
        assert_eq!(today.contains(&format!("href=\"/cases/{kind}\"")), there, "{kind} in the menu");
        let opens = matches!(kind, "matter" | "approval");
        let list = enterprise.get(&format!("/cases/{kind}")).await;
        assert_eq!(list.status, StatusCode::OK);
        assert_eq!(list.text.contains(&format!("/cases/{kind}/new")), opens, "{kind} is offered to be opened");
        let form = enterprise.get(&format!("/cases/{kind}/new")).await.status;
        assert_eq!(form, if opens { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{kind}");
    }
    let leader = house.as_role(Role::Leader).await.get("/today").await.text;
    assert!(leader.contains("href=\"/cases/document\""), "{leader}");
}
