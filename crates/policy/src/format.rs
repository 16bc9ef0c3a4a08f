//! The formatter: two blanks a level, half-width signs, blanks around operators. It changes no meaning.

use crate::problem::Span;
use crate::token::{Kind, Token, comment_start, tokens};

/// Lines whose rest is words, not figures; they are kept as written.
const WORDED: [&str; 24] = [
    "政策",
    "policy",
    "文号",
    "documents",
    "层级",
    "level",
    "适用",
    "applies_to",
    "施行",
    "in_force",
    "有效期",
    "validity",
    "申报窗口",
    "window",
    "取代",
    "replaces",
    "覆盖",
    "overrides",
    "说明",
    "note",
    "待核",
    "unverified",
    "给予",
    "benefit",
];

/// Lines of names, articles and ids; only their blanks are put in order.
const HEADS: [&str; 18] = [
    "条件",
    "condition",
    "评分",
    "score",
    "组",
    "group",
    "项",
    "item",
    "奖励",
    "reward",
    "例",
    "case",
    "就高",
    "highest_of",
    "期望",
    "expect",
    "由",
    "by",
];

/// A policy text in its usual form.
pub fn format(source: &str) -> String {
    let mut out = String::new();
    // Indentations of the open lines, outermost first.
    let mut open: Vec<usize> = Vec::new();
    let mut brackets = 0_i32;
    let mut blank = false;
    let mut at = 0;
    let mut worded = false;
    for raw in source.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        let body = line.trim_start();
        if body.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        let indent = line
            .chars()
            .take_while(|c| c.is_whitespace())
            .map(|c| {
                if c == '\t' {
                    4
                } else if c == '\u{3000}' {
                    2
                } else {
                    1
                }
            })
            .sum();
        let comment = comment_start(body);
        let text = comment.map_or(body, |comment| body[..comment].trim_end());
        let continues = !open.is_empty() && !text.is_empty() && (brackets > 0 || crate::layout::continues(text));
        let level = if continues {
            open.len()
        } else if text.is_empty() {
            open.iter().filter(|above| **above < indent).count()
        } else {
            open.retain(|above| *above < indent);
            open.push(indent);
            open.len() - 1
        };
        if blank {
            out.push('\n');
            blank = false;
        }
        out.push_str(&"  ".repeat(level));
        if !text.is_empty() {
            if level == 0 {
                worded = WORDED.contains(&text.split([' ', '\t', '\u{3000}', ':', '：']).next().unwrap_or_default());
            }
            let from = start + (line.len() - body.len());
            brackets = (if continues { brackets } else { 0 } + depth(text)).max(0);
            let span = Span::new(from, from + text.len());
            let head = HEADS.contains(&text.split([' ', '\t', '\u{3000}']).next().unwrap_or_default());
            out.push_str(&match (worded, head && !continues) {
                (true, _) => text.to_owned(),
                (_, true) => crate::parse::pieces(source, span)
                    .iter()
                    .map(|piece| piece.of(source))
                    .collect::<Vec<_>>()
                    .join(" "),
                _ => spaced(source, span),
            });
        }
        if let Some(comment) = comment {
            if !text.is_empty() {
                out.push_str("  ");
            }
            out.push_str(body[comment..].trim_end());
        }
        out.push('\n');
    }
    out
}

fn depth(text: &str) -> i32 {
    let count = |signs: &[char]| text.chars().filter(|c| signs.contains(c)).count() as i32;
    count(&['(', '（']) - count(&[')', '）'])
}

/// The words of a line with the usual blanks. A line that cannot be read is kept as written.
fn spaced(source: &str, span: Span) -> String {
    let mut problems = Vec::new();
    let found = tokens(source, span, &mut problems);
    if !problems.is_empty() {
        return span.of(source).to_owned();
    }
    let mut out = String::new();
    let mut square = 0_i32;
    for (at, token) in found.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| found.get(before));
        let before2 = at.checked_sub(2).and_then(|before| found.get(before));
        if before.is_some_and(|before| gap(before2, before, token, square)) {
            out.push(' ');
        }
        match &token.kind {
            Kind::Sign("[") => square += 1,
            Kind::Sign("]") => square -= 1,
            _ => {}
        }
        match &token.kind {
            Kind::Sign(sign) if is_name_bracket(&found, at) || listed(source, token) => {
                let _ = sign;
                out.push_str(token.span.of(source));
            }
            Kind::Sign(sign) => out.push_str(sign),
            _ => out.push_str(token.span.of(source)),
        }
    }
    out
}

/// A 、 between names is left as it is: 就高 甲、乙.
fn listed(source: &str, token: &Token) -> bool {
    token.span.of(source) == "、"
}

/// Whether a bracket belongs to a name: 研发费用（加计扣除口径）.
fn is_name_bracket(found: &[Token], at: usize) -> bool {
    let touches = |left: &Token, right: &Token| left.span.end == right.span.start;
    match found[at].kind {
        Kind::Sign("(") => {
            at > 0
                && touches(&found[at - 1], &found[at])
                && matches!(&found[at - 1].kind, Kind::Word(word) if !is_function(word))
        }
        Kind::Sign(")") => {
            let open = found[..at].iter().rposition(|token| token.kind == Kind::Sign("("));
            open.is_some_and(|open| is_name_bracket(found, open))
        }
        _ => false,
    }
}

fn is_function(word: &str) -> bool {
    let figures = crate::parse::expr::FUNCTIONS.iter().map(|(zh, en, _)| (*zh, *en));
    let gathers = crate::parse::expr::GATHERS.iter().map(|(zh, en, _)| (*zh, *en));
    figures.chain(gathers).any(|(zh, en)| zh == word || en == word)
        || matches!(word, "每年" | "任一年" | "属于" | "不属于")
}

/// Whether a blank stands between two words.
fn gap(before2: Option<&Token>, before: &Token, token: &Token, square: i32) -> bool {
    let apart = before.span.end < token.span.start;
    let operator =
        |kind: &Kind| matches!(kind, Kind::Sign("≥" | "≤" | ">" | "<" | "=" | "≠" | "+" | "-" | "×" | "/" | "^" | ":"));
    // A minus after another sign, or at the start, belongs to its figure.
    let unary = before.kind == Kind::Sign("-")
        && before2.is_none_or(|token| matches!(token.kind, Kind::Sign(sign) if sign != ")" && sign != "]"));
    match (&before.kind, &token.kind) {
        // At the start of a line a minus with a blank goes on with the line before.
        (Kind::Sign("+" | "-" | "×" | "/"), _) if before2.is_none() => apart,
        _ if square > 0 => apart && matches!((&before.kind, &token.kind), (Kind::Word(_), Kind::Word(_))),
        (Kind::Sign("(" | "[" | "."), _) | (_, Kind::Sign(")" | "]" | "[" | "," | ";" | ".")) => false,
        (Kind::Sign("," | ";"), _) => true,
        _ if unary => false,
        (_, next) if operator(next) => true,
        (last, _) if operator(last) => true,
        _ => apart,
    }
}
