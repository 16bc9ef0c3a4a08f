//! The check-up (体检): one enterprise held against every policy in force on a day.
//!
//! The enterprise comes from the register or from a spreadsheet; both fill [`Enterprise`], where each
//! fact carries the way to its source. A [`Desk`] is the library made ready for one day, and gives a
//! [`CheckUp`] for each policy. This crate is pure: it reads no file, no network and no clock, and the
//! same input gives the same bytes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod brief;
mod card;
mod checkup;
mod desk;
mod drift;
mod enterprise;
mod figure;
mod gap;
mod line;
mod missing;
mod phrase;
mod plan;
mod reason;
pub mod rehearsal;
mod reward;
mod series;
mod window;

pub use brief::Brief;
pub use card::{Bearer, Card, Item, Named, Noted};
pub use checkup::{CheckUp, Condition, Nearness};
pub use desk::{Desk, NotInForce};
pub use drift::{Drift, Radar};
pub use enterprise::{Enterprise, Fact, Record};
pub use figure::Figure;
pub use gap::Gap;
pub use missing::Missing;
pub use plan::{Move, Plan};
pub use reason::{Reason, Used, UsedRecord, Worth};
pub use rehearsal::{Rehearsal, Stage};
pub use reward::Reward;
pub use series::Series;
pub use window::Window;
