//! Cases found in several parts that share none, each along an index of its own: many conditions at once
//! would be tried on every case of the zone.

use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::counting::Group;
use super::filter::CaseFilter;
use super::list::CaseQuery;
use super::party::Standing;
use super::row::{self, CaseRow};
use super::sight::opaque;
use crate::access::Scope;
use crate::{Store, StoreError};

/// The indexes of open cases by colour, and of cases by their last event.
const BY_COLOUR: &str = "case_by_colour";
const BY_CHANGE: &str = "case_by_change";

/// Some of the cases of a list.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Which, as a condition on `case_head`.
    pub(crate) which: Condition,
    /// The index along which SQLite finds them, where one is known to serve: its planner has no figures to
    /// choose by.
    pub(crate) index: Option<&'static str>,
}

fn head(name: &'static str) -> Expr {
    Expr::col(("case_head", name))
}

impl Store {
    /// What a filter finds among what a standing sees.
    pub(crate) async fn wanted(&self, standing: &Standing, filter: &CaseFilter) -> Result<Condition, StoreError> {
        let mut all = self.found_by(filter).await?.add(standing.sees_kinds(self.zone_id(), &filter.kinds));
        if filter.mine {
            let parts = standing.awaited().into_iter();
            all = all.add(parts.fold(Cond::any(), |any, part| any.add(part.which)));
        }
        Ok(all)
    }

    /// What a filter finds, whoever looks. A subject's cases are those of every subject that is shown under it.
    pub(crate) async fn found_by(&self, filter: &CaseFilter) -> Result<Condition, StoreError> {
        let all = Cond::all().add(filter.condition(self.clock().now(), self.backend()));
        let Some(subject) = filter.subject else { return Ok(all) };
        let family = super::family::of(self.reader(), self.zone_id(), subject).await?;
        Ok(all.add(head("subject").is_in(family.iter().map(|subject| subject.0))))
    }

    /// The same as [`Store::wanted`] in parts that share no case: in as many as there are ways to see one,
    /// where they are wanted by day or only counted.
    pub(crate) async fn wanted_in_parts(
        &self,
        standing: &Standing,
        filter: &CaseFilter,
        by_day: bool,
    ) -> Result<Vec<Part>, StoreError> {
        if filter.mine {
            let groups = self.awaited_in_groups(standing, filter).await?;
            return Ok(groups.into_iter().flat_map(|group| group.parts).collect());
        }
        let index = index_of(standing, filter);
        let is_by_colour = standing.scope == Scope::Zone && filter.is_by_colour();
        if index.is_some() || !by_day || !(filter.is_plain() || is_by_colour) {
            return Ok(vec![Part { which: self.wanted(standing, filter).await?, index }]);
        }
        let found = self.found_by(filter).await?;
        let openly = standing.sees_openly(self.zone_id()).into_iter();
        let openly = openly.map(|part| if is_by_colour { Part { index: Some(BY_COLOUR), ..part } } else { part });
        let parts = openly.chain(standing.sees_privately(self.zone_id()));
        Ok(parts.map(|part| Part { which: Cond::all().add(found.clone()).add(part.which), ..part }).collect())
    }

    /// What a filter that [`CaseFilter::is_of_change`] finds, along the moments of the last events.
    pub(crate) async fn wanted_by_change(&self, standing: &Standing, filter: &CaseFilter) -> Result<Part, StoreError> {
        let which = self.found_by(filter).await?.add(opaque(standing.sees(self.zone_id())));
        Ok(Part { which, index: Some(BY_CHANGE) })
    }

    /// What waits for an account: each part of it along its own index, and of the private cases, which are
    /// few, all at once.
    pub(crate) async fn awaited_in_groups(
        &self,
        standing: &Standing,
        filter: &CaseFilter,
    ) -> Result<Vec<Group>, StoreError> {
        let (zone, found) = (self.zone_id(), self.found_by(filter).await?);
        let is_plain = CaseFilter { mine: false, ..filter.clone() }.is_plain();
        let openly = standing.awaited().into_iter().map(|part| {
            let which = Cond::all().add(part.which).add(head("private").eq(false)).add(found.clone());
            let seen = part.seen || standing.scope == Scope::Zone;
            let which = if seen { which } else { which.add(opaque(standing.sees_others(zone))) };
            let sums = part.sums.filter(|_| seen && is_plain);
            Group { parts: vec![Part { which, index: Some(part.index) }], sums, turn: Some(part.turn) }
        });
        let any = standing.awaited().into_iter().fold(Cond::any(), |any, part| any.add(part.which));
        let privately = standing.sees_privately(zone).map(|part| {
            let which = Cond::all().add(part.which).add(head("open").eq(true)).add(opaque(any)).add(found.clone());
            Group { parts: vec![Part { which, ..part }], sums: None, turn: None }
        });
        Ok(openly.chain(privately).collect())
    }

    /// The first rows of all parts together.
    pub(crate) async fn rows_in_parts(
        &self,
        parts: &[Part],
        query: &CaseQuery,
        limit: u64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let (behind, order) = (query.behind()?, if query.descending { Order::Desc } else { Order::Asc });
        if let [part @ Part { index: None, .. }] = parts {
            let mut select = row::select(self.zone_id());
            select.cond_where(part.which.clone()).cond_where(behind);
            select.order_by(("case_head", query.sort.column()), order.clone());
            select.order_by(("case_head", "id"), order).limit(limit);
            return self.read_rows(&select, &[part.index]).await;
        }
        // The first of each part, of these the first, and of them the rows.
        let firsts = parts.iter().map(|part| {
            let first = Query::select()
                .expr_as(head("id"), "id")
                .expr_as(head(query.sort.column()), "place")
                .from("case_head")
                .and_where(head("zone").eq(self.zone_id()))
                .cond_where(part.which.clone())
                .cond_where(behind.clone())
                .order_by(("case_head", query.sort.column()), order.clone())
                .order_by(("case_head", "id"), order.clone())
                .limit(limit)
                .to_owned();
            Query::select().columns(["id", "place"]).from_subquery(first, "first").to_owned()
        });
        let Some(all) = united(firsts) else { return Ok(Vec::new()) };
        let ids = Query::select()
            .column("id")
            .from_subquery(all, "firsts")
            .order_by("place", order.clone())
            .order_by("id", order)
            .limit(limit)
            .to_owned();
        let select = row::select(self.zone_id()).and_where(head("id").in_subquery(ids)).to_owned();
        let indexes: Vec<_> = [None].into_iter().chain(parts.iter().map(|part| part.index)).collect();
        let mut rows = self.read_rows(&select, &indexes).await?;
        rows.sort_by(|one, other| query.sort.compare(one, other));
        if query.descending {
            rows.reverse();
        }
        Ok(rows)
    }

    async fn read_rows(
        &self,
        select: &SelectStatement,
        indexes: &[Option<&'static str>],
    ) -> Result<Vec<CaseRow>, StoreError> {
        self.reader().query_all_raw(self.found_along(select, indexes)).await?.iter().map(row::read).collect()
    }

    /// The statement, for SQLite with the index that each reading of `case_head` has to use, in their order.
    pub(crate) fn found_along(&self, select: &SelectStatement, indexes: &[Option<&'static str>]) -> Statement {
        let mut statement = self.said(select);
        if self.backend() == DbBackend::Sqlite {
            let from = "FROM \"case_head\"";
            let mut pieces = statement.sql.split(from);
            let mut hinted = pieces.next().unwrap_or_default().to_owned();
            for (at, piece) in pieces.enumerate() {
                hinted.push_str(from);
                if let Some(index) = indexes.get(at).copied().flatten() {
                    hinted.push_str(&format!(" INDEXED BY \"{index}\""));
                }
                hinted.push_str(piece);
            }
            statement.sql = hinted;
        }
        statement
    }
}

/// All of several selections, each with its own order and limit inside.
pub(crate) fn united(selects: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    let mut selects = selects.into_iter();
    let mut all = selects.next()?;
    for select in selects {
        all.union(UnionType::All, select);
    }
    Some(all)
}

/// The index that finds a filter's cases at once: those about one subject, those out of one case.
pub(crate) fn index_of(standing: &Standing, filter: &CaseFilter) -> Option<&'static str> {
    match (filter.parent, filter.subject, &standing.scope) {
        (Some(_), _, _) => Some("case_by_parent"),
        (None, Some(_), _) | (None, None, Scope::Subject(_)) => Some("case_by_subject"),
        (None, None, _) => None,
    }
}
