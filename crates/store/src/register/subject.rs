//! One subject: what is shown of it today or on a day of the past, and what was said.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kernel::view::{View, fold};
use kernel::{Catalogue, SourceId, Statement, SubjectId};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use uuid::Uuid;

use super::derive::State;
use super::history::{Histories, STATEMENT_COLUMNS, histories, read_statement, standing};
use super::hot::hot;
use super::row::{self, SubjectRow};
use super::source::{SourceInfo, source_infos};
use crate::access::Scope;
use crate::clock::moment;
use crate::{Store, StoreError};

/// A subject as its page shows it.
#[derive(Debug, Clone)]
pub struct SubjectView {
    /// Its row.
    pub record: SubjectRow,
    /// Its facts.
    pub view: View,
    /// Its records: titles, intellectual property and whatever else points at it.
    pub children: Vec<ChildView>,
    /// The statements that speak of it, by number; a shown fact's number leads here.
    pub statements: BTreeMap<i64, Statement>,
    /// The sources of those statements.
    pub sources: HashMap<SourceId, SourceInfo>,
    /// The duplicates shown here.
    pub merged: Vec<SubjectRow>,
    /// How many facts are not shown because they are personal data.
    pub withheld: usize,
}

/// A record of a subject.
#[derive(Debug, Clone)]
pub struct ChildView {
    /// Its row.
    pub record: SubjectRow,
    /// Its facts.
    pub view: View,
}

/// A statement with its source.
#[derive(Debug, Clone)]
pub struct StatementView {
    /// What was said.
    pub statement: Statement,
    /// Who said it.
    pub source: SourceInfo,
    /// When its personal data were erased, if they were.
    pub erased_at: Option<Timestamp>,
}

impl Store {
    /// One subject as it is shown now, or as it was shown at a moment of the past. A merged
    /// duplicate's id leads to the subject under which it is shown. `None` for what does not
    /// exist, did not exist then, or lies outside `scope`. Personal data are shown where
    /// `personal` says so.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn subject(
        &self,
        id: SubjectId,
        scope: &Scope,
        personal: bool,
        as_of: Option<Timestamp>,
    ) -> Result<Option<SubjectView>, StoreError> {
        let root = self.shown_under(id, as_of).await?;
        let Some(record) = row::visible(self.reader(), self.zone_id(), root, scope).await? else { return Ok(None) };
        let children = self.children_of(root, scope).await?;
        let ids: Vec<Uuid> = std::iter::once(root.0).chain(children.iter().map(|child| child.id.0)).collect();
        let histories = histories(self.reader(), self.zone_id(), self.catalogue(), &ids, as_of).await?;
        let known_then = histories.of(root.0).iter().any(|said| as_of.is_none_or(|moment| said.said_at <= moment));
        if as_of.is_some() && !known_then {
            return Ok(None);
        }
        let mut view = shown(&histories, root.0, as_of);
        let withheld = if personal { 0 } else { withhold(self.catalogue(), &mut view) };
        let record = if as_of.is_some() { as_shown(record, &view) } else { record };
        let children = children.into_iter().filter_map(|record| {
            let mut view = shown(&histories, record.id.0, as_of);
            if !personal {
                withhold(self.catalogue(), &mut view);
            }
            let record = if as_of.is_some() { as_shown(record, &view) } else { record };
            (as_of.is_none() || !view.facts.is_empty()).then_some(ChildView { record, view })
        });
        let children = children.collect();
        let wanted: Vec<SourceId> = histories.sources.keys().copied().collect();
        let sources = source_infos(self.reader(), self.zone_id(), &wanted).await?;
        let merged = self.merged_into(root, scope).await?;
        let statements = self.readable_statements(histories, &ids, personal);
        Ok(Some(SubjectView { record, view, children, statements, sources, merged, withheld }))
    }

    /// Everything that was ever said about a subject, the latest first; empty for what lies
    /// outside `scope`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn statements_of(
        &self,
        id: SubjectId,
        scope: &Scope,
        personal: bool,
    ) -> Result<Vec<StatementView>, StoreError> {
        let root = self.shown_under(id, None).await?;
        if row::visible(self.reader(), self.zone_id(), root, scope).await?.is_none() {
            return Ok(Vec::new());
        }
        let histories = histories(self.reader(), self.zone_id(), self.catalogue(), &[root.0], None).await?;
        let seqs: Vec<i64> = histories.of(root.0).iter().rev().map(|said| said.seq).collect();
        self.statement_views(&seqs, personal).await
    }

    /// One statement; `None` where its subject lies outside `scope`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn statement(
        &self,
        seq: i64,
        scope: &Scope,
        personal: bool,
    ) -> Result<Option<StatementView>, StoreError> {
        let Some(found) = self.statement_views(&[seq], personal).await?.pop() else { return Ok(None) };
        let root = self.shown_under(found.statement.subject, None).await?;
        let visible = row::visible(self.reader(), self.zone_id(), root, scope).await?.is_some();
        Ok(visible.then_some(found))
    }

    async fn statement_views(&self, seqs: &[i64], personal: bool) -> Result<Vec<StatementView>, StoreError> {
        let query = Query::select()
            .columns(STATEMENT_COLUMNS)
            .column("erased_at")
            .from("statement")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("seq").is_in(seqs.iter().copied()))
            .order_by("seq", Order::Desc)
            .to_owned();
        let mut found = Vec::new();
        for row in self.reader().query_all(&query).await? {
            let mut statement = read_statement(self.catalogue(), &row)?;
            if !personal {
                statement.values.retain(|key, _| !is_personal(self.catalogue(), &key.field));
            }
            let erased_at: Option<i64> = row.try_get_by("erased_at")?;
            found.push((statement, erased_at.map(moment)));
        }
        let wanted: Vec<SourceId> = found.iter().map(|(statement, _)| statement.source).collect();
        let sources = source_infos(self.reader(), self.zone_id(), &wanted).await?;
        let view = |(statement, erased_at): (Statement, Option<Timestamp>)| {
            let source = sources.get(&statement.source)?.clone();
            Some(StatementView { statement, source, erased_at })
        };
        Ok(found.into_iter().filter_map(view).collect())
    }

    fn readable_statements(&self, histories: Histories, ids: &[Uuid], personal: bool) -> BTreeMap<i64, Statement> {
        let mut statements = BTreeMap::new();
        for said in ids.iter().flat_map(|id| histories.of(*id)) {
            let mut said = said.clone();
            if !personal {
                said.values.retain(|key, _| !is_personal(self.catalogue(), &key.field));
            }
            statements.insert(said.seq, said);
        }
        statements
    }

    /// The subject under which an id is shown: itself, or where it was merged into.
    pub(crate) async fn shown_under(&self, id: SubjectId, as_of: Option<Timestamp>) -> Result<SubjectId, StoreError> {
        let mut id = id;
        loop {
            let query = Query::select()
                .column("target")
                .from("merging")
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("merged").eq(id.0))
                .cond_where(standing("at", "unmerged_at", as_of))
                .to_owned();
            match self.reader().query_one(&query).await? {
                Some(row) => id = SubjectId(row.try_get_by("target")?),
                None => return Ok(id),
            }
        }
    }

    async fn children_of(&self, owner: SubjectId, scope: &Scope) -> Result<Vec<SubjectRow>, StoreError> {
        let mut query = row::select(self.zone_id());
        query
            .and_where(Expr::col(("subject", "parent")).eq(owner.0))
            .and_where(Expr::col(("subject", "state")).eq(State::Active.key()))
            .cond_where(scope.condition("subject"))
            .order_by(("subject", "registered_on"), Order::Desc)
            .order_by(("subject", "id"), Order::Desc);
        self.reader().query_all(&query).await?.iter().map(row::read).collect()
    }

    async fn merged_into(&self, target: SubjectId, scope: &Scope) -> Result<Vec<SubjectRow>, StoreError> {
        let mut query = row::select(self.zone_id());
        query.and_where(Expr::col(("subject", "merged_into")).eq(target.0)).cond_where(scope.condition("subject"));
        // Sorted here: asked to sort, SQLite would walk the whole table in the order of its key.
        let rows = self.reader().query_all(&query).await?;
        let mut rows: Vec<SubjectRow> = rows.iter().map(row::read).collect::<Result<_, _>>()?;
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows)
    }
}

fn shown(histories: &Histories, id: Uuid, as_of: Option<Timestamp>) -> View {
    fold(histories.with_sources(id), as_of)
}

fn as_shown(record: SubjectRow, view: &View) -> SubjectRow {
    let hot = hot(record.kind, view);
    record.with_hot(hot, view.disputed().count())
}

fn is_personal(catalogue: &Catalogue, field: &str) -> bool {
    // A field the catalogue no longer knows is shown to nobody who may not see personal data.
    catalogue.field(field).is_none_or(|field| field.personal)
}

/// Takes personal data out of a view and says how many facts that were.
fn withhold(catalogue: &Catalogue, view: &mut View) -> usize {
    let before = view.facts.len();
    view.facts.retain(|key, _| !is_personal(catalogue, &key.field));
    before - view.facts.len()
}
