//! Check-ups in words, for a terminal.

use checkup::{CheckUp, Plan};
use kernel::Lang;
use policy::Answer;

/// The check-ups of one enterprise: its name, a line for each policy, a blank line.
pub fn of_enterprise(checked: &[CheckUp], lang: Lang) -> String {
    let Some(first) = checked.first() else { return String::new() };
    let mut text = match first.name == first.enterprise {
        true => format!("{}\n", first.name),
        false => format!("{} {}\n", first.name, first.enterprise).trim_start().to_owned(),
    };
    for one in checked {
        text.push_str(&of_policy(one, lang));
    }
    text.push('\n');
    text
}

fn of_policy(one: &CheckUp, lang: Lang) -> String {
    let mut line = format!("  {} {}  {} {}", sign(one.verdict), verdict(one, lang), one.title, one.version);
    if let Some(score) = &one.score {
        line.push_str(&format!("  {}", score.say(lang)));
    }
    line.push('\n');
    let plan = one.plan.as_ref().map(|plan| format!("{}{}", lang.pick("办法：", "Way: "), of_plan(plan, lang)));
    for told in [one.lack(lang), plan.unwrap_or_default()] {
        if !told.is_empty() {
            line.push_str(&format!("      {told}\n"));
        }
    }
    line
}

/// The answer, and whether it rests on an unverified rule.
pub fn verdict(one: &CheckUp, lang: Lang) -> String {
    let answer = lang.pick(one.verdict.zh(), one.verdict.en());
    match one.unverified {
        true => format!("{answer}{}", lang.pick("（待核）", " (unverified)")),
        false => answer.to_owned(),
    }
}

/// The sign before an answer.
pub fn sign(answer: Answer) -> &'static str {
    match answer {
        Answer::Meets => "✓",
        Answer::Fails => "✗",
        Answer::Undetermined => "?",
        Answer::Expert => "~",
    }
}

/// What to do, in one line.
pub fn of_plan(plan: &Plan, lang: Lang) -> String {
    let moves = plan.moves.iter().map(|one| {
        let name = one.name.say(lang);
        let (mut now, mut needed) = (one.now.say(lang), one.needed.say(lang));
        if now == needed {
            (now, needed) = (one.now.say_to(lang, 10), one.needed.say_to(lang, 10));
        }
        let by = one.last_day.filter(|_| !one.year_over).map(|day| match lang {
            Lang::Zh => format!("（{day} 前）"),
            Lang::En => format!(" (by {day})"),
        });
        format!("{name} {now} → {needed}{}", by.unwrap_or_default())
    });
    let moves = moves.collect::<Vec<_>>().join(lang.pick("；", "; "));
    let (on, answer) = (plan.on, lang.pick(plan.answer.zh(), plan.answer.en()));
    match (moves.is_empty(), lang) {
        (true, Lang::Zh) => format!("等到 {on} 再申报，届时{answer}"),
        (true, Lang::En) => format!("wait until {on}; then: {answer}"),
        (false, Lang::Zh) => format!("{moves}；{on} 申报，届时{answer}"),
        (false, Lang::En) => format!("{moves}; applying on {on}: {answer}"),
    }
}
