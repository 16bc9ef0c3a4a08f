//! What surrounds every handler: who asks, in which language, as of which day; what is refused
//! before a handler runs; how an answer is dressed.

pub mod cookie;
pub mod day;
pub mod gate;
pub mod headers;
pub mod language;
pub mod menu;
pub mod notice;
pub mod origin;
pub mod page;
pub mod path;
pub mod surround;
pub mod token;
