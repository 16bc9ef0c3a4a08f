//! The choices of a list's forms, written out once for every kind and language.
//!
//! They are the larger half of a page: every industry, every title, every column. Only what is in force
//! differs from one page to the next, and is marked as the page is written.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Lang, SubjectKind};

use crate::ui::escaped;

/// Choices that are written out, and those of them that are in force.
pub struct Choices {
    html: Arc<str>,
    chosen: Vec<String>,
    mark: &'static str,
}

impl Choices {
    /// Options of a selection, one of them chosen where `now` is not empty.
    pub fn one(html: Arc<str>, now: &str) -> Self {
        let chosen = if now.is_empty() { Vec::new() } else { vec![now.to_owned()] };
        Self { html, chosen, mark: " selected" }
    }

    /// Boxes, any number of them ticked.
    pub fn several(html: Arc<str>, now: &[String]) -> Self {
        Self { html, chosen: now.to_vec(), mark: " checked" }
    }

    /// Where the mark of a value belongs: behind the value itself.
    fn place(&self, value: &str) -> Option<usize> {
        let value = format!("value=\"{}\"", escaped(value));
        self.html.find(&value).map(|at| at + value.len())
    }

    /// Whether a value is among the choices.
    pub fn offers(&self, value: &str) -> bool {
        self.place(value).is_some()
    }
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places: Vec<usize> = self.chosen.iter().filter_map(|value| self.place(value)).collect();
        places.sort_unstable();
        let mut from = 0;
        for place in places {
            f.write_str(&self.html[from..place])?;
            f.write_str(self.mark)?;
            from = place;
        }
        f.write_str(&self.html[from..])
    }
}

impl askama::filters::HtmlSafe for Choices {}

/// Writes an option of a selection.
pub fn option(html: &mut String, value: &str, label: &str) {
    html.push_str(&format!("<option value=\"{}\">{}</option>", escaped(value), escaped(label)));
}

/// Writes a box of a form.
pub fn tick(html: &mut String, name: &str, value: &str, label: &str) {
    html.push_str(&format!(
        "<label class=\"form-check\"><input class=\"form-check-input\" type=\"checkbox\" name=\"{name}\" value=\"{}\"> {}</label>",
        escaped(value),
        escaped(label)
    ));
}

/// The kind of the list, the language and the parameter.
type Which = (SubjectKind, &'static str, &'static str);

/// What was written out before.
#[derive(Debug, Default)]
pub(crate) struct Written(Mutex<HashMap<Which, Arc<str>>>);

impl Written {
    /// The choices of this name, written by `write` where they were not written before.
    pub(crate) fn of(
        &self,
        kind: SubjectKind,
        lang: Lang,
        name: &'static str,
        write: impl FnOnce() -> String,
    ) -> Arc<str> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.entry((kind, lang.pick("zh", "en"), name)).or_insert_with(|| write().into()).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html() -> Arc<str> {
        let mut html = String::new();
        for (value, label) in [("1", "One"), ("13", "Thirteen"), ("a\"b", "value=\"13\"")] {
            option(&mut html, value, label);
        }
        html.into()
    }

    #[test]
    fn the_choice_in_force_is_marked_and_no_other() {
        for (now, marked) in [("1", 1), ("13", 2), ("a\"b", 3)] {
            let shown = Choices::one(html(), now).to_string();
            let selected: Vec<bool> = shown.split("<option").skip(1).map(|one| one.contains(" selected>")).collect();
            assert_eq!(selected.iter().filter(|marked| **marked).count(), 1, "{shown}");
            assert!(selected[marked - 1], "{now}: {shown}");
        }
    }

    #[test]
    fn what_is_not_offered_marks_nothing() {
        let choices = Choices::one(html(), "3");
        assert!(!choices.offers("3") && choices.offers("13"));
        assert_eq!(choices.to_string(), *html());
        assert_eq!(Choices::one(html(), "").to_string(), *html());
    }

    #[test]
    fn boxes_are_ticked_in_any_order() {
        let mut html = String::new();
        for key in ["a", "b", "c"] {
            tick(&mut html, "col", key, key);
        }
        let shown = Choices::several(html.into(), &["c".to_owned(), "a".to_owned(), "none".to_owned()]).to_string();
        let ticked: Vec<bool> = shown.split("<label").skip(1).map(|one| one.contains("\" checked>")).collect();
        assert_eq!(ticked, [true, false, true]);
    }
}
