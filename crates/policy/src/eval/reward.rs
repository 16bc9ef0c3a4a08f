//! Rewards: what an enterprise would be paid, and who pays.

use super::outcome::{Answer, Outcome};
use crate::answer::Range;
use crate::exact::Exact;
use crate::ir::Policy;

/// One reward for one enterprise.
#[derive(Clone, Debug, PartialEq)]
pub struct Paid {
    /// The number of the reward.
    pub reward: usize,
    /// The least and the most it can be, in fen.
    pub amount: Range,
    /// Whether another reward of its 就高 group is certainly at least as high, so that this one is not paid.
    pub absorbed: bool,
    /// Who pays which part of the least and the most.
    pub shares: Vec<(String, Range)>,
}

impl Policy {
    /// What would be paid: nothing where the policy is certainly not met, from nothing up where that
    /// is open. Of a 就高 group only the highest is paid.
    pub fn rewards(&self, outcome: &Outcome) -> Vec<Paid> {
        let answer = outcome.answer();
        let nothing = Range::exactly(Exact::ZERO);
        let mut paid: Vec<Paid> = self
            .rewards
            .iter()
            .enumerate()
            .map(|(at, reward)| {
                let worked = outcome.steps[reward.step].range();
                let amount = match answer {
                    Answer::Fails => nothing,
                    Answer::Meets => worked,
                    Answer::Undetermined | Answer::Expert => worked.hull(nothing),
                };
                Paid { reward: at, amount, absorbed: false, shares: Vec::new() }
            })
            .collect();
        for at in 0..paid.len() {
            let group = self.rewards[paid[at].reward].highest_of;
            let higher = |other: &Paid| {
                let same = other.reward != at && self.rewards[other.reward].highest_of == group;
                // Of two that are surely equal the first is paid.
                let (own, theirs) = (paid[at].amount.hi, other.amount.lo);
                same && own.zip(theirs).is_some_and(|(own, theirs)| own < theirs || own == theirs && other.reward < at)
            };
            paid[at].absorbed = group.is_some() && paid.iter().any(higher);
        }
        for one in &mut paid {
            let amount = one.amount;
            let share = |rate: Exact| Range {
                lo: amount.lo.and_then(|lo| lo.mul(rate)),
                hi: amount.hi.and_then(|hi| hi.mul(rate)),
            };
            one.shares =
                self.rewards[one.reward].shares.iter().map(|(payer, rate)| (payer.clone(), share(*rate))).collect();
        }
        paid
    }

    /// The least and the most an enterprise costs: the sum of what is paid, the highest of each group.
    pub fn cost(&self, outcome: &Outcome) -> Range {
        let paid = self.rewards(outcome);
        let mut total = Range::exactly(Exact::ZERO);
        let mut groups: std::collections::BTreeMap<usize, Range> = std::collections::BTreeMap::new();
        for one in &paid {
            match self.rewards[one.reward].highest_of {
                None => total = plus(total, one.amount),
                Some(group) => {
                    let known = groups.entry(group).or_insert(Range::exactly(Exact::ZERO));
                    *known = Range {
                        lo: known.lo.into_iter().chain(one.amount.lo).max(),
                        hi: known.hi.zip(one.amount.hi).map(|(a, b)| a.max(b)),
                    };
                }
            }
        }
        groups.into_values().fold(total, plus)
    }
}

fn plus(a: Range, b: Range) -> Range {
    Range { lo: a.lo.zip(b.lo).and_then(|(a, b)| a.add(b)), hi: a.hi.zip(b.hi).and_then(|(a, b)| a.add(b)) }
}
