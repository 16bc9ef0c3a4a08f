//! Lists of the register that come back: exported and imported again.

use serde_json::{Value, json};

use crate::desk::{Desk, code, row, sheet};

/// A desk whose register knows something of many kinds.
fn full() -> Desk {
    let desk = Desk::new();
    desk.file("enterprise.csv", sheet(&(1..=3).map(row).collect::<Vec<_>>()));
    desk.file(
        "institution.csv",
        "院校代码,学校名称,主管部门\n4111010001,样例大学,教育部\n4111010002,样例学院,省教育厅\n",
    );
    let owner = code(1);
    let one = [
        ("platform", format!("平台名称,平台类别,owner_uscc\n样例重点实验室,重点实验室,{owner}\n")),
        ("achievement", format!("成果名称,owner_uscc\n样例成果,{owner}\n")),
        ("equipment", format!("设备名称,型号,owner_uscc\n样例显微镜,X-1,{owner}\n")),
        ("person", format!("姓名,owner_uscc\n样例甲,{owner}\n")),
        ("title", format!("统一社会信用代码,资质类别,有效期起,有效期止\n{owner},高新技术企业,2023-12-01,2026-12-01\n")),
    ];
    for (kind, text) in one {
        desk.file(&format!("{kind}.csv"), text);
    }
    for kind in KINDS {
        let answer = import(&desk, &format!("{kind}.csv"), kind, &[]);
        assert_eq!(answer.exit, 0, "{kind}: {}{}", answer.out, answer.err);
    }
    desk
}

const KINDS: &[&str] = &["enterprise", "institution", "platform", "achievement", "equipment", "person", "title"];

fn import(desk: &Desk, file: &str, kind: &str, more: &[&str]) -> crate::desk::Answer {
    let words = ["import", file, "--data", "z", "--kind", kind, "--format", "json"];
    desk.run(&[&words[..], more].concat())
}

#[test]
fn a_list_that_nobody_changed_comes_back_without_faults_and_changes_nothing() {
    let desk = full();
    for kind in KINDS {
        for file in ["list.xlsx", "list.csv"] {
            let told = desk.run(&["export", file, "--data", "z", "--kind", kind, "--format", "json"]).ends(0).json();
            let back = import(&desk, file, kind, &["--dry-run"]).ends(0).json();
            let seen = (&back["rows"], &back["unchanged"], &back["accepted"], &back["faults_total"]);
            assert_eq!(seen, (&told["rows"], &told["rows"], &json!(0), &json!(0)), "{kind} in {file}: {back:#}");
            assert_ne!(told["rows"], json!(0), "{kind}");
        }
    }
}

/// Exports enterprises as csv, changes the text and imports it again.
fn changed(change: impl Fn(String) -> String) -> (Desk, i32, Value) {
    let desk = full();
    desk.run(&["export", "list.csv", "--data", "z"]).ends(0);
    let text = std::fs::read_to_string(desk.path("list.csv")).unwrap();
    desk.file("back.csv", change(text));
    let answer = import(&desk, "back.csv", "enterprise", &[]);
    let json = answer.json();
    (desk, answer.exit, json)
}

#[test]
fn only_what_was_changed_in_a_list_is_stated() {
    let (desk, exit, json) = changed(|text| text.replace("样例2有限公司", "样例二有限公司"));
    assert_eq!((exit, &json["accepted"], &json["unchanged"]), (0, &json!(1), &json!(2)), "{json:#}");
    let verified = desk.run(&["verify", "--data", "z", "--format", "json"]).ends(0).json();
    assert_eq!(desk.exported("uscc").len(), 3);
    let again = import(&desk, "back.csv", "enterprise", &[]).ends(0).json();
    assert_eq!((&again["accepted"], &again["unchanged"]), (&json!(0), &json!(3)), "{again:#}");
    assert_eq!(desk.run(&["verify", "--data", "z", "--format", "json"]).ends(0).json(), verified);
}

#[test]
fn a_row_whose_number_was_mixed_up_is_refused() {
    let (_, exit, json) = changed(|text| {
        let lines: Vec<&str> = text.lines().collect();
        let numbers: Vec<&str> = lines.iter().map(|line| line.rsplit(',').next().unwrap()).collect();
        lines.join("\n").replace(numbers[1], "#").replace(numbers[2], numbers[1]).replace('#', numbers[2])
    });
    assert_eq!((exit, &json["faults_total"]), (2, &json!(2)), "{json:#}");
    assert!(json["faults"][0]["message"].as_str().unwrap().contains("the number is not that of"), "{json:#}");
}

#[test]
fn a_number_of_another_register_is_refused() {
    let (_, exit, json) = changed(|text| {
        let number = text.trim_end().rsplit(',').next().unwrap().to_owned();
        text.replace(&number, "01900000-0000-7000-8000-000000000000")
    });
    assert_eq!((exit, &json["faults_total"]), (2, &json!(1)), "{json:#}");
    assert!(json["faults"][0]["message"].as_str().unwrap().contains("another register"), "{json:#}");
}

#[test]
fn a_column_that_the_register_computes_is_passed_over_and_told() {
    let desk = Desk::new();
    let catalogue = kernel::Catalogue::builtin();
    let computed = catalogue.fields_of(kernel::SubjectKind::Enterprise).find(|field| field.derived.is_some()).unwrap();
    let heading = format!("{} 2025", computed.zh);
    desk.file("a.csv", format!("{},{heading}\n{},7", crate::desk::HEAD, row(1)));
    let answer = desk.import("a.csv", &[]).ends(0).json();
    assert_eq!((&answer["accepted"], &answer["register_columns"]), (&json!(1), &json!([heading])));
}
