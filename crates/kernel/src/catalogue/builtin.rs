//! The catalogue that comes with the program.

use std::sync::OnceLock;

use serde::Deserialize;

use super::{Catalogue, Field, Group};

macro_rules! field_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../catalogue/fields/", $name, ".toml")))),*]
    };
}

/// The files in the order in which pages show their groups.
pub(super) const FILES: &[(&str, &str)] = field_files![
    "01-identity",
    "02-contacts",
    "03-finance",
    "04-rd",
    "05-people",
    "06-innovation",
    "07-ratios",
    "08-owner",
    "09-title",
    "10-ip",
    "11-financing",
    "12-contract",
    "13-award",
    "14-penalty",
    "15-incident",
    "16-platform",
    "17-carrier",
    "18-institution",
    "19-achievement",
    "20-equipment",
    "21-person",
    "22-project",
    "23-chain",
    "24-unit",
    "25-voucher",
    "26-doubling",
];

/// One file: a group and its fields.
#[derive(Deserialize)]
pub(super) struct FieldFile {
    pub(super) group: Group,
    #[serde(rename = "field")]
    pub(super) fields: Vec<Field>,
}

pub(super) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut fields = Vec::new();
        let mut groups = Vec::new();
        // The files are part of the program, and a test reads every one of them: none can fail here.
        for file in FILES.iter().filter_map(|(_, text)| toml::from_str::<FieldFile>(text).ok()) {
            let key = &file.group.key;
            fields.extend(file.fields.into_iter().map(|field| Field { group: key.clone(), ..field }));
            groups.push(file.group);
        }
        Catalogue::with_groups(fields, groups)
    })
}
