//! What came out of a rehearsal, as a page tells it and a workbook holds it: totals, conditions, overlaps, and
//! the lists of enterprises, a page at a time.

use std::collections::BTreeMap;

use checkup::rehearsal::{Because, Changed, Money, Near, Rehearsal};
use kernel::{Lang, SubjectId};
use policy::Answer;
use reports::workbook::{Column, OutCell};
use serde::{Deserialize, Serialize};

use super::words::{asked, whole};
use crate::Page;
use crate::frame::path;
use crate::ui::Badge;

/// Rows on one page.
const ROWS: usize = 50;

/// The most rows of a list that a job keeps.
pub(super) const MOST_KEPT: usize = 20_000;

/// An enterprise that a list names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Who {
    pub(crate) id: SubjectId,
    pub(crate) code: String,
    pub(crate) name: String,
}

/// Another policy that gives the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Overlap {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    /// `title`, `benefit` or `money`.
    pub(crate) why: String,
    /// The titles both confer, or the benefits both give, in Chinese; empty of money.
    #[serde(default)]
    pub(crate) shared_zh: Vec<String>,
    /// The same in English, where the texts say it.
    #[serde(default)]
    pub(crate) shared_en: Vec<String>,
    /// How many meet both.
    pub(crate) both: u64,
}

impl Overlap {
    /// The titles or benefits that both give.
    pub(crate) fn shared(&self, lang: Lang) -> &[String] {
        match lang {
            Lang::Zh => &self.shared_zh,
            Lang::En => &self.shared_en,
        }
    }
}

/// All that came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) rehearsal: Rehearsal,
    pub(crate) people: BTreeMap<usize, Who>,
    pub(crate) overlaps: Vec<Overlap>,
}

/// The lists there are.
const LISTS: [&str; 4] = ["enters", "leaves", "moves", "near"];

/// One list to choose.
pub(crate) struct Tab {
    pub(super) name: &'static str,
    pub(super) count: usize,
    pub(super) address: String,
    pub(super) is_open: bool,
}

/// An enterprise in a list.
pub(crate) struct Row {
    pub(super) who: Who,
    pub(super) address: String,
    pub(super) was: Option<Badge>,
    pub(super) is: Option<Badge>,
    pub(super) because: String,
    pub(super) paid: String,
    pub(super) now: String,
    pub(super) edge: String,
    pub(super) holds: bool,
}

/// A condition with how many it stops.
pub(crate) struct Stop {
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) differs: bool,
}

/// What came out, as a page shows it.
pub(crate) struct EffectView {
    pub(crate) meeting: (String, String),
    pub(crate) counts: [(&'static str, usize); 3],
    pub(crate) cost: Option<(String, String)>,
    pub(crate) each: String,
    pub(crate) estimate: String,
    pub(super) stops: Vec<Stop>,
    pub(super) overlaps: Vec<(Overlap, String, String)>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) open: &'static str,
    pub(super) rows: Vec<Row>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) range: String,
    pub(crate) export: String,
    pub(crate) kept: Vec<(String, String)>,
    pub(super) is_empty: bool,
}

/// The list that the page's address asks for; the first that has somebody where it asks for none.
fn list_of(page: &Page, told: &Told) -> &'static str {
    let wanted = asked(page, "list");
    let known = LISTS.into_iter().find(|list| *list == wanted);
    let first = || LISTS.into_iter().find(|list| length(told, list) > 0);
    known.or_else(first).unwrap_or(LISTS[0])
}

fn length(told: &Told, list: &str) -> usize {
    let rehearsal = &told.rehearsal;
    match list {
        "enters" => rehearsal.enters.len(),
        "leaves" => rehearsal.leaves.len(),
        "moves" => rehearsal.moves.len(),
        _ => rehearsal.near.len(),
    }
}

/// The page's own parameters but for those of a list.
fn kept(page: &Page) -> Vec<(String, String)> {
    form_urlencoded::parse(page.query.as_bytes())
        .filter(|(name, value)| !matches!(name.as_ref(), "list" | "from" | "form") && !value.is_empty())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

impl EffectView {
    /// What the page shows of all that came out.
    pub(crate) fn of(page: &Page, told: &Told, policy: &str) -> Self {
        let lang = page.lang;
        let rehearsal = &told.rehearsal;
        let kept = kept(page);
        let address = |more: &[(&str, &str)]| {
            let own = kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            path::with_query(&page.path, own.chain(more.iter().copied()))
        };
        let open = list_of(page, told);
        let total = length(told, open);
        let from = asked(page, "from").parse().unwrap_or(0_usize).min(total);
        let to = (from + ROWS).min(total);
        let step = |at: usize| address(&[("list", open), ("from", at.to_string().as_str())]);
        let each = asked(page, "each");
        EffectView {
            meeting: (
                rehearsal.before.map_or_else(|| "0".to_owned(), |before| whole(before.meets)),
                whole(rehearsal.after.meets),
            ),
            counts: [
                (lang.pick("进入", "Enter"), rehearsal.enters.len()),
                (lang.pick("退出", "Leave"), rehearsal.leaves.len()),
                (lang.pick("其他变化", "Change otherwise"), rehearsal.moves.len()),
            ],
            cost: cost(rehearsal, lang),
            estimate: estimate(rehearsal, &each, lang),
            each,
            stops: stops(rehearsal, lang),
            overlaps: told.overlaps.iter().map(|overlap| overlapped(overlap, lang)).collect(),
            tabs: LISTS
                .into_iter()
                .map(|list| Tab {
                    name: list_name(list, lang),
                    count: length(told, list),
                    address: address(&[("list", list)]),
                    is_open: list == open,
                })
                .collect(),
            open,
            rows: rows(told, open, from..to, policy, lang),
            previous: (from > 0).then(|| step(from.saturating_sub(ROWS))),
            next: (to < total).then(|| step(to)),
            range: if total == 0 { String::new() } else { format!("{}–{to} / {total}", from + 1) },
            export: address(&[("list", open), ("form", "xlsx")]),
            is_empty: total == 0,
            kept,
        }
    }
}

fn list_name(list: &str, lang: Lang) -> &'static str {
    match list {
        "enters" => lang.pick("进入", "Enter"),
        "leaves" => lang.pick("退出", "Leave"),
        "moves" => lang.pick("其他变化", "Change otherwise"),
        _ => lang.pick("离门槛 5% 以内", "Within 5 % of a threshold"),
    }
}

fn cost(rehearsal: &Rehearsal, lang: Lang) -> Option<(String, String)> {
    let say = |cost: Option<Money>| {
        cost.map_or_else(|| lang.pick("不发钱", "pays nothing").to_owned(), |cost| cost.figure().say(lang))
    };
    let pays = rehearsal.cost_before.is_some() || rehearsal.cost_after.is_some();
    pays.then(|| (say(rehearsal.cost_before), say(rehearsal.cost_after)))
}

/// What it would cost to pay everybody who meets it so many 万元: a text that grants a title pays nothing
/// itself, and a place puts an amount on the title.
fn estimate(rehearsal: &Rehearsal, each: &str, lang: Lang) -> String {
    let Some(each) = each.parse::<rust_decimal::Decimal>().ok().filter(|each| !each.is_sign_negative()) else {
        return String::new();
    };
    let fen = |count: u64| -> Option<i64> {
        let fen = each.checked_mul(1_000_000.into())?.checked_mul(count.into())?;
        i64::try_from(fen.round()).ok()
    };
    let money = |least: u64, most: u64| Money { least: fen(least), most: fen(most) }.figure().say(lang);
    let after = rehearsal.after;
    // Those about whom something is open may come to meet it.
    let most = |answers: checkup::rehearsal::Answers| answers.meets + answers.undetermined + answers.expert;
    let now = money(after.meets, most(after));
    let new = rehearsal.enters.len() as u64;
    let more = money(new, new);
    match lang {
        Lang::Zh => format!("新进入的 {new} 家共 {more}；全部满足者 {now}（上限计入缺数据和待评审的）"),
        Lang::En => format!("the {new} that enter: {more}; all that meet it: {now} (the most counts those open too)"),
    }
}

fn stops(rehearsal: &Rehearsal, lang: Lang) -> Vec<Stop> {
    let say = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), whole);
    let stop = |stops: &checkup::rehearsal::Stops| Stop {
        name: stops.name_in(lang).to_owned(),
        before: if rehearsal.before.is_some() { say(stops.before) } else { String::new() },
        after: say(stops.after),
        differs: stops.before != stops.after,
    };
    rehearsal.stops.iter().map(stop).collect()
}

fn overlapped(overlap: &Overlap, lang: Lang) -> (Overlap, String, String) {
    let shared = overlap.shared(lang).join(lang.pick("、", ", "));
    let why = match overlap.why.as_str() {
        "title" => lang.pick("授予同一资质：", "confers the same title: "),
        "benefit" => lang.pick("给同一优惠：", "gives the same benefit: "),
        _ => lang.pick("也发钱", "pays money too"),
    };
    let address = super::words::address_of(&overlap.id, &overlap.version);
    (overlap.clone(), format!("{why}{shared}"), address)
}

/// The verdict by its key, as a badge.
fn badge(key: &str, lang: Lang) -> Option<Badge> {
    let all = [Answer::Meets, Answer::Fails, Answer::Undetermined, Answer::Expert];
    let answer = all.into_iter().find(|answer| answer.key() == key)?;
    Some(crate::checkup::words::verdict(answer, lang))
}

fn told_because(because: &[Because], lang: Lang) -> String {
    let one = |one: &Because| {
        let open = if one.fails { "" } else { lang.pick("（未定）", " (open)") };
        format!("{}{open}", one.name_in(lang))
    };
    because.iter().map(one).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

fn rows(told: &Told, list: &str, range: std::ops::Range<usize>, policy: &str, lang: Lang) -> Vec<Row> {
    let rehearsal = &told.rehearsal;
    let row = |at: usize| {
        let who = told.people.get(&at)?.clone();
        let address = format!("/enterprises/{}/checkup/{}", who.id, super::words::part(policy));
        Some(Row {
            who,
            address,
            was: None,
            is: None,
            because: String::new(),
            paid: String::new(),
            now: String::new(),
            edge: String::new(),
            holds: false,
        })
    };
    let changed = |changed: &Changed| {
        Some(Row {
            was: badge(&changed.was, lang),
            is: badge(&changed.is, lang),
            because: told_because(&changed.because, lang),
            paid: rehearsal.cost_after.map(|_| changed.paid.figure().say(lang)).unwrap_or_default(),
            ..row(changed.row)?
        })
    };
    let near = |near: &Near| {
        Some(Row {
            because: near.condition.name_in(lang).to_owned(),
            now: near.now.clone(),
            edge: near.edge.clone(),
            holds: near.holds,
            ..row(near.row)?
        })
    };
    match list {
        "enters" => rehearsal.enters[range].iter().filter_map(changed).collect(),
        "leaves" => rehearsal.leaves[range].iter().filter_map(changed).collect(),
        "moves" => rehearsal.moves[range].iter().filter_map(changed).collect(),
        _ => rehearsal.near[range].iter().filter_map(near).collect(),
    }
}

/// The list that the page shows, whole, for a workbook: its name, its heads, its rows.
pub(super) fn sheet(page: &Page, told: &Told) -> (String, Vec<Column>, Vec<Vec<OutCell>>) {
    let lang = page.lang;
    let list = list_of(page, told);
    let text = |text: &str| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text.to_owned()) };
    let amount = |fen: Option<i64>| {
        fen.map_or(OutCell::Empty, |fen| OutCell::Number(rust_decimal::Decimal::new(fen, 6).normalize()))
    };
    let who = |row: usize| {
        let who = told.people.get(&row);
        [text(who.map_or("", |who| &who.code)), text(who.map_or("", |who| &who.name))]
    };
    let answer = |key: &str| {
        let all = [Answer::Meets, Answer::Fails, Answer::Undetermined, Answer::Expert];
        let answer = all.into_iter().find(|answer| answer.key() == key);
        text(answer.map_or(key, |answer| lang.pick(answer.zh(), answer.en())))
    };
    let mut heads = vec![
        Column::words(lang.pick("统一社会信用代码", "Credit code"), 22.0),
        Column::words(lang.pick("企业名称", "Enterprise"), 34.0),
    ];
    let rehearsal = &told.rehearsal;
    if list == "near" {
        heads.extend([
            Column::words(lang.pick("条件", "Condition"), 34.0),
            Column::words(lang.pick("文本", "Text"), 34.0),
            Column::words(lang.pick("现在", "Now"), 16.0),
            Column::words(lang.pick("门槛", "Threshold"), 16.0),
            Column::words(lang.pick("是否够", "Holds"), 10.0),
        ]);
        let row = |near: &Near| {
            let holds = if near.holds { lang.pick("够", "yes") } else { lang.pick("不够", "no") };
            let own = [near.condition.name_in(lang), &near.text, &near.now, &near.edge].map(text);
            who(near.row).into_iter().chain(own).chain([text(holds)]).collect()
        };
        return (list_name(list, lang).to_owned(), heads, rehearsal.near.iter().map(row).collect());
    }
    heads.extend([
        Column::words(lang.pick("原结论", "Before"), 12.0),
        Column::words(lang.pick("新结论", "After"), 12.0),
        Column::words(lang.pick("因为", "Because of"), 50.0),
        Column::words(lang.pick("金额下限（万元）", "Least paid (10k yuan)"), 18.0),
        Column::words(lang.pick("金额上限（万元）", "Most paid (10k yuan)"), 18.0),
    ]);
    let changed = match list {
        "enters" => &rehearsal.enters,
        "leaves" => &rehearsal.leaves,
        _ => &rehearsal.moves,
    };
    let row = |changed: &Changed| {
        let pays = rehearsal.cost_after.is_some();
        let (least, most) = if pays { (changed.paid.least, changed.paid.most) } else { (None, None) };
        let own = [answer(&changed.was), answer(&changed.is), text(&told_because(&changed.because, lang))];
        who(changed.row).into_iter().chain(own).chain([amount(least), amount(most)]).collect()
    };
    (list_name(list, lang).to_owned(), heads, changed.iter().map(row).collect())
}
