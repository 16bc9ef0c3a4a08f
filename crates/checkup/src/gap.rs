//! What a failed condition lacks: from where it stands to where it must be.

use jiff::civil::Date;
use kernel::lang::Said;
use kernel::{FactKey, Lang};
use policy::answer::Range;
use policy::eval::gap::{Gap as Found, Move, Shortfall};
use policy::ir::{Op, StepId};
use policy::tree::Compare;
use policy::{Outcome, Ready};

use crate::figure::Figure;
use crate::phrase::phrase;
use crate::plan::rises;

/// One way to see what is lacking: a single fact that alone would make the condition hold, or, where
/// nobody can move one, the comparison that fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The id of the condition.
    pub condition: String,
    /// The field whose figure must move; `None` where several make the figure up.
    pub field: Option<String>,
    /// The fact, where it is one.
    pub fact: Option<FactKey>,
    /// What a person calls the figure.
    pub name: Said,
    /// The figure now.
    pub now: Figure,
    /// How it must compare with what is needed.
    pub compare: Compare,
    /// The nearest figure that is enough.
    pub needed: Figure,
    /// Whether the enterprise can move it by its own effort, and this alone would be enough.
    pub movable: bool,
    /// The first day of the year on which the condition holds as things stand.
    pub first_day: Option<Date>,
}

impl Gap {
    /// `科技人员（2025 年）3 人，须 ≥ 4 人`.
    pub fn say(&self, lang: Lang) -> String {
        let (mut now, mut needed) = (self.now.say(lang), self.needed.say(lang));
        if now == needed {
            // 4.999999 % against 5 %: the digits that tell them apart.
            (now, needed) = (self.now.say_to(lang, 10), self.needed.say_to(lang, 10));
        }
        let (name, sign) = (self.name.say(lang), self.compare.sign());
        match lang {
            Lang::Zh => format!("{name} {now}，须 {sign} {needed}"),
            Lang::En => format!("{name} {now}, must be {sign} {needed}"),
        }
    }
}

/// The gaps of an outcome, condition by condition, the least change of each first.
pub(crate) fn gaps(ready: &Ready<'_>, outcome: &Outcome, found: &[Found]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for gap in found {
        let condition = &ready.policy.conditions[gap.condition].id;
        // To earn less is no advice, but where nothing else would do it still says what is too much.
        let more = gap.moves.iter().any(rises);
        let moves = gap.moves.iter().filter(|found| !more || rises(found));
        if gap.moves.is_empty() {
            gaps.extend(gap.short.iter().map(|short| of_shortfall((ready, outcome), condition, gap, short)));
        } else {
            gaps.extend(moves.map(|found| of_move(ready, condition, gap, found)));
        }
    }
    gaps
}

fn of_move(ready: &Ready<'_>, condition: &str, gap: &Found, found: &Move) -> Gap {
    Gap {
        condition: condition.to_owned(),
        field: Some(found.key.field.to_string()),
        fact: Some(found.key.clone()),
        name: name(ready, found.input),
        now: Figure::exactly(found.now, found.dim.clone()),
        compare: if found.needed > found.now { Compare::AtLeast } else { Compare::AtMost },
        needed: Figure::exactly(found.needed, found.dim.clone()),
        movable: rises(found),
        first_day: gap.first_day,
    }
}

fn of_shortfall((ready, outcome): (&Ready<'_>, &Outcome), condition: &str, gap: &Found, short: &Shortfall) -> Gap {
    let (left, right) = match ready.policy.steps[short.step].op {
        Op::Test(_, left, right) => (left, right),
        _ => (short.step, short.step),
    };
    // 2018年 ≤ 成立日期: the fact may stand on either side.
    let fixed = ready.policy.steps[left].inputs.is_empty();
    let (subject, now, needed, compare) = match fixed && !ready.policy.steps[right].inputs.is_empty() {
        true => (right, short.needed, short.now, mirrored(short.compare)),
        false => (left, short.now, short.needed, short.compare),
    };
    let input = plain_input(ready, subject);
    let figure = |range: Range| Figure { range, dim: short.dim.clone() };
    // Of open figures, the bound that comes nearest to being enough.
    let (now, needed) = match compare {
        Compare::AtLeast | Compare::Above => (now.hi.or(now.lo), needed.lo.or(needed.hi)),
        Compare::AtMost | Compare::Below => (now.lo.or(now.hi), needed.hi.or(needed.lo)),
        Compare::Equal | Compare::Unequal => (now.known(), needed.known()),
    };
    let range = |bound: Option<_>| bound.map_or(Range::ANY, Range::exactly);
    Gap {
        condition: condition.to_owned(),
        field: input.map(|input| ready.script_name(input).into_owned()),
        fact: input.filter(|&input| ready.is_own_fact(input)).and_then(|input| ready.key(input)).cloned(),
        name: input.map_or_else(|| named(ready, outcome, subject), |input| name(ready, input)),
        now: figure(range(now)),
        compare,
        needed: figure(range(needed)),
        movable: false,
        first_day: gap.first_day,
    }
}

/// What a person calls a figure that several facts make up: its name, else its words.
fn named(ready: &Ready<'_>, outcome: &Outcome, step: StepId) -> Said {
    match ready.name_of(step) {
        Some((zh, en)) => Said::new(zh, en.unwrap_or(zh)),
        None => Said::new(ready.policy.text(step), phrase(ready, outcome, step)),
    }
}

fn mirrored(compare: Compare) -> Compare {
    match compare {
        Compare::AtLeast => Compare::AtMost,
        Compare::Above => Compare::Below,
        Compare::AtMost => Compare::AtLeast,
        Compare::Below => Compare::Above,
        Compare::Equal | Compare::Unequal => compare,
    }
}

/// The input a step is, where it is nothing else.
pub(crate) fn plain_input(ready: &Ready<'_>, step: StepId) -> Option<usize> {
    match ready.policy.steps[step].op {
        Op::Input(input) | Op::Derived(input, _) => Some(input),
        Op::Unverified(inner) | Op::UpTo(inner, _) => plain_input(ready, inner),
        _ => None,
    }
}

pub(crate) fn name(ready: &Ready<'_>, input: usize) -> Said {
    Said::new(ready.name(input, Lang::Zh), ready.name(input, Lang::En))
}
