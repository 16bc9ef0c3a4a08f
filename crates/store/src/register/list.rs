//! Lists: filter, sort, search, page by page, with the total.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use kernel::{FactKey, Money, SubjectId, SubjectKind};
use sea_orm::sea_query::{Asterisk, Cond, Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use super::derive::State;
use super::hot::NO_FIGURE;
use super::row::{self, SubjectRow};
use crate::access::{Scope, UnitId};
use crate::{Store, StoreError};

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListQuery {
    /// The kind of subject.
    pub kind: SubjectKind,
    /// Which state; [`State::Active`] for the register, [`State::Candidate`] for the queue of rows
    /// whose subject a person must settle.
    pub state: State,
    /// A part of a name, former name, short name or code; one character or less finds everything.
    pub text: String,
    /// Filters, all of which must hold.
    pub filters: Vec<Filter>,
    /// The column it is sorted by.
    pub sort: Sort,
    /// Whether the largest comes first. What is missing comes last in either direction.
    pub descending: bool,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Rows on a page.
    pub limit: u64,
    /// Columns beside those of every row.
    pub columns: Vec<Column>,
}

impl ListQuery {
    /// Every subject of a kind by name, 50 to a page.
    pub fn all(kind: SubjectKind) -> Self {
        Self {
            kind,
            state: State::Active,
            text: String::new(),
            filters: Vec::new(),
            sort: Sort::Name,
            descending: false,
            after: None,
            limit: 50,
            columns: Vec::new(),
        }
    }
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Column {
    /// One fact.
    Fact(FactKey),
    /// The fact of a field for the latest period there is.
    Latest(String),
}

/// The orders a list can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By name, in the order of its characters' codes.
    Name,
    /// By operating revenue of the latest year.
    Revenue,
    /// By R&D expense of that year.
    RdExpense,
    /// By employees of that year.
    Employees,
    /// By the day it is counted from.
    Registered,
    /// By the moment something was last said.
    Changed,
}

impl Sort {
    /// Every order.
    pub const ALL: &'static [Sort] =
        &[Sort::Name, Sort::Revenue, Sort::RdExpense, Sort::Employees, Sort::Registered, Sort::Changed];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Sort::Name => "name",
            Sort::Revenue => "revenue",
            Sort::RdExpense => "rd_expense",
            Sort::Employees => "employees",
            Sort::Registered => "registered",
            Sort::Changed => "changed",
        }
    }

    /// The order with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sort| sort.key() == key)
    }

    fn column(self) -> &'static str {
        match self {
            Sort::Name => "name_key",
            Sort::Revenue => "revenue",
            Sort::RdExpense => "rd_expense",
            Sort::Employees => "employees",
            Sort::Registered => "registered_on",
            Sort::Changed => "changed_at",
        }
    }

    fn index(self) -> &'static str {
        match self {
            Sort::Name => "subject_by_name",
            Sort::Revenue => "subject_by_revenue",
            Sort::RdExpense => "subject_by_rd_expense",
            Sort::Employees => "subject_by_employees",
            Sort::Registered => "subject_by_registration",
            Sort::Changed => "subject_by_change",
        }
    }

    /// What stands in the column where nothing was reported: smaller than everything else.
    fn missing(self) -> Place {
        match self {
            Sort::Name | Sort::Registered => Place::Word(String::new()),
            Sort::Revenue | Sort::RdExpense | Sort::Employees | Sort::Changed => Place::Number(NO_FIGURE),
        }
    }
}

/// A filter of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Belongs to one of these units.
    Units(Vec<UnitId>),
    /// Belongs to no unit.
    NoUnit,
    /// The industry code begins with one of these: a section's divisions, a division, a class.
    Industry(Vec<String>),
    /// The code of the administrative division begins with one of these.
    Region(Vec<String>),
    /// The level is one of these.
    Level(Vec<String>),
    /// The category is one of these.
    Category(Vec<String>),
    /// Holds the title on a day.
    Title {
        /// The title's key.
        title: String,
        /// The day.
        on: Date,
    },
    /// Holds a title whose last day lies between two days, both included.
    TitleEnding {
        /// The title's key; any title where none.
        title: Option<String>,
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
    },
    /// Operating revenue of the latest year, both bounds included.
    Revenue(Option<Money>, Option<Money>),
    /// R&D expense of that year, both bounds included.
    RdExpense(Option<Money>, Option<Money>),
    /// Employees of that year, both bounds included.
    Employees(Option<i64>, Option<i64>),
    /// The day it is counted from, both bounds included.
    Registered(Option<Date>, Option<Date>),
    /// Has facts whose sources disagree.
    Conflicts,
    /// Points at this subject.
    Parent(SubjectId),
    /// Has no code.
    NoCode,
    /// No value of this field was reported, for any period.
    Missing(String),
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPage {
    /// The rows.
    pub rows: Vec<SubjectRow>,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// A value of a sorted column.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Number(i64),
    Word(String),
}

impl Place {
    fn value(&self) -> Expr {
        match self {
            Place::Number(number) => Expr::val(*number),
            Place::Word(word) => Expr::val(word.as_str()),
        }
    }
}

/// Where a page ended: the value of the sorted column, and the id.
struct Cursor {
    place: Place,
    id: Uuid,
}

impl Cursor {
    fn write(&self) -> String {
        match &self.place {
            Place::Number(number) => hex::encode(format!("{} {number}", self.id)),
            Place::Word(word) => hex::encode(format!("{} {word}", self.id)),
        }
    }

    /// Reads a cursor of a list sorted like this; anything else is an address someone made up.
    fn read(text: &str, sort: Sort) -> Option<Self> {
        let text = String::from_utf8(hex::decode(text).ok()?).ok()?;
        let (id, value) = text.split_once(' ')?;
        let place = match sort.missing() {
            Place::Number(_) => Place::Number(value.parse().ok()?),
            Place::Word(_) => Place::Word(value.to_owned()),
        };
        Some(Self { place, id: id.parse().ok()? })
    }
}

/// A list of a few units is sorted as a whole up to this many rows; a longer one is walked in the
/// order of its index, where a page is soon full.
const SORTED_WHOLE: u64 = 15_000;

/// More matches than this are found while walking the list in its order instead of one by one.
const FEW: usize = 2_000;

/// The ids a search found, or the word that has to be looked for in every row.
pub(super) enum Matches {
    Everything,
    These(Vec<Uuid>),
    Word(String),
}

/// Which way SQLite goes through the table. Its planner has no figures to choose by; PostgreSQL's has.
#[derive(Clone, Copy)]
enum Way {
    Key,
    Parent,
    Unit,
    Sorted(Sort),
}

impl Way {
    fn index(self) -> &'static str {
        match self {
            Way::Key => "sqlite_autoindex_subject_1",
            Way::Parent => "subject_by_parent",
            Way::Unit => "subject_by_unit",
            Way::Sorted(sort) => sort.index(),
        }
    }
}

impl Store {
    /// A page of a list within `scope`, with the total.
    ///
    /// # Errors
    /// What the database reports; a refusal where `after` belongs to another list.
    pub async fn list(&self, query: &ListQuery, scope: &Scope) -> Result<ListPage, StoreError> {
        let revision = self.revision().await?;
        let matches = self.matches(query, scope, revision).await?;
        let total = self.count_matching(query, scope, &matches, revision).await?;
        let after = query.after.as_deref().map(|text| Cursor::read(text, query.sort).ok_or_else(no_such_page));
        let after = after.transpose()?;
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let way = way(query, scope, &matches, Some(total));
        // On the first page the total says when to stop looking.
        let most = if after.is_none() { usize::try_from(total).unwrap_or(usize::MAX) } else { usize::MAX };
        let mut found = self.page(query, scope, &matches, way, after.as_ref(), (wanted + 1).min(most)).await?;
        let more = found.len() > wanted;
        found.truncate(wanted);
        let next = found.last().filter(|_| more).map(|(_, cursor)| cursor.write());
        let mut rows: Vec<SubjectRow> = found.into_iter().map(|(row, _)| row).collect();
        self.fill(query, &mut rows).await?;
        Ok(ListPage { rows, total, next })
    }

    /// How many subjects a list has on all its pages.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(&self, query: &ListQuery, scope: &Scope) -> Result<u64, StoreError> {
        let revision = self.revision().await?;
        let matches = self.matches(query, scope, revision).await?;
        self.count_matching(query, scope, &matches, revision).await
    }

    /// The rows of a list from its beginning, a batch at a time, for an export: the same filters,
    /// order and scope as on the screen. `each` returns whether it wants more.
    ///
    /// # Errors
    /// What the database reports, or what `each` returns.
    pub async fn export_rows(
        &self,
        query: &ListQuery,
        scope: &Scope,
        mut each: impl FnMut(Vec<SubjectRow>) -> Result<bool, StoreError> + Send,
    ) -> Result<(), StoreError> {
        let mut query = ListQuery { after: None, limit: 500, ..query.clone() };
        loop {
            let page = self.list(&query, scope).await?;
            let next = page.next;
            if !each(page.rows)? {
                return Ok(());
            }
            match next {
                Some(next) => query.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn matches(&self, query: &ListQuery, scope: &Scope, revision: i64) -> Result<Matches, StoreError> {
        let word = super::normal::name_key(&query.text);
        if word.chars().count() < 2 {
            return Ok(Matches::Everything);
        }
        let found = self.search_names(query.kind, &word, FEW, scope, revision).await?;
        Ok(found.map_or(Matches::Word(word), Matches::These))
    }

    async fn count_matching(
        &self,
        query: &ListQuery,
        scope: &Scope,
        matches: &Matches,
        revision: i64,
    ) -> Result<u64, StoreError> {
        let key = count_key(query, scope);
        if let Some(total) = self.counts().get(&key, revision) {
            return Ok(total);
        }
        let way = way(query, scope, matches, None);
        let mut select = Query::select();
        select
            .expr_as(Expr::col(Asterisk).count(), "total")
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .cond_where(self.condition(query, scope, matches));
        let row = self.reader().query_one_raw(self.along(way, &select)).await?;
        let total: i64 = row.map_or(Ok(0), |row| row.try_get_by("total"))?;
        self.counts().put(key, revision, total.unsigned_abs());
        Ok(total.unsigned_abs())
    }

    /// One page: what has a value in the sorted column first, then what has none.
    async fn page(
        &self,
        query: &ListQuery,
        scope: &Scope,
        matches: &Matches,
        way: Way,
        after: Option<&Cursor>,
        wanted: usize,
    ) -> Result<Vec<(SubjectRow, Cursor)>, StoreError> {
        let missing = query.sort.missing();
        let in_missing = after.is_some_and(|after| after.place == missing);
        let mut found = Vec::new();
        if !in_missing {
            let part = Part { after, missing: false };
            found = self.part(query, scope, matches, way, part, wanted).await?;
        }
        if found.len() < wanted {
            let part = Part { after: after.filter(|_| in_missing), missing: true };
            found.extend(self.part(query, scope, matches, way, part, wanted - found.len()).await?);
        }
        Ok(found)
    }

    async fn part(
        &self,
        query: &ListQuery,
        scope: &Scope,
        matches: &Matches,
        way: Way,
        part: Part<'_>,
        wanted: usize,
    ) -> Result<Vec<(SubjectRow, Cursor)>, StoreError> {
        let column = query.sort.column();
        let sorted = || Expr::col(("subject", column));
        let missing = query.sort.missing();
        let mut page = Query::select();
        page.column(("subject", "id"))
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .cond_where(self.condition(query, scope, matches))
            .limit(wanted as u64);
        page.and_where(if part.missing { sorted().eq(missing.value()) } else { sorted().gt(missing.value()) });
        if let Some(after) = part.after {
            let here = Expr::tuple([sorted(), Expr::col(("subject", "id"))]);
            let last = Expr::tuple([after.place.value(), Expr::val(after.id)]);
            page.and_where(if query.descending { here.lt(last) } else { here.gt(last) });
        }
        let order = if query.descending { Order::Desc } else { Order::Asc };
        page.order_by(("subject", column), order.clone()).order_by(("subject", "id"), order);
        let mut ids: Vec<Uuid> = Vec::with_capacity(wanted);
        for stored in self.reader().query_all_raw(self.along(way, &page)).await? {
            ids.push(stored.try_get_by("id")?);
        }
        self.rows_in_order(&ids, column, &missing).await
    }

    /// The rows of a page found by an index alone, in the order in which it found them.
    async fn rows_in_order(
        &self,
        ids: &[Uuid],
        column: &'static str,
        missing: &Place,
    ) -> Result<Vec<(SubjectRow, Cursor)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = row::select(self.zone_id());
        select
            .expr_as(Expr::col(("subject", column)), "sorted_by")
            .and_where(Expr::col(("subject", "id")).is_in(ids.iter().copied()));
        let mut found = HashMap::with_capacity(ids.len());
        for stored in self.reader().query_all_raw(self.along(Way::Key, &select)).await? {
            let place = match missing {
                Place::Number(_) => Place::Number(stored.try_get_by("sorted_by")?),
                Place::Word(_) => Place::Word(stored.try_get_by("sorted_by")?),
            };
            let row = row::read(&stored)?;
            let id = row.id.0;
            found.insert(id, (row, Cursor { place, id }));
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The one condition of a list: kind, state, scope, filters and search.
    fn condition(&self, query: &ListQuery, scope: &Scope, matches: &Matches) -> Condition {
        let column = |name: &'static str| Expr::col(("subject", name));
        let mut condition = Cond::all()
            .add(column("kind").eq(query.kind.key()))
            .add(column("state").eq(query.state.key()))
            .add(scope.condition("subject"));
        for filter in &query.filters {
            condition = condition.add(filter_condition(filter, self.zone_id()));
        }
        match matches {
            Matches::Everything => condition,
            Matches::These(ids) => condition.add(column("id").is_in(ids.iter().copied())),
            Matches::Word(word) => {
                let find = if self.backend() == DbBackend::Postgres { "strpos" } else { "instr" };
                let place = sea_orm::sea_query::Func::cust(find).arg(column("search_text")).arg(word.as_str());
                condition.add(Expr::expr(place).gt(0))
            }
        }
    }

    /// The statement, for SQLite with the index it has to use.
    fn along(&self, way: Way, select: &SelectStatement) -> sea_orm::Statement {
        let backend = self.backend();
        let mut statement = backend.build(select);
        if backend == DbBackend::Sqlite {
            let hint = format!("FROM \"subject\" INDEXED BY \"{}\"", way.index());
            statement.sql = statement.sql.replacen("FROM \"subject\"", &hint, 1);
        }
        statement
    }
}

struct Part<'a> {
    after: Option<&'a Cursor>,
    missing: bool,
}

/// The way that reads the fewest rows: a few ids, an owner's records, a few units; otherwise the
/// list's own order, which finds a page without sorting. A list known to be short is sorted.
fn way(query: &ListQuery, scope: &Scope, matches: &Matches, total: Option<u64>) -> Way {
    let few = total.is_none_or(|total| total <= FEW as u64);
    let has = |wanted: fn(&Filter) -> bool| query.filters.iter().any(wanted);
    if matches!(matches, Matches::These(_)) {
        return Way::Key;
    }
    if has(|filter| matches!(filter, Filter::Parent(_))) {
        return Way::Parent;
    }
    let by_unit = matches!(scope, Scope::Units(_)) || has(|filter| matches!(filter, Filter::Units(_) | Filter::NoUnit));
    // Orders know the unit too: without other filters their index alone fills a page soon.
    let only_units = query.filters.iter().all(|filter| matches!(filter, Filter::Units(_)));
    let walked = only_units && matches!(matches, Matches::Everything) && !few;
    if by_unit && !walked && total.is_none_or(|total| total <= SORTED_WHOLE) {
        return Way::Unit;
    }
    let ranged = query.filters.iter().find_map(|filter| match filter {
        Filter::Revenue(..) => Some(Sort::Revenue),
        Filter::RdExpense(..) => Some(Sort::RdExpense),
        Filter::Employees(..) => Some(Sort::Employees),
        Filter::Registered(..) => Some(Sort::Registered),
        _ => None,
    });
    match ranged {
        Some(sort) if few => Way::Sorted(sort),
        _ if total.is_none() => Way::Unit,
        _ => Way::Sorted(query.sort),
    }
}

fn filter_condition(filter: &Filter, zone: &str) -> Condition {
    let column = |name: &'static str| Expr::col(("subject", name));
    let words =
        |name: &'static str, given: &[String]| Cond::all().add(column(name).is_in(given.iter().map(String::as_str)));
    let figures = |name: &'static str, from: Option<i64>, to: Option<i64>| {
        let from = Cond::all().add(column(name).gte(from.unwrap_or(NO_FIGURE + 1)));
        to.map_or(from.clone(), |to| from.add(column(name).lte(to)))
    };
    match filter {
        Filter::Units(units) => Scope::Units(units.clone()).condition("subject"),
        Filter::NoUnit => Cond::all().add(column("unit_id").is_null()),
        Filter::Industry(prefixes) => begins(&column("industry"), prefixes),
        Filter::Region(prefixes) => begins(&column("region"), prefixes),
        Filter::Level(levels) => words("level", levels),
        Filter::Category(categories) => words("category", categories),
        Filter::Title { title, on } => {
            let on = on.to_string();
            holds(zone, |held| {
                held.and_where(Expr::col(("held_title", "title")).eq(title.as_str()))
                    .and_where(Expr::col(("held_title", "valid_from")).lte(on.as_str()))
                    .and_where(Expr::col(("held_title", "valid_to")).gte(on.as_str()));
            })
        }
        Filter::TitleEnding { title, from, until } => holds(zone, |held| {
            if let Some(title) = title {
                held.and_where(Expr::col(("held_title", "title")).eq(title.as_str()));
            }
            held.and_where(Expr::col(("held_title", "valid_to")).gte(from.to_string()))
                .and_where(Expr::col(("held_title", "valid_to")).lte(until.to_string()));
        }),
        Filter::Revenue(from, to) => figures("revenue", from.map(Money::fen), to.map(Money::fen)),
        Filter::RdExpense(from, to) => figures("rd_expense", from.map(Money::fen), to.map(Money::fen)),
        Filter::Employees(from, to) => figures("employees", *from, *to),
        Filter::Registered(from, to) => {
            let from = from.map_or_else(|| "0".to_owned(), |day| day.to_string());
            let from = Cond::all().add(column("registered_on").gte(from));
            to.map_or(from.clone(), |to| from.add(column("registered_on").lte(to.to_string())))
        }
        Filter::Conflicts => Cond::all().add(column("conflicts_open").gt(0)),
        Filter::Parent(owner) => Cond::all().add(column("parent").eq(owner.0)),
        Filter::NoCode => Cond::all().add(column("code").eq("")),
        Filter::Missing(field) => super::one::missing(zone, field),
    }
}

/// Codes that begin with one of the prefixes, as ranges that an index can answer.
fn begins(column: &Expr, prefixes: &[String]) -> Condition {
    let none = Cond::any().add(Expr::val(1).eq(0));
    prefixes.iter().filter(|prefix| !prefix.is_empty()).fold(none, |any, prefix| {
        let end = format!("{prefix}\u{10FFFF}");
        any.add(column.clone().gte(prefix.as_str()).and(column.clone().lt(end)))
    })
}

fn holds(zone: &str, narrow: impl FnOnce(&mut SelectStatement)) -> Condition {
    let mut held = Query::select();
    held.expr(Expr::val(1))
        .from("held_title")
        .and_where(Expr::col(("held_title", "zone")).eq(zone))
        .and_where(Expr::col(("held_title", "subject")).equals(("subject", "id")));
    narrow(&mut held);
    Cond::all().add(Expr::exists(held))
}

/// What a total depends on: everything but order, page and columns.
fn count_key(query: &ListQuery, scope: &Scope) -> String {
    let mut key = String::new();
    let _ = write!(key, "{:?} {:?} {:?} {:?} {scope:?}", query.kind, query.state, query.text, query.filters);
    key
}

fn no_such_page() -> StoreError {
    StoreError::refused("页码已失效，请从第一页重新查看。", "This page is no longer there; begin at the first page.")
}
