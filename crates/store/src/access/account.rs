//! Accounts: who can sign in. An account begins without powers.

use jiff::Timestamp;
use kernel::{Lang, SubjectId};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use crate::access::rule::{Rule, Thing, named};
use crate::access::{Action, Hand, UnitId, grant, unit};
use crate::clock::moment;
use crate::{Event, Store, StoreError, Tx};

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// It can sign in.
    Active,
    /// A security administrator locked it until further notice.
    Locked,
    /// It is closed for ever; its name stays in the log.
    Retired,
}

impl AccountState {
    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            AccountState::Active => "active",
            AccountState::Locked => "locked",
            AccountState::Retired => "retired",
        }
    }

    /// The state with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        [AccountState::Active, AccountState::Locked, AccountState::Retired].into_iter().find(|state| state.key() == key)
    }

    /// The word in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            AccountState::Active => lang.pick("正常", "Active"),
            AccountState::Locked => lang.pick("已锁定", "Locked"),
            AccountState::Retired => lang.pick("已停用", "Retired"),
        }
    }
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// The name to sign in with, in lower case, unique in the zone and never changed.
    pub name: String,
    /// The person's name.
    pub display_name: String,
    /// The unit the person belongs to.
    pub unit: UnitId,
    /// The enterprise an enterprise's account is bound to.
    pub enterprise: Option<SubjectId>,
    /// Whether it can be used.
    pub state: AccountState,
    /// The language of the interface.
    pub lang: Lang,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// Whether the password must be changed at the next sign-in.
    pub must_change_password: bool,
    /// Failures to sign in since the last success.
    pub failed_count: i64,
    /// Until when failures keep it from signing in.
    pub locked_until: Option<Timestamp>,
    /// The last sign-in.
    pub signed_in_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// The name to sign in with; kept in lower case.
    pub name: &'a str,
    /// The person's name.
    pub display_name: &'a str,
    /// The unit the person belongs to.
    pub unit: UnitId,
    /// The enterprise it is bound to, for an enterprise's own account.
    pub enterprise: Option<SubjectId>,
    /// The language of the interface.
    pub lang: Lang,
    /// The hash of the first password (PHC string), made by the caller; without one nobody can sign in.
    pub password_hash: Option<&'a str>,
    /// Whether the first password must be changed at once.
    pub must_change_password: bool,
}

/// The row, with the hash that never leaves this crate except to be checked.
#[derive(Clone, FromQueryResult)]
pub(crate) struct AccountRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    display_name: String,
    unit: Uuid,
    enterprise: Option<Uuid>,
    state: String,
    lang: String,
    pub(crate) password_hash: Option<String>,
    must_change_password: bool,
    failed_count: i64,
    locked_until: Option<i64>,
    signed_in_at: Option<i64>,
    created_at: i64,
}

impl AccountRow {
    pub(crate) fn account(self) -> Account {
        Account {
            id: self.id,
            name: self.name,
            display_name: self.display_name,
            unit: UnitId(self.unit),
            enterprise: self.enterprise.map(SubjectId),
            // A state nobody knows is no state to sign in with.
            state: AccountState::from_key(&self.state).unwrap_or(AccountState::Locked),
            lang: if self.lang == "en" { Lang::En } else { Lang::Zh },
            has_password: self.password_hash.is_some(),
            must_change_password: self.must_change_password,
            failed_count: self.failed_count,
            locked_until: self.locked_until.map(moment),
            signed_in_at: self.signed_in_at.map(moment),
            created_at: moment(self.created_at),
        }
    }
}

/// The columns of [`AccountRow`].
pub(crate) const COLUMNS: [&str; 13] = [
    "id",
    "name",
    "display_name",
    "unit",
    "enterprise",
    "state",
    "lang",
    "password_hash",
    "must_change_password",
    "failed_count",
    "locked_until",
    "signed_in_at",
    "created_at",
];

pub(crate) fn select(zone: &str) -> SelectStatement {
    Query::select().columns(COLUMNS).from("account").and_where(Expr::col("zone").eq(zone)).to_owned()
}

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    zone: &str,
    column: &'static str,
    value: impl Into<Value>,
) -> Result<Option<AccountRow>, StoreError> {
    let query = select(zone).and_where(Expr::col(column).eq(Expr::val(value.into()))).to_owned();
    let row = connection.query_one(&query).await?;
    Ok(row.map(|row| AccountRow::from_query_result(&row, "")).transpose()?)
}

/// The account, which must exist.
pub(crate) async fn known(tx: &Tx, id: Uuid) -> Result<Account, StoreError> {
    let row = find(tx.connection(), tx.zone_id(), "id", id).await?;
    row.map(AccountRow::account).ok_or_else(|| Rule::NotFound(Thing::Account, id.to_string()).into())
}

/// The account, which must exist and not be retired.
pub(crate) async fn usable(tx: &Tx, id: Uuid) -> Result<Account, StoreError> {
    let account = known(tx, id).await?;
    if account.state == AccountState::Retired {
        return Err(Rule::Retired(account.name).into());
    }
    Ok(account)
}

pub(crate) async fn change<const N: usize>(
    tx: &Tx,
    id: Uuid,
    values: [(&'static str, Value); N],
) -> Result<(), StoreError> {
    let mut update = Query::update();
    update.table("account").and_where(Expr::col("zone").eq(tx.zone_id())).and_where(Expr::col("id").eq(id));
    for (column, value) in values {
        update.value(column, value);
    }
    tx.connection().execute(&update).await?;
    Ok(())
}

/// Records an act on an account: its name stands in the event, never the person's.
pub(crate) async fn log(
    tx: &Tx,
    by: &str,
    kind: &'static str,
    account: &Account,
    mut data: serde_json::Value,
) -> Result<(), StoreError> {
    if let Some(data) = data.as_object_mut() {
        data.insert("account".to_owned(), json!(account.name));
    }
    tx.append_event(Event::new(kind, by).about("account", account.id).with(data)).await?;
    Ok(())
}

fn lang_key(lang: Lang) -> &'static str {
    lang.pick("zh", "en")
}

impl Store {
    /// Creates an account, which can sign in but do nothing until a role is granted.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal when the name is taken or unfit, or the unit or the
    /// enterprise does not exist.
    pub async fn create_account(&self, hand: Hand<'_>, new: NewAccount<'_>) -> Result<Account, StoreError> {
        hand.require(Action::ManageAccounts)?;
        let name = named(Thing::Account, new.name)?.to_lowercase();
        let (name, new) = (name.as_str(), &new);
        self.write(|tx| async move {
            unit::open(&unit::tree(tx.connection(), tx.zone_id()).await?, new.unit)?;
            if find(tx.connection(), tx.zone_id(), "name", name).await?.is_some() {
                return Err(Rule::Taken(Thing::Account, name.to_owned()).into());
            }
            if let Some(enterprise) = new.enterprise {
                enterprise_exists(&tx, enterprise).await?;
            }
            let id = Uuid::now_v7();
            let insert = Query::insert()
                .into_table("account")
                .columns([
                    "zone",
                    "id",
                    "name",
                    "display_name",
                    "unit",
                    "enterprise",
                    "state",
                    "lang",
                    "password_hash",
                    "must_change_password",
                    "failed_count",
                    "created_at",
                    "created_by",
                ])
                .values_panic([
                    tx.zone_id().into(),
                    id.into(),
                    name.into(),
                    new.display_name.trim().into(),
                    new.unit.0.into(),
                    new.enterprise.map(|enterprise| enterprise.0).into(),
                    AccountState::Active.key().into(),
                    lang_key(new.lang).into(),
                    new.password_hash.map(str::to_owned).into(),
                    new.must_change_password.into(),
                    0_i64.into(),
                    tx.now().as_microsecond().into(),
                    hand.name().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            let account = known(&tx, id).await?;
            let data = json!({"unit": new.unit, "enterprise": new.enterprise});
            log(&tx, hand.name(), "account.created", &account, data).await?;
            Ok(account)
        })
        .await
    }

    /// The account with this id.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, StoreError> {
        Ok(find(self.reader(), self.zone_id(), "id", id).await?.map(AccountRow::account))
    }

    /// The account with this name, whatever its case.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn account_by_name(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let name = name.trim().to_lowercase();
        Ok(find(self.reader(), self.zone_id(), "name", name).await?.map(AccountRow::account))
    }

    /// Accounts in the order of their names, at most `limit` behind the name `after`, whose name
    /// or person's name contains `text`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn accounts(
        &self,
        text: Option<&str>,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Account>, StoreError> {
        let mut query = select(self.zone_id());
        query.order_by("name", Order::Asc).limit(limit);
        if let Some(after) = after {
            query.and_where(Expr::col("name").gt(after));
        }
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            let like = crate::audit::contains(text);
            query.cond_where(
                sea_orm::Condition::any()
                    .add(Expr::col("name").like(crate::audit::contains(&text.to_lowercase())))
                    .add(Expr::col("display_name").like(like)),
            );
        }
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(AccountRow::from_query_result(row, "")?.account())).collect()
    }

    /// Changes a person's name and unit.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal when the account or the unit does not exist.
    pub async fn change_account(
        &self,
        hand: Hand<'_>,
        id: Uuid,
        display_name: &str,
        unit: UnitId,
    ) -> Result<(), StoreError> {
        hand.require(Action::ManageAccounts)?;
        self.write(|tx| async move {
            let account = usable(&tx, id).await?;
            unit::open(&unit::tree(tx.connection(), tx.zone_id()).await?, unit)?;
            change(&tx, id, [("display_name", display_name.trim().into()), ("unit", unit.0.into())]).await?;
            let data = json!({"unit": unit, "renamed": account.display_name != display_name.trim()});
            log(&tx, hand.name(), "account.changed", &account, data).await
        })
        .await
    }

    /// Remembers the language a person chose. No act on the register, so no event.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn choose_lang(&self, id: Uuid, lang: Lang) -> Result<(), StoreError> {
        self.write(|tx| async move { change(&tx, id, [("lang", lang_key(lang).into())]).await }).await
    }

    /// Locks, unlocks or retires an account; a locked or retired one loses its sessions, and a
    /// retired one its tokens too.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal for one's own account, a retired one, or the last
    /// usable security administrator.
    pub async fn set_account_state(&self, hand: Hand<'_>, id: Uuid, state: AccountState) -> Result<(), StoreError> {
        hand.require(if state == AccountState::Retired { Action::ManageAccounts } else { Action::LockAccounts })?;
        self.write(|tx| async move {
            if hand.account() == Some(id) {
                return Err(Rule::OwnPowers.into());
            }
            let account = usable(&tx, id).await?;
            let kind = match state {
                AccountState::Active => "account.unlocked",
                AccountState::Locked => "account.locked",
                AccountState::Retired => "account.retired",
            };
            if state != AccountState::Active {
                grant::keep_a_security_admin(&tx, id).await?;
                crate::access::session::close_all(&tx, id, None).await?;
            }
            if state == AccountState::Retired {
                let mut delete = Query::delete();
                delete.from_table("api_token").and_where(Expr::col("zone").eq(tx.zone_id()));
                tx.connection().execute(delete.and_where(Expr::col("account").eq(id))).await?;
                tx.officer_leaves(&account.name).await?;
                tx.posts_fall_vacant(&account.name, hand.name()).await?;
            }
            let values =
                [("state", state.key().into()), ("failed_count", 0_i64.into()), ("locked_until", None::<i64>.into())];
            change(&tx, id, values).await?;
            log(&tx, hand.name(), kind, &account, json!({})).await
        })
        .await
    }

    /// Sets another's password, to be changed at the next sign-in; every session of it ends.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal when there is no such account or it is retired.
    pub async fn reset_password(&self, hand: Hand<'_>, id: Uuid, password_hash: &str) -> Result<(), StoreError> {
        hand.require(Action::LockAccounts)?;
        self.write(|tx| async move {
            let account = usable(&tx, id).await?;
            set_password(&tx, id, password_hash, true).await?;
            crate::access::session::close_all(&tx, id, None).await?;
            log(&tx, hand.name(), "account.password_reset", &account, json!({})).await
        })
        .await
    }

    /// Sets one's own password; the caller has checked the old one. Every other session ends.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn change_own_password(
        &self,
        id: Uuid,
        password_hash: &str,
        keep_session: Option<Uuid>,
    ) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let account = usable(&tx, id).await?;
            set_password(&tx, id, password_hash, false).await?;
            crate::access::session::close_all(&tx, id, keep_session).await?;
            log(&tx, &account.name, "account.password_changed", &account, json!({})).await
        })
        .await
    }

    /// The hash of an account's password, for checking the old one before a change.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn password_hash(&self, id: Uuid) -> Result<Option<String>, StoreError> {
        Ok(find(self.reader(), self.zone_id(), "id", id).await?.and_then(|row| row.password_hash))
    }
}

async fn set_password(tx: &Tx, id: Uuid, password_hash: &str, must_change: bool) -> Result<(), StoreError> {
    let values = [
        ("password_hash", password_hash.into()),
        ("must_change_password", must_change.into()),
        ("failed_count", 0_i64.into()),
        ("locked_until", None::<i64>.into()),
    ];
    change(tx, id, values).await
}

async fn enterprise_exists(tx: &Tx, enterprise: SubjectId) -> Result<(), StoreError> {
    let query = Query::select()
        .expr(Expr::val(1))
        .from("subject")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("id").eq(enterprise.0))
        .and_where(Expr::col("kind").eq("enterprise"))
        .to_owned();
    match tx.connection().query_one(&query).await? {
        Some(_) => Ok(()),
        None => Err(StoreError::NotFound),
    }
}
