//! Lists as of a day of the past.
//!
//! A list needs sorted columns and a total, which follow from what was known on that day. They are
//! derived once into a register of their own, a file nobody else opens, on which the lists of
//! today then work as they are. What was said up to a moment never changes, so it can be kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use kernel::{Source, Statement, SubjectKind};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Order, Query, SelectStatement};
use tokio::sync::watch;
use uuid::Uuid;

use super::derive::{Identity, State, Units, derive};
use super::history::histories;
use super::keep::{IDENTITY_COLUMNS, Kept, read_identity};
use crate::{Location, Store, StoreError};

/// Subjects of which a past day is derived: a minute of work. Beyond it lists show today.
const MOST: u64 = 200_000;
/// Subjects derived at a time.
const CHUNK: u64 = 500;
/// Past days kept.
const KEPT: usize = 3;

/// The register as it stood at a moment of the past, for lists of one kind of subject. It goes
/// when the last of its holders lets go of it.
#[derive(Debug)]
pub struct Past {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Past {
    /// A register whose lists, counts and exports are those of that moment. Units and what a
    /// person may see are those of today, personal data are not in it, and it knows no verdicts.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// What became of deriving a day; `Ok(None)` where it has too many subjects.
type Derived = Result<Option<Arc<Past>>, String>;

/// A past day that is being derived or has been. It goes on being derived whoever waits for it.
#[derive(Debug, Clone)]
pub struct PastDay {
    moment: i64,
    kind: SubjectKind,
    /// Subjects derived so far and in all; in all is 0 until they are counted.
    counts: Arc<(AtomicU64, AtomicU64)>,
    outcome: watch::Receiver<Option<Derived>>,
}

impl PastDay {
    /// The register of that day, when it is there. `None` where more subjects would have to be
    /// derived than a reader can wait for.
    ///
    /// # Errors
    /// What the database reported; no room for the file.
    pub async fn ready(mut self) -> Result<Option<Arc<Past>>, StoreError> {
        let stopped = |_| StoreError::Database("the past day was given up before it was derived".to_owned());
        let outcome = self.outcome.wait_for(Option::is_some).await.map_err(stopped)?;
        outcome.clone().unwrap_or(Ok(None)).map_err(StoreError::Database)
    }

    /// Subjects derived so far, and in all; in all is 0 until they are counted.
    pub fn progress(&self) -> (u64, u64) {
        (self.counts.0.load(Ordering::Relaxed), self.counts.1.load(Ordering::Relaxed))
    }

    /// Whether it came to nothing: whoever asks next has it derived anew.
    fn failed(&self) -> bool {
        match &*self.outcome.borrow() {
            None => self.outcome.has_changed().is_err(),
            Some(outcome) => outcome.is_err(),
        }
    }
}

/// The past days that are kept, the latest asked for last.
#[derive(Debug, Default)]
pub(crate) struct PastDays(Mutex<VecDeque<PastDay>>);

impl Store {
    /// The register as it stood at a moment of the past, for lists of this kind. It is derived
    /// beside whatever else goes on; whoever asks for the same day meanwhile waits for the same work.
    pub fn past(&self, kind: SubjectKind, moment: Timestamp) -> PastDay {
        let at = moment.as_microsecond();
        let mut days = self.caches().past.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.retain(|day| !day.failed());
        if let Some(place) = days.iter().position(|day| (day.moment, day.kind) == (at, kind))
            && let Some(found) = days.remove(place)
        {
            days.push_back(found.clone());
            return found;
        }
        let (tell, outcome) = watch::channel(None);
        let day = PastDay { moment: at, kind, counts: Arc::default(), outcome };
        let (store, counts) = (self.clone(), day.counts.clone());
        tokio::spawn(async move {
            let derived = store.derive_past(kind, moment, &counts).await;
            tell.send_replace(Some(derived.map_err(|error| error.to_string())));
        });
        while days.len() >= KEPT {
            days.pop_front();
        }
        days.push_back(day.clone());
        day
    }

    /// The subjects that a list needs: its own kind, and the titles it shows beside each row.
    fn known(&self, kind: SubjectKind, at: i64) -> SelectStatement {
        Query::select()
            .from("subject")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").is_in([kind.key(), SubjectKind::Title.key()]))
            .and_where(Expr::col("created_at").lte(at))
            .to_owned()
    }

    async fn count_known(&self, kind: SubjectKind, at: i64) -> Result<u64, StoreError> {
        let query = self.known(kind, at).expr_as(Expr::col(Asterisk).count(), "n").to_owned();
        let row = self.reader().query_one(&query).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by("n"))?;
        Ok(count.unsigned_abs())
    }

    async fn derive_past(
        &self,
        kind: SubjectKind,
        moment: Timestamp,
        counts: &(AtomicU64, AtomicU64),
    ) -> Result<Option<Arc<Past>>, StoreError> {
        let all = self.count_known(kind, moment.as_microsecond()).await?;
        if all > MOST {
            return Ok(None);
        }
        counts.1.store(all, Ordering::Relaxed);
        let folder = tempfile::tempdir().map_err(|error| StoreError::Database(error.to_string()))?;
        let location = Location::Sqlite(folder.path().join("past.db"));
        let past = Past { store: Store::migrate(&location, self.catalogue().clone()).await?, _folder: folder };
        let tx = past.store.begin().await?;
        let mut after: Option<Uuid> = None;
        loop {
            let mut query = self.known(kind, moment.as_microsecond());
            query.columns(IDENTITY_COLUMNS).order_by("id", Order::Asc).limit(CHUNK);
            if let Some(after) = after {
                query.and_where(Expr::col("id").gt(after));
            }
            let rows = self.reader().query_all(&query).await?;
            let subjects: Vec<(Identity, Option<Uuid>)> = rows.iter().map(read_identity).collect::<Result<_, _>>()?;
            let Some((last, _)) = subjects.last() else { break };
            after = Some(last.id);
            let read = subjects.len() as u64;
            tx.keep(self.as_they_stood(subjects, moment).await?).await?;
            counts.0.fetch_add(read, Ordering::Relaxed);
        }
        tx.finish().await?;
        Ok(Some(Arc::new(past)))
    }

    /// The subjects that were known at the moment, with what was known of each.
    async fn as_they_stood(
        &self,
        subjects: Vec<(Identity, Option<Uuid>)>,
        moment: Timestamp,
    ) -> Result<Vec<Kept>, StoreError> {
        let ids: Vec<Uuid> = subjects.iter().map(|(subject, _)| subject.id).collect();
        let histories = histories(self.reader(), self.zone_id(), self.catalogue(), &ids, Some(moment)).await?;
        let mut kept = Vec::with_capacity(subjects.len());
        for (mut subject, unit) in subjects {
            let said: Vec<(&Statement, &Source)> =
                histories.with_sources(subject.id).filter(|(said, _)| said.said_at <= moment).collect();
            // A duplicate that was merged into this one by then is told under the other.
            subject.merged_into = None;
            if matches!(subject.state, State::Merged | State::Empty) {
                subject.state = State::Empty;
            }
            let mut derived = derive(self.catalogue(), &Units::default(), None, &subject, &said);
            if !derived.known {
                continue;
            }
            derived.unit = unit;
            derived.view.leave_out_personal();
            kept.push(Kept { subject, derived, new: true });
        }
        Ok(kept)
    }
}
