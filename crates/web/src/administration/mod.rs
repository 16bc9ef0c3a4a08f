//! The work of the three administrators (三员): the system administrator sets up, the security
//! administrator grants, the auditor reads the log. None of them can do another's work, and none
//! sees the register.

pub mod account;
pub mod accounts;
pub mod grants;
pub mod jobs;
pub mod lock;
pub mod new_account;
pub mod posts;
pub mod sessions;
pub mod settings;
pub mod units;
pub mod webhooks;
