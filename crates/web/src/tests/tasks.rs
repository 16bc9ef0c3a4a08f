//! Tasks on the wall: goals split by months, what is late on the agenda of a meeting, minutes that become tasks,
//! colours that a person sets.

use axum::http::StatusCode;
use jiff::ToSpan as _;
use loops::Given;
use loops::plan::{Month, Plan};
use store::access::Role;

use crate::cases::month::Month as Sheet;
use crate::frame::day;
use crate::testing::{Browser, House};

const GOALS: &str = "/cases/task/goals";
const MEETINGS: &str = "/cases/task/meetings";

/// The first address on a page that begins so.
fn first(text: &str, start: &str) -> String {
    let found =
        text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).find(|one| one.starts_with(start));
    found.unwrap_or_else(|| panic!("no {start} in {text}")).to_owned()
}

/// A task of the east park that is a month behind its plan; its page.
async fn behind(house: &House, leader: &mut Browser) -> String {
    let today = day::day_of(house.app.store().clock().now());
    let last = today.first_of_month().saturating_sub(1.month());
    let months =
        vec![Month { month: last, amount: 60.into() }, Month { month: today.first_of_month(), amount: 40.into() }];
    let plan = Plan { months, measure: "家".into(), ..Plan::default() };
    let given = Given {
        title: Some("新增高企".into()),
        unit: Some(house.units[1].to_string()),
        until: Some(today.saturating_add(60.days())),
        plan: Some(plan),
        person: Some("王某".into()),
        ..Given::default()
    };
    let account = house.app.store().account_by_name("leader").await.unwrap().unwrap();
    let viewer = house.app.store().viewer(account.id).await.unwrap().unwrap();
    house.app.store().open_case(&viewer, loops::by_key("task").unwrap(), given).await.unwrap();
    first(&leader.get("/cases/task").await.text, "/cases/task/RW-")
}

#[tokio::test]
async fn goals_and_meetings_are_for_those_who_supervise() {
    let house = House::new().await;
    for role in [Role::Officer, Role::Clerk, Role::Enterprise, Role::Auditor] {
        let mut browser = house.as_role(role).await;
        for page in ["/cases/task/goals/new", MEETINGS, "/cases/task/meetings/2026-01-01-1"] {
            assert_eq!(browser.get(page).await.status, StatusCode::FORBIDDEN, "{role:?} {page}");
        }
        for page in [GOALS, MEETINGS, "/cases/task/goals/set", "/cases/task/meetings/2026-01-01-1"] {
            assert_eq!(browser.post(page, &[("key", "x")]).await.status, StatusCode::FORBIDDEN, "{role:?} {page}");
        }
        if role != Role::Auditor {
            assert_eq!(browser.get(GOALS).await.status, StatusCode::OK, "{role:?}");
        }
    }
    let mut leader = house.as_role(Role::Leader).await;
    assert_eq!(leader.get("/cases/task/meetings/2026-01-01-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(leader.post("/cases/task/goals/set", &[("key", "x")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_goal_that_adds_up_becomes_a_task_for_each_unit_and_reports_move_it() {
    let house = House::new().await;
    let mut leader = house.as_role(Role::Leader).await;
    let (east, west) = (house.units[1].to_string(), house.units[2].to_string());
    let month = Sheet::of(day::day_of(house.app.store().clock().now())).key();
    let query = format!("{GOALS}/new?title=G&total=11&measure=A&first={month}&months=1&unit.{east}=1&unit.{west}=1");
    let sheet = leader.get(&query).await.text;
    assert!(
        sheet.contains(&format!("name=\"part.{east}.{month}\" value=\"6\"")),
        "the rest goes to the first: {sheet}"
    );
    assert_eq!(leader.get(&query.replace("total=11", "total=-1")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let names = [
        format!("unit.{east}"),
        format!("unit.{west}"),
        format!("person.{east}"),
        format!("person.{west}"),
        format!("goal.{month}"),
        format!("part.{east}.{month}"),
        format!("part.{west}.{month}"),
    ];
    let fields = |person: &'static str, part: &'static str| {
        let values = ["1", "1", "张某", person, "11", "6", part];
        let mut all: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values).collect();
        all.extend([
            ("title", "新增高企"),
            ("total", "11"),
            ("measure", "家"),
            ("first", month.as_str()),
            ("months", "1"),
        ]);
        all
    };
    for (person, part, said) in [("李某", "4", "相差 1"), ("", "5", "没有写明单位或责任人"), ("李某", "很多", "“很多”")]
    {
        let refused = leader.post(GOALS, &fields(person, part)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    assert!(leader.get("/cases/task").await.text.contains("x-total\">0"), "nothing was set by halves");
    assert_eq!(leader.post(GOALS, &fields("李某", "5")).await.status, StatusCode::SEE_OTHER);
    let goals = leader.get(GOALS).await.text;
    for said in ["新增高企", "张某", "李某", "0/6家", "0/5家"] {
        assert!(goals.contains(said), "{said}: {goals}");
    }
    // Setting what is there already sets nothing twice.
    let key = format!("{}-1", day::day_of(house.app.store().clock().now()));
    assert_eq!(leader.post("/cases/task/goals/set", &[("key", &key)]).await.status, StatusCode::SEE_OTHER);
    assert!(leader.get("/cases/task").await.text.contains("x-total\">2"));
    let mut clerk = house.as_role(Role::Clerk).await;
    let own = clerk.get(GOALS).await.text;
    assert!(own.contains("张某") && !own.contains("李某"), "another unit's part is not shown: {own}");
    let task = first(&own, "/cases/task/RW-");
    assert_eq!(
        clerk.upload(&format!("{task}/steps/take_up"), &[("seen", "1")], None).await.status,
        StatusCode::SEE_OTHER
    );
    let wrong = [("seen", "2"), ("text", "已认定"), ("amount", "很多")];
    let refused = clerk.upload(&format!("{task}/steps/report"), &wrong, None).await;
    assert!(refused.text.contains("“很多”不是一个数"), "{}", refused.text);
    let report = [("seen", "2"), ("text", "已认定两家"), ("amount", "2")];
    assert_eq!(clerk.upload(&format!("{task}/steps/report"), &report, None).await.status, StatusCode::SEE_OTHER);
    assert!(leader.get(GOALS).await.text.contains("2/6家"));
    assert!(leader.get("/cases/task/wall").await.text.contains("完成 33%"));
    assert!(clerk.get(&task).await.text.contains("本次完成：2"));
}

#[tokio::test]
async fn a_task_behind_its_plan_is_no_longer_green_and_comes_before_the_meeting() {
    let house = House::new().await;
    let mut leader = house.as_role(Role::Leader).await;
    let task = behind(&house, &mut leader).await;
    let page = leader.get(&task).await.text;
    assert!(page.contains("红") && page.contains("序时 60%，完成 0%"), "60 points behind its plan: {page}");
    let next = leader.get(MEETINGS).await.text;
    assert!(next.contains("新增高企") && next.contains("连续 1 个月未完成"), "{next}");
    let called = leader.post(MEETINGS, &[("title", "周调度会")]).await;
    let meeting = called.location().to_owned();
    let page = leader.get(&meeting).await.text;
    assert!(page.contains("周调度会") && page.contains("新增高企"), "{page}");

    let east = house.units[1].to_string();
    let until = day::day_of(house.app.store().clock().now()).saturating_add(5.days()).to_string();
    for (fields, said) in [
        (vec![("seen", "1")], "请写下 1 至"),
        (vec![("seen", "1"), ("decision.0", "补短板"), ("unit.0", &east)], "第 1 条没有期限"),
        (vec![("seen", "1"), ("decision.0", "补短板"), ("unit.0", &east), ("until.0", "2020-01-01")], "没有期限"),
        (vec![("seen", "1"), ("decision.1", "补短板"), ("until.1", &until)], "没有写明由哪个单位"),
        (vec![("seen", "1"), ("decision.0", "补"), ("unit.0", "消防队"), ("until.0", &until)], "在用的单位"),
    ] {
        let refused = leader.post(&meeting, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    assert!(leader.get("/cases/task").await.text.contains("x-total\">1"), "no half of the minutes went out");
    let minutes = [
        ("seen", "1"),
        ("decision.0", "月底前补上十家"),
        ("unit.0", east.as_str()),
        ("person.0", "王某"),
        ("until.0", until.as_str()),
        ("decision.2", "通报进度"),
        ("unit.2", east.as_str()),
        ("until.2", until.as_str()),
    ];
    assert_eq!(leader.post(&meeting, &minutes).await.status, StatusCode::SEE_OTHER);
    let page = leader.get(&meeting).await.text;
    for said in ["月底前补上十家", "通报进度", "待领取", "王某"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(leader.post(&meeting, &minutes).await.status, StatusCode::CONFLICT, "minutes are written once");
    assert_eq!(leader.post(&format!("{meeting}/tasks"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(leader.get("/cases/task").await.text.contains("x-total\">3"), "and set once");
    assert!(leader.get(&task).await.text.contains("月底前补上十家"), "the task knows what came out of it");
    assert_eq!(leader.get(&format!("{meeting}/export")).await.status, StatusCode::OK);
    assert!(leader.get(MEETINGS).await.text.contains("已连续 1 次上会"));
}

#[tokio::test]
async fn a_colour_set_by_a_person_needs_reason_and_day_and_stays_marked() {
    let house = House::new().await;
    let mut leader = house.as_role(Role::Leader).await;
    let task = behind(&house, &mut leader).await;
    let colour = format!("{task}/colour");
    for role in [Role::Officer, Role::Clerk, Role::Enterprise] {
        let mut browser = house.as_role(role).await;
        assert_eq!(browser.get(&colour).await.status, StatusCode::FORBIDDEN, "{role:?}");
        let forged = browser.post(&colour, &[("colour", "green"), ("reason", "x"), ("until", "2099-01-01")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    assert_eq!(leader.get("/cases/task/RW-2020-99999/colour").await.status, StatusCode::NOT_FOUND);
    let until = day::day_of(house.app.store().clock().now()).saturating_add(5.days()).to_string();
    for (fields, said) in [
        (vec![("colour", "pink"), ("reason", "x"), ("until", until.as_str())], "请选择颜色"),
        (vec![("colour", "grey"), ("reason", "x"), ("until", until.as_str())], "不能由人设定"),
        (vec![("colour", "yellow"), ("reason", " "), ("until", until.as_str())], "为什么与规则不同"),
        (vec![("colour", "yellow"), ("reason", "x"), ("until", "2020-01-01")], "已经过去"),
        (vec![("colour", "yellow"), ("reason", "x"), ("until", "2099-01-01")], "最长 92 天"),
    ] {
        let refused = leader.post(&colour, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let set = [("colour", "yellow"), ("reason", "省里统一调整了计划"), ("until", until.as_str())];
    assert_eq!(leader.post(&colour, &set).await.status, StatusCode::SEE_OTHER);
    assert!(leader.get(&task).await.text.contains("人工改定，规则为红"));
    assert!(leader.get("/cases/task").await.text.contains("黄·人工"));
    let page = leader.get(&colour).await.text;
    assert!(page.contains("省里统一调整了计划") && page.contains("有效"), "{page}");
    let mut clerk = house.as_role(Role::Clerk).await;
    assert!(clerk.get(&task).await.text.contains("人工改定"), "whoever sees it sees the mark");
}
