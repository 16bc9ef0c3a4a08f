//! The check-up of an enterprise: what it can get, what it lacks, and the way there.

pub mod card;
pub(crate) mod found;
pub mod overview;
pub mod policy;
pub(crate) mod press;
pub mod replayed;
mod tree;
pub(crate) mod words;
