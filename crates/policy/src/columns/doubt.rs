//! Figures that rest, in some rows, on a rule marked 待核: bands of bands of which some are not verified.

use super::bits::ones;
use super::compile::{Compiler, Form, Limits, least_multiple, whole};
use super::instr::{FigureId, Instr, Operand, TruthId};
use super::machine::{Machine, Soft};
use crate::answer::{Marks, Worked};
use crate::ir::{Band, Op, StepId};

/// Where the value of a band rests on a rule marked 待核.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    Nowhere,
    Everywhere,
    /// In the rows where this register says yes.
    Where(TruthId),
}

/// Whether a step adds a mark.
pub(super) fn is_marked(op: &Op) -> bool {
    match op {
        Op::Fixed(worked) => worked.marks != Marks::NONE,
        Op::Judged(..) | Op::Unverified(_) => true,
        Op::Bands(rows) => rows.iter().any(|(_, _, unverified)| *unverified),
        _ => false,
    }
}

impl Compiler<'_, '_> {
    /// A figure marked 待核 as a whole.
    pub(super) fn doubted(&mut self, a: StepId) -> Option<Form> {
        let (Form::Figure { at, per } | Form::Doubted { at, per, .. }) = self.forms[a] else { return None };
        let doubt = self.new_truth();
        self.push(Instr::Always { space: None, worked: Worked::truth(true), to: doubt });
        Some(Form::Doubted { at, per, doubt })
    }

    /// Whether the value of some band is or may be in doubt.
    pub(super) fn has_doubts(&self, rows: &[Band]) -> bool {
        rows.iter().any(|(_, then, unverified)| *unverified || matches!(self.forms[*then], Form::Doubted { .. }))
    }

    /// Bands of which some values are in doubt: the figure as ever, and beside it the rows in doubt.
    pub(super) fn doubted_bands(&mut self, rows: &[Band]) -> Option<Form> {
        let mut per = 1_i64;
        for (_, then, _) in rows {
            let own = match self.forms[*then] {
                Form::Figure { per, .. } | Form::Doubted { per, .. } => per,
                Form::Fixed(_) => i64::try_from(self.fixed(*then)?.parts().1).ok()?,
                _ => return None,
            };
            per = least_multiple(per, own)?;
        }
        let (mut figures, mut doubts) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for (when, then, unverified) in rows {
            let when = match when {
                Some(when) => Some(self.quick_truth(*when).filter(|(_, soft)| !soft)?.0),
                None => None,
            };
            let (value, doubt) = match self.forms[*then] {
                Form::Doubted { at, per: own, doubt } => {
                    (Operand::Register(self.finer(at, per / own)), Doubt::Where(doubt))
                }
                Form::Fixed(_) => (Operand::Fixed(whole(self.fixed(*then)?, per)?), Doubt::Nowhere),
                _ => (self.operand(*then, per)?, Doubt::Nowhere),
            };
            figures.push((when, value));
            doubts.push((when, if *unverified { Doubt::Everywhere } else { doubt }));
        }
        let (to, doubt) = (self.figure(Limits::ANY), self.new_truth());
        self.push(Instr::Bands { rows: figures, to });
        self.push(Instr::Doubts { rows: doubts, to: doubt });
        Some(Form::Doubted { at: to, per, doubt })
    }

    fn finer(&mut self, a: FigureId, by: i64) -> FigureId {
        if by == 1 {
            return a;
        }
        let to = self.figure(Limits::ANY);
        self.push(Instr::Refine { space: None, a, by, to });
        to
    }

    /// The truths of a comparison of a figure in doubt.
    pub(super) fn in_doubt(&mut self, a: TruthId, doubt: TruthId) -> Form {
        let to = self.new_truth();
        self.push(Instr::InDoubt { a, doubt, to });
        Form::Truth { at: to, soft: true }
    }
}

impl Machine<'_> {
    /// The rows in which some band that applies, or still may, is in doubt.
    pub fn doubts(&mut self, rows: &[(Option<TruthId>, Doubt)], to: TruthId) {
        let mut out = self.take_truths(to);
        let mut alive = Vec::new();
        ones(self.rows, &mut alive);
        out.no.extend_from_slice(&alive);
        out.yes.resize(alive.len(), 0);
        for (when, doubt) in rows {
            for (word, alive) in alive.iter_mut().enumerate() {
                let (yes, no) = match when {
                    Some(when) => (self.truths[*when].yes[word], self.truths[*when].no[word]),
                    None => (u64::MAX, 0),
                };
                let doubted = match doubt {
                    Doubt::Nowhere => 0,
                    Doubt::Everywhere => u64::MAX,
                    Doubt::Where(at) => self.truths[*at].yes[word],
                };
                out.yes[word] |= *alive & !no & doubted;
                *alive &= !yes;
            }
        }
        out.no.iter_mut().zip(&out.yes).for_each(|(no, yes)| *no &= !yes);
        out.soft = None;
        self.truths[to] = out;
    }

    /// Truths marked 待核 in the rows in doubt. What is open lacks facts: no expert has a say in such figures.
    pub fn in_doubt(&mut self, a: TruthId, doubt: TruthId, to: TruthId) {
        let mut out = self.take_truths(to);
        let mut every = Vec::new();
        ones(self.rows, &mut every);
        let (x, doubted) = (&self.truths[a], &self.truths[doubt].yes);
        out.yes.extend_from_slice(&x.yes);
        out.no.extend_from_slice(&x.no);
        let open = every.iter().zip(x.yes.iter().zip(&x.no)).map(|(every, (yes, no))| every & !yes & !no);
        out.soft =
            Some(Box::new(Soft { lacking: open.collect(), expert: vec![0; every.len()], unverified: doubted.clone() }));
        self.truths[to] = out;
    }
}
