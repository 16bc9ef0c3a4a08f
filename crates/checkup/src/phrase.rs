//! A rule in English words, made from what it does: the text itself is in the words of the regulation.
//!
//! Names that the text gives in English stand for what they name, and what only the day of application decides
//! stands as it came out on that day.

use kernel::{Catalogue, FieldType, Lang, Value};
use policy::answer::Val;
use policy::ir::{Band, Op, Source, StepId};
use policy::tree::Gather;
use policy::{Outcome, Ready};

use crate::figure::Figure;

/// The most characters of a phrase; a longer one ends in an ellipsis.
const LONGEST: usize = 240;

/// The most codes that are named one by one.
const MOST_CODES: usize = 8;

/// What sheets write in a field of words where there is nothing, and in English.
const NOTHING: [(&str, &str); 3] = [("无", "none"), ("否", "no"), ("", "nothing")];

/// How tightly the words of a phrase hold together; a looser part of a tighter whole stands in brackets.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Bond {
    Or,
    And,
    Test,
    Sum,
    Product,
    Word,
}

/// The words of one step, with the names and figures of its parts.
pub(crate) fn phrase(ready: &Ready<'_>, outcome: &Outcome, step: StepId) -> String {
    let said = Speaker { ready, outcome }.words(step, true).0;
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", said[..end].trim_end()),
        None => said,
    }
}

struct Speaker<'a, 'p> {
    ready: &'a Ready<'p>,
    outcome: &'a Outcome,
}

impl Speaker<'_, '_> {
    /// The words of a step; a part that has a name is told by it, the step that was asked for is not.
    fn words(&self, at: StepId, asked: bool) -> (String, Bond) {
        let step = &self.ready.policy.steps[at];
        if !asked && let Some((zh, en)) = self.ready.name_of(at) {
            return (en.unwrap_or(zh).to_owned(), Bond::Word);
        }
        if step.inputs.is_empty() {
            return (self.settled(at), Bond::Word);
        }
        let two = |bond: Bond, a: StepId, sign: &str, b: StepId, tighter: Bond| {
            (format!("{} {sign} {}", self.part(a, bond), self.part(b, tighter)), bond)
        };
        match &step.op {
            Op::Fixed(_) | Op::Today => (self.settled(at), Bond::Word),
            Op::Input(input) | Op::Derived(input, _) => (self.input(*input), Bond::Word),
            Op::Add(a, b) => two(Bond::Sum, *a, "+", *b, Bond::Sum),
            Op::Subtract(a, b) => two(Bond::Sum, *a, "−", *b, Bond::Product),
            Op::Multiply(a, b) => two(Bond::Product, *a, "×", *b, Bond::Product),
            Op::Divide(a, b) => two(Bond::Product, *a, "/", *b, Bond::Word),
            Op::Test(compare, a, b) => two(Bond::Test, *a, compare.sign(), *b, Bond::Sum),
            Op::Power(a, times) => (format!("{} ^ {times}", self.part(*a, Bond::Word)), Bond::Product),
            Op::Floor(a) => (format!("the whole part of {}", self.part(*a, Bond::Word)), Bond::Word),
            Op::Largest(parts) => (format!("the largest of ({})", self.list(parts)), Bond::Word),
            Op::Smallest(parts) => (format!("the smallest of ({})", self.list(parts)), Bond::Word),
            Op::Shift(a, years, months, days) => {
                (format!("{}{}", self.part(*a, Bond::Sum), shift(*years, *months, *days)), Bond::Sum)
            }
            Op::WholeYears(a, b) => (self.between("full years", *a, *b), Bond::Word),
            Op::WholeMonths(a, b) => (self.between("full months", *a, *b), Bond::Word),
            Op::YearOf(a) => (format!("the year of {}", self.part(*a, Bond::Word)), Bond::Word),
            Op::YearStart(a) => (format!("1 January of {}", self.part(*a, Bond::Word)), Bond::Word),
            Op::YearEnd(a) => (format!("31 December of {}", self.part(*a, Bond::Word)), Bond::Word),
            Op::Judged(a, b) => {
                (format!("{} to {}, as experts judge", self.part(*a, Bond::Sum), self.part(*b, Bond::Sum)), Bond::Or)
            }
            Op::UpTo(inner, _) | Op::Unverified(inner) => self.words(*inner, asked),
            Op::IsCode { input, codes, prefix, not } => (self.code(*input, codes, *prefix, *not), Bond::Test),
            Op::All(parts) => (self.joined(parts, " and ", Bond::And), Bond::And),
            Op::Any(parts) => (self.joined(parts, " or ", Bond::Or), Bond::Or),
            Op::Not(inner) => (format!("not ({})", self.words(*inner, false).0), Bond::Word),
            Op::Bands(rows) => match rows.as_slice() {
                [(Some(when), then, _), (None, rest, _)] => {
                    let (then, when) = (self.part(*then, Bond::Sum), self.part(*when, Bond::Test));
                    (format!("{then} if {when}, else {}", self.part(*rest, Bond::Sum)), Bond::Or)
                }
                _ => (self.table(rows), Bond::Word),
            },
            Op::Gather { gather, kind, filter, value, .. } => {
                let of = match (gather, value) {
                    (Gather::Exists, _) => "there is a record".to_owned(),
                    (Gather::Sum, Some(value)) => format!("the sum of {} over records", self.part(*value, Bond::Word)),
                    _ => "the number of records".to_owned(),
                };
                let which = filter.map(|filter| format!(" where {}", self.words(filter, false).0));
                (format!("{of} of {}{}", kind.en().to_lowercase(), which.unwrap_or_default()), Bond::Or)
            }
        }
    }

    fn part(&self, at: StepId, within: Bond) -> String {
        let (words, bond) = self.words(at, false);
        if bond < within { format!("({words})") } else { words }
    }

    fn list(&self, parts: &[StepId]) -> String {
        parts.iter().map(|part| self.words(*part, false).0).collect::<Vec<_>>().join(", ")
    }

    fn joined(&self, parts: &[StepId], sign: &str, bond: Bond) -> String {
        // One tighter than the whole: an "or" within an "or" needs no brackets, but the reader is glad of them.
        let tighter = if bond == Bond::Or { Bond::And } else { Bond::Test };
        parts.iter().map(|part| self.part(*part, tighter)).collect::<Vec<_>>().join(sign)
    }

    fn between(&self, what: &str, from: StepId, to: StepId) -> String {
        format!("{what} from {} to {}", self.part(from, Bond::Word), self.part(to, Bond::Word))
    }

    /// What no fact decides, as it stands on the day of application.
    fn settled(&self, at: StepId) -> String {
        let worked = self.outcome.steps[at];
        match worked.val {
            Val::Truth(_) => policy::Answer::of(&worked).en().to_lowercase(),
            Val::Figure(range) => Figure { range, dim: self.ready.policy.steps[at].dim.clone() }.say(Lang::En),
        }
    }

    /// A fact by its label; one of a record without the kind, which the words before it name.
    fn input(&self, input: usize) -> String {
        match self.ready.policy.inputs[input].source {
            Source::RecordFact { .. } => self.ready.policy.inputs[input].en.clone(),
            _ => self.ready.name(input, Lang::En),
        }
    }

    fn code(&self, input: usize, codes: &[String], prefix: bool, not: bool) -> String {
        let key = match &self.ready.policy.inputs[input].source {
            Source::Fact { field, .. } | Source::RecordFact { field, .. } => field.as_str(),
            Source::Records(_) | Source::Setting(_) => "",
        };
        let field = Catalogue::builtin().field(key);
        let of_table = matches!(field.map(|field| &field.kind), Some(FieldType::Code { .. }));
        let name = |code: &String| match field {
            // Tables name their codes in Chinese only.
            Some(field) if !of_table => match NOTHING.iter().find(|(zh, _)| zh == code) {
                Some((_, en)) => (*en).to_owned(),
                None => field.show(&Value::Code(code.clone()), Lang::En),
            },
            _ => code.clone(),
        };
        let mut names: Vec<String> = codes.iter().take(MOST_CODES).map(name).collect();
        if codes.len() > MOST_CODES {
            names.push("…".to_owned());
        }
        let verb = match (prefix, not, names.len() > 1) {
            (true, false, _) => "begins with",
            (true, true, _) => "does not begin with",
            (false, false, false) => "is",
            (false, true, false) => "is not",
            (false, false, true) => "is any of",
            (false, true, true) => "is none of",
        };
        format!("{} {verb} {}", self.input(input), names.join(", "))
    }

    /// A table by the figure that is looked up in it.
    fn table(&self, rows: &[Band]) -> String {
        let compared = rows.iter().find_map(|(when, ..)| match self.ready.policy.steps[(*when)?].op {
            Op::Test(_, subject, _) => Some(subject),
            _ => None,
        });
        match compared {
            Some(subject) => format!("the table of {}", self.words(subject, false).0),
            None => "a table".to_owned(),
        }
    }
}

/// A move of a day in words: ` + 3 years`, ` − 30 days`.
fn shift(years: i32, months: i32, days: i32) -> String {
    let all = [(years, "years"), (months, "months"), (days, "days")];
    let moved = all.into_iter().filter(|(count, _)| *count != 0);
    moved.map(|(count, unit)| format!(" {} {} {unit}", if count < 0 { "−" } else { "+" }, count.abs())).collect()
}
