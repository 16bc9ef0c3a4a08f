//! A short word carried over a redirect: “saved”, “undone”.

use kernel::Lang;

use crate::ui::Tone;

/// A message shown once at the top of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// What it says, in the reader's language.
    pub text: String,
}

impl Notice {
    /// Something was done.
    pub fn done(lang: Lang, zh: &str, en: &str) -> Self {
        Self { tone: Tone::Ok, text: lang.pick(zh, en).to_owned() }
    }

    /// Something was done, with the sentence made by the caller.
    pub fn said(text: impl Into<String>) -> Self {
        Self { tone: Tone::Ok, text: text.into() }
    }

    /// Something deserves attention.
    pub fn careful(text: impl Into<String>) -> Self {
        Self { tone: Tone::Warn, text: text.into() }
    }

    pub(crate) fn to_cookie(&self) -> String {
        let mut text = self.text.clone();
        // A browser keeps some 4,000 bytes a cookie and one Chinese character takes nine here.
        if let Some((cut, _)) = text.char_indices().nth(300) {
            text.truncate(cut);
        }
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        format!("{}.{encoded}", self.tone.key())
    }

    pub(crate) fn from_cookie(value: &str) -> Option<Self> {
        let (tone, encoded) = value.split_once('.')?;
        let (text, _) = form_urlencoded::parse(encoded.as_bytes()).next()?;
        Some(Self { tone: Tone::from_key(tone)?, text: text.into_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_survives_the_cookie_whatever_it_says() {
        for text in ["已保存", "a=b&c; d\"e\r\nSet-Cookie: x=1", "<script>"] {
            let notice = Notice::said(text);
            let cookie = notice.to_cookie();
            assert!(cookie.chars().all(|c| c.is_ascii_graphic() && c != ';' && c != ','), "{cookie}");
            assert_eq!(Notice::from_cookie(&cookie), Some(notice));
        }
        assert_eq!(Notice::from_cookie("loud.text"), None);
    }
}
