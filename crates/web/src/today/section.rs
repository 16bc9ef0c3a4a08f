//! A part of Today: a heading, what is due under it, and the way to all of it.

use askama::Template;

use crate::Page;
use crate::cases::line::Line;

/// A part of Today.
#[derive(Template)]
#[template(path = "today/section.html")]
pub struct Section<'a> {
    /// The page it stands on.
    pub page: &'a Page,
    /// Its id on the page.
    pub id: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is due.
    pub lines: Vec<Line>,
    /// The way to all of it: address and words.
    pub more: Option<(String, String)>,
    /// What is said when nothing is due.
    pub empty: &'static str,
}

impl askama::filters::HtmlSafe for Section<'_> {}
