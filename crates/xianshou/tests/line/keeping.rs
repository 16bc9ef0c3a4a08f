//! What was written stays: alterations are found, a killed import leaves nothing, other releases'
//! registers are told.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::desk::{Desk, code, row, sheet};

fn verify(desk: &Desk) -> crate::desk::Answer {
    desk.run(&["verify", "--data", "z", "--format", "json"])
}

#[test]
fn a_sound_register_is_verified_and_an_altered_row_named() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1), row(2)]));
    desk.import("a.csv", &[]).ends(0);
    let sound = verify(&desk).ends(0).json();
    assert_eq!((&sound["statements"], &sound["ok"]), (&json!(2), &json!(true)));
    assert!(sound["events"].as_u64().unwrap() > 0 && sound.get("first").is_none(), "{sound}");
    desk.tamper("UPDATE statement SET facts = replace(facts, '样例2', '样例9') WHERE seq = 2");
    let altered = verify(&desk).ends(1).json();
    assert_eq!(
        (&altered["ok"], &altered["first"]["table"], &altered["first"]["row"]),
        (&json!(false), &json!("statement"), &json!("2"))
    );
    let person = desk.run_zh(&["verify", "--data", "z"]).ends(1);
    assert!(person.out.contains("有改动") && person.out.contains('2'), "{}", person.out);
}

#[test]
fn an_altered_event_is_named() {
    let desk = Desk::with_an_enterprise();
    desk.tamper("UPDATE event SET \"by\" = 'nobody' WHERE seq = 1");
    let altered = verify(&desk).ends(1).json();
    assert_eq!((&altered["first"]["table"], &altered["first"]["row"]), (&json!("event"), &json!("1")));
}

#[test]
fn a_killed_import_leaves_no_half_load() {
    let desk = Desk::new();
    let rows = 1500;
    desk.file("long.csv", sheet(&(1..=rows).map(row).collect::<Vec<_>>()));
    let words = |data| ["import", "long.csv", "--data", data, "--kind", "enterprise", "--format", "json"];
    // The register is there before: what is killed is the load, not the making of the tables.
    desk.run(&["migrate", "--data", "other"]).ends(0);
    desk.run(&["migrate", "--data", "z"]).ends(0);
    let begun = Instant::now();
    desk.run(&words("other")).ends(0);
    let whole = begun.elapsed();
    let mut killed = 0;
    for part in [0.35, 0.6, 0.85] {
        let mut import = desk.command("C", &words("z")).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole.mul_f64(part).max(Duration::from_millis(5)));
        let running = import.try_wait().unwrap().is_none();
        import.kill().unwrap();
        import.wait().unwrap();
        if !running {
            break;
        }
        killed += 1;
        let told = verify(&desk).ends(0).json();
        let statements = told["statements"].as_u64().unwrap();
        assert!(statements == 0 || statements == u64::from(rows), "{told}");
        if statements > 0 {
            break;
        }
    }
    assert!(killed > 0, "the import was over before it could be killed");
    desk.import("long.csv", &[]).ends(0);
    assert_eq!(verify(&desk).ends(0).json()["statements"], rows);
    assert_eq!(desk.exported("uscc").len(), rows as usize);
}

#[test]
fn a_register_of_another_release_is_told_and_an_older_one_migrated() {
    let desk = Desk::with_an_enterprise();
    desk.tamper("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99990101_000001_later', 0)");
    for words in [&["verify", "--data", "z"][..], &["migrate", "--data", "z"][..]] {
        let newer = desk.run(words).ends(1);
        assert!(newer.err.contains("newer"), "{}", newer.err);
    }
    desk.tamper("DELETE FROM seaql_migrations WHERE version LIKE 'm9999%'");
    verify(&desk).ends(0);
}

#[test]
fn a_register_of_an_older_release_is_refused_with_the_way_on_until_it_is_migrated() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1)]));
    std::fs::create_dir(desk.path("z")).unwrap();
    let location = store::Location::Sqlite(desk.path("z/xianshou.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let older = runtime.block_on(store::testing::make_older(&location, 1));
    let newest = store::schema::version();
    desk.tamper(NOTED);
    for words in [
        &["serve", "--data", "z", "--listen", "127.0.0.1:0"][..],
        &["import", "a.csv", "--data", "z", "--kind", "enterprise", "--format", "json"],
        &["import", "a.csv", "--data", "z", "--kind", "enterprise", "--dry-run"],
        &["export", "a.xlsx", "--data", "z"],
        &["verify", "--data", "z"],
    ] {
        let refused = desk.run(words).ends(1);
        let expected = format!("schema {older}, this release expects {newest}");
        assert!(
            refused.err.contains(&expected) && refused.err.contains("xianshou migrate"),
            "{words:?}: {}",
            refused.err
        );
        let zh = desk.run_zh(words).ends(1);
        let expected = format!("第 {older} 版，本程序需要第 {newest} 版");
        assert!(zh.err.contains(&expected) && zh.err.contains("xianshou migrate"), "{words:?}: {}", zh.err);
        assert_eq!(refused.out, "", "{words:?} says nothing a script could take for an answer");
    }
    let told = desk.run(&["migrate", "--data", "z", "--format", "json"]).ends(0).json();
    assert_eq!(told["schema"], newest);
    desk.tamper("DELETE FROM event WHERE \"by\" = 'somebody'");
    desk.import("a.csv", &[]).ends(0);
    verify(&desk).ends(0);
}

/// Something was noted: whoever brings the tables up to date is to keep a copy first.
const NOTED: &str = "INSERT INTO event (zone, seq, kind, at, \"by\", values_hash, hash) \
    SELECT id, 99, 'unit.created', 0, 'somebody', x'00', x'00' FROM zone";

#[test]
fn a_register_whose_making_was_broken_off_is_made_whole_by_whoever_opens_it_next() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1)]));
    std::fs::create_dir(desk.path("z")).unwrap();
    let location = store::Location::Sqlite(desk.path("z/xianshou.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(store::testing::make_older(&location, 2));
    desk.import("a.csv", &[]).ends(0);
    assert_eq!(verify(&desk).ends(0).json()["statements"], 1);
}

#[test]
fn a_backup_becomes_a_register_again() {
    let desk = Desk::with_an_enterprise();
    let told = desk.run(&["backup", "keep.xsb", "--data", "z", "--format", "json"]).ends(0).json();
    assert_eq!(told["file"], "keep.xsb");
    assert_eq!(told["sha256"].as_str().map(str::len), Some(64));
    let full = desk.run(&["restore", "keep.xsb", "--data", "z"]).ends(1);
    assert!(full.err.contains("empty"), "{}", full.err);
    let restored = desk.run(&["restore", "keep.xsb", "--data", "new", "--format", "json"]).ends(0).json();
    assert_eq!(restored["rows"], told["rows"]);
    assert_eq!(desk.run(&["verify", "--data", "new", "--format", "json"]).ends(0).json(), verify(&desk).json());
    desk.run(&["export", "all.csv", "--data", "new", "--columns", "uscc"]).ends(0);
    assert!(std::fs::read_to_string(desk.path("all.csv")).unwrap().contains(&code(1)));
    let mut bytes = std::fs::read(desk.path("keep.xsb")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    desk.file("bad.xsb", bytes);
    let damaged = desk.run(&["restore", "bad.xsb", "--data", "third"]).ends(1);
    assert!(!damaged.err.is_empty());
    let none = desk.run(&["restore", "none.xsb", "--data", "third"]).ends(1);
    assert!(none.err.contains("none.xsb"), "{}", none.err);
}
