//! Verdicts (体检结论): what each enterprise was found to qualify for, with the day of application
//! and the moment as of which its facts were read, so that any of them can be given again.
//!
//! A verdict stands until another comes out: one that is found again is not written again, so its
//! moment says since when it has stood. The one before is kept with the moment it ended.

mod keep;
mod said;
mod shared;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::SubjectId;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::access::Scope;
use crate::clock::moment;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Store, StoreError};

pub use said::{Found, Said};

/// One verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The enterprise.
    pub subject: SubjectId,
    /// The policy's id.
    pub policy: String,
    /// The version of its text.
    pub version: String,
    /// The day of application it was found for.
    pub on: Date,
    /// The moment as of which the facts were read; it has stood since.
    pub known_at: Timestamp,
    /// `meets`, `fails`, `undetermined`, `expert`.
    pub answer: String,
    /// The ids of the conditions that certainly fail, parted by spaces.
    pub failed: String,
    /// The whole verdict in its stored form; the same facts and version give the same bytes.
    pub record: String,
}

/// One time that everybody was held against the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The moment as of which facts were read.
    pub known_at: Timestamp,
    /// The day of application.
    pub on: Date,
    /// A mark of the library's texts; another library gives another mark.
    pub library: String,
    /// The register's revision then.
    pub revision: i64,
    /// How many enterprises were looked at.
    pub enterprises: u64,
    /// How many verdicts came out otherwise than before.
    pub changed: u64,
}

#[derive(FromQueryResult)]
struct Row {
    subject: Uuid,
    policy: String,
    version: String,
    on_day: String,
    known_at: i64,
    answer: String,
    failed: String,
    record: String,
}

/// The columns of a verdict's own that are read as they are.
const READ: &[&str] = &["subject", "policy", "version", "on_day", "known_at", "answer", "failed"];

impl Row {
    fn verdict(self) -> Result<Verdict, StoreError> {
        let on = self.on_day.parse();
        Ok(Verdict {
            subject: SubjectId(self.subject),
            on: on.map_err(|_| StoreError::Corrupt(format!("a verdict of the day {:?}", self.on_day)))?,
            policy: self.policy,
            version: self.version,
            known_at: moment(self.known_at),
            answer: self.answer,
            failed: self.failed,
            record: self.record,
        })
    }
}

impl Store {
    /// The verdicts that stand on an enterprise, by policy; none for what lies outside `scope`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn verdicts_of(&self, subject: SubjectId, scope: &Scope) -> Result<Vec<Verdict>, StoreError> {
        self.verdicts_in("verdict", "known_at", subject, scope).await
    }

    /// The verdicts on an enterprise that ended, the latest first; none for what lies outside `scope`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn verdicts_before(&self, subject: SubjectId, scope: &Scope) -> Result<Vec<Verdict>, StoreError> {
        self.verdicts_in("verdict_before", "until", subject, scope).await
    }

    async fn verdicts_in(
        &self,
        table: &'static str,
        time: &'static str,
        subject: SubjectId,
        scope: &Scope,
    ) -> Result<Vec<Verdict>, StoreError> {
        let mut query = Query::select();
        query
            .columns(READ.iter().map(|column| (table, *column)))
            .from(table)
            .inner_join(
                "subject",
                Expr::col(("subject", "zone"))
                    .equals((table, "zone"))
                    .and(Expr::col(("subject", "id")).equals((table, "subject"))),
            )
            .and_where(Expr::col((table, "zone")).eq(self.zone_id()))
            .and_where(Expr::col((table, "subject")).eq(subject.0))
            .cond_where(scope.condition("subject"))
            .order_by((table, time), Order::Desc)
            .order_by((table, "policy"), Order::Asc);
        shared::told(&mut query, table);
        let rows = self.reader().query_all(&query).await?;
        rows.iter().map(|row| Row::from_query_result(row, "")?.verdict()).collect()
    }

    /// Notes that everybody was held against the policies.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn note_round(&self, round: &Round) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let values = vec![
                tx.zone_id().into(),
                round.known_at.as_microsecond().into(),
                round.on.to_string().into(),
                round.library.as_str().into(),
                round.revision.into(),
                i64::try_from(round.enterprises).unwrap_or(i64::MAX).into(),
                i64::try_from(round.changed).unwrap_or(i64::MAX).into(),
            ];
            let columns = &["zone", "known_at", "on_day", "library", "revision", "enterprises", "changed"];
            insert(tx.connection(), Batch { table: "verdict_round", columns, values, on_key: OnKey::Replace(2) }).await
        })
        .await
    }

    /// The last time that everybody was held against the policies.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn last_round(&self) -> Result<Option<Round>, StoreError> {
        #[derive(FromQueryResult)]
        struct Row {
            known_at: i64,
            on_day: String,
            library: String,
            revision: i64,
            enterprises: i64,
            changed: i64,
        }
        let query = Query::select()
            .columns(["known_at", "on_day", "library", "revision", "enterprises", "changed"])
            .from("verdict_round")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .order_by("known_at", Order::Desc)
            .limit(1)
            .to_owned();
        let Some(row) = self.reader().query_one(&query).await? else { return Ok(None) };
        let row = Row::from_query_result(&row, "")?;
        let Ok(on) = row.on_day.parse() else { return Ok(None) };
        Ok(Some(Round {
            known_at: moment(row.known_at),
            on,
            library: row.library,
            revision: row.revision,
            enterprises: row.enterprises.unsigned_abs(),
            changed: row.changed.unsigned_abs(),
        }))
    }
}
