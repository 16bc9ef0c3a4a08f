//! What fails around the program: it is killed, the disk is full, the database is held or gone.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use kernel::{Lang, SubjectKind};
use sea_orm::{ConnectionTrait, TransactionTrait};
use store::testing::{TestDatabase, databases, on_both, run};
use store::{Event, Location, NewStatement, Store, StoreError};

use crate::common::{intruder, sql, texts};
use crate::zone::{catalogue, row, sheet};

/// The address of the database that the child process fills.
const DATABASE: &str = "XIANSHOU_TEST_FILL";
/// Rows in each of its loads.
const ROWS: usize = 120;

fn rows(round: usize) -> Vec<NewStatement> {
    (0..ROWS)
        .map(|at| {
            row(at as u32 + 2, &[("name", &format!("第{round}批第{at}家公司")), ("operating_revenue@2025", "100")])
        })
        .collect()
}

fn address(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    }
}

/// Runs only as a child of the tests below: loads until it is killed or fails, saying what is stored.
#[test]
#[ignore = "the child process of other tests"]
fn fill() {
    let Ok(address) = std::env::var(DATABASE) else { return };
    run(async {
        let store = Store::open(&address.parse().unwrap(), Arc::new(catalogue())).await.unwrap();
        for round in 0.. {
            match store.load(sheet(&format!("第{round}批"), SubjectKind::Enterprise), rows(round), |_| {}).await {
                Ok(_) => println!("\nstored {round}"),
                Err(error) => {
                    println!("\nfailed {}", error.say(Lang::Zh));
                    return;
                }
            }
        }
    });
}

fn child(location: &Location, bound: Option<u64>) -> Child {
    let program = std::env::current_exe().unwrap();
    let limit = bound.map_or(String::new(), |blocks| format!("trap '' XFSZ; ulimit -f {blocks}; "));
    Command::new("bash")
        .args(["-c", &format!("{limit}exec \"$0\" faults::fill --exact --ignored --nocapture --test-threads=1")])
        .arg(program)
        .env(DATABASE, address(location))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What must hold whenever the child ended: the chains verify, no load is there in part, and every
/// load it said was stored is there.
async fn whole(location: &Location, acknowledged: usize) -> Store {
    let store = Store::open(location, Arc::new(catalogue())).await.unwrap();
    let report = store.verify().await.unwrap();
    assert_eq!(report.first, None);
    let raw = intruder(location).await;
    let counts = texts(&raw, "SELECT CAST(count(*) AS text) FROM statement GROUP BY source").await;
    assert!(counts.iter().all(|count| count == &ROWS.to_string()), "{counts:?}");
    assert!(counts.len() == acknowledged || counts.len() == acknowledged + 1, "{} of {acknowledged}", counts.len());
    let sources = texts(&raw, "SELECT CAST(count(*) AS text) FROM source").await;
    assert_eq!(sources[0], counts.len().to_string());
    store
}

async fn empty(kind: &str) -> TestDatabase {
    let database = if kind == "sqlite" { TestDatabase::sqlite() } else { TestDatabase::postgres().await.unwrap() };
    Store::migrate(&database.location, Arc::new(catalogue())).await.unwrap().close().await.unwrap();
    database
}

#[test]
fn a_process_killed_while_it_loads_leaves_no_half_load_and_loses_nothing_it_stored() {
    run(async {
        for kind in databases().await.iter().map(|database| database.backend) {
            for (acknowledged, milliseconds) in [(0, 30), (1, 3), (2, 90), (1, 17), (2, 41)] {
                let database = empty(kind).await;
                let mut child = child(&database.location, None);
                let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
                let is_stored = |line: &String| line.starts_with("stored");
                let mut stored = lines.by_ref().filter(is_stored).take(acknowledged).count();
                assert_eq!(stored, acknowledged, "{kind}");
                std::thread::sleep(Duration::from_millis(milliseconds));
                child.kill().unwrap();
                child.wait().unwrap();
                stored += lines.filter(is_stored).count();
                whole(&database.location, stored).await.close().await.unwrap();
            }
        }
    });
}

#[test]
fn a_full_disk_is_said_and_loses_nothing_that_was_stored() {
    run(async {
        let database = empty("sqlite").await;
        // Blocks of 1024 bytes: enough for the tables and a few loads.
        let mut child = child(&database.location, Some(1500));
        let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).collect();
        child.wait().unwrap();
        let stored = lines.iter().filter(|line| line.starts_with("stored")).count();
        let failed = lines.iter().find(|line| line.starts_with("failed")).unwrap_or_else(|| panic!("{lines:?}"));
        assert!(failed.contains("磁盘已满"), "{failed}");
        assert!(stored > 0);
        let store = whole(&database.location, stored).await;
        // With room again, the work goes on.
        let load = sheet("之后", SubjectKind::Enterprise);
        assert_eq!(store.load(load, rows(99_999), |_| {}).await.unwrap().accepted, ROWS as u64);
    });
}

#[test]
fn a_database_that_another_process_holds_for_long_is_said_to_be_busy() {
    run(async {
        let database = TestDatabase::sqlite();
        let store = Store::migrate(&database.location, Arc::new(catalogue())).await.unwrap();
        let holder = intruder(&database.location).await;
        sql(&holder, "PRAGMA busy_timeout = 1").await;
        let options = sea_orm::TransactionOptions {
            sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let held = holder.begin_with_options(options).await.unwrap();
        held.execute_unprepared("UPDATE chain SET seq = seq").await.unwrap();
        let begun = Instant::now();
        let refused = store.name_zone("高新区", "Zone", false, "li").await.unwrap_err();
        assert!(matches!(refused, StoreError::Busy), "{refused}");
        assert!(begun.elapsed() < Duration::from_secs(60));
        assert_eq!(store.zone().await.unwrap().name_zh, "", "reading goes on meanwhile");
        held.rollback().await.unwrap();
        store.name_zone("高新区", "Zone", false, "li").await.unwrap();
    });
}

#[test]
fn a_connection_that_the_server_ends_is_made_again_and_the_act_repeated() {
    on_both(catalogue(), async |store| {
        if !matches!(store.location(), Location::Postgres(_)) {
            return;
        }
        let raw = intruder(store.location()).await;
        let (raw, tries) = (&raw, &AtomicU32::new(0));
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        store
            .write(|tx| async move {
                tx.append_event(Event::new("test.begun", "li")).await?;
                if tries.fetch_add(1, Ordering::Relaxed) == 0 {
                    sql(raw, end).await;
                }
                tx.append_event(Event::new("test.ended", "li")).await
            })
            .await
            .unwrap();
        assert!(tries.load(Ordering::Relaxed) >= 2);
        let kinds = texts(raw, "SELECT kind FROM event ORDER BY seq").await;
        assert_eq!(kinds, ["test.begun", "test.ended"]);
        assert!(store.verify().await.unwrap().is_ok());
    });
}

#[test]
fn a_database_of_another_release_is_refused_in_words() {
    on_both(catalogue(), async |store| {
        let raw = intruder(store.location()).await;
        let open = async || Store::open(store.location(), Arc::new(catalogue())).await;
        sql(&raw, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_later', 0)").await;
        let newer = open().await.unwrap_err();
        assert!(
            matches!(newer, StoreError::NewerSchema { .. }) && newer.say(Lang::Zh).contains("更新的版本"),
            "{newer}"
        );
        let migrate = Store::migrate(store.location(), Arc::new(catalogue())).await.unwrap_err();
        assert!(matches!(migrate, StoreError::NewerSchema { .. }), "{migrate}");
        sql(&raw, "DELETE FROM seaql_migrations WHERE version IN ('9999_later', '0004_work')").await;
        let older = open().await.unwrap_err();
        assert!(matches!(older, StoreError::OlderSchema { .. }) && older.say(Lang::Zh).contains("migrate"), "{older}");
    });
}
