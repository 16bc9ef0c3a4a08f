//! Units: the tree of the zone, its bureaux and its parks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kernel::Lang;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::access::rule::{Rule, Thing, named};
use crate::access::{Action, Hand, UnitId, Viewer};
use crate::clock::moment;
use crate::{Event, Store, StoreError, Tx};

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// 高新区 itself, the top of the tree.
    Zone,
    /// 部门: a bureau that works for the whole zone or a part of it.
    Bureau,
    /// 园区: a park, whose enterprises are its rows.
    Park,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: &'static [UnitKind] = &[UnitKind::Zone, UnitKind::Bureau, UnitKind::Park];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            UnitKind::Zone => "zone",
            UnitKind::Bureau => "bureau",
            UnitKind::Park => "park",
        }
    }

    /// The kind with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }

    /// The name in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            UnitKind::Zone => lang.pick("高新区", "Zone"),
            UnitKind::Bureau => lang.pick("部门", "Bureau"),
            UnitKind::Park => lang.pick("园区", "Park"),
        }
    }
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The unit above it; `None` for the top.
    pub parent: Option<UnitId>,
    /// What it is.
    pub kind: UnitKind,
    /// Its name, unique in the zone.
    pub name: String,
    /// When it was retired, if it was.
    pub closed_at: Option<Timestamp>,
}

/// Every unit of a zone. There are at most some hundreds, so the tree is read whole.
#[derive(Debug, Clone, Default)]
pub struct UnitTree {
    units: BTreeMap<UnitId, Unit>,
    children: HashMap<UnitId, Vec<UnitId>>,
}

/// The units as they were when the log ended at an event.
#[derive(Default)]
pub(crate) struct KeptUnits(Mutex<Option<(i64, Arc<UnitTree>)>>);

impl KeptUnits {
    fn lock(&self) -> MutexGuard<'_, Option<(i64, Arc<UnitTree>)>> {
        // What is kept is replaced as a whole, so a panic elsewhere cannot leave half of it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at(&self, event: i64) -> Option<Arc<UnitTree>> {
        self.lock().as_ref().filter(|(known, _)| *known == event).map(|(_, units)| units.clone())
    }

    /// Units that were read after this event was seen: never older than it.
    fn keep(&self, event: i64, units: &Arc<UnitTree>) {
        *self.lock() = Some((event, units.clone()));
    }
}

impl UnitTree {
    /// A tree of these units.
    pub fn new(units: impl IntoIterator<Item = Unit>) -> Self {
        let mut tree = Self::default();
        for unit in units {
            if let Some(parent) = unit.parent {
                tree.children.entry(parent).or_default().push(unit.id);
            }
            tree.units.insert(unit.id, unit);
        }
        tree
    }

    /// The unit with this id.
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// The unit at the top: the zone.
    pub fn top(&self) -> Option<&Unit> {
        self.units.values().find(|unit| unit.parent.is_none())
    }

    /// The unit with this name.
    pub fn by_name(&self, name: &str) -> Option<&Unit> {
        let key = name_key(name);
        self.units.values().find(|unit| name_key(&unit.name) == key)
    }

    /// The units, each before those below it, siblings in the order they were made.
    pub fn in_order(&self) -> Vec<&Unit> {
        let Some(top) = self.top() else { return Vec::new() };
        self.below(top.id).into_iter().filter_map(|id| self.units.get(&id)).collect()
    }

    /// The unit and every unit below it.
    pub fn below(&self, id: UnitId) -> Vec<UnitId> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            if !self.units.contains_key(&next) || !seen.insert(next) {
                continue;
            }
            found.push(next);
            waiting.extend(self.children.get(&next).into_iter().flatten().rev().copied());
        }
        found
    }

    /// The unit and those above it, the top first: its path.
    pub fn path(&self, id: UnitId) -> Vec<&Unit> {
        let mut path = Vec::new();
        let mut next = self.units.get(&id);
        while let Some(unit) = next.filter(|_| path.len() <= self.units.len()) {
            path.push(unit);
            next = unit.parent.and_then(|parent| self.units.get(&parent));
        }
        path.reverse();
        path
    }
}

#[derive(FromQueryResult)]
struct UnitRow {
    id: Uuid,
    parent: Option<Uuid>,
    kind: String,
    name: String,
    closed_at: Option<i64>,
}

pub(crate) async fn tree(connection: &impl ConnectionTrait, zone: &str) -> Result<UnitTree, StoreError> {
    let query = Query::select()
        .columns(["id", "parent", "kind", "name", "closed_at"])
        .from("unit")
        .and_where(Expr::col("zone").eq(zone))
        .order_by("id", sea_orm::sea_query::Order::Asc)
        .to_owned();
    let mut units = Vec::new();
    for row in connection.query_all(&query).await? {
        let row = UnitRow::from_query_result(&row, "")?;
        let kind = UnitKind::from_key(&row.kind)
            .ok_or_else(|| StoreError::Corrupt(format!("unit {} has the unknown kind “{}”", row.id, row.kind)))?;
        units.push(Unit {
            id: UnitId(row.id),
            parent: row.parent.map(UnitId),
            kind,
            name: row.name,
            closed_at: row.closed_at.map(moment),
        });
    }
    Ok(UnitTree::new(units))
}

/// Names that differ only in case or in outer spaces are one name.
fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Store {
    /// Every unit of the zone, retired ones too.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn units(&self) -> Result<UnitTree, StoreError> {
        tree(self.reader(), self.zone_id()).await
    }

    /// Every unit of the zone as [`Store::units`] tells, read anew only where something was logged since the last
    /// time: whoever changes a unit writes an event in the same transaction.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn units_known_to(&self, viewer: &Viewer) -> Result<Arc<UnitTree>, StoreError> {
        let kept = &self.caches().units;
        if let Some(units) = viewer.event.and_then(|event| kept.at(event)) {
            return Ok(units);
        }
        let units = Arc::new(self.units().await?);
        if let Some(event) = viewer.event {
            kept.keep(event, &units);
        }
        Ok(units)
    }

    /// Creates a unit below `parent`. The first unit of a zone has no parent and is its top.
    ///
    /// # Errors
    /// A refusal when the name is taken or unfit, or the parent does not exist or is retired.
    pub async fn create_unit(
        &self,
        hand: Hand<'_>,
        parent: Option<UnitId>,
        kind: UnitKind,
        name: &str,
    ) -> Result<Unit, StoreError> {
        hand.require(Action::ManageUnits)?;
        let name = named(Thing::Unit, name)?;
        let name = name.as_str();
        self.write(|tx| async move {
            // Subjects without a unit may belong to this one: the register is taken before anything is logged.
            tx.lock_register().await?;
            let units = tree(tx.connection(), tx.zone_id()).await?;
            match (parent, units.top()) {
                (None, None) => {}
                (Some(parent), Some(_)) => {
                    open(&units, parent)?;
                }
                (None, Some(top)) => return Err(Rule::Taken(Thing::Unit, top.name.clone()).into()),
                (Some(parent), None) => return Err(Rule::NotFound(Thing::Unit, parent.to_string()).into()),
            }
            free(&units, name, None)?;
            let unit = Unit { id: UnitId(Uuid::now_v7()), parent, kind, name: name.to_owned(), closed_at: None };
            let insert = Query::insert()
                .into_table("unit")
                .columns(["zone", "id", "parent", "kind", "name", "name_key"])
                .values_panic([
                    tx.zone_id().into(),
                    unit.id.0.into(),
                    parent.map(|parent| parent.0).into(),
                    kind.key().into(),
                    name.into(),
                    name_key(name).into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            let data = json!({"name": name, "kind": kind.key(), "parent": parent.map(|parent| parent.0)});
            log(&tx, hand, "unit.created", unit.id, data).await?;
            tx.place_unplaced().await?;
            Ok(unit)
        })
        .await
    }

    /// Gives a unit another name.
    ///
    /// # Errors
    /// A refusal when there is no such unit or the name is taken or unfit.
    pub async fn rename_unit(&self, hand: Hand<'_>, id: UnitId, name: &str) -> Result<(), StoreError> {
        hand.require(Action::ManageUnits)?;
        let name = named(Thing::Unit, name)?;
        let name = name.as_str();
        self.write(|tx| async move {
            let units = tree(tx.connection(), tx.zone_id()).await?;
            let was = open(&units, id)?.name.clone();
            free(&units, name, Some(id))?;
            change(&tx, id, [("name", name.into()), ("name_key", name_key(name).into())]).await?;
            log(&tx, hand, "unit.renamed", id, json!({"from": was, "to": name})).await
        })
        .await
    }

    /// Puts a unit, with everything below it, below another.
    ///
    /// # Errors
    /// A refusal when either does not exist, or the unit would come to lie below itself.
    pub async fn move_unit(&self, hand: Hand<'_>, id: UnitId, parent: UnitId) -> Result<(), StoreError> {
        hand.require(Action::ManageUnits)?;
        self.write(|tx| async move {
            let units = tree(tx.connection(), tx.zone_id()).await?;
            let unit = open(&units, id)?;
            let was = unit.parent.ok_or(Rule::TopUnit)?;
            open(&units, parent)?;
            if units.below(id).contains(&parent) {
                return Err(Rule::UnitBelowItself(unit.name.clone()).into());
            }
            change(&tx, id, [("parent", parent.0.into())]).await?;
            log(&tx, hand, "unit.moved", id, json!({"from": was.0, "to": parent.0})).await
        })
        .await
    }

    /// Retires a unit that nothing stands under any more.
    ///
    /// # Errors
    /// A refusal when units, accounts, grants, register rows or open cases still belong to it.
    pub async fn retire_unit(&self, hand: Hand<'_>, id: UnitId) -> Result<(), StoreError> {
        hand.require(Action::ManageUnits)?;
        self.write(|tx| async move {
            let units = tree(tx.connection(), tx.zone_id()).await?;
            let unit = open(&units, id)?;
            if unit.parent.is_none() {
                return Err(Rule::TopUnit.into());
            }
            let below = units.below(id).iter().skip(1).any(|id| units.get(*id).is_some_and(|u| u.closed_at.is_none()));
            if below || in_use(&tx, id).await? {
                return Err(Rule::UnitInUse(unit.name.clone()).into());
            }
            change(&tx, id, [("closed_at", tx.now().as_microsecond().into())]).await?;
            log(&tx, hand, "unit.retired", id, json!({"name": unit.name})).await
        })
        .await
    }
}

/// The unit, which must exist and not be retired.
pub(crate) fn open(units: &UnitTree, id: UnitId) -> Result<&Unit, StoreError> {
    let unit = units.get(id).filter(|unit| unit.closed_at.is_none());
    unit.ok_or_else(|| Rule::NotFound(Thing::Unit, id.to_string()).into())
}

fn free(units: &UnitTree, name: &str, except: Option<UnitId>) -> Result<(), StoreError> {
    match units.by_name(name) {
        Some(unit) if Some(unit.id) != except => Err(Rule::Taken(Thing::Unit, unit.name.clone()).into()),
        _ => Ok(()),
    }
}

async fn in_use(tx: &Tx, id: UnitId) -> Result<bool, StoreError> {
    for (table, column) in [("account", "unit"), ("role_grant", "unit"), ("subject", "unit_id")] {
        let mut query = Query::select();
        query.expr(Expr::val(1)).from(table).and_where(Expr::col("zone").eq(tx.zone_id()));
        query.and_where(Expr::col(column).eq(id.0)).limit(1);
        if table == "account" {
            query.and_where(Expr::col("state").ne("retired"));
        }
        if tx.connection().query_one(&query).await?.is_some() {
            return Ok(true);
        }
    }
    let cases = Query::select()
        .expr(Expr::val(1))
        .from("case_head")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("unit").eq(id.0))
        .and_where(Expr::col("open").eq(true))
        .limit(1)
        .to_owned();
    Ok(tx.connection().query_one(&cases).await?.is_some())
}

async fn change<const N: usize>(
    tx: &Tx,
    id: UnitId,
    values: [(&'static str, sea_orm::Value); N],
) -> Result<(), StoreError> {
    let mut update = Query::update();
    update.table("unit").and_where(Expr::col("zone").eq(tx.zone_id())).and_where(Expr::col("id").eq(id.0));
    for (column, value) in values {
        update.value(column, value);
    }
    tx.connection().execute(&update).await?;
    Ok(())
}

async fn log(
    tx: &Tx,
    hand: Hand<'_>,
    kind: &'static str,
    unit: UnitId,
    data: serde_json::Value,
) -> Result<(), StoreError> {
    tx.append_event(Event::new(kind, hand.name()).about("unit", unit).with(data)).await?;
    Ok(())
}
