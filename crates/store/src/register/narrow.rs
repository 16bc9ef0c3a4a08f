//! The condition of a list: kind, state, scope, filters and search.

use kernel::Money;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, Query, SelectStatement};

use super::hot::NO_FIGURE;
use super::list::{Filter, Lacks, ListQuery, Matches};
use crate::Store;
use crate::access::Scope;

impl Store {
    /// The one condition of a list: kind, state, scope, filters and search.
    pub(super) fn condition(&self, query: &ListQuery, scope: &Scope, matches: &Matches) -> Condition {
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
        Filter::Title { title, on } => holds(zone, |held| on_day(held, title, *on)),
        Filter::NoTitle { title, on } => holds(zone, |held| on_day(held, title, *on)).not(),
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
        Filter::Verdict { policy, answer, lacks } => {
            let of = |name: &'static str| Expr::col(("verdict", name));
            let mut verdict = Query::select();
            verdict
                .expr(Expr::val(1))
                .from("verdict")
                .and_where(of("zone").eq(zone))
                .and_where(of("subject").equals(("subject", "id")))
                .and_where(of("policy").eq(policy.as_str()));
            if let Some(answer) = answer {
                verdict.and_where(of("answer").eq(answer.as_str()));
            }
            match lacks {
                Lacks::Any => {}
                // The ids of several are parted by spaces.
                Lacks::One => {
                    verdict.and_where(of("failed").ne("")).and_where(of("failed").not_like("% %"));
                }
                Lacks::Only(condition) => {
                    verdict.and_where(of("failed").eq(condition.as_str()));
                }
            }
            Cond::all().add(Expr::exists(verdict))
        }
    }
}

/// Codes that begin with one of the prefixes, as ranges that an index can answer.
fn begins(column: &Expr, prefixes: &[String]) -> Condition {
    let mut known = prefixes.iter().filter(|prefix| !prefix.is_empty()).peekable();
    if known.peek().is_none() {
        return Cond::all().add(Expr::val(1).eq(0));
    }
    known.fold(Cond::any(), |any, prefix| {
        let end = format!("{prefix}\u{10FFFF}");
        any.add(column.clone().gte(prefix.as_str()).and(column.clone().lt(end)))
    })
}

fn on_day(held: &mut SelectStatement, title: &str, on: jiff::civil::Date) {
    let on = on.to_string();
    held.and_where(Expr::col(("held_title", "title")).eq(title))
        .and_where(Expr::col(("held_title", "valid_from")).lte(on.as_str()))
        .and_where(Expr::col(("held_title", "valid_to")).gte(on.as_str()));
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
