//! Every route against every role: what the table does not allow is refused.

use axum::http::{Method, StatusCode};
use store::access::Role;

use crate::router::{Need, Route, routes};
use crate::testing::{Answer, Browser, House};

/// The address with something in the place of each part; no such thing exists.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "00000000-0000-7000-8000-000000000000" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

async fn ask(browser: &mut Browser, route: &Route) -> Answer {
    let address = filled(route.path);
    match (&route.method, route.takes_file) {
        (&Method::GET, _) => browser.get(&address).await,
        (_, true) => browser.upload(&address, &[], None).await,
        _ => browser.post(&address, &[]).await,
    }
}

fn allowed(need: Need, role: Role) -> bool {
    match need {
        Need::Nothing | Need::Account => true,
        Need::May(action) => action.allowed(&[role]),
    }
}

#[tokio::test]
async fn every_route_lets_in_the_roles_of_the_table_and_nobody_else() {
    let house = House::new().await;
    for role in House::roles() {
        // Signing out ends the session, so each route is asked in a copy of the browser that keeps
        // its cookies; the route that ends it comes last.
        let browser = house.as_role(role).await;
        let mut routes = routes();
        routes.sort_by_key(|route| route.path == "/sign-out");
        for route in routes {
            let answer = ask(&mut browser.clone(), &route).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            let (method, path) = (&route.method, route.path);
            assert_eq!(
                !refused,
                allowed(route.need, role),
                "{role:?} {method} {path}: {} {}",
                answer.status,
                answer.text
            );
            assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{role:?} {method} {path}: {}", answer.text);
            assert!(!answer.location().starts_with("/sign-in") || path == "/sign-out", "{role:?} {method} {path}");
        }
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_the_form_and_back() {
    let house = House::new().await;
    let mut browser = house.anonymous();
    browser.get("/sign-in").await;
    for route in routes().iter().filter(|route| route.need != Need::Nothing) {
        let answer = ask(&mut browser, route).await;
        let address = filled(route.path);
        if route.method == Method::GET && !address.starts_with("/api/") {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
            assert!(answer.location().starts_with("/sign-in?next=%2F"), "{address}: {}", answer.location());
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{address}");
        }
    }
}

#[tokio::test]
async fn an_account_without_a_role_reaches_its_own_page_only() {
    let house = House::new().await;
    house.account("newcomer", &[]).await;
    let mut browser = house.as_account("newcomer").await;
    for route in routes().iter().filter(|route| matches!(route.need, Need::May(_))) {
        assert_eq!(ask(&mut browser, route).await.status, StatusCode::FORBIDDEN, "{}", route.path);
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    assert_eq!(browser.get("/").await.location(), "/account");
}

#[tokio::test]
async fn every_form_without_its_token_is_refused_on_every_route() {
    let house = House::new().await;
    for role in House::roles() {
        let browser = house.as_role(role).await;
        for route in routes().iter().filter(|route| route.method != Method::GET) {
            let address = filled(route.path);
            for fields in [&[][..], &[("_csrf", "0000")][..]] {
                let answer = match route.takes_file {
                    true => browser.clone().forge_upload(&address, fields, Some(("a.csv", b"a"))).await,
                    false => browser.clone().forge(&address, fields).await,
                };
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {address}: {}", answer.text);
            }
        }
        let mut browser = browser;
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "the session was ended by a forged form");
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_its_token() {
    let house = House::new().await;
    let browser = house.as_role(Role::Analyst).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://zone.test.evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut other = browser.clone();
        other.extra.insert(name, value.parse().unwrap());
        let answer = other.post("/sign-out", &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let mut own = browser.clone();
    own.extra.insert("origin", "http://zone.test".parse().unwrap());
    own.extra.insert("sec-fetch-site", "same-origin".parse().unwrap());
    assert_eq!(own.post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
}

#[test]
fn no_route_is_listed_twice() {
    let mut seen = std::collections::HashSet::new();
    for route in routes() {
        assert!(seen.insert((route.method.clone(), route.path)), "{} {}", route.method, route.path);
        assert!(route.method != Method::GET || !route.takes_file, "{}", route.path);
    }
}
