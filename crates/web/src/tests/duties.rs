//! Duty reports: who may set them, that each opens once by itself, figures against the last ones, nothing to
//! report told apart from silence.

use axum::http::StatusCode;
use jiff::ToSpan as _;
use loops::Given;
use store::access::Role;

use crate::cases::duties::opening::{Opened, open_due};
use crate::frame::day;
use crate::testing::{Answer, Browser, House};

/// A form of two figures, and the east park as the one that owes it every day.
pub(super) async fn set(house: &House) -> Browser {
    let mut leader = house.as_role(Role::Leader).await;
    let form = [
        ("seen", "0"),
        ("title", "园区运行日报"),
        ("field.0", "total_staff"),
        ("percent.0", "20"),
        ("field.1", "industrial_output"),
        ("percent.1", "30"),
    ];
    let made = leader.post("/duties/forms", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let east = format!("unit.{}", house.units[1]);
    let duty = [("seen", "1"), ("form", "f-001"), (east.as_str(), "1"), ("rhythm", "daily"), ("hour", "24")];
    let asked = leader.post("/duties", &duty).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    leader
}

/// The pages of the reports there are.
async fn reports(browser: &mut Browser) -> Vec<String> {
    let list = browser.get("/cases/duty_report?which=all&sort=number").await.text;
    let mut found: Vec<String> =
        list.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    found.retain(|address| address.starts_with("/cases/duty_report/RB-"));
    found.dedup();
    found
}

async fn send(browser: &mut Browser, report: &str, fields: &[(&str, &str)]) -> Answer {
    browser.upload(&format!("{report}/report"), fields, None).await
}

#[tokio::test]
async fn only_those_who_set_the_rules_set_who_reports_and_what_is_wrong_is_said() {
    let house = House::new().await;
    for role in [Role::Officer, Role::Clerk, Role::Enterprise, Role::Auditor, Role::SystemAdmin] {
        let mut browser = house.as_role(role).await;
        assert_eq!(browser.get("/duties").await.status, StatusCode::FORBIDDEN, "{role:?}");
        for address in ["/duties", "/duties/forms", "/duties/end"] {
            assert_eq!(browser.post(address, &[("title", "x")]).await.status, StatusCode::FORBIDDEN, "{role:?}");
        }
    }
    let mut leader = set(&house).await;
    let east = format!("unit.{}", house.units[1]);
    let gone = format!("unit.{}", uuid::Uuid::nil());
    for (address, fields, said) in [
        ("/duties/forms", vec![("seen", "2"), ("title", " ")], "请填写报表名称"),
        ("/duties/forms", vec![("seen", "2"), ("title", "园区运行日报")], "已有名为"),
        ("/duties/forms", vec![("seen", "2"), ("title", "新"), ("field.0", "name")], "不是数值指标"),
        ("/duties", vec![("seen", "2"), ("form", "f-001"), ("hour", "18")], "请勾选"),
        ("/duties", vec![("seen", "2"), ("form", "f-001"), ("hour", "18"), (gone.as_str(), "1")], "在用的单位"),
        ("/duties", vec![("seen", "2"), ("form", "f-001"), ("hour", "18"), (east.as_str(), "1")], "不必重复"),
        ("/duties", vec![("seen", "2"), ("form", "f-009"), ("hour", "18"), (east.as_str(), "1")], "没有“f-009”"),
    ] {
        let refused = leader.post(address, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let stale = leader.post("/duties/end", &[("seen", "1"), ("at", "0")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "somebody decided in between");
    assert_eq!(leader.post("/duties/end", &[("seen", "2"), ("at", "9")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(leader.post("/duties/end", &[("seen", "2"), ("at", "0")]).await.status, StatusCode::SEE_OTHER);
    let page = leader.get("/duties").await.text;
    assert!(page.contains(" — ") && !page.contains("/duties/end"), "it ends with today: {page}");
}

#[tokio::test]
async fn a_report_opens_once_however_often_and_by_how_many_it_is_looked_for() {
    let house = House::new().await;
    let mut leader = set(&house).await;
    let mut opened = Opened::default();
    assert_eq!(open_due(&house.app, &mut opened).await.unwrap(), Vec::<String>::new());
    assert_ne!(opened, Opened::default());
    open_due(&house.app, &mut opened).await.unwrap();
    // Another server knows nothing of what the first one did.
    let (mut one, mut other) = (Opened::default(), Opened::default());
    let both = tokio::join!(open_due(&house.app, &mut one), open_due(&house.app, &mut other));
    both.0.unwrap();
    both.1.unwrap();
    assert_eq!(reports(&mut leader).await.len(), 1);
    let page = leader.get("/cases/duty_report/day").await.text;
    assert!(page.contains("东区") && page.contains("园区运行日报") && page.contains("未到时间"), "{page}");
    // A duty of a unit that is no more holds up no other.
    let west = format!("unit.{}", house.units[2]);
    let duty = [("seen", "2"), ("form", "f-001"), (west.as_str(), "1"), ("rhythm", "daily"), ("hour", "24")];
    assert_eq!(leader.post("/duties", &duty).await.status, StatusCode::SEE_OTHER);
    house.app.store().retire_unit(store::access::Hand::Console, house.units[2]).await.unwrap();
    let left = open_due(&house.app, &mut opened).await.unwrap();
    assert!(left.len() == 1 && left[0].contains(&house.units[2].to_string()), "{left:?}");
    assert_eq!(reports(&mut leader).await.len(), 1);
}

#[tokio::test]
async fn an_empty_figure_is_no_nought_and_a_jump_asks_for_its_reason() {
    let house = House::new().await;
    let mut leader = set(&house).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    // Yesterday's report, as it would have opened yesterday.
    let today = day::day_of(house.app.store().clock().now());
    let before = today.saturating_sub(1.day());
    let given = Given {
        title: Some(format!("园区运行日报 {before}")),
        unit: Some(house.units[1].to_string()),
        due_at: Some(day::end_of(today)),
        occasion: Some(format!("duty:f-001:{}:{before}", house.units[1])),
        ..Given::default()
    };
    let kind = loops::by_key("duty_report").unwrap();
    house.app.store().open_case_when_due(kind, given).await.unwrap().unwrap();
    let last = reports(&mut leader).await.remove(0);
    let figures = [("seen", "1"), ("step", "fill"), ("figure.total_staff", "200"), ("figure.industrial_output", "50")];
    assert_eq!(send(&mut clerk, &last, &figures).await.status, StatusCode::SEE_OTHER);
    let sign = [("seen", "2"), ("signed", "1")];
    let own = clerk.upload(&format!("{last}/steps/sign"), &sign, None).await;
    assert_ne!(own.status, StatusCode::SEE_OTHER, "nobody signs what he handed in himself");
    assert_eq!(leader.upload(&format!("{last}/steps/sign"), &sign, None).await.status, StatusCode::SEE_OTHER);

    open_due(&house.app, &mut Opened::default()).await.unwrap();
    let report = reports(&mut leader).await.remove(1);
    assert_eq!(
        leader.get(&format!("{report}/report")).await.status,
        StatusCode::CONFLICT,
        "not the leader’s to fill in"
    );
    let mut west = house.as_role(Role::Enterprise).await;
    assert_eq!(west.get(&format!("{report}/report")).await.status, StatusCode::NOT_FOUND);
    let form = clerk.get(&format!("{report}/report")).await.text;
    assert!(form.contains("上期 200") && form.contains("职工总数（人）"), "{form}");
    let empty = [("seen", "1"), ("step", "fill"), ("figure.total_staff", ""), ("figure.industrial_output", "50")];
    let refused = send(&mut clerk, &report, &empty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("没有请填 0"), "{}", refused.text);
    let generic = clerk.upload(&format!("{report}/steps/fill"), &[("seen", "1"), ("text", "一切正常")], None).await;
    assert_eq!(generic.status, StatusCode::UNPROCESSABLE_ENTITY, "no way round the figures");
    let fallen = [("seen", "1"), ("step", "fill"), ("figure.total_staff", "100"), ("figure.industrial_output", "50")];
    let asked = send(&mut clerk, &report, &fallen).await;
    assert!(asked.text.contains("职工总数由 200人 变为 100人（-50%），请说明原因"), "{}", asked.text);
    let told = [fallen.as_slice(), &[("why.total_staff", "两家企业轮休")]].concat();
    assert_eq!(send(&mut clerk, &report, &told).await.status, StatusCode::SEE_OTHER);
    let page = leader.get(&report).await.text;
    for said in ["-50.0%", "两家企业轮休", "待签字", "园区运行日报"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn of_a_day_the_silent_stand_first_and_a_said_nought_is_a_report() {
    let house = House::new().await;
    let mut leader = set(&house).await;
    let west = format!("unit.{}", house.units[2]);
    let duty = [("seen", "2"), ("form", "f-001"), (west.as_str(), "1"), ("rhythm", "daily"), ("hour", "24")];
    assert_eq!(leader.post("/duties", &duty).await.status, StatusCode::SEE_OTHER);
    open_due(&house.app, &mut Opened::default()).await.unwrap();
    let mut clerk = house.as_role(Role::Clerk).await;
    let own = reports(&mut clerk).await;
    assert_eq!(own.len(), 1, "another unit's report is not shown");
    assert_eq!(send(&mut clerk, &own[0], &[("seen", "1"), ("step", "nothing")]).await.status, StatusCode::SEE_OTHER);
    let signed = leader.upload(&format!("{}/steps/sign", own[0]), &[("seen", "2"), ("signed", "1")], None).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
    let page = leader.get("/cases/duty_report/day").await.text;
    let (silent, nothing) = (page.find("西区").unwrap(), page.find("东区").unwrap());
    assert!(silent < nothing, "who has not reported stands first: {page}");
    assert!(page.contains("零报告") && page.contains("未到时间"), "{page}");
    assert!(!clerk.get("/cases/duty_report/day").await.text.contains("西区"));
    let grid = leader.get("/cases/duty_report/grid").await.text;
    assert!(grid.contains(">零</a>") && grid.contains(">待</a>"), "{grid}");
    assert_eq!(leader.get("/cases/duty_report/day/export").await.status, StatusCode::OK);
    assert_eq!(leader.get("/cases/duty_report/day?day=gestern").await.status, StatusCode::BAD_REQUEST);
    assert!(leader.get("/cases/duty_report/day?day=2020-01-01").await.text.contains("没有要报的"));
}
