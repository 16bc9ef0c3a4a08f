//! The language of the interface: the cookie, then the account's, then what the browser asks for.

use kernel::Lang;

/// The name in cookies and forms.
pub fn key(lang: Lang) -> &'static str {
    lang.pick("zh", "en")
}

/// The language with this name.
pub fn from_key(key: &str) -> Option<Lang> {
    match key {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// The name a browser and a screen reader know it by.
pub fn tag(lang: Lang) -> &'static str {
    lang.pick("zh-CN", "en")
}

/// The first language of ours in an `Accept-Language` line, by weight.
pub fn accepted(line: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in line.split(',') {
        let mut pieces = part.trim().split(';');
        let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let lang = match name.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        let weight =
            pieces.find_map(|piece| piece.trim().strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        if best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_language_of_ours_wins() {
        let cases = [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("fr-FR,en;q=0.5,zh;q=0.3", Some(Lang::En)),
            ("en;q=0.2, zh-TW;q=0.7", Some(Lang::Zh)),
            ("fr, de", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(accepted(line), expected, "{line}");
        }
    }
}
