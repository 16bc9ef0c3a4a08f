//! A button that asks first, saying in words what will happen. Works without a script.

use askama::Template;

use crate::Page;
use crate::ui::{Icon, Tone};

/// A button and the panel it opens.
#[derive(Template)]
#[template(path = "ui/confirm.html")]
pub struct Confirm<'a> {
    /// The page it stands on.
    pub page: &'a Page,
    /// An id that nothing else on the page has.
    pub id: String,
    /// The word on the button.
    pub button: &'a str,
    /// The button's icon.
    pub icon: Icon,
    /// The question.
    pub title: String,
    /// What will happen, and whether it can be undone.
    pub consequence: String,
    /// Where the form goes.
    pub action: String,
    /// Hidden fields the form carries.
    pub fields: Vec<(&'a str, String)>,
    /// The label of a reason that must be given; none is asked for when empty.
    pub reason: &'a str,
    /// How the deed is meant: red when it takes something away.
    pub tone: Tone,
    /// Whether the button is small, for a table's row.
    pub small: bool,
}

impl askama::filters::HtmlSafe for Confirm<'_> {}
