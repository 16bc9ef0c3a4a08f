//! What a zone decides about its loops: routes, cadences, the scheme of colours, who must report what.
//! Each is a text under a key, whose form is known to who reads it; every version is kept.

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use crate::access::{Action, Viewer};
use crate::clock::moment;
use crate::write::Chain;
use crate::{Event, Store, StoreError};

/// Characters of a setting.
const LONGEST: usize = 500_000;

/// One version of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopSetting {
    /// Its key, such as `routes`.
    pub key: String,
    /// Which version, from 1.
    pub version: i64,
    /// The text.
    pub text: String,
    /// Who set it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    key: String,
    version: i64,
    text: String,
    by: String,
    at: i64,
}

impl Row {
    fn setting(self) -> LoopSetting {
        LoopSetting { key: self.key, version: self.version, text: self.text, by: self.by, at: moment(self.at) }
    }
}

fn select(zone: &str, key: &str) -> SelectStatement {
    Query::select()
        .columns(["key", "version", "text", "by", "at"])
        .from("loop_setting")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("key").eq(key))
        .order_by("version", Order::Desc)
        .to_owned()
}

async fn latest(connection: &impl ConnectionTrait, zone: &str, key: &str) -> Result<Option<LoopSetting>, StoreError> {
    let row = connection.query_one(&select(zone, key).limit(1).to_owned()).await?;
    Ok(row.map(|row| Row::from_query_result(&row, "")).transpose()?.map(Row::setting))
}

impl Store {
    /// What the zone decided under a key; `None` where it never did.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn loop_setting(&self, key: &str) -> Result<Option<LoopSetting>, StoreError> {
        latest(self.reader(), self.zone_id(), key).await
    }

    /// The latest version of every setting whose key begins with these letters, the last key first, at most
    /// `limit` of them.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn loop_settings_under(&self, prefix: &str, limit: u64) -> Result<Vec<LoopSetting>, StoreError> {
        let latest = Query::select()
            .column("key")
            .expr(Expr::col("version").max())
            .from("loop_setting")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("key").like(format!("{prefix}%")))
            .group_by_col("key")
            .order_by("key", Order::Desc)
            .limit(limit)
            .to_owned();
        let query = Query::select()
            .columns(["key", "version", "text", "by", "at"])
            .from("loop_setting")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::tuple([Expr::col("key"), Expr::col("version")]).in_subquery(latest))
            .order_by("key", Order::Desc)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(Row::from_query_result(row, "")?.setting())).collect()
    }

    /// Every version of a setting, the latest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn loop_setting_versions(&self, key: &str) -> Result<Vec<LoopSetting>, StoreError> {
        let rows = self.reader().query_all(&select(self.zone_id(), key)).await?;
        rows.iter().map(|row| Ok(Row::from_query_result(row, "")?.setting())).collect()
    }

    /// Decides anew. `seen` is the version the person saw, 0 where there was none; the caller has checked
    /// the text.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; [`StoreError::Stale`] where somebody decided in between; a refusal for
    /// an unfit key or too long a text.
    pub async fn decide_loop_setting(
        &self,
        viewer: &Viewer,
        key: &str,
        text: &str,
        seen: i64,
    ) -> Result<LoopSetting, StoreError> {
        viewer.require(Action::ManageLoops)?;
        let unfit = key.is_empty() || key.len() > 100 || key.chars().any(|c| c.is_control());
        if unfit || text.chars().count() > LONGEST {
            return Err(StoreError::refused(
                format!("设置内容过长（{LONGEST} 字以内）或名称不合规范。"),
                format!("The setting is longer than {LONGEST} characters, or its key is unfit."),
            ));
        }
        self.write(|tx| async move {
            // The chain of the log is taken first, so that two who decide at once find each other.
            tx.head(Chain::Event).await?;
            let version = latest(tx.connection(), tx.zone_id(), key).await?.map_or(0, |setting| setting.version);
            if version != seen {
                return Err(StoreError::Stale);
            }
            let (by, at) = (viewer.name.clone(), tx.now());
            let setting = LoopSetting { key: key.to_owned(), version: version + 1, text: text.to_owned(), by, at };
            let insert = Query::insert()
                .into_table("loop_setting")
                .columns(["zone", "key", "version", "text", "by", "at"])
                .values_panic([
                    tx.zone_id().into(),
                    key.into(),
                    setting.version.into(),
                    text.into(),
                    setting.by.as_str().into(),
                    at.as_microsecond().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            let data = json!({"key": key, "version": setting.version});
            tx.append_event(Event::new("loops.decided", viewer.name.as_str()).with(data)).await?;
            Ok(setting)
        })
        .await
    }
}
