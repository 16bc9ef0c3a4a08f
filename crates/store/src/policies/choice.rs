//! What the zone chose: the place it lies in, and the figures of settings (参数).

use std::collections::BTreeMap;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use crate::clock::moment;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Event, Store, StoreError, Tx};

/// The key under which the place is kept; every other key is a setting.
pub const PLACE: &str = "place";

/// One thing that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What was chosen.
    pub value: String,
    /// The account that chose it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    key: String,
    value: String,
    by: String,
    at: i64,
}

impl Store {
    /// What the zone chose, by key.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn policy_choices(&self) -> Result<BTreeMap<String, Choice>, StoreError> {
        choices(self.reader(), self.zone_id()).await
    }

    /// Chooses: each key with its new value, an empty one takes the choice back. Returns how many differ
    /// from before; where none does, nothing is written.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn choose_for_policies(&self, wanted: &BTreeMap<String, String>, by: &str) -> Result<usize, StoreError> {
        self.write(|tx| async move {
            let before = choices(tx.connection(), tx.zone_id()).await?;
            let was = |key: &String| before.get(key).map_or("", |choice| choice.value.as_str());
            let changed: Vec<(&String, &String)> =
                wanted.iter().filter(|(key, value)| was(key) != value.as_str()).collect();
            if changed.is_empty() {
                return Ok(0);
            }
            write(&tx, &changed, by).await?;
            let told: serde_json::Map<String, serde_json::Value> =
                changed.iter().map(|(key, value)| ((*key).clone(), json!({"from": was(key), "to": value}))).collect();
            tx.append_event(Event::new("policy.chosen", by).with(json!({ "changes": told }))).await?;
            Ok(changed.len())
        })
        .await
    }
}

async fn write(tx: &Tx, changed: &[(&String, &String)], by: &str) -> Result<(), StoreError> {
    let gone = changed.iter().filter(|(_, value)| value.is_empty()).map(|(key, _)| key.as_str());
    let delete = Query::delete()
        .from_table("policy_choice")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("key").is_in(gone))
        .to_owned();
    tx.connection().execute(&delete).await?;
    let values = changed.iter().filter(|(_, value)| !value.is_empty()).flat_map(|(key, value)| {
        let at = tx.now().as_microsecond();
        [tx.zone_id().into(), key.as_str().into(), value.as_str().into(), by.into(), at.into()]
    });
    let columns = &["zone", "key", "value", "by", "at"];
    let batch = Batch { table: "policy_choice", columns, values: values.collect(), on_key: OnKey::Replace(2) };
    insert(tx.connection(), batch).await
}

async fn choices(connection: &impl ConnectionTrait, zone: &str) -> Result<BTreeMap<String, Choice>, StoreError> {
    let query = Query::select()
        .columns(["key", "value", "by", "at"])
        .from("policy_choice")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned();
    let mut found = BTreeMap::new();
    for row in connection.query_all(&query).await? {
        let Row { key, value, by, at } = Row::from_query_result(&row, "")?;
        found.insert(key, Choice { value, by, at: moment(at) });
    }
    Ok(found)
}
