//! Rules that contradict each other, whatever order they are written in.

use kernel::Lang;

use super::{Attribute, Effect, Rule, lies_in};

/// Two rules that stand against each other on some matter and some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict<'r> {
    /// Both name a lead, differently and equally exactly: only the load would decide.
    TwoLeads(&'r Rule, &'r Rule),
    /// The second excludes the unit from everything for which the first names it: the first never holds.
    NeverHolds(&'r Rule, &'r Rule),
    /// Two rules have one key, so that nobody can say which one was meant.
    OneKey(&'r Rule, &'r Rule),
}

impl Conflict<'_> {
    /// In words, with what to do.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::TwoLeads(a, b), Lang::Zh) => format!(
                "规则 {} 与 {} 对同一类诉求指定了不同主办单位（{}、{}），且同样贴切；请把其中一条写得更具体，或结束一条。",
                a.key, b.key, a.unit, b.unit
            ),
            (Self::TwoLeads(a, b), Lang::En) => format!(
                "rules {} and {} name different leads ({}, {}) for the same matters, equally exactly; make one more exact or end one",
                a.key, b.key, a.unit, b.unit
            ),
            (Self::NeverHolds(a, b), Lang::Zh) => {
                format!("规则 {} 永远不会生效：规则 {} 把{}排除在外。", a.key, b.key, a.unit)
            }
            (Self::NeverHolds(a, b), Lang::En) => {
                format!("rule {} never holds: rule {} excludes {}", a.key, b.key, a.unit)
            }
            (Self::OneKey(a, _), Lang::Zh) => format!("有两条规则的编号都是 {}。", a.key),
            (Self::OneKey(a, _), Lang::En) => format!("two rules have the key {}", a.key),
        }
    }
}

/// Every pair of rules that stand against each other; the same whatever their order.
pub fn conflicts(rules: &[Rule]) -> Vec<Conflict<'_>> {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_by(|a, b| (&a.key, a.from, &a.unit).cmp(&(&b.key, b.from, &b.unit)));
    let mut found = Vec::new();
    for (at, a) in sorted.iter().enumerate() {
        for b in sorted.iter().skip(at + 1).filter(|b| share_a_day(a, b)) {
            if a.key == b.key {
                found.push(Conflict::OneKey(a, b));
            }
            if a.effect == Effect::Lead && b.effect == Effect::Lead && a.unit != b.unit && clash(a, b) {
                found.push(Conflict::TwoLeads(a, b));
            }
            for (named, out) in [(a, b), (b, a)] {
                let excludes = out.effect == Effect::Exclude && named.effect != Effect::Exclude;
                if excludes && named.unit == out.unit && covers(out, named) && outlasts(out, named) {
                    found.push(Conflict::NeverHolds(named, out));
                }
            }
        }
    }
    found
}

fn share_a_day(a: &Rule, b: &Rule) -> bool {
    let begins_before = |a: &Rule, b: &Rule| b.until.is_none_or(|until| a.from <= until);
    begins_before(a, b) && begins_before(b, a)
}

fn outlasts(long: &Rule, short: &Rule) -> bool {
    let ends_later = match (long.until, short.until) {
        (None, _) => true,
        (Some(long), Some(short)) => long >= short,
        (Some(_), None) => false,
    };
    long.from <= short.from && ends_later
}

/// Whether some matter fits both equally exactly.
fn clash(a: &Rule, b: &Rule) -> bool {
    same_depth(&a.when.topics, &b.when.topics)
        && same_depth(&a.when.places, &b.when.places)
        && a.when.attributes.len() == b.when.attributes.len()
        && a.when.attributes.iter().all(|one| may_agree(one, &b.when.attributes))
}

/// Whether two lists have a path in common that is as deep in one as in the other; both ask nothing alike.
fn same_depth(a: &[String], b: &[String]) -> bool {
    a.is_empty() && b.is_empty() || a.iter().any(|one| b.contains(one))
}

/// Whether an attribute can be so while those of another rule are: none of them asks for other values.
fn may_agree(one: &Attribute, others: &[Attribute]) -> bool {
    let same = |other: &&Attribute| other.field == one.field;
    others.iter().filter(same).all(|other| other.among.iter().any(|value| one.among.contains(value)))
}

/// Whether a rule speaks of every matter that another speaks of.
fn covers(wide: &Rule, narrow: &Rule) -> bool {
    let all = |wide: &[String], narrow: &[String]| {
        wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|one| wide.iter().any(|above| lies_in(one, above)))
    };
    let asked = |one: &Attribute| {
        let own = narrow.when.attributes.iter().find(|other| other.field == one.field);
        own.is_some_and(|own| own.among.iter().all(|value| one.among.contains(value)))
    };
    all(&wide.when.topics, &narrow.when.topics)
        && all(&wide.when.places, &narrow.when.places)
        && wide.when.attributes.iter().all(asked)
}
