//! How far a long job is; the page asks again each second until it ends, and can be left.

use askama::Template;

use crate::Page;
use crate::ui::{Tone, figure};

/// How far a job is.
#[derive(Template)]
#[template(path = "ui/progress.html")]
pub struct Progress<'a> {
    /// The page it stands on.
    pub page: &'a Page,
    /// Where to ask again; answers with this same part.
    pub address: String,
    /// How much is done.
    pub done: i64,
    /// How much there is to do; zero while it is not known.
    pub total: i64,
    /// What is being done, or how it ended.
    pub message: String,
    /// How it ended; none while it runs.
    pub ended: Option<Tone>,
    /// Where the result is: address and words.
    pub result: Option<(String, String)>,
}

impl Progress<'_> {
    fn counted(&self, count: &i64) -> String {
        figure::grouped(*count)
    }
}

impl askama::filters::HtmlSafe for Progress<'_> {}
