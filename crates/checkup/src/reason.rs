//! The reasons of a verdict as a tree: value, the fact it used, that fact's source, the article.

use std::collections::BTreeSet;

use kernel::lang::Said;
use kernel::{Catalogue, FactKey, Lang, SubjectKind};
use policy::answer::{Marks, Tri, Val};
use policy::eval::explain::Reason as Told;
use policy::ir::{Op, StepId};
use policy::{Answer, Outcome, Ready};

use crate::enterprise::Enterprise;
use crate::figure::Figure;
use crate::gap::{name, plain_input};
use crate::phrase::phrase;

/// What a reason came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Worth {
    /// It holds, fails or is open.
    Truth(Answer),
    /// A figure or its bounds.
    Figure(Figure),
}

/// The fact a reason used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The fact.
    pub fact: FactKey,
    /// What a person calls it.
    pub name: Said,
    /// Its value; `None` where it is not known.
    pub value: Option<Said>,
    /// Where it stands, as [`crate::Fact::origin`] had it.
    pub origin: Option<String>,
}

/// A record that counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedRecord {
    /// What a person calls it; may be empty.
    pub label: String,
    /// Where it stands, as [`crate::Record::origin`] had it.
    pub origin: Option<String>,
}

/// One reason and the reasons below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What it is: the name of a condition, an item or a definition as the regulation has it, else its words in the
    /// policy; in English what those words say.
    pub title: Said,
    /// Whether the title is a name and not an expression.
    pub named: bool,
    /// What it came to.
    pub worth: Worth,
    /// The fact it used, where it is one.
    pub used: Option<Used>,
    /// The article it cites.
    pub article: Option<String>,
    /// Whether it rests on a rule marked 待核.
    pub unverified: bool,
    /// Whether a denominator is nought, so that the figure cannot be worked.
    pub zero_divisor: bool,
    /// Of a record set: its kind, and the records that count.
    pub records: Option<(SubjectKind, Vec<UsedRecord>)>,
    /// The reasons below.
    pub parts: Vec<Reason>,
}

impl Reason {
    /// The value in words: `6.17%`, `5,000 万元`, `14–16 分`, `满足`.
    pub fn say_worth(&self, lang: Lang) -> String {
        match &self.worth {
            Worth::Truth(answer) => lang.pick(answer.zh(), answer.en()).to_owned(),
            Worth::Figure(figure) => figure.say(lang),
        }
    }
}

/// The reasons of every condition of a verdict.
pub(crate) fn reasons(ready: &Ready<'_>, outcome: &Outcome, enterprise: &Enterprise) -> Vec<Reason> {
    let teller = Teller { ready, outcome, enterprise };
    // What was told once in a condition is not told again below it.
    let condition = |told| teller.reason(told, &mut BTreeSet::new());
    ready.explain(outcome, enterprise).into_iter().map(condition).collect()
}

struct Teller<'a, 'p> {
    ready: &'a Ready<'p>,
    outcome: &'a Outcome,
    enterprise: &'a Enterprise,
}

impl Teller<'_, '_> {
    fn reason(&self, told: Told<'_>, seen: &mut BTreeSet<StepId>) -> Reason {
        let step = &self.ready.policy.steps[told.step];
        let input = match step.op {
            Op::IsCode { input, .. } => Some(input),
            _ => plain_input(self.ready, told.step),
        };
        let used = told.fact.zip(input).map(|(fact, input)| self.used(fact, input));
        // A fact by itself is told by its label; a test on it by its words in the policy.
        let is_fact = matches!(step.op, Op::Input(_) | Op::Derived(..)) && told.named.is_none();
        let title = match input.filter(|_| is_fact) {
            Some(input) => name(self.ready, input),
            None => match told.named {
                Some(name) => Said::new(name.zh, name.en.unwrap_or(name.zh)),
                None => Said::new(told.text, phrase(self.ready, self.outcome, told.step)),
            },
        };
        let records = match step.op {
            Op::Gather { kind, .. } => Some((kind, self.records(kind, &told.records))),
            _ => None,
        };
        Reason {
            title,
            named: told.named.is_some(),
            worth: match told.worked.val {
                Val::Truth(_) => Worth::Truth(Answer::of(&told.worked)),
                Val::Figure(range) => Worth::Figure(Figure { range, dim: told.dim.clone() }),
            },
            used,
            article: told.article().map(str::to_owned),
            unverified: told.is_unverified(),
            zero_divisor: told.worked.marks.has(Marks::ZERO_DIVISOR),
            records,
            parts: match seen.insert(told.step) {
                true => self.parts(told.step, told.text, told.parts, seen),
                false => Vec::new(),
            },
        }
    }

    /// The reasons below one, without those that say nothing new: the rows of a table beside the figure
    /// that is looked up in it, and steps with the same words as the one above them.
    fn parts(&self, above: StepId, words: &str, told: Vec<Told<'_>>, seen: &mut BTreeSet<StepId>) -> Vec<Reason> {
        let mut kept: Vec<Told<'_>> = Vec::new();
        let mut open: Vec<Told<'_>> = told.into_iter().rev().collect();
        while let Some(part) = open.pop() {
            if self.is_row(above, part.step) {
                continue;
            }
            if part.named.is_none() && part.text == words && !part.parts.is_empty() {
                let inner = part.step;
                open.extend(part.parts.into_iter().rev().filter(|below| !self.is_row(inner, below.step)));
            } else if kept.iter().all(|known| known.step != part.step) {
                kept.push(part);
            }
        }
        kept.into_iter().map(|part| self.reason(part, seen)).collect()
    }

    /// Whether a step only compares the figure that is looked up in a table with the edge of a row.
    fn is_row(&self, above: StepId, step: StepId) -> bool {
        let steps = &self.ready.policy.steps;
        let above = self.inside(above);
        let is_edge = |step: StepId| matches!(steps[step].op, Op::Test(_, _, edge) if steps[edge].inputs.is_empty());
        matches!(&steps[above].op, Op::Bands(rows) if rows.iter().any(|(when, ..)| *when == Some(step)))
            && is_edge(step)
            && self.subject_is_told(above, step)
    }

    /// A step without the marks and caps around it, through which reasons are told as well.
    fn inside(&self, step: StepId) -> StepId {
        match self.ready.policy.steps[step].op {
            Op::Unverified(inner) | Op::UpTo(inner, _) => self.inside(inner),
            _ => step,
        }
    }

    /// Whether the figure a row compares is told beside the rows: it is that of the first row that compares one.
    fn subject_is_told(&self, above: StepId, row: StepId) -> bool {
        let steps = &self.ready.policy.steps;
        let compared = |step: StepId| match steps[step].op {
            // Each row has the figure as a step of its own; its words are the same.
            Op::Test(_, subject, _) => Some(self.ready.policy.text(subject)),
            _ => None,
        };
        let Op::Bands(rows) = &steps[above].op else { return false };
        let first = rows.iter().find_map(|(when, ..)| compared((*when)?));
        first.is_some() && first == compared(row)
    }

    fn used(&self, fact: &FactKey, input: usize) -> Used {
        let known = self.enterprise.facts.get(fact);
        let field = Catalogue::builtin().field(&fact.field);
        let value = known.map(|known| match field {
            Some(field) => Said::new(field.show(&known.value, Lang::Zh), field.show(&known.value, Lang::En)),
            None => Said::default(),
        });
        Used {
            fact: fact.clone(),
            name: name(self.ready, input),
            value,
            origin: known.and_then(|known| known.origin.clone()),
        }
    }

    fn records(&self, kind: SubjectKind, counted: &[usize]) -> Vec<UsedRecord> {
        let known = self.enterprise.records.get(&kind).map(Vec::as_slice).unwrap_or_default();
        let used = counted.iter().filter_map(|&at| known.get(at));
        used.map(|record| UsedRecord { label: record.label.clone(), origin: record.origin.clone() }).collect()
    }
}

/// Whether a reason says no, for showing what is wrong first.
impl Worth {
    /// Whether it certainly holds, certainly fails, or neither; `None` for a figure.
    pub fn tri(&self) -> Option<Tri> {
        match self {
            Worth::Truth(Answer::Meets) => Some(Tri::Yes),
            Worth::Truth(Answer::Fails) => Some(Tri::No),
            Worth::Truth(_) => Some(Tri::Open),
            Worth::Figure(_) => None,
        }
    }
}
