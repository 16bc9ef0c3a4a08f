//! The audit log as the auditor reads it: who did what and when, in words.

pub mod export;
pub mod log;
pub mod verify;
pub mod words;
