//! What is missing, the most decisive first.

use kernel::{FactKey, Lang};

use super::outcome::{Outcome, Ready};
use crate::answer::{Marks, Tri};
use crate::exact::Exact;
use crate::ir::Source;

/// One thing that keeps the verdict open.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The number of the input.
    pub input: usize,
    /// The name of the fact; `None` for a whole record set or a setting.
    pub key: Option<FactKey>,
    /// The field's key, the kind of record, or the setting: what scripts print.
    pub field: String,
    /// How many open conditions it alone would settle.
    pub settles: usize,
    /// How many open conditions it takes part in.
    pub conditions: usize,
    /// How many points of scores hang on it.
    pub points: Exact,
}

impl Ready<'_> {
    /// The inputs that keep the verdict open, those that settle most first.
    pub fn missing(&self, outcome: &Outcome) -> Vec<Missing> {
        let policy = self.policy;
        let mut found: Vec<Missing> = outcome
            .verdict()
            .open
            .iter()
            .map(|input| {
                let open = || {
                    outcome
                        .open(policy)
                        .map(|at| &outcome.steps[policy.conditions[at].step])
                        .filter(|worked| worked.open.has(input))
                };
                Missing {
                    input,
                    key: self.key(input).cloned(),
                    field: self.script_name(input),
                    settles: open().filter(|worked| worked.open.len() == 1 && !worked.marks.has(Marks::EXPERT)).count(),
                    conditions: open().count(),
                    points: self.points(outcome, input),
                }
            })
            .collect();
        found.sort_by(|a, b| {
            (b.settles, b.conditions, b.points, a.input).cmp(&(a.settles, a.conditions, a.points, b.input))
        });
        found
    }

    /// The width of every score item this input keeps open.
    fn points(&self, outcome: &Outcome, input: usize) -> Exact {
        let parts = self.policy.scores.iter().flat_map(|score| &score.parts).filter(|part| !part.is_group);
        let widths = parts.filter_map(|part| {
            let worked = &outcome.steps[part.step];
            let range = worked.range();
            if worked.open.has(input) { range.hi?.sub(range.lo?) } else { None }
        });
        widths.fold(Exact::ZERO, |sum, width| sum.add(width).unwrap_or(sum))
    }

    /// What a script calls an input.
    pub fn script_name(&self, input: usize) -> String {
        match &self.policy.inputs[input].source {
            Source::Fact { field, .. } => field.clone(),
            Source::RecordFact { kind, field } => format!("{}.{field}", kind.key()),
            Source::Records(kind) => kind.key().to_owned(),
            Source::Setting(name) => name.clone(),
        }
    }

    /// What a person calls an input: 销售收入（2025 年）.
    pub fn name(&self, input: usize, lang: Lang) -> String {
        let known = &self.policy.inputs[input];
        let label = lang.pick(&known.zh, &known.en);
        match (&known.source, self.key(input).and_then(|key| key.period)) {
            (Source::RecordFact { kind, .. }, _) => {
                lang.pick(&format!("{}的{label}", kind.zh()), &format!("{label} of {}", kind.en())).to_owned()
            }
            (_, Some(period)) => {
                lang.pick(&format!("{label}（{period} 年）"), &format!("{label} ({period})")).to_owned()
            }
            _ => label.to_owned(),
        }
    }

    /// The score that a script shows: of the first score, its least and most.
    pub fn score(&self, outcome: &Outcome) -> Option<(Exact, Exact)> {
        let score = self.policy.scores.first()?;
        let range = outcome.steps[score.step].range();
        Some((range.lo?, range.hi?))
    }

    /// Whether a step is certain, for showing.
    pub fn is_certain(&self, outcome: &Outcome, step: usize) -> bool {
        outcome.steps[step].tri() != Tri::Open || outcome.steps[step].range().known().is_some()
    }
}
