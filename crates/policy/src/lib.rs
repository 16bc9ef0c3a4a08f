//! The policy language: a regulation written once, in its own words.
//!
//! From one text follow the verdict on one enterprise with its reasons, the gap and the way to close
//! it, the verdict on many enterprises, the cost of a reward and the difference between two versions.
//! This crate is pure: it reads no file, no network and no clock.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod answer;
pub mod cases;
pub mod check;
pub mod columns;
pub mod diff;
pub mod eval;
pub mod exact;
pub mod format;
pub mod ir;
pub mod knobs;
pub mod layout;
pub mod library;
pub mod parse;
pub mod problem;
pub mod simulate;
pub mod token;
pub mod tree;

pub use check::{Checked, Settings, check};
pub use columns::{Table, Verdicts};
pub use eval::facts::{FactSheet, Facts, Known, Nothing};
pub use eval::in_turn::InTurn;
pub use eval::outcome::{Answer, Outcome, Ready};
pub use ir::Policy;
pub use library::Library;
pub use problem::{Problem, Severity};
