//! The courier: takes what waits, carries it, and writes down what became of it.

use std::time::Duration;

use jiff::Timestamp;
use kernel::Lang;
use store::cases::{Channel, Notice, Target, TargetKind, WEBHOOK};
use store::{Store, StoreError};
use uuid::Uuid;

use crate::message::{Message, Origin};
use crate::post::Post;
use crate::{Failure, MailServer, chat, signed};

/// How long the courier waits before it looks again.
const SLEEP: Duration = Duration::from_secs(15);
/// Notices taken at a time.
const AT_ONCE: u64 = 200;

/// What became of the notices of one round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Notices that arrived.
    pub delivered: usize,
    /// Notices that did not.
    pub failed: usize,
}

/// Carries notices away.
#[derive(Debug, Clone)]
pub struct Courier {
    store: Store,
    origin: Origin,
    mail: Option<MailServer>,
    post: Post,
}

/// Carries notices away until the task is ended.
pub async fn run(courier: Courier) {
    loop {
        match courier.round(Timestamp::now()).await {
            Ok(Round { delivered: 0, failed: 0 }) => tokio::time::sleep(SLEEP).await,
            Ok(Round { delivered, failed }) => tracing::info!(delivered, failed, "notices were carried away"),
            Err(error) => {
                tracing::warn!(%error, "no notice could be taken; trying again");
                tokio::time::sleep(SLEEP).await;
            }
        }
    }
}

impl Courier {
    /// A courier. Without a mail server mail waits until there is one.
    pub fn new(store: Store, origin: Option<String>, mail: Option<MailServer>) -> Self {
        Self { store, origin: Origin(origin), mail, post: Post::new() }
    }

    /// Carries away what waits, each receiver's notices together; what was sent before and may not have arrived
    /// goes as it went then, by itself.
    ///
    /// # Errors
    /// What the store reports; what was sent by then and not written down is uncertain (see [`crate`]).
    pub async fn round(&self, now: Timestamp) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let taken = self.store.claim_notices(WEBHOOK, AT_ONCE).await?;
        if !taken.is_empty() {
            let targets = self.store.webhook_targets().await?;
            for (whom, deliveries) in by_receiver(taken) {
                let target = targets.iter().find(|target| target.active && target.id.to_string() == whom);
                let Some(target) = target else {
                    let ids: Vec<Uuid> = deliveries.iter().flatten().map(|notice| notice.id).collect();
                    self.store.notices_put_back(&ids).await?;
                    continue;
                };
                let mut away = None;
                for notices in deliveries {
                    let sent = match away.take() {
                        None => self.to_target(target, &notices, now).await,
                        // Who does not answer now is not asked again at once.
                        Some(failure) => Sent::not(failure),
                    };
                    away = sent.failure.clone();
                    self.write_down(&notices, sent, &mut round).await?;
                }
            }
        }
        if let Some(server) = &self.mail {
            for (whom, deliveries) in by_receiver(self.store.claim_notices(Channel::Mail.key(), AT_ONCE).await?) {
                for notices in deliveries {
                    let sent = self.to_person(server, &whom, &notices).await?;
                    self.write_down(&notices, sent, &mut round).await?;
                }
            }
        }
        Ok(round)
    }

    fn messages(&self, notices: &[Notice]) -> Vec<Message> {
        notices.iter().map(|notice| Message::of(notice, &self.origin)).collect()
    }

    async fn write_down(&self, notices: &[Notice], sent: Sent, round: &mut Round) -> Result<(), StoreError> {
        let (arrived, rest) = notices.split_at(sent.arrived.min(notices.len()));
        let ids: Vec<Uuid> = arrived.iter().map(|notice| notice.id).collect();
        self.store.notices_sent(&ids).await?;
        round.delivered += ids.len();
        let Some(failure) = sent.failure else { return Ok(()) };
        tracing::warn!(%failure, notices = rest.len(), "notices did not arrive");
        for notice in rest {
            // A mailbox that is not there stays away; a webhook that is set wrongly may be set right.
            match failure.is_for_good() && notice.channel != WEBHOOK {
                true => self.store.notice_bounced(notice.id, &failure.to_string()).await?,
                false => drop(self.store.notice_failed(notice.id, &failure.to_string()).await?),
            }
        }
        round.failed += rest.len();
        Ok(())
    }

    async fn to_target(&self, target: &Target, notices: &[Notice], now: Timestamp) -> Sent {
        let (Some(number), messages) = (number(notices), &self.messages(notices)) else { return Sent::default() };
        if target.kind == TargetKind::Signed {
            let letter = signed::letter(&target.url, &target.secret, number, messages, now);
            return Sent::all_or_none(messages.len(), self.post.send(letter).await.map(drop));
        }
        let mut sent = Sent::default();
        for (letter, told) in chat::letters(target.kind, &target.url, &target.secret, messages, now) {
            match self.post.send(letter).await.and_then(|answer| chat::answered(&answer)) {
                Ok(()) => sent.arrived += told,
                Err(failure) => return Sent { failure: Some(failure), ..sent },
            }
        }
        sent
    }

    async fn to_person(&self, server: &MailServer, name: &str, notices: &[Notice]) -> Result<Sent, StoreError> {
        let (Some(number), messages) = (number(notices), &self.messages(notices)) else { return Ok(Sent::default()) };
        let address = self.store.notice_setting(name).await?.mail;
        let Some(address) = address.filter(|address| !address.trim().is_empty()) else {
            return Ok(Sent::not(Failure::NoWay("没有邮箱地址 / no mail address".into())));
        };
        let lang = self.store.account_by_name(name).await?.map_or(Lang::Zh, |account| account.lang);
        Ok(Sent::all_or_none(messages.len(), server.send(&address, lang, number, messages).await))
    }
}

/// What became of one receiver's notices: so many arrived, and what stopped those after them.
#[derive(Default)]
struct Sent {
    arrived: usize,
    failure: Option<Failure>,
}

impl Sent {
    fn not(failure: Failure) -> Self {
        Self { arrived: 0, failure: Some(failure) }
    }

    fn all_or_none(all: usize, outcome: Result<(), Failure>) -> Self {
        match outcome {
            Ok(()) => Self { arrived: all, failure: None },
            Err(failure) => Self::not(failure),
        }
    }
}

/// The number of a delivery, by which a receiver knows a repetition: the id of its first notice.
fn number(notices: &[Notice]) -> Option<Uuid> {
    notices.first().map(|first| first.delivery.unwrap_or(first.id))
}

/// The notices of each receiver by delivery, receivers and deliveries in the order in which they were taken.
fn by_receiver(notices: Vec<Notice>) -> Vec<(String, Vec<Vec<Notice>>)> {
    let mut groups: Vec<(String, Vec<Vec<Notice>>)> = Vec::new();
    for notice in notices {
        let at = groups.iter().position(|(whom, _)| *whom == notice.whom).unwrap_or(groups.len());
        if at == groups.len() {
            groups.push((notice.whom.clone(), Vec::new()));
        }
        let deliveries = &mut groups[at].1;
        let same =
            |delivery: &&mut Vec<Notice>| delivery.first().is_some_and(|first| first.delivery == notice.delivery);
        match deliveries.iter_mut().find(same) {
            Some(delivery) => delivery.push(notice),
            None => deliveries.push(vec![notice]),
        }
    }
    groups
}
