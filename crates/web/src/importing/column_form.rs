//! What a person entered about the columns, and what that comes to.

use std::collections::BTreeMap;

use intake::{ColumnChoice, Plan};
use kernel::cell::ColumnUnit;
use kernel::heading::{ColumnGuess, ColumnPeriod, GuessedColumn, Meaning};
use kernel::lang::Said;
use kernel::{Catalogue, Field, Lang, Period, PeriodKind, SubjectKind};

use crate::importing::columns::period;

/// What was entered about one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The field's label or key.
    pub field: String,
    /// The period.
    pub period: String,
    /// The unit.
    pub unit: String,
    /// Whether the column is left out.
    pub skip: bool,
}

/// What was entered.
#[derive(Debug, Clone, Default)]
pub struct Entered {
    /// The period of columns without one.
    pub period: String,
    /// Whether columns nobody knows are left out.
    pub skip_unknown: bool,
    /// The columns from 0.
    pub columns: BTreeMap<usize, Typed>,
}

/// What is wrong with what was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The column from 0.
    pub column: usize,
    /// What is wrong, and what to do.
    pub said: Said,
}

impl Entered {
    /// Reads the form. A suggestion that was taken stands in the place of the field.
    pub fn read(fields: &[(String, String)], catalogue: &Catalogue, kind: SubjectKind, lang: Lang) -> Self {
        let mut entered = Self::default();
        let mut taken = None;
        for (name, value) in fields {
            let value = value.trim().to_owned();
            match name.split_once('-') {
                None if name == "period" => entered.period = value,
                None if name == "skip_unknown" => entered.skip_unknown = true,
                None if name == "take" => {
                    taken = value.split_once(':').map(|(at, key)| (at.to_owned(), key.to_owned()))
                }
                Some((what, at)) => {
                    let Ok(at) = at.parse::<usize>() else { continue };
                    let typed = entered.columns.entry(at).or_default();
                    match what {
                        "field" => typed.field = value,
                        "period" => typed.period = value,
                        "unit" => typed.unit = value,
                        "skip" => typed.skip = true,
                        _ => {}
                    }
                }
                None => {}
            }
        }
        if let Some((at, key)) = taken
            && let (Ok(at), Some(field)) = (at.parse::<usize>(), catalogue.field(&key))
        {
            entered.columns.entry(at).or_default().field = field.label(kind, lang).to_owned();
        }
        entered
    }

    /// The plan with what was entered.
    ///
    /// # Errors
    /// Every column about which something does not fit.
    pub fn decide(&self, plan: &Plan, guess: &ColumnGuess, catalogue: &Catalogue) -> Result<Plan, Vec<Wrong>> {
        let mut decided = plan.clone();
        decided.skip_unknown = self.skip_unknown;
        decided.period = period(&self.period);
        let has_year = guess.columns.iter().any(|column| column.meaning == Meaning::YearOfRow);
        let reader = Reader { catalogue, kind: plan.kind, has_year, period: decided.period };
        let mut wrong = Vec::new();
        for column in &guess.columns {
            let Some(typed) = self.columns.get(&column.index) else { continue };
            match reader.choice(column, typed) {
                Ok(Some(choice)) if is_as_guessed(&choice, &column.meaning) => {}
                Ok(Some(choice)) => {
                    decided.columns.insert(column.index, choice);
                }
                Ok(None) => {
                    decided.columns.remove(&column.index);
                }
                Err(said) => wrong.push(Wrong { column: column.index, said }),
            }
        }
        if wrong.is_empty() { Ok(decided) } else { Err(wrong) }
    }
}

/// Whether a choice says what is taken anyway: by the guess, or by a choice made before.
fn is_as_guessed(choice: &ColumnChoice, meaning: &Meaning) -> bool {
    match (choice, meaning) {
        (ColumnChoice::Skip, Meaning::Ignored) => true,
        (ColumnChoice::Field { field, period, unit }, Meaning::Field { field: of, period: at, unit: inn }) => {
            (field, period, unit) == (of, at, inn)
        }
        _ => false,
    }
}

struct Reader<'a> {
    catalogue: &'a Catalogue,
    kind: SubjectKind,
    has_year: bool,
    period: Option<Period>,
}

impl Reader<'_> {
    fn choice(&self, column: &GuessedColumn, typed: &Typed) -> Result<Option<ColumnChoice>, Said> {
        if typed.skip {
            return Ok(Some(ColumnChoice::Skip));
        }
        if typed.field.is_empty() || column.meaning == Meaning::YearOfRow {
            return Ok(None);
        }
        let field = self.field(&typed.field)?;
        // A column whose only fault is its missing year takes the year given for all such columns.
        if let Meaning::NoPeriod { field: guessed, .. } = &column.meaning
            && *guessed == field.key
            && typed.period.is_empty()
        {
            return Ok(None);
        }
        let unit = unit(field, &typed.unit, &column.meaning)?;
        let period = self.period(field, &typed.period)?;
        Ok(Some(ColumnChoice::Field { field: field.key.clone(), period, unit }))
    }

    fn field(&self, typed: &str) -> Result<&Field, Said> {
        let field = self.catalogue.field_by_heading(self.kind, typed).or_else(|| self.catalogue.field(typed));
        match field.filter(|field| field.subjects.contains(&self.kind)) {
            Some(field) if field.is_importable() => Ok(field),
            Some(_) => Err(Said::new(
                format!("“{typed}”由系统计算，不能导入。请跳过这一列。"),
                format!("“{typed}” is computed by the register and never imported. Skip the column."),
            )),
            None => Err(Said::new(
                format!("目录中没有“{typed}”。请从列表中选择，或跳过这一列。"),
                format!("The catalogue has no “{typed}”. Choose one from the list, or skip the column."),
            )),
        }
    }

    fn period(&self, field: &Field, typed: &str) -> Result<ColumnPeriod, Said> {
        if field.period == PeriodKind::None {
            return Ok(ColumnPeriod::None);
        }
        if ["随行", "of row"].contains(&typed) || (typed.is_empty() && self.has_year) {
            return match self.has_year {
                true => Ok(ColumnPeriod::OfRow),
                false => Err(Said::new(
                    "表中没有“年度”一列，请填写年份，如 2025。",
                    "The sheet has no column for the year; give one, such as 2025.",
                )),
            };
        }
        let read = if typed.is_empty() { self.period } else { period(typed) };
        match read.filter(|period| fits(field.period, *period)) {
            Some(period) => Ok(ColumnPeriod::Fixed(period)),
            None => {
                let (zh, en) = example(field.period);
                Err(Said::new(
                    format!("“{}”要写明{zh}，填的是“{typed}”。", field.label(self.kind, Lang::Zh)),
                    format!("“{}” needs {en}; “{typed}” was given.", field.label(self.kind, Lang::En)),
                ))
            }
        }
    }
}

fn fits(kind: PeriodKind, period: Period) -> bool {
    matches!(
        (kind, period),
        (PeriodKind::Year, Period::Year(_))
            | (PeriodKind::Quarter, Period::Quarter(..))
            | (PeriodKind::Month, Period::Month(..))
            | (PeriodKind::Day, Period::Day(_) | Period::AsOf(_))
    )
}

fn example(kind: PeriodKind) -> (&'static str, &'static str) {
    match kind {
        PeriodKind::Quarter => ("季度，如 2025Q3", "a quarter such as 2025Q3"),
        PeriodKind::Month => ("月份，如 2025-09", "a month such as 2025-09"),
        PeriodKind::Day => ("日期，如 2025-09-30", "a day such as 2025-09-30"),
        PeriodKind::Year | PeriodKind::None => ("年份，如 2025", "a year such as 2025"),
    }
}

fn unit(field: &Field, typed: &str, meaning: &Meaning) -> Result<ColumnUnit, Said> {
    // The unit shown for the column as it was understood stays what it is.
    if let Meaning::Field { field: guessed, unit, .. } = meaning
        && *guessed == field.key
        && unit.written(field) == typed
    {
        return Ok(*unit);
    }
    ColumnUnit::read(typed, field).ok_or_else(|| {
        let own = if field.unit.is_empty() { "—" } else { field.unit.as_str() };
        Said::new(
            format!("“{}”不能用单位“{typed}”，应为 {own}。", field.zh),
            format!("“{}” is not measured in “{typed}”; expected {own}.", field.en),
        )
    })
}
