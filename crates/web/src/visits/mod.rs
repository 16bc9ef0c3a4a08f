//! Visits by a cadence (123工作法 and others): what each officer owes, what opens by itself, whom to see next.

pub mod figures;
pub mod opening;
pub mod page;
pub(crate) mod rhythm;
pub(crate) mod round;
pub mod settings;
