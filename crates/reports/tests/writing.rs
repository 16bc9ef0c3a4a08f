//! Writing lists, marked sheets and templates, read back with the reader of this crate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod made;

use std::io::Cursor;

use kernel::cell::RawCell;
use kernel::{Catalogue, Lang, Period, SubjectKind};
use made::workbook;
use reports::sheet::{Limits, Workbook};
use reports::workbook::{CellNote, Column, CsvEncoding, OutCell, marked_workbook, template, write_csv, write_xlsx};
use rust_decimal::Decimal;

fn read(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut book = Workbook::open(bytes, Limits::default()).unwrap();
    let mut rows = book.rows(sheet).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        all.push(row.cells.iter().map(|cell| cell.shown().into_owned()).collect());
    }
    all
}

fn columns() -> Vec<Column> {
    let catalogue = Catalogue::builtin();
    let column =
        |key: &str, period| Column::of(catalogue.field(key).unwrap(), SubjectKind::Enterprise, period, Lang::Zh);
    vec![column("name", None), column("operating_revenue", Some(Period::Year(2025))), column("registration_date", None)]
}

fn rows() -> Vec<Vec<OutCell>> {
    let day = jiff::civil::date(2001, 2, 3);
    vec![
        vec![OutCell::Text("甲".into()), OutCell::Number(Decimal::new(-125, 1)), OutCell::Date(day)],
        vec![OutCell::Text("=HYPERLINK(\"http://x\",\"点\")".into()), OutCell::Empty, OutCell::Empty],
        vec![OutCell::Text("<script>alert(1)</script>, \"乙\"".into()), OutCell::Number(Decimal::ONE), OutCell::Empty],
    ]
}

#[test]
fn an_exported_workbook_reads_back_and_a_formula_in_a_name_stays_words() {
    let mut bytes = Cursor::new(Vec::new());
    assert_eq!(write_xlsx(&mut bytes, "企业[名单]", &columns(), rows()).unwrap(), 3);
    let bytes = bytes.into_inner();
    let mut book = Workbook::open(bytes, Limits::default()).unwrap();
    assert_eq!(book.sheets()[0].name, "企业名单");
    let mut rows = book.rows("企业名单").unwrap();
    let head = rows.next_row().unwrap().unwrap().cells.to_vec();
    assert_eq!(head[1], RawCell::Text("营业收入总额（万元） 2025".into()));
    let first = rows.next_row().unwrap().unwrap().cells.to_vec();
    assert_eq!(first[1], RawCell::number(-12.5));
    assert_eq!(first[2], RawCell::Date(jiff::civil::datetime(2001, 2, 3, 0, 0, 0, 0)));
    let second = rows.next_row().unwrap().unwrap().cells.to_vec();
    assert_eq!(second[0], RawCell::Text("=HYPERLINK(\"http://x\",\"点\")".into()), "text, and no formula");
}

#[test]
fn headings_of_an_export_are_understood_by_an_import() {
    for kind in SubjectKind::ALL {
        for field in Catalogue::builtin().fields_of(*kind) {
            for lang in [Lang::Zh, Lang::En] {
                let period = (field.period != kernel::PeriodKind::None).then_some(Period::Year(2025));
                let column = Column::of(field, *kind, period, lang);
                let found = column.field(Catalogue::builtin(), *kind).map(|found| found.key.as_str());
                assert_eq!(found, Some(field.key.as_str()), "{kind:?} {}", column.heading);
            }
        }
    }
}

#[test]
fn a_csv_in_either_encoding_reads_back_with_formulas_made_harmless() {
    for encoding in [CsvEncoding::Utf8, CsvEncoding::Gb18030] {
        let mut bytes = Vec::new();
        assert_eq!(write_csv(&mut bytes, encoding, &columns(), rows()).unwrap(), 3);
        assert_eq!(bytes.starts_with(b"\xEF\xBB\xBF"), encoding == CsvEncoding::Utf8);
        let read = read(&bytes, "csv");
        assert_eq!(read[1], ["甲", "-12.5", "2001-02-03"]);
        assert_eq!(read[2], ["'=HYPERLINK(\"http://x\",\"点\")"]);
        assert_eq!(read[3], ["<script>alert(1)</script>, \"乙\"", "1"]);
    }
}

#[test]
fn a_hundred_thousand_rows_are_written() {
    let line = |n: u32| vec![OutCell::Text(format!("企业{n}")), OutCell::Number(Decimal::from(n)), OutCell::Empty];
    let mut bytes = Cursor::new(Vec::new());
    assert_eq!(write_xlsx(&mut bytes, "名单", &columns(), (0..100_000).map(line)).unwrap(), 100_000);
}

#[test]
fn a_sheet_comes_back_with_its_faults_red_noted_and_listed() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet().set_name("企业").unwrap();
        sheet.merge_range(0, 0, 0, 1, "2025 年", &rust_xlsxwriter::Format::new()).unwrap();
        sheet.write(1, 0, "企业名称").unwrap().write(1, 1, "职工数").unwrap();
        sheet.write(2, 0, "甲").unwrap().write(2, 1, -5).unwrap();
    });
    let note = |row, column, message: &str| CellNote {
        sheet: "企业".into(),
        row,
        column,
        heading: "职工数".into(),
        found: "-5".into(),
        expected: "不小于 0 的整数".into(),
        message: message.into(),
    };
    let notes = [note(3, Some(2), "职工数不能为负"), note(4, Some(3), "空着的格子"), note(3, None, "整行")];
    let marked = marked_workbook(bytes, &notes, Lang::Zh).unwrap();
    assert_eq!(read(&marked, "企业"), [vec!["2025 年"], vec!["企业名称", "职工数"], vec!["甲", "-5"]]);
    let list = read(&marked, "问题清单");
    assert_eq!(list[0], ["工作表", "行", "列", "列名", "表中内容", "应为", "说明"]);
    assert_eq!(list[1], ["企业", "3", "B", "职工数", "-5", "不小于 0 的整数", "职工数不能为负"]);
    assert_eq!(list.len(), 4);
    let parts = part_texts(&marked);
    assert!(parts.iter().any(|(name, text)| name.contains("comments") && text.contains("职工数不能为负")));
    assert!(parts.iter().any(|(name, text)| name.contains("styles") && text.contains("FFFFC7CE")), "red");
    assert!(
        parts.iter().any(|(name, text)| name.contains("sheet1") && text.contains("mergeCell")),
        "the head stays merged"
    );
}

fn part_texts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut part = zip.by_index(at).unwrap();
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut text).unwrap();
            (part.name().unwrap().into_owned(), String::from_utf8_lossy(&text).into_owned())
        })
        .collect()
}

#[test]
fn a_template_names_every_field_explains_it_and_offers_its_choices() {
    for kind in SubjectKind::ALL {
        let bytes = template(*kind, Catalogue::builtin(), &[2024, 2025], Lang::Zh).unwrap();
        let importable = Catalogue::builtin().fields_of(*kind).filter(|field| field.is_importable()).count();
        assert_eq!(read(&bytes, "填写说明").len(), importable + 1, "{kind:?}");
        if importable == 0 {
            continue;
        }
        let head = read(&bytes, kind.zh());
        let guess = kernel::heading::guess_columns(&head, *kind, Catalogue::builtin());
        assert_eq!(
            guess.map().columns.len(),
            head[0].len(),
            "{kind:?}: {:?}",
            guess.faults(*kind, Catalogue::builtin())
        );
    }
    let bytes = template(SubjectKind::Enterprise, Catalogue::builtin(), &[2025], Lang::Zh).unwrap();
    let parts = part_texts(&bytes);
    assert!(parts.iter().any(|(name, text)| name.contains("sheet1") && text.contains("<dataValidation ")));
}
