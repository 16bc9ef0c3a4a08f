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
    for row in rows(source).filter(|row| !row.text.of(source).is_empty()) {
        match flat.last_mut() {
            Some((_, last)) if row.continues => last.end = row.text.end,
            _ => flat.push((row.indent, row.text)),
        }
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

/// One line as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its words, without comment and outer blanks; empty on a line of blanks or a comment alone.
    pub text: Span,
    /// Its comment, from the `#` on.
    pub comment: Option<Span>,
    /// The width of its indentation.
    pub indent: usize,
    /// Whether its words go on with the line of words before it.
    pub continues: bool,
}

/// The lines of a text as they stand, in order. The one place that decides which of them go on with
/// the one before: inside brackets, or from an operator on. A keyword without indentation always
/// begins a part, so that a bracket left open does not swallow the rest of the text.
pub fn rows(source: &str) -> impl Iterator<Item = Row> {
    let mut open = 0_i32;
    let mut first = true;
    let mut at = 0;
    source.split_inclusive('\n').map(move |raw| {
        let start = at;
        at += raw.len();
        let blanks = raw.len() - raw.trim_start().len();
        let from = comment_start(raw);
        let text = from.map_or(raw, |comment| &raw[..comment]).trim_end();
        let body = text.get(blanks..).unwrap_or_default();
        let text = Span::new(start + blanks, start + blanks + body.len());
        let comment = from.map(|from| Span::new(start + from, start + raw.trim_end().len()));
        let indent = indent(&raw[..blanks]);
        if body.is_empty() {
            return Row { text, comment, indent, continues: false };
        }
        let inside = open > 0 && !(indent == 0 && begins_part(body));
        let continues = !first && (inside || begins_with_operator(body));
        open = (if continues { open } else { 0 } + depth_change(body)).max(0);
        first = false;
        Row { text, comment, indent, continues }
    })
}

fn begins_part(body: &str) -> bool {
    let (word, _) = crate::parse::keyword(body, Span::new(0, body.len()));
    let word = word.of(body);
    crate::parse::PARTS.iter().any(|(zh, en)| *zh == word || *en == word)
}

/// The operators a line can go on with, in every form that folds to one of them.
const OPERATORS: [&str; 16] = ["且", "或", "and", "or", "+", "＋", "-", "−", "－", "–", "×", "*", "＊", "/", "÷", "／"];

/// Whether a word or sign is an operator with which a line goes on.
pub(crate) fn is_operator(word: &str) -> bool {
    OPERATORS.contains(&word)
}

/// An operator with a blank behind it.
fn begins_with_operator(body: &str) -> bool {
    let goes_on =
        |operator: &&str| body.strip_prefix(*operator).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    OPERATORS.iter().any(goes_on)
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
    fn a_bracket_left_open_does_not_swallow_the_next_part() {
        let source = "条件 甲(\n  乙\n条件 丙\n  丁";
        assert_eq!(shape(source, &lines(source, &mut Vec::new())), "条件 甲(\n  乙()条件 丙(丁())");
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
