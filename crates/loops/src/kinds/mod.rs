//! The kinds of loops a zone has.
//!
//! The times are what the named rules and places give; a zone may set others.

mod approval;
mod assistance;
mod document;
mod duty_report;
mod inspection;
mod matter;
mod task;
mod visit;

use crate::kind::{Kind, Party, Rung};

/// Every kind, in the order of the menus.
pub static ALL: [Kind; 8] = [
    matter::MATTER,
    visit::VISIT,
    duty_report::DUTY_REPORT,
    task::TASK,
    approval::APPROVAL,
    document::DOCUMENT,
    inspection::INSPECTION,
    assistance::ASSISTANCE,
];

/// The kind with this key.
pub fn by_key(key: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.key == key)
}

/// The ladder most kinds have: the unit is warned before the day, its head on the day, the named
/// superior when half as much again has gone.
const USUAL_LADDER: &[Rung] = &[
    Rung { percent: 80, whom: Party::Lead },
    Rung { percent: 100, whom: Party::Head },
    Rung { percent: 150, whom: Party::Superior },
];
