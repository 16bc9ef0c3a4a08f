//! One's own account: password, sessions, personal tokens, language and theme.

pub mod overview;
pub mod password;
pub mod preferences;
pub mod sessions;
pub mod tokens;
