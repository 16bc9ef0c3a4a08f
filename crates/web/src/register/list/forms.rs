//! The forms of a list: filters and columns, as choices with what is in force now.

use std::sync::Arc;

use kernel::{Catalogue, FieldType, Lang, code_table};
use store::access::{Scope, UnitId, UnitTree, Viewer};

use super::ask::{self, Ask, SPECIAL, TitleState};
use super::written::{self, Choices, Written};
use crate::register::kinds::Listed;
use crate::ui::escaped;

/// A choice of one among several.
pub struct Select {
    /// The parameter.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// What is chosen now though it is not among the choices: its value and words.
    pub beside: Option<(String, String)>,
    /// The choices.
    pub options: Choices,
}

impl Select {
    fn new(name: &'static str, label: &str, options: Choices) -> Self {
        Self { name, label: label.to_owned(), beside: None, options }
    }
}

/// From, to.
pub struct RangeInput {
    /// The parameter without `_from` and `_to`.
    pub name: &'static str,
    /// The label with its unit.
    pub label: &'static str,
    /// What is in force.
    pub from: String,
    /// See `from`.
    pub to: String,
}

/// The choices of the filter panel that fit the kind.
pub fn selects(
    ask: &Ask,
    listed: &Listed,
    (catalogue, written): (&Catalogue, &Written),
    units: &UnitTree,
    viewer: &Viewer,
    lang: Lang,
) -> Vec<Select> {
    let of = |name, write: &dyn Fn(&mut String)| {
        written.of(listed.kind, lang, name, || {
            let mut html = String::new();
            write(&mut html);
            html
        })
    };
    let choices = |name, label: &str, field: &str, now: &str| {
        let html = of(name, &|html| choices_of(html, catalogue, field, lang));
        Select::new(name, label, Choices::one(html, now))
    };
    let mut selects = vec![unit(ask, units, viewer, lang)];
    if listed.reports {
        selects.push(industry(ask, of("industry", &industries), lang));
        selects.push(choices("title", lang.pick("持有资质", "Title held"), "qualification_code", &ask.title));
        let html = of("title_state", &|html| title_states(html, lang));
        let now = if ask.title.is_empty() { "" } else { ask.title_state.key() };
        selects.push(Select::new("title_state", lang.pick("资质状态", "Title state"), Choices::one(html, now)));
    }
    for (name, field, now) in [("level", listed.level, &ask.level), ("category", listed.category, &ask.category)] {
        if let Some(field) = field.and_then(|key| catalogue.field(key))
            && matches!(field.kind, FieldType::Choice { .. })
        {
            selects.push(choices(name, field.label(listed.kind, lang), &field.key, now));
        }
    }
    let missing = of("missing", &|html| {
        ask::fields(listed, catalogue)
            .for_each(|field| written::option(html, &field.key, field.label(listed.kind, lang)));
    });
    selects.push(Select::new("missing", lang.pick("缺少字段", "Missing field"), Choices::one(missing, &ask.missing)));
    selects
}

fn title_states(html: &mut String, lang: Lang) {
    for (state, zh, en) in [
        (TitleState::Valid, "有效", "Valid"),
        (TitleState::Expiring, "90 天内到期", "Expiring within 90 days"),
        (TitleState::ThisYear, "今年到期", "Ending this year"),
        (TitleState::NextYear, "明年到期", "Ending next year"),
        (TitleState::Expired, "已过期", "Expired"),
        (TitleState::None, "未持有", "Not held"),
    ] {
        written::option(html, state.key(), lang.pick(zh, en));
    }
}

fn unit(ask: &Ask, units: &UnitTree, viewer: &Viewer, lang: Lang) -> Select {
    let seen = |id: UnitId| match &viewer.scope {
        Scope::Zone => true,
        Scope::Units(own) => own.contains(&id),
        _ => false,
    };
    let mut html = String::new();
    for unit in units.in_order().into_iter().filter(|unit| seen(unit.id)) {
        let label = format!("{}{}", "　".repeat(units.path(unit.id).len().saturating_sub(1)), unit.name);
        written::option(&mut html, &unit.id.to_string(), &label);
    }
    let now = ask.unit.map(|unit| UnitId(unit).to_string()).unwrap_or_default();
    Select::new("unit", lang.pick("园区/单位", "Unit"), Choices::one(html.into(), &now))
}

/// Sections with their divisions; a class chosen elsewhere is kept.
fn industry(ask: &Ask, html: Arc<str>, lang: Lang) -> Select {
    let options = Choices::one(html, &ask.industry);
    let beside = (!ask.industry.is_empty() && !options.offers(&ask.industry))
        .then(|| (ask.industry.clone(), crate::register::words::coded("industry", &ask.industry)));
    Select { beside, ..Select::new("industry", lang.pick("行业", "Industry"), options) }
}

fn industries(html: &mut String) {
    let Some(table) = code_table::table("industry") else { return };
    for section in table.children(None) {
        let divisions = table.children(Some(section.code)).map(|entry| (1, entry));
        for (depth, entry) in std::iter::once((0, section)).chain(divisions) {
            let label = format!("{}{} {}", "　".repeat(depth), entry.code, entry.name);
            written::option(html, entry.code, &label);
        }
    }
}

fn choices_of(html: &mut String, catalogue: &Catalogue, field: &str, lang: Lang) {
    if let Some(FieldType::Choice { choices }) = catalogue.field(field).map(|field| &field.kind) {
        choices.iter().for_each(|choice| written::option(html, &choice.key, choice.label(lang)));
    }
}

/// The ranges that fit the kind.
pub fn ranges(ask: &Ask, listed: &Listed, lang: Lang) -> Vec<RangeInput> {
    let text = |value: Option<String>| value.unwrap_or_default();
    let decimal = |value: Option<rust_decimal::Decimal>| text(value.map(|value| value.normalize().to_string()));
    let day = match listed.kind {
        kernel::SubjectKind::Enterprise | kernel::SubjectKind::Institution => lang.pick("成立年份", "Registered in"),
        kernel::SubjectKind::Platform => lang.pick("认定年份", "Recognised in"),
        kernel::SubjectKind::Achievement => lang.pick("完成年份", "Completed in"),
        _ => lang.pick("购置年份", "Bought in"),
    };
    let founded = RangeInput {
        name: "founded",
        label: day,
        from: text(ask.founded.from.map(|year| year.to_string())),
        to: text(ask.founded.to.map(|year| year.to_string())),
    };
    let mut ranges = Vec::new();
    if listed.reports {
        let revenue = lang.pick("营业收入（万元）", "Revenue (CNY 10k)");
        ranges.push(RangeInput {
            name: "revenue",
            label: revenue,
            from: decimal(ask.revenue.from),
            to: decimal(ask.revenue.to),
        });
        let rd = lang.pick("研发费用（万元）", "R&D expense (CNY 10k)");
        ranges.push(RangeInput { name: "rd", label: rd, from: decimal(ask.rd.from), to: decimal(ask.rd.to) });
        ranges.push(RangeInput {
            name: "staff",
            label: lang.pick("从业人员（人）", "Employees"),
            from: text(ask.staff.from.map(|count| count.to_string())),
            to: text(ask.staff.to.map(|count| count.to_string())),
        });
    }
    if !ask::own_day(listed.kind).is_empty() {
        ranges.push(founded);
    }
    ranges
}

/// Every column that can be shown, by group; those that are shown are ticked.
pub fn columns(shown: &[String], listed: &Listed, (catalogue, written): (&Catalogue, &Written), lang: Lang) -> Choices {
    let html = written.of(listed.kind, lang, "col", || every_column(listed, catalogue, lang));
    Choices::several(html, shown)
}

fn every_column(listed: &Listed, catalogue: &Catalogue, lang: Lang) -> String {
    let mut html = String::new();
    let special = SPECIAL.iter().filter_map(|key| {
        let label = match *key {
            "@titles" if listed.reports => lang.pick("持有资质", "Titles"),
            "@titles" => return None,
            "@unit" => lang.pick("园区/单位", "Unit"),
            "@conflicts" => lang.pick("来源不一", "Disputed"),
            _ => lang.pick("最近更新", "Changed"),
        };
        Some((*key, label))
    });
    group(&mut html, lang.pick("台账", "Register"), special);
    for (named, fields) in catalogue.groups_of(listed.kind) {
        let shown = |field: &&kernel::Field| field.key != "name" && field.derived.is_none() && !field.personal;
        let fields = fields.into_iter().filter(shown);
        group(&mut html, named.label(lang), fields.map(|field| (field.key.as_str(), field.label(listed.kind, lang))));
    }
    html
}

/// Writes the columns of a group; nothing where it has none.
fn group<'a>(html: &mut String, title: &str, columns: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut columns = columns.peekable();
    if columns.peek().is_none() {
        return;
    }
    html.push_str(&format!("<fieldset><legend>{}</legend>", escaped(title)));
    columns.for_each(|(key, label)| written::tick(html, "col", key, label));
    html.push_str("</fieldset>");
}
