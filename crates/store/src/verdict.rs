//! Verdicts (体检结论): what each enterprise was found to qualify for, with the day of application
//! and the moment as of which its facts were read, so that any of them can be given again.
//!
//! A verdict stands until another comes out: one that is found again is not written again, so its
//! moment says since when it has stood. The one before is kept with the moment it ended.

mod shared;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::SubjectId;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::access::Scope;
use crate::clock::moment;
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{Store, StoreError, Tx};
use shared::Shared;

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

const COLUMNS: &[&str] =
    &["zone", "subject", "policy", "version", "on_day", "known_at", "answer", "failed", "record", "shared"];
const COLUMNS_BEFORE: &[&str] =
    &["zone", "subject", "policy", "version", "on_day", "known_at", "answer", "failed", "record", "shared", "until"];
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

impl Verdict {
    /// Whether the other says the same, whenever it was found.
    fn says_same(&self, other: &Verdict) -> bool {
        (&self.version, &self.record) == (&other.version, &other.record)
    }

    /// The columns of its row, with the text of its own or the id of the one it shares.
    fn values(&self, zone: &str, shared: Option<Uuid>) -> [sea_orm::Value; 10] {
        [
            zone.into(),
            self.subject.0.into(),
            self.policy.as_str().into(),
            self.version.as_str().into(),
            self.on.to_string().into(),
            self.known_at.as_microsecond().into(),
            self.answer.as_str().into(),
            self.failed.as_str().into(),
            if shared.is_some() { "" } else { self.record.as_str() }.into(),
            shared.into(),
        ]
    }
}

/// A verdict that stands, with the id of the text it shares.
struct Standing {
    verdict: Verdict,
    shared: Option<Uuid>,
}

impl Store {
    /// Keeps the verdicts on these enterprises, each of which was held against every policy that
    /// `found` names of it; what no policy says of them any more ends. Returns how many changed.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn keep_verdicts(
        &self,
        subjects: &[SubjectId],
        found: &[Verdict],
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = subjects.iter().map(|subject| subject.0).collect();
        let shared = Shared::among(found);
        let (ids, shared) = (&ids, &shared);
        self.write(|tx| async move {
            let mut before: HashMap<(Uuid, String), Standing> = standing(&tx, ids).await?;
            let (mut new, mut ended) = (Vec::new(), Vec::new());
            for verdict in found {
                let old = before.remove(&(verdict.subject.0, verdict.policy.clone()));
                if old.as_ref().is_some_and(|old| old.verdict.says_same(verdict)) {
                    continue;
                }
                ended.extend(old);
                new.push(verdict);
            }
            let gone: Vec<Standing> = before.into_values().collect();
            let changed = (new.len() + gone.len()) as u64;
            drop_verdicts(&tx, &gone).await?;
            let zone = tx.zone_id();
            let ended = ended.into_iter().chain(gone).flat_map(|Standing { verdict, shared }| {
                let until = until.as_microsecond().into();
                verdict.values(zone, shared).into_iter().chain([until])
            });
            let ended = ended.collect();
            insert(
                tx.connection(),
                Batch { table: "verdict_before", columns: COLUMNS_BEFORE, values: ended, on_key: OnKey::Keep },
            )
            .await?;
            shared.keep(&tx, &new).await?;
            let values = new.into_iter().flat_map(|verdict| verdict.values(zone, shared.id(verdict))).collect();
            insert(tx.connection(), Batch { table: "verdict", columns: COLUMNS, values, on_key: OnKey::Replace(3) })
                .await?;
            Ok(changed)
        })
        .await
    }

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

async fn standing(tx: &Tx, ids: &[Uuid]) -> Result<HashMap<(Uuid, String), Standing>, StoreError> {
    let of = |column: &'static str| Expr::col(("verdict", column));
    let mut query = Query::select();
    query
        .columns(READ.iter().map(|column| ("verdict", *column)))
        .column(("verdict", "shared"))
        .from("verdict")
        .and_where(of("zone").eq(tx.zone_id()))
        .and_where(of("subject").is_in(ids.iter().copied()));
    shared::told(&mut query, "verdict");
    let mut standing = HashMap::new();
    for row in tx.connection().query_all(&query).await? {
        let shared = row.try_get_by("shared")?;
        let verdict = Row::from_query_result(&row, "")?.verdict()?;
        standing.insert((verdict.subject.0, verdict.policy.clone()), Standing { verdict, shared });
    }
    Ok(standing)
}

/// Takes verdicts away of which the policy is no longer in force.
async fn drop_verdicts(tx: &Tx, gone: &[Standing]) -> Result<(), StoreError> {
    let gone = || gone.iter().map(|standing| &standing.verdict);
    let policies: BTreeSet<&str> = gone().map(|verdict| verdict.policy.as_str()).collect();
    for policy in policies {
        let subjects = gone().filter(|verdict| verdict.policy == policy).map(|verdict| verdict.subject.0);
        let delete = Query::delete()
            .from_table("verdict")
            .and_where(Expr::col("zone").eq(tx.zone_id()))
            .and_where(Expr::col("policy").eq(policy))
            .and_where(Expr::col("subject").is_in(subjects))
            .to_owned();
        tx.connection().execute(&delete).await?;
    }
    Ok(())
}
