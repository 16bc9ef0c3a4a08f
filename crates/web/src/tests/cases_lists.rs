//! Lists of cases: who is offered which, and what narrows them.

use axum::http::{Method, StatusCode};
use jiff::ToSpan as _;
use loops::Given;
use store::Clock;
use store::access::{Reach, Role};

use crate::frame::day;
use crate::testing::House;
use crate::tests::api::{call, program, read};

const OLD: &str = "上月的旧诉求";
const NEW: &str = "本周的新诉求";

/// A house with a matter of thirty days ago and one of now, both of its enterprise.
async fn matters() -> House {
    let house = House::new().await;
    let store = house.app.store();
    let account = store.account_by_name(Role::Enterprise.key()).await.unwrap().unwrap();
    let viewer = store.viewer(account.id).await.unwrap().unwrap();
    let then = store.clock().now() - (30 * 24).hours();
    let matter = loops::by_key("matter").unwrap();
    for (store, title) in [(store.with_clock(Clock::fixed(then)), OLD), (store.clone(), NEW)] {
        let given = Given { title: Some(title.to_owned()), text: Some("请协调".to_owned()), ..Given::default() };
        store.open_case(&viewer, matter, given).await.unwrap();
    }
    house.account("west", &[(Role::Clerk, house.units[2])]).await;
    house
}

#[tokio::test]
async fn what_changed_this_week_is_counted_for_who_steers_and_narrows_every_list() {
    let house = matters().await;
    let monday = day::monday_of(day::day_of(house.app.store().clock().now())).to_string();
    let since = "/cases?which=all&changed_from=week&sort=-changed".to_owned();
    let list = house.as_account("west").await.get(&since).await.text;
    assert!(!list.contains(NEW) && !list.contains(OLD), "another unit's");
    for role in [Role::Officer, Role::Clerk, Role::Enterprise] {
        assert!(!house.as_role(role).await.get("/today").await.text.contains("本周有变化"), "{role:?}");
    }
    for role in [Role::Leader, Role::Analyst] {
        let mut browser = house.as_role(role).await;
        let today = browser.get("/today").await.text.replace("&#38;", "&");
        assert!(today.contains(&format!("href=\"{since}\"><b>1</b><span>本周有变化</span>")), "{role:?} {today}");
    }
    let mut leader = house.as_role(Role::Leader).await;
    for (page, of_old) in [
        (since.clone(), false),
        ("/cases?which=all".to_owned(), true),
        (format!("/cases/matter?changed_from={monday}"), false),
        (format!("/cases/matter/board?changed_from={monday}"), false),
        ("/cases/matter/board".to_owned(), true),
    ] {
        let text = leader.get(&page).await.text;
        assert_eq!((text.contains(NEW), text.contains(OLD)), (true, of_old), "{page}");
    }
    let week = leader.get(&since).await.text;
    let kept = "type=\"hidden\" name=\"changed_from\" value=\"week\"";
    assert!(week.contains("有变化不早于：本周一") && week.contains(kept), "{week}");
    // What the filter form has no field for stays when it is sent.
    let bounds = leader.get("/cases/task?due_from=2026-11-01&opened_to=2026-11-30&unit=").await.text;
    for form in ["class=\"x-filter-search\"", "class=\"x-drop x-left x-filters\""] {
        let form = bounds.split(form).nth(1).and_then(|rest| rest.split("</form>").next()).unwrap();
        for kept in ["name=\"due_from\" value=\"2026-11-01\"", "name=\"opened_to\" value=\"2026-11-30\""] {
            assert!(form.contains(&format!("type=\"hidden\" {kept}")), "{kept}: {form}");
        }
    }
    let since = format!("/cases?which=all&changed_from={monday}&sort=-changed");
    let list = leader.get(&since).await.text;
    let chip = format!("有变化不早于：{monday}");
    let field = format!("type=\"date\" name=\"changed_from\" value=\"{monday}\"");
    assert!(list.contains(&chip) && list.contains(&field), "{list}");
    assert_eq!(leader.get("/cases?changed_from=monday").await.status, StatusCode::BAD_REQUEST);
    leader.post("/preferences", &[("lang", "en"), ("next", "/today")]).await;
    assert!(leader.get("/today").await.text.contains("<b>1</b><span>changed this week</span>"));
    assert!(leader.get(&since).await.text.contains(&format!("Changed from: {monday}")));
}

#[tokio::test]
async fn a_program_reads_what_changed_since_a_day() {
    let house = matters().await;
    let monday = day::monday_of(day::day_of(house.app.store().clock().now()));
    let address = format!("/api/v1/cases/matter?changed_from={monday}");
    assert_eq!(read(&mut program(&house, "west", Reach::Read).await, &address).await["total"], 0);
    let mut leader = program(&house, "leader", Reach::Read).await;
    let found = read(&mut leader, &address).await;
    assert_eq!((&found["total"], &found["rows"][0]["title"]), (&1.into(), &NEW.into()));
    assert_eq!(read(&mut leader, "/api/v1/cases/matter").await["total"], 2);
    let wrong = call(&mut leader, &Method::GET, "/api/v1/cases/matter?changed_from=monday", None).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
}

/// The id of the first of one's own views on a page.
fn view_on(page: &str) -> String {
    let rest = page.split("action=\"/cases/views/").nth(1).unwrap_or_else(|| panic!("no view of one's own: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn views_of_a_list_of_cases_are_changed_by_nobody_else_and_show_on_no_other_list() {
    let house = House::new().await;
    let mut leader = house.as_role(Role::Leader).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let named = |kind: &'static str, query: &'static str| [("kind", kind), ("query", query), ("name", "要看的")];
    let mut system = house.as_role(Role::SystemAdmin).await;
    assert_eq!(system.post("/cases/views", &named("matter", "")).await.status, StatusCode::FORBIDDEN);
    let shared = [("kind", "matter"), ("query", ""), ("name", "共享"), ("shared", "1")];
    assert_eq!(leader.post("/cases/views", &shared).await.status, StatusCode::FORBIDDEN);
    assert_eq!(leader.post("/cases/views", &named("ghost", "")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(leader.post("/cases/views", &named("matter", "state=nonsense")).await.status, StatusCode::BAD_REQUEST);

    let kept = "which=overdue&state=underway&sort=-opened";
    let sent = "sort=-opened&state=underway&evil=1&which=overdue&after=zz";
    assert_eq!(leader.post("/cases/views", &named("matter", sent)).await.location(), format!("/cases/matter?{kept}"));
    let list = leader.get("/cases/matter").await.text;
    assert!(list.replace("&#38;", "&").contains(&format!("href=\"/cases/matter?{kept}\"")), "{list}");
    for page in ["/cases", "/cases/visit", "/register/enterprise"] {
        assert!(!leader.get(page).await.text.contains("要看的"), "{page}");
    }
    assert!(!analyst.get("/cases/matter").await.text.contains("要看的"));

    let own = format!("/cases/views/{}", view_on(&list));
    let change = |kind: &'static str, deed: &'static str| {
        [("kind", kind), ("query", "mine=1"), ("name", "改名的"), ("do", deed)]
    };
    for deed in ["rename", "replace", "delete"] {
        assert_eq!(analyst.post(&own, &change("matter", deed)).await.status, StatusCode::NOT_FOUND, "{deed}");
        assert_eq!(leader.post(&own, &change("visit", deed)).await.status, StatusCode::NOT_FOUND, "{deed}");
    }
    assert_eq!(leader.post(&own, &change("matter", "rename")).await.location(), format!("/cases/matter?{kept}"));
    let list = leader.get("/cases/matter").await.text;
    assert!(list.contains("改名的") && !list.contains("要看的"));
    let own = format!("/cases/views/{}", view_on(&list));
    assert_eq!(leader.post(&own, &change("matter", "replace")).await.location(), "/cases/matter?mine=1");
    let own = format!("/cases/views/{}", view_on(&leader.get("/cases/matter").await.text));
    assert_eq!(leader.post(&own, &change("matter", "delete")).await.status, StatusCode::SEE_OTHER);
    leader.get("/cases/matter").await;
    assert!(!leader.get("/cases/matter").await.text.contains("改名的"));
}

#[tokio::test]
async fn a_shared_view_of_every_kind_of_case_is_seen_by_all_and_changed_by_its_owner() {
    let house = House::new().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let shared = [("kind", ""), ("query", "which=all&colour=red"), ("name", "全区红色"), ("shared", "1")];
    assert_eq!(analyst.post("/cases/views", &shared).await.location(), "/cases?which=all&colour=red");
    let own = format!("/cases/views/{}", view_on(&analyst.get("/cases").await.text));
    let change = [("kind", ""), ("query", ""), ("name", "全区红色"), ("do", "delete")];
    for role in [Role::Enterprise, Role::Clerk, Role::Leader] {
        let mut browser = house.as_role(role).await;
        let list = browser.get("/cases").await.text;
        assert!(list.contains("全区红色") && !list.contains(&own), "{role:?}");
        assert!(!browser.get("/cases/matter").await.text.contains("全区红色"), "{role:?}");
        assert_eq!(browser.post(&own, &change).await.status, StatusCode::NOT_FOUND, "{role:?}");
    }
    assert_eq!(analyst.post(&own, &change).await.status, StatusCode::SEE_OTHER);
}
