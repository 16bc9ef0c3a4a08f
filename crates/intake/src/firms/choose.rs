//! Which sheets of a workbook speak of enterprises, and which list records of them.

use std::sync::Arc;

use kernel::heading::{ColumnGuess, Meaning, read_heading};
use kernel::lang::Said;
use kernel::{Catalogue, Period, SubjectKind};
use reports::sheet::{Limits, Workbook};

use super::{Years, is_blank};
use crate::{IntakeError, Plan, choose, head};

/// The sheets to read.
pub(super) struct Chosen {
    /// How each is read.
    pub plans: Vec<Plan>,
    /// Kinds of record whose sheet is there and empty: nobody has any.
    pub empty: Vec<SubjectKind>,
    /// The sheets that are passed over, and why.
    pub notes: Vec<Said>,
}

/// Looks at every sheet that is not hidden.
pub(super) fn sheets(bytes: Arc<[u8]>, years: Years, catalogue: &Catalogue) -> Result<Chosen, IntakeError> {
    let mut book = Workbook::open(bytes, Limits::default())?;
    let mut chosen = Chosen { plans: Vec::new(), empty: Vec::new(), notes: Vec::new() };
    let sheets: Vec<_> = book.sheets().iter().filter(|sheet| sheet.worksheet && !sheet.hidden).cloned().collect();
    for sheet in &sheets {
        let first = head::first_rows(&mut book, &sheet.name)?;
        let named = choose::kind_of_name(&sheet.name, &kinds());
        if is_blank(&first) {
            chosen.empty.extend(named.filter(|kind| kind.is_record()));
            continue;
        }
        match kind_of(&first, named, sheets.len() > 1, catalogue) {
            Some((kind, guess)) => {
                let mut plan = Plan { sheet: Some(sheet.name.clone()), ..Plan::of(kind) };
                if guess.columns.iter().any(|one| matches!(one.meaning, Meaning::NoPeriod { .. })) {
                    plan.period = year_of(&sheet.name, &guess, years);
                    chosen.notes.extend(plan.period.filter(|_| years.given.is_none()).map(|year| {
                        Said::new(
                            format!("工作表“{}”中没有写年份的列，按 {year} 年读入；可用 --year 另行指定。", sheet.name),
                            format!(
                                "Columns of the sheet “{}” that name no year are read as {year}; --year names another.",
                                sheet.name
                            ),
                        )
                    }));
                }
                chosen.plans.push(plan);
            }
            None => chosen.notes.push(Said::new(
                format!("未读工作表“{}”：看不出它讲的是企业或企业的记录。", sheet.name),
                format!(
                    "The sheet “{}” was not read: it speaks neither of enterprises nor of their records.",
                    sheet.name
                ),
            )),
        }
    }
    if !chosen.plans.iter().any(|plan| plan.kind == SubjectKind::Enterprise) {
        return Err(IntakeError::NoEnterprises);
    }
    Ok(chosen)
}

/// The year of columns that name none: the one somebody named, that of the sheet's name or title,
/// else the usual one.
fn year_of(name: &str, guess: &ColumnGuess, years: Years) -> Option<Period> {
    let is_year = |period: &Period| matches!(period, Period::Year(_));
    let of_name = || read_heading(name).period.filter(is_year);
    let of_title = || guess.title_period.filter(is_year);
    years.given.map(Period::Year).or_else(of_name).or_else(of_title).or_else(|| years.usual.map(Period::Year))
}

/// The kinds a sheet can be about.
fn kinds() -> Vec<SubjectKind> {
    SubjectKind::ALL.iter().copied().filter(|kind| *kind == SubjectKind::Enterprise || kind.is_record()).collect()
}

/// The kind a sheet is about, where it is more than a page of notes.
fn kind_of(
    first: &[Vec<String>],
    named: Option<SubjectKind>,
    several: bool,
    catalogue: &Catalogue,
) -> Option<(SubjectKind, ColumnGuess)> {
    let (kind, guess) = choose::kind_of(first, named, &kinds(), catalogue)?;
    // One known word among many others is a page of notes, not a head.
    let notes = named != Some(kind) && several && choose::understood_columns(&guess) < 2 && guess.columns.len() > 2;
    (!notes).then_some((kind, guess))
}
