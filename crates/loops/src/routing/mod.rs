//! Who a matter goes to: by rules of the zone over its topic, its place and the enterprise. The choice
//! explains itself, does not depend on the order of the rules, and learns from wrong doors only what a
//! person accepts.

mod check;
mod learn;

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::Lang;
use serde::{Deserialize, Serialize};

pub use check::{Conflict, conflicts};
pub use learn::{Proposal, Returned, accept, first_right, propose};

/// What a matter is asked about, as far as routing looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The topic's key, with its parents before it and dots between: `power.connection`.
    pub topic: String,
    /// The place's code, with those of the places it lies in before it and dots between.
    pub place: String,
    /// Attributes of the enterprise: the fields' keys with their stored values.
    pub attributes: BTreeMap<String, String>,
}

/// What must be so of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The field's key.
    pub field: String,
    /// The values of which it must have one.
    pub among: Vec<String>,
}

/// When a rule applies. An empty part asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct When {
    /// Topics, each with everything below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Places, each with everything in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Attributes of the enterprise, all of which must fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

/// What a rule does with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It leads.
    Lead,
    /// It assists.
    Assist,
    /// It is not asked, whatever another rule says.
    Exclude,
}

/// A rule. Rules are data with days: an old one is ended, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its key.
    pub key: String,
    /// When it applies.
    #[serde(default)]
    pub when: When,
    /// What it does.
    pub effect: Effect,
    /// The unit.
    pub unit: String,
    /// Why: the document that gives the unit this work.
    pub reason: String,
    /// The first day.
    pub from: Date,
    /// The last day, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Rule {
    /// Whether it is in force on a day.
    pub fn in_force(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until)
    }

    /// Whether it speaks of a matter.
    pub fn fits(&self, asked: &Asked) -> bool {
        let among = |all: &[String], found: &str| all.is_empty() || all.iter().any(|one| lies_in(found, one));
        let has = |one: &Attribute| asked.attributes.get(&one.field).is_some_and(|value| one.among.contains(value));
        among(&self.when.topics, &asked.topic)
            && among(&self.when.places, &asked.place)
            && self.when.attributes.iter().all(has)
    }

    /// How exactly it speaks of a matter: a deeper topic, then a deeper place, then more attributes. Of
    /// two rules that fit, the more exact one holds, in whatever order they were written.
    fn exactness(&self, asked: &Asked) -> (usize, usize, usize) {
        let deepest = |all: &[String], found: &str| {
            all.iter().filter(|one| lies_in(found, one)).map(|one| one.split('.').count()).max().unwrap_or(0)
        };
        let (topic, place) = (deepest(&self.when.topics, &asked.topic), deepest(&self.when.places, &asked.place));
        (topic, place, self.when.attributes.len())
    }
}

/// Whether a dotted path is another or lies below it.
fn lies_in(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What became of one unit that some rule named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The unit.
    pub unit: String,
    /// The rules that named it as lead or assisting, by key.
    pub named_by: Vec<String>,
    /// The rules that excluded it, by key.
    pub excluded_by: Vec<String>,
    /// Its open cases.
    pub load: u32,
    /// What came of it.
    pub part: Option<Effect>,
}

/// Where a matter goes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The unit that leads; `None` where no rule knows one and the desk decides.
    pub lead: Option<String>,
    /// The units that assist, by name.
    pub assisting: Vec<String>,
    /// Every unit that a rule named, by name.
    pub candidates: Vec<Candidate>,
    /// Whether equally exact rules named several leads, of which the one with the least load was taken.
    pub was_tied: bool,
}

/// Where a matter goes on a day, with the open cases of each unit.
pub fn route(rules: &[Rule], asked: &Asked, on: Date, loads: &BTreeMap<String, u32>) -> Route {
    let fitting: Vec<&Rule> = rules.iter().filter(|rule| rule.in_force(on) && rule.fits(asked)).collect();
    let mut candidates: BTreeMap<&str, Candidate> = BTreeMap::new();
    for rule in &fitting {
        let candidate = candidates.entry(&rule.unit).or_insert_with(|| Candidate {
            unit: rule.unit.clone(),
            named_by: Vec::new(),
            excluded_by: Vec::new(),
            load: loads.get(&rule.unit).copied().unwrap_or(0),
            part: None,
        });
        let list = if rule.effect == Effect::Exclude { &mut candidate.excluded_by } else { &mut candidate.named_by };
        list.push(rule.key.clone());
    }
    let is_out = |unit: &str| candidates.get(unit).is_some_and(|one| !one.excluded_by.is_empty());
    let named = |effect| fitting.iter().filter(move |rule| rule.effect == effect && !is_out(&rule.unit));
    let most = named(Effect::Lead).map(|rule| rule.exactness(asked)).max();
    let mut leads: Vec<&str> =
        named(Effect::Lead).filter(|rule| Some(rule.exactness(asked)) == most).map(|rule| rule.unit.as_str()).collect();
    leads.sort_by_key(|unit| (loads.get(*unit).copied().unwrap_or(0), *unit));
    leads.dedup();
    let lead = leads.first().map(|unit| (*unit).to_owned());
    let mut assisting: Vec<String> =
        named(Effect::Assist).map(|rule| rule.unit.clone()).filter(|unit| Some(unit) != lead.as_ref()).collect();
    assisting.sort();
    assisting.dedup();
    let was_tied = leads.len() > 1;
    let mut candidates: Vec<Candidate> = candidates.into_values().collect();
    for candidate in &mut candidates {
        candidate.named_by.sort();
        candidate.excluded_by.sort();
        candidate.part = if !candidate.excluded_by.is_empty() {
            Some(Effect::Exclude)
        } else if Some(&candidate.unit) == lead.as_ref() {
            Some(Effect::Lead)
        } else {
            assisting.contains(&candidate.unit).then_some(Effect::Assist)
        };
    }
    Route { lead, assisting, candidates, was_tied }
}

impl Route {
    /// The choice in words, a line each: the unit, what came of it, by which rules, its load.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let mut lines: Vec<String> = self.candidates.iter().map(|one| one.line(lang)).collect();
        if self.was_tied {
            lines.push(
                lang.pick(
                    "几条规则同样贴切而指向不同单位，取在办最少的；请核对规则。",
                    "equally exact rules name different units; the one with the fewest open cases was taken",
                )
                .to_owned(),
            );
        }
        if self.lead.is_none() {
            let none = lang.pick("没有规则指明主办单位，请人工分派。", "no rule names a lead unit; the desk decides");
            lines.push(none.to_owned());
        }
        lines
    }
}

impl Candidate {
    fn line(&self, lang: Lang) -> String {
        let between = lang.pick("、", ", ");
        let (unit, load) = (&self.unit, self.load);
        let (part, rules) = match self.part {
            Some(Effect::Exclude) => (lang.pick("排除", "excluded"), &self.excluded_by),
            Some(Effect::Lead) => (lang.pick("主办", "leads"), &self.named_by),
            Some(Effect::Assist) => (lang.pick("协办", "assists"), &self.named_by),
            None => (lang.pick("另有更贴切的规则", "a more exact rule names another"), &self.named_by),
        };
        let rules = rules.join(between);
        match lang {
            Lang::Zh => format!("{unit}：{part}（规则 {rules}；在办 {load} 件）"),
            Lang::En => format!("{unit}: {part} (rule {rules}; {load} open cases)"),
        }
    }
}
