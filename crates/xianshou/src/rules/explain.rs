//! `xianshou policy explain`: why one enterprise gets its answer, what is lacking, and the way there.

use std::path::Path;

use checkup::{CheckUp, Enterprise, Reason, Record, Worth};
use jiff::civil::Date;
use kernel::{Catalogue, Lang};
use policy::cases::Case;
use policy::problem::nearest;
use policy::{Answer, Policy};
use serde_json::{Value, json};

use super::named::{self, Refused};
use crate::args::policy::Explain;
use crate::examine::words::{of_plan, sign, verdict};
use crate::failure::{Exit, Failure};
use crate::firms::{self, unreadable};
use crate::talk::Talk;

/// Explains one answer.
pub fn run(talk: &Talk, wanted: &Explain) -> Result<Exit, Refused> {
    let on = wanted.on.unwrap_or_else(firms::today);
    let policy = named::policy(&wanted.rule, on)?;
    let (on, enterprise) = match (&wanted.case, &wanted.facts) {
        (Some(name), _) => of_case(case(&policy, name)?),
        (None, Some(path)) => (on, enterprise(talk, path, on, wanted)?),
        (None, None) => {
            return Err(Failure::faulty(
                format!("请用 --case 指明一个例，或用 --facts 给出事实文件。例有：{}。", names(&policy).join("、")),
                format!(
                    "name a case with --case, or give facts with --facts; the cases are: {}",
                    names(&policy).join(", ")
                ),
            )
            .into());
        }
    };
    let ready = policy.on(on);
    let checked = CheckUp::of(&ready, &enterprise);
    if talk.json {
        let mut answer = checked.to_json();
        answer["reasons"] = checked.reasons.iter().map(|reason| tree(reason, talk.lang)).collect();
        talk.line(answer);
    } else {
        talk.line(words(&checked, talk.lang));
    }
    Ok(Exit::Done)
}

fn names(policy: &Policy) -> Vec<&str> {
    policy.cases.iter().map(|case| case.name.as_str()).collect()
}

fn case<'p>(policy: &'p Policy, name: &str) -> Result<&'p Case, Failure> {
    policy.cases.iter().find(|case| case.name == name).ok_or_else(|| {
        let near = nearest(name, names(policy));
        let list = if near.is_empty() { names(policy).iter().map(|name| (*name).to_owned()).collect() } else { near };
        Failure::faulty(
            format!("政策 {} 没有名为“{name}”的例。是否指：{}？", policy.version(), list.join("、")),
            format!("{} has no case “{name}”; did you mean: {}?", policy.version(), list.join(", ")),
        )
    })
}

/// The enterprise of a case, and its day of application.
fn of_case(case: &Case) -> (Date, Enterprise) {
    let mut enterprise = Enterprise::new("", case.name.clone());
    enterprise.add_cells(case.facts.facts.iter().map(|(key, value)| (key.clone(), value.clone(), None)));
    for (kind, records) in &case.facts.records {
        enterprise.knows(*kind);
        for record in records {
            let cells = record.iter().map(|(key, value)| (key.clone(), value.clone()));
            enterprise.add_record(*kind, Record::of_cells("", None, cells));
        }
    }
    (case.on, enterprise)
}

/// The enterprise of a file: a spreadsheet, or one object of JSON.
fn enterprise(talk: &Talk, path: &Path, on: Date, wanted: &Explain) -> Result<Enterprise, Failure> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return of_json(path);
    }
    let found = firms::read(talk, path, (None, on), false)?;
    let firm = match &wanted.firm {
        Some(name) => found.find(name),
        None if found.len() == 1 => found.iter().next(),
        None => None,
    };
    firm.map(firms::enterprise).ok_or_else(|| {
        let some: Vec<String> = found.iter().take(5).map(|firm| format!("{} {}", firm.code, firm.name)).collect();
        let (count, some) = (found.len(), some.join("、"));
        Failure::faulty(
            format!("请用 --enterprise 指明表中的一家企业（代码或名称）。表中有 {count} 家：{some}……"),
            format!("name one enterprise of the file by code or name with --enterprise; there are {count}: {some} …"),
        )
    })
}

fn of_json(path: &Path) -> Result<Enterprise, Failure> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let file = path.display();
    let json: Value = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::faulty(format!("{file} 不是 JSON：{error}。"), format!("{file} is no JSON: {error}"))
    })?;
    let firm = intake::firms::read_facts(&json, Catalogue::builtin()).map_err(|wrong| {
        let all = |lang| wrong.iter().map(|one| format!("{file}: {}", one.say(lang))).collect::<Vec<_>>().join("\n");
        Failure::faulty(all(Lang::Zh), all(Lang::En))
    })?;
    Ok(firms::enterprise(firm))
}

fn words(checked: &CheckUp, lang: Lang) -> String {
    let mut text = format!("{} {}\n", checked.title, checked.version);
    let who = [checked.name.as_str(), checked.enterprise.as_str()];
    let mut who: Vec<&str> = who.into_iter().filter(|name| !name.is_empty()).collect();
    who.dedup();
    text.push_str(&format!("{}  {} {}\n", who.join(" "), lang.pick("申报日", "applying on"), checked.on));
    text.push_str(&format!("{} {}", sign(checked.verdict), verdict(checked, lang)));
    if let Some(score) = &checked.score {
        text.push_str(&format!("  {}", score.say(lang)));
    }
    text.push_str("\n\n");
    for reason in &checked.reasons {
        indented(reason, 0, lang, &mut text);
    }
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        }
    };
    let missing = checked.missing.iter().map(|one| match (lang, one.settles) {
        (_, 0) => one.name.say(lang).to_owned(),
        (Lang::Zh, settles) => format!("{}（单凭它可定 {settles} 项条件）", one.name.zh),
        (Lang::En, settles) => format!("{} (settles {settles} conditions by itself)", one.name.en),
    });
    part(lang.pick("缺少：", "Missing:"), missing.collect());
    let gap = checked.gap.iter().map(|gap| match (gap.first_day, lang) {
        (None, _) => format!("{} {}", gap.condition, gap.say(lang)),
        (Some(day), Lang::Zh) => format!("{} {}；{day} 起满足", gap.condition, gap.say(lang)),
        (Some(day), Lang::En) => format!("{} {}; holds from {day} on", gap.condition, gap.say(lang)),
    });
    part(lang.pick("差距：", "Lacking:"), gap.collect());
    part(lang.pick("计划：", "Plan:"), checked.plan.iter().map(|plan| of_plan(plan, lang)).collect());
    let rewards = checked.rewards.iter().map(|reward| format!("{} {}", reward.name.say(lang), reward.amount.say(lang)));
    part(lang.pick("奖励：", "Rewards:"), rewards.collect());
    part(lang.pick("待核：", "Unverified:"), checked.unverified_notes.clone());
    text.truncate(text.trim_end().len());
    text
}

/// A reason and those below it, two blanks a level.
fn indented(reason: &Reason, depth: usize, lang: Lang, text: &mut String) {
    let mark = match &reason.worth {
        Worth::Truth(answer) => sign(*answer),
        Worth::Figure(_) => "·",
    };
    text.push_str(&format!("{}{mark} {}", "  ".repeat(depth), one_line(reason.title.say(lang))));
    match (&reason.worth, &reason.used) {
        (Worth::Figure(figure), _) => text.push_str(&format!(" = {}", figure.say(lang))),
        (Worth::Truth(_), Some(used)) => {
            let value = used.value.as_ref().map_or(lang.pick("未知", "unknown"), |value| value.say(lang));
            text.push_str(&format!(" = {value}"));
        }
        (Worth::Truth(Answer::Expert), None) => text.push_str(lang.pick("（由评审决定）", " (for experts)")),
        _ => {}
    }
    if let Some((kind, records)) = &reason.records {
        let origins: Vec<&str> = records.iter().filter_map(|record| record.origin.as_deref()).collect();
        let (count, kind) = (records.len(), lang.pick(kind.zh(), kind.en()));
        text.push_str(&match lang {
            Lang::Zh => format!("（{kind} {count} 条计入）"),
            Lang::En => format!(" ({kind}: {count} counted)"),
        });
        if !origins.is_empty() {
            text.push_str(&format!(" [{}]", origins.join(", ")));
        }
    }
    if let Some(origin) = reason.used.as_ref().and_then(|used| used.origin.as_ref()) {
        text.push_str(&format!(" [{origin}]"));
    }
    if let Some(article) = &reason.article {
        text.push_str(&format!(" 《{article}》"));
    }
    if reason.zero_divisor {
        text.push_str(lang.pick("（分母为零）", " (the denominator is nought)"));
    }
    if reason.unverified {
        text.push_str(lang.pick("（待核）", " (unverified)"));
    }
    text.push('\n');
    reason.parts.iter().for_each(|part| indented(part, depth + 1, lang, text));
}

/// A text that goes over several lines of the policy, as one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tree(reason: &Reason, lang: Lang) -> Value {
    let (answer, least, most, unit) = match &reason.worth {
        Worth::Truth(answer) => (Some(answer.key()), Value::Null, Value::Null, ""),
        Worth::Figure(figure) => (None, figure.json_least(), figure.json_most(), figure.unit()),
    };
    let used = reason.used.as_ref().map(|used| {
        json!({
            "fact": used.fact.to_string(), "name": used.name.say(lang), "origin": used.origin,
            "value": used.value.as_ref().map(|value| value.say(lang)),
        })
    });
    let records = reason.records.as_ref().map(|(kind, records)| {
        let origins: Vec<&Option<String>> = records.iter().map(|record| &record.origin).collect();
        json!({ "kind": kind.key(), "counted": records.len(), "origins": origins })
    });
    json!({
        "title": one_line(reason.title.say(lang)),
        "answer": answer,
        "value": reason.say_worth(lang),
        "min": least,
        "max": most,
        "unit": unit,
        "article": reason.article,
        "unverified": reason.unverified,
        "used": used,
        "records": records,
        "parts": reason.parts.iter().map(|part| tree(part, lang)).collect::<Vec<_>>(),
    })
}
