//! The red and the black list (红黑榜): by a rule in the policy language over a unit's figures, shown with
//! its reasons. A unit with too few cases is on neither.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::{Date, date};
use kernel::{FactKey, Lang, Value};
use policy::answer::Tri;
use policy::eval::explain::Reason;
use policy::{FactSheet, Facts, Policy, Ready, Settings, Severity};
use rust_decimal::Decimal;

use super::UnitFigures;
use crate::catalogue::catalogue;
use crate::colour::SchemeError;

const TEXTS: [&str; 2] = [
    include_str!("../../../../policies/loops/list-default.policy"),
    include_str!("../../../../policies/loops/list-mianyang.policy"),
];

/// The figures of a unit have no year: the day a policy is asked for means nothing here.
const ANY_DAY: Date = date(2026, 1, 1);

/// Which list a unit is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum List {
    /// 红榜.
    Red,
    /// 黑榜.
    Black,
    /// On neither.
    Neither,
    /// Too few cases to say anything.
    TooFew,
}

impl List {
    /// The name for scripts.
    pub fn key(self) -> &'static str {
        match self {
            List::Red => "red",
            List::Black => "black",
            List::Neither => "neither",
            List::TooFew => "too_few",
        }
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            List::Red => lang.pick("红榜", "red list"),
            List::Black => lang.pick("黑榜", "black list"),
            List::Neither => lang.pick("不上榜", "on neither list"),
            List::TooFew => lang.pick("件数不足", "too few cases"),
        }
    }
}

/// A rule for the lists that was read: its conditions are `base`, `black` and `red`.
#[derive(Debug, Clone)]
pub struct ListScheme {
    /// The text as a policy.
    pub policy: Policy,
    base: usize,
    black: usize,
    red: usize,
}

/// Where one unit stands.
#[derive(Debug)]
pub struct Listed<'s> {
    /// The unit.
    pub unit: String,
    /// Its list.
    pub list: List,
    /// The conditions with their figures and articles: what the base is, why black or why red.
    pub reasons: Vec<Reason<'s>>,
}

impl ListScheme {
    /// Reads the text of a rule, with figures that a zone has set.
    ///
    /// # Errors
    /// [`SchemeError`] with everything that is wrong with it.
    pub fn read(source: &str, settings: &Settings) -> Result<Self, SchemeError> {
        let checked = policy::check(source, catalogue(), settings);
        let errors = || checked.problems.iter().filter(|one| one.severity == Severity::Error).cloned().collect();
        let Some(policy) = checked.policy.clone() else { return Err(SchemeError::Faulty(errors())) };
        let step = |id: &str| {
            let found = policy.top_conditions().find(|(_, condition)| condition.id == id);
            found.map(|(_, condition)| condition.step).ok_or_else(|| SchemeError::NoList(id.to_owned()))
        };
        let (base, black, red) = (step("base")?, step("black")?, step("red")?);
        Ok(Self { policy, base, black, red })
    }

    /// The rule made ready for some units.
    pub fn ready(&self) -> Ready<'_> {
        self.policy.on(ANY_DAY)
    }

    /// The list for figures that are written out, as in the cases of the rule.
    pub fn list_of<F: Facts + ?Sized>(&self, ready: &Ready<'_>, facts: &F) -> List {
        let outcome = ready.evaluate(facts);
        let holds = |step: usize| outcome.steps[step].tri() == Tri::Yes;
        match (holds(self.base), holds(self.black), holds(self.red)) {
            (false, ..) => List::TooFew,
            (true, true, _) => List::Black,
            (true, false, true) => List::Red,
            (true, false, false) => List::Neither,
        }
    }

    /// Where every unit stands, by its figures: the best first, those with too few cases last. Units of
    /// the same share have the same place.
    pub fn lists<'r>(&self, ready: &'r Ready<'_>, units: &BTreeMap<String, UnitFigures>) -> Vec<Listed<'r>> {
        let enough = |sheet: &FactSheet| self.list_of(ready, sheet) != List::TooFew;
        let ranked: Vec<Decimal> = units
            .values()
            .filter(|figures| enough(&sheet(figures, None)))
            .filter_map(|figures| figures.on_time.percent())
            .collect();
        let mut listed: Vec<Listed<'r>> = Vec::new();
        for (unit, figures) in units {
            let place = figures.on_time.percent().map(|own| {
                let better = ranked.iter().filter(|other| **other > own).count();
                let worse = ranked.iter().filter(|other| **other < own).count();
                (better as i64 + 1, worse as i64 + 1)
            });
            let sheet = sheet(figures, place);
            let outcome = ready.evaluate(&sheet);
            let list = self.list_of(ready, &sheet);
            let told = match list {
                List::TooFew => vec![self.base],
                List::Black => vec![self.base, self.black],
                List::Red | List::Neither => vec![self.base, self.black, self.red],
            };
            let reasons = told.into_iter().map(|step| ready.explain_step(step, &outcome, &sheet)).collect();
            listed.push(Listed { unit: unit.clone(), list, reasons });
        }
        let share = |one: &Listed<'_>| units.get(&one.unit).and_then(|figures| figures.on_time.percent());
        let order = |one: &Listed<'_>| match one.list {
            List::Red => 0,
            List::Neither => 1,
            List::Black => 2,
            List::TooFew => 3,
        };
        listed.sort_by(|a, b| order(a).cmp(&order(b)).then(share(b).cmp(&share(a))).then(a.unit.cmp(&b.unit)));
        listed
    }
}

/// A unit's figures as facts, with its place from the first and from the last.
fn sheet(figures: &UnitFigures, place: Option<(i64, i64)>) -> FactSheet {
    let count = |figure: u32| Some(Value::Integer(figure.into()));
    let share = |share: super::Share| share.percent().map(Value::Decimal);
    // Nothing was handed to the asker, so nothing was opened again or without effect.
    let of_none = |found: super::Share| share(found).or(Some(Value::Decimal(Decimal::ZERO)));
    let facts = [
        ("handled", count(figures.on_time.base)),
        ("on_time_rate", share(figures.on_time)),
        ("sent_back_rate", share(figures.sent_back)),
        ("reopened_rate", of_none(figures.reopened)),
        ("empty_rate", of_none(figures.without_effect)),
        ("ratings", count(figures.good.base)),
        ("good_rate", share(figures.good)),
        ("place_from_first", place.map(|(first, _)| Value::Integer(first))),
        ("place_from_last", place.map(|(_, last)| Value::Integer(last))),
    ];
    let known = facts.into_iter().filter_map(|(field, value)| Some((FactKey::timeless(field), value?)));
    FactSheet { facts: known.collect(), records: BTreeMap::new() }
}

/// The rules that come with the program, the usual one first.
pub fn list_schemes() -> &'static [ListScheme] {
    static SCHEMES: OnceLock<Vec<ListScheme>> = OnceLock::new();
    // The texts are part of the program, and a test reads every one of them.
    SCHEMES.get_or_init(|| TEXTS.iter().filter_map(|text| ListScheme::read(text, &Settings::new()).ok()).collect())
}

/// The rule that comes with the program under this id.
pub fn by_list_id(id: &str) -> Option<&'static ListScheme> {
    list_schemes().iter().find(|scheme| scheme.policy.id == id)
}
