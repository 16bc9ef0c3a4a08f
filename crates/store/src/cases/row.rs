//! A case as lists show it, and as it lies in its table.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use kernel::SubjectId;
use loops::{Case, Kind, Party, State, by_key};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

use crate::StoreError;
use crate::access::UnitId;
use crate::clock::moment;

/// Identifies a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub Uuid);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CaseId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What stands in a column of moments for a moment that never comes.
pub(crate) const NEVER: i64 = i64::MAX;

/// One case with the columns every list can show.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Which case.
    pub id: CaseId,
    /// Its kind.
    pub kind: &'static Kind,
    /// Its number for people, such as `SQ-2026-00017`.
    pub number: String,
    /// Its name; empty where the words were erased by law.
    pub title: String,
    /// Its topic, by key; empty where none was given.
    pub topic: String,
    /// Where it is; empty where nothing was said.
    pub place: String,
    /// The subject it is about.
    pub subject: Option<SubjectId>,
    /// The subject's name; empty where there is none.
    pub subject_name: String,
    /// The unit the subject belongs to now.
    pub subject_unit: Option<UnitId>,
    /// The case it came out of.
    pub parent: Option<CaseId>,
    /// The account that opened it; `(clock)` where nobody did.
    pub opener: String,
    /// As whom.
    pub opener_party: Party,
    /// The unit of that account.
    pub opener_unit: Option<UnitId>,
    /// The enterprise that asked, or on whose behalf was asked: it confirms the end.
    pub asker: Option<SubjectId>,
    /// The unit in charge.
    pub unit: Option<UnitId>,
    /// The service officer's account.
    pub officer: Option<String>,
    /// Who handed in the work that waits for another person, or was passed.
    pub worker: Option<String>,
    /// The state it is in.
    pub state: &'static State,
    /// Whether it is of a kind that only those concerned may see.
    pub private: bool,
    /// Whether the enterprise it is about may see it.
    pub shared: bool,
    /// The number of its last event: what [`Store::act_on_case`](crate::Store::act_on_case) asks for.
    pub seq: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its last event happened.
    pub changed_at: Timestamp,
    /// The last moment that is in time; `None` where time stands still, at the end, and where the
    /// calendar is not known so far ahead ([`CaseRow::uncounted`]).
    pub due_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it ended late.
    pub late: bool,
    /// Whether its days could not be counted because the calendar ends before them.
    pub uncounted: bool,
    /// Its colour, by key; empty where it has none.
    pub colour: String,
    /// What the rule says; where it differs a person set another colour for a time, and the case is
    /// marked so.
    pub computed: String,
    /// The last rating, 1 to 5; `None` where nobody rated.
    pub rating: Option<u8>,
    /// How often it was opened again.
    pub reopened: u32,
    /// How often it came back as a wrong door.
    pub returned: u32,
}

impl CaseRow {
    /// Whose turn it is; `None` at the end.
    pub fn turn(&self) -> Option<Party> {
        self.state.owner()
    }

    /// Whether it is at its end.
    pub fn is_ended(&self) -> bool {
        self.state.is_end()
    }

    /// The day it is due on, in China.
    pub fn due_on(&self) -> Option<Date> {
        self.due_at.map(day_of)
    }

    /// Whether its time is over at a moment.
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        self.due_at.is_some_and(|due| at > due)
    }
}

/// The day in China, which has one time.
pub(crate) fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}

/// The first moment of a day in China.
pub(crate) fn start_of(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::fixed(Offset::constant(8))).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

#[derive(FromQueryResult)]
struct Raw {
    id: Uuid,
    kind: String,
    number: String,
    title: String,
    topic: String,
    place: String,
    subject: Option<Uuid>,
    subject_name: Option<String>,
    subject_unit: Option<Uuid>,
    parent: Option<Uuid>,
    opener: String,
    opener_party: String,
    opener_unit: Option<Uuid>,
    asker: Option<Uuid>,
    unit: Option<Uuid>,
    officer: Option<String>,
    worker: Option<String>,
    state: String,
    private: bool,
    shared: bool,
    seq: i64,
    opened_at: i64,
    changed_at: i64,
    due_at: i64,
    ended_at: Option<i64>,
    late: bool,
    uncounted: bool,
    colour: String,
    computed: String,
    rating: Option<i64>,
    reopened: i64,
    returned: i64,
}

const COLUMNS: &[&str] = &[
    "id",
    "kind",
    "number",
    "title",
    "topic",
    "place",
    "subject",
    "parent",
    "opener",
    "opener_party",
    "opener_unit",
    "asker",
    "unit",
    "officer",
    "worker",
    "state",
    "private",
    "shared",
    "seq",
    "opened_at",
    "changed_at",
    "due_at",
    "ended_at",
    "late",
    "uncounted",
    "colour",
    "computed",
    "rating",
    "reopened",
    "returned",
];

/// Rows of cases with the names of their subjects.
pub(crate) fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(COLUMNS.iter().map(|column| ("case_head", *column)))
        .expr_as(Expr::col(("subject", "name")), "subject_name")
        .expr_as(Expr::col(("subject", "unit_id")), "subject_unit")
        .from("case_head")
        .left_join(
            "subject",
            Expr::col(("subject", "zone"))
                .equals(("case_head", "zone"))
                .and(Expr::col(("subject", "id")).equals(("case_head", "subject"))),
        )
        .and_where(Expr::col(("case_head", "zone")).eq(zone))
        .to_owned()
}

pub(crate) fn read(row: &QueryResult) -> Result<CaseRow, StoreError> {
    let raw = Raw::from_query_result(row, "")?;
    let unknown =
        |what: &str, key: &str| StoreError::Corrupt(format!("case {} has the unknown {what} “{key}”", raw.id));
    let kind = by_key(&raw.kind).ok_or_else(|| unknown("kind", &raw.kind))?;
    let state = kind.state(&raw.state).ok_or_else(|| unknown("state", &raw.state))?;
    let opener_party = Party::from_key(&raw.opener_party).ok_or_else(|| unknown("party", &raw.opener_party))?;
    Ok(CaseRow {
        id: CaseId(raw.id),
        kind,
        number: raw.number,
        title: raw.title,
        topic: raw.topic,
        place: raw.place,
        subject: raw.subject.map(SubjectId),
        subject_name: raw.subject_name.unwrap_or_default(),
        subject_unit: raw.subject_unit.map(UnitId),
        parent: raw.parent.map(CaseId),
        opener: raw.opener,
        opener_party,
        opener_unit: raw.opener_unit.map(UnitId),
        asker: raw.asker.map(SubjectId),
        unit: raw.unit.map(UnitId),
        officer: raw.officer,
        worker: raw.worker,
        state,
        private: raw.private,
        shared: raw.shared,
        seq: u32::try_from(raw.seq).unwrap_or_default(),
        opened_at: moment(raw.opened_at),
        changed_at: moment(raw.changed_at),
        due_at: moment_of(raw.due_at),
        ended_at: raw.ended_at.map(moment),
        late: raw.late,
        uncounted: raw.uncounted,
        colour: raw.colour,
        computed: raw.computed,
        rating: raw.rating.and_then(|rating| u8::try_from(rating).ok()),
        reopened: u32::try_from(raw.reopened).unwrap_or_default(),
        returned: u32::try_from(raw.returned).unwrap_or_default(),
    })
}

/// One case and its fold, whoever asks.
pub(crate) async fn found(
    connection: &impl ConnectionTrait,
    zone: &str,
    id: CaseId,
) -> Result<Option<(CaseRow, Case)>, StoreError> {
    Ok(found_of(connection, zone, &[id]).await?.pop())
}

/// Some cases and their folds, whoever asks, by their ids; those that are not there are left out.
pub(crate) async fn found_of(
    connection: &impl ConnectionTrait,
    zone: &str,
    ids: &[CaseId],
) -> Result<Vec<(CaseRow, Case)>, StoreError> {
    let mut query = select(zone);
    query.column(("case_head", "kept")).order_by(("case_head", "id"), Order::Asc);
    match ids {
        [id] => query.and_where(Expr::col(("case_head", "id")).eq(id.0)),
        _ => query.and_where(Expr::col(("case_head", "id")).is_in(ids.iter().map(|id| id.0))),
    };
    let mut found = Vec::with_capacity(ids.len());
    for row in connection.query_all(&query).await? {
        let (kept, row): (String, _) = (row.try_get_by("kept")?, read(&row)?);
        let case = match Case::from_kept(&kept) {
            Some(case) => case,
            None => super::events::replayed(connection, zone, row.id).await?,
        };
        found.push((row, case));
    }
    Ok(found)
}

/// A moment as it lies in a column.
pub(crate) fn micros(at: Option<Timestamp>) -> i64 {
    at.map_or(NEVER, Timestamp::as_microsecond)
}

/// A moment by what lies in a column.
pub(crate) fn moment_of(at: i64) -> Option<Timestamp> {
    (at != NEVER).then(|| moment(at))
}
