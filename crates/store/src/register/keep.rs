//! Keeping what is derived beside the statements, in the same transaction.

use std::collections::{HashMap, HashSet};

use kernel::{Source, Statement, SubjectKind};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::bulk::{self, Batch, OnKey};
use super::derive::{Derived, Identity, State, Units, derive};
use super::history::histories;
use super::placing::units;
use super::shown::KeptView;
use super::view::{VIEW, VIEW_COLUMNS};
use crate::{StoreError, Tx};

/// A subject with everything that follows from its statements.
pub(crate) struct Kept {
    pub(crate) subject: Identity,
    pub(crate) derived: Derived,
    /// Whether nothing is stored for it yet.
    pub(crate) new: bool,
}

/// The columns of `subject` that say who it is, in the order of [`read_identity`].
pub(crate) const IDENTITY_COLUMNS: [&str; 7] =
    ["id", "kind", "state", "parent", "merged_into", "created_at", "unit_id"];

#[derive(FromQueryResult)]
struct IdentityRow {
    id: Uuid,
    kind: String,
    state: String,
    parent: Option<Uuid>,
    merged_into: Option<Uuid>,
    created_at: i64,
    unit_id: Option<Uuid>,
}

/// Reads a row of `subject`: who it is, and the unit it belongs to.
pub(crate) fn read_identity(row: &sea_orm::QueryResult) -> Result<(Identity, Option<Uuid>), StoreError> {
    let row = IdentityRow::from_query_result(row, "")?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("subject {} has the unknown {what}", row.id));
    let identity = Identity {
        id: row.id,
        kind: SubjectKind::from_key(&row.kind).ok_or_else(|| corrupt("kind"))?,
        state: State::from_key(&row.state).ok_or_else(|| corrupt("state"))?,
        parent: row.parent,
        merged_into: row.merged_into,
        created_at: row.created_at,
    };
    Ok((identity, row.unit_id))
}

/// Reads who subjects are and to which unit each belongs.
pub(crate) async fn identities(
    connection: &impl ConnectionTrait,
    zone: &str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, (Identity, Option<Uuid>)>, StoreError> {
    let mut found = HashMap::new();
    for some in ids.chunks(5_000) {
        let query = Query::select()
            .columns(IDENTITY_COLUMNS)
            .from("subject")
            .and_where(Expr::col("zone").eq(zone))
            .and_where(Expr::col("id").is_in(some.iter().copied()))
            .to_owned();
        for row in connection.query_all(&query).await? {
            let (identity, unit) = read_identity(&row)?;
            found.insert(identity.id, (identity, unit));
        }
    }
    Ok(found)
}

impl Tx {
    /// Derives subjects anew from their statements and keeps the result. Where a subject's unit
    /// changes, its records follow.
    pub(crate) async fn refold(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let catalogue = self.store().catalogue().clone();
        let units = units(self.connection(), self.zone_id()).await?;
        let mut open: Vec<Uuid> = ids.to_vec();
        while !open.is_empty() {
            let mut next = Vec::new();
            for some in open.chunks(500) {
                next.extend(self.refold_some(&catalogue, &units, some).await?);
            }
            open = self.records_of(&next).await?;
        }
        Ok(())
    }

    /// Returns the subjects whose unit changed.
    async fn refold_some(
        &self,
        catalogue: &kernel::Catalogue,
        units: &Units,
        ids: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let subjects = identities(self.connection(), self.zone_id(), ids).await?;
        let parents: Vec<Uuid> = subjects.values().filter_map(|(subject, _)| subject.parent).collect();
        let parents = identities(self.connection(), self.zone_id(), &parents).await?;
        let histories = histories(self.connection(), self.zone_id(), catalogue, ids, None).await?;
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        for (id, (subject, unit)) in subjects {
            let said: Vec<(&Statement, &Source)> = histories.with_sources(id).collect();
            let parent_unit = subject.parent.and_then(|parent| parents.get(&parent)?.1);
            let derived = derive(catalogue, units, parent_unit, &subject, &said);
            if derived.unit != unit {
                moved.push(id);
            }
            kept.push(Kept { subject, derived, new: false });
        }
        self.keep(kept).await?;
        self.cases_follow(&moved).await?;
        Ok(moved)
    }

    /// The records and other subjects that point at one of these.
    pub(crate) async fn records_of(&self, owners: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        let mut found = Vec::new();
        for some in owners.chunks(5_000) {
            let query = Query::select()
                .column("id")
                .from("subject")
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("parent").is_in(some.iter().copied()))
                .to_owned();
            for row in self.connection().query_all(&query).await? {
                found.push(row.try_get_by("id")?);
            }
        }
        Ok(found)
    }

    /// Writes what was derived.
    pub(crate) async fn keep(&self, kept: Vec<Kept>) -> Result<(), StoreError> {
        let old: Vec<Uuid> = kept.iter().filter(|kept| !kept.new).map(|kept| kept.subject.id).collect();
        self.forget_derived(&old).await?;
        for rows in self.rows_to_keep(kept).await? {
            bulk::insert(self.connection(), rows).await?;
        }
        Ok(())
    }

    /// The rows of what was derived, in the order in which they must be inserted within this
    /// transaction, after what was derived before is forgotten.
    pub(crate) async fn rows_to_keep(&self, mut kept: Vec<Kept>) -> Result<Vec<Batch>, StoreError> {
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        for Kept { subject, derived, .. } in &mut kept {
            subject.state = derived.state_of(subject);
        }
        // Rows in the order of their ids go to neighbouring pages, and two writers take their locks alike.
        kept.sort_unstable_by_key(|kept| kept.subject.id);
        let revision = self.next_revision().await?;
        let on_key = if kept.iter().all(|kept| kept.new) { OnKey::Fail } else { OnKey::Replace(2) };
        let zone = self.zone_id();
        Ok(vec![
            subjects(zone, &kept, revision, on_key),
            views(zone, &mut kept, on_key),
            identifiers(zone, &kept),
            held(zone, &kept),
            conflicts(zone, &kept),
        ])
    }

    async fn forget_derived(&self, old: &[Uuid]) -> Result<(), StoreError> {
        for some in old.chunks(5_000) {
            for (table, column) in [("identifier", "subject"), ("conflict", "subject"), ("held_title", "record")] {
                let delete = Query::delete()
                    .from_table(table)
                    .and_where(Expr::col("zone").eq(self.zone_id()))
                    .and_where(Expr::col(column).is_in(some.iter().copied()))
                    .to_owned();
                self.connection().execute(&delete).await?;
            }
        }
        Ok(())
    }
}

fn subjects(zone: &str, kept: &[Kept], revision: i64, on_key: OnKey) -> Batch {
    let mut values: Vec<Value> = Vec::with_capacity(kept.len() * SUBJECT_COLUMNS.len());
    for Kept { subject, derived, .. } in kept {
        let hot = &derived.hot;
        values.extend([
            zone.into(),
            subject.id.into(),
            subject.kind.key().into(),
            subject.state.key().into(),
            subject.parent.into(),
            subject.merged_into.into(),
            hot.name.as_str().into(),
            hot.name_key.as_str().into(),
            hot.search_text.as_str().into(),
            hot.code.as_str().into(),
            derived.unit.into(),
            hot.industry.as_str().into(),
            hot.region.as_str().into(),
            hot.level.as_str().into(),
            hot.category.as_str().into(),
            hot.registered_on.as_str().into(),
            hot.figures_year.into(),
            hot.revenue.into(),
            hot.rd_expense.into(),
            hot.employees.into(),
            (derived.conflicts.len() as i64).into(),
            revision.into(),
            subject.created_at.into(),
            derived.changed_at.into(),
        ]);
    }
    Batch { table: "subject", columns: &SUBJECT_COLUMNS, values, on_key }
}

fn views(zone: &str, kept: &mut [Kept], on_key: OnKey) -> Batch {
    let mut values: Vec<Value> = Vec::with_capacity(kept.len() * VIEW_COLUMNS.len());
    for Kept { subject, derived, .. } in kept {
        values.extend([zone.into(), subject.id.into()]);
        values.extend(match &mut derived.view {
            KeptView::Own(texts) => {
                [std::mem::take(&mut texts.open).into(), texts.personal.take().into(), None::<i64>.into()]
            }
            KeptView::Of(seq) => ["".into(), None::<String>.into(), (*seq).into()],
        });
    }
    Batch { table: VIEW, columns: &VIEW_COLUMNS, values, on_key }
}

fn identifiers(zone: &str, kept: &[Kept]) -> Batch {
    let mut values: Vec<Value> = Vec::new();
    let mut rows: Vec<(&'static str, &'static str, &str, Uuid)> = Vec::new();
    for Kept { subject, derived, .. } in kept {
        for (scheme, value) in &derived.identifiers {
            rows.push((subject.kind.key(), scheme, value, subject.id));
        }
    }
    rows.sort_unstable();
    for (kind, scheme, value, subject) in rows {
        values.extend([zone.into(), kind.into(), scheme.into(), value.into(), subject.into()]);
    }
    let columns = &["zone", "kind", "scheme", "value", "subject"];
    Batch { table: "identifier", columns, values, on_key: OnKey::Keep }
}

fn held(zone: &str, kept: &[Kept]) -> Batch {
    let mut values: Vec<Value> = Vec::new();
    for Kept { subject, derived, .. } in kept {
        let Some((held, owner)) = derived.held.as_ref().zip(subject.parent) else { continue };
        if subject.state != State::Active {
            continue;
        }
        values.extend([
            zone.into(),
            owner.into(),
            held.title.as_str().into(),
            subject.id.into(),
            held.valid_from.as_str().into(),
            held.valid_to.as_str().into(),
        ]);
    }
    let columns = &["zone", "subject", "title", "record", "valid_from", "valid_to"];
    Batch { table: "held_title", columns, values, on_key: OnKey::Fail }
}

fn conflicts(zone: &str, kept: &[Kept]) -> Batch {
    let mut values: Vec<Value> = Vec::new();
    for Kept { subject, derived, .. } in kept {
        if subject.state == State::Merged {
            continue;
        }
        for conflict in &derived.conflicts {
            values.extend([
                zone.into(),
                subject.id.into(),
                conflict.key.to_string().into(),
                conflict.key.field.as_str().into(),
                conflict.since.into(),
            ]);
        }
    }
    let columns = &["zone", "subject", "fact", "field", "since"];
    Batch { table: "conflict", columns, values, on_key: OnKey::Fail }
}

const SUBJECT_COLUMNS: [&str; 24] = [
    "zone",
    "id",
    "kind",
    "state",
    "parent",
    "merged_into",
    "name",
    "name_key",
    "search_text",
    "code",
    "unit_id",
    "industry",
    "region",
    "level",
    "category",
    "registered_on",
    "figures_year",
    "revenue",
    "rd_expense",
    "employees",
    "conflicts_open",
    "revision",
    "created_at",
    "changed_at",
];

/// The ids without repetition, in their order of first appearance.
pub(crate) fn unique(ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}
