//! Languages, themes, days, and errors in each of the forms they take.

use axum::http::{Request, StatusCode, header};
use store::access::Role;

use crate::testing::House;

#[tokio::test]
async fn the_language_is_the_cookies_then_the_accounts_then_the_browsers() {
    let house = House::new().await;
    let mut visitor = house.anonymous();
    visitor.extra.insert(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9".parse().unwrap());
    assert!(visitor.get("/sign-in").await.text.contains("<html lang=\"en\""));
    let mut browser = house.as_role(Role::Leader).await;
    browser.extra.insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
    assert!(browser.get("/account").await.text.contains("修改密码"), "the account is Chinese");
    let answer = browser.post("/preferences", &[("lang", "en"), ("next", "/account")]).await;
    assert_eq!(answer.location(), "/account");
    assert!(browser.get("/account").await.text.contains("Change the password"));
    let mut elsewhere = house.as_role(Role::Leader).await;
    assert!(elsewhere.get("/account").await.text.contains("Change the password"), "the account keeps the language");
}

#[tokio::test]
async fn the_theme_is_kept_in_the_browser() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Leader).await;
    assert!(browser.get("/account").await.text.contains("data-theme=\"auto\""));
    browser.post("/preferences", &[("theme", "dark"), ("next", "/account")]).await;
    assert!(browser.get("/account").await.text.contains("data-bs-theme=\"dark\""));
}

#[tokio::test]
async fn a_past_day_is_said_on_the_page_and_kept_by_its_links() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Leader).await;
    let page = browser.get("/account?asof=2026-01-05&tab=a").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("本页是今天的内容") && page.text.contains("2026-01-05"));
    assert!(page.text.contains("href=\"/account?tab=a\""), "the way back to today");
    assert!(!browser.get("/account").await.text.contains("本页是今天的内容"));
}

#[tokio::test]
async fn an_error_is_a_page_for_people_a_part_for_htmx_and_json_for_programs() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Leader).await;
    let page = browser.get("/no-such-page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("<html") && page.text.contains("没有找到这个页面"));
    let number = page.headers["x-request-id"].to_str().unwrap().to_owned();
    assert!(page.text.contains(&number), "the number stands on the page");

    let mut htmx = browser.clone();
    htmx.extra.insert("hx-request", "true".parse().unwrap());
    let part = htmx.get("/no-such-page").await;
    assert!(part.text.starts_with("<div class=\"x-note") && !part.text.contains("<html"), "{}", part.text);

    let request = Request::builder().uri("/no-such-page").header(header::ACCEPT, "application/json");
    let json = browser.send(request.body("".into()).unwrap()).await;
    let body: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(body["status"], 404);
    assert!(body["message"].as_str().unwrap().contains("没有找到"));
    let api = house.anonymous().get("/api/no-such").await;
    assert_eq!(api.headers[header::CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn pages_are_not_kept_on_a_shared_machine_and_carry_the_usual_headers() {
    let house = House::new().await;
    let page = house.as_role(Role::Leader).await.get("/account").await;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(page.headers[name], value);
    }
    assert!(house.anonymous().get("/health").await.text.contains("\"ok\":true"));
}
