//! From text to tree, with every error at once.

mod block;
mod case;
pub(crate) mod expr;
mod header;
mod words;

pub(crate) use case::ANSWERS;
pub(crate) use header::pieces;

use crate::layout::lines;
use crate::problem::{Problem, Severity, Span, nearest};
use crate::tree::{Expr, Tree};

/// The words that begin a part of a policy, Chinese and English.
pub const PARTS: &[(&str, &str)] = &[
    ("政策", "policy"),
    ("英文名", "title_en"),
    ("文号", "documents"),
    ("层级", "level"),
    ("适用", "applies_to"),
    ("施行", "in_force"),
    ("有效期", "validity"),
    ("申报窗口", "window"),
    ("取代", "replaces"),
    ("覆盖", "overrides"),
    ("说明", "note"),
    ("待核", "unverified"),
    ("设", "define"),
    ("参数", "setting"),
    ("条件", "condition"),
    ("评分", "score"),
    ("授予", "confers"),
    ("给予", "benefit"),
    ("奖励", "reward"),
    ("就高", "highest_of"),
    ("例", "case"),
];

/// Reads a policy text. The tree holds what could be read; the problems say everything that could not.
pub fn parse(source: &str) -> (Tree, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut tree = Tree::default();
    let lines = lines(source, &mut problems);
    for line in &lines {
        let (keyword, rest) = keyword(source, line.span);
        let written = keyword.of(source);
        let Some(&(part, _)) = PARTS.iter().find(|(zh, en)| *zh == written || *en == written) else {
            let (zh, en) = (format!("不认识的关键词“{written}”"), format!("unknown keyword {written:?}"));
            let known = PARTS.iter().flat_map(|(zh, en)| [*zh, *en]);
            let problem = Problem::error("unknown-keyword", keyword, zh, en).nearest(&nearest(written, known));
            problems.push(match problem.hint {
                Some(_) => problem,
                None => problem.hint(
                    "每个部分以 政策、条件、评分、设、例 等关键词开头",
                    "a part begins with 政策, 条件, 评分, 设, 例 …",
                ),
            });
            continue;
        };
        let mut reader = block::Reader { source, problems: &mut problems };
        reader.part(part, line, rest, &mut tree);
    }
    if tree.id.text.is_empty() && !problems.iter().any(|problem| problem.severity == Severity::Error) {
        problems.push(
            Problem::error("no-policy", Span::new(0, 0), "没有“政策”一行", "there is no line 政策")
                .hint("第一行写：政策 英文编号 名称", "begin with: 政策 id title"),
        );
    }
    problems.sort_by_key(|problem| problem.span);
    (tree, problems)
}

/// Reads one formula, as the field catalogue writes derived fields.
pub fn parse_formula(source: &str) -> Result<Expr, Vec<Problem>> {
    let mut problems = Vec::new();
    let lines = lines(source, &mut problems);
    let found = match lines.as_slice() {
        [line] => expr::line_expr(source, line, 0, &mut problems),
        _ => None,
    };
    match found {
        Some((formula, _)) if problems.is_empty() => Ok(formula),
        _ => {
            if problems.is_empty() {
                let span = Span::new(0, source.len());
                problems.push(Problem::error("unexpected", span, "应为一行公式", "expected one line of formula"));
            }
            Err(problems)
        }
    }
}

/// The first word of a line, and the rest of the line.
pub(crate) fn keyword(source: &str, line: Span) -> (Span, Span) {
    let text = line.of(source);
    let length = text.find(|c: char| c.is_whitespace() || c == '：' || c == ':').unwrap_or(text.len());
    let rest = text[length..].trim_start_matches(|c: char| c.is_whitespace() || c == '：' || c == ':');
    (Span::new(line.start, line.start + length), Span::new(line.end - rest.len(), line.end))
}
