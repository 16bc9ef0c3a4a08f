//! A list of faults: where, and what to do about it.

use askama::Template;

use crate::ui::Icon;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is: `Sheet1!C17`, or the field's label.
    pub place: String,
    /// What was found, what was expected, what to do.
    pub message: String,
}

/// A list of faults.
#[derive(Template)]
#[template(
    ext = "html",
    source = "<ul class=\"x-faults\">{% for fault in faults %}<li>{{ Icon(\"alert-circle\") }}<span class=\"x-place\">{{ fault.place }}</span><span>{{ fault.message }}</span></li>{% endfor %}</ul>"
)]
pub struct Faults {
    /// The faults in the order of their places.
    pub faults: Vec<Fault>,
}

impl askama::filters::HtmlSafe for Faults {}
