//! The closed loops (闭环) of a zone: a problem of an enterprise, a visit, a daily report, a task, an
//! approval. Each is a typed state machine. A [`Kind`] says which states there are, whose turn it is in
//! each, how long it may last, which steps lead on, who may take them and what each needs.
//!
//! A [`Case`] is nothing but the fold of its events, which lie in a hash chain: the same events give the
//! same case, and an altered event is found. Two things cannot be done here whatever a page asks for: a
//! clock cannot be set back, since the time used in a state counts over every stay in it; and nobody
//! ends what he did himself where the kind asks for another person.
//!
//! This crate is pure: it reads no file, no network and no clock, and the same input gives the same bytes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod automatic;
pub mod cadence;
mod case;
mod catalogue;
pub mod closure;
pub mod colour;
mod diagram;
mod due;
pub mod duty;
mod event;
pub mod first_offence;
pub mod goals;
pub mod items;
mod kept;
mod kind;
mod kinds;
pub mod matching;
pub mod plan;
pub mod promise;
mod refusal;
pub mod routing;
mod words;

pub use automatic::{Automatic, Clocks};
pub use case::{About, Case, OPEN, Stay};
pub use catalogue::catalogue;
pub use colour::{Colour, colour, colour_until};
pub use diagram::{dot, listed};
pub use due::{Due, Standing, reached};
pub use event::{Actor, Event, Given, Sealed, Spot};
pub use kind::{Clock, Kind, Mark, Need, Party, Rung, State, Step, TRANSFER, Turn};
pub use kinds::{ALL, by_key};
pub use promise::{Promise, Speed};
pub use refusal::Refusal;
pub use words::words;
