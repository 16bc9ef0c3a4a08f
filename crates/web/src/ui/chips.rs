//! The filters in force, each with a way to take it off.

use askama::Template;

use crate::Page;

/// One filter in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What it says: `行业：专用设备制造业`.
    pub text: String,
    /// The same page without it.
    pub without: String,
}

/// The filters in force; nothing is printed when there are none.
#[derive(Template)]
#[template(path = "ui/chips.html")]
pub struct Chips<'a> {
    /// The page they stand on.
    pub page: &'a Page,
    /// The filters.
    pub chips: Vec<Chip>,
    /// The same page without any.
    pub without_all: String,
}

impl askama::filters::HtmlSafe for Chips<'_> {}
