//! The suite of the register: every test runs on SQLite and, where there is one, on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod acting;
mod backup;
mod cases;
mod cases_due;
mod cases_found;
mod cases_kept;
mod cases_taken_over;
mod cases_tallied;
mod cases_told;
mod common;
mod faults;
mod listing;
mod loading;
mod opening;
mod policies;
mod rebuilding;
mod verdicts;
mod verify;
mod visits;
mod work;
mod zone;
