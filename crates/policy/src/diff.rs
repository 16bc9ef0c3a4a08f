//! What changed between two versions of a policy, in words.

use crate::cases::shown_bounds;
use crate::ir::{Op, Origin, Policy, StepId};
use crate::parse::PARTS;
use crate::problem::Both;

/// What kind of part changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Title, dates, documents.
    Header,
    /// 条件
    Condition,
    /// 评分 or an item of one.
    Score,
    /// 奖励
    Reward,
    /// 设
    Definition,
    /// 参数
    Setting,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of part it is.
    pub part: Part,
    /// Its id, or its name where it has none.
    pub id: String,
    /// Its text before; `None` where it is new.
    pub before: Option<String>,
    /// Its text after; `None` where it is gone.
    pub after: Option<String>,
    /// The change in words.
    pub words: Both,
}

/// A part of a policy that can be compared: kind, id, name, text.
type Piece = (Part, String, String, String);

/// What changed from one version to another: what is gone, new or worded differently. Parts are
/// matched by their id; a text that differs only in blanks is the same.
pub fn diff(before: &Policy, after: &Policy) -> Vec<Change> {
    let (old, new) = (pieces(before), pieces(after));
    let same = |a: &Piece, b: &Piece| a.0 == b.0 && a.1 == b.1;
    let mut changes = Vec::new();
    for piece in &old {
        match new.iter().find(|other| same(piece, other)) {
            None => changes.push(change(piece, Some(&piece.3), None)),
            Some(other) if other.3 != piece.3 => changes.push(change(other, Some(&piece.3), Some(&other.3))),
            Some(_) => {}
        }
    }
    let fresh = new.iter().filter(|piece| !old.iter().any(|other| same(piece, other)));
    changes.extend(fresh.map(|piece| change(piece, None, Some(&piece.3))));
    changes
}

fn change((part, id, name, _): &Piece, before: Option<&String>, after: Option<&String>) -> Change {
    let (zh, en) = match part {
        Part::Header => ("抬头", "header"),
        Part::Condition => ("条件", "condition"),
        Part::Score => ("评分", "score"),
        Part::Reward => ("奖励", "reward"),
        Part::Definition => ("定义", "definition"),
        Part::Setting => ("参数", "setting"),
    };
    let words = match (before, after) {
        (Some(before), Some(after)) => Both::new(
            format!("{zh}“{name}”由“{before}”改为“{after}”"),
            format!("{en} {name:?} was {before:?} and is now {after:?}"),
        ),
        (Some(before), None) => {
            Both::new(format!("{zh}“{name}”取消：{before}"), format!("{en} {name:?} is gone: {before}"))
        }
        (_, after) => {
            let after = after.map_or("", String::as_str);
            Both::new(format!("{zh}“{name}”新增：{after}"), format!("{en} {name:?} is new: {after}"))
        }
    };
    Change { part: *part, id: id.clone(), before: before.cloned(), after: after.cloned(), words }
}

fn pieces(policy: &Policy) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut header = |name: &str, text: String| {
        if !text.is_empty() {
            found.push((Part::Header, name.to_owned(), name.to_owned(), text));
        }
    };
    header("名称", policy.title.clone());
    header("文号", policy.documents.join("；"));
    header("层级", policy.level.clone());
    header("有效期", policy.validity.clone().unwrap_or_default());
    header("授予", policy.confers.iter().map(|title| title.name.as_str()).collect::<Vec<_>>().join("、"));
    let text = |step: StepId| words(policy, step);
    for setting in &policy.settings {
        let value = setting.value.clone().unwrap_or_else(|| "未定".to_owned());
        found.push((Part::Setting, setting.name.clone(), setting.name.clone(), value));
    }
    for defined in &policy.definitions {
        found.push((Part::Definition, defined.name.clone(), defined.name.clone(), text(defined.step)));
    }
    for condition in policy.conditions.iter().filter(|condition| condition.score.is_none()) {
        found.push((Part::Condition, condition.id.clone(), condition.name.clone(), text(condition.step)));
    }
    for score in &policy.scores {
        for part in score.parts.iter().filter(|part| !part.is_group) {
            let id = format!("{}.{}", score.id, part.id);
            found.push((Part::Score, id, format!("{}.{}", score.name, part.name), text(part.step)));
        }
    }
    for condition in policy.conditions.iter().filter(|condition| condition.score.is_some()) {
        found.push((Part::Score, condition.id.clone(), condition.name.clone(), must(policy, condition.step)));
    }
    for reward in &policy.rewards {
        found.push((Part::Reward, reward.id.clone(), reward.name.clone(), text(reward.step)));
    }
    found
}

/// What a score must come to: its sign and edge.
fn must(policy: &Policy, step: StepId) -> String {
    match policy.steps[step].op {
        Op::Test(compare, _, edge) => match policy.steps[edge].op {
            Op::Fixed(worked) => {
                let range = worked.range();
                format!("{} {}", compare.sign(), shown_bounds(&policy.steps[edge].dim, range.lo, range.hi))
            }
            _ => format!("{} {}", compare.sign(), words(policy, edge)),
        },
        Op::Unverified(inner) => must(policy, inner),
        _ => words(policy, step),
    }
}

/// The text of a step with single blanks: all of the text that it and what it stands on cover.
fn words(policy: &Policy, step: StepId) -> String {
    let mut whole: Option<crate::problem::Span> = None;
    let mut open = vec![step];
    let mut seen = vec![false; policy.steps.len()];
    let named = |at: StepId| at != step && policy.definitions.iter().any(|defined| defined.step == at);
    // A fact is one step wherever it is used, so its text may stand in another part altogether.
    let limit = match policy.steps[step].origin {
        Origin::Policy(span) => part_end(&policy.source, span.start),
        Origin::Field(_) => policy.source.len(),
    };
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut seen[at], true) || named(at) {
            continue;
        }
        if let Origin::Policy(span) = policy.steps[at].origin {
            // A definition that is used stands elsewhere in the text and has a change of its own.
            let near = whole.is_none_or(|whole| span.start >= whole.start && span.end <= limit);
            if near {
                whole = Some(whole.map_or(span, |whole| whole.to(span)));
            }
        }
        if !matches!(policy.steps[at].op, Op::Derived(..)) {
            open.extend(policy.parts_of(at));
        }
    }
    let text = whole.map_or("", |span| span.of(&policy.source));
    // Another name in English is no other rule.
    let rule = text.lines().filter(|line| !matches!(line.split_whitespace().next(), Some("英文名" | "title_en")));
    rule.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Where the part that a place stands in ends: at the next line that begins a part.
fn part_end(source: &str, from: usize) -> usize {
    let begins = |line: &str| {
        let first = line.split_whitespace().next().unwrap_or_default();
        PARTS.iter().any(|(zh, en)| *zh == first || *en == first) || matches!(first, "组" | "group" | "项" | "item")
    };
    let rest = source.get(from..).unwrap_or_default();
    let mut at = from;
    for line in rest.split_inclusive('\n') {
        if at > from && begins(line) {
            return at;
        }
        at += line.len();
    }
    source.len()
}
