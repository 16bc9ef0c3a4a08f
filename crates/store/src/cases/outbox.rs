//! The outbox: what waits to be sent, claimed by whoever sends, and what became of it.
//!
//! A notice is claimed for a while. Where the sender dies between sending and saying so, nobody knows whether it
//! arrived. What goes to a receiver that knows a repetition by its number is sent again: in the same delivery,
//! under the same number, with nothing added to it that would be taken for known. What goes to the robot of a
//! work chat, which would say it twice, is left, and a person is told to look.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Order, Query, SelectStatement};
use serde_json::json;
use uuid::Uuid;

use super::delivery::{Notice, NoticeState, read, select};
use super::setting::Channel;
use super::webhook::{self, TargetKind};
use crate::{Store, StoreError, Tx};

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
/// What is said of a notice of which nobody knows whether it arrived.
const UNCERTAIN: &str = "发送途中进程中断，不知是否送达，没有再发。请到群里核对：已有的点“已送达”，没有的点“重发” / \
                         the process ended while this was being sent; it may have arrived and was not sent again. \
                         Look there, then settle it as arrived or have it sent again";

/// The pause behind a failed try.
fn pause(tries: i64) -> SignedDuration {
    let doubled = u32::try_from(tries - 1).ok().and_then(|doublings| 2_i32.checked_pow(doublings));
    doubled.map_or(LONGEST_PAUSE, |times| (FIRST_PAUSE * times).min(LONGEST_PAUSE))
}

impl Store {
    /// Takes up to `limit` notices of a channel that are to be sent by now, the oldest first, and what was in one
    /// delivery with them. They are this sender's for [`CLAIM`]; each must then be said to be done, failed or
    /// bounced, or be put back. What is for a webhook out of use is left alone: it waits, untried, until the
    /// webhook is used again.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn claim_notices(&self, channel: &str, limit: u64) -> Result<Vec<Notice>, StoreError> {
        // Nothing to send is the usual case, and needs no writer.
        let now = self.clock().now().as_microsecond();
        let open =
            || select(self.zone_id()).and_where(is_open()).and_where(Expr::col("channel").eq(channel)).to_owned();
        let mut waiting = open();
        let used = match channel == webhook::CHANNEL {
            true => webhook::used(self.reader(), self.zone_id()).await?,
            false => BTreeMap::new(),
        };
        if channel == webhook::CHANNEL {
            waiting.and_where(Expr::col("whom").is_in(used.keys().map(Uuid::to_string)));
        }
        waiting
            .and_where(Expr::col("next_try").lte(now))
            .order_by("next_try", Order::Asc)
            .order_by("id", Order::Asc)
            .limit(limit);
        if self.reader().query_one(&waiting).await?.is_none() {
            return Ok(Vec::new());
        }
        let robots: BTreeSet<String> =
            used.iter().filter(|(_, kind)| **kind != TargetKind::Signed).map(|(id, _)| id.to_string()).collect();
        let (waiting, robots, open) = (&waiting, &robots, &open);
        self.write(|tx| async move {
            let mut notices = tx.locked(waiting.clone()).await?;
            // A delivery that was sent before goes out as a whole.
            let before: BTreeSet<Uuid> = notices.iter().filter_map(|notice| notice.delivery).collect();
            if !before.is_empty() {
                let mut others = open();
                others.and_where(Expr::col("delivery").is_in(before));
                others.and_where(Expr::col("id").is_not_in(notices.iter().map(|notice| notice.id)));
                notices.extend(tx.locked(others).await?);
            }
            let is_astray =
                |notice: &Notice| notice.state == NoticeState::Sending && robots.contains(notice.whom.as_str());
            let (astray, notices): (Vec<Notice>, Vec<Notice>) = notices.into_iter().partition(is_astray);
            tx.leave_uncertain(&astray).await?;
            tx.claim(notices).await
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
}

/// The condition that a notice is to be sent, or is being sent.
fn is_open() -> Expr {
    Expr::col("state").is_in([NoticeState::Waiting.key(), NoticeState::Sending.key()])
}

impl Tx {
    /// Notices that no other sender is just claiming.
    async fn locked(&self, mut select: SelectStatement) -> Result<Vec<Notice>, StoreError> {
        if self.store().backend() == sea_orm::DbBackend::Postgres {
            select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        self.connection().query_all(&select).await?.iter().map(read).collect()
    }

    /// Claims notices; what goes to one receiver for the first time becomes one delivery.
    async fn claim(&self, mut notices: Vec<Notice>) -> Result<Vec<Notice>, StoreError> {
        let until = self.now().checked_add(CLAIM).unwrap_or(Timestamp::MAX);
        let mut fresh: BTreeMap<String, Uuid> = BTreeMap::new();
        for notice in &mut notices {
            let first = notice.delivery.is_none().then(|| *fresh.entry(notice.whom.clone()).or_insert(notice.id));
            notice.delivery = notice.delivery.or(first);
            (notice.state, notice.tries, notice.next_try) = (NoticeState::Sending, notice.tries + 1, until);
        }
        let mut deliveries: BTreeMap<Option<Uuid>, Vec<Uuid>> = BTreeMap::new();
        for notice in &notices {
            deliveries.entry(notice.delivery).or_default().push(notice.id);
        }
        for (delivery, ids) in deliveries {
            let update = Query::update()
                .table("notice")
                .value("state", NoticeState::Sending.key())
                .value("tries", Expr::col("tries").add(1))
                .value("next_try", until.as_microsecond())
                .value("delivery", delivery)
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("id").is_in(ids))
                .to_owned();
            self.connection().execute(&update).await?;
        }
        Ok(notices)
    }

    /// Notices of which nobody knows whether they arrived are left for a person to settle.
    async fn leave_uncertain(&self, notices: &[Notice]) -> Result<(), StoreError> {
        if notices.is_empty() {
            return Ok(());
        }
        tracing::warn!(notices = notices.len(), "a process ended while it sent these; they are left to be looked at");
        let update = Query::update()
            .table("notice")
            .value("state", NoticeState::Uncertain.key())
            .value("ended_at", self.now().as_microsecond())
            .value("problem", UNCERTAIN)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("id").is_in(notices.iter().map(|notice| notice.id)))
            .to_owned();
        self.connection().execute(&update).await?;
        Ok(())
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
