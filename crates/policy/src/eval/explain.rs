//! The reasons of an outcome, as a tree a clerk can read.

use std::collections::HashMap;

use kernel::{FactKey, Lang};

use super::facts::Facts;
use super::outcome::{Answer, Outcome, Ready};
use crate::answer::{Marks, Tri, Val, Worked};
use crate::cases::shown_bounds;
use crate::ir::{Op, Source, StepId};

/// One reason and the reasons below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The step it explains.
    pub step: StepId,
    /// The condition or item it is, where it has a name.
    pub name: Option<String>,
    /// Its text in the policy.
    pub text: String,
    /// Its value: bounds where it is open.
    pub worked: Worked,
    /// The value in words: 6.17%, 5000万元, 14分 至 16分, 满足.
    pub shown: String,
    /// The fact it is, by which its source can be found; a fact of a record belongs to each of `records`.
    pub fact: Option<FactKey>,
    /// The article it cites.
    pub article: Option<String>,
    /// Whether it rests on a rule marked 待核.
    pub unverified: bool,
    /// Of a record set: the records that count, by number.
    pub records: Vec<usize>,
    /// The reasons below.
    pub parts: Vec<Reason>,
}

impl Reason {
    /// The tree as indented lines.
    pub fn lines(&self, lang: Lang) -> String {
        let mut text = String::new();
        self.write(lang, 0, &mut text);
        text
    }

    fn write(&self, lang: Lang, depth: usize, text: &mut String) {
        let sign = match self.worked.val {
            Val::Truth(Tri::Yes) => "✓ ",
            Val::Truth(Tri::No) => "✗ ",
            Val::Truth(Tri::Open) => "? ",
            Val::Figure(_) => "· ",
        };
        let name = self.name.as_deref().unwrap_or(&self.text);
        text.push_str(&"  ".repeat(depth));
        text.push_str(sign);
        text.push_str(name);
        if !matches!(self.worked.val, Val::Truth(_)) {
            text.push_str(&format!(" = {}", self.shown));
        }
        if let Some(article) = &self.article {
            text.push_str(&format!(" 《{article}》"));
        }
        if self.unverified {
            text.push_str(lang.pick("（待核）", " (unverified)"));
        }
        text.push('\n');
        for part in &self.parts {
            part.write(lang, depth + 1, text);
        }
    }
}

impl Ready<'_> {
    /// The reasons of every condition of the verdict.
    pub fn explain<F: Facts + ?Sized>(&self, outcome: &Outcome, facts: &F) -> Vec<Reason> {
        let teller = Teller { ready: self, outcome, facts, names: self.names() };
        self.policy.top_conditions().map(|(_, condition)| teller.reason(condition.step, 0)).collect()
    }

    /// The reasons of one step: a reward, a score, a definition.
    pub fn explain_step<F: Facts + ?Sized>(&self, step: StepId, outcome: &Outcome, facts: &F) -> Reason {
        Teller { ready: self, outcome, facts, names: self.names() }.reason(step, 0)
    }

    fn names(&self) -> HashMap<StepId, (&str, Option<&str>)> {
        let policy = self.policy;
        let mut names = HashMap::new();
        for part in policy.scores.iter().flat_map(|score| &score.parts) {
            names.insert(part.step, (part.name.as_str(), part.cite.article.as_deref()));
        }
        for defined in &policy.definitions {
            names.insert(defined.step, (defined.name.as_str(), defined.cite.article.as_deref()));
        }
        for score in &policy.scores {
            names.insert(score.step, (score.name.as_str(), score.cite.article.as_deref()));
        }
        for condition in &policy.conditions {
            names.insert(condition.step, (condition.name.as_str(), condition.cite.article.as_deref()));
        }
        names
    }
}

/// The deepest tree that is told; deeper reasons are left out.
const DEEPEST: usize = 40;

struct Teller<'a, F: ?Sized> {
    ready: &'a Ready<'a>,
    outcome: &'a Outcome,
    facts: &'a F,
    names: HashMap<StepId, (&'a str, Option<&'a str>)>,
}

impl<F: Facts + ?Sized> Teller<'_, F> {
    fn reason(&self, at: StepId, depth: usize) -> Reason {
        let policy = self.ready.policy;
        let step = &policy.steps[at];
        let worked = self.outcome.steps[at];
        let named = self.names.get(&at);
        let text = match &step.op {
            Op::Input(input) | Op::Derived(input, _) | Op::IsCode { input, .. } if named.is_none() => {
                match policy.text(at) {
                    text if matches!(step.op, Op::IsCode { .. }) => text.to_owned(),
                    _ => self.ready.name(*input, Lang::Zh),
                }
            }
            _ => policy.text(at).to_owned(),
        };
        let fact = match &step.op {
            Op::Input(input) | Op::Derived(input, _) | Op::IsCode { input, .. } => self.ready.key(*input).cloned(),
            _ => None,
        };
        let records = match &step.op {
            Op::Gather { filter, from, kind, .. } => self.ready.counted(at, *kind, *from, *filter, self.facts),
            _ => Vec::new(),
        };
        Reason {
            step: at,
            name: named.map(|(name, _)| (*name).to_owned()),
            text,
            worked,
            shown: self.shown(at, &worked),
            fact,
            article: named.and_then(|(_, article)| article.map(str::to_owned)),
            unverified: worked.marks.has(Marks::UNVERIFIED),
            records,
            parts: if depth < DEEPEST { self.parts(at, depth) } else { Vec::new() },
        }
    }

    fn shown(&self, at: StepId, worked: &Worked) -> String {
        match worked.val {
            Val::Truth(_) => Answer::of(worked).zh().to_owned(),
            Val::Figure(range) => shown_bounds(&self.ready.policy.steps[at].dim, range.lo, range.hi),
        }
    }

    /// The reasons worth telling below a step: fixed figures stand in its text already.
    fn parts(&self, at: StepId, depth: usize) -> Vec<Reason> {
        let policy = self.ready.policy;
        let parts = match &policy.steps[at].op {
            Op::Gather { .. } => Vec::new(),
            Op::Derived(input, formula) => match self.stated(*input) {
                true => Vec::new(),
                false => policy.parts_of(*formula),
            },
            // A mark, or a cap, has the reasons of what it stands on.
            Op::Unverified(inner) | Op::UpTo(inner, _) if !self.names.contains_key(inner) => {
                return self.parts(*inner, depth);
            }
            Op::Bands(rows) => {
                let mut told = Vec::new();
                for (when, then, _) in rows {
                    let tri = when.map_or(Tri::Yes, |when| self.outcome.steps[when].tri());
                    if tri == Tri::No {
                        continue;
                    }
                    told.extend(when.iter().copied().chain([*then]));
                    if tri == Tri::Yes {
                        break;
                    }
                }
                // Where the last row applies, the figure that was compared still explains why.
                let compared = rows.iter().find_map(|(when, ..)| match policy.steps[(*when)?].op {
                    Op::Test(_, subject, _) => Some(subject),
                    _ => None,
                });
                told.into_iter().chain(compared).collect()
            }
            op => op.parts(),
        };
        let mut seen = Vec::new();
        let told = parts.into_iter().filter(|&part| {
            let step = &policy.steps[part];
            let fresh = !seen.contains(&part);
            seen.push(part);
            fresh && !matches!(step.op, Op::Fixed(_) | Op::Today) && !step.inputs.is_empty()
        });
        told.map(|part| self.reason(part, depth + 1)).collect()
    }

    fn stated(&self, input: usize) -> bool {
        match (&self.ready.policy.inputs[input].source, self.ready.key(input)) {
            (Source::Fact { .. }, Some(key)) => self.facts.value(key).is_some(),
            _ => false,
        }
    }
}
