//! Which way through the table a list is found.

use sea_orm::DbBackend;
use sea_orm::sea_query::SelectStatement;

use super::list::{FEW, Filter, ListQuery, Matches, Sort};
use crate::Store;
use crate::access::Scope;

/// Which way SQLite goes through the table. Its planner has no figures to choose by; PostgreSQL's has.
#[derive(Clone, Copy)]
pub(crate) enum Way {
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
    /// The statement, for SQLite with the index it has to use.
    pub(crate) fn along(&self, way: Way, select: &SelectStatement) -> sea_orm::Statement {
        let backend = self.backend();
        let mut statement = backend.build(select);
        if backend == DbBackend::Sqlite {
            let hint = format!("FROM \"subject\" INDEXED BY \"{}\"", way.index());
            statement.sql = statement.sql.replacen("FROM \"subject\"", &hint, 1);
            // Without figures SQLite takes the joined table for the smaller one and goes through it from
            // the outside: a thousand enterprises with their verdicts then take seconds. Written as a
            // cross join, the order is the one that stands here.
            statement.sql = statement.sql.replace(" INNER JOIN ", " CROSS JOIN ");
            // A bare parameter here makes SQLite plan the statement anew for every page: it looks at
            // the number and has to look again once another is bound.
            statement.sql = statement.sql.replace("LIMIT ?", "LIMIT ? + 0");
        }
        statement
    }
}

/// The way that reads the fewest rows: a few ids, an owner's records, a few units; otherwise the
/// list's own order, which finds a page without sorting. A list known to be short is sorted.
pub(super) fn way(query: &ListQuery, scope: &Scope, matches: &Matches, total: Option<u64>) -> Way {
    let few = total.is_none_or(|total| total <= FEW as u64);
    let has = |wanted: fn(&Filter) -> bool| query.filters.iter().any(wanted);
    if matches!(matches, Matches::These(_)) {
        return Way::Key;
    }
    if has(|filter| matches!(filter, Filter::Parent(_))) {
        return Way::Parent;
    }
    let by_unit = matches!(scope, Scope::Units(_)) || has(|filter| matches!(filter, Filter::Units(_) | Filter::NoUnit));
    // A list of a few units that is short is sorted as a whole; a longer one is walked in the order
    // of its index, which knows the unit too, and a page is soon full.
    if by_unit && few {
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
