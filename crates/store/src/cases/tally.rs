//! A kept tally of cases that are not private: how many each unit sees, by state and day. It is changed in
//! the transaction that changes a case, while that holds the end of the chain of cases, so it is exact at
//! every moment; what it is made of is said once, in [`added`].

use std::collections::{BTreeMap, BTreeSet};

use loops::Party;
use sea_orm::sea_query::{Expr, ExprTrait as _, InsertStatement, OnConflict, Query};
use sea_orm::{ConnectionTrait, Statement, Value};
use uuid::Uuid;

use super::row::{CaseId, CaseRow, NEVER, micros};
use crate::access::UnitId;
use crate::write::Chain;
use crate::{StoreError, Tx};

/// The table.
pub(crate) const TABLE: &str = "case_tally";

/// The unit under which what the whole zone has is counted.
pub(crate) const ZONE: Uuid = Uuid::nil();

/// What is counted for a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Cases that its people see, by the day they are due: in its charge, opened by it, about its subjects,
    /// with its assistance. For the zone every case.
    Seen,
    /// Cases in its charge, by the day they are due.
    Charge,
    /// Cases about its subjects, by the day they are due.
    Place,
    /// Cases of the whole zone by the day of their last event.
    Changed,
}

impl What {
    pub(crate) fn key(self) -> &'static str {
        match self {
            What::Seen => "seen",
            What::Charge => "charge",
            What::Place => "place",
            What::Changed => "changed",
        }
    }
}

/// Which rows of the tally count some cases: no case is in two of the units, and all are in one turn where one
/// is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) what: What,
    pub(crate) units: Vec<Uuid>,
    pub(crate) turn: Option<Party>,
}

impl Sums {
    /// Every case of the zone in a turn.
    pub(crate) fn of_zone(turn: Party) -> Self {
        Self { what: What::Seen, units: vec![ZONE], turn: Some(turn) }
    }
}

/// Microseconds of a day, and how far China's days begin before those of UTC.
const DAY: i64 = 86_400_000_000;
const AHEAD: i64 = 8 * 3_600_000_000;

/// The day of a moment in China as the tally counts it: days since 1970.
pub(crate) fn day_number(at: i64) -> i64 {
    if at == NEVER { NEVER } else { (at + AHEAD) / DAY }
}

/// What [`day_number`] says, of a column.
fn day_of(column: &str) -> String {
    format!("CASE WHEN {column} = {NEVER} THEN {NEVER} ELSE ({column} + {AHEAD}) / {DAY} END")
}

/// The rows of the tally that some cases make. `which` is a condition on `h`, a row of `case_head`; the first
/// bound value is [`ZONE`]. A unit that sees a case for several reasons is counted once.
pub(crate) fn rows(which: &str) -> String {
    let (due, changed) = (day_of("h.due_at"), day_of("h.changed_at"));
    let ways = (0..7).map(|way| format!("SELECT {way} AS way")).collect::<Vec<_>>().join(" UNION ALL ");
    format!(
        "SELECT zone, unit, what, \"open\", kind, state, day, COUNT(*) AS cases FROM (\
         SELECT h.zone AS zone, \
         CASE k.way WHEN 0 THEN $1 WHEN 6 THEN $1 WHEN 2 THEN h.opener_unit WHEN 3 THEN h.subject_unit \
         WHEN 5 THEN h.subject_unit ELSE h.unit END AS unit, \
         CASE k.way WHEN 4 THEN 'charge' WHEN 5 THEN 'place' WHEN 6 THEN 'changed' ELSE 'seen' END AS what, \
         h.\"open\" AS \"open\", h.kind AS kind, h.state AS state, \
         CASE k.way WHEN 6 THEN {changed} ELSE {due} END AS day \
         FROM case_head h CROSS JOIN ({ways}) k WHERE {which} AND NOT h.private AND CASE k.way \
         WHEN 1 THEN h.unit IS NOT NULL WHEN 4 THEN h.unit IS NOT NULL WHEN 5 THEN h.subject_unit IS NOT NULL \
         WHEN 2 THEN h.opener_unit IS NOT NULL AND h.opener_unit IS DISTINCT FROM h.unit \
         WHEN 3 THEN h.subject_unit IS NOT NULL AND h.subject_unit IS DISTINCT FROM h.unit \
         AND h.subject_unit IS DISTINCT FROM h.opener_unit ELSE 1 = 1 END \
         UNION ALL \
         SELECT h.zone, w.unit, 'seen', h.\"open\", h.kind, h.state, {due} \
         FROM case_head h CROSS JOIN case_unit w WHERE {which} AND NOT h.private AND w.zone = h.zone \
         AND w.case_id = h.id AND w.part = 'assisting' AND w.unit IS DISTINCT FROM h.unit \
         AND w.unit IS DISTINCT FROM h.opener_unit AND w.unit IS DISTINCT FROM h.subject_unit\
         ) AS made GROUP BY zone, unit, what, \"open\", kind, state, day"
    )
}

/// The statement that adds what some cases make to the tally, or with -1 takes it away.
pub(crate) fn added(which: &str, sign: i64) -> String {
    format!(
        "INSERT INTO case_tally (zone, unit, what, \"open\", kind, state, day, cases) \
         SELECT zone, unit, what, \"open\", kind, state, day, {sign} * cases FROM ({}) AS counted WHERE 1 = 1 \
         ON CONFLICT (zone, unit, what, \"open\", kind, state, day) \
         DO UPDATE SET cases = case_tally.cases + excluded.cases",
        rows(which)
    )
}

/// The key of the table.
const KEY: [&str; 7] = ["zone", "unit", "what", "open", "kind", "state", "day"];

/// A row of the tally without what it counts: the unit, what is counted, open, kind, state, day.
type Key = (Uuid, &'static str, bool, &'static str, &'static str, i64);

/// The rows of the tally in which one case is counted, as [`rows`] says it of many.
fn rows_of(row: &CaseRow, assisting: &[UnitId]) -> BTreeSet<Key> {
    if row.private {
        return BTreeSet::new();
    }
    let (due, changed) = (day_number(micros(row.due_at)), day_number(row.changed_at.as_microsecond()));
    let key = |unit: Uuid, what: What, day| (unit, what.key(), !row.is_ended(), row.kind.key, row.state.key, day);
    let seen_by = [row.unit, row.opener_unit, row.subject_unit].into_iter().flatten().chain(assisting.iter().copied());
    let mut rows: BTreeSet<Key> = seen_by.map(|unit| key(unit.0, What::Seen, due)).collect();
    rows.insert(key(ZONE, What::Seen, due));
    rows.insert(key(ZONE, What::Changed, changed));
    rows.extend(row.unit.map(|unit| key(unit.0, What::Charge, due)));
    rows.extend(row.subject_unit.map(|unit| key(unit.0, What::Place, due)));
    rows
}

/// How many cases more, or fewer, rows of the tally count.
#[derive(Debug, Default)]
pub(crate) struct Shift(BTreeMap<Key, i64>);

/// Rows of the tally that are written with one statement.
const AT_ONCE: usize = 1_000;

impl Shift {
    /// Counts a case as it is now in place of how it was before, each with the units that assist; a case that is
    /// new was not before. Rows that are the same in both are not touched.
    pub(crate) fn case(&mut self, was: Option<(&CaseRow, &[UnitId])>, is: (&CaseRow, &[UnitId])) {
        let was = was.map(|(row, assisting)| rows_of(row, assisting)).unwrap_or_default();
        let is = rows_of(is.0, is.1);
        for (rows, cases) in [(was.difference(&is), -1), (is.difference(&was), 1)] {
            for key in rows {
                *self.0.entry(*key).or_default() += cases;
            }
        }
    }

    fn statements(self, zone: &str) -> Vec<InsertStatement> {
        let rows: Vec<(Key, i64)> = self.0.into_iter().filter(|(_, cases)| *cases != 0).collect();
        rows.chunks(AT_ONCE).map(|some| changing(zone, some)).collect()
    }
}

/// The statement that adds to rows of the tally.
fn changing(zone: &str, rows: &[(Key, i64)]) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(TABLE).columns(KEY.into_iter().chain(["cases"]));
    for ((unit, what, open, kind, state, day), cases) in rows {
        insert.values_panic([
            zone.into(),
            (*unit).into(),
            (*what).into(),
            (*open).into(),
            (*kind).into(),
            (*state).into(),
            (*day).into(),
            (*cases).into(),
        ]);
    }
    let sum = Expr::col((TABLE, "cases")).add(Expr::col(("excluded", "cases")));
    insert.on_conflict(OnConflict::columns(KEY).value("cases", sum).to_owned());
    insert
}

/// The cases whose part of the tally is put in or taken out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Touched<'a> {
    /// One.
    Case(CaseId),
    /// Several.
    #[cfg(feature = "testing")]
    Cases(&'a [Uuid]),
    /// Those about these subjects.
    About(&'a [Uuid]),
}

impl Tx {
    /// Takes what these cases make out of the tally, before they are changed. The chain of cases is taken by
    /// the caller.
    pub(crate) async fn leave_tally(&self, some: Touched<'_>) -> Result<(), StoreError> {
        self.to_tally(some, -1).await
    }

    /// Puts what these cases make into the tally, after they were changed.
    pub(crate) async fn enter_tally(&self, some: Touched<'_>) -> Result<(), StoreError> {
        self.to_tally(some, 1).await
    }

    /// Counts a case as it is now in place of how it was before, each with the units that assist; a case that
    /// is new was not before. Rows that are the same in both are not touched.
    pub(crate) async fn tally_changed(
        &self,
        was: Option<(&CaseRow, &[UnitId])>,
        is: (&CaseRow, &[UnitId]),
    ) -> Result<(), StoreError> {
        let mut shift = Shift::default();
        shift.case(was, is);
        self.shift_tally(shift).await
    }

    /// Writes a shift of the tally.
    pub(crate) async fn shift_tally(&self, shift: Shift) -> Result<(), StoreError> {
        for insert in shift.statements(self.zone_id()) {
            self.connection().execute(&insert).await?;
        }
        Ok(())
    }

    async fn to_tally(&self, some: Touched<'_>, sign: i64) -> Result<(), StoreError> {
        let (column, ids) = match &some {
            Touched::Case(id) => ("id", std::slice::from_ref(&id.0)),
            #[cfg(feature = "testing")]
            Touched::Cases(ids) => ("id", *ids),
            Touched::About(ids) => ("subject", *ids),
        };
        for ids in ids.chunks(5_000) {
            let places: Vec<String> = (3..3 + ids.len()).map(|at| format!("${at}")).collect();
            let which = format!("h.zone = $2 AND h.{column} IN ({})", places.join(", "));
            let mut values: Vec<Value> = vec![ZONE.into(), self.zone_id().into()];
            values.extend(ids.iter().map(|id| Value::from(*id)));
            let sql = added(&which, sign);
            let connection = self.connection();
            connection
                .execute_raw(Statement::from_sql_and_values(connection.get_database_backend(), sql, values))
                .await?;
        }
        Ok(())
    }

    /// The cases about subjects whose unit is another now go with them, to those who see them there.
    pub(crate) async fn cases_follow(&self, moved: &[Uuid]) -> Result<(), StoreError> {
        if moved.is_empty() {
            return Ok(());
        }
        // Taken before anybody looks: a case that is being opened about one of them is waited for.
        self.head(Chain::Case).await?;
        for some in moved.chunks(5_000) {
            let about = || Expr::col(("case_head", "subject")).is_in(some.iter().copied());
            let here = || Expr::col(("case_head", "zone")).eq(self.zone_id());
            let any = Query::select()
                .expr(Expr::val(1))
                .from("case_head")
                .and_where(here())
                .and_where(about())
                .limit(1)
                .to_owned();
            if self.connection().query_one(&any).await?.is_none() {
                continue;
            }
            self.leave_tally(Touched::About(some)).await?;
            let now = Query::select()
                .column(("subject", "unit_id"))
                .from("subject")
                .and_where(Expr::col(("subject", "zone")).equals(("case_head", "zone")))
                .and_where(Expr::col(("subject", "id")).equals(("case_head", "subject")))
                .to_owned();
            let update = Query::update()
                .table("case_head")
                .value("subject_unit", Expr::SubQuery(None, Box::new(now.into())))
                .and_where(here())
                .and_where(about())
                .to_owned();
            self.connection().execute(&update).await?;
            self.enter_tally(Touched::About(some)).await?;
        }
        Ok(())
    }

    /// Makes the tally anew from the cases, and the unit of each case's subject from the subjects.
    pub(crate) async fn tally_anew(&self) -> Result<(), StoreError> {
        self.head(Chain::Case).await?;
        let connection = self.connection();
        let backend = connection.get_database_backend();
        for (sql, values) in [
            (format!("{} AND zone = $1", units_anew()), vec![self.zone_id().into()]),
            ("DELETE FROM case_tally WHERE zone = $1".to_owned(), vec![self.zone_id().into()]),
            (added("h.zone = $2", 1), vec![ZONE.into(), self.zone_id().into()]),
        ] {
            connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
        Ok(())
    }

    /// Rows that count nothing any more are let go.
    pub(crate) async fn sweep_tally(&self) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(TABLE)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("cases").eq(0))
            .to_owned();
        self.connection().execute(&delete).await?;
        Ok(())
    }
}

/// The unit of a case's subject, as the subject says it.
const ITS_UNIT: &str = "(SELECT s.unit_id FROM subject s WHERE s.zone = case_head.zone AND s.id = case_head.subject)";

/// The condition that the unit beside a case is not its subject's.
pub(crate) fn other_units() -> String {
    format!("subject_unit IS DISTINCT FROM {ITS_UNIT}")
}

/// The statement that writes the unit of its subject to every case where it is another.
pub(crate) fn units_anew() -> String {
    format!("UPDATE case_head SET subject_unit = {ITS_UNIT} WHERE {}", other_units())
}
