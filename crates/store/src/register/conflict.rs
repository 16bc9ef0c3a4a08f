//! The queue of conflicts: facts whose sources disagree, until a person settles each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::view::{Said, Standing};
use kernel::{FactKey, SourceKind, SubjectId, SubjectKind, Value};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::act::{SingleAct, reason};
use super::history::histories;
use crate::access::Scope;
use crate::clock::moment;
use crate::{Event, Store, StoreError};

/// Which conflicts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConflictFilter {
    /// Only of this field.
    pub field: Option<String>,
    /// Only of this subject.
    pub subject: Option<SubjectId>,
    /// Only of subjects of this kind.
    pub kind: Option<SubjectKind>,
    /// Leaves out what is personal data, from the total too: for whoever may not see them.
    pub without_personal: bool,
}

/// A fact whose sources disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictView {
    /// Whose fact.
    pub subject: SubjectId,
    /// Its kind.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Which fact.
    pub key: FactKey,
    /// Since when sources disagree.
    pub since: Timestamp,
    /// What is shown meanwhile.
    pub shown: Value,
    /// What each origin says, the most trusted first.
    pub said: Vec<Said>,
}

/// A page of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictPage {
    /// The conflicts, the oldest first.
    pub rows: Vec<ConflictView>,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next page begins; `None` on the last.
    pub next: Option<ConflictCursor>,
}

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictCursor {
    /// Since when, in microseconds.
    pub since: i64,
    /// Whose.
    pub subject: SubjectId,
    /// Which fact.
    pub fact: String,
}

/// What a person decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// The word of the statement with this number.
    Statement(i64),
    /// Another value.
    Value(Value),
}

#[derive(FromQueryResult)]
struct Row {
    subject: Uuid,
    kind: String,
    name: String,
    code: String,
    fact: String,
    since: i64,
}

impl Store {
    /// The open conflicts in scope, the oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn conflicts(
        &self,
        scope: &Scope,
        filter: &ConflictFilter,
        after: Option<&ConflictCursor>,
        limit: u64,
    ) -> Result<ConflictPage, StoreError> {
        let mut count = self.conflict_query(scope, filter);
        let count = count.expr_as(Expr::col(("conflict", "fact")).count(), "total");
        let total: i64 = match self.reader().query_one(count).await? {
            Some(row) => row.try_get_by("total")?,
            None => 0,
        };
        let mut query = self.conflict_query(scope, filter);
        query
            .columns([("conflict", "subject"), ("conflict", "fact"), ("conflict", "since")])
            .columns([("subject", "kind"), ("subject", "name"), ("subject", "code")])
            .order_by(("conflict", "since"), Order::Asc)
            .order_by(("conflict", "subject"), Order::Asc)
            .order_by(("conflict", "fact"), Order::Asc)
            .limit(limit + 1);
        if let Some(after) = after {
            let place = Expr::tuple(["since", "subject", "fact"].map(|column| Expr::col(("conflict", column))));
            let last = [Expr::val(after.since), Expr::val(after.subject.0), Expr::val(after.fact.as_str())];
            query.and_where(place.gt(Expr::tuple(last)));
        }
        let mut rows = Vec::new();
        for row in self.reader().query_all(&query).await? {
            rows.push(Row::from_query_result(&row, "")?);
        }
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|last| ConflictCursor {
            since: last.since,
            subject: SubjectId(last.subject),
            fact: last.fact.clone(),
        });
        Ok(ConflictPage { rows: self.with_words(rows).await?, total: total.unsigned_abs(), next })
    }

    fn conflict_query(&self, scope: &Scope, filter: &ConflictFilter) -> SelectStatement {
        let mut query = Query::select();
        query
            .from("conflict")
            .inner_join(
                "subject",
                Expr::col(("subject", "zone"))
                    .equals(("conflict", "zone"))
                    .and(Expr::col(("subject", "id")).equals(("conflict", "subject"))),
            )
            .and_where(Expr::col(("conflict", "zone")).eq(self.zone_id()))
            .cond_where(scope.condition("subject"));
        if let Some(field) = &filter.field {
            query.and_where(Expr::col(("conflict", "field")).eq(field.as_str()));
        }
        if let Some(subject) = filter.subject {
            query.and_where(Expr::col(("conflict", "subject")).eq(subject.0));
        }
        if let Some(kind) = filter.kind {
            query.and_where(Expr::col(("subject", "kind")).eq(kind.key()));
        }
        if filter.without_personal {
            let seen = self.catalogue().fields().iter().filter(|field| !field.personal).map(|field| field.key.as_str());
            query.and_where(Expr::col(("conflict", "field")).is_in(seen));
        }
        query
    }

    async fn with_words(&self, rows: Vec<Row>) -> Result<Vec<ConflictView>, StoreError> {
        let ids = super::keep::unique(rows.iter().map(|row| row.subject));
        let histories = histories(self.reader(), self.zone_id(), self.catalogue(), &ids, None).await?;
        let views: BTreeMap<Uuid, _> =
            ids.iter().map(|id| (*id, kernel::view::fold(histories.with_sources(*id), None))).collect();
        let found = rows.into_iter().filter_map(|row| {
            let key: FactKey = row.fact.parse().ok()?;
            let shown = views.get(&row.subject)?.facts.get(&key)?;
            Some(ConflictView {
                subject: SubjectId(row.subject),
                kind: SubjectKind::from_key(&row.kind)?,
                name: row.name,
                code: row.code,
                since: moment(row.since),
                shown: shown.value.clone(),
                said: shown.said.clone(),
                key,
            })
        });
        Ok(found.collect())
    }

    /// Settles a conflict: a person decides which word counts, or that another value does.
    /// `seen` are the numbers of the statements the person saw disagree; where the origins say
    /// something else by now, the act is refused as stale. Returns the settlement's number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Stale`]; a refusal without a reason, where the
    /// sources do not disagree, or where the statement chosen is none of theirs.
    pub async fn settle(
        &self,
        subject: SubjectId,
        key: &FactKey,
        decision: &Decision,
        seen: &[i64],
        reason_given: &str,
        by: &str,
    ) -> Result<i64, StoreError> {
        let reason = reason(reason_given)?;
        self.write(|tx| async move {
            tx.lock_register().await?;
            let subject = tx.unmerged(subject).await?;
            let view = tx.view_of(&subject).await?;
            let shown = view.facts.get(key).filter(|shown| shown.said.len() > 1).ok_or_else(nothing_to_settle)?;
            let mut now: Vec<i64> = shown.said.iter().map(|said| said.seq).collect();
            let mut then = seen.to_vec();
            // Settling again is allowed to whoever saw the settlement that stands.
            if let Standing::Settled(settled) = shown.standing {
                now.push(settled);
            }
            now.sort_unstable();
            then.sort_unstable();
            if now != then {
                return Err(StoreError::Stale);
            }
            let value = match decision {
                Decision::Value(value) => value.clone(),
                Decision::Statement(seq) => {
                    let word = shown.said.iter().find(|said| said.seq == *seq);
                    word.map(|said| said.value.clone()).ok_or_else(nothing_to_settle)?
                }
            };
            let field = tx.store().catalogue().field(&key.field).ok_or(StoreError::NotFound)?;
            if Value::from_json(&field.kind, &value.to_json()).as_ref() != Some(&value) {
                return Err(StoreError::refused(
                    "核定的值与字段类型不符。",
                    "The value does not fit the field's type.",
                ));
            }
            let values = BTreeMap::from([(key.clone(), Some(value))]);
            let origin = format!("account:{by}");
            let kind = SourceKind::Settlement;
            let seq =
                tx.state(SingleAct { subject: &subject, kind, origin: &origin, title: "", by, reason, values }).await?;
            let data = json!({"fact": key.to_string(), "statement": seq, "between": now});
            tx.append_event(Event::new("conflict.settled", by).on(SubjectId(subject.id)).with(data)).await?;
            Ok(seq)
        })
        .await
    }
}

fn nothing_to_settle() -> StoreError {
    StoreError::refused(
        "该数据的各来源并无不一，或所选来源已不在其中，无需核定。",
        "The sources of this fact do not disagree, or the one chosen is no longer among them.",
    )
}
