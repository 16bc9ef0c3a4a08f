//! How long the page of Today takes for each role, over the cases that `cargo bench -p store --bench cases` laid
//! down in a file (`CASES_KEEP`) or in PostgreSQL (`CASES_DATABASE`).
//!
//! `TODAY_DATABASE=postgres://… cargo bench -p web --bench today`, or `sqlite:FILE`, asks the router in the process,
//! as the server does, and prints the server's time from the request to the last byte: of one person who asks again
//! at once, and of two at a time. The accounts of that bench are given a password, with which they sign in as people
//! do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod asking;

use std::sync::Arc;
use std::time::{Duration, Instant};

use asking::{PASSWORD, report, request, sign_in};
use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use kernel::Catalogue;
use store::{Clock, Location, Store};
use tower::ServiceExt as _;
use web::{App, Settings};

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The moment at which the cases were laid down.
const NOW: &str = "2026-09-15T10:00:00+08:00";
/// Pages that are asked for before it counts: each of a dozen connections has then met every question often
/// enough for PostgreSQL to keep its plan, as on a server that has been up for a minute.
const BEFORE: usize = 150;
const COUNTED: usize = 200;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let Ok(place) = std::env::var("TODAY_DATABASE") else {
        println!("TODAY_DATABASE names no database with cases in it; nothing is measured");
        return;
    };
    let now: Timestamp = NOW.parse().unwrap();
    let store =
        Store::migrate(&Location::parse(&place).unwrap(), Arc::new(Catalogue::builtin().clone())).await.unwrap();
    let store = store.with_clock(Clock::fixed(now));
    let hash = web::sign_in::password::hash(PASSWORD).unwrap();
    let names = ["leader", "analyst", "officer", "clerk", "enterprise"];
    for name in names {
        let account = store.account_by_name(name).await.unwrap().unwrap();
        store.change_own_password(account.id, &hash, None).await.unwrap();
    }
    let router = web::router(App::new(store, Settings::default()).await.unwrap());
    for name in names {
        let cookies = sign_in(&router, name).await;
        let bytes = ask(&router, &cookies, BEFORE).await.1;
        report(&format!("{name}, {bytes} bytes"), ask(&router, &cookies, COUNTED).await.0);
        let (one, other) = tokio::join!(
            tokio::spawn(asked(router.clone(), cookies.clone())),
            tokio::spawn(asked(router.clone(), cookies.clone())),
        );
        report(&format!("{name}, two at a time"), [one.unwrap(), other.unwrap()].concat());
    }
}

async fn asked(router: Router, cookies: String) -> Vec<Duration> {
    ask(&router, &cookies, COUNTED).await.0
}

/// How long each of some pages took, and how long the last was in bytes.
async fn ask(router: &Router, cookies: &str, times: usize) -> (Vec<Duration>, usize) {
    let (mut took, mut bytes) = (Vec::new(), 0);
    for _ in 0..times {
        let asked = request("/today", cookies).body(Body::empty()).unwrap();
        let before = Instant::now();
        let answer = router.clone().oneshot(asked).await.unwrap();
        let status = answer.status();
        bytes = answer.into_body().collect().await.unwrap().to_bytes().len();
        took.push(before.elapsed());
        // A refusal is answered quickly, and would flatter the figures.
        assert_eq!(status, StatusCode::OK);
        assert!(bytes > 5_000, "{bytes} bytes");
    }
    (took, bytes)
}
