//! Registers, and the acts on figures: one block of rows at a time.

use kernel::SubjectKind;

use super::bits::{clear_rest, each};
use super::instr::{FigureId, LIMIT, NO_HI, NO_LO, Operand, Rising, Space, TruthId};
use super::table::{Column, Table};
use crate::eval::step as meaning;
use crate::exact::Exact;

/// How many rows are worked at a time.
pub(super) const BLOCK: usize = 1024;

/// The bounds of a figure of every row.
#[derive(Debug, Default)]
pub(super) struct Figures<'t> {
    pub lo: Vec<i64>,
    /// The cells of a column of which every row of the block is known; then `lo` is empty.
    pub cells: Option<&'t [i64]>,
    /// Left empty where every figure of the block is known: then `lo` holds them.
    pub hi: Vec<i64>,
}

impl Figures<'_> {
    /// The lower bounds.
    pub fn lo(&self) -> &[i64] {
        self.cells.unwrap_or(&self.lo)
    }

    /// The upper bounds.
    pub fn hi(&self) -> &[i64] {
        if self.hi.is_empty() { self.lo() } else { &self.hi }
    }

    pub fn is_known(&self) -> bool {
        self.hi.is_empty()
    }
}

/// Why truths are open, and whether they rest on a rule marked 待核.
#[derive(Debug, Default)]
pub(super) struct Soft {
    pub lacking: Vec<u64>,
    pub expert: Vec<u64>,
    pub unverified: Vec<u64>,
}

/// A yes or no of every row; open where neither is set.
#[derive(Debug, Default)]
pub(super) struct Truths {
    pub yes: Vec<u64>,
    pub no: Vec<u64>,
    pub soft: Option<Box<Soft>>,
}

/// The registers of one block.
#[derive(Debug)]
pub(super) struct Machine<'t> {
    pub table: &'t Table,
    pub columns: &'t [Option<&'t Column>],
    pub first: usize,
    pub rows: usize,
    pub figures: Vec<Figures<'t>>,
    pub truths: Vec<Truths>,
    /// Rows whose figures leave the tight form; the explaining evaluator works them.
    pub odd: Vec<u64>,
}

impl<'t> Machine<'t> {
    /// Where a block begins in the columns of a space, and how many places it has.
    pub fn place(&self, space: Space) -> (usize, usize) {
        match space {
            None => (self.first, self.rows),
            Some(kind) => self.table.records.get(&kind).map_or((0, 0), |records| {
                let (from, to) = (records.of(self.first).start, records.of(self.first + self.rows - 1).end);
                (from, to - from)
            }),
        }
    }

    pub fn column(&self, input: usize) -> Option<&'t Column> {
        self.columns.get(input).copied().flatten()
    }

    /// Takes a register out to write it; whoever takes it puts it back.
    pub fn take(&mut self, to: FigureId) -> Figures<'t> {
        let mut taken = std::mem::take(&mut self.figures[to]);
        taken.lo.clear();
        taken.hi.clear();
        taken.cells = None;
        taken
    }

    pub fn take_truths(&mut self, to: TruthId) -> Truths {
        let mut taken = std::mem::take(&mut self.truths[to]);
        taken.yes.clear();
        taken.no.clear();
        taken
    }

    /// Leaves a row, or the row a record belongs to, to the explaining evaluator.
    pub fn leave(&mut self, space: Space, at: usize) {
        let row = match space.and_then(|kind| self.table.records.get(&kind)) {
            None => at,
            Some(records) => {
                let record = records.of(self.first).start + at;
                records.starts.partition_point(|start| *start as usize <= record).saturating_sub(1 + self.first)
            }
        };
        if let Some(word) = self.odd.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub fn load(&mut self, space: Space, input: usize, lo: i64, kind: super::table::Kind, to: FigureId) {
        let mut out = self.take(to);
        let (from, n) = self.place(space);
        match self.column(input).filter(|column| column.kind == kind) {
            None => {
                out.lo.resize(n, lo);
                out.hi.resize(n, NO_HI);
            }
            Some(column) => {
                let cells = column.figures.get(from..from + n).unwrap_or_default();
                let mut known = Vec::new();
                column.known.copy(from, n, &mut known);
                known.iter_mut().for_each(|word| *word = !*word);
                clear_rest(&mut known, n);
                if known.iter().all(|word| *word == 0) {
                    out.cells = Some(cells);
                } else {
                    out.lo.extend_from_slice(cells);
                    out.hi.extend_from_slice(cells);
                    each(&known, |at| {
                        out.lo[at] = lo;
                        out.hi[at] = NO_HI;
                    });
                }
            }
        }
        self.figures[to] = out;
    }

    pub fn fill(&mut self, space: Space, figure: i64, to: FigureId) {
        let n = self.place(space).1;
        let mut out = self.take(to);
        out.lo.resize(n, figure);
        self.figures[to] = out;
    }

    /// Applies two functions to the bounds of one register; what leaves the limit is left over.
    fn bounds(
        &mut self,
        space: Space,
        a: FigureId,
        to: FigureId,
        lo: impl Fn(i64, i64) -> i64,
        hi: impl Fn(i64, i64) -> i64,
    ) {
        let mut out = self.take(to);
        let x = &self.figures[a];
        out.lo.extend(x.lo().iter().zip(x.hi()).map(|(l, h)| lo(*l, *h)));
        if !x.is_known() {
            out.hi.extend(x.lo().iter().zip(&x.hi).map(|(l, h)| hi(*l, *h)));
        }
        self.check(space, &mut out);
        self.figures[to] = out;
    }

    /// Leaves rows with a bound beyond the limit to the explaining evaluator.
    fn check(&mut self, space: Space, out: &mut Figures<'t>) {
        let beyond = |found: i64| found.wrapping_add(LIMIT) as u64 > 2 * LIMIT as u64;
        let known = out.is_known();
        let low = |found: i64| beyond(found) && (known || found != NO_LO);
        let high = |found: i64| beyond(found) && found != NO_HI;
        let any = out.lo.iter().fold(false, |any, found| any | low(*found));
        if !any && !out.hi.iter().fold(false, |any, found| any | high(*found)) {
            return;
        }
        for at in 0..out.lo.len() {
            if low(out.lo[at]) || out.hi.get(at).is_some_and(|hi| high(*hi)) {
                self.leave(space, at);
                out.lo[at] = 0;
                if let Some(hi) = out.hi.get_mut(at) {
                    *hi = 0;
                }
            }
        }
    }

    pub fn add(&mut self, space: Space, a: FigureId, b: FigureId, minus: bool, small: bool, to: FigureId) {
        let mut out = self.take(to);
        let (x, y) = (&self.figures[a], &self.figures[b]);
        let known = x.is_known() && y.is_known();
        // A side without a bound leaves the sum without one. Bounds that are there stay far within 64 bits.
        let none = |side: i64, other: i64| (side, if minus { other } else { side });
        let (low_none, high_none) = (none(NO_LO, NO_HI), none(NO_HI, NO_LO));
        let sum = |a: i64, b: i64, (no_a, no_b): (i64, i64)| {
            let total = if minus { a.wrapping_sub(b) } else { a.wrapping_add(b) };
            if (a == no_a) | (b == no_b) { no_a } else { total }
        };
        if known && minus {
            out.lo.extend(x.lo().iter().zip(y.lo()).map(|(l, other)| l - other));
        } else if known {
            out.lo.extend(x.lo().iter().zip(y.lo()).map(|(l, other)| l + other));
        } else {
            let (below, above) = if minus { (y.hi(), y.lo()) } else { (y.lo(), y.hi()) };
            out.lo.extend(x.lo().iter().zip(below).map(|(l, other)| sum(*l, *other, low_none)));
            out.hi.extend(x.hi().iter().zip(above).map(|(h, other)| sum(*h, *other, high_none)));
        }
        if !small {
            self.check(space, &mut out);
        }
        self.figures[to] = out;
    }

    pub fn offset(&mut self, space: Space, a: FigureId, by: i64, to: FigureId) {
        let lo = |l: i64, _| if l == NO_LO { l } else { l + by };
        let hi = |_, h: i64| if h == NO_HI { h } else { h + by };
        self.bounds(space, a, to, lo, hi);
    }

    pub fn refine(&mut self, space: Space, a: FigureId, by: i64, to: FigureId) {
        let lo = |l: i64, _| if l == NO_LO { l } else { product(l, by) };
        let hi = |_, h: i64| if h == NO_HI { h } else { product(h, by) };
        self.bounds(space, a, to, lo, hi);
    }

    /// A product as the definition has it.
    pub fn times(&mut self, space: Space, a: FigureId, by: i64, to: FigureId) {
        let both = |l: i64, h: i64| l != NO_LO && h != NO_HI;
        let lo = |l: i64, h: i64| match both(l, h) {
            true => product(if by < 0 { h } else { l }, by),
            false if l >= 0 && by >= 0 => 0,
            false => NO_LO,
        };
        let hi = |l: i64, h: i64| if both(l, h) { product(if by < 0 { l } else { h }, by) } else { NO_HI };
        self.bounds(space, a, to, lo, hi);
    }

    pub fn negate(&mut self, space: Space, a: FigureId, to: FigureId) {
        let lo = |_, h: i64| if h == NO_HI { NO_LO } else { -h };
        let hi = |l: i64, _| if l == NO_LO { NO_HI } else { -l };
        self.bounds(space, a, to, lo, hi);
    }

    pub fn stated(&mut self, input: usize, stated: FigureId, otherwise: FigureId, to: FigureId) {
        let mut out = self.take(to);
        let (x, y) = (&self.figures[stated], &self.figures[otherwise]);
        let known = self.column(input).map(|column| {
            let mut known = Vec::new();
            column.known.copy(self.first, self.rows, &mut known);
            known
        });
        if x.is_known() {
            out.lo.extend_from_slice(x.lo());
        } else {
            out.lo.extend_from_slice(y.lo());
            out.hi.extend_from_slice(y.hi());
            each(known.as_deref().unwrap_or_default(), |at| {
                // A column that does not fit knows nothing, and its bounds say so.
                if x.lo()[at] == x.hi[at] {
                    out.lo[at] = x.lo()[at];
                    out.hi[at] = x.lo()[at];
                }
            });
            if y.is_known() {
                out.hi.clear();
            }
        }
        self.figures[to] = out;
    }

    pub fn extreme(&mut self, parts: &[Operand], largest: bool, to: FigureId) {
        let mut out = self.take(to);
        let known = parts.iter().all(|part| match part {
            Operand::Register(at) => self.figures[*at].is_known(),
            Operand::Fixed(_) => true,
        });
        let better = |a: i64, b: i64| if largest { a.max(b) } else { a.min(b) };
        for (count, part) in parts.iter().enumerate() {
            match part {
                Operand::Register(at) if count == 0 => {
                    out.lo.extend_from_slice(self.figures[*at].lo());
                    if !known {
                        out.hi.extend_from_slice(self.figures[*at].hi());
                    }
                }
                Operand::Fixed(figure) if count == 0 => {
                    out.lo.resize(self.rows, *figure);
                    if !known {
                        out.hi.resize(self.rows, *figure);
                    }
                }
                Operand::Register(at) => {
                    let x = &self.figures[*at];
                    out.lo.iter_mut().zip(x.lo()).for_each(|(a, b)| *a = better(*a, *b));
                    out.hi.iter_mut().zip(x.hi()).for_each(|(a, b)| *a = better(*a, *b));
                }
                Operand::Fixed(figure) => {
                    out.lo.iter_mut().for_each(|a| *a = better(*a, *figure));
                    out.hi.iter_mut().for_each(|a| *a = better(*a, *figure));
                }
            }
        }
        self.figures[to] = out;
    }

    pub fn clamp(&mut self, a: FigureId, most: i64, to: FigureId) {
        // As the definition has it: first not below nought, then not above the most.
        let within = |bound: i64| bound.max(0).min(most);
        self.bounds(None, a, to, |l, _| within(l), |_, h| within(h));
    }

    pub fn map(&mut self, space: Space, a: FigureId, how: Rising, to: FigureId) {
        let mut out = self.take(to);
        let x = std::mem::take(&mut self.figures[a]);
        for at in 0..x.lo().len() {
            let (l, h) = (x.lo()[at], x.hi()[at]);
            let lo = if l == NO_LO { Some(NO_LO) } else { rise(l, how) };
            let hi = if h == NO_HI {
                Some(NO_HI)
            } else if l == h {
                lo
            } else {
                rise(h, how)
            };
            let (Some(lo), Some(hi)) = (lo, hi) else {
                self.leave(space, at);
                out.lo.push(0);
                out.hi.push(0);
                continue;
            };
            out.lo.push(lo);
            out.hi.push(hi);
        }
        if x.is_known() {
            out.hi.clear();
        }
        self.figures[a] = x;
        self.check(space, &mut out);
        self.figures[to] = out;
    }

    pub fn months(&mut self, from: Operand, until: Operand, per: i64, to: FigureId) {
        let mut out = self.take(to);
        let count = |from: i64, until: i64| -> Option<i64> {
            let months = meaning::whole_months(Exact::int(from), Exact::int(until))?;
            Some(months.div_euclid(per))
        };
        for at in 0..self.rows {
            let (from_lo, from_hi) = self.at(from, at);
            let (until_lo, until_hi) = self.at(until, at);
            let lo = match (from_hi, until_lo) {
                (NO_HI, _) | (_, NO_LO) => Some(NO_LO),
                (from, until) => count(from, until),
            };
            let hi = match (from_lo, until_hi) {
                (NO_LO, _) | (_, NO_HI) => Some(NO_HI),
                (from, until) => count(from, until),
            };
            let (Some(lo), Some(hi)) = (lo, hi) else {
                self.leave(None, at);
                out.lo.push(0);
                out.hi.push(0);
                continue;
            };
            out.lo.push(lo);
            out.hi.push(hi);
        }
        self.figures[to] = out;
    }

    /// The bounds of an operand in a row.
    pub fn at(&self, operand: Operand, at: usize) -> (i64, i64) {
        match operand {
            Operand::Fixed(figure) => (figure, figure),
            Operand::Register(register) => {
                let figures = &self.figures[register];
                (figures.lo()[at], figures.hi()[at])
            }
        }
    }

    /// The sum of a field over the records that count.
    pub fn sum(&mut self, kind: SubjectKind, filter: Option<TruthId>, value: FigureId, lo: i64, to: FigureId) {
        let mut out = self.take(to);
        let Some(records) = self.table.records.get(&kind) else {
            out.lo.resize(self.rows, lo);
            out.hi.resize(self.rows, NO_HI);
            self.figures[to] = out;
            return;
        };
        let begin = records.of(self.first).start;
        for row in 0..self.rows {
            if !records.known.get(self.first + row) {
                out.lo.push(lo);
                out.hi.push(NO_HI);
                continue;
            }
            let (mut least, mut most) = (0_i64, 0_i64);
            for record in records.of(self.first + row) {
                let at = record - begin;
                let (yes, no) = self.counts(filter, at);
                if no {
                    continue;
                }
                let (mut l, mut h) = self.at(Operand::Register(value), at);
                if !yes {
                    (l, h) = (l.min(0), h.max(0));
                }
                least = if least == NO_LO || l == NO_LO { NO_LO } else { least.saturating_add(l) };
                most = if most == NO_HI || h == NO_HI { NO_HI } else { most.saturating_add(h) };
                if least != NO_LO && least.abs() > LIMIT || most != NO_HI && most.abs() > LIMIT {
                    self.leave(None, row);
                    (least, most) = (0, 0);
                    break;
                }
            }
            out.lo.push(least);
            out.hi.push(most);
        }
        self.figures[to] = out;
    }

    /// Whether a record certainly counts, and whether it certainly does not.
    fn counts(&self, filter: Option<TruthId>, at: usize) -> (bool, bool) {
        let Some(filter) = filter else { return (true, false) };
        let truths = &self.truths[filter];
        (truths.yes[at / 64] >> (at % 64) & 1 == 1, truths.no[at / 64] >> (at % 64) & 1 == 1)
    }
}

/// A product; beyond the limit it stands just beyond, so that the row is left over.
fn product(a: i64, by: i64) -> i64 {
    match a.checked_mul(by) {
        Some(found) if (-LIMIT..=LIMIT).contains(&found) => found,
        _ => LIMIT + 1,
    }
}

fn rise(figure: i64, how: Rising) -> Option<i64> {
    let day = || Exact::int(figure);
    let found = match how {
        Rising::Floor { per } => return Some(figure.div_euclid(per)),
        Rising::Shift(years, months, days) => meaning::shifted(day(), years, months, days)?,
        Rising::YearOf => Exact::int(meaning::day_of(day())?.year().into()),
        Rising::YearStart => crate::eval::work::year_day(day(), 1, 1)?,
        Rising::YearEnd => crate::eval::work::year_day(day(), 12, 31)?,
    };
    i64::try_from(found.whole()?).ok()
}
