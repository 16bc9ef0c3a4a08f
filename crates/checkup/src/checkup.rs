//! The check-up of one enterprise against one policy.

use jiff::civil::Date;
use kernel::lang::Said;
use kernel::{Lang, SubjectKind};
use policy::answer::{Marks, Tri};
use policy::exact::Exact;
use policy::ir::{Dim, Source};
use policy::{Answer, Facts, Outcome, Ready};

use crate::enterprise::Enterprise;
use crate::figure::Figure;
use crate::gap::{Gap, gaps};
use crate::missing::{Missing, missing};
use crate::plan::{Move, Plan, plan};
use crate::reason::{Reason, reasons};
use crate::reward::{Reward, rewards};
use crate::window::Window;

/// A condition of a policy by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its id.
    pub id: String,
    /// Its name, as the regulation has it.
    pub name: String,
    /// Its name in English, where the text says it.
    pub name_en: Option<String>,
    /// The article it cites.
    pub article: Option<String>,
    /// Whether its answer rests on a rule marked 待核.
    pub unverified: bool,
}

impl Condition {
    /// The name in a language; the Chinese one where there is no other.
    pub fn name_in(&self, lang: Lang) -> &str {
        lang.pick(&self.name, self.name_en.as_deref().unwrap_or(&self.name))
    }
}

/// How near an enterprise is to a policy; the order helps a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It meets it.
    Meets,
    /// Experts decide.
    Expert,
    /// It fails, and waiting would do, or at most two figures that rise by at most half.
    Near,
    /// Something is not known.
    Undetermined,
    /// It fails.
    Far,
}

/// What came out for one enterprise and one policy.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckUp {
    /// The credit code of the enterprise, else its name.
    pub enterprise: String,
    /// The name of the enterprise.
    pub name: String,
    /// The day of application.
    pub on: Date,
    /// The id of the policy.
    pub policy: String,
    /// Its version: the id, the first day of application, and the place whose rule it is.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its title in English, where its text says one.
    pub title_en: Option<String>,
    /// Its document numbers.
    pub documents: Vec<String>,
    /// 国家, or the place whose rule it is.
    pub level: String,
    /// The answer.
    pub verdict: Answer,
    /// Whether the answer rests on a rule marked 待核.
    pub unverified: bool,
    /// The score of the policy's first table, or its bounds.
    pub score: Option<Figure>,
    /// 满分 of that score.
    pub score_most: Option<Figure>,
    /// The conditions that certainly fail.
    pub failed: Vec<Condition>,
    /// The conditions that are open.
    pub open: Vec<Condition>,
    /// What is not known, the most decisive first.
    pub missing: Vec<Missing>,
    /// What the failed conditions lack.
    pub gap: Vec<Gap>,
    /// How to get there.
    pub plan: Option<Plan>,
    /// When one can apply.
    pub window: Option<Window>,
    /// 有效期, in words.
    pub validity: Option<String>,
    /// Amounts that would be paid.
    pub rewards: Vec<Reward>,
    /// Benefits in words, with their article.
    pub grants: Vec<(Said, Option<String>)>,
    /// The reasons of every condition.
    pub reasons: Vec<Reason>,
    /// What the policy as a whole leaves unverified (待核).
    pub unverified_notes: Vec<String>,
    /// Kinds of record the policy asks for of which none is on record, and which are counted as none.
    pub none_on_record: Vec<SubjectKind>,
}

impl CheckUp {
    /// The policy's title in a language; the Chinese one where there is no other.
    pub fn title_in(&self, lang: Lang) -> &str {
        lang.pick(&self.title, self.title_en.as_deref().unwrap_or(&self.title))
    }

    /// Holds an enterprise against a policy that was made ready for a day.
    pub fn of(ready: &Ready<'_>, enterprise: &Enterprise) -> Self {
        let policy = ready.policy;
        let outcome = ready.evaluate(enterprise);
        let found = ready.gaps(&outcome, enterprise);
        let window = Window::of(policy, ready.on);
        let verdict = outcome.answer();
        let plan = if verdict == Answer::Fails { plan(ready, &found, window, enterprise) } else { None };
        let points = |figure: Exact| Figure::exactly(figure, Dim::of("分"));
        CheckUp {
            enterprise: enterprise.id().to_owned(),
            name: enterprise.name.clone(),
            on: ready.on,
            policy: policy.id.clone(),
            version: policy.version(),
            title: policy.title.clone(),
            title_en: policy.title_en.clone(),
            documents: policy.documents.clone(),
            level: policy.level.clone(),
            verdict,
            unverified: outcome.is_unverified(),
            score: policy.scores.first().map(|score| Figure {
                range: outcome.steps[score.step].range(),
                dim: policy.steps[score.step].dim.clone(),
            }),
            score_most: policy.scores.first().and_then(|score| score.most).map(points),
            failed: conditions(ready, &outcome, Tri::No),
            open: conditions(ready, &outcome, Tri::Open),
            missing: missing(ready, &outcome),
            gap: gaps(ready, &outcome, &found),
            plan,
            window,
            validity: policy.validity.clone(),
            rewards: rewards(policy, &outcome),
            grants: policy
                .grants
                .iter()
                .map(|grant| (Said::new(grant.text_in(Lang::Zh), grant.text_in(Lang::En)), grant.cite.article.clone()))
                .collect(),
            reasons: reasons(ready, &outcome, enterprise),
            unverified_notes: policy.notes.iter().filter(|(open, _)| *open).map(|(_, note)| note.clone()).collect(),
            none_on_record: none_on_record(ready, enterprise),
        }
    }

    /// How near the enterprise is.
    pub fn nearness(&self) -> Nearness {
        let is_short = |plan: &Plan| plan.moves.len() <= 2 && plan.moves.iter().all(Move::is_small);
        match self.verdict {
            Answer::Meets => Nearness::Meets,
            Answer::Expert => Nearness::Expert,
            Answer::Undetermined => Nearness::Undetermined,
            Answer::Fails if self.plan.as_ref().is_some_and(is_short) => Nearness::Near,
            Answer::Fails => Nearness::Far,
        }
    }

    /// Whether the rule is of a place and not of the whole country.
    pub fn is_local(&self) -> bool {
        !matches!(self.level.as_str(), "" | "国家")
    }

    /// What is lacking, in one line; empty where nothing is.
    pub fn lack(&self, lang: Lang) -> String {
        match self.verdict {
            Answer::Meets => String::new(),
            Answer::Fails => self.shortfall(lang),
            Answer::Undetermined => format!("{}{}", lang.pick("缺 ", "Missing: "), self.questions(lang)),
            Answer::Expert => {
                format!("{}{}", lang.pick("由评审决定：", "For experts to decide: "), self.for_experts(lang))
            }
        }
    }

    /// The three questions that settle most, and how many there are.
    pub(crate) fn questions(&self, lang: Lang) -> String {
        let names: Vec<&str> = self.missing.iter().take(3).map(|missing| missing.name.say(lang)).collect();
        let more = self.missing.len().saturating_sub(names.len());
        let list = names.join(lang.pick("、", ", "));
        match (lang, more) {
            (_, 0) => list,
            (Lang::Zh, more) => format!("{list} 等 {} 项", more + names.len()),
            (Lang::En, more) => format!("{list} and {more} more"),
        }
    }

    /// The conditions that are open, by name.
    pub(crate) fn for_experts(&self, lang: Lang) -> String {
        let names: Vec<&str> = self.open.iter().map(|condition| condition.name_in(lang)).collect();
        names.join(lang.pick("、", ", "))
    }

    fn shortfall(&self, lang: Lang) -> String {
        let first = self.failed.first().map(|condition| condition.name_in(lang)).unwrap_or_default();
        let gap = self.gap.iter().find(|gap| self.failed.first().is_some_and(|failed| failed.id == gap.condition));
        let told = match gap {
            Some(gap) => format!("{first}{}{}", lang.pick("：", ": "), gap.say(lang)),
            None => first.to_owned(),
        };
        match (lang, self.failed.len()) {
            (_, ..=1) => told,
            (Lang::Zh, count) => format!("{told}；共 {count} 项不满足"),
            (Lang::En, count) => format!("{told}; {count} conditions fail in all"),
        }
    }
}

fn conditions(ready: &Ready<'_>, outcome: &Outcome, wanted: Tri) -> Vec<Condition> {
    let numbers: Vec<usize> = match wanted {
        Tri::No => outcome.failed(ready.policy).collect(),
        _ => outcome.open(ready.policy).collect(),
    };
    let condition = |at: usize| {
        let known = &ready.policy.conditions[at];
        Condition {
            id: known.id.clone(),
            name: known.name.clone(),
            name_en: known.name_en.clone(),
            article: known.cite.article.clone(),
            unverified: outcome.steps[known.step].marks.has(Marks::UNVERIFIED),
        }
    };
    numbers.into_iter().map(condition).collect()
}

fn none_on_record(ready: &Ready<'_>, enterprise: &Enterprise) -> Vec<SubjectKind> {
    let asked = ready.policy.inputs.iter().filter_map(|input| match input.source {
        Source::Records(kind) => Some(kind),
        _ => None,
    });
    let mut none: Vec<SubjectKind> = asked.filter(|kind| enterprise.records(*kind) == Some(0)).collect();
    none.sort_unstable();
    none.dedup();
    none
}
