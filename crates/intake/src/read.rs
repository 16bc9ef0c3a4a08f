//! From a file to typed rows: every cell becomes a value, or is refused with a reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::cell::{ColumnUnit, RawCell, Remark, read_cell, remarks};
use kernel::heading::{ColumnGuess, ColumnMap, ColumnPeriod, read_period};
use kernel::lang::Said;
use kernel::{Catalogue, FactKey, Field, Lang, Period, SubjectId, SubjectKind, Value};
use reports::sheet::{Format, Limits, Row, Rows, SheetError, SheetInfo, TakenRow, Workbook};

use crate::doubles::Doubles;
use crate::fault::{Fault, Faults};
use crate::head::{self, Understood};
use crate::{IntakeError, Plan, own};

/// A row whose cells are typed. The values lie in the order of the map's columns, so that a
/// sheet of 50,000 rows stays small in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// The row's number as Excel shows it.
    pub number: u32,
    /// The subject whose number the row carries, in a list of the register itself.
    pub subject: Option<SubjectId>,
    /// The year the row speaks of, where the sheet has a column for it.
    pub year: Option<Period>,
    /// One value for each column of the map; `None` for an empty or refused cell.
    pub values: Box<[Option<Value>]>,
}

impl ReadRow {
    /// Whether nothing is left to say: a row of the register's own list that nobody changed.
    pub fn is_settled(&self) -> bool {
        self.subject.is_some() && self.values.iter().all(Option::is_none)
    }
}

/// A sheet as it was understood.
#[derive(Debug, Clone)]
pub struct ReadSheet {
    /// The sheet's name.
    pub sheet: String,
    /// What its rows speak of.
    pub kind: SubjectKind,
    /// The form the file is in.
    pub format: Format,
    /// Every sheet of the file.
    pub sheets: Vec<SheetInfo>,
    /// What each column is taken for.
    pub guess: ColumnGuess,
    /// How the columns are read; stored with the source.
    pub map: ColumnMap,
    /// The rows in the order of the sheet.
    pub rows: Vec<ReadRow>,
    /// Data rows found, faulty and skipped ones too.
    pub found: u64,
    /// What is wrong.
    pub faults: Faults,
    /// What was read with something left out, and in how many cells.
    pub remarks: BTreeMap<Remark, u64>,
    /// Rows passed over: totals below the table.
    pub totals: u64,
    /// Headings of columns nobody knows, left out because the plan says so.
    pub skipped_columns: Vec<String>,
    /// Headings of columns that the register reckons itself, passed over.
    pub own_columns: Vec<String>,
    /// The column with the register's number of each subject, where the list is its own.
    pub id_column: Option<usize>,
}

impl ReadSheet {
    /// The facts that a row states.
    pub fn facts(&self, row: &ReadRow) -> BTreeMap<FactKey, Option<Value>> {
        let stated = self.map.columns.iter().zip(&row.values);
        stated.filter_map(|(column, value)| Some((column.fact(row.year)?, Some(value.clone()?)))).collect()
    }

    /// The columns in the order of the facts they state: facts that come in their order are put
    /// together much faster, which counts over many rows.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.map.columns.len()).collect();
        let year = self.rows.first().and_then(|row| row.year);
        order.sort_by_cached_key(|at| self.map.columns[*at].fact(year));
        order
    }

    /// The value of a field without a period.
    pub(crate) fn value<'a>(&self, row: &'a ReadRow, field: &str) -> Option<&'a Value> {
        let at = self.map.columns.iter().position(|column| column.field == field)?;
        row.values[at].as_ref()
    }
}

/// Reads a sheet: its head is understood, every cell typed or refused. `progress` is told the
/// number of rows read.
///
/// # Errors
/// [`IntakeError::Sheet`] when the file cannot be read. Faults of cells are part of the answer.
pub fn read(
    bytes: impl Into<Arc<[u8]>>,
    plan: &Plan,
    catalogue: &Catalogue,
    progress: impl FnMut(u64),
) -> Result<ReadSheet, IntakeError> {
    let mut book = Workbook::open(bytes, Limits::default())?;
    let sheets = book.sheets().to_vec();
    let sheet = chosen(&sheets, plan);
    let first = head::first_rows(&mut book, &sheet)?;
    let Understood { guess, skipped, own, id } = head::understand(&first, plan, catalogue);
    let map = guess.map();
    let mut faults = Faults::default();
    head::faults(&guess, &sheet, plan, catalogue, &mut faults);
    let width = first.iter().map(Vec::len).max().unwrap_or(0);
    let mut reading = Reading {
        columns: columns(&map, catalogue),
        nameless: head::nameless(&guess, plan, width),
        head_cells: first.get(guess.first_data_row.saturating_sub(1)).map_or(0, Vec::len),
        doubles: Doubles::new(plan, &map),
        plan,
        catalogue,
        read: ReadSheet {
            sheet: sheet.clone(),
            kind: plan.kind,
            format: book.format(),
            sheets,
            guess,
            map,
            rows: Vec::new(),
            found: 0,
            faults,
            remarks: BTreeMap::new(),
            totals: 0,
            skipped_columns: skipped,
            own_columns: own,
            id_column: id,
        },
    };
    check_rows(book.rows(&sheet)?, &mut reading, progress)?;
    if reading.read.found == 0 && first.iter().flatten().all(|text| text.trim().is_empty()) {
        return Err(SheetError::EmptySheet { sheet }.into());
    }
    Ok(reading.read)
}

/// Rows handed over at a time.
const BATCH: usize = 200;

/// Checks the rows on a thread of their own while the next ones are parsed: each of the two takes
/// about half the time.
fn check_rows(mut rows: Rows<'_>, reading: &mut Reading<'_>, mut progress: impl FnMut(u64)) -> Result<(), SheetError> {
    let first = reading.read.map.first_data_row;
    let found = std::thread::scope(|threads| {
        let (give, take) = std::sync::mpsc::sync_channel::<Vec<TakenRow>>(4);
        let (give_back, take_back) = std::sync::mpsc::channel::<Vec<TakenRow>>();
        let checker = threads.spawn(move || {
            for batch in take {
                batch.iter().for_each(|row| reading.row(row.row()));
                // What a row lay in serves for a later one; nobody waits for it at the end.
                let _ = give_back.send(batch);
            }
            reading.read.found
        });
        let mut batch: Vec<TakenRow> = Vec::with_capacity(BATCH);
        let mut used: Vec<TakenRow> = Vec::new();
        let mut parsed = 0;
        let outcome = loop {
            if used.is_empty() {
                used = take_back.try_recv().unwrap_or_default();
            }
            match rows.take_row(used.pop()) {
                Ok(Some(row)) if row.row().number as usize <= first => {}
                Ok(Some(row)) => batch.push(row),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
            if batch.len() == BATCH {
                parsed += BATCH as u64;
                progress(parsed);
                // It is gone only when it panicked, which joining it passes on.
                if give.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
                    break Ok(());
                }
            }
        };
        let _ = give.send(batch);
        drop(give);
        match checker.join() {
            Ok(found) => outcome.map(|()| found),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })?;
    progress(found);
    Ok(())
}

/// The sheet the plan names, or the first that is not hidden.
fn chosen(sheets: &[SheetInfo], plan: &Plan) -> String {
    let wanted = plan.sheet.as_deref().and_then(|name| sheets.iter().find(|sheet| sheet.name == name));
    let seen = || sheets.iter().find(|sheet| sheet.worksheet && !sheet.hidden);
    let any = || sheets.iter().find(|sheet| sheet.worksheet);
    match plan.sheet.as_deref() {
        Some(name) if wanted.is_none() => name.to_owned(),
        _ => wanted.or_else(seen).or_else(any).map(|sheet| sheet.name.clone()).unwrap_or_default(),
    }
}

struct Column<'a> {
    index: usize,
    heading: String,
    field: &'a Field,
    unit: ColumnUnit,
    period: ColumnPeriod,
}

fn columns<'a>(map: &ColumnMap, catalogue: &'a Catalogue) -> Vec<Option<Column<'a>>> {
    let column = |mapped: &kernel::heading::MappedColumn| {
        let field = catalogue.field(&mapped.field)?;
        let (index, heading) = (mapped.index, mapped.heading.clone());
        Some(Column { index, heading, field, unit: mapped.unit, period: mapped.period })
    };
    map.columns.iter().map(column).collect()
}

struct Reading<'a> {
    columns: Vec<Option<Column<'a>>>,
    nameless: Vec<bool>,
    head_cells: usize,
    doubles: Doubles,
    plan: &'a Plan,
    catalogue: &'a Catalogue,
    read: ReadSheet,
}

impl Reading<'_> {
    fn row(&mut self, row: Row<'_>) {
        if self.plan.skipped.contains(&row.number) {
            self.read.found += 1;
            return;
        }
        if head::is_total(row.cells, &self.read.map) {
            self.read.totals += 1;
            return;
        }
        if row.cells.iter().all(RawCell::is_empty) {
            return;
        }
        self.read.found += 1;
        self.check_shape(&row);
        let year = self.year(&row);
        let values: Box<[Option<Value>]> =
            (0..self.columns.len()).map(|nth| self.cell(nth, &row, year.is_some())).collect();
        let subject = self.subject(&row);
        let read = ReadRow { number: row.number, subject, year, values };
        if let Some(fault) = self.doubles.check(&self.read, &read, self.catalogue, self.plan) {
            self.read.faults.of_row(fault);
        }
        self.read.rows.push(read);
    }

    /// A line of a csv file with more or fewer cells than the head, and cells under no heading:
    /// something has slipped, and every figure behind it would land in the wrong column.
    fn check_shape(&mut self, row: &Row<'_>) {
        if let Some(written) = row.written.filter(|written| *written != self.head_cells) {
            let head = self.head_cells;
            self.fault_of_row(
                row.number,
                format!("{written}"),
                Said::new(format!("{head} 格"), format!("{head} cells")),
                Said::new(
                    format!("第 {} 行有 {written} 格，表头有 {head} 格。请检查是否多了或少了逗号、引号。", row.number),
                    format!(
                        "Row {} has {written} cells, the head has {head}. Is a comma or a quotation mark missing or too many?",
                        row.number
                    ),
                ),
            );
            return;
        }
        for at in 0..row.cells.len() {
            let nameless = self.nameless.get(at).copied().unwrap_or(!self.plan.skip_unknown);
            if !nameless || row.cells[at].is_empty() {
                continue;
            }
            // Said once for a column, not for each of its rows.
            if at >= self.nameless.len() {
                self.nameless.resize(at + 1, !self.plan.skip_unknown);
            }
            self.nameless[at] = false;
            let letters = reports::sheet::column_letters(at as u32 + 1);
            self.read.faults.of_head(Fault {
                sheet: self.read.sheet.clone(),
                row: row.number,
                at: Some(at),
                column: letters.clone(),
                found: row.cells[at].shown().into_owned(),
                expected: Said::new("该列的表头", "a heading for the column"),
                message: Said::new(
                    format!("{letters} 列没有表头，第 {} 行却有内容。请补上表头，或忽略这一列。", row.number),
                    format!("Column {letters} has no heading, but row {} has content in it. Give it a heading or skip the column.", row.number),
                ),
            });
        }
    }

    /// The subject whose number the row carries, in a list of the register itself. A row without
    /// one was added by hand.
    fn subject(&mut self, row: &Row<'_>) -> Option<SubjectId> {
        let at = self.read.id_column?;
        let fixed = self.plan.fix(row.number, at).map(|text| RawCell::Text(text.to_owned()));
        let cell = fixed.as_ref().or_else(|| row.cells.get(at)).filter(|cell| !cell.is_empty())?;
        let found = cell.shown().trim().to_owned();
        let subject = found.parse().ok().map(SubjectId);
        if subject.is_none() {
            let heading = head::heading_of(&self.read.guess, at);
            let fault = own::no_such_number(&self.read.sheet, row.number, (at, &heading), &found);
            self.read.faults.of_row(fault);
        }
        subject
    }

    /// The year of the row, where the sheet has a column for it.
    fn year(&mut self, row: &Row<'_>) -> Option<Period> {
        let at = self.read.map.year_column?;
        let fixed = self.plan.fix(row.number, at).map(|text| RawCell::Text(text.to_owned()));
        let cell = fixed.as_ref().or_else(|| row.cells.get(at)).unwrap_or(&RawCell::Empty);
        let text = cell.shown();
        let year = read_period(&text).filter(|period| matches!(period, Period::Year(_)));
        if year.is_none() {
            let heading = head::heading_of(&self.read.guess, at);
            let found = text.into_owned();
            let message = Said::new(
                format!("第 {} 行“{heading}”：“{found}”不是年份，应填写四位年份，如 2025。", row.number),
                format!("Row {}, {heading}: “{found}” is not a year; expected four digits, such as 2025.", row.number),
            );
            self.read.faults.of_row(Fault {
                sheet: self.read.sheet.clone(),
                row: row.number,
                at: Some(at),
                column: heading,
                found,
                expected: Said::new("四位年份，如 2025", "a year of four digits, such as 2025"),
                message,
            });
        }
        year
    }

    fn cell(&mut self, nth: usize, row: &Row<'_>, has_year: bool) -> Option<Value> {
        let column = self.columns[nth].as_ref()?;
        let fixed = self.plan.fix(row.number, column.index).map(|text| RawCell::Text(text.to_owned()));
        let cell = fixed.as_ref().or_else(|| row.cells.get(column.index))?;
        if column.period == ColumnPeriod::OfRow && !has_year {
            return None;
        }
        match read_cell(cell, column.field, column.unit) {
            Ok(value) => {
                if let Some(value) = &value {
                    for remark in remarks(cell, column.field, column.unit, value) {
                        *self.read.remarks.entry(remark).or_default() += 1;
                    }
                }
                value
            }
            Err(fault) => {
                let place = (self.read.sheet.as_str(), row.number);
                let fault = Fault::of_cell(place, column.index, &column.heading, &fault);
                self.read.faults.of_row(fault);
                None
            }
        }
    }

    fn fault_of_row(&mut self, row: u32, found: String, expected: Said, message: Said) {
        let sheet = self.read.sheet.clone();
        let column = self.plan.kind.zh().to_owned();
        self.read.faults.of_row(Fault { sheet, row, at: None, column, found, expected, message });
    }
}

/// The label of the field that names the subject, in both languages.
pub(crate) fn said_label(catalogue: &Catalogue, plan: &Plan, field: &str) -> Said {
    Said::new(head::label(catalogue, plan, field, Lang::Zh), head::label(catalogue, plan, field, Lang::En))
}
