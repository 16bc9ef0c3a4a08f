//! Which sheets of a workbook speak of enterprises, and which list records of them.

use std::sync::Arc;

use kernel::heading::{ColumnGuess, Meaning, guess_columns, read_heading};
use kernel::lang::Said;
use kernel::text::label_key;
use kernel::{Catalogue, Period, SubjectKind};
use reports::sheet::{Limits, Workbook};

use super::{Years, is_blank};
use crate::head;
use crate::sheets::understood_columns;
use crate::{IntakeError, Plan};

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
        let named = kind_of_name(&sheet.name);
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
fn kinds() -> impl Iterator<Item = SubjectKind> {
    SubjectKind::ALL.iter().copied().filter(|kind| *kind == SubjectKind::Enterprise || kind.is_record())
}

/// The kind a sheet is named after: 知识产权, intellectual_property, 企业资质.
fn kind_of_name(name: &str) -> Option<SubjectKind> {
    let key = label_key(name);
    let exact = kinds().find(|kind| [kind.key(), kind.zh(), kind.en()].iter().any(|own| label_key(own) == key));
    // 企业知识产权清单 lists records, though it begins with 企业.
    exact.or_else(|| kinds().filter(|kind| kind.is_record()).find(|kind| name.contains(kind.zh())))
}

/// The kind a sheet is about: the one it is named after where its head fits, else the one of which
/// most columns are understood, enterprises first.
fn kind_of(
    first: &[Vec<String>],
    named: Option<SubjectKind>,
    several: bool,
    catalogue: &Catalogue,
) -> Option<(SubjectKind, ColumnGuess)> {
    let mut best: Option<(usize, SubjectKind, ColumnGuess)> = None;
    for kind in kinds() {
        let guess = guess_columns(first, kind, catalogue);
        if !guess.names_subject(kind) {
            continue;
        }
        if named == Some(kind) {
            return Some((kind, guess));
        }
        let understood = understood_columns(&guess);
        if best.as_ref().is_none_or(|(most, ..)| understood > *most) {
            best = Some((understood, kind, guess));
        }
    }
    let (understood, kind, guess) = best?;
    // One known word among many others is a page of notes, not a head.
    let notes = several && understood < 2 && guess.columns.len() > 2;
    (!notes).then_some((kind, guess))
}
