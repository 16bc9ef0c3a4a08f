//! The gap: what is short, which single fact would close it, and a plan that is tried before it is shown.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{FactKey, SubjectKind, Value};

use super::facts::Facts;
use super::outcome::{Answer, Outcome, Ready};
use crate::answer::{Range, Tri, Val, Worked};
use crate::exact::Exact;
use crate::ir::{Dim, Op, Source, StepId};
use crate::tree::Compare;

/// One fact moved from where it stands to where it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The number of the input.
    pub input: usize,
    /// The name of the fact.
    pub key: FactKey,
    /// The figure now.
    pub now: Exact,
    /// The nearest figure that is enough.
    pub needed: Exact,
    /// The value to store.
    pub value: Value,
    /// What it counts.
    pub dim: Dim,
}

impl Move {
    /// The change against what there is: 0.1 is a tenth more or less.
    fn cost(&self) -> Exact {
        let change = self.needed.sub(self.now).unwrap_or(Exact::ONE);
        let change = if change.is_negative() { change.neg().unwrap_or(change) } else { change };
        let size = if self.now.is_negative() { self.now.neg().unwrap_or(Exact::ONE) } else { self.now };
        change.div(if size.is_zero() { Exact::ONE } else { size }).unwrap_or(change)
    }
}

/// A comparison that fails: the figure, the sign, the edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    /// The comparison.
    pub step: StepId,
    /// What the figure is, or its bounds.
    pub now: Range,
    /// How it must compare.
    pub compare: Compare,
    /// With what.
    pub needed: Range,
    /// What both count.
    pub dim: Dim,
}

/// What one failed condition lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The number of the condition.
    pub condition: usize,
    /// Its comparisons that fail.
    pub short: Vec<Shortfall>,
    /// Single facts each of which alone would make it hold, the least change first.
    pub moves: Vec<Move>,
    /// The first day of application on which it holds as things stand, within the year.
    pub first_day: Option<Date>,
}

/// Moves that together make every failed condition hold, tried on the policy itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The moves, in the order in which they were found.
    pub moves: Vec<Move>,
    /// The answer once they are made: not 不满足.
    pub answer: Answer,
}

/// Facts with some of them changed.
#[derive(Clone, Debug)]
pub struct Changed<'a, F: ?Sized> {
    /// The facts as they are.
    pub base: &'a F,
    /// The changed ones.
    pub values: BTreeMap<FactKey, Value>,
}

impl<F: Facts + ?Sized> Facts for Changed<'_, F> {
    fn value(&self, key: &FactKey) -> Option<&Value> {
        self.values.get(key).or_else(|| self.base.value(key))
    }

    fn records(&self, kind: SubjectKind) -> Option<usize> {
        self.base.records(kind)
    }

    fn record_value(&self, kind: SubjectKind, record: usize, key: &FactKey) -> Option<&Value> {
        self.base.record_value(kind, record, key)
    }
}

/// The most moves of a plan: a longer one is no advice.
const MOST_MOVES: usize = 8;

impl Ready<'_> {
    /// What each failed condition lacks.
    pub fn gaps<F: Facts + ?Sized>(&self, outcome: &Outcome, facts: &F) -> Vec<Gap> {
        let failed: Vec<usize> = outcome.failed(self.policy).collect();
        failed
            .into_iter()
            .map(|condition| {
                let step = self.policy.conditions[condition].step;
                let mut short = Vec::new();
                self.shortfalls(step, outcome, &mut short);
                let mut moves = self.moves(step, outcome, facts);
                moves.sort_by_key(Move::cost);
                Gap { condition, short, moves, first_day: self.first_day(step, outcome, facts) }
            })
            .collect()
    }

    /// The failing comparisons below a failing step. Below a 非, those that hold are what is wrong.
    fn shortfalls(&self, step: StepId, outcome: &Outcome, found: &mut Vec<Shortfall>) {
        if outcome.steps[step].tri() != Tri::No {
            return;
        }
        match &self.policy.steps[step].op {
            Op::Test(compare, a, b) => {
                let (now, needed) = (outcome.steps[*a].range(), outcome.steps[*b].range());
                let dim = match &self.policy.steps[*a].dim {
                    Dim::Loose => self.policy.steps[*b].dim.clone(),
                    dim => dim.clone(),
                };
                found.push(Shortfall { step, now, compare: *compare, needed, dim });
            }
            Op::All(parts) | Op::Any(parts) => {
                for &part in parts {
                    self.shortfalls(part, outcome, found);
                }
            }
            Op::Unverified(inner) => self.shortfalls(*inner, outcome, found),
            _ => {}
        }
    }

    /// The single facts an enterprise can move that alone make a step hold.
    fn moves<F: Facts + ?Sized>(&self, step: StepId, outcome: &Outcome, facts: &F) -> Vec<Move> {
        let inputs = self.policy.steps[step].inputs;
        inputs
            .iter()
            .filter(|&input| self.policy.inputs[input].movable)
            .filter_map(|input| self.nearest(input, step, outcome, facts))
            .collect()
    }

    /// The least change of one fact that makes a step hold.
    pub fn nearest<F: Facts + ?Sized>(&self, input: usize, step: StepId, outcome: &Outcome, facts: &F) -> Option<Move> {
        let mut line = self.line(input, outcome, facts)?;
        line.keep(&self.order_of(step));
        let at = line.nearest(step)?;
        Some(Move {
            input,
            key: line.key()?.clone(),
            now: line.figure(line.now),
            needed: line.figure(at),
            value: line.value(at)?,
            dim: self.policy.inputs[input].dim.clone(),
        })
    }

    /// The first later day of the year on which a step holds with the facts as they are.
    fn first_day<F: Facts + ?Sized>(&self, step: StepId, outcome: &Outcome, facts: &F) -> Option<Date> {
        let order = self.order_of(step);
        if !self.asks_the_day(step) || !self.may_hold_some_day(step, &order, outcome) {
            return None;
        }
        let mut day = self.on;
        let mut ready = self.clone();
        while let Ok(next) = day.tomorrow() {
            // Another year asks for other figures, which nobody knows yet.
            if next.year() != self.on.year() || !self.policy.in_force(next) {
                return None;
            }
            ready.set_day(next);
            if ready.evaluate_step(step, &order, facts).tri() == Tri::Yes {
                return Some(next);
            }
            day = next;
        }
        None
    }

    /// Whether a failing step could hold if all that asks the day came out otherwise. What does not
    /// ask it stays as it is on every day of the year, so most steps need no day to be tried.
    fn may_hold_some_day(&self, wanted: StepId, order: &[StepId], outcome: &Outcome) -> bool {
        let mut steps = outcome.steps.clone();
        for &at in order {
            let step = &self.policy.steps[at];
            if !self.asks_the_day(at) {
                continue;
            }
            steps[at] = match &step.op {
                Op::All(_) | Op::Any(_) | Op::Not(_) => super::work::work(step, &self.policy.steps, &steps),
                _ if step.dim == Dim::Truth => Worked { val: Val::Truth(Tri::Open), ..steps[at] },
                _ => Worked { val: Val::Figure(Range::ANY), ..steps[at] },
            };
        }
        steps[wanted].tri() != Tri::No
    }

    /// Whether a step depends on the day of application itself, and not only on its year.
    fn asks_the_day(&self, step: StepId) -> bool {
        let mut open = vec![step];
        let mut seen = std::collections::HashSet::new();
        while let Some(step) = open.pop() {
            if matches!(self.policy.steps[step].op, Op::Today) {
                return true;
            }
            let year_alone = matches!(self.policy.steps[step].op, Op::YearOf(_)) && self.is_settled(step);
            if seen.insert(step) && !year_alone {
                open.extend(self.policy.parts_of(step));
            }
        }
        false
    }

    /// Whether a step depends on no fact.
    fn is_settled(&self, step: StepId) -> bool {
        self.policy.steps[step].inputs.is_empty()
    }

    /// A plan: the least single move of each failed condition, or small sets where one is not enough,
    /// tried on the policy again. `None` where moving facts cannot make every failed condition hold.
    pub fn plan<F: Facts + ?Sized>(&self, facts: &F) -> Option<Plan> {
        let mut changed = Changed { base: facts, values: BTreeMap::new() };
        let mut moves: Vec<Move> = Vec::new();
        for _ in 0..MOST_MOVES {
            let outcome = self.evaluate(&changed);
            let Some(failed) = outcome.failed(self.policy).next() else {
                return Some(Plan { moves: self.joined(moves, facts), answer: outcome.answer() });
            };
            let step = self.policy.conditions[failed].step;
            let found = self.best_move(step, &outcome, &changed)?;
            changed.values.insert(found.key.clone(), found.value.clone());
            moves.push(found);
        }
        let outcome = self.evaluate(&changed);
        (outcome.failed(self.policy).next().is_none())
            .then(|| Plan { moves: self.joined(moves, facts), answer: outcome.answer() })
    }

    /// One move per fact, from where it stands today.
    fn joined<F: Facts + ?Sized>(&self, moves: Vec<Move>, facts: &F) -> Vec<Move> {
        let mut joined: Vec<Move> = Vec::new();
        for found in moves {
            let before = facts.value(&found.key).and_then(|value| self.policy.inputs[found.input].read(value));
            let now = before.and_then(|worked| worked.range().known()).unwrap_or(found.now);
            joined.retain(|known| known.key != found.key);
            joined.push(Move { now, ..found });
        }
        joined
    }

    /// The least move that makes a failing step hold; of several things that fail together, the least
    /// move for one of them; of a score, the cheapest climb.
    fn best_move<F: Facts + ?Sized>(&self, step: StepId, outcome: &Outcome, facts: &F) -> Option<Move> {
        if let Some(found) = self.moves(step, outcome, facts).into_iter().min_by_key(Move::cost) {
            return Some(found);
        }
        match &self.policy.steps[step].op {
            Op::All(parts) => {
                let failing = parts.iter().find(|&&part| outcome.steps[part].tri() == Tri::No)?;
                self.best_move(*failing, outcome, facts)
            }
            Op::Any(parts) => {
                parts.iter().filter_map(|&part| self.best_move(part, outcome, facts)).min_by_key(Move::cost)
            }
            Op::Unverified(inner) => self.best_move(*inner, outcome, facts),
            Op::Test(Compare::AtLeast | Compare::Above, total, _) if self.policy.steps[*total].dim == Dim::of("分") => {
                self.climb(*total, outcome, facts)
            }
            _ => None,
        }
    }

    /// The move that gains most points of a score for its cost.
    fn climb<F: Facts + ?Sized>(&self, total: StepId, outcome: &Outcome, facts: &F) -> Option<Move> {
        let before = outcome.steps[total].range().hi?;
        let mut best: Option<(Exact, Move)> = None;
        for input in self.policy.steps[total].inputs.iter().filter(|&input| self.policy.inputs[input].movable) {
            let Some(mut line) = self.line(input, outcome, facts) else { continue };
            let places: Vec<i64> =
                line.changes().into_iter().flat_map(|at| [at, at - line.stride()]).filter(|at| *at >= 0).collect();
            for at in places {
                let gain = line.at(at)[total].range().hi.and_then(|after| after.sub(before));
                let Some(gain) = gain.filter(|gain| *gain > Exact::ZERO) else { continue };
                let (Some(key), Some(value)) = (line.key().cloned(), line.value(at)) else { continue };
                let (now, needed) = (line.figure(line.now), line.figure(at));
                let found = Move { input, key, now, needed, value, dim: self.policy.inputs[input].dim.clone() };
                // Nothing is gained by standing still, so the cost of a gain is above nought.
                let Some(worth) = gain.div(found.cost()) else { continue };
                if best.as_ref().is_none_or(|(known, _)| worth > *known) {
                    best = Some((worth, found));
                }
            }
        }
        best.map(|(_, found)| found)
    }

    /// Whether an input is a fact of the subject.
    pub fn is_own_fact(&self, input: usize) -> bool {
        matches!(self.policy.inputs[input].source, Source::Fact { .. })
    }
}
