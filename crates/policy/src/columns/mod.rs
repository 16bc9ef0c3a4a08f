//! The column evaluator: one policy over many subjects, column by column.
//!
//! It answers as the explaining evaluator does, row for row, with missing data, on every edge. What a
//! policy asks is turned into a short list of acts on blocks of rows: whole numbers and bits, quotients
//! compared by multiplying crosswise. A step that has no such form, and a row whose figures are too
//! large for it, go to the explaining evaluator itself, so that there is one meaning only.

mod bands;
mod bits;
mod compare;
mod compile;
mod doubt;
mod instr;
mod lend;
mod look;
mod machine;
mod prune;
mod quotient;
mod run;
mod table;
mod truths;
mod verdicts;

pub use bits::Bits;
pub use table::{Column, Kind, RecordColumns, Table};
pub use verdicts::Verdicts;
