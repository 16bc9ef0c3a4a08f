//! The guard in front of a zipped workbook: every part is measured before it is parsed.
//!
//! Sizes written in a zip's directory can lie, so the parts the parser will read are
//! inflated once here, in a small buffer, and counted. The same pass looks for the few
//! things that would make the parser reserve memory the file does not hold.

use std::io::{Cursor, Read};
use std::sync::Arc;

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::{Kind, Measure, SheetError};
use super::limits::Limits;

/// What the guard saw on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Whether some worksheet holds a formula.
    pub formulas: bool,
    /// Whether some worksheet holds merged cells.
    pub merges: bool,
}

/// Parts above this size are held to the ratio of [`Limits::ratio`].
const RATIO_FROM: u64 = 64 << 20;
/// Excel allows 65,490 cell styles.
const MOST_STYLES: u64 = 70_000;
/// Longest stretch looked for across the edge of two buffers.
const OVERLAP: usize = 64;

/// Measures every part of a zipped workbook.
pub(super) fn inspect(bytes: &Arc<[u8]>, limits: &Limits) -> Result<Seen, SheetError> {
    let mut zip = ZipArchive::new(Cursor::new(Arc::clone(bytes))).map_err(damaged)?;
    if zip.len() > limits.parts {
        return Err(too_large(Measure::Parts, zip.len() as u64, limits.parts as u64));
    }
    let names: Result<Vec<String>, ZipError> = zip.file_names().map(|name| Ok(name?.to_lowercase())).collect();
    let names = names.map_err(damaged)?;
    refuse_other_kinds(&names)?;
    let mut seen = Seen::default();
    let mut total = 0;
    for at in 0..zip.len() {
        let part = zip.by_index(at).map_err(damaged)?;
        let declared = part.size();
        total += declared;
        check_size(declared, part.compressed_size(), limits)?;
        let name = part.name().map_err(damaged)?.to_lowercase();
        if name.ends_with(".xml") || name.ends_with(".rels") {
            let packed = part.compressed_size();
            let actual = Scan::of(&name, packed, limits, &mut seen).run(part)?;
            total += actual.saturating_sub(declared);
        }
        if total > limits.inflated_bytes {
            return Err(too_large(Measure::InflatedBytes, total, limits.inflated_bytes));
        }
    }
    Ok(seen)
}

/// Zips that are no workbook of XML, by the names of their parts.
fn refuse_other_kinds(names: &[String]) -> Result<(), SheetError> {
    let has = |wanted: &str| names.iter().any(|name| name.trim_start_matches('/') == wanted);
    let under = |folder: &str| names.iter().any(|name| name.trim_start_matches('/').starts_with(folder));
    if has("[content_types].xml") {
        if has("xl/workbook.bin") {
            return Err(SheetError::NotASheet(Kind::BinaryWorkbook));
        }
        if !under("xl/") && (under("word/") || under("ppt/")) {
            return Err(SheetError::NotASheet(Kind::OtherOffice));
        }
        return Ok(());
    }
    Err(SheetError::NotASheet(if has("content.xml") && has("mimetype") { Kind::OpenDocument } else { Kind::Archive }))
}

fn check_size(size: u64, packed: u64, limits: &Limits) -> Result<(), SheetError> {
    if size > limits.part_bytes {
        return Err(too_large(Measure::PartBytes, size, limits.part_bytes));
    }
    if size > RATIO_FROM && size / packed.max(1) > limits.ratio {
        return Err(too_large(Measure::Ratio, size / packed.max(1), limits.ratio));
    }
    Ok(())
}

/// One part on its way through a small buffer.
struct Scan<'a> {
    is_sheet: bool,
    is_styles: bool,
    is_texts: bool,
    packed: u64,
    limits: &'a Limits,
    seen: &'a mut Seen,
    texts: u64,
    styles: u64,
}

impl<'a> Scan<'a> {
    fn of(name: &str, packed: u64, limits: &'a Limits, seen: &'a mut Seen) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        Self {
            is_sheet: name.contains("sheet") && !file.starts_with("sharedstrings"),
            is_styles: file.starts_with("styles"),
            is_texts: file.starts_with("sharedstrings"),
            packed,
            limits,
            seen,
            texts: 0,
            styles: 0,
        }
    }

    /// Inflates the part to its end and returns its true size.
    fn run(mut self, mut part: impl Read) -> Result<u64, SheetError> {
        let mut buffer = vec![0; 128 << 10];
        let (mut kept, mut total) = (0, 0u64);
        loop {
            let read = part.read(&mut buffer[kept..]).map_err(|error| SheetError::Damaged(error.to_string()))?;
            if total == 0 {
                refuse_other_encodings(&buffer[..read])?;
            }
            total += read as u64;
            check_size(total, self.packed, self.limits)?;
            let filled = kept + read;
            self.look(&buffer[..filled], kept, read == 0)?;
            if read == 0 {
                return Ok(total);
            }
            let keep = filled.min(OVERLAP);
            buffer.copy_within(filled - keep..filled, 0);
            kept = keep;
        }
    }

    /// Looks at a stretch whose first `old` bytes were looked at before.
    fn look(&mut self, stretch: &[u8], old: usize, last: bool) -> Result<(), SheetError> {
        if self.is_sheet {
            let formula = |tag: &[u8]| memmem::find(stretch, tag).is_some();
            self.seen.formulas |= formula(b"<f>") || formula(b"<f ") || formula(b":f>") || formula(b":f ");
            self.seen.merges |= memmem::find(stretch, b"mergeCell").is_some();
        }
        if self.is_texts {
            self.texts += count(stretch, b"<si", old) + count(stretch, b":si", old);
            within(Measure::Texts, self.texts, self.limits.texts)?;
        }
        if self.is_styles {
            self.styles += count(stretch, b"<xf", old) + count(stretch, b":xf", old);
            within(Measure::Styles, self.styles, MOST_STYLES)?;
        }
        check_promises(stretch, last, self.limits)
    }
}

/// Occurrences of a needle that end within the new bytes.
fn count(stretch: &[u8], needle: &[u8], old: usize) -> u64 {
    memmem::find_iter(stretch, needle).filter(|at| at + needle.len() > old).count() as u64
}

/// The parser reserves room for as many texts as a workbook says it has, before reading them.
/// A number no workbook can hold is refused here.
fn check_promises(stretch: &[u8], last: bool, limits: &Limits) -> Result<(), SheetError> {
    for at in memmem::find_iter(stretch, b"uniqueCount") {
        let rest = &stretch[at + b"uniqueCount".len()..];
        let value = rest.iter().copied().skip_while(|byte| byte.is_ascii_whitespace() || *byte == b'=');
        let value: Vec<u8> = value.skip(1).take_while(|byte| !matches!(byte, b'"' | b'\'')).take(OVERLAP).collect();
        let complete = last || rest.len() > OVERLAP / 2;
        let number = std::str::from_utf8(&value).ok().and_then(|text| text.trim().parse::<u64>().ok());
        match number {
            Some(number) => within(Measure::Texts, number, limits.texts)?,
            None if complete => return Err(SheetError::Damaged("uniqueCount is no number".into())),
            None => {}
        }
    }
    Ok(())
}

/// Workbooks are written in UTF-8. Another encoding would hide from the guard what the
/// parser would see, so it is refused.
fn refuse_other_encodings(head: &[u8]) -> Result<(), SheetError> {
    let declaration = &head[..head.len().min(256)];
    let wide = declaration.iter().take(4).any(|byte| matches!(byte, 0x00 | 0xFE | 0xFF));
    let declared = memmem::find(declaration, b"encoding").map(|at| {
        let text = String::from_utf8_lossy(&declaration[at..]).to_lowercase();
        text.split(['"', '\'']).nth(1).unwrap_or_default().to_owned()
    });
    let is_prolog = declaration.starts_with(b"<?xml") || declaration.starts_with(b"\xEF\xBB\xBF<?xml");
    let foreign = declared.is_some_and(|name| !matches!(name.as_str(), "utf-8" | "utf8" | "us-ascii" | "ascii"));
    if wide || (is_prolog && foreign) {
        return Err(SheetError::Damaged("a part is not in UTF-8".into()));
    }
    Ok(())
}

fn within(measure: Measure, found: u64, limit: u64) -> Result<(), SheetError> {
    if found > limit { Err(too_large(measure, found, limit)) } else { Ok(()) }
}

fn too_large(measure: Measure, found: u64, limit: u64) -> SheetError {
    SheetError::TooLarge { measure, found, limit }
}

fn damaged(error: ZipError) -> SheetError {
    match error {
        ZipError::UnsupportedArchive(why) if why == ZipError::PASSWORD_REQUIRED => SheetError::Encrypted,
        other => SheetError::Damaged(other.to_string()),
    }
}
