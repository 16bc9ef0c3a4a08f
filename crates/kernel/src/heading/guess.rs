//! Guessing the columns of a sheet from its first rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::map::{ColumnMap, ColumnPeriod, MappedColumn};
use super::{Heading, read_heading, read_period};
use crate::catalogue::{Catalogue, Field, FieldType, PeriodKind};
use crate::cell::{ColumnUnit, Written, written_unit};
use crate::lang::{Lang, Said};
use crate::name::similarity_of_keys;
use crate::period::Period;
use crate::subject::SubjectKind;
use crate::text;

/// The rows in which a head is looked for, and the most rows a head has.
const SEARCHED_ROWS: usize = 15;
const TALLEST_HEAD: usize = 3;

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Meaning {
    /// Cells of a field.
    Field {
        /// The field's key.
        field: String,
        /// The period of the facts.
        period: ColumnPeriod,
        /// The unit.
        unit: ColumnUnit,
    },
    /// The year of the row.
    YearOfRow,
    /// A running number, which says nothing.
    Ignored,
    /// No heading.
    Empty,
    /// A heading nobody knows.
    Unknown {
        /// The key of the field whose name is nearest, where one is near.
        nearest: Option<String>,
    },
    /// A field that needs a period, and neither heading nor row gives one.
    NoPeriod {
        /// The field's key.
        field: String,
        /// The unit.
        unit: ColumnUnit,
    },
    /// A period that the field cannot have: a year for what simply is so.
    WrongPeriod {
        /// The field's key.
        field: String,
        /// The period in the heading.
        period: Period,
    },
    /// A unit in which the field is not measured.
    WrongUnit {
        /// The field's key.
        field: String,
        /// The unit as written.
        unit: String,
    },
    /// A field that the register computes.
    Derived {
        /// The field's key.
        field: String,
    },
    /// A second column for one fact.
    Twice {
        /// The field's key.
        field: String,
        /// The column, counted from 0, that states the fact already.
        first: usize,
    },
}

/// One column with what it is taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessedColumn {
    /// The column, counted from 0.
    pub index: usize,
    /// Its heading as written, rows of the head joined by a space.
    pub heading: String,
    /// What it is taken for.
    pub meaning: Meaning,
}

/// The columns of a sheet as guessed, to be confirmed by a person or taken where nothing is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnGuess {
    /// The first row of the head, counted from 0.
    pub first_head_row: usize,
    /// The first row of data, counted from 0.
    pub first_data_row: usize,
    /// Every column.
    pub columns: Vec<GuessedColumn>,
    /// A year in the title above the head. It is only offered: columns without a year take it
    /// when a person says so, see [`ColumnGuess::take_period`].
    pub title_period: Option<Period>,
}

/// Something about the head that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadFault {
    /// The column, counted from 0; `None` where the fault is the whole head's.
    pub column: Option<usize>,
    /// The heading as written.
    pub found: String,
    /// What was expected.
    pub expected: Said,
    /// The whole message.
    pub message: Said,
}

/// Guesses the columns of a sheet about subjects of one kind.
///
/// `rows` are the first rows of the sheet (15 are enough) with merged cells filled in: every cell
/// of a merged area carries its text. Titles, notes and a line such as 单位：万元 above the head
/// are passed over; the head may have up to three rows, year above label or label above year.
pub fn guess_columns(rows: &[Vec<String>], kind: SubjectKind, catalogue: &Catalogue) -> ColumnGuess {
    let rows = &rows[..rows.len().min(SEARCHED_ROWS)];
    let mut best: Option<(i32, ColumnGuess)> = None;
    for height in 1..=TALLEST_HEAD {
        for first in 0..(rows.len() + 1).saturating_sub(height) {
            let guess = guess_at(rows, first, height, kind, catalogue);
            let score = score(&guess);
            if score > best.as_ref().map_or(0, |(best, _)| *best) {
                best = Some((score, guess));
            }
        }
    }
    let mut guess = best.map(|(_, guess)| guess).unwrap_or_default();
    guess.look_for_nearest(rows, kind, catalogue);
    guess
}

/// How much of a head is understood. A lower or taller head has to understand more to be taken.
fn score(guess: &ColumnGuess) -> i32 {
    let points = |column: &GuessedColumn| match column.meaning {
        Meaning::Field { .. } | Meaning::YearOfRow => 8,
        Meaning::NoPeriod { .. } | Meaning::WrongUnit { .. } | Meaning::Derived { .. } => 5,
        Meaning::WrongPeriod { .. } | Meaning::Twice { .. } => 3,
        Meaning::Ignored => 2,
        Meaning::Unknown { .. } | Meaning::Empty => 0,
    };
    guess.columns.iter().map(points).sum()
}

fn guess_at(
    rows: &[Vec<String>],
    first: usize,
    height: usize,
    kind: SubjectKind,
    catalogue: &Catalogue,
) -> ColumnGuess {
    let above = &rows[..first];
    let head: Vec<&[String]> =
        rows[first..first + height].iter().filter(|row| !is_title(row)).map(Vec::as_slice).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let default_unit = rows[..first + height].iter().flatten().find_map(|cell| unit_line(cell));
    let year_given = (0..width).any(|column| is_year_label(&joined(&head, column)));
    let reader = Reader { kind, catalogue, default_unit, year_given };
    let mut columns: Vec<GuessedColumn> = (0..width).map(|column| reader.column(&head, column)).collect();
    mark_doubles(&mut columns);
    ColumnGuess {
        first_head_row: first,
        first_data_row: first + height,
        columns,
        title_period: above.iter().flatten().find_map(|cell| title_period(cell)),
    }
}

/// Whether a row is one text over its whole width: a title, not a part of the head.
fn is_title(row: &[String]) -> bool {
    let mut cells = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let Some(first) = cells.next() else { return true };
    let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
    filled > 1 && filled == row.len() && cells.all(|cell| cell == first)
}

/// The money unit in a line such as `单位：万元` or `（金额单位：万元）`.
fn unit_line(cell: &str) -> Option<String> {
    let folded = text::fold(cell);
    let (_, unit) = folded.split_once("单位:")?;
    let units = unit.split([',', '、', ';', ')', ' ', '，']).map(str::trim);
    units.into_iter().find(|unit| matches!(written_unit(unit), Written::Money(_))).map(str::to_owned)
}

/// The year in a title: `高新区2025年企业统计表`.
fn title_period(cell: &str) -> Option<Period> {
    let folded = text::fold(cell);
    let years = folded.match_indices('年').filter_map(|(at, _)| folded.get(at.checked_sub(4)?..at));
    years.filter_map(|year| year.parse::<Period>().ok()).find(|period| matches!(period, Period::Year(_)))
}

fn is_year_label(label: &str) -> bool {
    let labels = [
        "年度",
        "年份",
        "会计年度",
        "统计年度",
        "所属年度",
        "数据年度",
        "报告年度",
        "填报年度",
        "所属年份",
        "数据年份",
        "year",
        "fiscalyear",
    ];
    labels.contains(&text::label_key(label).as_str())
}

fn is_running_number(label: &str) -> bool {
    ["序号", "序", "行号", "no", "#", "排序", "顺序号"].contains(&text::label_key(label).as_str())
}

/// The texts of a column's head from the top down, each once.
fn texts<'a>(head: &[&'a [String]], column: usize) -> Vec<&'a str> {
    let mut texts: Vec<&str> = Vec::new();
    for row in head {
        let cell = row.get(column).map_or("", |cell| cell.trim());
        let cell = if cell.is_empty() && is_period_row(row) { left_of(row, column) } else { cell };
        if !cell.is_empty() && !texts.contains(&cell) {
            texts.push(cell);
        }
    }
    let only_periods = !texts.is_empty() && texts.iter().all(|text| read_period(&text::fold(text)).is_some());
    if only_periods && let Some(label) = head.first().map(|row| left_of(row, column)).filter(|label| !label.is_empty())
    {
        texts.insert(0, label);
    }
    texts
}

/// Whether a row holds nothing but periods: the years over groups of columns, each written once.
fn is_period_row(row: &[String]) -> bool {
    let mut filled = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| read_period(&text::fold(cell)).is_some())
}

fn left_of(row: &[String], column: usize) -> &str {
    let before = row.iter().take(column + 1).map(|cell| cell.trim());
    before.rev().find(|cell| !cell.is_empty()).unwrap_or_default()
}

fn joined(head: &[&[String]], column: usize) -> String {
    texts(head, column).join(" ")
}

/// Words over a column that change what a figure means, so that it is not the plain field.
const CHANGED: &[&str] = &[
    "上年", "去年", "同期", "上期", "累计", "计划", "目标", "预计", "预测", "增长", "增速", "增幅", "同比", "环比",
    "占比", "比重", "人均", "户均", "亩均", "平均", "其中",
];

struct Reader<'a> {
    kind: SubjectKind,
    catalogue: &'a Catalogue,
    /// The money unit of a line above the head.
    default_unit: Option<String>,
    /// Whether a column names the year of each row.
    year_given: bool,
}

impl Reader<'_> {
    fn column(&self, head: &[&[String]], index: usize) -> GuessedColumn {
        let texts = texts(head, index);
        let heading = texts.join(" ");
        GuessedColumn { index, meaning: self.meaning(&texts, &heading), heading }
    }

    fn meaning(&self, texts: &[&str], heading: &str) -> Meaning {
        if texts.is_empty() {
            return Meaning::Empty;
        }
        if is_year_label(heading) {
            return Meaning::YearOfRow;
        }
        if is_running_number(heading) {
            return Meaning::Ignored;
        }
        if let Some(field) = self.catalogue.field_by_heading(self.kind, heading) {
            return self.of_field(field, None, None);
        }
        let parts: Vec<Heading> = texts.iter().map(|text| read_heading(text)).collect();
        let labels: Vec<&str> =
            parts.iter().map(|part| part.label.as_str()).filter(|label| !label.is_empty()).collect();
        match self.field_of(&labels) {
            Some(field) => {
                let unit = parts.iter().rev().find_map(|part| part.unit.as_deref());
                self.of_field(field, parts.iter().rev().find_map(|part| part.period), unit)
            }
            None => Meaning::Unknown { nearest: None },
        }
    }

    /// The field that the labels of one column name together: all of them joined, or the lowest
    /// where those above it are only the name of a group.
    fn field_of(&self, labels: &[&str]) -> Option<&Field> {
        let (last, groups) = labels.split_last()?;
        let by_heading = |label: &str| self.catalogue.field_by_heading(self.kind, label);
        if let Some(field) = by_heading(&labels.concat()) {
            return Some(field);
        }
        if groups.iter().any(|group| CHANGED.iter().any(|word| group.contains(word))) {
            return None;
        }
        let names_amount = ["金额", "数值", "数量"].contains(last) && groups.len() == 1;
        if names_amount { by_heading(groups[0]) } else { by_heading(last) }
    }

    fn of_field(&self, field: &Field, period: Option<Period>, unit: Option<&str>) -> Meaning {
        let key = field.key.clone();
        if !field.is_importable() {
            return Meaning::Derived { field: key };
        }
        let is_money = field.kind == FieldType::Money;
        let written = unit.or(self.default_unit.as_deref().filter(|_| is_money)).unwrap_or_default();
        let Some(unit) = ColumnUnit::read(written, field) else {
            return Meaning::WrongUnit { field: key, unit: written.to_owned() };
        };
        match (field.period, period) {
            (PeriodKind::None, None) => Meaning::Field { field: key, period: ColumnPeriod::None, unit },
            (PeriodKind::None, Some(period)) => Meaning::WrongPeriod { field: key, period },
            (_, None) if self.year_given => Meaning::Field { field: key, period: ColumnPeriod::OfRow, unit },
            (_, None) => Meaning::NoPeriod { field: key, unit },
            (kind, Some(period)) => match fitted(kind, period) {
                Some(period) => Meaning::Field { field: key, period: ColumnPeriod::Fixed(period), unit },
                None => Meaning::WrongPeriod { field: key, period },
            },
        }
    }
}

/// The field whose heading is most like a label, if any is.
fn nearest(label: &str, kind: SubjectKind, catalogue: &Catalogue) -> Option<String> {
    let label = text::label_key(label);
    let candidates = catalogue.headings_of(kind);
    let likely = candidates.map(|(heading, field)| (similarity_of_keys(&label, heading), field));
    let best = likely.max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.key.cmp(&one.1.key)))?;
    (best.0 >= 0.55).then(|| best.1.key.clone())
}

/// The period as the field has it: the stand on the last day of a year is the year's.
fn fitted(kind: PeriodKind, period: Period) -> Option<Period> {
    match (kind, period) {
        (PeriodKind::Year, Period::Year(_))
        | (PeriodKind::Quarter, Period::Quarter(..))
        | (PeriodKind::Month, Period::Month(..))
        | (PeriodKind::Day, Period::Day(_)) => Some(period),
        (PeriodKind::Year, Period::Day(day) | Period::AsOf(day)) if day.month() == 12 && day.day() == 31 => {
            Some(Period::Year(day.year()))
        }
        _ => None,
    }
}

fn mark_doubles(columns: &mut [GuessedColumn]) {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for column in columns {
        let fact = match &column.meaning {
            Meaning::Field { field, period, .. } => (field.clone(), format!("{period:?}")),
            Meaning::NoPeriod { field, .. } => (field.clone(), "?".to_owned()),
            Meaning::YearOfRow => (String::new(), String::new()),
            _ => continue,
        };
        let field = fact.0.clone();
        let first = *seen.entry(fact).or_insert(column.index);
        if first != column.index {
            column.meaning = Meaning::Twice { field, first };
        }
    }
}

impl ColumnGuess {
    /// Looks for the field that each unknown column may mean. It is done for the head that was
    /// chosen only: a heading is compared with every heading of the catalogue.
    fn look_for_nearest(&mut self, rows: &[Vec<String>], kind: SubjectKind, catalogue: &Catalogue) {
        let head: Vec<&[String]> = rows[self.first_head_row..self.first_data_row]
            .iter()
            .filter(|row| !is_title(row))
            .map(Vec::as_slice)
            .collect();
        for column in &mut self.columns {
            if let Meaning::Unknown { nearest: found } = &mut column.meaning {
                let labels = texts(&head, column.index).into_iter().map(|text| read_heading(text).label);
                let label = labels.rev().find(|label| !label.is_empty());
                *found = nearest(label.as_deref().unwrap_or(&column.heading), kind, catalogue);
            }
        }
    }

    /// The map that reads the columns whose meaning is settled.
    pub fn map(&self) -> ColumnMap {
        let mut map = ColumnMap { first_data_row: self.first_data_row, ..ColumnMap::default() };
        for column in &self.columns {
            match &column.meaning {
                Meaning::Field { field, period, unit } => map.columns.push(MappedColumn {
                    index: column.index,
                    heading: column.heading.clone(),
                    field: field.clone(),
                    period: *period,
                    unit: *unit,
                }),
                Meaning::YearOfRow => map.year_column = Some(column.index),
                _ => {}
            }
        }
        map
    }

    /// Gives a period to the columns that need one and have none.
    pub fn take_period(&mut self, period: Period) {
        for column in &mut self.columns {
            if let Meaning::NoPeriod { field, unit } = &column.meaning {
                column.meaning =
                    Meaning::Field { field: field.clone(), period: ColumnPeriod::Fixed(period), unit: *unit };
            }
        }
        mark_doubles(&mut self.columns);
    }

    /// Whether a column says which subject a row is about.
    pub fn names_subject(&self, kind: SubjectKind) -> bool {
        let known: &[&str] = if kind.is_record() { &["owner_uscc", "owner_name"] } else { &["uscc", "name"] };
        self.columns
            .iter()
            .any(|column| matches!(&column.meaning, Meaning::Field { field, .. } if known.contains(&field.as_str())))
    }

    /// What a person should look at: unknown headings with the nearest name, missing years, units
    /// that do not fit, two columns for one fact, no column that names the subject.
    pub fn faults(&self, kind: SubjectKind, catalogue: &Catalogue) -> Vec<HeadFault> {
        let mut faults: Vec<HeadFault> =
            self.columns.iter().filter_map(|column| column.fault(kind, catalogue)).collect();
        if !self.names_subject(kind) {
            let expected = match kind.is_record() {
                true => Said::new(
                    "“统一社会信用代码”或“企业名称”一列",
                    "a column with the credit code or name of the owner",
                ),
                false => Said::new("“统一社会信用代码”或名称一列", "a column with the credit code or the name"),
            };
            let message = Said::new(
                format!("表头中没有{}，无法知道每一行是谁。请检查表头是否在前 {SEARCHED_ROWS} 行。", expected.zh),
                format!(
                    "The head lacks {}, so nobody can tell whom a row is about. Is the head in the first {SEARCHED_ROWS} rows?",
                    expected.en
                ),
            );
            faults.insert(0, HeadFault { column: None, found: String::new(), expected, message });
        }
        faults
    }
}

impl GuessedColumn {
    fn fault(&self, kind: SubjectKind, catalogue: &Catalogue) -> Option<HeadFault> {
        let label = |key: &str, lang| catalogue.field(key).map_or(key, |field| field.label(kind, lang)).to_owned();
        let pair = |key: &str| (label(key, Lang::Zh), label(key, Lang::En));
        let known = Said::new("字段目录中的名称或键名", "a label or key of the field catalogue");
        let (expected, zh, en) = match &self.meaning {
            Meaning::Unknown { nearest: Some(key) } => {
                let (zh, en) = pair(key);
                (
                    Said::new(zh.clone(), en.clone()),
                    format!("目录中没有这一列，最接近的是“{zh}”，请确认或忽略"),
                    format!("is not in the catalogue; the nearest is “{en}”. Confirm or skip it"),
                )
            }
            Meaning::Unknown { nearest: None } => (
                known,
                "目录中没有这一列，请指定字段或忽略".to_owned(),
                "is not in the catalogue. Choose a field or skip it".to_owned(),
            ),
            Meaning::NoPeriod { .. } => (
                Said::new(
                    "表头中的年份，如 2025，或“年度”一列",
                    "a year in the heading, such as 2025, or a column 年度",
                ),
                "没有年份，请在表头写明，或指定一个年份".to_owned(),
                "has no year. Write it into the heading or choose one".to_owned(),
            ),
            Meaning::WrongPeriod { field, period } => {
                let (zh, en) = pair(field);
                (
                    Said::new(format!("“{zh}”自己的期间"), format!("a period of “{en}”")),
                    format!("“{zh}”不能按 {period} 填报"),
                    format!("gives {period}, which “{en}” cannot have"),
                )
            }
            Meaning::WrongUnit { field, unit } => {
                let (zh, en) = pair(field);
                let own = catalogue.field(field).map(|field| field.unit.clone()).unwrap_or_default();
                (
                    Said::new(format!("单位 {own}"), format!("the unit {own}")),
                    format!("“{zh}”不能用单位 {unit}"),
                    format!("is in {unit}, in which “{en}” is not measured"),
                )
            }
            Meaning::Derived { field } => {
                let (zh, en) = pair(field);
                (
                    known,
                    format!("“{zh}”由系统计算，这一列不导入"),
                    format!("is “{en}”, which the register computes; the column is not imported"),
                )
            }
            Meaning::Twice { first, .. } => (
                Said::new("每项事实只有一列", "one column for each fact"),
                format!("与第 {} 列说的是同一项，请只保留一列", first + 1),
                format!("states the same as column {}. Keep one of them", first + 1),
            ),
            Meaning::Field { .. } | Meaning::YearOfRow | Meaning::Ignored | Meaning::Empty => return None,
        };
        let message = Said::new(format!("“{}”：{zh}。", self.heading), format!("“{}” {en}.", self.heading));
        Some(HeadFault { column: Some(self.index), found: self.heading.clone(), expected, message })
    }
}
