//! The steps a person may take in a case, each as a form that asks for exactly what the step needs.

use askama::Template;
use loops::{Kind, Need, Step};
use store::access::UnitTree;

use super::special::extras::{self, Ask, Extra};
use super::typed::Typed;
use super::words;
use crate::Page;
use crate::frame::day;

/// A unit to choose.
#[derive(Debug, Clone)]
pub struct UnitChoice {
    /// Its id.
    pub id: String,
    /// Its name, set in by how far below the top it lies.
    pub name: String,
}

/// The open units in the order of the tree.
pub fn unit_choices(units: &UnitTree) -> Vec<UnitChoice> {
    let open = units.in_order().into_iter().filter(|unit| unit.closed_at.is_none());
    open.map(|unit| {
        let depth = units.path(unit.id).len().saturating_sub(1);
        UnitChoice { id: unit.id.to_string(), name: format!("{}{}", "　".repeat(depth), unit.name) }
    })
    .collect()
}

/// One step as a form.
#[derive(Template)]
#[template(path = "cases/step.html")]
pub struct StepForm<'a> {
    page: &'a Page,
    step: &'static Step,
    action: String,
    /// A part of ids that no other form of the page has.
    id: String,
    /// The number of the last event the person saw.
    seen: u32,
    label: String,
    leads_to: &'static str,
    units: &'a [UnitChoice],
    assisting: &'a [UnitChoice],
    typed: Typed,
    /// What the plan of the case is counted in, where this step reports on one.
    measure: Option<String>,
    /// What the form asks for besides.
    extras: &'static [Extra],
    /// Whether it is refused without a file.
    needs_file: bool,
    /// Whether it stands open.
    is_open: bool,
    /// Whether it is the way on; the others are shown smaller.
    is_main: bool,
    /// What was wrong with what was sent.
    refused: Option<String>,
    today: String,
}

impl askama::filters::HtmlSafe for StepForm<'_> {}

/// What every form of a case's page shares.
pub struct Forms<'a> {
    /// The page they stand on.
    pub page: &'a Page,
    /// The case's kind.
    pub kind: &'static Kind,
    /// The case's page.
    pub address: &'a str,
    /// The number of the last event the person saw.
    pub seen: u32,
    /// Whether papers are missing that the one notice of the case names.
    pub lacks_papers: bool,
    /// The units to choose from.
    pub units: &'a [UnitChoice],
    /// The assisting units, of which a step may have to name one.
    pub assisting: &'a [UnitChoice],
    /// What the plan of the case is counted in, where it has one.
    pub measure: Option<String>,
    /// What stands in the forms of some steps at first: what the rules or the case itself propose.
    pub proposed: Vec<(&'static str, Typed)>,
}

/// A form that was refused: the step, what was typed, and why.
pub struct Refused {
    /// The step's key.
    pub step: String,
    /// What was typed.
    pub typed: Typed,
    /// What was found, what belongs there, what to do.
    pub said: String,
}

impl<'a> Forms<'a> {
    /// The forms of these steps. The first that leads on stands open, or the one that was refused.
    pub fn of(&self, steps: &[&'static Step], refused: Option<&Refused>) -> Vec<StepForm<'a>> {
        let main = steps.iter().position(|step| leads_on(step)).unwrap_or(0);
        let form = |(at, step): (usize, &&'static Step)| {
            let again = refused.filter(|refused| refused.step == step.key);
            StepForm {
                page: self.page,
                step,
                action: format!("{}/steps/{}", self.address, step.key),
                id: format!("step-{}", step.key),
                seen: self.seen,
                label: words::capital(step.label(self.page.lang)),
                leads_to: step.to.and_then(|key| self.kind.state(key)).map_or("", |state| state.label(self.page.lang)),
                units: self.units,
                assisting: self.assisting,
                typed: match again {
                    Some(refused) => refused.typed.clone(),
                    None => self.proposed(step).cloned().unwrap_or_default(),
                },
                measure: self.measure.clone().filter(|_| matches!(step.key, "report" | "hand_in")),
                extras: match (self.kind.key, step.key) {
                    // Answers are asked for only where the form lacks some.
                    ("approval", "complete") if self.proposed(step).is_none() => &[],
                    (kind, step) => extras::of(kind, step),
                },
                needs_file: step.needs.contains(&Need::Proof)
                    || (self.lacks_papers && step.needs.contains(&Need::Addition)),
                is_open: if refused.is_some() { again.is_some() } else { at == main },
                is_main: at == main,
                refused: again.map(|refused| refused.said.clone()),
                today: day::day_of(self.page.now).to_string(),
            }
        };
        let mut forms: Vec<StepForm<'a>> = steps.iter().enumerate().map(form).collect();
        forms.sort_by_key(|form| (form.refused.is_none(), !form.is_main));
        forms
    }

    /// What stands in the form of a step at first.
    fn proposed(&self, step: &Step) -> Option<&Typed> {
        self.proposed.iter().find(|(key, _)| *key == step.key).map(|(_, typed)| typed)
    }
}

/// Whether a step brings the case forward, rather than back, aside or to a stop.
fn leads_on(step: &Step) -> bool {
    let aside =
        ["return", "withdraw", "cancel", "chase", "escalate", "send_back", "decline", "turn_away", "drop", "move"];
    step.to.is_some() && !step.reopens && !aside.contains(&step.key)
}

impl StepForm<'_> {
    fn needs(&self, need: &str) -> bool {
        self.step.needs.iter().any(|one| match one {
            Need::Text => need == "text",
            Need::Reason => need == "reason",
            Need::Proof => need == "proof",
            Need::Unit => need == "unit",
            Need::Rating => need == "rating",
            Need::Until => need == "until",
            Need::Signature => need == "signature",
            Need::AnotherPerson => need == "another",
            Need::Called => need == "called",
            Need::Parts => need == "parts",
            Need::Addition => need == "addition",
        })
    }

    /// What the text is called: a reason, or what the step says.
    fn text_label(&self) -> &'static str {
        let page = self.page;
        match self.step.key {
            _ if self.needs("reason") => page.t("理由", "Reason"),
            "answer" => page.t("答复内容", "The answer"),
            _ if self.words_follow() => page.t("补充说明（可不填）", "A remark (optional)"),
            "agree" => page.t("会商结论", "What was agreed"),
            "record" => page.t("走访记录", "What was seen and said"),
            _ if self.needs("text") => page.t("内容", "Words"),
            _ => page.t("说明（可不填）", "A remark (optional)"),
        }
    }

    /// Whether the words follow from the other fields where nobody writes any.
    fn words_follow(&self) -> bool {
        matches!(self.step.key, "ask_for_papers" | "book" | "check" | "advise") && !self.extras.is_empty()
    }

    /// What stands in a field.
    fn extra(&self, key: &str) -> &str {
        self.typed.extra.get(key).map(String::as_str).unwrap_or_default()
    }

    /// The rows of a field that has several, each with its key, words and day.
    fn rows(&self, extra: &Extra) -> Vec<(String, String, String, String)> {
        let Ask::Dated(rows) = extra.ask else { return Vec::new() };
        let row = |row: usize| {
            let (words, day) = (extras::finding(extra.key, row), extras::deadline(extra.key, row));
            let typed = (self.extra(&words).to_owned(), self.extra(&day).to_owned());
            (words, day, typed.0, typed.1)
        };
        (1..=rows).map(row).collect()
    }

    fn has_text(&self) -> bool {
        (self.needs("text") || self.needs("reason")) && !self.words_follow()
    }

    fn levels(&self) -> Vec<(u8, &'static str, bool)> {
        let chosen = self.typed.rating.parse().unwrap_or(0);
        (1..=5).rev().map(|level| (level, words::rating(level, self.page.lang), level == chosen)).collect()
    }

    fn assists(&self, unit: &UnitChoice) -> bool {
        self.typed.assisting.contains(&unit.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_is_never_a_step_back() {
        for kind in &loops::ALL {
            for state in kind.states {
                let steps: Vec<_> = kind.steps_from(state.key).collect();
                if let Some(first) = steps.iter().find(|step| leads_on(step)) {
                    assert!(first.to.is_some() && !first.reopens, "{} {}", kind.key, state.key);
                }
            }
        }
    }
}
