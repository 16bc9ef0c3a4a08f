//! How long it takes to hold 100,000 enterprises against the whole library, from the register to the stored
//! verdicts, while somebody else writes a little now and then; and the same again when nothing has changed.
//!
//! `cargo bench -p rounds --bench library` prints one line per figure. `LIBRARY_ROWS` changes the number of
//! enterprises; `LIBRARY_DATABASE` names an empty PostgreSQL database to use; `LIBRARY_KEEP` names a file
//! of SQLite that holds the register alone, made where it is not there, so that it need not be made again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../store/benches/measure/mod.rs"]
mod measure;
mod register;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use kernel::Catalogue;
use measure::{processor, report, resident};
use policy::{Library, Settings};
use register::{sheet, statements};
use rounds::Basis;
use store::{Location, Store};

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let rows: usize = std::env::var("LIBRARY_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let directory = tempfile::tempdir().unwrap();
    let store = filled(directory.path(), rows).await;
    let library = Arc::new(Library::builtin("", &Settings::new()).0);
    for what in ["for the first time", "again"] {
        let over = Arc::new(AtomicBool::new(false));
        let beside = tokio::spawn(write_now_and_then(store.clone(), Arc::clone(&over)));
        let basis = Basis {
            library: library.clone(),
            on: date(2026, 6, 1),
            listed: store.kinds_listed(None).await.unwrap(),
            known_at: Timestamp::now(),
            since: None,
        };
        let (before, busy) = (Instant::now(), processor());
        let tally = rounds::hold(&store, basis, |_| {}).await.unwrap();
        let (took, busy) = (before.elapsed().as_secs_f64(), processor() - busy);
        over.store(true, Ordering::Relaxed);
        assert_eq!(tally.enterprises as usize, rows);
        println!(
            "the library on {rows} enterprises {what}: {took:.2} s, processor {busy:.2} s, {} verdicts written, resident {} MB",
            tally.changed,
            resident()
        );
        report("a small write beside it", beside.await.unwrap());
    }
}

/// The register, where no verdict was found yet.
async fn filled(directory: &Path, rows: usize) -> Store {
    let location = match std::env::var("LIBRARY_DATABASE") {
        Ok(url) => Location::parse(&url).unwrap(),
        Err(_) => Location::Sqlite(directory.join("library.db")),
    };
    let catalogue = Arc::new(Catalogue::builtin().clone());
    let kept = std::env::var_os("LIBRARY_KEEP").map(std::path::PathBuf::from);
    if let (Some(kept), Location::Sqlite(file)) = (kept.as_ref().filter(|kept| kept.exists()), &location) {
        std::fs::copy(kept, file).unwrap();
        return Store::migrate(&location, catalogue).await.unwrap();
    }
    let store = Store::migrate(&location, catalogue.clone()).await.unwrap();
    store.load(sheet(), statements(rows), |_| {}).await.unwrap();
    let (Some(kept), Location::Sqlite(file)) = (kept, &location) else { return store };
    store.close().await.unwrap();
    std::fs::copy(file, kept).unwrap();
    Store::migrate(&location, catalogue).await.unwrap()
}

/// How long a small write takes, four times a second.
async fn write_now_and_then(store: Store, over: Arc<AtomicBool>) -> Vec<Duration> {
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let before = Instant::now();
        store.name_zone("样例高新区", "Sample Zone", true, "(console)").await.unwrap();
        took.push(before.elapsed());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    took
}
