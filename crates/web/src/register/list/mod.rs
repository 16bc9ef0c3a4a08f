//! Lists of subjects: filtered, sorted, with the columns a reader chose, and exported as shown.

pub mod ask;
mod cells;
mod export;
mod forms;
mod page;
pub mod past;
pub mod query;
mod spread;
mod verdict;
mod views;
pub(crate) mod written;

pub use export::export;
pub use page::show;
pub use verdict::ONE;
pub use views::{change as change_view, keep as keep_view};
