//! Who heads a unit and who stands above it in cases.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::party::{Post, Posts, Standing};
use crate::access::{Action, Hand, Rule, Thing, UnitId, Viewer};
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Event, Store, StoreError, Tx};

#[derive(FromQueryResult)]
struct Row {
    unit: Uuid,
    head: Option<String>,
    superior: Option<String>,
}

/// The posts of every unit that has one; there are at most some hundreds.
pub(crate) async fn read(connection: &impl ConnectionTrait, zone: &str) -> Result<Posts, StoreError> {
    let query = Query::select()
        .columns(["unit", "head", "superior"])
        .from("unit_post")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned();
    let mut posts = BTreeMap::new();
    for row in connection.query_all(&query).await? {
        let row = Row::from_query_result(&row, "")?;
        posts.insert(UnitId(row.unit), Post { head: row.head, superior: row.superior });
    }
    Ok(posts)
}

/// What an account is, as far as cases are concerned.
pub(crate) async fn standing(
    connection: &impl ConnectionTrait,
    zone: &str,
    viewer: &Viewer,
) -> Result<Standing, StoreError> {
    let standing = Standing::of(viewer, read(connection, zone).await?);
    match viewer.enterprise {
        Some(enterprise) => Ok(standing.with_family(super::family::of(connection, zone, enterprise).await?)),
        None => Ok(standing),
    }
}

impl Store {
    /// What an account is, as far as cases are concerned.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn standing_of(&self, viewer: &Viewer) -> Result<Standing, StoreError> {
        standing(self.reader(), self.zone_id(), viewer).await
    }

    /// Who heads which unit, and to whom its cases are raised.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn posts(&self) -> Result<Posts, StoreError> {
        read(self.reader(), self.zone_id()).await
    }

    /// Names the head of a unit and who stands above it, by account; `None` leaves it to the leaders.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal for a unit or an account that does not exist or is closed.
    pub async fn name_post(&self, hand: Hand<'_>, unit: UnitId, post: &Post) -> Result<(), StoreError> {
        hand.require(Action::Grant)?;
        self.write(|tx| async move {
            let units = crate::access::tree(tx.connection(), tx.zone_id()).await?;
            let name = units.get(unit).filter(|unit| unit.closed_at.is_none()).map(|unit| unit.name.clone());
            let name = name.ok_or_else(|| Rule::NotFound(Thing::Unit, unit.to_string()))?;
            for account in post.head.iter().chain(&post.superior) {
                tx.active_account(account).await?;
            }
            let values =
                vec![tx.zone_id().into(), unit.0.into(), post.head.clone().into(), post.superior.clone().into()];
            let columns = &["zone", "unit", "head", "superior"];
            insert(tx.connection(), Batch { table: "unit_post", columns, values, on_key: OnKey::Replace(2) }).await?;
            let data = json!({"name": name, "head": post.head, "superior": post.superior});
            tx.append_event(Event::new("unit.post_named", hand.name()).about("unit", unit).with(data)).await?;
            Ok(())
        })
        .await
    }
}

impl Tx {
    /// An account is gone for good: the posts it held are vacant from now on, and the leaders stand in.
    pub(crate) async fn posts_fall_vacant(&self, account: &str, by: &str) -> Result<(), StoreError> {
        for (unit, post) in read(self.connection(), self.zone_id()).await? {
            for (column, held) in [("head", &post.head), ("superior", &post.superior)] {
                if held.as_deref() != Some(account) {
                    continue;
                }
                let update = Query::update()
                    .table("unit_post")
                    .value(column, Option::<String>::None)
                    .and_where(Expr::col("zone").eq(self.zone_id()))
                    .and_where(Expr::col("unit").eq(unit.0))
                    .to_owned();
                self.connection().execute(&update).await?;
                let data = json!({"post": column, "left": account});
                self.append_event(Event::new("unit.post_vacant", by).about("unit", unit).with(data)).await?;
            }
        }
        Ok(())
    }
}

/// The post of one unit.
pub(crate) async fn one(
    connection: &impl ConnectionTrait,
    zone: &str,
    unit: UnitId,
) -> Result<Option<Post>, StoreError> {
    let query = Query::select()
        .columns(["unit", "head", "superior"])
        .from("unit_post")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("unit").eq(unit.0))
        .to_owned();
    let Some(row) = connection.query_one(&query).await? else { return Ok(None) };
    let row = Row::from_query_result(&row, "")?;
    Ok(Some(Post { head: row.head, superior: row.superior }))
}
