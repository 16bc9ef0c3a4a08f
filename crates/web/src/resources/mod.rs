//! 1+6+N: one officer, six kinds of resource, many firms: the directory, and from a need to what may answer it.

pub mod export;
pub(crate) mod find;
pub mod page;
