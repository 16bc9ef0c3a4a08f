//! Signing in, and the sessions that follow.
//!
//! A session is known by the hash of a token that only the person's browser holds. It ends when
//! it lies idle, when its time is over, or when somebody ends it.

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::access::account::{self, AccountState};
use crate::access::rule::{Rule, Thing};
use crate::access::{Action, Hand, Viewer, grant, secret};
use crate::clock::moment;
use crate::write::Chain;
use crate::{Event, Store, StoreError, Tx};

/// A session that is not used for so long ends.
pub const IDLE: SignedDuration = SignedDuration::from_hours(2);
/// A session ends after so long, used or not.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// Use is written down at most so often, so that reading a page does not write.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// One session, as its owner and the security administrator see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; not the token.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// The network address it began from.
    pub address: String,
    /// What the browser calls itself, cut to 200 characters.
    pub agent: String,
}

#[derive(FromQueryResult)]
struct SessionRow {
    id: Uuid,
    account: Uuid,
    started_at: i64,
    used_at: i64,
    ends_at: i64,
    address: String,
    agent: String,
}

impl SessionRow {
    fn session(self) -> Session {
        Session {
            id: self.id,
            account: self.account,
            started_at: moment(self.started_at),
            used_at: moment(self.used_at),
            ends_at: moment(self.ends_at),
            address: self.address,
            agent: self.agent,
        }
    }
}

const COLUMNS: [&str; 7] = ["id", "account", "started_at", "used_at", "ends_at", "address", "agent"];

/// The moment before which a session's last use makes it idle.
fn idle_since(now: Timestamp) -> i64 {
    now.as_microsecond().saturating_sub(micros(IDLE))
}

fn micros(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Opens a session in this transaction and returns it with its token.
pub(crate) async fn open(tx: &Tx, account: Uuid, address: &str, agent: &str) -> Result<(Session, String), StoreError> {
    let (token, hash) = secret::fresh("");
    let now = tx.now();
    let session = Session {
        id: Uuid::now_v7(),
        account,
        started_at: now,
        used_at: now,
        ends_at: now.checked_add(LONGEST).unwrap_or(now),
        address: address.chars().take(64).collect(),
        agent: agent.chars().filter(|c| !c.is_control()).take(200).collect(),
    };
    let gone = Query::delete()
        .from_table("session")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("ends_at").lt(now.as_microsecond()).or(Expr::col("used_at").lt(idle_since(now))))
        .to_owned();
    tx.connection().execute(&gone).await?;
    let insert = Query::insert()
        .into_table("session")
        .columns(["zone", "token_hash", "id", "account", "started_at", "used_at", "ends_at", "address", "agent"])
        .values_panic([
            tx.zone_id().into(),
            hash.into(),
            session.id.into(),
            account.into(),
            now.as_microsecond().into(),
            now.as_microsecond().into(),
            session.ends_at.as_microsecond().into(),
            session.address.as_str().into(),
            session.agent.as_str().into(),
        ])
        .to_owned();
    tx.connection().execute(&insert).await?;
    Ok((session, token))
}

/// Ends every session of an account but one.
pub(crate) async fn close_all(tx: &Tx, account: Uuid, keep: Option<Uuid>) -> Result<u64, StoreError> {
    let mut delete = Query::delete();
    delete.from_table("session").and_where(Expr::col("zone").eq(tx.zone_id()));
    delete.and_where(Expr::col("account").eq(account));
    if let Some(keep) = keep {
        delete.and_where(Expr::col("id").ne(keep));
    }
    Ok(tx.connection().execute(&delete).await?.rows_affected())
}

impl Store {
    /// The person behind a session's token, with the powers of this moment; `None` when there is
    /// no such session, it has ended, or the account is not active.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn session_viewer(&self, token: &str) -> Result<Option<(Viewer, Session)>, StoreError> {
        let now = self.clock().now();
        let hash = secret::hash(token);
        let of = |name: &'static str| Expr::col(("session", name));
        let log_end = Query::select()
            .column("seq")
            .from("chain")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("name").eq(Chain::Event.key()))
            .to_owned();
        let mut query = Query::select();
        query
            .columns(COLUMNS.map(|column| ("session", column)))
            .expr_as(Expr::SubQuery(None, Box::new(log_end.into())), "log_end")
            .from("session")
            .inner_join(
                "account",
                Expr::col(("account", "zone"))
                    .equals(("session", "zone"))
                    .and(Expr::col(("account", "id")).equals(("session", "account"))),
            )
            .and_where(of("zone").eq(self.zone_id()))
            .and_where(of("token_hash").eq(hash.clone()))
            .and_where(of("ends_at").gt(now.as_microsecond()))
            .and_where(of("used_at").gte(idle_since(now)));
        for column in account::COLUMNS {
            query.expr_as(Expr::col(("account", column)), format!("account_{column}"));
        }
        let Some(row) = self.reader().query_one(&query).await? else { return Ok(None) };
        let session = SessionRow::from_query_result(&row, "")?.session();
        let account = account::AccountRow::from_query_result(&row, "account_")?.account();
        if account.state != AccountState::Active {
            return Ok(None);
        }
        let viewer = self.viewer_at(account, row.try_get_by("log_end")?).await?;
        if now.duration_since(session.used_at) >= NOTED_EVERY {
            self.note_use("session", hash).await?;
        }
        Ok(Some((viewer, session)))
    }

    /// Notes that a session or token was used. A busy database is no reason to turn the person
    /// away: the next page notes it.
    pub(crate) async fn note_use(&self, table: &'static str, hash: Vec<u8>) -> Result<(), StoreError> {
        let hash = &hash;
        let noted = self
            .write(|tx| async move {
                let update = Query::update()
                    .table(table)
                    .value("used_at", tx.now().as_microsecond())
                    .and_where(Expr::col("zone").eq(tx.zone_id()))
                    .and_where(Expr::col("token_hash").eq(hash.clone()))
                    .to_owned();
                tx.connection().execute(&update).await?;
                Ok(())
            })
            .await;
        match noted {
            Err(StoreError::Busy | StoreError::DiskFull) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The sessions of an account that have not ended, the latest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn sessions_of(&self, account: Uuid) -> Result<Vec<Session>, StoreError> {
        let now = self.clock().now();
        let query = Query::select()
            .columns(COLUMNS)
            .from("session")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("account").eq(account))
            .and_where(Expr::col("ends_at").gt(now.as_microsecond()))
            .and_where(Expr::col("used_at").gte(idle_since(now)))
            .order_by("started_at", Order::Desc)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(SessionRow::from_query_result(row, "")?.session())).collect()
    }

    /// Ends the session with this token: signing out. Ending what has ended is no error.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn sign_out(&self, token: &str) -> Result<(), StoreError> {
        let hash = &secret::hash(token);
        self.write(|tx| async move {
            let query = Query::select()
                .columns(COLUMNS)
                .from("session")
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("token_hash").eq(hash.clone()))
                .to_owned();
            let Some(row) = tx.connection().query_one(&query).await? else { return Ok(()) };
            let session = SessionRow::from_query_result(&row, "")?.session();
            let account = account::known(&tx, session.account).await?;
            close_one(&tx, &session, &account.name, &account.name).await
        })
        .await
    }

    /// Ends one session: one's own, or another's by a security administrator.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal when there is no such session.
    pub async fn end_session(&self, hand: Hand<'_>, id: Uuid) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let query = Query::select()
                .columns(COLUMNS)
                .from("session")
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            let row = tx.connection().query_one(&query).await?;
            let row = row.ok_or_else(|| Rule::NotFound(Thing::Session, id.to_string()))?;
            let session = SessionRow::from_query_result(&row, "")?.session();
            if hand.account() != Some(session.account) {
                hand.require(Action::LockAccounts)?;
            }
            let account = account::known(&tx, session.account).await?;
            close_one(&tx, &session, hand.name(), &account.name).await
        })
        .await
    }

    /// Ends every session of an account, one's own but the present one, or another's.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`].
    pub async fn end_sessions(&self, hand: Hand<'_>, account: Uuid, keep: Option<Uuid>) -> Result<u64, StoreError> {
        if hand.account() != Some(account) {
            hand.require(Action::LockAccounts)?;
        }
        self.write(|tx| async move {
            let person = account::known(&tx, account).await?;
            let ended = close_all(&tx, account, keep).await?;
            account::log(&tx, hand.name(), "session.all_closed", &person, json!({"ended": ended})).await?;
            Ok(ended)
        })
        .await
    }
}

async fn close_one(tx: &Tx, session: &Session, by: &str, of: &str) -> Result<(), StoreError> {
    let delete = Query::delete()
        .from_table("session")
        .and_where(Expr::col("zone").eq(tx.zone_id()))
        .and_where(Expr::col("id").eq(session.id))
        .to_owned();
    tx.connection().execute(&delete).await?;
    let event = Event::new("session.closed", by).about("account", session.account);
    tx.append_event(event.with(json!({"account": of, "session": session.id}))).await?;
    Ok(())
}

/// Whether an account can be signed in to, apart from its password.
pub(crate) fn is_open(account: &account::Account, now: Timestamp) -> bool {
    account.state == AccountState::Active && account.locked_until.is_none_or(|until| until <= now)
}

/// The viewer of an account read in this transaction.
pub(crate) async fn viewer_in(tx: &Tx, account: account::Account) -> Result<Viewer, StoreError> {
    grant::viewer(tx.connection(), tx.zone_id(), account).await
}
