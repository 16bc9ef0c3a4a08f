//! The acts on truths: comparisons, logic, bands, record sets.

use kernel::SubjectKind;

use super::bits::{clear_rest, each, ones, pack};
use super::instr::{Against, Edge, FigureId, NO_HI, Operand, Order, Space, TruthId};
use super::machine::{Machine, Soft, Truths};
use super::table::{Column, Kind};
use crate::answer::{Marks, Tri, Worked};

impl Machine<'_> {
    pub fn load_truth(&mut self, space: Space, input: usize, to: TruthId) {
        self.said_by(space, input, Kind::Truth, to, |column, from, n, yes| column.yes.copy(from, n, yes));
    }

    pub fn is_code(&mut self, space: Space, input: usize, marked: &[bool], to: TruthId) {
        self.said_by(space, input, Kind::Word, to, |column, from, n, yes| {
            let codes = column.codes.get(from..from + n).unwrap_or_default();
            match one_word(marked) {
                Some(mask) => pack(codes, yes, |code| mask >> (code & 63) & 1 == 1),
                None => pack(codes, yes, |code| marked.get(*code as usize).copied().unwrap_or(false)),
            }
        });
    }

    /// What a column says: `yes` writes where it says so, for unknown cells too, which count for
    /// neither side. A column of another kind says nothing.
    fn said_by(
        &mut self,
        space: Space,
        input: usize,
        kind: Kind,
        to: TruthId,
        yes: impl FnOnce(&Column, usize, usize, &mut Vec<u64>),
    ) {
        let mut out = self.take_truths(to);
        let (from, n) = self.place(space);
        match self.column(input).filter(|column| column.kind == kind) {
            None => {
                out.yes.resize(n.div_ceil(64), 0);
                out.no.resize(n.div_ceil(64), 0);
            }
            Some(column) => {
                let mut known = Vec::new();
                column.known.copy(from, n, &mut known);
                yes(column, from, n, &mut out.yes);
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
                pack(x.lo(), &mut out.yes, |found| *found >= edge);
                if x.is_known() {
                    out.no.extend(out.yes.iter().map(|word| !word));
                    clear_rest(&mut out.no, x.lo().len());
                } else {
                    pack(&x.hi, &mut out.no, |found| *found < edge);
                }
            }
            Edge::At { ceil, floor } => {
                let bounds: Vec<(i64, i64)> = x.lo().iter().copied().zip(x.hi().iter().copied()).collect();
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
        let rows: Vec<[i64; 4]> =
            (0..x.lo().len()).map(|at| [x.lo()[at], x.hi()[at], y.lo()[at], y.hi()[at]]).collect();
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
        out.lo.resize(self.rows, 0);
        let (first, rows) = (self.first, self.rows);
        let mut unknown = Vec::new();
        ones(rows, &mut unknown);
        if let Some(records) = self.table.records.get(&kind) {
            records.known.copy(first, rows, &mut unknown);
            unknown.iter_mut().for_each(|word| *word = !*word);
            clear_rest(&mut unknown, rows);
            self.counting(kind, filter, |row, sure| {
                if sure {
                    out.lo[row] += 1;
                } else {
                    if out.hi.is_empty() {
                        out.hi.resize(rows, 0);
                    }
                    out.hi[row] += 1;
                }
            });
        }
        // So far the upper bounds hold what may be added to the lower ones.
        if unknown.iter().any(|word| *word != 0) && out.hi.is_empty() {
            out.hi.resize(rows, 0);
        }
        out.hi.iter_mut().zip(&out.lo).for_each(|(hi, lo)| *hi += lo);
        each(&unknown, |row| {
            out.lo[row] = 0;
            out.hi[row] = NO_HI;
        });
        self.figures[to] = out;
    }

    pub fn exists(&mut self, kind: SubjectKind, filter: Option<TruthId>, to: TruthId) {
        let mut out = self.take_truths(to);
        out.yes.resize(self.rows.div_ceil(64), 0);
        if let Some(records) = self.table.records.get(&kind) {
            records.known.copy(self.first, self.rows, &mut out.no);
            let (yes, no) = (&mut out.yes, &mut out.no);
            self.counting(kind, filter, |row, sure| {
                let mask = 1 << (row % 64);
                no[row / 64] &= !mask;
                if sure {
                    yes[row / 64] |= mask;
                }
            });
        } else {
            out.no.resize(self.rows.div_ceil(64), 0);
        }
        self.truths[to] = out;
    }

    /// Calls back for every record that certainly or perhaps counts, with the row it belongs to.
    fn counting(&self, kind: SubjectKind, filter: Option<TruthId>, mut with: impl FnMut(usize, bool)) {
        let Some(records) = self.table.records.get(&kind) else { return };
        let (begin, n) = self.place(Some(kind));
        let rows = &records.rows[begin..begin + n];
        let Some(filter) = filter else {
            rows.iter().for_each(|row| with(*row as usize - self.first, true));
            return;
        };
        let truths = &self.truths[filter];
        each(&truths.yes, |at| with(rows[at] as usize - self.first, true));
        let mut perhaps = Vec::new();
        ones(n, &mut perhaps);
        for ((perhaps, yes), no) in perhaps.iter_mut().zip(&truths.yes).zip(&truths.no) {
            *perhaps &= !yes & !no;
        }
        each(&perhaps, |at| with(rows[at] as usize - self.first, false));
    }
}

pub(super) fn turn(truths: &mut Truths, turned: bool) {
    if turned {
        std::mem::swap(&mut truths.yes, &mut truths.no);
    }
}

/// The marks of a column's words as bits of one word, where there are no more than it holds. A number beyond
/// the words stands in rows that do not know their code, and those count for neither side.
fn one_word(marked: &[bool]) -> Option<u64> {
    let bit = |word: u64, (at, marked): (usize, &bool)| word | u64::from(*marked) << at;
    (marked.len() <= 64).then(|| marked.iter().enumerate().fold(0, bit))
}
