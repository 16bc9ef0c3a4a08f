//! The register: what was said, by which source, and what is shown of it.

mod bulk;
mod check;
mod derive;
mod history;
mod hot;
mod identity;
mod keep;
mod ledger;
mod load;
mod normal;
mod row;
mod shown;
mod source;
mod subject;

pub(crate) use check::first_altered;
pub use derive::State;
pub use identity::{Key, Resolution};
pub(crate) use ledger::HashedStatement;
pub use load::{LoadReceipt, NewLoad, NewStatement};
pub use normal::{code_key, name_key};
pub use row::{SubjectRow, TitleHeld};
pub use shown::{Cell, Mark};
pub use source::SourceInfo;
pub use subject::{ChildView, StatementView, SubjectView};
