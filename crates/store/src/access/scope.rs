//! Which rows of the register a person may see.

use std::fmt;

use kernel::SubjectId;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identifies a unit: the zone itself, a bureau, a park.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitId(pub Uuid);

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The rows of the register a person may see. A subject outside is answered exactly like one
/// that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every row of the zone.
    Zone,
    /// Rows of these units. Units below them are listed here already.
    Units(Vec<UnitId>),
    /// One subject and its records.
    Subject(SubjectId),
    /// No row: the administrators.
    Nothing,
}

impl Scope {
    /// The scope as a condition on the table `subject` under the name `subject`. Every list, count,
    /// search, export and page uses this one function.
    pub fn condition(&self, subject: &'static str) -> Condition {
        match self {
            Scope::Zone => Cond::all(),
            Scope::Units(units) if units.is_empty() => nothing(),
            Scope::Units(units) => {
                let mut ids: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
                ids.sort_unstable();
                ids.dedup();
                Cond::all().add(Expr::col((subject, "unit_id")).is_in(ids))
            }
            Scope::Subject(id) => {
                Cond::any().add(Expr::col((subject, "id")).eq(id.0)).add(Expr::col((subject, "parent")).eq(id.0))
            }
            Scope::Nothing => nothing(),
        }
    }
}

fn nothing() -> Condition {
    Cond::all().add(Expr::val(1).eq(0))
}
