//! Leaving out acts whose result nobody reads.

use super::compile::{Form, Program};
use super::doubt::Doubt;
use super::instr::{FigureId, Instr, Operand, Rungs, TruthId};
use super::lend::Lent;

/// What an act reads.
#[derive(Default)]
pub(super) struct Reads {
    pub figures: Vec<FigureId>,
    pub truths: Vec<TruthId>,
}

/// What an act writes.
pub(super) enum Writes {
    Figure(FigureId),
    Truth(TruthId),
    Each,
}

/// Leaves out every act that neither an answer nor a score stands on.
pub(super) fn prune(program: &mut Program) {
    let mut figures = vec![false; program.figures];
    let mut truths = vec![false; program.truths];
    truths[program.verdict] = true;
    program.conditions.iter().for_each(|at| truths[*at] = true);
    if let Some((_, Form::Figure { at, .. })) = program.score {
        figures[at] = true;
    }
    for (_, lent) in &program.lent {
        match lent {
            Lent::Truth(at) => truths[*at] = true,
            Lent::Figure { at, .. } => figures[*at] = true,
        }
    }
    let mut kept = Vec::with_capacity(program.instrs.len());
    for mut instr in std::mem::take(&mut program.instrs).into_iter().rev() {
        if let Instr::Ratio { tests, .. } = &mut instr {
            tests.retain(|test| truths[test.to]);
        }
        let (reads, writes) = uses(&instr);
        let wanted = match writes {
            Writes::Figure(at) => figures[at],
            Writes::Truth(at) => truths[at],
            Writes::Each => !matches!(&instr, Instr::Ratio { tests, .. } if tests.is_empty()),
        };
        if wanted {
            reads.figures.iter().for_each(|at| figures[*at] = true);
            reads.truths.iter().for_each(|at| truths[*at] = true);
            kept.push(instr);
        }
    }
    kept.reverse();
    program.instrs = kept;
}

/// What an act reads and writes.
pub(super) fn uses(instr: &Instr) -> (Reads, Writes) {
    let figures = |figures: &[FigureId]| Reads { figures: figures.to_vec(), truths: Vec::new() };
    let truths = |truths: &[TruthId]| Reads { figures: Vec::new(), truths: truths.to_vec() };
    let operands = |operands: &[Operand]| {
        let registers = operands.iter().filter_map(|operand| match operand {
            Operand::Register(at) => Some(*at),
            Operand::Fixed(_) => None,
        });
        registers.collect::<Vec<FigureId>>()
    };
    match instr {
        Instr::Load { to, .. } | Instr::Fill { to, .. } => (Reads::default(), Writes::Figure(*to)),
        Instr::LoadTruth { to, .. } | Instr::IsCode { to, .. } | Instr::Always { to, .. } => {
            (Reads::default(), Writes::Truth(*to))
        }
        Instr::Add { a, b, to, .. } => (figures(&[*a, *b]), Writes::Figure(*to)),
        Instr::Offset { a, to, .. }
        | Instr::Refine { a, to, .. }
        | Instr::Times { a, to, .. }
        | Instr::Negate { a, to, .. }
        | Instr::Clamp { a, to, .. }
        | Instr::Map { a, to, .. } => (figures(&[*a]), Writes::Figure(*to)),
        Instr::Stated { stated, otherwise, to, .. } => (figures(&[*stated, *otherwise]), Writes::Figure(*to)),
        Instr::Extreme { parts, to, .. } => (figures(&operands(parts)), Writes::Figure(*to)),
        Instr::Months { from, until, to, .. } => (figures(&operands(&[*from, *until])), Writes::Figure(*to)),
        Instr::Against { a, to, .. } => (figures(&[*a]), Writes::Truth(*to)),
        Instr::Test { a, b, to, .. } => (figures(&[*a, *b]), Writes::Truth(*to)),
        Instr::Ratio { x, y, .. } => (figures(&[*x, *y]), Writes::Each),
        Instr::Connect { parts, to, .. } => (truths(parts), Writes::Truth(*to)),
        Instr::Not { a, to } | Instr::Mark { a, to, .. } => (truths(&[*a]), Writes::Truth(*to)),
        Instr::InDoubt { a, doubt, to } => (truths(&[*a, *doubt]), Writes::Truth(*to)),
        Instr::Doubts { rows, to } => {
            let doubts = rows.iter().filter_map(|(_, doubt)| match doubt {
                Doubt::Where(at) => Some(*at),
                Doubt::Nowhere | Doubt::Everywhere => None,
            });
            let read: Vec<TruthId> = rows.iter().filter_map(|(when, _)| *when).chain(doubts).collect();
            (truths(&read), Writes::Truth(*to))
        }
        Instr::Bands { rows, to } => {
            let thens: Vec<Operand> = rows.iter().map(|(_, then)| *then).collect();
            let whens = rows.iter().filter_map(|(when, _)| *when).collect();
            (Reads { figures: operands(&thens), truths: whens }, Writes::Figure(*to))
        }
        Instr::Ladder { ladder, to } => {
            let read = match &ladder.rungs {
                Rungs::Figure { a, .. } => figures(&[*a]),
                Rungs::Quotient { x, y, .. } => figures(&[*x, *y]),
            };
            (read, Writes::Figure(*to))
        }
        Instr::Count { filter, to, .. } => (truths(filter.as_slice()), Writes::Figure(*to)),
        Instr::Exists { filter, to, .. } => (truths(filter.as_slice()), Writes::Truth(*to)),
        Instr::Sum { filter, value, to, .. } => {
            (Reads { figures: vec![*value], truths: filter.iter().copied().collect() }, Writes::Figure(*to))
        }
    }
}
