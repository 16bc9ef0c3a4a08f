//! The forms under which names and codes are compared.

/// The form under which two names are the same: half-width, lower case, no spaces.
/// `北京（先手）科技 有限公司` and `北京(先手)科技有限公司` meet here.
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            // Most of a name: a character that has one form only.
            '\u{4E00}'..='\u{9FFF}' => key.push(c),
            c => key.extend(fold(c).into_iter().flat_map(char::to_lowercase)),
        }
    }
    key
}

/// The form under which two codes are the same: half-width, upper case, no spaces or hyphens.
pub fn code_key(code: &str) -> String {
    let mut key = String::with_capacity(code.len());
    for c in code.chars() {
        match c {
            '0'..='9' | 'A'..='Z' => key.push(c),
            c => key.extend(fold(c).filter(|c| *c != '-').into_iter().flat_map(char::to_uppercase)),
        }
    }
    key
}

/// One character in its half-width form; nothing for spaces and characters that take no place.
fn fold(c: char) -> Option<char> {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2212}' => '-',
        '·' | '•' | '‧' | '・' => '·',
        c => c,
    };
    let invisible = matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}');
    (!c.is_whitespace() && !c.is_control() && !invisible).then_some(c)
}

/// The names in a cell that holds several: `甲公司、乙公司；丙公司`.
pub(crate) fn several(names: &str) -> impl Iterator<Item = &str> {
    names.split(['、', '；', ';', '，', ',', '|', '\n']).map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_written_differently_have_one_key() {
        assert_eq!(name_key("北京（先手）科技 有限公司"), name_key("北京(先手)科技有限公司"));
        assert_eq!(name_key("ＡＢＣ Tech"), "abctech");
        assert_ne!(name_key("先手科技有限公司"), name_key("先手科技有限公司郑州分公司"));
        assert_eq!(code_key(" 9141-0100ma9ａbc "), "91410100MA9ABC");
    }

    #[test]
    fn a_cell_of_several_names_is_taken_apart() {
        assert_eq!(several("甲公司、乙公司；丙公司 ").collect::<Vec<_>>(), ["甲公司", "乙公司", "丙公司"]);
    }
}
