//! The foot of a table: how many there are, and the way to the next ones.

use askama::Template;

use crate::Page;
use crate::ui::figure;

/// The foot of a table that is read by key: first, and next.
#[derive(Template)]
#[template(path = "ui/pager.html")]
pub struct Pager<'a> {
    /// The page it stands on.
    pub page: &'a Page,
    /// How many rows are shown.
    pub shown: usize,
    /// How many there are in all; none where counting would cost more than it tells.
    pub total: Option<i64>,
    /// The first rows again; none on the first page.
    pub first: Option<String>,
    /// The rows before; none on the first page.
    pub previous: Option<String>,
    /// The next rows; none on the last page.
    pub next: Option<String>,
}

impl Pager<'_> {
    fn counted(&self, count: &i64) -> String {
        figure::grouped(*count)
    }
}

impl askama::filters::HtmlSafe for Pager<'_> {}
