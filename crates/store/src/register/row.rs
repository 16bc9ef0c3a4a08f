//! A subject as lists show it.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Money, SubjectId, SubjectKind};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, QueryResult};
use serde::Deserialize;
use uuid::Uuid;

use super::derive::State;
use super::hot::{Hot, NO_FIGURE, read_day};
use super::page::Words;
use super::shown::Cell;
use crate::StoreError;
use crate::access::{Scope, UnitId};
use crate::clock::moment;

/// One subject with the columns every list can show.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectRow {
    /// Which subject.
    pub id: SubjectId,
    /// Its kind.
    pub kind: SubjectKind,
    /// Whether it is listed.
    pub state: State,
    /// The subject it points at: a record's owner.
    pub parent: Option<SubjectId>,
    /// Its name; empty where none was reported.
    pub name: String,
    /// Its credit code or the code of its kind; empty where none was reported.
    pub code: String,
    /// The unit it belongs to.
    pub unit: Option<UnitId>,
    /// Industry code; empty where none was reported.
    pub industry: String,
    /// Code of its administrative division; empty where none was reported.
    pub region: String,
    /// The stored form of its level: of a platform, a title, a person; empty where it has none.
    pub level: String,
    /// The stored form of its category; empty where it has none.
    pub category: String,
    /// The day it is counted from: registered, granted, valid from.
    pub registered_on: Option<Date>,
    /// The year the figures are of.
    pub figures_year: Option<i16>,
    /// Operating revenue of that year.
    pub revenue: Option<Money>,
    /// R&D expense of that year.
    pub rd_expense: Option<Money>,
    /// Employees at the end of that year.
    pub employees: Option<i64>,
    /// Facts whose sources disagree and that nobody has settled.
    pub conflicts_open: u32,
    /// Its version: an act that names another is refused as stale.
    pub revision: i64,
    /// When something was last said about it.
    pub changed_at: Timestamp,
    /// The columns that were asked for beside these, in their order.
    pub cells: Vec<Option<Cell>>,
    /// The titles it holds, expired ones too; filled in lists.
    pub titles: Vec<TitleHeld>,
}

/// A title a subject holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleHeld {
    /// The title's key (`hnte`).
    pub title: String,
    /// The record that says so.
    pub record: SubjectId,
    /// The first day; `None` where it was not reported.
    pub valid_from: Option<Date>,
    /// The last day; `None` where it has no end.
    pub valid_to: Option<Date>,
}

/// The columns of [`SubjectRow`].
const COLUMNS: [&str; 19] = [
    "id",
    "kind",
    "state",
    "parent",
    "name",
    "code",
    "unit_id",
    "industry",
    "region",
    "level",
    "category",
    "registered_on",
    "figures_year",
    "revenue",
    "rd_expense",
    "employees",
    "conflicts_open",
    "revision",
    "changed_at",
];

/// A row among those of a page, in the order of [`COLUMNS`]: ids in words, none where there is none.
#[derive(Deserialize)]
pub(super) struct Packed(
    Uuid,
    String,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
    String,
    String,
    String,
    String,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
);

/// The columns of [`Packed`], as the database writes them into JSON.
pub(super) fn packed(backend: DbBackend) -> Vec<Expr> {
    let words = Words::of(backend);
    let write = |name: &'static str| match name {
        "id" | "parent" | "unit_id" => words.id(Expr::col(("subject", name))),
        name => Expr::col(("subject", name)),
    };
    COLUMNS.into_iter().map(write).collect()
}

impl Packed {
    pub(super) fn read(self) -> Result<SubjectRow, StoreError> {
        let id = |text: Option<String>| text.and_then(|text| Uuid::try_parse(&text).ok());
        Stored {
            id: self.0,
            kind: self.1,
            state: self.2,
            parent: id(self.3),
            name: self.4,
            code: self.5,
            unit_id: id(self.6),
            industry: self.7,
            region: self.8,
            level: self.9,
            category: self.10,
            registered_on: self.11,
            figures_year: self.12,
            revenue: self.13,
            rd_expense: self.14,
            employees: self.15,
            conflicts_open: self.16,
            revision: self.17,
            changed_at: self.18,
        }
        .row()
    }
}

#[derive(FromQueryResult)]
struct Stored {
    id: Uuid,
    kind: String,
    state: String,
    parent: Option<Uuid>,
    name: String,
    code: String,
    unit_id: Option<Uuid>,
    industry: String,
    region: String,
    level: String,
    category: String,
    registered_on: String,
    figures_year: i64,
    revenue: i64,
    rd_expense: i64,
    employees: i64,
    conflicts_open: i64,
    revision: i64,
    changed_at: i64,
}

/// A query for rows of the zone, which the caller narrows. The table is called `subject`.
pub(crate) fn select(zone: &str) -> SelectStatement {
    let mut query = Query::select();
    query.columns(COLUMNS.map(|column| ("subject", column))).from("subject");
    query.and_where(Expr::col(("subject", "zone")).eq(zone));
    query
}

/// Reads a row of [`select`].
pub(crate) fn read(row: &QueryResult) -> Result<SubjectRow, StoreError> {
    Stored::from_query_result(row, "")?.row()
}

impl Stored {
    fn row(self) -> Result<SubjectRow, StoreError> {
        let row = self;
        let corrupt = |what: &str| StoreError::Corrupt(format!("subject {} has the unknown {what}", row.id));
        let figure = |figure: i64| (figure != NO_FIGURE).then_some(figure);
        Ok(SubjectRow {
            id: SubjectId(row.id),
            kind: SubjectKind::from_key(&row.kind).ok_or_else(|| corrupt("kind"))?,
            state: State::from_key(&row.state).ok_or_else(|| corrupt("state"))?,
            parent: row.parent.map(SubjectId),
            name: row.name,
            code: row.code,
            unit: row.unit_id.map(UnitId),
            industry: row.industry,
            region: row.region,
            level: row.level,
            category: row.category,
            registered_on: read_day(&row.registered_on),
            figures_year: i16::try_from(row.figures_year).ok().filter(|year| *year > 0),
            revenue: figure(row.revenue).map(Money::from_fen),
            rd_expense: figure(row.rd_expense).map(Money::from_fen),
            employees: figure(row.employees),
            conflicts_open: u32::try_from(row.conflicts_open).unwrap_or_default(),
            revision: row.revision,
            changed_at: moment(row.changed_at),
            cells: Vec::new(),
            titles: Vec::new(),
        })
    }
}

impl SubjectRow {
    /// The same subject with the columns of another day's view.
    pub(crate) fn with_hot(mut self, hot: Hot, conflicts_open: usize) -> Self {
        let figure = |figure: i64| (figure != NO_FIGURE).then_some(figure);
        self.name = hot.name;
        self.code = hot.code;
        self.industry = hot.industry;
        self.region = hot.region;
        self.level = hot.level;
        self.category = hot.category;
        self.registered_on = read_day(&hot.registered_on);
        self.figures_year = i16::try_from(hot.figures_year).ok().filter(|year| *year > 0);
        self.revenue = figure(hot.revenue).map(Money::from_fen);
        self.rd_expense = figure(hot.rd_expense).map(Money::from_fen);
        self.employees = figure(hot.employees);
        self.conflicts_open = u32::try_from(conflicts_open).unwrap_or(u32::MAX);
        self
    }
}

/// The subject with this id if it is in scope; merged ones too.
pub(crate) async fn visible(
    connection: &impl ConnectionTrait,
    zone: &str,
    id: SubjectId,
    scope: &Scope,
) -> Result<Option<SubjectRow>, StoreError> {
    let mut query = select(zone);
    query.and_where(Expr::col(("subject", "id")).eq(id.0)).cond_where(scope.condition("subject"));
    connection.query_one(&query).await?.as_ref().map(read).transpose()
}
