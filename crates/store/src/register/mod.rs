//! The register: what was said, by which source, and what is shown of it.

mod act;
mod bulk;
mod check;
mod conflict;
mod correct;
mod deeds;
mod derive;
mod erase;
mod history;
mod hot;
mod identity;
mod keep;
mod ledger;
mod list;
mod load;
mod merge;
mod narrow;
mod normal;
mod one;
mod page;
mod placing;
mod row;
mod search;
mod shown;
mod source;
mod subject;
mod undo;
mod way;

pub(crate) use check::first_altered;
pub(crate) use ledger::HashedStatement;
pub(crate) use search::Caches;

pub use conflict::{ConflictCursor, ConflictFilter, ConflictPage, ConflictView, Decision};
pub use correct::{Change, ChangedBy};
pub use deeds::Deed;
pub use derive::State;
pub use identity::{Key, Resolution};
pub use list::{Column, Filter, ListPage, ListQuery, Sort};
pub use load::{LoadReceipt, NewLoad, NewStatement};
pub use normal::{code_key, name_key};
pub use one::LoadReach;
pub use row::{SubjectRow, TitleHeld};
pub use shown::{Cell, Mark};
pub use source::SourceInfo;
pub use subject::{ChildView, StatementView, SubjectView};
