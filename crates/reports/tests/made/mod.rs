//! Files made for the tests: good ones, and ones no honest program writes.

#![allow(dead_code)]

use std::io::{Cursor, Write};

use rust_xlsxwriter::Workbook as Writer;
use zip::write::SimpleFileOptions;

/// A workbook as Excel would write it.
pub fn workbook(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut book = Writer::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// A zip of these parts.
pub fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    zip_of_bytes(&parts.iter().map(|(name, body)| (*name, body.as_bytes())).collect::<Vec<_>>())
}

fn zip_of_bytes(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(body).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet `S` whose rows and table of texts are written by hand.
pub fn raw_workbook(rows: &str, texts: &str) -> Vec<u8> {
    raw_workbook_with(rows, texts.as_bytes())
}

pub fn raw_workbook_with(rows: &str, texts: &[u8]) -> Vec<u8> {
    raw_workbook_of("worksheet", "worksheets/sheet1.xml", rows, texts)
}

/// A workbook whose only sheet is of this kind and lies at this place.
pub fn raw_workbook_of(kind: &str, place: &str, rows: &str, texts: &[u8]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let sheet = format!(
        "<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELS}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let pkg = "http://schemas.openxmlformats.org/package/2006/relationships";
    let rel = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{pkg}\"><Relationship Id=\"{id}\" Type=\"{RELS}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let (root, inner) = (rel("rId1", "officeDocument", "xl/workbook.xml"), rel("rId1", kind, place));
    let part = format!("xl/{place}");
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", inner.as_bytes()),
        (&part, sheet.as_bytes()),
    ];
    if !texts.is_empty() {
        parts.push(("xl/sharedStrings.xml", texts));
    }
    zip_of_bytes(&parts)
}

/// Writes a false inflated size into the zip's directory for every part larger than 1 MiB.
pub fn lie_about_sizes(bytes: &mut [u8], size: u32) {
    let directory = b"PK\x01\x02";
    for at in 0..bytes.len().saturating_sub(46) {
        if &bytes[at..at + 4] == directory {
            let field = at + 24..at + 28;
            let told = u32::from_le_bytes(bytes[field.clone()].try_into().unwrap());
            if told > 1 << 20 {
                bytes[field].copy_from_slice(&size.to_le_bytes());
            }
        }
    }
}

/// A compound file with these streams.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, body) in streams {
        file.create_stream(name).unwrap().write_all(body).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut data = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
    data.extend((units.len() as u16).to_le_bytes());
    data.push(1);
    data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    record(0x0204, &data)
}

/// An xls of one sheet holding these records.
fn xls_of(cells: &[Vec<u8>]) -> Vec<u8> {
    let bof = |kind: u16| record(0x0809, &[&[0, 6][..], &kind.to_le_bytes(), &[0; 12]].concat());
    let name = "S";
    let bound =
        |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, name.len() as u8, 0], name.as_bytes()].concat());
    let eof = record(0x000A, &[]);
    let globals = |at: u32| [bof(0x0005), bound(at), eof.clone()].concat();
    let start = globals(0).len() as u32;
    let stream = [globals(start), bof(0x0010), cells.concat(), eof].concat();
    compound(&[("Workbook", &stream)])
}

/// An xls of text cells.
pub fn old_workbook(rows: &[&[&str]]) -> Vec<u8> {
    let cells: Vec<Vec<u8>> = rows
        .iter()
        .enumerate()
        .flat_map(|(row, cells)| {
            cells.iter().enumerate().map(move |(column, text)| label(row as u16, column as u16, text))
        })
        .collect();
    xls_of(&cells)
}

/// A tiny xls with cells in its two far corners, which the parser would lay out as 16 million cells.
pub fn corner_xls() -> Vec<u8> {
    xls_of(&[label(0, 0, "a"), label(65_535, 255, "b")])
}
