//! The register in a database: SQLite by default, PostgreSQL by address, one code base.
//!
//! What was said is never changed: statements and events are only ever appended, each chained to
//! the one before by its hash. Everything else (current views, hot columns, the queue of conflicts)
//! is derived from them in the same transaction and can be rebuilt.
//!
//! Writes go through [`Store::write`], which retries what a busy or restarted database refuses;
//! reads use a pool of their own and never wait for a write.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod access;
pub mod audit;
pub mod backup;
pub mod cases;
mod clock;
mod connect;
pub mod draft;
mod error;
mod event;
pub mod files;
pub mod job;
pub mod ladder;
mod location;
pub mod policies;
mod register;
pub mod saved_view;
pub mod schema;
mod store;
#[cfg(any(test, feature = "testing"))]
#[allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot begin stops loudly")]
pub mod testing;
pub mod verdict;
pub mod verify;
mod write;
mod zone;

pub use clock::Clock;
pub use error::{Refusal, StoreError};
pub use event::Event;
pub use location::{Location, LocationError};
pub use register::*;
pub use store::Store;
pub use write::Tx;
pub use zone::Zone;
