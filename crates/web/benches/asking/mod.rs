//! What every bench of pages does: sign in, ask the router in the process, tell how long it took.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// The password of everybody in a bench.
pub const PASSWORD: &str = "春眠不觉晓 2026";

/// Signs in with [`PASSWORD`]; the cookies to ask with.
pub async fn sign_in(router: &Router, name: &str) -> String {
    let page = router.clone().oneshot(request("/sign-in", "").body(Body::empty()).unwrap()).await.unwrap();
    let visit = cookie(page.headers());
    let text = String::from_utf8(page.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let token = text.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("_csrf", token)
        .append_pair("name", name)
        .append_pair("password", PASSWORD)
        .finish();
    let post = request("/sign-in", &visit)
        .method("POST")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body));
    let answer = router.clone().oneshot(post.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    format!("{visit}; {}", cookie(answer.headers()))
}

/// A request of a browser.
pub fn request(address: &str, cookies: &str) -> axum::http::request::Builder {
    Request::builder()
        .uri(address)
        .header(header::HOST, "zone.test")
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, cookies)
}

/// The cookies that an answer sets.
pub fn cookie(headers: &axum::http::HeaderMap) -> String {
    let lines = headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    lines.map(|line| line.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

/// Prints the middle, the slowest hundredth and the slowest of these times.
pub fn report(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!("  {what}: p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms ({} pages)", at(0.5), at(0.99), at(1.0), took.len());
}
