//! Several sheets of one workbook, taken in together: all of them, or nothing.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::cell::ColumnUnit;
use kernel::heading::{ColumnGuess, Meaning, guess_columns, read_heading};
use kernel::lang::Said;
use kernel::money::MoneyUnit;
use kernel::{Catalogue, Period, SubjectKind, Value};
use reports::sheet::{Limits, Workbook};
use store::Store;
use store::access::Scope;

use crate::doubles::{naming_fields, text};
use crate::fault::Fault;
use crate::head;
use crate::load::{Incoming, Manner, Outcome, keep_out, load, rehearse_all};
use crate::read::{ReadRow, ReadSheet, read};
use crate::{Identified, IntakeError, Plan, identify};

/// A sheet of a workbook that is not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The sheet's name.
    pub sheet: String,
    /// Why.
    pub why: Said,
}

/// The sheets of a workbook that speak of one kind of subject: a plan for each, and those that
/// are passed over. Where the plan names a sheet, or none is understood, there is one plan: what
/// is wrong with that sheet is told as its faults.
///
/// A sheet whose columns lack a year takes it from its name (`2024年`), as workbooks with a sheet
/// for each year have it.
///
/// # Errors
/// [`IntakeError::Sheet`] when the file cannot be read.
pub fn sheets_of_kind(
    bytes: impl Into<Arc<[u8]>>,
    plan: &Plan,
    catalogue: &Catalogue,
) -> Result<(Vec<Plan>, Vec<PassedOver>), IntakeError> {
    let mut book = Workbook::open(bytes, Limits::default())?;
    let sheets = book.sheets().to_vec();
    if plan.sheet.is_some() || sheets.len() < 2 {
        return Ok((vec![plan.clone()], Vec::new()));
    }
    let (mut plans, mut passed_over) = (Vec::new(), Vec::new());
    for sheet in sheets {
        let own = Plan { sheet: Some(sheet.name.clone()), ..plan.clone() };
        let judged = match (sheet.worksheet, sheet.hidden) {
            (false, _) => Err(Said::new("不是工作表", "it is no worksheet")),
            (_, true) => Err(Said::new("已隐藏", "it is hidden")),
            _ => judge(&head::first_rows(&mut book, &sheet.name)?, own, catalogue),
        };
        match judged {
            Ok(own) => plans.push(own),
            Err(why) => passed_over.push(PassedOver { sheet: sheet.name, why }),
        }
    }
    if plans.is_empty() {
        return Ok((vec![plan.clone()], Vec::new()));
    }
    Ok((plans, passed_over))
}

/// The plan of a sheet that speaks of the plan's kind, or why it does not.
fn judge(first: &[Vec<String>], mut plan: Plan, catalogue: &Catalogue) -> Result<Plan, Said> {
    if first.iter().flatten().all(|text| text.trim().is_empty()) {
        return Err(Said::new("没有内容", "it is empty"));
    }
    let kind = plan.kind;
    let guess = head::understand(first, &plan, catalogue).guess;
    let others = SubjectKind::ALL.iter().copied().filter(|other| *other != kind);
    let guesses = others.map(|other| (other, guess_columns(first, other, catalogue)));
    let understood = guesses.filter(|(other, guess)| guess.names_subject(*other));
    // The first of those that are understood equally well, which are listed in the order of the menus.
    let likelier = understood
        .map(|(other, guess)| (understood_columns(&guess), other))
        .filter(|(columns, _)| *columns > understood_columns(&guess) || !guess.names_subject(kind))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match likelier {
        Some((columns, other)) if columns > 1 => {
            return Err(Said::new(
                format!("更像“{}”表，请用 --kind {} 另行导入", other.zh(), other.key()),
                format!("it reads like a sheet of the kind {0}; import it with --kind {0}", other.key()),
            ));
        }
        _ if !guess.names_subject(kind) => {
            return Err(Said::new("表头中没有代码或名称", "its head has neither a code nor a name"));
        }
        _ if 2 * understood_columns(&guess) < headings(&guess) => {
            return Err(Said::new("多数列认不出，像是说明", "most of its columns are unknown; it reads like notes"));
        }
        _ => {}
    }
    let lacks_year = guess.columns.iter().any(|column| matches!(column.meaning, Meaning::NoPeriod { .. }));
    if plan.period.is_none() && lacks_year {
        let name = plan.sheet.as_deref().unwrap_or_default();
        plan.period = read_heading(name).period.filter(|period| matches!(period, Period::Year(_)));
    }
    Ok(plan)
}

/// How many columns are taken for something.
pub(crate) fn understood_columns(guess: &ColumnGuess) -> usize {
    let taken = |meaning: &Meaning| {
        matches!(
            meaning,
            Meaning::Field { .. }
                | Meaning::YearOfRow
                | Meaning::NoPeriod { .. }
                | Meaning::WrongUnit { .. }
                | Meaning::Derived { .. }
        )
    };
    guess.columns.iter().filter(|column| taken(&column.meaning)).count()
}

/// How many columns have a heading that is more than a running number.
fn headings(guess: &ColumnGuess) -> usize {
    guess.columns.iter().filter(|column| !matches!(column.meaning, Meaning::Empty | Meaning::Ignored)).count()
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rows read.
    Reading(u64),
    /// The rows read, of so many, are held against the register.
    Matching(u64),
    /// Rows stored, and how many there are.
    Storing(u64, u64),
}

/// The whole way of several sheets of one workbook, as the command line goes it: read, identify,
/// store as one load. A fault in one of them keeps all of them out. A rehearsal stores nothing.
/// `progress` is told how far it has come.
///
/// # Errors
/// [`IntakeError`] when the file cannot be read or the register refuses it. Faults are not
/// errors: they are in the outcome, and nothing was stored.
pub async fn take_in_sheets(
    store: &Store,
    incoming: &Incoming,
    plans: &[Plan],
    catalogue: &Catalogue,
    scope: &Scope,
    manner: Manner,
    mut progress: impl FnMut(Stage) + Send,
) -> Result<Outcome, IntakeError> {
    let Some(kind) = plans.first().map(|plan| plan.kind) else { return Ok(Outcome::default()) };
    let mut sheets: Vec<ReadSheet> = Vec::with_capacity(plans.len());
    let mut before = 0;
    for plan in plans {
        let sheet = read(incoming.bytes.clone(), plan, catalogue, |rows| progress(Stage::Reading(before + rows)))?;
        before += sheet.found;
        sheets.push(sheet);
    }
    progress(Stage::Matching(before));
    contradictions(&mut sheets, &plans[0]);
    let mut identified = Identified::default();
    for (sheet, plan) in sheets.iter_mut().zip(plans) {
        identified.add(identify(store, sheet, plan, catalogue, scope).await?);
    }
    let sheets: Arc<[ReadSheet]> = sheets.into();
    let stored = |rows| progress(Stage::Storing(rows, before));
    let receipt = match (keep_out(&sheets, manner.skip_faulty), manner.rehearsal) {
        (true, _) => None,
        (false, true) => Some(rehearse_all(store, incoming, &sheets, kind, stored).await?),
        (false, false) => Some(load(store, incoming, &sheets, kind, manner.skip_faulty, stored).await?),
    };
    let skipped: usize = plans.iter().map(|plan| plan.skipped.len()).sum();
    let mut outcome = Outcome {
        accepted: receipt.map_or(0, |receipt| receipt.accepted),
        unchanged: receipt.map_or(0, |receipt| receipt.unchanged),
        skipped: skipped as u64,
        conflicts: receipt.map_or(0, |receipt| receipt.conflicts),
        identified,
        source: receipt.and_then(|receipt| receipt.source),
        ..Outcome::default()
    };
    for sheet in sheets.iter() {
        outcome.sheets.push(sheet.sheet.clone());
        outcome.rows += sheet.found;
        outcome.skipped += if manner.skip_faulty { sheet.faults.rows.len() as u64 } else { 0 };
        outcome.faults.join(sheet.faults.clone());
        outcome.skipped_columns.extend(sheet.skipped_columns.iter().cloned());
        outcome.own_columns.extend(sheet.own_columns.iter().cloned());
    }
    Ok(outcome)
}

/// Figures of one subject and period that two sheets of a workbook state differently. Later
/// statements of one origin supersede earlier ones, so nobody would see that they disagree.
fn contradictions(sheets: &mut [ReadSheet], plan: &Plan) {
    if sheets.len() < 2 || plan.kind.is_record() {
        return;
    }
    let mut said: HashMap<(String, kernel::FactKey), (usize, usize)> = HashMap::new();
    let mut faults: Vec<(usize, Fault)> = Vec::new();
    for (nth, sheet) in sheets.iter().enumerate() {
        for (at, row) in sheet.rows.iter().enumerate() {
            let Some(subject) = naming_fields(plan).iter().find_map(|field| sheet.value(row, field)).map(text) else {
                continue;
            };
            for (fact, value) in sheet.facts(row).into_iter().filter(|(fact, _)| fact.period.is_some()) {
                let (first, before) = *said.entry((subject.clone(), fact.clone())).or_insert((nth, at));
                let (first, before) = (&sheets[first], &sheets[first].rows[before]);
                if first.sheet != sheet.sheet && first.facts(before).get(&fact) != Some(&value) {
                    faults.push((nth, contradiction(first, before, sheet, row, &fact)));
                }
            }
        }
    }
    faults.into_iter().for_each(|(nth, fault)| sheets[nth].faults.of_row(fault));
}

fn contradiction(
    first: &ReadSheet,
    before: &ReadRow,
    sheet: &ReadSheet,
    row: &ReadRow,
    fact: &kernel::FactKey,
) -> Fault {
    let column = sheet.map.column_for(fact, row.year);
    let value = sheet.facts(row).remove(fact).flatten();
    let found = value.map_or_else(String::new, |value| match (value, column.map(|column| column.unit)) {
        (Value::Money(amount), Some(ColumnUnit::Money(unit))) => amount.to_decimal(unit).normalize().to_string(),
        (Value::Money(amount), _) => amount.to_decimal(MoneyUnit::TenThousandYuan).normalize().to_string(),
        (Value::Integer(count), _) => count.to_string(),
        (Value::Decimal(figure), _) => figure.normalize().to_string(),
        (value, _) => text(&value),
    });
    let heading = column.map_or_else(String::new, |column| column.heading.clone());
    let (number, other, line) = (row.number, &first.sheet, before.number);
    Fault {
        sheet: sheet.sheet.clone(),
        row: number,
        at: column.map(|column| column.index),
        column: heading.clone(),
        found,
        expected: Said::new(format!("与工作表“{other}”一致"), format!("the same as in the sheet “{other}”")),
        message: Said::new(
            format!(
                "工作表“{}”第 {number} 行“{heading}”与工作表“{other}”第 {line} 行说的是同一数据，数值却不同。请只保留一处，或改为一致。",
                sheet.sheet
            ),
            format!(
                "Sheet “{}”, row {number}, {heading}: the sheet “{other}” states another figure for the same in row {line}. Keep one of them, or make them agree.",
                sheet.sheet
            ),
        ),
    }
}
