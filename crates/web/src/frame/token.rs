//! The token that a form carries to prove it came from a page of ours.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The field of a form that carries the token.
pub const FIELD: &str = "_csrf";
/// The header of a request by script that carries it.
pub const HEADER: &str = "x-csrf-token";

/// The token of whoever holds this cookie. It follows from the cookie, so nothing is stored, and
/// a new session has a new token.
pub fn of(cookie: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"xianshou form token\0");
    hasher.update(cookie.as_bytes());
    hex::encode(hasher.finalize())
}

/// Whether a token is the expected one, in a time that does not tell how far they agree.
pub fn is_same(found: &str, expected: &str) -> bool {
    !expected.is_empty() && bool::from(found.as_bytes().ct_eq(expected.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_one_cookie_only() {
        assert!(is_same(&of("one"), &of("one")));
        assert!(!is_same(&of("one"), &of("two")));
        assert!(!is_same("", ""));
    }
}
