//! The outbox: what waits to be sent, claimed by whoever sends, and what became of it.
//!
//! A notice is claimed for a while. Where the sender dies between sending and saying so, it is claimed
//! again; its id is the same then, so that a receiver that keeps ids shows it once.

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Asterisk, Cond, Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult, QueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::row::CaseId;
use super::setting::{Channel, PAGE};
use super::webhook;
use crate::access::Viewer;
use crate::clock::moment;
use crate::{Store, StoreError};

/// How long a claim holds.
pub const CLAIM: SignedDuration = SignedDuration::from_mins(5);
/// The pause before the second try; each next one is twice as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause between two tries.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// How often a notice is tried before it is given up: over a day and a half in all, so that a target that
/// is down for a day loses nothing.
pub const MOST_TRIES: i64 = 14;
/// What tells a person that mail to them comes back.
pub const MAIL_BOUNCED: &str = "mail.bounced";

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
}

impl NoticeState {
    const ALL: [NoticeState; 7] = [
        NoticeState::Unread,
        NoticeState::Read,
        NoticeState::Waiting,
        NoticeState::Sending,
        NoticeState::Sent,
        NoticeState::GivenUp,
        NoticeState::Bounced,
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
    /// The channel: [`PAGE`], `mail`, `webhook`.
    pub channel: String,
    /// An account; for a webhook the target's id.
    pub whom: String,
    /// What it is, such as [`YOUR_TURN`](super::YOUR_TURN).
    pub what: String,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// Kind, number, title, state and day of the case, and `percent` of a ladder's notice.
    pub data: Json,
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
    state: String,
    tries: i64,
    next_try: i64,
    created_at: i64,
    problem: Option<String>,
}

fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["id", "channel", "whom", "what", "case_id", "data", "state", "tries", "next_try", "created_at"])
        .column("problem")
        .from("notice")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned()
}

fn read(row: &QueryResult) -> Result<Notice, StoreError> {
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
        state,
        tries: row.tries,
        next_try: moment(row.next_try),
        created_at: moment(row.created_at),
        problem: row.problem,
    })
}

/// The pause behind a failed try.
fn pause(tries: i64) -> SignedDuration {
    let doubled = u32::try_from(tries - 1).ok().and_then(|doublings| 2_i32.checked_pow(doublings));
    doubled.map_or(LONGEST_PAUSE, |times| (FIRST_PAUSE * times).min(LONGEST_PAUSE))
}

impl Store {
    /// Takes up to `limit` notices of a channel that are to be sent by now, the oldest first. They are
    /// this sender's for [`CLAIM`]; each must then be said to be done, failed or bounced, or be put back.
    /// What is for a webhook out of use is left alone: it waits, untried, until the webhook is used again.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn claim_notices(&self, channel: &str, limit: u64) -> Result<Vec<Notice>, StoreError> {
        // Nothing to send is the usual case, and needs no writer.
        let now = self.clock().now().as_microsecond();
        let mut waiting = select(self.zone_id());
        if channel == webhook::CHANNEL {
            let used = webhook::used(self.reader(), self.zone_id()).await?;
            waiting.and_where(Expr::col("whom").is_in(used.iter().map(Uuid::to_string)));
        }
        waiting
            .and_where(Expr::col("channel").eq(channel))
            .and_where(Expr::col("state").is_in([NoticeState::Waiting.key(), NoticeState::Sending.key()]))
            .and_where(Expr::col("next_try").lte(now))
            .order_by("next_try", Order::Asc)
            .order_by("id", Order::Asc)
            .limit(limit);
        if self.reader().query_one(&waiting).await?.is_none() {
            return Ok(Vec::new());
        }
        let waiting = &waiting;
        self.write(|tx| async move {
            let mut waiting = waiting.clone();
            if tx.store().backend() == sea_orm::DbBackend::Postgres {
                waiting.lock_with_behavior(
                    sea_orm::sea_query::LockType::Update,
                    sea_orm::sea_query::LockBehavior::SkipLocked,
                );
            }
            let rows = tx.connection().query_all(&waiting).await?;
            let mut notices = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let until = tx.now().checked_add(CLAIM).unwrap_or(Timestamp::MAX);
            let update = Query::update()
                .table("notice")
                .value("state", NoticeState::Sending.key())
                .value("tries", Expr::col("tries").add(1))
                .value("next_try", until.as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").is_in(notices.iter().map(|notice| notice.id)))
                .to_owned();
            tx.connection().execute(&update).await?;
            for notice in &mut notices {
                (notice.state, notice.tries, notice.next_try) = (NoticeState::Sending, notice.tries + 1, until);
            }
            Ok(notices)
        })
        .await
    }

    /// Notices were claimed and not tried, for their receiver went out of use meanwhile: they wait on as
    /// before.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn notices_put_back(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let update = Query::update()
                .table("notice")
                .value("state", NoticeState::Waiting.key())
                .value("tries", Expr::col("tries").sub(1))
                .value("next_try", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("state").eq(NoticeState::Sending.key()))
                .and_where(Expr::col("id").is_in(ids.iter().copied()))
                .to_owned();
            tx.connection().execute(&update).await?;
            Ok(())
        })
        .await
    }

    /// Notices went out.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn notices_sent(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let update = Query::update()
                .table("notice")
                .value("state", NoticeState::Sent.key())
                .value("ended_at", tx.now().as_microsecond())
                .value("problem", Option::<String>::None)
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").is_in(ids.iter().copied()))
                .to_owned();
            tx.connection().execute(&update).await?;
            Ok(())
        })
        .await
    }

    /// A notice did not go out: it is tried again after a pause that grows, and given up after
    /// [`MOST_TRIES`]. Returns what became of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; what the database reports.
    pub async fn notice_failed(&self, id: Uuid, problem: &str) -> Result<NoticeState, StoreError> {
        self.write(|tx| async move {
            let query = select(tx.zone_id()).and_where(Expr::col("id").eq(id)).to_owned();
            let notice = tx.connection().query_one(&query).await?.ok_or(StoreError::NotFound)?;
            let tries = read(&notice)?.tries;
            let over = tries >= MOST_TRIES;
            let state = if over { NoticeState::GivenUp } else { NoticeState::Waiting };
            let next = tx.now().checked_add(pause(tries)).unwrap_or(Timestamp::MAX);
            let update = Query::update()
                .table("notice")
                .value("state", state.key())
                .value("next_try", next.as_microsecond())
                .value("ended_at", over.then(|| tx.now().as_microsecond()))
                .value("problem", shortened(problem))
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.connection().execute(&update).await?;
            Ok(state)
        })
        .await
    }

    /// The receiver is not there: the notice is not tried again. Mail to that account is switched off,
    /// and its page says so.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; what the database reports.
    pub async fn notice_bounced(&self, id: Uuid, problem: &str) -> Result<(), StoreError> {
        let query = select(self.zone_id()).and_where(Expr::col("id").eq(id)).to_owned();
        let notice = read(&self.reader().query_one(&query).await?.ok_or(StoreError::NotFound)?)?;
        let is_mail = notice.channel == Channel::Mail.key();
        let mut setting = self.notice_setting(&notice.whom).await?;
        setting.channels.remove(&Channel::Mail);
        let (setting, notice) = (&serde_json::to_string(&setting).unwrap_or_default(), &notice);
        self.write(|tx| async move {
            let update = Query::update()
                .table("notice")
                .value("state", NoticeState::Bounced.key())
                .value("ended_at", tx.now().as_microsecond())
                .value("problem", shortened(problem))
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.connection().execute(&update).await?;
            if !is_mail {
                return Ok(());
            }
            let off = Query::update()
                .table("notice_setting")
                .value("setting", setting.as_str())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("account").eq(notice.whom.as_str()))
                .to_owned();
            tx.connection().execute(&off).await?;
            tx.say_on_page(
                &notice.whom,
                MAIL_BOUNCED,
                &format!("{MAIL_BOUNCED}:{id}"),
                &json!({"problem": shortened(problem)}),
            )
            .await
        })
        .await
    }

    /// What stands on a person's own page, the latest first: unread ones only, or all.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn notices_of(
        &self,
        viewer: &Viewer,
        unread_only: bool,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Notice>, StoreError> {
        let mut query = self.on_page(viewer);
        if unread_only {
            query.and_where(Expr::col("state").eq(NoticeState::Unread.key()));
        }
        if let Some(before) = before {
            query.and_where(Expr::col("id").lt(before));
        }
        query.order_by("id", Order::Desc).limit(limit);
        self.reader().query_all(&query).await?.iter().map(read).collect()
    }

    /// How many notices on a person's page are unread.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn unread_notices(&self, viewer: &Viewer) -> Result<u64, StoreError> {
        let mut query = self.on_page(viewer);
        query.clear_selects().expr_as(Expr::col(Asterisk).count(), "found");
        query.and_where(Expr::col("state").eq(NoticeState::Unread.key()));
        let row = self.reader().query_one(&query).await?;
        Ok(row.map_or(Ok(0_i64), |row| row.try_get_by("found"))?.unsigned_abs())
    }

    /// Marks notices on one's own page as read: those named, or all.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn read_notices(&self, viewer: &Viewer, ids: Option<&[Uuid]>) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let mut update = Query::update();
            update
                .table("notice")
                .value("state", NoticeState::Read.key())
                .value("ended_at", tx.now().as_microsecond())
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("whom").eq(viewer.name.as_str()))
                .and_where(Expr::col("channel").eq(PAGE))
                .and_where(Expr::col("state").eq(NoticeState::Unread.key()));
            if let Some(ids) = ids {
                update.and_where(Expr::col("id").is_in(ids.iter().copied()));
            }
            tx.connection().execute(&update).await?;
            Ok(())
        })
        .await
    }

    /// What could not be sent, or waits for another try after a failure, the latest first: for who looks
    /// after delivery.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn undelivered_notices(&self, limit: u64) -> Result<Vec<Notice>, StoreError> {
        let failed = Cond::any()
            .add(Expr::col("state").is_in([NoticeState::GivenUp.key(), NoticeState::Bounced.key()]))
            .add(Expr::col("problem").is_not_null());
        let query = select(self.zone_id()).cond_where(failed).order_by("id", Order::Desc).limit(limit).to_owned();
        self.reader().query_all(&query).await?.iter().map(read).collect()
    }

    fn on_page(&self, viewer: &Viewer) -> SelectStatement {
        select(self.zone_id())
            .and_where(Expr::col("whom").eq(viewer.name.as_str()))
            .and_where(Expr::col("channel").eq(PAGE))
            .to_owned()
    }
}

/// What a receiver said, cut to what is worth keeping.
fn shortened(problem: &str) -> String {
    problem.chars().filter(|c| !c.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_down_for_a_day_is_still_tried_when_it_comes_back() {
        assert_eq!(pause(1), SignedDuration::from_mins(1));
        assert_eq!(pause(4), SignedDuration::from_mins(8));
        assert_eq!(pause(60), LONGEST_PAUSE);
        let all: SignedDuration = (1..MOST_TRIES).map(pause).sum();
        assert!(all > SignedDuration::from_hours(30), "{all:?}");
    }
}
