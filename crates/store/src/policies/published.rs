//! Texts the zone published: by whom, from which day, and whether they were withdrawn before it.

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::draft::{PolicyDraft, PolicyDraftState};
use crate::clock::moment;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Event, Store, StoreError};

/// A text about to be published: what the checked policy says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPublication<'a> {
    /// The policy's id.
    pub policy: &'a str,
    /// The name of the version.
    pub version: &'a str,
    /// Its first day in force.
    pub from: Date,
    /// The text.
    pub source: &'a str,
}

/// A text that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The draft it was.
    pub id: Uuid,
    /// The policy's id.
    pub policy: String,
    /// The name of the version.
    pub version: String,
    /// Its first day in force.
    pub from: Date,
    /// The text.
    pub source: String,
    /// The account that began the draft.
    pub drafted_by: String,
    /// The account that published it.
    pub published_by: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
    /// The account that withdrew it.
    pub withdrawn_by: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    policy: String,
    version: String,
    from_day: String,
    source: String,
    drafted_by: String,
    published_by: String,
    published_at: i64,
    withdrawn_at: Option<i64>,
    withdrawn_by: String,
}

const COLUMNS: &[&str] = &[
    "zone",
    "id",
    "policy",
    "version",
    "from_day",
    "source",
    "drafted_by",
    "published_by",
    "published_at",
    "withdrawn_at",
    "withdrawn_by",
];

fn select(zone: &str) -> SelectStatement {
    let columns = COLUMNS[1..].iter().copied();
    Query::select().columns(columns).from("policy_published").and_where(Expr::col("zone").eq(zone)).to_owned()
}

impl Row {
    fn published(self) -> Result<Published, StoreError> {
        let from = self.from_day.parse();
        Ok(Published {
            id: self.id,
            policy: self.policy,
            version: self.version,
            from: from.map_err(|_| StoreError::Corrupt(format!("a policy from the day {:?}", self.from_day)))?,
            source: self.source,
            drafted_by: self.drafted_by,
            published_by: self.published_by,
            published_at: moment(self.published_at),
            withdrawn_at: self.withdrawn_at.map(moment),
            withdrawn_by: self.withdrawn_by,
        })
    }
}

impl Store {
    /// Publishes a draft. Nobody publishes what they wrote in themselves.
    ///
    /// # Errors
    /// A refusal for whoever wrote in it; [`StoreError::Stale`] when it was changed since
    /// `draft.version`, or is open no more.
    pub async fn publish_policy(
        &self,
        draft: &PolicyDraft,
        new: &NewPublication<'_>,
        by: &str,
    ) -> Result<(), StoreError> {
        if draft.hands.iter().any(|hand| hand == by) {
            return Err(StoreError::refused(
                "这份草案您自己改过，须由另一位有发布权的人发布。",
                "You wrote in this draft yourself; somebody else who may publish has to do it.",
            ));
        }
        self.write(|tx| async move {
            tx.end_policy_draft(draft, PolicyDraftState::Published).await?;
            let values = vec![
                tx.zone_id().into(),
                draft.id.into(),
                new.policy.into(),
                new.version.into(),
                new.from.to_string().into(),
                new.source.into(),
                draft.owner.as_str().into(),
                by.into(),
                tx.now().as_microsecond().into(),
                None::<i64>.into(),
                "".into(),
            ];
            let batch = Batch { table: "policy_published", columns: COLUMNS, values, on_key: OnKey::Fail };
            insert(tx.connection(), batch).await?;
            let data = json!({
                "version": new.version, "title": draft.title, "from": new.from.to_string(), "drafted_by": draft.hands,
            });
            tx.append_event(Event::new("policy.published", by).about("draft", draft.id).with(data)).await?;
            Ok(())
        })
        .await
    }

    /// Withdraws a published text before its first day.
    ///
    /// # Errors
    /// A refusal once it is in force, or where it was withdrawn already.
    pub async fn withdraw_policy(&self, id: Uuid, today: Date, reason: &str, by: &str) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let query = select(tx.zone_id()).and_where(Expr::col("id").eq(id)).to_owned();
            let row = tx.connection().query_one(&query).await?.ok_or(StoreError::NotFound)?;
            let known = Row::from_query_result(&row, "")?.published()?;
            if known.withdrawn_at.is_some() || known.from <= today {
                return Err(StoreError::refused(
                    format!("{} 自 {} 起施行，只能在此之前撤回；要改就起草并发布新的版本。", known.version, known.from),
                    format!(
                        "{} is in force from {} and can be withdrawn only before; draft and publish another version.",
                        known.version, known.from
                    ),
                ));
            }
            let update = Query::update()
                .table("policy_published")
                .value("withdrawn_at", tx.now().as_microsecond())
                .value("withdrawn_by", by)
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.connection().execute(&update).await?;
            let data = json!({"version": known.version, "from": known.from.to_string(), "reason": reason});
            tx.append_event(Event::new("policy.withdrawn", by).about("draft", id).with(data)).await?;
            Ok(())
        })
        .await
    }

    /// Every text that was published, withdrawn ones too, in the order in which they were begun.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn published_policies(&self) -> Result<Vec<Published>, StoreError> {
        let query = select(self.zone_id()).order_by("published_at", Order::Asc).order_by("id", Order::Asc).to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Row::from_query_result(row, "")?.published()).collect()
    }
}
