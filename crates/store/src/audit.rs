//! The log as an auditor reads it: every act, the latest first.

use jiff::Timestamp;
use kernel::SubjectId;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, LikeExpr, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clock::moment;
use crate::{Event, Store, StoreError};

/// Rows read at a time by an export.
const PAGE: u64 = 1000;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// What was done: `load.stored`, `role.granted` …
    pub kind: String,
    /// The subject it was done to.
    pub subject: Option<SubjectId>,
    /// What else it was done to, as `word:id`.
    pub reference: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The account that did it.
    pub by: String,
    /// The particulars; null where they were erased by law.
    pub data: Json,
}

/// Which entries are wanted. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// The account that did it.
    pub by: Option<String>,
    /// A kind (`role.granted`), or a family of kinds by its first word and dot (`role.`).
    pub kind: Option<String>,
    /// The subject it was done to.
    pub subject: Option<SubjectId>,
    /// What else it was done to, as `word:id`.
    pub reference: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Words in the particulars.
    pub text: Option<String>,
}

#[derive(FromQueryResult)]
struct EventRow {
    seq: i64,
    kind: String,
    subject: Option<Uuid>,
    reference: Option<String>,
    at: i64,
    by: String,
    data: Option<String>,
}

impl EventRow {
    fn entry(self) -> LogEntry {
        LogEntry {
            seq: self.seq,
            kind: self.kind,
            subject: self.subject.map(SubjectId),
            reference: self.reference,
            at: moment(self.at),
            by: self.by,
            data: self.data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or(Json::Null),
        }
    }
}

/// A pattern for texts that contain these words literally.
pub(crate) fn contains(words: &str) -> LikeExpr {
    let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

impl LogFilter {
    fn select(&self, zone: &str) -> SelectStatement {
        let mut query = Query::select();
        query.from("event").and_where(Expr::col("zone").eq(zone));
        if let Some(by) = &self.by {
            query.and_where(Expr::col("by").eq(by.as_str()));
        }
        match self.kind.as_deref() {
            // The character behind the dot ends the family: kinds are sorted byte by byte.
            Some(family) if family.ends_with('.') => {
                let end = format!("{}/", family.trim_end_matches('.'));
                query.and_where(Expr::col("kind").gt(family)).and_where(Expr::col("kind").lt(end));
            }
            Some(kind) => {
                query.and_where(Expr::col("kind").eq(kind));
            }
            None => {}
        }
        if let Some(subject) = self.subject {
            query.and_where(Expr::col("subject").eq(subject.0));
        }
        if let Some(reference) = &self.reference {
            query.and_where(Expr::col("reference").eq(reference.as_str()));
        }
        if let Some(from) = self.from {
            query.and_where(Expr::col("at").gte(from.as_microsecond()));
        }
        if let Some(to) = self.to {
            query.and_where(Expr::col("at").lt(to.as_microsecond()));
        }
        if let Some(text) = self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let any = Cond::any()
                .add(Expr::col("data").like(contains(text)))
                .add(Expr::col("by").like(contains(text)))
                .add(Expr::col("kind").like(contains(text)));
            query.cond_where(any);
        }
        query
    }
}

impl Store {
    /// Entries of the log, the latest first: at most `limit` before the entry with the number
    /// `before`, or from the end.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn log(&self, filter: &LogFilter, before: Option<i64>, limit: u64) -> Result<Vec<LogEntry>, StoreError> {
        let mut query = filter.select(self.zone_id());
        query.columns(["seq", "kind", "subject", "reference", "at", "by", "data"]);
        query.order_by("seq", Order::Desc).limit(limit);
        if let Some(before) = before {
            query.and_where(Expr::col("seq").lt(before));
        }
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(EventRow::from_query_result(row, "")?.entry())).collect()
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn log_count(&self, filter: &LogFilter) -> Result<i64, StoreError> {
        let mut query = filter.select(self.zone_id());
        query.expr_as(Expr::col("seq").count(), "found");
        let row = self.reader().query_one(&query).await?.ok_or(StoreError::NotFound)?;
        Ok(row.try_get_by("found")?)
    }

    /// The kinds of act that stand in the log, for a filter to offer.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn log_kinds(&self) -> Result<Vec<String>, StoreError> {
        let query = Query::select()
            .distinct()
            .column("kind")
            .from("event")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .order_by("kind", Order::Asc)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(row.try_get_by("kind")?)).collect()
    }

    /// Hands every entry to `each`, the latest first, a page at a time; the export itself goes
    /// into the log before it begins.
    ///
    /// # Errors
    /// What the database or `each` reports.
    pub async fn export_log(
        &self,
        filter: &LogFilter,
        by: &str,
        mut each: impl FnMut(LogEntry) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError> {
        let matching = self.log_count(filter).await?;
        self.write(|tx| async move {
            tx.append_event(Event::new("log.exported", by).with(json!({"entries": matching}))).await
        })
        .await?;
        let (mut before, mut count) = (None, 0);
        loop {
            let page = self.log(filter, before, PAGE).await?;
            let Some(last) = page.last() else { return Ok(count) };
            before = Some(last.seq);
            count += page.len() as u64;
            for entry in page {
                each(entry)?;
            }
        }
    }

    /// Records that a person looked at personal data of a subject: which fields, never what stood
    /// in them.
    ///
    /// # Errors
    /// What the database reports; the data must then not be shown.
    pub async fn record_look(&self, by: &str, subject: SubjectId, fields: &[&str]) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let event = Event::new("personal.looked_at", by).on(subject);
            tx.append_event(event.with(json!({"fields": fields}))).await?;
            Ok(())
        })
        .await
    }
}
