//! Policies worked on one subject after another.
//!
//! Of most subjects most facts are not known. What follows from that is worked once, for a subject of whom
//! nothing is known; of every other only the steps that stand on something known are worked again.

use std::collections::HashMap;
use std::ops::Range;

use kernel::{FactKey, SubjectKind, Value};
use rustc_hash::FxHashMap;

use super::facts::{FactSheet, Facts as _};
use super::outcome::{Look, OfFacts, Outcome, Ready};
use crate::answer::{Val, Worked};
use crate::ir::{Op, Policy, Source, StepId};

/// Several policies, for one subject after another.
#[derive(Debug)]
pub struct InTurn<'p> {
    /// The place of each fact that some policy asks for.
    places: FxHashMap<FactKey, usize>,
    turns: Vec<Turn<'p>>,
}

/// One of the policies, with what came out for the subject it was worked on last.
#[derive(Debug)]
pub struct Turn<'p> {
    ready: &'p Ready<'p>,
    /// What comes out where nothing is known.
    blank: Outcome,
    outcome: Outcome,
    /// The place of the fact that each input stands for; none for one that is no fact of the subject's own.
    places: Vec<Option<usize>>,
    order: Vec<Planned>,
    /// What the steps stand on, one after the other.
    parts: Vec<StepId>,
    /// Which steps stand on something known.
    known: Vec<bool>,
    told: Vec<StepId>,
}

/// A step in its order.
#[derive(Debug)]
struct Planned {
    at: StepId,
    asks: Asks,
    /// Where its parts stand.
    parts: Range<usize>,
}

/// What a step looks at, besides its parts.
#[derive(Debug)]
enum Asks {
    Nothing,
    /// A fact, by its place.
    Fact(usize),
    /// Records, and how many of them there are where nothing is known.
    Records(SubjectKind, Option<usize>),
}

impl<'p> InTurn<'p> {
    /// Makes policies ready for many subjects. `blank` is the subject of whom nothing is known: it has no fact, and
    /// its kinds of record are those that are known to have none, unless one is listed.
    pub fn new(policies: &'p [Ready<'p>], blank: &FactSheet) -> Self {
        let blank = FactSheet { records: none_of(blank), ..FactSheet::default() };
        let mut places: FxHashMap<FactKey, usize> = HashMap::default();
        let turns = policies.iter().map(|ready| Turn::new(ready, &blank, &mut places)).collect();
        InTurn { places, turns }
    }

    /// Works every policy on a subject. What came out stands in the turns until the next subject.
    pub fn work(&mut self, sheet: &FactSheet) -> &[Turn<'p>] {
        let mut values = vec![None; self.places.len()];
        for (key, value) in &sheet.facts {
            if let Some(&place) = self.places.get(key) {
                values[place] = Some(value);
            }
        }
        for turn in &mut self.turns {
            turn.work(&values, sheet);
        }
        &self.turns
    }
}

fn none_of(
    sheet: &FactSheet,
) -> std::collections::BTreeMap<SubjectKind, Vec<std::collections::BTreeMap<FactKey, Value>>> {
    sheet.records.keys().map(|kind| (*kind, Vec::new())).collect()
}

impl<'p> Turn<'p> {
    fn new(ready: &'p Ready<'p>, blank: &FactSheet, known: &mut FxHashMap<FactKey, usize>) -> Self {
        let policy = ready.policy;
        let place = |(at, input): (usize, &crate::ir::Input)| {
            let key = ready.key(at).filter(|_| matches!(input.source, Source::Fact { .. }))?;
            let next = known.len();
            Some(*known.entry(key.clone()).or_insert(next))
        };
        let places: Vec<Option<usize>> = policy.inputs.iter().enumerate().map(place).collect();
        let (mut order, mut parts) = (Vec::new(), Vec::new());
        for &at in ready.order() {
            let begin = parts.len();
            parts.extend(policy.parts_of(at));
            let asks = match &policy.steps[at].op {
                Op::Input(input) | Op::Derived(input, _) | Op::IsCode { input, .. } => {
                    places[*input].map_or(Asks::Nothing, Asks::Fact)
                }
                Op::Gather { kind, .. } => Asks::Records(*kind, blank.records(*kind)),
                _ => Asks::Nothing,
            };
            order.push(Planned { at, asks, parts: begin..parts.len() });
        }
        let blank = ready.evaluate(blank);
        Turn {
            ready,
            outcome: blank.clone(),
            blank,
            places,
            order,
            parts,
            known: vec![false; policy.steps.len()],
            told: told(policy),
        }
    }

    fn work(&mut self, values: &[Option<&Value>], sheet: &FactSheet) {
        let look = Placed { values, places: &self.places, sheet };
        let steps = &mut self.outcome.steps;
        for Planned { at, asks, parts } in &self.order {
            let at = *at;
            let is_known = match asks {
                Asks::Nothing => false,
                Asks::Fact(place) => values[*place].is_some(),
                Asks::Records(kind, blank) => {
                    let count = sheet.records(*kind);
                    count != *blank || count.is_some_and(|count| count > 0)
                }
            };
            if is_known || self.parts[parts.clone()].iter().any(|part| self.known[*part]) {
                if self.known[at] && matches!(asks, Asks::Records(..)) {
                    // Of whom there are no records, nothing stays of those of the last.
                    forget(self.ready.policy, at, &self.blank.steps, steps);
                }
                let worked = self.ready.work(at, &look, None, steps);
                steps[at] = worked;
                self.known[at] = true;
            } else if std::mem::replace(&mut self.known[at], false) {
                forget(self.ready.policy, at, &self.blank.steps, steps);
            }
        }
    }

    /// The policy.
    pub fn ready(&self) -> &'p Ready<'p> {
        self.ready
    }

    /// What came out for the subject at hand; the same as [`Ready::evaluate`].
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Writes down what sets this outcome apart from that of which nothing is known, among all that the answer,
    /// the conditions, the questions, the first score and the rewards follow from. Where two subjects have
    /// the same written down, these are the same; nothing is written where all of it follows from nothing.
    pub fn tell_apart(&self, to: &mut Vec<u64>) {
        for &at in self.told.iter().filter(|at| self.known[**at]) {
            write(at, &self.outcome.steps[at], to);
        }
    }
}

/// Puts a step, and those of its records, back to what they are where nothing is known.
fn forget(policy: &Policy, at: StepId, blank: &[Worked], steps: &mut [Worked]) {
    steps[at] = blank[at];
    if let Op::Gather { from, .. } = policy.steps[at].op {
        for inner in (from..at).filter(|inner| policy.steps[*inner].per_record) {
            steps[inner] = blank[inner];
        }
    }
}

/// The steps that the answer, the conditions, the questions, the first score and the rewards follow from.
fn told(policy: &Policy) -> Vec<StepId> {
    let conditions = policy.top_conditions().map(|(_, condition)| condition.step);
    let scores = policy.scores.iter().flat_map(|score| score.parts.iter().map(|part| part.step).chain([score.step]));
    let rewards = policy.rewards.iter().map(|reward| reward.step);
    let mut told: Vec<StepId> = conditions.chain(scores).chain(rewards).chain([policy.verdict]).collect();
    told.sort_unstable();
    told.dedup();
    told
}

/// A worked value in words of 64 bits: what it is, which bounds and inputs follow, and those.
fn write(at: StepId, worked: &Worked, to: &mut Vec<u64>) {
    let head = to.len();
    let open = worked.open.words();
    let given = |word: &u64| *word != 0;
    let mut what = open.iter().fold(0, |bits, word| bits << 1 | u64::from(given(word)));
    what = what << 8 | u64::from(worked.marks.bits());
    to.push(0);
    match worked.val {
        Val::Truth(tri) => what = what << 4 | tri as u64,
        Val::Figure(range) => {
            let bounds = [range.lo, range.hi];
            what = bounds.iter().fold(what << 2 | 1, |bits, bound| bits << 1 | u64::from(bound.is_some()));
            bounds.into_iter().flatten().for_each(|bound| to.extend(bound.words()));
        }
    }
    to.extend(open.into_iter().filter(given));
    to[head] = (at as u64) << 32 | what;
}

/// A subject's own facts by their places, and its records.
struct Placed<'f> {
    values: &'f [Option<&'f Value>],
    places: &'f [Option<usize>],
    sheet: &'f FactSheet,
}

impl Placed<'_> {
    fn value(&self, input: usize) -> Option<&Value> {
        self.values[self.places[input]?]
    }
}

impl Look for Placed<'_> {
    fn read(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<Worked> {
        match self.places[input] {
            Some(_) => self.value(input).and_then(|value| ready.policy.inputs[input].read(value)),
            None => OfFacts(self.sheet).read(ready, input, record),
        }
    }

    fn word(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<&str> {
        let value = match self.places[input] {
            Some(_) => self.value(input),
            None => ready.value(input, self.sheet, record),
        };
        match value {
            Some(Value::Code(found) | Value::Text(found)) => Some(found),
            _ => None,
        }
    }

    fn records(&self, kind: SubjectKind) -> Option<usize> {
        self.sheet.records(kind)
    }
}
