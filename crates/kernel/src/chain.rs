//! The hash chain that makes an altered row show.
//!
//! Statements and events share one discipline. Each row's hash covers the row before it,
//! the row's own columns and a hash of its values. The values themselves lie beside the
//! chain, salted: when the law asks that a person's data be erased, values and salt are
//! removed, a marked stub stays, and the chain still verifies.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The hash before the first row.
pub const GENESIS: Hash = [0; 32];

/// The hash of a row's values, salted so that a short value cannot be guessed from it.
pub fn values_hash(salt: &[u8], values: &[u8]) -> Hash {
    digest(&[salt, values])
}

/// The hash of a row: the one before it, its place in the chain, its columns, its values' hash.
/// Every part is preceded by its length, so no two different rows give the same bytes.
pub fn row_hash(previous: &Hash, seq: i64, columns: &[&[u8]], values_hash: &Hash) -> Hash {
    let seq = seq.to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![previous, &seq];
    parts.extend_from_slice(columns);
    parts.push(values_hash);
    digest(&parts)
}

fn digest(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_boundary_between_columns_changes_the_hash() {
        let values = values_hash(b"salt", b"{}");
        assert_ne!(row_hash(&GENESIS, 1, &[b"ab", b"c"], &values), row_hash(&GENESIS, 1, &[b"a", b"bc"], &values));
    }
}
