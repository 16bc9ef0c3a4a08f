//! Worked cases: 例.

use super::expr::span_name;
use super::header::{named, pieces};
use super::keyword;
use super::words::Words;
use crate::layout::Line;
use crate::problem::{Problem, Span};
use crate::token::Kind;
use crate::tree::{Case, Expect, Given, Named};

/// Reads 例 名 [同 名], its facts and what must come out.
pub(super) fn case(source: &str, line: &Line, rest: Span, problems: &mut Vec<Problem>) -> Option<Case> {
    let pieces = pieces(source, rest);
    let Some(&first) = pieces.first() else {
        problems.push(Problem::error("no-name", line.span, "例缺一个名称", "the case has no name"));
        return None;
    };
    let name = named(source, first);
    let like = match pieces[1..] {
        [] => None,
        [word, like] if matches!(word.of(source), "同" | "like") => Some(named(source, like)),
        [more, ..] => {
            let (zh, en) = (
                "例名之后只能写“同 另一例名”，名称中不能有空格",
                "only 同 and another case may follow; a name has no blanks",
            );
            problems.push(Problem::error("left-over", more, zh, en));
            None
        }
    };
    let (mut facts, mut expects) = (Vec::new(), Vec::new());
    for below in &line.under {
        let (word, more) = keyword(source, below.span);
        if matches!(word.of(source), "期望" | "expect") {
            expects.extend(expect(source, more, problems));
        } else {
            facts.extend(given(source, below, problems));
        }
        if let Some(deeper) = below.under.first() {
            let (zh, en) = ("例中的行不能再缩进", "lines of a case take no lines below");
            problems.push(Problem::error("indentation", deeper.span, zh, en));
        }
    }
    let span = line.under.last().map_or(line.span, |last| line.span.to(last.span));
    Some(Case { name, like, facts, expects, span })
}

fn given(source: &str, line: &Line, problems: &mut Vec<Problem>) -> Option<Given> {
    let mut words = Words::new(source, line.span, &[], 0, problems);
    if words.word(&["缺", "without"]) {
        let name = words.name(problems)?;
        let year = if words.peek() == Some(&Kind::Sign("[")) { Some(words.years(problems)?) } else { None };
        words.finish(problems);
        return Some(Given::Fact { name, year, value: None });
    }
    let name = words.name(problems)?;
    if words.word(&["无", "none"]) {
        words.finish(problems);
        return Some(Given::Records { kind: name, fields: None, times: 0 });
    }
    if words.sign("{") {
        return records(name, words, problems);
    }
    let year = if words.peek() == Some(&Kind::Sign("[")) { Some(words.years(problems)?) } else { None };
    words.close("=", problems)?;
    let value = Some(words.expr(problems)?);
    words.finish(problems);
    Some(Given::Fact { name, year, value })
}

fn records(kind: Named, mut words: Words, problems: &mut Vec<Problem>) -> Option<Given> {
    let mut fields = Vec::new();
    while !words.sign("}") {
        let name = words.name(problems)?;
        words.close("=", problems)?;
        fields.push((name, words.between(problems)?));
        if !words.sign(",") && !words.sign(";") && words.peek() != Some(&Kind::Sign("}")) {
            words.expected("“,”或“}”", "\",\" or \"}\"", problems);
            return None;
        }
    }
    let mut times = 1;
    if words.sign("×") {
        times = match words.next().map(|token| token.kind) {
            Some(Kind::Figure(figure, _)) => u32::try_from(figure).ok().filter(|times| *times <= 1000).unwrap_or(0),
            _ => 0,
        };
        if times == 0 {
            problems.push(Problem::error(
                "unexpected",
                words.before(),
                "× 后应为 1 至 1000 的整数",
                "× takes a whole number from 1 to 1000",
            ));
        }
    }
    words.finish(problems);
    Some(Given::Records { kind, fields: Some(fields), times })
}

/// The answers a case can expect.
pub(crate) const ANSWERS: [(&str, &str); 4] =
    [("满足", "meets"), ("不满足", "fails"), ("缺数据", "undetermined"), ("取决于评审", "expert")];

fn expect(source: &str, span: Span, problems: &mut Vec<Problem>) -> Option<Expect> {
    let (first, rest) = keyword(source, span);
    if ANSWERS.iter().any(|(zh, en)| *zh == first.of(source) || *en == first.of(source)) {
        let mut names = Vec::new();
        let mut start = rest.start;
        for part in rest.of(source).split_inclusive(['、', '，', ',']) {
            let inner = part.trim_end_matches(['、', '，', ',']).trim();
            let offset = part.find(inner).unwrap_or(0);
            if !inner.is_empty() {
                names.push(named(source, Span::new(start + offset, start + offset + inner.len())));
            }
            start += part.len();
        }
        return Some(Expect::Answer { answer: named(source, first), names });
    }
    figure(source, span, problems)
}

fn figure(source: &str, span: Span, problems: &mut Vec<Problem>) -> Option<Expect> {
    let text = span.of(source);
    let Some(at) = text.find(['=', '≈', '＝']) else {
        let (zh, en) = (
            "应为“期望 满足”“期望 不满足 条件”“期望 缺数据 字段”“期望 取决于评审”或“期望 名 = 值”",
            "expected 满足, 不满足, 缺数据, 取决于评审, or a name = a figure",
        );
        problems.push(Problem::error("unexpected", span, zh, en));
        return None;
    };
    let rounded = text[at..].starts_with('≈');
    let sign = text[at..].chars().next().map_or(1, char::len_utf8);
    let left = text[..at].trim_end();
    let (name, part) = match left.split_once('.') {
        Some((score, part)) => {
            let first = Span::new(span.start, span.start + score.len());
            let second = Span::new(first.end + 1, first.end + 1 + part.len());
            (span_name(source, first, problems)?, Some(span_name(source, second, problems)?))
        }
        None => (span_name(source, Span::new(span.start, span.start + left.len()), problems)?, None),
    };
    let mut words = Words::new(source, Span::new(span.start + at + sign, span.end), &[], 0, problems);
    let value = words.between(problems)?;
    words.finish(problems);
    Some(Expect::Figure { name, part, value, rounded })
}
