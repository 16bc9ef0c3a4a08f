//! Working a policy over a table, block by block.

use super::bits::{Bits, each};
use super::compile::{Form, Program, compile};
use super::instr::Instr;
use super::look::{Row, bind};
use super::machine::{BLOCK, Figures, Machine, Soft, Truths};
use super::table::{Column, Table};
use super::verdicts::{Scores, Verdicts};
use crate::answer::{Marks, Tri, Worked};
use crate::eval::outcome::{Answer, Outcome, Ready};
use crate::ir::Source;

impl Ready<'_> {
    /// The answers for every row of a table. They are those of [`Ready::evaluate`], row for row.
    pub fn columns(&self, table: &Table) -> Verdicts {
        let mut verdicts = Verdicts::default();
        self.columns_into(table, &mut verdicts);
        verdicts
    }

    /// The same, in the room of earlier verdicts: for one policy after another.
    pub fn columns_into(&self, table: &Table, verdicts: &mut Verdicts) {
        let columns = bind(self, table);
        let program = compile(self, table, &columns);
        let mut run = Run::new(self, table, &columns, &program, std::mem::take(verdicts));
        run.work();
        *verdicts = run.verdicts;
    }

    /// Works the policy on one row of a table, with all its steps.
    pub fn evaluate_row(&self, table: &Table, row: usize) -> Outcome {
        let columns = bind(self, table);
        self.evaluate_look(&Row::new(table, &columns, row))
    }
}

struct Run<'r, 'p, 't> {
    ready: &'r Ready<'p>,
    table: &'t Table,
    columns: &'t [Option<&'t Column>],
    program: &'r Program,
    machine: Machine<'t>,
    /// Rows with a value that does not fit its column.
    beside: Bits,
    steps: Vec<Worked>,
    verdicts: Verdicts,
}

impl<'r, 'p, 't> Run<'r, 'p, 't> {
    fn new(
        ready: &'r Ready<'p>,
        table: &'t Table,
        columns: &'t [Option<&'t Column>],
        program: &'r Program,
        mut verdicts: Verdicts,
    ) -> Self {
        verdicts.reset(table.len(), program.conditions.len(), program.score.map(|(_, form)| form));
        Run {
            ready,
            table,
            columns,
            program,
            machine: Machine {
                table,
                columns,
                first: 0,
                rows: 0,
                figures: (0..program.figures).map(|_| Figures::default()).collect(),
                truths: (0..program.truths).map(|_| Truths::default()).collect(),
                odd: Vec::new(),
            },
            beside: beside(ready, table, columns),
            steps: ready.base().to_vec(),
            verdicts,
        }
    }

    fn work(&mut self) {
        let rows = self.table.len();
        let mut first = 0;
        while first < rows {
            let count = BLOCK.min(rows - first);
            (self.machine.first, self.machine.rows) = (first, count);
            self.beside.copy(first, count, &mut self.machine.odd);
            let (early, waiting) = self.program.instrs.split_at(self.program.early);
            early.iter().for_each(|instr| act(&mut self.machine, instr));
            self.slow_steps();
            waiting.iter().for_each(|instr| act(&mut self.machine, instr));
            self.give();
            self.explain_odd();
            first += count;
        }
    }

    /// Works the steps that have no tight form, row by row, and takes their truths and the score over.
    fn slow_steps(&mut self) {
        let program = self.program;
        if program.slow.is_empty() {
            return;
        }
        let words = self.machine.rows.div_ceil(64);
        for (_, to) in &program.imports {
            let mut out = self.machine.take_truths(*to);
            out.yes.resize(words, 0);
            out.no.resize(words, 0);
            let zeros = || vec![0; words];
            out.soft =
                program.marked.then(|| Box::new(Soft { lacking: zeros(), expert: zeros(), unverified: zeros() }));
            self.machine.truths[*to] = out;
        }
        for row in 0..self.machine.rows {
            let look = Row::new(self.table, self.columns, self.machine.first + row);
            for (step, lent) in &program.lent {
                self.steps[*step] = self.machine.lent(*lent, row, self.ready.policy.steps[*step].inputs);
            }
            self.ready.work_all(&program.slow, &look, &mut self.steps);
            for (step, to) in &program.imports {
                put(&mut self.machine.truths[*to], row, &self.steps[*step]);
            }
            if let (Some((step, _)), Scores::Exact(scores)) = (program.score, &mut self.verdicts.scores) {
                scores.push(self.steps[step].range());
            }
        }
    }

    /// Writes what came out of a block.
    fn give(&mut self) {
        let (first, rows) = (self.machine.first, self.machine.rows);
        let verdicts = &mut self.verdicts;
        let truths = &self.machine.truths[self.program.verdict];
        let answers = &mut verdicts.answers[first..first + rows];
        each(&truths.yes, |at| answers[at] = Answer::Meets);
        each(&truths.no, |at| answers[at] = Answer::Fails);
        if let Some(soft) = &truths.soft {
            // Experts alone keep it open.
            let open = truths.yes.iter().zip(&truths.no).map(|(yes, no)| !yes & !no);
            let judged = soft
                .expert
                .iter()
                .zip(&soft.lacking)
                .zip(open)
                .map(|((expert, lacking), open)| expert & !lacking & open);
            each(&judged.collect::<Vec<u64>>(), |at| answers[at] = Answer::Expert);
        }
        if let Some(soft) = &truths.soft {
            each(&soft.unverified, |at| verdicts.unverified.set(first + at, true));
        }
        for (place, condition) in self.program.conditions.iter().enumerate() {
            let (word, mask) = (place / 64, 1_u64 << (place % 64));
            let stride = verdicts.stride;
            let failed = &mut verdicts.failed[first * stride..];
            each(&self.machine.truths[*condition].no, |at| failed[at * stride + word] |= mask);
        }
        match (&mut verdicts.scores, self.program.score) {
            (Scores::Whole { lo, hi, .. }, Some((_, Form::Figure { at, .. }))) => {
                lo.extend_from_slice(self.machine.figures[at].lo());
                hi.extend_from_slice(self.machine.figures[at].hi());
            }
            (Scores::Exact(scores), Some((_, Form::Fixed(worked)))) => scores.resize(first + rows, worked.range()),
            _ => {}
        }
    }

    /// Gives the rows that left the tight form to the explaining evaluator.
    fn explain_odd(&mut self) {
        let odd = std::mem::take(&mut self.machine.odd);
        let conditions: Vec<usize> = self.ready.policy.top_conditions().map(|(_, condition)| condition.step).collect();
        each(&odd, |at| {
            let row = self.machine.first + at;
            let outcome = self.ready.evaluate_look(&Row::new(self.table, self.columns, row));
            let verdicts = &mut self.verdicts;
            verdicts.explained += 1;
            verdicts.answers[row] = outcome.answer();
            verdicts.unverified.set(row, outcome.is_unverified());
            for (place, step) in conditions.iter().enumerate() {
                let word = &mut verdicts.failed[row * verdicts.stride + place / 64];
                let mask = 1 << (place % 64);
                *word = *word & !mask | if outcome.steps[*step].tri() == Tri::No { mask } else { 0 };
            }
            if let Some((step, _)) = self.program.score {
                verdicts.beside.insert(row, outcome.steps[step].range());
            }
        });
        self.machine.odd = odd;
    }
}

/// The rows of which some value the policy asks for does not fit its column.
fn beside(ready: &Ready<'_>, table: &Table, columns: &[Option<&Column>]) -> Bits {
    let mut found = Bits::of(table.len(), false);
    for (input, column) in columns.iter().enumerate() {
        for &at in column.iter().flat_map(|column| column.beside.keys()) {
            match &ready.policy.inputs[input].source {
                Source::RecordFact { kind, .. } => {
                    let starts = table.records.get(kind).map_or(&[][..], |records| &records.starts);
                    found.set(starts.partition_point(|start| *start as usize <= at).saturating_sub(1), true);
                }
                _ => found.set(at, true),
            }
        }
    }
    found
}

/// Puts one worked truth into a register.
fn put(truths: &mut Truths, row: usize, worked: &Worked) {
    let (word, mask) = (row / 64, 1_u64 << (row % 64));
    match worked.tri() {
        Tri::Yes => truths.yes[word] |= mask,
        Tri::No => truths.no[word] |= mask,
        Tri::Open => {}
    }
    if let Some(soft) = &mut truths.soft {
        let flag = |set: bool| if set { mask } else { 0 };
        soft.lacking[word] |= flag(!worked.open.is_empty());
        soft.expert[word] |= flag(worked.marks.has(Marks::EXPERT));
        soft.unverified[word] |= flag(worked.marks.has(Marks::UNVERIFIED));
    }
}

fn act(machine: &mut Machine<'_>, instr: &Instr) {
    match instr {
        Instr::Load { space, input, lo, kind, to } => machine.load(*space, *input, *lo, *kind, *to),
        Instr::LoadTruth { space, input, to } => machine.load_truth(*space, *input, *to),
        Instr::IsCode { space, input, marked, to } => machine.is_code(*space, *input, marked, *to),
        Instr::Always { space, worked, to } => machine.always(*space, worked, *to),
        Instr::Fill { space, figure, to } => machine.fill(*space, *figure, *to),
        Instr::Add { space, a, b, minus, small, to } => machine.add(*space, *a, *b, *minus, *small, *to),
        Instr::Offset { space, a, by, to } => machine.offset(*space, *a, *by, *to),
        Instr::Refine { space, a, by, to } => machine.refine(*space, *a, *by, *to),
        Instr::Times { space, a, by, to } => machine.times(*space, *a, *by, *to),
        Instr::Negate { space, a, to } => machine.negate(*space, *a, *to),
        Instr::Stated { input, stated, otherwise, to } => machine.stated(*input, *stated, *otherwise, *to),
        Instr::Extreme { parts, largest, to } => machine.extreme(parts, *largest, *to),
        Instr::Clamp { a, most, to } => machine.clamp(*a, *most, *to),
        Instr::Map { space, a, how, to } => machine.map(*space, *a, *how, *to),
        Instr::Months { from, until, per, to } => machine.months(*from, *until, *per, *to),
        Instr::Against { a, against, to } => machine.against(*a, *against, *to),
        Instr::Test { a, b, order, turned, to } => machine.test(*a, *b, *order, *turned, *to),
        Instr::Ratio { x, y, tests } => machine.ratio(*x, *y, tests),
        Instr::Connect { space, all, parts, soft, to } => machine.connect(*space, *all, parts, *soft, *to),
        Instr::Not { a, to } => machine.not(*a, *to),
        Instr::Mark { space, a, to } => machine.mark(*space, *a, *to),
        Instr::InDoubt { a, doubt, to } => machine.in_doubt(*a, *doubt, *to),
        Instr::Doubts { rows, to } => machine.doubts(rows, *to),
        Instr::Bands { rows, to } => machine.bands(rows, *to),
        Instr::Ladder { ladder, to } => machine.ladder(ladder, *to),
        Instr::Count { kind, filter, to } => machine.count(*kind, *filter, *to),
        Instr::Exists { kind, filter, to } => machine.exists(*kind, *filter, *to),
        Instr::Sum { kind, filter, value, lo, to } => machine.sum(*kind, *filter, *value, *lo, *to),
    }
}
