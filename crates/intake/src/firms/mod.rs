//! Enterprises from a spreadsheet alone, without a register: what it says of each, and where.
//!
//! The sheets of a workbook are told apart by their heads and names: those that speak of
//! enterprises, one row each or one for each year, and those that list records (知识产权, 资质 …) by
//! the credit code or name of their owner. A kind of record that has a sheet is known: an enterprise
//! without a row in it has none. A cell that cannot be read is a fault, and its fact is not known.

mod choose;
mod json;
mod merge;
#[cfg(test)]
mod tests;

pub use json::read_facts;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use kernel::heading::Meaning;
use kernel::lang::Said;
use kernel::{Catalogue, FactKey, Field, FieldType, Period, SubjectKind, Value};
use reports::sheet::column_letters;

use crate::fault::Fault;
use crate::head;
use crate::read::{ReadRow, ReadSheet, read};
use crate::{IntakeError, Plan};

/// The enterprises of a file.
#[derive(Debug)]
pub struct Firms {
    sheets: Vec<ReadSheet>,
    kinds: Vec<SubjectKind>,
    firms: Vec<Known>,
    known_records: BTreeSet<SubjectKind>,
    texts: Vec<Option<FieldsOfWords>>,
    /// What is wrong with cells and headings. The facts they would state are not known.
    pub faults: Vec<Fault>,
    /// How many faults there are; no more than some thousands are kept in words.
    pub faults_total: u64,
    /// What was passed over: sheets, columns, records of nobody.
    pub notes: Vec<Said>,
}

/// The columns of a sheet of records that hold words, by which a record is called.
type FieldsOfWords = Vec<usize>;

/// An enterprise and the rows that speak of it.
#[derive(Debug, Default)]
struct Known {
    code: String,
    name: String,
    /// Number of the sheet, place of the row in it.
    rows: Vec<(usize, usize)>,
    /// Facts that two rows state differently.
    disputed: BTreeSet<FactKey>,
}

/// One enterprise with everything the file says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Firm {
    /// Its credit code as written; empty where the file has none.
    pub code: String,
    /// Its name; may be empty where the code is known.
    pub name: String,
    /// What is stated, and the cell, such as `企业!B3`.
    pub cells: Vec<(FactKey, Value, String)>,
    /// Its records by kind. A kind that is absent is not known; an empty list says that there are none.
    pub records: BTreeMap<SubjectKind, Vec<FirmRecord>>,
}

/// One record of an enterprise.
#[derive(Debug, Clone, PartialEq)]
pub struct FirmRecord {
    /// What a person calls it; may be empty.
    pub label: String,
    /// Its row, such as `知识产权!3`.
    pub origin: String,
    /// What is stated.
    pub cells: Vec<(FactKey, Value)>,
}

/// Which year a column speaks of whose heading names none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Years {
    /// The year somebody named for the whole file.
    pub given: Option<i16>,
    /// The year that is taken where neither the sheet's name nor its title has one; this is told.
    pub usual: Option<i16>,
}

/// Reads the enterprises of a file: xlsx, xls or csv. Figures the register would reckon itself (销售收入) are taken as stated.
///
/// # Errors
/// [`IntakeError::Sheet`] when the file cannot be read, [`IntakeError::NoEnterprises`] when none of
/// its sheets speaks of enterprises.
pub fn read_firms(bytes: impl Into<Arc<[u8]>>, years: Years, catalogue: &Catalogue) -> Result<Firms, IntakeError> {
    let bytes = bytes.into();
    let stated = as_stated(catalogue);
    let chosen = choose::sheets(bytes.clone(), years, &stated)?;
    let mut firms = Firms {
        sheets: Vec::with_capacity(chosen.plans.len()),
        kinds: Vec::with_capacity(chosen.plans.len()),
        firms: Vec::new(),
        known_records: chosen.empty.into_iter().collect(),
        texts: Vec::new(),
        faults: Vec::new(),
        faults_total: 0,
        notes: chosen.notes,
    };
    for plan in &chosen.plans {
        let sheet = read(bytes.clone(), plan, &stated, |_| {})?;
        firms.take(sheet, plan, &stated);
    }
    firms.join();
    Ok(firms)
}

/// The catalogue with every field open to be stated. A spreadsheet without a register has nothing
/// to reckon a figure from, so what it says is what is known.
fn as_stated(catalogue: &Catalogue) -> Catalogue {
    let fields = catalogue.fields().iter().cloned().map(|field| Field { derived: None, ..field });
    Catalogue::with_groups(fields.collect(), catalogue.groups().to_vec())
}

impl Firms {
    /// How many enterprises there are.
    pub fn len(&self) -> usize {
        self.firms.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.firms.is_empty()
    }

    /// Every enterprise in the order of the file, made one at a time.
    pub fn iter(&self) -> impl Iterator<Item = Firm> + '_ {
        self.firms.iter().map(|known| self.firm(known))
    }

    /// The enterprise with this credit code or name.
    pub fn find(&self, wanted: &str) -> Option<Firm> {
        let wanted = wanted.trim();
        let normal = kernel::name::normal(wanted);
        let by_code = |known: &&Known| !known.code.is_empty() && known.code.eq_ignore_ascii_case(wanted);
        let by_name = |known: &&Known| !known.name.is_empty() && kernel::name::normal(&known.name) == normal;
        let found = self.firms.iter().find(by_code).or_else(|| self.firms.iter().find(by_name));
        found.map(|known| self.firm(known))
    }

    /// Takes a sheet in, and what is wrong with it.
    fn take(&mut self, mut sheet: ReadSheet, plan: &Plan, catalogue: &Catalogue) {
        let unknown = |at: Option<usize>| {
            let column = sheet.guess.columns.iter().find(|column| Some(column.index) == at);
            column.filter(|column| matches!(column.meaning, Meaning::Unknown { .. }))
        };
        let of_head = sheet.faults.of_head as usize;
        let (mut passed_over, mut faults) = (Vec::new(), Vec::new());
        for (nth, fault) in std::mem::take(&mut sheet.faults.kept).into_iter().enumerate() {
            match unknown(fault.at).filter(|_| nth < of_head) {
                Some(column) => passed_over.push((column.heading.clone(), fault)),
                None => faults.push(fault),
            }
        }
        self.faults_total += sheet.faults.total - passed_over.len() as u64;
        self.notes.extend(passed_over.into_iter().map(|(_, fault)| note_on_heading(&sheet.sheet, &fault)));
        self.faults.extend(faults);
        let words = plan.kind.is_record().then(|| {
            let is_words = |field: &str| {
                !field.starts_with("owner_")
                    && catalogue.field(field).is_some_and(|field| {
                        matches!(field.kind, FieldType::Text | FieldType::Choice { .. } | FieldType::Code { .. })
                    })
            };
            let columns = sheet.map.columns.iter().enumerate().filter(|(_, column)| is_words(&column.field));
            columns.map(|(nth, _)| nth).collect()
        });
        if plan.kind.is_record() {
            self.known_records.insert(plan.kind);
        }
        self.kinds.push(plan.kind);
        self.texts.push(words);
        self.sheets.push(sheet);
    }

    fn firm(&self, known: &Known) -> Firm {
        let mut firm = Firm {
            code: known.code.clone(),
            name: known.name.clone(),
            cells: Vec::new(),
            records: self.known_records.iter().map(|kind| (*kind, Vec::new())).collect(),
        };
        let mut stated: HashMap<FactKey, Option<Period>> = HashMap::new();
        for &(nth, at) in &known.rows {
            let (sheet, kind) = (&self.sheets[nth], self.kinds[nth]);
            let row = &sheet.rows[at];
            if kind.is_record() {
                firm.records.entry(kind).or_default().push(self.record(nth, row));
                continue;
            }
            for (key, value, column) in cells(sheet, row).filter(|(key, ..)| !known.disputed.contains(key)) {
                // Of several rows for several years, the latest says what simply is so.
                match stated.insert(key.clone(), row.year) {
                    None => {}
                    Some(before) if row.year > before => firm.cells.retain(|(other, ..)| *other != key),
                    Some(before) => {
                        stated.insert(key, before);
                        continue;
                    }
                }
                firm.cells.push((key, value.clone(), place(sheet, row, Some(column))));
            }
        }
        firm
    }

    fn record(&self, nth: usize, row: &ReadRow) -> FirmRecord {
        let sheet = &self.sheets[nth];
        let words = self.texts[nth].iter().flatten().filter_map(|column| row.values.get(*column)?.as_ref());
        let label = words.map(crate::doubles::text).next().unwrap_or_default();
        let own = cells(sheet, row).filter(|(key, ..)| !key.field.starts_with("owner_"));
        let cells = own.map(|(key, value, _)| (key, value.clone())).collect();
        FirmRecord { label, origin: place(sheet, row, None), cells }
    }
}

/// The cells of a row that state something: the fact, its value, the column.
fn cells<'a>(sheet: &'a ReadSheet, row: &'a ReadRow) -> impl Iterator<Item = (FactKey, &'a Value, usize)> {
    let stated = sheet.map.columns.iter().zip(&row.values);
    stated.filter_map(|(column, value)| Some((column.fact(row.year)?, value.as_ref()?, column.index)))
}

/// `企业!B3`, or `知识产权!3` for a whole row.
fn place(sheet: &ReadSheet, row: &ReadRow, column: Option<usize>) -> String {
    let letters = column.map(|column| column_letters(column as u32 + 1)).unwrap_or_default();
    format!("{}!{letters}{}", sheet.sheet, row.number)
}

fn note_on_heading(sheet: &str, fault: &Fault) -> Said {
    Said::new(
        format!("工作表“{sheet}”：{}该列未读。", fault.message.zh),
        format!("Sheet “{sheet}”: {} The column was not read.", fault.message.en),
    )
}

/// Whether a sheet's first rows hold anything at all.
fn is_blank(first: &[Vec<String>]) -> bool {
    first.iter().flatten().all(|text| text.trim().is_empty())
}

/// The label of a field in both languages.
fn said_field(key: &str) -> Said {
    head::label_pair(Catalogue::builtin(), SubjectKind::Enterprise, key)
}
