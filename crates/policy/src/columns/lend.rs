//! Steps that are worked row by row take what the acts on blocks have worked before them.

use super::compile::{Compiler, Form, Program};
use super::instr::{FigureId, Instr, NO_HI, NO_LO, Operand, TruthId};
use super::machine::Machine;
use super::prune::{Writes, prune, uses};
use crate::answer::{Inputs, Marks, Range, Tri, Val, Worked};
use crate::exact::Exact;
use crate::ir::StepId;

/// A register that holds the value of a step.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lent {
    /// Truths without a mark.
    Truth(TruthId),
    /// Whole numbers of the parts `1 / per`.
    Figure { at: FigureId, per: i64 },
}

/// The registers that wait for truths worked row by row.
struct Late {
    figures: Vec<bool>,
    truths: Vec<bool>,
}

impl Late {
    fn of(program: &Program) -> Self {
        let mut late = Late { figures: vec![false; program.figures], truths: vec![false; program.truths] };
        program.imports.iter().for_each(|(_, to)| late.truths[*to] = true);
        for instr in &program.instrs {
            if !late.holds(instr) {
                continue;
            }
            match uses(instr).1 {
                Writes::Figure(to) => late.figures[to] = true,
                Writes::Truth(to) => late.truths[to] = true,
                Writes::Each => {
                    if let Instr::Ratio { tests, .. } = instr {
                        tests.iter().for_each(|test| late.truths[test.to] = true);
                    }
                }
            }
        }
        late
    }

    /// Whether an act reads a register that is late.
    fn holds(&self, instr: &Instr) -> bool {
        let (reads, _) = uses(instr);
        reads.figures.iter().any(|at| self.figures[*at]) || reads.truths.iter().any(|at| self.truths[*at])
    }
}

impl Compiler<'_, '_> {
    /// Works out which steps are worked row by row: those taken over and what they stand on, down to
    /// the steps that a register holds by then. The acts that wait for them come last.
    pub(super) fn finish(mut self) -> Program {
        let steps = &self.ready.policy.steps;
        let late = Late::of(&self.program);
        let mut open: Vec<StepId> = (0..self.slow.len()).filter(|&at| self.slow[at]).collect();
        let (mut seen, mut slow) = (vec![false; steps.len()], vec![false; steps.len()]);
        let mut lent = Vec::new();
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match self.lent(at, &late) {
                Some(register) => lent.push((at, register)),
                None => {
                    slow[at] = true;
                    open.extend(self.ready.policy.parts_of(at));
                }
            }
        }
        let is_worked = |at: &StepId| slow[*at] && !steps[*at].inputs.is_empty() && !steps[*at].per_record;
        self.program.slow = (0..steps.len()).filter(is_worked).collect();
        self.program.lent = lent;
        prune(&mut self.program);
        let (early, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.program.instrs).into_iter().partition(|instr| !late.holds(instr));
        self.program.early = early.len();
        self.program.instrs = early.into_iter().chain(waiting).collect();
        self.program
    }

    fn lent(&self, at: StepId, late: &Late) -> Option<Lent> {
        if self.spaces[at].is_some() || self.ready.policy.steps[at].inputs.is_empty() {
            return None;
        }
        match self.forms[at] {
            Form::Figure { at, per } if !late.figures[at] => Some(Lent::Figure { at, per }),
            Form::Truth { at, soft: false } if !late.truths[at] => Some(Lent::Truth(at)),
            _ => None,
        }
    }
}

impl Machine<'_> {
    /// The value of a step in a row. Which inputs keep it open nobody asks by columns: any of its own will do.
    pub fn lent(&self, lent: Lent, row: usize, inputs: Inputs) -> Worked {
        let open = |val: Val| Worked { val, open: inputs, marks: Marks::NONE };
        match lent {
            Lent::Truth(at) => {
                let (truths, word, bit) = (&self.truths[at], row / 64, row % 64);
                match (truths.yes[word] >> bit & 1, truths.no[word] >> bit & 1) {
                    (1, _) => Worked::truth(true),
                    (_, 1) => Worked::truth(false),
                    _ => open(Val::Truth(Tri::Open)),
                }
            }
            Lent::Figure { at, per } => {
                let (lo, hi) = self.at(Operand::Register(at), row);
                let part = |bound: i64| match per {
                    1 => Some(Exact::int(bound)),
                    per => Exact::ratio(bound.into(), per.into()),
                };
                let range = Range {
                    lo: if lo == NO_LO { None } else { part(lo) },
                    hi: if hi == NO_HI { None } else { part(hi) },
                };
                match range.known() {
                    Some(figure) => Worked::figure(figure),
                    None => open(Val::Figure(range)),
                }
            }
        }
    }
}
