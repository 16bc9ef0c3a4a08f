//! What is wrong with a sheet, cell by cell.

use std::collections::BTreeSet;

use kernel::Lang;
use kernel::cell::CellFault;
use kernel::lang::Said;
use reports::sheet::column_letters;
use reports::workbook::CellNote;
use serde::Serialize;

/// One fault: where, what was found, what was expected, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The sheet's name.
    pub sheet: String,
    /// The row as Excel shows it.
    pub row: u32,
    /// The column from 0; `None` where the fault is the whole row's.
    pub at: Option<usize>,
    /// The column's heading.
    pub column: String,
    /// What the cell holds.
    pub found: String,
    /// What belongs there.
    pub expected: Said,
    /// The whole message.
    pub message: Said,
}

impl Fault {
    /// The cell as Excel names it, `C17`; `17` for a whole row.
    pub fn cell(&self) -> String {
        match self.at {
            Some(at) => format!("{}{}", column_letters(at as u32 + 1), self.row),
            None => self.row.to_string(),
        }
    }

    /// The fault as a mark in the workbook that is handed back.
    pub fn note(&self, lang: Lang) -> CellNote {
        CellNote {
            sheet: self.sheet.clone(),
            row: self.row,
            column: self.at.map(|at| at as u32 + 1),
            heading: self.column.clone(),
            found: self.found.clone(),
            expected: self.expected.say(lang).to_owned(),
            message: self.message.say(lang).to_owned(),
        }
    }

    pub(crate) fn of_cell(place: (&str, u32), at: usize, heading: &str, fault: &CellFault) -> Self {
        let (sheet, row) = place;
        let message = |lang: Lang| match lang {
            Lang::Zh => format!("第 {row} 行“{heading}”：{}", fault.say(lang)),
            Lang::En => format!("Row {row}, {heading}: {}", fault.say(lang)),
        };
        Self {
            sheet: sheet.to_owned(),
            row,
            at: Some(at),
            column: heading.to_owned(),
            found: fault.found.clone(),
            expected: fault.expected.clone(),
            message: Said::new(message(Lang::Zh), message(Lang::En)),
        }
    }
}

/// The most faults kept with their words; all are counted.
pub const MOST_KEPT: usize = 10_000;

/// Every fault of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first [`MOST_KEPT`] of them, those of the head first.
    pub kept: Vec<Fault>,
    /// How many there are.
    pub total: u64,
    /// The data rows that have one.
    pub rows: BTreeSet<u32>,
    /// How many speak of the head: they concern every row.
    pub of_head: u64,
}

impl Faults {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Whether they keep the whole sheet out. Rows with faults can be left out where the person
    /// says so; a fault of the head concerns every row.
    pub fn keep_out(&self, skip_faulty: bool) -> bool {
        !self.is_empty() && (!skip_faulty || self.of_head > 0)
    }

    pub(crate) fn of_head(&mut self, fault: Fault) {
        self.of_head += 1;
        self.count(fault);
    }

    pub(crate) fn of_row(&mut self, fault: Fault) {
        self.rows.insert(fault.row);
        self.count(fault);
    }

    /// Takes in the faults of another sheet.
    pub(crate) fn join(&mut self, other: Faults) {
        self.total += other.total;
        self.of_head += other.of_head;
        self.rows.extend(other.rows);
        let room = MOST_KEPT.saturating_sub(self.kept.len());
        self.kept.extend(other.kept.into_iter().take(room));
    }

    fn count(&mut self, fault: Fault) {
        self.total += 1;
        if self.kept.len() < MOST_KEPT {
            self.kept.push(fault);
        }
    }
}
