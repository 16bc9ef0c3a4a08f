//! Several sheets of one workbook, taken in together: all of them, or nothing.

use std::sync::Arc;

use kernel::{Catalogue, SubjectKind};
use store::access::Scope;
use store::{Store, StoreError};

use crate::contradict::contradictions;
use crate::identify::{Owners, identify};
use crate::load::{Incoming, Manner, Outcome, Taken, keep_out, load, rehearse_all};
use crate::read::{ReadSheet, read};
use crate::{Identified, IntakeError, Plan};

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

/// Reads the sheets of the plans, in their order. Figures that two of them state differently are
/// faults. `progress` is told the number of rows read.
///
/// # Errors
/// [`IntakeError::Sheet`] when the file cannot be read. Faults of cells are part of the answer.
pub fn read_sheets(
    bytes: &Arc<[u8]>,
    plans: &[Plan],
    catalogue: &Catalogue,
    mut progress: impl FnMut(u64),
) -> Result<Vec<ReadSheet>, IntakeError> {
    let mut sheets: Vec<ReadSheet> = Vec::with_capacity(plans.len());
    let mut before = 0;
    for plan in plans {
        let sheet = read(bytes.clone(), plan, catalogue, |rows| progress(before + rows))?;
        before += sheet.found;
        sheets.push(sheet);
    }
    contradictions(&mut sheets);
    Ok(sheets)
}

/// Finds out whom each row of the sheets speaks of. A record may belong to an enterprise that
/// another of the sheets brings in, so those are looked at first. What is wrong becomes a fault.
///
/// # Errors
/// What the database reports.
pub async fn identify_sheets(
    store: &Store,
    sheets: &mut [ReadSheet],
    plans: &[Plan],
    catalogue: &Catalogue,
    scope: &Scope,
) -> Result<Vec<Identified>, StoreError> {
    let mut identified = vec![Identified::default(); sheets.len()];
    let mut owners = Owners::default();
    // Records come last, so nobody's owners are asked for where there are none.
    let has_records = sheets.iter().any(|sheet| sheet.kind.is_record());
    for at in in_order(sheets) {
        identified[at] = identify(store, &mut sheets[at], &plans[at], catalogue, scope, &owners).await?;
        if has_records {
            owners.add(&sheets[at]);
        }
    }
    Ok(identified)
}

/// The sheets in the order in which their rows are stored: enterprises and institutions, other
/// subjects, then records, which need their owners.
pub(crate) fn in_order(sheets: &[ReadSheet]) -> Vec<usize> {
    let rank = |kind: SubjectKind| match kind {
        SubjectKind::Enterprise => 0,
        SubjectKind::Institution => 1,
        kind if !kind.is_record() => 2,
        _ => 3,
    };
    let mut order: Vec<usize> = (0..sheets.len()).collect();
    order.sort_by_key(|at| (rank(sheets[*at].kind), sheets[*at].kind, *at));
    order
}

/// The whole way of several sheets of one workbook, as the command line goes it: read, identify,
/// store as one load, whatever kinds they speak of. A fault in one of them keeps all of them out.
/// A rehearsal stores nothing. `progress` is told how far it has come.
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
    if plans.is_empty() {
        return Ok(Outcome::default());
    }
    let mut sheets = read_sheets(&incoming.bytes, plans, catalogue, |rows| progress(Stage::Reading(rows)))?;
    let before = sheets.iter().map(|sheet| sheet.found).sum();
    progress(Stage::Matching(before));
    let identified = identify_sheets(store, &mut sheets, plans, catalogue, scope).await?;
    let stored = |rows| progress(Stage::Storing(rows, before));
    let receipt = match (keep_out(&sheets, manner.skip_faulty), manner.rehearsal) {
        (true, _) => None,
        (false, true) => Some(rehearse_all(store, incoming, &mut sheets, stored).await?),
        (false, false) => Some(load(store, incoming, &mut sheets, manner.skip_faulty, stored).await?),
    };
    let skipped: usize = plans.iter().map(|plan| plan.skipped.len()).sum();
    let mut outcome = Outcome {
        accepted: receipt.map_or(0, |receipt| receipt.accepted),
        unchanged: receipt.map_or(0, |receipt| receipt.unchanged),
        skipped: skipped as u64,
        conflicts: receipt.map_or(0, |receipt| receipt.conflicts),
        new_subjects: receipt.map_or(0, |receipt| receipt.new_subjects),
        source: receipt.and_then(|receipt| receipt.source),
        ..Outcome::default()
    };
    for (sheet, identified) in sheets.iter().zip(identified) {
        let faults = sheet.faults.total;
        outcome.sheets.push(Taken { sheet: sheet.sheet.clone(), kind: sheet.kind, rows: sheet.found, faults });
        outcome.identified.add(identified);
        outcome.rows += sheet.found;
        outcome.skipped += if manner.skip_faulty { sheet.faults.rows.len() as u64 } else { 0 };
        outcome.faults.join(sheet.faults.clone());
        outcome.skipped_columns.extend(sheet.skipped_columns.iter().cloned());
        outcome.own_columns.extend(sheet.own_columns.iter().cloned());
    }
    Ok(outcome)
}
