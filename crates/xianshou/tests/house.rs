//! The rules of the house: who may depend on whom, what may stand where, how long a file may be.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The edges that are allowed between the crates of the house. An edge that is not here fails
/// the test: a new one is a decision, to be made in ARCHITECTURE.md first.
const EDGES: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("policy", &["kernel"]),
    ("checkup", &["kernel", "policy"]),
    ("loops", &["kernel", "policy"]),
    ("sample", &["kernel"]),
    ("store", &["kernel", "loops"]),
    ("reports", &["checkup", "kernel"]),
    ("intake", &["kernel", "reports", "store"]),
    ("delivery", &["kernel", "loops", "store"]),
    ("rounds", &["checkup", "kernel", "policy", "store"]),
    ("web", &["checkup", "delivery", "intake", "kernel", "loops", "policy", "reports", "rounds", "store"]),
    ("xianshou", &["checkup", "delivery", "intake", "kernel", "loops", "policy", "reports", "sample", "store", "web"]),
];

/// Crates from outside that only one crate of the house may use: SQL, HTTP, workbooks, the typesetter.
const OWNED: &[(&str, &[&str])] = &[
    ("store", &["sea-orm", "sea-orm-migration", "sea-query", "sqlx"]),
    ("delivery", &["hyper", "hyper-rustls", "hyper-util", "lettre"]),
    ("web", &["axum", "tower-http", "tower-sessions", "askama", "utoipa", "utoipa-axum"]),
    (
        "reports",
        &["calamine", "rust_xlsxwriter", "csv", "zip", "encoding_rs", "fontdb", "typst", "typst-layout", "typst-pdf"],
    ),
];

/// The crates that touch neither files nor network nor clock.
const PURE: &[&str] = &["kernel", "policy", "checkup", "loops", "sample"];

const LONGEST_FILE: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The dependencies of every crate of the house, those for tests left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |json: &serde_json::Value| json["name"].as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let for_the_product = |one: &&serde_json::Value| one["kind"].as_str() != Some("dev");
    packages
        .iter()
        .map(|package| {
            let used = package["dependencies"].as_array().unwrap().iter().filter(for_the_product).map(name).collect();
            (name(package), used)
        })
        .collect()
}

/// The files of the project whose names end so, with their text, by their path from the root.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        const LEFT_OUT: [&str; 6] = ["target", "node_modules", ".git", "data", "test-results", "playwright-report"];
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match path.is_dir() {
                true if LEFT_OUT.contains(&name.as_str()) => {}
                true => walk(&path, endings, found),
                false if endings.iter().any(|ending| name.ends_with(ending)) => found.push(path),
                false => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), endings, &mut found);
    found.sort();
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text)
    };
    found.into_iter().map(named).collect()
}

fn sources() -> Vec<(String, String)> {
    files(&[".rs"])
}

/// Every line of the sources outside of `allowed` that `forbidden` finds fault with.
fn lines_with(allowed: &str, forbidden: impl Fn(&str) -> bool) -> Vec<String> {
    let elsewhere =
        sources().into_iter().filter(|(path, _)| !path.starts_with(allowed) && !path.contains("tests/house"));
    elsewhere
        .flat_map(|(path, text)| {
            let lines: Vec<String> = text
                .lines()
                .enumerate()
                .filter(|(_, line)| forbidden(line))
                .map(|(at, line)| format!("{path}:{}: {}", at + 1, line.trim()))
                .collect();
            lines
        })
        .collect()
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let dependencies = dependencies();
    let house: BTreeSet<&str> = EDGES.iter().map(|(name, _)| *name).collect();
    assert_eq!(dependencies.keys().map(String::as_str).collect::<BTreeSet<_>>(), house);
    for (name, allowed) in EDGES {
        let used = dependencies[*name].iter().map(String::as_str).filter(|one| house.contains(one));
        let too_many: Vec<&str> = used.filter(|one| !allowed.contains(one)).collect();
        assert!(too_many.is_empty(), "{name} must not depend on {too_many:?}");
    }
}

#[test]
fn sql_http_and_workbooks_each_have_one_home() {
    for (name, used) in dependencies() {
        for (home, owned) in OWNED.iter().filter(|(home, _)| *home != name) {
            let strays: Vec<&str> = owned.iter().copied().filter(|one| used.contains(*one)).collect();
            assert!(strays.is_empty(), "{name} uses {strays:?}, which only {home} may");
        }
    }
}

#[test]
fn sql_is_written_in_store_only() {
    const WORDS: [[&str; 2]; 6] = [
        ["SELECT ", " FROM "],
        ["INSERT ", " INTO "],
        ["UPDATE ", " SET "],
        ["DELETE ", "FROM "],
        ["CREATE ", "TABLE "],
        ["ALTER ", "TABLE "],
    ];
    let mut found =
        lines_with("crates/store/", |line| WORDS.iter().any(|words| words.iter().all(|word| line.contains(word))));
    // The tests that alter a register behind the program's back have to write SQL themselves.
    found.retain(|line| !line.starts_with("crates/xianshou/tests/line/"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn pure_crates_touch_neither_files_nor_clock() {
    const IMPURE: [&str; 7] =
        ["std::fs", "std::net", "std::env", "SystemTime", "Instant::now", "Timestamp::now", "Zoned::now"];
    for (path, text) in sources() {
        let of_tests = path.ends_with("tests.rs") || path.contains("/tests/");
        let pure = !of_tests && PURE.iter().any(|name| path.starts_with(&format!("crates/{name}/src")));
        let found: Vec<&str> = IMPURE.into_iter().filter(|word| pure && text.contains(word)).collect();
        assert!(found.is_empty(), "{path} uses {found:?}");
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<String> = files(&[".rs", ".html", ".md", ".toml", ".mjs", ".ts"])
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(path, lines)| *lines > LONGEST_FILE && !path.ends_with("package-lock.json"))
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split by concern: {long:#?}");
}

#[test]
fn nothing_is_left_for_later_and_no_machine_is_named() {
    let unfinished = ["todo", "unimplemented"].map(|word| format!("{word}!("));
    let places = ["root", "work", "home"].map(|folder| format!("/{folder}/"));
    let marks = ["TODO", "FIXME", "XXX:"];
    let found = lines_with("crates/none/", |line| {
        unfinished.iter().any(|word| line.contains(word.as_str())) || marks.iter().any(|mark| line.contains(mark))
    });
    assert!(found.is_empty(), "{found:#?}");
    for (path, text) in files(&[".rs", ".md", ".toml", ".html", ".sh", "Makefile", "run", ".mjs", ".ts", ".css"]) {
        let named: Vec<&String> = places.iter().filter(|place| text.contains(place.as_str())).collect();
        assert!(path.ends_with("tests/house.rs") || named.is_empty(), "{path} names {named:?}");
    }
}

#[test]
fn the_readmes_name_every_command() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for command in ["make run", "make test", "LICENSE", "ARCHITECTURE.md"] {
            assert!(text.contains(command), "{name} does not name {command}");
        }
        let verbs = ["serve", "demo", "import", "export", "template", "backup", "restore", "verify", "user", "migrate"];
        for verb in verbs.into_iter().chain(["policy", "checkup"]) {
            assert!(text.contains(&format!("xianshou {verb}")), "{name} does not show xianshou {verb}");
        }
    }
}

#[test]
fn everything_on_the_map_exists_and_every_crate_is_on_it() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let map = text.split("```").nth(1).unwrap();
    let places: Vec<&str> = map
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.contains('/') || word.ends_with(".rs"))
        .collect();
    assert!(places.len() > 20, "the map has {} places", places.len());
    for place in &places {
        assert!(root().join(place).exists(), "{place} is on the map and not in the house");
    }
    for (name, _) in EDGES {
        assert!(places.iter().any(|place| place.trim_end_matches('/') == format!("crates/{name}")), "{name}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for (path, text) in files(&[".md"]) {
        let folder = root().join(&path).parent().unwrap().to_path_buf();
        // What stands between fences is an example, not a link.
        let prose: String = text.split("```").step_by(2).collect();
        let prose: String = prose.split('`').step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let outside = link.contains("://") || target.is_empty();
            assert!(outside || folder.join(target).exists(), "{path} links to {link}, which is not there");
        }
    }
}
