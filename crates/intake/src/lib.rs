//! A sheet comes in.
//!
//! The use case shared by the pages and the command line: [`read()`] understands the columns of a
//! sheet and types every cell or refuses it with a reason; [`identify()`] finds out whom each row
//! speaks of; [`load()`] stores all of it, or nothing. What a person decided on the way (columns,
//! repaired cells, rows left out) is a [`Plan`], kept with the draft so that the work can be left
//! and taken up again.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod doubles;
mod error;
mod fault;
pub mod firms;
mod head;
mod identify;
mod load;
pub mod own;
mod plan;
mod read;
mod sheets;
#[cfg(test)]
mod tests;

pub use error::IntakeError;
pub use fault::{Fault, Faults};
pub use identify::{Identified, identify};
pub use load::{Incoming, Manner, Outcome, load, take_in};
pub use plan::{ColumnChoice, Plan};
pub use read::{ReadRow, ReadSheet, read};
pub use sheets::{PassedOver, Stage, sheets_of_kind, take_in_sheets};
