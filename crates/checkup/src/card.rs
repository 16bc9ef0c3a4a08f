//! The service card (服务明白卡): one sheet of paper for an enterprise, in its words and its order.
//!
//! The page and the printed file are made from the same card, so they say the same.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{FactKey, Lang};
use policy::Answer;
use policy::exact::Exact;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::checkup::{CheckUp, Nearness};

/// The most policies a card tells of one by one; those behind are named with their verdict.
const MOST_ITEMS: usize = 12;

/// How many signs of its hash a card shows as its number.
const NUMBER_SIGNS: usize = 12;

/// The most figures whose source a card names.
const MOST_SOURCES: usize = 10;

/// Whom a card is for, as the caller knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bearer {
    /// The name of the enterprise.
    pub name: String,
    /// Its credit code; may be empty.
    pub code: String,
    /// The zone that hands the card out; may be empty.
    pub zone: String,
    /// The unit that serves the enterprise; may be empty.
    pub unit: String,
    /// Its service officer; may be empty.
    pub officer: String,
    /// Whether the data are invented (样例), which the card says.
    pub sample: bool,
}

/// A card in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    /// Whom it is for.
    pub bearer: Bearer,
    /// The language of its words.
    #[serde(serialize_with = "lang_key")]
    pub lang: Lang,
    /// The day of application.
    #[serde(serialize_with = "as_text")]
    pub on: Date,
    /// The SHA-256 of every verdict with its versions, day and figures, in hexadecimal.
    pub hash: String,
    /// Its number: the first signs of the hash, by which a paper is matched with the log.
    pub number: String,
    /// Policies told of one by one: met first, then those that experts decide, near ones, those that lack data.
    pub items: Vec<Item>,
    /// The other policies by title and verdict: far off, of another place, or more than a sheet holds.
    pub rest: Vec<Named>,
    /// Where the figures stand that the card would have changed.
    pub sources: Vec<Noted>,
    /// Every version that was used.
    pub versions: Vec<String>,
}

/// One policy of a card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Its title.
    pub title: String,
    /// Its document numbers, in a row.
    pub documents: String,
    /// The verdict.
    #[serde(serialize_with = "answer_key")]
    pub answer: Answer,
    /// The verdict in words.
    pub word: String,
    /// Whether it fails by little.
    pub near: bool,
    /// Whether it rests on a rule marked 待核.
    pub unverified: bool,
    /// What it brings, what it lacks, the least way there, when to apply: a label and a text each.
    pub lines: Vec<Noted>,
}

/// A policy by title and verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named {
    /// Its title, with the place whose rule it is.
    pub title: String,
    /// The verdict in words.
    pub word: String,
}

/// A text with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Noted {
    /// What it is about.
    pub label: String,
    /// The text.
    pub text: String,
}

impl Card {
    /// The card of an enterprise's check-ups. `source` says where a fact stands.
    pub fn of(
        bearer: Bearer,
        checked: &[CheckUp],
        on: Date,
        lang: Lang,
        source: impl Fn(&FactKey) -> Option<String>,
    ) -> Self {
        let mut sorted: Vec<&CheckUp> = checked.iter().collect();
        // The order of the desk stays within one nearness.
        sorted.sort_by_key(|one| (one.is_local(), one.nearness()));
        let is_told = |one: &&CheckUp| one.nearness() != Nearness::Far && !one.is_local();
        let (mut told, mut rest): (Vec<&CheckUp>, Vec<&CheckUp>) = sorted.into_iter().partition(is_told);
        let behind = told.split_off(told.len().min(MOST_ITEMS));
        rest.splice(0..0, behind);
        let hash = hash(checked);
        Card {
            bearer,
            lang,
            on,
            number: Card::number_of(&hash),
            hash,
            items: told.iter().map(|one| Item::of(one, lang)).collect(),
            rest: rest.into_iter().map(|one| Named::of(one, lang)).collect(),
            sources: sources(&told, lang, source),
            versions: checked.iter().map(|one| one.version.clone()).collect(),
        }
    }

    /// The number of the card with this hash.
    pub fn number_of(hash: &str) -> String {
        hash.chars().take(NUMBER_SIGNS).collect()
    }
}

fn hash(checked: &[CheckUp]) -> String {
    let mut sum = Sha256::new();
    for one in checked {
        sum.update(one.to_json_line());
        sum.update("\n");
    }
    hex::encode(sum.finalize())
}

impl Item {
    fn of(one: &CheckUp, lang: Lang) -> Self {
        let brings = brings(one, lang);
        let lacks = match one.verdict {
            Answer::Meets => (String::new(), String::new()),
            Answer::Fails => (lang.pick("还差", "It lacks").to_owned(), one.lack(lang)),
            Answer::Undetermined => (lang.pick("待补", "Missing").to_owned(), one.questions(lang)),
            Answer::Expert => (lang.pick("评审", "Experts").to_owned(), one.for_experts(lang)),
        };
        let plan = one.plan.as_ref().map(|plan| plan.say(one.on, lang)).unwrap_or_default();
        let window = one.window.map(|window| window.say(one.on, lang)).unwrap_or_default();
        let lines = [
            (lang.pick("可享受", "It brings").to_owned(), brings),
            lacks,
            (lang.pick("最省的路", "Least way").to_owned(), plan),
            (lang.pick("申报", "Apply").to_owned(), window),
        ];
        Item {
            title: one.title_in(lang).to_owned(),
            documents: one.documents.join(lang.pick("、", ", ")),
            answer: one.verdict,
            word: lang.pick(one.verdict.zh(), one.verdict.en()).to_owned(),
            near: one.nearness() == Nearness::Near,
            unverified: one.unverified,
            lines: lines
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(label, text)| Noted { label, text })
                .collect(),
        }
    }
}

impl Named {
    fn of(one: &CheckUp, lang: Lang) -> Self {
        let title = match one.is_local() {
            true => format!("{}（{}）", one.title_in(lang), one.level),
            false => one.title_in(lang).to_owned(),
        };
        Named { title, word: lang.pick(one.verdict.zh(), one.verdict.en()).to_owned() }
    }
}

/// Benefits in words and amounts: what is paid where it meets, what would be paid where it does not.
fn brings(one: &CheckUp, lang: Lang) -> String {
    let words = one.grants.iter().map(|(text, _)| text.say(lang).to_owned());
    let amounts = one.rewards.iter().filter(|reward| !reward.absorbed).map(|reward| {
        let figure = if one.verdict == Answer::Meets { &reward.amount } else { &reward.if_met };
        let open = if reward.unverified { lang.pick("（待核）", " (unverified)") } else { "" };
        // “At least nought” says nothing.
        let is_told = figure.range.hi.is_some() || figure.range.lo.is_some_and(|least| least > Exact::ZERO);
        let amount = if is_told { format!(" {}", figure.say(lang)) } else { String::new() };
        format!("{}{amount}{open}", reward.name.say(lang))
    });
    words.chain(amounts).collect::<Vec<_>>().join(lang.pick("；", "; "))
}

/// The facts the card would have changed, each with its source, once.
fn sources(told: &[&CheckUp], lang: Lang, source: impl Fn(&FactKey) -> Option<String>) -> Vec<Noted> {
    let mut seen = BTreeSet::new();
    let moves = told.iter().filter_map(|one| one.plan.as_ref()).flat_map(|plan| &plan.moves);
    let moved = moves.map(|step| (&step.fact, &step.name));
    let gaps = told.iter().flat_map(|one| &one.gap);
    let lacked = gaps.filter_map(|gap| gap.fact.as_ref().map(|fact| (fact, &gap.name)));
    let mut noted = Vec::new();
    for (fact, name) in moved.chain(lacked) {
        if noted.len() < MOST_SOURCES
            && seen.insert(fact)
            && let Some(text) = source(fact)
        {
            noted.push(Noted { label: name.say(lang).to_owned(), text });
        }
    }
    noted
}

fn lang_key<S: Serializer>(lang: &Lang, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(lang.pick("zh", "en"))
}

fn answer_key<S: Serializer>(answer: &Answer, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(answer.key())
}

fn as_text<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}
