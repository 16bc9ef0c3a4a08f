//! What happened in a case, one event after the other, in a hash chain.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::chain::{Hash, row_hash, values_hash};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::kind::Party;
use crate::plan::Plan;
use crate::promise::Promise;

/// Who acts, and in which part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub person: String,
    /// The part in the case.
    pub party: Party,
}

/// Where and when something was recorded, as the device said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Latitude in millionths of a degree, north of the equator positive.
    pub latitude: i32,
    /// Longitude in millionths of a degree, east of Greenwich positive.
    pub longitude: i32,
    /// When the device recorded it, which may be long before it reached the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What comes with a step.
///
/// Two parts are kept apart where it is stored. The *terms* are what the case turns on: units, days,
/// ratings, files by their hash. The *words* are what was written: they may name persons, and can be
/// erased by law without the chain losing its hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Given {
    /// Words: an answer, an opinion, a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Files by their hash. A term.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<String>,
    /// The unit in charge from now on. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units that assist. A term.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assisting: Vec<String>,
    /// The rating, from 1 非常不满意 to 5 非常满意. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// A day. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whether it is signed. A term.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// Words: the name of the case, with its first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is about, by the key of a topic, with the first event or put right later. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Words: where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The subject it is about, by its id, with the first event. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The case it came out of, by its id, with the first event. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// What it was opened for once and never twice, such as a firm's visit of a quarter. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<String>,
    /// The number for people that the case was opened under, with the first event. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The moment by which the first turn is to be done, with the first event: it takes the place of that
    /// turn's own clock. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// What is to be done in which month, with the first event or with another day. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// How much of the plan was done since the last report, in the measure of the plan. A term.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::plan::some_text")]
    pub amount: Option<Decimal>,
    /// What the zone promises for what is applied for, with the first event. A term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Words: the person of the unit who answers for it, with the first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Words: the values of a form by the keys of its fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, String>,
    /// Words: where and when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
}

/// The terms as they are hashed and stored. A new field goes to the end and is left out where it is
/// empty, so that what was hashed before keeps its hash.
#[derive(Serialize)]
struct Terms<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    proofs: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    assisting: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    signed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occasion: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Plan>,
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::plan::some_text")]
    amount: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promise: Option<Promise>,
}

/// The words as they are hashed and stored; the same rule for new fields.
#[derive(Serialize)]
struct Words<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    form: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spot: Option<Spot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
}

impl Given {
    /// The terms, as JSON.
    pub fn terms(&self) -> String {
        let terms = Terms {
            proofs: &self.proofs,
            unit: self.unit.as_deref(),
            assisting: &self.assisting,
            rating: self.rating,
            until: self.until,
            signed: self.signed,
            topic: self.topic.as_deref(),
            subject: self.subject.as_deref(),
            parent: self.parent.as_deref(),
            occasion: self.occasion.as_deref(),
            number: self.number.as_deref(),
            due_at: self.due_at,
            plan: self.plan.as_ref(),
            amount: self.amount,
            promise: self.promise,
        };
        // Words, numbers and days only: nothing here that cannot be written as JSON.
        serde_json::to_string(&terms).unwrap_or_default()
    }

    /// The words, as JSON.
    pub fn words(&self) -> String {
        let words = Words {
            text: self.text.as_deref(),
            title: self.title.as_deref(),
            place: self.place.as_deref(),
            form: &self.form,
            spot: self.spot,
            person: self.person.as_deref(),
        };
        serde_json::to_string(&words).unwrap_or_default()
    }

    /// What was stored as terms and words; `None` for words that were erased.
    ///
    /// # Errors
    /// Where either is not what [`Given::terms`] and [`Given::words`] write.
    pub fn read(terms: &str, words: Option<&str>) -> Result<Self, serde_json::Error> {
        let mut given: Self = serde_json::from_str(terms)?;
        if let Some(words) = words {
            let Self { text, title, place, form, spot, person, .. } = serde_json::from_str(words)?;
            given = Self { text, title, place, form, spot, person, ..given };
        }
        Ok(given)
    }
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
    /// What hides short words from guessing when only the hashes are seen; erased with the words.
    pub salt: [u8; 16],
    /// The hash of the words where they were erased by law, which then stands in their place.
    pub erased: Option<Hash>,
    /// The hash of this event and all before it.
    pub hash: Hash,
}

impl Event {
    /// Puts the event behind those whose last hash is given.
    pub fn seal(self, previous: &Hash, salt: [u8; 16]) -> Sealed {
        let hash = self.hash(previous, &values_hash(&salt, self.given.words().as_bytes()));
        Sealed { event: self, salt, erased: None, hash }
    }

    fn hash(&self, previous: &Hash, words: &Hash) -> Hash {
        let at = self.at.as_microsecond().to_be_bytes();
        let columns: [&[u8]; 5] =
            [&at, self.by.person.as_bytes(), self.by.party.key().as_bytes(), self.step.as_bytes(), words];
        row_hash(previous, i64::from(self.seq), &columns, &values_hash(&[], self.given.terms().as_bytes()))
    }
}

impl Sealed {
    /// Whether the event is what was sealed behind that hash.
    pub fn follows(&self, previous: &Hash) -> bool {
        self.event.hash(previous, &self.words_hash()) == self.hash
    }

    /// The hash of its words, which holds their place once they are erased.
    pub fn words_hash(&self) -> Hash {
        self.erased.unwrap_or_else(|| values_hash(&self.salt, self.event.given.words().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Sealed {
        let given = Given {
            text: Some("停电".into()),
            title: Some("供电".into()),
            unit: Some("经发局".into()),
            form: BTreeMap::from([("load_kw".into(), "800".into())]),
            spot: Some(Spot { latitude: 34_812_345, longitude: 113_554_321, at: None }),
            occasion: Some("a".into()),
            ..Given::default()
        };
        let by = Actor { person: "li".into(), party: Party::Officer };
        let at = Timestamp::from_second(1_770_000_000).unwrap();
        Event { seq: 1, at, by, step: "open".into(), given }.seal(&[0; 32], [7; 16])
    }

    #[test]
    fn what_was_hashed_once_keeps_its_hash() {
        let sealed = sealed();
        assert_eq!(sealed.event.given.terms(), r#"{"unit":"经发局","occasion":"a"}"#);
        let words = r#"{"text":"停电","title":"供电","form":{"load_kw":"800"},"spot":{"latitude":34812345,"longitude":113554321}}"#;
        assert_eq!(sealed.event.given.words(), words);
        assert_eq!(hex::encode(sealed.hash), "8aadb73e2c6c3a80769c7654a3eacb78c90173f988ba755714f5b0bc74c24bf3");
    }

    #[test]
    fn terms_and_words_are_read_as_they_were_written() {
        let given = sealed().event.given;
        assert_eq!(Given::read(&given.terms(), Some(&given.words())).unwrap(), given);
        let stub = Given::read(&given.terms(), None).unwrap();
        assert_eq!((stub.unit, stub.text, stub.title), (given.unit, None, None));
    }

    #[test]
    fn erased_words_leave_a_stub_that_still_fits_and_cannot_be_swapped() {
        let sealed = sealed();
        let given = Given::read(&sealed.event.given.terms(), None).unwrap();
        let mut stub = Sealed { erased: Some(sealed.words_hash()), salt: [0; 16], ..sealed.clone() };
        stub.event.given = given;
        assert!(stub.follows(&[0; 32]));
        stub.erased = Some([1; 32]);
        assert!(!stub.follows(&[0; 32]));
        assert!(!Sealed { salt: [8; 16], ..sealed }.follows(&[0; 32]));
    }
}
