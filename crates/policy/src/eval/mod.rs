//! The explaining evaluator. It is the definition of what a policy means.

pub mod explain;
pub mod facts;
pub mod gap;
pub mod in_turn;
pub mod lever;
pub mod missing;
pub mod outcome;
pub mod reward;
pub(crate) mod step;
pub(crate) mod work;

pub use step::day_of;
