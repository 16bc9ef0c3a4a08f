//! Lists as of a day of the past.
//!
//! A list needs sorted columns and a total, which follow from what was known on that day. They are
//! derived once into a register of their own, a file nobody else opens, on which the lists of
//! today then work as they are. What was said up to a moment never changes, so it can be kept.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Source, Statement, SubjectKind};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Order, Query, SelectStatement};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::derive::{Identity, State, Units, derive};
use super::history::histories;
use super::keep::{IDENTITY_COLUMNS, Kept, read_identity};
use crate::{Location, Store, StoreError};

/// Subjects of which a past day is derived: some seconds of work. Beyond it lists show today.
const MOST: i64 = 30_000;
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

/// The past days that are kept, the latest asked for first.
#[derive(Debug, Default)]
pub(crate) struct PastDays(Mutex<VecDeque<(i64, SubjectKind, Arc<Past>)>>);

impl Store {
    /// The register as it stood at a moment of the past, for lists of this kind. `None` where more
    /// subjects would have to be derived than a reader can wait for.
    ///
    /// # Errors
    /// What the database reports; no room for the file.
    pub async fn past(&self, kind: SubjectKind, moment: Timestamp) -> Result<Option<Arc<Past>>, StoreError> {
        let at = moment.as_microsecond();
        // Whoever asks for the same day meanwhile waits for it rather than doing the work twice.
        let mut days = self.caches().past.0.lock().await;
        if let Some(place) = days.iter().position(|(when, of, _)| (*when, *of) == (at, kind)) {
            let found = days.remove(place);
            days.extend(found.clone());
            return Ok(found.map(|(.., past)| past));
        }
        if self.count_known(kind, at).await? > MOST {
            return Ok(None);
        }
        let past = Arc::new(self.derive_past(kind, moment).await?);
        while days.len() >= KEPT {
            days.pop_front();
        }
        days.push_back((at, kind, past.clone()));
        Ok(Some(past))
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

    async fn count_known(&self, kind: SubjectKind, at: i64) -> Result<i64, StoreError> {
        let query = self.known(kind, at).expr_as(Expr::col(Asterisk).count(), "n").to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by("n"))?)
    }

    async fn derive_past(&self, kind: SubjectKind, moment: Timestamp) -> Result<Past, StoreError> {
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
            tx.keep(self.as_they_stood(subjects, moment).await?).await?;
        }
        tx.finish().await?;
        Ok(past)
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
