//! The colour of a case (亮灯): by a rule that is written down, never by who is responsible for it.
//!
//! Places contradict each other: blue is a reminder in one and the best in another. So a scheme is a text
//! in the policy language. Each of its conditions is one lamp, named by its colour (`red`, or `red-2`
//! where there are several), and the first that holds, in the order of the text, is lit. Where one cannot
//! be decided for want of a figure the lamp is grey and says which figure.

mod measured;
mod moved;
mod scheme;

use kernel::Lang;
use serde::{Deserialize, Serialize};

use measured::Course;
pub use measured::Measured;
pub use moved::{Override, OverrideRefusal, Shown};
pub use scheme::{Painted, Painter, Scheme, SchemeError, by_id, schemes};

use jiff::Timestamp;
use kernel::calendar::{Calendar, CalendarError};

use crate::case::{Case, day_of};
use crate::plan::Plan;

/// The colour of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// 蓝; what it means is the scheme's to say.
    Blue,
    /// 绿.
    Green,
    /// 黄.
    Yellow,
    /// 橙.
    Orange,
    /// 红.
    Red,
    /// 灰: it cannot be said, for want of a figure.
    Grey,
}

impl Colour {
    /// Every colour.
    pub const ALL: [Colour; 6] =
        [Colour::Blue, Colour::Green, Colour::Yellow, Colour::Orange, Colour::Red, Colour::Grey];

    /// The name in schemes, addresses and tables.
    pub fn key(self) -> &'static str {
        match self {
            Colour::Blue => "blue",
            Colour::Green => "green",
            Colour::Yellow => "yellow",
            Colour::Orange => "orange",
            Colour::Red => "red",
            Colour::Grey => "grey",
        }
    }

    /// The colour with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.key() == key)
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Colour::Blue => ("蓝", "blue"),
            Colour::Green => ("绿", "green"),
            Colour::Yellow => ("黄", "yellow"),
            Colour::Orange => ("橙", "orange"),
            Colour::Red => ("红", "red"),
            Colour::Grey => ("灰", "grey"),
        };
        lang.pick(zh, en)
    }
}

/// The colour of a case at a moment. The scheme is made ready once for all the cases of a tick.
///
/// # Errors
/// [`CalendarError::NotLoaded`] where the working days of the years asked for are not known.
pub fn colour(
    case: &Case,
    plan: Option<&Plan>,
    at: Timestamp,
    calendar: &Calendar,
    scheme: &Painter<'_>,
) -> Result<Painted, CalendarError> {
    Ok(scheme.paint(&Measured::of(case, plan, at, calendar)?))
}

/// How many days ahead a change of colour is looked for. A case that keeps its colour that long is looked
/// at again then.
const AHEAD: u32 = 31;

/// The colour of a case at a moment, and the next moment at which it can be another if nobody does anything:
/// never later than the true change, so that a tick that looks only at the cases whose moment has come misses
/// none. `None` for a case whose time stands still or that is at its end, and has no plan by months.
///
/// # Errors
/// As [`colour`].
pub fn colour_until(
    case: &Case,
    plan: Option<&Plan>,
    at: Timestamp,
    calendar: &Calendar,
    scheme: &Painter<'_>,
) -> Result<(Painted, Option<Timestamp>), CalendarError> {
    let course = Course::of(case, plan, calendar)?;
    let mut painting = scheme.painting();
    let now = painting.paint(&course.at(at, day_of(at), calendar)?);
    if !Measured::moves(case, plan) {
        return Ok((now, None));
    }
    let mut last = at;
    for (moment, day) in Measured::moments(&course, at).take(AHEAD as usize) {
        // Days of a year that is not known yet: it is looked at again when they may be.
        let stays = course.at(moment, day, calendar).is_ok_and(|then| painting.paint(&then).colour == now.colour);
        if !stays {
            return Ok((now, Some(moment)));
        }
        last = moment;
    }
    Ok((now, Some(last)))
}
