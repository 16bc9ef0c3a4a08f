//! The formatter: two blanks a level, half-width signs, blanks around operators. It changes no meaning.

use crate::layout::{LONGEST, is_operator, rows};
use crate::parse::{PARTS, keyword, pieces};
use crate::problem::Span;
use crate::token::{Kind, Token, fold, is_name_char, tokens};

/// Lines whose rest is words, not figures; they are kept as written.
const WORDED: [&str; 28] = [
    "政策",
    "policy",
    "英文名",
    "title_en",
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
    "授予",
    "confers",
    "给予",
    "benefit",
];

/// Lines of names, articles and ids; only their blanks are put in order.
const HEADS: [&str; 16] = [
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
];

/// A policy text in its usual form. A text too long to be read is left as it is.
pub fn format(source: &str) -> String {
    if source.len() > LONGEST {
        return source.to_owned();
    }
    let mut out = String::new();
    // Indentations of the open lines, outermost first.
    let mut open: Vec<usize> = Vec::new();
    let mut blank = false;
    let (mut worded, mut owner) = (false, false);
    for row in rows(source) {
        let text = row.text.of(source);
        if text.is_empty() && row.comment.is_none() {
            blank = !out.is_empty();
            continue;
        }
        if !text.is_empty() && !row.continues {
            open.retain(|above| *above < row.indent);
            open.push(row.indent);
        }
        let level = match (text.is_empty(), row.continues) {
            (true, _) => open.iter().filter(|above| **above < row.indent).count(),
            (_, true) => open.len(),
            _ => open.len() - 1,
        };
        if blank {
            out.push('\n');
            blank = false;
        }
        out.push_str(&"  ".repeat(level));
        if !text.is_empty() {
            let first = keyword(source, row.text).0.of(source);
            if level == 0 {
                // What begins no part cannot be read, so it is kept as written as well.
                worded = WORDED.contains(&first) || !PARTS.iter().any(|(zh, en)| *zh == first || *en == first);
            }
            // Words stay words on the lines with which they go on.
            if !row.continues {
                owner = matches!(first, "由" | "by" | "英文名" | "title_en");
            }
            out.push_str(&if worded || owner {
                text.to_owned()
            } else if !row.continues && begins_head(text) {
                pieces(source, row.text).iter().map(|piece| piece.of(source)).collect::<Vec<_>>().join(" ")
            } else {
                spaced(source, row.text)
            });
        }
        if let Some(comment) = row.comment {
            if !text.is_empty() {
                out.push_str("  ");
            }
            out.push_str(comment.of(source));
        }
        out.push('\n');
    }
    out
}

/// Whether a line begins with a word of a head, with or without a blank after it.
fn begins_head(text: &str) -> bool {
    HEADS
        .iter()
        .filter_map(|word| text.strip_prefix(word))
        .any(|rest| !rest.chars().next().is_some_and(|c| is_name_char(fold(c))))
}

/// The words of a line with the usual blanks. A line that cannot be read is kept as written.
fn spaced(source: &str, span: Span) -> String {
    let mut problems = Vec::new();
    let found = tokens(source, span, &mut problems);
    if !problems.is_empty() {
        return span.of(source).to_owned();
    }
    let mut out = String::new();
    let of_name = name_brackets(&found);
    let mut square = 0_i32;
    for (at, token) in found.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| found.get(before));
        let before2 = at.checked_sub(2).and_then(|before| found.get(before));
        let blank = before.is_some_and(|before| match before2 {
            // At the start of a line an operator goes on with the line before only where a blank follows it.
            None if is_operator(before.span.of(source)) => before.span.end < token.span.start,
            _ => gap(before2, before, token, square),
        });
        if blank {
            out.push(' ');
        }
        match &token.kind {
            Kind::Sign("[") => square += 1,
            Kind::Sign("]") => square -= 1,
            _ => {}
        }
        match &token.kind {
            Kind::Sign(_) if of_name[at] || listed(source, token) => out.push_str(token.span.of(source)),
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

/// The brackets that belong to a name, by the number of their word: 研发费用（加计扣除口径）.
fn name_brackets(found: &[Token]) -> Vec<bool> {
    let mut marked = vec![false; found.len()];
    let mut last_open = None;
    for (at, token) in found.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| found.get(before));
        match token.kind {
            Kind::Sign("(") => {
                last_open = Some(at);
                marked[at] = before.is_some_and(|before| {
                    before.span.end == token.span.start
                        && matches!(&before.kind, Kind::Word(word) if !is_function(word))
                });
            }
            Kind::Sign(")") => marked[at] = last_open.is_some_and(|open: usize| marked[open]),
            _ => {}
        }
    }
    marked
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
        _ if square > 0 => apart && matches!((&before.kind, &token.kind), (Kind::Word(_), Kind::Word(_))),
        (Kind::Sign("(" | "[" | "."), _) | (_, Kind::Sign(")" | "]" | "[" | "," | ";" | ".")) => false,
        (Kind::Sign("," | ";"), _) => true,
        _ if unary => false,
        (_, next) if operator(next) => true,
        (last, _) if operator(last) => true,
        _ => apart,
    }
}
