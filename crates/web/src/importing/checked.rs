//! A sheet after it was checked: counts, faults, and the cells of the rows that have any. The
//! typed rows themselves are let go, so that a checked sheet stays small.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use intake::{Fault, Faults, Identified, IntakeError, ReadSheet};
use kernel::SubjectKind;
use kernel::cell::Remark;
use kernel::heading::{ColumnGuess, ColumnMap};
use kernel::lang::Said;
use reports::sheet::{Limits, SheetError, SheetInfo, Workbook};

use crate::importing::draft::Prepared;

/// How many sample values a column shows.
const SAMPLES: usize = 3;

/// Faults of one sort in one column.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name in addresses.
    pub key: String,
    /// The column's heading; the kind's name where the fault is the whole row's.
    pub column: String,
    /// The column from 0.
    pub at: Option<usize>,
    /// What was expected.
    pub expected: Said,
    /// The faults, by their place in [`Checked::wrong`].
    pub faults: Vec<usize>,
}

/// The sheets of a workbook after they were checked, in the order of their plans; never none.
#[derive(Debug)]
pub struct Book {
    /// Each sheet that is taken in.
    pub sheets: Vec<Checked>,
}

impl Book {
    /// The sheet with this name; where none is named the first that has a fault, else the first.
    pub fn sheet(&self, name: &str) -> &Checked {
        let named = self.sheets.iter().find(|sheet| sheet.sheet == name);
        let faulty = || self.sheets.iter().find(|sheet| sheet.total > 0);
        named.or_else(faulty).unwrap_or(&self.sheets[0])
    }

    /// A count over all sheets.
    pub fn sum(&self, count: impl Fn(&Checked) -> u64) -> u64 {
        self.sheets.iter().map(count).sum()
    }

    /// Rows without a fault that are not left out.
    pub fn sound(&self, prepared: &Prepared) -> u64 {
        self.sum(|sheet| sheet.found.saturating_sub(sheet.faulty)).saturating_sub(prepared.skipped())
    }

    /// Whether a head is not understood yet.
    pub fn is_open(&self) -> bool {
        self.sheets.iter().any(|sheet| !sheet.head.is_empty())
    }
}

/// A sheet after it was checked.
#[derive(Debug)]
pub struct Checked {
    /// The sheet's name.
    pub sheet: String,
    /// What its rows speak of.
    pub kind: SubjectKind,
    /// Every sheet of the file.
    pub sheets: Vec<SheetInfo>,
    /// What each column is taken for.
    pub guess: ColumnGuess,
    /// How the columns are read.
    pub map: ColumnMap,
    /// Data rows found.
    pub found: u64,
    /// Rows passed over: totals below the table.
    pub totals: u64,
    /// What was read with something left out.
    pub remarks: BTreeMap<Remark, u64>,
    /// How many faults there are.
    pub total: u64,
    /// The data rows that have one.
    pub faulty: u64,
    /// What is wrong with the head: it concerns every row.
    pub head: Vec<Fault>,
    /// What is wrong with rows: the first ten thousand.
    pub wrong: Vec<Fault>,
    /// Whom the rows speak of.
    pub identified: Identified,
    /// The faults of rows by sort, the most frequent first.
    pub groups: Vec<Group>,
    /// Some values of each column.
    pub samples: Vec<Vec<String>>,
    /// The cells, as texts, of the rows that have a fault, before any repair.
    pub rows: BTreeMap<u32, Vec<String>>,
}

impl Checked {
    /// The rows that have a fault of this group; all that have any when there is no group.
    pub fn faulty_rows(&self, group: Option<&Group>) -> Vec<u32> {
        let rows: BTreeSet<u32> = match group {
            Some(group) => group.faults.iter().map(|at| self.wrong[*at].row).collect(),
            None => self.wrong.iter().map(|fault| fault.row).collect(),
        };
        rows.into_iter().collect()
    }

    /// The group with this key.
    pub fn group(&self, key: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.key == key)
    }

    /// A cell of a faulty row as the sheet has it.
    pub fn cell(&self, row: u32, at: usize) -> &str {
        self.rows.get(&row).and_then(|cells| cells.get(at)).map_or("", String::as_str)
    }
}

/// Reads the cells that the pages show, and joins them with what was checked.
///
/// # Errors
/// The file cannot be read a second time.
pub fn conclude(bytes: Arc<[u8]>, mut sheet: ReadSheet, identified: Identified) -> Result<Checked, IntakeError> {
    let Faults { kept, total, rows: faulty, .. } = std::mem::take(&mut sheet.faults);
    let of_row = |fault: &Fault| {
        let read = |at| sheet.map.year_column == Some(at) || sheet.map.columns.iter().any(|column| column.index == at);
        faulty.contains(&fault.row) && fault.at.is_none_or(read)
    };
    let (wrong, head): (Vec<Fault>, Vec<Fault>) = kept.into_iter().partition(of_row);
    let (samples, rows) = cells(bytes, &sheet, wrong.iter().map(|fault| fault.row).collect())?;
    Ok(Checked {
        sheet: sheet.sheet,
        kind: sheet.kind,
        sheets: sheet.sheets,
        guess: sheet.guess,
        map: sheet.map,
        found: sheet.found,
        totals: sheet.totals,
        remarks: sheet.remarks,
        total,
        faulty: faulty.len() as u64,
        groups: groups(&wrong),
        head,
        wrong,
        identified,
        samples,
        rows,
    })
}

fn groups(faults: &[Fault]) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (at, fault) in faults.iter().enumerate() {
        let key = key(fault);
        let group = groups.entry(key.clone()).or_insert_with(|| Group {
            key,
            column: fault.column.clone(),
            at: fault.at,
            expected: fault.expected.clone(),
            faults: Vec::new(),
        });
        group.faults.push(at);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.faults.len()), group.at));
    groups
}

/// The same for two faults of one sort in one column, and steady from one check to the next.
fn key(fault: &Fault) -> String {
    // FNV-1a: short, steady, and nothing depends on two texts never sharing it.
    let hash = fault
        .expected
        .zh
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{}-{:08x}", fault.at.map_or(0, |at| at + 1), hash & 0xffff_ffff)
}

/// Texts of the first values of each column, and of every cell of the faulty rows.
type Cells = (Vec<Vec<String>>, BTreeMap<u32, Vec<String>>);

fn cells(bytes: Arc<[u8]>, sheet: &ReadSheet, wanted: BTreeSet<u32>) -> Result<Cells, SheetError> {
    let last = wanted.last().copied().unwrap_or(0);
    let width = sheet.guess.columns.len();
    let mut samples = vec![Vec::new(); width];
    let mut kept = BTreeMap::new();
    let mut book = Workbook::open(bytes, Limits::default())?;
    let mut rows = book.rows(&sheet.sheet)?;
    while let Some(row) = rows.next_row()? {
        if (row.number as usize) <= sheet.map.first_data_row {
            continue;
        }
        for (samples, cell) in samples.iter_mut().zip(row.cells) {
            if samples.len() < SAMPLES && !cell.is_empty() {
                let text: String = cell.shown().chars().take(40).collect();
                if !samples.contains(&text) {
                    samples.push(text);
                }
            }
        }
        if wanted.contains(&row.number) {
            kept.insert(row.number, row.cells.iter().map(|cell| cell.shown().into_owned()).collect());
        }
        let enough = row.number as usize > sheet.map.first_data_row + 500;
        if row.number >= last && (enough || samples.iter().all(|samples| samples.len() >= SAMPLES)) {
            break;
        }
    }
    Ok((samples, kept))
}
