//! The check-up of an enterprise: what it can get, what it lacks, and the way there.

pub mod card;
pub(crate) mod found;
pub mod overview;
pub mod policy;
mod tree;
mod words;
