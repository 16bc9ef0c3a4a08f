//! What another version of a policy would do to enterprises: who gains, who loses, whose answer is another,
//! because of which conditions, what it costs, and who stands close to a threshold.

use kernel::Lang;
use policy::answer::{Range, Tri};
use policy::exact::Exact;
use policy::ir::{Condition, Dim, Op, Origin, StepId};
use policy::tree::Compare;
use policy::{Answer, Facts, Outcome, Policy, Ready};
use serde::{Deserialize, Serialize};

use crate::figure::Figure;

/// A condition by its id and name, as part of a stored answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English; empty where the text says none.
    #[serde(default)]
    pub name_en: String,
    /// Whether it certainly fails; otherwise it is open.
    pub fails: bool,
}

impl Because {
    pub(crate) fn of(known: &Condition, fails: bool) -> Self {
        let name_en = known.name_en.clone().unwrap_or_default();
        Because { id: known.id.clone(), name: known.name.clone(), name_en, fails }
    }

    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: Lang) -> &str {
        lang.pick(&self.name, if self.name_en.is_empty() { &self.name } else { &self.name_en })
    }
}

/// An enterprise whose answer changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Its number among those that were held against both.
    pub row: usize,
    /// The answer before, by its key.
    pub was: String,
    /// The answer after.
    pub is: String,
    /// What stands in the way: of one that enters, before; of any other, after.
    pub because: Vec<Because>,
    /// The least and the most it would be paid after, in words of [`Money`].
    pub paid: Money,
}

/// The least and the most of an amount, in fen; none where nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The least.
    pub least: Option<i64>,
    /// The most.
    pub most: Option<i64>,
}

impl Money {
    const NONE: Money = Money { least: Some(0), most: Some(0) };

    fn of(range: Range) -> Self {
        let fen = |bound: Option<Exact>, up: bool| {
            let bound = bound?;
            let whole = if up { bound.neg()?.floor().neg()? } else { bound.floor() };
            i64::try_from(whole.whole()?).ok()
        };
        Money { least: fen(range.lo, false), most: fen(range.hi, true) }
    }

    fn add(self, other: Money) -> Self {
        let sum = |a: Option<i64>, b: Option<i64>| a?.checked_add(b?);
        Money { least: sum(self.least, other.least), most: sum(self.most, other.most) }
    }

    /// The amount as a figure that can be said.
    pub fn figure(self) -> Figure {
        let range = Range { lo: self.least.map(Exact::int), hi: self.most.map(Exact::int) };
        Figure { range, dim: Dim::money() }
    }
}

/// An enterprise close to a threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near {
    /// Its number among those that were held against both.
    pub row: usize,
    /// The condition.
    pub condition: Because,
    /// The comparison, as the text has it.
    pub text: String,
    /// What it comes to, in words.
    pub now: String,
    /// The threshold with its sign, in words.
    pub edge: String,
    /// Whether the comparison holds.
    pub holds: bool,
}

/// How many a condition stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stops {
    /// The condition.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in English; empty where the text says none.
    #[serde(default)]
    pub name_en: String,
    /// Enterprises of which it certainly fails, before and after; none where that version has no such condition.
    pub before: Option<u64>,
    /// After.
    pub after: Option<u64>,
}

impl Stops {
    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: Lang) -> &str {
        lang.pick(&self.name, if self.name_en.is_empty() { &self.name } else { &self.name_en })
    }
}

/// Enterprises by answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    /// Certainly meet it.
    pub meets: u64,
    /// Certainly fail.
    pub fails: u64,
    /// Something is not known.
    pub undetermined: u64,
    /// Experts decide.
    pub expert: u64,
}

impl Answers {
    fn count(&mut self, answer: Answer) {
        *match answer {
            Answer::Meets => &mut self.meets,
            Answer::Fails => &mut self.fails,
            Answer::Undetermined => &mut self.undetermined,
            Answer::Expert => &mut self.expert,
        } += 1;
    }
}

/// The effect of one version against another, or against none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// How many were held against both.
    pub enterprises: usize,
    /// Those that come to meet it.
    pub enters: Vec<Changed>,
    /// Those that met it and do no more.
    pub leaves: Vec<Changed>,
    /// Those whose answer is another otherwise.
    pub moves: Vec<Changed>,
    /// Answers before; none without a version before.
    pub before: Option<Answers>,
    /// Answers after.
    pub after: Answers,
    /// What it costs before; none where that version pays no amount.
    pub cost_before: Option<Money>,
    /// What it costs after; none where it pays no amount.
    pub cost_after: Option<Money>,
    /// Each condition with how many it stops.
    pub stops: Vec<Stops>,
    /// Who stands within 5 % of a threshold after.
    pub near: Vec<Near>,
}

/// Two versions made ready, and what has come out so far.
pub struct Stage<'p> {
    before: Option<Ready<'p>>,
    after: Ready<'p>,
    tests: Vec<Test>,
    found: Rehearsal,
}

/// A comparison of two figures that a condition rests on.
struct Test {
    condition: usize,
    step: StepId,
    compare: Compare,
    now: StepId,
    edge: StepId,
}

impl<'p> Stage<'p> {
    /// A stage on which enterprises are held against both versions, one after the other.
    pub fn new(before: Option<Ready<'p>>, after: Ready<'p>) -> Self {
        let pays = |policy: &Policy| (!policy.rewards.is_empty()).then_some(Money::NONE);
        let found = Rehearsal {
            enterprises: 0,
            enters: Vec::new(),
            leaves: Vec::new(),
            moves: Vec::new(),
            before: before.as_ref().map(|_| Answers::default()),
            after: Answers::default(),
            cost_before: before.as_ref().and_then(|before| pays(before.policy)),
            cost_after: pays(after.policy),
            stops: stops(before.as_ref().map(|before| before.policy), after.policy),
            near: Vec::new(),
        };
        Stage { before, tests: tests(after.policy), after, found }
    }

    /// Holds the next enterprise against both; its answer after.
    pub fn hold<F: Facts + ?Sized>(&mut self, facts: &F) -> Answer {
        let row = self.found.enterprises;
        self.found.enterprises += 1;
        let new = self.after.evaluate(facts);
        let old = self.before.as_ref().map(|before| before.evaluate(facts));
        let is = new.answer();
        // A policy that is not there yet is met by nobody.
        let was = old.as_ref().map_or(Answer::Fails, Outcome::answer);
        let paid = Money::of(self.after.policy.cost(&new));
        self.found.after.count(is);
        add(&mut self.found.cost_after, paid);
        self.count_stops(&new, true);
        if let (Some(before), Some(old)) = (&self.before, &old) {
            add(&mut self.found.cost_before, Money::of(before.policy.cost(old)));
            if let Some(counted) = &mut self.found.before {
                counted.count(was);
            }
            self.count_stops(old, false);
        }
        let changed = |because| Changed { row, was: was.key().to_owned(), is: is.key().to_owned(), because, paid };
        let hindered = || because(self.after.policy, &new);
        match (was, is) {
            (was, is) if was == is => {}
            (_, Answer::Meets) => {
                let then = self.before.as_ref().zip(old.as_ref());
                let because = then.map(|(before, old)| because(before.policy, old)).unwrap_or_default();
                self.found.enters.push(changed(because));
            }
            (Answer::Meets, _) => self.found.leaves.push(changed(hindered())),
            _ if old.is_none() => {}
            _ => self.found.moves.push(changed(hindered())),
        }
        let near = self.tests.iter().filter_map(|test| test.near(self.after.policy, &new, row));
        self.found.near.extend(near);
        is
    }

    /// Whether the enterprise of this row, the last that was held, is in some list.
    pub fn is_named(&self, row: usize) -> bool {
        let last = |list: &Vec<Changed>| list.last().is_some_and(|changed| changed.row == row);
        let Rehearsal { enters, leaves, moves, near, .. } = &self.found;
        last(enters) || last(leaves) || last(moves) || near.last().is_some_and(|near| near.row == row)
    }

    /// What came out.
    pub fn done(self) -> Rehearsal {
        self.found
    }

    fn count_stops(&mut self, outcome: &Outcome, after: bool) {
        let Some(ready) = (if after { Some(&self.after) } else { self.before.as_ref() }) else { return };
        for at in outcome.failed(ready.policy) {
            let id = &ready.policy.conditions[at].id;
            let Some(known) = self.found.stops.iter_mut().find(|known| known.id == *id) else { continue };
            let slot = if after { &mut known.after } else { &mut known.before };
            *slot = slot.map(|count| count + 1);
        }
    }
}

fn add(sum: &mut Option<Money>, paid: Money) {
    *sum = sum.map(|sum| sum.add(paid));
}

/// The conditions of both versions, in the order of the later one.
fn stops(before: Option<&Policy>, after: &Policy) -> Vec<Stops> {
    fn of(policy: &Policy) -> Vec<&Condition> {
        policy.top_conditions().map(|(_, known)| known).collect()
    }
    let old = before.map(of).unwrap_or_default();
    let new = of(after);
    let has = |list: &[&Condition], id: &str| list.iter().any(|known| known.id == id).then_some(0);
    let gone = old.iter().filter(|known| has(&new, &known.id).is_none());
    let stops = |known: &&Condition| Stops {
        id: known.id.clone(),
        name: known.name.clone(),
        name_en: known.name_en.clone().unwrap_or_default(),
        before: has(&old, &known.id),
        after: has(&new, &known.id),
    };
    new.iter().chain(gone).map(stops).collect()
}

/// The conditions that fail; where none does, those that are open.
pub fn because(policy: &Policy, outcome: &Outcome) -> Vec<Because> {
    let named = |fails: bool| move |at: usize| Because::of(&policy.conditions[at], fails);
    let failed: Vec<Because> = outcome.failed(policy).map(named(true)).collect();
    if failed.is_empty() { outcome.open(policy).map(named(false)).collect() } else { failed }
}

/// Comparisons of figures below the conditions: not those that only pick a row of a table or count records.
fn tests(policy: &Policy) -> Vec<Test> {
    let mut found: Vec<Test> = Vec::new();
    // A part of a condition is told under its own name, so the parts come first.
    for (condition, known) in policy.conditions.iter().enumerate().rev() {
        let mut open = vec![known.step];
        while let Some(step) = open.pop() {
            let known = &policy.steps[step];
            if known.per_record || found.iter().any(|test| test.step == step) {
                continue;
            }
            match &known.op {
                Op::Test(compare, a, b) => {
                    let settled = |step: StepId| policy.steps[step].inputs.is_empty();
                    let (now, edge) = if settled(*a) && !settled(*b) { (*b, *a) } else { (*a, *b) };
                    if counts(&policy.steps[now].dim) {
                        found.push(Test { condition, step, compare: *compare, now, edge });
                    }
                }
                Op::All(parts) | Op::Any(parts) => open.extend(parts),
                Op::Not(part) | Op::Unverified(part) => open.push(*part),
                _ => {}
            }
        }
    }
    found.reverse();
    found
}

/// Whether a share of such a figure means anything: five per cent of a day in the calendar does not.
fn counts(dim: &Dim) -> bool {
    matches!(dim, Dim::Of(_) | Dim::Loose)
}

impl Test {
    /// The enterprise, where it stands within 5 % of the threshold.
    fn near(&self, policy: &Policy, outcome: &Outcome, row: usize) -> Option<Near> {
        let known = |step: StepId| outcome.steps[step].range().known();
        let (now, edge) = (known(self.now)?, known(self.edge)?);
        let size = |figure: Exact| if figure.is_negative() { figure.neg() } else { Some(figure) };
        let apart = size(now.sub(edge)?)?;
        if edge.is_zero() || apart > size(edge)?.mul(Exact::ratio(5, 100)?)? {
            return None;
        }
        let condition = &policy.conditions[self.condition];
        let dim = match &policy.steps[self.now].dim {
            Dim::Loose => &policy.steps[self.edge].dim,
            dim => dim,
        };
        let say = |figure: Exact| policy::cases::shown(dim, figure);
        let sign = match policy.steps[self.step].op {
            // Where the figure stands on the right, the sign is read from the other side.
            Op::Test(_, a, _) if a != self.now => self.compare.flipped().sign(),
            _ => self.compare.sign(),
        };
        let text = match &policy.steps[self.step].origin {
            Origin::Policy(span) => span.of(&policy.source).split_whitespace().collect::<Vec<_>>().join(" "),
            Origin::Field(label) => label.clone(),
        };
        let holds = outcome.steps[self.step].tri();
        Some(Near {
            row,
            condition: Because::of(condition, holds == Tri::No),
            text,
            now: say(now),
            edge: format!("{sign} {}", say(edge)),
            holds: holds == Tri::Yes,
        })
    }
}
