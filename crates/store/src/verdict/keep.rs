//! Verdicts that came out, kept: what is found again stays as it is, and what no longer holds ends.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

use super::said::{Found, Said};
use super::shared::Shared;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Store, StoreError, Tx};

const COLUMNS: &[&str] =
    &["zone", "subject", "policy", "version", "on_day", "known_at", "answer", "failed", "record", "shared"];
const COLUMNS_BEFORE: &[&str] =
    &["zone", "subject", "policy", "version", "on_day", "known_at", "answer", "failed", "record", "shared", "until"];

/// A verdict that stands, as it is stored.
#[derive(FromQueryResult)]
struct Standing {
    subject: Uuid,
    policy: String,
    version: String,
    on_day: String,
    known_at: i64,
    answer: String,
    failed: String,
    record: String,
    shared: Option<Uuid>,
}

/// A verdict that was not there before.
struct New<'f> {
    subject: Uuid,
    said: &'f Arc<Said>,
    /// Whether another one stood.
    replaces: bool,
}

impl Standing {
    fn says_same(&self, said: &Said) -> bool {
        self.version == said.version
            && match self.shared {
                Some(id) => id == said.id(),
                None => self.record == said.record,
            }
    }

    fn ended(self, zone: &str, until: Timestamp) -> [sea_orm::Value; 11] {
        [
            zone.into(),
            self.subject.into(),
            self.policy.into(),
            self.version.into(),
            self.on_day.into(),
            self.known_at.into(),
            self.answer.into(),
            self.failed.into(),
            self.record.into(),
            self.shared.into(),
            until.as_microsecond().into(),
        ]
    }
}

impl Store {
    /// Keeps what was found of these enterprises for a day of application, from facts as they were known at
    /// a moment; what no policy says of them any more ends then. Returns how many verdicts changed.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn keep_verdicts(&self, found: &[Found], on: Date, known_at: Timestamp) -> Result<u64, StoreError> {
        let shared = &Shared::among(found);
        self.write(|tx| async move {
            let mut before = standing(&tx, found).await?;
            let (mut new, mut ended) = (Vec::new(), Vec::new());
            for Found { subject, said } in found {
                let mut old = before.remove(&subject.0).unwrap_or_default();
                let begin = new.len();
                for said in said {
                    let stood = old.iter().position(|old| old.policy == said.policy).map(|at| old.swap_remove(at));
                    if stood.as_ref().is_some_and(|old| old.says_same(said)) {
                        continue;
                    }
                    new.push(New { subject: subject.0, said, replaces: stood.is_some() });
                    ended.extend(stood);
                }
                // In the order in which they are stored.
                new[begin..].sort_unstable_by(|a, b| a.said.policy.cmp(&b.said.policy));
                before.insert(subject.0, old);
            }
            let gone: Vec<Standing> = before.into_values().flatten().collect();
            let changed = (new.len() + gone.len()) as u64;
            drop_verdicts(&tx, &gone).await?;
            end(&tx, ended.into_iter().chain(gone), known_at).await?;
            let said: Vec<&Arc<Said>> = new.iter().map(|new| new.said).collect();
            shared.keep(&tx, &said).await?;
            let (replacing, first): (Vec<New<'_>>, Vec<New<'_>>) = new.into_iter().partition(|new| new.replaces);
            for (new, on_key) in [(first, OnKey::Fail), (replacing, OnKey::Replace(3))] {
                let values = values(&tx, new, shared, on, known_at);
                insert(tx.connection(), Batch { table: "verdict", columns: COLUMNS, values, on_key }).await?;
            }
            Ok(changed)
        })
        .await
    }
}

async fn standing(tx: &Tx, found: &[Found]) -> Result<HashMap<Uuid, Vec<Standing>>, StoreError> {
    let query = Query::select()
        .columns(COLUMNS.iter().copied().filter(|column| *column != "zone"))
        .from("verdict")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("subject").is_in(found.iter().map(|found| found.subject.0)))
        .to_owned();
    let mut standing: HashMap<Uuid, Vec<Standing>> = HashMap::new();
    for row in tx.connection().query_all(&query).await? {
        let row = Standing::from_query_result(&row, "")?;
        standing.entry(row.subject).or_default().push(row);
    }
    Ok(standing)
}

fn values(tx: &Tx, new: Vec<New<'_>>, shared: &Shared, on: Date, known_at: Timestamp) -> Vec<sea_orm::Value> {
    let (zone, on) = (tx.zone_id(), on.to_string());
    let mut values = Vec::with_capacity(new.len() * COLUMNS.len());
    for New { subject, said, .. } in new {
        let text = shared.id(said);
        values.extend([
            zone.into(),
            subject.into(),
            said.policy.as_str().into(),
            said.version.as_str().into(),
            on.as_str().into(),
            known_at.as_microsecond().into(),
            said.answer.as_str().into(),
            said.failed.as_str().into(),
            if text.is_some() { "" } else { said.record.as_str() }.into(),
            text.into(),
        ]);
    }
    values
}

/// Keeps verdicts that ended as they were.
async fn end(tx: &Tx, ended: impl Iterator<Item = Standing>, until: Timestamp) -> Result<(), StoreError> {
    let values = ended.flat_map(|ended| ended.ended(tx.zone_id(), until)).collect();
    let batch = Batch { table: "verdict_before", columns: COLUMNS_BEFORE, values, on_key: OnKey::Keep };
    insert(tx.connection(), batch).await
}

/// Takes verdicts away of which the policy is no longer in force.
async fn drop_verdicts(tx: &Tx, gone: &[Standing]) -> Result<(), StoreError> {
    let mut policies: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for gone in gone {
        policies.entry(&gone.policy).or_default().push(gone.subject);
    }
    for (policy, subjects) in policies {
        let delete = Query::delete()
            .from_table("verdict")
            .and_where(Expr::col("zone").eq(tx.zone_id()))
            .and_where(Expr::col("policy").eq(policy))
            .and_where(Expr::col("subject").is_in(subjects))
            .to_owned();
        tx.connection().execute(&delete).await?;
    }
    Ok(())
}
