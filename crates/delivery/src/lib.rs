//! What people are to be told, brought to them.
//!
//! The store lays a notice down in the transaction of what it tells of, once for each person and channel.
//! Here it is carried away: as mail, to the robot of a work chat (企业微信, 钉钉, 飞书), or as a signed
//! request to another system. What cannot be delivered is tried again, later and later; what can never
//! be is said to whom it concerns.
//!
//! A process that is killed after sending and before writing that down leaves notices of which nobody knows whether
//! they arrived. Another system and a mailbox are sent the same delivery again: the same notices under the same
//! number (`webhook-id`, `Message-ID`), by which a repetition is known; what came up meanwhile goes separately. The
//! robot of a work chat knows no repetition: it is told nothing again, and the page of deliveries says so to a
//! person, who looks there and settles it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod chat;
mod courier;
mod failure;
mod mail;
mod message;
mod post;
mod signed;

pub use courier::{Courier, Round, run};
pub use failure::Failure;
pub use mail::MailServer;
pub use message::{Message, Origin};
