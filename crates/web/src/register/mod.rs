//! The register's pages: lists, subjects, sources of numbers, corrections, conflicts, loads,
//! duplicates and the search.

pub mod amount;
pub mod conflicts;
pub mod duplicates;
pub mod edit;
pub mod figures;
pub mod kinds;
pub mod ladder;
pub mod list;
pub mod loads;
pub mod search;
pub mod source;
pub mod subject;
pub mod words;
