//! A sheet comes in.
//!
//! The use case shared by the pages and the command line: [`read()`] understands the columns of a
//! sheet and types every cell or refuses it with a reason; [`identify_sheets`] finds out whom each
//! row speaks of; [`take_in_sheets`] goes the whole way and stores all of it, or nothing: one sheet
//! or several of a workbook ([`choose_sheets`]), of one kind of subject or of several. What a person decided on the way (columns,
//! repaired cells, rows left out) is a [`Plan`], kept with the draft so that the work can be left
//! and taken up again.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod choose;
mod contradict;
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

pub use choose::{KINDS, PassedOver, Wanted, choose_sheets};
pub use error::IntakeError;
pub use fault::{Fault, Faults};
pub use identify::Identified;
pub use load::{Incoming, Manner, Outcome, Taken, take_in};
pub use plan::{ColumnChoice, Plan};
pub use read::{ReadRow, ReadSheet, read};
pub use sheets::{Stage, identify_sheets, read_sheets, take_in_sheets};
