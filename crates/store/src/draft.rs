//! Imports being prepared (草稿): a file, which column means what, and what the person did about
//! its faults. A draft can be left and taken up again, on another machine too.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{Lang, SourceId};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::access::{Rule, Thing};
use crate::clock::moment;
use crate::{Store, StoreError, Tx};

/// How a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftState {
    /// Columns and faults are being worked on.
    Preparing,
    /// Its load is under way.
    Loading,
    /// It was loaded; its source is known.
    Loaded,
    /// It was given up.
    Abandoned,
}

impl DraftState {
    const ALL: [DraftState; 4] =
        [DraftState::Preparing, DraftState::Loading, DraftState::Loaded, DraftState::Abandoned];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            DraftState::Preparing => "preparing",
            DraftState::Loading => "loading",
            DraftState::Loaded => "loaded",
            DraftState::Abandoned => "abandoned",
        }
    }

    /// The word in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            DraftState::Preparing => lang.pick("准备中", "Being prepared"),
            DraftState::Loading => lang.pick("导入中", "Loading"),
            DraftState::Loaded => lang.pick("已导入", "Loaded"),
            DraftState::Abandoned => lang.pick("已放弃", "Abandoned"),
        }
    }
}

/// What a person did about one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Read this text in its place.
    Text(String),
    /// Leave the cell out.
    SkipCell,
    /// Leave the whole row out.
    SkipRow,
}

/// The fixes of a draft by row and column, both as the sheet counts them from 1; column 0 stands
/// for the whole row.
pub type Fixes = BTreeMap<(u32, u32), Fix>;

/// An import being prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its id.
    pub id: Uuid,
    /// The hash of the kept file.
    pub file: String,
    /// The file's name, as this person uploaded it.
    pub file_name: String,
    /// The kind of subject its rows are.
    pub kind: String,
    /// The sheet that is read; empty until one is chosen.
    pub sheet: String,
    /// What each column means: owned by the reader of sheets, kept as it is.
    pub columns: Json,
    /// What the person did about its faults.
    pub fixes: Fixes,
    /// How it stands.
    pub state: DraftState,
    /// The account that prepares it.
    pub owner: String,
    /// Grows with every change; a change must name the one it saw.
    pub version: i64,
    /// The source it became.
    pub source: Option<SourceId>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[derive(FromQueryResult)]
struct DraftRow {
    id: Uuid,
    file: String,
    file_name: String,
    kind: String,
    sheet: String,
    columns: String,
    fixes: String,
    state: String,
    owner: String,
    version: i64,
    source: Option<Uuid>,
    created_at: i64,
    updated_at: i64,
}

/// The stored form of one fix: row, column, what to do.
type StoredFix = (u32, u32, Fix);

impl DraftRow {
    fn draft(self) -> Draft {
        let fixes: Vec<StoredFix> = serde_json::from_str(&self.fixes).unwrap_or_default();
        Draft {
            id: self.id,
            file: self.file,
            file_name: self.file_name,
            kind: self.kind,
            sheet: self.sheet,
            columns: serde_json::from_str(&self.columns).unwrap_or(Json::Null),
            fixes: fixes.into_iter().map(|(row, column, fix)| ((row, column), fix)).collect(),
            state: DraftState::ALL.into_iter().find(|s| s.key() == self.state).unwrap_or(DraftState::Abandoned),
            owner: self.owner,
            version: self.version,
            source: self.source.map(SourceId),
            created_at: moment(self.created_at),
            updated_at: moment(self.updated_at),
        }
    }
}

fn fixes_text(fixes: &Fixes) -> String {
    let stored: Vec<StoredFix> = fixes.iter().map(|(&(row, column), fix)| (row, column, fix.clone())).collect();
    // Numbers and plain words always serialise.
    serde_json::to_string(&stored).unwrap_or_default()
}

fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["id", "file", "file_name", "kind", "sheet", "columns", "fixes", "state", "owner", "version"])
        .columns(["source", "created_at", "updated_at"])
        .from("draft")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned()
}

impl Tx {
    /// Marks a draft as loaded, in the transaction of its load.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was loaded or abandoned in the meantime.
    pub async fn draft_loaded(&self, id: Uuid, source: SourceId) -> Result<(), StoreError> {
        let open = [DraftState::Preparing.key(), DraftState::Loading.key()];
        let update = Query::update()
            .table("draft")
            .value("state", DraftState::Loaded.key())
            .value("source", source.0)
            .value("updated_at", self.now().as_microsecond())
            .value("version", Expr::col("version").add(1))
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("state").is_in(open))
            .to_owned();
        match self.connection().execute(&update).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(StoreError::Stale),
        }
    }
}

impl Store {
    /// Begins a draft with a kept file.
    ///
    /// # Errors
    /// A refusal when no such file is kept.
    pub async fn begin_draft(&self, file: &str, file_name: &str, kind: &str, owner: &str) -> Result<Draft, StoreError> {
        if self.file(file).await?.is_none() {
            return Err(Rule::NotFound(Thing::File, file_name.to_owned()).into());
        }
        let id = Uuid::now_v7();
        self.write(|tx| async move {
            let now = tx.now().as_microsecond();
            let insert = Query::insert()
                .into_table("draft")
                .columns([
                    "zone",
                    "id",
                    "file",
                    "file_name",
                    "kind",
                    "sheet",
                    "columns",
                    "fixes",
                    "state",
                    "owner",
                    "version",
                    "created_at",
                    "updated_at",
                ])
                .values_panic([
                    tx.zone_id().into(),
                    id.into(),
                    file.into(),
                    file_name.into(),
                    kind.into(),
                    "".into(),
                    "null".into(),
                    "[]".into(),
                    DraftState::Preparing.key().into(),
                    owner.into(),
                    1_i64.into(),
                    now.into(),
                    now.into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            Ok(())
        })
        .await?;
        self.draft(id).await?.ok_or(StoreError::NotFound)
    }

    /// Keeps a changed draft: kind, sheet, columns, fixes and state. Returns its new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was changed since the version the caller saw.
    pub async fn save_draft(&self, draft: &Draft) -> Result<i64, StoreError> {
        self.write(|tx| async move {
            let update = Query::update()
                .table("draft")
                .value("kind", draft.kind.as_str())
                .value("sheet", draft.sheet.as_str())
                .value("columns", draft.columns.to_string())
                .value("fixes", fixes_text(&draft.fixes))
                .value("state", draft.state.key())
                .value("version", draft.version + 1)
                .value("updated_at", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(draft.id))
                .and_where(Expr::col("version").eq(draft.version))
                .to_owned();
            match tx.connection().execute(&update).await?.rows_affected() {
                1 => Ok(draft.version + 1),
                _ => Err(StoreError::Stale),
            }
        })
        .await
    }

    /// The draft with this id.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn draft(&self, id: Uuid) -> Result<Option<Draft>, StoreError> {
        let query = select(self.zone_id()).and_where(Expr::col("id").eq(id)).to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map(|row| DraftRow::from_query_result(&row, "")).transpose()?.map(DraftRow::draft))
    }

    /// An account's drafts that are neither loaded nor abandoned, the latest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn open_drafts(&self, owner: &str) -> Result<Vec<Draft>, StoreError> {
        let open = [DraftState::Preparing.key(), DraftState::Loading.key()];
        let query = select(self.zone_id())
            .and_where(Expr::col("owner").eq(owner))
            .and_where(Expr::col("state").is_in(open))
            .order_by("id", Order::Desc)
            .limit(100)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(DraftRow::from_query_result(row, "")?.draft())).collect()
    }
}
