//! Loads: many statements of one source, all stored or none.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::view::fold;
use kernel::{FactKey, Place, Source, SourceId, SourceKind, Statement, SubjectId, SubjectKind, Value};
use serde_json::json;
use uuid::Uuid;

use super::before::Before;
use super::behind::Behind;
use super::bulk::{self, Batch};
use super::deferred::Deferred;
use super::derive::{Conflict, Identity, State, Units, derive};
use super::drafting::{Alone, Drafted, Drafts, Identifier};
use super::history::{Histories, histories};
use super::hot::plain;
use super::identity::{CODE, Known, NAME, RECORD, Resolution, USCC, merge_targets, needs_code, timeless};
use super::keep::{Kept, identities, unique};
use super::ledger::{Counts, NewSource, Unsaid};
use super::placing::units;
use super::source::kinds_text;
use crate::write::Chain;
use crate::{Event, Store, StoreError, Tx};

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
    /// What its rows speak of, where a row does not say so itself.
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
    /// What kind of subject it speaks of, where the load has rows of several; rows of one kind come
    /// together, owners before their records.
    pub kind: Option<SubjectKind>,
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
    /// Facts on which sources disagree only since this load.
    pub conflicts: u64,
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
        I::IntoIter: Send + 'static,
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
        I::IntoIter: Send + 'static,
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
        I::IntoIter: Send + 'static,
    {
        let tx = self.begin_patiently().await?;
        // Whoever loads takes the chain first: what is compared with must not change until the end.
        tx.head(Chain::Statement).await?;
        let mut drafts = Drafts::begin(statements.into_iter(), self.catalogue().clone(), load.subject_kind);
        let mut loading = Loading::new(&tx, load).await?;
        while let Some((kind, chunk)) = drafts.next().await {
            loading.chunk(kind, chunk).await?;
            progress(loading.counts.rows.unsigned_abs());
        }
        drafts.end().await?;
        let receipt = loading.end(rehearsal).await?;
        if receipt.source.is_some() && !rehearsal {
            tx.finish_large().await?;
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
    /// The kinds the rows speak of; the last one is that of the rows under way.
    kinds: Vec<SubjectKind>,
    source: Source,
    units: Units,
    counts: Counts,
    indexes: Deferred,
    before: Before,
    behind: Behind,
}

/// A row whose subject is known.
struct Placed {
    subject: Uuid,
    owner: Option<Uuid>,
    identifiers: Vec<Identifier>,
    row: Drafted,
}

/// The subjects of a chunk that were spoken of: those to fold, and those that one row tells all of.
#[derive(Default)]
struct Touched {
    folded: Vec<Uuid>,
    alone: Vec<Alone>,
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
        let indexes = Deferred::new(tx).await?;
        let (counts, before, behind) = (Counts::default(), Before::new(tx), Behind::default());
        Ok(Self { tx, load, kinds: Vec::new(), source, units, counts, indexes, before, behind })
    }

    async fn chunk(&mut self, kind: SubjectKind, rows: Vec<Drafted>) -> Result<(), StoreError> {
        self.counts.rows += rows.len() as i64;
        if self.kinds.last() != Some(&kind) {
            // Subjects of the kind before may be the owners of these, and their names are not those of this kind.
            self.behind.catch_up().await?;
            self.kinds.retain(|other| *other != kind);
            self.kinds.push(kind);
        }
        if !kind.is_record() && rows.iter().any(|row| !row.owner_keys.is_empty()) {
            // The owner may be one of the subjects that are still being written.
            self.behind.catch_up().await?;
        }
        let owners = self.owners(kind, &rows).await?;
        let mut subjects = Subjects::default();
        let placed = self.place(kind, rows, &owners, &mut subjects).await?;
        let existing = unique(placed.iter().map(|row| row.subject).filter(|id| !subjects.new.contains_key(id)));
        if existing.iter().any(|id| self.behind.is_writing(id)) {
            self.behind.catch_up().await?;
        }
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
        let (touched, statements) = self.append(placed, &mut histories, &subjects).await?;
        self.keep(&catalogue, &histories, touched, statements, subjects).await?;
        self.indexes.defer(self.tx, self.counts.new_subjects).await
    }

    /// The owner of each row that names one.
    async fn owners(&self, kind: SubjectKind, rows: &[Drafted]) -> Result<Vec<Option<Uuid>>, StoreError> {
        let keys = || rows.iter().flat_map(|row| &row.owner_keys).cloned();
        if keys().next().is_none() {
            return match kind.is_record() {
                true => rows
                    .iter()
                    .find(|row| row.subject.is_none())
                    .map_or(Ok(vec![None; rows.len()]), |row| Err(no_owner(row))),
                false => Ok(vec![None; rows.len()]),
            };
        }
        let (connection, zone) = (self.tx.connection(), self.tx.zone_id());
        let enterprises = Known::fetch(connection, zone, SubjectKind::Enterprise, keys()).await?;
        let institutions = Known::fetch(connection, zone, SubjectKind::Institution, keys()).await?;
        rows.iter()
            .map(|row| {
                let known = [&enterprises, &institutions].into_iter();
                let owner = known.into_iter().find_map(|known| match known.resolve(&row.owner_keys) {
                    Resolution::Existing(id) => Some(id.0),
                    _ => None,
                });
                match owner {
                    None if kind.is_record() && row.subject.is_none() => Err(no_owner(row)),
                    owner => Ok(owner),
                }
            })
            .collect()
    }

    /// Finds whom each row speaks of, making new subjects where the register knows nobody.
    async fn place(
        &mut self,
        kind: SubjectKind,
        rows: Vec<Drafted>,
        owners: &[Option<Uuid>],
        subjects: &mut Subjects,
    ) -> Result<Vec<Placed>, StoreError> {
        let identifiers: Vec<_> = rows.iter().zip(owners).map(|(row, owner)| row.identifiers(kind, *owner)).collect();
        let wanted = identifiers.iter().flatten().filter(|(scheme, _)| [USCC, CODE, NAME, RECORD].contains(scheme));
        let wanted: Vec<Identifier> = wanted.cloned().collect();
        let mut known = match self.before.knows(&wanted) {
            Some(reader) => Known::fetch(reader, self.tx.zone_id(), kind, wanted).await?,
            None => Known::fetch(self.tx.connection(), self.tx.zone_id(), kind, wanted).await?,
        };
        self.behind.note(&mut known);
        let said: Vec<Uuid> = rows.iter().filter_map(|row| Some(row.subject?.0)).collect();
        let shown_under = merge_targets(self.tx.connection(), self.tx.zone_id(), &said).await?;
        let mut placed = Vec::with_capacity(rows.len());
        for ((row, identifiers), owner) in rows.into_iter().zip(identifiers).zip(owners) {
            let subject = match (row.subject, known.resolve(&identifiers)) {
                (Some(SubjectId(id)), _) => shown_under.get(&id).copied().unwrap_or(id),
                (None, Resolution::Existing(SubjectId(id))) => id,
                (None, outcome) => {
                    let new = self.new_subject(kind, &identifiers, *owner, &outcome);
                    let id = new.id;
                    subjects.new.insert(id, new);
                    if !matches!(outcome, Resolution::Ambiguous(_)) {
                        known.note(id, &identifiers);
                    }
                    id
                }
            };
            placed.push(Placed { subject, owner: *owner, identifiers, row });
        }
        Ok(placed)
    }

    fn new_subject(
        &self,
        kind: SubjectKind,
        identifiers: &[(&'static str, String)],
        parent: Option<Uuid>,
        outcome: &Resolution,
    ) -> Identity {
        let coded = identifiers.iter().any(|(scheme, _)| matches!(*scheme, USCC | CODE));
        let unsure = needs_code(kind) || matches!(outcome, Resolution::Ambiguous(_));
        let state = if unsure && !coded { State::Candidate } else { State::Active };
        let created_at = self.tx.now().as_microsecond();
        Identity { id: Uuid::now_v7(), kind, state, parent, merged_into: None, created_at }
    }

    /// Chains the rows that say something new; returns the subjects they speak of, and what is to
    /// be inserted.
    async fn append(
        &mut self,
        placed: Vec<Placed>,
        histories: &mut Histories,
        subjects: &Subjects,
    ) -> Result<(Touched, Batch), StoreError> {
        let mut rows_of: HashMap<Uuid, usize> = HashMap::new();
        for row in &placed {
            *rows_of.entry(row.subject).or_default() += 1;
        }
        let settles = self.source.kind == SourceKind::Settlement;
        let tells_all = |id: &Uuid| !settles && rows_of.get(id) == Some(&1) && subjects.new.contains_key(id);
        let mut seq = self.tx.head(Chain::Statement).await?.seq;
        let mut touched = Touched::default();
        let mut unsaid: Vec<Unsaid> = Vec::with_capacity(placed.len());
        let mut in_chunk: HashMap<Uuid, Vec<usize>> = HashMap::new();
        for Placed { subject, row, identifiers, .. } in placed {
            let alone = row.sealed.texts.whole && tells_all(&subject);
            if !alone {
                let earlier = in_chunk.get(&subject).into_iter().flatten().map(|at: &usize| &unsaid[*at].values);
                if stands_already(&self.source.origin, histories, subject, earlier, &row.values) {
                    self.counts.unchanged += 1;
                    continue;
                }
                in_chunk.entry(subject).or_default().push(unsaid.len());
            }
            seq += 1;
            match alone {
                true => touched.alone.push(Alone { subject, seq, hot: row.hot, held: row.held, identifiers }),
                false => touched.folded.push(subject),
            }
            unsaid.push(Unsaid {
                subject,
                source: self.source.id,
                place: row.place,
                by: self.load.by.clone(),
                reason: None,
                values: row.values,
                sealed: row.sealed,
            });
        }
        self.counts.accepted += unsaid.len() as i64;
        let (said, statements) = self.tx.chain_statements(unsaid).await?;
        let alone: HashSet<Uuid> = touched.alone.iter().map(|alone| alone.subject).collect();
        for statement in said.into_iter().filter(|statement| !alone.contains(&statement.subject.0)) {
            histories.push(statement.subject.0, statement);
        }
        touched.folded = unique(touched.folded);
        Ok((touched, statements))
    }

    /// Derives and keeps the subjects that were spoken of.
    async fn keep(
        &mut self,
        catalogue: &kernel::Catalogue,
        histories: &Histories,
        touched: Touched,
        statements: Batch,
        mut subjects: Subjects,
    ) -> Result<(), StoreError> {
        let ids = touched.folded.iter().copied().chain(touched.alone.iter().map(|alone| alone.subject));
        let parents = unique(ids.filter_map(|id| subjects.known.get(&id).or(subjects.new.get(&id))?.parent));
        let parents = identities(self.tx.connection(), self.tx.zone_id(), &parents).await?;
        let unit_of_parent = |subject: &Identity| subject.parent.and_then(|parent| parents.get(&parent)?.1);
        let mut kept = Vec::with_capacity(touched.folded.len() + touched.alone.len());
        let mut moved = Vec::new();
        let mut noted = Vec::with_capacity(touched.alone.len());
        for alone in touched.alone {
            self.before.made(&alone.identifiers);
            noted.push((alone.subject, alone.identifiers.clone()));
            let Some(subject) = subjects.new.remove(&alone.subject) else { return Err(StoreError::NotFound) };
            let derived = alone.derive(&self.units, unit_of_parent(&subject), &subject);
            self.counts.new_subjects += 1;
            kept.push(Kept { subject, derived, new: true });
        }
        if touched.folded.is_empty() {
            let mut batches = vec![statements];
            batches.extend(self.tx.rows_to_keep(kept).await?);
            return self.behind.write(self.tx, batches, noted).await;
        }
        self.before.changed();
        self.behind.catch_up().await?;
        bulk::insert(self.tx.connection(), statements).await?;
        for id in &touched.folded {
            let (subject, new) = match subjects.new.remove(id) {
                Some(subject) => (subject, true),
                None => match subjects.known.remove(id) {
                    Some(subject) => (subject, false),
                    None => return Err(StoreError::NotFound),
                },
            };
            let said: Vec<(&Statement, &Source)> = histories.with_sources(*id).collect();
            let derived = derive(catalogue, &self.units, unit_of_parent(&subject), &subject, &said);
            self.counts.new_subjects += i64::from(new);
            self.counts.conflicts += self.opened(&derived.conflicts, &said);
            if !new && subjects.unit_of.get(id).copied().flatten() != derived.unit {
                moved.push(*id);
            }
            kept.push(Kept { subject, derived, new });
        }
        self.tx.keep(kept).await?;
        if moved.is_empty() {
            return Ok(());
        }
        self.tx.cases_follow(&moved).await?;
        let records = self.tx.records_of(&moved).await?;
        self.tx.refold(&records).await
    }

    /// How many of a subject's conflicts were not there before this load.
    fn opened(&self, conflicts: &[Conflict], said: &[(&Statement, &Source)]) -> i64 {
        if conflicts.is_empty() {
            return 0;
        }
        let before = fold(said.iter().copied().filter(|(statement, _)| statement.source != self.source.id), None);
        let disputed: HashSet<&FactKey> = before.disputed().map(|(key, _)| key).collect();
        conflicts.iter().filter(|conflict| !disputed.contains(&conflict.key)).count() as i64
    }

    /// Stores the source and the event, if anything was new.
    async fn end(mut self, rehearsal: bool) -> Result<LoadReceipt, StoreError> {
        self.behind.catch_up().await?;
        if !rehearsal {
            // A rehearsal is taken back, and the indexes as they were come back with it.
            self.indexes.build(self.tx).await?;
        }
        let Counts { rows, accepted, unchanged, new_subjects, conflicts } = self.counts;
        let stored = accepted > 0;
        if stored {
            let (load, id) = (self.load, self.source.id);
            let data = json!({
                "kind": load.kind.key(), "origin": load.origin, "title": load.title, "file": load.file_hash,
                "subjects": kinds_text(&self.kinds), "rows": rows, "accepted": accepted, "unchanged": unchanged,
                "new_subjects": new_subjects,
            });
            let by = load.by.clone();
            let source = NewSource {
                id,
                kind: load.kind,
                origin: load.origin,
                title: load.title,
                file_hash: load.file_hash,
                subject_kinds: self.kinds,
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
            conflicts: conflicts.unsigned_abs(),
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

fn no_owner(row: &Drafted) -> StoreError {
    let place = &row.place;
    let said = ["owner_uscc", "owner_name"].iter().filter_map(|field| timeless(&row.values, field)).map(plain);
    let said = said.collect::<Vec<_>>().join(" ");
    StoreError::refused(
        format!("{place}：台账中没有所属主体“{said}”。请先导入该企业，或核对代码与名称。本次没有写入任何内容。"),
        format!(
            "{place}: the owner “{said}” is not in the register; import it first, or check its code and name. Nothing was stored."
        ),
    )
}
