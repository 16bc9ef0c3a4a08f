use std::collections::{BTreeSet, HashMap};

use super::builtin::{FILES, FieldFile};
use super::*;

#[test]
fn every_file_is_read() {
    let mut count = 0;
    for (name, text) in FILES {
        match toml::from_str::<FieldFile>(text) {
            Ok(file) => count += file.fields.len(),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert_eq!(Catalogue::builtin().fields().len(), count);
    let on_disk = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue/fields")).unwrap().count();
    assert_eq!((FILES.len(), Catalogue::builtin().groups().len()), (on_disk, on_disk));
}

#[test]
fn no_heading_names_two_fields_of_one_kind() {
    let mut taken: HashMap<(SubjectKind, String), &str> = HashMap::new();
    let mut clashes = Vec::new();
    for field in Catalogue::builtin().fields() {
        for &kind in &field.subjects {
            let own: BTreeSet<String> = field.headings(kind).map(text::label_key).collect();
            for heading in own {
                if let Some(other) = taken.insert((kind, heading.clone()), &field.key) {
                    clashes.push(format!("{}: {heading} names {other} and {}", kind.key(), field.key));
                }
            }
        }
    }
    assert!(clashes.is_empty(), "{}", clashes.join("\n"));
}

#[test]
fn every_key_is_a_name_and_every_label_is_there() {
    let mut keys = BTreeSet::new();
    for field in Catalogue::builtin().fields() {
        let is_name = field.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(is_name && keys.insert(&field.key), "{}", field.key);
        assert!(!field.zh.is_empty() && !field.en.is_empty() && !field.subjects.is_empty(), "{}", field.key);
        if let FieldType::Choice { choices } = &field.kind {
            let mut written = HashMap::new();
            for choice in choices {
                for name in [&choice.key, &choice.zh, &choice.en].into_iter().chain(&choice.aliases) {
                    assert!(!name.is_empty(), "{}: {}", field.key, choice.key);
                    let other = written.insert(text::label_key(name), &choice.key);
                    assert!(other.is_none_or(|other| *other == choice.key), "{}: {name}", field.key);
                }
            }
        }
    }
}

#[test]
fn units_and_ceilings_fit_the_type() {
    for field in Catalogue::builtin().fields() {
        let unit = match field.kind {
            FieldType::Money => Some("万元"),
            FieldType::Percent => Some("%"),
            FieldType::Integer | FieldType::Decimal => None,
            _ => Some(""),
        };
        assert!(unit.is_none_or(|unit| field.unit == unit), "{}: {}", field.key, field.unit);
        assert!(field.most.is_none_or(|most| most > 0), "{}", field.key);
    }
}

#[test]
fn personal_data_is_marked() {
    for key in ["legal_representative", "contact_person", "contact_phone", "contact_email", "person_birth_date"] {
        assert!(Catalogue::builtin().field(key).is_some_and(|field| field.personal), "{key}");
    }
}

#[track_caller]
fn names(kind: SubjectKind, heading: &str, key: Option<&str>) {
    let field = Catalogue::builtin().field_by_heading(kind, heading);
    assert_eq!(field.map(|field| field.key.as_str()), key, "{heading}");
}

#[test]
fn headings_name_the_field_they_mean_and_no_other() {
    names(SubjectKind::Enterprise, "营业收入总额", Some("operating_revenue"));
    names(SubjectKind::Enterprise, "主营收入", Some("main_business_revenue"));
    names(SubjectKind::Enterprise, "operating_revenue", Some("operating_revenue"));
    names(SubjectKind::Enterprise, "统一社会信用代码", Some("uscc"));
    names(SubjectKind::Title, "统一社会信用代码", Some("owner_uscc"));
    names(SubjectKind::Enterprise, "资产总额 (期末)", Some("total_assets"));
    names(SubjectKind::Enterprise, "营业收入增速", None);
    names(SubjectKind::Enterprise, "研发费用（某口径）", None);
    names(SubjectKind::Platform, "平台名称", Some("name"));
}

#[test]
fn a_label_follows_the_kind_of_subject() {
    let name = Catalogue::builtin().field("name").unwrap();
    assert_eq!(name.label(SubjectKind::Enterprise, Lang::Zh), "企业名称");
    assert_eq!(name.label(SubjectKind::Platform, Lang::Zh), "平台名称");
}
