//! The zone's own policies (政策工作台): the place and the settings it chose, drafts, texts it published, the
//! exact texts that verdicts used, and how many enterprises stand where.

mod choice;
mod draft;
mod effect;
mod published;
mod used;

pub use choice::{Choice, PLACE};
pub use draft::{PolicyDraft, PolicyDraftState};
pub use effect::Stand;
pub use published::{NewPublication, Published};
pub use used::KeptText;
