//! Backup and restore: one file for a whole zone, the same for both kinds of database.
//!
//! The file is lines of JSON, compressed: a heading, each table's rows in the order of its key,
//! and a seal. It is made from one snapshot while others write, holds the uploaded files too,
//! and is restored only into an empty database, where the chains are verified before the rows
//! become visible.

mod cell;
mod dump;
mod fault;
mod file;
mod layout;
mod restore;

pub use dump::Manifest;
pub use file::{Head, Heading, Seal};

pub(crate) use fault::Fault;
