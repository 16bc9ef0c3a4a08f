//! The kinds as data and as diagrams, for scripts and for the documentation.

use std::fmt::Write as _;

use kernel::lang::Lang;
use serde_json::{Value, json};

use crate::kind::{Kind, Party, State, Step, Turn};

/// Every kind with its states, steps, clocks and what proves the end.
pub fn listed(kinds: &[Kind]) -> Value {
    kinds.iter().map(kind).collect()
}

fn kind(kind: &Kind) -> Value {
    json!({
        "kind": kind.key,
        "zh": kind.zh,
        "en": kind.en,
        "opened_by": kind.opened_by,
        "promise": kind.promise,
        "ladder": kind.ladder,
        "states": kind.states.iter().map(state).collect::<Vec<_>>(),
        "events": kind.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn state(state: &State) -> Value {
    let runs = match state.turn {
        Turn::Runs(_) => "runs",
        Turn::Paused(_) => "paused",
        Turn::Ended => "ended",
    };
    json!({
        "state": state.key, "zh": state.zh, "en": state.en, "time": runs, "owner": state.owner(), "clock": state.clock,
    })
}

fn step(step: &Step) -> Value {
    json!({
        "event": step.key, "zh": step.zh, "en": step.en, "from": step.from, "to": step.to, "who": step.who,
        "needs": step.needs, "hands_in": step.hands_in, "reopens": step.reopens, "once": step.once, "counts_as": step.mark,
    })
}

/// The kinds as a graph in the DOT language, one cluster each.
pub fn dot(kinds: &[Kind], lang: Lang) -> String {
    let mut text = String::from("digraph loops {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for kind in kinds {
        let _ = writeln!(text, "  subgraph cluster_{} {{\n    label=\"{}\";", kind.key, kind.label(lang));
        for state in kind.states {
            let _ = writeln!(text, "    {}_{} [label=\"{}\"{}];", kind.key, state.key, named(state, lang), look(state));
        }
        for step in kind.steps {
            for from in step.from {
                let to = step.to.unwrap_or(from);
                let who = step.who.iter().map(|party: &Party| party.label(lang)).collect::<Vec<_>>().join(" / ");
                let said = format!("{}\\n{who}", step.label(lang));
                let _ = writeln!(text, "    {0}_{from} -> {0}_{to} [label=\"{said}\"];", kind.key);
            }
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

fn named(state: &State, lang: Lang) -> String {
    let owner = state.owner().map(|party| format!("\\n{}", party.label(lang))).unwrap_or_default();
    let clock = state.clock.map(|clock| format!("\\n{}", clock.label(lang))).unwrap_or_default();
    format!("{}{owner}{clock}", state.label(lang))
}

fn look(state: &State) -> &'static str {
    match state.turn {
        Turn::Runs(_) => "",
        Turn::Paused(_) => ", style=\"rounded,dashed\"",
        Turn::Ended => ", peripheries=2",
    }
}
