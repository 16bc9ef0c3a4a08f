//! What an enterprise would be paid.

use kernel::Lang;
use kernel::lang::Said;
use policy::answer::Range;
use policy::eval::reward::Paid;
use policy::ir::Dim;
use policy::{Outcome, Policy};

use crate::figure::Figure;

/// One reward.
#[derive(Debug, Clone, PartialEq)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Said,
    /// The article it cites.
    pub article: Option<String>,
    /// What would be paid as things stand: nought where the policy is certainly not met.
    pub amount: Figure,
    /// What would be paid if the policy were met.
    pub if_met: Figure,
    /// Whether a higher reward of its 就高 group is paid instead.
    pub absorbed: bool,
    /// Who pays which part.
    pub shares: Vec<(String, Figure)>,
    /// Whether it rests on a rule marked 待核.
    pub unverified: bool,
}

/// The rewards of an outcome, in the order of the policy.
pub(crate) fn rewards(policy: &Policy, outcome: &Outcome) -> Vec<Reward> {
    let money = |range: Range| Figure { range, dim: Dim::money() };
    let reward = |paid: Paid| {
        let known = &policy.rewards[paid.reward];
        let worked = &outcome.steps[known.step];
        Reward {
            id: known.id.clone(),
            name: Said::new(known.name_in(Lang::Zh), known.name_in(Lang::En)),
            article: known.cite.article.clone(),
            amount: money(paid.amount),
            if_met: money(worked.range()),
            absorbed: paid.absorbed,
            shares: paid.shares.into_iter().map(|(payer, amount)| (payer, money(amount))).collect(),
            unverified: known.cite.unverified || worked.marks.has(policy::answer::Marks::UNVERIFIED),
        }
    };
    policy.rewards(outcome).into_iter().map(reward).collect()
}
