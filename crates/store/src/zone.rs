//! The zone a process serves.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

use crate::{Event, Store, StoreError};

/// The zone as its administrators named it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Zone {
    /// The first part of every key.
    pub id: String,
    /// The name in Chinese; empty until set.
    pub name_zh: String,
    /// The name in English; empty until set.
    pub name_en: String,
    /// Whether its data are invented (样例), which every page says.
    pub sample: bool,
}

/// The id of the zone in this database.
pub(crate) async fn only_zone(connection: &impl ConnectionTrait) -> Result<String, StoreError> {
    let query = Query::select().column("id").from("zone").limit(1).to_owned();
    let row = connection.query_one(&query).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("the zone's own row is missing".into()))?;
    Ok(row.try_get_by("id")?)
}

impl Store {
    /// The zone.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn zone(&self) -> Result<Zone, StoreError> {
        let query = Query::select()
            .columns(["id", "name_zh", "name_en", "sample"])
            .from("zone")
            .and_where(Expr::col("id").eq(self.zone_id()))
            .to_owned();
        let row = self.reader().query_one(&query).await?.ok_or(StoreError::NotFound)?;
        Ok(Zone::from_query_result(&row, "")?)
    }

    /// Names the zone.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn name_zone(&self, name_zh: &str, name_en: &str, sample: bool, by: &str) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let update = Query::update()
                .table("zone")
                .value("name_zh", name_zh)
                .value("name_en", name_en)
                .value("sample", sample)
                .and_where(Expr::col("id").eq(tx.zone_id()))
                .to_owned();
            tx.connection().execute(&update).await?;
            let data = json!({"name_zh": name_zh, "name_en": name_en, "sample": sample});
            tx.append_event(Event::new("zone.named", by).with(data)).await?;
            Ok(())
        })
        .await
    }
}
