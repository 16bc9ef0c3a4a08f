//! What is not known and would decide the verdict, the most decisive first.

use kernel::FactKey;
use kernel::lang::Said;
use policy::eval::missing::Missing as Found;
use policy::exact::Exact;
use policy::{Outcome, Ready};

use crate::figure::Figure;
use policy::ir::Dim;

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// The field's key, the kind of record (`intellectual_property`), a field of one (`title.valid_to`), or the
    /// name of a setting.
    pub field: String,
    /// The fact; `None` for records and settings.
    pub fact: Option<FactKey>,
    /// What a person calls it: 研发费用（加计扣除口径）（2025 年）.
    pub name: Said,
    /// How many open conditions it alone settles.
    pub settles: usize,
    /// How many open conditions it takes part in.
    pub conditions: usize,
    /// How many points of scores hang on it; nought where none do.
    pub points: Figure,
}

/// The questions of an outcome, those that settle most first.
pub(crate) fn missing(ready: &Ready<'_>, outcome: &Outcome) -> Vec<Missing> {
    let question = |found: Found| Missing {
        name: Said::new(ready.name(found.input, kernel::Lang::Zh), ready.name(found.input, kernel::Lang::En)),
        // A field of records is asked for by record, not as a fact of the enterprise.
        fact: found.key.filter(|_| ready.is_own_fact(found.input)),
        field: found.field,
        settles: found.settles,
        conditions: found.conditions,
        points: Figure::exactly(found.points, Dim::of("分")),
    };
    ready.missing(outcome).into_iter().map(question).collect()
}

impl Missing {
    /// Whether points of a score hang on it.
    pub fn has_points(&self) -> bool {
        self.points.range.hi.is_some_and(|points| points > Exact::ZERO)
    }
}
