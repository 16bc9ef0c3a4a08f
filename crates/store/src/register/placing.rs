//! Which unit a subject belongs to: the one its park is called by, now or before a renaming.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use uuid::Uuid;

use super::derive::Units;
use super::normal::name_key;
use crate::{StoreError, Tx};

/// The units by the form of their names under which a park is looked for. A name a unit had
/// before it was renamed still leads to it, unless another unit bears it now.
pub(crate) async fn units(connection: &impl ConnectionTrait, zone: &str) -> Result<Units, StoreError> {
    let mut units = Units::default();
    let renamed = Query::select()
        .columns(["reference", "data"])
        .from("event")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("kind").eq("unit.renamed"))
        .order_by("seq", Order::Asc)
        .to_owned();
    for row in connection.query_all(&renamed).await? {
        let (reference, data): (Option<String>, Option<String>) =
            (row.try_get_by("reference")?, row.try_get_by("data")?);
        let id = reference.and_then(|text| text.strip_prefix("unit:")?.parse::<Uuid>().ok());
        let data: Option<serde_json::Value> = data.and_then(|text| serde_json::from_str(&text).ok());
        if let (Some(id), Some(was)) = (id, data.as_ref().and_then(|data| data["from"].as_str())) {
            units.0.insert(name_key(was), id);
        }
    }
    let query = Query::select().columns(["id", "name"]).from("unit").and_where(Expr::col("zone").eq(zone)).to_owned();
    for row in connection.query_all(&query).await? {
        let name: String = row.try_get_by("name")?;
        units.0.insert(name_key(&name), row.try_get_by("id")?);
    }
    Ok(units)
}

impl Tx {
    /// Places the subjects that belong to no unit, after one was made that they may belong to.
    pub(crate) async fn place_unplaced(&self) -> Result<(), StoreError> {
        self.lock_register().await?;
        let query = Query::select()
            .column("id")
            .from("subject")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("unit_id").is_null())
            .to_owned();
        let mut ids: Vec<Uuid> = Vec::new();
        for row in self.connection().query_all(&query).await? {
            ids.push(row.try_get_by("id")?);
        }
        self.refold(&ids).await
    }
}
