//! The command line as scripts and people use it: the built binary, its answers and exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod checkup;
mod desk;
mod edges;
mod imports;
mod keeping;
mod loops;
#[path = "../../../reports/tests/made/mod.rs"]
mod made;
mod refusals;
mod returning;
mod rules;
mod serving;
mod sheets;
mod verbs;
mod whatif;
