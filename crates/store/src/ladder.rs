//! The ladder (梯次): how many enterprises hold each title, who entered and left it in which year,
//! and how those with a verdict on it stand.

use jiff::civil::Date;
use kernel::SubjectKind;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, Func, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult};

use crate::access::Scope;
use crate::register::way::Way;
use crate::{State, Store, StoreError};

/// How a title is held on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// Not at all.
    None,
    /// It is, and ends soon.
    Ending,
    /// It is.
    Held,
}

impl Hold {
    fn from_key(key: &str) -> Self {
        match key {
            "held" => Hold::Held,
            "ending" => Hold::Ending,
            _ => Hold::None,
        }
    }
}

/// How many hold a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holders {
    /// On the day, those included that end soon.
    pub held: u64,
    /// Of those, how many end soon.
    pub ending: u64,
}

/// Who entered and left in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The year.
    pub year: i16,
    /// Enterprises whose first title of the kind began in it.
    pub entered: u64,
    /// Enterprises whose last title of the kind ended in it, before the day asked for.
    pub left: u64,
}

/// Enterprises with one answer to a policy that hold its title in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The answer.
    pub answer: String,
    /// The ids of the conditions that fail, parted by spaces.
    pub failed: String,
    /// How they hold the title.
    pub hold: Hold,
    /// How many.
    pub enterprises: u64,
}

#[derive(FromQueryResult)]
struct Counted {
    hold: String,
    enterprises: i64,
}

#[derive(FromQueryResult)]
struct CountedStanding {
    answer: String,
    failed: String,
    hold: String,
    enterprises: i64,
}

#[derive(FromQueryResult)]
struct Span {
    first: String,
    last: String,
    enterprises: i64,
}

fn held(column: &'static str) -> Expr {
    Expr::col(("held_title", column))
}

/// The way a title that lasts until `last` is held.
fn hold_of(last: impl Fn() -> Expr, soon: Date) -> CaseStatement {
    CaseStatement::new().case(last().is_null(), "none").case(last().lte(soon.to_string()), "ending").finally("held")
}

impl Store {
    /// How many enterprises within `scope` hold a title on a day, and how many of those titles end
    /// by `soon`. Of several records of one title the one that lasts longest counts.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn holders(&self, title: &str, on: Date, soon: Date, scope: &Scope) -> Result<Holders, StoreError> {
        let mut lasting = self.titles(title, scope);
        lasting
            .expr_as(Func::max(held("valid_to")), "last")
            .and_where(held("valid_from").lte(on.to_string()))
            .and_where(held("valid_to").gte(on.to_string()))
            .group_by_col(("held_title", "subject"));
        let query = Query::select()
            .expr_as(hold_of(|| Expr::col(("lasting", "last")), soon), "hold")
            .expr_as(Func::count(Expr::val(1)), "enterprises")
            .from_subquery(lasting, "lasting")
            .group_by_col("hold")
            .to_owned();
        let mut holders = Holders::default();
        for row in self.reader().query_all(&query).await? {
            let Counted { hold, enterprises } = Counted::from_query_result(&row, "")?;
            holders.held += enterprises.unsigned_abs();
            if Hold::from_key(&hold) == Hold::Ending {
                holders.ending += enterprises.unsigned_abs();
            }
        }
        Ok(holders)
    }

    /// Who entered and left the holders of a title, by year, the earliest first, up to a day.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn title_moves(&self, title: &str, on: Date, scope: &Scope) -> Result<Vec<Move>, StoreError> {
        let mut spans = self.titles(title, scope);
        spans
            .expr_as(Func::min(held("valid_from")), "first_day")
            .expr_as(Func::max(held("valid_to")), "last_day")
            .and_where(held("valid_from").lte(on.to_string()))
            .group_by_col(("held_title", "subject"));
        let year = |column: &'static str| {
            Expr::expr(Func::cust("substr").arg(Expr::col(("spans", column))).arg(1_i32).arg(4_i32))
        };
        // An open beginning is no year; a title that lasts has not been left.
        let left = CaseStatement::new()
            .case(Expr::col(("spans", "last_day")).lt(on.to_string()), year("last_day"))
            .finally("");
        let query = Query::select()
            .expr_as(year("first_day"), "first")
            .expr_as(left, "last")
            .expr_as(Func::count(Expr::val(1)), "enterprises")
            .from_subquery(spans, "spans")
            .group_by_col("first")
            .group_by_col("last")
            .to_owned();
        let mut moves: std::collections::BTreeMap<i16, (u64, u64)> = std::collections::BTreeMap::new();
        for row in self.reader().query_all(&query).await? {
            let Span { first, last, enterprises } = Span::from_query_result(&row, "")?;
            if let Ok(year) = first.parse() {
                moves.entry(year).or_default().0 += enterprises.unsigned_abs();
            }
            if let Ok(year) = last.parse() {
                moves.entry(year).or_default().1 += enterprises.unsigned_abs();
            }
        }
        moves.remove(&0);
        Ok(moves.into_iter().map(|(year, (entered, left))| Move { year, entered, left }).collect())
    }

    /// How the enterprises within `scope` that have a verdict on a policy hold the title it leads to.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn standing(
        &self,
        policy: &str,
        title: &str,
        on: Date,
        soon: Date,
        scope: &Scope,
    ) -> Result<Vec<Standing>, StoreError> {
        let of = |name: &'static str| Expr::col(("verdict", name));
        let last = Query::select()
            .expr(Func::max(held("valid_to")))
            .from("held_title")
            .and_where(held("zone").eq(self.zone_id()))
            .and_where(held("subject").equals(("verdict", "subject")))
            .and_where(held("title").eq(title))
            .and_where(held("valid_from").lte(on.to_string()))
            .and_where(held("valid_to").gte(on.to_string()))
            .to_owned();
        let verdicts = Query::select()
            .columns([("verdict", "answer"), ("verdict", "failed")])
            .expr_as(Expr::SubQuery(None, Box::new(last.into())), "last")
            // From the rows in scope to their verdicts: the other way leads through the whole register.
            .from("subject")
            .inner_join("verdict", of("zone").equals(("subject", "zone")).and(of("subject").equals(("subject", "id"))))
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("subject", "kind")).eq(SubjectKind::Enterprise.key()))
            .and_where(Expr::col(("subject", "state")).eq(State::Active.key()))
            .and_where(of("policy").eq(policy))
            .cond_where(scope.condition("subject"))
            .to_owned();
        let query = Query::select()
            .columns([("verdicts", "answer"), ("verdicts", "failed")])
            .expr_as(hold_of(|| Expr::col(("verdicts", "last")), soon), "hold")
            .expr_as(Func::count(Expr::val(1)), "enterprises")
            .from_subquery(verdicts, "verdicts")
            .group_by_columns(["answer", "failed", "hold"])
            .to_owned();
        let rows = self.reader().query_all_raw(self.along(Way::Unit, &query)).await?;
        let standing = |row: &sea_orm::QueryResult| {
            let CountedStanding { answer, failed, hold, enterprises } = CountedStanding::from_query_result(row, "")?;
            Ok(Standing { answer, failed, hold: Hold::from_key(&hold), enterprises: enterprises.unsigned_abs() })
        };
        rows.iter().map(standing).collect()
    }

    /// The records of a title of enterprises within `scope`.
    fn titles(&self, title: &str, scope: &Scope) -> SelectStatement {
        Query::select()
            .from("held_title")
            .inner_join(
                "subject",
                Expr::col(("subject", "zone"))
                    .equals(("held_title", "zone"))
                    .and(Expr::col(("subject", "id")).equals(("held_title", "subject"))),
            )
            .and_where(held("zone").eq(self.zone_id()))
            .and_where(held("title").eq(title))
            .and_where(Expr::col(("subject", "state")).eq(State::Active.key()))
            .cond_where(scope.condition("subject"))
            .to_owned()
    }
}
