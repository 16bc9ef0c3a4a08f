//! Walking a chain from its first row to its recorded end.

use futures_util::TryStreamExt;
use futures_util::stream::TryChunksError;
use kernel::chain::{GENESIS, Hash};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, StreamTrait};
use tokio::task::JoinSet;

use crate::StoreError;
use crate::verify::flaw::{Flaw, Ledger, Wrong};

/// The columns of a row that its hash covers.
pub(crate) trait Row {
    /// The row's hash behind a row with the hash `previous`, with this hash of its values.
    fn hash(&self, previous: &Hash, seq: i64, values: &Hash) -> Hash;
}

/// A row of a chain, as its check needs it.
pub(crate) struct Link<R> {
    /// Its number.
    pub(crate) seq: i64,
    /// The columns its hash covers.
    pub(crate) row: R,
    /// The stored hash of its values.
    pub(crate) stored_values: Vec<u8>,
    /// The hash of its values as they are; `None` where they were erased by law.
    pub(crate) values: Result<Option<Hash>, Wrong>,
    /// Its stored hash.
    pub(crate) stored: Vec<u8>,
}

impl<R: Row> Link<R> {
    fn hash(&self, previous: &Hash, values: &Hash) -> Hash {
        self.row.hash(previous, self.seq, values)
    }

    /// Whether the row's values are those of its stored hash, so that only its other columns or
    /// the row before it can be at fault.
    fn values_are_sound(&self) -> bool {
        match &self.values {
            Ok(Some(values)) => values.as_slice() == self.stored_values,
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// What is wrong with this row behind a row with the hash `previous`; the row's own hash when
    /// nothing is.
    fn check(&self, previous: &Hash) -> Result<Hash, Wrong> {
        let Ok(stored) = Hash::try_from(self.stored.as_slice()) else { return Err(Wrong::Hash) };
        let stored_values = Hash::try_from(self.stored_values.as_slice()).unwrap_or(GENESIS);
        let values = self.values.clone()?.unwrap_or(stored_values);
        let as_stored = self.hash(previous, &stored_values) == stored;
        if values == stored_values {
            return if as_stored { Ok(stored) } else { Err(Wrong::Columns) };
        }
        // Which of the two is the one that was chained tells which of the two was altered.
        Err(if as_stored {
            Wrong::Values
        } else if self.hash(previous, &values) == stored {
            Wrong::ValuesHash
        } else {
            Wrong::Columns
        })
    }
}

/// How far a chain was walked.
pub(crate) struct Walked {
    /// How many rows were found sound.
    pub(crate) rows: i64,
    /// The first flaw.
    pub(crate) flaw: Option<Flaw>,
}

/// The recorded end of a chain: number and hash.
pub(crate) async fn recorded_end(
    tx: &DatabaseTransaction,
    zone: &str,
    chain: &str,
) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let query = Query::select()
        .columns(["seq", "hash"])
        .from("chain")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("name").eq(chain))
        .to_owned();
    let Some(row) = tx.query_one(&query).await? else { return Ok(None) };
    Ok(Some((row.try_get_by("seq")?, row.try_get_by("hash")?)))
}

/// Walks the rows that `rows` selects in the order of their numbers. Whether all are sound is found on
/// every processor there is, in `quick` rows where they can be had; only where one is not are they walked one
/// by one, to tell which and how.
pub(crate) async fn walk<R: Row + 'static>(
    tx: &DatabaseTransaction,
    ledger: Ledger,
    (rows, read): (&SelectStatement, Read<R>),
    end: Option<(i64, Vec<u8>)>,
    quick: Option<(&SelectStatement, Read<R>)>,
) -> Result<Walked, StoreError> {
    let (quick_rows, quick_read) = quick.unwrap_or((rows, read));
    match sound(tx, quick_rows, end.as_ref(), quick_read).await? {
        Some(rows) => Ok(Walked { rows, flaw: None }),
        None => first_flaw(tx, ledger, rows, end, read).await,
    }
}

/// Reads a row of a chain.
pub(crate) type Read<R> = fn(&QueryResult) -> Result<Link<R>, DbErr>;

/// Rows that are checked together.
const AT_ONCE: usize = 1_000;

/// How many rows there are, where every one is sound and the last is the recorded end.
async fn sound<R: Row + 'static>(
    tx: &DatabaseTransaction,
    rows: &SelectStatement,
    end: Option<&(i64, Vec<u8>)>,
    read: Read<R>,
) -> Result<Option<i64>, StoreError> {
    let Some((end, end_hash)) = end else { return Ok(None) };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut checking: JoinSet<bool> = JoinSet::new();
    let (mut last, mut previous) = (0, GENESIS);
    let mut stream = tx.stream(rows).await?.try_chunks(AT_ONCE);
    while let Some(some) = stream.try_next().await.map_err(|TryChunksError(_, error)| error)? {
        // What the last of these rows says of itself is what the next ones build on. Whether it is true
        // is for those who check these rows to say.
        let Some(Ok(said)) = some.last().map(read) else { return Ok(None) };
        let Ok(said_hash) = Hash::try_from(said.stored.as_slice()) else { return Ok(None) };
        let (first, before) = (last + 1, previous);
        checking.spawn_blocking(move || are_chained(&some, first, before, read));
        (last, previous) = (said.seq, said_hash);
        while checking.len() > processors {
            if !matches!(checking.join_next().await, Some(Ok(true))) {
                return Ok(None);
            }
        }
    }
    while let Some(checked) = checking.join_next().await {
        if !matches!(checked, Ok(true)) {
            return Ok(None);
        }
    }
    Ok((last == *end && previous.as_slice() == end_hash).then_some(last))
}

/// Whether these rows follow each other, the first of them a row with the hash `previous`.
fn are_chained<R: Row>(rows: &[QueryResult], first: i64, mut previous: Hash, read: Read<R>) -> bool {
    rows.iter().zip(first..).all(|(row, expected)| {
        let checked = read(row).ok().filter(|link| link.seq == expected).map(|link| link.check(&previous));
        let Some(Ok(hash)) = checked else { return false };
        previous = hash;
        true
    })
}

/// Walks the rows one by one to the first that is not sound.
async fn first_flaw<R: Row>(
    tx: &DatabaseTransaction,
    ledger: Ledger,
    rows: &SelectStatement,
    end: Option<(i64, Vec<u8>)>,
    read: Read<R>,
) -> Result<Walked, StoreError> {
    let mut previous = GENESIS;
    let mut expected = 1;
    let mut stream = tx.stream(rows).await?;
    while let Some(row) = stream.try_next().await? {
        let link = match read(&row) {
            Ok(link) => link,
            // A cell of another type than its column can only have been put there by hand.
            Err(DbErr::Type(_) | DbErr::Query(_) | DbErr::TryIntoErr { .. }) => {
                return Ok(Walked { rows: expected - 1, flaw: Some(Flaw::at(ledger, expected, Wrong::Columns)) });
            }
            Err(error) => return Err(error.into()),
        };
        if link.seq != expected {
            let wrong = Wrong::Missing { found: link.seq };
            return Ok(Walked { rows: expected - 1, flaw: Some(Flaw::at(ledger, expected, wrong)) });
        }
        match link.check(&previous) {
            Ok(hash) => previous = hash,
            Err(wrong) => {
                let next = stream.try_next().await?.map(|row| read(&row)).transpose().ok().flatten();
                let wrong = judge(&link, &previous, wrong, next.as_ref(), end.as_ref());
                let unsure = wrong == Wrong::Columns && link.values_are_sound();
                let before = Some(link.seq - 1).filter(|before| unsure && *before > 0);
                let flaw = Flaw::at(ledger, link.seq, wrong).or_before(before);
                return Ok(Walked { rows: expected - 1, flaw: Some(flaw) });
            }
        }
        if let Some((end, _)) = end.as_ref().filter(|(end, _)| link.seq > *end) {
            let flaw = Flaw::at(ledger, link.seq, Wrong::BehindEnd { end: *end });
            return Ok(Walked { rows: expected - 1, flaw: Some(flaw) });
        }
        expected += 1;
    }
    let last = expected - 1;
    let wrong = match end {
        None => Some(Wrong::End),
        Some((end, _)) if end > last => Some(Wrong::CutOff { end }),
        Some((_, hash)) if hash != previous => Some(Wrong::End),
        Some(_) => None,
    };
    Ok(Walked { rows: last, flaw: wrong.map(|wrong| Flaw::at(ledger, last, wrong)) })
}

/// Tells an altered column from an altered hash by what follows: the next row, or the recorded
/// end, was chained to the hash the row had when it was written.
fn judge<R: Row>(
    link: &Link<R>,
    previous: &Hash,
    wrong: Wrong,
    next: Option<&Link<R>>,
    end: Option<&(i64, Vec<u8>)>,
) -> Wrong {
    if wrong != Wrong::Columns {
        return wrong;
    }
    let stored_values = Hash::try_from(link.stored_values.as_slice()).unwrap_or(GENESIS);
    let own = link.hash(previous, &stored_values);
    if link.stored == own {
        return Wrong::Columns;
    }
    let authentic = match next {
        Some(next) => next.check(&own).is_ok(),
        None => end.is_some_and(|(_, recorded)| recorded == &own),
    };
    if authentic { Wrong::Hash } else { Wrong::Columns }
}
