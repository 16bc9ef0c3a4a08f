//! `policy`: texts checked, tried and put in form; what scripts get, and the exit codes.

use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

/// A sound policy with two cases.
pub const SOUND: &str = "政策 small 小企业补贴
文号 试〔2026〕1号
适用 企业
施行 2026-01-01
参数 补贴 = 1万元

条件 A 人数 《第一条》
  职工总数[上年] ≥ 10人
条件 B 收入 《第二条》
  销售收入[上年] ≤ 2000万元

奖励 补贴款 《第三条》
  补贴

例 刚好十人
  申请日 = 2026-06-01
  职工总数[上年] = 10人
  销售收入[上年] = 500万元
  期望 满足

例 九人 同 刚好十人
  职工总数[上年] = 9人
  期望 不满足 A
";

/// Every line of JSON of an answer.
#[track_caller]
pub fn lines(answer: &Answer) -> Vec<Value> {
    answer
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// A desk with one policy file.
pub fn desk(text: impl AsRef<[u8]>) -> Desk {
    let desk = Desk::new();
    desk.file("a.policy", text);
    desk
}

#[test]
fn a_sound_policy_is_found_sound_and_the_library_too() {
    let desk = desk(SOUND);
    let told = desk.run(&["policy", "check", "a.policy"]).ends(0);
    assert_eq!(told.out, "1 sound policy; 0 errors, 0 warnings.\n");
    assert_eq!(desk.run(&["policy", "check", "a.policy", "--format", "json"]).ends(0).out, "");
    let library = desk.run_zh(&["policy", "check"]).ends(0);
    assert!(library.out.ends_with("0 处错误，0 处提醒。\n"), "{}", library.out);
}

#[test]
fn every_problem_is_told_at_once_with_its_place_and_what_to_write() {
    let text = SOUND.replace("职工总数[上年] ≥ 10人", "职工总人数[上年] ≥ 10人").replace("≤ 2000万元", "≤ 2000人");
    let desk = desk(text);
    let found = lines(&desk.run(&["policy", "check", "a.policy", "--format", "json"]).ends(2));
    assert!(found.len() >= 2, "{found:#?}");
    let wrong = &found[0];
    assert_eq!(
        (&wrong["file"], &wrong["line"], &wrong["column"], &wrong["end"], &wrong["severity"], &wrong["code"]),
        (
            &json!("a.policy"),
            &json!(8),
            &json!(3),
            &json!({ "line": 8, "column": 12 }),
            &json!("error"),
            &json!("unknown-name")
        )
    );
    assert!(wrong["suggestion"].as_str().unwrap().contains("职工总数"), "{wrong}");
    assert!(found.iter().any(|one| one["line"] == 10 && one["code"] == "mixed-units"), "{found:#?}");
    let person = desk.run_zh(&["policy", "check", "a.policy"]).ends(2);
    assert!(person.out.contains("a.policy:8:3") && person.out.contains("^^^^^^^^^^"), "{}", person.out);
    assert!(person.out.contains("职工总数？"), "{}", person.out);
    // A warning alone does not end with 2.
    desk.file("b.policy", SOUND.replace("文号 试〔2026〕1号\n", ""));
    let told = lines(&desk.run(&["policy", "check", "b.policy", "--format", "json"]).ends(0));
    assert_eq!(told.iter().map(|one| one["severity"].as_str().unwrap()).collect::<Vec<_>>(), ["warning"]);
}

/// Checks a file that is no policy: exit code 2, and what is said.
#[track_caller]
fn no_policy(name: &str, bytes: impl AsRef<[u8]>, code: &str, says: &str) {
    let desk = Desk::new();
    desk.file(name, bytes);
    for verb in ["check", "test", "fmt"] {
        let found = lines(&desk.run(&["policy", verb, name, "--format", "json"]).ends(2));
        let wrong = found.iter().find(|one| one["code"] == code).unwrap_or_else(|| panic!("{verb}: {found:#?}"));
        assert!(wrong["message"].as_str().unwrap().contains(says), "{wrong}");
        assert!(desk.run_zh(&["policy", verb, name]).ends(2).out.contains(code));
    }
}

#[test]
fn what_is_no_policy_is_refused_with_its_reason() {
    no_policy("long.policy", "条件 甲\n".repeat(1_000_000), "too-long", "at most 1048576");
    no_policy(
        "binary.policy",
        [b"\xe6\x94\xbf\n".as_slice(), &[0xff, 0xfe]].concat(),
        "not-text",
        "line 2 has the byte 0xFF",
    );
    no_policy("zero.policy", b"\0\0\0\0", "not-text", "0x00");
    no_policy(
        "deep.policy",
        format!("政策 p 甲\n施行 2026-01-01\n条件 A\n  {}是", "(".repeat(100_000)),
        "too-deep",
        "",
    );
    let desk = Desk::new();
    for verb in ["check", "test", "fmt"] {
        let missing = lines(&desk.run(&["policy", verb, "none.policy", "--format", "json"]).ends(2));
        assert_eq!((&missing[0]["code"], &missing[0]["file"]), (&json!("unreadable"), &json!("none.policy")));
        std::fs::create_dir_all(desk.path("empty/below")).unwrap();
        let empty = lines(&desk.run(&["policy", verb, "empty", "--format", "json"]).ends(2));
        assert_eq!(empty[0]["code"], "no-policies");
    }
    desk.run(&["policy", "fmt"]).ends(64);
    desk.run(&["policy"]).ends(64);
}

#[test]
fn one_faulty_file_of_a_directory_keeps_no_other_from_being_read() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("all/below")).unwrap();
    desk.file("all/below/a.policy", SOUND);
    desk.file("all/b.policy", [0xff]);
    desk.file("all/notes.txt", "no policy");
    let told = desk.run(&["policy", "check", "all"]).ends(2);
    assert!(
        told.out.contains("all/b.policy") && told.out.ends_with("1 sound policy; 1 error, 0 warnings.\n"),
        "{}",
        told.out
    );
    let tried = desk.run(&["policy", "test", "all"]).ends(2);
    assert!(tried.out.ends_with("1 policy, 2 cases, 0 failed.\n"), "{}", tried.out);
}

#[test]
fn a_case_that_fails_ends_with_one_and_says_what_came_out() {
    let desk = desk(SOUND.replace("期望 不满足 A", "期望 满足"));
    let tried = lines(&desk.run(&["policy", "test", "a.policy", "--format", "json"]).ends(1));
    let told: Vec<_> =
        tried.iter().map(|one| (one["case"].as_str().unwrap(), one["passed"].as_bool().unwrap())).collect();
    assert_eq!(told, [("刚好十人", true), ("九人", false)]);
    assert_eq!((&tried[1]["version"], &tried[1]["line"]), (&json!("small@2026-01-01"), &json!(21)));
    let person = desk.run_zh(&["policy", "test", "a.policy"]).ends(1);
    assert!(
        person.out.contains("✗ a.policy:21 九人") && person.out.contains("期望 满足，得出 不满足"),
        "{}",
        person.out
    );
    assert!(person.out.ends_with("1 个政策，2 个例，1 个不通过。\n"), "{}", person.out);
}

#[test]
fn a_threshold_whose_slip_no_case_would_notice_is_named() {
    let desk = desk(SOUND);
    let tried = lines(&desk.run(&["policy", "test", "a.policy", "--boundaries", "--format", "json"]).ends(0));
    let made: Vec<_> = tried.iter().filter(|one| !one["threshold"].is_null()).collect();
    assert_eq!(made.len(), 2, "{tried:#?}");
    assert!(made.iter().all(|one| one["cases"].as_u64().unwrap() > 0 && one["passed"] == true), "{made:#?}");
    // Without a case there is nothing to move to the edge.
    let bare: String = SOUND.split("例 ").next().unwrap().to_owned();
    desk.file("bare.policy", bare);
    let tried = desk.run(&["policy", "test", "bare.policy", "--boundaries"]).ends(1);
    assert!(tried.out.contains("bare.policy:8") && tried.out.contains("职工总数[上年] ≥ 10人"), "{}", tried.out);
}

#[test]
fn a_text_is_put_in_form_once_and_a_faulty_one_is_left_alone() {
    let untidy =
        SOUND.replace("  职工总数[上年] ≥ 10人", "     职工总数[上年]>=10人").replace("条件 B", "\n\n\n条件 B");
    let desk = desk(&untidy);
    let told = lines(&desk.run(&["policy", "fmt", "a.policy", "--check", "--format", "json"]).ends(1));
    assert_eq!(told, [json!({ "file": "a.policy", "formatted": false, "first_line": 8 })]);
    assert_eq!(std::fs::read_to_string(desk.path("a.policy")).unwrap(), untidy, "--check changes nothing");
    desk.run(&["policy", "fmt", "a.policy"]).ends(0);
    let formed = std::fs::read_to_string(desk.path("a.policy")).unwrap();
    assert!(formed.contains("\n  职工总数[上年] ≥ 10人\n") && !formed.contains("\n\n\n"), "{formed}");
    desk.run(&["policy", "fmt", "a.policy", "--check"]).ends(0);
    desk.run(&["policy", "test", "a.policy"]).ends(0);
    let faulty = SOUND.replace("≥ 10人", "≥ ≥ 10人 (");
    desk.file("b.policy", &faulty);
    desk.run(&["policy", "fmt", "b.policy"]).ends(2);
    assert_eq!(std::fs::read_to_string(desk.path("b.policy")).unwrap(), faulty);
}

#[test]
fn an_override_of_a_place_is_checked_with_what_it_overrides() {
    let desk = Desk::new();
    let over = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/srdi-sme-2022-guangdong.policy");
    let text = std::fs::read_to_string(over).unwrap();
    desk.file("gd.policy", &text);
    assert_eq!(desk.run(&["policy", "check", "gd.policy"]).ends(0).out, "1 sound policy; 0 errors, 0 warnings.\n");
    // Only its own thresholds are asked for: those of the text it overrides have their cases there.
    let tried = desk.run(&["policy", "test", "gd.policy", "--boundaries"]).ends(0);
    assert!(tried.out.ends_with("a slip in 0 of them would not be noticed.\n"), "{}", tried.out);
    desk.file("gd.policy", text.replace("覆盖 srdi-sme", "覆盖 srdi-sne"));
    let wrong = lines(&desk.run(&["policy", "check", "gd.policy", "--format", "json"]).ends(2));
    assert!(wrong[0]["suggestion"].as_str().unwrap().contains("srdi-sme"), "{wrong:#?}");
}

#[test]
fn hostile_texts_are_answered_and_never_a_panic() {
    let desk = Desk::new();
    let deep =
        |sign: &str, end: &str| SOUND.replace("≥ 10人", &format!("≥ {}10人{}", sign.repeat(3000), end.repeat(3000)));
    let mut texts = vec![
        String::new(),
        "\u{feff}".to_owned(),
        "政策".to_owned(),
        deep("(", ")"),
        deep("非 ", ""),
        deep("- ", ""),
        SOUND.replace('\n', "\r\n"),
        SOUND.replace("10人", "99999999999999999999999999999999人"),
        SOUND.replace("10人", "10人 / 0人"),
        SOUND.replace("刚好十人\n", "刚好十人 同 九人\n"),
        SOUND.replace("2026-06-01", "9999-12-31"),
        SOUND.replace("施行 2026-01-01", "施行 2026-01-01 至 2020-01-01"),
        format!("{}{SOUND}", "  ".repeat(200)),
    ];
    // Every beginning of a sound text is some unfinished text.
    texts.extend(SOUND.char_indices().step_by(37).map(|(at, _)| SOUND[..at].to_owned()));
    for (nth, text) in texts.iter().enumerate() {
        desk.file("h.policy", text);
        for verb in [&["check"][..], &["test", "--boundaries"], &["fmt", "--check"]] {
            let words = [&["policy", verb[0], "h.policy", "--format", "json"], &verb[1..]].concat();
            let answer = desk.run(&words);
            assert!((0..=2).contains(&answer.exit), "{nth} {verb:?}: {} {}", answer.exit, answer.err);
            lines(&answer);
        }
        for verb in [&["explain", "h.policy", "--case", "九人"][..], &["simulate", "h.policy", "--set", "A=(=1"]] {
            let answer = desk.run(&[&["policy"], verb].concat());
            assert!((0..=2).contains(&answer.exit), "{nth} {verb:?}: {} {}", answer.exit, answer.err);
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let desk = Desk::new();
    let mut child = desk
        .command("C", &["policy", "test", "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
