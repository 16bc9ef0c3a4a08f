//! The acts on truths: comparisons, logic, bands, record sets.

use kernel::SubjectKind;

use super::bits::{clear_rest, each, ones, pack};
use super::instr::{Against, Edge, FigureId, NO_HI, NO_LO, Operand, Order, RatioTest, Space, TruthId};
use super::machine::{Machine, Soft, Truths};
use super::table::Kind;
use crate::answer::{Inputs, Marks, Range, Tri, Val, Worked};
use crate::eval::step as meaning;
use crate::exact::Exact;

impl Machine<'_> {
    pub fn load_truth(&mut self, space: Space, input: usize, to: TruthId) {
        let mut out = self.take_truths(to);
        let (from, n) = self.place(space);
        match self.column(input).filter(|column| column.kind == Kind::Truth) {
            None => {
                out.yes.resize(n.div_ceil(64), 0);
                out.no.resize(n.div_ceil(64), 0);
            }
            Some(column) => {
                let mut known = Vec::new();
                column.known.copy(from, n, &mut known);
                column.yes.copy(from, n, &mut out.yes);
                out.no.extend(known.iter().zip(&out.yes).map(|(known, yes)| known & !yes));
                out.yes.iter_mut().zip(&known).for_each(|(yes, known)| *yes &= known);
            }
        }
        self.truths[to] = out;
    }

    pub fn is_code(&mut self, space: Space, input: usize, marked: &[bool], to: TruthId) {
        let mut out = self.take_truths(to);
        let (from, n) = self.place(space);
        match self.column(input).filter(|column| column.kind == Kind::Word) {
            None => {
                out.yes.resize(n.div_ceil(64), 0);
                out.no.resize(n.div_ceil(64), 0);
            }
            Some(column) => {
                let mut known = Vec::new();
                column.known.copy(from, n, &mut known);
                let codes = column.codes.get(from..from + n).unwrap_or_default();
                pack(codes, &mut out.yes, |code| marked.get(*code as usize).copied().unwrap_or(false));
                out.no.extend(known.iter().zip(&out.yes).map(|(known, yes)| known & !yes));
                out.yes.iter_mut().zip(&known).for_each(|(yes, known)| *yes &= known);
            }
        }
        self.truths[to] = out;
    }

    pub fn always(&mut self, space: Space, worked: &Worked, to: TruthId) {
        let n = self.place(space).1;
        let mut out = self.take_truths(to);
        let fill = |set: bool| {
            let mut words = Vec::new();
            if set {
                ones(n, &mut words)
            } else {
                words.resize(n.div_ceil(64), 0)
            }
            words
        };
        out.yes = fill(worked.tri() == Tri::Yes);
        out.no = fill(worked.tri() == Tri::No);
        out.soft = (worked.marks != Marks::NONE).then(|| {
            Box::new(Soft {
                lacking: fill(!worked.open.is_empty()),
                expert: fill(worked.marks.has(Marks::EXPERT)),
                unverified: fill(worked.marks.has(Marks::UNVERIFIED)),
            })
        });
        self.truths[to] = out;
    }

    pub fn against(&mut self, a: FigureId, against: Against, to: TruthId) {
        let mut out = self.take_truths(to);
        let x = &self.figures[a];
        match against.edge {
            Edge::From(edge) => {
                pack(&x.lo, &mut out.yes, |found| *found >= edge);
                if x.is_known() {
                    out.no.extend(out.yes.iter().map(|word| !word));
                    clear_rest(&mut out.no, x.lo.len());
                } else {
                    pack(&x.hi, &mut out.no, |found| *found < edge);
                }
            }
            Edge::At { ceil, floor } => {
                let bounds: Vec<(i64, i64)> = x.lo.iter().copied().zip(x.hi().iter().copied()).collect();
                pack(&bounds, &mut out.yes, |(lo, hi)| ceil == floor && *lo == ceil && *hi == ceil);
                pack(&bounds, &mut out.no, |(lo, hi)| *lo > floor || *hi < ceil);
            }
        }
        turn(&mut out, against.turned);
        self.truths[to] = out;
    }

    pub fn test(&mut self, a: FigureId, b: FigureId, order: Order, turned: bool, to: TruthId) {
        let mut out = self.take_truths(to);
        let (x, y) = (&self.figures[a], &self.figures[b]);
        let rows: Vec<[i64; 4]> = (0..x.lo.len()).map(|at| [x.lo[at], x.hi()[at], y.lo[at], y.hi()[at]]).collect();
        match order {
            Order::AtLeast => {
                pack(&rows, &mut out.yes, |[lo, _, _, most]| lo >= most);
                pack(&rows, &mut out.no, |[_, hi, least, _]| hi < least);
            }
            Order::Above => {
                pack(&rows, &mut out.yes, |[lo, _, _, most]| lo > most);
                pack(&rows, &mut out.no, |[_, hi, least, _]| hi <= least);
            }
            Order::Equal => {
                pack(&rows, &mut out.yes, |[lo, hi, least, most]| lo == hi && least == most && lo == least);
                pack(&rows, &mut out.no, |[lo, hi, least, most]| lo > most || hi < least);
            }
        }
        turn(&mut out, turned);
        self.truths[to] = out;
    }

    /// Comparisons of one quotient: rows that know both parts and have a divisor above nought compare
    /// two products; of the others little is known.
    pub fn ratio(&mut self, x: FigureId, y: FigureId, tests: &[RatioTest]) {
        let n = self.rows;
        let (fx, fy) = (&self.figures[x], &self.figures[y]);
        let mut plain = Vec::new();
        let (mut most_x, mut most_y) = (0_u64, 0_u64);
        if fx.is_known() && fy.is_known() {
            pack(&fy.lo, &mut plain, |y| *y > 0);
            most_x = fx.lo.iter().fold(0, |most, x| most.max(x.unsigned_abs()));
            most_y = fy.lo.iter().fold(0, |most, y| most.max(y.unsigned_abs()));
        } else {
            let rows: Vec<bool> =
                (0..n).map(|at| fx.lo[at] == fx.hi()[at] && fy.lo[at] == fy.hi()[at] && fy.lo[at] > 0).collect();
            pack(&rows, &mut plain, |plain| *plain);
            each(&plain, |at| {
                most_x = most_x.max(fx.lo[at].unsigned_abs());
                most_y = most_y.max(fy.lo[at].unsigned_abs());
            });
        }
        // The rest: from nought up, or something the definition itself has to tell.
        let (mut rest, mut from_zero, mut special) = (Vec::new(), vec![0_u64; plain.len()], Vec::new());
        ones(n, &mut rest);
        rest.iter_mut().zip(&plain).for_each(|(rest, plain)| *rest &= !plain);
        each(&rest, |at| {
            let (x, y) = ((fx.lo[at], fx.hi()[at]), (fy.lo[at], fy.hi()[at]));
            if y.0 <= 0 && y.1 >= 0 {
                return;
            }
            if x.0 >= 0 && y.0 > 0 && (x.1 == NO_HI || y.1 == NO_HI) {
                from_zero[at / 64] |= 1 << (at % 64);
            } else {
                special.push((at, meaning::divide(&worked(x), &worked(y), Inputs::one(0), Inputs::one(0))));
            }
        });
        for test in tests {
            let mut out = std::mem::take(&mut self.truths[test.to]);
            let (fx, fy) = (&self.figures[x].lo, &self.figures[y].lo);
            let fits = |most: u64, by: i64| {
                most.checked_mul(by.unsigned_abs()).is_some_and(|product| product <= i64::MAX as u64)
            };
            if fits(most_x, test.left) && fits(most_y, test.right) {
                let (left, right) = (test.left, test.right);
                let products = |x: i64, y: i64| (x.wrapping_mul(left), y.wrapping_mul(right));
                compare(fx, fy, test.order, &mut out.yes, products);
            } else {
                let (left, right) = (i128::from(test.left), i128::from(test.right));
                let products = |x: i64, y: i64| (i128::from(x) * left, i128::from(y) * right);
                compare(fx, fy, test.order, &mut out.yes, products);
            }
            out.no.clear();
            out.no.extend(plain.iter().zip(&out.yes).map(|(plain, yes)| plain & !yes));
            out.yes.iter_mut().zip(&plain).for_each(|(yes, plain)| *yes &= plain);
            turn(&mut out, test.turned);
            match test.from_zero {
                Tri::Yes => out.yes.iter_mut().zip(&from_zero).for_each(|(yes, more)| *yes |= more),
                Tri::No => out.no.iter_mut().zip(&from_zero).for_each(|(no, more)| *no |= more),
                Tri::Open => {}
            }
            for (at, quotient) in &special {
                // The quotient is in parts of x against y; the edge is as written.
                let edge = Worked::figure(scaled(test));
                let bit = 1 << (at % 64);
                match meaning::test(test.compare, quotient, &edge).tri() {
                    Tri::Yes => out.yes[at / 64] |= bit,
                    Tri::No => out.no[at / 64] |= bit,
                    Tri::Open => {}
                }
            }
            self.truths[test.to] = out;
        }
    }

    pub fn connect(&mut self, space: Space, all: bool, parts: &[TruthId], soft: bool, to: TruthId) {
        let n = self.place(space).1;
        let words = n.div_ceil(64);
        let mut out = self.take_truths(to);
        let mut every = Vec::new();
        ones(n, &mut every);
        // Of "every one" a single no decides; of "one" a single yes.
        let (mut decided, mut agreed) = (vec![0_u64; words], every.clone());
        for part in parts {
            let part = &self.truths[*part];
            let (against, with) = if all { (&part.no, &part.yes) } else { (&part.yes, &part.no) };
            for word in 0..words {
                decided[word] |= against[word];
                agreed[word] &= with[word];
            }
        }
        out.soft = soft.then(|| Box::new(self.soft_of(all, parts, &decided, &agreed, &every)));
        (out.yes, out.no) = if all { (agreed, decided) } else { (decided, agreed) };
        self.truths[to] = out;
    }

    fn soft_of(&self, all: bool, parts: &[TruthId], decided: &[u64], agreed: &[u64], every: &[u64]) -> Soft {
        let words = every.len();
        let mut soft = Soft { lacking: vec![0; words], expert: vec![0; words], unverified: vec![0; words] };
        let mut verified = vec![0_u64; words];
        for part in parts {
            let part = &self.truths[*part];
            for word in 0..words {
                let open = every[word] & !part.yes[word] & !part.no[word];
                let deciding = if all { part.no[word] } else { part.yes[word] };
                let (lacking, expert, unverified) = match &part.soft {
                    Some(soft) => (soft.lacking[word], soft.expert[word], soft.unverified[word]),
                    None => (open, 0, 0),
                };
                soft.lacking[word] |= open & lacking;
                soft.expert[word] |= open & expert;
                soft.unverified[word] |= unverified;
                verified[word] |= deciding & !unverified;
            }
        }
        for word in 0..words {
            let open = every[word] & !decided[word] & !agreed[word];
            soft.lacking[word] &= open;
            soft.expert[word] &= open;
            // A decision that one verified part makes alone rests on no mark.
            soft.unverified[word] =
                decided[word] & !verified[word] | !decided[word] & soft.unverified[word] & every[word];
        }
        soft
    }

    pub fn not(&mut self, a: TruthId, to: TruthId) {
        let mut out = self.take_truths(to);
        let x = &self.truths[a];
        out.yes.extend_from_slice(&x.no);
        out.no.extend_from_slice(&x.yes);
        out.soft = x.soft.as_ref().map(|soft| {
            Box::new(Soft {
                lacking: soft.lacking.clone(),
                expert: soft.expert.clone(),
                unverified: soft.unverified.clone(),
            })
        });
        self.truths[to] = out;
    }

    pub fn mark(&mut self, space: Space, a: TruthId, to: TruthId) {
        let n = self.place(space).1;
        let mut out = self.take_truths(to);
        let x = &self.truths[a];
        out.yes.extend_from_slice(&x.yes);
        out.no.extend_from_slice(&x.no);
        let mut every = Vec::new();
        ones(n, &mut every);
        let (lacking, expert) = match &x.soft {
            Some(soft) => (soft.lacking.clone(), soft.expert.clone()),
            None => {
                let open = every.iter().zip(x.yes.iter().zip(&x.no)).map(|(every, (yes, no))| every & !yes & !no);
                (open.collect(), vec![0; every.len()])
            }
        };
        out.soft = Some(Box::new(Soft { lacking, expert, unverified: every }));
        self.truths[to] = out;
    }

    pub fn bands(&mut self, rows: &[(Option<TruthId>, Operand)], to: FigureId) {
        let mut out = self.take(to);
        out.lo.resize(self.rows, 0);
        out.hi.resize(self.rows, 0);
        let mut alive = Vec::new();
        ones(self.rows, &mut alive);
        let mut found = vec![0_u64; alive.len()];
        let mut known = true;
        for (when, then) in rows {
            let (mut fresh, mut again) = (alive.clone(), vec![0_u64; alive.len()]);
            for word in 0..alive.len() {
                let (yes, no) = match when {
                    Some(when) => (self.truths[*when].yes[word], self.truths[*when].no[word]),
                    None => (u64::MAX, 0),
                };
                let takes = alive[word] & !no;
                (fresh[word], again[word]) = (takes & !found[word], takes & found[word]);
                found[word] |= takes;
                alive[word] &= !yes;
            }
            match *then {
                Operand::Fixed(figure) => each(&fresh, |at| {
                    out.lo[at] = figure;
                    out.hi[at] = figure;
                }),
                Operand::Register(_) => each(&fresh, |at| {
                    (out.lo[at], out.hi[at]) = self.at(*then, at);
                    known &= out.lo[at] == out.hi[at];
                }),
            }
            each(&again, |at| {
                let (lo, hi) = self.at(*then, at);
                (out.lo[at], out.hi[at]) = (out.lo[at].min(lo), out.hi[at].max(hi));
                known &= out.lo[at] == out.hi[at];
            });
        }
        let mut every = Vec::new();
        ones(self.rows, &mut every);
        every.iter_mut().zip(&found).for_each(|(every, found)| *every &= !found);
        each(&every, |at| self.leave(None, at));
        if known {
            out.hi.clear();
        }
        self.figures[to] = out;
    }

    pub fn count(&mut self, kind: SubjectKind, filter: Option<TruthId>, to: FigureId) {
        let mut out = self.take(to);
        let mut known = true;
        self.gather(kind, filter, |found| {
            let (lo, hi) = found.map_or((0, NO_HI), |(sure, perhaps)| (sure, sure + perhaps));
            known &= lo == hi;
            out.lo.push(lo);
            out.hi.push(hi);
        });
        if known {
            out.hi.clear();
        }
        self.figures[to] = out;
    }

    pub fn exists(&mut self, kind: SubjectKind, filter: Option<TruthId>, to: TruthId) {
        let mut out = self.take_truths(to);
        out.yes.resize(self.rows.div_ceil(64), 0);
        out.no.resize(self.rows.div_ceil(64), 0);
        let mut row = 0;
        self.gather(kind, filter, |found| {
            match found {
                Some((1.., _)) => out.yes[row / 64] |= 1 << (row % 64),
                Some((_, 0)) => out.no[row / 64] |= 1 << (row % 64),
                _ => {}
            }
            row += 1;
        });
        self.truths[to] = out;
    }

    /// For each row: how many of its records certainly count, and how many perhaps; `None` where its
    /// records are not known.
    fn gather(&self, kind: SubjectKind, filter: Option<TruthId>, mut with: impl FnMut(Option<(i64, i64)>)) {
        let Some(records) = self.table.records.get(&kind) else {
            (0..self.rows).for_each(|_| with(None));
            return;
        };
        let begin = records.of(self.first).start;
        let truths = filter.map(|filter| &self.truths[filter]);
        for row in self.first..self.first + self.rows {
            if !records.known.get(row) {
                with(None);
                continue;
            }
            let own = records.of(row);
            let (from, to) = (own.start - begin, own.end - begin);
            with(Some(match truths {
                None => ((to - from) as i64, 0),
                Some(truths) => {
                    let yes = counted(&truths.yes, from, to);
                    (yes, (to - from) as i64 - yes - counted(&truths.no, from, to))
                }
            }));
        }
    }
}

/// How many bits are set from one place up to another.
fn counted(words: &[u64], from: usize, to: usize) -> i64 {
    let (mut at, mut count) = (from, 0);
    while at < to {
        let end = (at / 64 * 64 + 64).min(to);
        let mask = if end - at == 64 { u64::MAX } else { ((1 << (end - at)) - 1) << (at % 64) };
        count += (words[at / 64] & mask).count_ones();
        at = end;
    }
    i64::from(count)
}

fn turn(truths: &mut Truths, turned: bool) {
    if turned {
        std::mem::swap(&mut truths.yes, &mut truths.no);
    }
}

fn compare<T: Ord>(x: &[i64], y: &[i64], order: Order, to: &mut Vec<u64>, products: impl Fn(i64, i64) -> (T, T)) {
    match order {
        Order::AtLeast => pack_pairs(x, y, to, |x, y| {
            let (x, y) = products(x, y);
            x >= y
        }),
        Order::Above => pack_pairs(x, y, to, |x, y| {
            let (x, y) = products(x, y);
            x > y
        }),
        Order::Equal => pack_pairs(x, y, to, |x, y| {
            let (x, y) = products(x, y);
            x == y
        }),
    }
}

fn pack_pairs(x: &[i64], y: &[i64], to: &mut Vec<u64>, yes: impl Fn(i64, i64) -> bool) {
    to.clear();
    to.extend(x.chunks(64).zip(y.chunks(64)).map(|(x, y)| {
        x.iter().zip(y).enumerate().fold(0_u64, |word, (at, (x, y))| word | u64::from(yes(*x, *y)) << at)
    }));
}

/// Bounds as the definition has them.
fn worked((lo, hi): (i64, i64)) -> Worked {
    let range = Range { lo: (lo != NO_LO).then(|| Exact::int(lo)), hi: (hi != NO_HI).then(|| Exact::int(hi)) };
    Worked { val: Val::Figure(range), open: Inputs::one(0), marks: Marks::NONE }
}

/// The edge in the parts of x and y: x / y against right / left.
fn scaled(test: &RatioTest) -> Exact {
    Exact::ratio(test.right.into(), test.left.into()).unwrap_or(test.edge)
}
