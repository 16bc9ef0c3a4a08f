//! Lists of cases: filter, sort, page by page, counts; what waits for a person.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use kernel::SubjectId;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Cond, Condition, Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use sea_orm::{DbBackend, Statement, Value};
use uuid::Uuid;

use super::party::Standing;
use super::row::{self, CaseId, CaseRow, NEVER, micros, start_of};
use crate::access::{Action, Scope, UnitId, Viewer};
use crate::register::name_key;
use crate::{Store, StoreError};

/// Which cases a list shows. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of these kinds, by key; every kind where none.
    pub kinds: Vec<String>,
    /// In these states, by key.
    pub states: Vec<String>,
    /// Of these colours, by key.
    pub colours: Vec<String>,
    /// In charge of one of these units.
    pub units: Vec<UnitId>,
    /// About this subject.
    pub subject: Option<SubjectId>,
    /// On this topic, by key.
    pub topic: Option<String>,
    /// Came out of this case.
    pub parent: Option<CaseId>,
    /// With this service officer, by account.
    pub officer: Option<String>,
    /// Open cases about a subject that no officer serves.
    pub without_officer: bool,
    /// Opened by this account.
    pub opener: Option<String>,
    /// Waiting for the person who looks.
    pub mine: bool,
    /// Open ones or ended ones only.
    pub open: Option<bool>,
    /// Past their day.
    pub overdue: bool,
    /// Due on this day or before.
    pub due_by: Option<Date>,
    /// Due on this day or after.
    pub due_from: Option<Date>,
    /// Opened on this day or after.
    pub opened_from: Option<Date>,
    /// Opened on this day or before.
    pub opened_by: Option<Date>,
    /// Ended on this day or after.
    pub ended_from: Option<Date>,
    /// Ended on this day or before.
    pub ended_by: Option<Date>,
    /// A part of the number or the title.
    pub text: String,
}

/// The orders a list of cases can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CaseSort {
    /// By the day it is due; what has none comes last.
    #[default]
    Due,
    /// By the moment it was opened.
    Opened,
    /// By the moment of its last event.
    Changed,
    /// By its number.
    Number,
}

impl CaseSort {
    /// Every order.
    pub const ALL: &'static [CaseSort] = &[CaseSort::Due, CaseSort::Opened, CaseSort::Changed, CaseSort::Number];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            CaseSort::Due => "due",
            CaseSort::Opened => "opened",
            CaseSort::Changed => "changed",
            CaseSort::Number => "number",
        }
    }

    /// The order with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sort| sort.key() == key)
    }

    fn column(self) -> &'static str {
        match self {
            CaseSort::Due => "due_at",
            CaseSort::Opened => "opened_at",
            CaseSort::Changed => "changed_at",
            CaseSort::Number => "number",
        }
    }

    fn place(self, row: &CaseRow) -> String {
        match self {
            CaseSort::Due => micros(row.due_at).to_string(),
            CaseSort::Opened => row.opened_at.as_microsecond().to_string(),
            CaseSort::Changed => row.changed_at.as_microsecond().to_string(),
            CaseSort::Number => row.number.clone(),
        }
    }

    fn value(self, place: &str) -> Option<Value> {
        match self {
            CaseSort::Number => Some(place.into()),
            _ => place.parse::<i64>().ok().map(Value::from),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// Which cases.
    pub filter: CaseFilter,
    /// In which order.
    pub sort: CaseSort,
    /// Whether the last comes first.
    pub descending: bool,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Rows on a page; 0 for 50.
    pub limit: u64,
}

/// Rows of a list, and where the next begin.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePage {
    /// The rows.
    pub rows: Vec<CaseRow>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// What waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    /// The first of them, the one due first at the top.
    pub rows: Vec<CaseRow>,
    /// How many there are.
    pub total: u64,
    /// How many of them are past their day.
    pub overdue: u64,
}

fn head(name: &'static str) -> Expr {
    Expr::col(("case_head", name))
}

impl CaseFilter {
    /// The filter as a condition on `case_head`, what the person may see left out.
    pub(crate) fn condition(&self, standing: &Standing, zone: &str, now: Timestamp, backend: DbBackend) -> Condition {
        let mut all = Cond::all();
        let words = |name: &'static str, keys: &[String]| head(name).is_in(keys.iter().map(String::as_str));
        for (name, keys) in [("kind", &self.kinds), ("state", &self.states), ("colour", &self.colours)] {
            if !keys.is_empty() {
                all = all.add(words(name, keys));
            }
        }
        if !self.units.is_empty() {
            all = all.add(head("unit").is_in(self.units.iter().map(|unit| unit.0)));
        }
        let ids = [("subject", self.subject.map(|id| id.0)), ("parent", self.parent.map(|id| id.0))];
        for (name, id) in ids.into_iter().filter_map(|(name, id)| Some((name, id?))) {
            all = all.add(head(name).eq(id));
        }
        for (name, word) in [("topic", &self.topic), ("officer", &self.officer), ("opener", &self.opener)] {
            if let Some(word) = word {
                all = all.add(head(name).eq(word.as_str()));
            }
        }
        if self.without_officer {
            all = all.add(head("officer").is_null()).add(head("subject").is_not_null()).add(head("open").eq(true));
        }
        if let Some(open) = self.open {
            all = all.add(head("open").eq(open));
        }
        if self.overdue {
            all = all.add(head("open").eq(true)).add(head("due_at").lt(now.as_microsecond()));
        }
        if self.mine {
            all = all.add(standing.awaited(zone).into_iter().fold(Cond::any(), |any, (part, _)| any.add(part)));
        }
        all = self.days(all);
        let text = name_key(&self.text);
        if !text.is_empty() {
            let find = if backend == DbBackend::Postgres { "strpos" } else { "instr" };
            all = all.add(Expr::expr(Func::cust(find).arg(head("search_text")).arg(text)).gt(0));
        }
        all
    }

    fn days(&self, mut all: Condition) -> Condition {
        let from = |day: Date| start_of(day).as_microsecond();
        let behind = |day: Date| start_of(day.saturating_add(1.day())).as_microsecond();
        let bounds = [
            ("due_at", self.due_from, self.due_by),
            ("opened_at", self.opened_from, self.opened_by),
            ("ended_at", self.ended_from, self.ended_by),
        ];
        for (name, first, last) in bounds {
            if let Some(first) = first {
                all = all.add(head(name).gte(from(first)));
            }
            if let Some(last) = last {
                all = all.add(head(name).lt(behind(last)));
            }
            if name == "due_at" && (first.is_some() || last.is_some()) {
                all = all.add(head(name).lt(NEVER));
            }
        }
        all
    }
}

impl Store {
    /// A page of the cases this person may see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; a refusal where `after` belongs to another list; what the database reports.
    pub async fn cases(&self, viewer: &Viewer, query: &CaseQuery) -> Result<CasePage, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let condition = self.wanted(&standing, &query.filter);
        let limit = if query.limit == 0 { 50 } else { query.limit };
        let index = index_of(&query.filter);
        let mut rows = self.case_rows_along(condition, query, limit + 1, index).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", query.sort.place(row), row.id));
        Ok(CasePage { rows, next })
    }

    /// How many cases a filter finds among those this person may see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn count_cases(&self, viewer: &Viewer, filter: &CaseFilter) -> Result<u64, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let wanted = self.wanted(&standing, filter);
        Ok(self.counted_with_overdue(wanted, index_of(filter)).await?.0)
    }

    /// What waits for this person: each part that the person may stand in is looked up by itself.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn today(&self, viewer: &Viewer, limit: u64) -> Result<Today, StoreError> {
        viewer.require(Action::ReadCases)?;
        let standing = self.standing_of(viewer).await?;
        let zone = self.zone_id();
        let sees = standing.sees(zone);
        let parts = standing.awaited(zone).into_iter().flat_map(|(part, index)| {
            // What is not private is counted along the index alone where the whole zone is seen.
            [false, true].map(|private| {
                let part = Cond::all().add(part.clone()).add(head("private").eq(private));
                let all = !private && standing.scope == Scope::Zone;
                (if all { part } else { part.add(sees.clone()) }, index)
            })
        });
        let (mut rows, mut total, mut overdue) = (Vec::new(), 0, 0);
        for (part, index) in parts {
            let (found, late) = self.counted_with_overdue(part.clone(), Some(index)).await?;
            if found == 0 {
                continue;
            }
            total += found;
            overdue += late;
            rows.extend(self.case_rows_along(part, &CaseQuery::default(), limit, Some(index)).await?);
        }
        rows.sort_by_key(|row: &CaseRow| (micros(row.due_at), row.id));
        rows.dedup_by_key(|row| row.id);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Today { rows, total, overdue })
    }

    /// The rows of a list from its beginning, 500 at a time, for an export: the same filter, order and
    /// sight as on the screen. `each` returns whether it wants more.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports, or what `each` returns.
    pub async fn export_cases(
        &self,
        viewer: &Viewer,
        query: &CaseQuery,
        mut each: impl FnMut(Vec<CaseRow>) -> Result<bool, StoreError> + Send,
    ) -> Result<(), StoreError> {
        viewer.require(Action::Export)?;
        let mut query = CaseQuery { after: None, limit: 500, ..query.clone() };
        loop {
            let page = self.cases(viewer, &query).await?;
            if !each(page.rows)? || page.next.is_none() {
                return Ok(());
            }
            query.after = page.next;
        }
    }

    /// What a filter finds among what a standing sees.
    pub(crate) fn wanted(&self, standing: &Standing, filter: &CaseFilter) -> Condition {
        let now = self.clock().now();
        let found = filter.condition(standing, self.zone_id(), now, self.backend());
        Cond::all().add(found).add(standing.sees_kinds(self.zone_id(), &filter.kinds))
    }

    pub(crate) async fn case_rows(
        &self,
        condition: Condition,
        query: &CaseQuery,
        limit: u64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        self.case_rows_along(condition, query, limit, None).await
    }

    pub(crate) async fn case_rows_along(
        &self,
        condition: Condition,
        query: &CaseQuery,
        limit: u64,
        index: Option<&'static str>,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let mut select = row::select(self.zone_id());
        select.cond_where(condition);
        if let Some(after) = &query.after {
            select.cond_where(behind(query, after).ok_or_else(no_such_page)?);
        }
        let order = if query.descending { Order::Desc } else { Order::Asc };
        select.order_by(("case_head", query.sort.column()), order.clone());
        select.order_by(("case_head", "id"), order).limit(limit);
        self.reader().query_all_raw(self.found_along(&select, index)).await?.iter().map(row::read).collect()
    }

    /// The statement, for SQLite with the index it has to use where one is known to serve.
    pub(crate) fn found_along(&self, select: &SelectStatement, index: Option<&'static str>) -> Statement {
        let mut statement = self.backend().build(select);
        if let Some(index) = index.filter(|_| self.backend() == DbBackend::Sqlite) {
            let hint = format!("FROM \"case_head\" INDEXED BY \"{index}\"");
            statement.sql = statement.sql.replacen("FROM \"case_head\"", &hint, 1);
        }
        statement
    }

    /// How many cases there are, and how many of them are past their day.
    async fn counted_with_overdue(
        &self,
        condition: Condition,
        index: Option<&'static str>,
    ) -> Result<(u64, u64), StoreError> {
        let now = self.clock().now().as_microsecond();
        let select: SelectStatement = Query::select()
            .expr_as(Expr::col(Asterisk).count(), "found")
            .expr_as(Func::coalesce([overdue_count(now), Expr::val(0_i64)]), "late")
            .from("case_head")
            .and_where(head("zone").eq(self.zone_id()))
            .cond_where(condition)
            .to_owned();
        let row = self.reader().query_one_raw(self.found_along(&select, index)).await?;
        let Some(row) = row else { return Ok((0, 0)) };
        let (found, late): (i64, i64) = (row.try_get_by("found")?, row.try_get_by("late")?);
        Ok((found.unsigned_abs(), late.unsigned_abs()))
    }
}

/// The index that finds a filter's cases at once: those about one subject, those out of one case.
pub(crate) fn index_of(filter: &CaseFilter) -> Option<&'static str> {
    match (filter.parent, filter.subject) {
        (Some(_), _) => Some("case_by_parent"),
        (None, Some(_)) => Some("case_by_subject"),
        (None, None) => None,
    }
}

/// How many rows are past their day at a moment. What is ended or stands still has no day.
pub(crate) fn overdue_count(now: i64) -> Expr {
    let late = sea_orm::sea_query::CaseStatement::new()
        .case(head("due_at").lt(now), Expr::val(1_i64))
        .finally(Expr::val(0_i64));
    Func::cast_as(Func::sum(late), "bigint").into()
}

/// The condition that a row lies behind the place where a page ended.
fn behind(query: &CaseQuery, after: &str) -> Option<Condition> {
    let (place, id) = after.rsplit_once('~')?;
    let id: Uuid = id.parse().ok()?;
    let here = Expr::tuple([head(query.sort.column()), head("id")]);
    let last = Expr::tuple([Expr::val(query.sort.value(place)?), Expr::val(id)]);
    Some(Cond::all().add(if query.descending { here.lt(last) } else { here.gt(last) }))
}

fn no_such_page() -> StoreError {
    StoreError::refused("页码已失效，请从第一页重新查看。", "This page is no longer there; begin at the first page.")
}
