//! The head of a subject's page: who it is in one line.

use jiff::civil::Date;
use kernel::{Catalogue, Lang, SubjectKind, Value, View};
use store::SubjectView;
use store::access::UnitTree;

use crate::register::ladder::Held;
use crate::register::words;

/// Industry in words, kind, day of registration, park: what tells one subject from another.
pub fn headline(found: &SubjectView, catalogue: &Catalogue, units: &UnitTree, on: Date, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    let record = &found.record;
    if !record.industry.is_empty() {
        parts.push(words::industry(&record.industry));
    }
    let telling: &[&str] = match record.kind {
        SubjectKind::Institution => &["institution_type", "education_level", "authority", "city"],
        SubjectKind::Platform => &["platform_type", "platform_level", "platform_field"],
        SubjectKind::Achievement => &["platform_field", "achievement_maturity"],
        SubjectKind::Equipment => &["equipment_model", "equipment_maker"],
        SubjectKind::Person => &["person_level", "person_title", "person_position", "platform_field"],
        _ => &[],
    };
    parts.extend(telling.iter().filter_map(|key| word(&found.view, catalogue, key, lang)));
    if let Some(Value::Date(day)) = latest(&found.view, "registration_date") {
        let age = words::age(*day, on, lang);
        parts.push(match lang {
            Lang::Zh => format!("{day} 成立（{age}）"),
            Lang::En => format!("registered {day} ({age})"),
        });
    }
    if let Some(unit) = record.unit.and_then(|unit| units.get(unit)) {
        parts.push(unit.name.clone());
    } else if let Some(park) = word(&found.view, catalogue, "park", lang) {
        parts.push(park);
    }
    parts
}

/// Former names and the duplicates shown here.
pub fn also(found: &SubjectView, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(Value::Text(names)) = latest(&found.view, "former_names") {
        lines.push(format!("{}{names}", lang.pick("曾用名：", "Formerly ")));
    }
    if !found.merged.is_empty() {
        let separator = lang.pick("、", ", ");
        let named = |row: &store::SubjectRow| match row.code.as_str() {
            "" => row.name.clone(),
            code => format!("{}（{code}）", row.name),
        };
        let names: Vec<String> = found.merged.iter().map(named).collect();
        lines.push(format!("{}{}", lang.pick("已并入本主体：", "Merged into this: "), names.join(separator)));
    }
    lines
}

/// The titles among a subject's records.
pub fn held(found: &SubjectView) -> Vec<Held> {
    let day = |view: &View, key: &str| match latest(view, key) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let titles = found.children.iter().filter(|child| child.record.kind == SubjectKind::Title);
    let held = |child: &store::ChildView| match latest(&child.view, "qualification_code") {
        Some(Value::Code(title)) => {
            Some(Held { title: title.clone(), from: day(&child.view, "valid_from"), to: day(&child.view, "valid_to") })
        }
        _ => None,
    };
    titles.filter_map(held).collect()
}

fn latest<'a>(view: &'a View, field: &str) -> Option<&'a Value> {
    view.latest(field).map(|(_, shown)| &shown.value)
}

fn word(view: &View, catalogue: &Catalogue, key: &str, lang: Lang) -> Option<String> {
    Some(words::value(catalogue.field(key)?, latest(view, key)?, lang))
}
