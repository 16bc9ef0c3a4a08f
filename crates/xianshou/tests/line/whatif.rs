//! `policy explain`, `diff` and `simulate`: why, what changed, and what would follow.

use serde_json::{Value, json};

use crate::desk::{Desk, code};
use crate::rules::{SOUND, desk, lines};

/// Four firms about the thresholds of the sound policy: 10 people, 20 million of revenue.
fn firms() -> String {
    let line = |nth: u32, staff: &str, revenue: &str| format!("{},{nth}号公司,{staff},{revenue}", code(nth));
    [
        "统一社会信用代码,企业名称,职工总数 2025,销售收入（万元）2025".to_owned(),
        line(1, "9", "500"),
        line(2, "10", "500"),
        line(3, "20", "2000.01"),
        line(4, "", "500"),
    ]
    .join("\n")
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let wanted = lines.iter().filter(|line| line["kind"] == kind);
    wanted
        .map(|line| {
            let because = line["because"].as_array().unwrap().iter().map(|one| one["condition"].as_str().unwrap());
            (line["name"].as_str().unwrap(), because.collect())
        })
        .collect()
}

#[test]
fn a_case_is_explained_as_a_tree_with_gap_and_plan() {
    let desk = desk(SOUND);
    let told = desk.run_zh(&["policy", "explain", "a.policy", "--case", "九人"]).ends(0);
    for line in [
        "小企业补贴 small@2026-01-01",
        "✗ 不满足",
        "✗ 人数 《第一条》",
        "  · 职工总数（2025 年） = 9 人",
        "  A 职工总数（2025 年） 9 人，须 ≥ 10 人",
    ] {
        assert!(told.out.lines().any(|known| known == line), "no line {line:?} in\n{}", told.out);
    }
    let json = desk.run(&["policy", "explain", "a.policy", "--case", "九人", "--format", "json"]).ends(0).json();
    assert_eq!((&json["verdict"], &json["failed"]), (&json!("fails"), &json!(["A"])));
    let reason = &json["reasons"][0];
    assert_eq!(
        (&reason["title"], &reason["answer"], &reason["article"]),
        (&json!("人数"), &json!("fails"), &json!("第一条"))
    );
    assert_eq!((&reason["parts"][0]["min"], &reason["parts"][0]["unit"]), (&json!(9), &json!("人")));
    let wrong = desk.run(&["policy", "explain", "a.policy", "--case", "十人"]).ends(2);
    assert!(wrong.err.contains("刚好十人"), "{}", wrong.err);
    let none = desk.run(&["policy", "explain", "a.policy"]).ends(2);
    assert!(none.err.contains("--facts") && none.err.contains("刚好十人"), "{}", none.err);
}

#[test]
fn facts_come_from_a_spreadsheet_or_from_json() {
    let desk = desk(SOUND);
    desk.file("firms.csv", firms());
    let words = ["policy", "explain", "a.policy", "--facts", "firms.csv", "--on", "2026-06-01"];
    let which = desk.run(&words).ends(2);
    assert!(which.err.contains("--enterprise") && which.err.contains("1号公司"), "{}", which.err);
    let told = desk.run_zh(&[&words[..], &["--enterprise", "1号公司"]].concat()).ends(0);
    assert!(told.out.contains("职工总数（2025 年） = 9 人 [csv!C2]"), "{}", told.out);
    desk.file("one.json", r#"{"职工总数@2025": 12, "sales_revenue@2025": "5000000元"}"#);
    let words = ["policy", "explain", "a.policy", "--facts", "one.json", "--on", "2026-06-01", "--format", "json"];
    assert_eq!(desk.run(&words).ends(0).json()["verdict"], "meets");
    desk.file("one.json", r#"{"职工总人数@2025": 12}"#);
    let wrong = desk.run(&words).ends(2);
    assert!(wrong.err.contains("职工总人数"), "{}", wrong.err);
    desk.file("one.json", "{");
    assert!(desk.run(&words).ends(2).err.contains("JSON"));
}

#[test]
fn two_versions_differ_in_words_and_on_enterprises() {
    let desk = desk(SOUND);
    desk.file("b.policy", SOUND.replace("≥ 10人", "≥ 9人").replace("补贴 = 1万元", "补贴 = 2万元"));
    desk.file("firms.csv", firms());
    let words = ["policy", "diff", "a.policy", "b.policy", "--facts", "firms.csv", "--on", "2026-06-01"];
    let told = lines(&desk.run(&[&words[..], &["--format", "json"]].concat()).ends(0));
    let changes: Vec<_> = told.iter().filter(|line| line["kind"] == "change").map(|line| &line["id"]).collect();
    assert_eq!(changes, ["补贴", "A", "补贴款"]);
    assert_eq!(of_kind(&told, "enters"), [("1号公司", vec!["A"])]);
    assert_eq!(of_kind(&told, "leaves"), []);
    let sum = told.last().unwrap();
    assert_eq!((&sum["enterprises"], &sum["meeting"]), (&json!(4), &json!({ "before": 1, "after": 2 })));
    // One met it, one more is open: 10,000 to 20,000 before, two and one open after.
    assert_eq!(sum["cost"]["before"], json!({ "min": 1, "max": 2 }));
    assert_eq!(sum["cost"]["after"], json!({ "min": 4, "max": 6 }));
    desk.run(&[&words[..], &["--exit-code"]].concat()).ends(1);
    let same = desk.run(&["policy", "diff", "a.policy", "a.policy", "--exit-code"]).ends(0);
    assert!(same.out.contains("do not differ"), "{}", same.out);
    let person = desk.run_zh(&words).ends(0);
    assert!(person.out.contains("+ 1号公司") && person.out.contains("进入 1 家"), "{}", person.out);
}

#[test]
fn versions_of_the_library_are_named_by_id_and_first_day() {
    let desk = Desk::new();
    let told = desk.run_zh(&["policy", "diff", "srdi-sme@2022-08-01", "srdi-sme@2026-04-01"]).ends(0);
    assert!(told.out.starts_with("srdi-sme@2022-08-01 → srdi-sme@2026-04-01\n"), "{}", told.out);
    assert!(told.out.lines().count() > 10 && told.out.lines().all(|line| line.chars().count() < 600), "{}", told.out);
    for (id, says) in [
        ("srdi-smee", "srdi-sme"),
        ("srdi-sme@2021-01-01", "srdi-sme@2022-08-01"),
        ("srdi-sme@soon", "srdi-sme@2022-08-01"),
        ("none.policy", "none.policy"),
    ] {
        let refused = desk.run(&["policy", "diff", id, "srdi-sme"]).ends(2);
        assert!(format!("{}{}", refused.out, refused.err).contains(says), "{id}: {}{}", refused.out, refused.err);
    }
    desk.run(&["policy", "explain", "srdi-sme@2022-08-01@广东", "--case", "x"]).ends(2);
}

#[test]
fn a_threshold_and_an_amount_can_be_set() {
    let desk = desk(SOUND);
    desk.file("firms.csv", firms());
    let knobs = lines(&desk.run(&["policy", "simulate", "a.policy", "--format", "json"]).ends(0));
    let told: Vec<_> = knobs.iter().map(|one| (one["id"].as_str().unwrap(), one["now"].as_str().unwrap())).collect();
    assert_eq!(told, [("补贴", "1万元"), ("A", "10人"), ("B", "2000万元")]);
    let words = |set: &'static [&'static str]| {
        let fixed =
            ["policy", "simulate", "a.policy", "--facts", "firms.csv", "--on", "2026-06-01", "--format", "json"];
        [&fixed[..], set].concat()
    };
    let told = lines(&desk.run(&words(&["--set", "A=20人", "--set", "B=2000.01万元", "--set", "补贴=3万元"])).ends(0));
    assert_eq!(of_kind(&told, "enters"), [("3号公司", vec!["B"])]);
    assert_eq!(of_kind(&told, "leaves"), [("2号公司", vec!["A"])]);
    assert_eq!(told.last().unwrap()["cost"]["after"], json!({ "min": 3, "max": 6 }));
    // A threshold answers to its condition's name and to its own text too.
    let by_text = lines(&desk.run(&words(&["--set", "职工总数[上年] ≥ 10人 = 20人"])).ends(0));
    let by_name = lines(&desk.run(&words(&["--set", "人数=20人"])).ends(0));
    assert_eq!(of_kind(&by_text, "leaves"), of_kind(&by_name, "leaves"));
    for (set, says) in [
        (["--set", "A=20万元"], "mixed-units"),
        (["--set", "C=20人"], "C"),
        (["--set", "A"], "ID=FIGURE"),
        (["--set", "A=二十"], "a"),
    ] {
        let refused = desk.run(&["policy", "simulate", "a.policy", set[0], set[1]]).ends(2);
        assert!(format!("{}{}", refused.out, refused.err).contains(says), "{set:?}: {}{}", refused.out, refused.err);
    }
}

#[test]
fn a_figure_of_every_policy_of_the_library_can_be_named_and_set_to_itself() {
    let desk = Desk::new();
    for id in ["high-tech-enterprise", "tech-sme", "innovative-sme", "srdi-sme", "little-giant", "startup-subsidy"] {
        let knobs = lines(&desk.run(&["policy", "simulate", id, "--on", "2026-06-01", "--format", "json"]).ends(0));
        assert!(!knobs.is_empty(), "{id}");
        let sets: Vec<String> = knobs
            .iter()
            .flat_map(|one| {
                ["--set".to_owned(), format!("{}={}", one["id"].as_str().unwrap(), one["now"].as_str().unwrap())]
            })
            .collect();
        let mut words = vec!["policy", "simulate", id, "--on", "2026-06-01"];
        words.extend(sets.iter().map(String::as_str));
        assert_eq!(desk.run(&words).ends(0).out, "", "{id}: nothing changes");
    }
}

#[test]
fn a_register_lends_its_enterprises() {
    let desk = desk(SOUND);
    desk.file("firms.csv", firms().replace("销售收入（万元）2025", "主营业务收入（万元）2025"));
    desk.import("firms.csv", &[]).ends(0);
    // The register reckons 销售收入 from its parts; the other part is not known, so every answer is open or no.
    let words = ["policy", "simulate", "a.policy", "--set", "A=9人", "--on", "2026-06-01", "--format", "json"];
    let told = lines(&desk.run(&[&words[..], &["--data", "z"]].concat()).ends(0));
    assert_eq!(told.last().unwrap()["enterprises"], 4);
    assert_eq!(of_kind(&told, "moves"), [("1号公司", vec!["B"])]);
    let missing = desk.run(&[&words[..], &["--data", "none"]].concat()).ends(1);
    assert!(missing.err.contains("none"), "{}", missing.err);
    desk.run(&[&words[..], &["--data", "z", "--facts", "firms.csv"]].concat()).ends(64);
}
