//! Bad input: each case has its own message with place, found and expected, and stores nothing.

use crate::desk::{Desk, HEAD, cells, code, row, sheet};
use crate::made;

/// Imports a bad file and checks its only fault: where, and what the message says.
#[track_caller]
fn refused(name: &str, bytes: impl AsRef<[u8]>, cell: &str, says: &[&str]) {
    let desk = Desk::new();
    desk.file(name, bytes);
    let answer = desk.import(name, &[]).ends(2).json();
    let faults = answer["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 1, "{answer:#}");
    let fault = &faults[0];
    assert_eq!(fault["cell"], cell, "{fault:#}");
    let message = fault["message"].as_str().unwrap();
    says.iter().for_each(|words| assert!(message.contains(words), "no {words:?} in {message}"));
    assert!(fault["expected"].as_str().is_some_and(|text| !text.is_empty()), "{fault:#}");
    // Only an empty cell is found empty.
    assert_eq!(fault["found"] == "", says.contains(&"neither code nor name"), "{fault:#}");
    assert_eq!((&answer["accepted"], &answer["unchanged"]), (&0.into(), &0.into()));
    assert_eq!(desk.exported("uscc"), [""; 0], "nothing may be half stored");
    // The same in Chinese, for a person: no English words slip in.
    let person = desk.run_zh(&["import", name, "--data", "z", "--kind", "enterprise"]).ends(2);
    assert!(
        person.out.chars().any(|c| ('一'..='龥').contains(&c)) && !person.out.contains("expected"),
        "{}",
        person.out
    );
}

/// The sheet with one word of its second row replaced.
fn with(from: &str, to: &str) -> String {
    sheet(&[row(1), row(2).replace(from, to)])
}

#[test]
fn a_negative_head_count() {
    refused("a.csv", with(",40", ",-5"), "E3", &["Row 3", "-5"]);
}

#[test]
fn a_date_in_1900() {
    refused("a.csv", with("2018-03-05", "1900-01-01"), "C3", &["Row 3", "1900-01-01"]);
}

#[test]
fn two_rows_for_one_firm() {
    refused("a.csv", with(&code(2), &code(1)), "A3", &["Row 3", "row 2", &code(1)]);
}

#[test]
fn an_unknown_column() {
    let text = sheet(&[row(1)]).replace("营业收入总额（万元）2025", "营业收如总额（万元）2025");
    refused("a.csv", text, "D1", &["营业收如总额", "Operating revenue"]);
}

#[test]
fn a_figure_without_a_year() {
    refused("a.csv", sheet(&[row(1)]).replace("期末从业人员 2025", "期末从业人员"), "E1", &["期末从业人员", "year"]);
}

#[test]
fn a_unit_that_does_not_fit() {
    let text = sheet(&[row(1)]).replace("总额（万元）", "总额（万美元）");
    refused("a.csv", text, "D1", &["万美元", "not measured"]);
}

#[test]
fn a_line_with_a_cell_too_many() {
    refused("a.csv", sheet(&[row(1), format!("{},7", row(2))]), "3", &["Row 3 has 6 cells", "the head has 5"]);
}

#[test]
fn a_row_that_names_nobody() {
    refused("a.csv", sheet(&[row(1), ",,2018-03-05,7,40".to_owned()]), "A3", &["Row 3", "neither code nor name"]);
}

#[test]
fn a_head_without_code_and_name() {
    refused("a.csv", "成立日期\n2018-03-05\n2019-03-05\n", "1", &["nobody can tell"]);
}

#[test]
fn a_formula_without_a_stored_result() {
    let text = sheet(&[row(1)]);
    let book = made::workbook(|book| {
        let page = book.add_worksheet();
        page.set_name("企业").unwrap();
        for (at, cells) in (0..).zip(cells(&text)) {
            for (column, cell) in (0..).zip(cells) {
                page.write_string(at, column, cell).unwrap();
            }
        }
        page.write_formula(1, 4, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    refused("a.xlsx", book, "E2", &["Row 2", "#DIV/0!"]);
}

#[test]
fn bytes_that_are_neither_utf_8_nor_gb18030() {
    let bytes = [sheet(&[row(1)]).as_bytes(), b"\n\xff\xff\xff,,,,\n"].concat();
    refused("a.csv", bytes, "", &["0xFF", "line 3", "UTF-8 or GB18030"]);
}

#[test]
fn files_that_are_no_sheet() {
    refused("a.csv", b"", "", &["an empty file"]);
    refused("a.xlsx", b"%PDF-1.7\n%", "", &["a PDF document", "an xlsx, xls or csv sheet"]);
    refused("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "", &["a web page"]);
    refused("a.zip", made::zip_of(&[("notes.txt", "x")]), "", &["a zip archive"]);
}

#[test]
fn a_workbook_that_is_cut_off() {
    let book = made::workbook(|book| {
        book.add_worksheet().write_string(0, 0, HEAD).unwrap();
    });
    refused("a.xlsx", &book[..book.len() / 2], "", &["cut off or damaged"]);
}

#[test]
fn a_workbook_with_a_password() {
    let locked = made::compound(&[("EncryptionInfo", &[4, 0, 4, 0][..]), ("EncryptedPackage", &[0; 64][..])]);
    refused("a.xlsx", locked, "", &["password"]);
}

#[test]
fn a_zip_bomb_is_told_by_the_size_it_claims_before_it_is_inflated() {
    let filler = " ".repeat(2 << 20);
    let mut book = made::raw_workbook(&format!("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>{filler}"), "");
    made::lie_about_sizes(&mut book, 0x7fff_ffff);
    refused("a.xlsx", book, "", &["2.0 GiB", "at most"]);
}

#[test]
fn an_empty_sheet() {
    let book = made::workbook(|book| {
        book.add_worksheet().set_name("空表").unwrap();
    });
    refused("a.xlsx", book, "", &["空表"]);
}
