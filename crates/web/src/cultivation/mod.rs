//! Growing enterprises step by step (梯次培育): who qualifies for what, who holds it, who is about
//! to climb or to lose.

pub mod batch;
pub mod doubling;
pub mod duties;
pub(crate) mod known;
pub mod page;
pub mod radar;
pub mod replay;
pub mod steps;
