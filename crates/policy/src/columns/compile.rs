//! From a checked policy to acts on blocks: what has a tight form gets it, the rest is left to the
//! explaining evaluator row by row.

use std::collections::HashMap;

use super::doubt::is_marked;
use super::instr::{FigureId, Instr, LIMIT, NO_LO, Operand, Rising, Space, TruthId};
use super::lend::Lent;
use super::look::per;
use super::table::{Column, Kind, Table};
use crate::answer::{Marks, Val, Worked};
use crate::eval::outcome::{Outcome, Ready, is_among};
use crate::exact::Exact;
use crate::ir::{Dim, Op, Source, StepId};

/// How the value of a step is held.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// The same for every row.
    Fixed(Worked),
    /// Whole numbers of the parts `1 / per`.
    Figure { at: FigureId, per: i64 },
    /// The same, and the rows in which they rest on a rule marked 待核.
    Doubted { at: FigureId, per: i64, doubt: TruthId },
    /// Truths; `soft` where they carry marks.
    Truth { at: TruthId, soft: bool },
    /// The quotient of two steps, worked only where it is compared.
    Ratio(StepId, StepId),
    /// Only row by row.
    Slow,
}

/// What the bounds of a register cannot leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The largest of them, without its sign.
    pub most: i64,
    /// The least and the most; `None` where a bound may be missing.
    pub within: Option<(i64, i64)>,
}

impl Limits {
    /// Any figure that stays in the tight form.
    pub const ANY: Limits = Limits { most: LIMIT, within: None };

    /// Between two figures, both bounds always there.
    pub fn within(lo: i64, hi: i64) -> Self {
        Limits { most: lo.saturating_abs().max(hi.saturating_abs()), within: Some((lo, hi)) }
    }

    /// The sum of two figures with these limits.
    fn plus(self, other: Limits) -> Self {
        let within = self.within.zip(other.within);
        Limits {
            most: self.most.saturating_add(other.most),
            within: within.map(|(a, b)| (a.0.saturating_add(b.0), a.1.saturating_add(b.1))),
        }
    }
}

/// A policy made of acts.
#[derive(Debug)]
pub(super) struct Program {
    pub instrs: Vec<Instr>,
    pub figures: usize,
    pub truths: usize,
    /// Whether some rule carries a mark: only then are marks followed.
    pub marked: bool,
    /// How many of the acts do not wait for what is worked row by row.
    pub early: usize,
    /// Steps worked row by row, in order.
    pub slow: Vec<StepId>,
    /// Steps that those stand on and a register holds.
    pub lent: Vec<(StepId, Lent)>,
    /// Truths worked row by row, and the registers they go to.
    pub imports: Vec<(StepId, TruthId)>,
    pub verdict: TruthId,
    /// The top conditions.
    pub conditions: Vec<TruthId>,
    /// The first score, and its step.
    pub score: Option<(StepId, Form)>,
}

/// A policy on its way to acts.
pub(super) struct Compiler<'a, 'p> {
    pub ready: &'a Ready<'p>,
    table: &'a Table,
    columns: &'a [Option<&'a Column>],
    pub forms: Vec<Form>,
    /// The first step that does the same as each step.
    pub same: Vec<StepId>,
    pub spaces: Vec<Space>,
    pub program: Program,
    pub ratios: HashMap<(StepId, StepId), usize>,
    pub slow: Vec<bool>,
    /// What the bounds of each register of figures cannot leave.
    limits: Vec<Limits>,
    /// What comes out where nothing is known.
    nothing: Outcome,
}

/// Makes a policy into acts on the columns at hand.
pub(super) fn compile(ready: &Ready<'_>, table: &Table, columns: &[Option<&Column>]) -> Program {
    let policy = ready.policy;
    let conditions: Vec<StepId> = policy.top_conditions().map(|(_, condition)| condition.step).collect();
    let score = policy.scores.first().map(|score| score.step);
    let wanted = reached(ready, conditions.iter().copied().chain([policy.verdict]).chain(score));
    let program = Program {
        instrs: Vec::new(),
        figures: 0,
        truths: 0,
        marked: (0..policy.steps.len()).any(|at| wanted[at] && is_marked(&policy.steps[at].op)),
        early: 0,
        slow: Vec::new(),
        lent: Vec::new(),
        imports: Vec::new(),
        verdict: 0,
        conditions: Vec::new(),
        score: None,
    };
    let mut compiler = Compiler {
        ready,
        table,
        columns,
        forms: Vec::with_capacity(policy.steps.len()),
        same: (0..policy.steps.len()).collect(),
        spaces: spaces(ready),
        program,
        ratios: HashMap::new(),
        slow: vec![false; policy.steps.len()],
        limits: Vec::new(),
        nothing: ready.evaluate(&crate::eval::facts::Nothing),
    };
    compiler.steps(&wanted);
    compiler.program.verdict = compiler.truth(policy.verdict).0;
    compiler.program.conditions = conditions.into_iter().map(|step| compiler.truth(step).0).collect();
    if let Some(step) = score {
        let mut form = compiler.forms[step];
        if matches!(form, Form::Ratio(..) | Form::Doubted { .. } | Form::Slow) {
            (compiler.slow[step], form) = (true, Form::Slow);
        }
        compiler.program.score = Some((step, form));
    }
    compiler.finish()
}

/// The steps that these steps stand on, themselves included.
fn reached(ready: &Ready<'_>, from: impl Iterator<Item = StepId>) -> Vec<bool> {
    let mut found = vec![false; ready.policy.steps.len()];
    let mut open: Vec<StepId> = from.collect();
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut found[at], true) {
            open.extend(ready.policy.parts_of(at));
        }
    }
    found
}

/// The records that each step is worked for.
fn spaces(ready: &Ready<'_>) -> Vec<Space> {
    let mut spaces = vec![None; ready.policy.steps.len()];
    for (at, step) in ready.policy.steps.iter().enumerate() {
        if let Op::Gather { kind, from, .. } = step.op {
            for (space, inner) in spaces[from..at].iter_mut().zip(&ready.policy.steps[from..at]) {
                if inner.per_record {
                    *space = Some(kind);
                }
            }
        }
    }
    spaces
}

impl Compiler<'_, '_> {
    fn steps(&mut self, wanted: &[bool]) {
        let mut known: HashMap<String, StepId> = HashMap::new();
        for (at, wanted) in wanted.iter().enumerate() {
            if !wanted {
                self.forms.push(Form::Slow);
                continue;
            }
            let name = self.name(at);
            if let Some(&first) = known.get(&name) {
                self.same[at] = first;
                self.forms.push(self.forms[first]);
                continue;
            }
            let form = self.step(at).unwrap_or(Form::Slow);
            self.forms.push(form);
            known.insert(name, at);
        }
    }

    /// Steps of one name do the same.
    fn name(&self, at: StepId) -> String {
        let step = &self.ready.policy.steps[at];
        if step.inputs.is_empty() {
            return format!("{:?}", self.ready.base()[at]);
        }
        let parts: Vec<StepId> = step.op.parts().into_iter().map(|part| self.same[part]).collect();
        let what = match &step.op {
            Op::Input(_) | Op::IsCode { .. } => format!("{:?}", step.op),
            Op::Derived(input, _) => format!("derived {input}"),
            Op::Power(_, times) => format!("power {times}"),
            Op::Shift(_, years, months, days) => format!("shift {years} {months} {days}"),
            Op::UpTo(_, most) => format!("up to {most:?}"),
            Op::Test(compare, ..) => format!("{compare:?}"),
            Op::Gather { gather, kind, filter, value, .. } => {
                format!("{gather:?} {kind:?} {} {}", filter.is_some(), value.is_some())
            }
            Op::Bands(rows) => {
                let shape: Vec<(bool, bool)> = rows.iter().map(|(when, _, mark)| (when.is_some(), *mark)).collect();
                format!("bands {shape:?}")
            }
            op => format!("{:?}", std::mem::discriminant(op)),
        };
        format!("{:?} {what} {parts:?}", self.spaces[at])
    }

    /// A new register of figures. `limits` are what its bounds cannot leave, where that is known.
    pub(super) fn figure(&mut self, limits: Limits) -> FigureId {
        self.limits.push(limits);
        self.program.figures += 1;
        self.program.figures - 1
    }

    pub(super) fn new_truth(&mut self) -> TruthId {
        self.program.truths += 1;
        self.program.truths - 1
    }

    pub(super) fn push(&mut self, instr: Instr) {
        self.program.instrs.push(instr);
    }

    /// The figure of a step that is the same everywhere, certain and without a mark.
    pub(super) fn fixed(&self, at: StepId) -> Option<Exact> {
        match self.forms[at] {
            Form::Fixed(worked) if worked.marks == Marks::NONE => worked.range().known(),
            _ => None,
        }
    }

    /// The truths of a step; a step that has none in blocks is worked row by row and taken over.
    fn truth(&mut self, at: StepId) -> (TruthId, bool) {
        let space = self.spaces[at];
        match self.forms[at] {
            Form::Truth { at, soft } => (at, soft),
            Form::Fixed(worked) => {
                let to = self.new_truth();
                self.push(Instr::Always { space, worked, to });
                let form = Form::Truth { at: to, soft: worked.marks != Marks::NONE };
                self.forms[at] = form;
                (to, worked.marks != Marks::NONE)
            }
            _ => {
                let to = self.new_truth();
                self.program.imports.push((at, to));
                self.slow[at] = true;
                let soft = self.program.marked;
                self.forms[at] = Form::Truth { at: to, soft };
                (to, soft)
            }
        }
    }

    /// The truths of a step, unless it must be worked row by row.
    pub(super) fn quick_truth(&mut self, at: StepId) -> Option<(TruthId, bool)> {
        matches!(self.forms[at], Form::Truth { .. } | Form::Fixed(_)).then(|| self.truth(at))
    }

    /// The figures of a step in parts of `1 / per`.
    pub(super) fn quick_figure(&mut self, at: StepId, per: i64) -> Option<FigureId> {
        let space = self.spaces[at];
        match self.forms[at] {
            Form::Figure { at, per: own } if own == per => Some(at),
            Form::Figure { at, per: own } if per % own == 0 => {
                let to = self.figure(Limits::ANY);
                self.push(Instr::Refine { space, a: at, by: per / own, to });
                Some(to)
            }
            Form::Fixed(_) => {
                let figure = whole(self.fixed(at)?, per)?;
                let to = self.figure(Limits::within(figure, figure));
                self.push(Instr::Fill { space, figure, to });
                Some(to)
            }
            _ => None,
        }
    }

    pub(super) fn operand(&mut self, at: StepId, per: i64) -> Option<Operand> {
        match self.forms[at] {
            Form::Fixed(_) => Some(Operand::Fixed(whole(self.fixed(at)?, per)?)),
            _ => self.quick_figure(at, per).map(Operand::Register),
        }
    }

    pub(super) fn limits_of(&self, operand: Operand) -> Limits {
        match operand {
            Operand::Register(at) => self.limits[at],
            Operand::Fixed(figure) => Limits::within(figure, figure),
        }
    }

    /// Whether no row knows any input of a step.
    fn is_absent(&self, at: StepId) -> bool {
        let absent = |input: usize| match &self.ready.policy.inputs[input].source {
            Source::Records(kind) => self.table.records(*kind).is_none_or(|records| records.known.count() == 0),
            Source::Setting(_) => true,
            _ => self.columns[input].is_none_or(|column| column.known.count() == 0 && column.beside.is_empty()),
        };
        self.ready.policy.steps[at].inputs.iter().all(absent)
    }

    /// Parts in which all of these figures are whole.
    pub(super) fn common(&self, parts: impl IntoIterator<Item = StepId>) -> Option<i64> {
        let mut common = 1_i64;
        for part in parts {
            let per = match self.forms[part] {
                Form::Figure { per, .. } => per,
                Form::Fixed(_) => i64::try_from(self.fixed(part)?.parts().1).ok()?,
                _ => return None,
            };
            common = least_multiple(common, per)?;
        }
        Some(common)
    }

    fn step(&mut self, at: StepId) -> Option<Form> {
        let step = &self.ready.policy.steps[at];
        let space = self.spaces[at];
        if step.inputs.is_empty() {
            return Some(Form::Fixed(self.ready.base()[at]));
        }
        // What no row knows anything of comes out alike for every row.
        if step.dim == Dim::Truth && space.is_none() && self.is_absent(at) {
            return Some(Form::Fixed(self.nothing.steps[at]));
        }
        // Registers of subjects and of records do not mix.
        let apart = |part: &StepId| !matches!(self.forms[*part], Form::Fixed(_)) && self.spaces[*part] != space;
        if !matches!(step.op, Op::Gather { .. }) && step.op.parts().iter().any(apart) {
            return None;
        }
        let made = |at: FigureId, per: i64| Some(Form::Figure { at, per });
        match &step.op {
            Op::Input(input) => self.input(*input, &step.dim),
            Op::Derived(input, formula) => self.derived(*input, *formula),
            Op::IsCode { input, codes, prefix, not } => {
                let space = self.space_of(*input);
                let words = self.columns[*input].filter(|column| column.kind == Kind::Word);
                let words = words.map_or(&[][..], |column| &column.words);
                let marked = words.iter().map(|word| is_among(word, codes, *prefix) != *not).collect();
                let to = self.new_truth();
                self.push(Instr::IsCode { space, input: *input, marked, to });
                Some(Form::Truth { at: to, soft: false })
            }
            Op::Add(a, b) | Op::Subtract(a, b) => {
                let minus = matches!(step.op, Op::Subtract(..));
                let per = self.common([*a, *b])?;
                let (x, y) = (self.operand(*a, per)?, self.operand(*b, per)?);
                let (left, mut right) = (self.limits_of(x), self.limits_of(y));
                if minus {
                    right.within = right.within.map(|(lo, hi)| (-hi, -lo));
                }
                let limits = left.plus(right);
                let small = limits.most <= LIMIT;
                let to = self.figure(if small { limits } else { Limits::ANY });
                match (x, y) {
                    (Operand::Register(a), Operand::Register(b)) => {
                        self.push(Instr::Add { space, a, b, minus, small, to });
                    }
                    (Operand::Register(a), Operand::Fixed(by)) => {
                        self.push(Instr::Offset { space, a, by: if minus { -by } else { by }, to });
                    }
                    (Operand::Fixed(by), Operand::Register(b)) => {
                        let a = if minus {
                            let turned = self.figure(right);
                            self.push(Instr::Negate { space, a: b, to: turned });
                            turned
                        } else {
                            b
                        };
                        self.push(Instr::Offset { space, a, by, to });
                    }
                    _ => return None,
                }
                made(to, per)
            }
            Op::Multiply(a, b) => match (self.fixed(*a), self.fixed(*b)) {
                (None, Some(by)) => self.times(*a, by, space),
                (Some(by), None) => self.times(*b, by, space),
                _ => None,
            },
            Op::Divide(a, b) => match self.fixed(*b) {
                Some(by) if !by.is_zero() => self.times(*a, Exact::ONE.div(by)?, space),
                Some(_) => None,
                None => {
                    self.common([*a])?;
                    self.common([*b])?;
                    space.is_none().then_some(Form::Ratio(self.same[*a], self.same[*b]))
                }
            },
            Op::Largest(parts) | Op::Smallest(parts) => {
                let largest = matches!(step.op, Op::Largest(_));
                let per = self.common(parts.iter().copied())?;
                let parts = parts.iter().map(|part| self.operand(*part, per)).collect::<Option<Vec<_>>>()?;
                let each: Vec<Limits> = parts.iter().map(|part| self.limits_of(*part)).collect();
                let within: Option<Vec<(i64, i64)>> = each.iter().map(|limits| limits.within).collect();
                let hull = within.and_then(|all| {
                    let (lo, hi): (Vec<i64>, Vec<i64>) = all.into_iter().unzip();
                    lo.into_iter().min().zip(hi.into_iter().max())
                });
                let most = each.iter().map(|limits| limits.most).max().unwrap_or(LIMIT);
                let to = self.figure(Limits { most, within: hull });
                self.push(Instr::Extreme { parts, largest, to });
                made(to, per)
            }
            Op::UpTo(a, most) => {
                let per = least_multiple(self.common([*a])?, i64::try_from(most.parts().1).ok()?)?;
                let (a, most) = (self.quick_figure(*a, per)?, whole(*most, per)?);
                if self.limits[a].within.is_some_and(|(lo, hi)| lo >= 0 && hi <= most) {
                    return made(a, per);
                }
                let to = self.figure(Limits::within(0.min(most), most.max(0)));
                self.push(Instr::Clamp { a, most, to });
                made(to, per)
            }
            Op::Floor(a) => {
                let Form::Figure { per, .. } = self.forms[*a] else { return None };
                self.map(*a, per, Rising::Floor { per }, space)
            }
            Op::Shift(a, years, months, days) => self.map(*a, 1, Rising::Shift(*years, *months, *days), space),
            Op::YearOf(a) => self.map(*a, 1, Rising::YearOf, space),
            Op::YearStart(a) => self.map(*a, 1, Rising::YearStart, space),
            Op::YearEnd(a) => self.map(*a, 1, Rising::YearEnd, space),
            Op::WholeYears(a, b) | Op::WholeMonths(a, b) if space.is_none() => {
                let per = if matches!(step.op, Op::WholeYears(..)) { 12 } else { 1 };
                let (from, until) = (self.operand(*a, 1)?, self.operand(*b, 1)?);
                let to = self.figure(Limits::ANY);
                self.push(Instr::Months { from, until, per, to });
                made(to, 1)
            }
            Op::Test(compare, a, b) => self.test(*compare, *a, *b),
            Op::All(parts) => self.connect(parts, true, space),
            Op::Any(parts) => self.connect(parts, false, space),
            Op::Not(a) => {
                let (a, soft) = self.part(*a, space)?;
                let to = self.new_truth();
                self.push(Instr::Not { a, to });
                Some(Form::Truth { at: to, soft })
            }
            Op::Unverified(a) => {
                if step.dim != Dim::Truth {
                    return if space.is_none() { self.doubted(*a) } else { None };
                }
                let (a, _) = self.part(*a, space)?;
                let to = self.new_truth();
                self.push(Instr::Mark { space, a, to });
                Some(Form::Truth { at: to, soft: true })
            }
            Op::Bands(rows) if space.is_none() && step.dim != Dim::Truth => self.bands(rows),
            Op::Gather { gather, kind, filter, value, .. } => self.gather(*gather, *kind, *filter, *value),
            _ => None,
        }
    }

    fn space_of(&self, input: usize) -> Space {
        match self.ready.policy.inputs[input].source {
            Source::RecordFact { kind, .. } => Some(kind),
            _ => None,
        }
    }

    fn input(&mut self, input: usize, dim: &Dim) -> Option<Form> {
        let space = self.space_of(input);
        let known = &self.ready.policy.inputs[input];
        if *dim == Dim::Truth {
            let to = self.new_truth();
            self.push(Instr::LoadTruth { space, input, to });
            return Some(Form::Truth { at: to, soft: false });
        }
        let Val::Figure(range) = self.ready.unknown(input).val else { return None };
        let per = match self.columns[input] {
            Some(column) if column.kind == Kind::of(known.reading) => per(column, known.reading)?,
            _ => 1,
        };
        let to = self.figure(Limits { most: super::table::LARGEST, within: None });
        let lo = if range.lo.is_some() { 0 } else { NO_LO };
        self.push(Instr::Load { space, input, lo, kind: Kind::of(known.reading), to });
        Some(Form::Figure { at: to, per })
    }

    /// The stated fact, else the formula. That a derived fact of which no part is known lies no lower
    /// than its own least must follow from the formula already; else it is worked row by row.
    fn derived(&mut self, input: usize, formula: StepId) -> Option<Form> {
        let own = self.ready.unknown(input).range();
        if own.lo.is_some_and(|lo| self.nothing.steps[formula].range().lo.is_none_or(|formula| formula < lo)) {
            return None;
        }
        let Some(Form::Figure { per, .. }) = self.input(input, &self.ready.policy.inputs[input].dim) else {
            return None;
        };
        let loaded = self.program.figures - 1;
        // A formula of which nothing is known leaves the bounds that an unknown fact has anyway.
        if self.is_absent(formula) && self.nothing.steps[formula].range() == own {
            return Some(Form::Figure { at: loaded, per });
        }
        let common = least_multiple(per, self.common([formula])?)?;
        let otherwise = self.quick_figure(formula, common)?;
        let stated = if common == per {
            loaded
        } else {
            let to = self.figure(Limits::ANY);
            self.push(Instr::Refine { space: None, a: loaded, by: common / per, to });
            to
        };
        let to = self.figure(Limits::ANY);
        self.push(Instr::Stated { input, stated, otherwise, to });
        Some(Form::Figure { at: to, per: common })
    }

    /// a × by
    fn times(&mut self, a: StepId, by: Exact, space: Space) -> Option<Form> {
        let (num, den) = by.parts();
        let Form::Figure { at, per } = self.forms[a] else { return None };
        let (num, den) = (i64::try_from(num).ok()?, i64::try_from(den).ok()?);
        let per = per.checked_mul(den).filter(|per| *per <= LIMIT)?;
        let to = self.figure(Limits::ANY);
        self.push(Instr::Times { space, a: at, by: num, to });
        Some(Form::Figure { at: to, per })
    }

    fn map(&mut self, a: StepId, per: i64, how: Rising, space: Space) -> Option<Form> {
        let a = match self.forms[a] {
            Form::Figure { at, per: own } if own == per => at,
            _ => return None,
        };
        let to = self.figure(Limits::ANY);
        self.push(Instr::Map { space, a, how, to });
        Some(Form::Figure { at: to, per: 1 })
    }

    /// A part of a 且, 或 or 非; outside records it may be worked row by row.
    fn part(&mut self, at: StepId, space: Space) -> Option<(TruthId, bool)> {
        if space.is_some() { self.quick_truth(at) } else { Some(self.truth(at)) }
    }

    fn connect(&mut self, parts: &[StepId], all: bool, space: Space) -> Option<Form> {
        let mut soft = false;
        let mut found = Vec::with_capacity(parts.len());
        for part in parts {
            // A part that is the same for every row stands in no space of its own.
            let (at, marked) = match (self.forms[*part], space) {
                (Form::Fixed(worked), Some(_)) if self.spaces[*part].is_none() => {
                    let to = self.new_truth();
                    self.push(Instr::Always { space, worked, to });
                    (to, worked.marks != Marks::NONE)
                }
                _ => self.part(*part, space)?,
            };
            soft |= marked;
            found.push(at);
        }
        let to = self.new_truth();
        self.push(Instr::Connect { space, all, parts: found, soft, to });
        Some(Form::Truth { at: to, soft })
    }
}

/// A figure in parts of `1 / per`, where it is whole in them.
pub(super) fn whole(figure: Exact, per: i64) -> Option<i64> {
    let whole = i64::try_from(figure.mul(Exact::int(per))?.whole()?).ok()?;
    (-LIMIT..=LIMIT).contains(&whole).then_some(whole)
}

pub(super) fn least_multiple(a: i64, b: i64) -> Option<i64> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1)).checked_mul(b).filter(|found| *found <= 1_000_000_000_000)
}
