//! The parts pages are made of. Each is a value that prints itself as HTML, so a handler can make
//! it and a test can read it; a template writes `{{ part }}`.

pub mod badge;
pub mod chips;
pub mod confirm;
pub mod empty;
pub mod faults;
pub mod figure;
pub mod head;
pub mod icon;
pub mod pager;
pub mod problem;
pub mod progress;
pub mod spark;

use std::fmt;

pub use badge::{Badge, Tone};
pub use chips::{Chip, Chips};
pub use confirm::Confirm;
pub use empty::Empty;
pub use faults::{Fault, Faults};
pub use head::Head;
pub use icon::Icon;
pub use pager::Pager;
pub use progress::Progress;
pub use spark::Spark;

/// HTML made by us from values that were escaped already; it is printed as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safe(pub(crate) String);

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Safe {}

/// The text with the characters that mean something in HTML made harmless.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
