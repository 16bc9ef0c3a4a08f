//! Storing a sheet: all of it, or nothing.

use std::sync::Arc;

use kernel::{Catalogue, Place, SourceId, SourceKind};
use reports::sheet::Format;
use store::access::Scope;
use store::files::Media;
use store::{LoadReceipt, NewLoad, NewStatement, Store};

use crate::read::{ReadSheet, read};
use crate::{Faults, Identified, IntakeError, Plan, identify};

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

/// What became of a sheet.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Data rows found.
    pub rows: u64,
    /// Rows that said something new and were stored (or would be, in a rehearsal).
    pub accepted: u64,
    /// Rows whose values stood already.
    pub unchanged: u64,
    /// Rows left out for their faults or by the person.
    pub skipped: u64,
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

/// Stores a sheet that was read and identified, in one transaction. Rows with faults are left
/// out when `skip_faulty` says so; otherwise one fault keeps everything out. Faults of the head
/// can only be skipped as columns. The file is kept beside it by its hash.
///
/// # Errors
/// [`IntakeError::Faulty`] before anything is stored; [`IntakeError::Store`] after which nothing is.
pub async fn load(
    store: &Store,
    incoming: &Incoming,
    sheet: &ReadSheet,
    plan: &Plan,
    skip_faulty: bool,
    progress: impl FnMut(u64) + Send,
) -> Result<LoadReceipt, IntakeError> {
    let faulty = !sheet.faults.is_empty() && (!skip_faulty || sheet.faults.of_head > 0);
    if faulty {
        return Err(IntakeError::Faulty { faults: sheet.faults.total });
    }
    let media = match sheet.format {
        Format::Xlsx => Media::Xlsx,
        Format::Xls => Media::Xls,
        Format::Csv => Media::Csv,
    };
    let kept = store.keep_bytes(&incoming.bytes, media, &incoming.title, &incoming.by).await?;
    let new = new_load(incoming, sheet, plan, Some(kept.hash));
    Ok(with_settled(store.load(new, statements(sheet), progress).await?, sheet))
}

fn new_load(incoming: &Incoming, sheet: &ReadSheet, plan: &Plan, file_hash: Option<String>) -> NewLoad {
    NewLoad {
        kind: incoming.source,
        origin: incoming.origin.clone(),
        title: incoming.title.clone(),
        file_hash,
        subject_kind: plan.kind,
        column_map_json: serde_json::to_string(&sheet.map).ok(),
        by: incoming.by.clone(),
    }
}

/// The rows without faults as statements, made one at a time while they are stored.
fn statements(sheet: &ReadSheet) -> impl Iterator<Item = NewStatement> + Send {
    let sound = sheet.rows.iter().filter(|row| !row.is_settled() && !sheet.faults.rows.contains(&row.number));
    sound.map(|row| NewStatement {
        subject: row.subject,
        place: Some(Place::Row { sheet: sheet.sheet.clone(), row: row.number }),
        values: sheet.facts(row),
    })
}

/// Counts the rows of the register's own list that nobody changed among those given.
fn with_settled(receipt: LoadReceipt, sheet: &ReadSheet) -> LoadReceipt {
    let settled = sheet.rows.iter().filter(|row| row.is_settled() && !sheet.faults.rows.contains(&row.number));
    let settled = settled.count() as u64;
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
    let mut sheet = read(incoming.bytes.clone(), plan, catalogue, |_| {})?;
    let identified = identify(store, &mut sheet, plan, catalogue, scope).await?;
    let refused = !sheet.faults.is_empty() && (!manner.skip_faulty || sheet.faults.of_head > 0);
    let receipt = match (refused, manner.rehearsal) {
        (true, _) => None,
        (false, true) => {
            let new = new_load(incoming, &sheet, plan, None);
            Some(with_settled(store.rehearse_load(new, statements(&sheet), |_| {}).await?, &sheet))
        }
        (false, false) => Some(load(store, incoming, &sheet, plan, manner.skip_faulty, |_| {}).await?),
    };
    let left_out = if manner.skip_faulty { sheet.faults.rows.len() as u64 } else { 0 };
    Ok(Outcome {
        rows: sheet.found,
        accepted: receipt.map_or(0, |receipt| receipt.accepted),
        unchanged: receipt.map_or(0, |receipt| receipt.unchanged),
        skipped: left_out + plan.skipped.len() as u64,
        faults: sheet.faults,
        skipped_columns: sheet.skipped_columns,
        own_columns: sheet.own_columns,
        identified,
        source: receipt.and_then(|receipt| receipt.source),
    })
}
