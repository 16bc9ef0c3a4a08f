//! Moving one fact: where along its line the answers change.

use kernel::{FactKey, Money, Value};
use rust_decimal::Decimal;

use super::facts::Facts;
use super::outcome::{Outcome, Ready};
use crate::answer::{Tri, Worked};
use crate::exact::Exact;
use crate::ir::{Op, Reading, Source, StepId};

/// A fact that is moved, with everything else as it is. Its places are whole numbers of its smallest
/// step: fen, persons, days, hundredths of a measured figure or percentage.
#[derive(Debug)]
pub struct Line<'a> {
    ready: &'a Ready<'a>,
    input: usize,
    /// Where the fact stands now.
    pub now: i64,
    /// The steps that depend on it, in order; steps of records cannot.
    depend: Vec<StepId>,
    /// Derived facts that are stated: their parts do not move them.
    stated: Vec<StepId>,
    steps: Vec<Worked>,
}

/// The farthest place a fact is moved to.
const FARTHEST: i64 = 100_000_000_000_000_000;

impl Ready<'_> {
    /// The line of a fact of the subject whose value is known. `None` for codes, records, settings.
    pub fn line<'a, F: Facts + ?Sized>(&'a self, input: usize, outcome: &Outcome, facts: &F) -> Option<Line<'a>> {
        let known = self.policy.inputs.get(input)?;
        if !matches!(known.source, Source::Fact { .. }) || matches!(known.reading, Reading::Code | Reading::Truth) {
            return None;
        }
        // A derived fact that is not stated moves with its parts.
        let stated = facts.value(self.key(input)?).and_then(|value| known.read(value))?.range().known()?;
        let now = place(known.reading, stated)?;
        let uses = |step: &crate::ir::Step| matches!(&step.op, Op::Gather { .. }) && step.inputs.has(input);
        if self.policy.steps.iter().any(uses) {
            return None;
        }
        let depend = (0..self.policy.steps.len())
            .filter(|&at| self.policy.steps[at].inputs.has(input) && !self.policy.steps[at].per_record);
        let depend: Vec<StepId> = depend.collect();
        let is_stated = |at: &StepId| match self.policy.steps[*at].op {
            Op::Derived(other, _) => self.key(other).is_some_and(|key| facts.value(key).is_some()),
            _ => false,
        };
        let stated = depend.iter().copied().filter(is_stated).collect();
        Some(Line { ready: self, input, now, depend, stated, steps: outcome.steps.clone() })
    }
}

/// The place of a figure on its line.
fn place(reading: Reading, figure: Exact) -> Option<i64> {
    let step = match reading {
        Reading::Money | Reading::Day => Exact::ONE,
        Reading::Figure => Exact::int(100),
        Reading::Percent => Exact::int(10_000),
        Reading::Truth | Reading::Code => return None,
    };
    i64::try_from(figure.mul(step)?.floor().whole()?).ok()
}

impl Line<'_> {
    /// Looks only at these steps from now on.
    pub(super) fn keep(&mut self, wanted: &[StepId]) {
        self.depend.retain(|step| wanted.contains(step));
    }

    /// The figure at a place.
    pub fn figure(&self, at: i64) -> Exact {
        let per = match self.ready.policy.inputs[self.input].reading {
            Reading::Figure => 100,
            Reading::Percent => 10_000,
            _ => 1,
        };
        Exact::ratio(at.into(), per).unwrap_or(Exact::ZERO)
    }

    /// The least distance between two places: 1, or 100 where only whole figures make sense.
    pub fn stride(&self) -> i64 {
        let input = &self.ready.policy.inputs[self.input];
        if input.whole && input.reading == Reading::Figure { 100 } else { 1 }
    }

    /// The stored value at a place.
    pub fn value(&self, at: i64) -> Option<Value> {
        let input = &self.ready.policy.inputs[self.input];
        Some(match input.reading {
            Reading::Money => Value::Money(Money::from_fen(at)),
            Reading::Day => Value::Date(super::step::day_of(self.figure(at))?),
            Reading::Figure if input.whole => Value::Integer(at / 100),
            Reading::Figure | Reading::Percent => Value::Decimal(Decimal::new(at, 2)),
            Reading::Truth | Reading::Code => return None,
        })
    }

    /// The name of the fact.
    pub fn key(&self) -> Option<&FactKey> {
        self.ready.key(self.input)
    }

    /// Works everything that depends on the fact, with the fact at a place.
    pub fn at(&mut self, at: i64) -> &[Worked] {
        let figure = Worked::figure(self.figure(at));
        for index in 0..self.depend.len() {
            let step = self.depend[index];
            self.steps[step] = match &self.ready.policy.steps[step].op {
                Op::Input(input) | Op::Derived(input, _) if *input == self.input => figure,
                // Another derived fact moves with this one unless it is stated.
                Op::Derived(..) if self.stated.contains(&step) => continue,
                Op::Derived(_, formula) => self.steps[*formula],
                _ => super::work::work(&self.ready.policy.steps[step], &self.ready.policy.steps, &self.steps),
            };
        }
        &self.steps
    }

    /// The places, from the least, at which some comparison that depends on the fact changes: each is
    /// the first place of its stretch. Between two of them every answer is the same.
    pub fn changes(&mut self) -> Vec<i64> {
        let tests: Vec<StepId> =
            self.depend.iter().copied().filter(|&at| matches!(self.ready.policy.steps[at].op, Op::Test(..))).collect();
        let mut places = self.probes();
        let mut found: Vec<i64> = Vec::new();
        for test in tests {
            let mut values: Vec<Tri> = places.iter().map(|&at| self.at(at)[test].tri()).collect();
            let mut index = 0;
            while index + 1 < places.len() {
                if values[index] != values[index + 1] {
                    let (first, tri) = self.first_change(test, places[index], places[index + 1], values[index]);
                    found.push(first);
                    if first != places[index + 1] {
                        places.insert(index + 1, first);
                        values.insert(index + 1, tri);
                    }
                }
                index += 1;
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The first place after `low` at which the comparison is no longer `was`, and what it is there.
    fn first_change(&mut self, test: StepId, low: i64, high: i64, was: Tri) -> (i64, Tri) {
        let stride = self.stride();
        let (mut low, mut high) = (low, high);
        while high - low > stride {
            let middle = low + (high - low) / stride / 2 * stride;
            if self.at(middle)[test].tri() == was { low = middle } else { high = middle }
        }
        (high, self.at(high)[test].tri())
    }

    /// Places spread over the line, close together near where the fact stands.
    fn probes(&self) -> Vec<i64> {
        let input = &self.ready.policy.inputs[self.input];
        let stride = self.stride();
        let least = if input.not_negative { 0 } else { -FARTHEST };
        let most = if input.reading == Reading::Day { 60_000 } else { FARTHEST / stride * stride };
        let mut places = vec![least, self.now, most];
        let mut distance = stride;
        while distance < most {
            places.push(self.now.saturating_sub(distance).max(least));
            places.push(self.now.saturating_add(distance).min(most));
            distance *= 4;
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The place nearest to where the fact stands at which `wanted` holds, where there is one.
    pub fn nearest(&mut self, wanted: StepId) -> Option<i64> {
        let changes = self.changes();
        let stride = self.stride();
        let mut candidates: Vec<i64> = changes.iter().flat_map(|&at| [at, at - stride]).collect();
        let now = self.now;
        candidates.sort_by_key(|&at| ((at - now).abs(), at));
        let possible = |at: &i64| *at >= 0 || !self.ready.policy.inputs[self.input].not_negative;
        let candidates: Vec<i64> = candidates.into_iter().filter(possible).collect();
        candidates.into_iter().find(|&at| self.at(at)[wanted].tri() == Tri::Yes)
    }
}
