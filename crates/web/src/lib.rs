//! The pages and the API: the only crate that knows HTTP.
//!
//! [`router()`] lists every address with what a person must be allowed to do to reach it. The frame
//! around the handlers finds out who asks, in which language and as of which day, refuses forged
//! forms, and turns every error into a page in the reader's words. A handler then does one thing:
//! ask `store` within the viewer's rows, and show the answer.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod account;
pub mod administration;
pub mod api;
pub mod app;
pub mod assets;
pub mod audit;
pub mod cases;
pub mod checkup;
pub mod cultivation;
pub mod error;
pub mod frame;
pub mod home;
pub mod importing;
pub mod jobs;
mod kept;
pub mod notices;
pub mod policies;
pub mod register;
pub mod resources;
pub mod router;
pub mod saved_views;
pub mod serve;
pub mod sign_in;
pub mod today;
pub mod ui;
pub mod upload;
pub mod visits;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use app::{App, Settings};
pub use error::WebError;
pub use frame::page::Page;
pub use router::router;
pub use serve::serve;
