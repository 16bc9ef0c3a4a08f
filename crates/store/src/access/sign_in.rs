//! Signing in with a password, and the lock after too many failures.
//!
//! The same work is done and the same answer given for a name that does not exist, a locked or
//! retired account and a wrong password, so nobody learns which names exist.

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::access::account::{self, Account};
use crate::access::{Viewer, secret, session};
use crate::clock::moment;
use crate::{Event, Store, StoreError, Tx};

/// After so many failures a name is locked.
pub const FAILURES: i64 = 5;
/// After so many failures from one address, whatever the names, the address is locked. An office
/// shares one address, so it is allowed more.
pub const FAILURES_BY_ADDRESS: i64 = 20;
/// For so long. Failures older than this are forgotten.
pub const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// An attempt that has begun: the caller now checks the password, whatever is in here, and ends
/// it with [`Store::end_sign_in`].
#[derive(Clone)]
pub struct Attempt {
    name: String,
    address: String,
    account: Option<Uuid>,
    password_hash: Option<String>,
}

impl Attempt {
    /// The hash to check the password against. `None` when there is none: the caller then checks
    /// against a hash of its own, so that the time taken tells nothing.
    pub fn password_hash(&self) -> Option<&str> {
        self.password_hash.as_deref()
    }
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("address", &self.address).finish_non_exhaustive()
    }
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// The person is in: the token goes into the browser's cookie and nowhere else.
    Done {
        /// The session's token.
        token: String,
        /// The session.
        session: session::Session,
        /// The person, with the powers of this moment.
        viewer: Box<Viewer>,
    },
    /// Refused: wrong name or password, or locked until the moment given.
    Refused {
        /// Until when every attempt with this name or from this address is refused.
        until: Option<Timestamp>,
    },
}

impl Store {
    /// Begins an attempt.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn begin_sign_in(&self, name: &str, address: &str) -> Result<Attempt, StoreError> {
        let name = name.trim().to_lowercase();
        let row = account::find(self.reader(), self.zone_id(), "name", name.as_str()).await?;
        let account = row.as_ref().map(|row| row.id);
        let password_hash = row.and_then(|row| row.password_hash);
        Ok(Attempt { name, address: address.chars().take(64).collect(), account, password_hash })
    }

    /// Ends an attempt: `right` says whether the password was right. Failures are counted, and a
    /// right password is refused while the name or the address is locked.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn end_sign_in(&self, attempt: &Attempt, right: bool, agent: &str) -> Result<SignIn, StoreError> {
        self.write(|tx| async move {
            let by_address = format!("address:{}", attempt.address);
            let by_name = format!("name:{}", hex::encode(secret::hash(&attempt.name)));
            let account = match attempt.account {
                Some(id) => Some(account::known(&tx, id).await?),
                None => None,
            };
            let address = Failures::read(&tx, &by_address).await?;
            let name = match &account {
                Some(account) => Failures::of(account),
                None => Failures::read(&tx, &by_name).await?,
            };
            let now = tx.now();
            let until = [&address, &name].iter().filter_map(|failures| failures.locked(now)).max();
            if until.is_some() {
                return refused(&tx, attempt, account.as_ref(), "locked", until).await;
            }
            match account {
                Some(account) if right && session::is_open(&account, now) => enter(&tx, attempt, account, agent).await,
                account => {
                    let after = address.one_more(now, FAILURES_BY_ADDRESS);
                    after.keep(&tx, &by_address).await?;
                    let name = name.one_more(now, FAILURES);
                    match &account {
                        Some(account) => name.keep_with(&tx, account).await?,
                        None => name.keep(&tx, &by_name).await?,
                    }
                    let until = [&after, &name].iter().filter_map(|failures| failures.locked(now)).max();
                    refused(&tx, attempt, account.as_ref(), "wrong", until).await
                }
            }
        })
        .await
    }
}

async fn enter(tx: &Tx, attempt: &Attempt, account: Account, agent: &str) -> Result<SignIn, StoreError> {
    let values = [
        ("failed_count", 0_i64.into()),
        ("locked_until", None::<i64>.into()),
        ("signed_in_at", tx.now().as_microsecond().into()),
    ];
    account::change(tx, account.id, values).await?;
    let (session, token) = session::open(tx, account.id, &attempt.address, agent).await?;
    let event = Event::new("session.opened", account.name.as_str()).about("account", account.id);
    tx.append_event(event.with(json!({"address": attempt.address, "session": session.id}))).await?;
    let viewer = Box::new(session::viewer_in(tx, account).await?);
    Ok(SignIn::Done { token, session, viewer })
}

/// Records the failure. A name that is no account is not written down: people type passwords
/// into the wrong field.
async fn refused(
    tx: &Tx,
    attempt: &Attempt,
    account: Option<&Account>,
    why: &str,
    until: Option<Timestamp>,
) -> Result<SignIn, StoreError> {
    let mut event = Event::new("session.refused", account.map_or("(unknown)", |account| account.name.as_str()));
    if let Some(account) = account {
        event = event.about("account", account.id);
    }
    let data = json!({"address": attempt.address, "why": why, "until": until.map(|until| until.to_string())});
    tx.append_event(event.with(data)).await?;
    Ok(SignIn::Refused { until })
}

/// Failures of one name or one address.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    count: i64,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct FailureRow {
    failed_count: i64,
    since: i64,
    locked_until: Option<i64>,
}

impl Failures {
    fn of(account: &Account) -> Self {
        Self { count: account.failed_count, since: None, until: account.locked_until }
    }

    async fn read(tx: &Tx, key: &str) -> Result<Self, StoreError> {
        let query = Query::select()
            .columns(["failed_count", "since", "locked_until"])
            .from("sign_in_failure")
            .and_where(Expr::col("zone").eq(tx.zone_id()))
            .and_where(Expr::col("address").eq(key))
            .to_owned();
        let Some(row) = tx.connection().query_one(&query).await? else { return Ok(Self::default()) };
        let row = FailureRow::from_query_result(&row, "")?;
        Ok(Self { count: row.failed_count, since: Some(moment(row.since)), until: row.locked_until.map(moment) })
    }

    fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|&until| until > now)
    }

    /// One failure more; what is past is forgotten, and the count begins anew after a lock.
    fn one_more(self, now: Timestamp, most: i64) -> Self {
        let forgotten = self.since.is_some_and(|since| now.duration_since(since) > LOCKED_FOR);
        let over = self.until.is_some_and(|until| until <= now);
        let count = if forgotten || over { 1 } else { self.count + 1 };
        let since = self.since.filter(|_| count > 1).or(Some(now));
        let until = (count >= most).then(|| now.checked_add(LOCKED_FOR).unwrap_or(now));
        Self { count, since, until }
    }

    async fn keep_with(&self, tx: &Tx, account: &Account) -> Result<(), StoreError> {
        let until = self.until.map(Timestamp::as_microsecond);
        account::change(tx, account.id, [("failed_count", self.count.into()), ("locked_until", until.into())]).await
    }

    async fn keep(&self, tx: &Tx, key: &str) -> Result<(), StoreError> {
        let now = tx.now();
        let long_ago = now.checked_sub(LOCKED_FOR * 2).unwrap_or(now).as_microsecond();
        let forget = Query::delete()
            .from_table("sign_in_failure")
            .and_where(Expr::col("zone").eq(tx.zone_id()))
            .and_where(Expr::col("since").lt(long_ago))
            .and_where(Expr::col("address").ne(key))
            .to_owned();
        tx.connection().execute(&forget).await?;
        let insert = Query::insert()
            .into_table("sign_in_failure")
            .columns(["zone", "address", "failed_count", "since", "locked_until"])
            .values_panic([
                tx.zone_id().into(),
                key.into(),
                self.count.into(),
                self.since.unwrap_or(now).as_microsecond().into(),
                self.until.map(Timestamp::as_microsecond).into(),
            ])
            .on_conflict(
                OnConflict::columns(["zone", "address"])
                    .update_columns(["failed_count", "since", "locked_until"])
                    .to_owned(),
            )
            .to_owned();
        tx.connection().execute(&insert).await?;
        Ok(())
    }
}
