//! The foot of a table: how many there are, and the way to the next ones.

use askama::Template;

use crate::Page;
use crate::frame::path;
use crate::ui::figure;

/// The parameter with the places where the pages before began.
pub const BACK: &str = "back";

/// How many pages can be gone back, one by one; the first page is always one step away.
const MOST_BACK: usize = 20;

/// The first page among the places before: it begins nowhere in particular.
const TOP: &str = "-";

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

impl<'a> Pager<'a> {
    /// The foot of a page that begins at a place which its address names in `parameter`. A table
    /// read by key knows only where the next page begins, so the address carries the places where
    /// the pages before began as well.
    pub fn keyed(page: &'a Page, base: &str, parameter: &str, next: Option<String>) -> Self {
        let asked = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(page.query.as_bytes());
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let (here, back) = (asked(parameter), asked(BACK));
        let before: Vec<&str> = back.split_whitespace().collect();
        let address = |place: &str, before: &[&str]| {
            let place = if place == TOP { "" } else { place };
            path::with_query(base, [(parameter, place), (BACK, before.join(" ").as_str())])
        };
        let next = next.map(|next| {
            let mut before = before.clone();
            before.push(if here.is_empty() { TOP } else { &here });
            address(&next, &before[before.len().saturating_sub(MOST_BACK)..])
        });
        let previous = before.split_last().map(|(last, earlier)| address(last, earlier));
        let first = (!here.is_empty() && before != [TOP]).then(|| base.to_owned());
        Self { page, shown: 0, total: None, first, previous: previous.filter(|_| !here.is_empty()), next }
    }

    /// The same, with how many rows are shown and how many there are.
    pub fn of(self, shown: usize, total: Option<i64>) -> Self {
        Self { shown, total, ..self }
    }

    fn counted(&self, count: &i64) -> String {
        figure::grouped(*count)
    }
}

impl askama::filters::HtmlSafe for Pager<'_> {}
