//! A verdict in its shortest whole form: what is kept of every enterprise and policy.

use std::borrow::Cow;

use policy::ir::Dim;
use policy::{Facts, Outcome, Ready};
use serde::Serialize;
use serde_json::Value as Json;

use crate::figure::Figure;

/// What came out for one enterprise and one policy, without the reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    /// The id of the policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// `meets`, `fails`, `undetermined` or `expert`.
    pub verdict: &'static str,
    /// Whether the answer rests on a rule marked 待核.
    pub unverified: bool,
    /// The least and the most points of the policy's first table; null where it has none.
    pub score: Option<[Json; 2]>,
    /// The ids of the conditions that certainly fail.
    pub failed: Vec<String>,
    /// The ids of the conditions that are open.
    pub open: Vec<String>,
    /// The keys of what is missing, the most decisive first.
    pub missing: Vec<String>,
    /// The least and the most that would be paid, in 万元; null where the policy pays nothing.
    pub paid: Option<[Json; 2]>,
}

impl Brief {
    /// Holds facts against a policy that was made ready for a day.
    pub fn of<F: Facts + ?Sized>(ready: &Ready<'_>, facts: &F) -> Self {
        Brief::told(ready, &ready.evaluate(facts))
    }

    /// What came out, in its shortest form.
    pub(crate) fn told(ready: &Ready<'_>, outcome: &Outcome) -> Self {
        let policy = ready.policy;
        let ids = |numbers: Vec<usize>| numbers.into_iter().map(|at| policy.conditions[at].id.clone()).collect();
        let bounds = |range, dim: &Dim| {
            let figure = Figure { range, dim: dim.clone() };
            [figure.json_least(), figure.json_most()]
        };
        let score = policy.scores.first().map(|score| {
            let step = score.step;
            bounds(outcome.steps[step].range(), &policy.steps[step].dim)
        });
        Brief {
            policy: policy.id.clone(),
            version: policy.version(),
            verdict: outcome.answer().key(),
            unverified: outcome.is_unverified(),
            score,
            failed: ids(outcome.failed(policy).collect()),
            open: ids(outcome.open(policy).collect()),
            missing: ready.missing_fields(outcome).into_iter().map(Cow::into_owned).collect(),
            paid: (!policy.rewards.is_empty()).then(|| bounds(policy.cost(outcome), &Dim::of("元"))),
        }
    }

    /// The stored form: the same facts and version give the same bytes.
    pub fn to_json(&self) -> String {
        // A structure of texts, numbers and lists always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}
