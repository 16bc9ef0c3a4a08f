//! Folding of text that people typed: full-width letters, odd spaces, brackets.
//!
//! Folding serves comparison and reading of figures. What is stored as words keeps the
//! characters that were written, see [`clean`].

use std::borrow::Cow;

/// One character in its half-width form: full-width ASCII (`Ａ`, `１`, `（`) becomes ASCII,
/// every kind of space a plain space, every kind of dash-like minus a hyphen.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\t' | '\n' | '\r' => ' ',
        '\u{2212}' | '\u{2010}' | '\u{2011}' => '-',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        _ => c,
    }
}

/// Whether a character takes no place on the page: zero-width joiners, byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
        || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// The half-width form of a text, without invisible characters and outer spaces.
/// Borrows where nothing changes, which is the common case in a large sheet.
pub fn fold(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.chars().all(|c| !is_invisible(c) && half_width(c) == c) {
        return Cow::Borrowed(trimmed);
    }
    let folded: String = trimmed.chars().filter(|c| !is_invisible(*c)).map(half_width).collect();
    Cow::Owned(folded.trim().to_owned())
}

/// The form under which two headings or labels are compared: folded, lower case, without
/// spaces, quotes, brackets and punctuation. `资产总额（期末）` and `资产总额 期末` are the same.
pub fn label_key(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !is_label_punctuation(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_label_punctuation(c: char) -> bool {
    matches!(
        c,
        '(' | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '"'
            | '\''
            | '“'
            | '”'
            | '‘'
            | '’'
            | '「'
            | '」'
            | '《'
            | '》'
            | '、'
            | '，'
            | ','
            | '。'
            | '.'
            | ':'
            | ';'
            | '*'
            | '·'
            | '-'
            | '_'
            | '/'
            | '?'
    )
}

/// Words as they are stored: without outer spaces and invisible characters, line breaks as
/// spaces. Nothing else is changed.
pub fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.chars().all(|c| !is_invisible(c) && !matches!(c, '\t' | '\n' | '\r')) {
        return Cow::Borrowed(trimmed);
    }
    let mut cleaned = String::with_capacity(trimmed.len());
    for c in trimmed.chars().filter(|c| !is_invisible(*c)) {
        match c {
            '\t' | '\n' | '\r' if cleaned.ends_with(' ') => {}
            '\t' | '\n' | '\r' => cleaned.push(' '),
            _ => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_full_width_text_half_width_and_drops_what_cannot_be_seen() {
        assert_eq!(fold("　９１３２\u{200B}０１ＭＡ（%）\u{FEFF}"), "913201MA(%)");
        assert!(matches!(fold("913201MA"), Cow::Borrowed(_)));
    }

    #[test]
    fn labels_compare_without_spaces_brackets_and_case() {
        assert_eq!(label_key("资产总额（期末）"), label_key(" 资产总额 期末 "));
        assert_eq!(label_key("Operating_Revenue"), label_key("operating revenue"));
    }

    #[test]
    fn stored_words_lose_only_outer_spaces_and_line_breaks() {
        assert_eq!(clean(" 甲（乙）\r\n公司 "), "甲（乙） 公司");
    }
}
