//! Notices as they lie in their table, and what a person settles about those that went astray.

use jiff::Timestamp;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult, QueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::row::CaseId;
use crate::access::{Action, Hand};
use crate::clock::moment;
use crate::{Event, Store, StoreError};

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeState {
    /// On somebody's page, not read yet.
    Unread,
    /// On somebody's page, read.
    Read,
    /// To be sent.
    Waiting,
    /// Somebody is sending it.
    Sending,
    /// Sent.
    Sent,
    /// Tried often and given up.
    GivenUp,
    /// The receiver is not there.
    Bounced,
    /// The process ended while it was being sent, to a receiver that would show it twice: whether it arrived
    /// is for a person to see.
    Uncertain,
}

impl NoticeState {
    const ALL: [NoticeState; 8] = [
        NoticeState::Unread,
        NoticeState::Read,
        NoticeState::Waiting,
        NoticeState::Sending,
        NoticeState::Sent,
        NoticeState::GivenUp,
        NoticeState::Bounced,
        NoticeState::Uncertain,
    ];

    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            NoticeState::Unread => "unread",
            NoticeState::Read => "read",
            NoticeState::Waiting => "waiting",
            NoticeState::Sending => "sending",
            NoticeState::Sent => "sent",
            NoticeState::GivenUp => "given_up",
            NoticeState::Bounced => "bounced",
            NoticeState::Uncertain => "uncertain",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// One thing that somebody is told on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Its id, the same however often it is tried.
    pub id: Uuid,
    /// The channel: [`PAGE`](super::setting::PAGE), `mail`, `webhook`.
    pub channel: String,
    /// An account; for a webhook the target's id.
    pub whom: String,
    /// What it is, such as [`YOUR_TURN`](super::YOUR_TURN).
    pub what: String,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// Kind, number, title, state and day of the case, and `percent` of a ladder's notice.
    pub data: Json,
    /// The delivery it went into when it was first sent, by the id of the first notice in it: what is sent
    /// again is the same delivery, with the same notices. `None` until then.
    pub delivery: Option<Uuid>,
    /// What became of it.
    pub state: NoticeState,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next, where it waits.
    pub next_try: Timestamp,
    /// When it was laid down.
    pub created_at: Timestamp,
    /// Why the last try failed.
    pub problem: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    channel: String,
    whom: String,
    what: String,
    case_id: Option<Uuid>,
    data: String,
    delivery: Option<Uuid>,
    state: String,
    tries: i64,
    next_try: i64,
    created_at: i64,
    problem: Option<String>,
}

pub(super) fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["id", "channel", "whom", "what", "case_id", "data", "state", "tries", "next_try", "created_at"])
        .columns(["problem", "delivery"])
        .from("notice")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned()
}

pub(super) fn read(row: &QueryResult) -> Result<Notice, StoreError> {
    let row = Row::from_query_result(row, "")?;
    let state = NoticeState::from_key(&row.state)
        .ok_or_else(|| StoreError::Corrupt(format!("notice {} has the unknown state “{}”", row.id, row.state)))?;
    Ok(Notice {
        id: row.id,
        channel: row.channel,
        whom: row.whom,
        what: row.what,
        case: row.case_id.map(CaseId),
        data: serde_json::from_str(&row.data).unwrap_or(Json::Null),
        delivery: row.delivery,
        state,
        tries: row.tries,
        next_try: moment(row.next_try),
        created_at: moment(row.created_at),
        problem: row.problem,
    })
}

impl Store {
    /// What could not be sent, or waits for another try after a failure, the latest first: for who looks
    /// after delivery.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn undelivered_notices(&self, limit: u64) -> Result<Vec<Notice>, StoreError> {
        let failed = Cond::any()
            .add(Expr::col("state").is_in([
                NoticeState::GivenUp.key(),
                NoticeState::Bounced.key(),
                NoticeState::Uncertain.key(),
            ]))
            .add(Expr::col("problem").is_not_null());
        let query = select(self.zone_id()).cond_where(failed).order_by("id", Order::Desc).limit(limit).to_owned();
        self.reader().query_all(&query).await?.iter().map(read).collect()
    }

    /// Settles what became of a notice that is uncertain or was given up, as a person saw at the receiver: it is
    /// there, or it is sent again.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; [`StoreError::NotFound`], also for a notice about which nothing is to settle.
    pub async fn settle_notice(&self, hand: Hand<'_>, id: Uuid, is_there: bool) -> Result<(), StoreError> {
        hand.require(Action::ManageSettings)?;
        self.write(|tx| async move {
            let (state, ended) = match is_there {
                true => (NoticeState::Sent, Some(tx.now().as_microsecond())),
                false => (NoticeState::Waiting, None),
            };
            let update = Query::update()
                .table("notice")
                .value("state", state.key())
                .value("tries", 0_i64)
                .value("next_try", tx.now().as_microsecond())
                .value("ended_at", ended)
                .value("problem", Option::<String>::None)
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .and_where(Expr::col("state").is_in([NoticeState::Uncertain.key(), NoticeState::GivenUp.key()]))
                .to_owned();
            if tx.connection().execute(&update).await?.rows_affected() == 0 {
                return Err(StoreError::NotFound);
            }
            let event = Event::new("webhook.notice_settled", hand.name()).about("notice", id);
            tx.append_event(event.with(json!({"is_there": is_there}))).await?;
            Ok(())
        })
        .await
    }
}
