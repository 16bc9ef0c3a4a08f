//! What a list's address asks for, as the store understands it, and in words for the chips.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan as _};
use kernel::{Catalogue, Lang, Money, code_table};
use policy::Library;
use rust_decimal::Decimal;
use store::access::{UnitId, UnitTree};
use store::{Column, Filter, ListQuery, Sort, State};

use super::ask::{self, Ask, Order, Range, TitleState};
use super::verdict::PolicyAsk;
use crate::register::kinds::Listed;
use crate::register::ladder::WARNING_DAYS;
use crate::register::words;

/// Rows on a page.
pub const PAGE: u64 = 50;

/// The order of a list nobody has sorted: known figures first for enterprises, names otherwise.
pub fn order(ask: &Ask, listed: &Listed) -> (Order, bool) {
    let usual = if listed.reports { (Order::Revenue, true) } else { (Order::Name, false) };
    ask.order.unwrap_or(usual)
}

/// The query for the store.
pub fn query(ask: &Ask, listed: &Listed, columns: &[String], units: &UnitTree, today: Date) -> ListQuery {
    let (order, descending) = order(ask, listed);
    ListQuery {
        kind: listed.kind,
        state: if ask.candidates { State::Candidate } else { State::Active },
        text: ask.words.clone(),
        filters: filters(ask, units, today),
        sort: match order {
            Order::Name => Sort::Name,
            Order::Revenue => Sort::Revenue,
            Order::RdExpense => Sort::RdExpense,
            Order::Employees => Sort::Employees,
            Order::Registered => Sort::Registered,
            Order::Changed => Sort::Changed,
        },
        descending,
        after: Some(ask.after.clone()).filter(|after| !after.is_empty()),
        limit: PAGE,
        columns: extra(columns, listed).map(|key| Column::Latest(key.to_owned())).collect(),
    }
}

/// The columns a row does not carry anyway, in the order in which the store fills them.
pub fn extra<'a>(columns: &'a [String], listed: &Listed) -> impl Iterator<Item = &'a str> {
    let kind = listed.kind;
    columns.iter().map(String::as_str).filter(move |key| !key.starts_with('@') && !super::cells::is_hot(kind, key))
}

fn filters(ask: &Ask, units: &UnitTree, today: Date) -> Vec<Filter> {
    let mut filters = Vec::new();
    if let Some(unit) = ask.unit {
        let mut wanted = units.below(UnitId(unit));
        wanted.push(UnitId(unit));
        filters.push(Filter::Units(wanted));
    }
    if !ask.industry.is_empty() {
        filters.push(Filter::Industry(industry_prefixes(&ask.industry)));
    }
    if !ask.level.is_empty() {
        filters.push(Filter::Level(vec![ask.level.clone()]));
    }
    if !ask.category.is_empty() {
        filters.push(Filter::Category(vec![ask.category.clone()]));
    }
    if !ask.title.is_empty() {
        filters.push(title(ask, today));
    }
    filters.extend(ask.policy.filter());
    let money = |range: Range<Decimal>| {
        let range = ask::fen(range);
        (range.from.map(Money::from_fen), range.to.map(Money::from_fen))
    };
    if !ask.revenue.is_open() {
        let (from, to) = money(ask.revenue);
        filters.push(Filter::Revenue(from, to));
    }
    if !ask.rd.is_open() {
        let (from, to) = money(ask.rd);
        filters.push(Filter::RdExpense(from, to));
    }
    if !ask.staff.is_open() {
        filters.push(Filter::Employees(ask.staff.from, ask.staff.to));
    }
    if !ask.founded.is_open() {
        let from = ask.founded.from.map(|year| date(year, 1, 1));
        filters.push(Filter::Registered(from, ask.founded.to.map(|year| date(year, 12, 31))));
    }
    if ask.conflicts {
        filters.push(Filter::Conflicts);
    }
    if !ask.missing.is_empty() {
        filters.push(Filter::Missing(ask.missing.clone()));
    }
    filters
}

fn title(ask: &Ask, today: Date) -> Filter {
    let title = ask.title.clone();
    let soon: Span = WARNING_DAYS.days();
    match ask.title_state {
        TitleState::Valid => Filter::Title { title, on: today },
        TitleState::Expiring => {
            Filter::TitleEnding { title: Some(title), from: today, until: today.saturating_add(soon) }
        }
        TitleState::ThisYear => Filter::TitleEnding { title: Some(title), from: today, until: today.last_of_year() },
        TitleState::NextYear => {
            let from = today.last_of_year().saturating_add(1.day());
            Filter::TitleEnding { title: Some(title), from, until: from.last_of_year() }
        }
        TitleState::None => Filter::NoTitle { title, on: today },
        TitleState::Expired => {
            Filter::TitleEnding { title: Some(title), from: date(1900, 1, 1), until: today.saturating_sub(1.day()) }
        }
    }
}

/// A section is a letter whose divisions are listed under it; every other code is a prefix.
fn industry_prefixes(code: &str) -> Vec<String> {
    let children: Vec<String> = match code_table::table("industry") {
        Some(table) if code.len() == 1 => table.children(Some(code)).map(|entry| entry.code.to_owned()).collect(),
        _ => Vec::new(),
    };
    if children.is_empty() { vec![code.to_owned()] } else { children }
}

/// One filter in words, and the list without it.
pub fn chips(
    ask: &Ask,
    listed: &Listed,
    catalogue: &Catalogue,
    library: &Library,
    units: &UnitTree,
    lang: Lang,
) -> Vec<(String, Ask)> {
    let mut chips: Vec<(String, Ask)> = Vec::new();
    let colon = lang.pick("：", ": ");
    let mut chip = |zh: &str, en: &str, value: &str, off: fn(&mut Ask)| {
        chips.push((
            format!("{}{}{value}", lang.pick(zh, en), if value.is_empty() { "" } else { colon }),
            ask.with(off),
        ));
    };
    if !ask.words.is_empty() {
        chip("查找", "Search", &ask.words, |ask| ask.words.clear());
    }
    if let Some(unit) = ask.unit {
        let name = units.get(UnitId(unit)).map_or_else(|| unit.to_string(), |unit| unit.name.clone());
        chip("园区/单位", "Unit", &name, |ask| ask.unit = None);
    }
    if !ask.industry.is_empty() {
        chip("行业", "Industry", &words::coded("industry", &ask.industry), |ask| ask.industry.clear());
    }
    if !ask.level.is_empty() {
        chip("级别", "Level", &choice(catalogue, listed.level, &ask.level, lang), |ask| ask.level.clear());
    }
    if !ask.category.is_empty() {
        chip("类别", "Category", &choice(catalogue, listed.category, &ask.category, lang), |ask| {
            ask.category.clear()
        });
    }
    if !ask.title.is_empty() {
        let state = match ask.title_state {
            TitleState::Valid => lang.pick("有效", "valid"),
            TitleState::Expiring => lang.pick("90 天内到期", "expiring within 90 days"),
            TitleState::ThisYear => lang.pick("今年到期", "ending this year"),
            TitleState::NextYear => lang.pick("明年到期", "ending next year"),
            TitleState::Expired => lang.pick("已过期", "expired"),
            TitleState::None => lang.pick("未持有", "not held"),
        };
        let title = choice(catalogue, Some("qualification_code"), &ask.title, lang);
        chip("资质", "Title", &format!("{title} {state}"), |ask| {
            ask.title.clear();
            ask.title_state = TitleState::Valid;
        });
    }
    if !ask.policy.policy.is_empty() {
        chip("政策", "Policy", &ask.policy.say(library, lang), |ask| ask.policy = PolicyAsk::default());
    }
    let year = |year: i16| year.to_string();
    let amount = |amount: Decimal| amount.normalize().to_string();
    let count = |count: i64| count.to_string();
    if !ask.founded.is_open() {
        chip("成立年份", "Registered", &between(ask.founded, year), |ask| ask.founded = Range::default());
    }
    if !ask.revenue.is_open() {
        chip("营业收入（万元）", "Revenue (CNY 10k)", &between(ask.revenue, amount), |ask| {
            ask.revenue = Range::default()
        });
    }
    if !ask.rd.is_open() {
        chip("研发费用（万元）", "R&D (CNY 10k)", &between(ask.rd, amount), |ask| ask.rd = Range::default());
    }
    if !ask.staff.is_open() {
        chip("从业人员", "Employees", &between(ask.staff, count), |ask| ask.staff = Range::default());
    }
    if ask.conflicts {
        chip("有来源不一", "Sources disagree", "", |ask| ask.conflicts = false);
    }
    if ask.candidates {
        chip("待确认的候选", "Candidates", "", |ask| ask.candidates = false);
    }
    if !ask.missing.is_empty() {
        let label = catalogue.field(&ask.missing).map_or(ask.missing.as_str(), |field| field.label(listed.kind, lang));
        chip("缺少", "Missing", label, |ask| ask.missing.clear());
    }
    chips
}

fn between<T>(range: Range<T>, write: impl Fn(T) -> String) -> String {
    match (range.from, range.to) {
        (Some(from), Some(to)) => format!("{} — {}", write(from), write(to)),
        (Some(from), None) => format!("≥ {}", write(from)),
        (None, Some(to)) => format!("≤ {}", write(to)),
        (None, None) => String::new(),
    }
}

fn choice(catalogue: &Catalogue, field: Option<&str>, key: &str, lang: Lang) -> String {
    let found = field.and_then(|field| catalogue.field(field)).and_then(|field| field.choice(key));
    found.map_or_else(|| key.to_owned(), |choice| choice.label(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::kinds;

    #[test]
    fn a_section_stands_for_its_divisions_and_a_class_for_itself() {
        assert_eq!(industry_prefixes("A"), ["01", "02", "03", "04", "05"]);
        assert_eq!(industry_prefixes("3451"), ["3451"]);
    }

    #[test]
    fn every_filter_has_a_chip_that_takes_it_off() {
        let listed = &kinds::LISTED[0];
        let asked = "q=x&industry=34&title=hnte&title_state=expiring&founded_from=2015&revenue_to=5&rd_from=1&staff_from=2&staff_to=9&conflicts=1&missing=rd_expense&policy=srdi-sme&verdict=fails";
        let library = Library::builtin("", &policy::Settings::new()).0;
        let ask = Ask::read(asked, listed, Catalogue::builtin()).unwrap();
        let chips = chips(&ask, listed, Catalogue::builtin(), &library, &UnitTree::default(), Lang::Zh);
        assert_eq!(chips.len(), 10);
        assert!(chips.iter().all(|(_, without)| *without != ask));
        let left = chips.iter().fold(ask.clone(), |left, (text, _)| {
            let listed = super::chips(&left, listed, Catalogue::builtin(), &library, &UnitTree::default(), Lang::Zh);
            listed.into_iter().find(|(found, _)| found == text).unwrap().1
        });
        assert!(!left.is_filtered());
        assert_eq!(chips[2].0, "资质：高新技术企业 90 天内到期");
        assert_eq!(chips[3].0, "政策：专精特新中小企业认定 不满足");
        assert_eq!(chips[7].0, "从业人员：2 — 9");
    }
}
