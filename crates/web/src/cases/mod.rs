//! Cases of the closed loops: their lists, boards, calendars and pages, one set for every kind.
//!
//! What may happen next and who may do it is said by `loops` and held by `store`; here it is shown, and
//! what a person types is handed on. What only one kind has lies in [`special`].

pub mod act;
pub mod ask;
pub mod begin;
pub mod board;
pub mod calendar;
pub mod clock;
pub mod colour;
pub mod colours;
pub mod decided;
pub mod duties;
pub mod export;
pub mod feed;
pub mod figures;
pub mod files;
mod forms;
pub mod happened;
pub mod ics;
pub mod line;
pub mod list;
pub mod minding;
pub mod month;
pub mod page;
pub mod query;
pub mod special;
pub mod step_form;
pub mod tabs;
pub mod tasks;
pub mod topics;
pub mod typed;
pub mod views;
pub mod words;
