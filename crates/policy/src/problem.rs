//! What is wrong with a policy text, where, and what to write instead.

use kernel::Lang;

/// A stretch of the source, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// From one byte up to another.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end: end.max(start) }
    }

    /// The least span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text it covers; empty where it does not fit the source.
    pub fn of(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// How grave a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy is refused.
    Error,
    /// The policy loads; somebody should look.
    Warning,
}

/// A text in both languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Both {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Both {
    /// A pair of texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Both { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// One problem of a policy text: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable name of the kind of problem, for scripts (`unknown-name`).
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Where it stands.
    pub span: Span,
    /// What was found and what was expected.
    pub message: Both,
    /// What to write instead, where it can be told.
    pub hint: Option<Both>,
}

impl Problem {
    /// An error: the policy is refused.
    pub fn error(code: &'static str, span: Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem { code, severity: Severity::Error, span, message: Both::new(zh, en), hint: None }
    }

    /// A warning: the policy loads.
    pub fn warning(code: &'static str, span: Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem { severity: Severity::Warning, ..Problem::error(code, span, zh, en) }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Some(Both::new(zh, en));
        self
    }

    /// Adds the nearest known names, where there are any.
    #[must_use]
    pub fn nearest(self, names: &[String]) -> Self {
        if names.is_empty() {
            return self;
        }
        let (zh, en) = (names.join("、"), names.join(", "));
        self.hint(format!("是否指 {zh}？"), format!("did you mean {en}?"))
    }

    /// The problem as a clerk reads it: the message, the line with the place underlined, the hint.
    pub fn show(&self, source: &str, file: &str, lang: Lang) -> String {
        let (line, column) = position(source, self.span.start);
        let grade = match self.severity {
            Severity::Error => lang.pick("错误", "error"),
            Severity::Warning => lang.pick("提醒", "warning"),
        };
        let text = source.lines().nth(line - 1).unwrap_or_default();
        let before: String = text.chars().take(column - 1).collect();
        let here: String = self.span.of(source).lines().next().unwrap_or_default().chars().take(200).collect();
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        let underline = "^".repeat(width(&here).max(1));
        let mut shown = format!(
            "{grade}[{}]: {}\n{gutter}--> {file}:{line}:{column}\n{gutter} |\n{number} | {}\n{gutter} | {}{underline}\n",
            self.code,
            self.message.say(lang),
            text.replace('\t', " "),
            " ".repeat(width(&before)),
        );
        if let Some(hint) = &self.hint {
            shown.push_str(&format!("{gutter} = {}{}\n", lang.pick("建议：", "help: "), hint.say(lang)));
        }
        shown
    }
}

/// Line and column of a byte, counted from 1, columns in characters.
pub fn position(source: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = &source[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// The columns a text takes on a terminal: Chinese characters and full-width signs take two.
pub fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c as u32 {
            0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF => 2,
            0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
            _ => 1,
        })
        .sum()
}

/// The known names nearest to a misspelt one: at most three, each within a third of its length.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wrong: Vec<char> = wrong.chars().take(64).collect();
    let mut found: Vec<(usize, &str)> = Vec::new();
    for name in known {
        let letters: Vec<char> = name.chars().take(64).collect();
        let contained =
            wrong.len() >= 2 && (is_within(&wrong, &letters) || letters.len() >= 2 && is_within(&letters, &wrong));
        let far = edits(&wrong, &letters);
        let allowed = (wrong.len().max(letters.len()) / 3).max(1);
        if (far <= allowed || contained) && !found.iter().any(|(_, seen)| *seen == name) {
            found.push((far, name));
        }
    }
    found.sort();
    found.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

fn is_within(part: &[char], whole: &[char]) -> bool {
    part.len() <= whole.len() && whole.windows(part.len()).any(|window| window == part)
}

/// The fewest single-character insertions, deletions and replacements from one text to the other.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_underlined_by_display_width() {
        let source = "条件 甲\n  职工总人数[上年] ≤ 500人\n";
        let start = source.find("职工").unwrap();
        let problem = Problem::error("unknown-name", Span::new(start, start + 15), "没有“职工总人数”", "no such name")
            .nearest(&["职工总数".to_owned()]);
        let shown = problem.show(source, "a.policy", Lang::Zh);
        assert_eq!(
            shown,
            "错误[unknown-name]: 没有“职工总人数”\n --> a.policy:2:3\n  |\n2 |   职工总人数[上年] ≤ 500人\n  |   ^^^^^^^^^^\n  = 建议：是否指 职工总数？\n"
        );
    }

    #[test]
    fn the_nearest_names_come_first() {
        let known = ["职工总数", "科技人员数", "销售收入", "营业收入"];
        assert_eq!(nearest("职工总人数", known), ["职工总数"]);
        assert_eq!(nearest("科技人员", known), ["科技人员数"]);
        assert!(nearest("完全不同的名称", known).is_empty());
    }
}
