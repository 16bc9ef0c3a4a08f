//! The map of a sheet's columns, stored with its source so that every cell can be found again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cell::ColumnUnit;
use crate::fact::FactKey;
use crate::period::Period;
use crate::subject::SubjectKind;

/// Which period the cells of a column speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnPeriod {
    /// None: the field simply is so.
    None,
    /// The period in the heading.
    Fixed(Period),
    /// The year that the row names in its 年度 column.
    OfRow,
}

/// One column that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// The column, counted from 0.
    pub index: usize,
    /// Its heading as written, rows of the head joined by a space.
    pub heading: String,
    /// The key of the field.
    pub field: String,
    /// The period of its facts.
    pub period: ColumnPeriod,
    /// The unit its cells are written in.
    pub unit: ColumnUnit,
}

impl MappedColumn {
    /// The fact that a cell of this column states, in a row of `year`. `None` where the row's year
    /// is needed and missing.
    pub fn fact(&self, year: Option<Period>) -> Option<FactKey> {
        match self.period {
            ColumnPeriod::None => Some(FactKey::timeless(&self.field)),
            ColumnPeriod::Fixed(period) => Some(FactKey::of(&self.field, period)),
            ColumnPeriod::OfRow => Some(FactKey::of(&self.field, year?)),
        }
    }
}

/// How the columns of a sheet are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMap {
    /// The sheet's name; empty in maps of loads from before sheets of several kinds could come in together.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// What the rows of the sheet speak of, where the load has sheets of several kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SubjectKind>,
    /// The first row of data, counted from 0.
    pub first_data_row: usize,
    /// The columns that are read, in the order of the sheet.
    pub columns: Vec<MappedColumn>,
    /// The column that names the year of each row, counted from 0, where there is one.
    pub year_column: Option<usize>,
    /// How the other sheets of the workbook are read, by their names, where several were taken in
    /// together.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, ColumnMap>,
}

impl ColumnMap {
    /// How a sheet of the workbook is read.
    pub fn of_sheet(&self, sheet: &str) -> &ColumnMap {
        self.others.get(sheet).unwrap_or(self)
    }

    /// How each sheet of the workbook is read, this one first.
    pub fn sheets(&self) -> impl Iterator<Item = (&str, &ColumnMap)> {
        let others = self.others.iter().map(|(sheet, map)| (sheet.as_str(), map));
        std::iter::once((self.sheet.as_str(), self)).chain(others)
    }

    /// The column that carries a field without a period, such as name or code.
    pub fn column_of(&self, field: &str) -> Option<&MappedColumn> {
        self.columns.iter().find(|column| column.field == field)
    }

    /// The column whose cells state a fact, in a row of `year`.
    pub fn column_for(&self, fact: &FactKey, year: Option<Period>) -> Option<&MappedColumn> {
        self.columns.iter().find(|column| column.fact(year).as_ref() == Some(fact))
    }
}
