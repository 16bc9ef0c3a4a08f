//! The events of cases as SQLite hands them over soonest: each column of a row costs it two allocations
//! that all threads share, so that they come packed into six.

use kernel::chain::values_hash;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use crate::StoreError;
use crate::cases::events::{self, Parts, terms_hash};
use crate::verify::case::CaseRow;
use crate::verify::chain::Link;
use crate::verify::flaw::Wrong;
use crate::verify::fold::Numbered;

/// What stands between two texts. JSON bears no such sign, and a name that does cannot be unpacked.
const BETWEEN: char = '\u{1f}';

/// Which of the columns that may be missing are there.
const FLAGS: &str = "(salt IS NOT NULL) + 2 * (words IS NOT NULL) + 4 * (erased_at IS NOT NULL)";

/// The bytes one behind the other; nothing where one is not of its kind and length.
const BYTES: &str = "CASE WHEN typeof(case_id) = 'blob' AND length(case_id) = 16 \
     AND (salt IS NULL OR typeof(salt) = 'blob' AND length(salt) = 16) \
     AND typeof(words_hash) = 'blob' AND length(words_hash) = 32 \
     AND typeof(case_hash) = 'blob' AND length(case_hash) = 32 AND typeof(hash) = 'blob' AND length(hash) = 32 \
     THEN CAST(case_id || coalesce(salt, zeroblob(16)) || words_hash || case_hash || hash AS BLOB) END";

/// The texts one behind the other; nothing where one is no text.
const TEXTS: &str = "CASE WHEN typeof(\"by\") = 'text' AND typeof(party) = 'text' AND typeof(step) = 'text' \
     AND typeof(terms) = 'text' AND (words IS NULL OR typeof(words) = 'text') \
     THEN \"by\" || char(31) || party || char(31) || step || char(31) || terms || char(31) || coalesce(words, '') END";

/// Every event of a zone in its order.
pub(super) fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["no", "seq", "at"])
        .expr(Expr::cust(FLAGS))
        .expr(Expr::cust(BYTES))
        .expr(Expr::cust(TEXTS))
        .from("case_event")
        .and_where(Expr::col("zone").eq(zone))
        .order_by("no", Order::Asc)
        .to_owned()
}

/// A row as it was packed.
struct Unpacked {
    no: i64,
    seq: i64,
    at: i64,
    erased: bool,
    bytes: Vec<u8>,
    salt: bool,
    texts: String,
    words: bool,
}

impl Unpacked {
    fn of(row: &QueryResult) -> Result<Self, DbErr> {
        let flags: i64 = row.try_get_by_index(3)?;
        let bytes: Vec<u8> = row.try_get_by_index(4)?;
        let texts: String = row.try_get_by_index(5)?;
        if bytes.len() != 128 || texts.matches(BETWEEN).count() != 4 {
            return Err(DbErr::Type("an event of a case cannot be unpacked".to_owned()));
        }
        let (no, seq, at) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let (salt, words, erased) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        Ok(Self { no, seq, at, erased, bytes, salt, texts, words })
    }

    fn case(&self) -> Uuid {
        Uuid::from_slice(&self.bytes[..16]).unwrap_or_default()
    }

    fn salt(&self) -> Option<&[u8]> {
        self.salt.then_some(&self.bytes[16..32])
    }

    fn words_hash(&self) -> &[u8] {
        &self.bytes[32..64]
    }

    fn case_hash(&self) -> &[u8] {
        &self.bytes[64..96]
    }

    /// Who, as whom, the step, its terms, its words.
    fn texts(&self) -> (&str, &str, &str, &str, Option<&str>) {
        let mut texts = self.texts.split(BETWEEN);
        let mut next = || texts.next().unwrap_or_default();
        let (by, party, step, terms, words) = (next(), next(), next(), next(), next());
        (by, party, step, terms, self.words.then_some(words))
    }
}

/// The case an event is of.
pub(super) fn case_of(row: &QueryResult) -> Result<Uuid, DbErr> {
    let bytes: Vec<u8> = row.try_get_by_index(4)?;
    Ok(bytes.get(..16).and_then(|id| Uuid::from_slice(id).ok()).unwrap_or_default())
}

/// A packed row as the check of its chain needs it.
pub(super) fn read(row: &QueryResult) -> Result<Link<CaseRow>, DbErr> {
    let row = Unpacked::of(row)?;
    let (by, party, step, terms, words) = row.texts();
    let terms = terms_hash(terms);
    let values = match (row.salt(), words, row.erased) {
        (Some(salt), Some(words), false) if values_hash(salt, words.as_bytes()).as_slice() == row.words_hash() => {
            Ok(Some(terms))
        }
        (None, None, true) => Ok(Some(terms)),
        // Which of them is wrong is told by the rows as they lie.
        _ => Err(Wrong::Columns),
    };
    let own = CaseRow {
        case: row.case(),
        seq: row.seq,
        at: row.at,
        by: by.to_owned(),
        party: party.to_owned(),
        step: step.to_owned(),
        words_hash: row.words_hash().to_vec(),
        case_hash: row.case_hash().to_vec(),
    };
    Ok(Link { seq: row.no, row: own, stored_values: terms.to_vec(), values, stored: row.bytes[96..].to_vec() })
}

/// A packed row as its case is folded from it, with its number.
pub(super) fn sealed(row: &QueryResult) -> Result<Numbered, StoreError> {
    let row = Unpacked::of(row)?;
    let (by, party, step, terms, words) = row.texts();
    let parts = Parts {
        seq: row.seq,
        at: row.at,
        by,
        party,
        step,
        terms,
        salt: row.salt(),
        words,
        words_hash: row.words_hash(),
        hash: row.case_hash(),
    };
    Ok((row.no, row.case(), events::sealed(&parts)))
}
