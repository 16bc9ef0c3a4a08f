//! The auditor's log, and the jobs behind its verification and the backups.

use axum::http::StatusCode;
use store::access::{Hand, Role};
use uuid::Uuid;

use crate::Settings;
use crate::testing::House;

#[tokio::test]
async fn the_log_says_who_did_what_in_words_and_is_narrowed_by_person_kind_and_day() {
    let house = House::new().await;
    let account = house.app.store().account_by_name("clerk").await.unwrap().unwrap();
    let mut security = house.as_role(Role::SecurityAdmin).await;
    let west = house.units[2].to_string();
    security
        .post(&format!("/administration/accounts/{}/grant", account.id), &[("role", "officer"), ("unit", &west)])
        .await;
    let mut auditor = house.as_role(Role::Auditor).await;
    let page = auditor.get("/log?by=security_admin&kind=role.").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("账号 clerk，角色 服务专员，范围 西区"), "{}", page.text);
    assert!(page.text.contains("共 1 条"), "{}", page.text);
    assert!(page.text.contains("操作人：security_admin") && page.text.contains("事项：授权"));
    assert!(auditor.get("/log?to=2020-01-01").await.text.contains("没有符合条件的日志"));
    assert_eq!(auditor.get("/log?from=last%20week").await.status, StatusCode::BAD_REQUEST);
    let all = auditor.get("/log").await;
    assert!(all.text.contains("授予角色") && all.text.contains("建立账号"));
}

#[tokio::test]
async fn the_log_is_turned_by_key_without_losing_an_entry() {
    let house = House::new().await;
    for number in 0..60 {
        house.account(&format!("person{number:02}"), &[]).await;
    }
    let mut auditor = house.as_role(Role::Auditor).await;
    let mut address = "/log?kind=account.".to_owned();
    let mut seen = 0;
    loop {
        let page = auditor.get(&address).await;
        seen += page.text.matches("class=\"num text-secondary\"").count();
        let Some(next) = page.text.split("rel=\"next\" href=\"").nth(1) else { break };
        address = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen, 60 + House::roles().count());
}

#[tokio::test]
async fn an_export_of_the_log_is_harmless_in_a_spreadsheet_and_stands_in_the_log() {
    let house = House::new().await;
    house
        .app
        .store()
        .create_unit(Hand::Console, Some(house.units[0]), store::access::UnitKind::Park, "=1+1")
        .await
        .unwrap();
    let mut auditor = house.as_role(Role::Auditor).await;
    let csv = auditor.get("/log/export?kind=unit.").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.starts_with("\u{feff}\"序号\""), "{}", csv.text);
    assert!(csv.text.contains("\"'=1+1\"") && !csv.text.contains(",\"=1+1"), "{}", csv.text);
    assert!(auditor.get("/log?kind=log.exported").await.text.contains("条数"));
}

#[tokio::test]
async fn verifying_is_a_job_that_its_owner_can_watch_and_others_cannot() {
    let house = House::new().await;
    let mut auditor = house.as_role(Role::Auditor).await;
    let job = auditor.post("/log/verify", &[]).await.location().to_owned();
    assert!(job.starts_with("/jobs/"), "{job}");
    assert!(auditor.get(&job).await.text.contains("正在排队"));
    assert_eq!(house.as_role(Role::Analyst).await.get(&job).await.status, StatusCode::NOT_FOUND);
    assert!(crate::jobs::runner::run_one(&house.app, Uuid::new_v4()).await.unwrap());
    let done = auditor.get(&job).await;
    assert!(done.text.contains("全部完好") && !done.text.contains("hx-get"), "{}", done.text);
    assert!(house.as_role(Role::SystemAdmin).await.get("/administration/jobs").await.text.contains("校验数据与日志"));
    assert!(!crate::jobs::runner::run_one(&house.app, Uuid::new_v4()).await.unwrap());
}

#[tokio::test]
async fn a_stopped_job_stays_stopped_and_a_second_stop_says_so() {
    let house = House::new().await;
    let mut auditor = house.as_role(Role::Auditor).await;
    let job = auditor.post("/log/verify", &[]).await.location().to_owned();
    let stop = format!("{job}/stop");
    assert_eq!(house.as_role(Role::Leader).await.post(&stop, &[]).await.status, StatusCode::NOT_FOUND);
    auditor.post(&stop, &[]).await;
    assert!(auditor.get(&job).await.text.contains("任务已停止"));
    auditor.post(&stop, &[]).await;
    assert!(auditor.get(&job).await.text.contains("在此之前已经结束"));
    assert!(!crate::jobs::runner::run_one(&house.app, Uuid::new_v4()).await.unwrap(), "a stopped job is run");
}

#[tokio::test]
async fn a_backup_goes_to_its_directory_or_says_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings { backups: Some(directory.path().join("backups")), ..Settings::default() };
    for (settings, expected) in [(settings, "备份完成"), (Settings::default(), "没有设置备份目录")] {
        let house = House::with(settings, kernel::Catalogue::builtin().clone()).await;
        let mut system = house.as_role(Role::SystemAdmin).await;
        let job = system.post("/administration/backup", &[]).await.location().to_owned();
        crate::jobs::runner::run_one(&house.app, Uuid::new_v4()).await.unwrap();
        let page = system.get(&job).await;
        assert!(page.text.contains(expected), "{}", page.text);
    }
    let files: Vec<_> = std::fs::read_dir(directory.path().join("backups")).unwrap().collect();
    assert_eq!(files.len(), 1);
}
