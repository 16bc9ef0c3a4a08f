//! Lines and their indentation: a policy text as a tree of lines.

use crate::problem::{Problem, Span};
use crate::token::comment_start;

/// The longest text that is read, in bytes.
pub const LONGEST: usize = 1 << 20;
/// The deepest indentation that is read, in levels.
pub const DEEPEST: usize = 24;
/// The most lines that are read.
pub const MOST_LINES: usize = 20_000;

/// One line, without its comment and outer blanks, and the lines indented below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where its words stand.
    pub span: Span,
    /// The lines below it that are indented more.
    pub under: Vec<Line>,
}

/// Splits a text into a tree of lines. A line that begins with an operator continues the one before.
pub fn lines(source: &str, problems: &mut Vec<Problem>) -> Vec<Line> {
    if source.len() > LONGEST {
        let span = Span::new(0, source.lines().next().map_or(0, str::len).min(120));
        let (zh, en) = (
            format!("文件有 {} 字节，最多读 {LONGEST} 字节", source.len()),
            format!("the file has {} bytes; at most {LONGEST} are read", source.len()),
        );
        problems.push(
            Problem::error("too-long", span, zh, en)
                .hint("一个文件写一个政策版本", "write one version of one policy per file"),
        );
        return Vec::new();
    }
    let mut flat: Vec<(usize, Span)> = Vec::new();
    let mut open = 0_i32;
    let mut at = 0;
    for raw in source.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let text = comment_start(raw).map_or(raw, |comment| &raw[..comment]);
        let text = text.trim_end();
        let blanks: usize = text.chars().take_while(|c| c.is_whitespace()).map(char::len_utf8).sum();
        let body = &text[blanks..];
        if body.is_empty() {
            continue;
        }
        let span = Span::new(start + blanks, start + text.len());
        match flat.last_mut() {
            Some((_, last)) if open > 0 || continues(body) => last.end = span.end,
            _ => {
                open = 0;
                flat.push((indent(&text[..blanks]), span));
            }
        }
        open = (open + depth_change(body)).max(0);
    }
    if let Some(&(_, span)) = flat.get(MOST_LINES) {
        problems.push(Problem::error(
            "too-long",
            span,
            format!("超过 {MOST_LINES} 行"),
            format!("more than {MOST_LINES} lines"),
        ));
        flat.truncate(MOST_LINES);
    }
    tree(&flat, problems)
}

/// The width of an indentation: a tab counts four, a full-width blank two.
fn indent(blanks: &str) -> usize {
    blanks
        .chars()
        .map(|c| {
            if c == '\t' {
                4
            } else if c == '\u{3000}' {
                2
            } else {
                1
            }
        })
        .sum()
}

/// Whether a line that begins so continues the line before it: an operator with a blank behind it.
pub(crate) fn continues(body: &str) -> bool {
    const OPERATORS: [&str; 9] = ["且", "或", "and", "or", "+", "-", "×", "*", "/"];
    let goes_on =
        |operator: &&str| body.strip_prefix(*operator).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    OPERATORS.iter().any(|operator| goes_on(&operator))
}

fn depth_change(body: &str) -> i32 {
    let count = |signs: &[char]| body.chars().filter(|c| signs.contains(c)).count() as i32;
    count(&['(', '（']) - count(&[')', '）'])
}

fn tree(flat: &[(usize, Span)], problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut roots: Vec<Line> = Vec::new();
    // The open lines, outermost first, with their indentation.
    let mut open: Vec<(usize, Line)> = Vec::new();
    let mut reported = false;
    for &(indent, span) in flat {
        while open.last().is_some_and(|(above, _)| *above >= indent) {
            close(&mut open, &mut roots);
        }
        if open.len() >= DEEPEST {
            if !reported {
                let (zh, en) = (format!("缩进超过 {DEEPEST} 层"), format!("more than {DEEPEST} levels of indentation"));
                problems.push(
                    Problem::error("too-deep", span, zh, en)
                        .hint("用“设”把里层单独命名", "name the inner part with 设"),
                );
                reported = true;
            }
            continue;
        }
        open.push((indent, Line { span, under: Vec::new() }));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

fn close(open: &mut Vec<(usize, Line)>, roots: &mut Vec<Line>) {
    if let Some((_, line)) = open.pop() {
        match open.last_mut() {
            Some((_, above)) => above.under.push(line),
            None => roots.push(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(source: &str, lines: &[Line]) -> String {
        lines.iter().map(|line| format!("{}({})", line.span.of(source), shape(source, &line.under))).collect()
    }

    #[test]
    fn indentation_makes_a_tree_and_comments_fall_away() {
        let source = "甲 # 说明\n  乙\n    丙\n\n　丁\n戊";
        let mut problems = Vec::new();
        assert_eq!(shape(source, &lines(source, &mut problems)), "甲(乙(丙())丁())戊()");
        assert!(problems.is_empty());
    }

    #[test]
    fn a_line_goes_on_inside_brackets_and_after_an_operator() {
        let source = "甲(\n乙)\n  且 丙\n丁";
        assert_eq!(shape(source, &lines(source, &mut Vec::new())), "甲(\n乙)\n  且 丙()丁()");
    }

    #[test]
    fn too_deep_and_too_long_are_refused() {
        let deep: String = (0..100).map(|level| format!("{}甲\n", " ".repeat(level))).collect();
        let mut problems = Vec::new();
        lines(&deep, &mut problems);
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["too-deep"]);
        let mut problems = Vec::new();
        assert!(lines(&"甲".repeat(LONGEST), &mut problems).is_empty());
        assert_eq!(problems[0].code, "too-long");
    }
}
