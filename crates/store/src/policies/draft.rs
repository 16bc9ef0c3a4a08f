//! Drafts of policy texts: who began one, who changed it, and when. Two people who change one at once
//! are told of each other.

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::clock::moment;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Event, Store, StoreError, Tx};

/// How a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyDraftState {
    /// It is worked on.
    Open,
    /// It was published.
    Published,
    /// It was given up.
    Dropped,
}

impl PolicyDraftState {
    pub(crate) fn key(self) -> &'static str {
        match self {
            PolicyDraftState::Open => "open",
            PolicyDraftState::Published => "published",
            PolicyDraftState::Dropped => "dropped",
        }
    }

    fn from_key(key: &str) -> Self {
        match key {
            "open" => PolicyDraftState::Open,
            "published" => PolicyDraftState::Published,
            _ => PolicyDraftState::Dropped,
        }
    }
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDraft {
    /// Its id.
    pub id: Uuid,
    /// The version it was begun from; empty for a new policy.
    pub based_on: String,
    /// The title as its text says it; empty where it says none yet.
    pub title: String,
    /// The text.
    pub source: String,
    /// How it stands.
    pub state: PolicyDraftState,
    /// The account that began it.
    pub owner: String,
    /// Every account that wrote in it, the first one first.
    pub hands: Vec<String>,
    /// Grows with every change; a change must name the one it saw.
    pub version: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The account that changed it last.
    pub updated_by: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    based_on: String,
    title: String,
    source: String,
    state: String,
    owner: String,
    hands: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
    updated_by: String,
}

const COLUMNS: &[&str] = &[
    "zone",
    "id",
    "based_on",
    "title",
    "source",
    "state",
    "owner",
    "hands",
    "version",
    "created_at",
    "updated_at",
    "updated_by",
];

impl Row {
    fn draft(self) -> PolicyDraft {
        PolicyDraft {
            id: self.id,
            based_on: self.based_on,
            title: self.title,
            source: self.source,
            state: PolicyDraftState::from_key(&self.state),
            owner: self.owner,
            hands: serde_json::from_str(&self.hands).unwrap_or_default(),
            version: self.version,
            created_at: moment(self.created_at),
            updated_at: moment(self.updated_at),
            updated_by: self.updated_by,
        }
    }
}

fn select(zone: &str) -> SelectStatement {
    let columns = COLUMNS[1..].iter().copied();
    Query::select().columns(columns).from("policy_draft").and_where(Expr::col("zone").eq(zone)).to_owned()
}

impl Tx {
    /// Moves an open draft on to another state.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was changed since the version the caller saw, or is open no more.
    pub(crate) async fn end_policy_draft(
        &self,
        draft: &PolicyDraft,
        state: PolicyDraftState,
    ) -> Result<(), StoreError> {
        let update = Query::update()
            .table("policy_draft")
            .value("state", state.key())
            .value("version", draft.version + 1)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("id").eq(draft.id))
            .and_where(Expr::col("state").eq(PolicyDraftState::Open.key()))
            .and_where(Expr::col("version").eq(draft.version))
            .to_owned();
        match self.connection().execute(&update).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(StoreError::Stale),
        }
    }
}

impl Store {
    /// Begins a draft.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn begin_policy_draft(
        &self,
        based_on: &str,
        title: &str,
        source: &str,
        by: &str,
    ) -> Result<PolicyDraft, StoreError> {
        let id = Uuid::now_v7();
        self.write(|tx| async move {
            let now = tx.now().as_microsecond();
            let values = vec![
                tx.zone_id().into(),
                id.into(),
                based_on.into(),
                title.into(),
                source.into(),
                PolicyDraftState::Open.key().into(),
                by.into(),
                json!([by]).to_string().into(),
                1_i64.into(),
                now.into(),
                now.into(),
                by.into(),
            ];
            let batch = Batch { table: "policy_draft", columns: COLUMNS, values, on_key: OnKey::Fail };
            insert(tx.connection(), batch).await?;
            let data = json!({"based_on": based_on, "title": title});
            tx.append_event(Event::new("policy.draft_begun", by).about("draft", id).with(data)).await?;
            Ok(())
        })
        .await?;
        self.policy_draft(id).await?.ok_or(StoreError::NotFound)
    }

    /// Keeps a changed text and title. Returns the new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the draft was changed since `draft.version`, or is open no more.
    pub async fn save_policy_draft(&self, draft: &PolicyDraft, by: &str) -> Result<i64, StoreError> {
        let mut hands = draft.hands.clone();
        if !hands.iter().any(|hand| hand == by) {
            hands.push(by.to_owned());
        }
        let hands = &json!(hands).to_string();
        self.write(|tx| async move {
            let update = Query::update()
                .table("policy_draft")
                .value("title", draft.title.as_str())
                .value("source", draft.source.as_str())
                .value("hands", hands.as_str())
                .value("version", draft.version + 1)
                .value("updated_at", tx.now().as_microsecond())
                .value("updated_by", by)
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(draft.id))
                .and_where(Expr::col("state").eq(PolicyDraftState::Open.key()))
                .and_where(Expr::col("version").eq(draft.version))
                .to_owned();
            match tx.connection().execute(&update).await?.rows_affected() {
                1 => Ok(draft.version + 1),
                _ => Err(StoreError::Stale),
            }
        })
        .await
    }

    /// Gives a draft up.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was changed since `draft.version`, or is open no more.
    pub async fn drop_policy_draft(&self, draft: &PolicyDraft, by: &str) -> Result<(), StoreError> {
        self.write(|tx| async move {
            tx.end_policy_draft(draft, PolicyDraftState::Dropped).await?;
            let data = json!({"title": draft.title});
            tx.append_event(Event::new("policy.draft_dropped", by).about("draft", draft.id).with(data)).await?;
            Ok(())
        })
        .await
    }

    /// The draft with this id.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn policy_draft(&self, id: Uuid) -> Result<Option<PolicyDraft>, StoreError> {
        let query = select(self.zone_id()).and_where(Expr::col("id").eq(id)).to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map(|row| Row::from_query_result(&row, "")).transpose()?.map(Row::draft))
    }

    /// The drafts that are worked on, the latest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn policy_drafts(&self) -> Result<Vec<PolicyDraft>, StoreError> {
        let query = select(self.zone_id())
            .and_where(Expr::col("state").eq(PolicyDraftState::Open.key()))
            .order_by("id", Order::Desc)
            .limit(200)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(Row::from_query_result(row, "")?.draft())).collect()
    }
}
