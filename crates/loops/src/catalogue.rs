//! The fields that the rules of the loops speak of: figures of a case, of a unit.

use std::sync::OnceLock;

use kernel::catalogue::Group;
use kernel::{Catalogue, Field};
use serde::Deserialize;

const FILES: [&str; 2] =
    [include_str!("../../../catalogue/loops/supervision.toml"), include_str!("../../../catalogue/loops/closure.toml")];

#[derive(Deserialize)]
struct File {
    group: Group,
    #[serde(rename = "field")]
    fields: Vec<Field>,
}

/// The fields that rules of colours and of the red and black list may name.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let (mut fields, mut groups) = (Vec::new(), Vec::new());
        // The files are part of the program, and a test reads each of them.
        for file in FILES.iter().filter_map(|text| toml::from_str::<File>(text).ok()) {
            fields.extend(file.fields.into_iter().map(|field| Field { group: file.group.key.clone(), ..field }));
            groups.push(file.group);
        }
        Catalogue::with_groups(fields, groups)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_no_name_stands_twice() {
        for text in FILES {
            toml::from_str::<File>(text).unwrap_or_else(|error| panic!("{error}"));
        }
        let fields = catalogue().fields();
        let mut names: Vec<&str> = fields.iter().flat_map(|field| [field.key.as_str(), field.zh.as_str()]).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), fields.len() * 2);
    }
}
