//! `import` of sheets that are as they should be, and of rows that are not.

use kernel::credit_code::check_digit;
use reports::workbook::{Column, CsvEncoding, OutCell, write_csv, write_xlsx};
use serde_json::{Value, json};

use crate::desk::{Desk, HEAD, cells, code, row, sheet};
use crate::made;

/// The counts of an answer: rows, accepted, unchanged, faults.
fn counts(answer: &Value) -> (u64, u64, u64, usize) {
    let number = |key: &str| answer[key].as_u64().unwrap_or_else(|| panic!("{key} in {answer}"));
    (number("rows"), number("accepted"), number("unchanged"), answer["faults"].as_array().unwrap().len())
}

#[test]
fn a_sound_file_is_stored_and_again_changes_nothing() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1), row(2)]));
    assert_eq!(counts(&desk.import("a.csv", &[]).ends(0).json()), (2, 2, 0, 0));
    let before = desk.run(&["verify", "--data", "z", "--format", "json"]).json();
    assert_eq!(counts(&desk.import("a.csv", &[]).ends(0).json()), (2, 0, 2, 0));
    assert_eq!(desk.run(&["verify", "--data", "z", "--format", "json"]).json(), before, "nothing new is written");
    let again = desk.run(&["import", "a.csv", "--data", "z", "--kind", "enterprise"]).ends(0);
    assert_eq!(again.out, "2 rows: 0 stored, 2 unchanged, 0 left out.\n");
}

#[test]
fn a_faulty_file_ends_with_two_and_nothing_is_stored() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1), row(2).replace(",40", ",-5")]));
    let answer = desk.import("a.csv", &[]).ends(2).json();
    assert_eq!(counts(&answer), (2, 0, 0, 1));
    let fault = &answer["faults"][0];
    assert_eq!(
        (&fault["sheet"], &fault["row"], &fault["column"], &fault["cell"], &fault["found"]),
        (&json!("csv"), &json!(3), &json!("期末从业人员 2025"), &json!("E3"), &json!("-5")),
    );
    assert!(fault["expected"].as_str().is_some_and(|text| !text.is_empty()), "{fault}");
    assert!(fault["message"].as_str().is_some_and(|text| text.contains("Row 3") && text.contains("-5")), "{fault}");
    assert_eq!(desk.exported("uscc"), [""; 0]);
    let person = desk.run_zh(&["import", "a.csv", "--data", "z", "--kind", "enterprise"]).ends(2);
    assert!(
        person.out.contains("第 3 行“期末从业人员 2025”") && person.out.contains("什么都没有存入"),
        "{}",
        person.out
    );
}

#[test]
fn a_rehearsal_tells_the_same_and_stores_nothing() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1), row(2)]));
    assert_eq!(counts(&desk.import("a.csv", &["--dry-run"]).ends(0).json()), (2, 2, 0, 0));
    assert!(!desk.path("z").exists(), "a rehearsal makes no register");
    desk.run(&["migrate", "--data", "z"]).ends(0);
    assert_eq!(counts(&desk.import("a.csv", &["--dry-run"]).ends(0).json()), (2, 2, 0, 0));
    assert_eq!(desk.exported("uscc"), [""; 0]);
    let told = desk.run(&["verify", "--data", "z", "--format", "json"]).ends(0).json();
    assert_eq!(told, json!({ "statements": 0, "events": 0, "case_events": 0, "ok": true }));
}

#[test]
fn faulty_rows_are_left_out_on_request_and_marked_in_a_workbook() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1), row(2).replace(",40", ",-5"), row(3)]));
    let answer = desk.import("a.csv", &["--skip-faulty", "--marked", "marked.xlsx"]).ends(0).json();
    assert_eq!(counts(&answer), (3, 2, 0, 1));
    assert_eq!(answer["skipped"], 1);
    assert_eq!(desk.exported("uscc"), [code(1), code(3)]);
    assert!(std::fs::read(desk.path("marked.xlsx")).unwrap().starts_with(b"PK"));
}

/// Imports a sheet and reads facts of enterprise 1 back.
#[track_caller]
fn reads(head: &str, lines: &[&str], columns: &str, facts: &str) {
    let desk = Desk::new();
    let code = code(1);
    let text: Vec<String> =
        std::iter::once(head.to_owned()).chain(lines.iter().map(|line| line.replace("CODE", &code))).collect();
    desk.file("a.csv", text.join("\n"));
    desk.import("a.csv", &[]).ends(0);
    assert_eq!(desk.exported(columns), [facts], "{head}");
}

#[test]
fn a_wide_head_names_unit_and_year_in_each_column() {
    reads(
        "统一社会信用代码,企业名称,营业收入总额（万元）2025,2024年营业收入（元）",
        &["CODE,甲公司,12.5,120000"],
        "operating_revenue@2025,operating_revenue@2024",
        "12.5,12",
    );
    reads(
        "uscc,name,operating_revenue 2025,rd_expense 2025",
        &["CODE,甲公司,95,3"],
        "operating_revenue@2025,rd_expense@2025",
        "95,3",
    );
}

#[test]
fn a_long_sheet_has_a_row_for_each_year() {
    reads(
        "统一社会信用代码,企业名称,年度,营业收入总额（万元）",
        &["CODE,甲公司,2024,7", "CODE,甲公司,2025年,8"],
        "operating_revenue@2024,operating_revenue@2025",
        "7,8",
    );
}

/// The same three rows in every form a file can have.
#[track_caller]
fn same_in(name: &str, bytes: Vec<u8>) {
    let desk = Desk::new();
    desk.file(name, bytes);
    assert_eq!(counts(&desk.import(name, &[]).ends(0).json()), (3, 3, 0, 0), "{name}");
    let expected: Vec<String> = (1..=3).map(|nth| format!("{},样例{nth}有限公司,{}", code(nth), 1000 + nth)).collect();
    assert_eq!(desk.exported("uscc,name,operating_revenue@2025"), expected, "{name}");
}

#[test]
fn every_form_of_a_file_is_read_alike() {
    let text = sheet(&[row(1), row(2), row(3)]);
    same_in("a.csv", text.clone().into_bytes());
    same_in("bom.csv", format!("\u{feff}{text}").into_bytes());
    let texts = cells(&text);
    same_in("a.xls", made::old_workbook(&texts.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    let columns: Vec<Column> = texts[0].iter().map(|heading| Column::words(*heading, 12.0)).collect();
    let rows = || texts[1..].iter().map(|row| row.iter().map(|cell| OutCell::Text((*cell).to_owned())).collect());
    let mut gb18030 = Vec::new();
    write_csv(&mut gb18030, CsvEncoding::Gb18030, &columns, rows()).unwrap();
    assert!(String::from_utf8(gb18030.clone()).is_err());
    same_in("gb.csv", gb18030);
    let mut xlsx = std::io::Cursor::new(Vec::new());
    write_xlsx(&mut xlsx, "企业", &columns, rows()).unwrap();
    same_in("a.xlsx", xlsx.into_inner());
}

#[test]
fn what_two_origins_say_is_kept_from_both() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1)]));
    desk.file("b.csv", sheet(&[row(1).replace("1001", "1300")]));
    desk.import("a.csv", &["--origin", "统计办"]).ends(0);
    assert_eq!(counts(&desk.import("b.csv", &["--origin", "税务局"]).ends(0).json()), (1, 1, 0, 0));
    // The same file of another origin says it a second time; of the same origin it does not.
    assert_eq!(counts(&desk.import("a.csv", &["--origin", "统计办"]).ends(0).json()), (1, 0, 1, 0));
}

#[test]
fn the_kinds_are_listed_when_an_unknown_one_is_named() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&[row(1)]));
    let answer = desk.run(&["import", "a.csv", "--data", "z", "--kind", "firm"]).ends(1);
    assert!(answer.err.contains("“firm”") && answer.err.contains("enterprise, institution"), "{}", answer.err);
    let answer = desk.run(&["import", "none.csv", "--data", "z", "--kind", "enterprise"]).ends(1);
    assert!(answer.err.contains("none.csv"), "{}", answer.err);
    desk.run(&["import", "--data", "z"]).ends(64);
    let told = desk.run_zh(&["import", "a.csv", "--data", "z"]).ends(0);
    assert!(told.out.contains("按“企业”读入，1 行"), "{}", told.out);
}

#[test]
fn a_check_digit_that_is_wrong_is_named_with_the_right_one() {
    let desk = Desk::new();
    let right = check_digit(&code(1)[..17]).unwrap();
    let wrong = format!("{}{}", &code(1)[..17], if right == '0' { '1' } else { '0' });
    desk.file("a.csv", format!("{HEAD}\n{}", row(1).replace(&code(1), &wrong)));
    let fault = desk.import("a.csv", &[]).ends(2).json()["faults"][0].clone();
    assert_eq!((&fault["cell"], &fault["found"]), (&json!("A2"), &json!(wrong)));
    assert!(fault["message"].as_str().unwrap().contains(&format!("should be {right}")), "{fault}");
}

#[test]
fn a_heading_that_says_too_little_is_explained_on_the_line() {
    let desk = Desk::new();
    desk.file(
        "a.csv",
        "code,short_name,full_name,exchange,收入\n301079,样例液压,样例液压股份有限公司,深圳证券交易所,12\n",
    );
    assert_eq!(desk.import("a.csv", &[]).ends(2).json()["accepted"], 0);
    let words = ["--column", "code=stock_code", "--column", "exchange=", "--column", "收入=operating_revenue 2024"];
    desk.import("a.csv", &words).ends(0);
    let state = desk.import("a.csv", &words).ends(0).json();
    assert_eq!((&state["unchanged"], &state["skipped_columns"]), (&json!(1), &json!([])));
    let odd = desk.import("a.csv", &["--column", "code=nonsense"]).ends(1);
    assert!(odd.err.contains("“nonsense”") && odd.err.contains("xianshou template"), "{}", odd.err);
    let odd = desk.import("a.csv", &["--column", "code"]).ends(1);
    assert!(odd.err.contains("HEADING=KEY"), "{}", odd.err);
    desk.file(
        "b.csv",
        "code,full_name\n301079,样例液压股份有限公司\n".to_owned() + &format!("x,{}", "很".repeat(5000)),
    );
    let fault = desk.import("b.csv", &["--column", "code=stock_code"]).ends(2).json()["faults"][0].clone();
    assert_eq!((&fault["cell"], &fault["column"]), (&json!("B3"), &json!("full_name")));
}

#[test]
fn the_same_fault_down_a_column_is_shown_by_its_first_cells() {
    let desk = Desk::new();
    desk.file("a.csv", sheet(&(1..=60).map(|nth| row(nth).replace(",40", ",-5")).collect::<Vec<_>>()));
    let told = desk.run_zh(&["import", "a.csv", "--data", "z", "--kind", "enterprise"]).ends(2).out;
    assert_eq!(told.lines().filter(|line| line.contains("不能为负数")).count(), 5, "{told}");
    assert!(told.contains("“期末从业人员 2025”还有 55 处同样的问题") && told.contains("--marked"), "{told}");
    assert!(told.ends_with("共 60 行，有 60 处问题，什么都没有存入。\n"), "{told}");
}
