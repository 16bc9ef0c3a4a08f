//! One step worked from the steps before it.

use crate::answer::{Inputs, Worked};
use crate::eval::step as meaning;
use crate::exact::Exact;
use crate::ir::{Op, Step, StepId};

/// Works a step that looks at no fact. Steps that do are worked by the evaluator.
pub(crate) fn work(step: &Step, steps: &[Step], worked: &[Worked]) -> Worked {
    let inputs = step.inputs;
    let inputs_of = |at: StepId| steps.get(at).map_or(Inputs::NONE, |step| step.inputs);
    match &step.op {
        Op::Fixed(fixed) => *fixed,
        Op::Add(a, b) => meaning::add(&worked[*a], &worked[*b], inputs),
        Op::Subtract(a, b) => meaning::subtract(&worked[*a], &worked[*b], inputs),
        Op::Multiply(a, b) => meaning::multiply(&worked[*a], &worked[*b], inputs),
        Op::Divide(a, b) => meaning::divide(&worked[*a], &worked[*b], inputs, inputs_of(*b)),
        Op::Power(a, times) => meaning::power(&worked[*a], *times, inputs),
        Op::Floor(a) => meaning::rising(&worked[*a], |figure| Some(figure.floor())),
        Op::Largest(parts) => meaning::extreme(parts.iter().map(|&part| &worked[part]), true),
        Op::Smallest(parts) => meaning::extreme(parts.iter().map(|&part| &worked[part]), false),
        Op::Shift(a, years, months, days) => {
            meaning::rising(&worked[*a], |day| meaning::shifted(day, *years, *months, *days))
        }
        Op::WholeYears(a, b) => between_days(&worked[*a], &worked[*b], 12),
        Op::WholeMonths(a, b) => between_days(&worked[*a], &worked[*b], 1),
        Op::YearOf(a) => meaning::rising(&worked[*a], |day| Some(Exact::int(meaning::day_of(day)?.year().into()))),
        Op::YearStart(a) => meaning::rising(&worked[*a], |year| year_day(year, 1, 1)),
        Op::YearEnd(a) => meaning::rising(&worked[*a], |year| year_day(year, 12, 31)),
        Op::Judged(a, b) => meaning::judged(&worked[*a], &worked[*b]),
        Op::UpTo(a, most) => meaning::up_to(&worked[*a], *most),
        Op::Test(compare, a, b) => meaning::test(*compare, &worked[*a], &worked[*b]),
        Op::All(parts) => meaning::connect(parts.iter().map(|&part| &worked[part]), true),
        Op::Any(parts) => meaning::connect(parts.iter().map(|&part| &worked[part]), false),
        Op::Not(a) => meaning::not(&worked[*a]),
        Op::Bands(rows) => meaning::bands(rows, worked),
        Op::Unverified(a) => {
            let mut same = worked[*a];
            same.marks = same.marks.with(crate::answer::Marks::UNVERIFIED);
            same
        }
        Op::Input(_) | Op::Derived(..) | Op::Today | Op::IsCode { .. } | Op::Gather { .. } => Worked::truth(false),
    }
}

/// Whole months (or years) between two days: the more, the later the second and the earlier the first.
fn between_days(from: &Worked, to: &Worked, per: i64) -> Worked {
    let (a, b) = (from.range(), to.range());
    let count = |from: Option<Exact>, to: Option<Exact>| {
        let months = meaning::whole_months(from?, to?)?;
        Some(Exact::int(months.div_euclid(per)))
    };
    let range = crate::answer::Range { lo: count(a.hi, b.lo), hi: count(a.lo, b.hi) };
    let mut open = from.open;
    open.add(to.open);
    Worked::settle(crate::answer::Val::Figure(range), open, from.marks.with(to.marks))
}

pub(crate) fn year_day(year: Exact, month: i8, day: i8) -> Option<Exact> {
    let year = i16::try_from(year.whole()?).ok()?;
    jiff::civil::Date::new(year, month, day).ok().map(meaning::day_number)
}
