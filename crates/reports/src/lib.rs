//! Sheets in and out: reading what was uploaded cell by cell, and writing workbooks, csv files and cards in PDF.
//!
//! The only crate that knows workbook formats and the typesetter. It knows no store and no web.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod card;
pub mod cellview;
pub mod sheet;
pub mod workbook;
