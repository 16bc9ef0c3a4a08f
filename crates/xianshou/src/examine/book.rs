//! Check-ups as rows of a workbook.

use checkup::{CheckUp, Figure};
use kernel::Lang;
use reports::workbook::{Align, Column, OutCell};

use super::words::{of_plan, verdict};

/// The columns: who, which policy, the answer, what fails, what is lacking, what is needed.
pub fn columns(lang: Lang) -> Vec<Column> {
    let words = |zh, en, width| Column::words(lang.pick(zh, en), width);
    let points = |zh, en| Column { align: Align::Right, ..words(zh, en, 9.0) };
    vec![
        words("统一社会信用代码", "Credit code", 22.0),
        words("企业名称", "Enterprise", 28.0),
        words("政策编号", "Policy", 22.0),
        words("政策名称", "Title", 28.0),
        words("版本", "Version", 28.0),
        words("申报日", "Day of application", 12.0),
        words("结论", "Answer", 14.0),
        words("结论代码", "Answer code", 14.0),
        points("最低得分", "Least points"),
        points("最高得分", "Most points"),
        words("不满足的条件", "What fails", 40.0),
        words("缺少的数据", "What is missing", 40.0),
        words("差距", "What is lacking", 48.0),
        words("需要怎么做", "What is needed", 48.0),
        words("申报窗口", "Window", 24.0),
        words("政策待核事项", "What the policy leaves unverified", 40.0),
    ]
}

/// One enterprise and one policy.
pub fn row(one: &CheckUp, lang: Lang) -> Vec<OutCell> {
    let text = |text: String| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text) };
    let list = |items: Vec<String>| text(items.join(lang.pick("；", "; ")));
    let code = if one.enterprise == one.name { String::new() } else { one.enterprise.clone() };
    let window = one.window.map(|window| format!("{} – {}", window.from, window.to));
    vec![
        text(code),
        text(one.name.clone()),
        text(one.policy.clone()),
        text(one.title.clone()),
        text(one.version.clone()),
        OutCell::Date(one.on),
        text(verdict(one, lang)),
        text(one.verdict.key().to_owned()),
        points(one.score.as_ref(), Figure::json_least),
        points(one.score.as_ref(), Figure::json_most),
        list(one.failed.iter().map(|failed| format!("{} {}", failed.id, failed.name)).collect()),
        list(one.missing.iter().map(|missing| missing.name.say(lang).to_owned()).collect()),
        list(one.gap.iter().map(|gap| gap.say(lang)).collect()),
        text(one.plan.as_ref().map(|plan| of_plan(plan, lang)).unwrap_or_default()),
        text(window.unwrap_or_default()),
        list(one.unverified_notes.clone()),
    ]
}

fn points(score: Option<&Figure>, bound: fn(&Figure) -> serde_json::Value) -> OutCell {
    let figure = score.map(bound).filter(serde_json::Value::is_number);
    figure.and_then(|figure| figure.to_string().parse().ok()).map_or(OutCell::Empty, OutCell::Number)
}
