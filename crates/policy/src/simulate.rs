//! What would change if a policy were another: who enters, who leaves, what it costs.

use crate::answer::Range;
use crate::columns::{Table, Verdicts};
use crate::eval::outcome::{Answer, Ready};
use crate::exact::Exact;

/// The effect of one version of a policy against another on the same subjects. Rows are those of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Rows that did not certainly meet it and now do.
    pub enter: Vec<usize>,
    /// Rows that certainly met it and now do not.
    pub leave: Vec<usize>,
    /// Rows whose answer is another without entering or leaving: before, after.
    pub moved: Vec<(usize, Answer, Answer)>,
    /// How many meet it before and after.
    pub meeting: (usize, usize),
    /// The least and the most it costs before, in fen, over every row.
    pub cost_before: Range,
    /// The least and the most it costs after, in fen, over every row.
    pub cost_after: Range,
}

/// Works both versions over a table. The table must hold what both ask for: `Table::of([&before, &after])`.
pub fn simulate(before: &Ready<'_>, after: &Ready<'_>, table: &Table) -> Effect {
    let (old, new) = (before.columns(table), after.columns(table));
    let mut effect = Effect {
        enter: Vec::new(),
        leave: Vec::new(),
        moved: Vec::new(),
        meeting: (old.count(Answer::Meets), new.count(Answer::Meets)),
        cost_before: cost(before, table, &old),
        cost_after: cost(after, table, &new),
    };
    for (row, (was, is)) in old.answers().iter().zip(new.answers()).enumerate() {
        match (*was, *is) {
            (was, is) if was == is => {}
            (_, Answer::Meets) => effect.enter.push(row),
            (Answer::Meets, _) => effect.leave.push(row),
            (was, is) => effect.moved.push((row, was, is)),
        }
    }
    effect
}

/// What a policy costs over every row: a row that fails costs nothing and is not worked again.
fn cost(ready: &Ready<'_>, table: &Table, verdicts: &Verdicts) -> Range {
    let mut total = Range::exactly(Exact::ZERO);
    if ready.policy.rewards.is_empty() {
        return total;
    }
    for (row, answer) in verdicts.answers().iter().enumerate() {
        if *answer != Answer::Fails {
            let cost = ready.policy.cost(&ready.evaluate_row(table, row));
            let sum = |a: Option<Exact>, b: Option<Exact>| a.zip(b).and_then(|(a, b)| a.add(b));
            total = Range { lo: sum(total.lo, cost.lo), hi: sum(total.hi, cost.hi) };
        }
    }
    total
}
