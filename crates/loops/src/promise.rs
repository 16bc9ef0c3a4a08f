//! What a zone promises for an item (承诺时限): how fast it is decided, never slower than the law says.
//!
//! The time is that of the offices: what the applicant takes and the procedures that stop the clock do not
//! count. An ordinary promise runs from the acceptance on, as the legal time does (行政许可法第四十四条); a class of
//! speed promises the whole way from the application to the decision.

use kernel::Lang;
use serde::{Deserialize, Serialize};

use crate::kind::{Clock, Kind, State};
use crate::kinds::by_key;

/// The kind of which items are applied for.
const KIND: &str = "approval";
/// The state from the application to the acceptance.
const RECEIVED: &str = "received";
/// The state from the acceptance to the decision, whose clock is the legal one.
const REVIEWED: &str = "accepted";

/// How fast an item is decided, as the zone tells applicants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    /// 普通: by a promise of its own, or by the legal time.
    #[default]
    Ordinary,
    /// 即办: while the applicant waits.
    Instant,
    /// 当日办结: on the day of the application.
    SameDay,
    /// 24小时: within true hours, day and night.
    TwentyFourHours,
    /// 节假日值守: somebody is there on holidays too, so that true hours count.
    HolidayDuty,
}

impl Speed {
    /// Every class, the ordinary one first.
    pub const ALL: [Speed; 5] =
        [Speed::Ordinary, Speed::Instant, Speed::SameDay, Speed::TwentyFourHours, Speed::HolidayDuty];

    /// The name in settings, addresses and for scripts.
    pub fn key(self) -> &'static str {
        match self {
            Speed::Ordinary => "ordinary",
            Speed::Instant => "instant",
            Speed::SameDay => "same_day",
            Speed::TwentyFourHours => "twenty_four_hours",
            Speed::HolidayDuty => "holiday_duty",
        }
    }

    /// The class with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|speed| speed.key() == key)
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Speed::Ordinary => ("普通", "ordinary"),
            Speed::Instant => ("即办", "instant"),
            Speed::SameDay => ("当日办结", "same day"),
            Speed::TwentyFourHours => ("24小时", "24 hours"),
            Speed::HolidayDuty => ("节假日值守", "holiday duty"),
        };
        lang.pick(zh, en)
    }

    /// The longest time the class allows, which also holds where no shorter one is promised.
    pub fn longest(self) -> Option<Clock> {
        match self {
            Speed::Ordinary => None,
            Speed::Instant => Some(Clock::Hours(1)),
            Speed::SameDay => Some(Clock::NaturalDays(0)),
            Speed::TwentyFourHours => Some(Clock::Hours(24)),
            Speed::HolidayDuty => Some(Clock::Hours(72)),
        }
    }
}

/// A promise that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The class of speed.
    pub speed: Speed,
    /// Within what time.
    pub within: Clock,
}

/// Why something cannot be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromiseFault {
    /// The time is longer than the law gives.
    #[error("{}", self.say(Lang::En))]
    OverLegal {
        /// What was to be promised.
        within: Clock,
        /// What the law gives.
        legal: Clock,
    },
    /// The time is longer than the class means, or counted otherwise.
    #[error("{}", self.say(Lang::En))]
    OverClass {
        /// What was to be promised.
        within: Clock,
        /// The class.
        speed: Speed,
        /// The longest time of the class.
        longest: Clock,
    },
    /// No time at all.
    #[error("{}", self.say(Lang::En))]
    Nothing,
}

impl PromiseFault {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::OverLegal { within, legal }, Lang::Zh) => format!(
                "承诺 {} 长于法定时限 {}。承诺时限只能等于或短于法定时限，请改短。",
                within.label(lang),
                legal.label(lang)
            ),
            (Self::OverLegal { within, legal }, Lang::En) => format!(
                "A promise of {} is longer than the legal {}; promise that or less.",
                within.label(lang),
                legal.label(lang)
            ),
            (Self::OverClass { within, speed, longest }, Lang::Zh) => format!(
                "“{}”的承诺应在 {}以内，填的是 {}。请改短，或改为“普通”。",
                speed.label(lang),
                named(*longest, lang),
                within.label(lang)
            ),
            (Self::OverClass { within, speed, longest }, Lang::En) => format!(
                "“{}” means within {}, and {} was given; promise less, or choose “ordinary”.",
                speed.label(lang),
                named(*longest, lang),
                within.label(lang)
            ),
            (Self::Nothing, Lang::Zh) => "承诺时限至少为 1。不另作承诺的，请留空。".into(),
            (Self::Nothing, Lang::En) => "Promise at least 1; leave it empty to promise nothing else.".into(),
        }
    }
}

/// A time in words; one of no days ends with the day it begins on.
pub fn named(clock: Clock, lang: Lang) -> String {
    match clock {
        Clock::NaturalDays(0) => lang.pick("当日", "the same day").to_owned(),
        clock => clock.label(lang),
    }
}

/// What the law gives for a decision: the clock of the review.
pub fn legal() -> Clock {
    let reviewed = by_key(KIND).and_then(|kind| kind.state(REVIEWED)).and_then(|state| state.clock);
    // Every approval is reviewed by a clock, which a test holds.
    reviewed.unwrap_or(Clock::WorkingDays(20))
}

/// Whether a time can never end after another that begins with it, whatever the days are.
fn is_within(clock: Clock, other: Clock) -> bool {
    let days = |hours: u32| hours.div_ceil(24);
    match (clock, other) {
        (Clock::WorkingDays(one), Clock::WorkingDays(other))
        | (Clock::NaturalDays(one), Clock::NaturalDays(other) | Clock::WorkingDays(other))
        | (Clock::Hours(one), Clock::Hours(other)) => one <= other,
        (Clock::Hours(one), Clock::NaturalDays(other) | Clock::WorkingDays(other)) => days(one) <= other,
        // The day it begins on comes on top of the natural days that are counted.
        (Clock::NaturalDays(one), Clock::Hours(other)) => one.saturating_add(1).saturating_mul(24) <= other,
        // Holidays may lie between, of which nobody knows how many.
        (Clock::WorkingDays(_), Clock::NaturalDays(_) | Clock::Hours(_)) => false,
    }
}

impl Promise {
    /// What a class promises with a time of its own, or with none; `None` where nothing but the law holds.
    ///
    /// # Errors
    /// A time that is longer than the law or the class allows.
    pub fn of(speed: Speed, within: Option<Clock>) -> Result<Option<Self>, PromiseFault> {
        let Some(within) = within else { return Ok(speed.longest().map(|within| Self { speed, within })) };
        if matches!(within, Clock::Hours(0) | Clock::WorkingDays(0)) {
            return Err(PromiseFault::Nothing);
        }
        if !is_within(within, legal()) {
            return Err(PromiseFault::OverLegal { within, legal: legal() });
        }
        match speed.longest().filter(|longest| !is_within(within, *longest)) {
            Some(longest) => Err(PromiseFault::OverClass { within, speed, longest }),
            None => Ok(Some(Self { speed, within })),
        }
    }

    /// Whether the time of a state is part of what was promised.
    pub fn covers(self, kind: &Kind, state: &State) -> bool {
        kind.key == KIND && (state.key == REVIEWED || (state.key == RECEIVED && self.speed != Speed::Ordinary))
    }

    /// In words: 即办 · 1 小时.
    pub fn label(self, lang: Lang) -> String {
        match (self.speed, self.within) {
            (Speed::Ordinary, within) => named(within, lang),
            (speed, Clock::NaturalDays(0)) => speed.label(lang).to_owned(),
            (speed, within) if speed == Speed::TwentyFourHours && Some(within) == speed.longest() => {
                speed.label(lang).to_owned()
            }
            (speed, within) => format!("{} · {}", speed.label(lang), named(within, lang)),
        }
    }
}
