//! `xianshou policy simulate`: a threshold, an amount or a setting is another; who enters, who leaves,
//! what it costs.

use kernel::{Catalogue, Lang};
use policy::diff::diff;
use policy::knobs::{Knob, knobs};
use policy::library::Remark;
use policy::problem::{Severity, nearest};
use policy::{Policy, Settings};
use serde_json::json;

use super::effect::{tell_changes, tell_effect};
use super::named::{self, Refused};
use super::population::gather;
use crate::args::policy::Simulate;
use crate::failure::{Exit, Failure};
use crate::firms;
use crate::talk::Talk;

/// Sets figures and tells what follows; without `--set`, tells what can be set.
pub async fn run(talk: &Talk, wanted: &Simulate) -> Result<Exit, Refused> {
    let on = wanted.on.unwrap_or_else(firms::today);
    let policy = named::policy(&wanted.rule, on)?;
    let knobs = knobs(&policy);
    if wanted.set.is_empty() {
        list(talk, &policy, &knobs);
        return Ok(Exit::Done);
    }
    let changed = changed(&policy, &knobs, &wanted.set)?;
    let found = gather(talk, &wanted.from, [&policy, &changed], on).await?;
    tell_changes(talk, &diff(&policy, &changed));
    if let Some(found) = found {
        tell_effect(talk, &policy, &changed, on, &found);
    }
    Ok(Exit::Done)
}

fn list(talk: &Talk, policy: &Policy, knobs: &[Knob]) {
    if !talk.json {
        let version = policy.version();
        talk.line(match talk.lang {
            Lang::Zh => format!("{version} 中可以改动的数，用 --set '编号=新值'："),
            Lang::En => format!("What can be set in {version}, with --set 'ID=FIGURE':"),
        });
    }
    for Knob { id, text, now, .. } in knobs {
        if talk.json {
            talk.line(json!({ "id": id, "text": text, "now": now }));
        } else {
            talk.line(format!("  {id} = {now}    {text}"));
        }
    }
}

/// The policy with these figures set.
fn changed(policy: &Policy, knobs: &[Knob], set: &[String]) -> Result<Policy, Refused> {
    let mut chosen: Vec<(&Knob, &str)> = Vec::new();
    for said in set {
        let Some((word, figure)) = said.rsplit_once('=').filter(|(_, figure)| !figure.trim().is_empty()) else {
            return Err(Failure::faulty(
                format!("“{said}”应写成 编号=新值，如 --set 'TSME-2a=300人'。"),
                format!("“{said}” should be ID=FIGURE, such as --set 'TSME-2a=300人'"),
            )
            .into());
        };
        let knob = knobs.iter().find(|knob| knob.answers_to(word)).ok_or_else(|| unknown(policy, knobs, word))?;
        chosen.push((knob, figure));
    }
    let checked = policy.with_set(&chosen, Catalogue::builtin(), &Settings::new());
    let source = &policy.source;
    let file = policy.version();
    let mut remarks: Vec<Remark> = checked
        .problems
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| Remark { file: file.clone(), source: source.clone(), problem })
        .collect();
    remarks.sort_by_key(|remark| remark.problem.span);
    checked.policy.ok_or(Refused::Remarks(remarks))
}

fn unknown(policy: &Policy, knobs: &[Knob], word: &str) -> Refused {
    let near = nearest(word.trim(), knobs.iter().map(|knob| knob.id.as_str()));
    // Of a part with several figures, all are named.
    let own = knobs.iter().filter(|knob| knob.id.split('#').next() == Some(word.trim()));
    let own: Vec<String> = own.map(|knob| format!("{}（{}）", knob.id, knob.text)).collect();
    let list = if own.is_empty() { near } else { own };
    let version = policy.version();
    let (zh, en) = match list.is_empty() {
        true => (
            format!("xianshou policy simulate {version} 会列出可以改动的数"),
            format!("xianshou policy simulate {version} lists what can be set"),
        ),
        false => (format!("是否指 {}？", list.join("、")), format!("did you mean {}?", list.join(", "))),
    };
    Failure::faulty(
        format!("{version} 中没有可以改动的“{word}”。{zh}"),
        format!("nothing in {version} is called “{word}”; {en}"),
    )
    .into()
}
