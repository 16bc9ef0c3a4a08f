//! A colour that a person set against the rule: with a reason, for a time, and always marked.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Lang;
use serde::{Deserialize, Serialize};

use super::{Colour, Painted};
use crate::case::day_of;

/// The most days an override may last. Whoever wants it longer says so again.
pub const LONGEST: i64 = 92;

/// A colour that a person set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The colour.
    pub colour: Colour,
    /// Why.
    pub reason: String,
    /// The account.
    pub by: String,
    /// Since when.
    pub from: Timestamp,
    /// The last day it holds.
    pub until: Date,
}

/// Why a colour cannot be set so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverrideRefusal {
    /// There is no reason.
    #[error("{}", self.say(Lang::En))]
    NoReason,
    /// The last day has gone by already.
    #[error("{}", self.say(Lang::En))]
    Past,
    /// It would last too long.
    #[error("{}", self.say(Lang::En))]
    TooLong,
    /// Grey says that the rule cannot decide, which no person can.
    #[error("{}", self.say(Lang::En))]
    Grey,
}

impl OverrideRefusal {
    /// The message for the person.
    pub fn say(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::NoReason, Lang::Zh) => "请写明为什么与规则不同。".into(),
            (Self::NoReason, Lang::En) => "say why it differs from the rule".into(),
            (Self::Past, Lang::Zh) => "到期日已过，请填写今天或以后的日期。".into(),
            (Self::Past, Lang::En) => "the last day has gone by; give today or a later one".into(),
            (Self::TooLong, Lang::Zh) => format!("最长 {LONGEST} 天，到期后如仍需要请重新填写。"),
            (Self::TooLong, Lang::En) => format!("it may last {LONGEST} days; set it again then if it is still needed"),
            (Self::Grey, Lang::Zh) => "灰色表示规则无法判断，不能由人设定。".into(),
            (Self::Grey, Lang::En) => "grey says that the rule cannot decide; choose a colour".into(),
        }
    }
}

impl Override {
    /// Whether it may be set.
    ///
    /// # Errors
    /// [`OverrideRefusal`] with what stands against it.
    pub fn check(&self) -> Result<(), OverrideRefusal> {
        let day = day_of(self.from);
        if self.colour == Colour::Grey {
            return Err(OverrideRefusal::Grey);
        }
        if self.reason.trim().is_empty() {
            return Err(OverrideRefusal::NoReason);
        }
        if self.until < day {
            return Err(OverrideRefusal::Past);
        }
        if self.until > day.saturating_add(LONGEST.days()) {
            return Err(OverrideRefusal::TooLong);
        }
        Ok(())
    }

    /// Whether it holds at a moment.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && day_of(at) <= self.until
    }
}

/// What is shown: the colour, and what the rule says where a person set another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'o> {
    /// The colour that is shown.
    pub colour: Colour,
    /// What the rule says.
    pub computed: Painted,
    /// The override that holds; the colour is marked with it.
    pub set: Option<&'o Override>,
}

impl<'o> Shown<'o> {
    /// The colour of a case with what persons set; of several that hold, the last set.
    pub fn of(computed: Painted, overrides: &'o [Override], at: Timestamp) -> Self {
        let set = overrides.iter().filter(|one| one.holds(at)).max_by_key(|one| one.from);
        Self { colour: set.map_or(computed.colour, |one| one.colour), computed, set }
    }
}
