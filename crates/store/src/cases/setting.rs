//! How each person wants to be told: on which channels, when not, and whether once a day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use jiff::{Timestamp, ToSpan};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use serde::{Deserialize, Serialize};

use super::row::{day_of, start_of};
use crate::access::Viewer;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Store, StoreError};

/// The channel of notices that stand on the person's own page; everybody has it.
pub const PAGE: &str = "page";

/// A channel beside the page that a person can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 邮件.
    Mail,
}

impl Channel {
    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
        }
    }
}

/// How a person wants to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Channels beside the page.
    #[serde(default)]
    pub channels: BTreeSet<Channel>,
    /// The address for mail.
    #[serde(default)]
    pub mail: Option<String>,
    /// Times of the day, in China, between which nothing is sent; over midnight where the first is later.
    #[serde(default)]
    pub quiet: Option<(Time, Time)>,
    /// The time of the day at which everything is sent together; `None` for each notice at once.
    #[serde(default)]
    pub digest: Option<Time>,
}

impl Setting {
    /// The moment at which something laid down now is sent.
    pub fn send_at(&self, now: Timestamp) -> Timestamp {
        if let Some(time) = self.digest {
            return next(now, time);
        }
        match self.quiet {
            Some((from, to)) if from != to && is_within(now, from, to) => next(now, to),
            _ => now,
        }
    }
}

/// The next moment at which the clock in China shows a time.
fn next(now: Timestamp, time: Time) -> Timestamp {
    let today = start_of(day_of(now)).checked_add(time.duration_since(Time::midnight())).unwrap_or(now);
    if today >= now { today } else { today.checked_add(24.hours()).unwrap_or(now) }
}

fn is_within(now: Timestamp, from: Time, to: Time) -> bool {
    let time = Time::midnight().wrapping_add(now.duration_since(start_of(day_of(now))));
    if from < to { from <= time && time < to } else { time >= from || time < to }
}

/// The settings of those of these accounts who made any.
pub(crate) async fn of(
    connection: &impl ConnectionTrait,
    zone: &str,
    accounts: &BTreeSet<String>,
) -> Result<BTreeMap<String, Setting>, StoreError> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = Query::select()
        .columns(["account", "setting"])
        .from("notice_setting")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("account").is_in(accounts.iter().map(String::as_str)))
        .to_owned();
    let mut settings = BTreeMap::new();
    for row in connection.query_all(&query).await? {
        let text: String = row.try_get_by("setting")?;
        // A setting of a later release that cannot be read leaves the plain one.
        settings.insert(row.try_get_by("account")?, serde_json::from_str(&text).unwrap_or_default());
    }
    Ok(settings)
}

impl Store {
    /// How an account wants to be told.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn notice_setting(&self, account: &str) -> Result<Setting, StoreError> {
        let mut found = of(self.reader(), self.zone_id(), &BTreeSet::from([account.to_owned()])).await?;
        Ok(found.remove(account).unwrap_or_default())
    }

    /// Chooses how one is told oneself. What waits already goes out as it was to go.
    ///
    /// # Errors
    /// A refusal for mail without an address; what the database reports.
    pub async fn choose_notice_setting(&self, viewer: &Viewer, setting: &Setting) -> Result<(), StoreError> {
        let mail = setting.mail.as_deref().unwrap_or_default().trim();
        let sound = mail.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        let broken = mail.chars().any(|c| c.is_whitespace() || c.is_control()) || mail.len() > 254;
        if (setting.channels.contains(&Channel::Mail) || !mail.is_empty()) && (!sound || broken) {
            return Err(StoreError::refused(
                "要用邮件接收提醒，请填写有效的邮箱地址。",
                "To be told by mail, give a valid address.",
            ));
        }
        let text = serde_json::to_string(setting).unwrap_or_default();
        self.write(|tx| {
            let text = text.clone();
            async move {
                let values = vec![tx.zone_id().into(), viewer.name.as_str().into(), text.into()];
                let columns = &["zone", "account", "setting"];
                insert(tx.connection(), Batch { table: "notice_setting", columns, values, on_key: OnKey::Replace(2) })
                    .await
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_is_sent_in_quiet_hours_and_everything_after_them() {
        let time = |text: &str| text.parse::<Time>().unwrap();
        let quiet = Setting { quiet: Some((time("22:00"), time("07:30"))), ..Setting::default() };
        for (now, sent) in [
            ("2026-03-02T21:59:00+08:00", "2026-03-02T21:59:00+08:00"),
            ("2026-03-02T22:00:00+08:00", "2026-03-03T07:30:00+08:00"),
            ("2026-03-03T03:00:00+08:00", "2026-03-03T07:30:00+08:00"),
            ("2026-03-03T07:30:00+08:00", "2026-03-03T07:30:00+08:00"),
        ] {
            assert_eq!(quiet.send_at(at(now)), at(sent), "{now}");
        }
        let noon = Setting { quiet: Some((time("12:00"), time("14:00"))), ..Setting::default() };
        assert_eq!(noon.send_at(at("2026-03-02T13:00:00+08:00")), at("2026-03-02T14:00:00+08:00"));
        assert_eq!(noon.send_at(at("2026-03-02T15:00:00+08:00")), at("2026-03-02T15:00:00+08:00"));
    }

    #[test]
    fn a_digest_goes_out_at_its_time_of_the_day() {
        let digest = Setting { digest: Some("08:00".parse().unwrap()), ..Setting::default() };
        assert_eq!(digest.send_at(at("2026-03-02T07:00:00+08:00")), at("2026-03-02T08:00:00+08:00"));
        assert_eq!(digest.send_at(at("2026-03-02T09:00:00+08:00")), at("2026-03-03T08:00:00+08:00"));
        assert_eq!(Setting::default().send_at(at("2026-03-02T09:00:00+08:00")), at("2026-03-02T09:00:00+08:00"));
    }
}
