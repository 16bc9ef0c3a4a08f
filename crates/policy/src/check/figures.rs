//! Expressions: what each counts, and whether it may be combined so.

use rust_decimal::Decimal;

use super::bands;
use super::lower::{Lower, day_literal};
use crate::answer::Worked;
use crate::exact::Exact;
use crate::ir::{Dim, Op, StepId, Year};
use crate::problem::{Both, Span};
use crate::tree::{Arithmetic, Compare, Expr, ExprKind, Function, When, Which, Years};

/// Units that a figure must name: a bare number beside them may be off by a factor of ten thousand.
const STRICT: [&str; 8] = ["元", "人", "年", "月", "日", "㎡", "人年", "吨标煤"];

/// The unit a written one stands for, and how many of it one is.
pub(crate) fn unit(written: &str) -> (&str, Exact) {
    let times = |unit, times| (unit, Exact::int(times));
    match written {
        "元" => times("元", 100),
        "万元" => times("元", 1_000_000),
        "亿元" => times("元", 10_000_000_000),
        "%" => ("", Exact::ratio(1, 100).unwrap_or(Exact::ZERO)),
        "‰" => ("", Exact::ratio(1, 1000).unwrap_or(Exact::ZERO)),
        "倍" | "" => times("", 1),
        "天" => times("日", 1),
        "个月" => times("月", 1),
        "平方米" => times("㎡", 1),
        "吨标准煤" => times("吨标煤", 1),
        "件" | "家" | "个" | "次" | "名" | "台" | "场" | "工位" | "级" => times("项", 1),
        other => times(other, 1),
    }
}

impl Dim {
    /// The dimension in words.
    pub fn say(&self) -> Both {
        match self {
            Dim::Of(unit) if unit.is_empty() => Both::new("比值", "a ratio"),
            Dim::Of(unit) if unit == "元" => Both::new("金额（元）", "money (元)"),
            Dim::Of(unit) => Both::new(format!("以“{unit}”计的数"), format!("a figure in {unit}")),
            Dim::Loose => Both::new("无单位的数", "a figure without a unit"),
            Dim::Day => Both::new("日期", "a day"),
            Dim::CalendarYear => Both::new("年份", "a calendar year"),
            Dim::Truth => Both::new("是或否", "yes or no"),
        }
    }

    /// What two figures count together, where they can stand side by side.
    pub fn common(&self, other: &Dim) -> Option<Dim> {
        match (self, other) {
            (a, b) if a == b => Some(a.clone()),
            (Dim::Loose, Dim::Of(unit)) | (Dim::Of(unit), Dim::Loose) if !STRICT.contains(&unit.as_str()) => {
                Some(Dim::of(unit))
            }
            (Dim::Loose, Dim::CalendarYear) | (Dim::CalendarYear, Dim::Loose) => Some(Dim::CalendarYear),
            _ => None,
        }
    }
}

impl<'a> Lower<'a> {
    pub fn dim(&self, step: StepId) -> &Dim {
        &self.steps[step].dim
    }

    fn fixed(&mut self, worked: Worked, dim: Dim, span: Span) -> StepId {
        self.push(Op::Fixed(worked), dim, span)
    }

    pub fn is_fixed(&self, step: StepId) -> Option<Exact> {
        self.steps[step].fixed().and_then(|worked| worked.range().known())
    }

    /// Whether a step is a bare nought, which needs no unit.
    fn is_nought(&self, step: StepId) -> bool {
        *self.dim(step) == Dim::Loose && self.is_fixed(step).is_some_and(Exact::is_zero)
    }

    /// A yes-or-no expression.
    pub fn truth(&mut self, expr: &'a Expr) -> Option<StepId> {
        let step = self.expr(expr)?;
        if *self.dim(step) == Dim::Truth {
            return Some(step);
        }
        let found = self.dim(step).say();
        let (zh, en) = (format!("这里应为条件，却是{}", found.zh), format!("expected a condition, found {}", found.en));
        self.error("not-a-condition", expr.span, zh, en).hint =
            Some(Both::new("写出比较，如 ≥ 60分", "write a comparison, as ≥ 60分"));
        None
    }

    /// An expression that must count this.
    pub fn of_unit(&mut self, expr: &'a Expr, wanted: &Dim) -> Option<StepId> {
        let step = self.expr(expr)?;
        if self.dim(step).common(wanted).is_some() || self.is_nought(step) {
            self.steps[step].dim = wanted.clone();
            return Some(step);
        }
        self.mismatch(wanted, step, expr.span);
        None
    }

    fn mismatch(&mut self, wanted: &Dim, found: StepId, span: Span) {
        let (wanted, found) = (wanted.say(), self.dim(found).say());
        let zh = format!("单位不合：应为{}，却是{}", wanted.zh, found.zh);
        let en = format!("units do not fit: expected {}, found {}", wanted.en, found.en);
        self.error("mixed-units", span, zh, en).hint =
            Some(Both::new("数字要带单位，如 5000万元、3人、5%", "figures carry units, as 5000万元, 3人, 5%"));
    }

    /// An expression.
    pub fn expr(&mut self, expr: &'a Expr) -> Option<StepId> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Figure(figure, unit) => self.figure(*figure, unit, span),
            ExprKind::Day(day) => Some(self.fixed(day_literal(*day), Dim::Day, span)),
            ExprKind::Truth(yes) => Some(self.fixed(Worked::truth(*yes), Dim::Truth, span)),
            ExprKind::Text(_) => {
                let (zh, en) = ("文字只能与编码字段比较", "words can only be compared with a field of codes");
                self.error("mixed-units", span, zh, en);
                None
            }
            ExprKind::Name(name, years) => self.name(name, years.as_ref(), span),
            ExprKind::Part(score, part) => self.score_part(score, part),
            ExprKind::Negative(inner) => {
                let inner = self.expr(inner)?;
                let dim = self.dim(inner).clone();
                if !matches!(dim, Dim::Of(_) | Dim::Loose) {
                    self.mismatch(&Dim::Loose, inner, span);
                    return None;
                }
                let nought = self.fixed(Worked::figure(Exact::ZERO), dim.clone(), span);
                Some(self.push(Op::Subtract(nought, inner), dim, span))
            }
            ExprKind::Not(inner) => {
                let inner = self.truth(inner)?;
                Some(self.push(Op::Not(inner), Dim::Truth, span))
            }
            ExprKind::Compute(how, a, b) => self.compute(*how, a, b, span),
            ExprKind::Power(base, times) => {
                let base = self.of_unit(base, &Dim::ratio())?;
                Some(self.push(Op::Power(base, *times), Dim::ratio(), span))
            }
            ExprKind::Test(compare, a, b) => self.test(*compare, a, b, span),
            ExprKind::Among(item, list, turned) => self.among(item, list, *turned, span),
            ExprKind::Between(a, b) => self.judged(a, b, span),
            ExprKind::All(parts) | ExprKind::Any(parts) => {
                let found: Vec<Option<StepId>> = parts.iter().map(|part| self.truth(part)).collect();
                let found: Vec<StepId> = found.into_iter().collect::<Option<_>>()?;
                let all = matches!(expr.kind, ExprKind::All(_));
                Some(self.push(if all { Op::All(found) } else { Op::Any(found) }, Dim::Truth, span))
            }
            ExprKind::Best(parts) => {
                let (found, dim) = self.alike(parts, span)?;
                Some(self.push(Op::Largest(found), dim, span))
            }
            ExprKind::Call(function, args) => self.call(*function, args, span),
            ExprKind::Gather { gather, kind, field, filter } => {
                self.gather(*gather, kind, field.as_ref(), filter.as_deref(), span)
            }
            ExprKind::EachYear { every, years, body } => self.each_year(*every, years, body, span),
            ExprKind::Bands(subject, rows) => self.bands(subject.as_deref(), rows, span),
            ExprKind::Sub(_) => {
                self.error("unexpected", span, "命名的分条件只能写在条件中", "a named part stands in a condition only");
                None
            }
        }
    }

    fn figure(&mut self, figure: Decimal, written: &str, span: Span) -> Option<StepId> {
        let (unit, times) = unit(written);
        let dim = if written.is_empty() { Dim::Loose } else { Dim::of(unit) };
        let Some(value) = Exact::from_decimal(figure).mul(times) else {
            self.error("figure-too-long", span, "数字太大", "the figure is too large");
            return None;
        };
        if unit == "元" && value.whole().is_none() {
            self.error("figure-too-long", span, "金额不足一分", "an amount is a whole number of fen");
            return None;
        }
        Some(self.fixed(Worked::figure(value), dim, span))
    }

    fn compute(&mut self, how: Arithmetic, left: &'a Expr, right: &'a Expr, span: Span) -> Option<StepId> {
        let (a, b) = (self.expr(left), self.expr(right));
        let (a, b) = (a?, b?);
        let (x, y) = (self.dim(a).clone(), self.dim(b).clone());
        match how {
            Arithmetic::Add | Arithmetic::Subtract => {
                let adds = how == Arithmetic::Add;
                if x == Dim::Day && (adds || y != Dim::Day) {
                    return self.shift(a, b, adds, right.span, span);
                }
                let dim = match (&x, &y) {
                    (Dim::Day, Dim::Day) => Dim::of("日"),
                    (Dim::CalendarYear, Dim::CalendarYear) if !adds => Dim::of("年"),
                    (Dim::CalendarYear, Dim::Of(unit)) if unit == "年" => Dim::CalendarYear,
                    (Dim::CalendarYear, Dim::Loose) => Dim::CalendarYear,
                    (Dim::Truth | Dim::CalendarYear, _) => return self.refuse(&x, b, right.span),
                    _ => match x.common(&y) {
                        Some(dim) => dim,
                        None if self.is_nought(b) => x,
                        None if self.is_nought(a) => y,
                        None => return self.refuse(&x, b, right.span),
                    },
                };
                Some(self.push(if adds { Op::Add(a, b) } else { Op::Subtract(a, b) }, dim, span))
            }
            Arithmetic::Multiply | Arithmetic::Divide => {
                let Some((x, y)) = plain_unit(&x).zip(plain_unit(&y)) else {
                    let (found, at) = if plain_unit(&x).is_none() { (a, left.span) } else { (b, right.span) };
                    return self.refuse(&Dim::Loose, found, at);
                };
                let multiplies = how == Arithmetic::Multiply;
                let Some(unit) = (if multiplies { product_unit(&x, &y) } else { quotient_unit(&x, &y) }) else {
                    let (zh, en) = (format!("“{x}”与“{y}”不能相乘"), format!("{x} and {y} cannot be multiplied"));
                    self.error("mixed-units", span, zh, en);
                    return None;
                };
                let loose = self.dim(a) == &Dim::Loose && self.dim(b) == &Dim::Loose;
                let dim = if loose { Dim::Loose } else { Dim::of(&unit) };
                Some(self.push(if multiplies { Op::Multiply(a, b) } else { Op::Divide(a, b) }, dim, span))
            }
        }
    }

    fn refuse(&mut self, wanted: &Dim, found: StepId, span: Span) -> Option<StepId> {
        self.mismatch(wanted, found, span);
        None
    }

    /// A day plus or minus a fixed number of years, months or days.
    fn shift(&mut self, day: StepId, by: StepId, adds: bool, at: Span, span: Span) -> Option<StepId> {
        let amount = self.is_fixed(by).and_then(Exact::whole).and_then(|whole| i32::try_from(whole).ok());
        let Some(amount) =
            amount.filter(|amount| amount.abs() < 100_000).map(|amount| if adds { amount } else { -amount })
        else {
            self.error(
                "not-fixed",
                at,
                "日期只能加减固定的年、月、日数",
                "a day is moved by a fixed number of years, months or days",
            );
            return None;
        };
        let op = match self.dim(by) {
            Dim::Of(unit) if unit == "年" => Op::Shift(day, amount, 0, 0),
            Dim::Of(unit) if unit == "月" => Op::Shift(day, 0, amount, 0),
            Dim::Of(unit) if unit == "日" => Op::Shift(day, 0, 0, amount),
            _ => return self.refuse(&Dim::of("日"), by, at),
        };
        Some(self.push(op, Dim::Day, span))
    }

    fn test(&mut self, compare: Compare, left: &'a Expr, right: &'a Expr, span: Span) -> Option<StepId> {
        for (item, value) in [(left, right), (right, left)] {
            if let Some(found) = self.code_test(item, std::slice::from_ref(value), Some(compare), false, span) {
                return found;
            }
        }
        let a = self.expr(left);
        // Beside a name that is not known, a bare word may be one of its choices: one error is enough.
        if a.is_none() && matches!(right.kind, ExprKind::Name(_, None)) {
            return None;
        }
        let b = self.expr(right);
        self.compared(compare, a?, b?, right.span, span)
    }

    /// A comparison of two steps that count the same.
    pub fn compared(&mut self, compare: Compare, a: StepId, b: StepId, at: Span, span: Span) -> Option<StepId> {
        let (x, y) = (self.dim(a).clone(), self.dim(b).clone());
        if x == Dim::Truth && y == Dim::Truth {
            let Some(yes) = self.steps[b].fixed().map(|worked| worked.tri() == crate::answer::Tri::Yes) else {
                self.error("unexpected", at, "是否字段只能与“是”“否”比较", "yes-or-no is compared with 是 or 否");
                return None;
            };
            return match (compare, yes) {
                (Compare::Equal, true) | (Compare::Unequal, false) => Some(a),
                (Compare::Equal, false) | (Compare::Unequal, true) => Some(self.push(Op::Not(a), Dim::Truth, span)),
                _ => self.refuse(&Dim::Loose, a, span),
            };
        }
        let fits = x.common(&y).is_some() || self.is_nought(a) && x != y || self.is_nought(b);
        if !fits || x == Dim::Truth || y == Dim::Truth {
            return self.refuse(&x, b, at);
        }
        Some(self.push(Op::Test(compare, a, b), Dim::Truth, span))
    }

    fn among(&mut self, item: &'a Expr, list: &'a [Expr], turned: bool, span: Span) -> Option<StepId> {
        if let Some(found) = self.code_test(item, list, None, turned, span) {
            return found;
        }
        let a = self.expr(item)?;
        let mut parts = Vec::new();
        for value in list {
            let b = self.expr(value)?;
            parts.push(self.compared(Compare::Equal, a, b, value.span, span)?);
        }
        let any = self.push(Op::Any(parts), Dim::Truth, span);
        Some(if turned { self.push(Op::Not(any), Dim::Truth, span) } else { any })
    }

    fn judged(&mut self, low: &'a Expr, high: &'a Expr, span: Span) -> Option<StepId> {
        let (a, b) = (self.of_unit(low, &Dim::of("分"))?, self.of_unit(high, &Dim::of("分"))?);
        if let (Some(low), Some(high)) = (self.is_fixed(a), self.is_fixed(b))
            && low > high
        {
            let (zh, en) = ("区间颠倒：前面的数较大", "the range is upside down: its first figure is the larger");
            self.error("range-upside-down", span, zh, en).hint = Some(Both::new("交换两个数", "swap the two figures"));
            return None;
        }
        Some(self.push(Op::Judged(a, b), Dim::of("分"), span))
    }

    /// Several figures that count the same.
    pub fn alike(&mut self, parts: &'a [Expr], span: Span) -> Option<(Vec<StepId>, Dim)> {
        let mut found = Vec::new();
        let mut dim: Option<Dim> = None;
        for part in parts {
            let step = self.expr(part)?;
            let here = self.dim(step).clone();
            dim = Some(match dim {
                None => here,
                Some(before) => match before.common(&here) {
                    Some(dim) => dim,
                    None if self.is_nought(step) => before,
                    None => {
                        self.mismatch(&before, step, part.span);
                        return None;
                    }
                },
            });
            found.push(step);
        }
        let Some(dim) = dim.filter(|dim| *dim != Dim::Truth) else {
            self.error("unexpected", span, "这里应有数值", "figures are needed here");
            return None;
        };
        Some((found, dim))
    }

    fn bands(&mut self, subject: Option<&'a Expr>, rows: &'a [crate::tree::Row], span: Span) -> Option<StepId> {
        let subject = match subject {
            Some(expr) => Some(self.expr(expr)?),
            None => None,
        };
        let mut found = Vec::new();
        let mut shapes = Vec::new();
        let mut dim: Option<Dim> = None;
        let mut failed = false;
        for row in rows {
            let (when, shape) = match self.row_when(row, subject) {
                Some(found) => found,
                None => {
                    failed = true;
                    continue;
                }
            };
            let Some(then) = self.expr(&row.value) else {
                failed = true;
                continue;
            };
            let here = self.dim(then).clone();
            match dim.as_ref().map(|before| before.common(&here)) {
                None => dim = Some(here),
                Some(Some(common)) => dim = Some(common),
                Some(None) if self.is_nought(then) => {}
                Some(None) => {
                    let before = dim.clone().unwrap_or(Dim::Loose);
                    self.mismatch(&before, then, row.value.span);
                    failed = true;
                }
            }
            found.push((when, then, row.cite.unverified));
            shapes.push((shape, row.span));
        }
        if failed {
            return None;
        }
        bands::examine(self, subject, &shapes, span);
        let dim = dim?;
        Some(self.push(Op::Bands(found), dim, span))
    }

    fn row_when(
        &mut self,
        row: &'a crate::tree::Row,
        subject: Option<StepId>,
    ) -> Option<(Option<StepId>, bands::Shape)> {
        match (&row.when, subject) {
            (When::Otherwise, _) => Some((None, bands::Shape::Otherwise)),
            (When::If(test), _) => Some((Some(self.truth(test)?), bands::Shape::If)),
            (When::Edges(edges), Some(subject)) => {
                let mut tests = Vec::new();
                let mut fixed = Vec::new();
                for (compare, edge) in edges {
                    let step = self.expr(edge)?;
                    let span = edge.span;
                    tests.push(self.compared(*compare, subject, step, span, span)?);
                    fixed.push(self.is_fixed(step).map(|edge| (*compare, edge)));
                }
                let when = if tests.len() == 1 { tests[0] } else { self.push(Op::All(tests), Dim::Truth, row.span) };
                let shape =
                    fixed.into_iter().collect::<Option<Vec<_>>>().map_or(bands::Shape::Unfixed, bands::Shape::Edges);
                Some((Some(when), shape))
            }
            (When::Edges(_), None) => None,
        }
    }

    fn call(&mut self, function: Function, args: &'a [Expr], span: Span) -> Option<StepId> {
        let count = |wanted: usize| args.len() == wanted;
        match function {
            Function::Sum | Function::Mean | Function::Largest | Function::Smallest => {
                self.several(function, args, span)
            }
            Function::Floor if count(1) => {
                let a = self.expr(&args[0])?;
                let dim = self.dim(a).clone();
                Some(self.push(Op::Floor(a), dim, span))
            }
            Function::WholeYears | Function::WholeMonths if count(2) => {
                let (a, b) = (self.of_unit(&args[0], &Dim::Day), self.of_unit(&args[1], &Dim::Day));
                let (a, b) = (a?, b?);
                Some(match function {
                    Function::WholeYears => self.push(Op::WholeYears(a, b), Dim::of("年"), span),
                    _ => self.push(Op::WholeMonths(a, b), Dim::of("月"), span),
                })
            }
            Function::YearOf if count(1) => {
                let a = self.of_unit(&args[0], &Dim::Day)?;
                Some(self.push(Op::YearOf(a), Dim::CalendarYear, span))
            }
            Function::YearStart | Function::YearEnd if count(1) => {
                let a = self.of_unit(&args[0], &Dim::CalendarYear)?;
                let op = if function == Function::YearStart { Op::YearStart(a) } else { Op::YearEnd(a) };
                Some(self.push(op, Dim::Day, span))
            }
            _ => {
                let wanted = if matches!(function, Function::WholeYears | Function::WholeMonths) { 2 } else { 1 };
                let (zh, en) = (
                    format!("这个函数要 {wanted} 个值，写了 {} 个", args.len()),
                    format!("this takes {wanted} values, not {}", args.len()),
                );
                self.error("wrong-count", span, zh, en);
                None
            }
        }
    }

    /// 合计, 平均, 最大, 最小 of several figures, or of one field over several years.
    fn several(&mut self, function: Function, args: &'a [Expr], span: Span) -> Option<StepId> {
        if let [
            Expr { kind: ExprKind::Name(name, Some(Years { which: Which::Last { count, actual }, .. })), span: at },
        ] = args
        {
            return self.over_years(function, name, *count, *actual, *at, span);
        }
        let (found, dim) = self.alike(args, span)?;
        let count = found.len();
        self.folded(function, found, count, dim, span)
    }

    fn folded(&mut self, function: Function, found: Vec<StepId>, count: usize, dim: Dim, span: Span) -> Option<StepId> {
        match function {
            Function::Largest => Some(self.push(Op::Largest(found), dim, span)),
            Function::Smallest => Some(self.push(Op::Smallest(found), dim, span)),
            _ => {
                let total = self.total(&found, &dim, span)?;
                if function == Function::Sum {
                    return Some(total);
                }
                let count = self.fixed(Worked::figure(Exact::int(count as i64)), Dim::Loose, span);
                Some(self.push(Op::Divide(total, count), dim, span))
            }
        }
    }

    fn total(&mut self, parts: &[StepId], dim: &Dim, span: Span) -> Option<StepId> {
        let mut parts = parts.iter().copied();
        let mut total = parts.next()?;
        for part in parts {
            total = self.push(Op::Add(total, part), dim.clone(), span);
        }
        Some(total)
    }

    fn over_years(
        &mut self,
        function: Function,
        name: &str,
        count: i16,
        actual: bool,
        at: Span,
        span: Span,
    ) -> Option<StepId> {
        let mut found = Vec::new();
        let mut counted = Vec::new();
        for year in self.last_years(count, at)? {
            let step = self.yearly(name, year, at)?;
            let dim = self.dim(step).clone();
            if !actual {
                found.push(step);
                continue;
            }
            if !matches!(function, Function::Sum | Function::Mean) {
                self.error("unexpected", at, "“实际年度”只用于合计与平均", "实际年度 goes with 合计 and 平均 only");
                return None;
            }
            let existed = self.existed(year, at)?;
            let nought = self.fixed(Worked::figure(Exact::ZERO), dim.clone(), at);
            let one = self.fixed(Worked::figure(Exact::ONE), Dim::Loose, at);
            found.push(self.push(Op::Bands(vec![(Some(existed), step, false), (None, nought, false)]), dim, at));
            counted.push(self.push(
                Op::Bands(vec![(Some(existed), one, false), (None, nought, false)]),
                Dim::Loose,
                at,
            ));
        }
        let dim = self.dim(*found.first()?).clone();
        if actual && function == Function::Mean {
            let total = self.total(&found, &dim, span)?;
            let count = self.total(&counted, &Dim::Loose, span)?;
            return Some(self.push(Op::Divide(total, count), dim, span));
        }
        let count = found.len();
        self.folded(function, found, count, dim, span)
    }

    fn each_year(&mut self, every: bool, years: &'a Years, body: &'a Expr, span: Span) -> Option<StepId> {
        let (list, actual) = match years.which {
            Which::Last { count, actual } => (self.last_years(count, years.span)?, actual),
            _ => (vec![self.year_of(years)?], false),
        };
        let mut parts = Vec::new();
        for year in list {
            let before = std::mem::replace(&mut self.year, year);
            let found = self.truth(body);
            self.year = before;
            let mut step = found?;
            if actual {
                let existed = self.existed(year, years.span)?;
                let op = if every {
                    let not = self.push(Op::Not(existed), Dim::Truth, span);
                    Op::Any(vec![not, step])
                } else {
                    Op::All(vec![existed, step])
                };
                step = self.push(op, Dim::Truth, span);
            }
            parts.push(step);
        }
        Some(self.push(if every { Op::All(parts) } else { Op::Any(parts) }, Dim::Truth, span))
    }

    /// The years of 近N年, the earliest first: before the year of application, or up to a formula's own year.
    fn last_years(&mut self, count: i16, _at: Span) -> Option<Vec<Year>> {
        let years = match (self.formula.is_some(), self.year) {
            (true, Year::Before(last)) => (last..last + count).rev().map(Year::Before).collect(),
            (true, Year::Fixed(last)) => (last - count + 1..=last).map(Year::Fixed).collect(),
            _ => (1..=count).rev().map(Year::Before).collect(),
        };
        Some(years)
    }
}

fn plain_unit(dim: &Dim) -> Option<String> {
    match dim {
        Dim::Of(unit) => Some(unit.clone()),
        Dim::Loose => Some(String::new()),
        _ => None,
    }
}

fn product_unit(x: &str, y: &str) -> Option<String> {
    match (x, y) {
        ("", unit) | (unit, "") => Some(unit.to_owned()),
        _ => {
            let cancels = |a: &str, b: &str| {
                a.split_once('/').filter(|(_, below)| *below == b).map(|(above, _)| above.to_owned())
            };
            cancels(x, y).or_else(|| cancels(y, x))
        }
    }
}

fn quotient_unit(x: &str, y: &str) -> Option<String> {
    match (x, y) {
        (x, y) if x == y => Some(String::new()),
        (x, "") => Some(x.to_owned()),
        (x, y) if !x.contains('/') && !y.contains('/') => Some(format!("{x}/{y}")),
        _ => None,
    }
}
