//! The reasons of an outcome, as a tree a clerk can read.

use kernel::{FactKey, Lang};

use super::facts::Facts;
use super::outcome::{Answer, Outcome, Ready};
use crate::answer::{Marks, Tri, Val, Worked};
use crate::cases::shown_bounds;
use crate::ir::{Dim, Op, Policy, Source, StepId};
use crate::tree::Cite;

/// One reason and the reasons below it. It borrows its words from the policy, and forms figures in
/// words only where somebody reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason<'p> {
    /// The step it explains.
    pub step: StepId,
    /// The condition or item it is, where it has a name.
    pub name: Option<&'p str>,
    /// That name in English, where the text says it.
    pub name_en: Option<&'p str>,
    /// Its text in the policy; of a fact, its label and year.
    pub text: &'p str,
    /// Its value: bounds where it is open.
    pub worked: Worked,
    /// What its figure counts.
    pub dim: &'p Dim,
    /// The fact it is, by which its source can be found; a fact of a record belongs to each of `records`.
    pub fact: Option<&'p FactKey>,
    /// The article it cites.
    pub article: Option<&'p str>,
    /// Of a record set: the records that count, by number.
    pub records: Vec<usize>,
    /// The reasons below.
    pub parts: Vec<Reason<'p>>,
}

impl Reason<'_> {
    /// The value in words: 6.17%, 5000万元, 14分 至 16分, 满足.
    pub fn shown(&self) -> String {
        match self.worked.val {
            Val::Truth(_) => Answer::of(&self.worked).zh().to_owned(),
            Val::Figure(range) => shown_bounds(self.dim, range.lo, range.hi),
        }
    }

    /// Whether it rests on a rule marked 待核.
    pub fn is_unverified(&self) -> bool {
        self.worked.marks.has(Marks::UNVERIFIED)
    }

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
        let name = lang.pick(self.name.unwrap_or(self.text), self.name_en.or(self.name).unwrap_or(self.text));
        text.push_str(&"  ".repeat(depth));
        text.push_str(sign);
        text.push_str(name);
        if !matches!(self.worked.val, Val::Truth(_)) {
            text.push_str(&format!(" = {}", self.shown()));
        }
        if let Some(article) = &self.article {
            text.push_str(&format!(" 《{article}》"));
        }
        if self.is_unverified() {
            text.push_str(lang.pick("（待核）", " (unverified)"));
        }
        text.push('\n');
        for part in &self.parts {
            part.write(lang, depth + 1, text);
        }
    }
}

impl<'p> Ready<'p> {
    /// The reasons of every condition of the verdict.
    pub fn explain<'r, F: Facts + ?Sized>(&'r self, outcome: &Outcome, facts: &F) -> Vec<Reason<'r>> {
        let teller = Teller { ready: self, outcome, facts };
        self.policy.top_conditions().map(|(_, condition)| teller.reason(condition.step, 0)).collect()
    }

    /// The reasons of one step: a reward, a score, a definition.
    pub fn explain_step<'r, F: Facts + ?Sized>(&'r self, step: StepId, outcome: &Outcome, facts: &F) -> Reason<'r> {
        Teller { ready: self, outcome, facts }.reason(step, 0)
    }
}

/// What a step is called, and the article it cites.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'p> {
    zh: &'p str,
    en: Option<&'p str>,
    article: Option<&'p str>,
}

/// The name and article of each step that has one.
pub(super) fn names(policy: &Policy) -> Vec<Option<Name<'_>>> {
    let mut names = vec![None; policy.steps.len()];
    for part in policy.scores.iter().flat_map(|score| &score.parts) {
        names[part.step] = name(&part.name, &part.name_en, &part.cite);
    }
    for defined in &policy.definitions {
        names[defined.step] = name(&defined.name, &None, &defined.cite);
    }
    for score in &policy.scores {
        names[score.step] = name(&score.name, &score.name_en, &score.cite);
    }
    for condition in &policy.conditions {
        names[condition.step] = name(&condition.name, &condition.name_en, &condition.cite);
    }
    names
}

fn name<'p>(zh: &'p str, en: &'p Option<String>, cite: &'p Cite) -> Option<Name<'p>> {
    Some(Name { zh, en: en.as_deref(), article: cite.article.as_deref() })
}

/// The deepest tree that is told; deeper reasons are left out.
const DEEPEST: usize = 40;

struct Teller<'r, 'p, 'o, F: ?Sized> {
    ready: &'r Ready<'p>,
    outcome: &'o Outcome,
    facts: &'o F,
}

impl<'r, F: Facts + ?Sized> Teller<'r, '_, '_, F> {
    fn reason(&self, at: StepId, depth: usize) -> Reason<'r> {
        let policy = self.ready.policy;
        let step = &policy.steps[at];
        let worked = self.outcome.steps[at];
        let named = self.ready.named(at);
        let text = match &step.op {
            Op::Input(input) | Op::Derived(input, _) if named.is_none() => self.ready.label(*input),
            _ => policy.text(at),
        };
        let fact = match &step.op {
            Op::Input(input) | Op::Derived(input, _) | Op::IsCode { input, .. } => self.ready.key(*input),
            _ => None,
        };
        let records = match &step.op {
            Op::Gather { filter, from, kind, .. } => self.ready.counted(at, *kind, *from, *filter, self.facts),
            _ => Vec::new(),
        };
        Reason {
            step: at,
            name: named.map(|name| name.zh),
            name_en: named.and_then(|name| name.en),
            text,
            worked,
            dim: &step.dim,
            fact,
            article: named.and_then(|name| name.article),
            records,
            parts: if depth < DEEPEST { self.parts(at, depth) } else { Vec::new() },
        }
    }

    /// The reasons worth telling below a step: fixed figures stand in its text already.
    fn parts(&self, at: StepId, depth: usize) -> Vec<Reason<'r>> {
        let policy = self.ready.policy;
        let parts = match &policy.steps[at].op {
            Op::Gather { .. } => Vec::new(),
            Op::Derived(input, formula) => match self.stated(*input) {
                true => Vec::new(),
                false => policy.parts_of(*formula),
            },
            // A mark, or a cap, has the reasons of what it stands on.
            Op::Unverified(inner) | Op::UpTo(inner, _) if self.ready.named(*inner).is_none() => {
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
        let is_told = |part: StepId| {
            let step = &policy.steps[part];
            !matches!(step.op, Op::Fixed(_) | Op::Today) && !step.inputs.is_empty()
        };
        let told = parts.iter().enumerate().filter(|(place, part)| is_told(**part) && !parts[..*place].contains(part));
        told.map(|(_, part)| self.reason(*part, depth + 1)).collect()
    }

    fn stated(&self, input: usize) -> bool {
        match (&self.ready.policy.inputs[input].source, self.ready.key(input)) {
            (Source::Fact { .. }, Some(key)) => self.facts.value(key).is_some(),
            _ => false,
        }
    }
}
