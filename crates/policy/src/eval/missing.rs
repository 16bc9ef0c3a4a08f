//! What is missing, the most decisive first.

use std::borrow::Cow;

use kernel::{FactKey, Lang};

use super::outcome::{Outcome, Ready};
use crate::answer::{Inputs, Marks, Tri, Worked};
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

/// How much hangs on one input that keeps the verdict open.
struct Weight {
    input: usize,
    settles: usize,
    conditions: usize,
    points: Exact,
}

impl Ready<'_> {
    /// The inputs that keep the verdict open, those that settle most first.
    pub fn missing(&self, outcome: &Outcome) -> Vec<Missing> {
        let found = self.weighed(outcome).into_iter().map(|weight| Missing {
            input: weight.input,
            key: self.key(weight.input).cloned(),
            field: self.script_name(weight.input).into_owned(),
            settles: weight.settles,
            conditions: weight.conditions,
            points: weight.points,
        });
        found.collect()
    }

    /// What a script calls those inputs, each name once: several years of one field are one.
    pub fn missing_fields(&self, outcome: &Outcome) -> Vec<Cow<'_, str>> {
        let mut found: Vec<Cow<'_, str>> = Vec::new();
        for weight in self.weighed(outcome) {
            let name = self.script_name(weight.input);
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    fn weighed(&self, outcome: &Outcome) -> Vec<Weight> {
        let policy = self.policy;
        let open: Vec<&Worked> = outcome.open(policy).map(|at| &outcome.steps[policy.conditions[at].step]).collect();
        // The width of every score item that is open, with the inputs that keep it so.
        let items = policy.scores.iter().flat_map(|score| &score.parts).filter(|part| !part.is_group);
        let widths: Vec<(Inputs, Exact)> = items
            .filter_map(|part| {
                let worked = &outcome.steps[part.step];
                let range = worked.range();
                Some((worked.open, range.hi?.sub(range.lo?)?)).filter(|(open, _)| !open.is_empty())
            })
            .collect();
        let weight = |input: usize| {
            let (mut settles, mut conditions) = (0, 0);
            for worked in open.iter().filter(|worked| worked.open.has(input)) {
                conditions += 1;
                settles += usize::from(worked.open.len() == 1 && !worked.marks.has(Marks::EXPERT));
            }
            let widths = widths.iter().filter(|(open, _)| open.has(input)).map(|(_, width)| *width);
            let points = widths.fold(Exact::ZERO, |sum, width| sum.add(width).unwrap_or(sum));
            Weight { input, settles, conditions, points }
        };
        let mut found: Vec<Weight> = outcome.verdict().open.iter().map(weight).collect();
        found.sort_by(|a, b| {
            (b.settles, b.conditions, b.points, a.input).cmp(&(a.settles, a.conditions, a.points, b.input))
        });
        found
    }

    /// What a script calls an input.
    pub fn script_name(&self, input: usize) -> Cow<'_, str> {
        match &self.policy.inputs[input].source {
            Source::Fact { field, .. } => Cow::Borrowed(field),
            Source::RecordFact { kind, field } => Cow::Owned(format!("{}.{field}", kind.key())),
            Source::Records(kind) => Cow::Borrowed(kind.key()),
            Source::Setting(name) => Cow::Borrowed(name),
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
