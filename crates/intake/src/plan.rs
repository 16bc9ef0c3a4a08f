//! What a person decided about a sheet before it is stored.

use std::collections::{BTreeMap, BTreeSet};

use kernel::cell::ColumnUnit;
use kernel::heading::ColumnPeriod;
use kernel::{Period, SubjectKind, text};
use serde::{Deserialize, Serialize};

/// What a person decided about one column, against or beside the guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum ColumnChoice {
    /// The column is left out.
    Skip,
    /// The column holds this field.
    Field {
        /// The field's key.
        field: String,
        /// The period its cells speak of.
        period: ColumnPeriod,
        /// The unit its cells are written in.
        unit: ColumnUnit,
    },
}

/// What a person decided about a sheet. Stored with the draft; the same file and plan give the
/// same rows for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the rows speak of.
    pub kind: SubjectKind,
    /// The sheet; `None` for the first that is not hidden.
    #[serde(default)]
    pub sheet: Option<String>,
    /// The period of columns that need one and name none.
    #[serde(default)]
    pub period: Option<Period>,
    /// What columns with these headings hold, as a heading would say it (`operating_revenue 2025`);
    /// nothing for a column that is left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headings: BTreeMap<String, String>,
    /// Decisions on columns, counted from 0.
    #[serde(default)]
    pub columns: BTreeMap<usize, ColumnChoice>,
    /// Whether columns nobody knows are left out rather than being a fault.
    #[serde(default)]
    pub skip_unknown: bool,
    /// Repaired cells: row number as Excel shows it, column from 0, the text that goes there.
    #[serde(default)]
    pub fixes: BTreeMap<u32, BTreeMap<usize, String>>,
    /// Rows left out, by the number Excel shows.
    #[serde(default)]
    pub skipped: BTreeSet<u32>,
}

impl Plan {
    /// A plan that takes everything as it is guessed.
    pub fn of(kind: SubjectKind) -> Self {
        Self {
            kind,
            sheet: None,
            period: None,
            headings: BTreeMap::new(),
            columns: BTreeMap::new(),
            skip_unknown: false,
            fixes: BTreeMap::new(),
            skipped: BTreeSet::new(),
        }
    }

    /// What a column with this heading holds, where the person said so.
    pub(crate) fn heading(&self, written: &str) -> Option<&str> {
        if self.headings.is_empty() {
            return None;
        }
        let key = text::label_key(written);
        let mut said = self.headings.iter().filter(|(heading, _)| text::label_key(heading) == key);
        said.next().map(|(_, meaning)| meaning.as_str())
    }

    /// The repaired text of a cell, if it was repaired.
    pub fn fix(&self, row: u32, column: usize) -> Option<&str> {
        self.fixes.get(&row)?.get(&column).map(String::as_str)
    }
}
