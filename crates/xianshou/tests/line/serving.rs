//! `demo` and `serve`: one line for a script, then pages.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::Arc;

use kernel::{Catalogue, Lang};
use serde_json::Value;
use store::access::{Hand, NewAccount, UnitKind};
use store::{Location, Store};

use crate::desk::Desk;

/// A server that is stopped with the test.
struct Server {
    child: Child,
    line: Value,
}

impl Server {
    /// Starts the verb and reads its line.
    fn start(desk: &Desk, words: &[&str]) -> Self {
        let mut child = desk.command("C", words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let line = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, line }
    }

    /// The status line of a page.
    fn get(&self, path: &str) -> String {
        let address = self.line["url"].as_str().unwrap().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sample zone that was filled before: what `demo` looks at is its name and its last account.
fn filled_zone(desk: &Desk) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        std::fs::create_dir(desk.path("demo")).unwrap();
        let location = Location::in_directory(&desk.path("demo"));
        let store = Store::open_or_create(&location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
        let zone = sample::zone();
        store.name_zone(zone.name.0, zone.name.1, true, "(test)").await.unwrap();
        let unit = store.create_unit(Hand::Console, None, UnitKind::Zone, zone.name.0).await.unwrap().id;
        let account = NewAccount {
            name: zone.accounts.last().unwrap().name,
            display_name: "样例",
            unit,
            enterprise: None,
            lang: Lang::Zh,
            password_hash: None,
            must_change_password: false,
        };
        store.create_account(Hand::Console, account).await.unwrap();
        store.close().await.unwrap();
    });
}

#[test]
fn the_demo_prints_one_line_with_its_address_and_accounts_and_serves() {
    let desk = Desk::new();
    filled_zone(&desk);
    let server = Server::start(&desk, &["demo", "--listen", "127.0.0.1:0", "--data", "demo", "--format", "json"]);
    let accounts = server.line["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 8);
    for account in accounts {
        for key in ["name", "password", "role"] {
            assert!(account[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {account}");
        }
    }
    assert!(accounts.iter().any(|account| account["role"] == "analyst"));
    assert_eq!(server.get("/sign-in"), "HTTP/1.1 200 OK");
    assert!(server.get("/register/enterprise").starts_with("HTTP/1.1 30"), "a stranger is led to the sign-in");
}

#[test]
fn the_demo_is_not_opened_to_the_network_and_takes_no_real_register() {
    let desk = Desk::with_an_enterprise();
    let open = desk.run(&["demo", "--listen", "0.0.0.0:0", "--data", "demo"]).ends(1);
    assert!(open.err.contains("--open-to-network"), "{}", open.err);
    let add = ["user", "add", "wang", "--data", "z"];
    let mut child = desk.command("C", &add).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"spring-river-flower-72\n").unwrap();
    assert!(child.wait().unwrap().success());
    let real = desk.run(&["demo", "--listen", "127.0.0.1:0", "--data", "z"]).ends(1);
    assert!(real.err.contains("real register"), "{}", real.err);
}

#[test]
fn a_register_is_served_and_a_taken_port_told() {
    let desk = Desk::with_an_enterprise();
    let server = Server::start(&desk, &["serve", "--listen", "127.0.0.1:0", "--data", "z", "--format", "json"]);
    assert_eq!(server.get("/sign-in"), "HTTP/1.1 200 OK");
    let address = server.line["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let taken = desk.run(&["serve", "--listen", &address, "--data", "z"]).ends(1);
    assert!(taken.err.contains(&address), "{}", taken.err);
}
