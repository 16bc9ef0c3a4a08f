//! The events of cases: appended in one chain for the zone, each in the chain of its case as well.

use kernel::chain::{Hash, row_hash, values_hash};
use loops::{Actor, Case, Event, Given, Party, Sealed, by_key};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::row::CaseId;
use crate::clock::moment;
use crate::write::{Chain, Head};
use crate::{StoreError, Tx};

/// The columns of an event that its hash in the zone's chain covers, its terms apart.
pub(crate) struct HashedEvent<'a> {
    pub(crate) case: Uuid,
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) by: &'a str,
    pub(crate) party: &'a str,
    pub(crate) step: &'a str,
    pub(crate) words_hash: &'a [u8],
    pub(crate) case_hash: &'a [u8],
}

impl HashedEvent<'_> {
    /// The hash of the event behind one with the hash `previous`.
    pub(crate) fn hash(&self, previous: &Hash, no: i64, terms: &Hash) -> Hash {
        let (seq, at) = (self.seq.to_be_bytes(), self.at.to_be_bytes());
        let columns: [&[u8]; 8] = [
            self.case.as_bytes(),
            &seq,
            &at,
            self.by.as_bytes(),
            self.party.as_bytes(),
            self.step.as_bytes(),
            self.words_hash,
            self.case_hash,
        ];
        row_hash(previous, no, &columns, terms)
    }
}

/// The hash of an event's terms, which hold nothing that must be hidden.
pub(crate) fn terms_hash(terms: &str) -> Hash {
    values_hash(&[], terms.as_bytes())
}

impl Tx {
    /// Appends a sealed event of a case to the zone's chain.
    pub(crate) async fn append_case_event(&self, case: CaseId, sealed: &Sealed) -> Result<(), StoreError> {
        let (row, head) = row(self.zone_id(), self.head(Chain::Case).await?, case, sealed);
        let insert =
            Query::insert().into_table("case_event").columns(WRITTEN).values_panic(row.map(Into::into)).to_owned();
        self.connection().execute(&insert).await?;
        self.set_head(Chain::Case, head).await;
        Ok(())
    }
}

/// The columns of [`row`].
pub(crate) const WRITTEN: [&str; 14] = [
    "zone",
    "no",
    "case_id",
    "seq",
    "at",
    "by",
    "party",
    "step",
    "terms",
    "salt",
    "words",
    "words_hash",
    "case_hash",
    "hash",
];

/// The row of an event behind the zone's last one, and what is the last one then.
pub(crate) fn row(zone: &str, last: Head, case: CaseId, sealed: &Sealed) -> ([Value; 14], Head) {
    let (event, no) = (&sealed.event, last.seq + 1);
    let (terms, words, words_hash) = (event.given.terms(), event.given.words(), sealed.words_hash());
    let hashed = HashedEvent {
        case: case.0,
        seq: i64::from(event.seq),
        at: event.at.as_microsecond(),
        by: &event.by.person,
        party: event.by.party.key(),
        step: &event.step,
        words_hash: &words_hash,
        case_hash: &sealed.hash,
    };
    let hash = hashed.hash(&last.hash, no, &terms_hash(&terms));
    let row = [
        zone.into(),
        no.into(),
        case.0.into(),
        hashed.seq.into(),
        hashed.at.into(),
        hashed.by.into(),
        hashed.party.into(),
        hashed.step.into(),
        terms.into(),
        sealed.salt.to_vec().into(),
        words.into(),
        words_hash.to_vec().into(),
        sealed.hash.to_vec().into(),
        hash.to_vec().into(),
    ];
    (row, Head { seq: no, hash })
}

/// The columns that [`read`] reads.
pub(crate) const COLUMNS: [&str; 11] =
    ["no", "case_id", "seq", "at", "by", "party", "step", "terms", "salt", "words", "words_hash"];

/// The events of a zone, or of one case, in their order.
pub(crate) fn select(zone: &str, case: Option<CaseId>) -> SelectStatement {
    let mut query = Query::select();
    query.columns(COLUMNS).columns(["case_hash", "erased_at", "hash"]).from("case_event");
    query.and_where(Expr::col("zone").eq(zone));
    match case {
        Some(case) => query.and_where(Expr::col("case_id").eq(case.0)).order_by("seq", Order::Asc),
        None => query.order_by("no", Order::Asc),
    };
    query
}

/// An event as its columns say it.
pub(crate) struct Parts<'r> {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) by: &'r str,
    pub(crate) party: &'r str,
    pub(crate) step: &'r str,
    pub(crate) terms: &'r str,
    pub(crate) salt: Option<&'r [u8]>,
    pub(crate) words: Option<&'r str>,
    pub(crate) words_hash: &'r [u8],
    pub(crate) hash: &'r [u8],
}

/// An event as it was stored; `None` for what this program never wrote so.
pub(crate) fn sealed(parts: &Parts<'_>) -> Option<Sealed> {
    let erased = parts.words.is_none().then(|| parts.words_hash.try_into()).transpose().ok()?;
    let by = Actor { person: parts.by.to_owned(), party: Party::from_key(parts.party)? };
    let given = Given::read(parts.terms, parts.words).ok()?;
    let (seq, at) = (u32::try_from(parts.seq).ok()?, moment(parts.at));
    let event = Event { seq, at, by, step: parts.step.to_owned(), given };
    let salt = parts.salt.unwrap_or(&[0; 16]).try_into().ok()?;
    Some(Sealed { event, salt, erased, hash: parts.hash.try_into().ok()? })
}

/// An event as it was stored; `None` for a row that this program never wrote so.
pub(crate) fn read(row: &QueryResult) -> Result<Option<Sealed>, StoreError> {
    let party: String = row.try_get_by("party")?;
    let terms: String = row.try_get_by("terms")?;
    let words: Option<String> = row.try_get_by("words")?;
    let salt: Option<Vec<u8>> = row.try_get_by("salt")?;
    let words_hash: Vec<u8> = row.try_get_by("words_hash")?;
    let hash: Vec<u8> = row.try_get_by("case_hash")?;
    let (by, step): (String, String) = (row.try_get_by("by")?, row.try_get_by("step")?);
    let parts = Parts {
        seq: row.try_get_by("seq")?,
        at: row.try_get_by("at")?,
        by: &by,
        party: &party,
        step: &step,
        terms: &terms,
        salt: salt.as_deref(),
        words: words.as_deref(),
        words_hash: &words_hash,
        hash: &hash,
    };
    Ok(sealed(&parts))
}

/// The events of a case.
pub(crate) async fn of(connection: &impl ConnectionTrait, zone: &str, case: CaseId) -> Result<Vec<Sealed>, StoreError> {
    let rows = connection.query_all(&select(zone, Some(case))).await?;
    let unreadable = || StoreError::Corrupt(format!("an event of case {case} cannot be read"));
    rows.iter().map(|row| read(row)?.ok_or_else(unreadable)).collect()
}

/// A case made from its events, where what was kept of it is of another release.
pub(crate) async fn replayed(connection: &impl ConnectionTrait, zone: &str, id: CaseId) -> Result<Case, StoreError> {
    let query = Query::select()
        .column("kind")
        .from("case_head")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    let row = connection.query_one(&query).await?.ok_or(StoreError::NotFound)?;
    let key: String = row.try_get_by("kind")?;
    let kind = by_key(&key).ok_or_else(|| StoreError::Corrupt(format!("case {id} has the unknown kind “{key}”")))?;
    Ok(Case::replay(kind, &of(connection, zone, id).await?)?)
}
