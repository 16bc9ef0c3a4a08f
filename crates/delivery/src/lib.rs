//! What people are to be told, brought to them.
//!
//! The store lays a notice down in the transaction of what it tells of, once for each person and channel.
//! Here it is carried away: as mail, to the robot of a work chat (企业微信, 钉钉, 飞书), or as a signed
//! request to another system. What cannot be delivered is tried again, later and later; what can never
//! be is said to whom it concerns.
//!
//! A process that is killed after sending and before writing that down sends again. So every delivery bears
//! the number of its first notice (`webhook-id`, `Message-ID`), by which a receiver knows a repetition.

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
