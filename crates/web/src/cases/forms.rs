//! What the special forms of some kinds ask for, by the keys under which an event keeps it.

use kernel::{Catalogue, Lang};
use loops::items::{ANSWER, REGISTER};

/// The label of a field of a form. A field of the register's catalogue bears its name there.
pub fn label(key: &str, lang: Lang) -> String {
    if let Some(kept) = key.strip_prefix(ANSWER) {
        return label(kept, lang);
    }
    if let Some(kept) = key.strip_prefix(REGISTER) {
        return format!("{}{}", label(kept, lang), lang.pick("（档案中为）", " (in the register)"));
    }
    let known = match key {
        "people" => ("见到的人", "Whom we met"),
        "place" => ("地点", "Place"),
        "visited_at" => ("走访时间", "When"),
        "handed_over" => ("送达的材料", "What was handed over"),
        "card_to" => ("服务明白卡交给", "Service card to"),
        "wishes" => ("企业的想法", "What they wish for"),
        "proposed" => ("分派建议", "Proposed"),
        "rule" => ("规则修改建议", "A change of the rule"),
        "checkpoint" => ("检查点", "Checkpoint"),
        "result" => ("结果", "Result"),
        "round" => ("检查轮次", "Round"),
        "checkpoints" => ("检查点清单", "Checkpoints"),
        "advice_of" => ("建议依据的政策版本", "Version of the policy"),
        "item" => ("事项", "Item"),
        "papers" => ("已交材料", "Papers handed in"),
        "missing" => ("缺少的材料和内容", "Missing"),
        "session_at" => ("勘验时间", "When"),
        "link" => ("会议链接", "Meeting link"),
        "checklist" => ("核对单", "Checklist"),
        key if key.starts_with("finding.") && key.ends_with(".until") => ("改正期限", "To be corrected by"),
        key if key.starts_with("finding.") => ("须改正", "To be corrected"),
        _ => {
            let (field, period) = key.split_once('@').unwrap_or((key, ""));
            let Some(field) = Catalogue::builtin().field(field) else { return key.to_owned() };
            return format!("{} {period}", lang.pick(&field.zh, &field.en)).trim_end().to_owned();
        }
    };
    lang.pick(known.0, known.1).to_owned()
}
