//! The other verbs, and the help that teaches.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::desk::{Answer, Desk, code, row, sheet};

#[test]
fn an_export_says_how_many_and_refuses_unknown_columns() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1), row(2)]));
    desk.import("a.csv", &[]).ends(0);
    let told = desk.run(&["export", "all.xlsx", "--data", "z", "--format", "json"]).ends(0).json();
    assert_eq!(told, json!({ "file": "all.xlsx", "kind": "enterprise", "rows": 2 }));
    let found = desk.run(&["export", "one.csv", "--data", "z", "--search", "样例2", "--format", "json"]).ends(0).json();
    assert_eq!(found["rows"], 1);
    assert!(std::fs::read_to_string(desk.path("one.csv")).unwrap().contains(&code(2)));
    let refused = desk.run(&["export", "x.csv", "--data", "z", "--columns", "uscc,nonsense"]).ends(1);
    assert!(refused.err.contains("“nonsense”") && refused.err.contains("operating_revenue@2025"), "{}", refused.err);
    let nowhere = desk.run(&["export", "none/x.csv", "--data", "z"]).ends(1);
    assert!(nowhere.err.contains("none/x.csv"), "{}", nowhere.err);
}

#[test]
fn an_export_keeps_formulas_harmless() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1).replace("样例1有限公司", "=HYPERLINK(1)公司")]));
    desk.import("a.csv", &[]).ends(0);
    assert_eq!(desk.exported("name"), ["'=HYPERLINK(1)公司"]);
}

#[test]
fn the_template_of_every_kind_is_written_and_can_be_read_again() {
    let desk = Desk::new();
    for kind in kernel::SubjectKind::ALL {
        let kind = kind.key();
        let told = desk.run(&["template", "t.xlsx", "--kind", kind, "--format", "json"]).ends(0).json();
        assert_eq!(told, json!({ "file": "t.xlsx", "kind": kind }));
    }
    desk.run(&["template", "t.xlsx", "--kind", "enterprise"]).ends(0);
    let empty = desk.import("t.xlsx", &[]).ends(0).json();
    assert_eq!((&empty["rows"], &empty["faults_total"]), (&json!(0), &json!(0)), "{empty:#}");
}

#[test]
fn migrate_makes_a_register_and_says_its_version() {
    let desk = Desk::new();
    let first = desk.run(&["migrate", "--data", "z", "--format", "json"]).ends(0).json();
    assert!(first["schema"].as_u64().unwrap() > 0, "{first}");
    assert_eq!(desk.run(&["migrate", "--data", "z", "--format", "json"]).ends(0).json(), first);
    let zh = desk.run_zh(&["migrate", "--data", "z"]).ends(0);
    assert!(zh.out.contains("结构"), "{}", zh.out);
}

#[test]
fn a_missing_register_is_told_rather_than_made() {
    let desk = Desk::new();
    for verb in [&["verify"][..], &["export", "x.csv"], &["backup", "x.xsb"], &["user", "list"]] {
        let answer = desk.run(&[verb, &["--data", "none"]].concat()).ends(1);
        assert!(answer.err.contains("none/xianshou.db"), "{verb:?}: {}", answer.err);
    }
    assert!(!desk.has("none"));
    let both = desk.run(&["verify", "--data", "z", "--database-url", "sqlite:z.db"]).ends(64);
    assert!(both.err.contains("--data"), "{}", both.err);
    let odd = desk.run(&["verify", "--database-url", "mysql://x"]).ends(1);
    assert!(odd.err.contains("postgres"), "{}", odd.err);
}

/// `user WORDS…` with a password typed.
fn user(desk: &Desk, words: &[&str], typed: &str) -> Answer {
    let words = [&["user"][..], words, &["--data", "z", "--format", "json"]].concat();
    let mut command = desk.command("C", &words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A refusal can come before anything is read; the broken pipe is no failure then.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { exit: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn accounts_are_managed_from_the_machine() {
    let desk = Desk::new();
    let good = "spring-river-flower-72\n";
    let weak = user(&desk, &["add", "wang", "--role", "system_admin"], "123\n").ends(1);
    assert!(!weak.err.is_empty());
    let made = user(&desk, &["add", "wang", "--person", "王工", "--role", "system_admin"], good).ends(0).json();
    assert_eq!(made, json!({ "account": "wang", "done": "created" }));
    user(&desk, &["add", "wang"], good).ends(1);
    user(&desk, &["grant", "wang", "nobody"], "").ends(1);
    user(&desk, &["lock", "wang"], "").ends(0);
    let list = user(&desk, &["list"], "").ends(0).json();
    assert_eq!(
        (&list[0]["name"], &list[0]["person"], &list[0]["state"], &list[0]["roles"]),
        (&json!("wang"), &json!("王工"), &json!("locked"), &json!(["system_admin@高新区"])),
    );
    user(&desk, &["unlock", "wang"], "").ends(0);
    user(&desk, &["revoke", "wang", "system_admin"], "").ends(0);
    user(&desk, &["password", "wang"], "quiet-mountain-lamp-31\n").ends(0);
    let list = user(&desk, &["list"], "").ends(0).json();
    assert_eq!((&list[0]["state"], &list[0]["roles"]), (&json!("active"), &json!([])));
    let missing = user(&desk, &["lock", "li"], "").ends(1);
    assert!(missing.err.contains("“li”"), "{}", missing.err);
}

const VERBS: &[&str] = &[
    "serve", "demo", "import", "export", "template", "backup", "restore", "verify", "user", "migrate", "policy",
    "checkup",
];

#[test]
fn the_help_of_every_verb_teaches_by_examples_in_both_languages() {
    let desk = Desk::new();
    let (zh, en) = (desk.run_zh(&["--help"]).ends(0).out, desk.run(&["--help"]).ends(0).out);
    for verb in VERBS {
        assert!(zh.contains(verb) && en.contains(verb), "{verb} is missing from the help");
        let own = desk.run(&[verb, "--help"]).ends(0).out;
        assert!(own.contains(&format!("xianshou {verb} ")), "no example of {verb}: {own}");
        let own = desk.run_zh(&[verb, "--help"]).ends(0).out;
        assert!(own.contains(&format!("xianshou {verb} ")), "no example of {verb}: {own}");
        assert!(own.chars().filter(|c| ('一'..='龥').contains(c)).count() > 20, "{own}");
    }
    assert!(desk.run(&["--version"]).ends(0).out.starts_with("xianshou "));
    desk.run(&["nonsense"]).ends(64);
    desk.run(&[]).ends(64);
}
