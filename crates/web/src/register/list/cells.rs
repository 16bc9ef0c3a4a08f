//! The cells of a list: what each column says of a subject, on the page and in an export.

use jiff::civil::Date;
use kernel::{Catalogue, Field, Lang, Period, SubjectKind, Value};
use reports::workbook::OutCell;
use store::access::UnitTree;
use store::{Mark, SubjectRow};

use super::ask::{Ask, Order};
use crate::register::amount::{self, Scale};
use crate::register::kinds::Listed;
use crate::register::ladder::{self, Held};
use crate::register::words;
use crate::ui::{Badge, Head, Tone};

/// The most titles named in one cell.
const MOST_TITLES: usize = 3;

/// A cell of the page.
#[derive(Debug, PartialEq, Eq)]
pub struct ListCell {
    /// What it says.
    pub text: String,
    /// The exact figure and its year.
    pub hint: String,
    /// Whether it is a figure.
    pub number: bool,
    /// Words with a sign.
    pub badges: Vec<Badge>,
}

/// Whether a row carries a column without reading the subject's facts.
pub fn is_hot(kind: SubjectKind, key: &str) -> bool {
    match kind {
        SubjectKind::Enterprise => matches!(
            key,
            "uscc"
                | "operating_revenue"
                | "rd_expense"
                | "year_end_employees"
                | "industry_code"
                | "registration_date"
                | "size_class"
                | "legal_form"
        ),
        _ => false,
    }
}

/// What all cells of a list need.
pub struct Sheet<'a> {
    /// How the kind is listed.
    pub listed: &'a Listed,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// The units by id.
    pub units: &'a UnitTree,
    /// The columns after the name.
    pub columns: &'a [String],
    /// Today.
    pub today: Date,
    /// The reader's language.
    pub lang: Lang,
}

impl Sheet<'_> {
    /// The value a column shows of a row, with the year it speaks of.
    fn value(&self, row: &SubjectRow, column: &str) -> Option<(Value, Option<String>)> {
        let year = || row.figures_year.map(|year| year.to_string());
        let code = |code: &str| (!code.is_empty()).then(|| (Value::Code(code.to_owned()), None));
        if is_hot(self.listed.kind, column) {
            return match column {
                "uscc" => code(&row.code),
                "operating_revenue" => row.revenue.map(|amount| (Value::Money(amount), year())),
                "rd_expense" => row.rd_expense.map(|amount| (Value::Money(amount), year())),
                "year_end_employees" => row.employees.map(|count| (Value::Integer(count), year())),
                "industry_code" => code(&row.industry),
                "registration_date" => row.registered_on.map(|day| (Value::Date(day), None)),
                "size_class" => code(&row.level),
                _ => code(&row.category),
            };
        }
        let at = super::query::extra(self.columns, self.listed).position(|key| key == column)?;
        let cell = row.cells.get(at)?.as_ref()?;
        Some((cell.value.clone(), cell.key.period.map(|period| period.to_string())))
    }

    /// The period a column's cell speaks of.
    pub fn period(&self, row: &SubjectRow, column: &str) -> Option<Period> {
        self.value(row, column)?.1?.parse().ok()
    }

    /// The scales of the columns, one unit for a whole column.
    pub fn scales(&self, rows: &[SubjectRow]) -> Vec<Option<Scale>> {
        let scale = |column: &String| {
            let field = self.catalogue.field(column).filter(|field| is_figure(field))?;
            let values: Vec<Value> = rows.iter().filter_map(|row| Some(self.value(row, column)?.0)).collect();
            Some(Scale::of_column(field, values.iter()))
        };
        self.columns.iter().map(scale).collect()
    }

    /// The heads, the name's first.
    pub fn heads(&self, ask: &Ask, scales: &[Option<Scale>], link: impl Fn(&Ask) -> String) -> Vec<Head> {
        let (order, descending) = super::query::order(ask, self.listed);
        let sorted = |column: &str, text: String, number: bool| {
            let head = match Order::of_column(self.listed.kind, column) {
                Some(by) => {
                    let now = (by == order).then_some(descending);
                    let next = now.map_or(by.begins_descending(), |descending| !descending);
                    Head::sorting(text, link(&ask.with(|ask| ask.order = Some((by, next)))), now)
                }
                None => Head::plain(text),
            };
            if number { head.of_numbers() } else { head }
        };
        let name = self.catalogue.field("name").map_or("", |field| field.label(self.listed.kind, self.lang));
        let mut heads = vec![sorted("name", name.to_owned(), false)];
        for (column, scale) in self.columns.iter().zip(scales) {
            let number = self.catalogue.field(column).is_some_and(is_figure) || column == "@conflicts";
            heads.push(sorted(column, self.head(column, *scale), number));
        }
        heads
    }

    /// The words over a column, with its unit.
    pub fn head(&self, column: &str, scale: Option<Scale>) -> String {
        match column {
            own if own.starts_with('@') => intake::own::heading(own, self.lang).unwrap_or(own).to_owned(),
            key => {
                let Some(field) = self.catalogue.field(key) else { return key.to_owned() };
                let label = short_label(field, self.listed.kind, self.lang);
                let unit = scale.map(|scale| scale.unit(field, self.lang)).unwrap_or_default();
                if unit.is_empty() {
                    label
                } else {
                    format!("{label}{}{unit}{}", self.lang.pick("（", " ("), self.lang.pick("）", ")"))
                }
            }
        }
    }

    /// The cells of a row after its name.
    pub fn cells(&self, row: &SubjectRow, scales: &[Option<Scale>]) -> Vec<ListCell> {
        self.columns.iter().zip(scales).map(|(column, scale)| self.cell(row, column, *scale)).collect()
    }

    fn cell(&self, row: &SubjectRow, column: &str, scale: Option<Scale>) -> ListCell {
        let plain = |text: String| ListCell { text, hint: String::new(), number: false, badges: Vec::new() };
        match column {
            "@titles" => {
                let (badges, rest) = self.titles(row);
                ListCell { badges, ..plain(rest) }
            }
            "@unit" => {
                plain(row.unit.and_then(|unit| self.units.get(unit)).map(|unit| unit.name.clone()).unwrap_or_default())
            }
            "@conflicts" => {
                let count = row.conflicts_open;
                let badge = (count > 0).then(|| Badge::late(count.to_string()).with_icon("arrows-diff"));
                ListCell { number: true, badges: badge.into_iter().collect(), ..plain(String::new()) }
            }
            "@changed" => plain(crate::frame::day::minute(row.changed_at)),
            key => {
                let Some(field) = self.catalogue.field(key) else { return plain(String::new()) };
                let number = is_figure(field);
                let Some((value, period)) = self.value(row, key) else {
                    return ListCell { number, ..plain(String::new()) };
                };
                let text = scale
                    .and_then(|scale| scale.write(&value))
                    .unwrap_or_else(|| words::value(field, &value, self.lang));
                let exact = match &value {
                    Value::Money(amount) => amount::exact(*amount, self.lang),
                    _ => String::new(),
                };
                let mut hint: Vec<String> =
                    period.into_iter().chain(Some(exact)).filter(|part| !part.is_empty()).collect();
                hint.extend(self.disputed(row, key));
                ListCell { hint: hint.join(" · "), number, ..plain(text) }
            }
        }
    }

    fn disputed(&self, row: &SubjectRow, column: &str) -> Option<String> {
        let at = super::query::extra(self.columns, self.listed).position(|key| key == column)?;
        let cell = row.cells.get(at)?.as_ref()?;
        (cell.mark == Mark::Disputed).then(|| self.lang.pick("来源不一", "sources disagree").to_owned())
    }

    /// The titles in force, those about to end marked, and how many more there are.
    fn titles(&self, row: &SubjectRow) -> (Vec<Badge>, String) {
        let standing = self.standing(row);
        let more = standing.len().saturating_sub(MOST_TITLES);
        let badges = standing.into_iter().take(MOST_TITLES).map(|(tone, name)| Badge::new(tone, name)).collect();
        (badges, if more > 0 { format!("+{more}") } else { String::new() })
    }

    /// Every title in force by its short name.
    fn standing(&self, row: &SubjectRow) -> Vec<(Tone, String)> {
        let field = self.catalogue.field("qualification_code");
        let mut standing: Vec<(Tone, String)> = Vec::new();
        for title in &row.titles {
            let held = Held { title: title.title.clone(), from: title.valid_from, to: title.valid_to };
            let (tone, _) = ladder::state(&held, self.today, self.lang);
            if matches!(tone, Tone::Ok | Tone::Warn) {
                let name = field.and_then(|field| field.choice(&title.title));
                let name = name.map_or_else(|| title.title.clone(), |choice| short_choice(choice, self.lang));
                if !standing.iter().any(|(_, other)| *other == name) {
                    standing.push((tone, name));
                }
            }
        }
        standing
    }

    /// A column's cell in an export: figures as figures, everything else in words.
    pub fn out(&self, row: &SubjectRow, column: &str) -> OutCell {
        match column {
            "name" => text(row.name.clone()),
            "@titles" => {
                let names: Vec<String> = self.standing(row).into_iter().map(|(_, name)| name).collect();
                text(names.join(self.lang.pick("、", ", ")))
            }
            "@conflicts" => OutCell::Number(row.conflicts_open.into()),
            key if key.starts_with('@') => text(self.cell(row, key, None).text),
            key => match (self.catalogue.field(key), self.value(row, key)) {
                (Some(field), Some((value, _))) => OutCell::of(&value, field, self.lang),
                _ => OutCell::Empty,
            },
        }
    }
}

fn text(words: String) -> OutCell {
    if words.is_empty() { OutCell::Empty } else { OutCell::Text(words) }
}

/// Whether a field's values stand on the right.
pub fn is_figure(field: &Field) -> bool {
    crate::register::subject::is_number(field)
}

/// The label without the words in brackets that only tell it from a sibling.
fn short_label(field: &Field, kind: SubjectKind, lang: Lang) -> String {
    let label = field.label(kind, lang);
    match (field.key.as_str(), lang) {
        ("uscc", Lang::Zh) => "信用代码".to_owned(),
        ("uscc", Lang::En) => "Credit code".to_owned(),
        ("industry_code", Lang::Zh) => "行业".to_owned(),
        ("operating_revenue", Lang::Zh) => "营业收入".to_owned(),
        ("rd_expense", Lang::Zh) => "研发费用".to_owned(),
        ("rd_expense", Lang::En) => "R&D expense".to_owned(),
        ("year_end_employees", Lang::Zh) => "从业人员".to_owned(),
        ("year_end_employees", Lang::En) => "Employees".to_owned(),
        _ => label.to_owned(),
    }
}

/// The short name officers use for a title: 高企 for 高新技术企业, HNTE in English.
fn short_choice(choice: &kernel::catalogue::Choice, lang: Lang) -> String {
    let shortest = choice.aliases.iter().min_by_key(|alias| alias.chars().count());
    match (lang, shortest) {
        (Lang::Zh, Some(alias)) => alias.clone(),
        // The abbreviations of the English texts of the regulations; the whole name would fill a row of its own.
        (Lang::En, _) if ["hnte", "srdi", "tase"].contains(&choice.key.as_str()) => choice.key.to_uppercase(),
        _ => choice.label(lang).to_owned(),
    }
}
