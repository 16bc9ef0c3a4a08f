//! Cases found in several parts that share none, each along an index of its own: many conditions at once
//! would be tried on every case of the zone.

use sea_orm::sea_query::{Asterisk, Cond, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::filter::CaseFilter;
use super::list::CaseQuery;
use super::party::Standing;
use super::row::{self, CaseRow};
use crate::access::Scope;
use crate::{Store, StoreError};

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
            let parts = standing.awaited(self.zone_id()).into_iter();
            all = all.add(parts.fold(Cond::any(), |any, part| any.add(part.which)));
        }
        Ok(all)
    }

    /// What a filter finds, whoever looks. A subject's cases are those of every subject that is shown under it.
    async fn found_by(&self, filter: &CaseFilter) -> Result<Condition, StoreError> {
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
            return Ok(self.awaited_in_parts(standing, &self.found_by(filter).await?));
        }
        let index = index_of(standing, filter);
        if index.is_some() || !by_day || !filter.is_plain() {
            return Ok(vec![Part { which: self.wanted(standing, filter).await?, index }]);
        }
        let found = self.found_by(filter).await?;
        let parts = standing.seen_in_parts(self.zone_id()).into_iter();
        Ok(parts.map(|part| Part { which: Cond::all().add(found.clone()).add(part.which), ..part }).collect())
    }

    /// What waits for an account: each part of it along its own index, and of the private cases, which are
    /// few, all at once.
    fn awaited_in_parts(&self, standing: &Standing, found: &Condition) -> Vec<Part> {
        let zone = self.zone_id();
        let openly = standing.awaited(zone).into_iter().map(|part| {
            let which = Cond::all().add(part.which).add(head("private").eq(false)).add(found.clone());
            let seen = part.seen || standing.scope == Scope::Zone;
            Part { which: if seen { which } else { which.add(standing.sees_others(zone)) }, index: Some(part.index) }
        });
        let any = standing.awaited(zone).into_iter().fold(Cond::any(), |any, part| any.add(part.which));
        let privately = standing.sees_privately(zone).map(|part| {
            let which = Cond::all().add(part.which).add(head("open").eq(true)).add(any).add(found.clone());
            Part { which, ..part }
        });
        openly.chain(privately).collect()
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

    /// How many cases there are in each part, and how many of them are past their day.
    pub(crate) async fn counted_in_parts(&self, parts: &[Part]) -> Result<Vec<(u64, u64)>, StoreError> {
        let now = self.clock().now().as_microsecond();
        let counts = parts.iter().zip(0_i64..).map(|(part, number)| {
            Query::select()
                .expr_as(Expr::val(number), "part")
                .expr_as(Expr::col(Asterisk).count(), "found")
                .expr_as(overdue_count(now), "late")
                .from("case_head")
                .and_where(head("zone").eq(self.zone_id()))
                .cond_where(part.which.clone())
                .to_owned()
        });
        let Some(all) = united(counts) else { return Ok(Vec::new()) };
        let indexes: Vec<_> = parts.iter().map(|part| part.index).collect();
        let mut counted = vec![(0, 0); parts.len()];
        for row in self.reader().query_all_raw(self.found_along(&all, &indexes)).await? {
            let (part, found, late): (i64, i64, i64) =
                (row.try_get_by("part")?, row.try_get_by("found")?, row.try_get_by("late")?);
            if let Some(counted) = usize::try_from(part).ok().and_then(|part| counted.get_mut(part)) {
                *counted = (found.unsigned_abs(), late.unsigned_abs());
            }
        }
        Ok(counted)
    }

    /// The statement, for SQLite with the index that each reading of `case_head` has to use, in their order.
    pub(crate) fn found_along(&self, select: &SelectStatement, indexes: &[Option<&'static str>]) -> Statement {
        let mut statement = self.backend().build(select);
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

/// How many rows are past their day at a moment. What is ended or stands still has no day.
pub(crate) fn overdue_count(now: i64) -> Expr {
    // A sum of figures would be counted in decimals by PostgreSQL.
    Expr::expr(sea_orm::sea_query::CaseStatement::new().case(head("due_at").lt(now), Expr::val(1_i64))).count()
}
