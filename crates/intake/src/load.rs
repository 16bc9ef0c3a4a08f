//! Storing a sheet: all of it, or nothing.

use std::sync::Arc;

use kernel::heading::ColumnMap;
use kernel::{Catalogue, Place, SourceId, SourceKind, SubjectKind};
use reports::sheet::Format;
use store::access::Scope;
use store::files::Media;
use store::{LoadReceipt, NewLoad, NewStatement, Store};

use crate::read::ReadSheet;
use crate::sheets::{in_order, take_in_sheets};
use crate::{Faults, Identified, IntakeError, Plan};

/// A file on its way in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
    /// How it comes to us: a sheet of a bureau, the enterprises' own declarations.
    pub source: SourceKind,
    /// What people call it.
    pub title: String,
    /// Who speaks in it: 统计办, 税务局. Later statements of the same origin supersede earlier ones.
    pub origin: String,
    /// The account that brings it.
    pub by: String,
}

/// A sheet that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its name.
    pub sheet: String,
    /// What its rows speak of.
    pub kind: SubjectKind,
    /// Data rows found.
    pub rows: u64,
    /// What was wrong with it, counted.
    pub faults: u64,
}

/// What became of a sheet, or of several together.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The sheets that were read.
    pub sheets: Vec<Taken>,
    /// Data rows found.
    pub rows: u64,
    /// Rows that said something new and were stored (or would be, in a rehearsal).
    pub accepted: u64,
    /// Rows whose values stood already.
    pub unchanged: u64,
    /// Rows left out for their faults or by the person.
    pub skipped: u64,
    /// Subjects the register did not know before (or would not, in a rehearsal).
    pub new_subjects: u64,
    /// Facts on which sources disagree only since this load (or would, in a rehearsal).
    pub conflicts: u64,
    /// What was wrong.
    pub faults: Faults,
    /// Headings of columns nobody knows, left out because the plan says so.
    pub skipped_columns: Vec<String>,
    /// Headings of columns that the register reckons itself, passed over.
    pub own_columns: Vec<String>,
    /// Whom the rows speak of.
    pub identified: Identified,
    /// The load; `None` where nothing was stored.
    pub source: Option<SourceId>,
}

/// Stores sheets of one workbook that were read and identified, in one transaction: all of them,
/// or nothing. Rows with faults are left out when `skip_faulty` says so; otherwise one fault keeps
/// everything out. Faults of the head can only be skipped as columns. The file is kept beside it
/// by its hash.
///
/// # Errors
/// [`IntakeError::Faulty`] before anything is stored; [`IntakeError::Store`] after which nothing is.
pub(crate) async fn load(
    store: &Store,
    incoming: &Incoming,
    sheets: &mut [ReadSheet],
    skip_faulty: bool,
    progress: impl FnMut(u64) + Send,
) -> Result<LoadReceipt, IntakeError> {
    if keep_out(sheets, skip_faulty) {
        return Err(IntakeError::Faulty { faults: sheets.iter().map(|sheet| sheet.faults.total).sum() });
    }
    let media = match sheets.first().map_or(Format::Xlsx, |sheet| sheet.format) {
        Format::Xlsx => Media::Xlsx,
        Format::Xls => Media::Xls,
        Format::Csv => Media::Csv,
    };
    let kept = store.keep_bytes(&incoming.bytes, media, &incoming.title, &incoming.by).await?;
    let new = new_load(incoming, sheets, Some(kept.hash));
    let settled = settled(sheets);
    Ok(with_settled(store.load(new, statements(sheets), progress).await?, settled))
}

/// Does everything a load does and takes it back.
pub(crate) async fn rehearse_all(
    store: &Store,
    incoming: &Incoming,
    sheets: &mut [ReadSheet],
    progress: impl FnMut(u64) + Send,
) -> Result<LoadReceipt, IntakeError> {
    let new = new_load(incoming, sheets, None);
    let settled = settled(sheets);
    Ok(with_settled(store.rehearse_load(new, statements(sheets), progress).await?, settled))
}

/// Whether the faults of one sheet keep all of them out.
pub(crate) fn keep_out(sheets: &[ReadSheet], skip_faulty: bool) -> bool {
    sheets.iter().any(|sheet| sheet.faults.keep_out(skip_faulty))
}

fn new_load(incoming: &Incoming, sheets: &[ReadSheet], file_hash: Option<String>) -> NewLoad {
    NewLoad {
        kind: incoming.source,
        origin: incoming.origin.clone(),
        title: incoming.title.clone(),
        file_hash,
        subject_kind: sheets.first().map_or(SubjectKind::Enterprise, |sheet| sheet.kind),
        column_map_json: column_map(sheets).and_then(|map| serde_json::to_string(&map).ok()),
        by: incoming.by.clone(),
    }
}

/// The map of the first sheet, which carries those of the others.
fn column_map(sheets: &[ReadSheet]) -> Option<ColumnMap> {
    let (first, others) = sheets.split_first()?;
    let several = others.iter().any(|sheet| sheet.kind != first.kind);
    let map = |sheet: &ReadSheet| ColumnMap { kind: several.then_some(sheet.kind), ..sheet.map.clone() };
    let sheets = others.iter().map(|sheet| (sheet.sheet.clone(), map(sheet))).collect();
    Some(ColumnMap { sheet: first.sheet.clone(), others: sheets, ..map(first) })
}

/// The rows without faults as statements, made one at a time while they are stored. Each row is
/// given up as it is stated, so that a long sheet does not lie in memory beside what is made of it.
fn statements(sheets: &mut [ReadSheet]) -> impl Iterator<Item = NewStatement> + Send + use<> {
    let order = in_order(sheets);
    let stated: Vec<_> = order.into_iter().map(|at| stated(&mut sheets[at])).collect();
    stated.into_iter().flatten()
}

fn stated(sheet: &mut ReadSheet) -> impl Iterator<Item = NewStatement> + Send + use<> {
    let (kind, name, columns) = (sheet.kind, sheet.sheet.clone(), sheet.map.columns.clone());
    let order = sheet.order();
    let mut rows = std::mem::take(&mut sheet.rows);
    rows.retain(|row| !row.is_settled() && !sheet.faults.rows.contains(&row.number));
    rows.into_iter().map(move |mut row| {
        let facts = order.iter().filter_map(|at| {
            let value = row.values[*at].take()?;
            Some((columns[*at].fact(row.year)?, Some(value)))
        });
        NewStatement {
            subject: row.subject,
            kind: Some(kind),
            place: Some(Place::Row { sheet: name.clone(), row: row.number }),
            values: facts.collect(),
        }
    })
}

/// How many rows of the register's own lists nobody changed.
fn settled(sheets: &[ReadSheet]) -> u64 {
    let settled = |sheet: &ReadSheet| {
        sheet.rows.iter().filter(|row| row.is_settled() && !sheet.faults.rows.contains(&row.number)).count() as u64
    };
    sheets.iter().map(settled).sum()
}

fn with_settled(receipt: LoadReceipt, settled: u64) -> LoadReceipt {
    LoadReceipt { rows: receipt.rows + settled, unchanged: receipt.unchanged + settled, ..receipt }
}

/// How a sheet is to be taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Rows with faults are left out instead of keeping everything out.
    pub skip_faulty: bool,
    /// Everything is tried, nothing is stored.
    pub rehearsal: bool,
}

/// The whole way of a sheet in one call, as the command line goes it: read, identify, store.
/// A rehearsal stores nothing.
///
/// # Errors
/// [`IntakeError`] when the file cannot be read or the register refuses it. Faults are not
/// errors: they are in the outcome, and nothing was stored.
pub async fn take_in(
    store: &Store,
    incoming: &Incoming,
    plan: &Plan,
    catalogue: &Catalogue,
    scope: &Scope,
    manner: Manner,
) -> Result<Outcome, IntakeError> {
    take_in_sheets(store, incoming, std::slice::from_ref(plan), catalogue, scope, manner, |_| {}).await
}
