//! What another version of a policy does to the enterprises of a spreadsheet.

use checkup::Figure;
use jiff::civil::Date;
use kernel::Lang;
use policy::answer::Tri;
use policy::diff::{Change, Part};
use policy::ir::Dim;
use policy::simulate::simulate;
use policy::{Answer, Outcome, Policy, Ready, Table};
use serde_json::{Value, json};

use super::population::Population;
use crate::talk::Talk;

/// Tells what changed in the text, a line each.
pub fn tell_changes(talk: &Talk, changes: &[Change]) {
    for change in changes {
        if talk.json {
            talk.line(json!({
                "kind": "change",
                "part": match change.part {
                    Part::Header => "header",
                    Part::Condition => "condition",
                    Part::Score => "score",
                    Part::Reward => "reward",
                    Part::Definition => "definition",
                    Part::Setting => "setting",
                },
                "id": change.id,
                "before": change.before,
                "after": change.after,
                "words": change.words.say(talk.lang),
            }));
        } else {
            talk.line(change.words.say(talk.lang));
        }
    }
}

/// Works both versions on every enterprise and tells who enters, who leaves and why, and the cost.
/// Returns whether anybody's answer changes.
pub fn tell_effect(talk: &Talk, before: &Policy, after: &Policy, on: Date, population: &Population) -> bool {
    let (old, new) = (before.on(on), after.on(on));
    let Population { table, names } = population;
    let effect = simulate(&old, &new, table);
    let (was, is) = (old.columns(table), new.columns(table));
    let teller = Teller { talk, table, names };
    for &row in &effect.enter {
        teller.tell("enters", row, (was.answers()[row], Answer::Meets), &old);
    }
    for &row in &effect.leave {
        teller.tell("leaves", row, (Answer::Meets, is.answers()[row]), &new);
    }
    for &(row, from, to) in &effect.moved {
        // What keeps somebody out is told by the version that says more.
        teller.tell("moves", row, (from, to), &new);
    }
    let money = |range| Figure { range, dim: Dim::money() };
    let (cost_before, cost_after) = (money(effect.cost_before), money(effect.cost_after));
    let costs = !(before.rewards.is_empty() && after.rewards.is_empty());
    let (enter, leave, moved) = (effect.enter.len(), effect.leave.len(), effect.moved.len());
    let (met, meets) = effect.meeting;
    if talk.json {
        let bounds = |cost: &Figure| json!({ "min": cost.json_least(), "max": cost.json_most() });
        talk.line(json!({
            "kind": "sum", "enterprises": names.len(), "enter": enter, "leave": leave, "moved": moved,
            "meeting": { "before": met, "after": meets },
            "cost": costs.then(|| json!({ "before": bounds(&cost_before), "after": bounds(&cost_after), "unit": "万元" })),
        }));
    } else {
        let lang = talk.lang;
        talk.line(match lang {
            Lang::Zh => format!(
                "{} 家企业：满足的由 {met} 家变为 {meets} 家，进入 {enter} 家，退出 {leave} 家，其他变化 {moved} 家。",
                names.len()
            ),
            Lang::En => format!(
                "{} enterprises: {met} met it and {meets} do now; {enter} enter, {leave} leave, {moved} change otherwise.",
                names.len()
            ),
        });
        if costs {
            let (from, to) = (cost_before.say(lang), cost_after.say(lang));
            talk.line(match lang {
                Lang::Zh => format!("费用由 {from} 变为 {to}。"),
                Lang::En => format!("The cost was {from} and becomes {to}."),
            });
        }
    }
    enter + leave + moved > 0
}

struct Teller<'a> {
    talk: &'a Talk,
    table: &'a Table,
    names: &'a [(String, String)],
}

impl Teller<'_> {
    /// One enterprise whose answer changes, with the conditions of `ready` that stand in its way.
    fn tell(&self, kind: &str, row: usize, (was, is): (Answer, Answer), ready: &Ready<'_>) {
        let because = because(ready, &ready.evaluate_row(self.table, row));
        let (code, name) = &self.names[row];
        let lang = self.talk.lang;
        if self.talk.json {
            let because: Vec<Value> =
                because.iter().map(|(id, name, _)| json!({ "condition": id, "name": name })).collect();
            let id = if code.is_empty() { name } else { code };
            self.talk.line(json!({
                "kind": kind, "enterprise": id, "name": name, "was": was.key(), "is": is.key(),
                "version": ready.policy.version(), "because": because,
            }));
            return;
        }
        let mark = match kind {
            "enters" => "+",
            "leaves" => "-",
            _ => "~",
        };
        let because: Vec<String> = because
            .iter()
            .map(|(id, name, tri)| {
                let open = if *tri == Tri::Open { lang.pick("（未定）", " (open)") } else { "" };
                format!("{id} {name}{open}")
            })
            .collect();
        let (was, is) = (lang.pick(was.zh(), was.en()), lang.pick(is.zh(), is.en()));
        let because = match (because.is_empty(), kind, lang) {
            (true, ..) => String::new(),
            (false, "enters", Lang::Zh) => format!("；原先：{}", because.join("、")),
            (false, "enters", Lang::En) => format!("; before: {}", because.join(", ")),
            (false, _, Lang::Zh) => format!("；因为：{}", because.join("、")),
            (false, _, Lang::En) => format!("; because of {}", because.join(", ")),
        };
        let who = format!("{name} {code}");
        self.talk.line(match lang {
            Lang::Zh => format!("{mark} {}：{was} → {is}{because}", who.trim_end()),
            Lang::En => format!("{mark} {}: {was} → {is}{because}", who.trim_end()),
        });
    }
}

/// The conditions that fail; where none does, those that are open.
fn because<'p>(ready: &Ready<'p>, outcome: &Outcome) -> Vec<(&'p str, &'p str, Tri)> {
    let policy = ready.policy;
    let named =
        |tri: Tri| move |at: usize| (policy.conditions[at].id.as_str(), policy.conditions[at].name.as_str(), tri);
    let failed: Vec<_> = outcome.failed(policy).map(named(Tri::No)).collect();
    if failed.is_empty() { outcome.open(policy).map(named(Tri::Open)).collect() } else { failed }
}
