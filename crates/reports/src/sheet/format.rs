//! What a file is, told from its bytes and never from its name.

use super::error::Kind;

/// The forms a sheet is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook of zipped XML, with or without macros (xlsx, xlsm).
    Xlsx,
    /// A workbook in the old compound form (xls).
    Xls,
    /// Lines of text (csv).
    Csv,
}

impl Format {
    /// The usual file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Csv => "csv",
        }
    }
}

/// The container a file's first bytes announce; what is inside is looked at by its reader.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, Kind> {
    const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    // Workbooks of the eighties and early nineties: a bare record of beginning (BOF).
    const BARE_BIFF: &[&[u8]] = &[&[0x09, 0x00, 0x04, 0x00], &[0x09, 0x02, 0x06, 0x00], &[0x09, 0x04, 0x06, 0x00]];
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if bytes.is_empty() {
        return Err(Kind::Empty);
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Ok(Format::Xlsx);
    }
    if starts(OLE) {
        return Ok(Format::Xls);
    }
    if starts(b"%PDF") {
        return Err(Kind::Pdf);
    }
    if starts(b"{\\rtf") {
        return Err(Kind::RichText);
    }
    if starts(b"\x89PNG") || starts(b"\xFF\xD8\xFF") || starts(b"GIF8") {
        return Err(Kind::Picture);
    }
    if BARE_BIFF.iter().any(|magic| starts(magic)) || starts(b"Rar!") || starts(b"7z\xBC\xAF") || starts(b"\x1F\x8B") {
        return Err(Kind::Unknown);
    }
    match markup(bytes) {
        Some(kind) => Err(kind),
        None => Ok(Format::Csv),
    }
}

/// Whether the text begins as a web page or XML does.
fn markup(bytes: &[u8]) -> Option<Kind> {
    let head = &bytes[..bytes.len().min(1024)];
    let text: String =
        head.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || !c.is_ascii());
    let page = ["<!doctype html", "<html", "<table", "<meta", "<head", "<body"];
    if page.iter().any(|start| text.starts_with(start)) {
        return Some(Kind::WebPage);
    }
    if text.starts_with("<?xml") {
        return Some(if text.contains("<html") { Kind::WebPage } else { Kind::Xml });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_bytes() {
        for (bytes, expected) in [
            (&b"PK\x03\x04rest"[..], Ok(Format::Xlsx)),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Ok(Format::Xls)),
            ("企业名称,年度".as_bytes(), Ok(Format::Csv)),
            (b"", Err(Kind::Empty)),
            (b"%PDF-1.7", Err(Kind::Pdf)),
            (b"\xEF\xBB\xBF\r\n<HTML><table>", Err(Kind::WebPage)),
            (b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>", Err(Kind::Xml)),
            (b"\x89PNG\r\n", Err(Kind::Picture)),
            (b"{\\rtf1", Err(Kind::RichText)),
        ] {
            assert_eq!(sniff(bytes), expected, "{bytes:?}");
        }
    }
}
