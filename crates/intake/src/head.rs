//! The head of a sheet: which column means what.

use std::borrow::Cow;

use kernel::cell::RawCell;
use kernel::heading::{ColumnGuess, ColumnMap, Meaning, guess_columns};
use kernel::{Catalogue, Lang};
use reports::sheet::{Merge, SheetError, Workbook};

use crate::fault::{Fault, Faults};
use crate::own;
use crate::plan::{ColumnChoice, Plan};

/// The rows from the top in which the head is looked for.
const HEAD_ROWS: u32 = 15;
/// The headings shown where none of them says whom a row is about.
const HEADINGS_SHOWN: usize = 8;

/// The first rows of a sheet as texts, merged blocks filled in, each with its number of cells.
pub(crate) fn first_rows(book: &mut Workbook, sheet: &str) -> Result<Vec<Vec<String>>, SheetError> {
    let merges = book.merges(sheet)?;
    let mut head: Vec<Vec<String>> = Vec::new();
    let mut rows = book.rows(sheet)?;
    while let Some(row) = rows.next_row()? {
        if row.number > HEAD_ROWS {
            break;
        }
        head.resize(row.number as usize, Vec::new());
        if let Some(last) = head.last_mut() {
            *last = row.cells.iter().map(|cell| cell.shown().into_owned()).collect();
        }
    }
    merges.iter().for_each(|merge| fill(&mut head, merge));
    Ok(head)
}

/// Writes the text of a merged block into every cell of it.
fn fill(head: &mut [Vec<String>], merge: &Merge) {
    let (top, left) = (merge.rows.0 as usize - 1, merge.columns.0 as usize - 1);
    let Some(text) = head.get(top).and_then(|row| row.get(left)).filter(|text| !text.is_empty()).cloned() else {
        return;
    };
    for row in head.iter_mut().take(merge.rows.1 as usize).skip(top) {
        if row.len() < merge.columns.1 as usize {
            row.resize(merge.columns.1 as usize, String::new());
        }
        row[left..merge.columns.1 as usize].fill(text.clone());
    }
}

/// A head as it was understood.
pub(crate) struct Understood {
    /// The guess, put right by the plan.
    pub(crate) guess: ColumnGuess,
    /// The headings of columns nobody knows, left out because the plan says so.
    pub(crate) skipped: Vec<String>,
    /// The headings of columns that the register reckons itself, which are passed over.
    pub(crate) own: Vec<String>,
    /// The column with the register's number of each subject, where the list is its own.
    pub(crate) id: Option<usize>,
}

/// Understands the head of a sheet.
pub(crate) fn understand(head: &[Vec<String>], plan: &Plan, catalogue: &Catalogue) -> Understood {
    let (mut skipped, mut own, mut id) = (Vec::new(), Vec::new(), None);
    let mut guess = guess_columns(&renamed(head, plan), plan.kind, catalogue);
    restore(&mut guess, head, plan);
    // The words over the register's own columns mean something else in other people's sheets.
    let own_list = guess.columns.iter().any(|column| own::key(&column.heading) == Some(own::ID));
    for column in &mut guess.columns {
        let own_key = own::key(&column.heading).filter(|_| own_list);
        match plan.columns.get(&column.index) {
            None if own_key == Some(own::ID) => {
                id = id.or(Some(column.index));
                column.meaning = Meaning::Ignored;
            }
            None if own_key.is_some() => {
                own.push(column.heading.clone());
                column.meaning = Meaning::Ignored;
            }
            None if matches!(column.meaning, Meaning::Derived { .. }) => own.push(column.heading.clone()),
            Some(ColumnChoice::Skip) => column.meaning = Meaning::Ignored,
            Some(ColumnChoice::Field { field, period, unit }) => {
                column.meaning = Meaning::Field { field: field.clone(), period: *period, unit: *unit };
            }
            None if plan.skip_unknown && is_open(&column.meaning) => {
                skipped.push(column.heading.clone());
                column.meaning = Meaning::Ignored;
            }
            None => {}
        }
    }
    if let Some(period) = plan.period {
        guess.take_period(period);
    }
    Understood { guess, skipped, own, id }
}

/// The first rows with the headings that the person explained written as the catalogue knows them.
fn renamed<'a>(head: &'a [Vec<String>], plan: &Plan) -> Cow<'a, [Vec<String>]> {
    if plan.headings.is_empty() {
        return Cow::Borrowed(head);
    }
    let cell = |text: &String| plan.heading(text).filter(|said| !said.is_empty()).unwrap_or(text).to_owned();
    head.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// Gives the columns whose headings were explained their own words back, and leaves out those
/// that the person does not want.
fn restore(guess: &mut ColumnGuess, head: &[Vec<String>], plan: &Plan) {
    let rows = head.iter().take(guess.first_data_row).skip(guess.first_head_row);
    let rows: Vec<&Vec<String>> = rows.collect();
    for column in &mut guess.columns {
        let written = rows.iter().filter_map(|row| row.get(column.index));
        let Some((written, said)) = written.filter_map(|text| Some((text, plan.heading(text)?))).next() else {
            continue;
        };
        column.heading.clone_from(written);
        if said.is_empty() {
            column.meaning = Meaning::Ignored;
        }
    }
}

/// Whether a column can be left out without a word on what it holds.
fn is_open(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Unknown { .. } | Meaning::Twice { .. })
}

/// The faults of the head.
pub(crate) fn faults(guess: &ColumnGuess, sheet: &str, plan: &Plan, catalogue: &Catalogue, faults: &mut Faults) {
    let row = guess.first_head_row as u32 + 1;
    // A column the register computes is passed over and told; it keeps nothing out.
    let derived = |at: usize| {
        let column = guess.columns.iter().find(|column| column.index == at);
        column.is_some_and(|column| matches!(column.meaning, Meaning::Derived { .. }))
    };
    for fault in guess.faults(plan.kind, catalogue) {
        if fault.column.is_some_and(derived) {
            continue;
        }
        // What the whole head lacks stands in no column; what was found instead is its headings.
        let found = if fault.column.is_none() { headings(guess) } else { fault.found.clone() };
        faults.of_head(Fault {
            sheet: sheet.to_owned(),
            row,
            at: fault.column,
            column: fault.found,
            found,
            expected: fault.expected,
            message: fault.message,
        });
    }
}

/// The first headings of a sheet in one text.
fn headings(guess: &ColumnGuess) -> String {
    let named = guess.columns.iter().map(|column| column.heading.trim()).filter(|heading| !heading.is_empty());
    named.take(HEADINGS_SHOWN).collect::<Vec<_>>().join("、")
}

/// The columns without a heading: those that hold something nobody can name.
pub(crate) fn nameless(guess: &ColumnGuess, plan: &Plan, width: usize) -> Vec<bool> {
    let mut nameless = vec![!plan.skip_unknown; width];
    for column in &guess.columns {
        let skipped = matches!(plan.columns.get(&column.index), Some(ColumnChoice::Skip));
        if (column.meaning != Meaning::Empty || skipped)
            && let Some(flag) = nameless.get_mut(column.index)
        {
            *flag = false;
        }
    }
    nameless
}

/// Whether a row is a total below the table (合计), which is no subject.
pub(crate) fn is_total(cells: &[RawCell], map: &ColumnMap) -> bool {
    let totals = ["合计", "总计", "小计", "共计", "total"];
    let has_code = ["uscc", "owner_uscc"]
        .iter()
        .filter_map(|field| map.column_of(field))
        .any(|column| cells.get(column.index).is_some_and(|cell| cell.shown().chars().count() == 18));
    !has_code
        && cells.iter().find(|cell| !cell.is_empty()).is_some_and(|cell| {
            let text: String = cell.shown().chars().filter(|c| !c.is_whitespace() && *c != '：' && *c != ':').collect();
            totals.contains(&text.to_lowercase().as_str())
        })
}

/// The heading of a column, or its letters where it has none.
pub(crate) fn heading_of(guess: &ColumnGuess, index: usize) -> String {
    guess
        .columns
        .iter()
        .find(|column| column.index == index)
        .map(|column| column.heading.clone())
        .filter(|heading| !heading.is_empty())
        .unwrap_or_else(|| reports::sheet::column_letters(index as u32 + 1))
}

/// The label of a field for messages.
pub(crate) fn label(catalogue: &Catalogue, plan: &Plan, field: &str, lang: Lang) -> String {
    catalogue.field(field).map_or(field, |found| found.label(plan.kind, lang)).to_owned()
}

/// The label of a field of a kind of subject, in both languages.
pub(crate) fn label_pair(catalogue: &Catalogue, kind: kernel::SubjectKind, field: &str) -> kernel::lang::Said {
    let label = |lang| catalogue.field(field).map_or(field, |found| found.label(kind, lang)).to_owned();
    kernel::lang::Said::new(label(Lang::Zh), label(Lang::En))
}
