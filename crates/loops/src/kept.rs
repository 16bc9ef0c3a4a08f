//! How a folded case is kept beside its events, so that a list of a hundred thousand need not be folded
//! anew: as JSON, in which kinds and states stand by their keys.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::case::{Case, Stay};
use crate::kind::Kind;
use crate::kinds::{ALL, by_key};

impl Case {
    /// The case as text, from which [`Case::from_kept`] makes it again.
    pub fn kept(&self) -> String {
        // Words, numbers and moments only: nothing here that cannot be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A case that was kept as text. `None` for a text that this release did not write; the case is then
    /// to be made from its events.
    pub fn from_kept(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|case: &Self| !case.stays.is_empty())
    }
}

/// A kind by its key.
pub(crate) mod kind {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(kind: &&'static Kind, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(kind.key)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Kind, D::Error> {
        let key: Cow<'de, str> = Deserialize::deserialize(from)?;
        by_key(&key).ok_or_else(|| D::Error::custom("no such kind"))
    }
}

/// A hash in hexadecimal.
pub(crate) mod hash {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(hash: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(hash))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
        let text: Cow<'de, str> = Deserialize::deserialize(from)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut hash).map_err(D::Error::custom)?;
        Ok(hash)
    }
}

/// A stay as it is written: state with its kind, when it began and ended in microseconds, how often the
/// case was opened again, the unit in charge.
type Written<'a> = (Cow<'a, str>, i64, Option<i64>, u32, Option<Cow<'a, str>>);

impl Serialize for Stay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Kinds that share a state to the letter may stand for each other.
        let kind = ALL.iter().find(|kind| kind.states.contains(self.state)).map_or("", |kind| kind.key);
        let state = format!("{kind}.{}", self.state.key);
        let ended = self.to.map(Timestamp::as_microsecond);
        let unit = self.unit.as_deref().map(Cow::from);
        let written: Written<'_> = (state.into(), self.from.as_microsecond(), ended, self.opening, unit);
        written.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Stay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (state, began, ended, opening, unit): Written<'de> = Deserialize::deserialize(from)?;
        let known = state.split_once('.').and_then(|(kind, key)| by_key(kind)?.state(key));
        let state = known.ok_or_else(|| D::Error::custom("no such state"))?;
        let moment = |micros: i64| Timestamp::from_microsecond(micros).map_err(D::Error::custom);
        Ok(Self {
            state,
            from: moment(began)?,
            to: ended.map(moment).transpose()?,
            opening,
            unit: unit.map(Cow::into_owned),
        })
    }
}
