//! A throw-away PostgreSQL server.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sea_orm::sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

const VARIABLE: &str = "XIANSHOU_TEST_POSTGRES";

/// What was found when a server was looked for, once in this process.
enum Found {
    Server(String),
    Nothing,
}

/// Makes an empty database and returns its address.
pub(super) async fn new_database() -> Option<String> {
    static FOUND: OnceLock<Found> = OnceLock::new();
    let Found::Server(url) = FOUND.get_or_init(find) else { return None };
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let admin = with_database(url, "postgres");
    let mut connection =
        PgConnection::connect(&admin).await.unwrap_or_else(|error| panic!("PostgreSQL does not answer: {error}"));
    let create =
        format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
    connection
        .execute(AssertSqlSafe(create))
        .await
        .unwrap_or_else(|error| panic!("PostgreSQL makes no database: {error}"));
    Some(with_database(url, &name))
}

/// The address of another database on the same server.
fn with_database(url: &str, name: &str) -> String {
    let (head, query) = url.split_once('?').map_or((url, String::new()), |(head, query)| (head, format!("?{query}")));
    let after_scheme = head.find("://").map_or(0, |at| at + 3);
    let end = head[after_scheme..].find('/').map_or(head.len(), |at| after_scheme + at);
    format!("{}/{name}{query}", &head[..end])
}

fn find() -> Found {
    let missing = match std::env::var(VARIABLE) {
        Ok(off) if off == "off" => return Found::Nothing,
        Ok(url) if !url.is_empty() => return Found::Server(url),
        _ => match start() {
            Ok(url) => return Found::Server(url),
            Err(why) => why,
        },
    };
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!ci, "PostgreSQL is needed here and {missing}");
    eprintln!("PostgreSQL is left out: {missing}. Install it, or set {VARIABLE} to the address of a server.");
    Found::Nothing
}

/// The newest installed server's directory of programs.
fn programs() -> Result<PathBuf, String> {
    let versions = fs::read_dir("/usr/lib/postgresql").map_err(|_| "it is not installed".to_owned())?;
    let mut found: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
    found.retain(|bin| bin.join("initdb").exists());
    found.sort();
    found.pop().ok_or_else(|| "it is not installed".to_owned())
}

/// Starts the shared server, or joins the one that runs.
fn start() -> Result<String, String> {
    let programs = programs()?;
    let root = fs::metadata("/proc/self").map_err(|error| error.to_string())?.uid() == 0;
    let home = std::env::temp_dir().join(if root { "xianshou-pg-root" } else { "xianshou-pg" });
    fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    let users = File::create(home.join("users")).map_err(|error| error.to_string())?;
    users.lock_shared().map_err(|error| error.to_string())?;
    // The lock is held until the process ends, which tells the watchdog that the server is in use.
    std::mem::forget(users);
    let starting = File::create(home.join("starting")).map_err(|error| error.to_string())?;
    starting.lock().map_err(|error| error.to_string())?;
    if !is_running(&programs, &home, root) {
        make_and_start(&programs, &home, root)?;
    }
    Ok(format!("postgres://postgres@localhost/postgres?host={}", home.display()))
}

/// A command run as the user that PostgreSQL accepts: it refuses to run as root.
fn command(root: bool, program: &Path, arguments: &[&str]) -> Command {
    if !root {
        let mut command = Command::new(program);
        command.args(arguments);
        return command;
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).args(arguments);
    command
}

fn is_running(programs: &Path, home: &Path, root: bool) -> bool {
    let home = home.to_string_lossy();
    let mut ready = command(root, &programs.join("pg_isready"), &["-q", "-h", &home, "-t", "1"]);
    ready.status().is_ok_and(|status| status.success())
}

fn make_and_start(programs: &Path, home: &Path, root: bool) -> Result<(), String> {
    let data = home.join("data");
    let _ = fs::remove_dir_all(&data);
    if root {
        succeed(Command::new("chown").arg("postgres").arg(home))?;
    }
    let data_text = data.to_string_lossy().into_owned();
    let initdb = ["-D", &data_text, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
    succeed(&mut command(root, &programs.join("initdb"), &initdb))?;
    let settings = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c synchronous_commit=off \
         -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB -c autovacuum=off",
        home.display()
    );
    let log = home.join("log").to_string_lossy().into_owned();
    let pg_ctl = programs.join("pg_ctl");
    succeed(&mut command(root, &pg_ctl, &["-D", &data_text, "-l", &log, "-o", &settings, "-w", "start"]))?;
    watch(&pg_ctl, home, &data_text, root)
}

/// Leaves a watchdog that stops the server once no test process has used it for a while.
fn watch(pg_ctl: &Path, home: &Path, data: &str, root: bool) -> Result<(), String> {
    let users = home.join("users");
    let script = format!(
        "sleep 20; while ! flock -n -x '{users}' '{pg_ctl}' -D '{data}' -m immediate stop; do \
         [ -f '{data}/postmaster.pid' ] || exit 0; sleep 20; done; rm -rf '{data}'",
        users = users.display(),
        pg_ctl = pg_ctl.display(),
    );
    let mut watchdog = command(root, Path::new("setsid"), &["sh", "-c", &script]);
    watchdog.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if root {
        succeed(Command::new("chmod").arg("666").arg(&users))?;
    }
    watchdog.spawn().map(drop).map_err(|error| error.to_string())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| format!("{command:?} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)))
}
