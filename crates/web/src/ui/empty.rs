//! A page with nothing on it says what would be here and offers the first action.

use askama::Template;

use crate::ui::Icon;

/// Nothing here yet.
#[derive(Template)]
#[template(
    ext = "html",
    source = "<div class=\"x-empty\">{{ icon }}<h2>{{ title }}</h2><p>{{ what }}</p>{% if let Some((address, text)) = action %}<a class=\"btn btn-primary\" href=\"{{ address }}\">{{ text }}</a>{% endif %}</div>"
)]
pub struct Empty<'a> {
    /// A large icon.
    pub icon: Icon,
    /// What is missing.
    pub title: &'a str,
    /// What would be here, and how it gets here.
    pub what: &'a str,
    /// The first action: address and words.
    pub action: Option<(String, &'a str)>,
}

impl askama::filters::HtmlSafe for Empty<'_> {}
