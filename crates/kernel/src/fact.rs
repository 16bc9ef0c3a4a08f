//! The name of one fact of one subject.

use std::fmt;
use std::str::FromStr;

use smol_str::SmolStr;

use crate::period::{Period, PeriodError};

/// Which fact of a subject: a field of the catalogue, for a period.
///
/// Written `operating_revenue@2025`, or `registration_date` where the field has no period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey {
    /// The field's key in the catalogue. Most keys are short enough to lie in place, so that the
    /// facts of a sheet, millions of them, are named without a piece of memory each.
    pub field: SmolStr,
    /// The period the fact speaks of; `None` for what simply is so (成立日期).
    pub period: Option<Period>,
}

impl FactKey {
    /// A fact of a field that has no period.
    pub fn timeless(field: impl Into<SmolStr>) -> Self {
        Self { field: field.into(), period: None }
    }

    /// A fact of a field for a period.
    pub fn of(field: impl Into<SmolStr>, period: Period) -> Self {
        Self { field: field.into(), period: Some(period) }
    }
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.period {
            Some(period) => write!(f, "{}@{period}", self.field),
            None => f.write_str(&self.field),
        }
    }
}

impl FromStr for FactKey {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('@') {
            Some((field, period)) => Ok(Self::of(field, period.parse()?)),
            None => Ok(Self::timeless(text)),
        }
    }
}
