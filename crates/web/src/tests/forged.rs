//! What somebody may try to slip in: scripts in names, redirects to elsewhere, odd requests.

use axum::http::{Method, Request, StatusCode, header};
use store::access::{Hand, NewAccount, Role};

use crate::testing::House;

#[tokio::test]
async fn a_script_in_a_name_is_shown_as_text() {
    let house = House::new().await;
    let name = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let hash = crate::sign_in::password::hash(crate::testing::PASSWORD).unwrap();
    let new = NewAccount {
        name: "mallory",
        display_name: name,
        unit: house.units[0],
        enterprise: None,
        lang: kernel::Lang::Zh,
        password_hash: Some(&hash),
        must_change_password: false,
    };
    house.app.store().create_account(Hand::Console, new).await.unwrap();
    let mut browser = house.as_account("mallory").await;
    browser.post("/account/tokens", &[("name", name), ("reach", "read"), ("days", "1")]).await;
    let answer = browser.get("/account").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("alert(1)"), "the name is not shown at all");
    assert!(!answer.text.contains("<script>alert") && !answer.text.contains("<img"), "{}", answer.text);
    assert!(!answer.text.contains("\"'>"), "a quote broke out of an attribute");
}

#[tokio::test]
async fn no_page_has_an_inline_script_or_style_and_the_policy_forbids_them() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::SystemAdmin).await;
    let mut pages = vec![house.anonymous().get("/sign-in").await, browser.get("/nowhere").await];
    for route in crate::router::routes() {
        if route.method == Method::GET && !route.path.contains('{') {
            pages.push(browser.get(route.path).await);
        }
    }
    for page in pages {
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        for forbidden in [" style=\"", " onclick=", " onload=", "<style", "javascript:"] {
            assert!(!page.text.contains(forbidden), "{forbidden}: {}", page.text);
        }
        let scripts = page.text.matches("<script").count();
        assert_eq!(scripts, page.text.matches("<script src=\"/assets/").count());
    }
}

#[tokio::test]
async fn no_one_is_sent_to_another_site() {
    let house = House::new().await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let mut browser = house.anonymous();
        let form = browser
            .get(&format!(
                "/sign-in?{}",
                form_urlencoded::Serializer::new(String::new()).append_pair("next", elsewhere).finish()
            ))
            .await;
        assert!(form.text.contains("name=\"next\" value=\"/\""), "{elsewhere}: {}", form.text);
        let answer = browser
            .post("/sign-in", &[("name", "leader"), ("password", crate::testing::PASSWORD), ("next", elsewhere)])
            .await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{elsewhere}");
        let answer = browser.post("/preferences", &[("lang", "en"), ("next", elsewhere)]).await;
        assert_eq!(answer.location(), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn a_form_too_large_a_wrong_type_and_a_missing_field_are_said_in_words() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Leader).await;
    let large = "x".repeat(2 * 1024 * 1024);
    let answer = browser.post("/account/tokens", &[("name", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("最多 1 MB"), "{}", answer.text);
    let answer = browser.post("/account/tokens", &[("name", "没有期限")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("缺少项目") && !answer.text.contains("Deserialize"), "{}", answer.text);
    let text = Request::builder()
        .method(Method::POST)
        .uri("/account/tokens")
        .header(header::CONTENT_TYPE, "text/plain")
        .body("name=a".into())
        .unwrap();
    assert_eq!(browser.send(text).await.status, StatusCode::FORBIDDEN);
    let delete = Request::builder().method(Method::DELETE).uri("/account").body("".into()).unwrap();
    assert_eq!(browser.send(delete).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let odd = browser.get("/account?asof=tomorrow").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    assert!(odd.text.contains("2026-11-21 这样的形式"), "{}", odd.text);
}

#[tokio::test]
async fn a_guessed_id_is_answered_like_one_that_does_not_exist() {
    let house = House::new().await;
    let mut victim = house.as_role(Role::Analyst).await;
    victim.get("/account").await;
    let account = house.app.store().account_by_name("analyst").await.unwrap().unwrap();
    let session = house.app.store().sessions_of(account.id).await.unwrap()[0].id;
    let mut browser = house.as_role(Role::SecurityAdmin).await;
    let taken = browser.post(&format!("/account/sessions/{session}/end"), &[]).await;
    let missing = browser.post("/account/sessions/00000000-0000-7000-8000-000000000000/end", &[]).await;
    assert_eq!((taken.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(victim.get("/account").await.status, StatusCode::OK);
    assert_eq!(browser.post("/account/sessions/1%20or%201/end", &[]).await.status, StatusCode::BAD_REQUEST);
}
