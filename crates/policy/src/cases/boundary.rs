//! Cases on either side of every threshold, made from the written ones.

use kernel::{FactKey, Money, Value};

use super::Case;
use crate::answer::{Range, Tri, Worked};
use crate::eval::facts::FactSheet;
use crate::eval::outcome::Outcome;
use crate::exact::Exact;
use crate::ir::{Dim, Op, Policy, Reading, Source, Step, StepId};
use crate::tree::{Compare, Gather};

/// A threshold: a comparison with a fixed figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The comparison.
    pub step: StepId,
    /// The fixed figure's step.
    pub edge: StepId,
    /// Its text.
    pub text: String,
}

/// A case next to a threshold, and all that came out for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// The comparison it was made for.
    pub step: StepId,
    /// The day of application and the facts.
    pub case: Case,
    /// What came out.
    pub outcome: Seen,
}

/// What a user sees of an outcome: the verdict and every reason of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    verdict: Tri,
    reasons: Vec<Tri>,
    figures: Vec<Range>,
}

impl Policy {
    /// What a user sees of an outcome: the verdict, every comparison among its reasons, every count,
    /// every item of a score, every reward.
    pub fn seen(&self, outcome: &Outcome) -> Seen {
        let told = |step: &&StepId| !self.steps[**step].per_record;
        let all: Vec<StepId> = (0..self.steps.len().min(outcome.steps.len())).collect();
        let of = |wanted: fn(&Op) -> bool| all.iter().filter(told).filter(move |step| wanted(&self.steps[**step].op));
        let figures = of(|op| matches!(op, Op::Gather { .. } | Op::UpTo(..) | Op::Bands(_)));
        Seen {
            verdict: outcome.verdict().tri(),
            reasons: of(|op| matches!(op, Op::Test(..) | Op::Gather { .. }))
                .map(|step| outcome.steps[*step].tri())
                .collect(),
            figures: figures.map(|step| outcome.steps[*step].range()).collect(),
        }
    }

    /// Every threshold of the policy: comparisons of which one side is settled by the text and the
    /// day alone (5%, 申请日 - 365日).
    pub fn thresholds(&self) -> Vec<Threshold> {
        let settled = |step: StepId| self.steps[step].inputs.is_empty();
        let mut found = Vec::new();
        for (step, known) in self.steps.iter().enumerate() {
            let Op::Test(_, a, b) = known.op else { continue };
            if settled(a) != settled(b) {
                found.push(Threshold { step, edge: if settled(b) { b } else { a }, text: self.text(step).to_owned() });
            }
        }
        found
    }

    /// The same policy with one comparison changed: its edge moved by `by`, or its strictness turned.
    pub fn with_test(&self, threshold: &Threshold, by: Exact, turned: bool) -> Policy {
        let mut changed = self.clone();
        let (edge, span) = (&self.steps[threshold.edge], changed.steps.len());
        let constant = Step { op: Op::Fixed(Worked::figure(by)), ..edge.clone() };
        let moved = Step { op: Op::Add(threshold.edge, span), ..edge.clone() };
        changed.steps.extend([constant, moved]);
        if let Op::Test(how, a, b) = &mut changed.steps[threshold.step].op {
            if turned {
                *how = other_strictness(*how);
            }
            // What only the day settles is worked before any fact is looked at, so it may stand last.
            *(if *b == threshold.edge { b } else { a }) = span + 1;
        }
        changed
    }

    /// The policies an off-by-one slip would make of this threshold.
    pub fn slips(&self, threshold: &Threshold) -> Vec<(String, Policy)> {
        let Op::Test(compare, _, b) = self.steps[threshold.step].op else { return Vec::new() };
        let dim = &self.steps[threshold.edge].dim;
        let ratio = *dim == Dim::ratio() || *dim == Dim::Loose && !self.steps[threshold.step].whole;
        let one = if ratio { Exact::ratio(1, 100).unwrap_or(Exact::ONE) } else { Exact::ONE };
        let rises = matches!(compare, Compare::AtLeast | Compare::Below) == (threshold.edge == b);
        let stricter = if rises { one } else { one.neg().unwrap_or(one) };
        let mut made = vec![("other strictness".to_owned(), self.with_test(threshold, Exact::ZERO, true))];
        made.push((format!("edge moved by {}", stricter.shown(2)), self.with_test(threshold, stricter, false)));
        made
    }

    /// Cases on either side of each threshold: those just below, on and just above the edge that a
    /// written case with one fact moved can reach. Thresholds no written case reaches are named.
    pub fn boundaries(&self) -> (Vec<Boundary>, Vec<Threshold>) {
        let mut found = Vec::new();
        let mut unreached = Vec::new();
        for threshold in self.thresholds() {
            let near = self.near(&threshold);
            if near.is_empty() {
                unreached.push(threshold);
            }
            found.extend(near);
        }
        (found, unreached)
    }

    /// Cases that notice every slip of a threshold; empty where no written case leads to some.
    fn near(&self, threshold: &Threshold) -> Vec<Boundary> {
        let slips = self.slips(threshold);
        let per_record = self.steps[threshold.step].per_record;
        for case in &self.cases {
            let mut sheets =
                if per_record { self.record_neighbours(case, threshold) } else { self.neighbours(case, threshold) };
            let (ready, slipped) =
                (self.on(case.on), slips.iter().map(|(_, slip)| slip.on(case.on)).collect::<Vec<_>>());
            let mut open: Vec<usize> = (0..slips.len()).collect();
            let mut kept = Vec::new();
            sheets.dedup();
            for facts in sheets {
                let outcome = self.seen(&ready.evaluate(&facts));
                let before = open.len();
                open.retain(|&slip| slips[slip].1.seen(&slipped[slip].evaluate(&facts)) == outcome);
                if open.len() < before {
                    let name = format!("{} · {}", case.name, threshold.text);
                    kept.push(Boundary {
                        step: threshold.step,
                        case: Case { name, facts, expects: Vec::new(), ..case.clone() },
                        outcome,
                    });
                }
            }
            if open.is_empty() {
                return kept;
            }
        }
        Vec::new()
    }

    /// The facts of a case with one fact moved to either side of the edge, for each fact that can be.
    fn neighbours(&self, case: &Case, threshold: &Threshold) -> Vec<FactSheet> {
        let ready = self.on(case.on);
        let outcome = ready.evaluate(&case.facts);
        let mut found = Vec::new();
        for input in self.steps[threshold.step].inputs.iter() {
            let Some(mut line) = ready.line(input, &outcome, &case.facts) else { continue };
            let Some(key) = line.key().cloned() else { continue };
            let stride = line.stride();
            let test = threshold.step;
            let places: Vec<i64> = line
                .changes()
                .into_iter()
                .filter(|at| line.at(*at)[test].tri() != line.at(*at - stride)[test].tri())
                .collect();
            let Some(&edge) = places.iter().min_by_key(|at| (**at - line.now).abs()) else { continue };
            let least = if self.inputs[input].not_negative { 0 } else { i64::MIN };
            let near = [edge - 2 * stride, edge - stride, edge, edge + stride].into_iter().filter(|at| *at >= least);
            found.extend(near.filter_map(|at| line.value(at)).map(|value| with(&case.facts, &key, value)));
        }
        found.extend(self.count_neighbours(case, threshold));
        found
    }

    /// The facts of a case with a record more or less, where the comparison counts records.
    fn count_neighbours(&self, case: &Case, threshold: &Threshold) -> Vec<FactSheet> {
        let Op::Test(_, a, b) = self.steps[threshold.step].op else { return Vec::new() };
        let counted = if threshold.edge == b { a } else { b };
        let Op::Gather { kind, gather, value, .. } = self.steps[counted].op else { return Vec::new() };
        let Some(edge) = self.edge(threshold, case).and_then(Exact::whole) else { return Vec::new() };
        // The records of any case may lend the kind that counts.
        let like = self.cases.iter().flat_map(|case| case.facts.records.get(&kind).into_iter().flatten());
        let mut found = Vec::new();
        for record in like {
            for figure in [edge - 1, edge, edge + 1] {
                let mut facts = case.facts.clone();
                let records = match (gather, value.map(|value| &self.steps[value].op)) {
                    (Gather::Sum, Some(Op::Input(input))) => {
                        self.inputs[*input].field().zip(i64::try_from(figure).ok()).map(|(field, figure)| {
                            let mut one = record.clone();
                            one.insert(FactKey::timeless(field), Value::Money(Money::from_fen(figure)));
                            vec![one]
                        })
                    }
                    _ => usize::try_from(figure)
                        .ok()
                        .filter(|count| *count <= 100)
                        .map(|count| vec![record.clone(); count]),
                };
                if let Some(records) = records {
                    facts.records.insert(kind, records);
                    found.push(facts);
                }
            }
        }
        found
    }

    /// The facts of a case with one field of one record moved to either side of the edge.
    fn record_neighbours(&self, case: &Case, threshold: &Threshold) -> Vec<FactSheet> {
        let mut found = Vec::new();
        let Some(edge) = self.edge(threshold, case).and_then(|edge| i64::try_from(edge.whole()?).ok()) else {
            return found;
        };
        for input in self.steps[threshold.step].inputs.iter() {
            let known = &self.inputs[input];
            let Source::RecordFact { kind, field } = &known.source else { continue };
            // A record of any case may lend the rest of its fields.
            let lent = self.cases.iter().flat_map(|case| case.facts.records.get(kind).into_iter().flatten());
            for (record, figure) in lent.flat_map(|record| [edge - 1, edge, edge + 1].map(|figure| (record, figure))) {
                let value = match known.reading {
                    Reading::Day => crate::eval::step::day_of(Exact::int(figure)).map(Value::Date),
                    Reading::Figure => Some(Value::Integer(figure)),
                    Reading::Money => Some(Value::Money(Money::from_fen(figure))),
                    _ => None,
                };
                if let Some(value) = value {
                    let mut record = record.clone();
                    record.insert(FactKey::timeless(field), value);
                    let mut facts = case.facts.clone();
                    facts.records.insert(*kind, vec![record]);
                    found.push(facts);
                }
            }
        }
        found
    }

    /// The edge of a threshold on the day of a case.
    fn edge(&self, threshold: &Threshold, case: &Case) -> Option<Exact> {
        self.on(case.on).evaluate(&case.facts).steps[threshold.edge].range().known()
    }

    /// Whether some written or generated case notices that this policy became `other`.
    pub fn notices(&self, other: &Policy, boundaries: &[Boundary]) -> bool {
        let written = self.cases.iter().any(|case| !other.try_case(case).is_empty());
        written
            || boundaries
                .iter()
                .any(|near| other.seen(&other.on(near.case.on).evaluate(&near.case.facts)) != near.outcome)
    }
}

fn with(facts: &FactSheet, key: &FactKey, value: Value) -> FactSheet {
    let mut changed = facts.clone();
    changed.facts.insert(key.clone(), value);
    changed
}

fn other_strictness(compare: Compare) -> Compare {
    match compare {
        Compare::AtLeast => Compare::Above,
        Compare::Above => Compare::AtLeast,
        Compare::AtMost => Compare::Below,
        Compare::Below => Compare::AtMost,
        Compare::Equal => Compare::Unequal,
        Compare::Unequal => Compare::Equal,
    }
}
