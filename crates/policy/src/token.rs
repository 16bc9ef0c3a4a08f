//! The words of a line: names, figures with units, dates, signs. Full-width signs are folded.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::problem::{Problem, Span, nearest};

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name or keyword.
    Word(String),
    /// A figure with its unit as written (`5000万元`, `5%`, `60`).
    Figure(Decimal, String),
    /// A day.
    Day(Date),
    /// A text in quotation marks.
    Text(String),
    /// The article a rule stands in: 《第十一条（一）》.
    Article(String),
    /// A sign, folded to its half-width form.
    Sign(&'static str),
}

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
}

/// The units a figure can carry, the longer first where one begins another.
pub const UNITS: &[&str] = &[
    "万元",
    "亿元",
    "元",
    "%",
    "％",
    "‰",
    "人年",
    "人",
    "项",
    "件",
    "家",
    "个月",
    "个",
    "次",
    "名",
    "台",
    "场",
    "分",
    "年",
    "月",
    "天",
    "日",
    "平方米",
    "㎡",
    "级",
    "工位",
    "倍",
    "吨标煤",
    "吨",
];

/// Signs, the longer first where one begins another, with the form they fold to.
const SIGNS: &[(&str, &str)] = &[
    (">=", "≥"),
    ("<=", "≤"),
    ("!=", "≠"),
    ("==", "="),
    ("≥", "≥"),
    ("≤", "≤"),
    ("≠", "≠"),
    ("＞＝", "≥"),
    ("＜＝", "≤"),
    (">", ">"),
    ("<", "<"),
    ("＞", ">"),
    ("＜", "<"),
    ("=", "="),
    ("＝", "="),
    ("+", "+"),
    ("＋", "+"),
    ("-", "-"),
    ("−", "-"),
    ("－", "-"),
    ("–", "-"),
    ("*", "×"),
    ("×", "×"),
    ("＊", "×"),
    ("/", "/"),
    ("÷", "/"),
    ("／", "/"),
    ("^", "^"),
    ("(", "("),
    ("（", "("),
    (")", ")"),
    ("）", ")"),
    ("[", "["),
    ("［", "["),
    ("【", "["),
    ("]", "]"),
    ("］", "]"),
    ("】", "]"),
    (",", ","),
    ("，", ","),
    ("、", ","),
    (":", ":"),
    ("：", ":"),
    (".", "."),
    ("{", "{"),
    ("｛", "{"),
    ("}", "}"),
    ("｝", "}"),
    (";", ";"),
    ("；", ";"),
];

/// Splits one line into words. What cannot be read is reported and left out.
pub fn tokens(source: &str, span: Span, problems: &mut Vec<Problem>) -> Vec<Token> {
    let mut lexer = Lexer { source, at: span.start, end: span.end, found: Vec::new(), problems };
    while lexer.step() {}
    lexer.found
}

/// Where a comment begins on this line, if one does: a `#` outside quotation marks.
pub fn comment_start(line: &str) -> Option<usize> {
    let mut closing = None;
    for (at, c) in line.char_indices() {
        match (closing, c) {
            (None, '#' | '＃') => return Some(at),
            (None, '"') => closing = Some('"'),
            (None, '“') => closing = Some('”'),
            (None, '「') => closing = Some('」'),
            (None, '《') => closing = Some('》'),
            (Some(close), c) if c == close => closing = None,
            _ => {}
        }
    }
    None
}

/// A full-width digit, letter or sign in its half-width form.
pub fn fold(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Whether a character can stand in a name.
pub fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    end: usize,
    found: Vec<Token>,
    problems: &'a mut Vec<Problem>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..self.end).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        self.found.push(Token { kind, span });
    }

    fn step(&mut self) -> bool {
        let Some(first) = self.rest().chars().next() else { return false };
        let folded = fold(first);
        if folded.is_whitespace() {
            self.at += first.len_utf8();
        } else if folded == '#' {
            // A continued line carries the comments of its parts.
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        } else if folded.is_ascii_digit() {
            self.figure();
        } else if let Some(close) = closing(first) {
            self.quoted(first, close);
        } else if is_name_char(folded) {
            self.word();
        } else {
            self.sign(first);
        }
        true
    }

    fn word(&mut self) {
        let length: usize = self.rest().chars().take_while(|&c| is_name_char(fold(c))).map(char::len_utf8).sum();
        let word: String = self.rest()[..length].chars().map(fold).collect();
        self.push(Kind::Word(word), length);
    }

    fn quoted(&mut self, open: char, close: char) {
        let start = open.len_utf8();
        let rest = self.rest();
        // A quotation ends on its line: what is left open must not swallow the lines after it.
        let line = rest.find('\n').map_or(rest, |end| rest[..end].trim_end());
        let Some(length) = line[start..].find(close) else {
            let (length, span) = (line.len(), Span::new(self.at, self.at + line.len()));
            self.problems.push(
                Problem::error(
                    "unclosed",
                    span,
                    format!("“{open}”没有对应的“{close}”"),
                    format!("{open} is never closed by {close}"),
                )
                .hint(format!("在本行补上“{close}”"), format!("close it on this line with {close}")),
            );
            self.at += length;
            return;
        };
        let inner = rest[start..start + length].to_owned();
        let kind = match open {
            '《' => Kind::Article(inner),
            '「' => Kind::Word(inner),
            _ => Kind::Text(inner),
        };
        self.push(kind, start + length + close.len_utf8());
    }

    fn sign(&mut self, first: char) {
        let rest = self.rest();
        if let Some((written, folded)) = SIGNS.iter().find(|(written, _)| rest.starts_with(written)) {
            self.push(Kind::Sign(folded), written.len());
            return;
        }
        let span = Span::new(self.at, self.at + first.len_utf8());
        let (zh, en) = (format!("不认识的符号“{first}”"), format!("unknown sign {first:?}"));
        self.problems.push(Problem::error("unknown-sign", span, zh, en));
        self.at = span.end;
    }

    fn figure(&mut self) {
        let folded: Vec<(char, usize)> = self.rest().chars().take(64).map(|c| (fold(c), c.len_utf8())).collect();
        if let Some((day, count)) = day(&folded) {
            let length = folded[..count].iter().map(|(_, length)| length).sum();
            let span = Span::new(self.at, self.at + length);
            match day.parse::<Date>() {
                Ok(date) => self.push(Kind::Day(date), length),
                Err(_) => {
                    let (zh, en) = (format!("没有 {day} 这一天"), format!("there is no day {day}"));
                    self.problems.push(Problem::error("no-such-day", span, zh, en));
                    self.at += length;
                }
            }
            return;
        }
        let mut digits = String::new();
        let mut count = 0;
        for &(c, _) in &folded {
            let point =
                c == '.' && !digits.contains('.') && folded.get(count + 1).is_some_and(|(c, _)| c.is_ascii_digit());
            if c.is_ascii_digit() || point {
                digits.push(c);
            } else if c != '_' {
                break;
            }
            count += 1;
        }
        let length: usize = folded[..count].iter().map(|(_, length)| length).sum();
        let number_end = self.at + length;
        let unit = self.unit(number_end);
        let span = Span::new(self.at, number_end + unit.len());
        // 28 digits is what a decimal number holds exactly; more would be rounded in silence.
        match digits.parse::<Decimal>().ok().filter(|_| digits.len() <= 28) {
            Some(figure) => {
                let folded = unit.chars().map(fold).collect();
                self.push(Kind::Figure(figure, folded), span.end - span.start);
            }
            None => {
                self.problems.push(Problem::error(
                    "figure-too-long",
                    span,
                    "数字太长，最多 28 位",
                    "the figure is too long: 28 digits at most",
                ));
                self.at = span.end;
            }
        }
    }

    /// The unit that stands right after a figure, as written.
    fn unit(&mut self, from: usize) -> String {
        let rest = self.source.get(from..self.end).unwrap_or_default();
        let length: usize =
            rest.chars().take_while(|&c| is_name_char(fold(c)) || "%％‰㎡".contains(c)).map(char::len_utf8).sum();
        let written = &rest[..length];
        let written = written.split_inclusive(['%', '％', '‰']).next().unwrap_or_default();
        let written = written.split('至').next().unwrap_or_default();
        if written.is_empty() || UNITS.contains(&written) {
            return written.to_owned();
        }
        let span = Span::new(self.at, from + written.len());
        let (zh, en) = (format!("不认识的单位“{written}”"), format!("unknown unit {written:?}"));
        let problem = Problem::error("unknown-unit", span, zh, en).nearest(&nearest(written, UNITS.iter().copied()));
        self.problems.push(match problem.hint {
            Some(_) => problem,
            None => problem
                .hint("可用的单位有 万元、亿元、%、人、项、年、日、分", "units are 万元, 亿元, %, 人, 项, 年, 日, 分"),
        });
        written.to_owned()
    }
}

fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' => Some('”'),
        '「' => Some('」'),
        '《' => Some('》'),
        _ => None,
    }
}

/// A day written `2026-06-01` at the start of the text, and the characters it takes.
fn day(text: &[(char, usize)]) -> Option<(String, usize)> {
    let shape = "dddd-dd-dd";
    let written: String = text.get(..shape.len())?.iter().map(|(c, _)| c).collect();
    let fits = written.chars().zip(shape.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == '-' });
    let ends = text.get(shape.len()).is_none_or(|(c, _)| !c.is_ascii_digit());
    (fits && ends).then_some((written, shape.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Vec<Kind>, Vec<&'static str>) {
        let mut problems = Vec::new();
        let found = tokens(line, Span::new(0, line.len()), &mut problems);
        (found.into_iter().map(|token| token.kind).collect(), problems.iter().map(|problem| problem.code).collect())
    }

    fn word(text: &str) -> Kind {
        Kind::Word(text.to_owned())
    }

    #[test]
    fn full_width_signs_and_digits_are_folded() {
        let (full, problems) = read("销售收入［上年］＞＝５０００万元，（甲）");
        assert!(problems.is_empty());
        assert_eq!(full, read("销售收入[上年]>=5000万元,(甲)").0);
        assert_eq!(full[4], Kind::Sign("≥"));
        assert_eq!(full[5], Kind::Figure(Decimal::from(5000), "万元".into()));
    }

    #[test]
    fn a_figure_carries_its_unit_and_a_day_is_a_day() {
        let (found, problems) = read("5.5% 2026-06-01 10-05 Ⅰ类 《第二条》 “甲 乙” 「a b」");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(found[0], Kind::Figure(Decimal::new(55, 1), "%".into()));
        assert_eq!(found[1], Kind::Day(jiff::civil::date(2026, 6, 1)));
        assert_eq!(found[3], Kind::Sign("-"));
        assert_eq!(found[5..], [word("Ⅰ类"), Kind::Article("第二条".into()), Kind::Text("甲 乙".into()), word("a b")]);
    }

    #[test]
    fn every_unreadable_word_is_reported() {
        assert_eq!(read("5000万 @ 2026-02-30 “甲").1, ["unknown-unit", "unknown-sign", "no-such-day", "unclosed"]);
        assert_eq!(read(&"9".repeat(40)).1, ["figure-too-long"]);
    }

    #[test]
    fn a_comment_begins_outside_quotation_marks() {
        assert_eq!(comment_start("甲 “#” # 乙"), Some(12));
        assert_eq!(comment_start("《a#b》"), None);
    }
}
