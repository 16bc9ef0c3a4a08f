//! The suite of the register: every test runs on SQLite and, where there is one, on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod loading;
mod opening;
mod zone;
