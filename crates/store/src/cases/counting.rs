//! How many cases there are, and how many of them past their day: the one way to count for lists, boards and
//! Today. What the kept tally knows is summed from it; the rest is counted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use loops::{Party, State, by_key};
use sea_orm::sea_query::{
    Asterisk, CaseStatement, Cond, Condition, Expr, ExprTrait as _, Func, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait as _, QueryResult};

use super::filter::CaseFilter;
use super::looking::Looking;
use super::parts::{Part, united};
use super::party::Standing;
use super::row::{NEVER, day_of, start_of};
use super::said::unweighed;
use super::tally::{Sums, TABLE, What, ZONE, day_number};
use crate::access::{Scope, Viewer};
use crate::{Store, StoreError};

/// Parts of cases that are counted as one.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Which cases, in parts that share none.
    pub(crate) parts: Vec<Part>,
    /// What of the kept tally counts all of them, where something does.
    pub(crate) sums: Option<Sums>,
    /// Whose turn it is in all of them, none of which is private, where they wait for somebody.
    pub(crate) turn: Option<Party>,
}

/// Open cases in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenCases {
    /// How many there are.
    pub open: u64,
    /// How many of them are past their day.
    pub overdue: u64,
    /// How many are due within the days that were asked for.
    pub due: u64,
}

/// Some cases in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many there are.
    pub(crate) found: u64,
    /// How many of them are past their day.
    pub(crate) late: u64,
    /// How many are due within the days that were asked for.
    pub(crate) due: u64,
}

impl Counted {
    fn add(&mut self, other: Counted) {
        self.found += other.found;
        self.late += other.late;
        self.due += other.due;
    }

    /// All of these together.
    pub(crate) fn all<'a>(counted: impl IntoIterator<Item = &'a Counted>) -> Counted {
        counted.into_iter().fold(Counted::default(), |mut all, counted| {
            all.add(*counted);
            all
        })
    }
}

/// By what cases are told apart when they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// By nothing.
    Nothing,
    /// By their kind.
    Kind,
    /// By their state, where all are of one kind.
    State,
}

/// What is to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// By what cases are told apart.
    pub(crate) by: By,
    /// Whether it matters how many are past their day: where not, [`Counted::late`] may leave out those of today.
    pub(crate) late: bool,
    /// The days for [`Counted::due`].
    pub(crate) due: Option<(Date, Date)>,
}

/// Figures by the key of a kind or state.
pub(crate) type Figures = BTreeMap<String, Counted>;

fn head(name: &'static str) -> Expr {
    Expr::col(("case_head", name))
}

impl Store {
    /// How many open cases this person may see, how many of them are past their day, and how many are due
    /// from the first of two days to the last.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; what the database reports.
    pub async fn open_cases(&self, viewer: &Viewer, due: (Date, Date)) -> Result<OpenCases, StoreError> {
        self.looking(viewer).await?.open_cases(due).await
    }

    /// What a filter finds among what a standing sees, in groups that share no case.
    pub(crate) async fn wanted_in_groups(
        &self,
        standing: &Standing,
        filter: &CaseFilter,
    ) -> Result<Vec<Group>, StoreError> {
        let sums = match filter {
            filter if filter.mine => None,
            filter if filter.is_plain() => standing.sums(),
            filter if standing.scope == Scope::Zone && is_of_days_changed(filter) => {
                Some(Sums { what: What::Changed, units: vec![ZONE], turn: None })
            }
            _ => None,
        };
        if filter.mine {
            return self.awaited_in_groups(standing, filter).await;
        }
        if sums.is_none() {
            return Ok(vec![Group { parts: self.wanted_in_parts(standing, filter, true).await?, sums, turn: None }]);
        }
        let found = self.found_by(filter).await?;
        let within = |part: Part| Part { which: Cond::all().add(found.clone()).add(part.which), ..part };
        let openly = standing.sees_openly(self.zone_id()).into_iter().map(within).collect();
        let privately: Vec<Part> = standing.sees_privately(self.zone_id()).into_iter().map(within).collect();
        let privately = (!privately.is_empty()).then_some(Group { parts: privately, sums: None, turn: None });
        Ok([Group { parts: openly, sums, turn: None }].into_iter().chain(privately).collect())
    }

    /// The cases of each group in figures.
    pub(crate) async fn counted(
        &self,
        groups: &[Group],
        filter: &CaseFilter,
        Wanted { by, late, due }: Wanted,
    ) -> Result<Vec<Figures>, StoreError> {
        let now = self.clock().now();
        let turns = if groups.iter().any(|group| group.turn.is_some()) { Some(self.turns().await?) } else { None };
        let (mut summed, mut plain) = (Vec::new(), Vec::new());
        for (group, number) in groups.iter().zip(0_i64..) {
            if turns.as_ref().zip(group.turn).is_some_and(|(turns, turn)| !turns.contains(&turn)) {
                continue;
            }
            match &group.sums {
                None => plain.extend(group.parts.iter().map(|part| (number, part.clone(), due))),
                Some(sums) => {
                    summed.push(summing(self.zone_id(), number, sums, filter, now, due));
                    if (late || filter.overdue) && sums.what != What::Changed {
                        // The tally knows days: what is past its moment today is counted, and nothing else of it.
                        plain.extend(group.parts.iter().map(|part| (number, part.late_today(now), None)));
                    }
                }
            }
        }
        let mut figures = vec![Figures::new(); groups.len()];
        let overdue_only = filter.overdue;
        if let Some(query) = united(summed) {
            for row in self.reader().query_all_raw(self.said(&query)).await? {
                let (kind, state): (String, String) = (row.try_get_by("kind")?, row.try_get_by("state")?);
                let number: i64 = row.try_get_by("part")?;
                let group = usize::try_from(number).ok().and_then(|number| groups.get(number));
                let turn = group.and_then(|group| group.sums.as_ref()?.turn);
                if turn.is_some() && owner(&kind, &state) != turn {
                    continue;
                }
                let mut counted = read(&row)?;
                if overdue_only {
                    counted.found = counted.late;
                }
                let key = match by {
                    By::Nothing => String::new(),
                    By::Kind => kind,
                    By::State => state,
                };
                add(&mut figures, number, key, counted);
            }
        }
        let queries = plain.iter().map(|(number, part, due)| counting(self.zone_id(), *number, part, by, now, *due));
        if let Some(query) = united(queries) {
            let indexes: Vec<_> = plain.iter().map(|(_, part, _)| part.index).collect();
            for row in self.reader().query_all_raw(self.found_along(&query, &indexes)).await? {
                let (number, key): (i64, String) = (row.try_get_by("part")?, row.try_get_by("key")?);
                let mut counted = read(&row)?;
                let is_summed = usize::try_from(number).ok().and_then(|at| groups.get(at)?.sums.as_ref()).is_some();
                if is_summed && !overdue_only {
                    counted.found = 0;
                }
                add(&mut figures, number, key, counted);
            }
        }
        Ok(figures)
    }

    /// Whose turn it is in any open case of the zone that is not private.
    async fn turns(&self) -> Result<BTreeSet<Party>, StoreError> {
        let query = Query::select()
            .columns(["kind", "state"])
            .from(TABLE)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("unit").eq(ZONE))
            .and_where(Expr::col("what").eq(What::Seen.key()))
            .and_where(Expr::col("open").eq(true))
            .and_where(Expr::col("cases").gt(0))
            .distinct()
            .to_owned();
        let mut turns = BTreeSet::new();
        for row in self.reader().query_all_raw(self.said(&query)).await? {
            let (kind, state): (String, String) = (row.try_get_by("kind")?, row.try_get_by("state")?);
            turns.extend(owner(&kind, &state));
        }
        Ok(turns)
    }
}

impl Looking {
    /// Open cases in figures, as [`Store::open_cases`].
    ///
    /// # Errors
    /// What the database reports.
    pub async fn open_cases(&self, due: (Date, Date)) -> Result<OpenCases, StoreError> {
        let open = CaseFilter { open: Some(true), ..CaseFilter::default() };
        let groups = self.store.wanted_in_groups(&self.standing, &open).await?;
        let wanted = Wanted { by: By::Nothing, late: true, due: Some(due) };
        let counted = self.store.counted(&groups, &open, wanted).await?;
        let Counted { found, late, due } = Counted::all(counted.iter().flat_map(BTreeMap::values));
        Ok(OpenCases { open: found, overdue: late, due })
    }
}

fn owner(kind: &str, state: &str) -> Option<Party> {
    by_key(kind)?.state(state).and_then(State::owner)
}

fn add(figures: &mut [Figures], number: i64, key: String, counted: Counted) {
    if let Some(figures) = usize::try_from(number).ok().and_then(|number| figures.get_mut(number)) {
        figures.entry(key).or_default().add(counted);
    }
}

fn read(row: &QueryResult) -> Result<Counted, StoreError> {
    let figure = |name: &str| -> Result<u64, StoreError> {
        let figure: Option<i64> = row.try_get_by(name)?;
        Ok(figure.and_then(|figure| u64::try_from(figure).ok()).unwrap_or_default())
    };
    Ok(Counted { found: figure("found")?, late: figure("late")?, due: figure("due")? })
}

/// Whether a filter asks for nothing but the days since which something happened, from the beginning of one.
fn is_of_days_changed(filter: &CaseFilter) -> bool {
    let Some(from) = filter.changed_from else { return false };
    start_of(day_of(from)) == from && filter.is_of_change()
}

/// The rows of a part, counted one by one.
fn counting(
    zone: &str,
    number: i64,
    part: &Part,
    by: By,
    now: Timestamp,
    due: Option<(Date, Date)>,
) -> SelectStatement {
    let mut query = Query::select();
    query.expr_as(Expr::val(number), "part");
    match by {
        By::Nothing => query.expr_as(Expr::val("").cast_as("text"), "key"),
        By::Kind => query.expr_as(head("kind"), "key").group_by_col(("case_head", "kind")),
        By::State => query.expr_as(head("state"), "key").group_by_col(("case_head", "state")),
    };
    query
        .expr_as(Expr::col(Asterisk).count(), "found")
        .expr_as(how_many(head("due_at").lt(now.as_microsecond())), "late")
        .expr_as(due.map_or(Expr::val(0_i64), |due| how_many(between(due))), "due")
        .from("case_head")
        .and_where(head("zone").eq(zone))
        .cond_where(part.which.clone());
    query
}

/// How many rows a condition holds for. A sum of figures would be counted in decimals by PostgreSQL.
pub(crate) fn how_many(condition: Expr) -> Expr {
    Expr::expr(CaseStatement::new().case(condition, Expr::val(1_i64))).count()
}

fn between((first, last): (Date, Date)) -> Expr {
    let behind = start_of(last.saturating_add(1.day())).as_microsecond();
    head("due_at").gte(start_of(first).as_microsecond()).and(head("due_at").lt(behind))
}

/// The rows of the tally that count a group.
fn summing(
    zone: &str,
    number: i64,
    sums: &Sums,
    filter: &CaseFilter,
    now: Timestamp,
    due: Option<(Date, Date)>,
) -> SelectStatement {
    let of_day = |day: Date| day_number(start_of(day).as_microsecond());
    let day = || Expr::col("day");
    let sum = |condition: Option<Condition>| {
        let cases = condition.map_or(Expr::col("cases"), |condition| {
            Expr::expr(CaseStatement::new().case(condition, Expr::col("cases")).finally(0_i64))
        });
        Func::cast_as(cases.sum(), "bigint")
    };
    let within = |(first, last): (Date, Date)| Cond::all().add(day().gte(of_day(first))).add(day().lte(of_day(last)));
    let mut query = Query::select();
    query
        .expr_as(Expr::val(number), "part")
        .columns(["kind", "state"])
        .expr_as(sum(None), "found")
        .expr_as(sum(Some(Cond::all().add(day().lt(of_day(day_of(now)))))), "late")
        .expr_as(due.map_or(Expr::val(0_i64), |due| sum(Some(within(due))).into()), "due")
        .from(TABLE)
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("unit").is_in(sums.units.iter().copied()))
        .and_where(Expr::col("what").eq(sums.what.key()))
        .group_by_columns(["kind", "state"]);
    let is_open = filter.open.or_else(|| (filter.overdue || sums.turn.is_some()).then_some(true));
    if let Some(open) = is_open {
        query.and_where(Expr::col("open").eq(open));
    }
    for (column, keys) in [("kind", &filter.kinds), ("state", &filter.states)] {
        if !keys.is_empty() {
            query.and_where(Expr::col(column).is_in(keys.iter().map(String::as_str)));
        }
    }
    if let Some(first) = filter.due_from {
        query.and_where(day().gte(of_day(first)));
    }
    if let Some(last) = filter.due_by {
        query.and_where(day().lte(of_day(last)));
    }
    if filter.due_from.is_some() || filter.due_by.is_some() {
        query.and_where(day().lt(NEVER));
    }
    if let Some(from) = filter.changed_from {
        query.and_where(day().gte(day_number(from.as_microsecond())));
    }
    query
}

impl Part {
    /// Those of the part that are past their moment, of today only.
    fn late_today(&self, now: Timestamp) -> Part {
        let today = start_of(day_of(now)).as_microsecond();
        let late = Cond::all()
            .add(head("due_at").gte(unweighed(today)))
            .add(head("due_at").lt(unweighed(now.as_microsecond())));
        Part { which: late.add(self.which.clone()).add(head("open").eq(true)), ..self.clone() }
    }
}
