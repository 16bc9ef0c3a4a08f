//! Every enterprise with its records, a chunk at a time: what the policies are held against.

use std::collections::{BTreeMap, HashMap};

use kernel::{FactKey, SubjectId, SubjectKind, Value};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

use super::derive::State;
use super::shown::facts_in;
use super::view;
use crate::access::Scope;
use crate::{Store, StoreError};

/// An enterprise as policies look at it. Personal data are not among its facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Enterprise {
    /// Which subject.
    pub id: SubjectId,
    /// Its credit code; empty where none was reported.
    pub code: String,
    /// Its name; empty where none was reported.
    pub name: String,
    /// Its facts.
    pub facts: BTreeMap<FactKey, Value>,
    /// Its records, by kind and in the order in which they became known.
    pub records: Vec<(SubjectKind, BTreeMap<FactKey, Value>)>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    parent: Option<Uuid>,
    name: String,
    code: String,
    facts: Option<String>,
}

impl Store {
    /// The enterprises of the register behind `after`, in the order of their ids, at most `limit`;
    /// with `since`, only those of which something was said after that revision.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn enterprises(
        &self,
        after: Option<SubjectId>,
        limit: u64,
        since: Option<i64>,
    ) -> Result<Vec<Enterprise>, StoreError> {
        let mut query = self.shown_enterprises(after, limit);
        if let Some(since) = since {
            let changed = Query::select()
                .expr(Expr::val(1))
                .from_as("subject", "record")
                .and_where(Expr::col(("record", "zone")).eq(self.zone_id()))
                .and_where(Expr::col(("record", "parent")).equals(("subject", "id")))
                .and_where(Expr::col(("record", "revision")).gt(since))
                .to_owned();
            query.and_where(Expr::col(("subject", "revision")).gt(since).or(Expr::exists(changed)));
        }
        self.read_enterprises(&query).await
    }

    /// The enterprises within `scope` behind `after`, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn enterprises_within(
        &self,
        scope: &Scope,
        after: Option<SubjectId>,
        limit: u64,
    ) -> Result<Vec<Enterprise>, StoreError> {
        let mut query = self.shown_enterprises(after, limit);
        query.cond_where(scope.condition("subject"));
        self.read_enterprises(&query).await
    }

    fn shown_enterprises(&self, after: Option<SubjectId>, limit: u64) -> SelectStatement {
        let mut query = self.shown_subjects();
        query
            .and_where(Expr::col(("subject", "kind")).eq(SubjectKind::Enterprise.key()))
            .order_by(("subject", "id"), Order::Asc)
            .limit(limit);
        if let Some(after) = after {
            query.and_where(Expr::col(("subject", "id")).gt(after.0));
        }
        query
    }

    async fn read_enterprises(&self, query: &SelectStatement) -> Result<Vec<Enterprise>, StoreError> {
        let mut enterprises = Vec::new();
        for row in self.reader().query_all(query).await? {
            let row = Row::from_query_result(&row, "")?;
            enterprises.push(Enterprise {
                id: SubjectId(row.id),
                facts: facts_in(self.catalogue(), row.facts.as_deref().unwrap_or_default()),
                code: row.code,
                name: row.name,
                records: Vec::new(),
            });
        }
        self.add_records(&mut enterprises).await?;
        Ok(enterprises)
    }

    async fn add_records(&self, enterprises: &mut [Enterprise]) -> Result<(), StoreError> {
        let places: HashMap<Uuid, usize> =
            enterprises.iter().enumerate().map(|(at, enterprise)| (enterprise.id.0, at)).collect();
        let mut query = self.shown_subjects();
        query
            .and_where(Expr::col(("subject", "parent")).is_in(enterprises.iter().map(|enterprise| enterprise.id.0)))
            .order_by(("subject", "id"), Order::Asc);
        for row in self.reader().query_all(&query).await? {
            let row = Row::from_query_result(&row, "")?;
            let (Some(kind), Some(at)) =
                (SubjectKind::from_key(&row.kind), row.parent.and_then(|parent| places.get(&parent)))
            else {
                continue;
            };
            if kind.is_record() {
                let facts = facts_in(self.catalogue(), row.facts.as_deref().unwrap_or_default());
                enterprises[*at].records.push((kind, facts));
            }
        }
        Ok(())
    }

    fn shown_subjects(&self) -> SelectStatement {
        let zone = self.zone_id();
        let mut query = Query::select();
        query
            .columns(["id", "kind", "parent", "name", "code"].map(|column| ("subject", column)))
            .expr_as(view::open(), "facts")
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(zone))
            .and_where(Expr::col(("subject", "state")).eq(State::Active.key()));
        view::join(&mut query, zone, ("subject", "id"));
        query
    }
}
