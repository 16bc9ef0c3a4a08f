//! One row of a table, as the explaining evaluator looks at it.

use kernel::{SubjectKind, Value};

use super::table::{Column, Kind, Table};
use crate::answer::Worked;
use crate::eval::outcome::{Look, Ready};
use crate::exact::Exact;
use crate::ir::{Reading, Source};

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'t> {
    table: &'t Table,
    row: usize,
    /// The column of each input.
    columns: &'t [Option<&'t Column>],
}

/// The column of each input of a policy.
pub(super) fn bind<'t>(ready: &Ready<'_>, table: &'t Table) -> Vec<Option<&'t Column>> {
    let inputs = ready.policy.inputs.iter().enumerate();
    inputs
        .map(|(at, input)| match (&input.source, ready.key(at)) {
            (Source::Fact { .. }, Some(key)) => table.columns.get(key),
            (Source::RecordFact { kind, .. }, Some(key)) => table.records.get(kind)?.columns.get(key),
            _ => None,
        })
        .collect()
}

impl<'t> Row<'t> {
    pub fn new(table: &'t Table, columns: &'t [Option<&'t Column>], row: usize) -> Self {
        Row { table, row, columns }
    }

    /// The column of an input, and the place of its cell.
    fn cell(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<(&'t Column, usize)> {
        let column = (*self.columns.get(input)?)?;
        match (&ready.policy.inputs[input].source, record) {
            (Source::RecordFact { kind, .. }, Some(record)) => {
                Some((column, self.table.records.get(kind)?.of(self.row).start + record))
            }
            (Source::RecordFact { .. }, None) => None,
            _ => Some((column, self.row)),
        }
    }
}

impl Look for Row<'_> {
    fn read(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<Worked> {
        let (column, at) = self.cell(ready, input, record)?;
        let known = &ready.policy.inputs[input];
        if let Some(value) = column.beside.get(&at) {
            return known.read(value);
        }
        if !column.known.get(at) || column.kind != Kind::of(known.reading) {
            return None;
        }
        match known.reading {
            Reading::Truth => Some(Worked::truth(column.yes.get(at))),
            Reading::Code => None,
            reading => {
                let per = per(column, reading)?;
                Exact::ratio(column.figures.get(at).copied()?.into(), per.into()).map(Worked::figure)
            }
        }
    }

    fn word(&self, ready: &Ready<'_>, input: usize, record: Option<usize>) -> Option<&str> {
        let (column, at) = self.cell(ready, input, record)?;
        match column.beside.get(&at) {
            Some(Value::Code(word) | Value::Text(word)) => return Some(word),
            Some(_) => return None,
            None => {}
        }
        if !column.known.get(at) || column.kind != Kind::Word {
            return None;
        }
        column.words.get(*column.codes.get(at)? as usize).map(String::as_str)
    }

    fn records(&self, kind: SubjectKind) -> Option<usize> {
        let records = self.table.records.get(&kind)?;
        records.known.get(self.row).then(|| records.of(self.row).len())
    }
}

/// What a cell must be divided by.
pub(super) fn per(column: &Column, reading: Reading) -> Option<i64> {
    let percent = if reading == Reading::Percent { 100 } else { 1 };
    10_i64.checked_pow(column.scale)?.checked_mul(percent)
}
