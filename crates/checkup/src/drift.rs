//! Ratios that drift toward a threshold: they hold now, and if next year moves as the last one did they will not.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use policy::exact::Exact;
use policy::ir::{Dim, Op, Origin, StepId};
use policy::tree::Compare;
use policy::{Facts, Outcome, Policy, Ready};

use crate::figure::Figure;
use crate::rehearsal::Because;

/// How many years are looked at: the last one, and those before it.
const YEARS: usize = 3;

/// A ratio that drifts.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// The condition that rests on it.
    pub condition: Because,
    /// The comparison, as the text has it.
    pub text: String,
    /// The ratio by year of application, the earliest first; none where it is not known.
    pub years: Vec<(i16, Option<Figure>)>,
    /// The sign of the comparison.
    pub sign: &'static str,
    /// The threshold now.
    pub edge: Figure,
    /// How far the ratio lies from the threshold now.
    pub margin: Figure,
    /// The ratio a year on, if it moves as it did last year.
    pub next: Figure,
}

/// A comparison of a ratio with its threshold that every holder must pass.
struct Test {
    condition: usize,
    step: StepId,
    compare: Compare,
    now: StepId,
    edge: StepId,
}

/// A policy made ready for the last years, to look for what drifts.
pub struct Radar<'p> {
    policy: &'p Policy,
    /// The last year first.
    ready: Vec<(i16, Ready<'p>)>,
    tests: Vec<Test>,
}

impl<'p> Radar<'p> {
    /// Makes a policy ready for a day of application and the same day of the years before. Each year is held
    /// against the text of today: the question is what becomes of the title under the rule in force.
    pub fn new(policy: &'p Policy, on: Date) -> Self {
        let years = |back: usize| -> Span { i64::try_from(back).unwrap_or_default().years() };
        let ready = (0..YEARS).map(|back| {
            let day = on.saturating_sub(years(back));
            (day.year(), policy.on(day))
        });
        Radar { policy, ready: ready.collect(), tests: tests(policy) }
    }

    /// The ratios of one holder that drift, the nearest to its threshold first.
    pub fn look<F: Facts + ?Sized>(&self, facts: &F) -> Vec<Drift> {
        if self.tests.is_empty() {
            return Vec::new();
        }
        let outcomes: Vec<(i16, Outcome)> =
            self.ready.iter().map(|(year, ready)| (*year, ready.evaluate(facts))).collect();
        let mut found: Vec<(Exact, Drift)> = self.tests.iter().filter_map(|test| self.drift(test, &outcomes)).collect();
        found.sort_by_key(|(margin, _)| *margin);
        found.into_iter().map(|(_, drift)| drift).collect()
    }

    fn drift(&self, test: &Test, outcomes: &[(i16, Outcome)]) -> Option<(Exact, Drift)> {
        let known = |outcome: &Outcome, step: StepId| outcome.steps[step].range().known();
        let (_, last) = outcomes.first()?;
        let (now, edge) = (known(last, test.now)?, known(last, test.edge)?);
        let before = known(&outcomes.get(1)?.1, test.now)?;
        let next = now.add(now.sub(before)?)?;
        if !holds(test.compare, now, edge) || holds(test.compare, next, edge) {
            return None;
        }
        let apart = now.sub(edge)?;
        let margin = if apart.is_negative() { apart.neg()? } else { apart };
        let figure = |figure: Exact| Figure::exactly(figure, Dim::ratio());
        let years = outcomes.iter().rev();
        let condition = &self.policy.conditions[test.condition];
        let drift = Drift {
            condition: Because::of(condition, false),
            text: match &self.policy.steps[test.step].origin {
                Origin::Policy(span) => span.of(&self.policy.source).split_whitespace().collect::<Vec<_>>().join(" "),
                Origin::Field(label) => label.clone(),
            },
            years: years.map(|(year, outcome)| (*year, known(outcome, test.now).map(figure))).collect(),
            sign: test.compare.sign(),
            edge: figure(edge),
            margin: figure(margin),
            next: figure(next),
        };
        Some((margin, drift))
    }
}

fn holds(compare: Compare, now: Exact, edge: Exact) -> bool {
    match compare {
        Compare::AtLeast => now >= edge,
        Compare::Above => now > edge,
        Compare::AtMost => now <= edge,
        Compare::Below => now < edge,
        Compare::Equal => now == edge,
        Compare::Unequal => now != edge,
    }
}

/// Comparisons of ratios that the conditions cannot do without: one of several alternatives may fail.
fn tests(policy: &Policy) -> Vec<Test> {
    let mut found = Vec::new();
    for (condition, known) in policy.top_conditions() {
        let mut open = vec![known.step];
        while let Some(step) = open.pop() {
            match &policy.steps[step].op {
                Op::All(parts) => open.extend(parts),
                Op::Unverified(part) => open.push(*part),
                Op::Test(compare, a, b) if !policy.steps[step].per_record => {
                    let is_fixed = |step: StepId| policy.steps[step].inputs.is_empty();
                    let (compare, now, edge) = match is_fixed(*a) && !is_fixed(*b) {
                        true => (compare.flipped(), *b, *a),
                        false => (*compare, *a, *b),
                    };
                    if policy.steps[now].dim == Dim::ratio() {
                        found.push(Test { condition, step, compare, now, edge });
                    }
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use kernel::{Catalogue, FactKey, Lang, Period, Value};
    use policy::FactSheet;

    use super::*;

    const TEXT: &str = "政策 p 甲\n文号 一号\n层级 国家\n适用 企业\n施行 2020-01-01\n\n条件 A 人员\n  英文名 Staff\n  研发人员[上年] / 职工总数[上年] ≥ 10%\n  研发人员[上年] ≥ 1人\n\n条件 B 人员或评审\n  任一\n    研发人员[上年] / 职工总数[上年] ≥ 10%\n    专家认定\n";

    fn policy() -> Policy {
        let checked = policy::check(TEXT, Catalogue::builtin(), &policy::Settings::new());
        checked.policy.unwrap_or_else(|| panic!("{:?}", checked.problems))
    }

    fn sheet(researchers: &[(i16, i64)]) -> FactSheet {
        let mut sheet = FactSheet::default();
        for (year, count) in researchers {
            let of = |field: &str| FactKey::of(field, Period::Year(*year));
            sheet.facts.insert(of("rd_staff"), Value::Integer(*count));
            sheet.facts.insert(of("total_staff"), Value::Integer(100));
        }
        sheet
    }

    fn found(researchers: &[(i16, i64)]) -> Vec<String> {
        let policy = policy();
        let radar = Radar::new(&policy, "2026-06-01".parse().unwrap());
        let say = |figure: &Figure| figure.say(Lang::En);
        let told = |drift: Drift| {
            let years: Vec<String> =
                drift.years.iter().map(|(_, it)| it.as_ref().map_or("?".to_owned(), say)).collect();
            format!(
                "{} {} {} {} margin {} next {}",
                drift.condition.name_in(Lang::En),
                years.join(" "),
                drift.sign,
                say(&drift.edge),
                say(&drift.margin),
                say(&drift.next)
            )
        };
        radar.look(&sheet(researchers)).into_iter().map(told).collect()
    }

    #[test]
    fn a_ratio_that_would_fail_next_year_is_found_with_its_margin() {
        assert_eq!(found(&[(2023, 20), (2024, 15), (2025, 11)]), ["Staff 20% 15% 11% ≥ 10% margin 1% next 7%"]);
        assert_eq!(found(&[(2024, 15), (2025, 11)]), ["Staff ? 15% 11% ≥ 10% margin 1% next 7%"]);
    }

    #[test]
    fn a_ratio_that_rises_stays_clear_or_has_failed_already_is_not() {
        for calm in [
            &[(2024, 11), (2025, 12)][..],
            &[(2024, 30), (2025, 25)],
            &[(2024, 12), (2025, 11)],
            &[(2024, 15), (2025, 9)],
            &[(2025, 11)],
            &[],
        ] {
            assert_eq!(found(calm), Vec::<String>::new(), "{calm:?}");
        }
    }
}
