//! A subject's figures: fields grouped under the catalogue's headings, years side by side.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Catalogue, FactKey, Field, Lang, Period, Shown, Standing, SubjectKind, Value, View};

use crate::register::amount::{self, Scale};
use crate::register::words;
use crate::ui::Spark;

/// How many years stand side by side; earlier ones are behind a switch.
pub const YEARS: usize = 5;

/// The figures of a subject.
#[derive(Debug, Default)]
pub struct Figures {
    /// The years, the oldest first.
    pub years: Vec<String>,
    /// The groups that have a figure.
    pub groups: Vec<FigureGroup>,
    /// How many years lie before the first one shown.
    pub earlier: usize,
}

/// Fields under one heading of the catalogue.
#[derive(Debug)]
pub struct FigureGroup {
    /// The heading.
    pub title: String,
    /// Its fields that have a figure in one of the years.
    pub rows: Vec<FigureRow>,
}

/// One field.
#[derive(Debug)]
pub struct FigureRow {
    /// The field's key.
    pub key: String,
    /// The label.
    pub label: String,
    /// The unit of the row; empty for words.
    pub unit: String,
    /// Where the field's definition stands, for whoever points at the label.
    pub definition: String,
    /// One cell for each year; `None` where nothing is known.
    pub cells: Vec<Option<FigureCell>>,
    /// The line through the figures; none for words and for a single figure.
    pub spark: Option<Spark>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureCell {
    /// What is shown.
    pub text: String,
    /// The exact figure, and what stands behind it, for whoever points at it.
    pub hint: String,
    /// The statement that leads to its cell.
    pub seq: i64,
    /// The fact, as addresses write it.
    pub fact: String,
    /// How it stands among its sources.
    pub standing: Mark,
}

/// How a figure stands, as pages mark it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing to say.
    Agreed,
    /// Sources disagree: so many of them.
    Disputed(usize),
    /// A person settled it.
    Settled,
}

impl Mark {
    /// The mark of a fact.
    pub fn of(shown: &Shown) -> Self {
        match shown.standing {
            Standing::Agreed => Mark::Agreed,
            Standing::Disputed => Mark::Disputed(shown.said.len()),
            Standing::Settled(_) => Mark::Settled,
        }
    }

    /// Whether sources disagree and nobody has settled it.
    pub fn is_disputed(self) -> bool {
        matches!(self, Mark::Disputed(_))
    }

    /// Whether a person settled it.
    pub fn is_settled(self) -> bool {
        matches!(self, Mark::Settled)
    }

    /// The mark in words; nothing for what is agreed.
    pub fn say(self, lang: Lang) -> String {
        match (self, lang) {
            (Mark::Agreed, _) => String::new(),
            (Mark::Disputed(count), Lang::Zh) => format!("{count} 个来源说法不一，尚未核定"),
            (Mark::Disputed(count), Lang::En) => format!("{count} sources disagree; not settled"),
            (Mark::Settled, lang) => lang.pick("来源不一，已核定", "sources disagreed; settled").to_owned(),
        }
    }
}

/// The figures of a view by year. `every` shows all years instead of the last [`YEARS`].
pub fn figures(view: &View, catalogue: &Catalogue, kind: SubjectKind, lang: Lang, every: bool) -> Figures {
    let by_field = by_field(view);
    let years: BTreeSet<Period> = by_field.values().flat_map(|facts| facts.keys().copied()).collect();
    let skipped = if every { 0 } else { years.len().saturating_sub(YEARS) };
    let years: Vec<Period> = years.into_iter().skip(skipped).collect();
    let groups = catalogue
        .groups_of(kind)
        .filter_map(|(group, fields)| {
            let rows: Vec<FigureRow> = fields
                .into_iter()
                .filter_map(|field| row(field, kind, by_field.get(field.key.as_str())?, &years, lang))
                .collect();
            (!rows.is_empty()).then(|| FigureGroup { title: group.label(lang).to_owned(), rows })
        })
        .collect();
    Figures { years: years.iter().map(ToString::to_string).collect(), groups, earlier: skipped }
}

type ByField<'a> = BTreeMap<&'a str, BTreeMap<Period, (&'a FactKey, &'a Shown)>>;

/// The facts that speak of a year, by field.
fn by_field(view: &View) -> ByField<'_> {
    let mut found = ByField::new();
    for (key, shown) in &view.facts {
        if let Some(period @ Period::Year(_)) = key.period {
            found.entry(key.field.as_str()).or_default().insert(period, (key, shown));
        }
    }
    found
}

fn row(
    field: &Field,
    kind: SubjectKind,
    facts: &BTreeMap<Period, (&FactKey, &Shown)>,
    years: &[Period],
    lang: Lang,
) -> Option<FigureRow> {
    let shown: Vec<Option<&(&FactKey, &Shown)>> = years.iter().map(|year| facts.get(year)).collect();
    let values = shown.iter().flatten().map(|(_, shown)| &shown.value);
    values.clone().next()?;
    let scale = Scale::of(field, values.clone());
    let cells = shown.iter().map(|fact| fact.map(|(key, shown)| cell(field, key, shown, scale, lang))).collect();
    let label = field.label(kind, lang).to_owned();
    let points: Vec<Option<f64>> =
        shown.iter().map(|fact| fact.and_then(|(_, shown)| amount::point(&shown.value))).collect();
    let drawn = points.iter().flatten().count() > 1;
    Some(FigureRow {
        key: field.key.clone(),
        unit: scale.unit(field, lang),
        definition: field.source.clone().unwrap_or_default(),
        cells,
        spark: drawn.then(|| Spark::new(points, format!("{label}{}", trend(values, lang)))),
        label,
    })
}

fn cell(field: &Field, key: &FactKey, shown: &Shown, scale: Scale, lang: Lang) -> FigureCell {
    let mark = Mark::of(shown);
    let text = scale.write(&shown.value).unwrap_or_else(|| words::value(field, &shown.value, lang));
    let exact = match &shown.value {
        Value::Money(amount) => amount::exact(*amount, lang),
        value => words::value(field, value, lang),
    };
    let said = mark.say(lang);
    let hint = if said.is_empty() { exact } else { format!("{exact}{}{said}", lang.pick("；", "; ")) };
    FigureCell { text, hint, seq: shown.seq, fact: key.to_string(), standing: mark }
}

/// The line in words, for those who cannot see it.
fn trend<'a>(values: impl Iterator<Item = &'a Value>, lang: Lang) -> String {
    let known: Vec<f64> = values.filter_map(amount::point).collect();
    match known.as_slice() {
        [.., before, last] if last > before => lang.pick("：较上年增加", ": up on the year before").to_owned(),
        [.., before, last] if last < before => lang.pick("：较上年减少", ": down on the year before").to_owned(),
        _ => lang.pick("：与上年持平", ": unchanged").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Money;

    fn shown(value: Value, standing: Standing) -> Shown {
        Shown { value, seq: 7, standing, said: Vec::new() }
    }

    fn view() -> View {
        let wan = |amount: i64| Value::Money(Money::from_fen(amount * 1_000_000));
        let mut view = View::default();
        for (year, amount) in [(2019, 1), (2020, 2), (2021, 3), (2022, 4), (2023, 7_860), (2025, 9_528)] {
            let standing = if year == 2025 { Standing::Disputed } else { Standing::Agreed };
            view.facts.insert(FactKey::of("operating_revenue", Period::Year(year)), shown(wan(amount), standing));
        }
        view.facts.insert(
            FactKey::of("year_end_employees", Period::Year(2023)),
            shown(Value::Integer(241), Standing::Settled(9)),
        );
        view.facts.insert(FactKey::timeless("name"), shown(Value::Text("甲公司".into()), Standing::Agreed));
        view
    }

    #[test]
    fn the_last_years_stand_side_by_side_and_a_missing_one_stays_empty() {
        let figures = figures(&view(), Catalogue::builtin(), SubjectKind::Enterprise, Lang::Zh, false);
        assert_eq!(figures.years, ["2020", "2021", "2022", "2023", "2025"]);
        assert_eq!(figures.earlier, 1);
        let finance = &figures.groups[0].rows[0];
        assert_eq!((finance.label.as_str(), finance.unit.as_str()), ("营业收入总额", "万元"));
        let texts: Vec<&str> = finance.cells.iter().flatten().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["2", "3", "4", "7,860", "9,528"]);
        let last = finance.cells[4].as_ref().unwrap();
        assert_eq!((last.fact.as_str(), last.seq), ("operating_revenue@2025", 7));
        assert!(last.standing.is_disputed() && last.hint.starts_with("95,280,000.00 元；"), "{}", last.hint);
        assert!(finance.spark.is_some());
        let people = &figures.groups[1].rows[0];
        assert_eq!(people.cells.iter().flatten().count(), 1);
        assert!(people.cells[3].as_ref().unwrap().standing.is_settled() && people.spark.is_none());
    }

    #[test]
    fn every_year_is_shown_when_asked_for_and_words_never_become_figures() {
        let figures = figures(&view(), Catalogue::builtin(), SubjectKind::Enterprise, Lang::En, true);
        assert_eq!((figures.years.len(), figures.earlier), (6, 0));
        assert!(figures.groups.iter().flat_map(|group| &group.rows).all(|row| row.key != "name"));
    }
}
