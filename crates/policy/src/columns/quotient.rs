//! Quotients: they are compared by multiplying crosswise, never divided; and ladders of bands.

use super::bits::{each, ones, pack};
use super::instr::{FigureId, Ladder, NO_HI, NO_LO, Order, RatioTest, Rungs};
use super::machine::Machine;
use super::truths::turn;
use crate::answer::{Inputs, Marks, Range, Tri, Val, Worked};
use crate::eval::step as meaning;
use crate::exact::Exact;

/// What is known of a quotient in each row of a block.
struct Quotients {
    /// Rows that know both parts and have a divisor above nought.
    plain: Vec<u64>,
    /// Rows whose quotient is only known not to lie below nought.
    from_zero: Vec<u64>,
    /// Rows of which the definition itself has to tell the bounds.
    special: Vec<(usize, Worked)>,
    /// The largest parts of plain rows, without their signs.
    most: (u64, u64),
}

impl Quotients {
    /// Whether both products stay within 64 bits.
    fn fits(&self, left: i64, right: i64) -> bool {
        let fits =
            |most: u64, by: i64| most.checked_mul(by.unsigned_abs()).is_some_and(|product| product <= i64::MAX as u64);
        fits(self.most.0, left) && fits(self.most.1, right)
    }
}

impl Machine<'_> {
    fn quotients(&self, x: FigureId, y: FigureId) -> Quotients {
        let n = self.rows;
        let (fx, fy) = (&self.figures[x], &self.figures[y]);
        let (lo_x, hi_x, lo_y, hi_y) = (fx.lo(), fx.hi(), fy.lo(), fy.hi());
        let mut plain = Vec::new();
        let (mut most_x, mut most_y) = (0_u64, 0_u64);
        if fx.is_known() && fy.is_known() {
            pack(lo_y, &mut plain, |y| *y > 0);
            most_x = lo_x.iter().fold(0, |most, x| most.max(x.unsigned_abs()));
            most_y = lo_y.iter().fold(0, |most, y| most.max(y.unsigned_abs()));
        } else {
            // No branch depends on what is known: one fact in ten that is missing would mislead it all the time.
            let blocks = lo_x.chunks(64).zip(hi_x.chunks(64)).zip(lo_y.chunks(64).zip(hi_y.chunks(64)));
            plain.extend(blocks.map(|((lo_x, hi_x), (lo_y, hi_y))| {
                let mut word = 0_u64;
                let bounds = lo_x.iter().zip(hi_x).zip(lo_y.iter().zip(hi_y));
                for (at, ((lo_x, hi_x), (lo_y, hi_y))) in bounds.enumerate() {
                    let known = (lo_x == hi_x) & (lo_y == hi_y) & (*lo_y > 0);
                    word |= u64::from(known) << at;
                    let mask = -i64::from(known);
                    most_x = most_x.max((lo_x & mask).unsigned_abs());
                    most_y = most_y.max((lo_y & mask).unsigned_abs());
                }
                word
            }));
        }
        let (mut rest, mut from_zero, mut special) = (Vec::new(), vec![0_u64; plain.len()], Vec::new());
        ones(n, &mut rest);
        rest.iter_mut().zip(&plain).for_each(|(rest, plain)| *rest &= !plain);
        each(&rest, |at| {
            let (x, y) = ((lo_x[at], hi_x[at]), (lo_y[at], hi_y[at]));
            if y.0 <= 0 && y.1 >= 0 {
                return;
            }
            if x.0 >= 0 && y.0 > 0 && (x.1 == NO_HI || y.1 == NO_HI) {
                from_zero[at / 64] |= 1 << (at % 64);
            } else {
                special.push((at, meaning::divide(&worked(x), &worked(y), Inputs::one(0), Inputs::one(0))));
            }
        });
        Quotients { plain, from_zero, special, most: (most_x, most_y) }
    }

    /// Comparisons of one quotient with fixed figures.
    pub fn ratio(&mut self, x: FigureId, y: FigureId, tests: &[RatioTest]) {
        let known = self.quotients(x, y);
        for test in tests {
            let mut out = std::mem::take(&mut self.truths[test.to]);
            let (fx, fy) = (self.figures[x].lo(), self.figures[y].lo());
            if known.fits(test.left, test.right) {
                let (left, right) = (test.left, test.right);
                let products = |x: i64, y: i64| (x.wrapping_mul(left), y.wrapping_mul(right));
                compare(fx, fy, test.order, &mut out.yes, products);
            } else {
                let (left, right) = (i128::from(test.left), i128::from(test.right));
                let products = |x: i64, y: i64| (i128::from(x) * left, i128::from(y) * right);
                compare(fx, fy, test.order, &mut out.yes, products);
            }
            out.no.clear();
            out.no.extend(known.plain.iter().zip(&out.yes).map(|(plain, yes)| plain & !yes));
            out.yes.iter_mut().zip(&known.plain).for_each(|(yes, plain)| *yes &= plain);
            turn(&mut out, test.turned);
            match test.from_zero {
                Tri::Yes => out.yes.iter_mut().zip(&known.from_zero).for_each(|(yes, more)| *yes |= more),
                Tri::No => out.no.iter_mut().zip(&known.from_zero).for_each(|(no, more)| *no |= more),
                Tri::Open => {}
            }
            // The quotient is in parts of x against y, and so must the edge be.
            let edge = Worked::figure(Exact::ratio(test.right.into(), test.left.into()).unwrap_or(test.edge));
            for (at, quotient) in &known.special {
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

    /// Bands of one figure or quotient against fixed edges: the rung is the number of edges reached.
    pub fn ladder(&mut self, ladder: &Ladder, to: FigureId) {
        let mut out = self.take(to);
        let values = &ladder.values;
        match &ladder.rungs {
            Rungs::Figure { a, edges } => {
                let x = &self.figures[*a];
                let rung = |found: i64| edges.iter().map(|edge| usize::from(found >= *edge)).sum::<usize>();
                if x.is_known() {
                    out.lo.extend(x.lo().iter().map(|found| values[rung(*found)]));
                } else {
                    let bounds = x.lo().iter().zip(x.hi()).map(|(lo, hi)| hull(values, rung(*lo), rung(*hi)));
                    (out.lo, out.hi) = bounds.unzip();
                }
            }
            Rungs::Quotient { x, y, left, edges, strict } => {
                let known = self.quotients(*x, *y);
                let (fx, fy) = (self.figures[*x].lo(), self.figures[*y].lo());
                let most = edges.iter().copied().max_by_key(|edge| edge.unsigned_abs()).unwrap_or(0);
                // Above an edge is at least the edge and one part more, for whole products.
                let more = i64::from(*strict);
                if known.fits(*left, most) {
                    climb(fx, fy, (*left, more), edges, values, &mut out.lo);
                } else {
                    out.lo.extend(fx.iter().zip(fy).map(|(x, y)| {
                        let x = i128::from(*x) * i128::from(*left) - i128::from(more);
                        let reached = |edge: &i64| usize::from(x >= i128::from(*y) * i128::from(*edge));
                        values[edges.iter().map(reached).sum::<usize>()]
                    }));
                }
                let mut rest = Vec::new();
                ones(self.rows, &mut rest);
                rest.iter_mut().zip(&known.plain).for_each(|(rest, plain)| *rest &= !plain);
                if rest.iter().any(|word| *word != 0) {
                    out.hi.extend_from_slice(&out.lo);
                }
                let any = hull(values, 0, edges.len());
                each(&rest, |at| (out.lo[at], out.hi[at]) = any);
                let rung = |bound: Exact| {
                    let reached = |edge: &&i64| {
                        let edge = Exact::ratio((**edge).into(), (*left).into()).unwrap_or(Exact::ZERO);
                        if *strict { bound > edge } else { bound >= edge }
                    };
                    edges.iter().filter(reached).count()
                };
                let from_zero = hull(values, rung(Exact::ZERO), edges.len());
                each(&known.from_zero, |at| (out.lo[at], out.hi[at]) = from_zero);
                for (at, quotient) in &known.special {
                    let range = quotient.range();
                    let (least, most) = (range.lo.map_or(0, rung), range.hi.map_or(edges.len(), rung));
                    (out.lo[*at], out.hi[*at]) = hull(values, least, most);
                }
            }
        }
        self.figures[to] = out;
    }
}

/// The value of every row by the edges it reaches. Short ladders have loops of their own, in which the
/// edges stay in registers.
fn climb(x: &[i64], y: &[i64], of_x: (i64, i64), edges: &[i64], values: &[i64], to: &mut Vec<i64>) {
    match edges.len() {
        2 => climb_short::<2>(x, y, of_x, edges, values, to),
        3 => climb_short::<3>(x, y, of_x, edges, values, to),
        4 => climb_short::<4>(x, y, of_x, edges, values, to),
        5 => climb_short::<5>(x, y, of_x, edges, values, to),
        6 => climb_short::<6>(x, y, of_x, edges, values, to),
        _ => to.extend(x.iter().zip(y).map(|(x, y)| {
            let x = x.wrapping_mul(of_x.0).wrapping_sub(of_x.1);
            values[edges.iter().map(|edge| usize::from(x >= y.wrapping_mul(*edge))).sum::<usize>()]
        })),
    }
}

fn climb_short<const N: usize>(
    x: &[i64],
    y: &[i64],
    (left, less): (i64, i64),
    edges: &[i64],
    values: &[i64],
    to: &mut Vec<i64>,
) {
    let mut own = [0_i64; N];
    own.copy_from_slice(&edges[..N]);
    let mut rungs = [0_i64; 8];
    rungs[..=N].copy_from_slice(&values[..=N]);
    to.extend(x.iter().zip(y).map(|(x, y)| {
        let x = x.wrapping_mul(left).wrapping_sub(less);
        let mut rung = 0;
        for edge in own {
            rung += usize::from(x >= y.wrapping_mul(edge));
        }
        rungs[rung & 7]
    }));
}

/// The least and the most of the rungs from one to another.
fn hull(values: &[i64], from: usize, to: usize) -> (i64, i64) {
    let rungs = &values[from..=to];
    rungs.iter().fold((rungs[0], rungs[0]), |(lo, hi), value| (lo.min(*value), hi.max(*value)))
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
