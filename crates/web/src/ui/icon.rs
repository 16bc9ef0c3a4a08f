//! Icons, drawn from one sprite that a browser fetches once.

use std::fmt;

use crate::assets;

/// An icon of `assets/icons.svg`, decoration beside a word and never alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon(pub &'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sprite = assets::address("icons.svg");
        write!(f, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{sprite}#{}\"/></svg>", self.0)
    }
}

impl askama::filters::HtmlSafe for Icon {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// What stands between double quotes right after each of these marks.
    fn quoted_after(text: &str, marks: &[&str]) -> BTreeSet<String> {
        marks
            .iter()
            .flat_map(|mark| text.split(mark).skip(1))
            .filter_map(|rest| rest.split('"').next().map(str::to_owned))
            .collect()
    }

    fn texts(directory: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, found);
            } else {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_icon_that_is_used_is_in_the_sprite() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sprite = std::fs::read_to_string(root.join("../../assets/icons.svg")).unwrap();
        let drawn = quoted_after(&sprite, &["<symbol id=\""]);
        let mut all = Vec::new();
        texts(&root.join("templates"), &mut all);
        texts(&root.join("src"), &mut all);
        let marks = ["page.icon(\"", "Icon(\"", "icon: \""];
        let used: BTreeSet<String> = all.iter().flat_map(|text| quoted_after(text, &marks)).collect();
        let used: BTreeSet<String> = used
            .into_iter()
            .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            .collect();
        let missing: Vec<&String> = used.difference(&drawn).collect();
        assert!(missing.is_empty(), "not in assets/icons.svg: {missing:?}");
        assert!(used.len() > 10, "the search for used icons found only {used:?}");
    }
}
