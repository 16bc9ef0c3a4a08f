//! Who may see and do what: units, accounts, roles with their rows, sessions and tokens.
//!
//! Three administrators (三员) check one another: the system administrator creates accounts
//! without powers, the security administrator grants powers but never to itself, the auditor
//! reads what both did. None of them sees the register.

mod account;
mod can;
mod grant;
mod role;
mod rule;
mod scope;
mod secret;
mod session;
mod sign_in;
mod token;
mod unit;
mod viewer;

pub use account::{Account, AccountState, NewAccount};
pub use can::Action;
pub use grant::Grant;
pub use role::Role;
pub use scope::{Scope, UnitId};
pub use session::{IDLE, LONGEST, Session};
pub use sign_in::{Attempt, FAILURES, FAILURES_BY_ADDRESS, LOCKED_FOR, SignIn};
pub use token::{LONGEST_DAYS, Reach, Token};
pub use unit::{Unit, UnitKind, UnitTree};
pub use viewer::{Hand, Viewer};

pub(crate) use account::select as select_accounts;
pub(crate) use grant::Powers;
pub(crate) use rule::{Rule, Thing, named};
pub(crate) use unit::{KeptUnits, tree};
#[cfg(test)]
pub(crate) use viewer::Person;
