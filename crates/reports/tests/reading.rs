//! Reading sheets: good ones in every form, and everything a person may upload by mistake.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod made;

use kernel::cell::RawCell;
use made::{corner_xls, old_workbook, workbook, zip_of};
use reports::sheet::{Format, Kind, Limits, Measure, SheetError, Workbook};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook as Writer};

type Rows = Vec<(u32, Vec<RawCell>)>;

fn rows_of(book: &mut Workbook, sheet: &str) -> Result<Rows, SheetError> {
    let mut rows = book.rows(sheet)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next_row()? {
        all.push((row.number, row.cells.to_vec()));
    }
    Ok(all)
}

/// Opens and reads every worksheet.
fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Rows>, SheetError> {
    let mut book = Workbook::open(bytes, limits)?;
    let names: Vec<String> = book.sheets().iter().filter(|s| s.worksheet).map(|s| s.name.clone()).collect();
    names.iter().map(|name| rows_of(&mut book, name)).collect()
}

fn refused(bytes: &[u8]) -> SheetError {
    read(bytes, Limits::default()).expect_err("it should be refused")
}

fn text(text: &str) -> RawCell {
    RawCell::Text(text.into())
}

#[test]
fn an_xlsx_is_read_cell_by_cell_with_formulas_percentages_and_dates() {
    let bytes = workbook(|book| {
        let percent = CellFormat::new().set_num_format("0.00%");
        let day = CellFormat::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "企业名称").unwrap();
        sheet.write(1, 0, "甲").unwrap();
        sheet.write(1, 1, 12.5).unwrap();
        sheet.write_with_format(1, 2, 0.05, &percent).unwrap();
        sheet.write_with_format(1, 3, ExcelDateTime::from_ymd(2025, 3, 4).unwrap(), &day).unwrap();
        sheet.write_formula(1, 4, Formula::new("=B2*2").set_result("25")).unwrap();
        sheet.write_formula_with_format(1, 5, Formula::new("=C2*2").set_result("0.1"), &percent).unwrap();
        sheet.write(1, 6, true).unwrap();
        sheet.write_formula(4, 0, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    let all = read(&bytes, Limits::default()).unwrap();
    let formula = |cell| RawCell::Formula { cached: Box::new(cell) };
    assert_eq!(all[0][0], (1, vec![text("企业名称")]));
    assert_eq!(
        all[0][1],
        (
            2,
            vec![
                text("甲"),
                RawCell::number(12.5),
                RawCell::Number { figure: 0.05, percent: true },
                RawCell::Date(jiff::civil::datetime(2025, 3, 4, 0, 0, 0, 0)),
                formula(RawCell::number(25.0)),
                formula(RawCell::Number { figure: 0.1, percent: true }),
                RawCell::Bool(true),
            ]
        )
    );
    assert_eq!(all[0][2].0, 5, "blank rows are passed over, numbers are those of the sheet");
    assert!(matches!(&all[0][2].1[0], RawCell::Formula { .. }));
}

#[test]
fn merged_cells_hidden_sheets_and_sheet_names_are_told() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet().set_name("企业").unwrap();
        sheet.merge_range(0, 1, 0, 2, "2025年", &CellFormat::new()).unwrap();
        sheet.write(1, 1, "收入").unwrap();
        book.add_worksheet().set_name("旧表").unwrap().set_hidden(true).write(0, 0, 1).unwrap();
    });
    let mut book = Workbook::open(bytes, Limits::default()).unwrap();
    assert_eq!(book.format(), Format::Xlsx);
    let told: Vec<_> = book.sheets().iter().map(|s| (s.name.as_str(), s.hidden, s.worksheet)).collect();
    assert_eq!(told, [("企业", false, true), ("旧表", true, true)]);
    let merges = book.merges("企业").unwrap();
    assert_eq!(merges.iter().map(|m| (m.rows, m.columns)).collect::<Vec<_>>(), [((1, 1), (2, 3))]);
    assert_eq!(
        book.rows("没有").err(),
        Some(SheetError::NoSuchSheet { wanted: "没有".into(), have: vec!["企业".into(), "旧表".into()] })
    );
}

#[test]
fn a_csv_keeps_its_row_numbers_and_its_text() {
    let csv = "企业名称,备注\r\n\r\n甲,\"两\n行\"\r\n乙,\"他说\"\"好\"\"\"\r\n";
    let mut book = Workbook::open(csv.as_bytes(), Limits::default()).unwrap();
    let rows = rows_of(&mut book, "csv").unwrap();
    assert_eq!(
        rows,
        [
            (1, vec![text("企业名称"), text("备注")]),
            (3, vec![text("甲"), text("两\n行")]),
            (4, vec![text("乙"), text("他说\"好\"")]),
        ]
    );
}

#[test]
fn the_cells_written_on_a_ragged_line_are_counted() {
    let mut book = Workbook::open(&b"a,b,c\n1,2\n1,2,3,4\n"[..], Limits::default()).unwrap();
    let mut rows = book.rows("csv").unwrap();
    let mut written = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        written.push(row.written);
    }
    assert_eq!(written, [Some(3), Some(2), Some(4)]);
}

#[test]
fn an_xls_is_read_like_an_xlsx() {
    let all = read(&old_workbook(&[&["企业名称", "收入"], &["甲", "12"]]), Limits::default()).unwrap();
    assert_eq!(all[0], [(1, vec![text("企业名称"), text("收入")]), (2, vec![text("甲"), text("12")])]);
}

#[test]
fn what_is_no_sheet_is_named() {
    let types = ("[Content_Types].xml", "<Types/>");
    for (bytes, kind) in [
        (vec![], Kind::Empty),
        (b"%PDF-1.7 ...".to_vec(), Kind::Pdf),
        (b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), Kind::WebPage),
        (zip_of(&[types, ("xl/workbook.bin", "")]), Kind::BinaryWorkbook),
        (zip_of(&[types, ("word/document.xml", "<w/>")]), Kind::OtherOffice),
        (zip_of(&[("mimetype", "application/vnd.oasis"), ("content.xml", "<c/>")]), Kind::OpenDocument),
        (zip_of(&[("readme.txt", "hello")]), Kind::Archive),
        (made::compound(&[("WordDocument", b"x")]), Kind::OtherOffice),
    ] {
        assert_eq!(refused(&bytes), SheetError::NotASheet(kind));
    }
}

#[test]
fn an_encrypted_workbook_asks_for_the_password_to_be_removed() {
    let bytes = made::compound(&[("EncryptionInfo", b"\x04\x00\x04\x00"), ("EncryptedPackage", &[7; 600])]);
    assert_eq!(refused(&bytes), SheetError::Encrypted);
    let message = SheetError::Encrypted.say(kernel::Lang::Zh);
    assert!(message.contains("密码") && message.contains("另存"), "{message}");
    let locked = made::compound(&[("Workbook", &[0x2F, 0x00, 0x02, 0x00, 0x01, 0x00])]);
    assert_eq!(refused(&locked), SheetError::Encrypted, "an xls with a password record");
}

#[test]
fn a_workbook_cut_off_anywhere_is_called_damaged() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        for row in 0..200 {
            sheet.write(row, 0, f64::from(row) * 1.37).unwrap();
        }
    });
    for length in [30, bytes.len() / 4, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(refused(&bytes[..length]), SheetError::Damaged(_)), "cut at {length}");
    }
}

#[test]
fn a_workbook_of_charts_only_has_no_worksheet() {
    let bytes = made::raw_workbook_of("chartsheet", "chartsheets/sheet1.xml", "", b"");
    assert_eq!(refused(&bytes), SheetError::NoWorksheet);
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_parsed() {
    let sheet = |body: String| made::raw_workbook(&body, "");
    let zeros = "0".repeat(70 << 20);
    let too_large = |bytes: &[u8], limits: Limits| match read(bytes, limits) {
        Err(SheetError::TooLarge { measure, .. }) => measure,
        other => panic!("{:?}", other.map(|_| ())),
    };
    let small = Limits::default();
    let bomb = sheet(format!("<row r=\"1\"><c r=\"A1\"><v>{zeros}</v></c></row>"));
    assert!(bomb.len() < 1 << 20, "the bomb itself is small");
    assert_eq!(too_large(&bomb, small), Measure::Ratio);
    assert_eq!(too_large(&bomb, Limits { part_bytes: 1 << 20, ..small }), Measure::PartBytes);
    let plain = sheet("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".into());
    assert_eq!(too_large(&plain, Limits { inflated_bytes: 600, ..small }), Measure::InflatedBytes);
    assert_eq!(too_large(&plain, Limits { parts: 2, ..small }), Measure::Parts);
    assert_eq!(too_large(&plain, Limits { file_bytes: 100, ..small }), Measure::FileBytes);
}

#[test]
fn a_part_larger_than_its_declared_size_is_measured_as_it_is() {
    let mut bytes =
        made::raw_workbook(&format!("<row r=\"1\"><c r=\"A1\"><v>{}</v></c></row>", "0".repeat(3 << 20)), "");
    made::lie_about_sizes(&mut bytes, 100);
    let limits = Limits { part_bytes: 1 << 20, ..Limits::default() };
    assert!(
        matches!(read(&bytes, limits), Err(SheetError::TooLarge { .. } | SheetError::Damaged(_))),
        "the true size counts"
    );
}

#[test]
fn promises_that_would_reserve_memory_are_refused() {
    let row = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    for promise in ["99999999999", "18446744073709551615", "x"] {
        let texts = format!("<sst count=\"1\" uniqueCount=\"{promise}\"><si><t>a</t></si></sst>");
        let error = refused(&made::raw_workbook(row, &texts));
        assert!(
            matches!(error, SheetError::TooLarge { measure: Measure::Texts, .. } | SheetError::Damaged(_)),
            "{promise}: {error:?}"
        );
    }
    let wide: Vec<u8> = "<sst uniqueCount=\"9999999999\"/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = made::raw_workbook_with(row, &[&[0xFF, 0xFE], &wide[..]].concat());
    assert!(matches!(refused(&bytes), SheetError::Damaged(_)), "an encoding that hides the promise");
}

#[test]
fn a_cell_at_the_far_corner_is_refused_by_its_place_without_a_grid() {
    let far = made::raw_workbook("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>", "");
    assert!(matches!(refused(&far), SheetError::TooManyColumns { found: 16_384, row: 1_048_576, .. }));
    let low = made::raw_workbook(
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>",
        "",
    );
    assert_eq!(refused(&low), SheetError::TooManyRows { sheet: "S".into(), found: 1_048_576, limit: 200_000 });
    let grid = refused(&corner_xls());
    assert!(matches!(grid, SheetError::TooLarge { measure: Measure::GridCells, .. }), "{grid:?}");
}

#[test]
fn rows_that_run_backwards_are_damaged() {
    let bytes = made::raw_workbook(
        "<row r=\"9\"><c r=\"A9\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>",
        "",
    );
    assert!(matches!(refused(&bytes), SheetError::Damaged(_)));
}

#[test]
fn a_quotation_mark_that_never_closes_is_found() {
    let csv = format!("企业名称,收入\n甲,\"12\n{}", "乙,13\n".repeat(100));
    let error = refused(csv.as_bytes());
    assert!(matches!(error, SheetError::CellTooLong { row: 2, column: 2, .. }), "{error:?}");
    assert!(error.say(kernel::Lang::Zh).contains("B2"));
}

#[test]
fn every_message_says_what_was_found_expected_and_to_do_in_both_languages() {
    let errors = [
        SheetError::NotASheet(Kind::WebPage),
        SheetError::Encrypted,
        SheetError::Damaged("x".into()),
        SheetError::NoWorksheet,
        SheetError::TooLarge { measure: Measure::FileBytes, found: 80 << 20, limit: 64 << 20 },
        SheetError::TooManyRows { sheet: "S".into(), found: 300_000, limit: 200_000 },
        SheetError::TooManyColumns { sheet: "S".into(), row: 1, found: 1_001, limit: 1_000 },
        SheetError::Encoding { line: 3, byte: 40, found: 0xFF },
        SheetError::Nul { line: 1, byte: 4 },
        SheetError::CellTooLong { sheet: "S".into(), row: 1, column: 2, limit: 32_767 },
        SheetError::EmptySheet { sheet: "S".into() },
        SheetError::NoSuchSheet { wanted: "T".into(), have: vec!["S".into()] },
        SheetError::Unreadable("no".into()),
    ];
    for error in errors {
        for lang in [kernel::Lang::Zh, kernel::Lang::En] {
            let told = error.tell(lang);
            for part in [&told.found, &told.expected, &told.advice] {
                assert!(!part.is_empty(), "{error:?}");
                assert!(error.say(lang).contains(part.as_str()));
            }
            let chinese = error.say(lang).chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(chinese, lang == kernel::Lang::Zh, "{}", error.say(lang));
        }
    }
}

#[test]
fn an_empty_workbook_has_no_rows() {
    let bytes = workbook(|book: &mut Writer| {
        book.add_worksheet();
    });
    assert_eq!(read(&bytes, Limits::default()).unwrap(), [Rows::new()]);
}
