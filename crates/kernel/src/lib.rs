//! The words of the register: subjects, facts and where they come from.
//!
//! This crate is pure. It reads no file, no network and no clock; the same input
//! gives the same output for ever. Everything that touches the outside world lives
//! in `store`, `reports` and `web`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod calendar;
pub mod catalogue;
pub mod cell;
pub mod chain;
pub mod code_table;
pub mod credit_code;
pub mod fact;
pub mod format;
pub mod heading;
pub mod lang;
pub mod money;
pub mod name;
pub mod period;
pub mod source;
pub mod statement;
pub mod subject;
pub mod text;
pub mod value;
pub mod view;

pub use catalogue::{Catalogue, Field, FieldType, PeriodKind};
pub use fact::FactKey;
pub use lang::Lang;
pub use money::Money;
pub use period::Period;
pub use source::{Source, SourceId, SourceKind};
pub use statement::{Place, Statement};
pub use subject::{SubjectId, SubjectKind};
pub use value::Value;
pub use view::{Shown, Standing, View};
