//! Lists: filter, sort, search, page by page, with the total.

use std::fmt::Write as _;

use jiff::civil::Date;
use kernel::{FactKey, Money, SubjectId, SubjectKind};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::derive::State;
use super::hot::NO_FIGURE;
use super::page::{Cursor, Found, Place, Wanted};
use super::row::SubjectRow;
use super::search::Searched;
use super::way::way;
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

    pub(super) fn column(self) -> &'static str {
        match self {
            Sort::Name => "name_key",
            Sort::Revenue => "revenue",
            Sort::RdExpense => "rd_expense",
            Sort::Employees => "employees",
            Sort::Registered => "registered_on",
            Sort::Changed => "changed_at",
        }
    }

    pub(super) fn index(self) -> &'static str {
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
    pub(super) fn missing(self) -> Place {
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
    /// Does not hold the title on a day.
    NoTitle {
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
    /// What a policy says of it.
    Verdict {
        /// The policy's id.
        policy: String,
        /// The answer; any where none.
        answer: Option<String>,
        /// What fails.
        lacks: Lacks,
    },
}

/// Which conditions of a policy an enterprise fails.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Lacks {
    /// Whichever.
    #[default]
    Any,
    /// Exactly one.
    One,
    /// The one with this id, and no other.
    Only(String),
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

/// More matches than this are found while walking the list in its order instead of one by one.
pub(super) const FEW: usize = 2_000;

/// The ids a search found, or the word that has to be looked for in every row.
pub(super) enum Matches {
    Everything,
    These(Vec<Uuid>),
    Word(String),
}

impl Store {
    /// A page of a list within `scope`, with the total.
    ///
    /// # Errors
    /// What the database reports; a refusal where `after` belongs to another list.
    pub async fn list(&self, query: &ListQuery, scope: &Scope) -> Result<ListPage, StoreError> {
        let after = query.after.as_deref().map(|text| Cursor::read(text, query.sort).ok_or_else(no_such_page));
        let after = after.transpose()?;
        // A total noted before is taken on trust; the page itself says whether it still holds.
        let key = self.count_key(query, scope).await?;
        let noted = self.counts().latest(&key).filter(|_| !is_search(query));
        if let Some((revision, total)) = noted {
            let found = match total {
                // Where nothing was found there is nothing to look for, only whether that still holds.
                0 => Found { rows: Vec::new(), revision: self.revision().await? },
                _ => self.found(query, scope, &Matches::Everything, after.as_ref(), total).await?,
            };
            if found.revision == revision {
                return Ok(as_page(query, found, total));
            }
        }
        let revision = self.revision().await?;
        if is_search(query) {
            let word = super::normal::name_key(&query.text);
            if let Some(Searched { ids, total }) =
                self.search_page(query, &word, scope, after.as_ref(), revision).await?
            {
                // The page holds these and no others, so that it is found whole by their ids.
                let found = self.found(query, scope, &Matches::These(ids), None, total).await?;
                return Ok(as_page(query, found, total));
            }
        }
        let matches = self.matches(query, scope, revision).await?;
        let total = self.count_matching(query, scope, &matches, revision, key).await?;
        let found = match total {
            0 => Found { rows: Vec::new(), revision },
            _ => self.found(query, scope, &matches, after.as_ref(), total).await?,
        };
        Ok(as_page(query, found, total))
    }

    async fn found(
        &self,
        query: &ListQuery,
        scope: &Scope,
        matches: &Matches,
        after: Option<&Cursor>,
        total: u64,
    ) -> Result<Found, StoreError> {
        let behind = usize::try_from(query.limit).unwrap_or(usize::MAX).saturating_add(1);
        // On the first page the total says when to stop looking; what cannot be full is asked for
        // all the same, because the answer also tells the revision.
        let most = if after.is_none() { usize::try_from(total).unwrap_or(usize::MAX).max(1) } else { usize::MAX };
        let way = way(query, scope, matches, Some(total));
        self.page(&Wanted { query, scope, matches, way, after, rows: behind.min(most) }).await
    }

    /// How many subjects a list has on all its pages.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(&self, query: &ListQuery, scope: &Scope) -> Result<u64, StoreError> {
        let revision = self.revision().await?;
        let matches = self.matches(query, scope, revision).await?;
        let key = self.count_key(query, scope).await?;
        self.count_matching(query, scope, &matches, revision, key).await
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
        if !is_search(query) {
            return Ok(Matches::Everything);
        }
        let word = super::normal::name_key(&query.text);
        let found = self.search_names(query.kind, &word, FEW, scope, revision).await?;
        Ok(found.map_or(Matches::Word(word), Matches::These))
    }

    /// What a total depends on: everything but order, page and columns. Verdicts change with the day
    /// and the policies too, and with every round that looks at them.
    async fn count_key(&self, query: &ListQuery, scope: &Scope) -> Result<String, StoreError> {
        let mut key = String::new();
        let _ = write!(key, "{:?} {:?} {:?} {:?} {scope:?}", query.kind, query.state, query.text, query.filters);
        if query.filters.iter().any(|filter| matches!(filter, Filter::Verdict { .. })) {
            let _ = write!(key, " {:?}", self.last_round().await?.map(|round| round.known_at));
        }
        Ok(key)
    }

    async fn count_matching(
        &self,
        query: &ListQuery,
        scope: &Scope,
        matches: &Matches,
        revision: i64,
        key: String,
    ) -> Result<u64, StoreError> {
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
}

fn as_page(query: &ListQuery, found: Found, total: u64) -> ListPage {
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let mut found = found.rows;
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|(_, cursor)| cursor.write());
    ListPage { rows: found.into_iter().map(|(row, _)| row).collect(), total, next }
}

/// Whether a list is narrowed by words at all.
fn is_search(query: &ListQuery) -> bool {
    super::normal::name_key(&query.text).chars().nth(1).is_some()
}

fn no_such_page() -> StoreError {
    StoreError::refused("页码已失效，请从第一页重新查看。", "This page is no longer there; begin at the first page.")
}
