//! Signing in and out, sessions, passwords and tokens.

use axum::http::StatusCode;
use store::access::{Hand, Role};

use crate::testing::{House, PASSWORD};
use crate::{Settings, frame};

#[tokio::test]
async fn the_sessions_cookie_is_closed_to_scripts_and_other_sites() {
    let house = House::new().await;
    let mut browser = house.anonymous();
    browser.get("/sign-in").await;
    let answer = browser.post("/sign-in", &[("name", "leader"), ("password", PASSWORD)]).await;
    let line = answer.set_cookie("xs_session").unwrap();
    assert!(line.contains("; HttpOnly") && line.contains("; SameSite=Lax") && line.contains("; Path=/"), "{line}");
    assert!(!line.contains("Secure") && !line.contains("Max-Age"), "{line}");

    let settings = Settings { public_origin: Some("https://zone.test".to_owned()), ..Settings::default() };
    let house = House::with(settings, kernel::Catalogue::builtin().clone()).await;
    let mut browser = house.anonymous();
    let form = browser.get("/sign-in").await;
    assert!(form.headers.contains_key("strict-transport-security"));
    let line = form.set_cookie("__Host-xs_visit").unwrap();
    assert!(line.contains("; Secure") && line.contains("; HttpOnly"), "{line}");
    let csrf = frame::token::of(&browser.cookies["__Host-xs_visit"]);
    let answer = browser.forge("/sign-in", &[("_csrf", &csrf), ("name", "leader"), ("password", PASSWORD)]).await;
    assert!(answer.set_cookie("__Host-xs_session").unwrap().contains("; Secure"));
}

#[tokio::test]
async fn a_session_planted_before_signing_in_is_worth_nothing_after() {
    let house = House::new().await;
    let mut attacker = house.as_role(Role::Clerk).await;
    let planted = attacker.cookies["xs_session"].clone();
    let mut victim = house.anonymous();
    victim.cookies.insert("xs_session".to_owned(), planted.clone());
    let answer = victim.post("/sign-in", &[("name", "analyst"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(victim.cookies["xs_session"], planted);
    assert_eq!(attacker.get("/account").await.status, StatusCode::SEE_OTHER, "the planted session lives on");
    assert!(victim.get("/account").await.text.contains("analyst"));

    let mut victim = house.anonymous();
    victim.cookies.insert("xs_session".to_owned(), "made-up-by-somebody".to_owned());
    victim.get("/sign-in").await;
    victim.cookies.remove("xs_session");
    victim.post("/sign-in", &[("name", "analyst"), ("password", PASSWORD)]).await;
    assert_ne!(victim.cookies["xs_session"], "made-up-by-somebody");
}

#[tokio::test]
async fn a_token_of_a_form_is_worth_nothing_in_another_session() {
    let house = House::new().await;
    let one = house.as_role(Role::Leader).await;
    let mut other = house.as_role(Role::Leader).await;
    assert_ne!(one.csrf(), other.csrf());
    assert_eq!(other.forge("/sign-out", &[("_csrf", &one.csrf())]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer_and_are_locked_alike() {
    let house = House::new().await;
    let mut said = Vec::new();
    for name in ["leader", "nobody"] {
        let mut browser = house.anonymous();
        browser.get("/sign-in").await;
        let mut answers = Vec::new();
        for _ in 0..6 {
            let answer = browser.post("/sign-in", &[("name", name), ("password", "wrong password")]).await;
            assert!(!answer.headers.contains_key("location"));
            answers.push((
                answer.status.as_u16(),
                answer.text.contains("账号或密码不对"),
                answer.text.contains("失败次数过多"),
            ));
        }
        said.push(answers);
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0][0], (422, true, false));
    assert_eq!(said[0][5], (429, false, true));
    let mut browser = house.anonymous();
    browser.get("/sign-in").await;
    let answer = browser.post("/sign-in", &[("name", "leader"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "the right password opens a locked name");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_too() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Leader).await;
    let mut copy = browser.clone();
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(!browser.cookies.contains_key("xs_session"));
    assert_eq!(copy.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_role_taken_back_counts_from_the_next_click_and_a_locked_account_is_out() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Leader).await;
    let account = house.app.store().account_by_name("leader").await.unwrap().unwrap();
    assert!(browser.get("/account").await.text.contains("领导"));
    house.app.store().revoke(Hand::Console, account.id, Role::Leader, house.units[0]).await.unwrap();
    assert!(browser.get("/account").await.text.contains("还没有任何角色"));
    let state = store::access::AccountState::Locked;
    house.app.store().set_account_state(Hand::Console, account.id, state).await.unwrap();
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn changing_the_password_needs_the_old_one_and_ends_every_other_session() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Officer).await;
    let mut elsewhere = house.as_role(Role::Officer).await;
    let new = "处处闻啼鸟 夜来风雨声";
    let cases = [
        ("wrong", new, new, "原密码不对"),
        (PASSWORD, new, "another", "两次输入"),
        (PASSWORD, "short", "short", "至少要 10 个"),
        (PASSWORD, "I am an officer", "I am an officer", "账号名"),
        (PASSWORD, PASSWORD, PASSWORD, "与原密码相同"),
    ];
    for (old, new, again, why) in cases {
        let answer = browser.post("/account/password", &[("old", old), ("new", new), ("again", again)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        assert!(answer.text.contains(why), "{why}: {}", answer.text);
    }
    let answer = browser.post("/account/password", &[("old", PASSWORD), ("new", new), ("again", new)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account"));
    assert!(browser.get("/account").await.text.contains("密码已修改"));
    assert!(!browser.get("/account").await.text.contains("密码已修改"), "a notice is shown once");
    assert_eq!(elsewhere.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_password_set_by_somebody_else_must_be_changed_first() {
    let house = House::new().await;
    let account = house.app.store().account_by_name("auditor").await.unwrap().unwrap();
    let hash = crate::sign_in::password::hash(PASSWORD).unwrap();
    house.app.store().reset_password(Hand::Console, account.id, &hash).await.unwrap();
    let mut browser = house.anonymous();
    browser.get("/sign-in").await;
    let answer = browser.post("/sign-in", &[("name", "auditor"), ("password", PASSWORD), ("next", "/account")]).await;
    assert_eq!(answer.location(), "/account");
    assert_eq!(browser.get("/").await.location(), "/account");
    assert!(browser.get("/account").await.text.contains("您的密码是别人设置的"));
}

#[tokio::test]
async fn a_personal_token_is_shown_once_and_only_to_the_api() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let answer = browser.post("/account/tokens", &[("name", "月报脚本"), ("reach", "read"), ("days", "30")]).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let text = answer.text.split("xs_").nth(1).map(|rest| format!("xs_{}", &rest[..64])).unwrap();
    let page = browser.get("/account").await;
    assert!(page.text.contains("月报脚本") && !page.text.contains(&text));
    let mut program = house.anonymous();
    program.bearer = Some(text);
    assert_eq!(program.get("/account").await.status, StatusCode::SEE_OTHER, "a token opens pages");
    for (reach, days) in [("read", "0"), ("read", "367"), ("all", "1")] {
        let answer = browser.post("/account/tokens", &[("name", "x"), ("reach", reach), ("days", days)]).await;
        assert!(answer.status.is_client_error(), "{reach} {days}");
    }
}

#[tokio::test]
async fn the_first_visitor_is_told_how_to_make_an_account() {
    let database = store::testing::TestDatabase::sqlite();
    let store = store::Store::migrate(&database.location, Default::default()).await.unwrap();
    let app = crate::App::new(store, Settings::default()).await.unwrap();
    let request = axum::http::Request::builder().uri("/sign-in").body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(crate::router(app), request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("xianshou user add") && !text.contains("type=\"password\""), "{text}");
}
