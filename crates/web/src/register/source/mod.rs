//! The source of a number: who said it, where, what stands around it, and what others say.

mod excerpt;
mod page;

pub use excerpt::{Excerpt, may_read_files};
pub use page::show;
