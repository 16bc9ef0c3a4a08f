//! The statements that speak of a subject, its merged duplicates' included.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kernel::statement::values_from_json;
use kernel::{Catalogue, Place, Source, SourceId, SourceKind, Statement, SubjectId};
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::StoreError;
use crate::clock::moment;

/// Statements by the subject under which they are shown, with their sources.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    statements: HashMap<Uuid, Vec<Statement>>,
    pub(crate) sources: HashMap<SourceId, Source>,
}

impl Histories {
    /// A subject's statements in the order of their numbers.
    pub(crate) fn of(&self, subject: Uuid) -> &[Statement] {
        self.statements.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// A subject's statements, each with its source, as the fold takes them.
    pub(crate) fn with_sources(&self, subject: Uuid) -> impl Iterator<Item = (&Statement, &Source)> {
        self.of(subject).iter().filter_map(|said| Some((said, self.sources.get(&said.source)?)))
    }

    /// Adds a statement just written.
    pub(crate) fn push(&mut self, subject: Uuid, statement: Statement) {
        self.statements.entry(subject).or_default().push(statement);
    }
}

#[derive(FromQueryResult)]
struct StatementRow {
    seq: i64,
    subject: Uuid,
    source: Uuid,
    place: String,
    said_at: i64,
    said_by: String,
    reason: Option<String>,
    facts: Option<String>,
    personal: Option<String>,
}

pub(crate) const STATEMENT_COLUMNS: [&str; 9] =
    ["seq", "subject", "source", "place", "said_at", "said_by", "reason", "facts", "personal"];

/// Reads a row of the table `statement`, of which [`STATEMENT_COLUMNS`] were selected.
pub(crate) fn read_statement(catalogue: &Catalogue, row: &sea_orm::QueryResult) -> Result<Statement, StoreError> {
    let row = StatementRow::from_query_result(row, "")?;
    let mut values = values_from_json(catalogue, row.facts.as_deref().unwrap_or("{}")).0;
    if let Some(personal) = &row.personal {
        values.extend(values_from_json(catalogue, personal).0);
    }
    Ok(Statement {
        seq: row.seq,
        subject: SubjectId(row.subject),
        source: SourceId(row.source),
        place: Place::parse(&row.place),
        said_at: moment(row.said_at),
        said_by: row.said_by,
        reason: row.reason,
        values,
    })
}

/// Reads the histories of subjects: as they stand now, or as they stood at a moment of the past.
pub(crate) async fn histories(
    connection: &impl ConnectionTrait,
    zone: &str,
    catalogue: &Catalogue,
    roots: &[Uuid],
    as_of: Option<Timestamp>,
) -> Result<Histories, StoreError> {
    let shown_under = families(connection, zone, roots, as_of).await?;
    let mut histories = Histories::default();
    let members: Vec<Uuid> = shown_under.keys().copied().collect();
    for some in members.chunks(2_000) {
        let query = Query::select()
            .columns(STATEMENT_COLUMNS)
            .from("statement")
            .and_where(Expr::col("zone").eq(zone))
            .and_where(Expr::col("subject").is_in(some.iter().copied()))
            .to_owned();
        for row in connection.query_all(&query).await? {
            let statement = read_statement(catalogue, &row)?;
            if let Some(root) = shown_under.get(&statement.subject.0) {
                histories.statements.entry(*root).or_default().push(statement);
            }
        }
    }
    for statements in histories.statements.values_mut() {
        statements.sort_unstable_by_key(|statement| statement.seq);
    }
    let mut wanted: Vec<SourceId> = histories.statements.values().flatten().map(|said| said.source).collect();
    wanted.sort_unstable();
    wanted.dedup();
    histories.sources = sources(connection, zone, &wanted, as_of).await?;
    Ok(histories)
}

#[derive(FromQueryResult)]
struct MergingRow {
    merged: Uuid,
    target: Uuid,
}

/// Every subject whose statements are shown under one of `roots`, with that root. A root that was
/// merged itself is shown under the subject at the end of its chain of mergers, and not by itself.
async fn families(
    connection: &impl ConnectionTrait,
    zone: &str,
    roots: &[Uuid],
    as_of: Option<Timestamp>,
) -> Result<HashMap<Uuid, Uuid>, StoreError> {
    let mut merged_into = mergings(connection, zone, "merged", roots, as_of).await?;
    let mut members: HashSet<Uuid> = roots.iter().copied().collect();
    let mut open: Vec<Uuid> = roots.to_vec();
    while !open.is_empty() {
        let below = mergings(connection, zone, "target", &open, as_of).await?;
        open = below.keys().copied().filter(|merged| members.insert(*merged)).collect();
        merged_into.extend(below);
    }
    let last = |id: &Uuid| {
        let mut last = *id;
        while let Some(target) = merged_into.get(&last) {
            last = *target;
        }
        last
    };
    Ok(members.iter().map(|id| (*id, last(id))).collect())
}

/// The mergers that stand of subjects found by one of the two columns: who was merged, into whom.
async fn mergings(
    connection: &impl ConnectionTrait,
    zone: &str,
    column: &'static str,
    ids: &[Uuid],
    as_of: Option<Timestamp>,
) -> Result<HashMap<Uuid, Uuid>, StoreError> {
    let mut found = HashMap::new();
    for some in ids.chunks(5_000) {
        let query = Query::select()
            .columns(["merged", "target"])
            .from("merging")
            .and_where(Expr::col("zone").eq(zone))
            .and_where(Expr::col(column).is_in(some.iter().copied()))
            .cond_where(standing("at", "unmerged_at", as_of))
            .to_owned();
        for row in connection.query_all(&query).await? {
            let row = MergingRow::from_query_result(&row, "")?;
            found.insert(row.merged, row.target);
        }
    }
    Ok(found)
}

/// Whether an act that can be taken back stands: now, or at a moment of the past.
pub(crate) fn standing(at: &'static str, taken_back: &'static str, as_of: Option<Timestamp>) -> Cond {
    let never = Expr::col(taken_back).is_null();
    match as_of.map(Timestamp::as_microsecond) {
        None => Cond::all().add(never),
        Some(moment) => {
            Cond::all().add(Expr::col(at).lte(moment)).add(Cond::any().add(never).add(Expr::col(taken_back).gt(moment)))
        }
    }
}

#[derive(FromQueryResult)]
struct SourceRow {
    id: Uuid,
    kind: String,
    origin: String,
    undone_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct UndoingRow {
    source: Uuid,
    at: i64,
}

/// Sources as the fold needs them. In a reading of the past a load counts as undone only where it
/// was undone at that moment.
pub(crate) async fn sources(
    connection: &impl ConnectionTrait,
    zone: &str,
    wanted: &[SourceId],
    as_of: Option<Timestamp>,
) -> Result<HashMap<SourceId, Source>, StoreError> {
    let mut found = HashMap::new();
    for some in wanted.chunks(5_000) {
        let ids: Vec<Uuid> = some.iter().map(|id| id.0).collect();
        let query = Query::select()
            .columns(["id", "kind", "origin", "undone_at"])
            .from("source")
            .and_where(Expr::col("zone").eq(zone))
            .and_where(Expr::col("id").is_in(ids.iter().copied()))
            .to_owned();
        for row in connection.query_all(&query).await? {
            let row = SourceRow::from_query_result(&row, "")?;
            let kind = SourceKind::from_key(&row.kind)
                .ok_or_else(|| StoreError::Corrupt(format!("source {} has the unknown kind “{}”", row.id, row.kind)))?;
            let undone_at = row.undone_at.filter(|_| as_of.is_none()).map(moment);
            let id = SourceId(row.id);
            found.insert(id, Source { id, kind, origin: row.origin, undone_at });
        }
        if as_of.is_some() {
            undone_then(connection, zone, &ids, as_of, &mut found).await?;
        }
    }
    Ok(found)
}

async fn undone_then(
    connection: &impl ConnectionTrait,
    zone: &str,
    ids: &[Uuid],
    as_of: Option<Timestamp>,
    found: &mut HashMap<SourceId, Source>,
) -> Result<(), StoreError> {
    let query = Query::select()
        .columns(["source", "at"])
        .from("undoing")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("source").is_in(ids.iter().copied()))
        .cond_where(standing("at", "redone_at", as_of))
        .order_by("at", Order::Asc)
        .to_owned();
    for row in connection.query_all(&query).await? {
        let row = UndoingRow::from_query_result(&row, "")?;
        if let Some(source) = found.get_mut(&SourceId(row.source)) {
            source.undone_at = Some(moment(row.at));
        }
    }
    Ok(())
}
