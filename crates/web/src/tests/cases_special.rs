//! What only some kinds have: the record of a visit, officers, figures, sheets, notices, the calendar.

use axum::http::StatusCode;
use store::access::{Reach, Role};

use crate::testing::{ENTERPRISE, House};

#[tokio::test]
async fn the_record_of_a_visit_raises_its_problems_as_matters_once() {
    let house = House::new().await;
    let firm = house.known(ENTERPRISE).await.to_string();
    // The officer of the whole zone: the harness's firm belongs to no park.
    house.account("visitor", &[(Role::Officer, house.units[0])]).await;
    let mut officer = house.as_account("visitor").await;
    let opened = officer.upload("/cases/visit/new", &[("title", "看二期"), ("subject", &firm)], None).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let address = opened.location().to_owned();
    let record = format!("{address}/record");
    let form = officer.get(&record).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text);

    let bare = officer.upload(&record, &[("seen", "1"), ("people", "张工")], None).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text.contains("请写下走访记录") && bare.text.contains("张工"), "{}", bare.text);
    let fields = [
        ("seen", "1"),
        ("people", "张工"),
        ("place", "二期工地"),
        ("spot", "34.81234, 113.55432 (±8 m)"),
        ("text", "用电不够"),
        ("problem.0.title", "临时用电不够"),
        ("problem.0.topic", "power"),
        ("problem.1.title", "门前道路积水"),
    ];
    let done = officer.upload(&record, &fields, None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = officer.get(&address).await.text;
    for said in ["临时用电不够", "门前道路积水", "张工", "34.81234", "2 个问题已转为诉求", "已记录"]
    {
        assert!(page.contains(said), "{said} is not on the page: {page}");
    }
    // Sent twice, the second finds the visit recorded and raises nothing.
    let again = officer.upload(&record, &fields, None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(officer.get("/cases/matter").await.text.contains("<span class=\"x-total\">2"), "two matters, not four");
    let mut clerk = house.as_role(Role::Clerk).await;
    assert_eq!(clerk.get(&record).await.status, StatusCode::NOT_FOUND, "not a visit of the clerk's rows");
}

#[tokio::test]
async fn a_calendar_opens_with_a_reading_token_and_with_no_other() {
    let house = House::new().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    enterprise.upload("/cases/matter/new", &[("title", "停电, 请速办"), ("text", "x")], None).await;
    let analyst = house.app.store().account_by_name("analyst").await.unwrap().unwrap();
    let viewer = house.app.store().viewer(analyst.id).await.unwrap().unwrap();
    let (_, reads) = house.app.store().create_token(&viewer, "日历", Reach::Read, 30).await.unwrap();
    let (_, writes) = house.app.store().create_token(&viewer, "程序", Reach::Write, 30).await.unwrap();
    let mut anybody = house.anonymous();
    let feed = anybody.get(&format!("/calendar/{reads}.ics")).await;
    assert_eq!(feed.status, StatusCode::OK, "{}", feed.text);
    assert!(feed.headers["content-type"].to_str().unwrap().starts_with("text/calendar"));
    let plain = feed.text.replace("\r\n ", "");
    assert!(plain.contains("SUMMARY:诉求 停电\\, 请速办\r\n"), "{plain}");
    for wrong in [format!("{writes}.ics"), reads.clone(), "xs_nothing.ics".to_owned(), ".ics".to_owned()] {
        assert_eq!(anybody.get(&format!("/calendar/{wrong}")).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let mut browser = house.as_role(Role::Analyst).await;
    let made = browser.post("/today/calendar", &[]).await;
    assert_eq!(made.location(), "/today");
    assert!(browser.get("/today").await.text.contains("/calendar/xs_"), "the address is shown once");
    assert!(!browser.get("/today").await.text.contains("/calendar/xs_"));
}

#[tokio::test]
async fn officers_are_assigned_by_those_who_may_to_firms_that_were_chosen() {
    let house = House::new().await;
    let firm = house.known(ENTERPRISE).await.to_string();
    for role in [Role::Officer, Role::Clerk, Role::Enterprise, Role::Auditor] {
        let mut browser = house.as_role(role).await;
        assert_eq!(browser.get("/officers").await.status, StatusCode::FORBIDDEN, "{role:?}");
        let forged = browser.post("/officers", &[("firm", &firm), ("officer", "officer")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let mut leader = house.as_role(Role::Leader).await;
    assert!(leader.get("/officers").await.text.contains("样例精密轴承有限公司"));
    for (fields, said) in [
        (vec![("officer", "officer")], "没有选企业"),
        (vec![("firm", firm.as_str())], "没有选服务员"),
        (vec![("firm", firm.as_str()), ("officer", "clerk")], "没有服务专员角色"),
    ] {
        let refused = leader.post("/officers", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let done = leader.post("/officers", &[("firm", &firm), ("officer", "officer")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(!leader.get("/officers").await.text.contains("样例精密轴承有限公司"));
}

#[tokio::test]
async fn who_said_nothing_happened_is_told_apart_from_who_said_nothing() {
    let house = House::new().await;
    let mut leader = house.as_role(Role::Leader).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let (east, west) = (house.units[1].to_string(), house.units[2].to_string());
    let mut addresses = Vec::new();
    for unit in [&east, &west] {
        let opened = leader.upload("/cases/duty_report/new", &[("title", "防汛日报"), ("unit", unit)], None).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
        addresses.push(opened.location().to_owned());
    }
    let nothing = clerk.upload(&format!("{}/steps/nothing", addresses[0]), &[("seen", "1")], None).await;
    assert_eq!(nothing.status, StatusCode::SEE_OTHER, "{}", nothing.text);
    let signed = leader.upload(&format!("{}/steps/sign", addresses[0]), &[("seen", "2")], None).await;
    assert_eq!(signed.status, StatusCode::UNPROCESSABLE_ENTITY, "not without the signature");
    let signed = leader.upload(&format!("{}/steps/sign", addresses[0]), &[("seen", "2"), ("signed", "1")], None).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
    let grid = leader.get("/cases/duty_report/grid").await.text;
    assert!(grid.contains(">零</a>") && grid.contains(">待</a>"), "{grid}");
    assert!(!clerk.get("/cases/duty_report/grid").await.text.contains("西区"), "another unit's reports are not shown");
}

#[tokio::test]
async fn figures_sheets_and_lists_open_with_their_base_and_refuse_what_is_no_day() {
    let house = House::new().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    enterprise.upload("/cases/matter/new", &[("title", "停电"), ("text", "x")], None).await;
    let mut leader = house.as_role(Role::Leader).await;
    let east = house.units[1].to_string();
    leader
        .upload("/cases/task/new", &[("title", "修路"), ("unit", &east), ("text", "x"), ("until", "2099-12-31")], None)
        .await;
    for (page, said) in [
        ("/cases/matter/figures", "按时办结率"),
        ("/cases/matter/figures?behind=opened", "停电"),
        ("/cases/task/wall", "修路"),
        ("/cases/document/lists", "规则"),
        ("/cases/duty_report/grid", "这个月没有布置报送"),
    ] {
        let answer = leader.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.text);
        assert!(answer.text.contains(said), "{page}: {said}");
    }
    for wrong in ["from=16", "from=2026-02-30", "from=2026-12-01&to=2026-01-01", "to=%27"] {
        let answer = leader.get(&format!("/cases/matter/figures?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn whoever_has_the_turn_is_told_once_and_reads_it_away() {
    let house = House::new().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    enterprise.upload("/cases/matter/new", &[("title", "停电"), ("text", "x")], None).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    assert!(analyst.get("/notices/count").await.text.contains("x-count\">1<"));
    let list = analyst.get("/notices").await.text;
    assert!(list.contains("停电") && list.contains("轮到您") && list.contains("/cases/matter/SQ-"), "{list}");
    assert_eq!(analyst.post("/notices", &[]).await.location(), "/notices");
    assert_eq!(analyst.get("/notices/count").await.text.trim(), "");
    assert!(!house.as_role(Role::Clerk).await.get("/notices").await.text.contains("停电"), "nobody else is told");
}
