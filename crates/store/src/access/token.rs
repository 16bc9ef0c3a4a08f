//! Personal tokens: how a person's own programs use the interface for programs.

use jiff::{SignedDuration, Timestamp};
use kernel::Lang;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::access::rule::{Rule, Thing, named};
use crate::access::{Viewer, secret};
use crate::clock::moment;
use crate::{Event, Store, StoreError};

/// No token lives longer, in days.
pub const LONGEST_DAYS: u16 = 366;
/// Use is written down at most so often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// How far a token reaches, within what its owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Reading only.
    Read,
    /// Reading and writing.
    Write,
}

impl Reach {
    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            Reach::Read => "read",
            Reach::Write => "write",
        }
    }

    /// The reach with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        [Reach::Read, Reach::Write].into_iter().find(|reach| reach.key() == key)
    }

    /// The word in the interface.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Reach::Read => lang.pick("只读", "Read"),
            Reach::Write => lang.pick("读写", "Read and write"),
        }
    }
}

/// A token as its owner sees it afterwards: never its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// How far it reaches.
    pub reach: Reach,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was last used, to ten minutes.
    pub used_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct TokenRow {
    id: Uuid,
    account: Uuid,
    name: String,
    reach: String,
    created_at: i64,
    ends_at: i64,
    used_at: Option<i64>,
}

impl TokenRow {
    fn token(self) -> Token {
        Token {
            id: self.id,
            account: self.account,
            name: self.name,
            reach: Reach::from_key(&self.reach).unwrap_or(Reach::Read),
            created_at: moment(self.created_at),
            ends_at: moment(self.ends_at),
            used_at: self.used_at.map(moment),
        }
    }
}

const COLUMNS: [&str; 7] = ["id", "account", "name", "reach", "created_at", "ends_at", "used_at"];

impl Store {
    /// Makes a token for oneself. Its text is returned this once and kept nowhere.
    ///
    /// # Errors
    /// A refusal when the name is unfit.
    pub async fn create_token(
        &self,
        viewer: &Viewer,
        name: &str,
        reach: Reach,
        days: u16,
    ) -> Result<(Token, String), StoreError> {
        let name = named(Thing::Token, name)?;
        let name = name.as_str();
        let hours = i64::from(days.clamp(1, LONGEST_DAYS)) * 24;
        self.write(|tx| async move {
            let (text, hash) = secret::fresh("xs_");
            let token = Token {
                id: Uuid::now_v7(),
                account: viewer.account,
                name: name.to_owned(),
                reach,
                created_at: tx.now(),
                ends_at: tx.now().checked_add(SignedDuration::from_hours(hours)).unwrap_or(tx.now()),
                used_at: None,
            };
            let insert = Query::insert()
                .into_table("api_token")
                .columns(["zone", "token_hash", "id", "account", "name", "reach", "created_at", "ends_at"])
                .values_panic([
                    tx.zone_id().into(),
                    hash.into(),
                    token.id.into(),
                    token.account.into(),
                    name.into(),
                    reach.key().into(),
                    token.created_at.as_microsecond().into(),
                    token.ends_at.as_microsecond().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            let data = json!({"name": name, "reach": reach.key(), "ends_at": token.ends_at.to_string()});
            let event = Event::new("token.created", viewer.name.as_str()).about("token", token.id);
            tx.append_event(event.with(data)).await?;
            Ok((token, text))
        })
        .await
    }

    /// The person behind a token's text, with the powers of this moment; `None` when there is no
    /// such token, it has ended, or the account is not active or must change its password first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn token_viewer(&self, text: &str) -> Result<Option<(Viewer, Token)>, StoreError> {
        let now = self.clock().now();
        let hash = secret::hash(text);
        let query = Query::select()
            .columns(COLUMNS)
            .from("api_token")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("token_hash").eq(hash.clone()))
            .and_where(Expr::col("ends_at").gt(now.as_microsecond()))
            .to_owned();
        let Some(row) = self.reader().query_one(&query).await? else { return Ok(None) };
        let token = TokenRow::from_query_result(&row, "")?.token();
        let viewer = self.viewer(token.account).await?.filter(|viewer| !viewer.must_change_password);
        let Some(viewer) = viewer else { return Ok(None) };
        if token.used_at.is_none_or(|used| now.duration_since(used) >= NOTED_EVERY) {
            self.note_use("api_token", hash).await?;
        }
        Ok(Some((viewer, token)))
    }

    /// The tokens of an account, the latest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn tokens_of(&self, account: Uuid) -> Result<Vec<Token>, StoreError> {
        let query = Query::select()
            .columns(COLUMNS)
            .from("api_token")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("account").eq(account))
            .order_by("id", Order::Desc)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(TokenRow::from_query_result(row, "")?.token())).collect()
    }

    /// Ends one of one's own tokens.
    ///
    /// # Errors
    /// A refusal when the person has no such token.
    pub async fn revoke_token(&self, viewer: &Viewer, id: Uuid) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let delete = Query::delete()
                .from_table("api_token")
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .and_where(Expr::col("account").eq(viewer.account))
                .to_owned();
            if tx.connection().execute(&delete).await?.rows_affected() == 0 {
                return Err(Rule::NotFound(Thing::Token, id.to_string()).into());
            }
            tx.append_event(Event::new("token.revoked", viewer.name.as_str()).about("token", id)).await?;
            Ok(())
        })
        .await
    }
}
