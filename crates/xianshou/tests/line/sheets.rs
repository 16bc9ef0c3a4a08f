//! Workbooks of several sheets, and files that take their time.

use serde_json::json;

use crate::desk::{Desk, HEAD, code, row, sheet};
use crate::made;

/// A workbook of these sheets, each a name and lines of cells.
fn book(sheets: &[(&str, String)]) -> Vec<u8> {
    made::workbook(|book| {
        for (name, text) in sheets {
            let page = book.add_worksheet();
            page.set_name(*name).unwrap();
            for (at, line) in (0..).zip(text.lines()) {
                for (column, cell) in (0..).zip(line.split(',')) {
                    page.write_string(at, column, cell).unwrap();
                }
            }
        }
    })
}

/// A sheet of one year, whose name says which.
fn year(revenue: u32) -> String {
    format!("统一社会信用代码,企业名称,营业收入总额（万元）\n{},样例1有限公司,{revenue}", code(1))
}

#[test]
fn a_sheet_for_each_year_is_taken_in_together() {
    let desk = Desk::new();
    desk.file("a.xlsx", book(&[("2024年", year(7)), ("2025年", year(8))]));
    let answer = desk.import("a.xlsx", &[]).ends(0).json();
    assert_eq!(
        (&answer["rows"], &answer["accepted"], &answer["sheets"]),
        (&json!(2), &json!(2), &json!(["2024年", "2025年"]))
    );
    assert_eq!(desk.exported("operating_revenue@2024,operating_revenue@2025"), ["7,8"]);
    let again = desk.run_zh(&["import", "a.xlsx", "--data", "z", "--kind", "enterprise"]).ends(0);
    assert!(
        again.out.contains("工作表“2024年”中没有写年份的列，按 2024 年读入") && again.out.contains("2 行没有变化"),
        "{}",
        again.out
    );
    let one = desk.import("a.xlsx", &["--sheet", "2025年", "--year", "2023"]).ends(0).json();
    assert_eq!((&one["rows"], &one["sheets"]), (&json!(1), &json!(["2025年"])));
    assert_eq!(desk.exported("operating_revenue@2023"), ["8"]);
}

#[test]
fn sheets_of_other_kinds_are_passed_over_and_why_is_said() {
    let desk = Desk::new();
    let titles = format!("统一社会信用代码,资质类别,有效期起,有效期止\n{},高新技术企业,2023-12-01,2026-12-01", code(1));
    let file = book(&[
        ("说明", "请勿修改表头".into()),
        ("企业", sheet(&[row(1), row(2)])),
        ("资质", titles),
        ("备用", String::new()),
    ]);
    desk.file("a.xlsx", file);
    let answer = desk.import("a.xlsx", &[]).ends(0).json();
    assert_eq!((&answer["accepted"], &answer["sheets"]), (&json!(2), &json!(["企业"])));
    let passed: Vec<&str> =
        answer["passed_over"].as_array().unwrap().iter().map(|one| one["sheet"].as_str().unwrap()).collect();
    assert_eq!(passed, ["说明", "资质", "备用"]);
    assert!(answer["passed_over"][1]["reason"].as_str().unwrap().contains("--kind title"), "{answer:#}");
    let words = ["import", "a.xlsx", "--data", "z", "--kind", "title", "--format", "json"];
    let titles = desk.run(&words).ends(0).json();
    assert_eq!((&titles["accepted"], &titles["sheets"]), (&json!(1), &json!(["资质"])));
    assert_eq!(titles["passed_over"][1]["sheet"], "企业");
}

/// Two enterprises and their records, one of them named by its enterprise's name.
fn several_kinds(code_of_second: &str) -> Vec<u8> {
    let titles = format!(
        "统一社会信用代码,资质类别,有效期起,有效期止\n{},高新技术企业,2023-12-01,2026-12-01\n{code_of_second},高新技术企业,2024-12-01,2027-12-01",
        code(1)
    );
    let rights = "企业名称,知识产权名称,知识产权类型\n样例2有限公司,一种轴承,发明专利".to_owned();
    book(&[
        ("说明", "请勿修改表头".into()),
        ("知识产权清单", rights),
        ("企业", sheet(&[row(1), row(2)])),
        ("清单", titles),
    ])
}

#[test]
fn sheets_of_several_kinds_are_one_load_that_is_stored_and_undone_whole() {
    let desk = Desk::new();
    desk.file("bad.xlsx", several_kinds(&code(3)));
    let words = |file| ["import", file, "--data", "z", "--format", "json"];
    let refused = desk.run(&words("bad.xlsx")).ends(2).json();
    let fault = &refused["faults"][0];
    assert_eq!(
        (&refused["faults_total"], &fault["sheet"], &fault["cell"], &refused["accepted"]),
        (&json!(1), &json!("清单"), &json!("A3"), &json!(0)),
        "{refused:#}"
    );
    assert_eq!(desk.exported("uscc"), [""; 0], "a record of nobody keeps the enterprises out too");

    desk.file("a.xlsx", several_kinds(&code(2)));
    let answer = desk.run(&words("a.xlsx")).ends(0).json();
    assert_eq!((&answer["rows"], &answer["accepted"]), (&json!(5), &json!(5)), "{answer:#}");
    let kinds: Vec<(&str, &str)> = answer["sheet_kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["sheet"].as_str().unwrap(), one["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(kinds, [("知识产权清单", "intellectual_property"), ("企业", "enterprise"), ("清单", "title")]);
    assert_eq!(answer["passed_over"][0]["sheet"], "说明");
    let again = desk.run(&words("a.xlsx")).ends(0).json();
    assert_eq!((&again["accepted"], &again["unchanged"], &again["source"]), (&json!(0), &json!(5), &json!(null)));
}

#[test]
fn what_a_sheet_speaks_of_can_be_said_and_a_sheet_left_out() {
    let desk = Desk::new();
    desk.file("a.xlsx", several_kinds(&code(2)));
    let with = |said: [&str; 4]| {
        let words = ["import", "a.xlsx", "--data", "z", "--format", "json"];
        desk.run(&[&words[..], &said[..]].concat())
    };
    let answer = with(["--as", "清单=", "--as", "知识产权清单="]).ends(0).json();
    assert_eq!((&answer["accepted"], &answer["sheets"]), (&json!(2), &json!(["企业"])));
    let answer = with(["--kind", "enterprise", "--as", "清单=title"]).ends(0).json();
    assert_eq!((&answer["accepted"], &answer["unchanged"]), (&json!(2), &json!(2)), "{answer:#}");
    for (said, expected) in
        [("没有=title", "no sheet “没有”"), ("清单=titel", "no kind “titel”"), ("清单", "should be SHEET=KIND")]
    {
        let refused = with(["--as", said, "--as", "企业="]).ends(1);
        assert!(refused.err.contains(expected), "{said}: {}", refused.err);
    }
}

#[test]
fn a_record_of_an_enterprise_whose_row_is_faulty_waits_for_it() {
    let desk = Desk::new();
    let titles = |who: u32| format!("统一社会信用代码,资质类别\n{},高新技术企业", code(who));
    desk.file("a.xlsx", book(&[("资质", titles(2)), ("企业", sheet(&[row(1), row(2).replace(",40", ",-5")]))]));
    let words = ["import", "a.xlsx", "--data", "z", "--format", "json"];
    let answer = desk.run(&words).ends(2).json();
    assert_eq!(answer["faults_total"], 2, "{answer:#}");
    let said = answer["faults"][0]["message"].as_str().unwrap();
    assert!(said.contains("row 3 of the sheet “企业”"), "{said}");
    let left = desk.run(&[&words[..], &["--skip-faulty"]].concat()).ends(0).json();
    assert_eq!((&left["accepted"], &left["skipped"]), (&json!(1), &json!(2)), "{left:#}");
}

#[test]
fn a_fault_in_one_sheet_keeps_all_of_them_out_and_names_its_sheet() {
    let desk = Desk::new();
    desk.file("a.xlsx", book(&[("甲区", sheet(&[row(1)])), ("乙区", sheet(&[row(2).replace(",40", ",-5"), row(3)]))]));
    let answer = desk.import("a.xlsx", &[]).ends(2).json();
    assert_eq!((&answer["rows"], &answer["accepted"], &answer["faults_total"]), (&json!(3), &json!(0), &json!(1)));
    assert_eq!((&answer["faults"][0]["sheet"], &answer["faults"][0]["cell"]), (&json!("乙区"), &json!("E2")));
    assert_eq!(desk.exported("uscc"), [""; 0]);
    let left = desk.import("a.xlsx", &["--skip-faulty"]).ends(0).json();
    assert_eq!((&left["accepted"], &left["skipped"]), (&json!(2), &json!(1)));
}

#[test]
fn two_sheets_that_state_another_figure_for_the_same_are_a_fault() {
    let desk = Desk::new();
    desk.file("a.xlsx", book(&[("甲", sheet(&[row(1)])), ("乙", sheet(&[row(1).replace("1001", "1002")]))]));
    let answer = desk.import("a.xlsx", &[]).ends(2).json();
    let fault = &answer["faults"][0];
    assert_eq!(
        (&fault["sheet"], &fault["cell"], &fault["found"]),
        (&json!("乙"), &json!("D2"), &json!("1002")),
        "{answer:#}"
    );
}

#[test]
fn how_far_it_has_come_is_told_on_request_and_not_on_standard_output() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&(1..=30).map(row).collect::<Vec<_>>()));
    let quiet = desk.import("a.csv", &["--dry-run"]).ends(0);
    assert_eq!(quiet.err, "");
    let told = desk.import("a.csv", &["--progress"]).ends(0);
    assert!(told.err.contains("Reading: 30 rows") && told.err.contains("Storing: 30 of 30 rows"), "{}", told.err);
    assert_eq!(told.json()["accepted"], 30);
}

#[test]
fn the_year_of_headings_without_one_can_be_named() {
    let desk = Desk::new();
    desk.file("a.csv", format!("{}\n{}", HEAD.replace("2025", ""), row(1)));
    assert_eq!(desk.import("a.csv", &[]).ends(2).json()["faults_total"], 2);
    desk.import("a.csv", &["--year", "2025"]).ends(0);
    assert_eq!(desk.exported("operating_revenue@2025,year_end_employees@2025"), ["1001,40"]);
}

#[test]
fn rows_with_faults_are_not_counted_as_candidates() {
    let desk = Desk::new();
    let head = "企业名称,营业收入总额（万元）2025";
    desk.file("a.csv", format!("{head}\n甲公司,1\n乙公司,many\n丙公司,3"));
    let answer = desk.import("a.csv", &["--skip-faulty"]).ends(0).json();
    assert_eq!((&answer["accepted"], &answer["candidates"], &answer["skipped"]), (&json!(2), &json!(2), &json!(1)));
}
