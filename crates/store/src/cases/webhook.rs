//! Webhooks: robots of work chats and signed requests to other systems.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::delivery::NoticeState;
use crate::access::{Action, Hand, UnitId};
use crate::clock::moment;
use crate::{Event, Store, StoreError};

/// The channel of notices to webhooks; whom is the target's id.
pub const CHANNEL: &str = "webhook";

/// What receives a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// 企业微信群机器人.
    WeCom,
    /// 钉钉群机器人.
    DingTalk,
    /// 飞书群机器人.
    Feishu,
    /// Any system that checks the signature.
    Signed,
}

impl TargetKind {
    /// Every kind.
    pub const ALL: &'static [TargetKind] =
        &[TargetKind::WeCom, TargetKind::DingTalk, TargetKind::Feishu, TargetKind::Signed];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            TargetKind::WeCom => "wecom",
            TargetKind::DingTalk => "dingtalk",
            TargetKind::Feishu => "feishu",
            TargetKind::Signed => "signed",
        }
    }

    /// The kind with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }
}

/// Where a webhook goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// What receives it.
    pub kind: TargetKind,
    /// What people call it.
    pub name: String,
    /// The address.
    pub url: String,
    /// The secret that signs; empty where the receiver wants none.
    pub secret: String,
    /// The unit whose cases it hears of; `None` for every case. Private cases go to none.
    pub unit: Option<UnitId>,
    /// Whether it is in use.
    pub active: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
}

/// What a new target is made of.
#[derive(Debug, Clone)]
pub struct NewTarget<'a> {
    /// What receives it.
    pub kind: TargetKind,
    /// What people call it.
    pub name: &'a str,
    /// The address, which begins with `https://` or, within the zone's own network, `http://`.
    pub url: &'a str,
    /// The secret that signs.
    pub secret: &'a str,
    /// The unit whose cases it hears of.
    pub unit: Option<UnitId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    name: String,
    url: String,
    secret: String,
    unit: Option<Uuid>,
    active: bool,
    made_at: i64,
    made_by: String,
}

/// The targets that are in use, and what each is.
pub(crate) async fn used(
    connection: &impl ConnectionTrait,
    zone: &str,
) -> Result<BTreeMap<Uuid, TargetKind>, StoreError> {
    let query = Query::select()
        .columns(["id", "kind"])
        .from("webhook_target")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("active").eq(true))
        .to_owned();
    let mut used = BTreeMap::new();
    for row in connection.query_all(&query).await? {
        let (id, kind): (Uuid, String) = (row.try_get_by("id")?, row.try_get_by("kind")?);
        let unknown = || StoreError::Corrupt(format!("webhook {id} has the unknown kind “{kind}”"));
        used.insert(id, TargetKind::from_key(&kind).ok_or_else(unknown)?);
    }
    Ok(used)
}

/// The targets that hear of cases of a unit.
pub(crate) async fn listening(
    connection: &impl ConnectionTrait,
    zone: &str,
    unit: Option<UnitId>,
) -> Result<Vec<Uuid>, StoreError> {
    let mut hears = Cond::any().add(Expr::col("unit").is_null());
    if let Some(unit) = unit {
        hears = hears.add(Expr::col("unit").eq(unit.0));
    }
    let query = Query::select()
        .column("id")
        .from("webhook_target")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("active").eq(true))
        .cond_where(hears)
        .to_owned();
    let rows = connection.query_all(&query).await?;
    Ok(rows.iter().map(|row| row.try_get_by("id")).collect::<Result<_, _>>()?)
}

impl Store {
    /// Every webhook target, with its secret: for who delivers and for the administrator's page.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn webhook_targets(&self) -> Result<Vec<Target>, StoreError> {
        let query = Query::select()
            .columns(["id", "kind", "name", "url", "secret", "unit", "active", "made_at", "made_by"])
            .from("webhook_target")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .order_by("id", Order::Asc)
            .to_owned();
        let mut targets = Vec::new();
        for row in self.reader().query_all(&query).await? {
            let row = Row::from_query_result(&row, "")?;
            // A kind of a later release cannot be served by this one.
            let Some(kind) = TargetKind::from_key(&row.kind) else { continue };
            targets.push(Target {
                id: row.id,
                kind,
                name: row.name,
                url: row.url,
                secret: row.secret,
                unit: row.unit.map(UnitId),
                active: row.active,
                made_at: moment(row.made_at),
                made_by: row.made_by,
            });
        }
        Ok(targets)
    }

    /// Adds a webhook target.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal for a name or an address that cannot be one.
    pub async fn add_webhook(&self, hand: Hand<'_>, new: &NewTarget<'_>) -> Result<Uuid, StoreError> {
        hand.require(Action::ManageSettings)?;
        let (name, url) = (new.name.trim(), new.url.trim());
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let broken =
            host.is_empty() || host.starts_with('/') || url.chars().any(|c| c.is_whitespace() || c.is_control());
        if name.is_empty() || name.chars().count() > 64 || broken || url.len() > 2_000 || new.secret.len() > 500 {
            return Err(StoreError::refused(
                "请填写名称（64 字以内）和以 https:// 或 http:// 开头的地址。",
                "Give a name of at most 64 characters and an address that begins with https:// or http://.",
            ));
        }
        self.write(|tx| async move {
            let id = Uuid::now_v7();
            let insert = Query::insert()
                .into_table("webhook_target")
                .columns(["zone", "id", "kind", "name", "url", "secret", "unit", "active", "made_at", "made_by"])
                .values_panic([
                    tx.zone_id().into(),
                    id.into(),
                    new.kind.key().into(),
                    name.into(),
                    url.into(),
                    new.secret.into(),
                    new.unit.map(|unit| unit.0).into(),
                    true.into(),
                    tx.now().as_microsecond().into(),
                    hand.name().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            // The address may bear a key of its own: neither it nor the secret goes into the log.
            let data = json!({"name": name, "kind": new.kind.key(), "unit": new.unit});
            tx.append_event(Event::new("webhook.added", hand.name()).about("webhook", id).with(data)).await?;
            Ok(id)
        })
        .await
    }

    /// Puts a webhook target out of use, or into use again. What waits for it waits on without being tried;
    /// what failed before and waits for another try is tried at once when it is used again.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; [`StoreError::NotFound`].
    pub async fn use_webhook(&self, hand: Hand<'_>, id: Uuid, active: bool) -> Result<(), StoreError> {
        hand.require(Action::ManageSettings)?;
        self.write(|tx| async move {
            let update = Query::update()
                .table("webhook_target")
                .value("active", active)
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            if tx.connection().execute(&update).await?.rows_affected() == 0 {
                return Err(StoreError::NotFound);
            }
            if active {
                let at_once = Query::update()
                    .table("notice")
                    .value("next_try", tx.now().as_microsecond())
                    .and_where(Expr::col("zone").eq(tx.zone_id()))
                    .and_where(Expr::col("channel").eq(CHANNEL))
                    .and_where(Expr::col("whom").eq(id.to_string()))
                    .and_where(Expr::col("state").eq(NoticeState::Waiting.key()))
                    .to_owned();
                tx.connection().execute(&at_once).await?;
            }
            let event = Event::new("webhook.changed", hand.name()).about("webhook", id);
            tx.append_event(event.with(json!({"active": active}))).await?;
            Ok(())
        })
        .await
    }
}
