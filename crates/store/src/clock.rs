//! The time acts are stamped with.

use std::sync::Arc;

use jiff::Timestamp;

/// Where the store takes the present moment from.
///
/// The system's clock, or a fixed moment: the sample zone lays its history in the past, and tests
/// read yesterday's register.
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that shows what `read` returns.
    pub fn from_fn(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(read)))
    }

    /// A clock that stands still.
    pub fn fixed(moment: Timestamp) -> Self {
        Self::from_fn(move || moment)
    }

    /// The present moment, cut to the microsecond that the database keeps.
    pub fn now(&self) -> Timestamp {
        let now = self.0.as_ref().map_or_else(Timestamp::now, |read| read());
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Clock(set)" } else { "Clock(system)" })
    }
}

/// Reads a stored moment (microseconds UTC). A number no clock can show is the start of the epoch.
pub(crate) fn moment(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}
