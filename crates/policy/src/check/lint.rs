//! What loads but should be looked at: unused names, conditions that cannot fail or cannot hold.

use std::collections::HashSet;

use crate::answer::Tri;
use crate::eval::facts::Nothing;
use crate::ir::{Policy, StepId};
use crate::problem::Problem;
use crate::tree::Tree;

/// Warns of what is never used and of conditions that facts cannot change.
pub(super) fn lint(policy: &Policy, tree: &Tree, problems: &mut Vec<Problem>) {
    let used = reached(policy);
    for definition in &tree.definitions {
        let step = policy.definitions.iter().find(|known| known.name == definition.name.text).map(|known| known.step);
        let shown = tree.cases.iter().flat_map(|case| &case.expects).any(
            |expect| matches!(expect, crate::tree::Expect::Figure { name, .. } if name.text == definition.name.text),
        );
        if step.is_some_and(|step| !used.contains(&step)) && !shown {
            let name = &definition.name.text;
            let (zh, en) = (format!("“{name}”没有用到"), format!("{name:?} is never used"));
            problems.push(
                Problem::warning("unused", definition.name.span, zh, en)
                    .hint("删去，或在条件中引用", "remove it, or use it in a condition"),
            );
        }
    }
    let outcome = policy.on(policy.from).evaluate(&Nothing);
    for (_, condition) in policy.top_conditions() {
        let (code, zh, en) = match outcome.steps[condition.step].tri() {
            Tri::Yes => ("never-fails", "永远成立", "can never fail"),
            Tri::No => ("never-holds", "永远不成立", "can never hold"),
            Tri::Open => continue,
        };
        let name = &condition.name;
        let (zh, en) =
            (format!("条件“{name}”{zh}，与事实无关"), format!("condition {name:?} {en}, whatever the facts"));
        problems.push(
            Problem::warning(code, condition.span, zh, en)
                .hint("检查比较的方向与数值", "look at the comparison and its figures"),
        );
    }
    if policy.top_conditions().next().is_none() && policy.rewards.is_empty() && policy.scores.is_empty() {
        problems.push(Problem::warning(
            "no-condition",
            tree.id.span,
            "政策没有任何条件",
            "the policy has no condition",
        ));
    }
}

/// Every step that a condition, score or reward reaches.
fn reached(policy: &Policy) -> HashSet<StepId> {
    let mut open: Vec<StepId> = vec![policy.verdict];
    open.extend(policy.rewards.iter().map(|reward| reward.step));
    open.extend(policy.scores.iter().map(|score| score.step));
    let mut found = HashSet::new();
    while let Some(step) = open.pop() {
        if found.insert(step) {
            open.extend(policy.parts_of(step));
        }
    }
    found
}
