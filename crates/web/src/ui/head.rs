//! A column's head that sorts the table.

use std::fmt;

use crate::ui::{Icon, escaped};

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The label, with its unit: `营业收入（万元）`.
    pub text: String,
    /// The same page sorted by this column, the other way round when it is sorted so already.
    pub link: Option<String>,
    /// Whether the table is sorted by it now, and if so whether the largest stands first.
    pub descending: Option<bool>,
    /// Whether it holds figures, which stand on the right.
    pub number: bool,
}

impl Head {
    /// A column that does not sort.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), link: None, descending: None, number: false }
    }

    /// A column that sorts.
    pub fn sorting(text: impl Into<String>, link: impl Into<String>, descending: Option<bool>) -> Self {
        Self { text: text.into(), link: Some(link.into()), descending, number: false }
    }

    /// The same, for figures.
    pub fn of_numbers(mut self) -> Self {
        self.number = true;
        self
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.number { " class=\"num\"" } else { "" };
        let sort = match self.descending {
            Some(true) => " aria-sort=\"descending\"",
            Some(false) => " aria-sort=\"ascending\"",
            None => "",
        };
        write!(f, "<th scope=\"col\"{class}{sort}>")?;
        match &self.link {
            Some(link) => {
                let arrow = match self.descending {
                    Some(true) => Icon("arrow-down").to_string(),
                    Some(false) => Icon("arrow-up").to_string(),
                    None => String::new(),
                };
                write!(f, "<a href=\"{}\">{}{arrow}</a></th>", escaped(link), escaped(&self.text))
            }
            None => write!(f, "{}</th>", escaped(&self.text)),
        }
    }
}

impl askama::filters::HtmlSafe for Head {}
