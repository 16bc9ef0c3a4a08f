//! Grants: which roles an account holds, over which unit's rows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kernel::Lang;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::access::account::{self, Account, AccountState};
use crate::access::rule::{Rule, Thing};
use crate::access::unit::{self, UnitTree};
use crate::access::viewer::Person;
use crate::access::{Action, Hand, Role, Scope, UnitId, Viewer};
use crate::clock::moment;
use crate::{Store, StoreError, Tx};

/// A role over the rows of a unit and of every unit below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The account that holds it.
    pub account: Uuid,
    /// The role.
    pub role: Role,
    /// The unit whose rows it reaches.
    pub unit: UnitId,
    /// Who granted it.
    pub granted_by: String,
    /// When.
    pub granted_at: Timestamp,
}

#[derive(FromQueryResult)]
struct GrantRow {
    account: Uuid,
    role: String,
    unit: Uuid,
    granted_by: String,
    granted_at: i64,
}

fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["account", "role", "unit", "granted_by", "granted_at"])
        .from("role_grant")
        .and_where(Expr::col("zone").eq(zone))
        .order_by("account", Order::Asc)
        .order_by("role", Order::Asc)
        .order_by("unit", Order::Asc)
        .to_owned()
}

/// The grants; a role this release does not know grants nothing.
async fn read(connection: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<Grant>, StoreError> {
    let mut grants = Vec::new();
    for row in connection.query_all(query).await? {
        let row = GrantRow::from_query_result(&row, "")?;
        if let Some(role) = Role::from_key(&row.role) {
            let (unit, granted_at) = (UnitId(row.unit), moment(row.granted_at));
            grants.push(Grant { account: row.account, role, unit, granted_by: row.granted_by, granted_at });
        }
    }
    Ok(grants)
}

pub(crate) async fn of(connection: &impl ConnectionTrait, zone: &str, account: Uuid) -> Result<Vec<Grant>, StoreError> {
    read(connection, &select(zone).and_where(Expr::col("account").eq(account)).to_owned()).await
}

/// Refuses when, without this account, no active account would hold the security role.
pub(crate) async fn keep_a_security_admin(tx: &Tx, without: Uuid) -> Result<(), StoreError> {
    let query = Query::select()
        .column(("role_grant", "account"))
        .from("role_grant")
        .inner_join(
            "account",
            Expr::col(("account", "zone"))
                .equals(("role_grant", "zone"))
                .and(Expr::col(("account", "id")).equals(("role_grant", "account"))),
        )
        .and_where(Expr::col(("role_grant", "zone")).eq(tx.zone_id()))
        .and_where(Expr::col(("role_grant", "role")).eq(Role::SecurityAdmin.key()))
        .and_where(Expr::col(("account", "state")).eq(AccountState::Active.key()))
        .to_owned();
    let rows = tx.connection().query_all(&query).await?;
    let holders = rows.iter().map(|row| row.try_get_by::<Uuid, _>("account")).collect::<Result<Vec<_>, _>>()?;
    if holders.contains(&without) && holders.iter().all(|&holder| holder == without) {
        return Err(Rule::LastSecurityAdmin.into());
    }
    Ok(())
}

/// The viewer an account is at this moment.
pub(crate) async fn viewer(
    connection: &impl ConnectionTrait,
    zone: &str,
    account: Account,
) -> Result<Viewer, StoreError> {
    let held = held(connection, zone, &account).await?;
    Ok(viewer_of(account, held))
}

/// The roles an account holds, each with the rows it reaches.
async fn held(connection: &impl ConnectionTrait, zone: &str, account: &Account) -> Result<Held, StoreError> {
    let grants = of(connection, zone, account.id).await?;
    let units = unit::tree(connection, zone).await?;
    Ok(grants.iter().map(|grant| (grant.role, rows_of(grant, account, &units))).collect())
}

fn viewer_of(account: Account, held: Held) -> Viewer {
    let person = Person {
        account: account.id,
        name: account.name,
        display_name: account.display_name,
        unit: account.unit,
        enterprise: account.enterprise,
        lang: account.lang,
        must_change_password: account.must_change_password,
    };
    Viewer::new(person, held)
}

type Held = Vec<(Role, Scope)>;

/// What accounts hold, as of the last event of the log. Whoever changes a grant, a unit or an
/// account's enterprise writes an event in the same transaction, so what was read when the log
/// ended at the same event still holds, whichever process wrote.
#[derive(Default)]
pub(crate) struct Powers(Mutex<(i64, HashMap<Uuid, Held>)>);

impl Powers {
    fn lock(&self) -> MutexGuard<'_, (i64, HashMap<Uuid, Held>)> {
        // What is held is replaced as a whole, so a panic elsewhere cannot leave half of it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, account: Uuid, event: i64) -> Option<Held> {
        let known = self.lock();
        if known.0 == event { known.1.get(&account).cloned() } else { None }
    }

    fn put(&self, account: Uuid, event: i64, held: Held) {
        let mut known = self.lock();
        if known.0 != event {
            *known = (event, HashMap::new());
        }
        known.1.insert(account, held);
    }
}

/// The rows one grant reaches.
fn rows_of(grant: &Grant, account: &Account, units: &UnitTree) -> Scope {
    match (grant.role, account.enterprise) {
        (Role::Enterprise, Some(enterprise)) => Scope::Subject(enterprise),
        (Role::Enterprise, None) => Scope::Nothing,
        (role, _) if role.is_administrator() => Scope::Nothing,
        _ if units.top().is_some_and(|top| top.id == grant.unit) => Scope::Zone,
        _ => Scope::Units(units.below(grant.unit)),
    }
}

impl Store {
    /// The grants of one account.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn grants_of(&self, account: Uuid) -> Result<Vec<Grant>, StoreError> {
        of(self.reader(), self.zone_id(), account).await
    }

    /// Every grant of the zone, by account.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn grants(&self) -> Result<Vec<Grant>, StoreError> {
        read(self.reader(), &select(self.zone_id())).await
    }

    /// The powers of an account at this moment, whoever asks; `None` when there is no such account
    /// or it is not active.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn viewer(&self, account: Uuid) -> Result<Option<Viewer>, StoreError> {
        match self.account(account).await? {
            Some(account) if account.state == AccountState::Active => {
                Ok(Some(viewer(self.reader(), self.zone_id(), account).await?))
            }
            _ => Ok(None),
        }
    }

    /// The viewer of an account read when the log ended at this event.
    pub(crate) async fn viewer_at(&self, account: Account, event: i64) -> Result<Viewer, StoreError> {
        let powers = &self.caches().powers;
        let held = match powers.get(account.id, event) {
            Some(held) => held,
            None => {
                let held = held(self.reader(), self.zone_id(), &account).await?;
                powers.put(account.id, event, held.clone());
                held
            }
        };
        let mut viewer = viewer_of(account, held);
        viewer.event = Some(event);
        Ok(viewer)
    }

    /// Grants a role over a unit. Granting what is held already changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal for one's own account, for roles that exclude each
    /// other, for an account bound or not bound to an enterprise as the role demands.
    pub async fn grant(&self, hand: Hand<'_>, account: Uuid, role: Role, unit: UnitId) -> Result<(), StoreError> {
        hand.require(Action::Grant)?;
        self.write(|tx| async move {
            if hand.account() == Some(account) {
                return Err(Rule::OwnPowers.into());
            }
            let person = account::usable(&tx, account).await?;
            let units = unit::tree(tx.connection(), tx.zone_id()).await?;
            let unit_name = &unit::open(&units, unit)?.name;
            let held = of(tx.connection(), tx.zone_id(), account).await?;
            if held.iter().any(|grant| grant.role == role && grant.unit == unit) {
                return Ok(());
            }
            if let Some(grant) = held.iter().find(|grant| !grant.role.goes_with(role)) {
                return Err(Rule::Apart(grant.role, role).into());
            }
            if person.enterprise.is_some() != (role == Role::Enterprise) {
                return Err(Rule::Bound(role).into());
            }
            let insert = Query::insert()
                .into_table("role_grant")
                .columns(["zone", "account", "role", "unit", "granted_by", "granted_at"])
                .values_panic([
                    tx.zone_id().into(),
                    account.into(),
                    role.key().into(),
                    unit.0.into(),
                    hand.name().into(),
                    tx.now().as_microsecond().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            let data = json!({"role": role.key(), "unit": unit, "unit_name": unit_name});
            account::log(&tx, hand.name(), "role.granted", &person, data).await
        })
        .await
    }

    /// Takes a role back.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal for one's own account, for what was not granted, and
    /// for the last usable security administrator.
    pub async fn revoke(&self, hand: Hand<'_>, account: Uuid, role: Role, unit: UnitId) -> Result<(), StoreError> {
        hand.require(Action::Grant)?;
        self.write(|tx| async move {
            if hand.account() == Some(account) {
                return Err(Rule::OwnPowers.into());
            }
            let person = account::known(&tx, account).await?;
            let held = of(tx.connection(), tx.zone_id(), account).await?;
            if !held.iter().any(|grant| grant.role == role && grant.unit == unit) {
                return Err(Rule::NotFound(Thing::Grant, role.name(Lang::Zh).to_owned()).into());
            }
            let last_of_it = held.iter().filter(|grant| grant.role == role).count() == 1;
            if role == Role::SecurityAdmin && last_of_it {
                keep_a_security_admin(&tx, account).await?;
            }
            let delete = Query::delete()
                .from_table("role_grant")
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("account").eq(account))
                .and_where(Expr::col("role").eq(role.key()))
                .and_where(Expr::col("unit").eq(unit.0))
                .to_owned();
            tx.connection().execute(&delete).await?;
            if role == Role::Officer && last_of_it {
                tx.officer_leaves(&person.name).await?;
            }
            account::log(&tx, hand.name(), "role.revoked", &person, json!({"role": role.key(), "unit": unit})).await
        })
        .await
    }
}
