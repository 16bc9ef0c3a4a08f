//! Secrets that are handed out once and kept only as a hash.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A fresh secret: the text to hand out and the hash to keep. The text carries 244 random bits
/// from the operating system and is never stored.
pub(crate) fn fresh(prefix: &str) -> (String, Vec<u8>) {
    let text = format!("{prefix}{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let hash = hash(&text);
    (text, hash)
}

/// The hash under which a secret is kept. A random secret of this length needs no salt and no
/// slow hash: it cannot be guessed.
pub(crate) fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_secrets_differ_and_each_is_found_by_its_hash() {
        let (one, one_hash) = fresh("xs_");
        let (two, two_hash) = fresh("xs_");
        assert_ne!(one, two);
        assert_ne!(one_hash, two_hash);
        assert_eq!(hash(&one), one_hash);
        assert_eq!(one.len(), 3 + 64);
    }
}
