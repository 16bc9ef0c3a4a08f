//! One's own account: password, sessions, personal tokens, language and theme, how one is told.

pub mod notices;
pub mod overview;
pub mod password;
pub mod preferences;
pub mod sessions;
pub mod tokens;
