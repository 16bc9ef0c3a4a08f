//! How long pages take on a register of 100,000 enterprises, for eight officers at once who each
//! see two parks of twenty.
//!
//! `cargo bench -p web --bench pages` fills a register, then asks the router in the process, as
//! the server does, and prints the server's time for each page: once with officers who ask again
//! without a pause, so that eight requests always share the processor, and once with officers who
//! look at a page for a quarter of a second. `PAGES_ROWS` changes the number of enterprises, `PAGES_TURNS` how often
//! each officer asks without a pause; `-- industry` asks for the pages only whose name holds that word.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod asking;
#[path = "../../rounds/benches/register/mod.rs"]
mod register;

use std::sync::Arc;
use std::time::{Duration, Instant};

use asking::{PASSWORD, report, request, sign_in};
use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use kernel::{Catalogue, Lang, SubjectKind};
use register::{PARKS, sheet, statements};
use store::access::{Hand, NewAccount, Role, Scope, UnitId, UnitKind};
use store::{Clock, ListQuery, Location, Store};
use tower::ServiceExt as _;
use web::{App, Settings};

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PEOPLE: usize = 8;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let rows: usize = std::env::var("PAGES_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let directory = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(directory.path().join("pages.db"));
    let store = Store::migrate(&location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
    let parks = units(&store).await;
    // A week ago, so that there is a yesterday to read.
    let week_ago = Timestamp::now() - jiff::SignedDuration::from_hours(7 * 24);
    store.with_clock(Clock::fixed(week_ago)).load(sheet(), statements(rows), |_| {}).await.unwrap();
    verify(&store).await;
    let officers = officers(&store, &parks).await;
    let mut own = Vec::new();
    for person in 0..PEOPLE {
        own.push(enterprises(&store, &parks[person * 2..person * 2 + 2]).await);
    }
    store.warm_up().await.unwrap();
    let app = App::new(store, Settings::default()).await.unwrap();
    check_up(&app, rows).await;
    let router = web::router(app);
    let mut cookies = Vec::new();
    for name in &officers {
        cookies.push(sign_in(&router, name).await);
    }
    let all = |addresses: Vec<String>| vec![addresses; PEOPLE];
    let forms: [(&str, Vec<Vec<String>>); 10] = [
        ("sorted by revenue", all(vec!["/register/enterprise?sort=-revenue".into()])),
        (
            "filtered by industry, sorted by revenue",
            all(numbered(13..43, "/register/enterprise?sort=-revenue&industry=")),
        ),
        (
            "filtered by revenue, sorted by name",
            all(numbered(10_000..10_040, "/register/enterprise?sort=name&revenue_from=")),
        ),
        (
            "filtered by a revenue that nobody has, sorted by name",
            all(numbered(90_001..90_041, "/register/enterprise?sort=name&revenue_from=")),
        ),
        ("searched by two characters", all(vec!["/register/enterprise?q=%E7%B2%BE%E5%AF%86&sort=-revenue".into()])),
        ("searched by a number", all(numbered(100..900, "/register/enterprise?q=%E7%AC%AC"))),
        ("one enterprise", own.clone()),
        ("one check-up", own.iter().map(|own| own.iter().map(|page| checkup_of(page)).collect()).collect()),
        ("the ladder", all(vec!["/cultivation".into()])),
        (
            "listed by a verdict",
            all(vec!["/register/enterprise?policy=tech-sme&verdict=undetermined&sort=-revenue".into()]),
        ),
    ];
    let turns: usize = std::env::var("PAGES_TURNS").ok().and_then(|turns| turns.parse().ok()).unwrap_or(120);
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    for pause in [Duration::ZERO, Duration::from_millis(250)] {
        println!("{PEOPLE} people, {} ms between a page and the next", pause.as_millis());
        for (what, addresses) in forms.iter().filter(|(what, _)| what.contains(&wanted)) {
            let turns = if pause.is_zero() { turns } else { 24 };
            let took = ask(&router, &cookies, addresses, turns, pause).await;
            report(what, took);
        }
    }
    yesterday(&router, &cookies[0]).await;
}

/// A list as of yesterday: derived while whoever asks sees how far it is, then shown as today's is.
async fn yesterday(router: &Router, cookies: &str) {
    let day = (Timestamp::now() - jiff::SignedDuration::from_hours(24)).strftime("%Y-%m-%d");
    let address = format!("/register/enterprise?sort=-revenue&asof={day}");
    let before = Instant::now();
    let mut waits = 0;
    loop {
        let asked = request(&address, cookies).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(asked).await.unwrap();
        match answer.status() {
            StatusCode::ACCEPTED => waits += 1,
            status => break assert_eq!(status, StatusCode::OK, "{address}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    println!("as of yesterday for the first time: {:.1} s, {waits} pages that wait", before.elapsed().as_secs_f64());
    let people = vec![cookies.to_owned(); PEOPLE];
    report("as of yesterday again", ask(router, &people, &vec![vec![address]; PEOPLE], 24, Duration::ZERO).await);
}

fn checkup_of(page: &str) -> String {
    format!("{}/checkup", page.replace("/register/enterprise/", "/enterprises/"))
}

fn numbered(numbers: std::ops::Range<usize>, address: &str) -> Vec<String> {
    numbers.map(|number| format!("{address}{number}")).collect()
}

async fn units(store: &Store) -> Vec<UnitId> {
    store.name_zone("样例高新区", "Sample Zone", true, "(console)").await.unwrap();
    let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "样例高新区").await.unwrap().id;
    let mut parks = Vec::new();
    for number in 0..PARKS {
        let name = format!("第{number}园区");
        parks.push(store.create_unit(Hand::Console, Some(top), UnitKind::Park, &name).await.unwrap().id);
    }
    parks
}

/// The names of officers, each with two parks.
async fn officers(store: &Store, parks: &[UnitId]) -> Vec<String> {
    let hash = web::sign_in::password::hash(PASSWORD).unwrap();
    let mut names = Vec::new();
    for person in 0..PEOPLE {
        let name = format!("officer{person}");
        let new = NewAccount {
            name: &name,
            display_name: &name,
            unit: parks[person * 2],
            enterprise: None,
            lang: Lang::Zh,
            password_hash: Some(&hash),
            must_change_password: false,
        };
        let account = store.create_account(Hand::Console, new).await.unwrap();
        for park in &parks[person * 2..person * 2 + 2] {
            store.grant(Hand::Console, account.id, Role::Officer, *park).await.unwrap();
        }
        names.push(name);
    }
    names
}

/// Verifies both chains and everything derived from them.
async fn verify(store: &Store) {
    let before = Instant::now();
    let chains = store.verify_chains().await.unwrap();
    let took = before.elapsed().as_secs_f64();
    assert!(chains.first.is_none(), "{:?}", chains.first);
    println!(
        "verify the chains: {} statements in {took:.2} s, {:.0} a second",
        chains.statements,
        chains.statements as f64 / took
    );
    let before = Instant::now();
    let whole = store.verify().await.unwrap();
    let took = before.elapsed().as_secs_f64();
    assert!(whole.first.is_none(), "{:?}", whole.first);
    println!("verify everything: {took:.2} s, {:.0} statements a second", whole.statements as f64 / took);
}

/// Holds everybody against the whole library, which the pages tell of. How long it takes the bench of rounds tells.
async fn check_up(app: &App, rows: usize) {
    web::cultivation::batch::keep_up(app).await.unwrap();
    assert!(web::jobs::runner::run_one(app, uuid::Uuid::new_v4()).await.unwrap());
    assert_eq!(app.store().last_round().await.unwrap().unwrap().enterprises as usize, rows);
}

/// The pages of enterprises in these parks.
async fn enterprises(store: &Store, parks: &[UnitId]) -> Vec<String> {
    let query = ListQuery { limit: 200, ..ListQuery::all(SubjectKind::Enterprise) };
    let page = store.list(&query, &Scope::Units(parks.to_vec())).await.unwrap();
    page.rows.iter().map(|row| format!("/register/enterprise/{}", row.id)).collect()
}

/// The server's time for each request: from the router being asked to the last byte of the page.
async fn ask(
    router: &Router,
    cookies: &[String],
    addresses: &[Vec<String>],
    turns: usize,
    pause: Duration,
) -> Vec<Duration> {
    let mut people = Vec::new();
    for (person, (cookies, addresses)) in cookies.iter().zip(addresses).enumerate() {
        let (router, cookies, addresses) = (router.clone(), cookies.clone(), addresses.clone());
        people.push(tokio::spawn(async move {
            let mut took = Vec::new();
            tokio::time::sleep(pause * u32::try_from(person).unwrap() / PEOPLE as u32).await;
            for turn in 0..turns {
                let address = &addresses[(person * 31 + turn) % addresses.len()];
                let asked = request(address, &cookies).body(Body::empty()).unwrap();
                let before = Instant::now();
                let answer = router.clone().oneshot(asked).await.unwrap();
                let status = answer.status();
                let body = answer.into_body().collect().await.unwrap().to_bytes();
                took.push(before.elapsed());
                // A refusal is answered quickly, and would flatter the figures.
                assert_eq!(status, StatusCode::OK, "{address}");
                assert!(body.len() > 5_000, "{address}: {} bytes", body.len());
                tokio::time::sleep(pause).await;
            }
            took
        }));
    }
    let mut took = Vec::new();
    for person in people {
        took.extend(person.await.unwrap());
    }
    took
}
