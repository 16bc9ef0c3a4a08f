//! What wrong doors teach: a change of the rules, proposed with the cases that speak for it. A person
//! accepts it or not; nothing changes by itself.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Asked, Effect, Rule, When, route};
use crate::case::Case;
use crate::closure::Share;
use crate::kind::Party;

/// A matter that came back as the wrong door and found its unit afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The case.
    pub case: String,
    /// What was asked.
    pub asked: Asked,
    /// The unit that sent it back.
    pub wrong: String,
    /// The unit that took it up.
    pub right: String,
}

/// A change of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The rule that sent them wrong, which would be ended; `None` where no rule had named the unit.
    pub old: Option<Rule>,
    /// The rule that would take its place for these matters.
    pub new: Rule,
    /// The cases that speak for it.
    pub cases: Vec<String>,
    /// What is left of the old rule without these matters, where it named them beside others.
    pub rest: Option<Rule>,
    /// Whether the old rule stays as it is, since the new one is about a part of its matters and more exact.
    pub keeps_old: bool,
}

/// The changes that wrong doors speak for: at least so many matters of one topic that all went to the
/// right unit after the same wrong one. The case with the most behind it comes first.
pub fn propose(rules: &[Rule], returned: &[Returned], on: Date, least: usize) -> Vec<Proposal> {
    let mut by_topic: BTreeMap<(&str, &str, &str), Vec<&Returned>> = BTreeMap::new();
    for one in returned {
        by_topic.entry((&one.asked.topic, &one.wrong, &one.right)).or_default().push(one);
    }
    let mut found = Vec::new();
    for ((topic, wrong, right), cases) in by_topic.into_iter().filter(|(_, cases)| cases.len() >= least.max(1)) {
        let first = &cases[0].asked;
        // Rules that already send them right have learnt it.
        if cases.iter().all(|one| route(rules, &one.asked, on, &BTreeMap::new()).lead.as_deref() == Some(right)) {
            continue;
        }
        let leads = |rule: &&Rule| rule.effect == Effect::Lead && rule.unit == wrong && rule.in_force(on);
        let old = rules.iter().filter(leads).filter(|rule| rule.fits(first)).max_by_key(|rule| rule.exactness(first));
        let when = When { topics: vec![topic.to_owned()], ..old.map(|old| old.when.clone()).unwrap_or_default() };
        let names_it = |old: &&Rule| old.when.topics.iter().any(|one| one == topic);
        let keeps_old = old.is_some_and(|old| !names_it(&old) && old.when != when);
        let rest = old.filter(names_it).filter(|old| old.when.topics.len() > 1).map(|old| {
            let topics = old.when.topics.iter().filter(|one| *one != topic).cloned().collect();
            Rule { when: When { topics, ..old.when.clone() }, from: on, ..old.clone() }
        });
        let taken = |key: &str| rules.iter().any(|rule| rule.key == key);
        let numbered = (1..).map(|number| format!("{topic}-{right}-{number}"));
        let key = numbered.into_iter().find(|key| !taken(key)).unwrap_or_default();
        let numbers: Vec<String> = cases.iter().map(|one| one.case.clone()).collect();
        let reason = format!("{wrong}退回 {} 件，后由{right}办理：{}", cases.len(), numbers.join("、"));
        let new = Rule { key, when, effect: Effect::Lead, unit: right.to_owned(), reason, from: on, until: None };
        found.push(Proposal { old: old.cloned(), new, cases: numbers, rest, keeps_old });
    }
    found.sort_by(|a, b| b.cases.len().cmp(&a.cases.len()).then(a.new.key.cmp(&b.new.key)));
    found
}

/// The rules with a proposal that a person accepted: from a day on the new one holds, and the old one
/// ends the day before where it is about the same matters, what is left of it going on. Earlier days are
/// as they were.
pub fn accept(rules: &[Rule], proposal: &Proposal, from: Date) -> Vec<Rule> {
    let ends = proposal.old.as_ref().filter(|_| !proposal.keeps_old);
    let mut after: Vec<Rule> = rules.to_vec();
    for rule in after.iter_mut().filter(|rule| ends.is_some_and(|old| *old == **rule)) {
        rule.until = from.yesterday().ok();
    }
    after.extend(proposal.rest.iter().chain([&proposal.new]).map(|rule| Rule { from, ..rule.clone() }));
    after
}

/// Of the cases that were given to a unit: those that never came back as the wrong door.
pub fn first_right<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Share {
    let mut share = Share::default();
    for case in cases {
        if case.stays.iter().any(|stay| stay.unit.is_some() && stay.state.owner() == Some(Party::Lead)) {
            share.count(case.returned == 0);
        }
    }
    share
}
