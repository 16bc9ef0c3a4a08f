//! Expressions: figures, comparisons, bands.

use super::words::{DEEPEST, LONGEST_CHAIN, Words};
use crate::layout::Line;
use crate::problem::{Problem, Span};
use crate::token::Kind;
use crate::tree::{Arithmetic, Cite, Compare, Expr, ExprKind, Function, Gather, Named, Row, When, Which, Years};

/// Functions of figures by name.
pub const FUNCTIONS: &[(&str, &str, Function)] = &[
    ("合计", "sum", Function::Sum),
    ("平均", "mean", Function::Mean),
    ("最大", "max", Function::Largest),
    ("最小", "min", Function::Smallest),
    ("取整", "floor", Function::Floor),
    ("满年数", "whole_years", Function::WholeYears),
    ("满月数", "whole_months", Function::WholeMonths),
    ("年份", "year_of", Function::YearOf),
    ("年初", "year_start", Function::YearStart),
    ("年末", "year_end", Function::YearEnd),
];

/// Functions of record sets by name. 合计 is told apart from that of figures by what stands in it.
pub const GATHERS: &[(&str, &str, Gather)] =
    &[("数量", "count", Gather::Count), ("存在", "exists", Gather::Exists), ("合计", "sum", Gather::Sum)];

const OR: &[&str] = &["或", "or"];
const AND: &[&str] = &["且", "and"];
const NOT: &[&str] = &["非", "not"];
const WHERE: &[&str] = &["其中", "where"];
const BANDS: &[&str] = &["分档", "bands"];
const BEST: &[&str] = &["最高", "best"];
const AMONG: &[&str] = &["属于", "in"];
const NOT_AMONG: &[&str] = &["不属于", "not_in"];
const TO: &[&str] = &["至", "to"];

impl<'a> Words<'a> {
    /// An expression: 或 binds loosest.
    pub fn expr(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        if self.depth >= DEEPEST {
            self.too_deep(problems);
            self.give_up();
            return None;
        }
        self.depth += 1;
        let found = self.chain(OR, ExprKind::Any, Self::and, problems);
        self.depth -= 1;
        found
    }

    fn and(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        self.chain(AND, ExprKind::All, Self::not, problems)
    }

    fn chain(
        &mut self,
        joint: &[&str],
        make: fn(Vec<Expr>) -> ExprKind,
        part: fn(&mut Self, &mut Vec<Problem>) -> Option<Expr>,
        problems: &mut Vec<Problem>,
    ) -> Option<Expr> {
        let first = part(self, problems)?;
        if !self.is_word(joint) {
            return Some(first);
        }
        let mut parts = vec![first];
        while self.word(joint) {
            parts.push(part(self, problems)?);
        }
        let span = parts[0].span.to(parts[parts.len() - 1].span);
        Some(Expr { kind: make(parts), span })
    }

    fn not(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        let start = self.here();
        let mut turned = false;
        while self.word(NOT) {
            turned = !turned;
        }
        let inner = self.comparison(problems)?;
        let span = start.to(inner.span);
        Some(if turned { Expr { kind: ExprKind::Not(Box::new(inner)), span } } else { inner })
    }

    fn comparison(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        let left = self.between(problems)?;
        if let Some(compare) = self.compare_sign() {
            let right = self.between(problems)?;
            let span = left.span.to(right.span);
            return Some(Expr { kind: ExprKind::Test(compare, Box::new(left), Box::new(right)), span });
        }
        let turned = self.is_word(NOT_AMONG);
        if turned || self.is_word(AMONG) {
            self.next();
            let list = self.list(problems)?;
            let span = left.span.to(self.before());
            return Some(Expr { kind: ExprKind::Among(Box::new(left), list, turned), span });
        }
        Some(left)
    }

    /// A comparison sign, where one stands here.
    pub fn compare_sign(&mut self) -> Option<Compare> {
        let Some(Kind::Sign(sign)) = self.peek() else { return None };
        let compare = Compare::from_sign(sign)?;
        self.next();
        Some(compare)
    }

    fn list(&mut self, problems: &mut Vec<Problem>) -> Option<Vec<Expr>> {
        if !self.sign("(") {
            self.expected("括号中的若干值", "a list of values in brackets", problems);
            return None;
        }
        let mut list = vec![self.sum(problems)?];
        while self.sign(",") {
            list.push(self.sum(problems)?);
        }
        self.close(")", problems)?;
        Some(list)
    }

    pub fn close(&mut self, sign: &str, problems: &mut Vec<Problem>) -> Option<()> {
        if self.sign(sign) {
            return Some(());
        }
        self.expected(&format!("“{sign}”"), &format!("{sign:?}"), problems);
        None
    }

    /// A figure, or the bounds of one: 7 至 8.
    pub fn between(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        let low = self.sum(problems)?;
        if !self.word(TO) {
            return Some(low);
        }
        let high = self.sum(problems)?;
        let span = low.span.to(high.span);
        Some(Expr { kind: ExprKind::Between(Box::new(low), Box::new(high)), span })
    }

    fn sum(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        self.arithmetic(&[("+", Arithmetic::Add), ("-", Arithmetic::Subtract)], Self::product, problems)
    }

    fn product(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        self.arithmetic(&[("×", Arithmetic::Multiply), ("/", Arithmetic::Divide)], Self::unary, problems)
    }

    fn arithmetic(
        &mut self,
        signs: &[(&str, Arithmetic)],
        part: fn(&mut Self, &mut Vec<Problem>) -> Option<Expr>,
        problems: &mut Vec<Problem>,
    ) -> Option<Expr> {
        let mut left = part(self, problems)?;
        let mut length = 0;
        while let Some(&(_, how)) = signs.iter().find(|(sign, _)| self.sign(sign)) {
            length += 1;
            if length > LONGEST_CHAIN {
                let (zh, en) = (
                    format!("一串运算超过 {LONGEST_CHAIN} 项"),
                    format!("more than {LONGEST_CHAIN} terms in one chain"),
                );
                problems
                    .push(Problem::error("too-long", self.here(), zh, en).hint("用“设”分成几步", "split it with 设"));
                self.give_up();
                return None;
            }
            let right = part(self, problems)?;
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Compute(how, Box::new(left), Box::new(right)), span };
        }
        Some(left)
    }

    fn unary(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        let start = self.here();
        let mut negative = false;
        while self.sign("-") {
            negative = !negative;
        }
        let base = self.primary(problems)?;
        let inner = self.power(base, problems)?;
        let span = start.to(inner.span);
        Some(if negative { Expr { kind: ExprKind::Negative(Box::new(inner)), span } } else { inner })
    }

    fn power(&mut self, base: Expr, problems: &mut Vec<Problem>) -> Option<Expr> {
        if !self.sign("^") {
            return Some(base);
        }
        let span = base.span.to(self.here());
        let times = match self.peek() {
            Some(Kind::Figure(figure, unit)) if unit.is_empty() => {
                u32::try_from(*figure).ok().filter(|times| (1..=10).contains(times))
            }
            _ => None,
        };
        let Some(times) = times else {
            self.expected("1 至 10 的整数", "a whole number from 1 to 10", problems);
            return None;
        };
        self.next();
        Some(Expr { kind: ExprKind::Power(Box::new(base), times), span })
    }

    fn primary(&mut self, problems: &mut Vec<Problem>) -> Option<Expr> {
        let span = self.here();
        let kind = match self.peek().cloned() {
            Some(Kind::Figure(figure, unit)) => {
                self.next();
                ExprKind::Figure(figure, unit)
            }
            Some(Kind::Day(day)) => {
                self.next();
                ExprKind::Day(day)
            }
            Some(Kind::Text(text)) => {
                self.next();
                ExprKind::Text(text)
            }
            Some(Kind::Sign("(")) => {
                self.next();
                let mut inner = self.expr(problems)?;
                self.close(")", problems)?;
                inner.span = span.to(self.before());
                return Some(inner);
            }
            Some(Kind::Word(word)) => return self.worded(&word, span, problems),
            _ => {
                self.expected("一个数、日期或名称", "a figure, a day or a name", problems);
                return None;
            }
        };
        Some(Expr { kind, span })
    }

    fn worded(&mut self, word: &str, start: Span, problems: &mut Vec<Problem>) -> Option<Expr> {
        let opens = self.peek_at(1) == Some(&Kind::Sign("("));
        let kind = if matches!(word, "是" | "yes" | "true" | "否" | "no" | "false") {
            self.next();
            ExprKind::Truth(matches!(word, "是" | "yes" | "true"))
        } else if self.word(BANDS) {
            return self.bands(start, problems);
        } else if !opens && self.word(BEST) {
            return self.best(start, problems);
        } else if matches!(word, "每年" | "任一年" | "every_year" | "any_year") {
            return self.each_year(matches!(word, "每年" | "every_year"), start, problems);
        } else if let Some(gather) = self.gather_here(word) {
            return self.gather(gather, start, problems);
        } else if let Some(&(.., function)) = FUNCTIONS.iter().find(|(zh, en, _)| opens && (*zh == word || *en == word))
        {
            self.next();
            self.next();
            let mut args = vec![self.expr(problems)?];
            while self.sign(",") {
                args.push(self.expr(problems)?);
            }
            self.close(")", problems)?;
            ExprKind::Call(function, args)
        } else {
            let name = self.name(problems)?;
            if self.sign(".") {
                let part = self.name(problems)?;
                ExprKind::Part(name, part)
            } else {
                let years = if self.peek() == Some(&Kind::Sign("[")) { Some(self.years(problems)?) } else { None };
                ExprKind::Name(name.text, years)
            }
        };
        Some(Expr { kind, span: start.to(self.before()) })
    }

    /// Whether a function of a record set begins here.
    fn gather_here(&self, word: &str) -> Option<Gather> {
        if self.peek_at(1) != Some(&Kind::Sign("(")) {
            return None;
        }
        let &(.., gather) = GATHERS.iter().find(|(zh, en, _)| *zh == word || *en == word)?;
        let of_field = matches!(self.peek_at(2), Some(Kind::Word(_)))
            && self.peek_at(3) == Some(&Kind::Sign("."))
            && self.peek_at(5) != Some(&Kind::Sign(","));
        let takes_field = gather == Gather::Sum;
        (of_field || !takes_field).then_some(gather)
    }

    fn gather(&mut self, gather: Gather, start: Span, problems: &mut Vec<Problem>) -> Option<Expr> {
        self.next();
        self.next();
        let kind = self.name(problems)?;
        let field = if self.sign(".") { Some(self.name(problems)?) } else { None };
        let filter = if self.word(WHERE) { Some(Box::new(self.expr(problems)?)) } else { None };
        self.close(")", problems)?;
        let span = start.to(self.before());
        Some(Expr { kind: ExprKind::Gather { gather, kind, field, filter }, span })
    }

    fn each_year(&mut self, every: bool, start: Span, problems: &mut Vec<Problem>) -> Option<Expr> {
        self.next();
        let years = self.years(problems)?;
        if !self.sign("(") {
            self.expected("括号中的条件", "a condition in brackets", problems);
            return None;
        }
        let body = Box::new(self.expr(problems)?);
        self.close(")", problems)?;
        Some(Expr { kind: ExprKind::EachYear { every, years, body }, span: start.to(self.before()) })
    }

    /// The years in square brackets.
    pub fn years(&mut self, problems: &mut Vec<Problem>) -> Option<Years> {
        let start = self.here();
        if !self.sign("[") {
            self.expected(
                "方括号中的年度，如 [上年]、[近3年]",
                "years in square brackets, as [上年] or [近3年]",
                problems,
            );
            return None;
        }
        let which = match self.peek().cloned() {
            Some(Kind::Word(word)) => self.worded_years(&word),
            Some(Kind::Figure(year, unit)) if unit.is_empty() || unit == "年" => {
                self.next();
                i16::try_from(year).ok().filter(|year| (1990..=2100).contains(year)).map(Which::Year)
            }
            _ => None,
        };
        let Some(which) = which else {
            self.expected("上年、上年-1、本年、近3年 或 2025", "上年, 上年-1, 本年, 近3年 or 2025", problems);
            return None;
        };
        self.close("]", problems)?;
        Some(Years { which, span: start.to(self.before()) })
    }

    fn worded_years(&mut self, word: &str) -> Option<Which> {
        let back = match word {
            "上年" | "last_year" => 1,
            "本年" | "this_year" => 0,
            _ => {
                let count = word.strip_prefix('近')?.strip_suffix('年')?;
                let count = match count {
                    "两" | "二" => 2,
                    "三" => 3,
                    "四" => 4,
                    "五" => 5,
                    digits => digits.parse().ok().filter(|count| (1..=20).contains(count))?,
                };
                self.next();
                let actual = self.word(&["实际年度", "actual"]);
                return Some(Which::Last { count, actual });
            }
        };
        self.next();
        if !self.sign("-") {
            return Some(Which::Before(back));
        }
        let Some(Kind::Figure(more, unit)) = self.peek().cloned() else { return None };
        let more = i16::try_from(more).ok().filter(|more| (0..=20).contains(more) && unit.is_empty())?;
        self.next();
        Some(Which::Before(back + more))
    }

    fn best(&mut self, start: Span, problems: &mut Vec<Problem>) -> Option<Expr> {
        let lines = self.below("最高", problems)?;
        let parts: Vec<Expr> = lines
            .iter()
            .filter_map(|line| line_expr(self.source, line, self.depth, problems))
            .map(|(expr, _)| expr)
            .collect();
        Some(Expr { kind: ExprKind::Best(parts), span: start })
    }

    /// The lines below, which this word needs.
    fn below(&mut self, word: &str, problems: &mut Vec<Problem>) -> Option<&'a [Line]> {
        match self.under.take() {
            Some(lines) if !lines.is_empty() => Some(lines),
            _ => {
                let (zh, en) = (format!("“{word}”下面应有缩进的行"), format!("{word} needs indented lines below"));
                problems.push(Problem::error("nothing-below", self.before(), zh, en));
                None
            }
        }
    }

    fn bands(&mut self, start: Span, problems: &mut Vec<Problem>) -> Option<Expr> {
        let subject = if self.is_done() { None } else { Some(Box::new(self.expr(problems)?)) };
        let span = subject.as_ref().map_or(start, |subject| start.to(subject.span));
        let (source, depth) = (self.source, self.depth);
        let lines = self.below("分档", problems)?;
        let rows = lines.iter().filter_map(|line| row(source, line, subject.is_some(), depth, problems)).collect();
        Some(Expr { kind: ExprKind::Bands(subject, rows), span })
    }
}

/// One row of 分档: `≥ 5% : 20`, `若 … : 20`, `其余 : 0`.
fn row(source: &str, line: &Line, has_subject: bool, depth: usize, problems: &mut Vec<Problem>) -> Option<Row> {
    let mut words = Words::new(source, line.span, &line.under, depth + 1, problems);
    let when = if words.word(&["其余", "otherwise"]) {
        When::Otherwise
    } else if words.word(&["若", "if"]) {
        When::If(words.expr(problems)?)
    } else if has_subject {
        let mut edges = Vec::new();
        loop {
            let Some(compare) = words.compare_sign() else {
                words.expected("比较符号（如 ≥ 5%）、“若”或“其余”", "a comparison (as ≥ 5%), 若 or 其余", problems);
                return None;
            };
            edges.push((compare, words.between(problems)?));
            if !words.word(AND) {
                break;
            }
        }
        When::Edges(edges)
    } else {
        words.expected("“若 条件”或“其余”", "若 with a condition, or 其余", problems);
        return None;
    };
    words.close(":", problems)?;
    let value = words.expr(problems)?;
    words.finish(problems);
    Some(Row { when, value, cite: words.cite, span: line.span })
}

/// A whole line as an expression, with its article.
pub(super) fn line_expr(source: &str, line: &Line, depth: usize, problems: &mut Vec<Problem>) -> Option<(Expr, Cite)> {
    span_expr(source, line.span, &line.under, depth, problems)
}

/// A stretch of a line as an expression, with its article.
pub(super) fn span_expr(
    source: &str,
    span: Span,
    under: &[Line],
    depth: usize,
    problems: &mut Vec<Problem>,
) -> Option<(Expr, Cite)> {
    let mut words = Words::new(source, span, under, depth + 1, problems);
    let expr = words.expr(problems)?;
    words.finish(problems);
    Some((expr, words.cite))
}

/// A name at the start of a stretch, alone on it.
pub(super) fn span_name(source: &str, span: Span, problems: &mut Vec<Problem>) -> Option<Named> {
    let mut words = Words::new(source, span, &[], 0, problems);
    let name = words.name(problems)?;
    words.finish(problems);
    Some(name)
}
