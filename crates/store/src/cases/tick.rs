//! What the clock does: its own steps, the ladder's notices, colours that change with time.

use jiff::{SignedDuration, Timestamp};
use kernel::Lang;
use kernel::calendar::CalendarError;
use loops::{Actor, Case, Event, Given, Party, Turn, reached};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait as _, Value};
use serde_json::json;
use uuid::Uuid;

use super::act::{as_expr, assisting};
use super::head::due_of;
use super::notice::{TIME, Telling};
use super::open::CLOCK;
use super::row::{self, CaseId, CaseRow, micros, moment_of};
use crate::write::Chain;
use crate::{Store, StoreError, Tx};

/// Cases in one transaction of a tick.
const AT_ONCE: u64 = 50;
/// How long a case that could not be looked at is left alone.
const LATER: SignedDuration = SignedDuration::from_hours(24);

/// A case that the clock could not look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its number.
    pub number: String,
    /// Why, in Chinese and in English, and what to do.
    pub why: (String, String),
}

impl LeftOut {
    /// The case and why, in words.
    pub fn say(&self, lang: Lang) -> String {
        format!("{}{}{}", self.number, lang.pick("：", ": "), lang.pick(&self.why.0, &self.why.1))
    }

    fn of(number: &str, error: &StoreError) -> Self {
        Self { number: number.to_owned(), why: (error.say(Lang::Zh), error.say(Lang::En)) }
    }

    fn uncounted(number: &str, error: &CalendarError) -> Self {
        Self { number: number.to_owned(), why: (error.say(Lang::Zh), error.say(Lang::En)) }
    }
}

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tick {
    /// Cases that were looked at.
    pub looked: u64,
    /// Steps the clock took.
    pub steps: u64,
    /// Cases that were left as they were, such as those whose days reach beyond the calendar.
    pub left_out: Vec<LeftOut>,
}

impl Tick {
    fn add(&mut self, other: Tick) {
        self.looked += other.looked;
        self.steps += other.steps;
        self.left_out.extend(other.left_out);
    }
}

impl Store {
    /// Looks at every case of which time alone changes something by now, and at no other: takes the
    /// clock's steps, tells whom the ladder names, gives colours. Event and notices of a case are stored
    /// together or not at all, and each is stored once however often and by how many this is called.
    /// A case that cannot be looked at is named and left; the others go on.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn tick(&self) -> Result<Tick, StoreError> {
        let mut tick = Tick::default();
        loop {
            let due = self.due_cases().await?;
            if due.is_empty() {
                return Ok(tick);
            }
            match self.tick_some(&due).await {
                Ok(done) => tick.add(done),
                Err(error) if error.is_transient() => return Err(error),
                Err(_) => tick.add(self.tick_each(&due).await?),
            }
        }
    }

    async fn due_cases(&self) -> Result<Vec<CaseId>, StoreError> {
        let now = self.clock().now().as_microsecond();
        let query = Query::select()
            .column("id")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("open").eq(true))
            .and_where(Expr::col("next_at").lte(now))
            .order_by("next_at", Order::Asc)
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Ok(CaseId(row.try_get_by::<Uuid, _>("id")?))).collect()
    }

    async fn tick_some(&self, cases: &[CaseId]) -> Result<Tick, StoreError> {
        self.write(|tx| async move {
            // The chain is taken first: of two that tick at once, the second finds the cases as the
            // first left them.
            tx.head(Chain::Case).await?;
            let mut tick = Tick::default();
            for id in cases {
                tick.add(tx.tick_one(*id).await?);
            }
            Ok(tick)
        })
        .await
    }

    /// One by one, after one of them failed: that one is named and left for a day.
    async fn tick_each(&self, cases: &[CaseId]) -> Result<Tick, StoreError> {
        let mut tick = Tick::default();
        for id in cases {
            match self.tick_some(&[*id]).await {
                Ok(done) => tick.add(done),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, case = %id, "the clock could not look at a case");
                    tick.left_out.push(LeftOut::of(&id.to_string(), &error));
                    self.write(|tx| async move {
                        tx.look_again(*id, tx.now().checked_add(LATER).unwrap_or(Timestamp::MAX)).await
                    })
                    .await?;
                }
            }
        }
        Ok(tick)
    }
}

impl Tx {
    async fn tick_one(&self, id: CaseId) -> Result<Tick, StoreError> {
        if !self.is_due(id).await? {
            return Ok(Tick::default());
        }
        let found = row::found(self.connection(), self.zone_id(), id).await?;
        let (mut row, mut case) = found.ok_or(StoreError::NotFound)?;
        let mut tick = Tick { looked: 1, ..Tick::default() };
        if let Err(error) = self.store().timing().counted(&case, self.now()) {
            tick.left_out.push(LeftOut::uncounted(&row.number, &error));
        } else if let Some(event) = self.clocks_event(&case)? {
            row = self.take_step(row, case, event).await?;
            tick.steps += 1;
            case = row::found(self.connection(), self.zone_id(), id).await?.ok_or(StoreError::NotFound)?.1;
        }
        self.tell_ladder(&row, &case).await?;
        let mut columns = self.timed(id, &case).await?;
        // What was looked at now is not looked at again now.
        let later = self.now().checked_add(LATER).unwrap_or(Timestamp::MAX).as_microsecond();
        for (name, value) in &mut columns {
            if *name == "next_at" && matches!(value, Value::BigInt(Some(next)) if *next <= self.now().as_microsecond())
            {
                *value = later.into();
            }
        }
        self.put_timed(&row, &case, columns).await?;
        Ok(tick)
    }

    /// Whether a case still waits for the clock: somebody may have acted, or ticked, since it was listed.
    async fn is_due(&self, id: CaseId) -> Result<bool, StoreError> {
        let query = Query::select()
            .expr(Expr::val(1))
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("id").eq(id.0))
            .and_where(Expr::col("open").eq(true))
            .and_where(Expr::col("next_at").lte(self.now().as_microsecond()))
            .to_owned();
        Ok(self.connection().query_one(&query).await?.is_some())
    }

    /// The step that the clock has to take by now, as an event that the case accepts.
    fn clocks_event(&self, case: &Case) -> Result<Option<Event>, StoreError> {
        let Ok(Some(automatic)) = case.automatic(self.store().timing().calendar()) else { return Ok(None) };
        if automatic.from > self.now() {
            return Ok(None);
        }
        let event = Event {
            seq: case.seq + 1,
            at: self.now().max(case.changed_at),
            by: Actor { person: CLOCK.to_owned(), party: Party::Clock },
            step: automatic.step.key.to_owned(),
            given: Given { text: Some("期限已到，自动办理。".to_owned()), ..Given::default() },
        };
        // A step that needs what no clock can give is left to people.
        Ok(case.check(&event).is_ok().then_some(event))
    }

    /// Tells everybody whom the ladder names by now; who was told in this stay and for this day is not
    /// told again.
    async fn tell_ladder(&self, row: &CaseRow, case: &Case) -> Result<(), StoreError> {
        if !matches!(case.state().turn, Turn::Runs(_)) {
            return Ok(());
        }
        let Ok(rungs) = reached(case, self.now(), self.store().timing().calendar()) else { return Ok(()) };
        for rung in rungs {
            let people = self.people(rung.whom, row).await?;
            let due = row.due_at.map_or(0, Timestamp::as_microsecond);
            let key = format!("{TIME}:{}:{}:{due}:{}", row.id, case.stays.len(), rung.percent);
            let more = json!({"percent": rung.percent});
            self.tell(&Telling { key, what: TIME, row, more }, &people).await?;
        }
        Ok(())
    }

    /// Writes what time made of a case, of which `row` was just read.
    pub(crate) async fn put_timed(
        &self,
        row: &CaseRow,
        case: &Case,
        mut columns: Vec<(&'static str, Value)>,
    ) -> Result<(), StoreError> {
        let due = due_of(&columns);
        if due == micros(row.due_at) {
            // Most indexes bear the day, and would be written though it stays.
            columns.retain(|(name, _)| *name != "due_at");
        }
        self.put_columns(row.id, columns).await?;
        let now = CaseRow { due_at: moment_of(due), ..row.clone() };
        let assisting = assisting(case);
        self.tally_changed(Some((row, &assisting)), (&now, &assisting)).await
    }

    async fn put_columns(&self, id: CaseId, columns: Vec<(&'static str, Value)>) -> Result<(), StoreError> {
        let mut update = Query::update();
        update.table("case_head").values(columns.into_iter().map(as_expr));
        update.and_where(Expr::col("zone").eq(self.zone_id())).and_where(Expr::col("id").eq(id.0));
        self.connection().execute(&update).await?;
        Ok(())
    }

    async fn look_again(&self, id: CaseId, at: Timestamp) -> Result<(), StoreError> {
        self.put_columns(id, vec![("next_at", at.as_microsecond().into())]).await
    }
}
