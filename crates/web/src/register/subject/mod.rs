//! The page of one subject: who it is, what it holds, its figures, records, history and sources.

mod facts;
mod head;
mod history;
mod page;
mod records;

pub(crate) use page::record_look;
pub use page::{address, disputed_words, show, source_address};
pub use records::is_number;
