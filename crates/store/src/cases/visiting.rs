//! Visits: opened by the clock for one officer, and written up together with all that comes out of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{FactKey, SubjectId, Value};
use loops::{Given, Kind, by_key};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use serde_json::json;
use uuid::Uuid;

use super::open::CLOCK;
use super::row::{CaseId, CaseRow, start_of};
use crate::access::{Action, UnitId, Viewer};
use crate::clock::moment;
use crate::write::Chain;
use crate::{Event, NewCard, Store, StoreError};

/// The step by which a visit is written up.
const RECORD: &str = "record";
/// The most firms of one officer that are looked at for a round.
const MOST_FIRMS: u64 = 2_000;
/// How far back a wish that nobody took up is still one, in days.
const WISHES: i64 = 365;

/// A visit as far as a cadence counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitKnown {
    /// The officer's account; `None` for one that nobody serves.
    pub officer: Option<String>,
    /// What it is, by the key of a norm; empty where nobody said.
    pub topic: String,
    /// The firm.
    pub subject: Option<SubjectId>,
    /// Whether somebody was there.
    pub made: bool,
    /// Whether it is still to be made or written up.
    pub open: bool,
    /// When its state last changed; of one that was made, when it was.
    pub at: Timestamp,
}

/// A firm of an officer with what speaks for seeing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSee {
    /// The firm.
    pub subject: SubjectId,
    /// Its name.
    pub name: String,
    /// Its unit, which is its place.
    pub unit: Option<UnitId>,
    /// Whether a visit of it is open.
    pub planned: bool,
    /// When it was last seen.
    pub last: Option<Timestamp>,
    /// Its open matters.
    pub matters: u32,
    /// Visits of the last year that noted a wish out of which no matter came.
    pub wishes: u32,
    /// The title that ends first, by key, and its last day, where one ends soon.
    pub title: Option<(String, Date)>,
}

/// What a visit is written up with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WrittenUp {
    /// The record.
    pub given: Given,
    /// Figures that become facts of the firm with the visit as their source.
    pub figures: BTreeMap<FactKey, Value>,
    /// Problems, each of which becomes a matter that comes out of the visit.
    pub problems: Vec<Given>,
    /// The service card that was handed over.
    pub card: Option<NewCard>,
}

fn visits() -> Result<&'static Kind, StoreError> {
    by_key("visit").ok_or_else(|| StoreError::Corrupt("there is no kind “visit”".to_owned()))
}

impl Store {
    /// Opens a visit that is due by a cadence, for one officer. `given.occasion` says for what; one that was
    /// opened for it before is left as it is, and the answer is `None`.
    ///
    /// # Errors
    /// As [`Store::open_case_when_due`].
    pub async fn open_visit_when_due(&self, given: Given, officer: &str) -> Result<Option<CaseRow>, StoreError> {
        let (kind, given) = (visits()?, &given);
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            tx.open_by_clock(kind, given.clone(), Some(officer)).await
        })
        .await
    }

    /// Writes a visit up: the record, its figures as facts of the firm, its problems as matters and the card
    /// that was handed over are stored together or not at all. Returns the visit and the matters.
    ///
    /// # Errors
    /// As [`Store::act_on_case`] and [`Store::open_case`]; a refusal for a figure that is not the zone's to
    /// change or does not fit its field; [`StoreError::Forbidden`] for figures of who may not correct.
    pub async fn record_visit(
        &self,
        viewer: &Viewer,
        id: CaseId,
        seen: u32,
        written: WrittenUp,
    ) -> Result<(CaseRow, Vec<CaseRow>), StoreError> {
        viewer.require(Action::ActOnCases)?;
        if !written.figures.is_empty() {
            viewer.require(Action::Correct)?;
        }
        let matter = by_key("matter").ok_or_else(|| StoreError::Corrupt("there is no kind “matter”".to_owned()))?;
        let (standing, written) = (&self.standing_of(viewer).await?, &written);
        self.write(|tx| async move {
            if !written.figures.is_empty() {
                // Figures go into the register, which is taken before the cases.
                tx.lock_register().await?;
            }
            tx.head(Chain::Case).await?;
            let visit = tx.act(standing, id, seen, RECORD, written.given.clone()).await?;
            let mut matters = Vec::new();
            for problem in &written.problems {
                let parent = Some(id.to_string());
                let subject = visit.subject.map(|subject| subject.to_string());
                let given = Given { parent, subject, ..problem.clone() };
                matters.push(tx.open_as(viewer, standing, matter, given).await?);
            }
            if let Some(firm) = visit.subject.filter(|_| !written.figures.is_empty()) {
                tx.state_visited(viewer, firm, &written.figures, &visit.number).await?;
            }
            if let Some(card) = &written.card {
                let data = json!({"on": card.on.to_string(), "hash": card.hash, "versions": card.versions,
                    "recipient": card.recipient, "visit": visit.number});
                tx.append_event(Event::new("card.given", viewer.name.as_str()).on(card.enterprise).with(data)).await?;
            }
            Ok((visit, matters))
        })
        .await
    }

    /// The visits that are open, and those that ended on a day or after it, of every officer.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn visits_known(&self, since: Date) -> Result<Vec<VisitKnown>, StoreError> {
        let query = Query::select()
            .columns(["officer", "topic", "subject", "state", "open", "changed_at"])
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq(visits()?.key))
            .and_where(Expr::col("open").eq(true).or(Expr::col("ended_at").gte(start_of(since).as_microsecond())))
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        let known = |row: &sea_orm::QueryResult| {
            let state: String = row.try_get_by("state")?;
            Ok(VisitKnown {
                officer: row.try_get_by("officer")?,
                topic: row.try_get_by("topic")?,
                subject: row.try_get_by::<Option<Uuid>, _>("subject")?.map(SubjectId),
                made: matches!(state.as_str(), "visited" | "recorded"),
                open: row.try_get_by("open")?,
                at: moment(row.try_get_by("changed_at")?),
            })
        };
        rows.iter().map(known).collect()
    }

    /// When the clock first opened a visit: nothing was owed by a cadence before. `None` where it never did.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn visits_begun(&self) -> Result<Option<Timestamp>, StoreError> {
        let query = Query::select()
            .expr_as(Func::min(Expr::col("opened_at")), "first")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("opener").eq(CLOCK))
            .and_where(Expr::col("kind").eq(visits()?.key))
            .to_owned();
        let row = self.reader().query_one(&query).await?;
        let first: Option<i64> = row.map(|row| row.try_get_by("first")).transpose()?.flatten();
        Ok(first.map(moment))
    }

    /// The firms of an officer, by name, with what speaks for seeing each: at most 2,000. Titles that end
    /// from `today` up to `soon` are told.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn firms_to_see(&self, officer: &str, today: Date, soon: Date) -> Result<Vec<ToSee>, StoreError> {
        let mut firms = self.served_firms(officer).await?;
        let ids: Vec<Uuid> = firms.iter().map(|firm| firm.subject.0).collect();
        if ids.is_empty() {
            return Ok(firms);
        }
        let last = self.last_seen(&ids).await?;
        let planned = self.open_of(visits()?.key, &ids).await?;
        let matters = self.open_of("matter", &ids).await?;
        let wishes = self.wishes(&ids, today).await?;
        let titles = self.titles_ending(&ids, today, soon).await?;
        for firm in &mut firms {
            let id = firm.subject.0;
            firm.last = last.get(&id).copied();
            firm.planned = planned.contains_key(&id);
            firm.matters = matters.get(&id).copied().unwrap_or(0);
            firm.wishes = wishes.get(&id).copied().unwrap_or(0);
            firm.title = titles.get(&id).cloned();
        }
        Ok(firms)
    }

    async fn served_firms(&self, officer: &str) -> Result<Vec<ToSee>, StoreError> {
        let query = Query::select()
            .columns([("subject", "id"), ("subject", "name"), ("subject", "unit_id")])
            .from("service_officer")
            .inner_join(
                "subject",
                Expr::col(("subject", "zone"))
                    .equals(("service_officer", "zone"))
                    .and(Expr::col(("subject", "id")).equals(("service_officer", "subject"))),
            )
            .and_where(Expr::col(("service_officer", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("service_officer", "account")).eq(officer))
            .and_where(Expr::col(("service_officer", "until")).is_null())
            .and_where(Expr::col(("subject", "state")).eq(crate::State::Active.key()))
            .order_by(("subject", "name_key"), Order::Asc)
            .limit(MOST_FIRMS)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        let firm = |row: &sea_orm::QueryResult| {
            Ok(ToSee {
                subject: SubjectId(row.try_get_by("id")?),
                name: row.try_get_by("name")?,
                unit: row.try_get_by::<Option<Uuid>, _>("unit_id")?.map(UnitId),
                planned: false,
                last: None,
                matters: 0,
                wishes: 0,
                title: None,
            })
        };
        rows.iter().map(firm).collect()
    }

    /// Cases of a kind about these firms.
    fn about(&self, kind: &str, firms: &[Uuid]) -> SelectStatement {
        Query::select()
            .column("subject")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").is_in(firms.iter().copied()))
            .and_where(Expr::col("kind").eq(kind))
            .to_owned()
    }

    async fn last_seen(&self, firms: &[Uuid]) -> Result<BTreeMap<Uuid, Timestamp>, StoreError> {
        let query = self
            .about(visits()?.key, firms)
            .expr_as(Func::max(Expr::col("ended_at")), "last")
            .and_where(Expr::col("state").eq("recorded"))
            .group_by_col("subject")
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok((row.try_get_by("subject")?, moment(row.try_get_by("last")?)))).collect()
    }

    async fn open_of(&self, kind: &str, firms: &[Uuid]) -> Result<BTreeMap<Uuid, u32>, StoreError> {
        let query = self
            .about(kind, firms)
            .expr_as(Expr::col(Asterisk).count(), "found")
            .and_where(Expr::col("open").eq(true))
            .group_by_col("subject")
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        let count = |found: i64| u32::try_from(found).unwrap_or(u32::MAX);
        rows.iter().map(|row| Ok((row.try_get_by("subject")?, count(row.try_get_by("found")?)))).collect()
    }

    /// How many visits of the last year noted a wish out of which no matter came.
    async fn wishes(&self, firms: &[Uuid], today: Date) -> Result<BTreeMap<Uuid, u32>, StoreError> {
        let head = |column: &'static str| Expr::col(("case_head", column));
        let since = start_of(today.saturating_sub(jiff::ToSpan::days(WISHES)));
        let taken_up = Query::select()
            .column("parent")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq("matter"))
            .and_where(Expr::col("parent").is_not_null())
            .and_where(Expr::col("subject").is_in(firms.iter().copied()))
            .to_owned();
        let query = Query::select()
            .column(("case_head", "subject"))
            .columns([("case_event", "terms"), ("case_event", "words")])
            .from("case_head")
            .inner_join(
                "case_event",
                Expr::col(("case_event", "zone"))
                    .equals(("case_head", "zone"))
                    .and(Expr::col(("case_event", "case_id")).equals(("case_head", "id"))),
            )
            .and_where(head("zone").eq(self.zone_id()))
            .and_where(head("subject").is_in(firms.iter().copied()))
            .and_where(head("kind").eq(visits()?.key))
            .and_where(head("ended_at").gte(since.as_microsecond()))
            .and_where(head("id").in_subquery(taken_up).not())
            .and_where(Expr::col(("case_event", "step")).eq(RECORD))
            .to_owned();
        let mut wishes: BTreeMap<Uuid, u32> = BTreeMap::new();
        for row in self.reader().query_all(&query).await? {
            let (terms, words): (String, Option<String>) = (row.try_get_by("terms")?, row.try_get_by("words")?);
            let noted = Given::read(&terms, words.as_deref()).is_ok_and(|given| given.form.contains_key("wishes"));
            if noted {
                *wishes.entry(row.try_get_by("subject")?).or_default() += 1;
            }
        }
        Ok(wishes)
    }

    async fn titles_ending(
        &self,
        firms: &[Uuid],
        today: Date,
        soon: Date,
    ) -> Result<BTreeMap<Uuid, (String, Date)>, StoreError> {
        let query = Query::select()
            .columns(["subject", "title", "valid_to"])
            .from("held_title")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").is_in(firms.iter().copied()))
            .and_where(Expr::col("valid_to").gte(today.to_string()))
            .and_where(Expr::col("valid_to").lte(soon.to_string()))
            // The one that ends first is written last.
            .order_by("valid_to", Order::Desc)
            .to_owned();
        let mut titles = BTreeMap::new();
        for row in self.reader().query_all(&query).await? {
            let until: String = row.try_get_by("valid_to")?;
            if let Ok(until) = until.parse() {
                titles.insert(row.try_get_by("subject")?, (row.try_get_by("title")?, until));
            }
        }
        Ok(titles)
    }
}
