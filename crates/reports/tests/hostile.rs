//! Whatever bytes come in, reading ends in rows or in an error, never in a crash.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod made;

use std::sync::OnceLock;

use made::{compound, old_workbook, workbook};
use proptest::prelude::*;
use reports::sheet::{Limits, SheetError, Workbook};
use rust_xlsxwriter::{Format, Formula};

/// Reads a file to its end the way an import does.
fn read_to_the_end(bytes: &[u8]) -> Result<usize, SheetError> {
    let limits = Limits { inflated_bytes: 64 << 20, part_bytes: 32 << 20, ..Limits::default() };
    let mut book = Workbook::open(bytes, limits)?;
    let names: Vec<String> = book.sheets().iter().filter(|s| s.worksheet).map(|s| s.name.clone()).collect();
    let mut cells = 0;
    for name in names {
        book.merges(&name)?;
        let mut rows = book.rows(&name)?;
        while let Some(row) = rows.next_row()? {
            cells += row.cells.len();
        }
    }
    Ok(cells)
}

/// Real files of each form, to be damaged.
fn samples() -> &'static [Vec<u8>] {
    static SAMPLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let modern = workbook(|book| {
            let percent = Format::new().set_num_format("0%");
            let sheet = book.add_worksheet();
            sheet.merge_range(0, 0, 0, 3, "2025 年", &Format::new()).unwrap();
            for row in 1..30 {
                sheet.write(row, 0, format!("企业 {row}")).unwrap();
                sheet.write(row, 1, f64::from(row) * 3.25).unwrap();
                sheet.write_with_format(row, 2, 0.07, &percent).unwrap();
                sheet.write_formula(row, 3, Formula::new("=B2*2").set_result("1")).unwrap();
            }
        });
        let loose = made::raw_workbook(
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>",
            "<sst uniqueCount=\"1\"><si><t>甲</t></si></sst>",
        );
        let old = old_workbook(&[&["企业名称", "收入"], &["甲", "12"], &["乙", "13"]]);
        let csv = "企业名称,收入\n甲,12\n\"乙\n二\",13\n".as_bytes().to_vec();
        vec![modern, loose, old, csv, compound(&[("Workbook", b"\x09\x08\x10\x00")])]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_rows_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..2048), magic in 0usize..6) {
        let magics: [&[u8]; 6] = [b"", b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xFF\xFE", b"\xEF\xBB\xBF", b"a,b\n"];
        let _ = read_to_the_end(&[magics[magic], &bytes].concat());
    }

    #[test]
    fn a_damaged_workbook_ends_in_rows_or_an_error(
        which in 0usize..5,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = samples()[which].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        let _ = read_to_the_end(&bytes);
    }

    /// The parts of a zip are checked by a sum, so damage done to the packed bytes hardly ever
    /// reaches the parser. Here the XML itself is damaged and packed again.
    #[test]
    fn a_workbook_of_damaged_xml_ends_in_rows_or_an_error(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"<>/\"'=&;rstcv019AZ \xFF".to_vec())), 1..12),
        texts in any::<bool>(),
    ) {
        let mut rows = b"<row r=\"1\"><c r=\"A1\" t=\"s\" s=\"1\"><v>0</v></c><c r=\"B1\" t=\"str\"><f t=\"shared\" si=\"0\" ref=\"B1:B2\">A1*2</f><v>7</v></c></row><row r=\"2\"><c r=\"B2\"><f t=\"shared\" si=\"0\"/><v>3.5</v></c><c t=\"inlineStr\"><is><t>x</t></is></c></row>".to_vec();
        let mut strings = b"<sst count=\"2\" uniqueCount=\"2\"><si><t>a&amp;b</t></si><si><r><t>c</t></r></si></sst>".to_vec();
        let target = if texts { &mut strings } else { &mut rows };
        for (at, byte) in changes {
            let at = at.index(target.len());
            target[at] = byte;
        }
        let rows = String::from_utf8_lossy(&rows).into_owned();
        let _ = read_to_the_end(&made::raw_workbook_with(&rows, &strings));
    }
}

#[test]
fn the_samples_themselves_are_read() {
    let cells: Vec<_> = samples().iter().take(4).map(|bytes| read_to_the_end(bytes)).collect();
    assert_eq!(cells, [Ok(117), Ok(1), Ok(6), Ok(6)]);
}
