//! What happened in a case, one event after the other, in a hash chain.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::chain::{Hash, row_hash, values_hash};
use serde::{Deserialize, Serialize};

use crate::kind::Party;

/// Who acts, and in which part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub person: String,
    /// The part in the case.
    pub party: Party,
}

/// What comes with a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Given {
    /// Words: an answer, an opinion, a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Files by their hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<String>,
    /// The unit in charge from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units that assist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assisting: Vec<String>,
    /// The rating, from 1 非常不满意 to 5 非常满意.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// A day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whether it is signed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
}

/// An event on its way into a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number in the case, from 1: the one its maker saw as next.
    pub seq: u32,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// The step's key; `open` for the first.
    pub step: String,
    /// What came with it.
    pub given: Given,
}

/// An event with its place in the chain, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The event.
    pub event: Event,
    /// What hides short words from guessing when only the hashes are seen.
    pub salt: [u8; 16],
    /// The hash of this event and all before it.
    pub hash: Hash,
}

impl Event {
    /// Puts the event behind those whose last hash is given.
    pub fn seal(self, previous: &Hash, salt: [u8; 16]) -> Sealed {
        let hash = self.hash(previous, &salt);
        Sealed { event: self, salt, hash }
    }

    fn hash(&self, previous: &Hash, salt: &[u8]) -> Hash {
        // Words, numbers and days only: nothing here that cannot be written as JSON.
        let given = serde_json::to_vec(&self.given).unwrap_or_default();
        let at = self.at.as_microsecond().to_be_bytes();
        let party = serde_json::to_vec(&self.by.party).unwrap_or_default();
        let columns: [&[u8]; 4] = [&at, self.by.person.as_bytes(), &party, self.step.as_bytes()];
        row_hash(previous, i64::from(self.seq), &columns, &values_hash(salt, &given))
    }
}

impl Sealed {
    /// Whether the event is what was sealed behind that hash.
    pub fn follows(&self, previous: &Hash) -> bool {
        self.event.hash(previous, &self.salt) == self.hash
    }
}
