//! Loads: many statements of one source, all stored or none.

use std::collections::{BTreeMap, HashMap};

use kernel::{FactKey, Place, Source, SourceId, SourceKind, Statement, SubjectId, SubjectKind, Value};
use serde_json::json;
use uuid::Uuid;

use super::derive::{Identity, State, Units, derive};
use super::history::{Histories, histories};
use super::hot::plain;
use super::identity::{
    CODE, Known, NAME, RECORD, Resolution, USCC, identifiers_in, merge_targets, needs_code, timeless,
};
use super::keep::{Kept, identities, unique};
use super::ledger::{Counts, NewSource, Unsaid};
use super::normal::{code_key, name_key};
use super::placing::units;
use crate::write::Chain;
use crate::{Event, Store, StoreError, Tx};

/// How many statements are worked on at a time: enough to ask the database seldom, few enough
/// that a long sheet never lies in memory as a whole.
const CHUNK: usize = 500;

/// What is the same for every statement of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLoad {
    /// How it came to us.
    pub kind: SourceKind,
    /// Who speaks: 统计办, 税务局 …
    pub origin: String,
    /// What people call it: the file's name, the sheet.
    pub title: String,
    /// The SHA-256 of the file in hexadecimal, where there is one.
    pub file_hash: Option<String>,
    /// What its rows speak of.
    pub subject_kind: SubjectKind,
    /// The columns' meaning as JSON, so that a value leads back to its very cell.
    pub column_map_json: Option<String>,
    /// The account that loads it.
    pub by: String,
}

/// One row of a load.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewStatement {
    /// The subject, where a person has said who it is; otherwise the codes and names among the
    /// values decide.
    pub subject: Option<SubjectId>,
    /// Where in the source it stands; `None` for the whole source.
    pub place: Option<Place>,
    /// The facts; `None` withdraws what this origin said before.
    pub values: BTreeMap<FactKey, Option<Value>>,
}

/// What a load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadReceipt {
    /// The load; `None` where every row said what was known already, and nothing was stored.
    pub source: Option<SourceId>,
    /// Rows given.
    pub rows: u64,
    /// Rows that said something new and were stored.
    pub accepted: u64,
    /// Rows whose values stand already.
    pub unchanged: u64,
    /// Subjects the register did not know before.
    pub new_subjects: u64,
}

impl Store {
    /// Stores a load: all of it in one transaction, or nothing. The same content a second time
    /// changes nothing and leaves no source behind.
    ///
    /// Statements are taken from the iterator a few hundred at a time. `progress` is told the
    /// number of rows done.
    ///
    /// # Errors
    /// A refusal that names the row when a record's owner is not in the register;
    /// [`StoreError::Busy`], [`StoreError::DiskFull`] and the like, after which nothing is stored.
    pub async fn load<I>(
        &self,
        load: NewLoad,
        statements: I,
        progress: impl FnMut(u64) + Send,
    ) -> Result<LoadReceipt, StoreError>
    where
        I: IntoIterator<Item = NewStatement>,
        I::IntoIter: Send,
    {
        self.load_or_rehearse(load, statements, progress, false).await
    }

    /// Does everything [`Store::load`] does and then takes it all back: what a load would do, told
    /// before it is done.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn rehearse_load<I>(
        &self,
        load: NewLoad,
        statements: I,
        progress: impl FnMut(u64) + Send,
    ) -> Result<LoadReceipt, StoreError>
    where
        I: IntoIterator<Item = NewStatement>,
        I::IntoIter: Send,
    {
        let receipt = self.load_or_rehearse(load, statements, progress, true).await?;
        Ok(LoadReceipt { source: None, ..receipt })
    }

    async fn load_or_rehearse<I>(
        &self,
        load: NewLoad,
        statements: I,
        mut progress: impl FnMut(u64) + Send,
        rehearsal: bool,
    ) -> Result<LoadReceipt, StoreError>
    where
        I: IntoIterator<Item = NewStatement>,
        I::IntoIter: Send,
    {
        let mut statements = statements.into_iter();
        let tx = self.begin_patiently().await?;
        // Whoever loads takes the chain first: what is compared with must not change until the end.
        tx.head(Chain::Statement).await?;
        let mut loading = Loading::new(&tx, load).await?;
        loop {
            let chunk: Vec<NewStatement> = statements.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            loading.chunk(chunk).await?;
            progress(loading.counts.rows.unsigned_abs());
        }
        let receipt = loading.end().await?;
        if receipt.source.is_some() && !rehearsal {
            tx.finish().await?;
        }
        Ok(receipt)
    }

    /// Begins a transaction that can be done only once, waiting for others who write.
    async fn begin_patiently(&self) -> Result<Tx, StoreError> {
        let mut pause = std::time::Duration::from_millis(40);
        for _ in 0..4 {
            match self.begin().await {
                Err(error) if error.is_transient() => tokio::time::sleep(pause).await,
                outcome => return outcome,
            }
            pause *= 2;
        }
        self.begin().await
    }
}

/// A load under way.
struct Loading<'a> {
    tx: &'a Tx,
    load: NewLoad,
    source: Source,
    units: Units,
    counts: Counts,
}

/// A row whose subject is known.
struct Placed {
    subject: Uuid,
    owner: Option<Uuid>,
    row: NewStatement,
}

/// A chunk's subjects.
#[derive(Default)]
struct Subjects {
    known: HashMap<Uuid, Identity>,
    unit_of: HashMap<Uuid, Option<Uuid>>,
    new: HashMap<Uuid, Identity>,
}

impl<'a> Loading<'a> {
    async fn new(tx: &'a Tx, load: NewLoad) -> Result<Self, StoreError> {
        let units = units(tx.connection(), tx.zone_id()).await?;
        let id = SourceId(Uuid::now_v7());
        let source = Source { id, kind: load.kind, origin: load.origin.clone(), undone_at: None };
        Ok(Self { tx, load, source, units, counts: Counts::default() })
    }

    async fn chunk(&mut self, rows: Vec<NewStatement>) -> Result<(), StoreError> {
        self.counts.rows += rows.len() as i64;
        let owners = self.owners(&rows).await?;
        let mut subjects = Subjects::default();
        let placed = self.place(rows, &owners, &mut subjects).await?;
        let existing = unique(placed.iter().map(|row| row.subject).filter(|id| !subjects.new.contains_key(id)));
        for (id, (identity, unit)) in identities(self.tx.connection(), self.tx.zone_id(), &existing).await? {
            subjects.unit_of.insert(id, unit);
            subjects.known.insert(id, identity);
        }
        for row in placed.iter().filter(|row| row.owner.is_some()) {
            // An owner named later is noted; one that is known already stays.
            if let Some(identity) = subjects.known.get_mut(&row.subject) {
                identity.parent = identity.parent.or(row.owner.filter(|owner| *owner != row.subject));
            }
        }
        let catalogue = self.tx.store().catalogue().clone();
        let mut histories = histories(self.tx.connection(), self.tx.zone_id(), &catalogue, &existing, None).await?;
        histories.sources.insert(self.source.id, self.source.clone());
        let touched = self.append(placed, &mut histories).await?;
        self.keep(&catalogue, &histories, &touched, subjects).await
    }

    /// The owner of each row that names one.
    async fn owners(&self, rows: &[NewStatement]) -> Result<Vec<Option<Uuid>>, StoreError> {
        let keys: Vec<Vec<(&'static str, String)>> = rows.iter().map(|row| owner_keys(&row.values)).collect();
        if keys.iter().all(Vec::is_empty) {
            return match self.load.subject_kind.is_record() {
                true => rows
                    .iter()
                    .find(|row| row.subject.is_none())
                    .map_or(Ok(vec![None; rows.len()]), |row| Err(no_owner(row))),
                false => Ok(vec![None; rows.len()]),
            };
        }
        let (connection, zone) = (self.tx.connection(), self.tx.zone_id());
        let enterprises =
            Known::fetch(connection, zone, SubjectKind::Enterprise, keys.iter().flatten().cloned()).await?;
        let institutions =
            Known::fetch(connection, zone, SubjectKind::Institution, keys.iter().flatten().cloned()).await?;
        rows.iter()
            .zip(&keys)
            .map(|(row, keys)| {
                let owner = [&enterprises, &institutions].into_iter().find_map(|known| match known.resolve(keys) {
                    Resolution::Existing(id) => Some(id.0),
                    _ => None,
                });
                match owner {
                    None if self.load.subject_kind.is_record() && row.subject.is_none() => Err(no_owner(row)),
                    owner => Ok(owner),
                }
            })
            .collect()
    }

    /// Finds whom each row speaks of, making new subjects where the register knows nobody.
    async fn place(
        &mut self,
        rows: Vec<NewStatement>,
        owners: &[Option<Uuid>],
        subjects: &mut Subjects,
    ) -> Result<Vec<Placed>, StoreError> {
        let kind = self.load.subject_kind;
        let identifiers: Vec<_> = rows
            .iter()
            .zip(owners)
            .map(|(row, owner)| identifiers_in(kind, *owner, |field| timeless(&row.values, field)))
            .collect();
        let wanted = identifiers.iter().flatten().filter(|(scheme, _)| [USCC, CODE, NAME, RECORD].contains(scheme));
        let mut known = Known::fetch(self.tx.connection(), self.tx.zone_id(), kind, wanted.cloned()).await?;
        let said: Vec<Uuid> = rows.iter().filter_map(|row| Some(row.subject?.0)).collect();
        let shown_under = merge_targets(self.tx.connection(), self.tx.zone_id(), &said).await?;
        let mut placed = Vec::with_capacity(rows.len());
        for ((row, identifiers), owner) in rows.into_iter().zip(identifiers).zip(owners) {
            let subject = match (row.subject, known.resolve(&identifiers)) {
                (Some(SubjectId(id)), _) => shown_under.get(&id).copied().unwrap_or(id),
                (None, Resolution::Existing(SubjectId(id))) => id,
                (None, outcome) => {
                    let new = self.new_subject(&identifiers, *owner, &outcome);
                    let id = new.id;
                    subjects.new.insert(id, new);
                    if !matches!(outcome, Resolution::Ambiguous(_)) {
                        known.note(id, &identifiers);
                    }
                    id
                }
            };
            placed.push(Placed { subject, owner: *owner, row });
        }
        Ok(placed)
    }

    fn new_subject(
        &self,
        identifiers: &[(&'static str, String)],
        parent: Option<Uuid>,
        outcome: &Resolution,
    ) -> Identity {
        let kind = self.load.subject_kind;
        let coded = identifiers.iter().any(|(scheme, _)| matches!(*scheme, USCC | CODE));
        let unsure = needs_code(kind) || matches!(outcome, Resolution::Ambiguous(_));
        let state = if unsure && !coded { State::Candidate } else { State::Active };
        let created_at = self.tx.now().as_microsecond();
        Identity { id: Uuid::now_v7(), kind, state, parent, merged_into: None, created_at }
    }

    /// Appends the rows that say something new; returns the subjects they speak of.
    async fn append(&mut self, placed: Vec<Placed>, histories: &mut Histories) -> Result<Vec<Uuid>, StoreError> {
        let mut unsaid = Vec::with_capacity(placed.len());
        let mut touched = Vec::with_capacity(placed.len());
        let mut in_chunk: HashMap<Uuid, Vec<usize>> = HashMap::new();
        for Placed { subject, row, .. } in placed {
            let earlier = in_chunk.get(&subject).into_iter().flatten().map(|&at: &usize| {
                let earlier: &Unsaid = &unsaid[at];
                &earlier.values
            });
            if stands_already(&self.source.origin, histories, subject, earlier, &row.values) {
                self.counts.unchanged += 1;
                continue;
            }
            in_chunk.entry(subject).or_default().push(unsaid.len());
            touched.push(subject);
            unsaid.push(Unsaid {
                subject,
                source: self.source.id,
                place: row.place.unwrap_or(Place::Whole),
                by: self.load.by.clone(),
                reason: None,
                values: row.values,
            });
        }
        self.counts.accepted += unsaid.len() as i64;
        for (subject, statement) in touched.iter().zip(self.tx.append_statements(unsaid).await?) {
            histories.push(*subject, statement);
        }
        Ok(unique(touched))
    }

    /// Derives and keeps the subjects that were spoken of.
    async fn keep(
        &mut self,
        catalogue: &kernel::Catalogue,
        histories: &Histories,
        touched: &[Uuid],
        mut subjects: Subjects,
    ) -> Result<(), StoreError> {
        let parents = touched.iter().filter_map(|id| subjects.known.get(id).or(subjects.new.get(id))?.parent);
        let parents = unique(parents);
        let parents = identities(self.tx.connection(), self.tx.zone_id(), &parents).await?;
        let (mut kept, mut moved) = (Vec::with_capacity(touched.len()), Vec::new());
        for id in touched {
            let (subject, new) = match subjects.new.remove(id) {
                Some(subject) => (subject, true),
                None => match subjects.known.remove(id) {
                    Some(subject) => (subject, false),
                    None => return Err(StoreError::NotFound),
                },
            };
            let said: Vec<(&Statement, &Source)> = histories.with_sources(*id).collect();
            let parent_unit = subject.parent.and_then(|parent| parents.get(&parent)?.1);
            let derived = derive(catalogue, &self.units, parent_unit, &subject, &said);
            self.counts.new_subjects += i64::from(new);
            if !new && subjects.unit_of.get(id).copied().flatten() != derived.unit {
                moved.push(*id);
            }
            kept.push(Kept { subject, derived, new });
        }
        self.tx.keep(kept).await?;
        if moved.is_empty() {
            return Ok(());
        }
        let records = self.tx.records_of(&moved).await?;
        self.tx.refold(&records).await
    }

    /// Stores the source and the event, if anything was new.
    async fn end(self) -> Result<LoadReceipt, StoreError> {
        let Counts { rows, accepted, unchanged, new_subjects } = self.counts;
        let stored = accepted > 0;
        if stored {
            let (load, id) = (self.load, self.source.id);
            let data = json!({
                "kind": load.kind.key(), "origin": load.origin, "title": load.title, "file": load.file_hash,
                "subjects": load.subject_kind.key(), "rows": rows, "accepted": accepted, "unchanged": unchanged,
                "new_subjects": new_subjects,
            });
            let by = load.by.clone();
            let source = NewSource {
                id,
                kind: load.kind,
                origin: load.origin,
                title: load.title,
                file_hash: load.file_hash,
                subject_kind: Some(load.subject_kind),
                column_map: load.column_map_json,
                by: load.by,
                counts: self.counts,
            };
            self.tx.add_source(&source).await?;
            self.tx.append_event(Event::new("load.stored", by).about("source", id).with(data)).await?;
        }
        Ok(LoadReceipt {
            source: stored.then_some(self.source.id),
            rows: rows.unsigned_abs(),
            accepted: accepted.unsigned_abs(),
            unchanged: unchanged.unsigned_abs(),
            new_subjects: new_subjects.unsigned_abs(),
        })
    }
}

/// Whether everything a row says is what its origin said last already.
fn stands_already<'a>(
    origin: &str,
    histories: &'a Histories,
    subject: Uuid,
    earlier_in_chunk: impl Iterator<Item = &'a BTreeMap<FactKey, Option<Value>>>,
    values: &BTreeMap<FactKey, Option<Value>>,
) -> bool {
    let mut last: HashMap<&FactKey, &Option<Value>> = HashMap::new();
    for (statement, source) in histories.with_sources(subject) {
        let speaks = source.origin == origin && source.kind != SourceKind::Settlement && source.undone_at.is_none();
        if speaks {
            last.extend(&statement.values);
        }
    }
    for earlier in earlier_in_chunk {
        last.extend(earlier);
    }
    if last.is_empty() {
        // A new subject is said to exist even where every cell of its row is empty.
        return false;
    }
    values.iter().all(|(key, value)| last.get(key).copied().unwrap_or(&None) == value)
}

fn owner_keys(values: &BTreeMap<FactKey, Option<Value>>) -> Vec<(&'static str, String)> {
    let mut keys = Vec::new();
    if let Some(code) = timeless(values, "owner_uscc") {
        keys.push((USCC, code_key(&plain(code))));
    }
    if let Some(name) = timeless(values, "owner_name") {
        keys.push((NAME, name_key(&plain(name))));
    }
    keys
}

fn no_owner(row: &NewStatement) -> StoreError {
    let place = row.place.clone().unwrap_or(Place::Whole);
    let said = ["owner_uscc", "owner_name"].iter().filter_map(|field| timeless(&row.values, field)).map(plain);
    let said = said.collect::<Vec<_>>().join(" ");
    StoreError::refused(
        format!("{place}：台账中没有所属主体“{said}”。请先导入该企业，或核对代码与名称。本次没有写入任何内容。"),
        format!(
            "{place}: the owner “{said}” is not in the register; import it first, or check its code and name. Nothing was stored."
        ),
    )
}
