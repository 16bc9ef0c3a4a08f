//! The kinds in words: what a person reads on the command line and in the documentation.

use std::fmt::Write as _;

use kernel::lang::Lang;

use crate::kind::{Kind, Need, Party, State, Step, Turn};

/// A kind as a chapter: who opens it, its states with turn and time, its steps with who and what they need.
pub fn words(kind: &Kind, lang: Lang) -> String {
    let mut text = String::new();
    let (between, colon) = (lang.pick("、", ", "), lang.pick("：", ": "));
    let parties = |parties: &[Party]| parties.iter().map(|party| party.label(lang)).collect::<Vec<_>>().join(between);
    let _ = writeln!(text, "## {} `{}`\n", kind.label(lang), kind.key);
    let _ = writeln!(text, "{}{colon}{}", lang.pick("由谁提出", "Opened by"), parties(kind.opened_by));
    if let Some(promise) = kind.promise {
        let _ = writeln!(text, "{}{colon}{}", lang.pick("承诺时限", "Promised within"), promise.label(lang));
    }
    let rungs = kind.ladder.iter().map(|rung| format!("{} % → {}", rung.percent, rung.whom.label(lang)));
    let _ = writeln!(
        text,
        "{}{colon}{}",
        lang.pick("提醒与提级", "Told as time goes"),
        rungs.collect::<Vec<_>>().join(between)
    );
    let _ =
        writeln!(text, "\n{}\n|---|---|---|", lang.pick("| 状态 | 轮到谁 | 时限 |", "| state | whose turn | time |"));
    for state in kind.states {
        let _ =
            writeln!(text, "| {} `{}` | {} | {} |", state.label(lang), state.key, turn(state, lang), time(state, lang));
    }
    let _ = writeln!(
        text,
        "\n{}\n|---|---|---|---|---|",
        lang.pick("| 步骤 | 从 | 到 | 谁可办理 | 需要 |", "| step | from | to | who | needs |")
    );
    for step in kind.steps {
        let named = |key: &&str| kind.state(key).map_or("", |state| state.label(lang));
        let from = step.from.iter().map(named).collect::<Vec<_>>().join(between);
        let to = step.to.as_ref().map_or(lang.pick("不变", "the same"), |key| named(key));
        let _ = writeln!(
            text,
            "| {} `{}` | {from} | {to} | {} | {} |",
            step.label(lang),
            step.key,
            parties(step.who),
            needs(step, lang)
        );
    }
    text
}

fn turn(state: &State, lang: Lang) -> &'static str {
    match state.turn {
        Turn::Runs(party) | Turn::Paused(party) => party.label(lang),
        Turn::Ended => lang.pick("已结束", "at its end"),
    }
}

fn time(state: &State, lang: Lang) -> String {
    match (state.turn, state.clock) {
        (Turn::Paused(_), _) => lang.pick("不计时", "stands still").to_owned(),
        (_, Some(clock)) => clock.label(lang),
        (_, None) => String::new(),
    }
}

fn needs(step: &Step, lang: Lang) -> String {
    let once = step.once.then_some(lang.pick("只一次", "once only"));
    let needs = step.needs.iter().map(|need: &Need| need.label(lang));
    needs.chain(once).collect::<Vec<_>>().join(lang.pick("、", ", "))
}
