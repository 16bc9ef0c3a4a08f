//! Which sheets of a workbook are taken in, and what each speaks of.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::heading::{ColumnGuess, Meaning, guess_columns, read_heading};
use kernel::lang::Said;
use kernel::text::label_key;
use kernel::{Catalogue, Period, SubjectKind};
use reports::sheet::{Limits, Workbook};

use crate::{IntakeError, Plan, head};

/// What can be imported, in the order of forms: the zone's own subjects, then records about them.
pub const KINDS: &[SubjectKind] = &[
    SubjectKind::Enterprise,
    SubjectKind::Institution,
    SubjectKind::Platform,
    SubjectKind::Achievement,
    SubjectKind::Equipment,
    SubjectKind::Person,
    SubjectKind::Project,
    SubjectKind::Title,
    SubjectKind::IntellectualProperty,
    SubjectKind::Financing,
    SubjectKind::Contract,
    SubjectKind::Award,
    SubjectKind::Penalty,
    SubjectKind::Incident,
];

/// What somebody said about the sheets before they were looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The one kind that is taken in; `None` takes every sheet for what it reads like.
    pub kind: Option<SubjectKind>,
    /// The only sheet that is taken in.
    pub sheet: Option<String>,
    /// What single sheets speak of, by their names; `None` leaves the sheet out.
    pub sheets: BTreeMap<String, Option<SubjectKind>>,
}

/// A sheet of a workbook that is not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The sheet's name.
    pub sheet: String,
    /// Why.
    pub why: Said,
    /// What it reads like, where it could be taken in after all.
    pub kind: Option<SubjectKind>,
}

/// The sheets of a workbook, each with its plan, and those that are passed over. Where none is
/// understood there is one plan: what is wrong with that sheet is told as its faults.
///
/// A sheet whose columns lack a year takes it from its name (`2024年`), as workbooks with a sheet
/// for each year have it. What `pattern` says holds for every sheet.
///
/// # Errors
/// [`IntakeError::Sheet`] when the file cannot be read, [`IntakeError::NoSuchSheet`] when a sheet
/// was named that it does not have.
pub fn choose_sheets(
    bytes: impl Into<Arc<[u8]>>,
    wanted: &Wanted,
    pattern: &Plan,
    catalogue: &Catalogue,
) -> Result<(Vec<Plan>, Vec<PassedOver>), IntakeError> {
    let mut book = Workbook::open(bytes, Limits::default())?;
    let sheets = book.sheets().to_vec();
    let unknown = |name: &&String| !sheets.iter().any(|sheet| sheet.name == **name);
    if let Some(name) = wanted.sheets.keys().find(unknown) {
        let known = sheets.into_iter().map(|sheet| sheet.name).collect();
        return Err(IntakeError::NoSuchSheet { name: name.clone(), known });
    }
    let (mut plans, mut passed_over) = (Vec::new(), Vec::new());
    let several = sheets.len() > 1;
    for sheet in sheets {
        let own = Plan { sheet: Some(sheet.name.clone()), ..pattern.clone() };
        let said = wanted.sheets.get(&sheet.name).copied();
        let named_alone = wanted.sheet.as_ref() == Some(&sheet.name);
        if wanted.sheet.is_some() && !named_alone {
            continue;
        }
        let judged = match (sheet.worksheet, sheet.hidden, said) {
            (false, ..) => Err((Said::new("不是工作表", "it is no worksheet"), None)),
            (_, _, Some(None)) => Err((Said::new("按要求不导入", "it was left out as asked"), None)),
            (_, true, None) if several && !named_alone => Err((Said::new("已隐藏", "it is hidden"), None)),
            _ => {
                let first = head::first_rows(&mut book, &sheet.name)?;
                let kind = said.flatten().or(wanted.kind.filter(|_| named_alone || !several));
                judge(&first, own, (kind, wanted.kind), several, catalogue)
            }
        };
        match judged {
            Ok(own) => plans.push(own),
            Err((why, kind)) => passed_over.push(PassedOver { sheet: sheet.name, why, kind }),
        }
    }
    if plans.is_empty() {
        let kind = wanted.kind.unwrap_or(SubjectKind::Enterprise);
        return Ok((vec![Plan { kind, sheet: wanted.sheet.clone(), ..pattern.clone() }], Vec::new()));
    }
    Ok((plans, passed_over))
}

/// Why a sheet is passed over, and what it reads like.
type Why = (Said, Option<SubjectKind>);

/// The plan of a sheet, or why it has none. `settled` is the kind the sheet is taken for whatever
/// it reads like, `only` the one kind that is taken in.
fn judge(
    first: &[Vec<String>],
    mut plan: Plan,
    (settled, only): (Option<SubjectKind>, Option<SubjectKind>),
    several: bool,
    catalogue: &Catalogue,
) -> Result<Plan, Why> {
    let blank = first.iter().flatten().all(|text| text.trim().is_empty());
    if blank && several && settled.is_none() {
        return Err((Said::new("没有内容", "it is empty"), None));
    }
    let name = plan.sheet.clone().unwrap_or_default();
    plan.kind = match (settled, only) {
        (Some(kind), _) => kind,
        (None, Some(only)) => of_kind(first, &plan, only, catalogue)?,
        (None, None) => of_any_kind(first, &name, several, catalogue)?,
    };
    let guess = head::understand(first, &plan, catalogue).guess;
    let lacks_year = guess.columns.iter().any(|column| matches!(column.meaning, Meaning::NoPeriod { .. }));
    if plan.period.is_none() && lacks_year {
        plan.period = read_heading(&name).period.filter(|period| matches!(period, Period::Year(_)));
    }
    Ok(plan)
}

/// The kind, where the sheet speaks of it rather than of any other.
fn of_kind(first: &[Vec<String>], plan: &Plan, kind: SubjectKind, catalogue: &Catalogue) -> Result<SubjectKind, Why> {
    let guess = head::understand(first, &Plan { kind, ..plan.clone() }, catalogue).guess;
    let others = SubjectKind::ALL.iter().copied().filter(|other| *other != kind);
    let guesses = others.map(|other| (other, guess_columns(first, other, catalogue)));
    let understood = guesses.filter(|(other, guess)| guess.names_subject(*other));
    // The first of those that are understood equally well, which are listed in the order of the menus.
    let likelier = understood
        .map(|(other, guess)| (understood_columns(&guess), other))
        .filter(|(columns, _)| *columns > understood_columns(&guess) || !guess.names_subject(kind))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match likelier {
        Some((columns, other)) if columns > 1 => Err((
            Said::new(format!("更像“{}”表", other.zh()), format!("it reads like a sheet of {}", other.en())),
            Some(other),
        )),
        _ if !guess.names_subject(kind) => Err((nameless(), None)),
        _ if 2 * understood_columns(&guess) < headings(&guess) => Err((notes(), Some(kind))),
        _ => Ok(kind),
    }
}

/// What a sheet speaks of.
fn of_any_kind(first: &[Vec<String>], name: &str, several: bool, catalogue: &Catalogue) -> Result<SubjectKind, Why> {
    let named = kind_of_name(name, KINDS);
    match kind_of(first, named, KINDS, catalogue) {
        None => Err((nameless(), named)),
        Some((kind, guess)) if several && 2 * understood_columns(&guess) < headings(&guess) => {
            Err((notes(), Some(kind)))
        }
        Some((kind, _)) => Ok(kind),
    }
}

fn nameless() -> Said {
    Said::new("表头中没有代码或名称", "its head has neither a code nor a name")
}

fn notes() -> Said {
    Said::new("多数列认不出，像是说明", "most of its columns are unknown; it reads like notes")
}

/// The kind a sheet is named after: 知识产权, intellectual_property, 企业资质.
pub(crate) fn kind_of_name(name: &str, kinds: &[SubjectKind]) -> Option<SubjectKind> {
    let key = label_key(name);
    let exact = kinds.iter().find(|kind| [kind.key(), kind.zh(), kind.en()].iter().any(|own| label_key(own) == key));
    // 企业知识产权清单 lists records, though it begins with 企业.
    let within = || kinds.iter().filter(|kind| **kind != SubjectKind::Enterprise).find(|kind| name.contains(kind.zh()));
    exact.or_else(within).copied()
}

/// The kind a sheet is about: the one it is named after where its head fits, else the one of which
/// most columns are understood, the first of several.
pub(crate) fn kind_of(
    first: &[Vec<String>],
    named: Option<SubjectKind>,
    kinds: &[SubjectKind],
    catalogue: &Catalogue,
) -> Option<(SubjectKind, ColumnGuess)> {
    let mut best: Option<(usize, SubjectKind, ColumnGuess)> = None;
    for kind in kinds.iter().copied() {
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
    best.map(|(_, kind, guess)| (kind, guess))
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
