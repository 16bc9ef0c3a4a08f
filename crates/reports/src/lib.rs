//! Sheets in and out: reading what was uploaded cell by cell, and writing workbooks and csv files.
//!
//! The only crate that knows workbook formats. It knows no store and no web.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod cellview;
pub mod sheet;
pub mod workbook;
