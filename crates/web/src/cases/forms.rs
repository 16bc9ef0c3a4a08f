//! What the special forms of some kinds ask for, by the keys under which an event keeps it.

use kernel::{Catalogue, Lang};

/// The label of a field of a form. A field of the register's catalogue bears its name there.
pub fn label(key: &str, lang: Lang) -> String {
    let known = match key {
        "people" => ("见到的人", "Whom we met"),
        "place" => ("地点", "Place"),
        "visited_at" => ("走访时间", "When"),
        "handed_over" => ("送达的材料", "What was handed over"),
        "wishes" => ("企业的想法", "What they wish for"),
        "proposed" => ("分派建议", "Proposed"),
        "rule" => ("规则修改建议", "A change of the rule"),
        "link" => ("会议链接", "Meeting link"),
        "checklist" => ("核对单", "Checklist"),
        _ => {
            let field = Catalogue::builtin().field(key);
            return field.map_or_else(|| key.to_owned(), |field| lang.pick(&field.zh, &field.en).to_string());
        }
    };
    lang.pick(known.0, known.1).to_owned()
}
