//! The reasons of an outcome, as a tree a clerk can read.

use std::cell::RefCell;

use kernel::{FactKey, Lang};

use super::facts::Facts;
use super::outcome::{Answer, Outcome, Ready};
use crate::answer::{Marks, Tri, Val, Worked};
use crate::cases::shown_bounds;
use crate::ir::{Band, Dim, Op, Policy, Source, StepId};
use crate::tree::Cite;

/// One reason and the reasons below it. It borrows its words from the policy, and forms figures in
/// words only where somebody reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason<'p> {
    /// The step it explains.
    pub step: StepId,
    /// What the text calls it: a condition, a score or an item of one, a definition.
    pub named: Option<&'p Name<'p>>,
    /// Its text in the policy; of a fact, its label and year.
    pub text: &'p str,
    /// Its value: bounds where it is open.
    pub worked: Worked,
    /// What its figure counts.
    pub dim: &'p Dim,
    /// The fact it is, by which its source can be found; a fact of a record belongs to each of `records`.
    pub fact: Option<&'p FactKey>,
    /// Of a record set: the records that count, by number.
    pub records: Vec<usize>,
    /// The reasons below.
    pub parts: Vec<Reason<'p>>,
}

impl Reason<'_> {
    /// The article it cites.
    pub fn article(&self) -> Option<&str> {
        self.named.and_then(|name| name.article)
    }

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
        let name = self.named.map_or(self.text, |name| lang.pick(name.zh, name.en.unwrap_or(name.zh)));
        text.push_str(&"  ".repeat(depth));
        text.push_str(sign);
        text.push_str(name);
        if !matches!(self.worked.val, Val::Truth(_)) {
            text.push_str(&format!(" = {}", self.shown()));
        }
        if let Some(article) = self.article() {
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
        let teller = Teller::new(self, outcome, facts);
        self.policy.top_conditions().map(|(_, condition)| teller.reason(condition.step, 0)).collect()
    }

    /// What a step is called in the text, and in English where the text says it: a condition, a score or an item of
    /// one, a definition.
    pub fn name_of(&self, step: StepId) -> Option<(&str, Option<&str>)> {
        self.named(step).map(|name| (name.zh, name.en))
    }

    /// The reasons of one step: a reward, a score, a definition.
    pub fn explain_step<'r, F: Facts + ?Sized>(&'r self, step: StepId, outcome: &Outcome, facts: &F) -> Reason<'r> {
        Teller::new(self, outcome, facts).reason(step, 0)
    }
}

/// What a step is called, and the article it cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'p> {
    /// As the text has it.
    pub zh: &'p str,
    /// In English, where the text says it.
    pub en: Option<&'p str>,
    /// The article it cites.
    pub article: Option<&'p str>,
}

/// The name and article of each step that has one.
pub(super) fn names(policy: &Policy) -> Vec<Option<Name<'_>>> {
    let mut names = vec![None; policy.steps.len()];
    for part in policy.scores.iter().flat_map(|score| &score.parts) {
        names[part.step] = name(&part.name, &part.name_en, &part.cite);
    }
    for defined in &policy.definitions {
        names[defined.step] = name(&defined.name, &defined.name_en, &defined.cite);
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

/// The steps worth telling below each step, where that is the same for everybody: each part once, and none
/// that is fixed, for those stand in the text already.
#[derive(Clone, Debug)]
pub(super) struct Below {
    told: Vec<bool>,
    parts: Vec<StepId>,
    /// Where the parts of each step begin, and at last where they end.
    starts: Vec<usize>,
}

impl Below {
    pub(super) fn of(policy: &Policy) -> Self {
        let told: Vec<bool> = policy
            .steps
            .iter()
            .map(|step| !matches!(step.op, Op::Fixed(_) | Op::Today) && !step.inputs.is_empty())
            .collect();
        let (mut parts, mut starts) = (Vec::new(), vec![0]);
        for step in &policy.steps {
            let from = parts.len();
            for part in step.op.parts() {
                if told[part] && !parts[from..].contains(&part) {
                    parts.push(part);
                }
            }
            starts.push(parts.len());
        }
        Below { told, parts, starts }
    }

    fn parts(&self, step: StepId) -> &[StepId] {
        &self.parts[self.starts[step]..self.starts[step + 1]]
    }
}

/// The deepest tree that is told; deeper reasons are left out.
const DEEPEST: usize = 40;

struct Teller<'r, 'p, 'o, F: ?Sized> {
    ready: &'r Ready<'p>,
    below: &'r Below,
    outcome: &'o Outcome,
    facts: &'o F,
    /// Where records are worked again, one by one; empty until some set has several.
    records: RefCell<Vec<Worked>>,
}

impl<'r, 'p, 'o, F: Facts + ?Sized> Teller<'r, 'p, 'o, F> {
    fn new(ready: &'r Ready<'p>, outcome: &'o Outcome, facts: &'o F) -> Self {
        Teller { ready, below: ready.below(), outcome, facts, records: RefCell::default() }
    }

    fn reason(&self, at: StepId, depth: usize) -> Reason<'r> {
        let policy = self.ready.policy;
        let step = &policy.steps[at];
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
            Op::Gather { .. } => self.counted(at),
            _ => Vec::new(),
        };
        Reason {
            step: at,
            named,
            text,
            worked: self.outcome.steps[at],
            dim: &step.dim,
            fact,
            records,
            parts: if depth < DEEPEST { self.parts(at, depth) } else { Vec::new() },
        }
    }

    fn parts(&self, at: StepId, depth: usize) -> Vec<Reason<'r>> {
        match &self.ready.policy.steps[at].op {
            Op::Gather { .. } => Vec::new(),
            Op::Derived(input, _) if self.stated(*input) => Vec::new(),
            Op::Derived(_, formula) => self.told(self.below.parts(*formula), depth),
            // A mark, or a cap, has the reasons of what it stands on.
            Op::Unverified(inner) | Op::UpTo(inner, _) if self.ready.named(*inner).is_none() => {
                self.parts(*inner, depth)
            }
            Op::Bands(rows) => self.told(&self.rows(rows), depth),
            _ => self.told(self.below.parts(at), depth),
        }
    }

    fn told(&self, parts: &[StepId], depth: usize) -> Vec<Reason<'r>> {
        parts.iter().map(|part| self.reason(*part, depth + 1)).collect()
    }

    /// What is told of a table: the rows that apply or still may, and the figure that was compared, which
    /// still explains why where the last row applies.
    fn rows(&self, rows: &[Band]) -> Vec<StepId> {
        let mut found = Vec::with_capacity(4);
        let mut add = |step: StepId| {
            if self.below.told[step] && !found.contains(&step) {
                found.push(step);
            }
        };
        for (when, then, _) in rows {
            let tri = when.map_or(Tri::Yes, |when| self.outcome.steps[when].tri());
            if tri == Tri::No {
                continue;
            }
            when.iter().copied().chain([*then]).for_each(&mut add);
            if tri == Tri::Yes {
                break;
            }
        }
        let compared = rows.iter().find_map(|(when, ..)| match self.ready.policy.steps[(*when)?].op {
            Op::Test(_, subject, _) => Some(subject),
            _ => None,
        });
        compared.into_iter().for_each(add);
        found
    }

    /// The records of a set that certainly count, by number.
    fn counted(&self, at: StepId) -> Vec<usize> {
        let Op::Gather { kind, from, filter, .. } = &self.ready.policy.steps[at].op else { return Vec::new() };
        let count = self.facts.records(*kind).unwrap_or(0);
        let Some(filter) = *filter else { return (0..count).collect() };
        match count {
            0 => Vec::new(),
            // The outcome still holds the values of the only record.
            1 if self.outcome.steps[filter].tri() == Tri::Yes => vec![0],
            1 => Vec::new(),
            _ => {
                let mut steps = self.records.borrow_mut();
                if steps.is_empty() {
                    steps.clone_from(&self.outcome.steps);
                }
                let counts = |record: &usize| {
                    self.ready.work_record(*from..at, *record, self.facts, &mut steps);
                    steps[filter].tri() == Tri::Yes
                };
                (0..count).filter(counts).collect()
            }
        }
    }

    fn stated(&self, input: usize) -> bool {
        match (&self.ready.policy.inputs[input].source, self.ready.key(input)) {
            (Source::Fact { .. }, Some(key)) => self.facts.value(key).is_some(),
            _ => false,
        }
    }
}
