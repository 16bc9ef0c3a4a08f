//! Every case folded from its events, on every processor there is: each folds the cases of its own.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use kernel::chain::{Hash, values_hash};
use loops::{Case, Kind, Sealed};
use sea_orm::{DatabaseTransaction, DbBackend, DbErr, QueryResult, StreamTrait, Value};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::case::{compared, digest, written};
use super::packed;
use crate::cases::events;
use crate::cases::head::is_number_of;
use crate::verify::flaw::{Flaw, Ledger, Wrong};
use crate::{Store, StoreError};

/// Rows that are handed over together.
const AT_ONCE: usize = 500;
/// Hands of rows that may wait for one folder.
const WAITING: usize = 8;

/// The kind of every case, and the number of its last event, as its head says.
pub(super) type Known = HashMap<Uuid, (&'static Kind, i64)>;

/// What the events say of the heads.
#[derive(Default)]
pub(super) struct Folds {
    /// A hash of the columns that each head should have, and of what should be kept of the fold.
    pub(super) said: HashMap<Uuid, (Hash, Hash)>,
    /// Those columns of some case, for their types.
    pub(super) template: Option<Vec<(&'static str, Value)>>,
    /// The first event that does not fit.
    pub(super) flaw: Option<Flaw>,
}

/// How the events are read.
#[derive(Clone, Copy)]
struct Reader {
    case: fn(&QueryResult) -> Result<Uuid, DbErr>,
    event: fn(&QueryResult) -> Result<Numbered, StoreError>,
}

/// An event with its number and its case; `None` for a row that this program never wrote so.
pub(super) type Numbered = (i64, Uuid, Option<Sealed>);

fn case_of(row: &QueryResult) -> Result<Uuid, DbErr> {
    row.try_get_by_index(1)
}

fn sealed(row: &QueryResult) -> Result<Numbered, StoreError> {
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, events::read(row)?))
}

/// Folds every case.
pub(super) async fn folds(store: &Store, tx: &DatabaseTransaction, known: &Arc<Known>) -> Result<Folds, StoreError> {
    let (rows, reader) = match store.backend() {
        DbBackend::Sqlite => (packed::select(store.zone_id()), Reader { case: packed::case_of, event: packed::sealed }),
        _ => (events::select(store.zone_id(), None), Reader { case: case_of, event: sealed }),
    };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (mut hands, mut folders) = (Vec::new(), Vec::new());
    for _ in 0..processors {
        let (hand, mut rows) = mpsc::channel::<Vec<QueryResult>>(WAITING);
        let mut folder = Folder::of(known, reader);
        folders.push(tokio::task::spawn_blocking(move || {
            while let Some(some) = rows.blocking_recv() {
                some.iter().try_for_each(|row| folder.take(row))?;
            }
            Ok::<_, StoreError>(folder)
        }));
        hands.push((hand, Vec::with_capacity(AT_ONCE)));
    }
    let mut stream = tx.stream(&rows).await?;
    while let Some(row) = stream.try_next().await? {
        let id = (reader.case)(&row)?;
        let (hand, some) = &mut hands[usize::from(id.as_bytes()[15]) % processors];
        some.push(row);
        if some.len() == AT_ONCE && hand.send(std::mem::replace(some, Vec::with_capacity(AT_ONCE))).await.is_err() {
            // A folder that cannot read on ends, and says why below.
            break;
        }
    }
    for (hand, some) in hands {
        let _ = hand.send(some).await;
    }
    let mut done = Vec::new();
    for folder in folders {
        let folder = folder.await.map_err(|error| StoreError::Corrupt(format!("folding cases ended: {error}")))?;
        done.push(folder?);
    }
    Ok(together(done))
}

/// What all folders found: of several flaws the one of the earliest event.
fn together(folders: Vec<Folder>) -> Folds {
    let mut folds = Folds::default();
    let flaws = folders.iter().filter_map(|folder| folder.flaw.clone());
    folds.flaw = flaws.min_by_key(|(no, _)| *no).map(|(_, flaw)| flaw);
    let unfinished = folders.iter().flat_map(|folder| folder.underway.keys()).min();
    let unfinished = unfinished.map(|id| Flaw::at(Ledger::CaseHead, id, Wrong::Derived { column: "seq" }));
    folds.flaw = folds.flaw.or(unfinished);
    for folder in folders {
        folds.template = folds.template.or(folder.template);
        folds.said.extend(folder.said);
    }
    folds
}

/// Folds some of the cases. A case is put away once its last event was seen, so that only those underway
/// are in memory.
struct Folder {
    known: Arc<Known>,
    reader: Reader,
    underway: HashMap<Uuid, Case>,
    said: HashMap<Uuid, (Hash, Hash)>,
    template: Option<Vec<(&'static str, Value)>>,
    /// The first event that does not fit, with its number.
    flaw: Option<(i64, Flaw)>,
}

impl Folder {
    fn of(known: &Arc<Known>, reader: Reader) -> Self {
        let (underway, said) = (HashMap::new(), HashMap::new());
        Self { known: known.clone(), reader, underway, said, template: None, flaw: None }
    }

    /// Takes the next event. Behind the first that does not fit none is taken.
    fn take(&mut self, row: &QueryResult) -> Result<(), StoreError> {
        if self.flaw.is_some() {
            return Ok(());
        }
        let (no, id, event) = (self.reader.event)(row)?;
        let flaw = match event {
            Some(sealed) => self.fold(no, id, &sealed).err(),
            None if !self.known.contains_key(&id) => Some(extra(no)),
            None => Some(Flaw::at(Ledger::Case, no, Wrong::Columns)),
        };
        self.flaw = flaw.map(|flaw| (no, flaw));
        Ok(())
    }

    fn fold(&mut self, no: i64, id: Uuid, sealed: &Sealed) -> Result<(), Flaw> {
        let head = |column| Flaw::at(Ledger::CaseHead, id, Wrong::Derived { column });
        let unfit = |_| Flaw::at(Ledger::Case, no, Wrong::Columns);
        let (kind, last) = self.known.get(&id).copied().ok_or_else(|| extra(no))?;
        if self.said.contains_key(&id) {
            return Err(head("seq"));
        }
        let case = match self.underway.remove(&id) {
            None if !is_number_of(kind, sealed.event.given.number.as_deref().unwrap_or_default()) => {
                return Err(head("kind"));
            }
            None => Case::open(kind, sealed).map_err(unfit)?,
            Some(mut case) => case.apply(sealed).map(|()| case).map_err(unfit)?,
        };
        if i64::from(case.seq) < last {
            self.underway.insert(id, case);
            return Ok(());
        }
        let columns = compared(&case);
        let kept = values_hash(&[], case.kept().as_bytes());
        self.said.insert(id, (digest(columns.iter().map(|(_, value)| written(value))), kept));
        self.template.get_or_insert(columns);
        Ok(())
    }
}

/// An event of a case that has no head.
fn extra(no: i64) -> Flaw {
    Flaw::at(Ledger::Case, no, Wrong::Extra { table: "case_head" })
}
