//! Sources: the loads and single acts that statements come from.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use kernel::{SourceId, SourceKind, SubjectKind};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::clock::moment;
use crate::{Store, StoreError};

/// A source with what people want to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// Which source.
    pub id: SourceId,
    /// How it came to us.
    pub kind: SourceKind,
    /// Who speaks.
    pub origin: String,
    /// What people call it.
    pub title: String,
    /// The SHA-256 of its file in hexadecimal.
    pub file_hash: Option<String>,
    /// What its rows speak of: several kinds where the sheets of a workbook came in together.
    pub subject_kinds: Vec<SubjectKind>,
    /// The columns' meaning as JSON.
    pub column_map_json: Option<String>,
    /// When it was stored.
    pub at: Timestamp,
    /// The account that brought it.
    pub by: String,
    /// Rows given.
    pub rows: u64,
    /// Rows stored.
    pub accepted: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Subjects it brought into the register.
    pub new_subjects: u64,
    /// When it was undone, if it stands undone.
    pub undone_at: Option<Timestamp>,
    /// Who undid it.
    pub undone_by: Option<String>,
}

#[derive(FromQueryResult)]
struct Stored {
    id: Uuid,
    kind: String,
    origin: String,
    title: String,
    file_hash: Option<String>,
    subject_kind: Option<String>,
    column_map: Option<String>,
    at: i64,
    by: String,
    rows: i64,
    accepted: i64,
    unchanged: i64,
    new_subjects: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
}

const COLUMNS: [&str; 15] = [
    "id",
    "kind",
    "origin",
    "title",
    "file_hash",
    "subject_kind",
    "column_map",
    "at",
    "by",
    "rows",
    "accepted",
    "unchanged",
    "new_subjects",
    "undone_at",
    "undone_by",
];

/// Single acts of persons, which are no lists.
const SINGLE: [SourceKind; 4] =
    [SourceKind::Correction, SourceKind::Settlement, SourceKind::Declaration, SourceKind::Visit];

/// The kinds of a source as they are stored.
pub(crate) fn kinds_text(kinds: &[SubjectKind]) -> Option<String> {
    (!kinds.is_empty()).then(|| kinds.iter().map(|kind| kind.key()).collect::<Vec<_>>().join(","))
}

fn kinds_in(text: &str) -> Vec<SubjectKind> {
    text.split(',').filter_map(SubjectKind::from_key).collect()
}

fn select(zone: &str) -> SelectStatement {
    Query::select().columns(COLUMNS).from("source").and_where(Expr::col("zone").eq(zone)).to_owned()
}

fn read(row: &sea_orm::QueryResult) -> Result<SourceInfo, StoreError> {
    let row = Stored::from_query_result(row, "")?;
    let kind = SourceKind::from_key(&row.kind)
        .ok_or_else(|| StoreError::Corrupt(format!("source {} has the unknown kind “{}”", row.id, row.kind)))?;
    Ok(SourceInfo {
        id: SourceId(row.id),
        kind,
        origin: row.origin,
        title: row.title,
        file_hash: row.file_hash,
        subject_kinds: kinds_in(row.subject_kind.as_deref().unwrap_or_default()),
        column_map_json: row.column_map,
        at: moment(row.at),
        by: row.by,
        rows: row.rows.unsigned_abs(),
        accepted: row.accepted.unsigned_abs(),
        unchanged: row.unchanged.unsigned_abs(),
        new_subjects: row.new_subjects.unsigned_abs(),
        undone_at: row.undone_at.map(moment),
        undone_by: row.undone_by,
    })
}

/// Several sources by id.
pub(crate) async fn source_infos(
    connection: &impl ConnectionTrait,
    zone: &str,
    wanted: &[SourceId],
) -> Result<HashMap<SourceId, SourceInfo>, StoreError> {
    let mut found = HashMap::new();
    for some in wanted.chunks(5_000) {
        let query = select(zone).and_where(Expr::col("id").is_in(some.iter().map(|id| id.0))).to_owned();
        for row in connection.query_all(&query).await? {
            let source = read(&row)?;
            found.insert(source.id, source);
        }
    }
    Ok(found)
}

impl Store {
    /// One source.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn source(&self, id: SourceId) -> Result<Option<SourceInfo>, StoreError> {
        Ok(source_infos(self.reader(), self.zone_id(), &[id]).await?.remove(&id))
    }

    /// The loads, the latest first: sheets, systems and documents, but not the single acts of
    /// persons. `before` continues after the last one of the page before.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn loads(&self, before: Option<SourceId>, limit: u64) -> Result<Vec<SourceInfo>, StoreError> {
        let mut query = select(self.zone_id());
        query
            .and_where(Expr::col("kind").is_not_in(SINGLE.map(SourceKind::key)))
            .order_by("at", Order::Desc)
            .order_by("id", Order::Desc)
            .limit(limit);
        if let Some(last) = before
            && let Some(last) = self.source(last).await?
        {
            let at = last.at.as_microsecond();
            let earlier = Expr::tuple([Expr::col("at"), Expr::col("id")]);
            query.and_where(earlier.lt(Expr::tuple([Expr::val(at), Expr::val(last.id.0)])));
        }
        self.reader().query_all(&query).await?.iter().map(read).collect()
    }

    /// The kinds of record of which a list came in that stands, now or at a moment of the past: of
    /// these, an enterprise without a record has none; of the others, nobody knows.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn kinds_listed(&self, as_of: Option<Timestamp>) -> Result<BTreeSet<SubjectKind>, StoreError> {
        let mut query = Query::select();
        query
            .distinct()
            .column("subject_kind")
            .from("source")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject_kind").is_not_null())
            .and_where(Expr::col("kind").is_not_in(SINGLE.map(SourceKind::key)));
        let standing = Expr::col("undone_at").is_null();
        match as_of.map(Timestamp::as_microsecond) {
            None => query.and_where(standing),
            Some(moment) => {
                query.and_where(Expr::col("at").lte(moment)).and_where(standing.or(Expr::col("undone_at").gt(moment)))
            }
        };
        let mut found = BTreeSet::new();
        for row in self.reader().query_all(&query).await? {
            let kind: String = row.try_get_by("subject_kind")?;
            found.extend(kinds_in(&kind).into_iter().filter(|kind| kind.is_record()));
        }
        Ok(found)
    }
}
