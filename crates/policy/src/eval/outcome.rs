//! Working a policy on one subject, and what comes out.

use std::sync::OnceLock;

use jiff::civil::Date;
use kernel::{FactKey, Period, Value};

use super::explain::{Below, Name, names};
use super::facts::Facts;
use super::step::day_number;
use super::work::work;
use crate::answer::{Inputs, Marks, Range, Tri, Val, Worked};
use crate::exact::Exact;
use crate::ir::{Input, Op, Policy, Reading, Source, Step, StepId, Year};
use crate::tree::Gather;

/// The four answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// 满足
    Meets,
    /// 不满足
    Fails,
    /// 缺数据
    Undetermined,
    /// 取决于评审
    Expert,
}

impl Answer {
    /// The word of scripts.
    pub fn key(self) -> &'static str {
        match self {
            Answer::Meets => "meets",
            Answer::Fails => "fails",
            Answer::Undetermined => "undetermined",
            Answer::Expert => "expert",
        }
    }

    /// The word of the interface, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Answer::Meets => "满足",
            Answer::Fails => "不满足",
            Answer::Undetermined => "缺数据",
            Answer::Expert => "取决于评审",
        }
    }

    /// The word of the interface, in English.
    pub fn en(self) -> &'static str {
        match self {
            Answer::Meets => "Meets",
            Answer::Fails => "Does not meet",
            Answer::Undetermined => "Data missing",
            Answer::Expert => "Depends on review",
        }
    }

    /// The answer a worked yes-or-no stands for.
    pub fn of(worked: &Worked) -> Self {
        match worked.tri() {
            Tri::Yes => Answer::Meets,
            Tri::No => Answer::Fails,
            Tri::Open if worked.open.is_empty() && worked.marks.has(Marks::EXPERT) => Answer::Expert,
            Tri::Open => Answer::Undetermined,
        }
    }
}

/// A policy made ready for applications on one day: every fact it asks for has its name.
#[derive(Clone, Debug)]
pub struct Ready<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// The day of application.
    pub on: Date,
    keys: Vec<Option<FactKey>>,
    unknown: Vec<Worked>,
    /// Fixed values, and a place for every other.
    base: Vec<Worked>,
    /// The steps to work, in order; those of records are worked with their set.
    order: Vec<StepId>,
    /// What a person calls each input, in Chinese.
    labels: OnceLock<Vec<String>>,
    /// The name and article of each step that has one.
    names: Vec<Option<Name<'p>>>,
    /// What is told below each step.
    below: OnceLock<Below>,
}

/// What came out for one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The value of every step, by number. Steps of records hold the last record's.
    pub steps: Vec<Worked>,
    verdict: StepId,
}

impl Outcome {
    /// The answer.
    pub fn answer(&self) -> Answer {
        Answer::of(self.verdict())
    }

    /// The verdict as it was worked: the facts that keep it open, its marks.
    pub fn verdict(&self) -> &Worked {
        &self.steps[self.verdict]
    }

    /// Whether the answer rests on a rule marked 待核 and must be shown so.
    pub fn is_unverified(&self) -> bool {
        self.verdict().marks.has(Marks::UNVERIFIED)
    }

    /// The top conditions that certainly fail, by number.
    pub fn failed<'p>(&'p self, policy: &'p Policy) -> impl Iterator<Item = usize> + 'p {
        policy.top_conditions().filter(|(_, condition)| self.steps[condition.step].tri() == Tri::No).map(|(at, _)| at)
    }

    /// The top conditions that are open, by number.
    pub fn open<'p>(&'p self, policy: &'p Policy) -> impl Iterator<Item = usize> + 'p {
        policy.top_conditions().filter(|(_, condition)| self.steps[condition.step].tri() == Tri::Open).map(|(at, _)| at)
    }
}

impl Policy {
    /// Makes the policy ready for applications on a day.
    pub fn on(&self, day: Date) -> Ready<'_> {
        let keys = self.inputs.iter().map(|input| input.key(day)).collect();
        let unknown = self.inputs.iter().enumerate().map(|(at, input)| input.unknown(Inputs::one(at))).collect();
        let fixed = |step: &Step| match &step.op {
            Op::Fixed(worked) => *worked,
            _ => Worked::truth(false),
        };
        let worked = |at: &StepId| {
            let step = &self.steps[*at];
            let daily = step.inputs.is_empty() && !step.op.parts().is_empty();
            !daily && !step.per_record && !matches!(step.op, Op::Fixed(_) | Op::Today)
        };
        let mut ready = Ready {
            policy: self,
            on: day,
            keys,
            unknown,
            base: self.steps.iter().map(fixed).collect(),
            order: (0..self.steps.len()).filter(worked).collect(),
            labels: OnceLock::new(),
            names: names(self),
            below: OnceLock::new(),
        };
        ready.set_day(day);
        ready
    }
}

impl Input {
    /// The name of the fact on a day of application.
    pub fn key(&self, on: Date) -> Option<FactKey> {
        let (field, year) = match &self.source {
            Source::Fact { field, year } => (field, *year),
            Source::RecordFact { field, .. } => (field, Year::None),
            Source::Records(_) | Source::Setting(_) => return None,
        };
        Some(match year {
            Year::None => FactKey::timeless(field),
            Year::Before(back) => FactKey::of(field, Period::Year(on.year() - back)),
            Year::Fixed(year) => FactKey::of(field, Period::Year(year)),
        })
    }

    /// Reads a stored value; `None` where it does not fit the field.
    pub fn read(&self, value: &Value) -> Option<Worked> {
        let figure = match (self.reading, value) {
            (Reading::Truth, Value::Bool(yes)) => return Some(Worked::truth(*yes)),
            (Reading::Money, Value::Money(amount)) => Exact::int(amount.fen()),
            (Reading::Figure, Value::Integer(count)) => Exact::int(*count),
            (Reading::Figure, Value::Decimal(figure)) => Exact::from_decimal(*figure),
            (Reading::Percent, Value::Decimal(figure)) => Exact::from_decimal(*figure).div(Exact::int(100))?,
            (Reading::Percent, Value::Integer(figure)) => Exact::ratio((*figure).into(), 100)?,
            (Reading::Day, Value::Date(day)) => day_number(*day),
            _ => return None,
        };
        Some(Worked::figure(figure))
    }
}

/// What a policy looks at while it is worked.
pub(crate) trait Look {
    /// The figure or truth of an input; `None` where it is not known or does not fit.
    fn read(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<Worked>;
    /// The code or words of an input.
    fn word(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<&str>;
    /// How many records of a kind there are; `None` where nobody knows.
    fn records(&self, kind: kernel::SubjectKind) -> Option<usize>;
}

/// What is known of a subject, looked up by name.
pub(super) struct OfFacts<'f, F: ?Sized>(pub(super) &'f F);

impl<F: Facts + ?Sized> Look for OfFacts<'_, F> {
    fn read(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<Worked> {
        ready.value(input, self.0, record).and_then(|value| ready.policy.inputs[input].read(value))
    }

    fn word(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<&str> {
        match ready.value(input, self.0, record) {
            Some(Value::Code(found) | Value::Text(found)) => Some(found),
            _ => None,
        }
    }

    fn records(&self, kind: kernel::SubjectKind) -> Option<usize> {
        self.0.records(kind)
    }
}

/// Whether a code is one of these, or begins with one of these.
pub(crate) fn is_among(found: &str, codes: &[String], prefix: bool) -> bool {
    codes.iter().any(|code| if prefix { found.starts_with(code.as_str()) } else { found == code })
}

impl<'p> Ready<'p> {
    /// The name of the fact an input stands for, on this day.
    pub fn key(&self, input: usize) -> Option<&FactKey> {
        self.keys.get(input).and_then(Option::as_ref)
    }

    /// Moves the day of application within its year: facts keep their names.
    pub(super) fn set_day(&mut self, day: Date) {
        self.on = day;
        for (at, step) in self.policy.steps.iter().enumerate() {
            if matches!(step.op, Op::Today) {
                self.base[at] = Worked::figure(day_number(day));
            } else if step.inputs.is_empty() && !matches!(step.op, Op::Fixed(_)) {
                // What depends on the day alone is worked once, here.
                self.base[at] = work(step, &self.policy.steps, &self.base);
            }
        }
    }

    /// What a person calls an input, in Chinese.
    pub(super) fn label(&self, input: usize) -> &str {
        let inputs = 0..self.policy.inputs.len();
        let labels = self.labels.get_or_init(|| inputs.map(|input| self.name(input, kernel::Lang::Zh)).collect());
        labels.get(input).map_or("", String::as_str)
    }

    /// What is told below each step.
    pub(super) fn below(&self) -> &Below {
        self.below.get_or_init(|| Below::of(self.policy))
    }

    /// The name and article of a step.
    pub(super) fn named(&self, step: StepId) -> Option<&Name<'p>> {
        self.names.get(step).and_then(Option::as_ref)
    }

    /// Works the policy on one subject.
    pub fn evaluate<F: Facts + ?Sized>(&self, facts: &F) -> Outcome {
        let mut steps = self.base.clone();
        self.work_all(&self.order, &OfFacts(facts), &mut steps);
        Outcome { steps, verdict: self.policy.verdict }
    }

    /// The value of an input, of the subject's own or of one record.
    pub(super) fn value<'f, F: Facts + ?Sized>(
        &self,
        input: usize,
        facts: &'f F,
        record: Option<usize>,
    ) -> Option<&'f Value> {
        let key = self.keys.get(input)?.as_ref()?;
        match (&self.policy.inputs[input].source, record) {
            (Source::RecordFact { kind, .. }, Some(record)) => facts.record_value(*kind, record, key),
            (Source::Fact { .. }, _) => facts.value(key),
            _ => None,
        }
    }

    /// Works the policy on whatever can be looked at.
    pub(crate) fn evaluate_look<L: Look>(&self, look: &L) -> Outcome {
        let mut steps = self.base.clone();
        self.work_all(&self.order, look, &mut steps);
        Outcome { steps, verdict: self.policy.verdict }
    }

    /// What one step comes to; only what it stands on is worked.
    pub(super) fn evaluate_step<F: Facts + ?Sized>(&self, step: StepId, order: &[StepId], facts: &F) -> Worked {
        let mut steps = self.base.clone();
        self.work_all(order, &OfFacts(facts), &mut steps);
        steps[step]
    }

    /// The steps that one step stands on and that are worked for each subject, in order.
    pub(super) fn order_of(&self, step: StepId) -> Vec<StepId> {
        let mut needed = vec![false; self.policy.steps.len()];
        let mut open = vec![step];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut needed[at], true) {
                open.extend(self.policy.parts_of(at));
            }
        }
        self.order.iter().copied().filter(|at| needed[*at]).collect()
    }

    /// Works some steps, in order; what they stand on has been worked before.
    pub(crate) fn work_all<L: Look>(&self, order: &[StepId], look: &L, steps: &mut [Worked]) {
        for &at in order {
            let worked = self.work(at, look, None, steps);
            steps[at] = worked;
        }
    }

    /// The value of every step that depends on the day alone, and a place for every other.
    pub(crate) fn base(&self) -> &[Worked] {
        &self.base
    }

    /// The value of an input that is not known.
    pub(crate) fn unknown(&self, input: usize) -> &Worked {
        &self.unknown[input]
    }

    /// The steps that are worked for each subject, in order.
    pub(super) fn order(&self) -> &[StepId] {
        &self.order
    }

    /// Works one step; what it stands on has been worked before.
    pub(super) fn work<L: Look>(&self, at: StepId, look: &L, record: Option<usize>, steps: &mut [Worked]) -> Worked {
        let policy = self.policy;
        let step = &policy.steps[at];
        match &step.op {
            Op::Input(input) => look.read(self, *input, record).unwrap_or(self.unknown[*input]),
            Op::Derived(input, formula) => self.derived(*input, *formula, look, steps),
            Op::IsCode { input, codes, prefix, not } => match look.word(self, *input, record) {
                Some(found) => Worked::truth(is_among(found, codes, *prefix) != *not),
                None => self.unknown[*input],
            },
            Op::Gather { .. } => self.gather(at, look, steps),
            _ => work(step, &policy.steps, steps),
        }
    }

    /// The stated fact where there is one, else the formula. Where none of its parts is known, the
    /// derived fact itself is what is missing: one figure asked for instead of several.
    fn derived<L: Look>(&self, input: usize, formula: StepId, look: &L, steps: &[Worked]) -> Worked {
        if let Some(stated) = look.read(self, input, None) {
            return stated;
        }
        let worked = steps[formula];
        let parts = self.policy.steps[formula].inputs;
        let none_known = !worked.open.is_empty() && parts.iter().all(|part| worked.open.has(part));
        let own = &self.unknown[input];
        match (none_known, worked.val, own.val) {
            (true, Val::Figure(range), Val::Figure(bounds)) => {
                let lo = range.lo.into_iter().chain(bounds.lo).max();
                Worked { val: Val::Figure(Range { lo, hi: range.hi }), open: own.open, marks: worked.marks }
            }
            _ => worked,
        }
    }

    fn gather<L: Look>(&self, at: StepId, look: &L, steps: &mut [Worked]) -> Worked {
        let Op::Gather { gather, records, kind, from, filter, value } = &self.policy.steps[at].op else {
            return Worked::truth(false);
        };
        let Some(count) = look.records(*kind) else { return self.unknown_gather(*gather, *records, *value) };
        let (mut sure, mut perhaps) = (0_i64, 0_i64);
        let mut total = Worked::figure(Exact::ZERO);
        let (mut open, mut marks) = (Inputs::NONE, Marks::NONE);
        for record in 0..count {
            for inner in *from..at {
                if self.policy.steps[inner].per_record {
                    steps[inner] = self.work(inner, look, Some(record), steps);
                }
            }
            let counts = filter.map_or(Worked::truth(true), |filter| steps[filter]);
            match counts.tri() {
                Tri::No => continue,
                Tri::Yes => sure += 1,
                Tri::Open => {
                    perhaps += 1;
                    open.add(counts.open);
                }
            }
            marks = marks.with(counts.marks);
            if let Some(value) = value {
                let mut part = steps[*value];
                if counts.tri() == Tri::Open {
                    let range = part.range().hull(Range::exactly(Exact::ZERO));
                    part = Worked { val: Val::Figure(range), open: part.open, marks: part.marks };
                }
                total = super::step::add(&total, &part, self.policy.steps[at].inputs);
            }
        }
        match gather {
            Gather::Sum => {
                open.add(total.open);
                Worked::settle(total.val, open, marks.with(total.marks))
            }
            Gather::Count => {
                let range = Range { lo: Some(Exact::int(sure)), hi: Some(Exact::int(sure + perhaps)) };
                Worked::settle(Val::Figure(range), open, marks)
            }
            Gather::Exists => {
                let tri = if sure > 0 {
                    Tri::Yes
                } else if perhaps > 0 {
                    Tri::Open
                } else {
                    Tri::No
                };
                Worked::settle(Val::Truth(tri), open, marks)
            }
        }
    }

    pub(crate) fn unknown_gather(&self, gather: Gather, records: usize, value: Option<StepId>) -> Worked {
        let open = Inputs::one(records);
        let range = match gather {
            Gather::Exists => return Worked { val: Val::Truth(Tri::Open), open, marks: Marks::NONE },
            Gather::Count => Range { lo: Some(Exact::ZERO), hi: None },
            Gather::Sum => Range { lo: value.and_then(|value| self.never_negative(value)), hi: None },
        };
        Worked { val: Val::Figure(range), open, marks: Marks::NONE }
    }

    fn never_negative(&self, step: StepId) -> Option<Exact> {
        match self.policy.steps[step].op {
            Op::Input(input) if self.policy.inputs[input].not_negative => Some(Exact::ZERO),
            _ => None,
        }
    }
}

impl Ready<'_> {
    /// Works the steps of a record set on one record.
    pub(super) fn work_record<F: Facts + ?Sized>(
        &self,
        steps_of: std::ops::Range<StepId>,
        record: usize,
        facts: &F,
        steps: &mut [Worked],
    ) {
        for inner in steps_of {
            if self.policy.steps[inner].per_record {
                steps[inner] = self.work(inner, &OfFacts(facts), Some(record), steps);
            }
        }
    }
}
