//! The policy desk (政策工作台): the zone's library with what is chosen, drafted and published there, and
//! what a text does to the register.

pub mod draft;
pub(crate) mod effect;
pub(crate) mod examined;
pub mod job;
pub mod overview;
pub(crate) mod population;
pub mod publish;
pub mod rehearsal;
pub mod settings;
pub(crate) mod shelf;
pub(crate) mod stands;
pub mod version;
pub(crate) mod words;
