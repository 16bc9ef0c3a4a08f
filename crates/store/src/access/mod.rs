//! Who may see and do what.

mod scope;

pub use scope::{Scope, UnitId};
