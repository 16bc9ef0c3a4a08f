//! Whether the cases of a policy say enough: all come out as written, and a slip in any threshold
//! would be noticed.

use super::Mismatch;
use super::boundary::Threshold;
use crate::ir::{Origin, Policy};

/// A threshold with what was found about its cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The threshold.
    pub threshold: Threshold,
    /// The byte of the text at which it stands.
    pub at: usize,
    /// How many cases were made on either side of it.
    pub made: usize,
    /// The slips that no case would notice, in words.
    pub unnoticed: Vec<String>,
}

/// What a policy's cases are worth.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Each case by its number, with what came out otherwise than written.
    pub cases: Vec<Vec<Mismatch>>,
    /// Every threshold of the text's own.
    pub thresholds: Vec<Tried>,
}

impl Trial {
    /// Whether there are cases and all come out as written.
    pub fn cases_pass(&self) -> bool {
        !self.cases.is_empty() && self.cases.iter().all(Vec::is_empty)
    }

    /// The thresholds that could be wrong without anybody seeing it.
    pub fn unnoticed(&self) -> impl Iterator<Item = &Tried> {
        self.thresholds.iter().filter(|tried| !tried.unnoticed.is_empty())
    }
}

impl Policy {
    /// Tries every case, and makes cases on either side of every threshold.
    pub fn trial(&self) -> Trial {
        Trial { cases: self.cases.iter().map(|case| self.try_case(case)).collect(), thresholds: self.try_thresholds() }
    }

    /// Makes cases on either side of every threshold. A threshold that no case reaches, and a slip of
    /// which no written case notices, could be wrong without anybody seeing it. The thresholds of what a
    /// place overrides are tried by the cases of that text.
    pub fn try_thresholds(&self) -> Vec<Tried> {
        let (made, unreached) = self.boundaries();
        let mut tried = Vec::new();
        for threshold in self.thresholds() {
            let at = match self.steps.get(threshold.step).map(|step| &step.origin) {
                Some(Origin::Policy(span)) if span.start < self.own => span.start,
                _ => continue,
            };
            let slips = || self.slips(&threshold).into_iter();
            let unnoticed = match unreached.contains(&threshold) {
                true => slips().filter(|(_, slip)| !self.notices(slip, &[])).map(|(name, _)| name).collect(),
                false => Vec::new(),
            };
            let made = made.iter().filter(|near| near.step == threshold.step).count();
            tried.push(Tried { threshold, at, made, unnoticed });
        }
        tried
    }
}
