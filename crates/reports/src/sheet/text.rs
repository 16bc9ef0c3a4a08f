//! The bytes of a csv file as text: which encoding, and where it is broken.

use std::borrow::Cow;
use std::sync::Arc;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE};

use super::error::SheetError;

/// How a text file was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which includes GBK and GB 2312.
    Gb18030,
    /// UTF-16, as Excel writes “Unicode text”.
    Utf16,
}

/// A text file in UTF-8, borrowed from its bytes where it was so already.
#[derive(Debug, Clone)]
pub(super) enum Text {
    /// The file's bytes from this offset on are UTF-8.
    Same(Arc<[u8]>, usize),
    /// The file was decoded.
    Decoded(Arc<[u8]>),
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        match self {
            Text::Same(bytes, from) => &bytes[*from..],
            Text::Decoded(bytes) => bytes,
        }
    }
}

/// Tells the encoding and decodes. A file that is neither UTF-8 nor GB18030 is refused with
/// the place of the byte that is wrong in whichever of the two carried further.
pub(super) fn decode(bytes: &Arc<[u8]>) -> Result<(Text, TextEncoding), SheetError> {
    if let Some(wide) = utf16(bytes) {
        let body = if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) { 2 } else { 0 };
        let text = strictly(wide, &bytes[body..]).map_err(|at| broken(bytes, body + at))?;
        refuse_nul(text.as_bytes())?;
        return Ok((Text::Decoded(text.into_bytes().into()), TextEncoding::Utf16));
    }
    let from = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let utf8_error = match std::str::from_utf8(&bytes[from..]) {
        Ok(_) => {
            refuse_nul(bytes)?;
            return Ok((Text::Same(Arc::clone(bytes), from), TextEncoding::Utf8));
        }
        Err(error) => from + error.valid_up_to(),
    };
    refuse_nul(bytes)?;
    match strictly(GB18030, bytes) {
        Ok(text) if from == 0 => Ok((Text::Decoded(text.into_bytes().into()), TextEncoding::Gb18030)),
        Ok(_) => Err(broken(bytes, utf8_error)),
        Err(gb_error) => Err(broken(bytes, utf8_error.max(gb_error))),
    }
}

/// UTF-16 by its byte order mark or, without one, by zero bytes in every other place.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    if pairs < 4 {
        return None;
    }
    match (even, odd) {
        (0, odd) if odd * 4 >= pairs => Some(UTF_16LE),
        (even, 0) if even * 4 >= pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Decodes without replacing anything; the error is the offset of the first wrong byte.
fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut at = 0;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len() - at).unwrap_or(bytes.len());
        // Growing by a share of what is left keeps a Chinese file from being given three times its size.
        text.reserve((room / 2).max(64));
        let (result, read) = decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, extra) => {
                return Err(at.saturating_sub(usize::from(length) + usize::from(extra)));
            }
        }
    }
}

fn broken(bytes: &[u8], at: usize) -> SheetError {
    let at = at.min(bytes.len().saturating_sub(1));
    SheetError::Encoding {
        line: line_of(bytes, at),
        byte: at as u64 + 1,
        found: bytes.get(at).copied().unwrap_or_default(),
    }
}

fn refuse_nul(bytes: &[u8]) -> Result<(), SheetError> {
    match memchr::memchr(0, bytes) {
        Some(at) => Err(SheetError::Nul { line: line_of(bytes, at), byte: at as u64 + 1 }),
        None => Ok(()),
    }
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64 + 1
}

/// The sign between the cells of a line: a comma unless the first line has more tabs or semicolons.
pub(super) fn delimiter(text: &[u8]) -> u8 {
    let line =
        text.split(|byte| *byte == b'\n').find(|line| !line.iter().all(u8::is_ascii_whitespace)).unwrap_or_default();
    let mut counts = [(b',', 0usize), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        for (sign, count) in &mut counts {
            *count += usize::from(!quoted && byte == sign);
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.iter().find(|(_, count)| *count == most).map_or(b',', |(sign, _)| *sign)
}

/// Text in GB18030, for writing; what GB18030 cannot carry does not exist, it covers Unicode.
pub(crate) fn to_gb18030(text: &str) -> Cow<'_, [u8]> {
    GB18030.encode(text).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(String, TextEncoding), SheetError> {
        let (text, encoding) = decode(&bytes.into())?;
        Ok((String::from_utf8(text.as_ref().to_vec()).unwrap(), encoding))
    }

    #[test]
    fn each_encoding_is_told_and_decoded() {
        let text = "企业名称,营业收入\n甲公司,12";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let ascii_wide: Vec<u8> = "name,revenue\nabc,12".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(wide.clone()).collect();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), TextEncoding::Utf8),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), TextEncoding::Utf8),
            (to_gb18030(text).into_owned(), TextEncoding::Gb18030),
            (marked, TextEncoding::Utf16),
            (big, TextEncoding::Utf16),
        ] {
            assert_eq!(read(&bytes), Ok((text.to_owned(), encoding)));
        }
        assert_eq!(read(&ascii_wide), Ok(("name,revenue\nabc,12".to_owned(), TextEncoding::Utf16)));
    }

    #[test]
    fn a_byte_of_no_encoding_is_named_by_line_and_place() {
        let mut bytes = to_gb18030("企业,收入\n甲公司,").into_owned();
        let place = bytes.len() as u64 + 1;
        bytes.extend([0xFF, b'\n']);
        assert_eq!(read(&bytes), Err(SheetError::Encoding { line: 2, byte: place, found: 0xFF }));
        let message = SheetError::Encoding { line: 2, byte: place, found: 0xFF }.say(kernel::Lang::Zh);
        assert!(message.contains("第 2 行") && message.contains("0xFF") && message.contains("GB18030"), "{message}");
    }

    #[test]
    fn a_nul_byte_is_named_by_line() {
        assert_eq!(read(b"name,code\nabc,1\nx\0y,2\n"), Err(SheetError::Nul { line: 3, byte: 18 }));
    }

    #[test]
    fn the_sign_between_cells_is_seen_on_the_first_line() {
        for (line, sign) in
            [("a,b,c", b','), ("a\tb\tc,d", b'\t'), ("a;b;c", b';'), ("\"a;b;c;d\",e", b','), ("a", b',')]
        {
            assert_eq!(delimiter(line.as_bytes()), sign, "{line}");
        }
    }
}
