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
    let since = format!("/cases?which=all&changed_from={monday}&sort=-changed");
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
