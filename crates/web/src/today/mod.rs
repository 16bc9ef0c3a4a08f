//! `/today`: what is due for the person who looks, as the first page after signing in.

mod desk;
mod page;
mod section;

pub use page::show;
