//! A word, an icon and a colour together: colour is never the only sign.

use std::fmt;

use crate::ui::{Icon, escaped};

/// What a colour means, the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Blue: ahead, information.
    Early,
    /// Green: on course, held, done.
    Ok,
    /// Yellow: at risk, deserves attention.
    Warn,
    /// Red: overdue, wrong, refused.
    Late,
    /// Grey: closed, not applicable.
    Shut,
}

impl Tone {
    /// The name in style sheets and cookies.
    pub fn key(self) -> &'static str {
        match self {
            Tone::Early => "early",
            Tone::Ok => "ok",
            Tone::Warn => "warn",
            Tone::Late => "late",
            Tone::Shut => "shut",
        }
    }

    /// The tone with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        [Tone::Early, Tone::Ok, Tone::Warn, Tone::Late, Tone::Shut].into_iter().find(|tone| tone.key() == key)
    }

    /// The icon that goes with it.
    pub fn icon(self) -> Icon {
        Icon(match self {
            Tone::Early => "info-circle",
            Tone::Ok => "circle-check",
            Tone::Warn => "alert-triangle",
            Tone::Late => "alert-circle",
            Tone::Shut => "circle-dashed",
        })
    }
}

/// A badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// What its colour means.
    pub tone: Tone,
    /// The word.
    pub text: String,
    icon: Icon,
}

impl Badge {
    /// A badge with the icon of its tone.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), icon: tone.icon() }
    }

    /// Ahead, information.
    pub fn early(text: impl Into<String>) -> Self {
        Self::new(Tone::Early, text)
    }

    /// On course, held, done.
    pub fn ok(text: impl Into<String>) -> Self {
        Self::new(Tone::Ok, text)
    }

    /// At risk.
    pub fn warn(text: impl Into<String>) -> Self {
        Self::new(Tone::Warn, text)
    }

    /// Overdue, wrong.
    pub fn late(text: impl Into<String>) -> Self {
        Self::new(Tone::Late, text)
    }

    /// Closed, not applicable.
    pub fn shut(text: impl Into<String>) -> Self {
        Self::new(Tone::Shut, text)
    }

    /// The same with another icon.
    pub fn with_icon(mut self, name: &'static str) -> Self {
        self.icon = Icon(name);
        self
    }
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<span class=\"x-badge x-{}\">{}{}</span>", self.tone.key(), self.icon, escaped(&self.text))
    }
}

impl askama::filters::HtmlSafe for Badge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_has_a_word_an_icon_and_a_colour_and_escapes_the_word() {
        let html = Badge::late("<b>逾期</b>").to_string();
        assert!(html.contains("x-late") && html.contains("#alert-circle") && html.contains("&lt;b&gt;逾期"), "{html}");
    }
}
