//! The head of a part: `条件 id 名 《第十一条》 待核`, `项 名 满分 8 专家评定`.

use super::expr::span_expr;
use super::words::Words;
use crate::problem::{Problem, Span};
use crate::token::fold;
use crate::tree::{Cite, Compare, Expr, Named};

/// What the head of a part says.
#[derive(Default)]
pub(super) struct Head {
    pub id: Named,
    pub name: Named,
    pub cite: Cite,
    pub most: Option<Expr>,
    pub must: Option<(Compare, Expr)>,
    pub expert: bool,
}

/// Splits a stretch at blanks; 《…》 on one line stays whole.
pub(crate) fn pieces(source: &str, span: Span) -> Vec<Span> {
    let text = span.of(source);
    let mut found = Vec::new();
    let mut start = None;
    let mut in_article = false;
    for (at, c) in text.char_indices() {
        let opens = c == '《' && !in_article;
        in_article = (in_article || opens) && c != '》' && c != '\n';
        if c.is_whitespace() && !in_article {
            if let Some(start) = start.take() {
                found.push(Span::new(span.start + start, span.start + at));
            }
        } else if opens {
            if let Some(before) = start.replace(at) {
                found.push(Span::new(span.start + before, span.start + at));
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    if let Some(start) = start {
        found.push(Span::new(span.start + start, span.end));
    }
    found
}

/// A stretch as a name, full-width letters folded.
pub(super) fn named(source: &str, span: Span) -> Named {
    Named { text: span.of(source).chars().map(fold).collect(), span }
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Reads the head of a part. A part needs a name.
pub(super) fn head(source: &str, span: Span, problems: &mut Vec<Problem>) -> Option<Head> {
    let pieces = pieces(source, span);
    let mut head = Head::default();
    let mut names: Vec<Named> = Vec::new();
    let mut at = 0;
    while let Some(&piece) = pieces.get(at) {
        at += 1;
        let text = piece.of(source);
        match text {
            "待核" | "unverified" => head.cite.unverified = true,
            "专家评定" | "expert" => head.expert = true,
            "满分" | "most" => {
                let figure = pieces.get(at).copied().unwrap_or(Span::new(piece.end, piece.end));
                at += 1;
                head.most = span_expr(source, figure, &[], 0, problems).map(|(expr, _)| expr);
            }
            "须" | "must" => {
                let last = pieces[at..].iter().take_while(|piece| !ends_must(piece.of(source))).last();
                let edge = last.map_or(Span::new(piece.end, piece.end), |last| Span::new(piece.end, last.end));
                at = pieces.iter().position(|piece| piece.start >= edge.end).unwrap_or(pieces.len()).max(at);
                head.must = must(source, edge, problems);
            }
            text if text.starts_with('《') => head.cite.article = Some(text.trim_matches(['《', '》']).to_owned()),
            _ => names.push(named(source, piece)),
        }
    }
    if names.len() > 1 && is_id(&names[0].text) {
        head.id = names.remove(0);
    }
    if let Some(extra) = names.get(1) {
        let (zh, en) = (
            format!("名称中有空格：“{}”是多出的", extra.text),
            format!("a name has no blanks: {:?} is left over", extra.text),
        );
        problems.push(
            Problem::error("left-over", extra.span, zh, en)
                .hint("去掉空格，或用《…》写条款", "join the words, or write the article as 《…》"),
        );
    }
    let Some(name) = names.into_iter().next() else {
        problems.push(Problem::error("no-name", span, "这里缺一个名称", "a name is missing here"));
        return None;
    };
    if head.id.text.is_empty() {
        head.id = name.clone();
    }
    head.name = name;
    Some(head)
}

fn ends_must(text: &str) -> bool {
    text.starts_with('《') || matches!(text, "待核" | "unverified" | "满分" | "most" | "专家评定")
}

fn must(source: &str, span: Span, problems: &mut Vec<Problem>) -> Option<(Compare, Expr)> {
    let mut words = Words::new(source, span, &[], 0, problems);
    let Some(compare) = words.compare_sign() else {
        words.expected("比较，如 ≥ 60分", "a comparison, as ≥ 60分", problems);
        return None;
    };
    let edge = words.expr(problems)?;
    words.finish(problems);
    Some((compare, edge))
}
