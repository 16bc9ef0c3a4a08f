//! How people and other systems are told: chosen by oneself, set up by the system administrator.

use axum::http::StatusCode;
use store::access::Role;

use crate::testing::House;

#[tokio::test]
async fn one_chooses_how_one_is_told_and_a_wrong_choice_is_said_beside_what_was_typed() {
    let house = House::new().await;
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
        let mut outsider = house.as_role(role).await;
        assert_eq!(outsider.get("/account/notices").await.status, StatusCode::FORBIDDEN, "{role:?} has no cases");
    }
    let mut clerk = house.as_role(Role::Clerk).await;
    assert!(clerk.get("/account/notices").await.text.contains("免打扰"));
    for (fields, why) in [
        ([("by_mail", "true"), ("mail", "nobody"), ("quiet_from", ""), ("quiet_to", "")], "有效的邮箱地址"),
        ([("by_mail", "true"), ("mail", ""), ("quiet_from", ""), ("quiet_to", "")], "有效的邮箱地址"),
        ([("by_mail", "true"), ("mail", "a@b.example"), ("quiet_from", "22:00"), ("quiet_to", "")], "一起填写"),
        ([("by_mail", "true"), ("mail", "a@b.example"), ("quiet_from", "25:00"), ("quiet_to", "07:00")], "形如 22:00"),
    ] {
        let refused = clerk.post("/account/notices", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.text.contains(why) && refused.text.contains(&format!("value=\"{}\"", fields[1].1)), "{why}");
    }
    let good = [("by_mail", "true"), ("mail", "a@b.example"), ("quiet_from", "22:00"), ("quiet_to", "07:30")];
    assert_eq!(clerk.post("/account/notices", &good).await.status, StatusCode::SEE_OTHER);
    let page = clerk.get("/account/notices").await.text;
    assert!(page.contains("a@b.example") && page.contains("value=\"07:30\""), "{page}");
    assert!(!house.as_role(Role::Officer).await.get("/account/notices").await.text.contains("a@b.example"));
}

#[tokio::test]
async fn only_the_system_administrator_sets_webhooks_and_nobody_reads_their_keys_again() {
    let house = House::new().await;
    let new = [
        ("kind", "feishu"),
        ("name", "督办<群>"),
        ("url", "https://open.example/hook/KEY-OF-IT"),
        ("secret", "SECRET-OF-IT"),
        ("unit", ""),
    ];
    for role in House::roles().filter(|role| *role != Role::SystemAdmin) {
        let mut other = house.as_role(role).await;
        assert_eq!(other.get("/administration/webhooks").await.status, StatusCode::FORBIDDEN, "{role:?}");
        assert_eq!(other.post("/administration/webhooks", &new).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let mut system = house.as_role(Role::SystemAdmin).await;
    let refused =
        system.post("/administration/webhooks", &[&new[..2], &[("url", "ftp://x"), ("secret", "S3")]].concat()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("https://") && refused.text.contains("督办&#60;群&#62;"), "{}", refused.text);
    assert!(!refused.text.contains("S3"), "a secret is sent back");
    assert_eq!(system.post("/administration/webhooks", &new).await.status, StatusCode::SEE_OTHER);
    let page = system.get("/administration/webhooks").await.text;
    assert!(page.contains("open.example") && page.contains("飞书群机器人") && page.contains("在用"), "{page}");
    assert!(!page.contains("KEY-OF-IT") && !page.contains("SECRET-OF-IT"), "a key is shown again");

    let target = house.app.store().webhook_targets().await.unwrap().remove(0);
    let address = format!("/administration/webhooks/{}", target.id);
    assert_eq!(system.post(&address, &[("active", "false")]).await.status, StatusCode::SEE_OTHER);
    assert!(system.get("/administration/webhooks").await.text.contains("已停用"));
    let stranger = system.post(&format!("/administration/webhooks/{}", uuid::Uuid::nil()), &[("active", "true")]).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let settle = format!("/administration/webhooks/notices/{}", uuid::Uuid::nil());
    assert_eq!(system.post(&settle, &[("is_there", "true")]).await.status, StatusCode::NOT_FOUND);
    let mut auditor = house.as_role(Role::Auditor).await;
    let log = auditor.get("/log").await.text;
    assert!(log.contains("webhook.added") || log.contains("督办"), "{log}");
    assert!(!log.contains("KEY-OF-IT") && !log.contains("SECRET-OF-IT"), "the log holds a key");
}

#[tokio::test]
async fn the_zone_picks_the_rule_of_colours_and_a_case_says_which_lamp_is_lit() {
    let house = House::new().await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let shown = clerk.get("/colours").await.text;
    assert!(shown.contains("四色督办(通用方案)") && !shown.contains("改用这个方案"), "{shown}");
    let wanted = [("scheme", "colour-sanya"), ("seen", "0")];
    for role in House::roles().filter(|role| !matches!(role, Role::Leader | Role::Analyst)) {
        let refused = house.as_role(role).await.post("/colours", &wanted).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let mut analyst = house.as_role(Role::Analyst).await;
    assert_eq!(analyst.post("/colours", &[("scheme", "pink"), ("seen", "0")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(analyst.post("/colours", &wanted).await.status, StatusCode::SEE_OTHER);
    let stale = house.as_role(Role::Leader).await.post("/colours", &[("scheme", "colour-ouhai"), ("seen", "0")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "somebody picked in between");
    let page = analyst.get("/colours").await.text;
    let (used, _) = page.split_once("在用").unwrap();
    assert!(
        used.rsplit("<h2")
            .next()
            .unwrap()
            .contains(loops::colour::by_id("colour-sanya").unwrap().label(kernel::Lang::Zh))
    );

    let mut enterprise = house.as_role(Role::Enterprise).await;
    let opened = enterprise.upload("/cases/matter/new", &[("title", "停电"), ("topic", "power")], None).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let case = enterprise.get(opened.location()).await.text;
    assert!(case.contains("href=\"/colours\""), "{case}");
}
