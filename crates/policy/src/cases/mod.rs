//! Worked cases: facts written out in the policy, and what must come out.

pub mod boundary;
pub mod resolve;
pub mod trial;

pub(crate) use resolve::resolve;

use jiff::civil::Date;

use crate::answer::Tri;
use crate::eval::facts::FactSheet;
use crate::eval::outcome::{Answer, Outcome};
use crate::exact::Exact;
use crate::ir::{Dim, Policy, StepId};
use crate::problem::{Both, Span};

/// A case ready to be tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The day of application.
    pub on: Date,
    /// Its facts.
    pub facts: FactSheet,
    /// What must come out.
    pub expects: Vec<Expectation>,
}

/// One thing that must come out.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// The answer, and exactly these failed conditions or at least these missing facts.
    Answer {
        /// The answer.
        answer: Answer,
        /// The numbers of the conditions that fail; empty where the case does not say.
        failed: Vec<usize>,
        /// Keys of fields that are among the missing.
        missing: Vec<String>,
    },
    /// A figure, exactly or to the digits written.
    Figure {
        /// What it is, as written.
        name: String,
        /// Its step.
        step: StepId,
        /// The least and the most; equal for one figure.
        bounds: (Exact, Exact),
        /// For ≈: the digits after the point, and the unit they are counted in.
        rounded: Option<(u32, Exact)>,
    },
}

/// A case whose outcome is not what it expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The case.
    pub case: String,
    /// Where it stands.
    pub span: Span,
    /// What was expected and what came out.
    pub message: Both,
}

impl Policy {
    /// Tries every case and says where the outcome differs.
    pub fn try_cases(&self) -> Vec<Mismatch> {
        self.cases.iter().flat_map(|case| self.try_case(case)).collect()
    }

    /// Tries one case.
    pub fn try_case(&self, case: &Case) -> Vec<Mismatch> {
        let outcome = self.on(case.on).evaluate(&case.facts);
        let messages = case.expects.iter().filter_map(|expect| self.differs(case, expect, &outcome));
        messages.map(|message| Mismatch { case: case.name.clone(), span: case.span, message }).collect()
    }

    fn differs(&self, case: &Case, expect: &Expectation, outcome: &Outcome) -> Option<Both> {
        match expect {
            Expectation::Answer { answer, failed, missing } => {
                self.answer_differs(case, outcome, *answer, failed, missing)
            }
            Expectation::Figure { name, step, bounds, rounded } => {
                let found = outcome.steps[*step].range();
                let fits = match (rounded, found.lo, found.hi) {
                    (None, Some(lo), Some(hi)) => lo == bounds.0 && hi == bounds.1,
                    (Some((places, unit)), Some(lo), Some(hi)) if lo == hi => {
                        let digits = |figure: Exact| figure.div(*unit).map(|figure| figure.shown(*places));
                        digits(lo) == digits(bounds.0)
                    }
                    _ => false,
                };
                if fits {
                    return None;
                }
                let dim = &self.steps[*step].dim;
                let wanted = shown_bounds(dim, Some(bounds.0), Some(bounds.1));
                let found = shown_bounds(dim, found.lo, found.hi);
                Some(Both::new(
                    format!("{name}：期望 {wanted}，得出 {found}"),
                    format!("{name}: expected {wanted}, came out {found}"),
                ))
            }
        }
    }

    fn answer_differs(
        &self,
        case: &Case,
        outcome: &Outcome,
        answer: Answer,
        failed: &[usize],
        missing: &[String],
    ) -> Option<Both> {
        let names =
            |list: &[usize]| list.iter().map(|&at| self.conditions[at].name.clone()).collect::<Vec<_>>().join("、");
        let really: Vec<usize> =
            (0..self.conditions.len()).filter(|&at| outcome.steps[self.conditions[at].step].tri() == Tri::No).collect();
        let top: Vec<usize> = really.iter().copied().filter(|&at| self.conditions[at].within.is_none()).collect();
        if outcome.answer() != answer {
            let (a, b) = (answer, outcome.answer());
            let ready = self.on(case.on);
            let open: Vec<String> =
                outcome.verdict().open.iter().map(|input| ready.name(input, kernel::Lang::Zh)).collect();
            let because = [names(&top), open.join("、")]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("；");
            return Some(Both::new(
                format!("期望 {}，得出 {}（{because}）", a.zh(), b.zh()),
                format!("expected {}, came out {} ({because})", a.key(), b.key()),
            ));
        }
        let as_said = failed.iter().all(|at| really.contains(at)) && top.iter().all(|at| failed.contains(at));
        if !failed.is_empty() && !as_said {
            let (wanted, found) = (names(failed), names(&top));
            return Some(Both::new(
                format!("期望不满足的是 {wanted}，得出 {found}"),
                format!("expected to fail: {wanted}; failed: {found}"),
            ));
        }
        let open: Vec<&str> = outcome.verdict().open.iter().filter_map(|input| self.inputs[input].field()).collect();
        let absent: Vec<&String> = missing.iter().filter(|key| !open.contains(&key.as_str())).collect();
        (!absent.is_empty()).then(|| {
            Both::new(
                format!("期望缺 {absent:?}，得出缺 {open:?}"),
                format!("expected {absent:?} to be missing, missing are {open:?}"),
            )
        })
    }
}

/// A figure in the words of its dimension: 1234.5万元, 6.17%, 2025-05-31.
pub fn shown(dim: &Dim, figure: Exact) -> String {
    let by =
        |unit: i64, places: u32| figure.div(Exact::int(unit)).map_or_else(String::new, |figure| figure.shown(places));
    match dim {
        Dim::Day => crate::eval::step::day_of(figure).map_or_else(String::new, |day| day.to_string()),
        Dim::CalendarYear => figure.shown(0),
        Dim::Of(unit) if unit == "元" => {
            let large = figure >= Exact::int(10_000_000_000) || figure <= Exact::int(-10_000_000_000);
            let enough = figure >= Exact::int(1_000_000) || figure <= Exact::int(-1_000_000);
            if large {
                format!("{}亿元", by(10_000_000_000, 10))
            } else if enough {
                format!("{}万元", by(1_000_000, 6))
            } else {
                format!("{}元", by(100, 2))
            }
        }
        Dim::Of(unit) if unit.is_empty() => {
            figure.mul(Exact::int(100)).map_or_else(String::new, |figure| format!("{}%", figure.shown(4)))
        }
        Dim::Of(unit) => format!("{}{unit}", figure.shown(4)),
        Dim::Loose | Dim::Truth => figure.shown(4),
    }
}

/// Bounds in the words of their dimension.
pub fn shown_bounds(dim: &Dim, lo: Option<Exact>, hi: Option<Exact>) -> String {
    match (lo, hi) {
        (Some(lo), Some(hi)) if lo == hi => shown(dim, lo),
        (Some(lo), Some(hi)) => format!("{} 至 {}", shown(dim, lo), shown(dim, hi)),
        (Some(lo), None) => format!("≥ {}", shown(dim, lo)),
        (None, Some(hi)) => format!("≤ {}", shown(dim, hi)),
        (None, None) => "?".to_owned(),
    }
}
