//! The forms of a list: filters and columns, as choices with what is in force now.

use kernel::{Catalogue, FieldType, Lang, code_table};
use store::access::{Scope, UnitId, UnitTree, Viewer};

use super::ask::{self, Ask, SPECIAL, TitleState};
use crate::register::kinds::Listed;

/// A choice of one among several.
pub struct Select {
    /// The parameter.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// The choices.
    pub options: Vec<Choice>,
}

/// One choice.
pub struct Choice {
    /// The value sent.
    pub value: String,
    /// The words.
    pub label: String,
    /// Whether it is chosen now.
    pub chosen: bool,
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

/// The columns of one group.
pub struct ColumnGroup {
    /// The group's heading.
    pub title: String,
    /// Its columns.
    pub choices: Vec<Column>,
}

/// One column that can be shown.
pub struct Column {
    /// Its key.
    pub key: String,
    /// Its label.
    pub label: String,
    /// Whether it is shown now.
    pub chosen: bool,
}

/// The choices of the filter panel that fit the kind.
pub fn selects(
    ask: &Ask,
    listed: &Listed,
    catalogue: &Catalogue,
    units: &UnitTree,
    viewer: &Viewer,
    lang: Lang,
) -> Vec<Select> {
    let mut selects = vec![unit(ask, units, viewer, lang)];
    if listed.reports {
        selects.push(industry(ask, lang));
        selects.push(choices(
            "title",
            lang.pick("持有资质", "Title held"),
            catalogue,
            "qualification_code",
            &ask.title,
            lang,
        ));
        let state = |state: TitleState, zh, en| Choice {
            value: state.key().to_owned(),
            label: lang.pick(zh, en).to_owned(),
            chosen: !ask.title.is_empty() && ask.title_state == state,
        };
        selects.push(Select {
            name: "title_state",
            label: lang.pick("资质状态", "Title state").to_owned(),
            options: vec![
                state(TitleState::Valid, "有效", "Valid"),
                state(TitleState::Expiring, "90 天内到期", "Expiring within 90 days"),
                state(TitleState::ThisYear, "今年到期", "Ending this year"),
                state(TitleState::NextYear, "明年到期", "Ending next year"),
                state(TitleState::Expired, "已过期", "Expired"),
                state(TitleState::None, "未持有", "Not held"),
            ],
        });
    }
    for (name, field, now) in [("level", listed.level, &ask.level), ("category", listed.category, &ask.category)] {
        if let Some(field) = field.and_then(|key| catalogue.field(key))
            && matches!(field.kind, FieldType::Choice { .. })
        {
            selects.push(choices(name, field.label(listed.kind, lang), catalogue, &field.key, now, lang));
        }
    }
    selects.push(Select {
        name: "missing",
        label: lang.pick("缺少字段", "Missing field").to_owned(),
        options: ask::fields(listed, catalogue)
            .map(|field| Choice {
                value: field.key.clone(),
                label: field.label(listed.kind, lang).to_owned(),
                chosen: ask.missing == field.key,
            })
            .collect(),
    });
    selects
}

fn unit(ask: &Ask, units: &UnitTree, viewer: &Viewer, lang: Lang) -> Select {
    let seen = |id: UnitId| match &viewer.scope {
        Scope::Zone => true,
        Scope::Units(own) => own.contains(&id),
        _ => false,
    };
    let option = |unit: &store::access::Unit| Choice {
        value: unit.id.to_string(),
        label: format!("{}{}", "　".repeat(units.path(unit.id).len().saturating_sub(1)), unit.name),
        chosen: ask.unit == Some(unit.id.0),
    };
    let options = units.in_order().into_iter().filter(|unit| seen(unit.id)).map(option).collect();
    Select { name: "unit", label: lang.pick("园区/单位", "Unit").to_owned(), options }
}

/// Sections with their divisions; a class chosen elsewhere is kept.
fn industry(ask: &Ask, lang: Lang) -> Select {
    let mut options = Vec::new();
    if let Some(table) = code_table::table("industry") {
        for section in table.children(None) {
            for (depth, entry) in
                std::iter::once((0, section)).chain(table.children(Some(section.code)).map(|entry| (1, entry)))
            {
                options.push(Choice {
                    value: entry.code.to_owned(),
                    label: format!("{}{} {}", "　".repeat(depth), entry.code, entry.name),
                    chosen: ask.industry == entry.code,
                });
            }
        }
        if !ask.industry.is_empty() && !options.iter().any(|option| option.chosen) {
            let label = crate::register::words::coded("industry", &ask.industry);
            options.insert(0, Choice { value: ask.industry.clone(), label, chosen: true });
        }
    }
    Select { name: "industry", label: lang.pick("行业", "Industry").to_owned(), options }
}

fn choices(name: &'static str, label: &str, catalogue: &Catalogue, field: &str, now: &str, lang: Lang) -> Select {
    let options = match catalogue.field(field).map(|field| &field.kind) {
        Some(FieldType::Choice { choices }) => choices
            .iter()
            .map(|choice| Choice {
                value: choice.key.clone(),
                label: choice.label(lang).to_owned(),
                chosen: now == choice.key,
            })
            .collect(),
        _ => Vec::new(),
    };
    Select { name, label: label.to_owned(), options }
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

/// Every column that can be shown, by group.
pub fn column_choice(shown: &[String], listed: &Listed, catalogue: &Catalogue, lang: Lang) -> Vec<ColumnGroup> {
    let chosen = |key: &str| shown.iter().any(|column| column == key);
    let special = |key: &&str| {
        let label = match *key {
            "@titles" if listed.reports => lang.pick("持有资质", "Titles"),
            "@titles" => return None,
            "@unit" => lang.pick("园区/单位", "Unit"),
            "@conflicts" => lang.pick("来源不一", "Disputed"),
            _ => lang.pick("最近更新", "Changed"),
        };
        Some(Column { key: (*key).to_owned(), label: label.to_owned(), chosen: chosen(key) })
    };
    let mut groups = vec![ColumnGroup {
        title: lang.pick("台账", "Register").to_owned(),
        choices: SPECIAL.iter().filter_map(special).collect(),
    }];
    for (group, fields) in catalogue.groups_of(listed.kind) {
        let choices: Vec<Column> = fields
            .into_iter()
            .filter(|field| field.key != "name" && field.derived.is_none() && !field.personal)
            .map(|field| Column {
                key: field.key.clone(),
                label: field.label(listed.kind, lang).to_owned(),
                chosen: chosen(&field.key),
            })
            .collect();
        if !choices.is_empty() {
            groups.push(ColumnGroup { title: group.label(lang).to_owned(), choices });
        }
    }
    groups
}
